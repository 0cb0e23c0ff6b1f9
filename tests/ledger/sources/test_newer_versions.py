"""Versions and wrappings that write otherwise than what was run: no record lost, none with a wrong sum."""

from __future__ import annotations

import json

import pytest

from ledger.sources.adapter import Skipped
from ledger.sources.import_file import is_understood
from tests.ledger.sources.told import instant_of, kinds, read, reasons, records, spans

NEWER_XVNC = """\
Xvnc TigerVNC 1.15.0 - built 2025-02-18 12:00

Mon Nov 16 17:20:05 2026
 vncext:      VNC extension running!
 Connections: Accepted: 192.0.2.7::50123
 SConnection: Client requests security type VncAuth(2)
"""


def test_connection_of_tigervnc_1_15_has_its_end() -> None:
    """It writes its words with capitals: Accepted, Closing, Closed."""
    log = NEWER_XVNC + "\nMon Nov 16 18:35:40 2026\n Connections: Closed: 192.0.2.7::50123\n"
    found = read("vnc-log", log)
    assert spans(found) == [("2026-11-16T16:20:05Z", "2026-11-16T17:35:40Z")]
    assert reasons(found) == []


def test_stop_of_tigervnc_1_15_ends_what_was_open() -> None:
    log = NEWER_XVNC + "\nMon Nov 16 18:35:40 2026\n VNCSConnST:  Closing 192.0.2.7::50123: Server shutdown\n"
    assert spans(read("vnc-log", log)) == [("2026-11-16T16:20:05Z", "2026-11-16T17:35:40Z")]


@pytest.mark.parametrize("said", ["Authentication error: Authentication failure", "AuthFailureException: x"])
def test_wrong_password_in_every_version_of_tigervnc_is_an_attempt(said: str) -> None:
    log = NEWER_XVNC + (
        f"\nMon Nov 16 17:20:09 2026\n SConnection: {said}\n"
        " VNCSConnST:  Closing 192.0.2.7::50123: Authentication failure\n"
        " Connections: Closed: 192.0.2.7::50123\n"
    )
    assert kinds(read("vnc-log", log)) == ["attempt"]


@pytest.mark.parametrize("after", [":", ": Connection timed out", " (Connection timed out)", ""])
def test_end_of_xvnc_is_found_whatever_stands_after_the_address(after: str) -> None:
    log = NEWER_XVNC + f"\nMon Nov 16 18:35:40 2026\n Connections: closed: 192.0.2.7::50123{after}\n"
    assert spans(read("vnc-log", log)) == [("2026-11-16T16:20:05Z", "2026-11-16T17:35:40Z")]


@pytest.mark.parametrize(
    "lines",
    [
        " Connection received from 192.0.2.7\n",
        "Client 192.0.2.7 connected\n",
        "session opened for user ola\n",
    ],
)
def test_log_of_another_server_that_only_dates_its_lines_alike_is_not_understood(lines: str) -> None:
    assert not is_understood(read("vnc-log", f"Mon Nov 16 17:20:05 2026\n{lines}"))


def relay(number: int, arguments: list[object], at: str) -> dict[str, object]:
    what = {"etype": "relay", "action": "relaylog", "msgid": number, "msgArgs": arguments}
    return {**what, "time": at, "nodeid": "node//K", "username": "ola"}


EVENTS = [
    relay(15, ["abc", "192.0.2.7"], "2026-11-16T09:31:24Z"),
    relay(11, ["abc", "192.0.2.7", "192.0.2.8", 600], "2026-11-16T09:41:24Z"),
]


@pytest.mark.parametrize(
    "saved",
    [
        {"action": "events", "events": EVENTS},
        {"action": "events", "responseid": "m", "result": EVENTS},
        {"data": EVENTS},
        [EVENTS],
        [{"action": "events", "events": EVENTS}],
    ],
)
def test_events_of_meshcentral_in_the_answer_that_brought_them_are_read(saved: object) -> None:
    """What the server answers has them in an object; a program that keeps pages has lists in a list."""
    found = read("meshcentral", json.dumps(saved))
    assert spans(found) == [("2026-11-16T09:31:24Z", "2026-11-16T09:41:24Z")]
    assert reasons(found) == []


def test_events_one_an_answer_and_one_a_line_are_numbered_on() -> None:
    saved = json.dumps({"events": EVENTS}) + "\n" + json.dumps(relay(15, ["b"], "2026-11-17T09:00:00Z"))
    found = records(read("meshcentral", saved))
    assert [(each.line, instant_of(each.started)) for each in found] == [
        (1, "2026-11-16T09:31:24Z"),
        (3, "2026-11-17T09:00:00Z"),
    ]


def test_object_without_events_shows_nothing_of_meshcentral() -> None:
    found = read("meshcentral", json.dumps({"action": "devices", "nodes": [{"name": "PC"}]}))
    assert [type(each) for each in found] == [Skipped]
    assert not is_understood(found)
