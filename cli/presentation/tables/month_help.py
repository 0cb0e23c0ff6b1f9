"""Help in the owner's month, as tables and JSON: free and why, goodwill, nights, overlaps, deletions."""

from __future__ import annotations

from typing import Any

from cli.presentation.catalogue import said
from cli.presentation.columns import (
    AT,
    CUSTOMER_CODE,
    DELAY_SECONDS,
    ENDED_AT,
    SESSION,
    STARTED_HOURS,
    VERDICT,
    WAIVED,
    WHAT,
)
from cli.presentation.documents.invoice_sessions import rule_words
from cli.presentation.formats.model import Column, Row, Table
from cli.presentation.tables.billing import band_heads
from cli.presentation.tables.deletions import DELAYS
from cli.presentation.tables.month_turnover import COUNTED, LIST_VALUE
from cli.presentation.text import Lang
from cli.presentation.wording import labels
from cli.presentation.wording.calendar_words import WEEKDAYS
from cli.presentation.wording.durations import duration
from cli.presentation.wording.vocabulary import VOCABULARY, reason_words
from ledger.application.ledger import Ledger
from ledger.domain.clock import format_instant
from ledger.domain.tariff.week import DAY_NAMES
from ledger.message import Message, Money, msg, plain
from projections.queries.month_hours import Goodwill, UnsocialHours
from projections.queries.month_overview import OverlapSeen, Overview
from projections.read_models.deletions import VERDICTS

_SAME: dict[str, Message] = {
    "double": msg("one technician at one customer: perhaps recorded twice"),
    "technician": msg("one technician at two customers"),
    "customer": msg("one customer, twice at one time"),
}


# --- JSON ---------------------------------------------------------------------------------------


def document(found: Overview) -> dict[str, Any]:
    """Return the help of the month for JSON; instants in UTC, sentences as the price list has them."""
    summary = found.deleted.summary
    return {
        "rules": [each._asdict() | {"free": each.is_free} for each in found.rules],
        "free_sessions": [
            each._asdict() | {"ended_at": format_instant(each.ended_at)} for each in found.free
        ],
        "goodwill": [each._asdict() | {"at": format_instant(each.at)} for each in found.worked.goodwill],
        "nights": {
            "customers": [_unsocial_document("customer", each) for each in found.by_customer],
            "technicians": [_unsocial_document("technician", each) for each in found.by_technician],
        },
        "weekdays": [
            {"weekday": name, "started_hours": hours.total(), "band_hours": dict(sorted(hours.items()))}
            for name, hours in zip(DAY_NAMES, found.weekdays, strict=True)
        ],
        "overlaps": [
            each._asdict() | {"begins_at": format_instant(each.begins_at)} for each in found.overlaps
        ],
        "deletions": summary._asdict()
        | {
            "not_in_time": [
                {
                    "session": each.session,
                    "customer": each.customer,
                    "ended_at": format_instant(each.ended_at),
                    "delay_seconds": each.delay_seconds,
                    "verdict": each.verdict,
                }
                for each in found.deleted.not_in_time
            ]
        },
    }


def _unsocial_document(kind: str, row: UnsocialHours) -> dict[str, Any]:
    fields = row._asdict()
    return {kind: fields.pop("who"), **fields}


# --- tables -------------------------------------------------------------------------------------


def tables(found: Overview, lang: Lang, ledger: Ledger) -> list[Table]:
    """Return what was free and why, session by session too, and everything else of the help."""
    rules, *others = brief_tables(found, lang, ledger)
    return [rules, _free(found, lang), *others]


def brief_tables(found: Overview, lang: Lang, ledger: Ledger) -> list[Table]:
    """Return the same without the list of free sessions."""
    return [
        _rules(found, lang),
        _goodwill(found, lang),
        _nights("nights", msg("Nights, weekends, holidays by customer"), CUSTOMER_CODE, found.by_customer),
        _nights("technicians", msg("Hours by technician"), _TECHNICIAN, found.by_technician),
        _weekdays(found, lang, ledger),
        _overlaps(found.overlaps, lang),
        _deletions(found, lang),
        _not_in_time(found),
    ]


_TECHNICIAN = Column("technician", msg("Technician"))
_RULE = Column("rule_words", msg("Rule"))


def _rules(found: Overview, lang: Lang) -> Table:
    """Return the hours by the rule and sentence that priced them, the free ones first."""
    columns = (
        _RULE,
        Column("quote", labels.SENTENCE_OF_THE_PRICE_LIST),
        COUNTED,
        STARTED_HOURS,
        LIST_VALUE,
        Column("discount_grosze", msg("Taken off"), "grosze"),
    )
    rows: list[Row] = [
        (
            rule_words(each.rule, lang),
            each.quote,
            each.sessions,
            each.started_hours,
            each.list_grosze,
            each.discount_grosze,
        )
        for each in found.rules
        if each.is_free or each.discount_grosze
    ]
    return Table("rules", msg("What was free or cheaper, and why"), columns, rows)


def _free(found: Overview, lang: Lang) -> Table:
    columns = (SESSION, CUSTOMER_CODE, ENDED_AT, STARTED_HOURS, LIST_VALUE, _RULE)
    rows: list[Row] = [(*each[:5], rule_words(each.rule, lang)) for each in found.free]
    return Table("free", msg("Free hours by session"), columns, rows)


def _goodwill(found: Overview, lang: Lang) -> Table:
    columns = (
        SESSION,
        CUSTOMER_CODE,
        Column("given", msg("Given")),
        WAIVED,
        Column("reason_words", labels.REASON),
        Column("by", labels.BY),
        AT,
    )
    rows: list[Row] = [
        (
            each.session,
            each.customer,
            said(_given(each), lang),
            each.waived_grosze,
            reason_words(each.reason, lang),
            each.by,
            each.at,
        )
        for each in found.worked.goodwill
    ]
    return Table("goodwill", msg("Goodwill, why and by whom"), columns, rows)


def _given(each: Goodwill) -> Message:
    if each.percent is not None:
        return plain("{percent} %", percent=each.percent)
    if each.hours is not None:
        return msg("last hours: {hours}", hours=each.hours)
    return msg("{amount} PLN", amount=Money(each.amount_grosze or 0))


def _nights(name: str, title: Message, who: Column, found: list[UnsocialHours]) -> Table:
    columns = (
        who,
        COUNTED,
        STARTED_HOURS,
        Column("night_hours", msg("Night hours"), "integer"),
        Column("weekend_hours", msg("Weekend hours"), "integer"),
        Column("holiday_hours", msg("Holiday hours"), "integer"),
        Column("unsocial_hours", msg("Any of the three"), "integer"),
    )
    rows: list[Row] = [tuple(each) for each in found if each.unsocial_hours or name == "technicians"]
    return Table(name, title, columns, rows)


def _weekdays(found: Overview, lang: Lang, ledger: Ledger) -> Table:
    heads = band_heads(ledger)
    bands = list(dict.fromkeys(band for hours in found.weekdays for band in hours))
    bands = [band for band in heads if band in bands] + [band for band in bands if band not in heads]
    columns = (
        Column("weekday", labels.DAY),
        *(Column(f"{band}_hours", heads.get(band, plain("{band}", band=band)), "integer") for band in bands),
        STARTED_HOURS,
    )
    rows: list[Row] = [
        (said(day, lang), *(hours[band] for band in bands), hours.total())
        for day, hours in zip(WEEKDAYS, found.weekdays, strict=True)
    ]
    return Table("weekdays", msg("Hours by weekday and band"), columns, rows)


def _overlaps(found: list[OverlapSeen], lang: Lang) -> Table:
    columns = (
        SESSION,
        Column("other", msg("With session"), "integer"),
        Column("same", labels.WHAT),
        Column("who", msg("Whose")),
        Column("begins_at", labels.SINCE, "instant"),
    )
    rows: list[Row] = [
        (each.session, each.other, said(_SAME[each.same], lang), each.who, each.begins_at) for each in found
    ]
    return Table("overlaps", msg("Double and overlapping sessions"), columns, rows)


def _deletions(found: Overview, lang: Lang) -> Table:
    summary = found.deleted.summary
    words = VOCABULARY["verdict"]
    named: list[tuple[Message, int]] = [
        (msg("sessions that ended"), summary.ended),
        *((words[verdict], summary.by_verdict[verdict]) for verdict in VERDICTS),
        (msg("of them held"), summary.held),
        (msg("before this ledger"), summary.before_adoption),
    ]
    rows: list[Row] = [(said(name, lang), str(count)) for name, count in named]
    for name, seconds in (
        (DELAYS["delay_p50_seconds"], summary.delay_p50_seconds),
        (DELAYS["delay_max_seconds"], summary.delay_max_seconds),
    ):
        if seconds is not None:
            rows.append((said(name, lang), said(duration(seconds), lang)))
    columns = (WHAT, Column("count", labels.VALUE))
    return Table("deletions", msg("Deletion on time"), columns, rows)


def _not_in_time(found: Overview) -> Table:
    columns = (SESSION, CUSTOMER_CODE, ENDED_AT, DELAY_SECONDS, VERDICT)
    rows: list[Row] = [
        (each.session, each.customer, each.ended_at, each.delay_seconds, each.verdict)
        for each in found.deleted.not_in_time
    ]
    return Table("late", msg("Data not deleted in time"), columns, rows)
