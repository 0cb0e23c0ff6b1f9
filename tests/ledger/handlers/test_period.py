"""Closing and reopening a month, and drawing a sample, over a real ledger with its read models."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledger import errors
from ledger.application.create import create_ledger
from ledger.application.ledger import Environment, Ledger
from ledger.domain import events as e
from ledger.domain.clock import parse_instant, parse_period
from ledger.domain.ledger_state import LEDGER_STREAM
from ledger.handlers.audit.review import draw_sample
from ledger.handlers.period import MonthCounts, close, finish_close, keys_left, month_of, reopen, standing_of
from ledger.handlers.settings import shop_tariff_text
from projections.read_side import ReadSide
from tests.support.given import ANNA, connected, ended, given, header, requested

NOW = parse_instant("2026-12-02 09:00")
H: dict[str, Any] = header(NOW)
NOVEMBER = parse_period("2026-11")
OPEN = MonthCounts(findings=1, unpurged=1, unbilled=1)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """One ended session of November, neither recorded by a tool, nor deleted, nor billed."""
    environment = Environment(lambda: NOW, os.urandom)
    create_ledger(
        tmp_path / "l",
        environment,
        ANNA,
        origin="shop",
        tariff_text=shop_tariff_text(),
        billing_from=date(2026, 11, 1),
    ).close()
    with Ledger.open(tmp_path / "l", environment, read_models=ReadSide) as opened:
        opened.record(e.following(opened.ids.new(), 0, e.CustomerRegistered(**H, customer="K-1")))
        in_force = opened.state.tariff_at(NOW)
        assert in_force is not None
        given(opened, requested(), connected(tariff=in_force), ended(30))
        yield opened


def test_close_counts_what_is_open_and_destroys_the_key(ledger: Ledger) -> None:
    assert ledger.remote_id_fingerprints(requested().at, "123456789") is not None
    assert standing_of(ledger, NOVEMBER) == OPEN

    with pytest.raises(errors.FindingsOpen):
        close(ledger, ANNA, NOVEMBER)
    receipt = close(ledger, ANNA, NOVEMBER, accept_open="checked")

    closed = e.PeriodClosed(**H, month="2026-11", reason="checked", **OPEN._asdict())
    assert [each.event for each in receipt.events] == [closed]
    assert ledger.remote_id_fingerprints(requested().at, "123456789") is None
    assert keys_left(ledger) == []


def test_close_of_a_month_that_was_seen_otherwise_is_refused(ledger: Ledger) -> None:
    seen = standing_of(ledger, NOVEMBER)
    given(ledger, requested(), connected(tariff=ledger.state.tariff_at(NOW) or ""), ended(40))
    length = ledger.store.length()
    with pytest.raises(errors.MonthChanged, match="1 not billed; now it has"):
        close(ledger, ANNA, NOVEMBER, expected=seen, accept_open="checked")
    assert ledger.store.length() == length


@pytest.mark.parametrize(
    ("period", "refusal"),
    [("2026-12", errors.PeriodOpen), ("2026-Q3", errors.NotAMonth), ("2026", errors.NotAMonth)],
)
def test_period_that_is_no_month_or_not_over_is_not_closed(
    ledger: Ledger, period: str, refusal: type[errors.LedgerError]
) -> None:
    with pytest.raises(refusal):
        close(ledger, ANNA, parse_period(period))


def test_month_with_findings_is_not_closed_where_matching_is_required(ledger: Ledger) -> None:
    setting = e.SettingChanged(**H, key="reconcile.require", value="matched")
    ledger.record(e.following(LEDGER_STREAM, ledger.state.version, setting))
    ledger.reread_state()
    with pytest.raises(errors.FindingsOpen):
        close(ledger, ANNA, NOVEMBER, accept_open="checked")


def test_closed_month_is_closed_once_and_opened_once(ledger: Ledger) -> None:
    close(ledger, ANNA, NOVEMBER, accept_open="checked: nobody kept the list")
    with pytest.raises(errors.PeriodIsClosed):
        close(ledger, ANNA, NOVEMBER)

    receipt = reopen(ledger, ANNA, NOVEMBER, reason="checked: one more record")

    assert ledger.words(getattr(receipt.events[0].event, "commitment", None)) == {"reason": "one more record"}
    with pytest.raises(errors.PeriodOpen):
        reopen(ledger, ANNA, NOVEMBER, reason="checked")
    assert close(ledger, ANNA, NOVEMBER, accept_open="checked").events


def test_close_that_was_cut_short_is_completed(ledger: Ledger) -> None:
    """As after a kill between the event and the key."""
    assert ledger.remote_id_fingerprints(requested().at, "123456789") is not None
    closed = e.PeriodClosed(**H, month=month_of(NOVEMBER), **OPEN._asdict())
    ledger.record(e.following(LEDGER_STREAM, ledger.state.version, closed))
    ledger.reread_state()
    assert keys_left(ledger) == ["2026-11"]

    assert finish_close(ledger, NOVEMBER)

    assert keys_left(ledger) == []
    assert not finish_close(ledger, NOVEMBER)


def test_close_given_again_under_its_id_counts_nothing_anew(ledger: Ledger) -> None:
    by = ANNA._replace(command_id="close-1")
    first = close(ledger, by, NOVEMBER, accept_open="checked")
    assert close(ledger, by, NOVEMBER, accept_open="checked") == first._replace(repeated=True)


# --- samples ------------------------------------------------------------------------------------


def test_sample_of_the_same_head_and_word_is_drawn_once(ledger: Ledger) -> None:
    drawn = draw_sample(ledger, ANNA, period=NOVEMBER, size=3, nonce="heron")
    assert (drawn.event.sessions, drawn.event.population, drawn.receipt.repeated) == ((1,), 1, False)
    length = ledger.store.length()

    again = draw_sample(ledger, ANNA, period=NOVEMBER, size=3, nonce="heron")

    assert (again.event, again.receipt.repeated, ledger.store.length()) == (drawn.event, True, length)


def test_sample_of_nobody_is_refused(ledger: Ledger) -> None:
    with pytest.raises(errors.SampleEmpty):
        draw_sample(ledger, ANNA, period=parse_period("2026-10"), size=3, nonce="heron")


def test_sample_with_a_personal_word_is_refused(ledger: Ledger) -> None:
    with pytest.raises(errors.LooksPersonal):
        draw_sample(ledger, ANNA, period=NOVEMBER, size=3, nonce="a@example.pl")
