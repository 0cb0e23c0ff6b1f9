# ruff: noqa: E501 - lines of logs are as long as they are
"""Logs of xrdp's session manager: each connection a record, with the end that it has."""

from __future__ import annotations

import pytest

from ledger.domain.clock import format_instant
from ledger.sources.adapter import Options
from tests.ledger.sources.told import (
    UTC,
    VECTORS,
    WARSAW,
    instant_of,
    read,
    reasons,
    records,
    spans,
)


def test_clients_of_xrdp_are_records_and_the_end_is_of_the_last_of_them() -> None:
    """The address in the line of the end is the first client's; a wrong password is an attempt."""
    found = read("xrdp-sesman", (VECTORS / "xrdp" / "xrdp-sesman.log").read_bytes())
    assert [(r.kind, r.user, r.words.get("address"), *span, instant_of(r.over_by)) for r, span in
            zip(records(found), spans(found), strict=True)] == [
        ("attempt", None, "192.0.2.7", "2026-11-16T09:00:01Z", "2026-11-16T09:00:01Z", None),
        ("remote_control", "ola", "192.0.2.7", "2026-11-16T09:01:00Z", None, "2026-11-16T09:31:00Z"),
        ("remote_control", "ola", "192.0.2.9", "2026-11-16T09:31:00Z", "2026-11-16T10:15:30Z", None),
        ("remote_control", "jan", "192.0.2.8", "2026-11-16T10:00:00Z", "2026-11-16T10:40:00Z", None),
    ]  # fmt: skip


def test_log_of_a_real_xrdp_with_a_client_that_took_over() -> None:
    """xrdp 0.9.21.1: a wrong password; a client that was killed; one that took over and was logged out."""
    raw = (VECTORS / "xrdp" / "xrdp-sesman-taken-over.log").read_bytes()
    found = read("xrdp-sesman", raw, UTC)
    assert [
        (r.kind, *span, instant_of(r.over_by)) for r, span in zip(records(found), spans(found), strict=True)
    ] == [
        ("attempt", "2026-11-30T00:46:31Z", "2026-11-30T00:46:31Z", None),
        ("remote_control", "2026-11-30T00:46:34Z", None, "2026-11-30T00:46:40Z"),
        ("remote_control", "2026-11-30T00:46:40Z", "2026-11-30T00:46:54Z", None),
    ]
    assert reasons(found) == []
    assert len(found) == raw.count(b"\n")


@pytest.mark.parametrize(
    ("before", "options"),
    [
        ("[20261116-10:00:00] [INFO ] ", WARSAW),
        ("[2026-11-16T10:00:00.123+0100] [INFO ] ", UTC),
        ("2026-11-16T10:00:00+0100 desk xrdp-sesman[1003]: (1003)(140271766832512)[INFO ] ", UTC),
    ],
)
def test_every_form_of_a_line_of_sesman_is_read(before: str, options: Options) -> None:
    line = f"{before}++ created session (access granted): username ola, ip 192.0.2.7:5 - socket: 12\n"
    (record,) = records(read("xrdp-sesman", line, options))
    assert record.started is not None
    assert format_instant(record.started.at).startswith("2026-11-16T09:00:00")


def test_line_of_sesman_without_a_year_or_of_an_unknown_event_is_in_quarantine() -> None:
    lines = (
        "aug 25 09:50:31 desk xrdp-sesman[1003]: (1003)(1402)[INFO ] ++ created session (access granted): username ola\n"
        "[20261116-10:00:00] [INFO ] ++ suspended session: username ola\n"
    )
    assert reasons(read("xrdp-sesman", lines)) == [(1, "bad-time"), (2, "unknown-event")]


def test_hour_shown_twice_is_decided_in_sesman_too() -> None:
    lines = (
        "[20261025-02:40:00] [INFO ] ++ created session (access granted): username ola, ip 192.0.2.7:5 - socket: 1\n"
        "[20261025-02:20:00] [INFO ] ++ terminated session:  username ola, display :10.0, session_pid 9, ip 192.0.2.7:5\n"
    )
    assert spans(read("xrdp-sesman", lines)) == [("2026-10-25T00:40:00Z", "2026-10-25T01:20:00Z")]


def sesman_times(text: str, options: Options = WARSAW) -> list[tuple[object, ...]]:
    """Kind, whose, begin, end, over by: of each record in a log of sesman."""
    found = read("xrdp-sesman", text, options)
    assert reasons(found) == []
    assert sorted(each.line for each in found) == list(range(1, text.count("\n") + 1))
    return [
        (r.kind, r.user, r.words.get("address"), *span, instant_of(r.over_by))
        for r, span in zip(records(found), spans(found), strict=True)
    ]


NEWER_SESMAN = """\
[2026-11-16T09:51:23.206+0100] [INFO ] starting xrdp-sesman with pid 3207
[2026-11-16T09:51:39.183+0100] [INFO ] Received system login request from xrdp for user: ola IP: 192.0.2.7
[2026-11-16T09:51:39.199+0100] [INFO ] starting xrdp-sesexec with pid 3212
[2026-11-16T09:51:39.262+0100] [INFO ] Access permitted for user: ola
[2026-11-16T09:51:39.266+0100] [INFO ] Received sys login status for ola : logged in
[2026-11-16T09:51:40.000+0100] [INFO ] Received request from xrdp to create a session for user ola
[2026-11-16T09:51:40.274+0100] [INFO ] Starting X server on display 10: /usr/lib/xorg/Xorg :10 -auth .Xauthority
[2026-11-16T09:51:40.274+0100] [INFO ] Session in progress on display :10. Waiting until the window manager (pid 3215) exits to end the session
"""


def test_session_of_a_newer_xrdp_is_a_record_with_its_end() -> None:
    """xrdp 0.10 writes no `++ created session`, and the end without a user."""
    ends = "[2026-11-16T11:02:00.000+0100] [INFO ] Session on display 10 has finished.\n"
    session = ("remote_control", "ola", "192.0.2.7", "2026-11-16T08:51:40Z")
    assert sesman_times(NEWER_SESMAN, UTC) == [(*session, None, None)]
    assert sesman_times(NEWER_SESMAN + ends, UTC) == [(*session, "2026-11-16T10:02:00Z", None)]


def test_newer_xrdp_that_gives_a_client_the_session_that_is_there_begins_one_connection() -> None:
    again = """\
[2026-11-16T10:30:00.000+0100] [INFO ] Received system login request from xrdp for user: ola IP: 192.0.2.9
[2026-11-16T10:30:01.000+0100] [INFO ] Received request from xrdp to create a session for user ola
[2026-11-16T10:30:01.000+0100] [INFO ] ++ reconnected session: username ola, display :10.0, session_pid 3212, ip 192.0.2.9
[2026-11-16T11:02:00.000+0100] [INFO ] Session on display 10 has finished.
"""
    assert sesman_times(NEWER_SESMAN + again, UTC) == [
        ("remote_control", "ola", "192.0.2.7", "2026-11-16T08:51:40Z", None, "2026-11-16T09:30:01Z"),
        ("remote_control", "ola", "192.0.2.9", "2026-11-16T09:30:01Z", "2026-11-16T10:02:00Z", None),
    ]


def test_log_of_a_real_xrdp_0_10() -> None:
    """0.10.1: a wrong password; a client that left; one that took over and was logged out; one cut by a kill."""
    raw = (VECTORS / "xrdp" / "xrdp-sesman-0.10.log").read_text(encoding="utf-8")
    mine = ("remote_control", "rdptest", "127.0.0.1")
    assert sesman_times(raw, UTC) == [
        ("attempt", None, "127.0.0.1", "2026-11-30T16:14:33Z", "2026-11-30T16:14:33Z", None),
        (*mine, "2026-11-30T16:14:38.665000Z", None, "2026-11-30T16:14:48.958000Z"),
        (*mine, "2026-11-30T16:14:48.958000Z", "2026-11-30T16:14:53.185000Z", None),
        (*mine, "2026-11-30T16:14:57.230000Z", None, None),
    ]


@pytest.mark.parametrize(("user", "at"), [("ola", "10:00:20"), ("jan", "10:05:00")])
def test_session_that_failed_is_an_attempt_and_spoils_no_later_one(user: str, at: str) -> None:
    """Seen with 0.10.1 where no display was left: asked for, and nothing more said of it."""
    lines = [
        ("10:00:01", "Received request from xrdp to create a session for user ola"),
        ("10:00:01", "X server -- no display in range (70 to 63) is available"),
        (at, f"Received request from xrdp to create a session for user {user}"),
        (at, "Starting X server on display 10: Xvnc :10"),
        ("11:00:00", "Session on display 10 has finished."),
    ]
    text = "".join(f"[2026-11-16T{when}.000+0100] [INFO ] {words}\n" for when, words in lines)
    assert sesman_times(text, UTC) == [
        ("attempt", "ola", None, "2026-11-16T09:00:01Z", "2026-11-16T09:00:01Z", None),
        ("remote_control", user, None, f"2026-11-16T{'09' + at[2:]}Z", "2026-11-16T10:00:00Z", None),
    ]


def test_two_sessions_of_a_newer_xrdp_asked_for_at_once_have_no_end_that_is_known() -> None:
    """Nothing says which of them has which display."""
    lines = """\
[2026-11-16T10:30:01.000+0100] [INFO ] Received request from xrdp to create a session for user ola
[2026-11-16T10:30:01.000+0100] [INFO ] Received request from xrdp to create a session for user jan
[2026-11-16T10:30:02.000+0100] [INFO ] Starting X server on display 11: Xvnc :11
[2026-11-16T10:30:02.000+0100] [INFO ] Starting X server on display 10: Xvnc :10
[2026-11-16T11:02:00.000+0100] [INFO ] Session on display 11 has finished.
"""
    found = records(read("xrdp-sesman", lines, UTC))
    assert [(each.user, each.ended, each.is_shared) for each in found if each.started] == [
        ("ola", None, True),
        ("jan", None, True),
    ]


def test_session_that_never_had_a_display_is_an_attempt() -> None:
    """Its X server did not start; an hour later the log goes on."""
    lines = """\
[2026-11-16T10:30:01.000+0100] [INFO ] Received request from xrdp to create a session for user ola
[2026-11-16T11:30:01.000+0100] [INFO ] Received request from xrdp to list sessions for user ola
"""
    assert sesman_times(lines, UTC) == [
        ("attempt", "ola", None, "2026-11-16T09:30:01Z", "2026-11-16T09:30:01Z", None)
    ]


CREATED = "++ created session (access granted): username {}, ip 192.0.2.{}:5 - socket: 12"
STARTING = "Starting session: session_pid {}, display :{}.0, width 640, height 480, bpp 24, client ip 192.0.2.7:5, user name {}"


def test_session_manager_that_was_killed_ends_nothing_until_another_session_has_the_display() -> None:
    """Seen with xrdp 0.9.21.1: the client goes on working when the session manager is killed."""
    lines = [
        ("20261116-10:00:00", CREATED.format("ola", 7)),
        ("20261116-10:00:00", STARTING.format(906, 10, "ola")),
        ("20261116-10:30:00", "starting xrdp-sesman with pid 1001"),
        ("20261116-10:40:00", CREATED.format("jan", 8)),
        ("20261116-10:40:00", STARTING.format(1040, 11, "jan")),
        ("20261117-09:00:00", "starting xrdp-sesman with pid 880"),
        ("20261117-09:10:00", CREATED.format("ewa", 9)),
        ("20261117-09:10:00", STARTING.format(906, 10, "ewa")),
        (
            "20261117-09:50:00",
            "++ terminated session:  username ewa, display :10.0, session_pid 906, ip 192.0.2.9:5",
        ),
    ]
    text = "".join(f"[{at}] [INFO ] {words}\n" for at, words in lines)
    assert sesman_times(text) == [
        ("remote_control", "ola", "192.0.2.7", "2026-11-16T09:00:00Z", None, "2026-11-17T08:10:00Z"),
        ("remote_control", "jan", "192.0.2.8", "2026-11-16T09:40:00Z", None, None),
        ("remote_control", "ewa", "192.0.2.9", "2026-11-17T08:10:00Z", "2026-11-17T08:50:00Z", None),
    ]


def test_desktop_that_outlived_its_session_manager_tells_of_its_end_itself() -> None:
    """No `++ terminated session` comes; a connection that was taken over before has no end all the same."""
    lines = [
        ("20261116-10:00:00", CREATED.format("ola", 7)),
        ("20261116-10:00:00", STARTING.format(906, 10, "ola")),
        ("20261116-10:20:00", "starting xrdp-sesman with pid 1001"),
        ("20261116-10:50:00", "Calling auth_stop_session and auth_end from pid 906"),
        ("20261116-11:00:00", CREATED.format("jan", 8)),
        ("20261116-11:00:00", STARTING.format(1040, 10, "jan")),
    ]
    text = "".join(f"[{at}] [INFO ] {words}\n" for at, words in lines)
    assert sesman_times(text) == [
        ("remote_control", "ola", "192.0.2.7", "2026-11-16T09:00:00Z", "2026-11-16T09:50:00Z", None),
        ("remote_control", "jan", "192.0.2.8", "2026-11-16T10:00:00Z", None, None),
    ]


def test_lines_of_a_process_whose_clock_is_in_another_zone_do_not_decide_the_doubled_hour() -> None:
    """With TZ set for sesman alone, what starts the X server writes in the zone of the machine."""
    lines = [
        ("20261025-02:10:00", CREATED.format("ola", 7)),
        ("20261025-02:50:00", "Socket 12: AF_INET6 connection received from ::1 port 1"),
        ("20261025-02:05:00", "Socket 12: AF_INET6 connection received from ::1 port 2"),
        ("20261025-02:50:00", CREATED.format("jan", 8)),
        ("20261025-03:40:00", CREATED.format("ewa", 9)),
        ("20261025-02:40:00", "Starting X server on display 12: Xvnc :12"),
    ]
    text = "".join(f"[{at}] [INFO ] {words}\n" for at, words in lines)
    assert [each[3] for each in sesman_times(text)] == [
        "2026-10-25T00:10:00Z",
        "2026-10-25T01:50:00Z",
        "2026-10-25T02:40:00Z",
    ]


@pytest.mark.parametrize(
    "words",
    [
        "++ created session: username ola, ip 192.0.2.7",
        "++ created session (access granted): username ola",
        "Received request from xrdp-sesrun to create a session for user ola",
    ],
)
def test_beginning_of_a_session_in_every_version_is_read(words: str) -> None:
    (found,) = sesman_times(f"[20261116-10:00:00] [INFO ] {words}\n")
    assert (found[1], found[3]) == ("ola", "2026-11-16T09:00:00Z")


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("AUTHFAIL: user=Jan Nowak ip=::ffff:192.0.2.7 time=1794819601", "attempt"),
        ("AUTHFAIL: user= ip=unknown time=1794819601", "attempt"),
        (
            "++ terminated session (heartbeat timed out):  username ola, display :10.0, session_pid 9, ip 192.0.2.7:5",
            "remote_control",
        ),
    ],
)
def test_every_spelling_of_an_attempt_and_of_an_end_is_a_record(line: str, kind: str) -> None:
    (found,) = records(read("xrdp-sesman", f"[20261116-10:00:00] [INFO ] {line}\n"))
    assert found.kind == kind
    assert found.ended is not None
