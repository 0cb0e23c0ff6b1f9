"""A server that logs statements keeps the keys that an erasure destroys: check says so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import postgres
from tests.support.office import ON_POSTGRES, Office

pytestmark = pytest.mark.skipif(ON_POSTGRES, reason="makes its own ledger on the server")


@pytest.fixture
def shared(tmp_path: Path, database: str) -> Iterator[Office]:
    """A ledger on the server of the tests."""
    url = postgres.url_of(database)
    yield Office(tmp_path / "office", init=("--store", url, "--owner", postgres.OWNER))
    for name in ("log_statement", "log_min_duration_statement"):
        postgres.said(postgres.server(), f'ALTER DATABASE "{database}_keys" RESET {name}')


@pytest.mark.parametrize(
    ("name", "value"),
    [("log_statement", "mod"), ("log_min_duration_statement", "0"), ("log_statement", "all")],
)
def test_logged_statements_are_a_finding(shared: Office, database: str, name: str, value: str) -> None:
    assert shared.run("check", "rights").status == 0
    postgres.said(postgres.server(), f"ALTER DATABASE \"{database}_keys\" SET {name} = '{value}'")
    answer = shared.run("check", "rights")
    assert (answer.status, f"statements-logged: the server has {name} = {value}" in answer.out) == (3, True)
