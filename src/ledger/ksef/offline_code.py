"""KOD II: who issued a document that KSeF does not have yet, proved with a certificate of type Offline.

Source: the Ministry's description of the codes („kody QR”); Dz.U. 2025 poz. 1815 § 9.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import NamedTuple

from ledger.errors import BadConfig
from ledger.folder.bounded_read import CONFIG_BYTES_MAX, read_at_most
from ledger.ksef.qr_link import QR_BASE_URL, as_segment
from ledger.ksef.settings import offline_files
from ledger.message import msg

_SERIAL_DIGITS = 16
_COORDINATE_BYTES = 32


class Issuer(NamedTuple):
    """The certificate's serial number and its end, and what signs with its key."""

    serial: int
    ends_at: datetime
    sign: Callable[[bytes], bytes]
    """ECDSA on P-256 with SHA-256 as r and s, 64 bytes; the same text gives the same signature (RFC 6979)."""


def issuer_of(config: Mapping[str, object], password: str | None, at: datetime) -> Issuer | None:
    """The certificate that ledger.toml names, None where it names none.

    Raises BadConfig for files that do not belong together or have ended by `at`; KsefNotSetUp, KeyReadable.
    """
    files = offline_files(config)
    if files is None:
        return None
    from cryptography import x509  # noqa: PLC0415 - only paper of documents that wait for KSeF needs it
    from cryptography.hazmat.primitives import hashes, serialization  # noqa: PLC0415 - the same
    from cryptography.hazmat.primitives.asymmetric import ec, utils  # noqa: PLC0415 - the same

    try:
        certificate = x509.load_pem_x509_certificate(read_at_most(files.certificate, CONFIG_BYTES_MAX))
        key = serialization.load_pem_private_key(
            read_at_most(files.key, CONFIG_BYTES_MAX), None if password is None else password.encode()
        )
    except (OSError, ValueError, TypeError) as error:
        raise BadConfig(
            msg("ledger.toml: ksef.offline_certificate and offline_key cannot be read")
        ) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
        raise BadConfig(msg("ledger.toml: ksef.offline_key is no key on the curve P-256"))
    if certificate.public_key() != key.public_key():
        raise BadConfig(msg("ledger.toml: ksef.offline_key is not the key of ksef.offline_certificate"))
    if certificate.not_valid_after_utc <= at:
        ended = certificate.not_valid_after_utc
        raise BadConfig(msg("ledger.toml: ksef.offline_certificate ended on {ended:%Y-%m-%d}", ended=ended))

    def sign(text: bytes) -> bytes:
        made = key.sign(text, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        return b"".join(n.to_bytes(_COORDINATE_BYTES, "big") for n in utils.decode_dss_signature(made))

    return Issuer(certificate.serial_number, certificate.not_valid_after_utc, sign)


def issuer_url(issuer: Issuer, seller_nip: str, xml_sha256: bytes, base_url: str = QR_BASE_URL) -> str:
    """KOD II: the address under which KSeF tells whether the seller's certificate signed this document."""
    serial = f"{issuer.serial:0{_SERIAL_DIGITS}X}"
    document = as_segment(xml_sha256)
    address = f"{base_url.rstrip('/')}/certificate/Nip/{seller_nip}/{seller_nip}/{serial}/{document}"
    signature = issuer.sign(address.partition("://")[2].encode("ascii"))
    return f"{address}/{as_segment(signature)}"
