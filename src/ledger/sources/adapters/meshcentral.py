"""MeshCentral: `meshctrl ListEvents --json`, `ShowEvents`, or the file of events itself.

A session is two events with one id, which may stand in either order; a crash of the server leaves a start
without an end. An end alone says how many seconds it lasted, so it has a beginning, too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple, cast

from ledger.domain.events import RecordKind
from ledger.sources.adapter import (
    Line,
    Moment,
    Options,
    Quarantined,
    Skipped,
    SourceRecord,
    Told,
    UnreadableLineError,
    is_text,
    quarantined,
    some,
    text_of,
)
from ledger.sources.pages import in_quarantine
from ledger.sources.timestamps import from_epoch, moment

_STARTED: dict[int, RecordKind] = {
    13: "unknown",
    14: "terminal",
    15: "remote_control",
    16: "file_transfer",
    162: "chat",
}
_ENDED: dict[int, RecordKind] = {
    9: "unknown",
    10: "terminal",
    11: "remote_control",
    12: "file_transfer",
    112: "chat",
}
_SECONDS_AT = 3
"""Where among the arguments of an end its seconds stand."""
_DURATION_MAX_S = 10**9


class _Heard(NamedTuple):
    number: int
    at: Moment
    kind: RecordKind
    is_start: bool
    id: str
    user: str | None
    node: str
    seconds: int | None


def read(raw: bytes, options: Options) -> Iterator[Told]:
    """Every event once: a pair as a record and a skipped event."""
    heard: list[_Heard] = []
    for number, event in _events(text_of(raw, options)):
        if isinstance(event, Quarantined):
            yield event
            continue
        try:
            found = _heard(number, event)
        except UnreadableLineError as error:
            yield in_quarantine(number, error.reason, event)
            continue
        if found is None:
            yield Skipped(number)
        else:
            heard.append(found)
    yield from _paired(heard)


def _events(text: str) -> Iterator[tuple[int, object]]:
    """The events of a JSON list, of one object a line, or of objects one after the other."""
    number, place = 0, 0
    decoder = json.JSONDecoder()
    while (place := _next_value(text, place)) < len(text):
        number += 1
        try:
            value, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            end = text.find("\n", place)
            is_last = end < 0
            end = len(text) if is_last else end
            yield number, quarantined(Line(number, text[place:end], is_last), "fields")
            place = end
            continue
        if isinstance(value, list):
            listed = cast("list[object]", value)
            yield from enumerate(listed, start=number)
            number += len(listed) - 1
        else:
            yield number, value


def _next_value(text: str, place: int) -> int:
    """Where the next line begins that may be JSON; what `ShowEvents` says to people is none."""
    while place < len(text):
        end = text.find("\n", place)
        end = len(text) if end < 0 else end
        line = text[place:end]
        if line.strip() and not line.lstrip()[0].isalpha():
            return place + len(line) - len(line.lstrip())
        place = end + 1
    return len(text)


def _heard(number: int, event: object) -> _Heard | None:
    if not isinstance(event, dict):
        raise UnreadableLineError("fields")
    told = cast("dict[str, Any]", event)
    if isinstance(told.get("event"), dict):  # ShowEvents wraps it
        told = cast("dict[str, Any]", told["event"])
    number_of_message = told.get("msgid")
    if told.get("action") != "relaylog" or not isinstance(number_of_message, int):
        return None
    is_start = number_of_message in _STARTED
    kind = _STARTED.get(number_of_message) or _ENDED.get(number_of_message)
    if kind is None:
        return None
    arguments, node = told.get("msgArgs"), told.get("nodeid", "")
    if not isinstance(arguments, list) or not arguments or not isinstance(node, str):
        raise UnreadableLineError("fields")
    listed = cast("list[object]", arguments)
    user = told.get("username") or told.get("userid")
    if not is_text(f"{listed[0]}{node}{user}"):
        raise UnreadableLineError("not-text")
    seconds = listed[_SECONDS_AT] if len(listed) > _SECONDS_AT else None
    is_count = type(seconds) is int and 0 <= seconds <= _DURATION_MAX_S
    return _Heard(
        number,
        _moment(told.get("time")),
        kind,
        is_start,
        str(listed[0])[:120],
        user if isinstance(user, str) else None,
        node[:200],
        cast("int", seconds) if is_count else None,
    )


def _moment(told: object) -> Moment:
    if isinstance(told, dict):  # the file itself: {"$$date": milliseconds}
        told = cast("dict[str, object]", told).get("$$date")
    if isinstance(told, int | float) and not isinstance(told, bool):
        return from_epoch(told / 1000, str(told))
    if isinstance(told, str):
        return moment(told)
    raise UnreadableLineError("bad-time")


def _paired(heard: list[_Heard]) -> Iterator[Told]:
    pairs: dict[tuple[str, str], dict[bool, _Heard]] = {}
    for each in heard:
        pair = pairs.setdefault((each.id, each.node), {})
        if each.is_start in pair:  # the same event again
            yield Skipped(each.number)
        else:
            pair[each.is_start] = each
    for pair in pairs.values():
        start, end = pair.get(True), pair.get(False)
        yield _record(start, end)
        if start is not None and end is not None:
            yield Skipped(end.number)


def _record(start: _Heard | None, end: _Heard | None) -> SourceRecord:
    told = start or end
    assert told is not None  # noqa: S101 - one of both is there
    return SourceRecord(
        line=told.number,
        started=None if start is None else start.at,
        ended=None if end is None else end.at,
        kind=told.kind,
        precision_ms=1,
        native_id=f"{told.id}|{told.node}",
        user=told.user,
        words=some(computer=told.node),
        duration_s=None if end is None else end.seconds,
    )
