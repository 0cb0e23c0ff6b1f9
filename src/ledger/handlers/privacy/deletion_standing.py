"""How the deletion of a session's data stands: what a register says beside each of its events."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from ledger.application.ledger import Ledger
from ledger.domain import events as e
from ledger.domain.clock import Period
from ledger.domain.ledger_state import LedgerState
from ledger.domain.session.deletion_marks import Marks
from ledger.domain.session.doubts import doubts_of
from ledger.domain.session.evolve import evolve
from ledger.domain.session.purge_rules import verdict
from ledger.domain.session.state import Session
from ledger.handlers.privacy.deletion_marks import marks_by_event
from ledger.handlers.privacy.deletion_register import Disposal, Kind, attempts, disposals, parts
from ledger.store.mapper import read_fact
from ledger.store.reader import Row

BEFORE = "before_adoption"
OF_NO_DELETION: dict[type[e.Event], str] = {
    e.PartPurged: "open",
    e.PurgeFailed: "failed",
    e.PurgeStarted: "unknown",
}
"""What a purge says that did not complete the deletion."""


class Standing(NamedTuple):
    """The last deletion of a session against its end as it is told now; delays in whole seconds."""

    ended_at: datetime | None
    deleted_at: datetime | None
    delay_seconds: int | None
    verdict: str
    """As the deletion report says it; `before_adoption` of a session that another ledger billed."""
    evidence: str
    sla_seconds: int
    doubts: tuple[str, ...]
    flags: tuple[str, ...]
    """What the last purge on each workstation met."""
    hosts: tuple[str, ...]
    """The workstation that was said, and the host's own name in brackets."""
    part_purges: int
    held_until: str | None
    voided: bool


class Listed(NamedTuple):
    """What a register or a protocol lists."""

    found: list[Disposal]
    parts: list[Disposal]
    """Purges on one workstation of several; in a table of their own."""
    attempts: list[Disposal]
    """Purges that left something, and those without an outcome; in a table of their own, too."""
    marks: Mapping[int, Marks]
    """By the event's place in the log."""
    standings: Mapping[str, Standing]
    """How each session's deletion stands, by its number."""

    def standing_of(self, each: Disposal) -> Standing | None:
        """Return how the deletion of a row's session stands; None of a row about something else."""
        return self.standings.get(each.subject) if each.event.TOPIC.startswith("session.") else None

    def verdict_of(self, each: Disposal) -> tuple[str | None, int | None]:
        """Return what a row's own event says of the deletion: verdict and delay in whole seconds.

        A purge on one workstation of several leaves it `open`, an attempt `failed` or without outcome
        (`unknown`), whatever came of the session later. None of a row about something else.
        """
        standing = self.standing_of(each)
        if standing is None:
            return None, None
        if isinstance(each.event, e.DataPurged):
            return _against_end(each.event, standing)
        return OF_NO_DELETION.get(type(each.event)), None


def listed(
    ledger: Ledger, state: LedgerState, position: int, period: Period, kinds: Collection[Kind]
) -> Listed:
    """Read what is listed of some kinds of deletions in a period, from the first `position` events."""
    found = disposals(ledger, position, period, kinds)
    in_part = parts(ledger, position, period) if "sessions" in kinds else []
    tried = attempts(ledger, position, period) if "sessions" in kinds else []
    told = standings(ledger, state, position, [*found, *in_part, *tried])
    return Listed(found, in_part, tried, marks_by_event(ledger, position, found), told)


def standings(
    ledger: Ledger, state: LedgerState, position: int, found: Sequence[Disposal]
) -> dict[str, Standing]:
    """Return how the deletions of sessions stand after the first `position` events, by session number."""
    numbers = sorted({int(each.subject) for each in found if each.event.TOPIC.startswith("session.")})
    streams = ledger.store.streams("session", numbers, position)  # asked for all of them at once
    return {str(number): _standing(state, rows) for number, rows in streams}


def host_text(host: e.PurgeHost) -> str:
    """Return the workstation that was said and the host's own name, as the verifiers do."""
    return f"{host.workstation} ({host.true_host or '?'})"


def _against_end(event: e.DataPurged, standing: Standing) -> tuple[str, int | None]:
    """Return verdict and delay of one deletion; of an earlier one than the last, against the end as it is."""
    if event.at == standing.deleted_at:
        return standing.verdict, standing.delay_seconds
    delay_seconds = _delay_seconds(standing.ended_at, event.at)
    said = verdict(delay_seconds, standing.sla_seconds, doubts_of(event.targets, event.rule))
    return BEFORE if standing.verdict == BEFORE else said, delay_seconds


def _delay_seconds(end: datetime | None, gone: datetime) -> int | None:
    return None if end is None else int((gone - end).total_seconds() // 1)


def _standing(state: LedgerState, rows: Sequence[Row]) -> Standing:
    session: Session | None = None
    hosts: set[str] = set()
    flags: dict[str, set[str]] = {}
    parts = 0
    for row in rows:
        stream = UUID(bytes=row[1])
        event = read_fact(row[3], row[5], stream, row[2])
        session = evolve(session, stream, event)
        if isinstance(event, e.PartPurged | e.PurgeFailed | e.DataPurged):
            parts += isinstance(event, e.PartPurged)
            workstation = "" if event.host is None else event.host.workstation
            flags[workstation] = {flag for target in event.targets for flag in target.flags}
            if event.host is not None:
                hosts.add(host_text(event.host))
    assert session is not None  # noqa: S101 - a deletion of it was found before this position
    sla_seconds = state.settings["purge.sla_seconds"]
    end, gone = session.ended_at, session.purged_at
    delay_seconds = None if gone is None else _delay_seconds(end, gone)
    said: str = verdict(delay_seconds, sla_seconds, session.doubts)
    if gone is None and (session.purge_failed_at or session.purge_started_at):
        said = "failed" if session.purge_failed_at else "unknown"
    is_before = end is not None and state.billed_before_adoption(end)
    return Standing(
        end,
        gone,
        delay_seconds,
        BEFORE if is_before else said,
        session.purge_evidence or "none",
        sla_seconds,
        session.doubts,
        tuple(sorted({flag for each in flags.values() for flag in each})),
        tuple(sorted(hosts)),
        parts,
        None if session.held_until is None else session.held_until.isoformat(),
        session.voided,
    )
