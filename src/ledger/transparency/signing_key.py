"""The signing key's file and the signer's memory: private, whole, refused when others can read them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ledger.errors import BadSigningKey, SigningKeyMissing
from ledger.folder.atomic_write import write_whole
from ledger.folder.bounded_read import CONFIG_BYTES_MAX, read_at_most
from ledger.message import msg
from ledger.transparency.note import SEED_BYTES, SigningKey, parse_signing_key
from ledger.vault.keys import refuse_readable

_KEY_CHARACTERS_MAX = 4096


def create_key(path: Path, name: str, entropy: Callable[[int], bytes]) -> SigningKey:
    """Write a new key to a file of mode 0600; `entropy(n)` gives n random bytes."""
    key = SigningKey(name, entropy(SEED_BYTES))
    write_private(path, key.secret_line())
    return key


def read_key(path: Path) -> SigningKey:
    """Read the key of a file; raises SigningKeyMissing, KeyReadable, BadSigningKey."""
    if not path.is_file():
        raise SigningKeyMissing(
            msg("there is no {name} in {name_2}", name=path.name, name_2=path.parent.name)
        )
    refuse_readable(path)
    try:
        line = read_at_most(path, CONFIG_BYTES_MAX).decode()
    except (OSError, UnicodeDecodeError):
        raise BadSigningKey(msg("{name} cannot be read", name=path.name)) from None
    if len(line) > _KEY_CHARACTERS_MAX:
        raise BadSigningKey(msg("{name} holds more than a key", name=path.name))
    return parse_signing_key(line)


def write_private(path: Path, text: str) -> None:
    """Write a file of mode 0600 whole or not at all, and sync it and its folder."""
    # A fixed name: what a killed process leaves of a key is overwritten by the next one, not kept.
    write_whole(path, text.encode(), 0o600, beside=path.with_name(f".{path.name}.part"))
