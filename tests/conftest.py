"""Fixtures that tests of more than one room use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ledger.handlers.check import invariants
from tests.support.office import ON_POSTGRES


@pytest.fixture(scope="session", autouse=True)
def _second_look_at_once() -> Iterator[None]:  # pyright: ignore[reportUnusedFunction] # pytest uses it
    """Nobody else works on the ledger of a test: what `check` looks at twice need not wait in between."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(invariants, "SECOND_LOOK_S", 0)
        yield


@pytest.fixture(scope="module", autouse=True)
def _databases_go() -> Iterator[None]:  # pyright: ignore[reportUnusedFunction] # pytest uses it
    """The databases of a module's ledgers are gone when its tests are over."""
    yield
    if ON_POSTGRES:
        from tests.support import postgres  # noqa: PLC0415 - the driver is an extra

        postgres.drop_passing()


@pytest.fixture
def database() -> Iterator[str]:
    """The name of a PostgreSQL database that is not there yet, gone afterwards; skips without a server."""
    from tests.support import postgres  # noqa: PLC0415 - the driver is an extra

    postgres.server()
    name = postgres.new_database()
    yield name
    postgres.drop(name)
