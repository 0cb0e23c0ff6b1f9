"""Fingerprints of remote IDs, for comparing sessions with the remote tool's own records.

Two of each ID: of its digits, and of its digits sorted, which finds two swapped digits after the ID
itself is gone. They are keyed by the office month; the key dies when the month is closed.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable
from pathlib import Path
from typing import Self

from ledger.errors import BadRemoteId, ErasureIncomplete
from ledger.message import msg
from ledger.store.any_database import AnyDatabase
from ledger.store.sqlite.database import BUSY_SECONDS, refusals
from ledger.vault.commitment import text_of
from ledger.vault.keys import KEY_BYTES, create_key_file, open_key_file

MARK_BYTES = 16
Marker = Callable[[str], tuple[str, str]]
"""From a remote ID to its two fingerprints; raises BadRemoteId."""

_TABLE = """\
CREATE TABLE IF NOT EXISTS month_key (
    month TEXT PRIMARY KEY NOT NULL CHECK (month GLOB '[0-9][0-9][0-9][0-9]-[0-1][0-9]'),
    key BLOB NOT NULL CHECK (length(key) = 32)
) STRICT, WITHOUT ROWID"""
_GET = "SELECT key FROM month_key WHERE month = ?"
_INSERT = "INSERT INTO month_key (month, key) VALUES (?, ?)"
_KEEP = f"{_INSERT} ON CONFLICT (month) DO NOTHING"
_NOT_DIGITS = re.compile(r"[^0-9]")


class MonthKeys:
    """The keys in `keys/month.db`; months as 2026-11. `entropy(n)` gives n random bytes.

    Raises KeysMissing, KeyReadable.
    """

    def __init__(
        self, folder: Path, entropy: Callable[[int], bytes], *, busy_seconds: float = BUSY_SECONDS
    ) -> None:
        self._entropy = entropy
        self._database: AnyDatabase = open_key_file(folder / "keys" / "month.db", busy_seconds)

    @classmethod
    def create(cls, folder: Path, entropy: Callable[[int], bytes]) -> Self:
        """Make the file in the folder of a ledger; one that is there stays as it is."""
        create_key_file(folder / "keys" / "month.db", _TABLE)
        return cls(folder, entropy)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def marks(self, month: str, remote_id: str) -> tuple[str, str]:
        """Return the fingerprints of an ID in a month, its key made if need be; raises BadRemoteId."""
        digits_of(remote_id)  # before a key is made for it
        return self.marker(month)(remote_id)

    def marker(self, month: str) -> Marker:
        """Return what gives the fingerprints of IDs in a month, whose key is made when there is none."""
        key = self._key(month) or self._made_key(month)
        return lambda remote_id: _marks(key, digits_of(remote_id))

    def marks_if_open(self, month: str, remote_id: str) -> tuple[str, str] | None:
        """Return the same for comparing; None when the month has no key, or none any more."""
        digits = digits_of(remote_id)
        key = self._key(month)
        return None if key is None else _marks(key, digits)

    def token(self, month: str, text: str) -> str:
        """Return the fingerprint of a text in a month, for example of a computer's name."""
        key = self._key(month) or self._made_key(month)
        return text_of(hmac.digest(key, b"text:" + text.encode(), "sha256")[:MARK_BYTES])

    def open_months(self) -> list[str]:
        """Return the months whose key lives, in order."""
        with refusals(self._database.name):
            rows = self._database.execute("SELECT month FROM month_key ORDER BY month").fetchall()
        return [month for (month,) in rows]

    def take_from(self, other: MonthKeys) -> None:
        """Take over the keys of another file."""
        rows = [(month, other._key(month)) for month in other.open_months()]
        if rows:
            with self._database.transaction():
                self._database.executemany(_KEEP, rows)

    def erase(self, month: str) -> None:
        """End the key of a month; its fingerprints say nothing any more. Raises ErasureIncomplete."""
        with self._database.transaction():
            self._database.execute("DELETE FROM month_key WHERE month = ?", (month,))
        if not self._database.truncate_log():
            raise ErasureIncomplete(
                msg("{name} is in use, and its log may hold a copy", name=self._database.name)
            )

    def _key(self, month: str) -> bytes | None:
        with refusals(self._database.name):
            found = self._database.execute(_GET, (month,)).fetchone()
        return None if found is None else found[0]

    def _made_key(self, month: str) -> bytes:
        with self._database.transaction():
            key = self._key(month)  # somebody else may have made it meanwhile
            if key is None:
                key = self._entropy(KEY_BYTES)
                self._database.execute(_INSERT, (month, key))
        return key


def digits_of(remote_id: str) -> str:
    """Return the digits of an ID however it is typed, for example 123 456 789; raises BadRemoteId."""
    digits = _NOT_DIGITS.sub("", remote_id)
    if not digits:
        raise BadRemoteId(msg("the remote ID holds no digit"))
    return digits


def _marks(key: bytes, digits: str) -> tuple[str, str]:
    return _mark(key, digits), _mark(key, "".join(sorted(digits)))


def _mark(key: bytes, digits: str) -> str:
    return text_of(hmac.digest(key, digits.encode(), "sha256")[:MARK_BYTES])
