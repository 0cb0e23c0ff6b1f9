"""Lying bars, one a row, each in parts of several kinds: amounts or hours by customer, weekday, month."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Literal, NamedTuple

from cli.presentation.catalogue import said
from cli.presentation.charts.svg import FONT, cut, drawing, label, line, shown
from cli.presentation.text import Lang
from ledger.message import Message, msg

WIDTH = 700
KINDS_MAX = 5
"""So many patterns there are."""
NAME_MAX = 17
"""Of a longer name the beginning is drawn; the whole of it stands in the table."""
_LEFT, _TOP, _ROW, _BAR, _ROOM = 112, 66, 20, 13, 96
_MARKS = {
    1: '<path class="m1" d="M0 7L7 0"/>',
    2: '<path class="m2" d="M0 0L7 7M0 7L7 0"/>',
    3: '<circle class="m3" cx="3.5" cy="3.5" r="1.2"/>',
}
"""What the pattern of a kind is made of; the first and the last kind are plain."""
_NONE = msg("nothing to draw")
_DESCRIBED = msg("{name}: {amount}")


class Bar(NamedTuple):
    """A row: its name and its parts, one of each kind. A part below zero is not drawn.

    A sum of the others would leave them no length: it is as long as the longest, or is told without a bar.
    """

    name: str
    parts: tuple[int, ...]
    scale: Literal["shared", "own", "none"] = "shared"


STYLE = f"""\
.bars text {{ {FONT}; fill: #1b1b1b }}
.bars .head {{ font-size: 14px; font-weight: 600 }} .bars .count {{ font-weight: 600 }}
.bars .axis {{ stroke: #59636e }} .bars .bar {{ stroke: #1b1b1b; stroke-width: .8 }}
.bars .g0 {{ fill: #9fdcc0 }} .bars .g1 {{ fill: #ffc95c }} .bars .g2 {{ fill: #b3261e }}
.bars .g3 {{ fill: #ffffff }} .bars .g4 {{ fill: #1f3f75 }}
.bars .m1 {{ stroke: #9c6700; stroke-width: 1.5 }} .bars .m2 {{ stroke: #ffffff; stroke-width: 1.4 }}
.bars .m3 {{ fill: #59636e }}
@media screen and (prefers-color-scheme: dark) {{
  .bars text {{ fill: #e8eaed }} .bars .bar {{ stroke: #e8eaed }} .bars .g3 {{ fill: #30353b }}
  .bars .m3 {{ fill: #c4cad1 }} .bars .g4 {{ fill: #2f5da8 }}
}}
"""


def stacked_bars(
    name: str,
    bars: Sequence[Bar],
    kinds: Sequence[Message],
    *,
    amount: Callable[[int], str],
    title: Message,
    lang: Lang,
    sums: Sequence[int] | None = None,
) -> str:
    """Draw bars, each with its sum behind it; `kinds` names the parts, first to last.

    `name` is the drawing's own, for its ids; `amount` says a number of grosze or hours in words; `sums` are
    those of the kinds where a bar is itself a sum of others.
    """
    longest = max((_drawn(each) for each in bars if each.scale == "shared"), default=0)
    used = [at for at in range(len(kinds)) if any(each.parts[at] for each in bars)]
    sums = sums or [sum(each.parts[at] for each in bars) for at in range(len(kinds))]
    told = [said(_DESCRIBED.of(name=said(kinds[at], lang), amount=amount(sums[at])), lang) for at in used]
    bottom = _TOP + len(bars) * _ROW
    body = [
        f"<defs>{''.join(_patterns(name))}</defs>",
        label(8, 16, said(title, lang), "start", "head"),
        *_legend(name, told, used),
        *(() if used else (label(8, 42, said(_NONE, lang), "start"),)),
        *(part for at, bar in enumerate(bars) for part in _row(name, at, bar, longest, amount, kinds, lang)),
        line((_LEFT, _TOP - 4), (_LEFT, bottom), "axis"),
    ]
    description = "; ".join(told) or said(_NONE, lang)
    size = (WIDTH, bottom + 10)
    head = said(title, lang)
    return drawing(name, size, body, title=head, description=description, style=STYLE, look="bars")


def _drawn(bar: Bar) -> int:
    return sum(max(0, part) for part in bar.parts)


def _patterns(name: str) -> Iterator[str]:
    """Yield a pattern for each kind that is not plain: slanted lines, crosses, dots."""
    for at, mark in _MARKS.items():
        yield (
            f'<pattern id="{name}-{at}" width="7" height="7" patternUnits="userSpaceOnUse">'
            f'<rect class="g{at}" width="7" height="7"/>{mark}</pattern>'
        )


def _looks(name: str, kind: int) -> str:
    """Return the attributes of a part: a pattern, or one colour, since tiles of it would show their seams."""
    return f'class="bar" fill="url(#{name}-{kind})"' if kind in _MARKS else f'class="bar g{kind}"'


def _legend(name: str, told: Sequence[str], used: Sequence[int]) -> Iterator[str]:
    """Yield a swatch and a text for each kind there is, in two lines where they need them."""
    x, y = 8.0, 40
    for at, text in zip(used, told, strict=True):
        wide = 24 + 6.1 * len(text)
        if x + wide > WIDTH:
            x, y = 8.0, y + 16
        yield f'<rect {_looks(name, at)} x="{x:g}" y="{y - 10}" width="14" height="12"/>'
        yield label(x + 19, y, text, "start")
        x += wide + 12


def _row(
    name: str,
    at: int,
    bar: Bar,
    longest: int,
    amount: Callable[[int], str],
    kinds: Sequence[Message],
    lang: Lang,
) -> Iterator[str]:
    y, x = _TOP + at * _ROW, float(_LEFT)
    whole = _drawn(bar) if bar.scale == "own" else longest
    yield label(_LEFT - 6, y + 10, cut(bar.name, NAME_MAX), "end")
    for kind, part in enumerate(bar.parts):
        if part > 0 and bar.scale != "none":
            width = part * (WIDTH - _LEFT - _ROOM) / whole
            told = _DESCRIBED.of(name=said(kinds[kind], lang), amount=amount(part))
            yield f"<g><title>{shown(bar.name)}, {shown(said(told, lang))}</title>"
            place = f'x="{x:.1f}" y="{y}" width="{width:.1f}" height="{_BAR}"'
            yield f"<rect {_looks(name, kind)} {place}/></g>"
            x += width
    yield label(x + 6, y + 10, amount(sum(bar.parts)), "start", "count")
