"""The fake KSeF as others see it: HTTP on a port of this machine, with the faults of a network."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from tests.support.ksef.keys import server_certificate
from tests.support.ksef.tax_office import Refusal, TaxOffice

NIP = "5260250274"
TOKEN = "20261101-EC-1234567890-1234567890-00|nip-5260250274|0123456789abcdef"  # noqa: S105 - of the fake
JSON, XML = "application/json", "application/xml"
Reply = tuple[int, bytes, str, dict[str, str]]


@dataclass
class Faults:
    """What goes wrong on the way; each is used up."""

    statuses: list[int] = field(default_factory=list[int])
    """HTTP statuses for the next requests, before anything is done."""
    only: str = ""
    """Only requests whose path matches this meet `statuses` and `slow_seconds`."""
    slow_seconds: float = 0.0
    silent_before: int = 0
    """So many sendings are lost before they are taken."""
    silent_after: int = 0
    """So many sendings are taken, and the answer is lost."""
    hold: threading.Event | None = None
    """Sendings are taken, and the answer waits until somebody sets this."""


class FakeKsef(ThreadingHTTPServer):
    """The server; `office` is what it knows, `faults` what goes wrong, `asked` every request."""

    daemon_threads = True

    def __init__(self, office: TaxOffice) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.office = office
        self.faults = Faults()
        self.asked: list[str] = []
        self.lock = threading.Lock()

    @property
    def base_url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def fake_ksef(today: date = date(2026, 11, 25), nip: str = NIP) -> Generator[FakeKsef]:
    """A fake KSeF as long as the block lasts."""
    server = FakeKsef(TaxOffice(nip, TOKEN, today))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _json(body: object, status: int = 200) -> Reply:
    return status, json.dumps(body).encode(), JSON, {}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def _ksef(self) -> FakeKsef:
        return cast("FakeKsef", self.server)

    def log_message(self, format: str, *_said: object) -> None:  # noqa: A002 - named by the base class
        """Say nothing."""

    def do_GET(self) -> None:
        self._answer("GET")

    def do_POST(self) -> None:
        self._answer("POST")

    def _answer(self, method: str) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = self.path.split("?")[0].removeprefix("/v2")
        ksef = self._ksef
        with ksef.lock:
            ksef.asked.append(f"{method} {path}")
            reply = self._faulty(path)
            if reply is None:
                reply = self._routed(method, path, body)
        if ksef.faults.hold is not None and method == "POST" and path.endswith("/invoices"):
            ksef.faults.hold.wait()
            reply = None
        if reply is None:
            self.close_connection = True
            return
        status, content, kind, headers = reply
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _faulty(self, path: str) -> Reply | None:
        faults = self._ksef.faults
        if not re.search(faults.only, path):
            return None
        if faults.slow_seconds:
            time.sleep(faults.slow_seconds)
        if not faults.statuses:
            return None
        status = faults.statuses.pop(0)
        return status, b"{}", JSON, {"Retry-After": "1"}

    def _routed(self, method: str, path: str, body: bytes) -> Reply | None:
        for wanted, pattern, needs_access, act in _ROUTES:
            found = re.fullmatch(pattern, path)
            if wanted != method or found is None:
                continue
            try:
                if needs_access:
                    self._ksef.office.check_access(self.bearer)
                return cast("Reply | None", act(self, body, *found.groups()))
            except Refusal as refusal:
                return _json({"title": str(refusal), "status": refusal.status}, refusal.status)
        return _json({"title": "no such address", "status": 404}, 404)

    @property
    def bearer(self) -> str:
        return (self.headers.get("Authorization") or "").removeprefix("Bearer ")

    # --- one method for an address ------------------------------------------------------------

    def certificates(self, _body: bytes) -> Reply:
        usage = ["KsefTokenEncryption", "SymmetricKeyEncryption"]
        valid = {"validFrom": "2020-01-01T00:00:00Z", "validTo": "2099-01-01T00:00:00Z"}
        return _json([{"certificate": server_certificate(), "usage": usage, "publicKeyId": "one", **valid}])

    def challenge(self, _body: bytes) -> Reply:
        return _json(self._ksef.office.challenge())

    def by_token(self, body: bytes) -> Reply:
        return _json(self._ksef.office.login_by_token(json.loads(body)), 202)

    def by_certificate(self, body: bytes) -> Reply:
        return _json(self._ksef.office.login_by_certificate(body), 202)

    def redeem(self, _body: bytes) -> Reply:
        return _json(self._ksef.office.redeem(self.bearer))

    def login_status(self, _body: bytes, _reference: str) -> Reply:
        return _json(self._ksef.office.login_status(self.bearer))

    def open_session(self, body: bytes) -> Reply:
        return _json(self._ksef.office.open_session(json.loads(body)), 201)

    def close_session(self, _body: bytes, session: str) -> Reply:
        self._ksef.office.session(session).is_open = False
        return 204, b"", JSON, {}

    def send(self, body: bytes, session: str) -> Reply | None:
        faults = self._ksef.faults
        if faults.silent_before:
            faults.silent_before -= 1
            return None
        answer = self._ksef.office.take(session, json.loads(body))
        if faults.silent_after:
            faults.silent_after -= 1
            return None
        return _json(answer, 202)

    def list_session(self, _body: bytes, session: str) -> Reply:
        office = self._ksef.office
        return _json({"invoices": [office.status(each) for each in office.session(session).received]})

    def status(self, _body: bytes, session: str, reference: str) -> Reply:
        return _json(self._ksef.office.status(self._ksef.office.find(session, reference)))

    def receipt(self, _body: bytes, session: str, named: str) -> Reply:
        return 200, self._ksef.office.receipt(self._ksef.office.find(session, named)), XML, {}

    def metadata(self, body: bytes) -> Reply:
        return _json(self._ksef.office.listed(json.loads(body)))

    def download(self, _body: bytes, number: str) -> Reply:
        stored = self._ksef.office.stored(number)
        return 200, stored.xml, XML, {"x-ms-meta-hash": stored.sha256}


_ONE = "([^/]+)"
_ROUTES: list[tuple[str, str, bool, Callable[..., Any]]] = [
    ("GET", "/security/public-key-certificates", False, _Handler.certificates),
    ("POST", "/auth/challenge", False, _Handler.challenge),
    ("POST", "/auth/ksef-token", False, _Handler.by_token),
    ("POST", "/auth/xades-signature", False, _Handler.by_certificate),
    ("POST", "/auth/token/redeem", False, _Handler.redeem),
    ("GET", f"/auth/{_ONE}", False, _Handler.login_status),
    ("POST", "/sessions/online", True, _Handler.open_session),
    ("POST", f"/sessions/online/{_ONE}/close", True, _Handler.close_session),
    ("POST", f"/sessions/online/{_ONE}/invoices", True, _Handler.send),
    ("GET", f"/sessions/{_ONE}/invoices", True, _Handler.list_session),
    ("GET", f"/sessions/{_ONE}/invoices/{_ONE}", True, _Handler.status),
    ("GET", f"/sessions/{_ONE}/invoices/{_ONE}/upo", True, _Handler.receipt),
    ("GET", f"/sessions/{_ONE}/invoices/ksef/{_ONE}/upo", True, _Handler.receipt),
    ("POST", "/invoices/query/metadata", True, _Handler.metadata),
    ("GET", f"/invoices/ksef/{_ONE}", True, _Handler.download),
]
