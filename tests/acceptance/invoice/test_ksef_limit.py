"""A shop below the monthly limit of KSeF: counted, warned, and once it is crossed never again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.ksef.server import fake_ksef
from tests.support.ksef.shop import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """Nothing is issued yet, and nothing has to go to KSeF."""
    with fake_ksef() as server:
        shop = Shop(tmp_path, server, issued=False)
        shop.sets("ksef.mode=exempt_10k")
        yield shop


def test_the_invoice_that_crosses_the_limit_goes_to_ksef_and_every_later_one(shop: Shop) -> None:
    """Below 10,000.00 of the month nothing is sent; from the one that crosses it on everything is."""
    below = shop.issues(hours=24, day=20)
    crossing = shop.issues("K-2", hours=24, day=21)
    later = shop.issues(hours=1)
    refused = shop.submits(below)
    assert (refused.status, "E-KSEF-NOT-DUE" in refused.err) == (1, True)
    assert [(each["number"], each["outcome"]) for each in shop.told("--all")] == [
        (crossing, "accepted"),
        (later, "accepted"),
    ]
    with shop.opened() as ledger:
        began = ledger.state.ksef_from
        duties = [ledger.find_invoice(number).issued.duty for number in (below, crossing, later)]
        assert began is not None
        assert (began.number, began.month) == (crossing, "2026-11")
        assert began.exempt_grosze == ledger.find_invoice(below).issued.gross_grosze
    assert duties == ["exempt", "ksef", "ksef"]


def test_the_limit_counts_every_series(shop: Shop) -> None:
    """Given the pattern of the numbers changed in the month, then what the old series gave still counts."""
    shop.issues(hours=24, day=20)
    shop.sets("invoice.series=F/{year}/{month}/{number}")
    crossing = shop.issues("K-2", hours=24, day=21)
    assert [each["number"] for each in shop.told("--all")] == [crossing]


def test_issuing_says_how_near_the_limit_is(shop: Shop) -> None:
    """From 8,000.00 on, and when it is crossed; below that nothing."""
    spoken = [shop.says(hours=hours) for hours in (24, 12, 2, 6, 12, 1)]
    near, crossed = (False, True, True, True, False, False), (False, False, False, False, True, False)
    assert tuple("outside KSeF this month" in said for said in spoken) == near
    assert tuple("crosses the month's 10,000.00" in said for said in spoken) == crossed
    assert "9840.00 PLN gross; 160.00 PLN are left" in spoken[3]


def test_status_tells_the_days_that_come_near(shop: Shop) -> None:
    """Help of November that is not billed is due on 15 December, and with the year the exemption ends."""
    shop.helps()
    shop.office.now = "2026-12-10T12:00:00+01:00"
    dates = shop.office.asks("status")["dates"]
    assert [(each["on"], each["what"], each["days_left"]) for each in dates] == [
        ("2026-12-15", "invoices_due", 5),
        ("2027-01-01", "exemption_ends", 22),
        ("2027-01-01", "tokens_end", 22),
        ("2027-01-01", "series_restart", 22),
    ]
    polish = shop.office.run("--lang", "pl", "status").out
    assert "faktury za pomoc sprzed tego miesiąca" in polish


def test_status_tells_until_when_the_first_document_must_be_in_ksef(shop: Shop) -> None:
    """Issued on Wednesday, to be there on Thursday."""
    shop.sets("ksef.mode=online")
    shop.issues()
    (first,) = shop.office.asks("status")["dates"]
    assert (first["on"], first["what"], first["days_left"]) == ("2026-11-26", "send_by", 1)
    shop.submits("--all")
    assert shop.office.asks("status")["dates"] == []


def test_in_2027_a_business_is_refused_until_the_mode_changes(shop: Shop) -> None:
    """And config check says so beforehand."""
    shop.helps()
    shop.office.now = "2027-01-02T12:00:00+01:00"
    refused = shop.office.run("invoice", "issue", "--session", "1", "--yes")
    assert (refused.status, "E-KSEF-EXEMPTION-ENDED" in refused.err) == (1, True)
    assert "config-ksef: ksef.mode=exempt_10k ended with 2026" in shop.office.run("config", "check").out
    shop.sets("ksef.mode=online")
    assert shop.office.run("invoice", "issue", "--session", "1", "--yes").status == 0
