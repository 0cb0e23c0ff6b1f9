"""One browser for all tests of the bundle."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.ledger.transparency.verifiers import SOURCE
from tests.support.chromium import Browser, Page, find


@pytest.fixture(scope="session")
def page() -> Iterator[Page]:
    """verify.html, opened once from its file."""
    browser = find()
    if browser is None:
        pytest.skip("no Chromium here")
    with Browser(browser) as running:
        yield running.page((SOURCE / "verify.html").as_uri())
