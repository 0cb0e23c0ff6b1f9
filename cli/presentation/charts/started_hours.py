"""The drawing of a month: bands of the price list, and started hours where they opened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from cli.presentation.charts.bands import MINUTES_A_DAY, Span, StartedHour, bands_over_day
from cli.presentation.text import Lang
from ledger.domain.clock import Period, epoch_seconds, from_epoch_seconds, office_midnight, office_time
from ledger.domain.ledger_state import LedgerState
from ledger.domain.rating.hours import price_runs
from ledger.domain.rating.inputs import FULL
from ledger.domain.rating.prices import prices_of
from ledger.domain.tariff.tariff import Tariff
from ledger.errors import NoCalendar
from projections.inputs.price_lists import listed

DRAWN_DAYS_MAX = 31
DRAWN_SESSIONS_MAX = 2_000
"""More bars than this cannot be told apart."""


def month_drawings(
    state: LedgerState, period: Period, sessions: int, opened: Iterable[tuple[int, int, str]], lang: Lang
) -> Iterator[str]:
    """Draw a period of up to a month; yield nothing for a longer, a crowded or a distant one.

    `opened` is session number, epoch second and band of each started hour; it is read only if drawn.
    """
    digest = state.tariff_at(period.begins_at)
    days = (period.until - period.first).days
    if digest is None or days > DRAWN_DAYS_MAX or sessions > DRAWN_SESSIONS_MAX:
        return
    tariff = listed(state, digest)
    spans = band_spans(tariff, _days(period))
    if not spans:
        return
    hours = [_bar(opened_s, band, number) for number, opened_s, band in opened]
    yield bands_over_day(spans, hours, lang=lang)


def day_drawing(tariff: Tariff, days: Sequence[date], opened: Iterable[tuple[int, str]], lang: Lang) -> str:
    """Draw the days of one session: the bands of its price list, and its started hours, counted from 1.

    `opened` is epoch second and band of each started hour.
    """
    spans = band_spans(tariff, days)
    hours = [_bar(opened_s, band, number) for number, (opened_s, band) in enumerate(opened, 1)]
    return bands_over_day(spans, hours, lang=lang)


def _days(period: Period) -> Iterator[date]:
    for number in range((period.until - period.first).days):
        yield period.first + timedelta(days=number)


def band_spans(tariff: Tariff, days: Iterable[date]) -> list[Span]:
    """Return the stretches of office days with the band of each; none where a day has no calendar."""
    try:
        return [span for day in days for span in _spans(tariff, day)]
    except NoCalendar:
        return []


def _spans(tariff: Tariff, day: date) -> Iterator[Span]:
    begins_s = epoch_seconds(office_midnight(day))
    ends_s = epoch_seconds(office_midnight(day + timedelta(days=1)))
    prices = prices_of(tariff)
    runs = list(price_runs(begins_s, ends_s, FULL, lambda _: prices))
    for start_s, end_s, price in runs:
        until = MINUTES_A_DAY if end_s == ends_s else _minute(end_s)
        yield Span(day, _minute(start_s), until, price.band)


def _minute(second: int) -> int:
    shown = office_time(from_epoch_seconds(second))
    return 60 * shown.hour + shown.minute


def _bar(opened_s: int, band: str, number: int) -> StartedHour:
    return StartedHour(office_time(from_epoch_seconds(opened_s)).date(), _minute(opened_s), band, number)
