"""Signed notes (C2SP signed-note) with Ed25519: text, signature lines, and the keys as one line each.

A verifier key is `<name>+<key id>+<base64 of 0x01 and the public key>`, a signing key
`PRIVATE+KEY+<name>+<key id>+<base64 of 0x01 and the seed>`, as the note tools of Go write them.
"""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple

from ledger.errors import BadNote, BadSigningKey
from ledger.message import msg

NOTE_BYTES_MAX = 1 << 20
SIGNATURES_MAX = 16
SEED_BYTES = 32

_ED25519 = b"\x01"
_ID_BYTES = 4
_KEY_BYTES = 33
_DASH = "— "
_PRIVATE = "PRIVATE+KEY+"
_NOT_IN_NAME = re.compile(r"[\s+]+")
_Y_BITS = 2**255 - 1
_SMALL_ORDER = {
    0,
    1,
    2**255 - 20,
    2707385501144840649318225287225658788936804267575313519463743609750303402022,
    55188659117513257062467267217118295137698188065244968500265048394206261417927,
}
"""y of the points of small order."""
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


class Signature(NamedTuple):
    """One signature line: whose, the key's id, and what was signed with it."""

    name: str
    key_id: bytes
    signature: bytes


class SignedNote(NamedTuple):
    """A text, with its final newline, and its signatures. Nothing in it is believed before `verified`."""

    text: str
    signatures: tuple[Signature, ...]


class VerifierKey(NamedTuple):
    """A public key under a name."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The first four bytes of SHA-256 over name, newline, signature type and key."""
        return key_id_of(self.name, _ED25519, self.public)

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{b64encode(_ED25519 + self.public).decode()}"


class SigningKey(NamedTuple):
    """A seed of 32 bytes under a name. Its text is a secret."""

    name: str
    seed: bytes

    @property
    def verifier(self) -> VerifierKey:
        """What everybody may know of it."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 - costs start-up
            Ed25519PrivateKey,
        )

        public = Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()
        return VerifierKey(self.name, public)

    def sign_bytes(self, message: bytes) -> bytes:
        """Return the 64 bytes of an Ed25519 signature (RFC 8032); the same every time."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 - as above
            Ed25519PrivateKey,
        )

        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(message)

    def sign(self, text: str) -> str:
        """Return the whole note over a text that ends in a newline."""
        signed = b64encode(self.verifier.key_id + self.sign_bytes(text.encode())).decode()
        return f"{text}\n{_DASH}{self.name} {signed}\n"

    def secret_line(self) -> str:
        """Return the key as it lies in its file."""
        key = b64encode(_ED25519 + self.seed).decode()
        return f"{_PRIVATE}{self.name}+{self.verifier.key_id.hex()}+{key}\n"

    def __repr__(self) -> str:
        return f"SigningKey({self.name!r})"


def key_id_of(name: str, kind: bytes, public: bytes) -> bytes:
    """Return the id of a key: four bytes of SHA-256 over name, newline, signature type and key."""
    return sha256(name.encode() + b"\n" + kind + public).digest()[:_ID_BYTES]


def is_small_order(public: bytes) -> bool:
    """Return True for a point of small order: under such a key one signature fits every text."""
    return int.from_bytes(public, "little") & _Y_BITS in _SMALL_ORDER


def key_name(origin: str) -> str:
    """Return a name as notes allow it: without spaces and plus signs."""
    return _NOT_IN_NAME.sub("-", origin.strip()) or "-"


def parse_verifier_key(line: str) -> VerifierKey:
    """Return the public key of a line; raises BadNote."""
    name, _, rest = line.strip(" \t\r\n\ufeff").partition("+")
    key_id, _, encoded = rest.partition("+")
    key = decoded(encoded)
    if not name or len(key) != _KEY_BYTES or key[:1] != _ED25519:
        raise BadNote(msg("this is no Ed25519 verifier key"))
    if is_small_order(key[1:]):
        raise BadNote(msg("a verifier key of small order, which anybody can sign for"))
    parsed = VerifierKey(name, key[1:])
    if parsed.key_id.hex() != key_id:
        raise BadNote(msg("the id of the verifier key does not fit the key"))
    return parsed


def parse_signing_key(line: str) -> SigningKey:
    """Return the key of a key file; raises BadSigningKey without repeating it."""
    try:
        name, key_id, encoded = line.strip().removeprefix(_PRIVATE).split("+", 2)
        key = decoded(encoded)
    except (ValueError, BadNote):
        raise BadSigningKey(msg("the signing key cannot be read")) from None
    if not line.startswith(_PRIVATE) or len(key) != SEED_BYTES + 1 or key[:1] != _ED25519:
        raise BadSigningKey(msg("the signing key is not an Ed25519 key"))
    parsed = SigningKey(name, key[1:])
    if parsed.verifier.key_id.hex() != key_id:
        raise BadSigningKey(msg("the signing key is damaged: its id does not fit it"))
    return parsed


def parse_note(text: str) -> SignedNote:
    """Return a note in its parts, unchecked; raises BadNote for anything that is none, or too large."""
    if len(text.encode(errors="surrogatepass")) > NOTE_BYTES_MAX:
        raise BadNote(msg("a note has at most 1 MiB"))
    body, gap, lines = text.rpartition("\n\n")
    if not gap or not body or not lines.endswith("\n") or _CONTROL.search(text):
        raise BadNote(msg("a signed note is text, an empty line and signatures"))
    signatures = lines.removesuffix("\n").split("\n")
    if len(signatures) > SIGNATURES_MAX:
        raise BadNote(msg("a note has at most {most} signatures", most=SIGNATURES_MAX))
    return SignedNote(body + "\n", tuple(map(parse_signature, signatures)))


def parse_signature(line: str) -> Signature:
    """Return a signature line in its parts, without its end; raises BadNote."""
    name, _, encoded = line.removeprefix(_DASH).rpartition(" ")
    signature = decoded(encoded)
    if not line.startswith(_DASH) or not name or _NOT_IN_NAME.search(name) or len(signature) <= _ID_BYTES:
        raise BadNote(msg("a signature line is a dash, a name and a signature"))
    return Signature(name, signature[:_ID_BYTES], signature[_ID_BYTES:])


def signer_of(note: SignedNote, keys: Iterable[VerifierKey]) -> VerifierKey | None:
    """Return the first of these keys that signed the note; None if none did or a signature is wrong."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - costs start-up
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 - as above
        Ed25519PublicKey,
    )

    found: VerifierKey | None = None
    for key in keys:
        for signature in note.signatures:
            if (signature.name, signature.key_id) != (key.name, key.key_id):
                continue
            try:
                Ed25519PublicKey.from_public_bytes(key.public).verify(signature.signature, note.text.encode())
            except (InvalidSignature, ValueError):
                return None
            found = found or key
    return found


def is_signed_bytes(key: VerifierKey, signature: bytes, message: bytes) -> bool:
    """Return True if a bare Ed25519 signature over these bytes is this key's."""
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - costs start-up
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (  # noqa: PLC0415 - as above
        Ed25519PublicKey,
    )

    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def decoded(encoded: str) -> bytes:
    """Return the bytes of canonical base64; raises BadNote."""
    try:
        found = b64decode(encoded, validate=True)
    except (Base64Error, ValueError):
        raise BadNote(msg("base64 cannot be read")) from None
    if b64encode(found).decode() != encoded:
        raise BadNote(msg("base64 has bits to spare"))
    return found
