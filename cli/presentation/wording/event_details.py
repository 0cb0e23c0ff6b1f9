"""Details of a session's events in words: what each field is called, and what stands in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import cast

import msgspec

from cli.presentation.catalogue import said
from cli.presentation.formats.cells import for_people
from cli.presentation.moments import on_day, to_minute
from cli.presentation.text import Lang
from cli.presentation.wording.durations import duration
from cli.presentation.wording.purge import flag_words
from cli.presentation.wording.vocabulary import word_of
from ledger.application.ledger import ERASED
from ledger.message import Message, msg, msg_in

LABELS: dict[str, Message] = {
    "after": msg_in("detail", "after"),
    "amount_grosze": msg_in("detail", "amount"),
    "artefact": msg_in("detail", "file"),
    "at": msg_in("detail", "at"),
    "backups": msg_in("detail", "copies"),
    "band_hours": msg_in("detail", "started hours"),
    "bytes": msg_in("detail", "bytes"),
    "channel": msg_in("detail", "channel"),
    "confirmation_sent": msg_in("detail", "confirmation sent"),
    "connected_at": msg_in("detail", "connected"),
    "connection": msg_in("detail", "connection"),
    "connections": msg_in("detail", "connections"),
    "contact": msg_in("detail", "contact"),
    "contract": msg_in("detail", "contract"),
    "correction": msg_in("detail", "correction"),
    "customer": msg_in("detail", "customer"),
    "data": msg_in("detail", "data"),
    "delay_before_seconds": msg_in("detail", "after, before"),
    "delay_seconds": msg_in("detail", "after"),
    "disconnected_at": msg_in("detail", "disconnected"),
    "document": msg_in("detail", "document"),
    "doubts": msg_in("detail", "doubts"),
    "ended_at": msg_in("detail", "ended"),
    "ended_by": msg_in("detail", "ended by"),
    "evidence": msg_in("detail", "evidence"),
    "files": msg_in("detail", "files"),
    "gross_grosze": msg_in("detail", "gross"),
    "half_percents": msg_in("detail", "halves of a percent"),
    "hours": msg_in("detail", "hours"),
    "how": msg_in("detail", "how"),
    "issue": msg_in("detail", "issue"),
    "issues": msg_in("detail", "issues"),
    "legal_basis": msg_in("detail", "legal basis"),
    "loss_of_withdrawal": msg_in("detail", "knows that withdrawal is lost"),
    "net_grosze": msg_in("detail", "net"),
    "note": msg_in("detail", "note"),
    "number": msg_in("detail", "number"),
    "on": msg_in("detail", "day"),
    "opens_at": msg_in("detail", "from"),
    "order_ref": msg_in("detail", "order"),
    "path": msg_in("detail", "path"),
    "percent": msg_in("detail", "percent"),
    "prices": msg_in("detail", "started hour"),
    "reason": msg_in("detail", "reason"),
    "remote_id": msg_in("detail", "remote ID"),
    "result": msg_in("detail", "result"),
    "role": msg_in("detail", "role"),
    "sample": msg_in("detail", "sample"),
    "scheduled_for": msg_in("detail", "asked for"),
    "session_ref": msg_in("detail", "own number"),
    "since": msg_in("detail", "since"),
    "sla_seconds": msg_in("detail", "time allowed"),
    "start_now": msg_in("detail", "asked to begin at once"),
    "summary": msg_in("detail", "what was done"),
    "targets": msg_in("detail", "targets"),
    "technician": msg_in("detail", "technician"),
    "undone": msg_in("detail", "undone"),
    "until": msg_in("detail", "until"),
    "verdict": msg_in("detail", "verdict"),
    "verdict_before": msg_in("detail", "verdict before"),
    "why": msg_in("detail", "why"),
    "workstation": msg_in("detail", "workstation"),
}
"""By field of an event, or of what it holds, and by the name of personal words."""
TECHNICAL = frozenset(
    {
        "clock", "filesystem", "generation", "host", "inode", "invoice", "marks", "mount_options", "place",
        "plan", "root", "rotational", "rule", "stream", "system", "tariff", "tool", "tree_size", "true_host",
    }
)  # fmt: skip
"""Fields that tell a person nothing; JSON has them."""
_KINDS = {
    "artefact": "artefact",
    "channel": "channel",
    "data": "erased_data",
    "ended_by": "ended_by",
    "evidence": "evidence",
    "how": "accepted_how",
    "issue": "issue",
    "reason": "reason",
    "result": "review",
    "role": "role",
    "verdict": "verdict",
    "verdict_before": "verdict",
    "why": "erased_why",
}
"""The kind of the codes that a field holds."""


def in_words(
    details: Iterable[tuple[str, object]], personal: Mapping[str, str] | str | None, lang: Lang
) -> str:
    """Return the details of an event as a person reads them, one after another."""
    told = [f"{label(key, lang)}: {value}" for key, value in _told(details, lang)]
    if isinstance(personal, Mapping):
        told += [f"{label(key, lang)}: {value}" for key, value in personal.items()]
    elif personal == ERASED:
        told.append(said(msg("[erased]"), lang))
    return "; ".join(told)


def label(key: str, lang: Lang) -> str:
    """Return what a field is called."""
    return said(LABELS[key], lang) if key in LABELS else key.replace("_", " ")


def _told(details: Iterable[tuple[str, object]], lang: Lang) -> Iterable[tuple[str, str]]:
    for key, value in details:
        told = "" if key in TECHNICAL or value is None or value is False else _value(key, value, lang)
        if told:
            yield key, told


def _value(key: str, value: object, lang: Lang) -> str:  # noqa: PLR0911 - one for each kind of value
    if isinstance(value, bool):
        return for_people(value, "boolean", lang)
    if isinstance(value, int):
        return _number(key, value, lang)
    if isinstance(value, datetime):
        return to_minute(value, lang)
    if isinstance(value, date):
        return on_day(value, lang)
    if isinstance(value, tuple):
        return "; ".join(
            filter(None, (_value(key, each, lang) for each in cast("tuple[object, ...]", value)))
        )
    if isinstance(value, msgspec.Struct):
        return _parts(msgspec.structs.asdict(value), lang)
    if isinstance(value, dict):
        hours = cast("dict[str, object]", value).items()
        return ", ".join(f"{word_of('band', band, lang)} {count}" for band, count in hours if count)
    return flag_words(str(value), lang) if key == "doubts" else word_of(_KINDS.get(key, ""), str(value), lang)


def _number(key: str, value: int, lang: Lang) -> str:
    if key.endswith("_grosze"):
        return for_people(value, "grosze", lang)
    return said(duration(value), lang) if key.endswith("_seconds") else str(value)


def _parts(held: Mapping[str, object], lang: Lang) -> str:
    return ", ".join(f"{label(key, lang)} {told}" for key, told in _told(held.items(), lang))
