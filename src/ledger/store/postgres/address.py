"""The URL of a ledger on PostgreSQL: postgresql+psycopg://ROLE@HOST/DATABASE?ledger=NAME.

A password never stands in it: PostgreSQL's client takes it from PGPASSWORD or ~/.pgpass.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import parse_qsl, unquote, urlsplit

from ledger.errors import BadStoreUrl
from ledger.message import Hint, msg

SCHEMES = ("postgresql+psycopg", "postgresql")
DEFAULT_LEDGER = "ledger"
_LEDGER = re.compile(r"[a-z][a-z0-9_]{0,39}")
_PASSED_ON = frozenset({
    "host", "port", "sslmode", "sslrootcert", "sslcert", "sslkey", "target_session_attrs", "connect_timeout",
    "load_balance_hosts",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Address:
    """A database, the role that goes there, and which of the ledgers in it."""

    url: str
    database: str
    ledger: str
    options: tuple[tuple[str, str], ...]
    """What the client is told besides: host, port, user, TLS."""

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read a URL; raises BadStoreUrl, which never repeats it: somebody may have typed a password."""
        try:
            parts = urlsplit(url)
            host, port, password = parts.hostname, parts.port, parts.password
        except ValueError:
            raise BadStoreUrl(msg("the store's URL cannot be read")) from None
        if parts.scheme not in SCHEMES:
            raise BadStoreUrl(msg("the store's URL does not begin with postgresql+psycopg://"))
        asked = dict(parse_qsl(parts.query, keep_blank_values=True))
        if password is not None or "password" in asked:
            raise BadStoreUrl(
                msg("the store's URL holds a password"), hint=Hint("put it into ~/.pgpass or PGPASSWORD")
            )
        database, ledger = unquote(parts.path.strip("/")), asked.pop("ledger", DEFAULT_LEDGER)
        if not database or "/" in database:
            raise BadStoreUrl(msg("the store's URL names no database"))
        if _LEDGER.fullmatch(ledger) is None:
            raise BadStoreUrl(msg("ledger= in the store's URL is not a name of small letters, digits and _"))
        unknown = sorted(asked.keys() - _PASSED_ON)
        if unknown:
            raise BadStoreUrl(
                msg("the store's URL has an option that is not known: {unknown}", unknown=unknown[0])
            )
        if host:
            asked["host"] = unquote(host)
        if port is not None:
            asked["port"] = str(port)
        if parts.username:
            asked["user"] = unquote(parts.username)
        return cls(url, database, ledger, tuple(sorted(asked.items())))

    def of_role(self, role: str) -> Address:
        """Return the same place for another role."""
        return replace(self, options=tuple(sorted({**dict(self.options), "user": role}.items())))

    @property
    def role(self) -> str | None:
        """The role that the URL names."""
        return dict(self.options).get("user")

    @property
    def keys(self) -> Address:
        """The database of the keys: one of its own, so that no dump of the ledger holds them."""
        return replace(self, database=f"{self.database}_keys")

    @property
    def log(self) -> str:
        """The schema of events and transparency log."""
        return self.ledger

    @property
    def vault(self) -> str:
        """The schema of the sealed personal data."""
        return f"{self.ledger}_vault"

    def keys_of(self, kind: str) -> str:
        """Return the schema of one class of keys, in the database of the keys."""
        return f"{self.ledger}_{kind}"
