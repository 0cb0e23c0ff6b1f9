"""MeshCentral asked for its events through its control channel, as `meshctrl` does.

Who asks is told in a header, as the server's own client does it: the name and the password of an account,
or of a login token. The server keeps events for 20 days by default, and gives those that the account may
see; so all are asked for each time, and what is known already changes nothing.
"""

from __future__ import annotations

import base64
import json
import logging
import ssl
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple, cast
from urllib.parse import SplitResult, urlsplit

from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect

from ledger.domain.instants import InstantError, read_written
from ledger.errors import BadConfig, MeshCentralRefused, SourceUnreachable
from ledger.message import msg

OVERLAP = timedelta(hours=49)
"""A session lasts 48 hours at most; an hour for clocks."""
_MESSAGES_MAX = 1_000
"""The channel tells of much else before the answer."""
_TAG = "session-ledger"
MESSAGE_MAX_BYTES = 256 * 1024 * 1024
TIMEOUT_SECONDS = 30.0
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_TOO_BIG = 1009
"""The status with which a message over the limit is given up."""
_SILENT = logging.getLogger("ledger.sources.meshcentral_client")
"""Headers bear the password: the library is given a logger that nobody hears."""
_SILENT.disabled = True


class MeshCentralServer(NamedTuple):
    """The address of a server, who asks, with what password, and its own certificate."""

    url: str
    user: str
    password: str
    token: str | None = None
    """The code of a second factor."""
    certificate: Path | None = None


def fetch(server: MeshCentralServer, since: datetime | None) -> bytes:
    """Return the events as a JSON list; raises SourceUnreachable, MeshCentralRefused, BadConfig."""
    words = [server.user, server.password, *([server.token] if server.token else [])]
    auth = ",".join(base64.b64encode(word.encode()).decode() for word in words)
    url = f"{server.url.rstrip('/')}/control.ashx"
    with channel_to(url, {"x-meshauth": auth}, server.certificate) as channel:
        with suppress(ConnectionClosed):  # who refuses an account says why, and closes: that is read below
            channel.send(json.dumps({"action": "events", "tag": _TAG}))
        for _ in range(_MESSAGES_MAX):
            events = _events(channel.recv(TIMEOUT_SECONDS))
            if events is not None:
                return json.dumps([each for each in events if _is_asked(each, since)]).encode()
    raise SourceUnreachable(msg("the server answered without a list of records"))


@contextmanager
def channel_to(url: str, headers: Mapping[str, str], certificate: Path | None) -> Generator[ClientConnection]:
    """Open a channel at wss://…, or ws://… on this machine; a certificate of the server's own is trusted.

    Every failure, also of what is done with the channel, is SourceUnreachable; BadConfig for another address.
    """
    trusted = None
    try:
        if _checked(url).scheme == "wss":
            trusted = ssl.create_default_context(cafile=certificate)
        with connect(
            url,
            ssl=trusted,
            additional_headers=headers,
            user_agent_header=None,
            compression=None,
            proxy=None,
            open_timeout=TIMEOUT_SECONDS,
            close_timeout=1,
            max_size=MESSAGE_MAX_BYTES,
            logger=_SILENT,
        ) as channel:
            yield channel
    except ConnectionClosed as error:
        if error.sent is not None and error.sent.code == _TOO_BIG:
            raise SourceUnreachable(msg("the server's answer is larger than 256 MiB")) from error
        raise SourceUnreachable(msg("the server closed the channel")) from error
    except InvalidStatus as error:
        code = error.response.status_code
        raise SourceUnreachable(msg("the server answered HTTP {code}", code=code)) from error
    except (OSError, ValueError, WebSocketException) as error:
        name = type(error).__name__
        raise SourceUnreachable(msg("the server cannot be reached: {name}", name=name)) from error


def _checked(url: str) -> SplitResult:
    """Return an address in its parts; raises BadConfig unless it is wss://, or ws:// on this machine."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise BadConfig(msg("the url of the source is none")) from error
    if not host or not (parts.scheme == "wss" or (parts.scheme == "ws" and host in LOOPBACK)):
        raise BadConfig(msg("the url of the source does not begin with wss://"))
    return parts


def _events(text: str | bytes) -> list[object] | None:
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
