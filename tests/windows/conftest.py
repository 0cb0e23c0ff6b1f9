"""What every test here shares: a Windows that stays started."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.windows import wine


@pytest.fixture(scope="session", autouse=True)
def _started() -> Iterator[None]:  # pyright: ignore[reportUnusedFunction] # pytest uses it
    """Nothing to do on Windows itself, or where there is no Wine."""
    if not (wine.FOLDER / "run").exists():
        yield
        return
    with wine.kept_running():
        yield
