# ruff: noqa: E501 - lines of logs are as long as they are
"""Files as users of the tools met them, each with more of its kind: no record lost, none with a wrong sum."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ledger.errors import BadSource
from ledger.sources.adapter import Options, Skipped, Told
from ledger.sources.import_file import is_understood
from tests.ledger.sources.told import (
    UTC,
    VECTORS,
    WARSAW,
    instant_of,
    kinds,
    read,
    reasons,
    records,
    reported,
    spans,
)

# --- columns of blanks ----------------------------------------------------------------------------


def test_connections_of_padded_columns_are_read() -> None:
    found = records(read("teamviewer-connections", reported("01-Connections-padded.txt")))
    assert [(r.remote_id, r.user, r.kind) for r in found] == [
        ("701051017", "Ola", "remote_control"),
        ("938826497", "Ola", "file_transfer"),
    ]
    assert spans(found) == [
        ("2026-11-16T16:40:00Z", "2026-11-16T17:20:30Z"),
        ("2026-11-17T08:00:00Z", "2026-11-17T08:21:10Z"),
    ]


GUID = "{78e51061-7311-48a3-82ce-6f447ed4d57b}"


def padded(*cells: str) -> str:
    return "".join(cell.ljust(32) for cell in cells[:-1]) + cells[-1] + "\r\n"


@pytest.mark.parametrize(
    "user", ["Jan  van der Berg", "Ola Nowak z bardzo długim nazwis", "kasia@sklep.example"]
)
def test_padded_and_tabbed_lines_say_the_same(user: str) -> None:
    """A name as wide as its column has no second blank after it; names have blanks inside."""
    cells = ("701 051 017", "16-11-2026 16:40:00", "16-11-2026 17:20:30", user, "RemoteControl", GUID)
    (blanks,) = records(read("teamviewer-connections", padded(*cells[:3], user.ljust(33)[:33], *cells[4:])))
    (tabs,) = records(read("teamviewer-connections", "\t".join(cells) + "\t\r\n"))
    assert blanks == tabs


def test_padded_line_without_a_local_user_and_one_with_a_display_name() -> None:
    line = padded(
        "701051017", "Jan Nowy", "16-11-2026 16:40:00", "16-11-2026 17:20:30", "Ola", "RemoteControl", GUID
    )
    (incoming,) = records(read("teamviewer-connections", line))
    assert (incoming.user, incoming.words) == ("Jan Nowy", {"partner": "701051017", "local_user": "Ola"})
    line = padded("701051017", "16-11-2026 16:40:00", "16-11-2026 17:20:30", "", "RemoteControl", GUID)
    (unnamed,) = records(read("teamviewer-connections", line))
    assert (unnamed.user, unnamed.kind, unnamed.remote_id) == (None, "remote_control", "701051017")


# --- one connection, several lines ----------------------------------------------------------------


def teamviewer(*lines: str) -> str:
    told = (line.split(" ", 1) for line in lines)
    return "".join(f"2026/11/16 {at}  2216  2488 S0   {message}\n" for at, message in told)


COMES = "Connection incoming, sessionID = "


def test_connection_announced_twice_is_one_record() -> None:
    found = read("teamviewer-log", reported("02-teamviewer-one-connection-told-twice.log"))
    assert spans(found) == [("2026-11-16T15:16:32.736000Z", "2026-11-16T16:18:36.420000Z")]
    assert reasons(found) == []


def test_ids_tell_which_of_two_connections_ended() -> None:
    found = read(
        "teamviewer-log",
        teamviewer(
            f"10:00:00.000 A::B: {COMES}11",
            f"10:00:00.500 C::D: {COMES}11",
            f"10:05:00.000 A::B: {COMES}22",
            f"10:05:00.100 C::D: {COMES}22",
            "10:20:00.000 Net: We left session, SLID=2, sessionID = 11",
            "10:40:00.000 SessionEnded: sessionID = 22",
        ),
    )
    assert spans(found) == [
        ("2026-11-16T09:00:00Z", "2026-11-16T09:20:00Z"),
        ("2026-11-16T09:05:00Z", "2026-11-16T09:40:00Z"),
    ]


def test_ends_that_name_none_of_two_connections_are_not_guessed() -> None:
    found = records(
        read(
            "teamviewer-log",
            teamviewer(
                f"10:00:00.000 {COMES}11",
                f"10:05:00.000 {COMES}22",
                "10:20:00.000 We left session, SLID=2",
                "10:40:00.000 We left session, SLID=3",
            ),
        )
    )
    assert [(r.ended, instant_of(r.over_by), r.is_shared) for r in found] == [
        (None, "2026-11-16T09:40:00Z", True)
    ] * 2


def test_same_id_again_after_its_end_is_another_connection() -> None:
    found = read(
        "teamviewer-log",
        teamviewer(
            f"10:00:00.000 {COMES}11",
            "10:20:00.000 We left session, SLID=2",
            f"11:00:00.000 {COMES}11",
            "11:20:00.000 We left session, SLID=2",
        ),
    )
    assert len(spans(found)) == 2


def test_start_whose_end_cannot_be_read_is_not_free_for_a_later_end() -> None:
    log = teamviewer(
        f"10:00:00.000 {COMES}11", "10:20:90.000 We left session, SLID=2", f"11:00:00.000 {COMES}12",
        "11:20:00.000 We left session, SLID=2",
    )  # fmt: skip
    found = read("teamviewer-log", log)
    assert spans(found) == [
        ("2026-11-16T09:00:00Z", None),
        ("2026-11-16T10:00:00Z", "2026-11-16T10:20:00Z"),
    ]
    assert reasons(found) == [(2, "bad-time")]


def test_announcement_without_an_id_is_in_quarantine() -> None:
    found = read("teamviewer-log", teamviewer("10:00:00.000 A::B: Connection incoming, session 11"))
    assert reasons(found) == [(1, "fields")]


# --- MeshCentral ----------------------------------------------------------------------------------


def mesh(
    number: int, at: str, arguments: list[Any], user: str | None = "ola", **more: object
) -> dict[str, Any]:
    who = {} if user is None else {"userid": f"user//{user}", "username": user}
    told = {
        "etype": "relay",
        "action": "relaylog",
        "nodeid": "node//Kx1",
        "msgid": number,
        "msgArgs": arguments,
    }
    return told | who | {"time": f"2026-11-16T{at}Z"} | more


def meshed(*events: dict[str, Any]) -> list[Told]:
    return read("meshcentral", json.dumps(events), Options())


def test_multiplexed_desktop_is_a_record() -> None:
    found = read("meshcentral", reported("03-mesh-multiplex.json"), Options())
    (record,) = records(found)
    assert spans(found) == [("2026-11-16T09:31:24.120000Z", "2026-11-16T10:21:06.002000Z")]
    assert (record.kind, record.user, record.duration_s) == ("remote_control", "ola", 2981)
    assert record.words == {"computer": "node//Kx1"}
    assert len(found) == 3


def test_viewers_of_one_desktop_are_records_of_their_own_in_whatever_order() -> None:
    events = [
        mesh(145, "09:00:00.000", ["s1"]),
        mesh(143, "09:05:00.000", ["s1"], "jan"),
        mesh(143, "09:06:00.000", ["s1"]),
        mesh(144, "09:10:00.500", ["s1", 300], "jan"),
        mesh(144, "09:20:00.900", ["s1", 1200]),
        mesh(144, "09:30:00.100", ["s1", 1440]),
        mesh(147, "09:30:00.200", ["s1", 1800], None),
    ]
    expected = {
        ("ola", "2026-11-16T09:00:00Z", "2026-11-16T09:20:00.900000Z"),
        ("jan", "2026-11-16T09:05:00Z", "2026-11-16T09:10:00.500000Z"),
        ("ola", "2026-11-16T09:06:00Z", "2026-11-16T09:30:00.100000Z"),
    }
    for order in (events, events[::-1]):
        found = meshed(*order)
        assert {(r.user, instant_of(r.started), instant_of(r.ended)) for r in records(found)} == expected
        assert len({r.native_id for r in records(found)}) == 3
        assert (len(found), reasons(found)) == (7, [])


def test_close_of_a_desktop_ends_viewers_who_are_not_said_to_have_left() -> None:
    found = meshed(mesh(145, "09:00:00.000", ["s1"]), mesh(147, "09:30:00.000", ["s1", 1800], None))
    assert spans(found) == [("2026-11-16T09:00:00Z", "2026-11-16T09:30:00Z")]
    (alone,) = records(meshed(mesh(147, "09:30:00.000", ["s1", 1800], None)))
    assert (alone.started, alone.duration_s, alone.native_id) == (None, 1800, "s1|node//Kx1")


@pytest.mark.parametrize(
    ("start", "end", "protocol", "kind"),
    [(150, 125, 201, "remote_control"), (148, 123, 202, "terminal"), (149, 124, 203, "file_transfer"),
     (151, 126, 204, "remote_control"), (148, 122, 202, "terminal")],
)  # fmt: skip
def test_sessions_of_the_browser_have_the_seconds_before_the_id(
    start: int, end: int, protocol: int, kind: str
) -> None:
    found = meshed(
        mesh(start, "09:00:00.000", ["w1"], protocol=protocol),
        mesh(end, "09:20:00.000", [1200, "w1"], protocol=protocol),
    )
    (record,) = records(found)
    assert (record.kind, record.duration_s, record.native_id) == (kind, 1200, "w1|node//Kx1")
    assert spans(found) == [("2026-11-16T09:00:00Z", "2026-11-16T09:20:00Z")]


def test_session_of_the_router_is_a_record() -> None:
    found = meshed(
        mesh(120, "09:00:00.000", ["r1", "RDP", "192.0.2.7"], protocol="10"),
        mesh(121, "09:20:00.000", ["r1", "RDP", "192.0.2.7", 1200], protocol="10"),
    )
    assert [(r.kind, r.duration_s) for r in records(found)] == [("remote_control", 1200)]


@pytest.mark.parametrize(
    "event",
    [
        mesh(777, "09:00:00.000", ["s1"], protocol=2),
        mesh(778, "09:00:00.000", ["s1", 60]),
        {
            **mesh(1, "09:00:00.000", []),
            "msgid": None,
            "msg": "Left Web-RDP session after 60 second(s).",
            "protocol": 201,
        },
    ],
)
def test_session_event_of_an_unknown_number_is_in_quarantine(event: dict[str, Any]) -> None:
    found = meshed(event, {"etype": "user", "action": "login", "msgid": 107})
    assert reasons(found) == [(1, "unknown-event")]
    assert is_understood(found)


def test_guest_is_named_and_is_not_the_owner_of_the_account() -> None:
    found = read("meshcentral", reported("15-mesh-guest.json"), Options())
    (record,) = records(found)
    assert spans(found) == [("2026-11-16T12:00:00Z", "2026-11-16T14:00:00Z")]
    assert (record.user, record.words["guest"]) == (None, "Serwis drukarek")


def test_guest_and_owner_at_one_desktop_are_told_apart() -> None:
    found = records(
        meshed(
            mesh(145, "09:00:00.000", ["s1"]),
            mesh(143, "09:01:00.000", ["s1"], guestname="Serwis"),
            mesh(144, "09:05:00.000", ["s1", 240], guestname="Serwis"),
            mesh(144, "09:10:00.000", ["s1", 600]),
            mesh(147, "09:10:00.000", ["s1", 600], None),
        )
    )
    assert [(r.user, r.words.get("guest"), instant_of(r.ended)) for r in found] == [
        ("ola", None, "2026-11-16T09:10:00Z"),
        (None, "Serwis", "2026-11-16T09:05:00Z"),
    ]


def server(action: str, at: str) -> dict[str, Any]:
    return {"etype": "server", "action": action, "msg": f"Server {action}", "time": f"2026-11-16T{at}Z"}


def test_server_that_stops_ends_what_is_open_and_one_that_starts_again_marks_it() -> None:
    start, other = mesh(15, "09:00:00.000", ["a", "", ""]), mesh(145, "11:00:00.000", ["b"])
    found = records(
        meshed(start, server("stopped", "10:00:00.000"), server("started", "10:00:05.000"), other,
               server("started", "12:00:00.000"))
    )  # fmt: skip
    assert [(instant_of(r.ended), instant_of(r.over_by)) for r in found] == [
        ("2026-11-16T10:00:00Z", None),
        (None, "2026-11-16T12:00:00Z"),
    ]


# --- VNC ------------------------------------------------------------------------------------------


def x11vnc(*lines: str) -> str:
    return "".join(f"16/11/2026 {line}\n" for line in lines)


def test_words_after_the_address_do_not_hide_an_end() -> None:
    assert spans(read("vnc-log", reported("04-xvnc-closed-with-reason.log"))) == [
        ("2026-11-16T16:20:05Z", "2026-11-16T17:35:40Z")
    ]


XVNC = """
Mon Nov 16 17:20:05 2026
 Connections: accepted: {address}
 SConnection: Client requests security type VncAuth(2)

Mon Nov 16 18:35:40 2026
{end}
"""


@pytest.mark.parametrize("address", ["192.0.2.14::50447", "[2001:db8::7]::50447"])
@pytest.mark.parametrize(
    "end",
    [
        " Connections: closed: {address} (Clean\n              disconnection)",
        " Connections: closed: {address} (reading version failed: not an RFB\n              client?)",
        " VNCSConnST:  closing {address}: Server shutdown",
        " VNCSConnST:  closing {address}: read: reset by peer\n Connections: closed: {address}",
        " Connections: closed: {address}",
    ],
)
def test_every_form_of_an_end_of_xvnc_is_one(address: str, end: str) -> None:
    found = read("vnc-log", XVNC.format(address=address, end=end.format(address=address)))
    assert spans(found) == [("2026-11-16T16:20:05Z", "2026-11-16T17:35:40Z")]


def test_end_after_a_new_start_of_the_program_is_not_of_an_older_connection() -> None:
    found = read("vnc-log", reported("05-x11vnc-killed-and-started-again.log"))
    assert spans(found) == [
        ("2026-11-16T09:02:11Z", None),
        ("2026-11-16T14:00:05Z", "2026-11-16T14:20:09Z"),
    ]
    assert [instant_of(r.over_by) for r in records(found)] == ["2026-11-16T13:58:40Z", None]


def test_new_start_of_xvnc_closes_the_question_too() -> None:
    log = (
        "Mon Nov 16 10:00:00 2026\n vncext:      VNC extension running!\n\nMon Nov 16 10:02:00 2026\n"
        " Connections: accepted: 192.0.2.20::5001\n SConnection: Client requests security type None(1)\n\n"
        "Xvnc TigerVNC 1.12.0 - built 2023-01-06 16:01\n\n"
        "Mon Nov 16 15:00:00 2026\n vncext:      VNC extension running!\n"
    )
    (record,) = records(read("vnc-log", log))
    assert (record.ended, instant_of(record.over_by)) == (None, "2026-11-16T14:00:00Z")


def test_end_that_cannot_be_read_leaves_its_start_free_for_no_other() -> None:
    log = x11vnc("10:00:00 Got connection from client 192.0.2.20", "25:00:00 Client 192.0.2.20 gone",
                 "11:00:00 Got connection from client 192.0.2.20", "11:30:00 Client 192.0.2.20 gone")  # fmt: skip
    found = read("vnc-log", log)
    assert spans(found) == [("2026-11-16T09:00:00Z", None), ("2026-11-16T10:00:00Z", "2026-11-16T10:30:00Z")]
    assert reasons(found) == [(2, "bad-time")]


def test_start_that_cannot_be_read_takes_its_end_with_it() -> None:
    log = x11vnc("10:00:00 Got connection from client 192.0.2.20", "10:20:00 Client 192.0.2.20 gone",
                 "99:00:00 Got connection from client 192.0.2.20", "11:30:00 Client 192.0.2.20 gone")  # fmt: skip
    found = read("vnc-log", log)
    assert spans(found) == [("2026-11-16T09:00:00Z", "2026-11-16T09:20:00Z")]
    assert reasons(found) == [(3, "bad-time")]


def test_order_of_lines_tells_which_pass_of_the_doubled_hour_it_is() -> None:
    found = read("vnc-log", reported("06-x11vnc-doubled-hour-order-tells.log"))
    assert spans(found) == [("2026-10-25T00:40:00Z", "2026-10-25T01:20:00Z")]


def test_order_tells_in_every_log_of_local_times() -> None:
    xvnc = (
        "Sun Oct 25 02:40:00 2026\n Connections: accepted: 192.0.2.1::5\n SConnection: Client requests security "
        "type None(1)\n\nSun Oct 25 02:20:00 2026\n Connections: closed: 192.0.2.1::5\n"
    )
    assert spans(read("vnc-log", xvnc)) == [("2026-10-25T00:40:00Z", "2026-10-25T01:20:00Z")]
    anydesk = (
        "Incoming    2026-10-25, 02:50    User    1    547911884\n"
        "Incoming    2026-10-25, 02:10    User    1    547911884\n"
    )
    assert [start for start, _ in spans(read("anydesk", anydesk))] == [
        "2026-10-25T00:50:00Z",
        "2026-10-25T01:10:00Z",
    ]


@pytest.mark.parametrize("adapter_lines", [("vnc-log", "02:40:00", "02:50:00")])
def test_doubled_hour_without_a_jump_stays_in_quarantine(adapter_lines: tuple[str, str, str]) -> None:
    adapter, came, went = adapter_lines
    log = (
        f"25/10/2026 {came} Got connection from client 192.0.2.20\n25/10/2026 {went} Client 192.0.2.20 gone\n"
    )
    assert reasons(read(adapter, log)) == [(1, "ambiguous-local-time"), (2, "ambiguous-local-time")]


def test_wrong_password_is_an_attempt() -> None:
    found = read("vnc-log", reported("12-x11vnc-wrong-password.log"))
    assert kinds(found) == ["attempt"]


def test_attempts_of_a_real_x11vnc_stopped_in_order() -> None:
    """x11vnc 0.9.16: a scan, a banner, HTTP, no choice, a wrong password; then viewers, two at once."""
    found = read("vnc-log", (VECTORS / "vnc" / "x11vnc-attempts-and-stops.log").read_bytes(), UTC)
    assert kinds(found) == ["attempt"] * 5 + ["remote_control"] * 4
    assert spans(found)[5:] == [
        ("2026-11-30T00:03:03Z", "2026-11-30T00:03:05Z"),
        ("2026-11-30T00:03:07Z", None),
        ("2026-11-30T00:03:08Z", None),
        ("2026-11-30T00:03:14Z", "2026-11-30T00:03:15Z"),
    ]
    shared = [(instant_of(r.over_by), r.is_shared) for r in records(found)[6:8]]
    assert shared == [("2026-11-30T00:03:12Z", True)] * 2


def test_attempts_of_a_real_tigervnc_stopped_in_order() -> None:
    """TigerVNC 1.12.0: the same five, then a viewer, and one who is there when the server is told to stop."""
    found = read("vnc-log", (VECTORS / "vnc" / "xtigervnc-attempts-and-stops.log").read_bytes(), UTC)
    assert kinds(found) == ["attempt"] * 5 + ["remote_control"] * 2
    assert spans(found)[5:] == [
        ("2026-11-30T00:03:34Z", "2026-11-30T00:03:36Z"),
        ("2026-11-30T00:03:37Z", "2026-11-30T00:03:39Z"),
    ]


def test_x11vnc_that_lost_its_display_ended_what_was_open() -> None:
    found = read("vnc-log", (VECTORS / "vnc" / "x11vnc-display-lost.log").read_bytes(), UTC)
    assert [end is not None for _, end in spans(found)] == [True]


def test_line_about_connections_that_is_not_known_is_in_quarantine() -> None:
    log = "Mon Nov 16 10:00:00 2026\n Connections: suspended: 192.0.2.1::5\n Connections: blacklisted: 192.0.2.1\n"
    assert reasons(read("vnc-log", log)) == [(2, "unknown-event")]


# --- what stands before a line, and how a file is written ------------------------------------------


def test_lines_of_the_journal_are_read() -> None:
    assert spans(read("vnc-log", reported("11-x11vnc-from-the-journal.log"))) == [
        ("2026-11-16T08:34:30Z", "2026-11-16T09:10:02Z")
    ]


@pytest.mark.parametrize(
    "prefix",
    [
        "Nov 16 09:34:30 desk x11vnc[1016]: ",
        "lis 16 09:34:30 biuro-1 x11vnc[1016]: ",
        "2026-11-16T09:34:30+0100 desk x11vnc[1016]: ",
        "2026-11-16T09:34:30.123456+01:00 desk vnc.service[1]: ",
        "Mon 2026-11-16 09:34:30 CET desk x11vnc[1016]: ",
        "Nov  6 09:34:30.123456 desk x11vnc: ",
        "1794819600.123456 desk x11vnc[7]: ",
    ],
)
def test_every_form_of_the_journal_is_passed_over(prefix: str) -> None:
    lines = (
        "16/11/2026 09:34:30 Got connection from client 192.0.2.20",
        "16/11/2026 10:10:02 Client 192.0.2.20 gone",
    )
    found = read("vnc-log", "".join(f"{prefix}{line}\n" for line in lines))
    assert spans(found) == [("2026-11-16T08:34:30Z", "2026-11-16T09:10:02Z")]
    opened = "[2025-01-01 13:04:08.350802 +00:00] DEBUG [x] #1 Connection opened from 10.0.0.7:5."
    assert spans(read("rustdesk-log", f"{prefix}{opened}\n")) == [("2025-01-01T13:04:08.350802Z", None)]


def test_offsets_of_postgresql_are_read() -> None:
    assert spans(read("guacamole", reported("09-guacamole-postgres.csv"))) == [
        ("2026-11-16T16:20:05.123000Z", "2026-11-16T17:35:40Z"),
        ("2026-10-25T00:40:00Z", "2026-10-25T01:20:00Z"),
    ]


@pytest.mark.parametrize("offset", ["+01", " +01:00", "+0100", " GMT+1", " CET"])
@pytest.mark.parametrize(
    ("adapter", "head"),
    [("guacamole", "history_id,start_date,end_date\n1,"), ("generic-csv", "start,koniec\n")],
)
def test_every_form_of_an_offset_is_read_in_every_table(adapter: str, head: str, offset: str) -> None:
    table = f"{head}2026-11-16 17:20:05{offset},2026-11-16 18:35:40{offset}\n"
    assert spans(read(adapter, table, Options())) == [("2026-11-16T16:20:05Z", "2026-11-16T17:35:40Z")]


def test_utf_16_that_says_so_is_read() -> None:
    found = read("anydesk", reported("10-anydesk-connection_trace-utf16.txt"))
    assert spans(found) == [("2026-11-16T16:20:00Z", None)]
    assert sum(isinstance(each, Skipped) for each in found) == 1


JSONL = (
    '{"schema": "ledger.source-session/1", "source": "x", "source_instance": "main", "started_at": '
    '"2026-11-16T10:00:00Z", "time_basis": "utc", "kind": "vnc", "technician": "Żaneta"}\n'
)
SEEDS: tuple[tuple[str, str], ...] = (
    ("teamviewer-connections", f"701051017\t16-11-2026 16:40:00\t16-11-2026 17:20:30\tŻaneta\tRemoteControl\t{GUID}\n"),
    ("vnc-log", x11vnc("10:00:00 Got connection from client 192.0.2.20", "10:20:00 Client 192.0.2.20 gone")),
    ("meshcentral", json.dumps([mesh(15, "09:00:00.000", ["a"], "żaneta")])),
    ("teamviewer-webapi", json.dumps({"records": [{"id": "a", "start_date": "2026-11-16T10:00:00Z"}]})),
    ("generic-csv", "guid;start;technik\n1;2026-11-16 09:00;Żaneta\n"),
    ("generic-jsonl", JSONL),
)  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize(("adapter", "text"), SEEDS)
def test_mark_at_the_beginning_decides_the_encoding_in_every_adapter(
    adapter: str, text: str, encoding: str
) -> None:
    """Whatever --encoding says: the file knows better."""
    for said in ("utf-8-sig", "cp1250"):
        found = read(adapter, text.encode(encoding), WARSAW._replace(encoding=said))
        assert found == read(adapter, text)
        assert records(found)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"PK\x03\x04cut off", "ZIP archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "old Excel workbook"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\x1f\x8b\x08\x00rest", "gzip"),
        (b"SQLite format 3\x00rest", "SQLite"),
        (b"\xef\xbb\xbf <!DOCTYPE html><html>", "web page"),
    ],
)
def test_file_of_another_kind_is_named(raw: bytes, kind: str) -> None:
    for adapter in ("teamviewer-connections", "generic-csv", "meshcentral"):
        with pytest.raises(BadSource, match=kind):
            read(adapter, raw)


def test_utf_16_without_a_mark_has_the_right_hint() -> None:
    with pytest.raises(BadSource) as refused:
        read("vnc-log", SEEDS[1][1].encode("utf-16-le"))
    assert "--encoding utf-16-le" in (refused.value.hint or "")
    assert records(read("vnc-log", SEEDS[1][1].encode("utf-16-le"), WARSAW._replace(encoding="utf-16-le")))


@pytest.mark.parametrize("blank", ["\x1f", "\x85", "\u2003", "\u3000 \u00a0"])
def test_partner_of_blanks_alone_is_no_partner(blank: str) -> None:
    """Blanks of other writings, which a pattern of ASCII takes for letters."""
    found = read(
        "anydesk", f"Incoming  2026-11-16, 17:20  User  {blank}\nOutgoing  2026-11-16, 17:30  User  \x85 1\n"
    )
    assert (reasons(found), len(records(found))) == ([(1, "fields")], 1)


# --- tables ---------------------------------------------------------------------------------------


def test_dates_with_slashes_are_read_as_the_file_shows() -> None:
    assert spans(read("generic-csv", reported("13-generic-month-first.csv"))) == [
        ("2026-11-16T08:00:00Z", "2026-11-16T08:20:00Z"),
        ("2026-11-12T08:00:00Z", "2026-11-12T08:20:00Z"),
    ]


def test_dates_with_slashes_that_nothing_decides_wait_for_the_order() -> None:
    table = "guid;start\n1;11/12/2026 09:00\n2;2026-11-16 09:00\n"
    found = read("generic-csv", table)
    assert (reasons(found), len(records(found))) == ([(2, "ambiguous-date")], 1)
    assert spans(read("generic-csv", table, WARSAW._replace(dates="mdy")))[0][0] == "2026-11-12T08:00:00Z"
    assert spans(read("generic-csv", table, WARSAW._replace(dates="dmy")))[0][0] == "2026-12-11T08:00:00Z"


def test_dates_with_slashes_in_both_orders_are_refused_with_the_file() -> None:
    with pytest.raises(BadSource) as refused:
        read("generic-csv", "guid;start\n1;16/11/2026 09:00\n2;11/16/2026 09:00\n")
    assert "--dates" in (refused.value.hint or "")


def test_empty_rows_are_skipped() -> None:
    found = read("generic-csv", reported("18-generic-empty-rows.csv"))
    assert (len(records(found)), reasons(found)) == (1, [])
    found = read("generic-csv", "guid;start\n;\n \u00a0; \n1;2026-11-16 09:00\n;\n")
    assert (len(records(found)), reasons(found)) == (1, [])


@pytest.mark.parametrize("mark", ["sep=;\n", "SEP=;\r\n", '"sep=;"\n'])
def test_separator_line_of_excel_is_heeded(mark: str) -> None:
    found = read("generic-csv", f"{mark}guid;start;notes\n1;2026-11-16 09:00;a,b,c,d,e\n")
    assert [r.words for r in records(found)] == [{"notes": "a,b,c,d,e"}]


@pytest.mark.parametrize("error", ["#N/A", "#N/D!", "#ADR!", "#DZIEL/0!", "#NAZWA?", "Err:502", "#####"])
def test_error_of_a_spreadsheet_is_no_value(error: str) -> None:
    found = read("generic-csv", f"guid;start;koniec;technik\n1;2026-11-16 09:00;2026-11-16 09:20;{error}\n")
    assert reasons(found) == [(2, "error-cell")]


# --- nothing understood ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("adapter", "raw"),
    [
        ("rustdesk-log", (VECTORS / "vnc" / "xtigervnc.log").read_bytes()),
        ("vnc-log", (VECTORS / "teamviewer-month" / "TeamViewer15_Logfile.dst.log").read_bytes()),
        ("teamviewer-log", (VECTORS / "vnc" / "x11vnc.log").read_bytes()),
        ("teamviewer-connections", (VECTORS / "vnc" / "x11vnc.log").read_bytes()),
        ("vnc-hooks", b"some\ntext\n"),
        ("anydesk", (VECTORS / "vnc" / "xtigervnc.log").read_bytes()),
        ("meshcentral", b'{"records": []}'),
        ("generic-jsonl", b'{"records": []}\n'),
    ],
)
def test_file_of_another_tool_is_not_understood(adapter: str, raw: bytes) -> None:
    assert not is_understood(read(adapter, raw))


@pytest.mark.parametrize(
    ("adapter", "text"),
    [
        ("vnc-log", x11vnc("10:00:00 x11vnc version: 0.9.16 lastmod: 2019-01-05  pid: 18364")),
        ("teamviewer-log", "2026/11/16 10:00:00.000  1  2 S0   Logger started.\n"),
        ("rustdesk-log", "[2025-01-01 13:04:08.350802 +00:00] INFO [src/main.rs:1] started\n"),
        ("anydesk", "Incoming    2026-11-16, 18:01    REJECTED      1    547911884\n"),
        ("meshcentral", "[]"),
        ("meshcentral", '[{"etype": "user", "action": "login"}]'),
        ("guacamole", "history_id,start_date,end_date\n"),
        ("generic-csv", "guid;start\n1;2026-02-31 09:00\n"),
        ("teamviewer-eventlog", '{"AuditEvents": []}'),
        ("vnc-log", ""),
    ],
)
def test_file_of_the_right_tool_without_connections_is_understood(adapter: str, text: str) -> None:
    assert is_understood(read(adapter, text))


# --- optional parts -------------------------------------------------------------------------------


def test_answers_without_their_optional_parts_are_read() -> None:
    entry: dict[str, Any] = {"id": "A", "start_date": "2026-11-16T10:00:00Z"}
    nulls = {"end_date": "", "username": None, "end_customer": None, "support_session_type": None}
    for told in (entry, entry | nulls):
        found = read("teamviewer-webapi", json.dumps({"records": [told], "extra": 1}))
        assert spans(found) == [("2026-11-16T10:00:00Z", None)]
    event = {"EventName": "StartedSession", "Timestamp": "2026-11-16T10:00:00Z"}
    found = read("teamviewer-eventlog", json.dumps({"AuditEvents": [event]}))
    assert spans(found) == [("2026-11-16T10:00:00Z", None)]
    start = mesh(15, "09:00:00.000", ["a"], None)
    del start["nodeid"]
    (record,) = records(meshed(start))
    assert (record.user, record.words) == (None, {})


def test_event_of_a_session_that_is_not_known_is_in_quarantine() -> None:
    page = {"AuditEvents": [{"EventName": "ResumedSession", "Timestamp": "2026-11-16T10:00:00Z"}]}
    assert reasons(read("teamviewer-eventlog", json.dumps(page))) == [(1, "unknown-event")]
