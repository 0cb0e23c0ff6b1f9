"""What one writes first: csv, zoneinfo and Decimal, one datetime for each started hour."""

import csv
import sys
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.bench.baselines.days_off import DAYS_OFF

OFFICE = ZoneInfo("Europe/Warsaw")
BASE = Decimal("100.00")


def multiplier(local: datetime) -> int:
    """Of the band at a local time."""
    if local.hour >= 22 or local.hour < 6:
        return 4
    is_office = 10 <= local.hour < 18 and local.weekday() < 5
    return 1 if is_office and local.date().isoformat() not in DAYS_OFF else 2


def price(local: datetime, row: dict[str, str]) -> Decimal:
    """Of a started hour."""
    full = BASE * multiplier(local)
    if row["shop"] == "0":
        return full
    is_free = row["issue"] == "hw" and 10 <= local.hour < 18 and local.weekday() < 5
    return Decimal(0) if is_free else full / 2


def main() -> None:
    """Print the sums."""
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    nets: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    with Path(sys.argv[1]).open(newline="") as file:
        for row in csv.DictReader(file):
            if row["issue"] == "test":
                continue
            opens = datetime.fromtimestamp(int(row["start"]), UTC)
            ends = datetime.fromtimestamp(int(row["end"]), UTC)
            key = (row["customer"], ends.astimezone(OFFICE).strftime("%Y-%m"))
            while opens < ends:
                local = opens.astimezone(OFFICE)
                sums[key][{1: 0, 2: 1, 4: 2}[multiplier(local)]] += 1
                nets[key] += price(local, row)
                opens += timedelta(hours=1)
    for (customer, month), hours in sorted(sums.items()):
        net = int(nets[customer, month] * 100)
        print(customer, month, *hours, net, (net * 23 + 50) // 100, sep=",")


main()
