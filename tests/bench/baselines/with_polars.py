"""Polars, as its documentation would have it."""

import sys
from datetime import date

import polars as pl

from tests.bench.baselines.days_off import DAYS_OFF

ZONE = "Europe/Warsaw"


def local(seconds: pl.Expr) -> pl.Expr:
    """Epoch seconds on the office clock."""
    return pl.from_epoch(seconds, time_unit="s").dt.replace_time_zone("UTC").dt.convert_time_zone(ZONE)


hour, weekday = pl.col("t").dt.hour(), pl.col("t").dt.weekday()
in_window = hour.is_between(10, 17) & (weekday < 6)
is_off = pl.col("t").dt.date().is_in([date.fromisoformat(day) for day in sorted(DAYS_OFF)])
is_shop = pl.col("shop") == 1
started = (pl.col("end") - pl.col("start") - 1) // 3600 + 1
sums = (
    pl.scan_csv(sys.argv[1])
    .filter(pl.col("issue") != "test")
    .with_columns(m=local(pl.col("end")).dt.strftime("%Y-%m"), k=pl.int_ranges(0, started))
    .explode("k")
    .with_columns(t=local(pl.col("start") + 3600 * pl.col("k")))
    .with_columns(
        x=pl.when((hour >= 22) | (hour < 6))
        .then(4)
        .when(in_window & ~is_off)
        .then(1)
        .otherwise(2)
        .cast(pl.Int64)
    )
    .with_columns(
        p=pl.when(is_shop & (pl.col("issue") == "hw") & in_window)
        .then(0)
        .when(is_shop)
        .then(5000 * pl.col("x"))
        .otherwise(10000 * pl.col("x"))
    )
    .group_by("customer", "m")
    .agg(
        *[(pl.col("x") == x).sum().alias(name) for x, name in ((1, "a"), (2, "b"), (4, "d"))],
        pl.col("p").sum().alias("net"),
    )
    .with_columns(vat=(pl.col("net") * 23 + 50) // 100)
    .sort("customer", "m")
    .collect()
)
sys.stdout.write(sums.write_csv(include_header=False))
