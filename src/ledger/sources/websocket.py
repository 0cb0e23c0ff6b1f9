"""A WebSocket (RFC 6455) as a client: text out, text in, over TLS or on this machine.

Only what a channel of commands needs: no extensions, no subprotocols. A frame, a message and the time that
is waited are bounded, since what answers may be anything.
"""

from __future__ import annotations

import base64
import hashlib
import socket
import ssl
import time
from collections.abc import Callable, Mapping
from http.client import parse_headers
from pathlib import Path
from typing import IO, Self
from urllib.parse import SplitResult, urlsplit

from ledger.errors import BadConfig, SourceUnreachable
from ledger.message import msg

MESSAGE_MAX_BYTES = 256 * 1024 * 1024
FRAMES_MAX = 100_000
"""Frames of one message."""
TIMEOUT_SECONDS = 30.0
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_HEADERS_MAX_BYTES = 64 * 1024
_SWITCHING = 101
_CONTINUATION, _TEXT, _BINARY, _CLOSE, _PING = 0, 1, 2, 8, 9
_SHORT, _TWO_BYTES, _EIGHT_BYTES = 125, 126, 127


class WebSocket:
    """An open channel; `receive` gives whole messages. Every failure is SourceUnreachable."""

    def __init__(self, connection: socket.socket, chance: Callable[[int], bytes]) -> None:
        self._connection, self._chance = connection, chance
        self._in: IO[bytes] = connection.makefile("rb")
        self._until = 0.0

    def __enter__(self) -> Self:
        """Return the channel."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the connection, whatever became of it."""
        self._in.close()
        self._connection.close()

    @classmethod
    def connect(
        cls,
        url: str,
        headers: Mapping[str, str],
        certificate: Path | None,
        chance: Callable[[int], bytes],
    ) -> Self:
        """Open a channel at wss://…, or ws://… on this machine, trusting a certificate of one's own.

        `chance` gives so many random bytes: for keys and masks.
        """
        parts = _checked(url)
        port = parts.port or (443 if parts.scheme == "wss" else 80)
        host = parts.hostname or ""
        try:
            connection = socket.create_connection((host, port), TIMEOUT_SECONDS)
            if parts.scheme == "wss":
                context = ssl.create_default_context(cafile=certificate)
                connection = context.wrap_socket(connection, server_hostname=host)
        except (OSError, ValueError) as error:
            raise SourceUnreachable(
                msg("the server cannot be reached: {name}", name=type(error).__name__)
            ) from error
        opened = cls(connection, chance)
        opened._shake_hands(parts, headers)
        return opened

    def _shake_hands(self, parts: SplitResult, headers: Mapping[str, str]) -> None:
        key = base64.b64encode(self._chance(16)).decode()
        asked = {
            "Host": parts.netloc.rpartition("@")[2],
            "Upgrade": "websocket",
            "Connection": "Upgrade",
            "Sec-WebSocket-Key": key,
            "Sec-WebSocket-Version": "13",
            **headers,
        }
        target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
        lines = [f"GET {target} HTTP/1.1", *(f"{name}: {value}" for name, value in asked.items()), "", ""]
        expected = base64.b64encode(hashlib.sha1((key + _GUID).encode(), usedforsecurity=False).digest())
        try:
            self._connection.sendall("\r\n".join(lines).encode("latin-1"))
            status = self._in.readline(_HEADERS_MAX_BYTES).split(b" ", 2)
            answered = parse_headers(self._in)
        except (OSError, ValueError, UnicodeError) as error:
            raise _broken(error) from error
        code = int(status[1]) if len(status) > 1 and status[1].isdigit() else 0
        if code != _SWITCHING or answered.get("Sec-WebSocket-Accept", "").encode() != expected:
            self.__exit__()
            raise SourceUnreachable(msg("the server answered HTTP {code}", code=code))

    def send(self, text: str) -> None:
        """Send a text."""
        self._frame(_TEXT, text.encode())

    def _frame(self, opcode: int, body: bytes) -> None:
        """Send one frame, masked, as a client must."""
        size = len(body)
        if size <= _SHORT:
            head = bytes([0x80 | opcode, 0x80 | size])
        elif size < 1 << 16:
            head = bytes([0x80 | opcode, 0x80 | _TWO_BYTES]) + size.to_bytes(2)
        else:
            head = bytes([0x80 | opcode, 0x80 | _EIGHT_BYTES]) + size.to_bytes(8)
        mask = self._chance(4)
        masked = bytes(byte ^ mask[place % 4] for place, byte in enumerate(body))
        try:
            self._connection.sendall(head + mask + masked)
        except OSError as error:
            raise _broken(error) from error

    def receive(self) -> str:
        """Return the next message; a server that says nothing for the time that is waited is given up."""
        parts: list[bytes] = []
        size = 0
        self._until = time.monotonic() + TIMEOUT_SECONDS
        for _ in range(FRAMES_MAX):
            opcode, is_last, body = self._next_frame()
            if opcode == _PING:
                self._frame(10, body)
                continue
            if opcode == _CLOSE:
                raise SourceUnreachable(msg("the server closed the channel"))
            if opcode not in {_CONTINUATION, _TEXT, _BINARY}:
                continue
            parts.append(body)
            size += len(body)
            if size > MESSAGE_MAX_BYTES:
                raise SourceUnreachable(msg("the server's answer is larger than 256 MiB"))
            if is_last:
                return b"".join(parts).decode(errors="replace")
        raise SourceUnreachable(msg("the server's answer never ends"))

    def _next_frame(self) -> tuple[int, bool, bytes]:
        if time.monotonic() > self._until:
            raise SourceUnreachable(msg("the server cannot be reached: {name}", name="TimeoutError"))
        first, second = self._bytes(2)
        size = second & 0x7F
        if size == _TWO_BYTES:
            size = int.from_bytes(self._bytes(2))
        elif size == _EIGHT_BYTES:
            size = int.from_bytes(self._bytes(8))
        if size > MESSAGE_MAX_BYTES:
            raise SourceUnreachable(msg("the server's answer is larger than 256 MiB"))
        mask = self._bytes(4) if second & 0x80 else bytes(4)
        body = self._bytes(size)
        if any(mask):
            body = bytes(byte ^ mask[place % 4] for place, byte in enumerate(body))
        return first & 0x0F, bool(first & 0x80), body

    def _bytes(self, count: int) -> bytes:
        try:
            read = self._in.read(count)
        except (OSError, ValueError) as error:
            raise _broken(error) from error
        if len(read) < count:
            raise SourceUnreachable(msg("the server closed the channel"))
        return read


def _broken(error: Exception) -> SourceUnreachable:
    return SourceUnreachable(msg("the server cannot be reached: {name}", name=type(error).__name__))


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
