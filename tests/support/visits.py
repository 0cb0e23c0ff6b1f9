"""Two visits of an inspector a month apart, and what an owner may have done to the ledger between them.

A ledger of November: two measured deletions, one late and declared, an invoice; the inspector takes its
checkpoint along. Then December: a measured deletion, another one declared, a hold, a request for erasure.
"""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import pytest

from ledger.store.sqlite.schema import SCHEMA
from ledger.transparency.checkpoint import parse_checkpoint
from ledger.transparency.note import SigningKey
from tests.support import billing_office as billing
from tests.support.office import Answer, Office
from tests.support.tampering import change

WORD = "heron"
RENUMBERED = (
    """CREATE TEMP TABLE place AS
    SELECT leaf_index AS old, row_number() OVER (ORDER BY leaf_index) - 1 AS new FROM events""",
    "UPDATE events SET leaf_index = -1000 - leaf_index",
    "UPDATE events SET leaf_index = (SELECT new FROM place WHERE old = -1000 - leaf_index)",
)


class Visited(NamedTuple):
    """A ledger at the end of December, what the inspector holds since November, and what the owner kept."""

    office: Office
    note: Path
    vkey: str
    before_invoice: Path
    before_purge: Path

    @property
    def folder(self) -> Path:
        return self.office.folder


class Looked(NamedTuple):
    """What a visit gave: the command's answer, visit.json, and the words of the paper."""

    answer: Answer
    told: dict[str, Any]
    paper: str

    @property
    def names(self) -> set[str]:
        return {each["name"] for each in self.told["findings"]}


def _session(office: Office, day: str, *, purge: tuple[str, ...] | None, deleted: str = "10:45") -> int:
    """Help from ten to 10:40 with a file in its workspace, its data deleted so; its number."""
    office.now = f"{day}T10:00:00+01:00"
    request = ("session", "request", "--customer", "K-1", "--issue", "other", "--contact", "Jan Canary")
    number = str(office.does(*request, "-f", "json").document["session"])
    office.does("session", "connect", number, "--workstation", "pc-1")
    workspace = Path(office.does("session", "workspace", number, "--workstation", "pc-1").out.strip())
    (workspace / "screen.png").write_bytes(b"picture")
    office.now = f"{day}T10:40:00+01:00"
    office.does("session", "end", number)
    if purge is not None:
        if "--declare" in purge:
            shutil.rmtree(workspace)  # by hand, and nobody measured it
        office.now = f"{day}T{deleted}:00+01:00"
        office.does("session", "purge", number, "--workstation", "pc-1", "--yes", *purge)
    return int(number)


def two_months(folder: Path) -> Visited:
    """The ledger, the note of the visit between its months, and copies of it from before."""
    office = billing.shop(folder / "ledger")
    (folder / "ws").mkdir()
    office.does("config", "set", f"purge.workspaces={folder / 'ws'}", f"purge.roots={folder / 'ws'}")
    billing.business(office)
    billing.business(office, "K-2", "Zakład Igiełka", billing.valid_nip(7))
    _session(office, "2026-11-09", purge=())
    _session(office, "2026-11-10", purge=())
    _session(office, "2026-11-11", purge=("--declare",), deleted="11:30")
    office.now = "2026-12-01T09:00:00+01:00"
    before_invoice = folder / "before-invoice"
    shutil.copytree(office.folder, before_invoice)
    billing.issued(office, "issue", "--period", "2026-11", "--all")
    note = folder / "head-2026-11.note"
    office.does("audit", "checkpoint", "-o", str(note))
    last = _session(office, "2026-12-14", purge=None)
    before_purge = folder / "before-purge"
    shutil.copytree(office.folder, before_purge)
    office.now = "2026-12-14T10:45:00+01:00"
    office.does("session", "purge", str(last), "--workstation", "pc-1", "--yes")
    _session(office, "2026-12-15", purge=("--declare", "--at", "2026-12-15 10:50"), deleted="18:00")
    held = _session(office, "2026-12-16", purge=None)
    office.does("session", "hold", str(held), "--until", "2027-03-01", "--reason", "legal-claim: dispute")
    office.does("customer", "erase", "K-2", "--request-only")
    office.now = "2026-12-31T12:00:00+01:00"
    office.does("audit", "checkpoint")
    return Visited(
        office, note, office.does("audit", "key", "show").out.strip(), before_invoice, before_purge
    )


@cache
def _template() -> tuple[TemporaryDirectory[str], Visited]:
    folder = TemporaryDirectory(prefix="session-ledger-visits-")
    return folder, two_months(Path(folder.name))


def copied(folder: Path) -> Visited:
    """A copy of the ledger to lay hands on; its workspaces stay where they were made."""
    _, made = _template()
    shutil.copytree(made.folder.parent, folder)
    office = object.__new__(Office)
    office.folder, office.now = folder / "ledger", made.office.now
    place = {name: folder / getattr(made, name).name for name in ("note", "before_invoice", "before_purge")}
    return Visited(office=office, vkey=made.vkey, **place)


def looked(visited: Visited, target: Path, *words: str, period: str = "2026-12", lang: str = "en") -> Looked:
    """Make the visit and read what it gave; --since is the note of the last one."""
    since = ("--since", str(visited.note), "--vkey", visited.vkey)
    command = ("audit", "visit", str(target), "--period", period, "--nonce", WORD, *since, *words)
    answer = visited.office.run("--lang", lang, *command, "-f", "json")
    assert answer.status in {0, 3}, answer
    assert (target / "visit.json").read_text(encoding="utf-8") == answer.out
    return Looked(answer, answer.document, words_of(target / "visit.pdf"))


def words_of(paper: Path) -> str:
    """The words of a PDF in one line."""
    program = shutil.which("pdftotext")
    if program is None:
        pytest.skip("pdftotext is not installed")
    told = subprocess.run([program, "-layout", str(paper), "-"], capture_output=True, check=True, text=True)
    return " ".join(told.stdout.split())


# --- what an owner may do -------------------------------------------------------------------------


def signed_anew(visited: Visited) -> None:
    """The owner forgets what was signed, and signs the log as it is with the true key."""
    change(visited.folder / "events.db", "DELETE FROM checkpoint", careful=True)
    (visited.folder / "keys" / "last-checkpoint").unlink(missing_ok=True)
    visited.office.does("audit", "checkpoint")


def session_removed(visited: Visited) -> None:
    """Every event of the first session is taken out, the rest renumbered, and the log signed anew."""
    stream = "(SELECT stream FROM reference WHERE kind = 'session' AND key = 1)"
    removed = (f"DELETE FROM events WHERE originator_id = {stream}", *RENUMBERED)
    change(visited.folder / "events.db", *removed, careful=True)
    signed_anew(visited)


def deletion_back_dated(visited: Visited) -> None:
    """The late deletion of November is said to have been in time, and the log is signed anew."""
    edit = """UPDATE events SET state = CAST(replace(CAST(state AS TEXT), 'T10:30:00Z', 'T09:45:00Z') AS BLOB)
    WHERE topic LIKE 'session.data_purged%' AND CAST(state AS TEXT) LIKE '%T10:30:00Z%'"""
    change(visited.folder / "events.db", edit, careful=True)
    signed_anew(visited)


def checkpoint_swapped(visited: Visited) -> None:
    """The newest checkpoint, in the database and in the signer's memory, is one of another key."""
    key = SigningKey(visited.vkey.partition("+")[0], bytes(32))
    memory = visited.folder / "keys" / "last-checkpoint"
    head = parse_checkpoint(memory.read_text(encoding="utf-8")).head
    note = key.sign(head._replace(root=bytes(32)).text())
    memory.write_text(note, encoding="utf-8")
    with closing(sqlite3.connect(visited.folder / "events.db", isolation_level=None)) as database:
        database.execute("DROP TRIGGER checkpoint_no_update")
        database.execute("UPDATE checkpoint SET note = ? WHERE size = ?", (note, head.size))
        database.execute(SCHEMA["checkpoint_no_update"])


def invoice_issued_again(visited: Visited) -> None:
    """The ledger of before the invoice is put back, and the same number given to another amount."""
    shutil.rmtree(visited.folder)
    shutil.copytree(visited.before_invoice, visited.folder)
    office = visited.office
    office.now = "2026-12-01T09:30:00+01:00"
    office.does("session", "waive", "1", "--percent", "50", "--reason", "goodwill")
    billing.issued(office, "issue", "--period", "2026-11", "--all")
    while office.events() < parse_checkpoint(visited.note.read_text(encoding="utf-8")).size + 5:
        office.does("session", "note", "2", "--summary", "nothing to add")
    office.now = "2026-12-31T12:00:00+01:00"
    office.does("audit", "checkpoint")


def vault_row_kept(visited: Visited) -> None:
    """The words of a purged session, and the keys that open them, are put back from a copy."""
    for name in ("vault.db", "keys/session.db"):
        shutil.copy(visited.before_purge / name, visited.folder / name)


def log_cut(visited: Visited) -> None:
    """The whole folder of before the last visit's checkpoint is put back, signer's memory and all."""
    shutil.rmtree(visited.folder)
    shutil.copytree(visited.before_invoice, visited.folder)
    visited.office.does("audit", "checkpoint")


DEEDS: dict[str, Callable[[Visited], None]] = {
    "a session removed": session_removed,
    "a deletion back-dated": deletion_back_dated,
    "a checkpoint swapped": checkpoint_swapped,
    "an invoice issued again": invoice_issued_again,
    "a vault row kept": vault_row_kept,
    "the log cut": log_cut,
}
