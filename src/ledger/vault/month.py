"""Month fingerprints of a remote ID: what finds it in the remote tool's records after the purge.

Two HMACs, of its digits and of its digits sorted (finds two digits swapped), under the key of the
local month; the key dies when the month is closed.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from pathlib import Path

from ledger.errors import BadRemoteId
from ledger.vault.commitment import text_of
from ledger.vault.keys import KEY_BYTES, Entropy, open_key_file

MARK_BYTES = 16
_DIGITS = re.compile(r"\d{1,32}", re.ASCII)
_SCHEMA = """\
CREATE TABLE IF NOT EXISTS key (
    month TEXT PRIMARY KEY,
    key BLOB NOT NULL CHECK (length(key) = 32)
) STRICT, WITHOUT ROWID"""


def digits_of(remote_id: str) -> str:
    """The digits of a remote ID written with spaces or dashes; raises BadRemoteId."""
    digits = re.sub(r"[\s-]", "", remote_id)
    if not _DIGITS.fullmatch(digits):
        raise BadRemoteId("a remote ID is digits, spaces and dashes")
    return digits


class MonthKeys:
    """The keys of the fingerprints, in `keys/month.db`."""

    def __init__(self, keys: Path, entropy: Entropy) -> None:
        self._entropy = entropy
        self._database = open_key_file(keys / "month.db", _SCHEMA)

    @classmethod
    def create(cls, keys: Path) -> None:
        """Make the empty file."""
        open_key_file(keys / "month.db", _SCHEMA, create=True).close()

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def marks(self, month: str, remote_id: str) -> tuple[str, str]:
        """The two fingerprints under the key of a month ("2026-11"), made on demand; 22 characters each."""
        digits = digits_of(remote_id)
        key = self._key(month) or self._made(month)
        return _mark(key, digits), _mark(key, "".join(sorted(digits)))

    def _key(self, month: str) -> bytes | None:
        found = self._database.execute("SELECT key FROM key WHERE month = ?", (month,)).fetchone()
        return None if found is None else bytes(found[0])

    def _made(self, month: str) -> bytes:
        with self._database.transaction():
            key = self._key(month)
            if key is None:
                key = self._entropy(KEY_BYTES)
                self._database.execute("INSERT INTO key VALUES (?, ?)", (month, key))
        return key


def _mark(key: bytes, digits: str) -> str:
    return text_of(hmac.digest(key, digits.encode(), hashlib.sha256)[:MARK_BYTES])
