"""A synthetic year of a shop, the same for the same size: customers, purchases, sessions as CSV files.

Six in ten sessions begin in office hours, a quarter in the evening; 5 % are tests, 70 % short,
22 % one to four hours, 3 % up to thirty. Four customers in ten bought something before the year.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

SEED = 20260101
YEAR_BEGINS_S = int(datetime(2025, 12, 31, 23, tzinfo=UTC).timestamp())
DAY_SECONDS = 86_400


Row = tuple[int, int, int, str, str]
"""Begins, ends, customer, issue, order."""


def customers_of(sessions: int) -> int:
    """How many customers a year of so many sessions has."""
    return max(20, sessions // 100)


def write_year(folder: Path, sessions: int, *, prefix: str = "Y") -> dict[str, Path]:
    """Write the files for so many sessions; their paths by noun, and those of the baselines."""
    chance = random.Random(SEED)  # noqa: S311 - a benchmark wants the same numbers, not secrets
    files, bought = write_customers(folder, sessions, chance)
    rows = rows_of_year(chance, sessions, bought)
    files["sessions"] = folder / "sessions.csv"
    with files["sessions"].open("w") as file:
        file.write("session_ref,customer,issue,order_ref,connected_at,ended_at,purged_at\n")
        for number, (begins_s, ends_s, customer, issue, order) in enumerate(rows):
            moments = ",".join(_iso(s) for s in (begins_s, ends_s, ends_s + 240))
            file.write(f"{prefix}-{number:07d},c{customer:05d},{issue},{order},{moments}\n")
    return {**files, **_for_baselines(folder, rows, bought)}


def write_customers(folder: Path, sessions: int, chance: random.Random) -> tuple[dict[str, Path], list[bool]]:
    """Write the customers of so many sessions and their purchases; the files, and which of them bought."""
    customers = customers_of(sessions)
    bought = [chance.random() < 0.4 for _ in range(customers)]
    folder.mkdir(parents=True, exist_ok=True)
    files = {noun: folder / f"{noun}.csv" for noun in ("customers", "purchases")}
    names = (f"c{n:05d},Customer {n}\n" for n in range(customers))
    files["customers"].write_text("customer,name\n" + "".join(names))
    orders = (f"c{n:05d},ORD/{n:05d},2025-06-01\n" for n in range(customers) if bought[n])
    files["purchases"].write_text("customer,order_ref,purchased_at\n" + "".join(orders))
    return files, bought


def rows_of_year(chance: random.Random, sessions: int, bought: list[bool]) -> list[Row]:
    """Return so many sessions, by beginning."""
    return sorted(_session(chance, len(bought), bought) for _ in range(sessions))


def _for_baselines(folder: Path, rows: Sequence[Row], bought: Sequence[bool]) -> dict[str, Path]:
    """The same sessions as a table, and as the clock-ins and clock-outs of two accounting programs.

    Those are in UTC: both programs know no zones, and give up where an office clock runs backwards.
    """
    issues = {"hardware": "hw", "other": "other", "test": "test"}
    plain = [
        (number, f"c{customer:05d}", int(bought[customer]), issues[issue], begins_s, ends_s)
        for number, (begins_s, ends_s, customer, issue, _) in enumerate(rows)
    ]
    files = {name: folder / f"baseline.{name}" for name in ("csv", "db", "hledger", "ledger")}
    with files["csv"].open("w") as file:
        file.write("id,customer,shop,issue,start,end\n")
        file.writelines(",".join(map(str, row)) + "\n" for row in plain)
    with closing(sqlite3.connect(files["db"])) as database, database:
        database.execute(
            'CREATE TABLE session (id INTEGER PRIMARY KEY, customer, shop INT, issue, start INT, "end" INT)'
        )
        database.executemany("INSERT INTO session VALUES (?, ?, ?, ?, ?, ?)", plain)
    for name, day in (("hledger", "%Y-%m-%d"), ("ledger", "%Y/%m/%d")):
        with files[name].open("w") as file:
            for _, customer, _, issue, *moments in plain:
                came, went = (f"{datetime.fromtimestamp(s, UTC):{day} %H:%M:%S}" for s in moments)
                file.write(f"i {came} {customer}:{issue}\no {went}\n")
    return {
        "baseline": files["csv"],
        "database": files["db"],
        "hledger": files["hledger"],
        "ledger": files["ledger"],
    }


def _session(chance: random.Random, customers: int, bought: list[bool]) -> Row:
    day = chance.randrange(364)
    part = chance.random()
    second = (
        chance.randrange(10 * 3600, 18 * 3600)
        if part < 0.6
        else chance.randrange(18 * 3600, 22 * 3600)
        if part < 0.85
        else chance.randrange(DAY_SECONDS)
    )
    begins_s = YEAR_BEGINS_S + day * DAY_SECONDS + second
    kind = chance.random()
    if kind < 0.05:
        lasts_s, issue = chance.randrange(30, 301), "test"
    elif kind < 0.75:
        lasts_s, issue = chance.randrange(60, 3601), "hardware" if chance.random() < 0.4 else "other"
    elif kind < 0.97:
        lasts_s = chance.randrange(3601, 4 * 3600 + 1)
        issue = "hardware" if chance.random() < 0.4 else "other"
    else:
        lasts_s, issue = chance.randrange(4 * 3600, 30 * 3600), "other"
    customer = int(chance.random() ** 2 * customers)
    order = f"ORD/{customer:05d}" if issue == "hardware" and bought[customer] else ""
    return begins_s, begins_s + lasts_s, customer, issue, order


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
