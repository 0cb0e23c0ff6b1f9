"""TeamViewer's Web API, asked for its connection reports: pages until there is no further one.

The server sorts by end, and says in different places what its dates compare with; so it is asked with 49
hours to spare, and what is known already changes nothing. All pages are read before anything is taken in:
they come newest first, and a gap behind the newest would never be seen.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.client import HTTPException
from typing import Any, NamedTuple, cast
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from ledger.domain.clock import format_instant
from ledger.errors import BadConfig, SourceRefused, SourceUnreachable
from ledger.message import Message, msg

PATH = "/api/v1/reports/connections"
OVERLAP = timedelta(hours=49)
"""A session lasts 48 hours at most; an hour for clocks."""
PAGES_MAX = 10_000
BODY_MAX_BYTES = 64 * 1024 * 1024
TIMEOUT_SECONDS = 30
TRIES = 4
WAIT_MAX_SECONDS = 300
"""A server that wants to be left alone longer is asked another time."""
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
_TOO_MANY, _SERVER_ERRORS = 429, 500
_REFUSED = {401, 403}


class Server(NamedTuple):
    """The address of a server, the token for it, and a function that sleeps."""

    url: str
    token: str
    sleep: Callable[[float], None]


class _NoRedirect(HTTPRedirectHandler):
    """A redirection would carry the token to another host."""

    def redirect_request(  # noqa: PLR0917 - as the base class has it
        self,
        req: object,
        fp: object,
        code: object,
        msg: object,
        headers: object,
        newurl: object,
    ) -> None:
        """Follow none."""


@dataclass(slots=True)
class _Page:
    records: list[object]
    next_offset: str | None


def fetch(server: Server, since: datetime, until: datetime) -> bytes:
    """Return every record from `since` to `until`, as one page; raises SourceUnreachable, SourceRefused."""
    _check_url(server.url)
    asked = {"from_date": format_instant(since - OVERLAP), "to_date": format_instant(until)}
    records: list[object] = []
    seen: set[str] = set()
    offset: str | None = None
    for _ in range(PAGES_MAX):
        page = _page(server, asked | ({} if offset is None else {"offset_id": offset}))
        records += page.records
        offset = page.next_offset
        if offset is None:
            return json.dumps({"records": records}).encode()
        if offset in seen:
            raise SourceUnreachable(msg("the server gives the same page again and again"))
        seen.add(offset)
    raise SourceUnreachable(msg("the server gives more than {most} pages", most=PAGES_MAX))


def _check_url(url: str) -> None:
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError as error:
        raise BadConfig(msg("the url of the source is none")) from error
    if not host or not (parts.scheme == "https" or (parts.scheme == "http" and host in _LOOPBACK)):
        raise BadConfig(msg("the url of the source does not begin with https://"))


def _page(server: Server, asked: Mapping[str, str]) -> _Page:
    body = _asked(server, f"{server.url.rstrip('/')}{PATH}?{urlencode(asked)}")
    try:
        page: Any = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise SourceUnreachable(msg("the server answered something that is not JSON")) from error
    told = cast("dict[str, object]", page) if isinstance(page, dict) else {}
    records = told.get("records")
    if not isinstance(records, list):
        raise SourceUnreachable(msg("the server answered without a list of records"))
    offset = told.get("next_offset")
    is_last = not records or not isinstance(offset, str) or not offset
    return _Page(cast("list[object]", records), None if is_last else cast("str", offset))


def _asked(server: Server, url: str) -> bytes:
    """Return the body of an answer; a server that is busy or broken is asked again, a few times."""
    request = Request(  # noqa: S310 - `_check_url` allows https, and http on this machine
        url, headers={"Authorization": f"Bearer {server.token}", "Accept": "application/json"}
    )
    opener = build_opener(_NoRedirect)
    trouble = msg("the server cannot be reached")
    for number in range(TRIES):
        wait = 2.0**number
        try:
            with opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                return _body(answer)
        except HTTPError as error:
            with error:
                trouble, wait = _trouble(error, wait)
        except (URLError, HTTPException, OSError) as error:
            reason = getattr(error, "reason", error)
            trouble = msg("the server cannot be reached: {name}", name=type(reason).__name__)
        if number + 1 < TRIES:
            server.sleep(wait)
    raise SourceUnreachable(trouble)


def _body(answer: Any) -> bytes:  # noqa: ANN401 - urllib does not say what it opens
    body: bytes = answer.read(BODY_MAX_BYTES + 1)
    if len(body) > BODY_MAX_BYTES:
        raise SourceUnreachable(msg("the server's answer is larger than 64 MiB"))
    return body


def _trouble(error: HTTPError, wait: float) -> tuple[Message, float]:
    """Return what is wrong and the seconds to wait; raises where another try makes no sense."""
    if error.code in _REFUSED:
        raise SourceRefused(msg("the server refuses the token (HTTP {code})", code=error.code)) from None
    if error.code == _TOO_MANY:
        asked = error.headers.get("Retry-After", "")
        seconds = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else wait  # noqa: PLR2004 - years
        if seconds > WAIT_MAX_SECONDS:
            raise SourceUnreachable(
                msg("the server wants to be asked again in {seconds:.0f} s", seconds=seconds)
            ) from None
        return msg("the server was asked too often"), seconds
    if error.code < _SERVER_ERRORS:
        raise SourceUnreachable(msg("the server answered HTTP {code}", code=error.code)) from None
    return msg("the server answered HTTP {code}", code=error.code), wait
