-- TZ=Europe/Warsaw sqlite3 -csv baseline.db < rate.sql
WITH off(d) AS (VALUES ('2026-01-01'), ('2026-01-06'), ('2026-04-05'), ('2026-04-06'), ('2026-05-01'),
    ('2026-05-03'), ('2026-05-24'), ('2026-06-04'), ('2026-08-15'), ('2026-11-01'), ('2026-11-11'),
    ('2026-12-24'), ('2026-12-25'), ('2026-12-26'), ('2027-01-01')),
hours AS (
    SELECT s.customer, s.shop, s.issue,
        strftime('%Y-%m', s."end", 'unixepoch', 'localtime') AS month,
        strftime('%H', s.start + 3600 * g.value, 'unixepoch', 'localtime') + 0 AS h,
        strftime('%w', s.start + 3600 * g.value, 'unixepoch', 'localtime') AS w,
        date(s.start + 3600 * g.value, 'unixepoch', 'localtime') AS d
    FROM session AS s, generate_series(0, (s."end" - s.start - 1) / 3600) AS g
    WHERE s.issue <> 'test'),
banded AS (
    SELECT *, CASE WHEN h >= 22 OR h < 6 THEN 4
        WHEN h >= 10 AND h < 18 AND w NOT IN ('0', '6') AND d NOT IN (SELECT d FROM off) THEN 1
        ELSE 2 END AS x
    FROM hours),
priced AS (
    SELECT *, CASE
        WHEN shop AND issue = 'hw' AND h >= 10 AND h < 18 AND w NOT IN ('0', '6') THEN 0
        WHEN shop THEN 5000 * x
        ELSE 10000 * x END AS net
    FROM banded)
SELECT customer, month, sum(x = 1), sum(x = 2), sum(x = 4), sum(net), (sum(net) * 23 + 50) / 100
FROM priced GROUP BY customer, month ORDER BY customer, month;
