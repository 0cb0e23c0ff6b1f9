"""The gate: what every request has to show before anything of the ledger is opened, and what answers bear.

One Host is answered, a name that nobody can guess; a POST must come from a page of that same origin; whoever
has no seat sees the locked page. Bodies and fields are limited before they are read.
"""

from __future__ import annotations

import re
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cli.desk.rights import may_ask
from cli.desk.seats import Seats
from cli.presentation.catalogue import said
from cli.presentation.text import Lang
from cli.presentation.wording import desk as wording
from ledger.message import Message as Text

BODY_BYTES_MAX = 64 << 10
FILE_BYTES_MAX = 32 << 20
TAKES_A_FILE = re.compile(r"/month/[^/]+/records|/payments")
"""Where a form may bring a file."""
COOKIE = "desk"
OPEN_TO_ALL = ("/enter", "/static/")
ASKED_BY_PAGES = ("/head",)
"""What a page asks by itself; it does not keep the seat."""
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class Gate:
    """ASGI middleware before the desk's pages."""

    def __init__(self, app: ASGIApp, host: str, seats: Seats, lang: Lang) -> None:
        self._app = app
        self._host = host
        self._seats = seats
        self._lang: Lang = lang

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] != "http":
            return
        send = _with_headers(send)
        headers = Headers(scope=scope)
        refusal = self._refusal(scope, headers)
        if refusal is not None:
            await self._says(*refusal)(scope, receive, send)
            return
        path = scope["path"]
        secret = cookie_of(headers)
        seat = self._seats.find(secret, is_use=path not in ASKED_BY_PAGES)
        scope.setdefault("state", {}).update(seat=seat, secret=secret)
        is_open = path.startswith(OPEN_TO_ALL)
        if seat is None and not is_open:
            scope["path"] = "/locked"
            scope["method"] = "GET"
        if seat is not None and not may_ask(seat.kind, scope["method"], path):
            await self._says(403, wording.NOT_FOR_THIS_SEAT)(scope, receive, send)
            return
        await self._app(scope, _limited(receive, bytes_max(scope["path"])), send)

    def _says(self, status: int, text: Text) -> PlainTextResponse:
        return PlainTextResponse(f"{said(text, self._lang)}\n", status)

    def _refusal(self, scope: Scope, headers: Headers) -> tuple[int, Text] | None:
        """Return status and text of what is refused before anybody is looked for."""
        if not self._is_named(headers):
            return 403, wording.NO_SUCH_HOST
        if scope["method"] not in {"GET", "HEAD", "POST"}:
            return 405, wording.METHODS
        if scope["method"] == "POST" and not self._is_ours(headers):
            return 403, wording.OF_ANOTHER_PAGE
        if _length(headers) > bytes_max(scope["path"]):
            return 413, wording.TOO_MUCH
        return None

    def _is_named(self, headers: Headers) -> bool:
        """Return True if the one name of this desk was asked for: another may lead here by a lying DNS."""
        return headers.getlist("host") == [self._host]

    def _is_ours(self, headers: Headers) -> bool:
        """Return True for a form of our own page: the browser says so itself, else its origin is ours."""
        site = headers.get("sec-fetch-site")
        origin = headers.get("origin")
        if site is not None:
            return site == "same-origin" and origin in {None, f"http://{self._host}"}
        return origin == f"http://{self._host}"


def bytes_max(path: str) -> int:
    """Return how large a request there may be."""
    return FILE_BYTES_MAX if TAKES_A_FILE.fullmatch(path) else BODY_BYTES_MAX


def cookie_of(headers: Headers) -> str | None:
    """Return the secret of the seat's cookie."""
    cookies = SimpleCookie()
    try:
        cookies.load(headers.get("cookie", ""))
    except CookieError:
        return None
    return cookies[COOKIE].value if COOKIE in cookies else None


def _length(headers: Headers) -> int:
    text = headers.get("content-length", "0")
    return int(text) if text.isascii() and text.isdigit() else FILE_BYTES_MAX + 1


class TooMuchError(Exception):
    """A body went on beyond its limit."""


def _limited(receive: Receive, most: int) -> Receive:
    """Return the same, ending a body that says no length and goes on."""
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > most:
            raise TooMuchError
        return message

    return limited


def _with_headers(send: Send) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
        await send(message)

    return sent
