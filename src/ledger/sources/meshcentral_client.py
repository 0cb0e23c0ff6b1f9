"""MeshCentral asked for its events through its control channel, as `meshctrl` does.

Who asks is told in a header, as the server's own client does it: the name and the password of an account,
or of a login token. The server keeps events for 20 days by default, and gives those that the account may
see; so all are asked for each time, and what is known already changes nothing.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple, cast

from ledger.domain.instants import InstantError, read_written
from ledger.errors import MeshCentralRefused, SourceUnreachable
from ledger.message import msg
from ledger.sources.websocket import WebSocket

OVERLAP = timedelta(hours=49)
"""A session lasts 48 hours at most; an hour for clocks."""
_MESSAGES_MAX = 1_000
"""The channel tells of much else before the answer."""
_TAG = "session-ledger"


class MeshCentralServer(NamedTuple):
    """The address of a server, who asks, with what password and chance, and its own certificate."""

    url: str
    user: str
    password: str
    chance: Callable[[int], bytes]
    token: str | None = None
    """The code of a second factor."""
    certificate: Path | None = None


def fetch(server: MeshCentralServer, since: datetime | None) -> bytes:
    """Return the events as a JSON list; raises SourceUnreachable, MeshCentralRefused, BadConfig."""
    words = [server.user, server.password, *([server.token] if server.token else [])]
    auth = ",".join(base64.b64encode(word.encode()).decode() for word in words)
    url = f"{server.url.rstrip('/')}/control.ashx"
    with WebSocket.connect(url, {"x-meshauth": auth}, server.certificate, server.chance) as channel:
        channel.send(json.dumps({"action": "events", "tag": _TAG}))
        for _ in range(_MESSAGES_MAX):
            events = _events(channel.receive())
            if events is not None:
                return json.dumps([each for each in events if _is_asked(each, since)]).encode()
    raise SourceUnreachable(msg("the server answered without a list of records"))


def _events(text: str) -> list[object] | None:
    """Return the events of an answer; None for another message of the channel."""
    try:
        read: object = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise SourceUnreachable(msg("the server answered something that is not JSON")) from error
    told = cast("dict[str, object]", read) if isinstance(read, dict) else {}
    if told.get("action") == "close":
        cause = str(told.get("msg") or told.get("cause"))[:40]
        raise MeshCentralRefused(msg("the server refuses the account ({cause})", cause=cause))
    events = told.get("events")
    if told.get("action") != "events" or told.get("tag") != _TAG:
        return None
    if not isinstance(events, list):
        raise SourceUnreachable(msg("the server answered without a list of records"))
    return cast("list[object]", events)


def _is_asked(event: object, since: datetime | None) -> bool:
    """Return False for what lies before the time that was asked for; what cannot be read is kept."""
    time = cast("dict[str, object]", event).get("time") if isinstance(event, dict) else None
    if since is None or not isinstance(time, str):
        return True
    try:
        at = read_written(time).utc
    except InstantError:
        return True
    return at is None or at >= since - OVERLAP
