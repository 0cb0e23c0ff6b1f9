"""Sums of a period over the ledgers of many shops.

Each read model is queried on its own connection, in the transaction that its position was read in, so that
the figures belong to exactly the events whose root is printed beside them. The groups go into one temporary
table; one query over it gives the sums of each shop and of all.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, NamedTuple

from ledger.domain.clock import Period, epoch_microseconds

if TYPE_CHECKING:
    from datetime import datetime

VERDICTS = ("pass", "late", "failed", "unknown", "open", "before_adoption")
"""Verdicts on the deletions of ended sessions; those that ended before adoption are apart."""

Group = tuple[str, str | None, int, int, int, int]
"""Kind, verdict, 1 if overdue; number of sessions, their started hours, net grosze."""

# An ended session has exactly one kind and one verdict; the verdict is that of `report deletions`.
_GROUPS = """
WITH ended AS (
    SELECT
        CASE
            WHEN s.voided THEN 'elsewhere'
            WHEN b.billed LIKE 'elsewhere:%' THEN 'elsewhere'
            WHEN b.billed IS NOT NULL THEN 'billed'
            WHEN b.net_grosze IS NULL THEN 'unrated'
            WHEN instr(' ' || b.exceptions || ' ', ' over_48_h ') THEN 'unconfirmed'
            ELSE 'to_bill'
        END AS kind,
        CASE
            WHEN d.before_adoption THEN 'before_adoption'
            WHEN s.purged_at IS NOT NULL THEN CASE
                WHEN s.purged_at < s.ended_at THEN 'unknown'
                WHEN (s.purged_at - s.ended_at) / 1000000 <= :sla_seconds THEN 'pass'
                ELSE 'late'
            END
            WHEN d.purging = '' THEN 'open'
            WHEN d.purging = 'failed' THEN 'failed'
            ELSE 'unknown'
        END AS verdict,
        s.held_until IS NULL AND :now - s.ended_at > :sla_seconds * 1000000 AS waits_too_long,
        b.started_hours,
        b.net_grosze
    FROM billing AS b
    CROSS JOIN sessions AS s ON s.number = b.number
    CROSS JOIN deletions AS d ON d.number = b.number
    WHERE b.placed_at >= :begins AND b.placed_at < :ends AND s.ended_at IS NOT NULL
)
SELECT
    kind,
    verdict,
    verdict IN ('failed', 'unknown') OR (verdict = 'open' AND waits_too_long) AS overdue,
    count(*),
    coalesce(sum(started_hours), 0),
    coalesce(sum(net_grosze), 0)
FROM ended
GROUP BY 1, 2, 3
UNION ALL
SELECT 'open', NULL, 0, count(*), 0, 0
FROM sessions
WHERE ended_at IS NULL AND connected_at < :ends
"""
_TABLE = """
CREATE TEMPORARY TABLE part (
    shop TEXT NOT NULL,
    kind TEXT NOT NULL,
    verdict TEXT,
    overdue INTEGER NOT NULL,
    sessions INTEGER NOT NULL,
    started_hours INTEGER NOT NULL,
    net_grosze INTEGER NOT NULL
)
"""
_SUMS = """
WITH counted AS (
    SELECT shop, kind AS figure, sessions, started_hours, net_grosze FROM part
    UNION ALL
    SELECT shop, 'ended', sessions, started_hours, net_grosze FROM part WHERE kind <> 'open'
    UNION ALL
    SELECT shop, 'deletion ' || verdict, sessions, 0, 0 FROM part WHERE verdict IS NOT NULL
    UNION ALL
    SELECT shop, 'deletion overdue', sessions, 0, 0 FROM part WHERE overdue
)
SELECT shop, figure, sum(sessions), sum(started_hours), sum(net_grosze) FROM counted GROUP BY shop, figure
UNION ALL
SELECT NULL, figure, sum(sessions), sum(started_hours), sum(net_grosze) FROM counted GROUP BY figure
"""


class Amount(NamedTuple):
    """A number of sessions, their started hours, and their net."""

    sessions: int = 0
    started_hours: int = 0
    net_grosze: int = 0


class Figures(NamedTuple):
    """The sums of a period in a shop, or in all of them.

    Every ended session is one of `to_bill`, `billed` (a document or a receipt of the till), `elsewhere`
    (not to be billed by this ledger: billed by another, or put aside as recorded by mistake), `unconfirmed`
    (over 48 h) and `unrated` (no price list, no calendar).
    """

    ended: Amount
    open: Amount
    to_bill: Amount
    billed: Amount
    elsewhere: Amount
    unconfirmed: Amount
    unrated: Amount
    deletions: dict[str, int]
    overdue: int


def groups_of(views: sqlite3.Connection, period: Period, *, sla_seconds: int, now: datetime) -> list[Group]:
    """Return the sessions of a period in groups that can be added up."""
    asked = {
        "begins": epoch_microseconds(period.begins_at),
        "ends": epoch_microseconds(period.ends_at),
        "sla_seconds": sla_seconds,
        "now": epoch_microseconds(now),
    }
    return views.execute(_GROUPS, asked).fetchall()


def summed(shops: Mapping[str, Sequence[Group]]) -> dict[str | None, Figures]:
    """Return the figures of every shop, and under None those of all of them together."""
    amounts: dict[str | None, dict[str, Amount]] = {None: {}, **{name: {} for name in shops}}
    with closing(sqlite3.connect("", isolation_level=None)) as database:
        database.execute(_TABLE)
        for name, groups in shops.items():
            rows = ((name, *group) for group in groups)
            database.executemany("INSERT INTO part VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
        for shop, figure, *amount in database.execute(_SUMS):
            amounts[shop][figure] = Amount(*amount)
    return {shop: _figures(found) for shop, found in amounts.items()}


def _figures(found: Mapping[str, Amount]) -> Figures:
    def of(figure: str) -> Amount:
        return found.get(figure, Amount())

    return Figures(
        ended=of("ended"),
        open=of("open"),
        to_bill=of("to_bill"),
        billed=of("billed"),
        elsewhere=of("elsewhere"),
        unconfirmed=of("unconfirmed"),
        unrated=of("unrated"),
        deletions={verdict: of(f"deletion {verdict}").sessions for verdict in VERDICTS},
        overdue=of("deletion overdue").sessions,
    )
