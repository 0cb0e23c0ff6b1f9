"""KOD II: anybody with the certificate can verify the link, and no part of it can be changed."""

from __future__ import annotations

import base64
from functools import cache

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st
from ksef_client import KsefClientOptions
from ksef_client.services import VerificationLinkService

from ledger.errors import InvoiceField
from ledger.invoicing.offline_code import ContextType, certificate_link

QR = "https://qr-test.ksef.mf.gov.pl"
NIP, SERIAL = "5260250274", "01F20A5D352AE590"
CONTEXTS: tuple[ContextType, ...] = ("Nip", "InternalId", "NipVatUe", "PeppolId")


@cache
def ec_key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def verify(link: str, key: ec.EllipticCurvePublicKey) -> None:
    """As the reader of the code does: the text before the last slash, without https://."""
    signed, _, signature = link.removeprefix("https://").rpartition("/")
    raw = decoded(signature)
    assert len(raw) == 64
    der = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    key.verify(der, signed.encode(), ec.ECDSA(hashes.SHA256()))


@given(
    st.sampled_from(CONTEXTS),
    st.text(st.characters(min_codepoint=33, max_codepoint=0x17F), min_size=1, max_size=30),
    st.from_regex(r"[1-9][0-9]{9}", fullmatch=True),
    st.from_regex(r"[0-9A-F]{16}", fullmatch=True),
    st.binary(min_size=32, max_size=32),
)
def test_the_public_key_verifies_every_link(
    kind: ContextType, value: str, nip: str, serial: str, sha256: bytes
) -> None:
    """Given any context, then the link has its parts in their places and its signature verifies."""
    link = certificate_link(
        QR, seller_nip=nip, certificate_serial=serial, xml_sha256=sha256, key=ec_key(), context=(kind, value)
    )
    verify(link, ec_key().public_key())
    parts = link.removeprefix(f"{QR}/certificate/").split("/")
    assert (parts[0], parts[2], parts[3], len(parts)) == (kind, nip, serial, 6)
    assert decoded(parts[4]) == sha256


@given(st.binary(min_size=32, max_size=32), st.integers(0, 31))
def test_a_link_to_another_document_does_not_verify(sha256: bytes, place: int) -> None:
    """Given one bit of the hash is another, then the old signature is worth nothing."""
    link = certificate_link(QR, seller_nip=NIP, certificate_serial=SERIAL, xml_sha256=sha256, key=ec_key())
    other = bytearray(sha256)
    other[place] ^= 1
    changed = certificate_link(
        QR, seller_nip=NIP, certificate_serial=SERIAL, xml_sha256=bytes(other), key=ec_key()
    )
    forged = f"{changed.rpartition('/')[0]}/{link.rpartition('/')[2]}"
    with pytest.raises(InvalidSignature):
        verify(forged, ec_key().public_key())


def of_zeros(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> str:
    """The link of a document whose hash is nothing but zeros."""
    return certificate_link(QR, seller_nip=NIP, certificate_serial=SERIAL, xml_sha256=bytes(32), key=key)


def test_the_same_document_gives_the_same_link() -> None:
    """So that a page printed twice has the same bytes; up to the signature ksef-client says the same."""
    link = of_zeros(ec_key())
    assert of_zeros(ec_key()) == link
    assert len(link) < 220
    pem = ec_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    options = KsefClientOptions("https://api-test.ksef.mf.gov.pl")
    theirs = VerificationLinkService(options).build_certificate_verification_url(
        seller_nip=NIP,
        context_identifier_type="Nip",
        context_identifier_value=NIP,
        certificate_serial=SERIAL,
        invoice_hash=base64.b64encode(bytes(32)).decode(),
        private_key_pem=pem,
    )
    assert theirs.rpartition("/")[0] == link.rpartition("/")[0]
    verify(theirs, ec_key().public_key())


def test_an_rsa_key_signs_with_pss() -> None:
    """SHA-256 and a salt of 32 bytes."""
    signed, _, signature = of_zeros(rsa_key()).removeprefix("https://").rpartition("/")
    pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
    rsa_key().public_key().verify(decoded(signature), signed.encode(), pss, hashes.SHA256())


def test_what_would_make_a_broken_code_is_refused() -> None:
    """A serial number, a NIP or a hash that is none, and a curve nobody accepts there."""
    good = {"seller_nip": NIP, "certificate_serial": SERIAL, "xml_sha256": bytes(32)}
    for wrong in ({"seller_nip": "526"}, {"certificate_serial": "01f2"}, {"xml_sha256": b""}):
        with pytest.raises(InvoiceField):
            certificate_link(QR, key=ec_key(), **{**good, **wrong})  # type: ignore[arg-type] # wrong on purpose
    with pytest.raises(InvoiceField, match="P-256"):
        of_zeros(ec.generate_private_key(ec.SECP384R1()))
