"""How long deletion took, in buckets that widen, with the agreed time between two of them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from cli.presentation.catalogue import said
from cli.presentation.charts.svg import FONT, drawing, hatching, label, line
from cli.presentation.text import Lang
from cli.presentation.wording import labels
from ledger.message import Message, msg

_EDGES = (10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 86400, 604800)
_UNITS = ((86400, "d"), (3600, "h"), (60, "min"), (1, "s"))
_PLOT_LEFT, _PLOT_TOP, _PLOT_HEIGHT, _STEP = 20, 62, 190, 56

STYLE = f"""\
.delays text {{ {FONT}; fill: #1b1b1b }}
.delays .head {{ font-size: 14px; font-weight: 600 }} .delays .count {{ font-weight: 600 }}
.delays .axis {{ stroke: #59636e }} .delays .bar {{ stroke: #1b1b1b }}
.delays .in-time {{ fill: #9fdcc0 }} .delays .ground {{ fill: #ffc95c }}
.delays .hatch {{ stroke: #9c6700; stroke-width: 1.5 }}
.delays .sla {{ stroke: #1b1b1b; stroke-width: 2; stroke-dasharray: 6 4 }}
@media screen and (prefers-color-scheme: dark) {{
  .delays text {{ fill: #e8eaed }} .delays .sla, .delays .bar {{ stroke: #e8eaed }}
}}
"""
_DELAYS_TITLE = labels.END_TO_DELETION
_IN_TIME = labels.IN_TIME
_LATE = labels.LATE
_NONE = msg("nothing was deleted")
_ALLOWED = msg("SLA {length}")


def histogram(
    delays_seconds: Sequence[int], sla_seconds: int, *, lang: Lang = "en", title: Message = _DELAYS_TITLE
) -> str:
    """How many deletions took how long, in buckets that widen, with the agreed time as a line between two.

    The agreed time is an edge of its own, so that no bar is on both sides of it; a delay of exactly
    an edge counts to its left. Counts stand on the bars, which share one linear scale.
    """
    edges = sorted({*_EDGES, sla_seconds})
    counts = [0] * (len(edges) + 1)
    for delay in delays_seconds:
        counts[bisect_left(edges, delay)] += 1
    in_time = sum(counts[: edges.index(sla_seconds) + 1])
    late = len(delays_seconds) - in_time
    told = f"{said(_IN_TIME, lang)} {in_time}, {said(_LATE, lang)} {late}, {_allowed(sla_seconds, lang)}"
    body = [
        f"<defs>{hatching('delays-late')}</defs>",
        label(_PLOT_LEFT, 16, said(title, lang), "start", "head"),
        label(_PLOT_LEFT, 34, told if delays_seconds else said(_NONE, lang), "start"),
        *_columns(counts, edges, sla_seconds),
        *_sla_line(edges.index(sla_seconds) + 1, _allowed(sla_seconds, lang)),
    ]
    size = (2 * _PLOT_LEFT + len(counts) * _STEP, _PLOT_TOP + _PLOT_HEIGHT + 28)
    return drawing("delays", size, body, title=said(title, lang), description=told, style=STYLE)


def _columns(counts: Sequence[int], edges: Sequence[int], sla_seconds: int) -> Iterator[str]:
    highest = max(*counts, 1)
    base = _PLOT_TOP + _PLOT_HEIGHT
    unders = [*(f"≤ {duration(edge)}" for edge in edges), f"> {duration(edges[-1])}"]
    late_from = edges.index(sla_seconds) + 1
    for index, (count, under) in enumerate(zip(counts, unders, strict=True)):
        x, height = _PLOT_LEFT + index * _STEP, round(count * (_PLOT_HEIGHT - 20) / highest, 1)
        looks = 'class="bar" fill="url(#delays-late)"' if index >= late_from else 'class="bar in-time"'
        if count:
            at = f'x="{x + 7}" y="{base - height:g}" width="{_STEP - 14}" height="{height:g}"'
            yield f"<rect {looks} {at}/>"
            yield label(x + _STEP / 2, base - height - 5, str(count), "middle", "count")
        yield label(x + _STEP / 2, base + 16, under)
    yield line((_PLOT_LEFT, base), (_PLOT_LEFT + len(counts) * _STEP, base), "axis")


def _sla_line(buckets_before: int, allowed: str) -> Iterator[str]:
    x = _PLOT_LEFT + buckets_before * _STEP
    yield line((x, _PLOT_TOP - 12), (x, _PLOT_TOP + _PLOT_HEIGHT + 4), "sla")
    yield label(x, _PLOT_TOP - 16, allowed)


def _allowed(sla_seconds: int, lang: Lang) -> str:
    return said(_ALLOWED.of(length=duration(sla_seconds)), lang)


def duration(seconds: int) -> str:
    """15 min, 1 h 30 min, 7 d: whole units, none that is zero."""
    parts: list[str] = []
    for size, unit in _UNITS:
        number, seconds = divmod(seconds, size)
        if number:
            parts.append(f"{number} {unit}")
    return " ".join(parts) or "0 s"
