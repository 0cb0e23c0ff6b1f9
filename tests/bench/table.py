"""The table: printed as it comes, and put into the page of performance as it was printed."""

from __future__ import annotations

import os
import platform
import re
import statistics
import sys
from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "performance.md"
_TABLE = r"(?<=<!-- table of {size} -->\n).*?(?=<!-- end of table -->)"


class Table:
    """Lines of what, figure, mark and remark."""

    def __init__(self, began: datetime) -> None:
        self.lines: list[str] = []
        self.differing: list[str] = []
        cores, load = os.cpu_count(), os.getloadavg()[0]
        self._say(
            f"{began:%Y-%m-%d} {platform.machine()}, {cores} cores, Python {platform.python_version()},"
            f" load {load:.1f} when it began"
        )
        self.line("what", "figure", "mark", "beside")

    def line(self, what: str, figure: str, mark: str = "", beside: str = "") -> None:
        """One line."""
        self._say(f"{what:<54} {figure:>22}  {mark:<20} {beside}".rstrip())

    def part(self, name: str) -> None:
        """A new part."""
        self._say(f"-- {name}")

    def _say(self, text: str) -> None:
        print(text, flush=True)
        self.lines.append(text)

    def write(self, size: int) -> None:
        """Put the table into its page, in the place of the last one of this size, if there is one."""
        printed = f"Printed by `make bench SIZE={size}`:"
        block = "\n".join(["", printed, "", "```text", *self.lines, "```", "", ""])
        page = PAGE.read_text(encoding="utf-8")
        page, places = re.subn(_TABLE.format(size=size), lambda _: block, page, flags=re.DOTALL)
        if not places:
            print(f"no table of {size:,} sessions is kept in {PAGE.name}", file=sys.stderr)
        PAGE.write_text(page, encoding="utf-8")


def rate(events: int, seconds: float) -> str:
    """So many events in so many seconds."""
    return f"{events / seconds:,.0f} ev/s"


def took(seconds: float, peak_mb: float) -> str:
    """Seconds, and the most memory."""
    return f"{seconds:.2f} s, {peak_mb:,.0f} MB"


def median_ms(samples: Sequence[float]) -> str:
    """Median and spread of seconds, in milliseconds."""
    low, high = min(samples) * 1000, max(samples) * 1000
    return f"{statistics.median(samples) * 1000:.0f} ms ({low:.0f}-{high:.0f})"


def growth(seconds: Sequence[float]) -> tuple[str, str, str]:
    """Figures of growing sizes side by side, no mark, and what each step multiplied them by."""
    figures = "  ".join(f"{each:7.2f}" for each in seconds)
    steps = ", ".join(f"x {after / before:.1f}" for before, after in pairwise(seconds))
    return figures, "", steps
