"""Everything held about one person, as a report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from cli.presentation.catalogue import said
from cli.presentation.columns import (
    AT,
    CUSTOMER_CODE,
    EVIDENCE,
    HELD_UNTIL,
    PURGED_AT,
    REF,
    SESSION,
    STATE,
    WHY,
)
from cli.presentation.documents.erasure_letter import kept_words
from cli.presentation.formats.model import Column, Report, Row, Table
from cli.presentation.text import Lang
from cli.presentation.wording import labels
from ledger.domain.clock import format_instant
from ledger.domain.events import Kept
from ledger.handlers.privacy import access as holdings
from ledger.message import msg

_HELD = (
    AT,
    CUSTOMER_CODE,
    SESSION,
    Column("event", labels.WHAT),
    Column("says", msg("Record")),
    Column("words", msg("Personal data")),
)


_SESSIONS = (
    SESSION,
    REF,
    STATE,
    PURGED_AT,
    EVIDENCE,
    HELD_UNTIL,
)


_ERASED = (
    AT,
    CUSTOMER_CODE,
    SESSION,
    Column("data", msg("Data")),
    WHY,
)


def customer_data_report(
    code: str, found: holdings.Holdings, kept: Sequence[Kept], dated: datetime, lang: Lang
) -> Report:
    """Return what is held about a customer, and what an erasure would leave."""
    laws = [
        {"data": each.data, "law": each.law, "until": None if each.until is None else each.until.isoformat()}
        for each in kept
    ]
    document = {
        "schema": "session-ledger/customer-export/1",
        "customer": code,
        "as_of": format_instant(dated),
        **holdings.document(found),
        "kept_after_erasure": laws,
    }
    events = [*found.registration, *found.purchases, *(held for s in found.sessions for held in s.events)]
    events += found.documents
    title = msg("Data about customer {code}", code=code)
    tables = (
        Table("held", title, _HELD, [_held_row(held) for held in events]),
        Table("sessions", labels.SESSIONS, _SESSIONS, [_session_row(s) for s in found.sessions]),
        Table("erased", labels.ERASED, _ERASED, [_erased_row(each) for each in found.erased]),
        Table(
            "kept",
            msg("What a request for erasure would leave"),
            (Column("kept", msg("What and why")),),
            [(said(kept_words(each), lang),) for each in kept],
        ),
    )
    return Report("customer-export", title, document, tables, dated)


def _held_row(held: holdings.HeldData) -> Row:
    says = ", ".join(f"{key}={value}" for key, value in held.says.items())
    words = held.words
    if isinstance(words, dict):
        words = ", ".join(f"{key}: {value}" for key, value in words.items())
    return held.at, held.customer, held.session, held.event, says, words


def _session_row(session: holdings.SessionHeld) -> Row:
    return (
        session.session,
        session.session_ref,
        session.state,
        session.purged_at,
        session.purge_evidence,
        session.held_until,
    )


def _erased_row(erased: holdings.Erased) -> Row:
    return erased.at, erased.customer, erased.session, erased.data, erased.why
