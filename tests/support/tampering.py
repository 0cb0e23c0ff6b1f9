"""What somebody with the ledger's files could do, and who finds it; the table of docs/concepts/transparency.

`python -m tests.support.tampering` prints it. Each deed is done to a copy of the same ledger: 300 events,
of which the first 200 are covered by a checkpoint that somebody else holds, 290 by the last one, and ten
by none. A careful hand drops the guards, makes every hash anew and puts the guards back.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from ledger.domain.merkle import leaf_hash
from ledger.store.leaf import entry_line
from ledger.store.sqlite.schema import SCHEMA
from ledger.store.subtrees import HashReader, subtrees_over
from ledger.transparency.checkpoint import parse_checkpoint
from ledger.transparency.note import SigningKey, parse_note
from tests.support.office import Office
from tests.support.systems import copy_ledger

HELD, SIGNED, ALL = 200, 290, 300


class Scene(NamedTuple):
    """A ledger to lay hands on, the same as it was yesterday, and what somebody else holds."""

    office: Office
    yesterday: Path
    held: Path
    newest: Path
    vkey: str

    @property
    def events(self) -> Path:
        return self.office.folder / "events.db"


def _fill(office: Office, until: int) -> None:
    while (have := office.events()) < until:
        customers = [[f"K-{n:04d}", f"Customer {n}"] for n in range(have, until)]
        office.takes("customer", "customer,name", customers)


def make_scene(folder: Path) -> Scene:
    """A new ledger signed twice, its tail unsigned; what it was when first signed is kept apart."""
    office, yesterday = Office(folder / "ledger"), folder / "yesterday"
    held, newest = folder / "held.note", folder / "newest.note"
    _fill(office, HELD)
    office.does("audit", "checkpoint", "-o", str(held))
    office.does("status")
    copy_ledger(office.folder, yesterday)
    _fill(office, SIGNED)
    office.does("audit", "checkpoint", "-o", str(newest))
    _fill(office, ALL)
    office.does("status")
    vkey = office.does("audit", "key", "show").out.strip()
    return Scene(office, yesterday, held, newest, vkey)


# --- hands --------------------------------------------------------------------------------------


def change(file: Path, *statements: str, careful: bool) -> None:
    """Run statements with the guards out of the way; a careful hand makes the tree anew."""
    with closing(sqlite3.connect(file, isolation_level=None)) as database:
        guards = [name for name, sql in SCHEMA.items() if sql.startswith("CREATE TRIGGER")]
        for name in guards:
            database.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            database.execute(statement)
        if careful:
            _make_tree_anew(database)
        for name in guards:
            database.execute(SCHEMA[name])


def _make_tree_anew(database: sqlite3.Connection) -> None:
    rows = database.execute(
        "SELECT leaf_index, originator_id, originator_version, topic, recorded_at, state FROM events"
    ).fetchall()
    for index, stream, *rest in rows:
        leaf = leaf_hash(entry_line(index, stream, *rest))
        database.execute("UPDATE events SET leaf_hash = ? WHERE leaf_index = ?", (leaf, index))
    database.execute("DELETE FROM reference WHERE stream NOT IN (SELECT originator_id FROM events)")
    database.execute("DELETE FROM subtree")
    for subtree in subtrees_over(HashReader(database), len(rows)):
        database.execute("INSERT INTO subtree VALUES (?, ?, ?)", subtree)


def _moved(first: int, by: int) -> tuple[str, str]:
    """Statements that give the events from an index on other numbers, without meeting one another."""
    return (
        f"UPDATE events SET leaf_index = -1000 - leaf_index WHERE leaf_index >= {first}",
        f"UPDATE events SET leaf_index = -1000 - leaf_index + {by} WHERE leaf_index < -999",
    )


BYTE = (
    """UPDATE events SET state = CAST(replace(CAST(state AS TEXT), '"by":"anna"', '"by":"anne"') AS BLOB) """
    "WHERE leaf_index = 50"
)
DELETE = ("DELETE FROM events WHERE leaf_index = 150", *_moved(151, -1))
SWAP = (
    "UPDATE events SET leaf_index = -1 WHERE leaf_index = 100",
    "UPDATE events SET leaf_index = 100 WHERE leaf_index = 101",
    "UPDATE events SET leaf_index = 101 WHERE leaf_index = -1",
)
INSERT = (
    *_moved(120, 1),
    """INSERT INTO events SELECT 120, randomblob(16), 1, topic, recorded_at, state, leaf_hash
    FROM events WHERE leaf_index = 119""",
)


def of_events(*statements: str, careful: bool) -> Callable[[Scene], None]:
    return lambda scene: change(scene.events, *statements, careful=careful)


def renumbered(scene: Scene) -> None:
    """A dump whose rows are numbered from 1 when they are restored."""
    with closing(sqlite3.connect(scene.events)) as database:
        script = "\n".join(database.iterdump())
    for each in scene.office.folder.glob("events.db*"):
        each.unlink()
    with closing(sqlite3.connect(scene.events)) as database:
        database.executescript(script)
    change(scene.events, *_moved(0, 1), careful=False)


def dumped(scene: Scene) -> None:
    """A dump that is restored as it is."""
    with closing(sqlite3.connect(scene.events)) as database:
        script = "\n".join(database.iterdump())
    for each in scene.office.folder.glob("events.db*"):
        each.unlink()
    with closing(sqlite3.connect(scene.events)) as database:
        database.executescript(script)


def restored(scene: Scene) -> None:
    """Yesterday's events.db, everything else as it is."""
    for each in scene.office.folder.glob("events.db*"):
        each.unlink()
    shutil.copy(scene.yesterday / "events.db", scene.events)


def restored_whole(scene: Scene) -> None:
    """Yesterday's whole folder, keys and the signer's memory too."""
    shutil.rmtree(scene.office.folder)
    copy_ledger(scene.yesterday, scene.office.folder)


def checkpoint_edited(scene: Scene) -> None:
    """The last checkpoint in the database says another size."""
    note = f"replace(note, '{SIGNED}', '{SIGNED - 1}')"
    edit = f"UPDATE checkpoint SET note = {note}, size = {SIGNED - 1} WHERE size = {SIGNED}"
    change(scene.events, edit, careful=False)


def key_swapped(scene: Scene) -> None:
    """Another key in the place of the one that signed."""
    key = SigningKey(scene.vkey.partition("+")[0], bytes(32))
    (scene.office.folder / "keys" / "signing.key").write_text(key.secret_line(), encoding="ascii")


def rewritten(scene: Scene) -> None:
    """History rewritten carefully; every checkpoint and the signer's memory signed by another key."""
    change(scene.events, BYTE, careful=True)
    _sign_anew(scene, SigningKey(scene.vkey.partition("+")[0], bytes(32)))


def rewritten_by_owner(scene: Scene) -> None:
    """The same by the owner, with the true key."""
    from ledger.transparency.signing_key import read_key  # noqa: PLC0415 - beside its use

    change(scene.events, BYTE, careful=True)
    _sign_anew(scene, read_key(scene.office.folder / "keys" / "signing.key"))


def _sign_anew(scene: Scene, key: SigningKey) -> None:
    from ledger.domain import merkle  # noqa: PLC0415 - beside its use

    keys = scene.office.folder / "keys"
    (keys / "signing.key").write_text(key.secret_line(), encoding="ascii")
    with closing(sqlite3.connect(scene.events, isolation_level=None)) as database:
        database.execute("DROP TRIGGER checkpoint_no_update")
        for size, note in database.execute("SELECT size, note FROM checkpoint").fetchall():
            root = merkle.root(HashReader(database).hashes, size)
            signed = key.sign(parse_checkpoint(note).head._replace(root=root).text())
            assert parse_note(signed)
            database.execute("UPDATE checkpoint SET note = ? WHERE size = ?", (signed, size))
            (keys / "last-checkpoint").write_text(signed, encoding="utf-8")
        database.execute(SCHEMA["checkpoint_no_update"])


DEEDS: dict[str, Callable[[Scene], None]] = {
    "a byte of a payload changed": of_events(BYTE, careful=False),
    "a byte of a payload changed, every hash made anew": of_events(BYTE, careful=True),
    "a row deleted": of_events(DELETE[0], careful=False),
    "a row deleted, the rest renumbered, hashes made anew": of_events(*DELETE, careful=True),
    "two rows swapped": of_events(*SWAP, careful=False),
    "two rows swapped, every hash made anew": of_events(*SWAP, careful=True),
    "a row inserted in the middle, hashes made anew": of_events(*INSERT, careful=True),
    "the last signed row and all after it deleted": of_events(
        f"DELETE FROM events WHERE leaf_index >= {SIGNED - 1}", careful=True
    ),
    "numbers given anew, from 1, by a dump and a restore": renumbered,
    "a dump restored as it was": dumped,
    "yesterday's events.db put back": restored,
    "yesterday's whole folder put back, keys too": restored_whole,
    "a stored checkpoint edited": checkpoint_edited,
    "the signing key swapped": key_swapped,
    "history rewritten and all checkpoints signed by another key": rewritten,
    "the same with the true key, by the owner": rewritten_by_owner,
    "the tail cut off after the last checkpoint": of_events(
        f"DELETE FROM events WHERE leaf_index >= {SIGNED}", careful=True
    ),
}


# --- who finds it ---------------------------------------------------------------------------------


class Found(NamedTuple):
    """What each of them says; empty where nothing is noticed."""

    verify: tuple[str, ...]
    signer: tuple[str, ...]
    holder: tuple[str, ...]
    newest: tuple[str, ...]


def _names(office: Office, *words: str) -> tuple[str, ...]:
    answer = office.run("audit", "verify", *words, "-f", "json")
    assert answer.status in {0, 3}, answer.err
    found = tuple(dict.fromkeys(finding["name"] for finding in answer.document["findings"]))
    assert bool(found) is (answer.status == 3)
    return found


def found_after(deed: Callable[[Scene], None], scene: Scene) -> Found:
    """Do it, then ask `audit verify`, the signer, and the holder of the old checkpoint and of the key."""
    deed(scene)
    verify = _names(scene.office)
    holder, newest = _shown_by(scene, scene.held), _shown_by(scene, scene.newest)
    signer = scene.office.run("audit", "checkpoint")
    code = signer.err.partition("(E-")[2].partition(")")[0]
    return Found(verify, (f"E-{code}",) if signer.status else (), holder, newest)


def _shown_by(scene: Scene, note: Path) -> tuple[str, ...]:
    """What a checkpoint from elsewhere and the key show by themselves."""
    words = ("audit", "verify", "--since", str(note), "--vkey", scene.vkey, "-f", "json")
    findings = scene.office.run(*words).document["findings"]
    found = [
        each["name"]
        for each in findings
        if "brought along" in each["sentence"] or each["name"] == "checkpoint-signature"
    ]
    return tuple(dict.fromkeys(found))


@cache
def _template() -> tuple[TemporaryDirectory[str], Scene]:
    folder = TemporaryDirectory(prefix="session-ledger-tampering-")
    return folder, make_scene(Path(folder.name))


def copied_scene(folder: Path) -> Scene:
    """A copy of the scene to lay hands on."""
    _, made = _template()
    copy_ledger(made.office.folder.parent, folder)
    office = object.__new__(Office)
    office.folder, office.now = folder / "ledger", made.office.now
    return Scene(office, folder / "yesterday", folder / "held.note", folder / "newest.note", made.vkey)


def table(found: dict[str, Found]) -> str:
    """The table as the page has it."""
    head = (
        "| what was done | `audit verify` | the signer | who holds an old checkpoint | who holds the newest |"
    )
    head += "\n|---|---|---|---|---|\n"
    return head + "".join(
        f"| {deed} | {' | '.join(', '.join(names) or '–' for names in who)} |\n"
        for deed, who in found.items()
    )


def main() -> None:
    """Do everything and print the table."""
    with TemporaryDirectory(prefix="session-ledger-tampering-") as folder:
        found = {
            name: found_after(deed, copied_scene(Path(folder) / str(number)))
            for number, (name, deed) in enumerate(DEEDS.items())
        }
    print(table(found))  # noqa: T201 - it prints its table


if __name__ == "__main__":
    main()
