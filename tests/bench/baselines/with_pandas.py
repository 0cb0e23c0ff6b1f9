"""pandas: a row for each started hour, and numpy's select."""

import sys

import numpy as np
import pandas as pd

from tests.bench.baselines.days_off import DAYS_OFF

ZONE = "Europe/Warsaw"


def local(seconds: pd.Series) -> pd.Series:
    """Epoch seconds on the office clock."""
    return pd.to_datetime(seconds, unit="s", utc=True).dt.tz_convert(ZONE)


sessions = pd.read_csv(sys.argv[1])
sessions = sessions[sessions.issue != "test"].copy()
sessions["month"] = local(sessions.end).dt.strftime("%Y-%m")
hours = sessions.loc[sessions.index.repeat((sessions.end - sessions.start - 1) // 3600 + 1)]
t = local(hours.start + 3600 * hours.groupby(level=0).cumcount())
in_window = t.dt.hour.between(10, 17) & (t.dt.weekday < 5)
is_office = in_window & ~t.dt.strftime("%Y-%m-%d").isin(DAYS_OFF)
x = np.select([(t.dt.hour >= 22) | (t.dt.hour < 6), is_office], [4, 1], 2)
is_shop, is_hardware = (hours.shop == 1).to_numpy(), (hours.issue == "hw").to_numpy()
net = np.where(is_shop & is_hardware & in_window.to_numpy(), 0, np.where(is_shop, 5000 * x, 10000 * x))
keys = {"customer": hours.customer.to_numpy(), "month": hours.month.to_numpy()}
bands = {"a": x == 1, "b": x == 2, "d": x == 4}
sums = pd.DataFrame({**keys, **bands, "net": net}).groupby(list(keys)).sum().astype("int64")
sums["vat"] = (sums.net * 23 + 50) // 100
sums.to_csv(sys.stdout, header=False)
