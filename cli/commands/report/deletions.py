"""`session-ledger report deletions`: the deletion history."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import click

from cli.commands.report.deletion_register import registered
from cli.context import App, pass_app
from cli.output import Column, Report, Row, Table, report_options
from cli.params import Now
from cli.presentation.columns import CUSTOMER_CODE, REF, SESSION, period_document, titled
from cli.presentation.tables.deletion import Extras, documents, extras, tables
from cli.presentation.tables.tree_heads import Heads, heads_of
from cli.presentation.text import Lang, Text
from cli.presentation.wording.deletion_marks import older_rule
from cli.presentation.wording.deletion_register import OTHER_KINDS
from cli.reading import Snapshot, period_options, reading, resolved_customer
from ledger.domain.clock import Period, format_instant, office_time
from ledger.domain.session.deletion_marks import Marks
from ledger.errors import BadCombination
from ledger.handlers.privacy.deletion_register import KINDS, Kind
from projections.read_models import deletions as view


@click.command()
@click.option(
    "--kind",
    type=click.Choice(KINDS),
    default="sessions",
    show_default=True,
    help="Another kind gives its deletions in the period, as the register lists them.",
)
@click.option(
    "--since",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="NOTE",
    help="The checkpoint of an earlier report: says whether the history only grew since.",
)
@period_options
@report_options
@pass_app
def deletions(
    app: App,
    period: Period,
    customer: str | None,
    as_of: datetime | Now | None,
    kind: Kind,
    since: Path | None,
) -> Report:
    """When the data of each session that ended in a period were gone, and who says so.

    Exit status 3 when anything is open past the time allowed, failed or unknown, or --since forks.

    \b
    Example:
      session-ledger report deletions --period 2026-11 -o deletions.html
    """
    if kind != "sessions" and customer is not None:
        raise BadCombination("--customer goes with --kind sessions")
    with reading(app, as_of) as snapshot:
        if kind != "sessions":
            return registered(snapshot, period, (kind,), OTHER_KINDS[kind])
        sla_seconds = snapshot.state.settings["purge.sla_seconds"]
        found = view.history(
            snapshot.views, period, sla_seconds=sla_seconds, customer=resolved_customer(snapshot, customer)
        )
        given_up = snapshot.as_of - timedelta(days=snapshot.state.settings["purge.abandoned_days"])
        summary = view.summary(found, view.abandoned(snapshot.views, given_up, period))
        overdue = any(view.is_overdue(d, snapshot.acts_at, sla_seconds) for d in found)
        heads = heads_of(snapshot, since)
        return _deletion_report(snapshot, period, found, summary, sla_seconds, heads, overdue=overdue)


def _deletion_report(
    snapshot: Snapshot,
    period: Period,
    found: list[view.Deletion],
    summary: view.Summary,
    sla_seconds: int,
    heads: Heads,
    *,
    overdue: bool,
) -> Report:
    told_of = extras(snapshot, period, found)
    marked = sum(bool(_marks_of(told_of, d) or d.doubts) for d in found)
    older = sum(_is_of_older_rule(told_of.marks.get(d.session), d) for d in found)
    document = {
        "schema": "session-ledger/report-deletions/1",
        "period": period_document(period),
        "as_of": format_instant(snapshot.as_of),
        "sla_seconds": sla_seconds,
        "sessions": [_deletion_document(d, heads, told_of.marks.get(d.session)) for d in found],
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
        **documents(told_of),
    }
    return Report(
        "deletions",
        titled(Text("Usuwanie danych sesji", "Deletion of session data"), period),
        document,
        (
            _deletion_table(found, told_of),
            _summary_table(summary, sla_seconds, marked, snapshot.lang),
            *tables(told_of, found, snapshot.lang),
        ),
        snapshot.as_of,
        charts=_drawings(found, sla_seconds, snapshot.lang),
        notes=(
            Text(
                f"Termin {sla_seconds} s po zakończeniu jest odczytaniem słów „bezpośrednio po zakończeniu”.",
                f"The time allowed, {sla_seconds} s after the end, is a reading of “right after the end”.",
            ),
            *([older_rule(older)] if older else []),
            *heads.notes(),
        ),
        exit_status=3 if overdue or heads.is_continued is False else 0,
    )


def _marks_of(told_of: Extras, deletion: view.Deletion) -> tuple[str, ...]:
    marks = told_of.marks.get(deletion.session)
    return () if marks is None else marks.marks


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


def _deletion_document(deletion: view.Deletion, heads: Heads, marks: Marks | None) -> dict[str, object]:
    purged_at = deletion.purged_at
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
        "recorded_at": None if marks is None else format_instant(marks.recorded_at),
        "by": None if marks is None else marks.by,
        "first_verdict": None if marks is None else marks.first_verdict,
        "first_delay_seconds": None if marks is None else marks.first_delay_seconds,
        "marks": [] if marks is None else list(marks.marks),
        "rule": None if marks is None else marks.rule,
    }


def _deletion_table(found: list[view.Deletion], told_of: Extras) -> Table:
    urgency = {"open": 0, "failed": 1, "unknown": 2, "late": 3, "pass": 4}
    columns = (
        SESSION,
        REF,
        CUSTOMER_CODE,
        Column("ended_at", Text("Zakończono", "Ended"), "instant"),
        Column("purged_at", Text("Usunięto", "Deleted"), "instant"),
        Column("delay_seconds", Text("Po", "After"), "seconds"),
        Column("verdict", Text("Ocena", "Verdict")),
        Column("evidence", Text("Dowód", "Evidence")),
        Column("targets", Text("Cele", "Targets"), "integer"),
        Column("files", Text("Pliki", "Files"), "integer"),
        Column("bytes", Text("Bajty", "Bytes"), "integer"),
        Column("held_until", Text("Wstrzymane do", "Held until")),
        Column("leaf_index", Text("Zdarzenie", "Event"), "integer"),
        Column("recorded_at", Text("Zapisano", "Recorded"), "instant"),
        Column("by", Text("Kto", "By")),
        Column("marks", Text("Zastrzeżenia", "Marks")),
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
            *_told_by(told_of.marks.get(d.session)),
            ", ".join([*_marks_of(told_of, d), *d.doubts]),
        )
        for d in sorted(found, key=lambda d: (d.before_adoption, urgency[d.verdict], d.session))
    ]
    return Table("sessions", Text("Sesje, zaległe najpierw", "Sessions, overdue first"), columns, rows)


def _told_by(marks: Marks | None) -> tuple[datetime | None, str | None]:
    return (None, None) if marks is None else (marks.recorded_at, marks.by)


_FIGURES = {
    "ended": Text("zakończone sesje", "ended sessions"),
    "pass": Text("usunięte w terminie", "deleted in time"),
    "late": Text("usunięte po terminie", "deleted late"),
    "failed": Text("usuwanie nieudane", "deletion failed"),
    "unknown": Text(
        "usuwanie niezakończone albo przed końcem sesji", "deletion unfinished, or before the end"
    ),
    "open": Text("nieusunięte", "not deleted"),
    "declared": Text("tylko zadeklarowane", "declared only"),
    "abandoned": Text("zaniechane zgłoszenia z danymi", "abandoned requests with data"),
    "held": Text("wstrzymane", "held"),
    "marked": Text("z zastrzeżeniem", "with a mark"),
    "before_adoption": Text("sprzed tej księgi, osobno", "from before this ledger, apart"),
    "delay_p50_seconds": Text("połowa w ciągu (s)", "half of them within (s)"),
    "delay_p95_seconds": Text("95 % w ciągu (s)", "95 % of them within (s)"),
    "delay_max_seconds": Text("najdłużej (s)", "the longest (s)"),
    "sla_seconds": Text("czas dozwolony (s)", "time allowed (s)"),
}
"""The figures of the summary in words, in their order."""


def _summary_table(summary: view.Summary, sla_seconds: int, marked: int, lang: Lang) -> Table:
    columns = (
        Column("figure", Text("Liczba", "Figure")),
        Column("value", Text("Wartość", "Value"), "integer"),
    )
    values = {**summary._asdict(), **summary.by_verdict, "sla_seconds": sla_seconds, "marked": marked}
    rows: list[Row] = [(text.said(lang), values[name]) for name, text in _FIGURES.items()]
    return Table("summary", Text("Podsumowanie", "Summary"), columns, rows)
