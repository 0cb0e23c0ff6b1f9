"""The table: printed as it comes, and put into the page of performance as it was printed."""

from __future__ import annotations

import os
import platform
import re
from datetime import datetime
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "performance.md"
_TABLE = re.compile(r"(?<=<!-- table -->\n).*?(?=<!-- end of table -->)", re.DOTALL)


class Table:
    """Lines of what, figure, mark and remark."""

    def __init__(self, began: datetime) -> None:
        self.lines: list[str] = []
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

    def write(self, command: str) -> None:
        """Put the table into its page."""
        block = "\n".join(["", f"Printed by `{command}`:", "", "```text", *self.lines, "```", "", ""])
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(_TABLE.sub(lambda _: block, page), encoding="utf-8")


def rate(events: int, seconds: float) -> str:
    """So many events in so many seconds."""
    return f"{events / seconds:,.0f} ev/s"


def took(seconds: float, peak_mb: float) -> str:
    """Seconds, and the most memory."""
    return f"{seconds:.2f} s, {peak_mb:,.0f} MB"
