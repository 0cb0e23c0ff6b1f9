"""The URL of a ledger on PostgreSQL."""

from __future__ import annotations

import pytest

from ledger.errors import BadStoreUrl
from ledger.store.postgres.address import Address

BAD = {
    "sqlite:///ledger.db": "does not begin with postgresql",
    "postgresql+psycopg://desk:Canary1@db/ledger": "holds a password",
    "postgresql+psycopg://desk@db/ledger?password=Canary1": "holds a password",
    "postgresql+psycopg://desk@db": "names no database",
    "postgresql+psycopg://desk@db/a/b": "names no database",
    "postgresql+psycopg://desk@db/ledger?ledger=Shop;DROP": "is not a name",
    "postgresql+psycopg://desk@db/ledger?options=-c": "an option that is not known: options",
    "postgresql+psycopg://desk@db:Canary1/ledger": "cannot be read",
}


def test_a_url_is_a_place_a_role_and_one_of_its_ledgers() -> None:
    address = Address.parse("postgresql+psycopg://desk@db.example:5433/shops?ledger=wola&sslmode=verify-full")
    assert (address.database, address.keys.database) == ("shops", "shops_keys")
    assert (address.log, address.vault, address.keys_of("tax")) == ("wola", "wola_vault", "wola_tax")
    assert dict(address.options) == {
        "host": "db.example", "port": "5433", "user": "desk", "sslmode": "verify-full"
    }  # fmt: skip
    assert (address.role, address.of_role("keeper").role) == ("desk", "keeper")


def test_servers_that_take_over_from_one_another_are_one_url() -> None:
    url = (
        "postgresql+psycopg://desk@/ledger?host=/run/a,/run/b&port=5501,5502&target_session_attrs=read-write"
    )
    assert dict(Address.parse(url).options)["host"] == "/run/a,/run/b"


@pytest.mark.parametrize("url", BAD)
def test_another_url_is_refused_and_not_repeated(url: str) -> None:
    """Somebody may have typed a password into it."""
    with pytest.raises(BadStoreUrl, match=BAD[url]) as refused:
        Address.parse(url)
    assert "Canary1" not in refused.value.fact + refused.value.hint
