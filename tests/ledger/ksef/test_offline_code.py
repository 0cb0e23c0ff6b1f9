"""KOD II: signed by the certificate that is named, checked by its public key and beside another program."""

from __future__ import annotations

import os
from base64 import b64encode, urlsafe_b64decode
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa, utils
from hypothesis import given
from hypothesis import strategies as st
from ksef_client.config import KsefClientOptions
from ksef_client.services.verification_link import VerificationLinkService

from ledger.errors import BadConfig, KeyReadable, KsefNotSetUp
from ledger.ksef.offline_code import Issuer, issuer_of, issuer_url
from tests.support.ksef.keys import server_key, write_login

NIP = "5260250274"
NOW = datetime.now(UTC)


def config(certificate: Path, key: Path) -> dict[str, object]:
    return {"ksef": {"offline_certificate": str(certificate), "offline_key": str(key)}}


def issuer_in(folder: Path) -> tuple[Issuer, x509.Certificate]:
    """A certificate made for the purpose, as the ledger reads it and as it stands in its file."""
    certificate, key = write_login(folder)
    issuer = issuer_of(config(certificate, key), None, NOW)
    assert issuer is not None
    return issuer, x509.load_pem_x509_certificate(certificate.read_bytes())


@given(digest=st.binary(min_size=32, max_size=32))
def test_the_code_says_what_another_program_says_and_its_signature_holds(
    tmp_path_factory: pytest.TempPathFactory, digest: bytes
) -> None:
    folder = tmp_path_factory.mktemp("issuer")
    issuer, certificate = issuer_in(folder)
    url = issuer_url(issuer, NIP, digest, "https://qr-test.ksef.mf.gov.pl")
    signed, _, signature = url.rpartition("/")
    other = VerificationLinkService(
        KsefClientOptions(base_url="https://api-test.ksef.mf.gov.pl")
    ).build_certificate_verification_url(
        seller_nip=NIP,
        context_identifier_type="Nip",
        context_identifier_value=NIP,
        certificate_serial=f"{certificate.serial_number:016X}",
        invoice_hash=b64encode(digest).decode(),
        private_key_pem=(folder / "ksef.key").read_text(encoding="ascii"),
    )
    assert other.rpartition("/")[0] == signed
    for each in (signature, other.rpartition("/")[2]):
        raw = urlsafe_b64decode(each + "==")
        assert len(raw) == 64
        r, s = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
        public = certificate.public_key()
        assert isinstance(public, ec.EllipticCurvePublicKey)
        text = signed.removeprefix("https://").encode()
        public.verify(utils.encode_dss_signature(r, s), text, ec.ECDSA(hashes.SHA256()))


def test_the_same_document_has_the_same_code(tmp_path: Path) -> None:
    issuer, _ = issuer_in(tmp_path)
    assert issuer_url(issuer, NIP, bytes(32)) == issuer_url(issuer, NIP, bytes(32))
    assert issuer_url(issuer, NIP, bytes(32)) != issuer_url(issuer, NIP, b"x" * 32)


def test_a_key_may_have_a_password(tmp_path: Path) -> None:
    files = write_login(tmp_path, password="zażółć")  # noqa: S106 - a key of this test
    assert issuer_of(config(*files), "zażółć", NOW) is not None
    for wrong in (None, "hunter2"):
        with pytest.raises(BadConfig, match="cannot be read"):
            issuer_of(config(*files), wrong, NOW)


def test_a_shop_without_such_a_certificate_has_none() -> None:
    assert issuer_of({"ksef": {"mode": "online"}}, None, NOW) is None


@pytest.mark.parametrize("key", [server_key(), ec.generate_private_key(ec.SECP384R1())])
def test_a_key_that_cannot_sign_the_same_twice_is_refused(
    tmp_path: Path, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
) -> None:
    with pytest.raises(BadConfig, match="P-256"):
        issuer_of(config(*write_login(tmp_path, key=key)), None, NOW)


def test_files_that_do_not_do_are_refused(tmp_path: Path) -> None:
    certificate, key = write_login(tmp_path)
    (tmp_path / "other").mkdir()
    other, _ = write_login(tmp_path / "other")
    with pytest.raises(BadConfig, match="is not the key of"):
        issuer_of(config(other, key), None, NOW)
    with pytest.raises(BadConfig, match="ended on"):
        issuer_of(config(certificate, key), None, NOW + timedelta(days=401))
    with pytest.raises(KsefNotSetUp, match=r"ksef\.offline_key"):
        issuer_of({"ksef": {"offline_certificate": str(certificate)}}, None, NOW)
    with pytest.raises(KsefNotSetUp, match="not there"):
        issuer_of(config(certificate, tmp_path / "gone"), None, NOW)
    with pytest.raises(BadConfig, match="absolute"):
        issuer_of(config(Path("ksef.crt"), key), None, NOW)
    if os.name == "posix":
        key.chmod(0o644)
        with pytest.raises(KeyReadable, match=r"ksef\.offline_key"):
            issuer_of(config(certificate, key), None, NOW)
