"""The protocol and the register of deletions as reports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from msgspec.structs import replace

from cli.presentation.catalogue import said
from cli.presentation.columns import (
    AT,
    BYTES,
    DELAY_SECONDS,
    FILES,
    LEAF_INDEX,
    METHOD,
    RESULT,
    VERDICT,
    period_document,
    titled,
)
from cli.presentation.formats.model import Column, Report, Row, Table
from cli.presentation.moments import on_day
from cli.presentation.text import Lang
from cli.presentation.wording import labels
from cli.presentation.wording.certificate import VERDICTS
from cli.presentation.wording.deletion_marks import FIRST, MARKS
from cli.presentation.wording.deletion_register import (
    AFTER,
    ATTEMPTED,
    BLANKS,
    DATA,
    EVIDENCE,
    IN_PART,
    LISTED,
    METHODS,
    NOTES,
    PROTOCOL,
    PROTOCOL_TITLE,
    REGISTER_TITLE,
    RESULTS,
    SHOP,
    SIGNATURES,
    SUBJECT,
    WHY,
)
from cli.presentation.wording.durations import duration
from cli.presentation.wording.purge import flag_words
from cli.presentation.wording.vocabulary import word_of
from ledger.domain.clock import Period, format_instant, month_period, office_time
from ledger.domain.events import (
    CustomerErased,
    DataPurged,
    PartPurged,
    PurgeFailed,
    PurgeHost,
    PurgeStarted,
    PurgeTarget,
)
from ledger.domain.session.deletion_marks import Marks
from ledger.domain.session.doubts import doubts_of
from ledger.fa3.seller import seller_lines, shop_of
from ledger.handlers.privacy.deletion_register import KINDS, Disposal, Kind
from ledger.handlers.privacy.deletion_standing import Listed, Standing, listed
from ledger.message import Message, msg, msg_in
from projections.read_side import Snapshot

Purge = DataPurged | PartPurged


def protocol_of(snapshot: Snapshot, period: Period, lang: Lang) -> Report:
    """Return the protocol of every deletion in a period, as of a snapshot."""
    told = listed(snapshot.ledger, snapshot.state, snapshot.position, period, KINDS)
    report = deletion_protocol(told, period, snapshot.state.origin, snapshot.as_of, lang)
    return replace(report, form=(*_shop(snapshot), *report.form))


def register_of(
    snapshot: Snapshot,
    period: Period,
    lang: Lang,
    kinds: tuple[Kind, ...] = KINDS,
    title: Message = REGISTER_TITLE,
) -> Report:
    """Return the register of the deletions of some kinds in a period, as of a snapshot."""
    told = listed(snapshot.ledger, snapshot.state, snapshot.position, period, kinds)
    report = deletion_register(told, period, snapshot.state.origin, snapshot.as_of, lang, title)
    return replace(report, form=_shop(snapshot))


def _shop(snapshot: Snapshot) -> tuple[tuple[Message, str], ...]:
    """Return the line of the paper that says whose it is, as far as ledger.toml does."""
    lines = seller_lines(shop_of(snapshot.ledger.folder.read_config()).seller)
    return ((SHOP, ", ".join(lines)),) if lines else ()


def deletion_protocol(told: Listed, period: Period, origin: str, as_of: datetime, lang: Lang) -> Report:
    """Return the protocol of the deletions of a period: a form to sign."""
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
        VERDICT,
        DELAY_SECONDS,
        Column("marks", labels.MARKS),
    )
    values = {
        "system": origin,
        "reference": f"{origin}/{period.first}..{period.until}"
        if period != month_period(period.first)
        else f"{origin}/{period.first:%Y-%m}",
        "day": on_day(office_time(as_of).date(), lang),
    }
    return Report(
        "deletion-protocol",
        titled(PROTOCOL_TITLE, period),
        _document("session-ledger/deletion-protocol/1", origin, as_of, period, told),
        _tables(told, columns, lambda each: _protocol_row(each, lang, told)),
        as_of,
        notes=NOTES,
        form=tuple((text, values.get(name, "")) for name, text in PROTOCOL.items()),
        signatures=SIGNATURES,
    )


def deletion_register(
    told: Listed,
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
    return Report(
        "deletion-register",
        titled(title, period),
        _document("session-ledger/deletion-register/1", origin, as_of, period, told),
        _tables(told, columns, lambda each: _register_row(each, lang, told)),
        as_of,
        notes=NOTES,
    )


def _tables(told: Listed, columns: tuple[Column, ...], row: Callable[[Disposal], Row]) -> tuple[Table, ...]:
    """Return the table of deletions, of those in part and of attempts, these two where there are any."""
    whole = Table("deletions", LISTED, columns, [row(each) for each in told.found])
    in_part = Table("parts", IN_PART, columns, [row(each) for each in told.parts])
    attempts = Table("attempts", ATTEMPTED, columns, [row(each) for each in told.attempts])
    return (whole, *(table for table in (in_part, attempts) if table.rows))


def _said(each: Disposal, lang: Lang, told: Listed) -> list[str]:
    """Return the marks in words, the first verdict among them."""
    marks, standing = told.marks.get(each.leaf_index), told.standing_of(each)
    if marks is None or standing is None:
        return []
    words = [said(MARKS[mark], lang) for mark in marks.marks]
    is_last = each.event.at == standing.deleted_at
    words += [flag_words(flag, lang) for flag in (standing.doubts if is_last else _doubts(each))]
    if words:
        first, delay = said(VERDICTS[marks.first_verdict], lang), marks.first_delay_seconds
        after = "" if delay is None else f", {said(AFTER.of(delay=duration(delay)), lang)}"
        words.append(f"{said(FIRST, lang)}: {first}{after}")
    return words


def _doubts(each: Disposal) -> tuple[str, ...]:
    """Return the doubts of this row's own event."""
    return doubts_of(_targets(each), each.event.rule) if isinstance(each.event, DataPurged) else ()


def _targets(each: Disposal) -> tuple[PurgeTarget, ...]:
    return each.event.targets if isinstance(each.event, Purge | PurgeFailed) else ()


def _distinct(values: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(values))


def _subject(each: Disposal, lang: Lang) -> str:
    return f"{said(SUBJECT[_concerns(each)], lang)} {each.subject}"


def _concerns(each: Disposal) -> str:
    """Return the subject of a deletion: session, customer or period."""
    return each.event.TOPIC.partition(".")[0]


def _method(each: Disposal, lang: Lang) -> str:
    if isinstance(each.event, PurgeStarted):
        return ""
    if not isinstance(each.event, Purge | PurgeFailed):
        return said(METHODS["erase-key-and-row"], lang)
    if _evidence(each) == "declared":
        return said(METHODS["declared"], lang)
    used = [target.method for target in _targets(each) if target.method != "none"]
    if not used and isinstance(each.event, PurgeFailed):
        return ""  # something was to be removed, and nothing was
    return _distinct([said(METHODS[method], lang) for method in used]) or said(METHODS["none"], lang)


def _evidence(each: Disposal) -> str | None:
    return each.event.evidence if isinstance(each.event, Purge) else None


def _outcome(each: Disposal) -> str | None:
    """Return the outcome of an erasure on request, or of an attempt: failed, or begun without one."""
    match each.event:
        case CustomerErased():
            return each.event.outcome
        case PurgeFailed():
            return "failed"
        case PurgeStarted():
            return "begun"
        case _:
            return None


def _result(each: Disposal, lang: Lang) -> str:
    if isinstance(each.event, PurgeStarted):
        return said(RESULTS["begun"], lang)
    if isinstance(each.event, CustomerErased):
        return said(RESULTS[each.event.outcome], lang)
    return _distinct([said(RESULTS[t.result], lang) for t in _targets(each)]) or said(
        RESULTS["removed"], lang
    )


def _verification(each: Disposal, lang: Lang) -> str:
    seen = [target for target in _targets(each) if target.verified and not target.residual]
    ways = _distinct([word_of("verification", str(target.verified), lang) for target in seen])
    if not isinstance(each.event, Purge):
        return ways
    return said(EVIDENCE[each.event.evidence], lang) + (f" ({ways})" if ways else "")


def _verdict_words(each: Disposal, lang: Lang, told: Listed) -> list[str]:
    """Return the verdict and the delay in words, where the register has no room for columns."""
    verdict, delay_seconds = told.verdict_of(each)
    if verdict is None:
        return []
    after = "" if delay_seconds is None else f", {said(AFTER.of(delay=duration(delay_seconds)), lang)}"
    return [f"{word_of('verdict', verdict, lang)}{after}"]


def _protocol_row(each: Disposal, lang: Lang, told: Listed) -> Row:
    targets = _targets(each)
    is_declared = _evidence(each) == "declared"
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
        *told.verdict_of(each),
        "; ".join(_said(each, lang, told)),
    )


def _register_row(each: Disposal, lang: Lang, told: Listed) -> Row:
    host = each.event.host if isinstance(each.event, Purge | PurgeFailed) else None
    flags = [flag_words(flag, lang) for target in _targets(each) for flag in target.flags]
    left = sum(target.residual for target in _targets(each))
    still = [f"{said(RESULTS['residual'], lang)}: {left}"] if left else []
    remarks = list(
        dict.fromkeys([*_verdict_words(each, lang, told), *flags, *still, *_said(each, lang, told)])
    )
    if isinstance(each.event, CustomerErased):
        remarks.append(said(RESULTS[each.event.outcome], lang))
    return (
        each.leaf_index,
        each.event.at,
        _subject(each, lang),
        said(WHY[each.why], lang),
        said(DATA[each.data], lang),
        said(RESULTS[_way(each)], lang),
        _method(each, lang),
        each.event.by,
        said(EVIDENCE[each.event.evidence], lang) if isinstance(each.event, Purge) else "",
        "" if host is None else _medium(host),
        *("" for _ in BLANKS),
        each.recorded_at,
        "; ".join(remarks),
    )


def _way(each: Disposal) -> str:
    """Return what was done: a deletion, or an attempt at one."""
    match each.event:
        case PurgeFailed():
            return "left"
        case PurgeStarted():
            return "begun"
        case _:
            return "deleted"


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


def _standing_document(standing: Standing | None) -> dict[str, Any] | None:
    """Return how a session's deletion stands, as the deletion report has it; None of anything else."""
    if standing is None:
        return None
    instants = {
        name: None if instant is None else format_instant(instant)
        for name, instant in (("ended_at", standing.ended_at), ("purged_at", standing.deleted_at))
    }
    lists = {name: list(getattr(standing, name)) for name in ("doubts", "flags", "hosts")}
    kept = ("delay_seconds", "verdict", "evidence", "sla_seconds", "part_purges", "held_until", "voided")
    return {**instants, **{name: getattr(standing, name) for name in kept}, **lists}


def _document(schema: str, origin: str, as_of: datetime, period: Period, told: Listed) -> dict[str, Any]:
    return {
        "schema": schema,
        "ledger": origin,
        "period": period_document(period),
        "as_of": format_instant(as_of),
        "deletions": [_disposal_document(each, told) for each in told.found],
        "parts": [_disposal_document(each, told) for each in told.parts],
        "attempts": [_disposal_document(each, told) for each in told.attempts],
    }


def _disposal_document(each: Disposal, told: Listed) -> dict[str, Any]:
    return {
        "leaf_index": each.leaf_index,
        "kind": each.kind,
        "concerns": _concerns(each),
        "subject": each.subject,
        "at": format_instant(each.event.at),
        "by": each.event.by,
        "reason": each.why,
        "data": each.data,
        "evidence": _evidence(each),
        "outcome": _outcome(each),
        "targets": len(_targets(each)),
        "files": sum(target.files for target in _targets(each)),
        "bytes": sum(target.bytes for target in _targets(each)),
        "residual": sum(target.residual for target in _targets(each)),
        "recorded_at": format_instant(each.recorded_at),
        **_marks_document(each, told.marks.get(each.leaf_index)),
        "session": _standing_document(told.standing_of(each)),
    }
