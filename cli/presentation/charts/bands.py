"""The month over the day: every started hour where it opened, before the bands of the price list."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from html import escape
from typing import NamedTuple

from cli.presentation.catalogue import said
from cli.presentation.charts.svg import FONT, drawing, hatching, label, line, shown
from cli.presentation.moments import in_year
from cli.presentation.text import Lang
from cli.presentation.wording import labels
from ledger.message import Message, msg

MINUTES_A_DAY = 24 * 60
BANDS = ("office", "off_hours", "night")

_BAND_NAMES = {
    "office": msg("office"),
    "off_hours": labels.OFF_HOURS,
    "night": labels.NIGHT,
}
WEEKDAYS = {
    "pl": ("pn", "wt", "śr", "cz", "pt", "so", "nd"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}


class Span(NamedTuple):
    """A stretch of an office day under one band, in minutes from its midnight, half-open."""

    day: date
    from_minute: int
    until_minute: int
    band: str


class StartedHour(NamedTuple):
    """A started hour: the office day and minute at which it opened, its band, its session."""

    day: date
    minute: int
    band: str
    session: int


class _Bar(NamedTuple):
    """A started hour, or the part of one beyond midnight, in its row and lane."""

    day: date
    from_minute: int
    until_minute: int
    lane: int
    hour: StartedHour
    opens: bool


LANES_MAX = 8
"""More bars beside one another in a day are counted at its end, not drawn."""
_LEFT, _TOP, _HOUR, _LANE, _RIGHT, _BOTTOM = 78, 46, 36, 15, 40, 30

STYLE = f"""\
.bands text {{ {FONT}; fill: #1b1b1b }}
.bands .head {{ font-size: 14px; font-weight: 600 }}
.bands .span-office {{ fill: #ffffff }} .bands .span-off_hours {{ fill: #f3ecdf }}
.bands .span-night {{ fill: #d9dee8 }}
.bands .grid {{ stroke: #8d96a0; stroke-width: .5; stroke-opacity: .6 }}
.bands .bar {{ stroke: #1b1b1b; stroke-width: 1 }}
.bands .bar-office {{ fill: #9fdcc0 }} .bands .bar-night {{ fill: #1f3f75 }}
.bands .ground {{ fill: #ffc95c }} .bands .hatch {{ stroke: #9c6700; stroke-width: 1.5 }}
.bands text.on-night {{ fill: #ffffff }}
.bands text.on-off_hours {{ paint-order: stroke; stroke: #ffc95c; stroke-width: 3px }}
@media screen and (prefers-color-scheme: dark) {{
  .bands text {{ fill: #e8eaed }} .bands text.on-office, .bands text.on-off_hours {{ fill: #1b1b1b }}
  .bands .span-office {{ fill: #30353b }} .bands .span-off_hours {{ fill: #2a261e }}
  .bands .span-night {{ fill: #10141c }} .bands .bar {{ stroke: #e8eaed }}
  .bands .bar-night {{ fill: #2f5da8 }}
}}
"""
_BANDS_TITLE = msg("Started hours over the bands of the day")


def bands_over_day(
    spans: Sequence[Span], hours: Sequence[StartedHour], *, lang: Lang = "en", title: Message = _BANDS_TITLE
) -> str:
    """Draw a month as rows of office days over 24 hours, each started hour a bar over its band.

    The days are those of `spans`, which should cover each of them; an hour that opens on another day is
    left out, one that runs past midnight goes on in the next row.
    """
    days = sorted({span.day for span in spans})
    bars = _laid_out(days, hours)
    lanes = dict.fromkeys(days, 1)
    for bar in bars:
        lanes[bar.day] = max(lanes[bar.day], min(bar.lane + 1, LANES_MAX))
    tops, bottom = _rows(days, lanes)
    counts = Counter(hour.band for hour in hours if hour.day in tops)
    told = ", ".join(f"{_band_name(band, lang)} {counts[band]}" for band in _bands_of(spans, hours))
    body = [
        f"<defs>{hatching('bands-hatched')}</defs>",
        label(_LEFT, 16, said(title, lang), "start", "head"),
        *_backgrounds(spans, tops, lanes),
        *_hour_axis(bottom),
        *(_day_label(day, tops[day], lanes[day], lang) for day in days),
        *_bars(bars, tops, lang),
        *_left_out(bars, tops, lanes),
        *_legend(_bands_of(spans, hours), bottom + 22, lang),
    ]
    size = (_LEFT + 24 * _HOUR + _RIGHT, bottom + _BOTTOM)
    return drawing("bands", size, body, title=said(title, lang), description=told, style=STYLE)


def _band_name(band: str, lang: Lang) -> str:
    return said(_BAND_NAMES[band], lang) if band in _BAND_NAMES else band


def _bands_of(spans: Sequence[Span], hours: Sequence[StartedHour]) -> list[str]:
    """Return the bands in use, the known ones first."""
    there = {span.band for span in spans} | {hour.band for hour in hours}
    return [band for band in BANDS if band in there] + sorted(there - set(BANDS))


def _laid_out(days: Sequence[date], hours: Sequence[StartedHour]) -> list[_Bar]:
    """Each hour's bars, in the lowest lane that is free over their day."""
    bars: list[_Bar] = []
    free_from: dict[date, list[int]] = {day: [] for day in days}
    for hour in sorted(hours):
        if hour.day not in free_from:
            continue
        for day, from_minute, until_minute in _pieces(hour):
            if day in free_from:
                lane = _lane(free_from[day], from_minute, until_minute)
                bars.append(_Bar(day, from_minute, until_minute, lane, hour, opens=day == hour.day))
    return bars


def _pieces(hour: StartedHour) -> Iterator[tuple[date, int, int]]:
    until = hour.minute + 60
    yield hour.day, hour.minute, min(until, MINUTES_A_DAY)
    if until > MINUTES_A_DAY:
        yield hour.day + timedelta(days=1), 0, until - MINUTES_A_DAY


def _lane(free_from: list[int], from_minute: int, until_minute: int) -> int:
    for lane, free in enumerate(free_from):
        if free <= from_minute:
            free_from[lane] = until_minute
            return lane
    free_from.append(until_minute)
    return len(free_from) - 1


def _rows(days: Sequence[date], lanes: dict[date, int]) -> tuple[dict[date, int], int]:
    """Return the upper edge of each day's row, and the lower edge of the last."""
    tops: dict[date, int] = {}
    y = _TOP
    for day in days:
        tops[day] = y
        y += lanes[day] * _LANE + 4
    return tops, y


def _x(minute: float) -> float:
    return _LEFT + minute * _HOUR / 60


def _backgrounds(spans: Sequence[Span], tops: dict[date, int], lanes: dict[date, int]) -> Iterator[str]:
    for span in spans:
        width = (span.until_minute - span.from_minute) * _HOUR / 60
        yield (
            f'<rect class="span-{escape(span.band)}" x="{_x(span.from_minute):g}" y="{tops[span.day]}"'
            f' width="{width:g}" height="{lanes[span.day] * _LANE + 4}"/>'
        )
    for top in tops.values():
        yield line((_LEFT, top), (_x(MINUTES_A_DAY), top), "grid")


def _hour_axis(bottom: int) -> Iterator[str]:
    for hour in range(25):
        x = _x(hour * 60)
        yield line((x, _TOP), (x, bottom), "grid")
        if hour % 2 == 0:
            yield label(x, _TOP - 6, f"{hour}:00")
    yield line((_LEFT, bottom), (_x(MINUTES_A_DAY), bottom), "grid")


def _day_label(day: date, top: int, lanes: int, lang: Lang) -> str:
    name = f"{WEEKDAYS[lang][day.weekday()]} {in_year(day, lang)}"
    return label(_LEFT - 6, top + (lanes * _LANE + 4) / 2 + 4, name, "end")


def _bars(bars: Sequence[_Bar], tops: dict[date, int], lang: Lang) -> Iterator[str]:
    for bar in bars:
        if bar.lane >= LANES_MAX:
            continue
        x, y = _x(bar.from_minute), tops[bar.day] + 2 + bar.lane * _LANE
        width = (bar.until_minute - bar.from_minute) * _HOUR / 60
        hour = bar.hour
        opened = f"{hour.day} {hour.minute // 60:02d}:{hour.minute % 60:02d}"
        yield f"<g><title>{hour.session}: {opened}, {shown(_band_name(hour.band, lang))}</title>"
        yield _swatch(hour.band, x, y, width, _LANE - 1)
        if bar.opens and width >= 7 * len(str(hour.session)):
            yield label(x + width / 2, y + 11, str(hour.session), "middle", f"on-{escape(hour.band)}")
        yield "</g>"


def _swatch(band: str, x: float, y: float, width: float, height: float) -> str:
    """Draw a bar: one colour for office and night, hatched for everything else."""
    plain = band in {"office", "night"}
    looks = f'class="bar bar-{band}"' if plain else 'class="bar" fill="url(#bands-hatched)"'
    return f'<rect {looks} x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"/>'


def _left_out(bars: Sequence[_Bar], tops: dict[date, int], lanes: dict[date, int]) -> Iterator[str]:
    """How many hours of a day found no room."""
    beyond = Counter(bar.day for bar in bars if bar.lane >= LANES_MAX and bar.opens)
    for day, number in sorted(beyond.items()):
        yield label(_x(MINUTES_A_DAY) + 4, tops[day] + lanes[day] * _LANE / 2 + 6, f"+{number}", "start")


def _legend(bands: Sequence[str], y: int, lang: Lang) -> Iterator[str]:
    x = _LEFT
    for band in bands:
        name = _band_name(band, lang)
        yield f'<rect class="span-{escape(band)}" x="{x}" y="{y - 13}" width="64" height="18"/>'
        yield _swatch(band, x + 14, y - 11, _HOUR, _LANE - 1)
        yield label(x + 70, y, name, "start")
        x += 90 + 7 * len(name)
