"""The sessions behind the lines of an invoice: their hours, what priced them, and when their data went."""

from __future__ import annotations

from collections.abc import Sequence

from cli.presentation.catalogue import said
from cli.presentation.documents.amounts import amount
from cli.presentation.moments import to_minute, to_second
from cli.presentation.text import Lang, harmless
from cli.presentation.wording.assumptions import text_of
from cli.presentation.wording.calendar_words import day_words
from cli.presentation.wording.invoice import (
    BANDS,
    DELETED,
    HOUR_HEADS,
    ISSUES,
    NO_HOURS,
    NOT_DELETED,
    RULES,
    SESSION_TITLE,
    TAKEN_OFF,
    TOGETHER,
    WAIVED,
)
from ledger.domain.invoice.document import PrintedHour, PrintedSession

Sentences = dict[tuple[str, str], int]
"""Rule and sentence of the price list, and the number it is referred to by."""


def sentences_of(sessions: Sequence[PrintedSession]) -> Sentences:
    """Every sentence once, numbered as they first stand."""
    found: Sentences = {}
    for session in sessions:
        for hour in session.hours:
            found.setdefault((hour.rule, hour.quote), len(found) + 1)
    return found


def session_block(session: PrintedSession, sentences: Sentences, lang: Lang) -> dict[str, object]:
    """Return a session as the template reads it."""
    under = [
        session.session_ref or "",
        said(ISSUES[session.issue], lang) if session.issue in ISSUES else session.issue,
        f"{to_minute(session.connected_at, lang)} – {to_minute(session.ended_at, lang)}",
    ]
    waived = said(WAIVED, lang).format(amount=amount(session.waived_grosze, lang))
    return {
        "title": said(SESSION_TITLE, lang).format(number=session.number),
        "under": [harmless(each) for each in under if each],
        "heads": [said(head, lang) for head in HOUR_HEADS.values()],
        "hours": [_hour(hour, sentences, lang) for hour in session.hours],
        "empty": said(NO_HOURS if session.is_charged else TAKEN_OFF, lang),
        "after": [waived] * bool(session.waived_grosze) + [deletion_of(session, lang)],
    }


def deletion_of(session: PrintedSession, lang: Lang) -> str:
    """When the session's data were deleted, and what that is known by."""
    if session.purged_at is None or session.evidence is None:
        return said(NOT_DELETED, lang)
    at = to_second(session.purged_at, lang)
    return said(DELETED[session.evidence], lang).format(at=at)


def band_of(hour: PrintedHour, lang: Lang) -> str:
    """Return the band's name as its price list has it; its key if nothing names it."""
    if hour.band_name is None:
        return said(BANDS[hour.band], lang) if hour.band in BANDS else harmless(hour.band)
    return harmless(hour.band_name.pl if lang == "pl" else hour.band_name.en)


def rule_words(rule: str, lang: Lang) -> str:
    """Return what priced an hour in words; the key of an entitlement that another price list has."""
    return said(RULES[rule], lang) if rule in RULES else rule


def readings_of(sessions: Sequence[PrintedSession], lang: Lang) -> list[str]:
    """Return the assumptions that the sessions rest on, each once: the question, and what was chosen.

    Of one that matters only together with another both are there: that is said with them.
    """
    named = {each.id: each for session in sessions for each in session.assumptions}
    pairs = {pair for session in sessions for pair in session.pairs}
    alone = {id_ for session in sessions for id_ in session.alone}
    lines: list[str] = []
    for id_, assumption in named.items():
        text = text_of(assumption, lang)
        line = f"{text.question} {text.chosen}"
        others = sorted({other for pair in pairs if id_ in pair for other in pair if other != id_})
        if id_ not in alone and others:
            places = ", ".join(str(list(named).index(other) + 1) for other in others)
            line += f" {said(TOGETHER, lang).format(places=places)}"
        lines.append(harmless(line))
    return lines


def _hour(hour: PrintedHour, sentences: Sentences, lang: Lang) -> list[str]:
    return [
        f"{to_second(hour.opened_at, lang)}, {day_words(hour.opened_at, hour.holiday, lang)}",
        band_of(hour, lang),
        amount(hour.list_grosze, lang),
        f"{hour.discount_percent} %" if hour.discount_percent else "–",
        amount(hour.net_grosze, lang),
        f"[{sentences[hour.rule, hour.quote]}]",
    ]
