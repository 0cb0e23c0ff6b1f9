"""How to meet the refusals of the transparency log."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from ledger.store.sqlite.schema import LOG_TABLES, SCHEMA
from ledger.transparency.note import SigningKey
from tests.errors.desk import Desk, Told

CHECKPOINT = "audit checkpoint"
FOREIGN = Path(__file__).parents[1] / "vectors" / "foreign.tsr"
"""A time stamp over the line `hello`, made by an authority of openssl's."""


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
}
"""Code: what is done at a desk, and what the command line then says."""
