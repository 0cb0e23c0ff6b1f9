"""How the ledger of the release of 2026-11-26 was made: kept for the record, run once by that release.

    python -m tests.releases.make_release FOLDER

What is said of the paths of modules holds for that release only; what it made is stored beside this file
and is never made again. `python -m tests.releases.make_release FOLDER --expect` writes `expected/` from
an archive that is there, which is right only for a program whose answers are known to be right.

Every kind of event is in it, made by commands as a person types them: KSeF is the simulated one of
`tests/ksef`, the time stamping authority is openssl. Nobody in it is real; its keys open nothing else.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import re
import sqlite3
import sys
import tarfile
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any
from unittest.mock import patch

from tests.releases.keeping import (
    ARCHIVE,
    COMMANDS,
    EXPECTED,
    NOW,
    kept,
    registered_topics,
    stored_topics,
    write_expected,
)
from tests.support.authority import Authority
from tests.support.billing_office import SELLER, valid_nip
from tests.support.ksef.server import TOKEN, FakeKsef, fake_ksef
from tests.support.office import Office
from tests.support.shop import price_list

TECHNICIANS = '\n[technicians]\n"anna" = "anna"\n"marek" = "marek"\n'
CERTIFICATE = (
    '\n[certificate]\nrole = "processor"\nlegal_basis = "art. 28 ust. 3 lit. g RODO"\n'
    'contract = "umowa powierzenia 3/2026"\nbackups = "codziennie, kasowane po 30 dniach"\n'
)
PLACES = """
[[purge.pattern]]
name = "recordings"
root = "{folder}/videos"
glob = "**/*.tvs"
[[purge.shared_log]]
name = "teamviewer-connections"
path = "{folder}/Connections.txt"
[[purge.vendor]]
name = "management-console"
note = "connection reports, kept by the vendor"
"""
LOG = (
    "123456789\t03-11-2026 09:00:00\t03-11-2026 10:05:00\tanna\tRemoteControl\t"
    "{cd613e30-d8f1-4adf-91b7-584a2265b1f5}\t\r\n"
)
RECORDS = "source_record_id,partner_id,technician,started_at,ended_at,kind"
SESSIONS = (
    "session_ref,customer,issue,connected_at,ended_at,requested_at,order_ref,technician,remote_id,channel,"
    "ended_by,purged_at,billed_as"
)
NOWHERE = "http://127.0.0.1:9"
WORKSPACES = "/srv/sessions"
WHY = ("--reason", "checked: looked at again")


class Shop:
    """The shop whose ledger is kept, and every command it gave under an id."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.given: list[list[str]] = []
        (folder / "inputs").mkdir(parents=True)
        (folder / "ws").mkdir()
        named = ("--name", "release-2026-11-26", "--billing-from", "2025-12-01", "--workstation", "pc-1")
        self.office = Office(folder / "ledger", now="2025-12-10T09:00:00+01:00", init=named)

    def at(self, moment: str) -> None:
        """Set the clock, office time."""
        self.office.now = f"{moment}+01:00"

    def says(self, *words: str, ends: tuple[int, ...] = (0,), **environment: str) -> Any:  # noqa: ANN401 - whatever JSON says
        """Give a command under an id of its own; its answer."""
        number = f"c-{len(self.given) + 1:03d}"
        where = () if "--workstation" in words else ("--workstation", "pc-1")
        line = [*words, *where, "--command-id", number, "-f", "json"]
        answer = self.office.run(*line, **environment)
        assert answer.status in ends, f"{line}: {answer.status}\n{answer.out}\n{answer.err}"
        self.given.append(line)
        return answer.document

    def does(self, *words: str, ends: tuple[int, ...] = (0,), **environment: str) -> str:
        """Give a command that takes no id; what it printed."""
        answer = self.office.run(*words, **environment)
        assert answer.status in ends, f"{words}: {answer.status}\n{answer.out}\n{answer.err}"
        return answer.out

    def sets(self, *settings: str) -> None:
        """Change what stands in ledger.toml; nothing of it is an event."""
        self.does("config", "set", *settings, "--workstation", "pc-1")

    def file(self, name: str, header: str, *rows: str) -> str:
        """A table beside the ledger, that goes into the archive; its name as it is typed."""
        path = Path("inputs") / name
        path.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
        return str(path)

    def asked(self, customer: str, *words: str, issue: str = "other") -> str:
        """The number of a session that is asked for."""
        told = self.says("session", "request", "--customer", customer, "--issue", issue, *words)
        return str(told["session"])

    def helped(self, customer: str, begins: str, until: str, *words: str, issue: str = "other") -> str:
        """The number of a session that was connected between two moments, said when it is over."""
        number = self.asked(customer, "--at", begins, *words, issue=issue)
        self.says("session", "connect", number, "--technician", "anna", "--at", begins)
        self.says("session", "end", number, "--at", until)
        return number

    def workspace(self, number: str, *names: str) -> None:
        """Files in a session's workspace."""
        folder = Path(self.does("session", "workspace", number).strip())
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(name, encoding="utf-8")

    def issues(self, *words: str, ends: tuple[int, ...] = (0,)) -> str:
        """The number of a document that is issued."""
        told = self.says("invoice", *words, "--yes", ends=ends)
        return str(told["number"])

    def submits(self, *words: str, ends: tuple[int, ...] = (0,)) -> None:
        """Send documents to KSeF."""
        where = ("--workstation", "pc-1", "--yes")
        self.does("invoice", "submit", *words, *where, ends=ends, SESSION_LEDGER_KSEF_TOKEN=TOKEN)


# --- the story ----------------------------------------------------------------------------------


def a_year_before(shop: Shop) -> None:
    """Data whose time is over: an invoice and a note of 2025, a request that came to nothing."""
    shop.sets(*SELLER, "ksef.mode=exempt_10k", f"purge.workspaces={shop.folder / 'ws'}")
    with (shop.office.folder / "ledger.toml").open("a", encoding="utf-8") as config:
        config.write(TECHNICIANS + CERTIFICATE + PLACES.format(folder=shop.folder))
    (shop.folder / "Connections.txt").write_text(LOG, encoding="utf-8")
    (shop.folder / "videos").mkdir()
    shop.says("config", "set", "retention.tax_years=1")
    add = ("--consumer", "no", "--address-line1", "ul. Dawna 1", "--address-line2", "00-001 Warszawa")
    shop.says("customer", "add", "K-0", "--name", "Dawny Klient sp. z o.o.", "--nip", valid_nip(1), *add)
    old = shop.helped("K-0", "2025-12-10T08:10:00+01:00", "2025-12-10T08:50:00+01:00")
    shop.says("session", "note", old, "--summary", "stary sterownik drukarki")
    shop.asked("K-0", "--contact", "p. Dawna", "--description", "nic z tego nie wyszło")
    shop.says("session", "purge", old, "--declare", "--yes")
    shop.issues("issue", "--session", old)
    shop.says("config", "set", "purge.sla=10m", "invoice.term_days=14")


def customers(shop: Shop) -> None:
    """Imported, added, changed, merged; what they bought and brought back."""
    shop.at("2026-11-02T08:00:00")
    rows = [
        f"K-{n},Firma Próbna {n},{valid_nip(n)},ul. Próbna {n},00-00{n} Kraków,PL,firma{n}@example.pl,no"
        for n in range(1, 7)
    ]
    header = "customer,name,nip,address_line1,address_line2,country,email,consumer"
    shop.says("customer", "import", shop.file("customers.csv", header, *rows))
    for code, name in (("K-7", "Jan Próba"), ("K-8", "Ewa Próba"), ("K-9", "Ewa Proba")):
        shop.says(
            "customer", "add", code, "--name", name, "--consumer", "yes", "--email", f"{code}@example.pl"
        )
    shop.says("customer", "update", "K-7", "--address-line1", "ul. Nowa 7", "--reason", "data-changed: moved")
    shop.says("customer", "merge", "K-8", "K-9", "--reason", "double-entry: one person", "--yes")
    shop.says(
        "purchase", "add", "K-2", "--order", "Z/1", "--at", "2026-11-02T07:30:00+01:00", "--product", "Laptop"
    )
    shop.says("purchase", "add", "K-3", "--order", "Z/2", "--at", "2026-10-20T10:00:00+02:00")
    bought = shop.file(
        "purchases.csv", "customer,order_ref,purchased_at,product", "K-4,Z/3,2026-09-01,Monitor"
    )
    shop.says("purchase", "import", bought)
    back = ("--at", "2026-11-02T07:50:00+01:00", "--reason", "complaint: broken")
    shop.says("purchase", "return", "K-3", "--order", "Z/2", *back)


def imported(shop: Shop) -> None:
    """Sessions from a table: one billed elsewhere, one that is still open when the month is over."""
    shop.at("2026-11-03T18:00:00")
    rows = (
        (
            "A-1,K-1,other,2026-11-03 10:00:00,2026-11-03 11:05:00,2026-11-03 09:55:00,,anna,"
            "123 456 789,phone,technician,2026-11-03 11:08:00,"
        ),
        (
            "A-2,K-2,hardware,2026-11-03 12:00:00,2026-11-03 12:30:00,2026-11-03 11:55:00,Z/1,marek,"
            "234 567 891,email,customer,,FV/STARE/7"
        ),
        (
            "A-3,K-4,other,2026-11-03 16:30:00,2026-11-03 17:10:00,2026-11-03 16:20:00,,anna,"
            "345 678 912,chat,technician,,"
        ),
    )
    shop.says("session", "import", shop.file("sessions.csv", SESSIONS, *rows))


def lives(shop: Shop) -> None:
    """Everything that happens to a session by hand."""
    shop.at("2026-11-04T09:00:00")
    personal = ("--remote-id", "456 789 123", "--contact", "p. Nowak", "--description", "drukarka milczy")
    first = shop.asked("K-5", "--ref", "B-1", "--channel", "phone", *personal, issue="test")
    shop.says("session", "quote", first)
    shop.at("2026-11-04T09:05:00")
    consent = ("--start-now", "--loss-of-withdrawal", "--confirmation-sent")
    shop.says("session", "accept", first, "--how", "phone", *consent)
    shop.says("session", "connect", first)
    shop.workspace(first, "raport.pdf", "sub/nagranie.tvs")
    shop.at("2026-11-04T09:20:00")
    shop.says("session", "reclassify", first, "--issue", "other", "--reason", "the test became real help")
    shop.says("session", "disconnect", first)
    shop.at("2026-11-04T09:30:00")
    shop.says("session", "connect", first, "--technician", "marek")
    shop.at("2026-11-04T10:10:00")
    shop.says("session", "end", first, "--ended-by", "customer")
    shop.says("session", "note", first, "--summary", "sterownik zainstalowany od nowa")
    shop.says("session", "waive", first, "--percent", "10", "--reason", "goodwill: our link was slow")
    shop.at("2026-11-04T10:15:00")
    shop.says("session", "purge", first, "--yes")
    confirmed(shop, first)
    shop.says(
        "session", "correct", first, "--ended-at", "2026-11-04T10:04:00+01:00", "--reason", "wrong-time"
    )
    confirmed(shop, first)

    cancelled = shop.asked("K-6", "--scheduled-for", "2026-11-05T10:00:00+01:00", "--order", "Z/9")
    shop.says("session", "cancel", cancelled)
    shop.at("2026-11-10T09:00:00")
    long = shop.helped("K-6", "2026-11-07T10:00:00+01:00", "2026-11-09T12:00:00+01:00")
    shop.says("session", "confirm", long, "--reason", "checked: data recovery over the weekend")
    shop.says("session", "hold", long, "--until", "2027-03-01", "--reason", "legal-claim: dispute")
    freed = shop.helped("K-4", "2026-11-10T08:00:00+01:00", "2026-11-10T08:30:00+01:00", "--ref", "B-2")
    shop.says("session", "hold", freed, "--until", "2027-02-01", "--reason", "inspection")
    shop.says("session", "release", freed)
    shop.says("session", "waive", freed, "--hours", "1", "--reason", "goodwill")


def confirmed(shop: Shop, number: str) -> None:
    """A confirmation of deletion is given out."""
    shop.says("session", "certificate", number, "-o", "confirmation.pdf")


def purges(shop: Shop) -> None:
    """On two workstations, with a file elsewhere; once while the drive with the workspaces is not there."""
    shop.at("2026-11-11T10:00:00")
    out = shop.folder / "out"
    out.mkdir()
    shop.sets(f"purge.roots={out}")
    both = shop.asked("K-5", "--contact", "p. Dwa")
    shop.says("session", "connect", both)
    shop.says("session", "connect", both, "--technician", "marek", "--workstation", "pc-2")
    shop.workspace(both, "a.txt")
    (out / "b.pdf").write_text("b", encoding="utf-8")
    # Without an id: a repeat is refused unless the file lies where it lay, by its whole path.
    shop.does("session", "artefact", both, str(out / "b.pdf"), "--kind", "received", "--workstation", "pc-1")
    shop.at("2026-11-11T10:20:00")
    shop.says("session", "end", both)
    shop.at("2026-11-11T10:25:00")
    shop.says("session", "purge", both, "--yes")
    shop.says("session", "purge", both, "--yes", "--workstation", "pc-2")

    late = shop.asked("K-5", "--contact", "p. Trzy")
    shop.says("session", "connect", late)
    shop.workspace(late, "c.txt")
    shop.at("2026-11-11T10:40:00")
    shop.says("session", "end", late)
    shop.at("2026-11-11T10:45:00")
    drive = (shop.folder / "ws").rename(shop.folder / "elsewhere")
    shop.says("session", "purge", late, "--yes", ends=(3,))
    drive.rename(shop.folder / "ws")
    shop.at("2026-11-11T10:55:00")
    shop.says("session", "purge", late, "--yes")


def recorded_by_tools(shop: Shop) -> None:
    """Records taken in, one that says something else later, one line that nobody can read; decisions."""
    shop.at("2026-11-12T12:00:00")
    swapped = shop.helped(
        "K-1", "2026-11-12T10:00:00+01:00", "2026-11-12T10:40:00+01:00", "--remote-id", "567 891 234"
    )
    shop.helped("K-2", "2026-11-12T11:00:00+01:00", "2026-11-12T11:20:00+01:00", "--remote-id", "678 912 345")
    rows = [
        "r1,576891234,anna,2026-11-12T10:00:00+01:00,2026-11-12T10:40:00+01:00,remote_control",
        "r2,987654321,anna,2026-11-12T11:30:00+01:00,2026-11-12T11:40:00+01:00,remote_control",
        "r3,876543219,anna,2026-11-12T11:45:00+01:00,2026-11-12T11:50:00+01:00,remote_control",
        "r4,123456789,anna,2026-11-03T10:00:00+01:00,2026-11-03T11:04:00+01:00,remote_control",
        "r5,765432198,anna,never,2026-11-12T11:50:00+01:00,remote_control",
    ]
    # Both without an id: a repeat of the older file is news again, and so are quarantined lines of either
    # once they are erased.
    first = shop.file("records-1.csv", RECORDS, *rows)
    shop.does("source", "import", "generic-csv", first, "--workstation", "pc-1")
    rows[2] = rows[2].replace("11:50:00", "11:55:00")
    second = shop.file("records-2.csv", RECORDS, *rows)
    shop.does("source", "import", "generic-csv", second, "--workstation", "pc-1")
    keys = {r["started_at"]: r["record"] for r in listed(shop)}
    shop.says("source", "match", keys["2026-11-12T09:00:00Z"], swapped, "--reason", "checked: a typing error")
    shop.says("source", "dismiss", keys["2026-11-12T10:30:00Z"], "--reason", "other: our own test machine")
    shop.says("session", "purge", swapped, "--yes")
    shop.says("source", "waive", "A-3", "--reason", "checked: done on the spot, by cable")
    told = shop.office.run("source", "reconcile", "--period", "2026-11", "-f", "json").document
    finding = next(each for each in told["findings"] if each["severity"] == "open")
    shop.says("source", "acknowledge", finding["id"], "--reason", "checked: the customer agreed")
    # Without an id: a repeat reads the record again, whose remote ID is erased by the end of this story.
    from_record = ("--from-record", keys["2026-11-12T10:45:00Z"], "--workstation", "pc-1")
    shop.does("session", "request", "--customer", "K-2", "--issue", "other", *from_record)


def listed(shop: Shop) -> list[dict[str, Any]]:
    """The records of the remote tools."""
    found: list[dict[str, Any]] = shop.office.asks("source", "list")["records"]
    return found


def outside_ksef(shop: Shop) -> None:
    """The till, invoices below the limit, corrections, payments."""
    shop.at("2026-11-13T12:00:00")
    till = shop.helped("K-7", "2026-11-13T10:00:00+01:00", "2026-11-13T10:30:00+01:00")
    shop.says("session", "receipt", till, "--number", "000123", "--at", "2026-11-13T10:35:00+01:00")
    shop.says("session", "invoice-request", till, "--on", "2026-11-13")
    shop.issues("issue", "--session", till)
    shop.does("audit", "checkpoint")
    paid = shop.issues("issue", "--session", "A-1")
    shop.says("invoice", "sent", paid, "--how", "email", "--on", "2026-11-13")
    shop.says("invoice", "paid", paid, "--amount", "50.00", "--on", "2026-11-13", "--method", "transfer")
    shop.says("session", "waive", "A-1", "--percent", "20", "--reason", "goodwill: slow")
    lower = shop.issues("correct", paid, "--reason", "goodwill: slow")
    shop.says("invoice", "sent", lower, "--how", "post", "--on", "2026-11-13")
    shop.says("invoice", "received", lower, "--on", "2026-11-13")
    wrong = shop.issues("issue", "--session", "A-3")
    shop.issues("correct", wrong, "--to-zero", "--reason", "wrong-customer: another NIP")
    # Without an id: a repeat finds nothing left to bill, and neither shows the document nor says why.
    everything = ("--period", "2026-11", "--customer", "K-4", "--workstation", "pc-1", "--yes")
    shop.does("invoice", "issue", *everything)


def in_ksef(shop: Shop, server: FakeKsef) -> None:
    """The limit is crossed; one accepted, one rejected and withdrawn, and a correction of that kind."""
    shop.sets(f"ksef.base_url={server.base_url}")
    shop.at("2026-11-25T12:00:00")
    below = shop.helped("K-1", "2026-11-20T10:00:00+01:00", "2026-11-21T09:59:00+01:00")
    crossing = shop.helped("K-6", "2026-11-21T10:00:00+01:00", "2026-11-22T09:59:00+01:00")
    refused = shop.helped("K-5", "2026-11-24T10:00:00+01:00", "2026-11-24T10:59:00+01:00")
    shop.issues("issue", "--session", below)
    accepted = shop.issues("issue", "--session", crossing)
    shop.submits(accepted)
    rejected = shop.issues("issue", "--session", refused)
    server.office.rejections = [450]
    shop.submits(rejected, ends=(3,))
    shop.says("invoice", "withdraw", rejected, "--reason", "data-changed: NIP", "--yes")
    again = shop.issues("issue", "--session", refused)
    shop.submits(again)
    shop.says("session", "waive", crossing, "--hours", "2", "--reason", "goodwill")
    correction = shop.issues("correct", accepted, "--reason", "goodwill")
    server.office.rejections = [450]
    shop.submits(correction, ends=(3,))
    shop.says("invoice", "withdraw", correction, "--reason", "data-changed: NIP", "--yes")
    shop.says("session", "waive", crossing, "--percent", "0", "--reason", "other: taken back")
    shop.sets(f"ksef.base_url={NOWHERE}")


def people_ask(shop: Shop) -> None:
    """Erasure asked for and answered; asked for and waiting."""
    shop.at("2026-11-26T10:00:00")
    theirs = shop.helped("K-8", "2026-11-26T09:00:00+01:00", "2026-11-26T09:20:00+01:00", "--contact", "Ewa")
    shop.says("session", "note", theirs, "--summary", "hasło zmienione przez klientkę")
    shop.says("session", "purge", theirs, "--declare", "--yes")
    shop.says("customer", "erase", "K-8", "--request-only", "--at", "2026-11-25")
    shop.says("customer", "erase", "K-8", "--yes")


def signed(shop: Shop) -> None:
    """The signed log: a checkpoint handed out, a time stamp, another key, a sample that is reviewed."""
    shop.at("2026-11-27T10:00:00")
    shop.does("audit", "checkpoint", "-o", "inputs/head.note")
    authority = Authority(shop.folder / "authority", days=3650)
    shop.does("audit", "anchor", "request", "-o", "head.tsq")
    Path("head.tsr").write_bytes(authority.reply(Path("head.tsq").read_bytes()))
    Path("inputs/authority.pem").write_bytes(authority.ca.read_bytes())
    shop.does("audit", "anchor", "attach", "head.tsr", "--ca", "inputs/authority.pem")
    shop.says("audit", "key", "rotate", "--yes")
    shop.says("audit", "sample", "--period", "2026-11", "--size", "5", "--nonce", "heron")
    shop.says("audit", "review", "B-1", "--result", "ok", "--note", "katalog obejrzany, pusty")


def year_end(shop: Shop) -> None:
    """A price list to come; the month closed, opened again, and something said in it afterwards."""
    shop.at("2026-12-01T09:00:00")
    shop.says("tariff", "publish", str(price_list(Path("inputs"))), "--yes")
    shop.asked("K-1", "--contact", "p. Cztery")
    open_one = shop.asked("K-2", "--at", "2026-12-01T08:00:00+01:00")
    shop.says("session", "connect", open_one, "--at", "2026-12-01T08:10:00+01:00")
    shop.says("period", "close", "2026-11", "--logs", "--yes")
    shop.says("period", "reopen", "2026-11", "--reason", "wrong-time: a session was forgotten")
    shop.says("session", "correct", "A-2", "--issue", "test", "--reason", "wrong-issue: only a test")
    shop.at("2027-01-04T09:00:00")
    shop.says("retention", "run", "--yes", ends=(0, 3))
    shop.says("config", "set", "retention.tax_years=6")
    shop.asked("K-1", "--contact", "p. Pięć")
    shop.says("customer", "erase", "K-7", "--request-only")
    shop.does("audit", "checkpoint")


# --- what is kept -------------------------------------------------------------------------------


def make(folder: Path) -> None:
    """Make the ledger in a new folder, assert that it has every topic, and store it."""
    folder.mkdir(parents=True)
    machine = os.uname_result(
        ("Linux", "pc-1", "6.1.0", "", "x86_64")
    )  # the one it ran on is nobody's business
    with (
        patch.object(os, "uname", lambda: machine),
        patch.object(platform, "node", lambda: machine.nodename),  # which remembers its first answer
        contextlib.chdir(folder),
        fake_ksef(date(2026, 11, 25)) as server,
    ):
        shop = Shop(folder.resolve())
        for part in (a_year_before, customers, imported, lives, purges, recorded_by_tools, outside_ksef):
            part(shop)
        in_ksef(shop, server)
        for part in (people_ask, signed, year_end):
            part(shop)
    missing = registered_topics() - stored_topics(folder / "ledger" / "events.db")
    assert not missing, sorted(missing)
    config = folder / "ledger" / "ledger.toml"
    neutral = config.read_text(encoding="utf-8").replace(str(folder.resolve()), WORKSPACES)
    config.write_text(neutral, encoding="utf-8")
    (folder / COMMANDS).write_text(
        json.dumps(shop.given, ensure_ascii=False, indent=0) + "\n", encoding="utf-8"
    )
    for database in (folder / "ledger").rglob("*.db"):
        with closing(sqlite3.connect(database)) as opened:
            opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    with tarfile.open(ARCHIVE, "w:xz", preset=9) as archive:
        for name in ("ledger", "inputs", COMMANDS):
            archive.add(folder / name, name, filter=nobodys)


def nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """A member without its owner; what is derived or locked stays out."""
    if re.search(r"/views|\.lock$|-wal$|-shm$", member.name):
        return None
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    return member


if __name__ == "__main__":
    if "--expect" not in sys.argv:
        make(Path(sys.argv[1]))
    with kept(Path(sys.argv[1]) / "kept") as restored:
        write_expected(restored)
    print(f"{ARCHIVE.name}: {ARCHIVE.stat().st_size} bytes; {EXPECTED.name}/ as of {NOW}")  # noqa: T201 - a script
