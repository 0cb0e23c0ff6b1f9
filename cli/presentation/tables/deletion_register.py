"""The protocol and the register of deletions as reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from cli.presentation.catalogue import said, spoken
from cli.presentation.columns import AT, BYTES, FILES, LEAF_INDEX, METHOD, RESULT, period_document, titled
from cli.presentation.formats.model import Column, Report, Row, Table
from cli.presentation.text import Lang
from cli.presentation.wording import labels
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
from cli.presentation.wording.purge import FLAGS, flag_words
from ledger.domain.clock import Period, format_instant, office_time
from ledger.domain.events import CustomerErased, DataPurged, PurgeHost, PurgeTarget
from ledger.domain.session.deletion_marks import Marks
from ledger.domain.session.doubts import doubts_of
from ledger.handlers.privacy.deletion_marks import marks_by_event
from ledger.handlers.privacy.deletion_register import KINDS, Disposal, Kind, disposals
from ledger.message import Message, Seconds, msg, msg_in
from projections.read_side import Snapshot


def protocol_of(snapshot: Snapshot, period: Period, lang: Lang) -> Report:
    """Return the protocol of every deletion in a period, as of a snapshot."""
    found = disposals(snapshot.ledger, snapshot.position, period, KINDS)
    marks = marks_by_event(snapshot.ledger, snapshot.position, found)
    return deletion_protocol(found, marks, period, snapshot.state.origin, snapshot.as_of, lang)


def register_of(
    snapshot: Snapshot,
    period: Period,
    lang: Lang,
    kinds: tuple[Kind, ...] = KINDS,
    title: Message = REGISTER_TITLE,
) -> Report:
    """Return the register of the deletions of some kinds in a period, as of a snapshot."""
    found = disposals(snapshot.ledger, snapshot.position, period, kinds)
    marks = marks_by_event(snapshot.ledger, snapshot.position, found)
    return deletion_register(found, marks, period, snapshot.state.origin, snapshot.as_of, lang, title)


def deletion_protocol(
    found: list[Disposal],
    marks: Mapping[int, Marks],
    period: Period,
    origin: str,
    as_of: datetime,
    lang: Lang,
) -> Report:
    """Return the protocol of the deletions of a period: a form to sign. `marks` by the event's place."""
    columns = (
        LEAF_INDEX,
        Column("subject", msg("Concerns")),
        Column("data", msg_in("register", "Data")),
        AT,
        METHOD,
        FILES,
        BYTES,
        RESULT,
        Column("verification", msg("Verification")),
        Column("recorded_at", labels.RECORDED, "instant"),
        Column("by", labels.BY),
        Column("marks", labels.MARKS),
    )
    rows = [_protocol_row(each, lang, marks.get(each.leaf_index)) for each in found]
    values = {
        "system": origin,
        "reference": f"{origin}/{period.first}..{period.until}",
        "day": f"{office_time(as_of):%Y-%m-%d}",
    }
    return Report(
        "deletion-protocol",
        titled(PROTOCOL_TITLE, period),
        _document("session-ledger/deletion-protocol/1", origin, as_of, period, found, marks),
        (Table("deletions", LISTED, columns, rows),),
        as_of,
        notes=NOTES,
        form=tuple((text, values.get(name, "")) for name, text in PROTOCOL.items()),
        signatures=SIGNATURES,
    )


def deletion_register(
    found: list[Disposal],
    marks: Mapping[int, Marks],
    period: Period,
    origin: str,
    as_of: datetime,
    lang: Lang,
    title: Message = REGISTER_TITLE,
) -> Report:
    """Return the register of the deletions of a period; `title` where only some kinds are listed."""
    columns = (
        LEAF_INDEX,
        Column("at", msg("Date"), "instant"),
        Column("subject", msg("Concerns")),
        Column("reason", msg("Purpose and reason")),
        Column("data", msg_in("register", "Data")),
        Column("way", msg("Way")),
        Column("method", msg("Technique")),
        Column("by", msg("Person")),
        Column("verification", msg("Verification of completeness")),
        Column("medium", msg("Medium")),
        *(Column(name, text) for name, text in BLANKS.items()),
        Column("recorded_at", labels.RECORDED, "instant"),
        Column("remarks", msg("Remarks")),
    )
    rows = [_register_row(each, lang, marks.get(each.leaf_index)) for each in found]
    return Report(
        "deletion-register",
        titled(title, period),
        _document("session-ledger/deletion-register/1", origin, as_of, period, found, marks),
        (Table("deletions", LISTED, columns, rows),),
        as_of,
        notes=NOTES,
    )


def _said(each: Disposal, lang: Lang, marks: Marks | None) -> list[str]:
    """Return the marks in words, the first verdict among them where the present one differs."""
    if marks is None:
        return []
    flags = doubts_of(_targets(each), marks.rule)
    words = [said(MARKS[mark], lang) for mark in marks.marks] + [said(FLAGS[flag], lang) for flag in flags]
    if words:
        first = said(VERDICTS[marks.first_verdict], lang)
        took = marks.first_delay_seconds
        delay = "" if took is None else f", {spoken(Seconds(took), lang)}"
        words.append(f"{said(FIRST, lang)}: {first}{delay}")
    return words


def _targets(each: Disposal) -> tuple[PurgeTarget, ...]:
    return each.event.targets if isinstance(each.event, DataPurged) else ()


def _distinct(values: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(values))


def _subject(each: Disposal, lang: Lang) -> str:
    return f"{said(SUBJECT[_concerns(each)], lang)} {each.subject}"


def _concerns(each: Disposal) -> str:
    """Return the subject of a deletion: session, customer or period."""
    return each.event.TOPIC.partition(".")[0]


def _method(each: Disposal, lang: Lang) -> str:
    if not isinstance(each.event, DataPurged):
        return said(METHODS["erase-key-and-row"], lang)
    if each.event.evidence == "declared":
        return said(METHODS["declared"], lang)
    used = [target.method for target in _targets(each) if target.method != "none"]
    return _distinct([said(METHODS[method], lang) for method in used]) or said(METHODS["none"], lang)


def _result(each: Disposal, lang: Lang) -> str:
    if isinstance(each.event, CustomerErased):
        return said(RESULTS[each.event.outcome], lang)
    return _distinct([said(RESULTS[t.result], lang) for t in _targets(each)]) or said(
        RESULTS["removed"], lang
    )


def _verification(each: Disposal, lang: Lang) -> str:
    if not isinstance(each.event, DataPurged):
        return ""
    ways = _distinct([target.verified for target in _targets(each) if target.verified])
    return said(EVIDENCE[each.event.evidence], lang) + (f" ({ways})" if ways else "")


def _protocol_row(each: Disposal, lang: Lang, marks: Marks | None) -> Row:
    targets = _targets(each)
    is_declared = isinstance(each.event, DataPurged) and each.event.evidence == "declared"
    return (
        each.leaf_index,
        _subject(each, lang),
        said(DATA[each.data], lang),
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
    flags = [
        flag if lang == "en" else flag_words(flag, lang) for target in _targets(each) for flag in target.flags
    ]
    left = sum(target.residual for target in _targets(each))
    remains = [said(msg("{left} left", left=left), lang)] if left else []
    remarks = [*dict.fromkeys(flags), *remains, *_said(each, lang, marks)]
    if isinstance(each.event, CustomerErased):
        remarks.append(said(RESULTS[each.event.outcome], lang))
    return (
        each.leaf_index,
        each.event.at,
        _subject(each, lang),
        said(WHY[each.why], lang),
        said(DATA[each.data], lang),
        said(RESULTS["deleted"], lang),
        _method(each, lang),
        each.event.by,
        _verification(each, lang),
        "" if host is None else _medium(host),
        *("" for _ in BLANKS),
        each.recorded_at,
        ", ".join(dict.fromkeys(remarks)),
    )


def _medium(host: PurgeHost) -> str:
    """Return the workstation, the host's own name where that is another one, and the file system."""
    is_other = host.true_host is not None and host.true_host != host.workstation
    name = f"{host.workstation} ({host.true_host})" if is_other else host.workstation
    return f"{name} {host.filesystem or ''}".rstrip()


def _marks_document(each: Disposal, marks: Marks | None) -> dict[str, Any]:
    return {
        "first_verdict": None if marks is None else marks.first_verdict,
        "first_delay_seconds": None if marks is None else marks.first_delay_seconds,
        "marks": [] if marks is None else list(marks.marks),
        "doubts": [] if marks is None else list(doubts_of(_targets(each), marks.rule)),
    }


def _document(
    schema: str,
    origin: str,
    as_of: datetime,
    period: Period,
    found: list[Disposal],
    marks: Mapping[int, Marks],
) -> dict[str, Any]:
    return {
        "schema": schema,
        "ledger": origin,
        "period": period_document(period),
        "as_of": format_instant(as_of),
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
