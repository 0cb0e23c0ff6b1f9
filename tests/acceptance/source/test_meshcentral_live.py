"""MeshCentral's control channel, against a server of our own that misbehaves as servers do."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from tests.support.office import Answer, Office

PASSWORD = "a-password-nobody-may-see"  # noqa: S105 - it opens nothing
EVENTS = [
    {
        "etype": "relay",
        "action": "relaylog",
        "username": "ola",
        "nodeid": "node//Kx1",
        "protocol": 2,
        "msgid": number,
        "msgArgs": arguments,
        "time": f"2026-11-16T10:0{minute}:00.000Z",
    }
    for number, arguments, minute in ((15, ["s1"], 0), (11, ["s1", 60], 1), (15, ["s2"], 5))
]
ANSWER = json.dumps({"action": "events", "tag": "session-ledger", "events": EVENTS}).encode()
OTHER = json.dumps({"action": "serverinfo", "serverinfo": {}}).encode()


def frame(body: bytes, opcode: int = 1, *, is_last: bool = True) -> bytes:
    """What a server sends, which it does not mask."""
    size = len(body)
    if size < 126:
        head = bytes([size])
    else:
        head = b"\x7e" + size.to_bytes(2) if size < 1 << 16 else b"\x7f" + size.to_bytes(8)
    return bytes([0x80 * is_last | opcode]) + head + body


Behaving = Callable[[str], Iterator[bytes]]
"""From the request of a client to what is sent, piece after piece."""


@contextmanager
def serving(behave: Behaving) -> Generator[tuple[str, list[str]]]:
    """A server on this machine, its address, and the requests that it got."""
    asked: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    connection.settimeout(5)
                    request = b""
                    while b"\r\n\r\n" not in request:
                        request += connection.recv(4096)
                    asked.append(request.decode())
                    for piece in behave(asked[-1]):
                        connection.sendall(piece)
                    connection.shutdown(socket.SHUT_WR)
                    while connection.recv(4096):
                        pass

        thread = Thread(target=answer, daemon=True)
        thread.start()
        yield f"ws://127.0.0.1:{listening.getsockname()[1]}", asked


def upgraded(request: str) -> bytes:
    key = next(line.split(": ")[1] for line in request.split("\r\n") if line.startswith("Sec-WebSocket-Key"))
    whole = f"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode()
    accept = base64.b64encode(hashlib.sha1(whole, usedforsecurity=False).digest()).decode()
    words = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    return f"{words}Sec-WebSocket-Accept: {accept}\r\n\r\n".encode()


def sending(*frames: bytes) -> Behaving:
    def behave(request: str) -> Iterator[bytes]:
        yield upgraded(request)
        yield from frames

    return behave


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    monkeypatch.setenv("SESSION_LEDGER_MESHCENTRAL_PASSWORD", PASSWORD)
    return Office(tmp_path / "ledger")


def live(office: Office, url: str, *words: str, status: int = 0) -> Answer:
    config = office.folder / "ledger.toml"
    if "\n[sources.meshcentral]" not in config.read_text(encoding="utf-8"):
        with config.open("a", encoding="utf-8") as file:
            file.write(f'\n[sources.meshcentral]\nurl = "{url}"\nuser = "anna"\n')
    answer = office.run("source", "import", "meshcentral", "--live", *words)
    assert answer.status == status, answer.err
    assert PASSWORD not in answer.out + answer.err
    return answer


def test_events_are_asked_for_with_the_account_and_a_repeat_changes_nothing(office: Office) -> None:
    """Given other messages, a ping and an answer in pieces, then the records are those of the events."""
    half = len(ANSWER) // 2
    pieces = (frame(ANSWER[:half], is_last=False), frame(b"?", 9), frame(ANSWER[half:], 0))
    with serving(sending(frame(OTHER), frame(b"", 10), *pieces)) as (url, asked):
        first = live(office, url, "-f", "json").document
        again = live(office, url, "-f", "json").document
    assert (first["observed"], first["quarantine"]) == (2, [])
    assert (again["observed"], again["duplicate"]) == (0, 2)
    auth = ",".join(base64.b64encode(word.encode()).decode() for word in ("anna", PASSWORD))
    assert asked[0].startswith("GET /control.ashx HTTP/1.1\r\n")
    assert f"x-meshauth: {auth}\r\n" in asked[0]


def test_events_long_before_since_are_left_out(office: Office) -> None:
    """Given --since, then what is older by more than 49 hours is not taken in."""
    with serving(sending(frame(ANSWER))) as (url, _):
        taken = live(office, url, "--since", "2026-11-18T11:04:00Z", "-f", "json").document
    assert taken["observed"] == 1


def test_code_of_a_second_factor_is_sent(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SESSION_LEDGER_MESHCENTRAL_CODE", "123456")
    with serving(sending(frame(ANSWER))) as (url, asked):
        live(office, url)
    assert f",{base64.b64encode(b'123456').decode()}\r\n" in asked[0]


def test_account_that_is_refused_is_told_by_its_cause(office: Office) -> None:
    close = json.dumps({"action": "close", "cause": "noauth", "msg": "noauth-2"}).encode()
    with serving(sending(frame(OTHER), frame(close))) as (url, _):
        refused = live(office, url, status=1)
    assert "the server refuses the account (noauth-2) (E-SOURCE-ACCOUNT)" in refused.err


@pytest.mark.parametrize(
    ("frames", "fact"),
    [
        ((), "closed the channel"),
        ((b"\x81",), "closed the channel"),
        ((frame(ANSWER)[:-9],), "closed the channel"),
        ((frame(OTHER), frame(b"", 8)), "closed the channel"),
        ((frame(b"<html>"),), "not JSON"),
        ((frame(b"[" * 100_000),), "not JSON"),
        ((frame(b"\xff\xfe"),), "closed the channel"),
        ((frame(json.dumps({"action": "events", "tag": "session-ledger"}).encode()),), "without a list"),
        ((b"\x81\x7f" + b"\xff" * 8,), "larger than 256 MiB"),
        ((frame(OTHER) * 1_001,), "without a list"),
    ],
    ids=[
        *("nothing", "half a head", "half an answer", "a close", "a page", "nesting", "no text", "no events"),
        *("a huge frame", "no answer"),
    ],
)
def test_other_answers_are_refused_and_nothing_is_recorded(
    office: Office, frames: tuple[bytes, ...], fact: str
) -> None:
    before = office.does("audit", "verify").out
    with serving(sending(*frames)) as (url, _):
        refused = live(office, url, status=1)
    assert fact in refused.err
    assert "(E-SOURCE-SERVER)" in refused.err
    assert office.does("audit", "verify").out == before


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 404 Not Found\r\n\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: another\r\n\r\n",
        b"\r\n\r\n",
        b"",
    ],
    ids=repr,
)
def test_server_that_is_no_websocket_is_refused(office: Office, head: bytes) -> None:
    def behave(_request: str) -> Iterator[bytes]:
        yield head

    with serving(behave) as (url, _):
        assert "(E-SOURCE-SERVER)" in live(office, url, status=1).err


@pytest.mark.parametrize(
    ("config", "fact"),
    [
        ('url = "https://mesh.example"\nuser = "anna"', "wss://"),
        ('url = "ws://mesh.example"\nuser = "anna"', "wss://"),
        ('url = "wss://[x"\nuser = "anna"', "url of the source is none"),
        ('url = "wss://mesh.example"', "no user"),
        ('user = "anna"', "no url"),
        ('url = "wss://mesh.example"\nuser = "anna"\npassword = "x"', "holds more than texts"),
    ],
)
def test_settings_are_refused_by_what_is_wrong(office: Office, config: str, fact: str) -> None:
    with (office.folder / "ledger.toml").open("a", encoding="utf-8") as file:
        file.write(f"\n[sources.meshcentral]\n{config}\n")
    refused = office.run("source", "import", "meshcentral", "--live")
    assert refused.status == 2
    assert fact in refused.err


def test_nothing_is_asked_without_a_password_or_of_a_server_that_is_not_there(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert "(E-SOURCE-SERVER)" in live(office, f"ws://127.0.0.1:{port}", status=1).err
    monkeypatch.delenv("SESSION_LEDGER_MESHCENTRAL_PASSWORD")
    assert "holds no password (E-SOURCE-ACCOUNT)" in live(office, "ws://127.0.0.1:1", status=1).err
