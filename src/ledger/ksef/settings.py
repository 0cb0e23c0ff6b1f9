"""Which KSeF documents go to, and who logs in there: `[ksef]` of ledger.toml and the secrets beside it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from ledger.domain.invoice.ksef_duty import EXEMPTION_ENDS, check_token
from ledger.errors import BadConfig, KeyReadable, KsefNotSetUp
from ledger.fa3.seller import KSEF_KEYS, ksef_mode_of, parse_seller, table_of
from ledger.message import Hint, Message, msg


class KsefEnvironment(NamedTuple):
    """One KSeF: where it is talked to, and where its verification codes lead."""

    base_url: str
    qr_base_url: str


ENVIRONMENTS = {
    "production": KsefEnvironment("https://api.ksef.mf.gov.pl", "https://qr.ksef.mf.gov.pl"),
    "demo": KsefEnvironment("https://api-demo.ksef.mf.gov.pl", "https://qr-demo.ksef.mf.gov.pl"),
    "test": KsefEnvironment("https://api-test.ksef.mf.gov.pl", "https://qr-test.ksef.mf.gov.pl"),
}
_OTHERS = 0o077
_LOCAL = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True, slots=True)
class Secrets:
    """What stands in no file of the ledger: a token, or the password of the certificate's key."""

    token: str | None = field(default=None, repr=False)
    key_password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class TokenLogin:
    """A token of KSeF; none is taken from 2027-01-01 on."""

    token: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CertificateLogin:
    """A certificate of type Authentication and its private key, as files."""

    certificate: Path
    key: Path
    password: str | None = field(default=None, repr=False)


class KeyFiles(NamedTuple):
    """A certificate and its private key, as PEM files."""

    certificate: Path
    key: Path


Login = TokenLogin | CertificateLogin


@dataclass(frozen=True, slots=True)
class Access:
    """Everything that is needed to send documents of one seller."""

    base_url: str
    nip: str
    login: Login


def environment_of(config: Mapping[str, object]) -> KsefEnvironment:
    """The KSeF that ledger.toml names, production where it names none; raises BadConfig.

    An address of its own leads elsewhere, for a KSeF on the way there or one for tests.
    """
    told = table_of(config, "ksef", KSEF_KEYS)
    name = told.get("environment", "production")
    if name not in ENVIRONMENTS:
        raise BadConfig(msg("ledger.toml: ksef.environment is one of {names}", names=", ".join(ENVIRONMENTS)))
    named = ENVIRONMENTS[name]
    return named._replace(base_url=_address(told["base_url"])) if "base_url" in told else named


def _address(text: str) -> str:
    """An https address; http only to this machine, because a login goes over it."""
    try:
        parts = urlsplit(text)
        is_local = parts.scheme == "http" and parts.hostname in _LOCAL
        is_safe = is_local or (parts.scheme == "https" and bool(parts.hostname))
    except ValueError:
        is_safe = False
    if not is_safe:
        raise BadConfig(msg("ledger.toml: ksef.base_url is not an https address"))
    return text.rstrip("/")


def access_of(config: Mapping[str, object], secrets: Secrets, today: date) -> Access:
    """Where and as whom to log in; a certificate goes before a token.

    Raises BadConfig, KsefNotSetUp, KeyReadable, TokensEnded. Sending takes an environment that is named:
    what goes to production is an invoice before the law.
    """
    told = table_of(config, "ksef", KSEF_KEYS)
    nip = parse_seller(config).get("nip")
    if nip is None:
        raise KsefNotSetUp(msg("ledger.toml does not say seller.nip"))
    if "environment" not in told and "base_url" not in told:
        raise KsefNotSetUp(msg("ledger.toml does not say ksef.environment"))
    base_url = environment_of(config).base_url
    if "certificate" in told or "key" in told:
        return Access(base_url, nip, _certificate(told, secrets))
    if secrets.token is None:
        raise KsefNotSetUp(msg("there is neither a certificate nor a token to log in to KSeF with"))
    check_token(today)
    return Access(base_url, nip, TokenLogin(secrets.token))


def _certificate(told: Mapping[str, str], secrets: Secrets) -> CertificateLogin:
    return CertificateLogin(*_files(told, "certificate", "key"), secrets.key_password)


def offline_files(config: Mapping[str, object]) -> KeyFiles | None:
    """The certificate of type Offline and its key, None where neither is named.

    Raises BadConfig, KsefNotSetUp, KeyReadable.
    """
    told = table_of(config, "ksef", KSEF_KEYS)
    if "offline_certificate" not in told and "offline_key" not in told:
        return None
    return _files(told, "offline_certificate", "offline_key")


def _files(told: Mapping[str, str], certificate: str, key: str) -> KeyFiles:
    """Two files that are there; the key's is its owner's alone."""
    for name in (certificate, key):
        if name not in told:
            raise KsefNotSetUp(msg("ledger.toml does not say ksef.{name}", name=name))
        if not Path(told[name]).is_absolute():
            raise BadConfig(msg("ledger.toml: ksef.{name} is not an absolute path", name=name))
        if not Path(told[name]).is_file():
            raise KsefNotSetUp(msg("ksef.{name} names a file that is not there", name=name))
    files = KeyFiles(Path(told[certificate]), Path(told[key]))
    if os.name == "posix" and files.key.stat().st_mode & _OTHERS:
        raise KeyReadable(
            msg("ksef.{key} can be read by others than its owner", key=key), hint=Hint("chmod 600 the file")
        )
    return files


def problems_of(config: Mapping[str, object], today: date) -> list[Message]:
    """What of `[ksef]` would stop a document from being issued or sent, a sentence each."""
    told = table_of(config, "ksef", KSEF_KEYS)
    found = [msg("ksef.mode=exempt_10k ended with 2026")] if _is_over(config, today) else []
    if "certificate" not in told and "key" not in told:
        return found
    try:
        _certificate(told, Secrets())
    except (BadConfig, KeyReadable, KsefNotSetUp) as error:
        found.append(error.message)
    return found


def logs_in_with_token(config: Mapping[str, object]) -> bool:
    """Whether a KSeF is named and no certificate for it."""
    told = table_of(config, "ksef", KSEF_KEYS)
    return bool({"environment", "base_url"} & set(told)) and "certificate" not in told


def _is_over(config: Mapping[str, object], today: date) -> bool:
    return ksef_mode_of(config) == "exempt_10k" and today >= EXEMPTION_ENDS
