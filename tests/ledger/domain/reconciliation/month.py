"""The sample month as plain structs: what its records and sessions are to matching."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from ledger.domain.clock import epoch_seconds, parse_instant
from ledger.domain.rating.bulk import Rater
from ledger.domain.rating.inputs import NEVER_S, Kind, SessionFacts
from ledger.domain.reconciliation.finding import Finding, Intervals, Priced, Scope
from ledger.domain.reconciliation.inputs import SeenRecord, SeenSession, Stretch
from ledger.domain.reconciliation.matching import Matching, match
from ledger.domain.reconciliation.rules import find
from ledger.domain.tariff.tariff import parse_tariff
from ledger.handlers.settings import shop_tariff_text

MONTH = Path(__file__).parents[3] / "vectors" / "teamviewer-month"
SCOPE = Scope(
    epoch_seconds(parse_instant("2026-10-25T00:00:00+02:00")),
    epoch_seconds(parse_instant("2026-12-01T00:00:00+01:00")),
)


def seconds(text: str) -> int:
    """The epoch second of an instant in UTC."""
    return epoch_seconds(parse_instant(text))


def marks(digits: str) -> tuple[str, str]:
    """What stands for the two fingerprints of an ID: equal for equal digits."""
    bare = digits.replace(" ", "")
    return bare, "".join(sorted(bare))


def expected() -> Any:  # noqa: ANN401 - whatever JSON says
    """What was worked out by hand."""
    return json.loads((MONTH / "expected.json").read_text(encoding="utf-8"))


def records(source: str) -> list[SeenRecord]:
    """The records that a kind of file holds; the event log alone holds one that never ended."""
    found: list[SeenRecord] = []
    for each in expected()["records"]:
        held = {"connections_txt": each["connections_txt_guid"], "webapi": each["webapi_id"]}
        key = each["started_at"] if source == "eventlog" else held[source]
        if key is None or (source == "eventlog" and each["case"].startswith("N")):
            continue
        found.append(
            SeenRecord(
                key=f"{source}:{key}:{each['kind']}",
                source=f"{source}/{each['technician']}" if source == "connections_txt" else source,
                started_s=seconds(each["started_at"]),
                ended_s=None if each["ended_at"] is None else seconds(each["ended_at"]),
                technician=each["technician"],
                marks=marks(each["partner_id"]),
            )
        )
    return found


def sessions() -> list[SeenSession]:
    """The month's sessions, numbered as they stand in the file."""
    lines = (MONTH / "ledger_sessions.jsonl").read_text(encoding="utf-8").splitlines()
    return [_session(number, json.loads(line)) for number, line in enumerate(lines, start=1)]


def references() -> dict[int, str]:
    """Each session's own reference, by its number."""
    lines = (MONTH / "ledger_sessions.jsonl").read_text(encoding="utf-8").splitlines()
    return {number: json.loads(line)["session_no"] for number, line in enumerate(lines, start=1)}


def _session(number: int, told: dict[str, Any]) -> SeenSession:
    start_s = seconds(told["connected_at"])
    end_s = None if told["ended_at"] is None else seconds(told["ended_at"])
    purged_s = None if told["purged_at"] is None else seconds(told["purged_at"])
    return SeenSession(
        number=number,
        stretches=(Stretch(told["technician"], start_s, end_s),),
        marks=marks(told["partner_id_as_dictated"]),
        marked_s=seconds(told["requested_at"]),
        ended_s=end_s,
        purged_s=purged_s,
        keeps_data=end_s is not None and purged_s is None,
    )


@cache
def rater() -> Rater:
    """What rates under the shop's price list."""
    return Rater(parse_tariff(shop_tariff_text()))


def price(_number: int | None, intervals: Intervals) -> Priced:
    """What help of anybody costs that was connected so."""
    facts = SessionFacts(intervals[0][0], intervals, (Kind(NEVER_S, "other", None),), (), None)
    totals = rater().totals(facts)
    return Priced(totals.started_hours, totals.net_grosze)


def reconciled(*told: SeenRecord) -> tuple[Matching, list[Finding]]:
    """The month's sessions against these records."""
    matching = match(told, sessions())
    return matching, find(matching, sessions(), SCOPE, price)
