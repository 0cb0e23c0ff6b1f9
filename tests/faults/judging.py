"""A folder as a power cut left it, opened by the program, and held against what the office was told."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

from ledger.domain.events import DataPurged, PeriodClosed
from ledger.errors import LedgerError
from ledger.vault.vault import Vault
from tests.faults.day import ARTEFACT, LATER, LOG, WORKSPACE, Day, Said
from tests.faults.disk import Disk, Image, everything
from tests.support.office import Office

EventRow = tuple[object, ...]
PersonalData = dict[str, dict[str, str] | None]

_EVENTS = """\
SELECT leaf_index, originator_id, originator_version, topic, recorded_at, state, leaf_hash FROM events
ORDER BY leaf_index"""
_READ_BY_THE_PROGRAM = re.compile(r"^ledger/(views|(keys/)?[a-z]+\.db|.*\.part$)")
"""Databases are judged by what is read from them, read models by `check`; all else byte for byte."""
_NOTHING = b"there is no such file"
ERASING = {"session purge", "customer erase", "period close"}
CUT_SHORT = {
    "purge-unfinished": {"session purge"},
    "vault-not-erased": {"session purge", "customer erase"},
    "vault-row-without-key": {"session purge", "customer erase"},
    "vault-row-without-event": {
        "config set", "customer add", "session request", "session artefact", "session note", "invoice issue",
    },
    "document-unused": {"invoice issue"},
    "month-key-left": {"period close"},
}  # fmt: skip
"""What `check` may find, and during which commands the power went; each is mended as the guide says."""
LAID_ANEW = "place-gone"
"""An image is laid in new files, and a place is known by its inode; the bytes of files are compared."""


class Promise(NamedTuple):
    """What stands once a command was acknowledged."""

    said: Said
    events: int
    files: Image
    words: PersonalData
    keys: frozenset[bytes]


class Judge:
    """Knows one day's history, and every promise that was made in it."""

    def __init__(self, day: Day, disk: Disk) -> None:
        self.day = day
        self.modes: dict[str, int] = {}
        self.history: list[EventRow] = []
        self.promises: list[Promise] = []
        for said in day.said:
            disk.take(day.records, said.changes)
            self.modes.update(disk.modes())
            image = disk.image(everything())
            self.lay(image)
            self.history = events_of(day.ledger)
            keys = frozenset(keys_of(day.ledger))
            self.promises.append(Promise(said, len(self.history), _plain(image), words_of(day.ledger), keys))

    def lay(self, image: Image) -> None:
        """Make the folder what the image says."""
        for each in self.day.root.iterdir():
            if each.is_dir():
                shutil.rmtree(each)
            else:
                each.unlink()
        for path, content in image.items():
            target = self.day.root / path
            if content is None:
                target.mkdir()
            else:
                target.write_bytes(content)
            target.chmod(self.modes.get(path, 0o600 if content is not None else 0o700))

    def faults(self, image: Image, moment: int, seen: Image, *, deep: bool) -> list[str]:
        """What is wrong with what a power cut at a place in the trace left; nothing when all is well."""
        made = [promise for promise in self.promises if promise.said.changes <= moment]
        self.lay(image)
        if not made:
            return list(self._begun())
        under_way = " ".join(self.day.said[len(made)].words[:2]) if len(made) < len(self.day.said) else ""
        try:
            rows = events_of(self.day.ledger)
        except sqlite3.Error as error:
            return [f"lost: events.db: {error}"]
        found = [
            *self._lost(made[-1], rows),
            *_bytes_lost(made, image, _plain(seen)),
            *_remaining(image, rows),
        ]
        found = found or [*self._checked(under_way), *self._words_lost(made, under_way)]
        return found or list(self._deeper() if deep else ())

    @property
    def office(self) -> Office:
        """The office, come back after the power cut."""
        office = object.__new__(Office)
        office.folder, office.now = self.day.ledger, LATER
        return office

    def _begun(self) -> Iterator[str]:
        """A ledger that was never acknowledged can be made, or was whole already."""
        again = self.office.run("init", "--testing", "--name", "shop")
        if again.status != 0 and "E-LEDGER-EXISTS" not in again.err:
            yield f"init again: {again}"
        answer = self.office.run("check")
        if answer.status != 0:
            yield f"check after init: {answer}"

    def _lost(self, promise: Promise, rows: list[EventRow]) -> Iterator[str]:
        """Every event that was acknowledged is there, and none that never was, byte for byte."""
        if len(rows) < promise.events:
            yield f"lost: {promise.events - len(rows)} acknowledged events"
        if rows != self.history[: len(rows)]:
            yield "an event is not what was recorded"

    def _checked(self, under_way: str) -> Iterator[str]:
        """The program finds nothing wrong, or only that the command was cut short that was under way."""
        answer = self.office.run("check")
        if answer.status not in {0, 3} or answer.err.startswith("Error"):
            yield f"check: {answer}"
        for line in answer.out.splitlines():
            code = line.partition(":")[0]
            if code != LAID_ANEW and under_way not in CUT_SHORT.get(code, ()):
                yield f"{line} (during {under_way})"

    def _words_lost(self, made: Sequence[Promise], under_way: str) -> Iterator[str]:
        """The vault opens to the words that it had, and to none that were erased."""
        words, before = words_of(self.day.ledger), made[-1].words
        if under_way not in ERASING and not before.items() <= words.items():
            yield "lost: words that an event commits to"
        ended = {commitment for promise in made for commitment in promise.words} - before.keys()
        if ended & words.keys():
            yield "words that were erased are back"

    def _deeper(self) -> Iterator[str]:
        """The log is whole as an auditor sees it, what was cut short is mended, and work goes on."""
        verified = self.office.run("audit", "verify")
        if verified.status != 0:
            yield f"audit verify: {verified.out}{verified.err}"
        for words in (("check", "--repair"), ("session", "list"), ("status",)):
            answer = self.office.run(*words)
            if answer.status not in {0, 3}:
                yield f"{words}: {answer}"
        answer = self.office.run("customer", "add", "K-9", "--name", "Nowy Klient")
        if answer.status != 0:
            yield f"customer add: {answer}"


def _remaining(image: Image, rows: list[EventRow]) -> Iterator[str]:
    """What is recorded as deleted is gone from the disk, whether the command was acknowledged or not."""
    topics = {row[3] for row in rows}
    if DataPurged.TOPIC in topics:
        there = [path for path in image if path == ARTEFACT or path.startswith(WORKSPACE)]
        yield from (f"purged, and there: {path}" for path in there)
    if PeriodClosed.TOPIC in topics and b"-11-2026" in (image.get(LOG) or b""):
        yield "lines are recorded as removed, and in the shared log"


def _bytes_lost(made: Sequence[Promise], image: Image, seen: Image) -> Iterator[str]:
    """A file that nobody touched since the office was told is as it was; no key that ended is back."""
    promise = made[-1]
    for path in sorted(promise.files.keys() | seen.keys()):
        told = promise.files.get(path, _NOTHING)
        if told == seen.get(path, _NOTHING) != image.get(path, _NOTHING):
            yield f"not as it was acknowledged: {path}"
    ended = frozenset[bytes]().union(*(each.keys for each in made)) - promise.keys
    for path, content in image.items():
        if content and path.startswith("ledger/keys/") and any(key in content for key in ended):
            yield f"a key that was destroyed is back: {path}"


def _plain(image: Image) -> Image:
    return {path: content for path, content in image.items() if not _READ_BY_THE_PROGRAM.match(path)}


def events_of(ledger: Path) -> list[EventRow]:
    """Every row of the log, in order."""
    with closing(_opened(ledger / "events.db")) as database:
        return database.execute(_EVENTS).fetchall()


def keys_of(ledger: Path) -> Iterator[bytes]:
    """Every key that opens words, as it stands in its file."""
    for name in ("session.db", "customer.db", "tax.db"):
        with closing(_opened(ledger / "keys" / name)) as database:
            yield from (key for (key,) in database.execute("SELECT cipher_key FROM key"))


def words_of(ledger: Path) -> PersonalData:
    """What the vault opens to, by commitment; None where the key is gone."""
    try:
        with Vault(ledger, os.urandom) as vault:
            return {row.commitment: vault.get(row.commitment) for row in vault.rows()}
    except LedgerError as error:
        return {"unreadable": {"fact": error.fact}}


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True)
