"""The weeks of a month as a calendar: a row for each technician, every connection where it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from html import escape
from typing import NamedTuple

from cli.presentation.catalogue import said
from cli.presentation.charts.bands import MINUTES_A_DAY, WEEKDAYS, Span
from cli.presentation.charts.svg import FONT, cut, drawing, label, line, shown
from cli.presentation.moments import in_year
from cli.presentation.text import Lang
from ledger.message import Message, msg

ROWS_MAX = 8
"""So many technicians are drawn, those connected longest."""
LANES_MAX = 4
"""So many connections of one technician beside one another; more lie over the last."""
NAME_MAX = 14
"""Of a longer name the beginning is drawn; the whole of it stands in the table."""
_LEFT, _TOP, _DAY, _LANE, _GAP, _RIGHT = 92, 48, 96, 9, 34, 8
_TITLE = msg("The weeks by technician")
_MORE = msg("technicians not drawn: {count}")
_TOLD = msg("connections: {connections}, technicians: {technicians}; grey: night")

STYLE = f"""\
.weeks text {{ {FONT}; fill: #1b1b1b }}
.weeks .head {{ font-size: 14px; font-weight: 600 }}
.weeks .ground {{ fill: #f3ecdf }} .weeks .span-office {{ fill: #ffffff }}
.weeks .span-night {{ fill: #d9dee8 }}
.weeks .grid {{ stroke: #8d96a0; stroke-width: .5; stroke-opacity: .6 }}
.weeks .day {{ stroke: #59636e; stroke-width: .8 }}
.weeks .bar {{ fill: #1f6f50; stroke: #0d3b2a; stroke-width: .4 }}
@media screen and (prefers-color-scheme: dark) {{
  .weeks text {{ fill: #e8eaed }} .weeks .ground {{ fill: #2a261e }} .weeks .span-office {{ fill: #30353b }}
  .weeks .span-night {{ fill: #10141c }} .weeks .bar {{ fill: #7fd0ae; stroke: #e8eaed }}
}}
"""


class Connection(NamedTuple):
    """A connection of a technician in a session; instants are office time."""

    technician: str
    begins_at: datetime
    ends_at: datetime
    session: int


class _Piece(NamedTuple):
    """The part of a connection that lies in one day, in minutes from its midnight, in a lane."""

    day: date
    from_minute: float
    until_minute: float
    lane: int
    whole: Connection


def technician_weeks(
    first: date,
    until: date,
    connections: Sequence[Connection],
    spans: Sequence[Span],
    *,
    lang: Lang = "en",
    title: Message = _TITLE,
) -> str:
    """Draw the weeks that a period touches, Monday to Sunday, below one another.

    `spans` are the bands of its days, which stand behind the connections; days without them stay plain.
    """
    mondays = _mondays(first, until)
    rows = _technicians(connections)
    drawn, left = rows[:ROWS_MAX], max(0, len(rows) - ROWS_MAX)
    pieces = {who: _pieces([each for each in connections if each.technician == who]) for who in drawn}
    body, y = [label(8, 16, said(title, lang), "start", "head")], _TOP
    for monday in mondays:
        week, y = _week(monday, y, pieces, spans, lang)
        body += week
    told = said(_TOLD.of(connections=len(connections), technicians=len(rows)), lang)
    if left:
        told = f"{told}; {said(_MORE.of(count=left), lang)}"
    body.append(label(8, 33, told, "start"))
    size = (_LEFT + 7 * _DAY + _RIGHT, y)
    return drawing("weeks", size, body, title=said(title, lang), description=told, style=STYLE)


def _mondays(first: date, until: date) -> list[date]:
    monday = first - timedelta(days=first.weekday())
    weeks = ((until - monday).days + 6) // 7
    return [monday + timedelta(weeks=week) for week in range(weeks)]


def _technicians(connections: Sequence[Connection]) -> list[str]:
    """Return the technicians, who was connected longest first."""
    lasted: dict[str, timedelta] = {}
    for each in connections:
        lasted[each.technician] = lasted.get(each.technician, timedelta()) + (each.ends_at - each.begins_at)
    return sorted(lasted, key=lambda who: (-lasted[who], who))


def _pieces(connections: Sequence[Connection]) -> list[_Piece]:
    """Return the connections cut at midnight, each in the lowest lane that is free."""
    free_from: list[datetime] = []
    found: list[_Piece] = []
    for each in sorted(connections, key=lambda one: (one.begins_at, one.session)):
        lane = next((at for at, free in enumerate(free_from) if free <= each.begins_at), len(free_from))
        free_from[lane : lane + 1] = [each.ends_at]
        day, last = each.begins_at.date(), each.ends_at.date()
        while day <= last:
            begins = _minute(each.begins_at) if day == each.begins_at.date() else 0
            ends = _minute(each.ends_at) if day == last else MINUTES_A_DAY
            if ends > 0:  # one that ended at midnight has no part in the day that began
                found.append(_Piece(day, begins, ends, min(lane, LANES_MAX - 1), each))
            day += timedelta(days=1)
    return found


def _minute(moment: datetime) -> float:
    clock = moment.time()
    return clock.hour * 60 + clock.minute + clock.second / 60


def _week(
    monday: date, top: int, pieces: dict[str, list[_Piece]], spans: Sequence[Span], lang: Lang
) -> tuple[list[str], int]:
    """Return the drawing of one week below `top`, and where it ends."""
    days = [monday + timedelta(days=day) for day in range(7)]
    body = [
        label(_x(place) + _DAY / 2, top + 10, f"{WEEKDAYS[lang][place]} {in_year(day, lang)}")
        for place, day in enumerate(days)
    ]
    y = top + 15
    ends = y + sum(_height(pieces[who], days) for who in pieces)
    body += [_span(span, days, y, ends - y) for span in spans if span.day in days]
    for who, theirs in pieces.items():
        height = _height(theirs, days)
        body.append(line((_LEFT, y), (_x(7), y), "grid"))
        body.append(label(_LEFT - 6, y + height / 2 + 4, cut(who, NAME_MAX), "end"))
        body += _bars(theirs, days, y, lang)
        y += height
    body += [line((_x(place), top + 15), (_x(place), ends), "day") for place in range(8)]
    body.append(line((_LEFT, ends), (_x(7), ends), "grid"))
    return body, ends + _GAP - 15


def _height(pieces: Sequence[_Piece], days: Sequence[date]) -> int:
    lanes = max((each.lane + 1 for each in pieces if each.day in days), default=1)
    return lanes * _LANE + 6


def _x(day: float) -> float:
    return _LEFT + day * _DAY


def _span(span: Span, days: Sequence[date], y: int, height: int) -> str:
    x = _x(days.index(span.day) + span.from_minute / MINUTES_A_DAY)
    width = (span.until_minute - span.from_minute) * _DAY / MINUTES_A_DAY
    looks = f"ground span-{escape(span.band)}"
    return f'<rect class="{looks}" x="{x:g}" y="{y}" width="{width:g}" height="{height}"/>'


def _bars(pieces: Sequence[_Piece], days: Sequence[date], y: int, lang: Lang) -> Iterator[str]:
    for each in pieces:
        if each.day not in days:
            continue
        x = _x(days.index(each.day) + each.from_minute / MINUTES_A_DAY)
        width = max(1.5, (each.until_minute - each.from_minute) * _DAY / MINUTES_A_DAY)
        whole = each.whole
        when = f"{in_year(whole.begins_at, lang)} {whole.begins_at:%H:%M} – {whole.ends_at:%H:%M}"
        told = f"{whole.session}: {whole.technician}, {when}"
        place = f'x="{x:.1f}" y="{y + 3 + each.lane * _LANE}" width="{width:.1f}" height="{_LANE - 1}"'
        yield f'<g><title>{shown(told)}</title><rect class="bar" {place}/></g>'
