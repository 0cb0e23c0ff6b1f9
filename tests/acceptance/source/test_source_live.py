"""TeamViewer's server asked for its reports, against a server of our own that misbehaves as they do."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.support.office import Answer, Office

PAGES = [
    (
        Path(__file__).parents[2] / "vectors/teamviewer-month/webapi" / f"reports_connections.page{n}.json"
    ).read_bytes()
    for n in range(1, 5)
]
TOKEN = "a-token-nobody-may-see"  # noqa: S105 - it opens nothing


class Reply(NamedTuple):
    """What the server says to one question."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


class Asked(NamedTuple):
    """What it was asked: the parameters, and the token."""

    parameters: dict[str, str]
    authorization: str | None


Answering = Callable[[dict[str, str], int], Reply]
"""From the parameters of a question, and its number from 0, to the reply."""


@contextmanager
def serving(answer: Answering) -> Generator[tuple[str, list[Asked]]]:
    """A server on this machine, its address, and what it is asked."""
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            parameters = {key: values[0] for key, values in parse_qs(parts.query).items()}
            asked.append(Asked(parameters, self.headers.get("Authorization")))
            reply = answer(parameters, len(asked) - 1) if parts.path.endswith("/connections") else Reply(404)
            self.send_response(reply.status)
            for name, value in reply.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002, ANN401 - the library calls it so
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long was waited, without waiting."""
    waits: list[float] = []
    monkeypatch.setattr("cli.commands.source.live.time.sleep", waits.append)
    return waits


def live(office: Office, url: str, *more: str, token: str = TOKEN) -> Answer:
    """Ask the server at an address."""
    config = office.folder / "ledger.toml"
    text = config.read_text(encoding="utf-8").split("\n[sources")[0]
    config.write_text(f'{text}\n[sources.teamviewer-webapi]\nurl = "{url}"\n', encoding="utf-8")
    return office.run(
        "source", "import", "teamviewer-webapi", "--live", *more, SESSION_LEDGER_TEAMVIEWER_TOKEN=token
    )


def paged(parameters: dict[str, str], _number: int) -> Reply:
    """The sample month, page by page: `next_offset` names the last record of a page."""
    offset = parameters.get("offset_id")
    ends = [json.loads(page).get("next_offset") for page in PAGES]
    return Reply(body=PAGES[0 if offset is None else ends.index(offset) + 1])


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "ledger")


def test_every_page_is_asked_for_and_taken_in_once(office: Office) -> None:
    """Given four pages, then 22 records; asked again, from 49 h before the last, nothing is new."""
    with serving(paged) as (url, asked):
        first = live(office, url, "-f", "json")
        assert (first.status, first.document["observed"]) == (0, 22)
        assert len(asked) == len(PAGES)
        assert {each.authorization for each in asked} == {f"Bearer {TOKEN}"}
        before = office.events()
        again = live(office, url, "-f", "json")
        assert (again.document["duplicate"], office.events()) == (22, before)
        # The last record began 2026-11-16T17:30Z.
        assert asked[-1].parameters["from_date"] == "2026-11-14T16:30:00Z"
        live(office, url, "--since", "2026-11-10")
        assert asked[-1].parameters["from_date"] == "2026-11-07T22:00:00Z"


def test_a_server_that_repeats_a_page_is_left(office: Office) -> None:
    """Given a cursor that comes again, then nothing is taken in, and nobody waits for ever."""
    with serving(lambda _parameters, _number: Reply(body=PAGES[0])) as (url, asked):
        answer = live(office, url)
    assert (answer.status, len(asked)) == (1, 2)
    assert "again and again" in answer.err
    assert office.asks("source", "list")["records"] == []


def test_a_busy_server_is_asked_when_it_says(office: Office, waited: list[float]) -> None:
    """Given 429 with Retry-After, then so long is waited, and the answer counts; a day is too long."""

    def busy(parameters: dict[str, str], number: int) -> Reply:
        return paged(parameters, number) if number else Reply(429, headers=(("Retry-After", "7"),))

    with serving(busy) as (url, _):
        assert live(office, url).status == 0
    assert waited == [7.0]
    with serving(lambda _p, _n: Reply(429, headers=(("Retry-After", "86400"),))) as (url, asked):
        answer = live(office, url)
    assert (answer.status, len(asked)) == (1, 1)
    assert "86400 s" in answer.err


def test_a_broken_server_is_tried_a_few_times(office: Office, waited: list[float]) -> None:
    """Given 503 twice, then the third answer counts; given 503 for ever, then four tries and a refusal."""

    def mending(parameters: dict[str, str], number: int) -> Reply:
        return Reply(503) if number < 2 else paged(parameters, number)

    with serving(mending) as (url, _):
        assert live(office, url).status == 0
    with serving(lambda _p, _n: Reply(503)) as (url, asked):
        answer = live(office, url)
    assert (answer.status, len(asked)) == (1, 4)
    assert "(E-SOURCE-SERVER)" in answer.err
    assert waited == [1.0, 2.0, 1.0, 2.0, 4.0]


def test_a_failure_behind_the_first_page_takes_nothing_in(office: Office, waited: list[float]) -> None:
    """Given a server that breaks after page one, then nothing is recorded: a gap would never be seen."""

    def breaking(parameters: dict[str, str], number: int) -> Reply:
        return Reply(500) if number else paged(parameters, number)

    before = office.events()
    with serving(breaking) as (url, _):
        assert live(office, url).status == 1
    assert office.events() == before
    assert waited


@pytest.mark.parametrize(
    "reply",
    [
        Reply(body=b"<html>"),
        Reply(body=b"[]"),
        Reply(body=b'{"records": 1}'),
        Reply(404),
        Reply(302, headers=(("Location", "http://127.0.0.1:1/elsewhere/connections"),)),
    ],
)
def test_another_answer_than_a_page_is_a_refusal(office: Office, reply: Reply) -> None:
    """Given HTML, another shape, no such page or a redirection, then E-SOURCE-SERVER, and no token shown."""
    with serving(lambda _p, _n: reply) as (url, _):
        answer = live(office, url)
    assert answer.status == 1
    assert "(E-SOURCE-SERVER)" in answer.err
    assert TOKEN not in answer.out + answer.err


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_is_refused(office: Office, status: int) -> None:
    """Given 401 or 403, then E-SOURCE-TOKEN, at the first try, and the token is not repeated."""
    with serving(lambda _p, _n: Reply(status)) as (url, asked):
        answer = live(office, url)
    assert (answer.status, len(asked)) == (1, 1)
    assert "(E-SOURCE-TOKEN)" in answer.err
    assert TOKEN not in answer.out + answer.err


@pytest.mark.parametrize("token", ["", "two\nlines", "ż"])
def test_a_token_that_is_none_is_not_sent(office: Office, token: str) -> None:
    """Given no token, or one that cannot stand in a header, then nobody is asked."""
    with serving(paged) as (url, asked):
        answer = live(office, url, token=token)
    assert (answer.status, asked) == (1, [])


@pytest.mark.parametrize("url", ["http://example.com", "ftp://127.0.0.1", "nonsense", "http://[bad"])
def test_the_token_goes_over_https_or_stays(office: Office, url: str) -> None:
    """Given an address without https on another machine, or none, then E-CONFIG, and nobody is asked."""
    answer = live(office, url)
    assert answer.status == 2
    assert "(E-CONFIG)" in answer.err


def test_a_server_that_is_not_there(office: Office, waited: list[float]) -> None:
    """Given nobody who listens, then four tries and a refusal."""
    with serving(paged) as (url, _):
        pass
    answer = live(office, url)
    assert answer.status == 1
    assert "cannot be reached" in answer.err
    assert len(waited) == 3
