"""Holds, exceptions, samples and superseded certificates of a deletion report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from cli.presentation.catalogue import said
from cli.presentation.columns import DELAY_SECONDS, RESULT, SESSION, TARGETS, VERDICT, WHY
from cli.presentation.formats.model import Column, Row, Table
from cli.presentation.text import Lang
from cli.presentation.wording import labels
from cli.presentation.wording.deletion_marks import MARKS
from cli.presentation.wording.purge import FLAGS
from ledger.application.ledger import Ledger
from ledger.domain import events as e
from ledger.domain.clock import Period, format_instant
from ledger.domain.ledger_state import LedgerState
from ledger.domain.session.deletion_marks import Marks
from ledger.handlers.privacy.deletion_marks import NAMES, MarksReader
from ledger.handlers.privacy.deletion_register import told
from ledger.handlers.privacy.deletion_standing import host_text
from ledger.message import msg
from projections.read_models.deletions import Deletion

_NAMES = frozenset(
    {
        "session.held",
        "session.released",
        "session.part_purged",
        "session.purge_failed",
        "session.data_purged",
        "session.certificate_superseded",
        "session.reviewed",
    }
)
_NOT_AS_PLANNED = frozenset({"residual", "failed"})


class Extras(NamedTuple):
    """Holds, exceptions, certificates and samples of the sessions of a report, by session."""

    holds: dict[int, e.Held]
    exceptions: Counter[tuple[str, str]]
    """Number of targets of a kind by result or flag."""
    superseded: list[tuple[int, e.CertificateSuperseded]]
    reviews: dict[int, e.SessionReviewed]
    samples: list[e.SampleDrawn]
    marks: dict[int, Marks]
    """Of every session whose data are deleted."""
    hosts: dict[int, set[str]]
    """Where purges ran: the workstation that was said, and the host's own name in brackets."""
    flags: dict[int, dict[str, tuple[str, ...]]]
    """What the last purge on each workstation met."""


def extras(
    ledger: Ledger, state: LedgerState, position: int, period: Period, found: Iterable[Deletion]
) -> Extras:
    """Read holds, exceptions, samples and superseded certificates of a report's sessions from the log."""
    wanted = ledger.store.resolve_many("session", {each.session for each in found})
    numbers = {stream: int(number) for number, stream in wanted.items()}
    sampled = [s for s in state.samples if s.first < period.until and period.first < s.until]
    told_of = Extras({}, Counter(), [], {}, sampled, {}, {}, {})
    reader = MarksReader()
    outcomes: dict[tuple[int, str], e.PartPurged | e.PurgeFailed | e.DataPurged] = {}
    for each in told(ledger, position, _NAMES | NAMES):
        reader.take(each)
        if (number := numbers.get(each.stream)) is not None:
            _note(told_of, outcomes, number, each.event)
    for outcome in outcomes.values():
        for target in outcome.targets:
            found_so = [target.result] if target.result in _NOT_AS_PLANNED else []
            told_of.exceptions.update((target.kind, what) for what in [*found_so, *target.flags])
    for stream, number in numbers.items():
        if (marks := reader.of(stream)) is not None:
            told_of.marks[number] = marks
    return told_of


def _note(
    told_of: Extras,
    outcomes: dict[tuple[int, str], e.PartPurged | e.PurgeFailed | e.DataPurged],
    number: int,
    event: e.Event,
) -> None:
    match event:
        case e.Held():
            told_of.holds[number] = event
        case e.Released():
            told_of.holds.pop(number, None)
        case e.PartPurged() | e.PurgeFailed() | e.DataPurged():
            workstation = "" if event.host is None else event.host.workstation
            flags = {flag for target in event.targets for flag in target.flags}
            told_of.flags.setdefault(number, {})[workstation] = tuple(sorted(flags))
            if event.host is not None:
                outcomes[number, workstation] = event
                told_of.hosts.setdefault(number, set()).add(host_text(event.host))
        case e.CertificateSuperseded():
            told_of.superseded.append((number, event))
        case e.SessionReviewed():
            told_of.reviews[number] = event
        case _:
            pass


def documents(told_of: Extras) -> dict[str, Any]:
    """Return holds, exceptions, superseded certificates and samples for JSON."""
    return {
        "holds": [
            {
                "session": number,
                "until": held.until.isoformat(),
                "by": held.by,
                "reason": held.reason,
            }
            for number, held in sorted(told_of.holds.items())
        ],
        "exceptions": [
            {"target_kind": kind, "exception": what, "targets": count}
            for (kind, what), count in sorted(told_of.exceptions.items())
        ],
        "superseded_certificates": [
            {
                "session": number,
                "number": event.number,
                "at": format_instant(event.at),
                "verdict_before": event.verdict_before,
                "delay_before_seconds": event.delay_before_seconds,
                "verdict": event.verdict,
                "delay_seconds": event.delay_seconds,
            }
            for number, event in told_of.superseded
        ],
        "samples": [
            {
                "sample": drawn.sample,
                "nonce": drawn.nonce,
                "tree_size": drawn.tree_size,
                "root": drawn.root,
                "population": drawn.population,
                "sessions": [
                    {"session": number, "result": _result(told_of, drawn, number)}
                    for number in drawn.sessions
                ],
            }
            for drawn in told_of.samples
        ],
    }


def _result(told_of: Extras, drawn: e.SampleDrawn, number: int) -> str | None:
    reviewed = told_of.reviews.get(number)
    return None if reviewed is None or reviewed.at < drawn.at else reviewed.result


def tables(told_of: Extras, found: Sequence[Deletion], lang: Lang) -> tuple[Table, ...]:
    """Return a table for each kind that has rows."""
    made = (_marks(told_of, found, lang), _holds(told_of), _exceptions(told_of), _superseded(told_of))
    return tuple(table for table in (*made, _samples(told_of)) if table.rows)


def _marks(told_of: Extras, found: Sequence[Deletion], lang: Lang) -> Table:
    """The sessions whose verdict is not only what the clock measured: the first one beside it."""
    columns = (
        SESSION,
        Column("first_verdict", labels.FIRST_VERDICT),
        Column("first_delay_seconds", msg("After, at first"), "seconds"),
        VERDICT,
        DELAY_SECONDS,
        Column("recorded_at", labels.RECORDED, "instant"),
        Column("by", labels.BY),
        WHY,
    )
    rows: list[Row] = []
    for each in found:
        marks = told_of.marks.get(each.session)
        why = () if marks is None else marks.marks
        if marks is not None and (why or each.doubts):
            words = [said(MARKS[mark], lang) for mark in why] + [
                said(FLAGS[flag], lang) for flag in each.doubts
            ]
            rows.append(
                (
                    each.session,
                    marks.first_verdict,
                    marks.first_delay_seconds,
                    each.verdict,
                    each.delay_seconds,
                    marks.recorded_at,
                    marks.by,
                    "; ".join(words),
                )
            )
    title = msg("Verdicts with a mark")
    return Table("marked", title, columns, rows)


def _holds(told_of: Extras) -> Table:
    columns = (
        SESSION,
        Column("until", msg("Until"), "date"),
        Column("by", labels.BY),
        Column("reason", labels.REASON),
    )
    rows: list[Row] = [(n, held.until, held.by, held.reason) for n, held in sorted(told_of.holds.items())]
    return Table("holds", msg("Deletions on hold"), columns, rows)


def _exceptions(told_of: Extras) -> Table:
    columns = (
        Column("target_kind", msg("Kind of target")),
        Column("exception", msg("Exception")),
        TARGETS,
    )
    rows: list[Row] = [(kind, what, count) for (kind, what), count in sorted(told_of.exceptions.items())]
    return Table("exceptions", msg("Exceptions by target"), columns, rows)


def _superseded(told_of: Extras) -> Table:
    columns = (
        SESSION,
        Column("number", msg("Certificate"), "integer"),
        Column("at", msg("Superseded"), "instant"),
        Column("verdict_before", msg("Verdict before")),
        Column("delay_before_seconds", msg("After, before"), "seconds"),
        VERDICT,
        DELAY_SECONDS,
    )
    rows: list[Row] = [
        (n, f.number, f.at, f.verdict_before, f.delay_before_seconds, f.verdict, f.delay_seconds)
        for n, f in told_of.superseded
    ]
    title = msg("Superseded certificates")
    return Table("superseded_certificates", title, columns, rows)


def _samples(told_of: Extras) -> Table:
    columns = (
        Column("sample", msg("Sample")),
        Column("nonce", msg("Word")),
        Column("tree_size", msg("Tree"), "integer"),
        SESSION,
        RESULT,
        Column("note", msg("Note")),
    )
    rows: list[Row] = [
        (drawn.sample, drawn.nonce, drawn.tree_size, number, _result(told_of, drawn, number), "")
        for drawn in told_of.samples
        for number in drawn.sessions
    ]
    return Table("samples", msg("Samples"), columns, rows)
