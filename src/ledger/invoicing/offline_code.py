"""KOD II: a link that proves, without KSeF, who issued a document of offline24 that is not there yet.

Source: the Ministry's description of the QR codes (Dz.U. 2025 poz. 1815 § 9). The certificate must be of type
Offline; one of type Authentication is not accepted there.
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING, Literal
from urllib.parse import quote

from ledger.errors import InvoiceField

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

ContextType = Literal["Nip", "InternalId", "NipVatUe", "PeppolId"]
_SERIAL = re.compile(r"[0-9A-F]{16}")
_NIP = re.compile(r"\d{10}", re.ASCII)
_SHA256_BYTES = 32
_SALT_BYTES = 32


def certificate_link(
    qr_base_url: str,
    *,
    seller_nip: str,
    certificate_serial: str,
    xml_sha256: bytes,
    key: EllipticCurvePrivateKey | RSAPrivateKey,
    context: tuple[ContextType, str] | None = None,
) -> str:
    """The link of KOD II; `context` is in whose name it is issued, the seller's NIP unless another is given.

    Signed is the link itself up to the signature, without `https://`. A P-256 key gives 64 bytes r ‖ s
    (IEEE P1363), the same every time; an RSA key a PSS signature. Raises InvoiceField.
    """
    context_type, context_value = context or ("Nip", seller_nip)
    if not _SERIAL.fullmatch(certificate_serial):
        raise InvoiceField("the serial number of an Offline certificate is 16 hexadecimal digits in capitals")
    if not _NIP.fullmatch(seller_nip) or not context_value or len(xml_sha256) != _SHA256_BYTES:
        raise InvoiceField("a verification code takes a NIP of 10 digits, a context and a SHA-256")
    host = qr_base_url.rstrip("/").removeprefix("https://")
    parts = (
        context_type,
        quote(context_value, safe=""),
        seller_nip,
        certificate_serial,
        _base64url(xml_sha256),
    )
    path = "/".join((host, "certificate", *parts))
    return f"https://{path}/{_base64url(_signature(key, path.encode()))}"


def _signature(key: EllipticCurvePrivateKey | RSAPrivateKey, message: bytes) -> bytes:
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - only what is printed offline needs it
    from cryptography.hazmat.primitives.asymmetric import ec, padding  # noqa: PLC0415 - the same
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature  # noqa: PLC0415 - the same

    if not isinstance(key, ec.EllipticCurvePrivateKey):
        salted = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=_SALT_BYTES)
        return key.sign(message, salted, hashes.SHA256())
    if not isinstance(key.curve, ec.SECP256R1):
        raise InvoiceField("the key of an Offline certificate is RSA or on the curve P-256")
    r, s = decode_dss_signature(key.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True)))
    return r.to_bytes(_SHA256_BYTES, "big") + s.to_bytes(_SHA256_BYTES, "big")


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
