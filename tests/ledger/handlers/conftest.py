"""A real ledger for the handlers, made once for each file; every test opens streams of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date

import pytest

from ledger.application.create import create_ledger
from ledger.application.ledger import Environment, Ledger
from ledger.domain import events as e
from ledger.handlers.settings import shop_tariff_text
from projections.read_side import ReadSide
from tests.support.given import ANNA, AT, header


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    """A ledger with the customers K-1 and K-2; it is 11:00 on Monday 16 November 2026."""
    environment = Environment(lambda: AT, os.urandom)
    folder = tmp_path_factory.mktemp("handlers") / "ledger"
    made = create_ledger(
        folder,
        environment,
        ANNA,
        origin="shop",
        tariff_text=shop_tariff_text(),
        billing_from=date(2026, 11, 1),
    )
    made.close()
    with Ledger.open(folder, environment, read_models=ReadSide) as opened:
        for code in ("K-1", "K-2"):
            registered = e.CustomerRegistered(**header(AT), customer=code)  # type: ignore[arg-type] # as in every header
            opened.record(e.following(opened.ids.new(), 0, registered))
        yield opened
