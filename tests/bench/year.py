"""A synthetic year of a shop, the same for the same size: customers, purchases, sessions as CSV files.

Six in ten sessions begin in office hours, a quarter in the evening; 5 % are tests, 70 % short,
22 % one to four hours, 3 % up to thirty. Four customers in ten bought something before the year.
"""

from __future__ import annotations

import random
from datetime import UTC, datetime
from pathlib import Path

SEED = 20260101
YEAR_BEGINS_S = int(datetime(2025, 12, 31, 23, tzinfo=UTC).timestamp())
DAY_SECONDS = 86_400


def write_year(folder: Path, sessions: int) -> dict[str, Path]:
    """Write the three files for so many sessions; give their paths by noun."""
    chance = random.Random(SEED)  # noqa: S311 - a benchmark wants the same numbers, not secrets
    customers = max(20, sessions // 100)
    bought = [chance.random() < 0.4 for _ in range(customers)]
    folder.mkdir(parents=True, exist_ok=True)
    files = {noun: folder / f"{noun}.csv" for noun in ("customers", "purchases", "sessions")}
    names = (f"c{n:05d},Customer {n}\n" for n in range(customers))
    files["customers"].write_text("customer,name\n" + "".join(names))
    orders = (f"c{n:05d},ORD/{n:05d},2025-06-01\n" for n in range(customers) if bought[n])
    files["purchases"].write_text("customer,order_ref,purchased_at\n" + "".join(orders))
    rows = sorted(_session(chance, customers, bought) for _ in range(sessions))
    with files["sessions"].open("w") as file:
        file.write("session_ref,customer,issue,order_ref,connected_at,ended_at,purged_at\n")
        for number, (begins_s, ends_s, customer, issue, order) in enumerate(rows):
            moments = ",".join(_iso(s) for s in (begins_s, ends_s, ends_s + 240))
            file.write(f"Y-{number:07d},c{customer:05d},{issue},{order},{moments}\n")
    return files


def _session(chance: random.Random, customers: int, bought: list[bool]) -> tuple[int, int, int, str, str]:
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
