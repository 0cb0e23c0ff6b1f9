"""Which KSeF, and who logs in: what ledger.toml says, held against what has to be there."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ledger.errors import BadConfig, KeyReadable, KsefNotSetUp, TokensEnded
from ledger.ksef.settings import (
    ENVIRONMENTS,
    Access,
    CertificateLogin,
    Secrets,
    TokenLogin,
    access_of,
    environment_of,
    problems_of,
)
from ledger.message import msg
from tests.support.ksef.keys import write_login
from tests.support.systems import absolute, needs_modes

TODAY, IN_2027 = date(2026, 11, 25), date(2027, 1, 1)
SELLER = {"nip": "5260250274"}
TOKEN = Secrets("a token")


def config(**ksef: str) -> dict[str, object]:
    return {"seller": SELLER, "ksef": ksef}


@pytest.mark.parametrize("name", list(ENVIRONMENTS))
def test_an_environment_is_one_name_for_two_addresses(name: str) -> None:
    """Documents and verification codes never go to different ones by mistake."""
    found = environment_of(config(environment=name))
    suffix = {"production": "", "demo": "-demo", "test": "-test"}[name]
    assert found.base_url == f"https://api{suffix}.ksef.mf.gov.pl"
    assert found.qr_base_url == f"https://qr{suffix}.ksef.mf.gov.pl"


def test_codes_are_of_production_where_nothing_is_said() -> None:
    """Sending is refused there all the same: nobody sends to the tax office by default."""
    assert environment_of({}) == ENVIRONMENTS["production"]
    with pytest.raises(KsefNotSetUp, match=r"ksef\.environment"):
        access_of(config(), TOKEN, TODAY)


@pytest.mark.parametrize(
    "address",
    ["http://ksef.example", "ftp://ksef.example", "ksef.example", "https:/", "http://[", "http://1"],
)
def test_a_login_goes_over_https_only(address: str) -> None:
    """Plain http leads to this machine alone."""
    with pytest.raises(BadConfig, match=r"ksef\.base_url"):
        environment_of(config(base_url=address))
    local = environment_of(config(base_url="http://127.0.0.1:8080/"))
    assert local == ("http://127.0.0.1:8080", ENVIRONMENTS["production"].qr_base_url)


def test_an_environment_nobody_knows_is_refused() -> None:
    """The names are listed."""
    with pytest.raises(BadConfig, match="production, demo, test"):
        environment_of(config(environment="staging"))


def test_a_token_logs_in_until_the_end_of_2026() -> None:
    """From then on the hint leads to certificates."""
    access = access_of(config(environment="test"), TOKEN, TODAY)
    assert access == Access("https://api-test.ksef.mf.gov.pl", "5260250274", TokenLogin("a token"))
    with pytest.raises(TokensEnded) as refusal:
        access_of(config(environment="test"), TOKEN, IN_2027)
    assert "certificate" in refusal.value.hint


def test_a_certificate_goes_before_a_token_and_lasts(tmp_path: Path) -> None:
    """In 2027 too; the password of its key comes with the secrets."""
    certificate, key = write_login(tmp_path)
    told = config(environment="demo", certificate=str(certificate), key=str(key))
    access = access_of(told, Secrets("a token", "hunter2"), IN_2027)
    assert access.login == CertificateLogin(certificate, key, "hunter2")


@needs_modes
def test_a_key_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    """As with the ledger's own keys."""
    certificate, key = write_login(tmp_path)
    key.chmod(0o644)
    with pytest.raises(KeyReadable, match=r"ksef\.key"):
        access_of(config(environment="test", certificate=str(certificate), key=str(key)), TOKEN, TODAY)


def test_what_would_stop_a_document_is_told_beforehand(tmp_path: Path) -> None:
    """The exemption that is over, a file that is not there, a path that depends on where one stands."""
    certificate, key = write_login(tmp_path)
    assert problems_of({}, TODAY) == []
    assert problems_of(config(mode="exempt_10k"), TODAY) == []
    assert problems_of(config(mode="exempt_10k"), IN_2027) == [msg("ksef.mode=exempt_10k ended with 2026")]
    assert problems_of(config(certificate=str(certificate), key=str(key)), TODAY) == []
    for told, named in (
        ({"certificate": str(certificate)}, "does not say ksef.key"),
        ({"certificate": "ksef.crt", "key": str(key)}, "not an absolute path"),
        ({"certificate": str(certificate), "key": str(tmp_path / "gone")}, "not there"),
    ):
        (problem,) = problems_of(config(**told), TODAY)
        assert named in str(problem)


def test_what_is_missing_is_named(tmp_path: Path) -> None:
    """One thing at a time, with the command that says it."""
    certificate, _ = write_login(tmp_path)
    test = {"environment": "test"}
    for told, secrets, named in (
        ({"ksef": test}, TOKEN, r"seller\.nip"),
        (config(**test), Secrets(), "neither a certificate nor a token"),
        (config(**test, certificate=str(certificate)), TOKEN, r"ksef\.key"),
        (config(**test, certificate=str(certificate), key=absolute("/nowhere")), TOKEN, "not there"),
    ):
        with pytest.raises(KsefNotSetUp, match=named):
            access_of(told, secrets, TODAY)
