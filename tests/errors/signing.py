"""How to meet the refusals of the transparency log."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from ledger.store.sqlite.schema import LOG_TABLES, SCHEMA
from ledger.transparency.note import SigningKey
from tests.errors.desk import Desk, Told
from tests.support.witness import Cosigner, vkey_of

CHECKPOINT = "audit checkpoint"
FOREIGN = Path(__file__).parents[1] / "vectors" / "foreign.tsr"
"""A time stamp over the line `hello`, made by an authority of openssl's."""
WITNESS = Cosigner(b"\x07" * 32)


def _signed(desk: Desk) -> Path:
    """The signing key's file, after the log was signed."""
    desk.types(CHECKPOINT)
    return desk.ledger / "keys" / "signing.key"


def _with_key(change: Callable[[Path], object]) -> Callable[[Desk], Told]:
    def reproduce(desk: Desk) -> Told:
        change(_signed(desk))
        return desk.types(CHECKPOINT)

    return reproduce


def _another(key: Path) -> None:
    name = key.read_text(encoding="ascii").split("+")[2]
    key.write_text(SigningKey(name, bytes(32)).secret_line(), encoding="ascii")


def _changed(desk: Desk, *statements: str) -> None:
    with closing(sqlite3.connect(desk.ledger / "events.db", isolation_level=None)) as database:
        for name, sql in SCHEMA.items():
            if sql.startswith("CREATE TRIGGER events"):
                database.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            database.execute(statement)


def _shrunk(desk: Desk) -> Told:
    _signed(desk)
    _changed(desk, "DELETE FROM events WHERE leaf_index > 5")
    return desk.types(CHECKPOINT)


def _forked(desk: Desk) -> Told:
    _signed(desk)
    _changed(desk, "UPDATE events SET leaf_hash = zeroblob(32) WHERE leaf_index = 2")
    desk.types("customer add K-77 --name Later")
    return desk.types(CHECKPOINT)


def _old(desk: Desk) -> Told:
    with closing(sqlite3.connect(desk.ledger / "events.db", isolation_level=None)) as database:
        for name in reversed(LOG_TABLES):
            database.execute(f"DROP TABLE {name}")
    return desk.types("status")


def _no_note(desk: Desk) -> Told:
    (desk.folder / "head.note").write_text("nothing signed", encoding="utf-8")
    return desk.types("audit verify --since head.note")


def _no_answer(desk: Desk) -> Told:
    (desk.folder / "head.tsr").write_bytes(b"no answer")
    return desk.types("audit anchor attach head.tsr")


def _answer_to_others(desk: Desk) -> Told:
    (desk.folder / "head.tsr").write_bytes(FOREIGN.read_bytes())
    return desk.types("audit anchor attach head.tsr")


def _answered(content: Callable[[str], str], vkey: str = WITNESS.vkey) -> Callable[[Desk], Told]:
    """Attach what a witness made of the newest checkpoint's text."""

    def types(desk: Desk) -> Told:
        desk.types("audit checkpoint -o head.note")
        text = (desk.folder / "head.note").read_text(encoding="utf-8").rpartition("\n\n")[0] + "\n"
        (desk.folder / "answer").write_text(content(text), encoding="utf-8")
        return desk.types(f"audit witness attach answer --key {vkey}")

    return types


def _another_published(desk: Desk) -> Told:
    desk.types("audit publish www")
    note = desk.folder / "www" / "checkpoint"
    note.write_text(note.read_text(encoding="utf-8").replace("\n", "/other\n", 1), encoding="utf-8")
    return desk.types("audit publish www")


SIGNING: dict[str, Callable[[Desk], Told]] = {
    "E-NOTE": _no_note,
    "E-SIGNING-KEY-DAMAGED": _with_key(lambda key: key.write_text("no key", encoding="ascii")),
    "E-SIGNING-KEY-MISSING": _with_key(Path.unlink),
    "E-SIGNING-KEY-FOREIGN": _with_key(_another),
    "E-LOG-SHRUNK": _shrunk,
    "E-LOG-FORKED": _forked,
    "E-NOT-A-COPY": lambda desk: desk.types("take-up --yes"),
    "E-BUNDLE-TARGET": lambda desk: desk.types("audit export ledger"),
    "E-PUBLICATION-TARGET": lambda desk: desk.types("audit publish ledger"),
    "E-PUBLICATION-FORK": _another_published,
    "E-LEDGER-OLD": _old,
    "E-ANCHOR-BAD": _no_answer,
    "E-ANCHOR-FOREIGN": _answer_to_others,
    "E-COSIGNATURE-BAD": _answered(lambda _: "not found\n"),
    "E-COSIGNATURE-FOREIGN": _answered(lambda text: WITNESS.line(f"x{text}", 5)),
    "E-COSIGNATURE-KEY": _answered(lambda text: Cosigner(bytes(32)).line(text, 5)),
    "E-COSIGNATURE-AHEAD": _answered(lambda text: WITNESS.line(text, 2**33)),
    "E-COSIGNATURE-KIND": _answered(lambda _: "", vkey_of("w", 6, bytes(1312))),
    "E-WITNESS-SIZE": _answered(lambda _: "1\n"),
}
"""Code: what is done at a desk, and what the command line then says."""
