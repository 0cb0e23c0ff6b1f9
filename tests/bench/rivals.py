"""The other ways to the same sums, as whole processes on the same year; those that are installed."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from tests.bench.process import Ran, run

RATE_SQL = Path(__file__).parent / "baselines" / "rate.sql"
MODULES = {
    "naive": ("csv, zoneinfo and Decimal, as one writes it first", ()),
    "tables": ("plain Python with a table by epoch hour", ()),
    "with_numpy": ("numpy", ("numpy", "pandas")),
    "with_pandas": ("pandas", ("pandas",)),
    "with_polars": ("Polars", ("polars",)),
    "with_duckdb": ("DuckDB", ("duckdb",)),
}
"""Module of `baselines`: what it is, and what it needs."""


class Rival(NamedTuple):
    """One of them; `ran` is None where it is not installed, `sums` where it cannot rate as the list does."""

    name: str
    ran: Ran | None
    sums: str | None


def rivals(year: dict[str, Path]) -> Iterator[Rival]:
    """Each of them once, on the files that `write_year` wrote."""
    for module, (name, needs) in MODULES.items():
        if all(find_spec(need) for need in needs):
            ran = run([sys.executable, "-m", f"tests.bench.baselines.{module}", str(year["baseline"])])
            yield Rival(name, ran, ran.out)
        else:
            yield Rival(name, None, None)
    if shutil.which("sqlite3"):
        command = ["sqlite3", "-csv", str(year["database"])]
        ran = run(command, environment={"TZ": "Europe/Warsaw"}, stdin=RATE_SQL)
        yield Rival("SQL in SQLite", ran, ran.out.replace("\r\n", "\n"))
    else:
        yield Rival("SQL in SQLite", None, None)
    for program, words in (
        ("hledger", ["-f", str(year["hledger"]), "balance", "-M", "-1", "-O", "csv"]),
        ("ledger", ["-f", str(year["ledger"]), "register", "--monthly", "--depth", "1"]),
    ):
        found = run([program, *words]) if shutil.which(program) else None
        yield Rival(f"{program}, plain hours by month", found, None)
