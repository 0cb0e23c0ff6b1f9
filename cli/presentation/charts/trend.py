"""How many sessions ended week by week, and how many of them had their data deleted in time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from cli.presentation.catalogue import said
from cli.presentation.charts.svg import FONT, drawing, hatching, label, line
from cli.presentation.moments import in_year
from cli.presentation.text import Lang
from ledger.message import Message, msg

_LEFT, _TOP, _HEIGHT, _STEP = 20, 62, 150, 62
WEEKS_MAX = 53
"""Of a longer period the last weeks are drawn."""
WEEKS_MIN = 7
"""A narrower drawing would cut its heading off."""

STYLE = f"""\
.trend text {{ {FONT}; fill: #1b1b1b }}
.trend .head {{ font-size: 14px; font-weight: 600 }} .trend .count {{ font-weight: 600 }}
.trend .axis {{ stroke: #59636e }} .trend .bar {{ stroke: #1b1b1b }}
.trend .in-time {{ fill: #9fdcc0 }} .trend .ground {{ fill: #ffc95c }}
.trend .hatch {{ stroke: #9c6700; stroke-width: 1.5 }}
@media screen and (prefers-color-scheme: dark) {{
  .trend text {{ fill: #e8eaed }} .trend .bar {{ stroke: #e8eaed }}
}}
"""
_TITLE = msg("Deleted in time, by week of the end")
_SAID = msg("in time / ended")
_NONE = msg("no session ended")


def weekly_trend(ended: Sequence[tuple[date, bool]], *, lang: Lang = "en", title: Message = _TITLE) -> str:
    """Draw a bar for each week from first to last: those in time below, the others hatched above."""
    weeks: dict[date, list[int]] = {}
    mondays = [day - timedelta(days=day.weekday()) for day, _ in ended]
    if mondays:
        last, monday = max(mondays), max(min(mondays), max(mondays) - timedelta(weeks=WEEKS_MAX - 1))
        while monday <= last:
            weeks[monday] = [0, 0]
            monday += timedelta(weeks=1)
    for monday, (_, in_time) in zip(mondays, ended, strict=True):
        if monday in weeks:
            weeks[monday][not in_time] += 1
    told = said(_SAID, lang) if weeks else said(_NONE, lang)
    body = [
        f"<defs>{hatching('trend-other')}</defs>",
        label(_LEFT, 16, said(title, lang), "start", "head"),
        label(_LEFT, 34, told, "start"),
        *_bars(weeks, lang),
    ]
    size = (2 * _LEFT + max(len(weeks), WEEKS_MIN) * _STEP, _TOP + _HEIGHT + 28)
    return drawing("trend", size, body, title=said(title, lang), description=told, style=STYLE)


def _bars(weeks: dict[date, list[int]], lang: Lang) -> Iterator[str]:
    highest = max((sum(counts) for counts in weeks.values()), default=1) or 1
    base = _TOP + _HEIGHT
    for place, (monday, (in_time, others)) in enumerate(weeks.items()):
        x = _LEFT + place * _STEP
        lower, upper = (round(n * (_HEIGHT - 20) / highest, 1) for n in (in_time, others))
        at = f'x="{x + 8}" width="{_STEP - 16}"'
        if in_time:
            yield f'<rect class="bar in-time" {at} y="{base - lower:g}" height="{lower:g}"/>'
        if others:
            fill = 'fill="url(#trend-other)"'
            yield f'<rect class="bar" {fill} {at} y="{base - lower - upper:g}" height="{upper:g}"/>'
        count = f"{in_time} / {in_time + others}"
        yield label(x + _STEP / 2, base - lower - upper - 5, count, "middle", "count")
        yield label(x + _STEP / 2, base + 16, in_year(monday, lang))
    yield line((_LEFT, base), (_LEFT + max(len(weeks), WEEKS_MIN) * _STEP, base), "axis")
