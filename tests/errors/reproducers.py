"""How to meet each refusal: its code, and a line to type in the prepared ledger or a function."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from unittest.mock import patch
from uuid import UUID

from cli.presentation.formats import xlsx
from cli.presentation.formats.model import Column, Page, Report, Table
from ledger.application.ledger import Environment, Ledger, Metadata
from ledger.domain.clock import parse_instant
from ledger.domain.events import Noted, RecordedEvent
from ledger.domain.money import parse_amount
from ledger.domain.tariff.tariff import parse_tariff
from ledger.handlers.purge import prepare, purge
from ledger.message import msg
from ledger.purge.execute import Means
from ledger.purge.place import true_host
from ledger.sources.teamviewer_client import Server, fetch
from ledger.store.sqlite.database import Database, open_database, settle
from ledger.vault.vault import Vault
from tests.errors.billing import BILLING
from tests.errors.desk import Desk, Told
from tests.errors.invoicing import INVOICING
from tests.errors.ksef import KSEF
from tests.errors.offices import OFFICES
from tests.errors.paying import PAYING
from tests.errors.reconciling import RECONCILING
from tests.errors.signing import SIGNING

Reproducer = Callable[[Desk], Told]
SHIPPED = Path(__file__).parents[2] / "src" / "ledger" / "data" / "tariff.toml"

LINES = {
    # what was typed
    "E-INSTANT": "session connect asked --at yesterday",
    "E-INSTANT-SKIPPED": "session connect asked --at '2026-03-29 02:30'",
    "E-INSTANT-AMBIGUOUS": "session connect asked --at '2026-10-25 02:30'",
    "E-DATE": "session hold done --until soon --reason legal-claim",
    "E-PERIOD": "report billing --period 2026-13",
    "E-KEY": "customer add '' --name X",
    "E-KEY-PERSONAL": "customer add 501600700 --name X",
    "E-KEY-VALUE": "config set purge.sla",
    "E-SETTING": "config set purge.sla=soon",
    "E-USAGE": "session conect asked",
    "E-OPTIONS": "session purge done --ended",
    "E-PURGE-NOWHERE": "session purge done --yes",
    "E-PURGE-OTHER-HOST": "session purge done --yes --workstation another",
    "E-WORKSPACES": "session workspace done",
    "E-PLACE-PROTECTED": "config set purge.workspaces=/etc",
    "E-ARTEFACT": "session artefact done nowhere --kind chat",
    "E-REASON": "session waive done --percent 5 --reason ''",
    "E-REMOTE-ID": "session request --customer K-1 --issue other --remote-id none",
    "E-NO-INPUT": "session note done --summary -",
    "E-NO-TERMINAL": "session request --customer K-1 --issue other --ask",
    "E-NEEDS-YES": "customer merge K-1 K-3 --reason double-entry",
    "E-FORMAT": "report billing --period 2026-11 -o november.doc",
    "E-FILE": "report billing --period 2026-11 -o nowhere/november.csv",
    "E-CHECK-UNKNOWN": "check luck",
    # customers and what they bought
    "E-CUSTOMER-UNKNOWN": "session request --customer K-9 --issue other",
    "E-CUSTOMER-EXISTS": "customer add K-1 --name X",
    "E-CUSTOMER-MERGED": "session request --customer K-2 --issue other",
    "E-PURCHASE-EXISTS": "purchase add K-1 --order ZAM/1 --at 2026-03-15",
    "E-PURCHASE-MISSING": "purchase return K-1 --order ZAM/9 --at 2026-04-01 --reason complaint",
    "E-CUSTOMER-ERASED": "customer erase K-4 --yes",
    "E-ERASURE-WAITING": "customer erase K-3 --request-only",
    # the life of a session
    "E-SESSION-UNKNOWN": "session show 99",
    "E-SESSION-REF-TAKEN": "session request --customer K-1 --issue other --ref done",
    "E-SESSION-CANCELLED": "session connect no",
    "E-SESSION-ENDED": "session connect done",
    "E-SESSION-NOT-CONNECTED": "session end asked",
    "E-SESSION-CONNECTED": "session cancel on",
    "E-SESSION-OPEN": "session purge on --declare --yes",
    "E-SESSION-VOID": "session waive twice --percent 10 --reason goodwill",
    "E-NOTHING-TO-VOID": "session void asked --reason double-entry",
    "E-WAIVER-TOO-LARGE": "session waive done --hours 99 --reason goodwill",
    "E-PERCENT": "session waive done --percent 12.3 --reason goodwill",
    "E-SESSION-PURGED": "session purge gone --declare --yes",
    "E-SESSION-BILLED": "session waive old/1 --percent 10 --reason goodwill",
    "E-SESSION-NO-TARIFF": "session explain old/2",
    "E-TECHNICIAN-CONNECTED": "session connect on --technician anna",
    "E-CONNECTION-UNKNOWN": "session correct done --remove 9 --reason checked",
    "E-TIME-ORDER": "session connect asked --at '2026-11-16 10:59'",
    "E-TIME-AHEAD": "session connect asked --at '2026-11-16 12:03'",
    "E-NOTHING-CHANGES": "session correct done --issue other --reason checked",
    "E-NOT-OVER-48-H": "session confirm held --reason checked",
    "E-DELETION-HELD": "session purge held --declare --yes",
    "E-CERTIFICATE-DECLARED": "session certificate gone",
    "E-CERTIFICATE-NOT-PURGED": "session certificate done",
    "E-SAMPLE-EMPTY": "audit sample --period 2020-01 --size 5 --nonce word",
    "E-NOT-HELD": "session release done",
    "E-SEEN-OLD": "session note done --summary tested --if-version 1",
    "E-COMMAND-REUSED": "session note done --summary 'another note' --command-id note-1",
    # sources
    "E-SOURCE-FILE": "source import generic-csv nowhere.csv",
    "E-SOURCE-ADAPTER": "source import nobody old.csv",
    "E-SOURCE-ZONE": "source import teamviewer-log old.csv",
    "E-SOURCE-SPOOL": "source import --spool nowhere",
    "E-SOURCE-TOKEN": "source import teamviewer-webapi --live",
    "E-SOURCE-ACCOUNT": "source import meshcentral --live",
    # prices
    "E-NO-TARIFF": "quote --at 2020-01-01",
    "E-NO-CALENDAR": "quote --at 2040-01-02",
    "E-TARIFF-UNKNOWN": "tariff show another",
    "E-BAND-NAMED": "tariff name pomoc-zdalna-2024 night --pl noc --en night",
    "E-TARIFF-CHANGE": "tariff what-if boundary=sideways --period 2026-11",
    # the ledger
    "E-LEDGER-EXISTS": "init",
    "E-LEDGER-MISSING": "--ledger nowhere status",
    "E-DEMO-FOLDER": "demo ledger",
    "E-BACKUP-TARGET": "backup ledger",
    "E-SHOPS": "report shops --period 2026-11",
    "E-VIEWS-TAKE": "replay --take ledger/ledger.toml",
    "E-SHOPS-TWICE": "report shops ledger ./ledger --period 2026-11",
    "E-NOTHING-RECORDED": "report billing --period 2026-11 --as-of 2020-01-01",
}


def _typed(line: str) -> Reproducer:
    return lambda desk: desk.types(line)


def _raised_by(raising: Callable[[], object]) -> Reproducer:
    return lambda desk: desk.fails(raising)


def _purging_with_the_clock_behind(desk: Desk) -> Told:
    (desk.folder / "sessions").mkdir()
    desk.types(f"config set purge.workspaces={desk.folder / 'sessions'}")
    with patch.dict(os.environ, SESSION_LEDGER_NOW="2026-11-16T11:00:00+01:00"):
        return desk.types("session purge no --yes")


def _refusing_the_question(desk: Desk) -> Told:
    return desk.types_on_terminal("customer merge K-1 K-3 --reason double-entry", "n\n")


def _workbook_on_a_terminal(desk: Desk) -> Told:
    return desk.types_on_terminal("report billing --period 2026-11 -f xlsx")


# --- files -------------------------------------------------------------------------------------


def _imported(text: str) -> Reproducer:
    """An import of sessions from a file with this text below the usual header."""

    def reproduce(desk: Desk) -> Told:
        head = "session_ref,customer,issue,connected_at,ended_at"
        text_of_file = text if text.startswith(head) else f"{head}\n{text}\n"
        (desk.folder / "sessions.csv").write_text(text_of_file, encoding="utf-8")
        return desk.types("session import sessions.csv")

    return reproduce


def _names_unconfirmed(desk: Desk) -> Told:
    head = "session_ref,customer,issue,connected_at,ended_at"
    row = "new/1,Jan Nowy,other,2026-11-16 09:00,2026-11-16 09:10"
    (desk.folder / "sessions.csv").write_text(f"{head}\n{row}\n", encoding="utf-8")
    return desk.types("session import sessions.csv --names names.csv")


def _not_utf8(desk: Desk) -> Told:
    (desk.folder / "sessions.csv").write_bytes("zgłoszenie".encode("cp1250"))
    return desk.types("session import sessions.csv")


def _broken_config(desk: Desk) -> Told:
    (desk.ledger / "ledger.toml").write_text("name = \n", encoding="utf-8")
    return desk.types("status")


def _faulty_tariff(desk: Desk) -> Told:
    (desk.folder / "new.toml").write_text("id = 'x'\n", encoding="utf-8")
    return desk.types("tariff check new.toml")


def _retroactive_tariff(desk: Desk) -> Told:
    text = SHIPPED.read_text(encoding="utf-8").replace("valid_from = 2024-01-01", "valid_from = 2024-06-01")
    (desk.folder / "new.toml").write_text(text, encoding="utf-8")
    return desk.types("tariff publish new.toml --yes")


# --- damage ------------------------------------------------------------------------------------


def _damaged_store(desk: Desk) -> Told:
    for name in ("events.db", "events.db-wal", "events.db-shm"):
        (desk.ledger / name).unlink(missing_ok=True)
    (desk.ledger / "events.db").write_bytes(b"no database" * 1000)
    return desk.types("session list")


def _unknown_event(desk: Desk) -> Told:
    with closing(sqlite3.connect(desk.ledger / "events.db")) as events, events:
        events.execute(
            "INSERT INTO events SELECT (SELECT max(leaf_index) + 1 FROM events), originator_id,"
            " originator_version + 1, 'session.levitated:1', recorded_at, x'7b7d', leaf_hash"
            " FROM events WHERE topic = 'session.cancelled:1'"
        )
    return desk.types("session show no")


def _damaged_views(desk: Desk) -> Told:
    """Given noise in the pages of the billing; a file that is not whole would be derived anew."""
    desk.types("session list")
    file = desk.ledger / (desk.ledger / "views.current").read_text(encoding="ascii").strip()
    with closing(sqlite3.connect(file)) as views:
        views.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (size,) = views.execute("PRAGMA page_size").fetchone()
        pages = views.execute("SELECT rootpage FROM sqlite_master WHERE tbl_name = 'billing'").fetchall()
    content = bytearray(file.read_bytes())
    for (page,) in pages:
        content[(page - 1) * size : page * size] = bytes(size)
    file.write_bytes(content)
    return desk.types("report billing --period 2026-11")


def _damaged_vault(desk: Desk) -> Told:
    with closing(sqlite3.connect(desk.ledger / "vault.db")) as vault, vault:
        vault.execute("UPDATE vault SET box = zeroblob(length(box)) WHERE class = 'customer'")
    return desk.types("customer show K-1")


def _readable_keys(desk: Desk) -> Told:
    (desk.ledger / "keys" / "customer.db").chmod(0o644)
    return desk.types("customer show K-1")


def _missing_keys(desk: Desk) -> Told:
    (desk.ledger / "keys" / "tax.db").unlink()
    return desk.types("session note done --summary 'another note'")


def _erasure_beside_a_reader(desk: Desk) -> Told:
    path = desk.ledger / "vault.db"
    with closing(sqlite3.connect(path)) as reader, Vault(desk.ledger, os.urandom, busy_seconds=0.05) as vault:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM vault").fetchone()
        subject = UUID(
            bytes=reader.execute("SELECT subject FROM vault WHERE class = 'session'").fetchone()[0]
        )
        return desk.fails(lambda: vault.erase("session", subject))


# --- the store alone ---------------------------------------------------------------------------


def _two_writers(desk: Desk) -> Told:
    path = desk.ledger / "events.db"
    with (
        closing(sqlite3.connect(path, isolation_level=None)) as first,
        closing(open_database(path, busy_seconds=0.05)) as second,
    ):
        first.execute("BEGIN IMMEDIATE")
        return desk.fails(lambda: second.transaction().__enter__())


def _opened(desk: Desk) -> Ledger:
    now = parse_instant("2026-11-16 12:00")
    return Ledger.open(desk.ledger, Environment(lambda: now, os.urandom))


def _quote_of_another_kind(desk: Desk) -> Told:
    desk.types("session quote asked")
    desk.types("session reclassify asked --issue test --reason checked")
    return desk.types("session accept asked --how phone")


def _no_others(*_: object) -> tuple[()]:
    """Return the other sessions in whose time a file could have been written: none."""
    return ()


def _no_wait(_seconds: float) -> None:
    """Wait for nothing: the session ended long ago."""


def _plan_changed(desk: Desk) -> Told:
    desk.types(f"config set purge.workspaces={desk.folder}")
    desk.types("session request --customer K-1 --issue other --ref never")
    desk.types("session cancel never")
    with _opened(desk) as ledger:
        prepared = prepare(ledger, "never", true_host(), by_descriptor=True, others=_no_others)
        means = Means(ledger.now, _no_wait)
        return desk.fails(lambda: purge(ledger, Metadata("anna"), prepared, means, plan_digest="0" * 64))


def _version_taken(desk: Desk) -> Told:
    with _opened(desk) as ledger:
        stream, _ = ledger.find_session("done")
        noted = RecordedEvent(stream, 1, Noted(at=ledger.now(), by="anna"))
        return desk.fails(lambda: ledger.store.save(noted))


def _reference_taken(desk: Desk) -> Told:
    with _opened(desk) as ledger:
        stream, _ = ledger.find_session("done")
        version = ledger.session(stream).version + 1
        fact = Noted(at=ledger.now(), by="anna", command="note-1", command_digest="another")
        return desk.fails(lambda: ledger.store.save(RecordedEvent(stream, version, fact)))


def _full_disk(desk: Desk) -> Told:
    with closing(open_database(desk.folder / "full.db", create=True)) as database:
        database.execute("CREATE TABLE things (thing BLOB)")
        database.execute("PRAGMA max_page_count=3")

        def write() -> None:
            with database.transaction():
                database.execute("INSERT INTO things VALUES (zeroblob(100000))")

        return desk.fails(write)


def _a_folder_in_the_place_of_a_file(desk: Desk) -> Told:
    return desk.fails(lambda: open_database(desk.folder))


def _a_database_in_memory(desk: Desk) -> Told:
    with closing(sqlite3.connect(":memory:", factory=Database)) as database:
        return desk.fails(lambda: settle(database, 1))


def _server_out_of_reach(desk: Desk) -> Told:
    def at_once(_seconds: float) -> None:
        """Nobody waits in a test."""

    nobody = Server("http://127.0.0.1:1", "token", at_once)
    now = parse_instant("2026-11-16 12:00")
    return desk.fails(lambda: fetch(nobody, now, now))


# --- what no command line reaches ---------------------------------------------------------------


def _too_many_rows(desk: Desk) -> Told:
    rows = [(number,) for number in range(3)]
    title = msg("Sessions")
    table = Table("sessions", title, (Column("session", title, "integer"),), rows)
    limit, xlsx.ROWS_MAX = xlsx.ROWS_MAX, 2
    try:
        with (desk.folder / "much.xlsx").open("wb") as out:
            return desk.fails(lambda: xlsx.write(Report("sessions", title, {}, (table,)), Page(), out))
    finally:
        xlsx.ROWS_MAX = limit


def _defect(desk: Desk) -> Told:
    def raising() -> None:
        raise ZeroDivisionError("with a name in it: Kowalski")

    return desk.fails(raising)


def _two_of_that_name(desk: Desk) -> Told:
    desk.types('customer add K-6 --name "Apteka Pod Orłem"')
    return desk.types("customer show apteka")


REPRODUCERS: dict[str, Reproducer] = {code: _typed(line) for code, line in LINES.items()} | {
    "E-TEXT": _typed(f"session note done --summary {'x' * 4001}"),
    "E-IMPORT": _imported("new/1,K-9,other,2026-11-16 09:00,2026-11-16 09:10"),
    "E-IMPORT-FILE": _not_utf8,
    "E-IMPORT-COLUMN": _imported("session_ref,customer,issue,connected_at,ended_at,weather\n"),
    "E-IMPORT-LINE": _imported("new/1,K-1,other,2026-11-16 09:00,2026-11-16 09:10,and more"),
    "E-IMPORT-EMPTY": _imported(",K-1,other,2026-11-16 09:00,2026-11-16 09:10"),
    "E-IMPORT-CELL": _imported("new/1,K-1,chat,2026-11-16 09:00,2026-11-16 09:10"),
    "E-IMPORT-NAMES": _names_unconfirmed,
    "E-IMPORT-CONFLICT": _imported("done,K-1,other,2026-11-16 11:05,2026-11-16 11:50"),
    "E-CUSTOMER-SEVERAL": _two_of_that_name,
    "E-CONFIG": _broken_config,
    "E-TARIFF-FAULTS": _faulty_tariff,
    "E-TARIFF-RETROACTIVE": _retroactive_tariff,
    "E-TARIFF": _raised_by(lambda: parse_tariff("id = 'x'")),
    "E-CLOCK-BEHIND": _purging_with_the_clock_behind,
    "E-NOT-CONFIRMED": _refusing_the_question,
    "E-BINARY-TERMINAL": _workbook_on_a_terminal,
    "E-STORE-DAMAGED": _damaged_store,
    "E-EVENT-UNREADABLE": _unknown_event,
    "E-VAULT-DAMAGED": _damaged_vault,
    "E-VIEWS-DAMAGED": _damaged_views,
    "E-KEY-READABLE": _readable_keys,
    "E-KEYS-MISSING": _missing_keys,
    "E-ERASE-INCOMPLETE": _erasure_beside_a_reader,
    "E-STORE-BUSY": _two_writers,
    "E-QUOTE-OLD": _quote_of_another_kind,
    "E-PLAN-CHANGED": _plan_changed,
    "E-VERSION-TAKEN": _version_taken,
    "E-REFERENCE-TAKEN": _reference_taken,
    "E-DISK-FULL": _full_disk,
    "E-SOURCE-SERVER": _server_out_of_reach,
    "E-STORE-IO": _a_folder_in_the_place_of_a_file,
    "E-STORE-SETTINGS": _a_database_in_memory,
    "E-SHEET-ROWS": _too_many_rows,
    "E-AMOUNT": _raised_by(lambda: parse_amount("ten")),
    **KSEF,
    "E-DEFECT": _defect,
    **BILLING,
    **INVOICING,
    **OFFICES,
    **PAYING,
    **RECONCILING,
    **SIGNING,
}
