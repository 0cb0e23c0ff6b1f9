"""KOD I: the address under which KSeF tells whether it has exactly this document.

Source: the Ministry's description of the codes („kody QR”), Dz.U. 2025 poz. 1815 § 9.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import date

QR_BASE_URL = "https://qr.ksef.mf.gov.pl"
"""Of the environment that counts; the test environments have their own."""


def verification_url(seller_nip: str, issued_on: date, xml_sha256: bytes, base_url: str = QR_BASE_URL) -> str:
    """The address of a document by its seller, its day of issue, and the SHA-256 of its XML."""
    return f"{base_url.rstrip('/')}/invoice/{seller_nip}/{issued_on:%d-%m-%Y}/{as_segment(xml_sha256)}"


def as_segment(data: bytes) -> str:
    """Bytes as they stand in such an address: base64url without padding."""
    return urlsafe_b64encode(data).decode().rstrip("=")
