"""Cosignatures (C2SP tlog-cosignature): a witness says that a checkpoint continues what it saw before.

Ed25519 alone, signature type 4: the time in eight bytes, then 64 bytes over a header, the time and the note's
text. Nothing is sent from here, and nothing in an answer is believed before it was held against a checkpoint.
"""

from __future__ import annotations

import re
from base64 import b64encode
from codecs import BOM_UTF8
from typing import NamedTuple

from ledger.errors import BadNote, CosignatureBad, CosignatureKey, CosignatureKind
from ledger.message import Hint, msg, plain
from ledger.transparency.checkpoint import SIZE_MAX
from ledger.transparency.note import (
    SIGNATURES_MAX,
    Signature,
    VerifierKey,
    decoded,
    is_signed_bytes,
    is_small_order,
    key_id_of,
    parse_signature,
)

KIND = "cosignature"
"""How a cosignature is called where anchors of all kinds are kept."""
ANSWER_BYTES_MAX = 1 << 20
AT_MAX = (2**53 - 1) // 10**6
"""Seconds since 1970, in the year 2255: what the auditor's page can count in microseconds."""

_ED25519 = b"\x04"
_ML_DSA_44 = b"\x06"
_KEY_BYTES = 33
_ML_DSA_BYTES = 8 + 2420
_TIME_BYTES = 8
_BYTES = _TIME_BYTES + 64
_KEY_HINT = Hint("give the line that the witness publishes: NAME+ID+KEY")
_NAME = re.compile(
    r"[^\x00-\x20+\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ud800-\udfff\ufeff]{1,255}"
)
_SIZE = re.compile(r"(0|[1-9][0-9]{0,18})\n?")


class WitnessKey(NamedTuple):
    """An Ed25519 key that cosigns, under the witness' name."""

    name: str
    public: bytes

    @property
    def key_id(self) -> bytes:
        """The four bytes that stand before each of its cosignatures."""
        return key_id_of(self.name, _ED25519, self.public)

    def __str__(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{b64encode(_ED25519 + self.public).decode()}"


class Cosignature(NamedTuple):
    """What a witness said: as of `at`, seconds since 1970, what it signed was the newest it had seen."""

    key: WitnessKey
    at: int
    signature: bytes

    def is_over(self, text: str) -> bool:
        """Return True if it is this key's, over the text of this note (without its signatures)."""
        message = f"cosignature/v1\ntime {self.at}\n{text}".encode()
        return is_signed_bytes(VerifierKey(*self.key), self.signature, message)

    def line(self) -> str:
        """Return the signature line, with its end."""
        signed = self.key.key_id + self.at.to_bytes(_TIME_BYTES, "big") + self.signature
        return f"\u2014 {self.key.name} {b64encode(signed).decode()}\n"

    def kept(self) -> bytes:
        """Return the bytes that are kept: the line of the key, and the signature line."""
        return f"{self.key}\n{self.line()}".encode()


def parse_witness_key(line: str) -> WitnessKey:
    """Return a witness' key; raises CosignatureBad, and CosignatureKind for one that is not verified here."""
    name, _, rest = line.strip(" \t\r\n\ufeff").partition("+")
    key_id, _, encoded = rest.partition("+")
    try:
        key = decoded(encoded)
    except BadNote:
        raise CosignatureBad(msg("this is no key of a witness"), hint=_KEY_HINT) from None
    if key[:1] == _ML_DSA_44:
        raise CosignatureKind(msg("a key for ML-DSA-44, which is not verified here"))
    if len(key) == _KEY_BYTES and key[0] == 1:
        raise CosignatureKind(
            msg("a key for signing checkpoints (type 1); a witness cosigns with one of type 4")
        )
    if not _NAME.fullmatch(name) or len(key) != _KEY_BYTES or key[:1] != _ED25519:
        raise CosignatureBad(msg("this is no key of a witness"), hint=_KEY_HINT)
    if is_small_order(key[1:]):
        raise CosignatureBad(msg("a witness' key of small order, which anybody can sign for"))
    parsed = WitnessKey(name, key[1:])
    if parsed.key_id.hex() != key_id:
        raise CosignatureBad(msg("the id of the witness' key does not fit the key"))
    return parsed


def size_said(answer: bytes) -> int | None:
    """Return the size in an answer that is a number alone (status 409); None for any other answer."""
    found = _SIZE.fullmatch(answer[:32].decode("utf-8", "replace").replace("\r\n", "\n"))
    return int(found[1]) if found and int(found[1]) <= SIZE_MAX else None


def read_answer(answer: bytes, key: WitnessKey) -> list[Cosignature]:
    """Return what this key signed in an answer, or in a cosigned note; lines of other keys are left out.

    Raises CosignatureBad, CosignatureKey where there is none by this key, CosignatureKind.
    """
    lines = _lines(answer)
    mine = [each for each in lines if (each.name, each.key_id) == (key.name, key.key_id)]
    if mine:
        return [_cosignature(each, key) for each in mine]
    if any(each.name == key.name and len(each.signature) == _ML_DSA_BYTES for each in lines):
        raise CosignatureKind(
            msg("{witness} answered with ML-DSA-44, which is not verified here", witness=key.name)
        )
    others = ", ".join(sorted({each.name for each in lines if _NAME.fullmatch(each.name)}))
    raise CosignatureKey(
        msg(
            "nothing in the answer is signed by this key of {witness}; it is signed by {others}",
            witness=key.name,
            others=others,
        )
    )


def _lines(answer: bytes) -> list[Signature]:
    if len(answer) > ANSWER_BYTES_MAX:
        raise CosignatureBad(msg("an answer has at most 1 MiB"))
    try:
        text = answer.removeprefix(BOM_UTF8).decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise CosignatureBad(msg("the answer of a witness is text in UTF-8")) from None
    lines = text.rpartition("\n\n")[2].removesuffix("\n").split("\n")
    if len(lines) > SIGNATURES_MAX:
        raise CosignatureBad(msg("an answer has at most {most} signatures", most=SIGNATURES_MAX))
    try:
        return [parse_signature(each) for each in lines]
    except BadNote as error:
        raise CosignatureBad(plain("{fact}", fact=error.message)) from None


def _cosignature(line: Signature, key: WitnessKey) -> Cosignature:
    if len(line.signature) != _BYTES:
        raise CosignatureBad(msg("a cosignature is eight bytes of time and 64 of signature"))
    at = int.from_bytes(line.signature[:_TIME_BYTES], "big")
    if not 0 < at <= AT_MAX:
        raise CosignatureBad(msg("a cosignature says a moment that no calendar here has"))
    return Cosignature(key, at, line.signature[_TIME_BYTES:])


def read_kept(token: bytes) -> Cosignature:
    """Return a cosignature as it was kept; raises CosignatureBad for anything else."""
    key_line, _, line = token.decode("utf-8", "replace").partition("\n")
    try:
        key = parse_witness_key(key_line)
        found = read_answer(line.encode(), key)
    except (CosignatureKey, CosignatureKind) as error:
        raise CosignatureBad(plain("{fact}", fact=error.message)) from None
    if len(found) != 1 or found[0].kept() != token:
        raise CosignatureBad(msg("what was kept is no key and cosignature"))
    return found[0]
