"""Time stamps (RFC 3161) over checkpoints: what is asked of an authority, and what its answer says.

Nothing is sent from here. A request is bytes for somebody to send; an answer is bytes that somebody
brings, and nothing in it is believed before it was held against a checkpoint and a certificate.
"""

from __future__ import annotations

import hashlib
from base64 import b32encode
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from ledger.errors import AnchorBad
from ledger.message import Hint, msg

if TYPE_CHECKING:
    from cryptography.x509 import Certificate
    from rfc3161_client import TimeStampResponse

KIND = "rfc3161"
"""How such a time stamp is called where anchors of all kinds are kept."""
TOKEN_BYTES_MAX = 1 << 20
NONCE_BYTES = 8
SHORT_ROOT_CHARACTERS = 16

_GRANTED = 0
_HASHES: dict[str, str] = {
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}
_VERSION_1 = bytes.fromhex("020101")
_SHA256 = bytes.fromhex("300d06096086480165030402010500")
_CERTIFICATE_WANTED = bytes.fromhex("0101ff")


class TimeStamp(NamedTuple):
    """What an authority's answer says: over what, when, under which number and policy. Unchecked."""

    hash_name: str
    imprint: bytes
    at: datetime
    serial: int
    policy: str
    token: bytes
    """The signed part of the answer; two answers that differ only around it are the same."""

    def is_over(self, note: str) -> bool:
        """Return True if it is over exactly these bytes."""
        return hashlib.new(self.hash_name, note.encode()).digest() == self.imprint


def short_root(root: bytes) -> str:
    """Return the first 16 characters of a root in base32: 80 bits, as documents carry them."""
    return b32encode(root).decode()[:SHORT_ROOT_CHARACTERS]


def request(note: str, entropy: Callable[[int], bytes]) -> bytes:
    """Build a time stamp request over a note: SHA-256, a nonce, and the authority's certificate wanted."""
    imprint = _der(0x30, _SHA256 + _der(0x04, hashlib.sha256(note.encode()).digest()))
    nonce = bytes([entropy(1)[0] & 0x3F | 0x40]) + entropy(NONCE_BYTES - 1)  # positive, and of full length
    return _der(0x30, _VERSION_1 + imprint + _der(0x02, nonce) + _CERTIFICATE_WANTED)


def _der(tag: int, content: bytes) -> bytes:
    return bytes([tag, len(content)]) + content  # nothing here has 128 bytes


def read(answer: bytes) -> TimeStamp:
    """Parse an authority's answer; raises AnchorBad for anything that is none, or is a refusal."""
    response = _response(answer)
    try:
        said = response.tst_info
        oid = said.message_imprint.hash_algorithm.dotted_string
        at, serial, policy = said.gen_time, said.serial_number, said.policy.dotted_string
        found = said.message_imprint.message
        token = response.time_stamp_token()
    except (ValueError, OverflowError):
        raise AnchorBad(msg("the time stamp in the answer cannot be read")) from None
    if oid not in _HASHES:
        raise AnchorBad(msg("the time stamp is over a hash other than SHA-256, SHA-384 or SHA-512"))
    return TimeStamp(_HASHES[oid], found, at, serial, policy, token)


def _response(answer: bytes) -> TimeStampResponse:
    from rfc3161_client import decode_timestamp_response  # noqa: PLC0415 - costs start-up

    if len(answer) > TOKEN_BYTES_MAX:
        raise AnchorBad(msg("an answer has at most 1 MiB"))
    try:
        response = decode_timestamp_response(answer)
        status = response.status
    except (ValueError, OverflowError):
        raise AnchorBad(msg("this is no answer of a time stamping authority, or it is damaged")) from None
    if status != _GRANTED:
        raise AnchorBad(
            msg("the authority did not grant the time stamp; its answer has status {status}", status=status)
        )
    return response


def read_certificates(pem: bytes) -> list[Certificate]:
    """Return the certificates of a PEM file; raises AnchorBad where there is none."""
    from cryptography.x509 import load_pem_x509_certificates  # noqa: PLC0415 - costs start-up

    try:
        return load_pem_x509_certificates(pem)
    except ValueError:
        raise AnchorBad(
            msg("the file holds no certificate"),
            hint=Hint("give the authority's root certificate in PEM form"),
        ) from None


def check_signature(answer: bytes, trusted: Iterable[Certificate]) -> None:
    """Raise AnchorBad unless the answer was signed, when it says, under one of these certificates.

    Certificates have to be valid at the moment of the time stamp, not today. Whether one was revoked
    is not looked at.
    """
    from rfc3161_client import VerificationError, VerifierBuilder  # noqa: PLC0415 - costs start-up

    response = _response(answer)
    stamp = read(answer)
    try:
        VerifierBuilder(roots=list(trusted)).build().verify(response, stamp.imprint)
    except (VerificationError, ValueError, OverflowError):
        raise AnchorBad(
            msg("the time stamp is not signed under the certificate given, or was changed"),
            hint=Hint("give the root certificate of the authority that was asked, with the ones in between"),
        ) from None
