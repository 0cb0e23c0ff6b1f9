"""DuckDB: SQL over the CSV file."""

import sys

import duckdb

from tests.bench.baselines.days_off import DAYS_OFF

days = ", ".join(f"('{day}'::date)" for day in sorted(DAYS_OFF))
query = f"""COPY (
WITH off(d) AS (VALUES {days}),
hours AS (
    SELECT customer, shop, issue,
        strftime(timezone('Europe/Warsaw', to_timestamp("end")), '%Y-%m') AS month,
        timezone('Europe/Warsaw', to_timestamp(unnest(range(start, "end", 3600)))) AS t
    FROM read_csv('{sys.argv[1]}') WHERE issue <> 'test'),
banded AS (
    SELECT *, hour(t) BETWEEN 10 AND 17 AND isodow(t) < 6 AS in_window,
        CASE WHEN hour(t) >= 22 OR hour(t) < 6 THEN 4
            WHEN hour(t) BETWEEN 10 AND 17 AND isodow(t) < 6 AND t::date NOT IN (SELECT d FROM off) THEN 1
            ELSE 2 END AS x
    FROM hours),
sums AS (
    SELECT customer, month, count(*) FILTER (x = 1), count(*) FILTER (x = 2), count(*) FILTER (x = 4),
        sum(CASE WHEN shop = 1 AND issue = 'hw' AND in_window THEN 0
            WHEN shop = 1 THEN 5000 * x ELSE 10000 * x END)::bigint AS net
    FROM banded GROUP BY customer, month)
SELECT *, (net * 23 + 50) // 100 FROM sums ORDER BY customer, month
) TO '/dev/stdout' (HEADER false, DELIMITER ',')"""
duckdb.connect().execute(query)
