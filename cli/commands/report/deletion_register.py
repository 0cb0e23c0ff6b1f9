"""`session-ledger report deletion-protocol` and `deletion-register`: the forms of a deletion."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

import click

from cli.context import App, pass_app
from cli.options import as_of_option
from cli.output import Column, Report, Row, Table, report_options
from cli.params import PERIOD, Now
from cli.presentation.columns import period_document, titled
from cli.presentation.text import Lang, Text
from cli.presentation.wording.certificate import VERDICTS
from cli.presentation.wording.deletion_marks import FIRST, MARKS
from cli.presentation.wording.deletion_register import (
    BLANKS,
    DATA,
    EVIDENCE,
    LISTED,
    METHODS,
    NOTES,
    PROTOCOL,
    PROTOCOL_TITLE,
    REGISTER_TITLE,
    RESULTS,
    SIGNATURES,
    SUBJECT,
    WHY,
)
from cli.presentation.wording.purge import FLAGS
from cli.reading import Snapshot, reading
from ledger.domain.clock import Period, format_instant, office_time
from ledger.domain.events import CustomerErased, DataPurged, PurgeHost, PurgeTarget
from ledger.domain.session.deletion_marks import Marks
from ledger.domain.session.doubts import doubts_of
from ledger.handlers.privacy.deletion_marks import marks_until
from ledger.handlers.privacy.deletion_register import KINDS, Disposal, Kind, disposals


def _of_a_period(command: Any) -> Any:  # noqa: ANN401 - a decorator over what Click makes
    period = click.option(
        "--period", required=True, type=PERIOD, help="What was deleted then: 2026-11, 2026-Q4, FROM..UNTIL."
    )
    return period(as_of_option(command))


@click.command()
@_of_a_period
@report_options
@pass_app
def protocol(app: App, period: Period, as_of: datetime | Now | None) -> Report:
    """The protocol of what was deleted in a period, a form to sign; PDF is its main format.

    \b
    Example:
      session-ledger --lang pl report deletion-protocol --period 2026-11 -o protokol.pdf
    """
    with reading(app, as_of) as snapshot:
        found = disposals(snapshot.ledger, snapshot.position, period, KINDS)
        origin, as_of_day = snapshot.state.origin, f"{office_time(snapshot.as_of):%Y-%m-%d}"
        columns = (
            Column("leaf_index", Text("Zdarzenie", "Event"), "integer"),
            Column("subject", Text("Czego dotyczy", "Concerns")),
            Column("data", Text("Rodzaj danych", "Data")),
            Column("at", Text("Kiedy", "When"), "instant"),
            Column("method", Text("Metoda", "Method")),
            Column("files", Text("Pliki", "Files"), "integer"),
            Column("bytes", Text("Bajty", "Bytes"), "integer"),
            Column("result", Text("Wynik", "Result")),
            Column("verification", Text("Sprawdzenie", "Verification")),
            Column("recorded_at", Text("Zapisano", "Recorded"), "instant"),
            Column("by", Text("Kto", "By")),
            Column("marks", Text("Zastrzeżenia", "Marks")),
        )
        marks = _marks(snapshot, found)
        rows = [_protocol_row(each, snapshot.lang, marks.get(each.leaf_index)) for each in found]
        values = {
            "system": origin,
            "reference": f"{origin}/{period.first}..{period.until}",
            "day": as_of_day,
        }
        return Report(
            "deletion-protocol",
            titled(PROTOCOL_TITLE, period),
            _document("session-ledger/deletion-protocol/1", snapshot, period, found, marks),
            (Table("deletions", LISTED, columns, rows),),
            snapshot.as_of,
            notes=NOTES,
            form=tuple((text, values.get(name, "")) for name, text in PROTOCOL.items()),
            signatures=SIGNATURES,
        )


@click.command()
@_of_a_period
@report_options
@pass_app
def register(app: App, period: Period, as_of: datetime | Now | None) -> Report:
    """The register of deletions in a period: purges, retention, erasures on request.

    \b
    Example:
      session-ledger --lang pl report deletion-register --period 2026-11 -o rejestr.pdf
    """
    with reading(app, as_of) as snapshot:
        return registered(snapshot, period, KINDS, REGISTER_TITLE)


def registered(snapshot: Snapshot, period: Period, kinds: Collection[Kind], title: Text) -> Report:
    """The register restricted to some kinds of deletions."""
    found = disposals(snapshot.ledger, snapshot.position, period, kinds)
    columns = (
        Column("leaf_index", Text("Zdarzenie", "Event"), "integer"),
        Column("at", Text("Data", "Date"), "instant"),
        Column("subject", Text("Czego dotyczy", "Concerns")),
        Column("reason", Text("Cel i przyczyna", "Purpose and reason")),
        Column("data", Text("Rodzaj danych", "Data")),
        Column("way", Text("Sposób", "Way")),
        Column("method", Text("Opis techniczny", "Technique")),
        Column("by", Text("Osoba", "Person")),
        Column("verification", Text("Weryfikacja kompletności", "Verification of completeness")),
        Column("medium", Text("Nośnik", "Medium")),
        *(Column(name, text) for name, text in BLANKS.items()),
        Column("recorded_at", Text("Zapisano", "Recorded"), "instant"),
        Column("remarks", Text("Uwagi", "Remarks")),
    )
    marks = _marks(snapshot, found)
    rows = [_register_row(each, snapshot.lang, marks.get(each.leaf_index)) for each in found]
    return Report(
        "deletion-register",
        titled(title, period),
        _document("session-ledger/deletion-register/1", snapshot, period, found, marks),
        (Table("deletions", LISTED, columns, rows),),
        snapshot.as_of,
        notes=NOTES,
    )


# --- rows -------------------------------------------------------------------------------------


def _marks(snapshot: Snapshot, found: Sequence[Disposal]) -> dict[int, Marks]:
    """Return the marks of the sessions' deletions, by the event's place in the log."""
    if not any(isinstance(each.event, DataPurged) for each in found):
        return {}
    reader = marks_until(snapshot.ledger, snapshot.position)
    purged = [each for each in found if isinstance(each.event, DataPurged)]
    told = ((each.leaf_index, reader.of(int(each.subject))) for each in purged)
    return {leaf_index: marks for leaf_index, marks in told if marks is not None}


def _said(each: Disposal, lang: Lang, marks: Marks | None) -> list[str]:
    """Return the marks in words, the first verdict among them where the present one differs."""
    if marks is None:
        return []
    flags = doubts_of(_targets(each), marks.rule)
    said = [MARKS[mark].said(lang) for mark in marks.marks] + [FLAGS[flag].said(lang) for flag in flags]
    if said:
        first = VERDICTS[marks.first_verdict].said(lang)
        delay = "" if marks.first_delay_seconds is None else f", {marks.first_delay_seconds} s"
        said.append(f"{FIRST.said(lang)}: {first}{delay}")
    return said


def _targets(each: Disposal) -> tuple[PurgeTarget, ...]:
    return each.event.targets if isinstance(each.event, DataPurged) else ()


def _distinct(values: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(values))


def _subject(each: Disposal, lang: Lang) -> str:
    return f"{SUBJECT[_concerns(each)].said(lang)} {each.subject}"


def _concerns(each: Disposal) -> str:
    """What a deletion was about: a session, a customer, or a month (period)."""
    return each.event.TOPIC.partition(".")[0]


def _method(each: Disposal, lang: Lang) -> str:
    if not isinstance(each.event, DataPurged):
        return METHODS["erase-key-and-row"].said(lang)
    if each.event.evidence == "declared":
        return METHODS["declared"].said(lang)
    used = [target.method for target in _targets(each) if target.method != "none"]
    return _distinct([METHODS[method].said(lang) for method in used]) or METHODS["none"].said(lang)


def _result(each: Disposal, lang: Lang) -> str:
    if isinstance(each.event, CustomerErased):
        return RESULTS[each.event.outcome].said(lang)
    return _distinct([RESULTS[t.result].said(lang) for t in _targets(each)]) or RESULTS["removed"].said(lang)


def _verification(each: Disposal, lang: Lang) -> str:
    if not isinstance(each.event, DataPurged):
        return ""
    ways = _distinct([target.verified for target in _targets(each) if target.verified])
    return EVIDENCE[each.event.evidence].said(lang) + (f" ({ways})" if ways else "")


def _protocol_row(each: Disposal, lang: Lang, marks: Marks | None) -> Row:
    targets = _targets(each)
    is_declared = isinstance(each.event, DataPurged) and each.event.evidence == "declared"
    return (
        each.leaf_index,
        _subject(each, lang),
        DATA[each.data].said(lang),
        each.event.at,
        _method(each, lang),
        sum(target.files for target in targets) if targets else None,
        sum(target.bytes for target in targets) if targets else None,
        "" if is_declared else _result(each, lang),
        _verification(each, lang),
        each.recorded_at,
        each.event.by,
        "; ".join(_said(each, lang, marks)),
    )


def _register_row(each: Disposal, lang: Lang, marks: Marks | None) -> Row:
    host = each.event.host if isinstance(each.event, DataPurged) else None
    flags = [flag for target in _targets(each) for flag in target.flags]
    left = sum(target.residual for target in _targets(each))
    remarks = [*dict.fromkeys(flags), *([f"residual {left}"] if left else []), *_said(each, lang, marks)]
    if isinstance(each.event, CustomerErased):
        remarks.append(RESULTS[each.event.outcome].said(lang))
    return (
        each.leaf_index,
        each.event.at,
        _subject(each, lang),
        WHY[each.why].said(lang),
        DATA[each.data].said(lang),
        RESULTS["deleted"].said(lang),
        _method(each, lang),
        each.event.by,
        _verification(each, lang),
        "" if host is None else _medium(host),
        *("" for _ in BLANKS),
        each.recorded_at,
        ", ".join(remarks),
    )


def _medium(host: PurgeHost) -> str:
    """Return the workstation, the host's own name where that is another one, and the file system."""
    is_other = host.true_host is not None and host.true_host != host.workstation
    name = f"{host.workstation} ({host.true_host})" if is_other else host.workstation
    return f"{name} {host.filesystem or ''}".rstrip()


def _document(
    schema: str, snapshot: Snapshot, period: Period, found: list[Disposal], marks: Mapping[int, Marks]
) -> dict[str, Any]:
    return {
        "schema": schema,
        "ledger": snapshot.state.origin,
        "period": period_document(period),
        "as_of": format_instant(snapshot.as_of),
        "deletions": [
            {
                "leaf_index": each.leaf_index,
                "kind": each.kind,
                "concerns": _concerns(each),
                "subject": each.subject,
                "at": format_instant(each.event.at),
                "by": each.event.by,
                "reason": each.why,
                "data": each.data,
                "evidence": each.event.evidence if isinstance(each.event, DataPurged) else None,
                "outcome": each.event.outcome if isinstance(each.event, CustomerErased) else None,
                "targets": len(_targets(each)),
                "files": sum(target.files for target in _targets(each)),
                "bytes": sum(target.bytes for target in _targets(each)),
                "residual": sum(target.residual for target in _targets(each)),
                "recorded_at": format_instant(each.recorded_at),
                **_marks_document(each, marks.get(each.leaf_index)),
            }
            for each in found
        ],
    }


def _marks_document(each: Disposal, marks: Marks | None) -> dict[str, Any]:
    return {
        "first_verdict": None if marks is None else marks.first_verdict,
        "first_delay_seconds": None if marks is None else marks.first_delay_seconds,
        "marks": [] if marks is None else list(marks.marks),
        "doubts": [] if marks is None else list(doubts_of(_targets(each), marks.rule)),
    }
