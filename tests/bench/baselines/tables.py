"""Plain Python that asks no zone: a table by epoch hour, and a dictionary."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.bench.baselines.days_off import DAYS_OFF

OFFICE = ZoneInfo("Europe/Warsaw")
FIRST = int(datetime(2025, 12, 31, tzinfo=UTC).timestamp()) // 3600
PRICES = {"0": (10000, 20000, 40000, 20000), "1": (5000, 10000, 20000, 10000)}
HARDWARE = (0, 10000, 20000, 0)


def code(local: datetime) -> int:
    """0 office, 1 off hours, 2 night, 3 a holiday within the free window."""
    if local.hour >= 22 or local.hour < 6:
        return 2
    if not (10 <= local.hour < 18 and local.weekday() < 5):
        return 1
    return 3 if local.date().isoformat() in DAYS_OFF else 0


def main() -> None:
    """Print the sums."""
    hours = [datetime.fromtimestamp((FIRST + n) * 3600, OFFICE) for n in range(24 * 400)]
    codes, months = [code(local) for local in hours], [local.strftime("%Y-%m") for local in hours]
    sums: dict[tuple[str, str], list[int]] = {}
    with Path(sys.argv[1]).open() as file:
        next(file)
        for line in file:
            _, customer, shop, issue, start, end = line.split(",")
            if issue == "test":
                continue
            begins, ends = int(start), int(end)
            found = sums.setdefault((customer, months[ends // 3600 - FIRST]), [0, 0, 0, 0, 0])
            prices = HARDWARE if shop == "1" and issue == "hw" else PRICES[shop]
            first = begins // 3600 - FIRST
            for kind in codes[first : first + (ends - begins - 1) // 3600 + 1]:
                found[kind] += 1
                found[4] += prices[kind]
    for (customer, month), (office, off, night, holiday, net) in sorted(sums.items()):
        print(customer, month, office, off + holiday, night, net, (net * 23 + 50) // 100, sep=",")


main()
