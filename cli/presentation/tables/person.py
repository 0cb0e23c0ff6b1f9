"""What is held about one person, where, why and until when, as a report."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from cli.presentation.catalogue import said
from cli.presentation.columns import AT
from cli.presentation.formats.model import Column, Report, Row, Table
from cli.presentation.moments import on_day
from cli.presentation.text import Lang
from cli.presentation.wording import labels
from cli.presentation.wording import person as wording
from cli.presentation.wording.deletion_register import SUBJECT
from cli.presentation.wording.event_details import label
from cli.presentation.wording.vocabulary import VOCABULARY, word_of
from ledger.domain.clock import format_instant
from ledger.handlers.privacy.person import ELSEWHERE, ErasedItem, HeldItem, Person
from ledger.message import Seconds, plain

_HELD = (
    Column("what", labels.WHAT),
    Column("where", wording.WHERE_TITLE),
    Column("subject", wording.CONCERNS),
    Column("fields", wording.FIELDS),
    Column("items", wording.ITEMS, "integer"),
    Column("since", wording.SINCE, "date"),
    Column("why", wording.WHY),
    Column("until", wording.UNTIL, "date"),
)
_ERASED = (
    AT,
    Column("what", labels.WHAT),
    Column("subject", wording.CONCERNS),
    Column("why", wording.WHY),
)
_OF_SESSIONS = frozenset({"session", "reasons", "record", "workspace", "fingerprint"})
_ELSEWHERE = (Column("elsewhere", labels.WHAT),)


def person_report(code: str, found: Person, settings: dict[str, Any], dated: datetime, lang: Lang) -> Report:
    """Return what is held about a customer; `settings` are the rules as they are set."""
    title = wording.TITLE.of(code=code)
    asked = found.asked_until
    form = [
        (wording.CODES, ", ".join(found.customers)),
        *([] if asked is None else [(wording.ASKED, on_day(asked, lang))]),
        *((text, _setting(name, settings[name], lang)) for name, text in wording.SETTINGS.items()),
    ]
    document = {
        "schema": "session-ledger/report-person/1",
        "customer": code,
        "customers": found.customers,
        "as_of": format_instant(dated),
        "answer_until": None if asked is None else asked.isoformat(),
        "settings": settings,
        "held": [_held_document(each) for each in found.held],
        "erased": [{**each._asdict(), "at": format_instant(each.at)} for each in found.erased],
        "elsewhere": list(ELSEWHERE),
    }
    elsewhere = [wording.ELSEWHERE[name] for name in ELSEWHERE]
    tables = (
        Table("person", title, _HELD, [_held_row(each, lang) for each in found.held]),
        Table("erased", labels.ERASED, _ERASED, [_erased_row(each, lang) for each in found.erased]),
        Table("elsewhere", wording.ELSEWHERE_TITLE, _ELSEWHERE, [(each,) for each in elsewhere]),
    )
    return Report(
        "person",
        title,
        document,
        tables,
        dated,
        notes=(wording.NOTE,),
        form=tuple((text, value) for text, value in form if value),
    )


def _setting(name: str, value: object, lang: Lang) -> str:
    if value is None:
        return ""
    if name == "sla_seconds" and isinstance(value, int):
        return said(plain("{length}", length=Seconds(value)), lang)
    return word_of("role", value, lang) if name == "role" and isinstance(value, str) else str(value)


def _held_document(each: HeldItem) -> dict[str, Any]:
    days = {name: None if day is None else day.isoformat() for name, day in _days(each)}
    return {**each._asdict(), "fields": list(each.fields), **days}


def _days(each: HeldItem) -> tuple[tuple[str, Any], ...]:
    return ("since", each.since), ("until", each.until)


def _held_row(each: HeldItem, lang: Lang) -> Row:
    fields = ", ".join(dict.fromkeys(_field(field, lang) for field in each.fields))
    return (
        wording.WHAT[each.what],
        wording.WHERE[each.where],
        _concerns(each, lang),
        fields,
        each.items,
        each.since,
        wording.RULES[each.rule].of(law=each.law or ""),
        each.until,
    )


def _field(field: str, lang: Lang) -> str:
    """Return what a field of the vault is called."""
    if field in wording.FIELD_NAMES:
        return said(wording.FIELD_NAMES[field], lang)
    if field in VOCABULARY["customer_field"]:
        return said(VOCABULARY["customer_field"][field], lang)
    return label(field, lang)


def _erased_row(each: ErasedItem, lang: Lang) -> Row:
    return each.at, wording.WHAT[each.what], _concerns(each, lang), wording.ERASED_WHY[each.why]


def _concerns(each: HeldItem | ErasedItem, lang: Lang) -> str:
    """Return the subject with its noun where it is a session's number."""
    is_of_session = each.what in _OF_SESSIONS
    return f"{said(SUBJECT['session'], lang)} {each.subject}" if is_of_session else each.subject
