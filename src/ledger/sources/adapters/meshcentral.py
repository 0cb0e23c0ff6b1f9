"""MeshCentral: `meshctrl ListEvents --json`, `ShowEvents`, or the file of events itself.

A session is two events with one id, which may stand in either order. An end alone says how many seconds it
lasted, so it has a beginning, too. With "desktop multiplex" one id has several viewers: who started it, who
joined and who left are events of their own, and the last, its close, names nobody. A server that stops or
is started again writes no ends: what was open then is over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple, cast

from msgspec import structs

from ledger.domain.events import RecordKind
from ledger.sources.adapter import (
    Moment,
    Options,
    Quarantined,
    Skipped,
    SourceLine,
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

Step = Literal["start", "join", "end", "leave", "close"]
_STEPS: dict[int, tuple[Step, RecordKind]] = {
    13: ("start", "unknown"),
    14: ("start", "terminal"),
    15: ("start", "remote_control"),
    16: ("start", "file_transfer"),
    162: ("start", "chat"),
    9: ("end", "unknown"),
    10: ("end", "terminal"),
    11: ("end", "remote_control"),
    12: ("end", "file_transfer"),
    112: ("end", "chat"),
    # MeshCentral Router
    120: ("start", "unknown"),
    121: ("end", "unknown"),
    # the clients in the browser: SSH, SFTP, RDP, VNC; which of them, the protocol says
    **dict.fromkeys((148, 149, 150, 151), ("start", "unknown")),
    **dict.fromkeys((122, 123, 124, 125, 126), ("end", "unknown")),
    # desktop multiplex
    145: ("start", "remote_control"),
    143: ("join", "remote_control"),
    144: ("leave", "remote_control"),
    147: ("close", "remote_control"),
}
"""What the number of a message means, and the kind of session where that alone says it."""
_PROTOCOLS: dict[str, RecordKind] = {
    "1": "terminal",
    "6": "terminal",
    "8": "terminal",
    "9": "terminal",
    "2": "remote_control",
    "5": "file_transfer",
    "200": "chat",
    "10": "remote_control",
    "11": "terminal",
    "12": "remote_control",
    "13": "file_transfer",
    "201": "remote_control",
    "202": "terminal",
    "203": "file_transfer",
    "204": "remote_control",
    "rdp": "remote_control",
    "vnc": "remote_control",
    "ssh-term": "terminal",
    "ssh-files": "file_transfer",
}
_DURATION_MAX_S = 10**9
_EPOCH_MIN_MS = 10**11
"""Milliseconds since 1970 of 1973: a smaller number is seconds."""
_MILLISECONDS = re.compile(r"\d{12,14}", re.ASCII)
_ANSWERS = ("events", "result", "data")
"""What the list of events is called in what holds it."""
_DEPTH_MAX = 4
_ID_MAX_CHARACTERS, _NODE_MAX_CHARACTERS = 120, 200


class _Heard(NamedTuple):
    """An event of a session. `who` is the account and the guest who used it."""

    number: int
    at: Moment
    kind: RecordKind
    step: Step
    id: str
    who: tuple[str | None, str | None]
    node: str
    seconds: int | None


class _Server(NamedTuple):
    """The server was started, or stopped."""

    at: Moment
    is_stop: bool


def read(raw: bytes, options: Options) -> Iterator[Told]:
    """Yield every event once: a pair as a record and a skipped event."""
    heard: list[_Heard] = []
    server: list[_Server] = []
    for number, event in _events(text_of(raw, options)):
        if isinstance(event, Quarantined):
            yield event
            continue
        try:
            found = _heard(number, event)
        except UnreadableLineError as error:
            yield in_quarantine(number, error.reason, event)
            continue
        if isinstance(found, _Heard):
            heard.append(found)
            continue
        if isinstance(found, _Server):
            server.append(found)
        yield Skipped(number, is_known=found is not None)
    for told in _paired(heard):
        yield _over(told, server) if isinstance(told, SourceRecord) else told


def _events(text: str) -> Iterator[tuple[int, object]]:
    """Yield the events of a JSON list, of one object a line, or of objects one after the other."""
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
            yield number, quarantined(SourceLine(number, text[place:end], is_last), "fields")
            place = end
            continue
        listed = list(_unwrapped(value))
        yield from enumerate(listed, start=number)
        number += len(listed) - 1


def _unwrapped(value: object, depth: int = 0) -> Iterator[object]:
    """Yield the events of a list, also of an object that has one: the answer that brought them."""
    found = _listed(cast("dict[str, object]", value)) if isinstance(value, dict) else value
    if isinstance(found, list) and depth < _DEPTH_MAX:
        for each in cast("list[object]", found):
            yield from _unwrapped(each, depth + 1)
    else:
        yield value


def _listed(told: dict[str, object]) -> object:
    """Return the list of events of an object that is none itself."""
    if "etype" in told:
        return None
    return next((told[name] for name in _ANSWERS if isinstance(told.get(name), list)), None)


def _next_value(text: str, place: int) -> int:
    """Return where the next line begins that may be JSON; what `ShowEvents` says to people is none."""
    while place < len(text):
        end = text.find("\n", place)
        end = len(text) if end < 0 else end
        line = text[place:end]
        if line.strip() and not line.lstrip()[0].isalpha():
            return place + len(line) - len(line.lstrip())
        place = end + 1
    return len(text)


def _heard(number: int, event: object) -> _Heard | _Server | Literal["other"] | None:
    """Return what an event tells; "other" for one of another kind, None for what is no event."""
    if not isinstance(event, dict):
        raise UnreadableLineError("fields")
    told = cast("dict[str, Any]", event)
    if isinstance(told.get("event"), dict):  # ShowEvents wraps it
        told = cast("dict[str, Any]", told["event"])
    action = told.get("action")
    if told.get("etype") == "server" and action in {"started", "stopped"}:
        return _Server(_moment(told.get("time")), is_stop=action == "stopped")
    if action != "relaylog":
        return "other" if isinstance(action, str) and ("time" in told or "etype" in told) else None
    message = told.get("msgid")
    if not isinstance(message, int) or message not in _STEPS:
        raise UnreadableLineError("unknown-event")
    step, kind = _STEPS[message]
    arguments, node = told.get("msgArgs"), told.get("nodeid", "")
    listed = cast("list[object]", arguments) if isinstance(arguments, list) else []
    session = next((each for each in listed if isinstance(each, str)), None) or told.get("sessionid")
    if not isinstance(session, str) or not isinstance(node, str):
        raise UnreadableLineError("fields")
    user, guest = told.get("username") or told.get("userid"), told.get("guestname")
    if not is_text(f"{session}{node}{user}{guest}"):
        raise UnreadableLineError("not-text")
    return _Heard(
        number,
        _moment(told.get("time")),
        _PROTOCOLS.get(str(told.get("protocol")).lower(), "unknown") if kind == "unknown" else kind,
        step,
        session[:_ID_MAX_CHARACTERS],
        (
            user if isinstance(user, str) else None,
            guest if isinstance(guest, str) and guest.strip() else None,
        ),
        node[:_NODE_MAX_CHARACTERS],
        None if step in {"start", "join"} else next(filter(_is_count, cast("list[int]", listed)), None),
    )


def _is_count(argument: object) -> bool:
    return type(argument) is int and 0 <= argument <= _DURATION_MAX_S


def _moment(told: object) -> Moment:
    for name in ("$$date", "$date", "$numberLong"):  # the file itself, and what mongoexport makes of it
        if isinstance(told, dict):
            wrapped = cast("dict[str, object]", told)
            told = wrapped.get(name, wrapped)
    if isinstance(told, str) and _MILLISECONDS.fullmatch(told):
        told = int(told)
    if isinstance(told, int | float) and not isinstance(told, bool):
        if not told >= _EPOCH_MIN_MS:
            raise UnreadableLineError("bad-time")  # seconds, or no time at all
        return from_epoch(told / 1000, str(told))
    if isinstance(told, str):
        return moment(told)
    raise UnreadableLineError("bad-time")


# --- sessions ---------------------------------------------------------------------------------


def _paired(heard: list[_Heard]) -> Iterator[Told]:
    sessions: dict[tuple[str, str], list[_Heard]] = {}
    for each in heard:
        sessions.setdefault((each.id, each.node), []).append(each)
    for events in sessions.values():
        if any(each.step in {"join", "leave", "close"} for each in events):
            yield from _viewers(events)
        else:
            yield from _pair(events)


def _pair(events: list[_Heard]) -> Iterator[Told]:
    """Yield a session of one start and one end."""
    pair: dict[Step, _Heard] = {}
    for each in events:
        if each.step in pair:  # the same event again
            yield Skipped(each.number)
        else:
            pair[each.step] = each
    start, end = pair.get("start"), pair.get("end")
    yield _record(start, end)
    if start is not None and end is not None:
        yield Skipped(end.number)


def _viewers(events: list[_Heard]) -> Iterator[Told]:
    """Yield the viewers of a multiplexed desktop, each from start or joining to leaving or the close."""
    open_: list[_Heard] = []
    first = next((each for each in sorted(events, key=_when) if each.step == "start"), None)
    close: _Heard | None = None
    seen: set[object] = set()
    is_empty = True
    for each in sorted(events, key=_when):
        same = each.step, each.at.at, each.who, each.seconds
        if same in seen:
            yield Skipped(each.number)
            continue
        seen.add(same)
        if each.step == "close":
            close = each
        elif each.step in {"start", "join"}:
            open_.append(each)
        else:
            mine = [viewer for viewer in open_ if _may_be(viewer.who, each.who)]
            viewer = min(mine, key=lambda viewer: _apart(viewer, each), default=None)
            if viewer is not None:
                open_.remove(viewer)
                yield Skipped(each.number)
            yield _record(viewer, each, is_first=viewer is not None and viewer is first)
            is_empty = False
    for viewer in open_:
        yield _record(viewer, close, is_first=viewer is first)
    if close is not None and (open_ or not is_empty):
        yield Skipped(close.number)
    elif close is not None:
        yield _record(None, close, is_first=True)


def _when(heard: _Heard) -> tuple[Any, bool]:
    return heard.at.at, heard.step not in {"start", "join"}


def _may_be(came: tuple[str | None, str | None], left: tuple[str | None, str | None]) -> bool:
    """Return True if who left may be who came: that it was a guest is only said of the leaving."""
    return came == left or (came[0] == left[0] and came[1] is None)


def _apart(viewer: _Heard, leave: _Heard) -> float:
    """Return by how many seconds a beginning differs from the one that an end counts from."""
    return abs((leave.at.at - viewer.at.at).total_seconds() - (leave.seconds or 0))


def _record(start: _Heard | None, end: _Heard | None, *, is_first: bool = True) -> SourceRecord:
    told = start or end
    assert told is not None  # noqa: S101 - one of both is there
    native_id: str | None = f"{told.id}|{told.node}"
    if not is_first:  # who left without a known beginning is looked for by the seconds
        native_id = None if start is None else f"{native_id}|{start.at.text}"
    user, guest = told.who
    if guest is None and end is not None and end.step != "close":
        guest = end.who[1]
    return SourceRecord(
        line=told.number,
        started=None if start is None else start.at,
        ended=None if end is None else end.at,
        kind=told.kind,
        precision_ms=1,
        native_id=native_id,
        # A guest uses the account of whoever made the link, who was perhaps not there.
        user=None if guest is not None else user,
        words=some(computer=told.node, guest=guest),
        duration_s=None if end is None or (start is not None and end.step == "close") else end.seconds,
    )


def _over(told: SourceRecord, server: list[_Server]) -> SourceRecord:
    """Return an open session with its end when the server stopped, or the moment it was over by."""
    if told.started is None or told.ended is not None:
        return told
    begun = told.started.at
    after = min((each for each in server if each.at.at >= begun), key=lambda each: each.at.at, default=None)
    if after is None:
        return told
    return structs.replace(told, ended=after.at) if after.is_stop else structs.replace(told, over_by=after.at)
