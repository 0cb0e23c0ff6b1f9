"""Every grosz of one session, and what it rests on, as a report."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cli.presentation.documents.invoice_sessions import rule_words
from cli.presentation.formats.model import Column, Report, Row, Table
from cli.presentation.text import Lang
from cli.presentation.wording import labels
from cli.presentation.wording.assumptions import text_of
from cli.presentation.wording.calendar_words import day_words
from ledger.domain.clock import format_instant, from_epoch_seconds
from ledger.message import Money, msg
from projections.queries.explain import Explained, ExplainedHour


def explain_report(found: Explained, number: int, dated: datetime, lang: Lang) -> Report:
    """Return the hours, the assumptions, and pairs of readings; for a narrow page the same in words."""
    title = msg("Session {number}: {net} PLN net", number=number, net=Money(found.net_grosze))
    document = {
        "schema": "session-ledger/explain/1",
        "session": number,
        "session_ref": found.session_ref,
        "customer": found.customer,
        "tariff": found.tariff,
        "hours": [_hour_document(hour) for hour in found.hours],
        "before_waiver_grosze": found.before_waiver_grosze,
        "waived_grosze": found.waived_grosze,
        "net_grosze": found.net_grosze,
        "vat_percent": found.vat_percent,
        "assumptions": [
            {
                "id": each.id,
                "question": each.question,
                "chosen": each.chosen,
                "reason": each.reason,
                "favours": each.favours,
            }
            for each in found.assumptions
        ],
        "notes": list(found.notes),
        "assumption_pairs": [
            {
                "assumptions": list(pair.assumptions),
                "changes": pair.changes,
                "other_net_grosze": pair.net_grosze,
            }
            for pair in found.pairs
        ],
    }
    return Report(
        "explain",
        title,
        document,
        (_hours_table(found), _assumptions_table(found, lang), *_pairs_table(found)),
        dated,
        brief=tuple(brief_tables(found, lang)),
        notes=tuple(map(msg, found.notes)),
    )


def _hour_document(hour: ExplainedHour) -> dict[str, Any]:
    return {
        "opened_at": format_instant(from_epoch_seconds(hour.opened_s)),
        "band": hour.band,
        "multiplier": hour.multiplier,
        "list_grosze": hour.list_grosze,
        "discount_percent": hour.discount_percent,
        "net_grosze": hour.net_grosze,
        "waived_grosze": hour.waived_grosze,
        "rule": hour.rule,
        "quote": hour.quote,
        "assumptions": list(hour.assumptions),
        "weekday": hour.weekday,
        "holiday": hour.holiday,
        "band_name": None if hour.band_name is None else {"pl": hour.band_name.pl, "en": hour.band_name.en},
    }


def _opened(opened_s: int) -> datetime:
    return from_epoch_seconds(opened_s)


def _hours_table(found: Explained) -> Table:
    columns = (
        Column("opened_at", msg("Opened"), "instant"),
        Column("band", msg("Band")),
        Column("multiplier", msg("×")),
        Column("list_grosze", msg("List"), "grosze"),
        Column("discount_percent", msg("Discount %"), "integer"),
        Column("net_grosze", msg("Net"), "grosze"),
        Column("waived_grosze", msg("Waived"), "grosze"),
        Column("rule", msg("Rule")),
        Column("quote", labels.SENTENCE_OF_THE_PRICE_LIST),
        Column("assumptions", msg("Assumptions")),
    )
    rows: list[Row] = [
        (
            _opened(h.opened_s),
            h.band,
            h.multiplier,
            h.list_grosze,
            h.discount_percent,
            h.net_grosze,
            h.waived_grosze,
            h.rule,
            h.quote,
            tuple(h.assumptions),
        )
        for h in found.hours
    ]
    return Table("hours", msg("Started hours"), columns, rows)


def _assumptions_table(found: Explained, lang: Lang) -> Table:
    columns = (
        Column("id", msg("Assumption")),
        Column("question", msg("Question")),
        Column("chosen", msg("Chosen")),
        Column("reason", msg("Reason")),
        Column("favours", msg("Favours")),
    )
    rows: list[Row] = []
    for each in found.assumptions:
        text = text_of(each, lang)
        rows.append((each.id, text.question, text.chosen, text.reason, each.favours))
    return Table("assumptions", labels.ASSUMPTIONS, columns, rows)


def _pairs_table(found: Explained) -> list[Table]:
    """Return the pairs of readings that change the amount only together; nothing where there is none."""
    columns = (
        Column("first", msg("Assumption")),
        Column("second", msg("Together with")),
        Column("other_net_grosze", msg("Net then"), "grosze"),
    )
    rows: list[Row] = [(*pair.assumptions, pair.net_grosze) for pair in found.pairs]
    title = msg("Readings that only together would change it")
    return [Table("pairs", title, columns, rows)] if rows else []


# --- for a narrow page --------------------------------------------------------------------------

_NUMBER = Column("number", msg("No."), "integer")


def brief_tables(found: Explained, lang: Lang) -> list[Table]:
    """Return the hours without their sentences, the sentences below them, the assumptions in words."""
    tables = [_brief_hours(found, lang), _sentences(found, lang)]
    if found.assumptions or found.paired:
        tables.append(_questions(found, lang))
    return [*tables, *_pairs_table(found)]


def _brief_hours(found: Explained, lang: Lang) -> Table:
    columns = (
        _NUMBER,
        Column("opened_at", msg("Opened"), "instant"),
        Column("day", labels.DAY),
        Column("band", labels.BAND),
        Column("list_grosze", msg("List"), "grosze"),
        Column("discount_percent", msg("Off %"), "integer"),
        Column("waived_grosze", msg("Waived"), "grosze"),
        Column("net_grosze", labels.NET, "grosze"),
    )
    rows: list[Row] = [
        (
            number,
            _opened(hour.opened_s),
            day_words(_opened(hour.opened_s), hour.holiday, lang),
            _band(hour, lang),
            hour.list_grosze,
            hour.discount_percent,
            hour.waived_grosze,
            hour.net_grosze,
        )
        for number, hour in enumerate(found.hours, 1)
    ]
    return Table("hours", msg("Started hours"), columns, rows)


def _band(hour: ExplainedHour, lang: Lang) -> str:
    if hour.band_name is None:
        return hour.band
    return hour.band_name.pl if lang == "pl" else hour.band_name.en


def _sentences(found: Explained, lang: Lang) -> Table:
    """Return why each hour costs what it costs; hours of one rule share a line."""
    hours: dict[tuple[str, str], list[str]] = {}
    for number, hour in enumerate(found.hours, 1):
        hours.setdefault((hour.rule, hour.quote), []).append(str(number))
    columns = (
        Column("numbers", msg("No.")),
        Column("rule", msg("Why")),
        Column("quote", labels.SENTENCE_OF_THE_PRICE_LIST),
    )
    rows: list[Row] = [
        (", ".join(numbers), rule_words(rule, lang), quote) for (rule, quote), numbers in hours.items()
    ]
    return Table("sentences", labels.SENTENCE_OF_THE_PRICE_LIST, columns, rows)


def _questions(found: Explained, lang: Lang) -> Table:
    columns = (
        Column("id", msg("Assumption")),
        Column("reading", labels.QUESTION_AND_ANSWER),
    )
    rows: list[Row] = []
    for each in (*found.assumptions, *found.paired):
        text = text_of(each, lang)
        rows.append((each.id, f"{text.question} {text.chosen} {text.reason}"))
    return Table("assumptions", labels.ASSUMPTIONS, columns, rows)
