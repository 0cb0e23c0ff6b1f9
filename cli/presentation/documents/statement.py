"""A customer's statement for a period, as a report: every session, those without a charge too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from cli.presentation.catalogue import said
from cli.presentation.columns import titled
from cli.presentation.documents.amounts import amount
from cli.presentation.documents.invoice_sessions import (
    Sentences,
    band_of,
    readings_of,
    rule_words,
    sentences_of,
)
from cli.presentation.formats.model import Report, Row, Table
from cli.presentation.text import Lang
from cli.presentation.wording.calendar_words import day_words
from cli.presentation.wording.invoice import ISSUES, READINGS, SENTENCES
from cli.presentation.wording.statement import (
    CUSTOMER,
    EVIDENCE,
    HOUR_COLUMNS,
    HOURS,
    NO_INVOICE,
    NOT_DELETED,
    READING_COLUMNS,
    SELLER,
    SENTENCE_COLUMNS,
    SESSION_COLUMNS,
    SESSIONS,
    SUMS,
    SUMS_LABEL,
    TITLE,
    TOTAL,
    WAIVER_COLUMNS,
    WAIVERS,
)
from ledger.domain.clock import format_instant
from ledger.domain.invoice.document import PrintedHour, PrintedSession, Statement


def statement_report(statement: Statement, lang: Lang) -> Report:
    """Return the statement as a report; its first table has a line for each session, and the sum.

    A sentence of the price list stands once, and its number at every hour that it priced.
    """
    sentences = sentences_of(statement.sessions)
    return Report(
        "statement",
        titled(TITLE, statement.period),
        _document(statement),
        (
            Table("sessions", SESSIONS, SESSION_COLUMNS, list(_session_rows(statement, lang))),
            *_waivers(statement),
            Table("hours", HOURS, HOUR_COLUMNS, list(_hour_rows(statement, sentences, lang))),
            Table("sentences", SENTENCES, SENTENCE_COLUMNS, _sentence_rows(sentences, lang)),
            Table("readings", READINGS, READING_COLUMNS, _reading_rows(statement, lang)),
        ),
        statement.as_of,
        notes=(NO_INVOICE,),
        form=(
            *(((SELLER, ", ".join(statement.seller)),) if statement.seller else ()),
            (CUSTOMER, f"{statement.name} ({statement.customer})"),
            (SUMS_LABEL, _sums(statement, lang)),
        ),
    )


def net_of(session: PrintedSession) -> int:
    """Return the net amount of a session after every discount and waiver."""
    return sum(hour.net_grosze for hour in session.hours)


def _document(statement: Statement) -> dict[str, Any]:
    """Return ids, codes, moments and amounts for JSON; no name is in it."""
    return {
        "schema": "session-ledger/invoice-statement/1",
        "customer": statement.customer,
        "period": {"from": statement.period.first.isoformat(), "until": statement.period.until.isoformat()},
        "as_of": format_instant(statement.as_of),
        "sessions": [_session_document(session) for session in statement.sessions],
        "net_grosze": statement.net_grosze,
        "vat_grosze": statement.vat_grosze,
        "gross_grosze": statement.gross_grosze,
    }


def _session_document(session: PrintedSession) -> dict[str, Any]:
    return {
        "session": session.number,
        "session_ref": session.session_ref,
        "issue": session.issue,
        "connected_at": format_instant(session.connected_at),
        "ended_at": format_instant(session.ended_at),
        "hours": [hour_document(hour) for hour in session.hours],
        "waived_grosze": session.waived_grosze,
        "waived_reason": session.waived_reason,
        "net_grosze": net_of(session),
        "purged_at": None if session.purged_at is None else format_instant(session.purged_at),
        "evidence": session.evidence,
        "assumptions": list(session.alone),
        "assumption_pairs": [list(pair) for pair in session.pairs],
    }


def hour_document(hour: PrintedHour) -> dict[str, Any]:
    """Return a started hour for JSON."""
    return {
        "opened_at": format_instant(hour.opened_at),
        "band": hour.band,
        "list_grosze": hour.list_grosze,
        "discount_percent": hour.discount_percent,
        "waived_grosze": hour.waived_grosze,
        "net_grosze": hour.net_grosze,
        "rule": hour.rule,
        "quote": hour.quote,
        "holiday": hour.holiday,
    }


def _session_rows(statement: Statement, lang: Lang) -> Iterator[Row]:
    """Yield a line for each session and, below them, the sum."""
    for session in statement.sessions:
        yield (
            session.number,
            session.session_ref,
            said(ISSUES[session.issue], lang) if session.issue in ISSUES else session.issue,
            session.connected_at,
            session.ended_at,
            len(session.hours),
            session.waived_grosze,
            net_of(session),
            session.purged_at,
            said(EVIDENCE[session.evidence] if session.evidence else NOT_DELETED, lang),
        )
    hours = sum(len(session.hours) for session in statement.sessions)
    waived = sum(session.waived_grosze for session in statement.sessions)
    yield (None, said(TOTAL, lang), None, None, None, hours, waived, statement.net_grosze, None, None)


def _hour_rows(statement: Statement, sentences: Sentences, lang: Lang) -> Iterator[Row]:
    for session in statement.sessions:
        for hour in session.hours:
            yield (
                session.number,
                hour.opened_at,
                day_words(hour.opened_at, hour.holiday, lang),
                band_of(hour, lang),
                hour.list_grosze,
                hour.discount_percent,
                hour.waived_grosze,
                hour.net_grosze,
                f"[{sentences[hour.rule, hour.quote]}]",
            )


def _sentence_rows(sentences: Sentences, lang: Lang) -> list[Row]:
    return [
        (f"[{number}]", f"{rule_words(rule, lang)}: „{quote}”") for (rule, quote), number in sentences.items()
    ]


def _reading_rows(statement: Statement, lang: Lang) -> list[Row]:
    return list(enumerate(readings_of(statement.sessions, lang), 1))


def _waivers(statement: Statement) -> Iterator[Table]:
    """Yield a table of what was waived and why, where anything was."""
    rows: list[Row] = [
        (each.number, each.waived_grosze, each.waived_reason)
        for each in statement.sessions
        if each.waived_grosze
    ]
    if rows:
        yield Table("waivers", WAIVERS, WAIVER_COLUMNS, rows)


def _sums(statement: Statement, lang: Lang) -> str:
    """Net, VAT and gross of the period in one line."""
    return said(SUMS, lang).format(
        net=amount(statement.net_grosze, lang),
        vat=amount(statement.vat_grosze, lang),
        gross=amount(statement.gross_grosze, lang),
    )
