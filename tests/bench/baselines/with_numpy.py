"""numpy: the table by epoch hour as arrays, pandas reading the CSV file."""

import sys
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from tests.bench.baselines.days_off import DAYS_OFF

OFFICE = ZoneInfo("Europe/Warsaw")
FIRST = int(datetime(2025, 12, 31, tzinfo=UTC).timestamp()) // 3600
PRICES = np.array([[10000, 20000, 40000, 20000], [5000, 10000, 20000, 10000], [0, 10000, 20000, 0]])


def code(at: datetime) -> int:
    """0 office, 1 off hours, 2 night, 3 a holiday within the free window."""
    if at.hour >= 22 or at.hour < 6:
        return 2
    if not (10 <= at.hour < 18 and at.weekday() < 5):
        return 1
    return 3 if at.date().isoformat() in DAYS_OFF else 0


local = [datetime.fromtimestamp((FIRST + n) * 3600, OFFICE) for n in range(24 * 400)]
codes = np.array([code(at) for at in local], dtype=np.int8)
months = np.array([at.year * 12 + at.month - 1 for at in local])
sessions = pd.read_csv(sys.argv[1])
sessions = sessions[sessions.issue != "test"]
start, end = sessions.start.to_numpy(), sessions.end.to_numpy()
counts = (end - start - 1) // 3600 + 1
customer, names = pd.factorize(sessions.customer, sort=True)
keys, where = np.unique(customer * 100_000 + months[end // 3600 - FIRST], return_inverse=True)
of_session = np.repeat(np.arange(len(start)), counts)
nth = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
band = codes[(start // 3600 - FIRST)[of_session] + nth]
claim = np.where(sessions.shop == 1, np.where(sessions.issue == "hw", 2, 1), 0)
where = where[of_session]
hours = [np.bincount(where, weights=band == n, minlength=len(keys)).astype(np.int64) for n in range(4)]
net = np.bincount(where, weights=PRICES[claim[of_session], band], minlength=len(keys)).astype(np.int64)
columns = (keys, *hours, net)
for key, office, off, night, holiday, total in zip(*(c.tolist() for c in columns), strict=True):
    year, month = divmod(key % 100_000, 12)
    vat = (total * 23 + 50) // 100
    print(names[key // 100_000], f"{year}-{month + 1:02d}", office, off + holiday, night, total, vat, sep=",")
