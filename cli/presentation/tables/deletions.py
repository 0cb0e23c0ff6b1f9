"""The deletion history of a period as a report."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from cli.presentation.catalogue import said
from cli.presentation.columns import (
    BYTES,
    CUSTOMER_CODE,
    DELAY_SECONDS,
    ENDED_AT,
    EVIDENCE,
    FILES,
    HELD_UNTIL,
    LEAF_INDEX,
    REF,
    SESSION,
    TARGETS,
    VERDICT,
    aside,
    period_document,
    titled,
)
from cli.presentation.formats.model import Column, Report, Row, Table
from cli.presentation.tables.deletion_extras import Extras, documents, extras, tables
from cli.presentation.tables.tree_heads import Heads, heads_of
from cli.presentation.text import Lang
from cli.presentation.wording import labels
from cli.presentation.wording.deletion_marks import older_rule
from ledger.domain.clock import Period, format_instant, office_time
from ledger.domain.session.deletion_marks import VOIDED_MARK, Marks
from ledger.message import Seconds, msg
from projections.read_models import deletions as view
from projections.read_side import Snapshot


def deletions_of(
    snapshot: Snapshot,
    period: Period,
    lang: Lang,
    *,
    customer: str | None = None,
    since: Path | None = None,
) -> Report:
    """Return the deletion history of the sessions that ended in a period, as of a snapshot.

    `since` is a checkpoint that somebody held. Raises CustomerUnknown, BadNote.
    """
    sla_seconds = snapshot.state.settings["purge.sla_seconds"]
    found = view.history(
        snapshot.views, period, sla_seconds=sla_seconds, customer=snapshot.resolved_customer(customer)
    )
    given_up = snapshot.as_of - timedelta(days=snapshot.state.settings["purge.abandoned_days"])
    return deletions_report(
        found,
        view.summary(found, view.abandoned(snapshot.views, given_up, period)),
        heads_of(snapshot.ledger.store, snapshot.position, since),
        extras(snapshot.ledger, snapshot.state, snapshot.position, period, found),
        period=period,
        sla_seconds=sla_seconds,
        as_of=snapshot.as_of,
        lang=lang,
        overdue=any(view.is_overdue(each, snapshot.acts_at, sla_seconds) for each in found),
    )


def deletions_report(
    found: list[view.Deletion],
    summary: view.Summary,
    heads: Heads,
    more: Extras,
    *,
    period: Period,
    sla_seconds: int,
    as_of: datetime,
    lang: Lang,
    overdue: bool,
) -> Report:
    """Return the deletion history of a period; exit status 3 if a deletion is overdue or the log forks."""
    marked = sum(bool(_marks_of(more, d) or d.doubts) for d in found)
    older = sum(_is_of_older_rule(more.marks.get(d.session), d) for d in found)
    document = {
        "schema": "session-ledger/report-deletions/1",
        "period": period_document(period),
        "as_of": format_instant(as_of),
        "sla_seconds": sla_seconds,
        "sessions": [_deletion_document(d, heads, more) for d in found],
        "summary": {
            "ended": summary.ended,
            **summary.by_verdict,
            "declared": summary.declared,
            "abandoned": summary.abandoned,
            "held": summary.held,
            "before_adoption": summary.before_adoption,
            "marked": marked,
            "older_rule": older,
            "delay_p50_seconds": summary.delay_p50_seconds,
            "delay_p95_seconds": summary.delay_p95_seconds,
            "delay_max_seconds": summary.delay_max_seconds,
        },
        **heads.document(),
        **documents(more),
    }
    return Report(
        "deletions",
        titled(msg("Deletion of session data"), period),
        document,
        (
            _deletion_table(found, more),
            *_summary_tables(summary, sla_seconds, marked, lang),
            *tables(more, found, lang),
        ),
        as_of,
        charts=_drawings(found, sla_seconds, lang),
        notes=(
            msg(
                "The time allowed, {allowed} after the end, is a reading of “right after the end”.",
                allowed=Seconds(sla_seconds),
            ),
            *([older_rule(older)] if older else []),
            *heads.notes(),
        ),
        exit_status=3 if overdue or heads.is_continued is False else 0,
    )


def _marks_of(more: Extras, deletion: view.Deletion) -> tuple[str, ...]:
    marks = more.marks.get(deletion.session)
    voided = (VOIDED_MARK,) if deletion.voided else ()
    return tuple(dict.fromkeys((*(() if marks is None else marks.marks), *voided)))


def _is_of_older_rule(marks: Marks | None, deletion: view.Deletion) -> bool:
    """Return True for a measured deletion that was recorded before the place became part of the evidence."""
    return marks is not None and marks.rule == 1 and deletion.evidence in {"measured", "absence_measured"}


def _drawings(found: list[view.Deletion], sla_seconds: int, lang: Lang) -> Iterator[str]:
    """How long the deletions took; what draws is imported only for the formats that show it."""
    from cli.presentation.charts import histogram, weekly_trend

    counted = [d for d in found if not (d.before_adoption or d.doubts)]
    delays = [d.delay_seconds for d in counted if d.delay_seconds is not None]
    yield histogram([delay for delay in delays if delay >= 0], sla_seconds, lang=lang)
    ended = [(office_time(d.ended_at).date(), d.verdict == "pass") for d in found if not d.before_adoption]
    yield weekly_trend(ended, lang=lang)


def _deletion_document(deletion: view.Deletion, heads: Heads, more: Extras) -> dict[str, object]:
    purged_at, marks = deletion.purged_at, more.marks.get(deletion.session)
    return {
        "session": deletion.session,
        "session_ref": deletion.session_ref,
        "ended_at": format_instant(deletion.ended_at),
        "purged_at": None if purged_at is None else format_instant(purged_at),
        "delay_seconds": deletion.delay_seconds,
        "verdict": deletion.verdict,
        "evidence": deletion.evidence,
        "targets": deletion.targets,
        "files": deletion.files,
        "bytes": deletion.bytes,
        "leaf_index": deletion.leaf_index,
        "checkpoint_size": heads.first_over(deletion.leaf_index),
        "held_until": deletion.held_until,
        "before_adoption": deletion.before_adoption,
        "doubts": list(deletion.doubts),
        "hosts": sorted(more.hosts.get(deletion.session, ())),
        "flags": _flags(more, deletion),
        "recorded_at": None if marks is None else format_instant(marks.recorded_at),
        "by": None if marks is None else marks.by,
        "first_verdict": None if marks is None else marks.first_verdict,
        "first_delay_seconds": None if marks is None else marks.first_delay_seconds,
        "marks": list(_marks_of(more, deletion)),
        "rule": None if marks is None else marks.rule,
    }


def _flags(more: Extras, deletion: view.Deletion) -> list[str]:
    told = more.flags.get(deletion.session, {})
    return sorted({flag for each in told.values() for flag in each})


def _deletion_table(found: list[view.Deletion], more: Extras) -> Table:
    urgency = {"open": 0, "failed": 1, "unknown": 2, "late": 3, "pass": 4}
    columns = (
        SESSION,
        aside(REF),
        CUSTOMER_CODE,
        aside(ENDED_AT),
        Column("purged_at", msg("Deleted"), "instant"),
        DELAY_SECONDS,
        VERDICT,
        EVIDENCE,
        TARGETS,
        FILES,
        BYTES,
        HELD_UNTIL,
        LEAF_INDEX,
        Column("recorded_at", labels.RECORDED, "instant"),
        Column("by", labels.BY),
        Column("marks", labels.MARKS),
        Column("hosts", labels.HOSTS),
    )
    rows = [
        (
            d.session,
            d.session_ref,
            d.customer,
            d.ended_at,
            d.purged_at,
            d.delay_seconds,
            "before_adoption" if d.before_adoption else d.verdict,
            d.evidence,
            d.targets,
            d.files,
            d.bytes,
            d.held_until,
            d.leaf_index,
            *_told_by(more.marks.get(d.session)),
            ", ".join([*_marks_of(more, d), *d.doubts]),
            ", ".join(sorted(more.hosts.get(d.session, ()))),
        )
        for d in sorted(found, key=lambda d: (d.before_adoption, urgency[d.verdict], d.session))
    ]
    return Table("sessions", msg("Sessions, overdue first"), columns, rows)


def _told_by(marks: Marks | None) -> tuple[datetime | None, str | None]:
    return (None, None) if marks is None else (marks.recorded_at, marks.by)


_FIGURES = {
    "ended": msg("ended sessions"),
    "pass": msg("deleted in time"),
    "late": msg("deleted late"),
    "failed": msg("deletion failed"),
    "unknown": msg("deletion unfinished, or before the end"),
    "open": msg("not deleted"),
    "declared": msg("declared only"),
    "abandoned": msg("abandoned requests with data"),
    "held": labels.HELD,
    "marked": msg("with a mark"),
    "before_adoption": msg("from before this ledger, apart"),
}
"""The figures of the summary in words, in their order."""
DELAYS = {
    "delay_p50_seconds": msg("half of them within"),
    "delay_p95_seconds": msg("95 % of them within"),
    "delay_max_seconds": msg("the longest"),
    "sla_seconds": msg("time allowed"),
}
"""The lengths of time beside them."""


def _summary_tables(summary: view.Summary, sla_seconds: int, marked: int, lang: Lang) -> tuple[Table, Table]:
    """Return the counts, and the lengths of time: two kinds of numbers under two headings."""
    values = {**summary._asdict(), **summary.by_verdict, "sla_seconds": sla_seconds, "marked": marked}
    figure = Column("figure", msg("Figure"))
    counts: list[Row] = [(said(text, lang), values[name]) for name, text in _FIGURES.items()]
    lengths: list[Row] = [(said(text, lang), values[name]) for name, text in DELAYS.items()]
    return (
        Table("summary", msg("Summary"), (figure, Column("value", labels.VALUE, "integer")), counts),
        Table(
            "delays",
            labels.END_TO_DELETION,
            (figure, Column("value", msg("Length"), "seconds")),
            lengths,
        ),
    )
