"""A desk that answers on a real port, in a thread of the test; what a browser sends, sent by hand."""

from __future__ import annotations

import http.client
import platform
import re
import threading
import time
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode

import uvicorn

from cli.desk.app import make_app
from cli.desk.jobs import Jobs
from cli.desk.opened import Settings
from cli.desk.seats import Kind, Seats
from cli.desk.serve import bound, config_of, host_name
from cli.desk.way_in import Address, Ticket, WayIn
from cli.desk.web import Desk
from cli.presentation.text import Lang
from cli.registry import tool
from ledger.domain.identifiers import handle_of

PATIENCE_S = 30
_FORM = re.compile(r'<form id="form-(?P<name>[\w-]+)".*?</form>', re.DOTALL)
_HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


class Answer(NamedTuple):
    """What came back."""

    status: int
    content: bytes
    headers: Mapping[str, str]

    @property
    def text(self) -> str:
        """What came back, of a page."""
        return self.content.decode()

    @property
    def place(self) -> str:
        """Where it leads."""
        return self.headers.get("location", "")

    def hidden(self, form: str) -> dict[str, str]:
        """What a form of the page carries unseen."""
        found = next(each for each in _FORM.finditer(self.text) if each["name"] == form)
        return dict(_HIDDEN.findall(found[0]))


class Served:
    """A running desk, and a client that may send whatever it likes."""

    def __init__(self, desk: Desk, port: int, host: str) -> None:
        self.desk = desk
        self.port = port
        self.host = host
        self.cookie = ""

    @property
    def origin(self) -> str:
        """The origin of its pages."""
        return f"http://{self.host}"

    def link(self, by: str = "anna", kind: Kind = "desk") -> str:
        """A way in."""
        return f"{self.origin}/enter?ticket={self.desk.way_in.ticket(Ticket(by, kind))}"

    def enter(self, by: str = "anna", kind: Kind = "desk") -> None:
        """Take a seat."""
        self.cookie = self.desk.seats.take(by, kind)

    def sends(
        self, method: str, path: str, body: bytes | Iterator[bytes] | None = None, **headers: str
    ) -> Answer:
        """Send a request; header names with _ for -. An empty header is left out."""
        given = {"Host": self.host, "Cookie": f"desk={self.cookie}"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            connection.putrequest(method, path, skip_host=True)
            for name, value in given.items():
                if value:
                    connection.putheader(name, value)
            if isinstance(body, bytes):
                connection.putheader("Content-Length", str(len(body)))
            elif body is not None:
                connection.putheader("Transfer-Encoding", "chunked")
            connection.endheaders(body, encode_chunked=body is not None and not isinstance(body, bytes))
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, answer.read(), told)
        finally:
            connection.close()

    def get(self, path: str) -> Answer:
        """Look at a page as our own page would."""
        return self.sends("GET", path, Sec_Fetch_Site="same-origin")

    def post(self, path: str, typed: Mapping[str, str], **headers: str) -> Answer:
        """Send a form; without other headers as our own page sends it."""
        told = headers or {"Sec_Fetch_Site": "same-origin", "Origin": self.origin}
        kind = "application/x-www-form-urlencoded"
        return self.sends("POST", path, urlencode(typed).encode(), Content_Type=kind, **told)

    def brings(self, path: str, typed: Mapping[str, str], name: str, content: bytes) -> Answer:
        """Send a form with a file, as a browser does."""
        mark = "----------mark"
        parts = [
            f'--{mark}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode()
            for key, value in typed.items()
        ]
        head = f'Content-Disposition: form-data; name="file"; filename="{name}"'
        body = (
            b"".join(parts)
            + f"--{mark}\r\n{head}\r\n\r\n".encode()
            + content
            + f"\r\n--{mark}--\r\n".encode()
        )
        kind = f"multipart/form-data; boundary={mark}"
        return self.sends(
            "POST", path, body, Content_Type=kind, Sec_Fetch_Site="same-origin", Origin=self.origin
        )

    def records(self, page: str, form: str, path: str = "", **typed: str) -> Answer:
        """Open a page, fill a form of it in, send it, and look at the page that follows."""
        hidden = self.get(page).hidden(form)
        answer = self.post(path or f"{page.partition('?')[0]}/{form}", hidden | typed)
        assert answer.status == 303, answer.text
        return self.follow(answer)

    def follow(self, answer: Answer) -> Answer:
        """Go where an answer leads, until the work behind it is done."""
        until, place = time.monotonic() + PATIENCE_S, ""
        while answer.status == 303 or 'http-equiv="refresh"' in answer.text:
            assert time.monotonic() < until, answer.text
            if answer.status == 303:
                place = answer.place.partition("#")[0]
            time.sleep(0.02)
            answer = self.get(place)
        return answer


@contextmanager
def served(
    ledger: Path, runtime: Path, *, lang: Lang = "pl", idle_seconds: int = 1800, host: str | None = None
) -> Generator[Served]:
    """A desk over a ledger, until the end of the block."""
    runtime.mkdir(mode=0o700, exist_ok=True)
    way_in = WayIn(runtime, ledger)
    assert way_in.claim()
    listening = bound(0)
    port = listening.getsockname()[1]
    name = f"{host or host_name()}:{port}"
    desk = Desk(
        Settings(ledger, lang, handle_of(platform.node()), tool()), Seats(idle_seconds), way_in, Jobs()
    )
    server = uvicorn.Server(config_of(make_app(desk, name)))
    listening.listen()
    way_in.announce(Address(name, 1))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    until = time.monotonic() + PATIENCE_S
    while not server.started:
        assert time.monotonic() < until
        time.sleep(0.01)
    try:
        yield Served(desk, port, name)
    finally:
        server.should_exit = True
        thread.join(PATIENCE_S)
        listening.close()
        way_in.leave()
