"""Other spellings of what the tools write: times, offsets, ends of lines; no line is lost without a word."""

from __future__ import annotations

import json
from zoneinfo import ZoneInfo

import pytest

from ledger.sources.adapter import Options, Quarantined, Skipped, SourceRecord, Told
from ledger.sources.registry import reader

WARSAW = Options(zone=ZoneInfo("Europe/Warsaw"))
GUIDS = "{78e51061-7311-48a3-82ce-6f447ed4d57b}", "{78e51061-7311-48a3-82ce-6f447ed4d57c}"


def told(adapter: str, text: str) -> list[Told]:
    return sorted(reader(adapter)(text.encode(), WARSAW), key=lambda each: each.line)


def spans(adapter: str, text: str) -> list[tuple[str | None, str | None]]:
    """Beginning and end of each record, in UTC."""
    return [
        (
            None if each.started is None else each.started.at.isoformat(),
            None if each.ended is None else each.ended.at.isoformat(),
        )
        for each in told(adapter, text)
        if isinstance(each, SourceRecord)
    ]


def reasons(adapter: str, text: str) -> list[str]:
    return [each.reason for each in told(adapter, text) if isinstance(each, Quarantined)]


def test_lines_that_end_in_a_carriage_return_alone_are_lines() -> None:
    lines = [
        f"123456789\t16-11-2026 1{n}:00:00\t16-11-2026 1{n}:20:00\tA\tRemoteControl\t{GUIDS[n]}\r"
        for n in (0, 1)
    ]
    assert spans("teamviewer-connections", "".join(lines)) == [
        ("2026-11-16T10:00:00+00:00", "2026-11-16T10:20:00+00:00"),
        ("2026-11-16T11:00:00+00:00", "2026-11-16T11:20:00+00:00"),
    ]


@pytest.mark.parametrize(
    "stamp",
    [
        *("2026-11-16 17:20:00.350802 +01:00", "2026-11-16 17:20:00 +01", "2026-11-16T17:20:00+0100"),
        *(
            "2026-11-16 16:20:00 Z",
            "2026-11-16 16:20:00z",
            "2026-11-16 16:20:00 UTC",
            "2026-11-16 17:20:00,5+1",
        ),
    ],
)
def test_every_offset_of_rustdesk_is_read(stamp: str) -> None:
    ((begun, end),) = spans("rustdesk-log", f"[{stamp}] INFO [x] #1 Connection opened from 192.0.2.7:5.\n")
    assert begun is not None
    assert (begun[:19], end) == ("2026-11-16T16:20:00", None)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("[2026-11-16 17:20:00.350802] INFO [x] #1 Connection opened from 192.0.2.7:5.\n", "no-zone"),
        ("[2026-11-16 17:20:00 +01:00] INFO [x] #1 connection opened from 192.0.2.7:5\n", "fields"),
        ("[2026-11-16 17:20:00 +01:00] INFO [x] Connection opened, relayed\n", "fields"),
    ],
)
def test_connection_of_rustdesk_that_is_not_understood_is_in_quarantine(line: str, reason: str) -> None:
    assert reasons("rustdesk-log", line) == [reason]


@pytest.mark.parametrize("year", ["2026", "26"])
def test_year_of_two_digits_is_read_in_a_vnc_log(year: str) -> None:
    text = (
        f"16/11/{year} 17:20:05 Got connection from client 192.0.2.14\n"
        f"16/11/{year} 17:20:06 Full-control authentication passed by 192.0.2.14\n"
        f"16/11/{year} 18:35:40 Client 192.0.2.14 gone\n"
    )
    assert spans("vnc-log", text) == [("2026-11-16T16:20:05+00:00", "2026-11-16T17:35:40+00:00")]


def mesh(time: object) -> str:
    event = {"etype": "relay", "action": "relaylog", "username": "ola", "nodeid": "node//Kx1"}
    return json.dumps([event | {"msgid": 15, "msgArgs": ["a"], "time": time}])


@pytest.mark.parametrize(
    "time",
    [
        *("2026-11-16T10:00:00Z", 1794823200000, "1794823200000", {"$$date": 1794823200000}),
        *({"$date": "2026-11-16T10:00:00Z"}, {"$date": 1794823200000}),
        {"$date": {"$numberLong": "1794823200000"}},
    ],
    ids=repr,
)
def test_time_of_an_event_is_read_as_every_database_of_the_server_exports_it(time: object) -> None:
    assert spans("meshcentral", mesh(time)) == [("2026-11-16T10:00:00+00:00", None)]


@pytest.mark.parametrize(
    "time", [1794823200, 0, -5, {"$date": 1794823200}, {"$date": {}}, {"x": 1}, "1794823200"], ids=repr
)
def test_seconds_are_no_milliseconds(time: object) -> None:
    """A connection of November 2026 was recorded in January 1970."""
    assert reasons("meshcentral", mesh(time)) == ["bad-time"]


HEAD = "id_zrodla;poczatek;koniec\n"


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("16 XI 2026 17:20", "2026-11-16T16:20:00"),
        ("16.XI.2026 r. 17:20", "2026-11-16T16:20:00"),
        ("16/XI/2026 17:20", "2026-11-16T16:20:00"),
        ("1 I 2027 0:05", "2026-12-31T23:05:00"),
        ("16.11.2026r. 17:20", "2026-11-16T16:20:00"),
        ("16.11.2026 r., godz. 17.20", "2026-11-16T16:20:00"),
        ("16.11.2026 g. 17:20", "2026-11-16T16:20:00"),
        ("poniedziałek, 16 listopada 2026 r., o godzinie 17:20", "2026-11-16T16:20:00"),
        ("16 paź 2026 17:20", "2026-10-16T15:20:00"),
        ("16 października 2026, 17:20", "2026-10-16T15:20:00"),
        ("29.02.2028 10:00", "2028-02-29T09:00:00"),
        ("29.02.2026 10:00", None),
        ("2026-11-16 17:20 (UTC+01:00)", "2026-11-16T16:20:00"),
        ("2026-11-16 17:20 (UTC+01:00", None),
        ("2026-11-16 17:20 GMT+0100 (czas środkowoeuropejski standardowy)", "2026-11-16T16:20:00"),
        ("Mon Nov 16 2026 17:20:00 GMT+0100 (Central European Standard Time)", "2026-11-16T16:20:00"),
        ("25.10.2026 02:30 CEST", "2026-10-25T00:30:00"),
        ("25.10.2026 02:30", None),
        ("16 Nowember 2026 17:20", None),
        ("2026-11-16 17:20 EST", None),
    ],
)
def test_moment_is_read_in_a_spelling_of_the_list_or_is_in_quarantine(
    written: str, expected: str | None
) -> None:
    text = f'{HEAD}1;"{written}";\n'
    found = told("generic-csv", text)
    assert [type(each) for each in found] == [Skipped, Quarantined if expected is None else SourceRecord]
    if expected is not None:
        assert spans("generic-csv", text) == [(f"{expected}+00:00", None)]


@pytest.mark.parametrize(
    ("number", "names"),
    [
        (1, "styczeń stycznia styczniowi styczniem styczniu"),
        (2, "luty lutego lutemu lutym"),
        (3, "marzec marca marcowi marcem marcu"),
        (4, "kwiecień kwietnia kwietniowi kwietniem kwietniu"),
        (5, "maj maja majowi majem maju"),
        (6, "czerwiec czerwca czerwcowi czerwcem czerwcu"),
        (7, "lipiec lipca lipcowi lipcem lipcu"),
        (8, "sierpień sierpnia sierpniowi sierpniem sierpniu"),
        (9, "wrzesień września wrześniowi wrześniem wrześniu"),
        (10, "październik października październikowi październikiem październiku"),
        (11, "listopad listopada listopadowi listopadem listopadzie"),
        (12, "grudzień grudnia grudniowi grudniem grudniu"),
    ],
)
def test_month_is_known_in_every_case_of_its_name(number: int, names: str) -> None:
    for name in (*names.split(), *names.upper().split()):
        assert spans("generic-csv", f"{HEAD}1;16 {name} 2026 12:00 Z;\n") == [
            (f"2026-{number:02d}-16T12:00:00+00:00", None)
        ]


# --- a guest at a multiplexed desktop, as MeshCentral 1.1.55 writes it -----------------------------


def shared(number: int, second: int, *arguments: object, guest: str | None = None) -> dict[str, object]:
    """An event of a desktop that several look at: only of the leaving it says that it was a guest."""
    event: dict[str, object] = {
        "etype": "relay",
        "action": "relaylog",
        "username": "ola",
        "nodeid": "node//Kx1",
        "protocol": 2,
    }
    named = {} if guest is None else {"guestname": guest}
    return event | {
        "msgid": number,
        "msgArgs": ["a", *arguments],
        "time": f"2026-11-16T10:00:{second:02d}Z",
        **named,
    }


def seen(*events: dict[str, object]) -> list[tuple[str | None, str | None, str | None, str | None]]:
    """Technician, guest, beginning and end of each record, in seconds of the minute."""
    found = [each for each in told("meshcentral", json.dumps(events)) if isinstance(each, SourceRecord)]
    return [
        (
            each.user,
            each.words.get("guest"),
            None if each.started is None else f"{each.started.at:%S}",
            None if each.ended is None else f"{each.ended.at:%S}",
        )
        for each in found
    ]


def test_guest_alone_at_a_shared_desktop_is_one_record_of_nobody() -> None:
    """The account of whoever made the link was taken for the technician, and the guest for another viewer."""
    events = shared(145, 0), shared(144, 4, 4, guest="Jan"), shared(147, 4, 4)
    assert seen(*events) == [(None, "Jan", "00", "04")]
    assert seen(*events[::-1]) == [(None, "Jan", "00", "04")]


def test_guest_who_joins_the_owner_of_the_account_is_told_by_the_seconds() -> None:
    owner_first = shared(145, 0), shared(143, 10), shared(144, 20, 10, guest="Jan"), shared(144, 30, 30)
    assert seen(*owner_first, shared(147, 30, 30)) == [("ola", None, "00", "30"), (None, "Jan", "10", "20")]
    guest_first = shared(145, 0), shared(143, 10), shared(144, 20, 10), shared(144, 30, 30, guest="Jan")
    assert seen(*guest_first, shared(147, 30, 30)) == [(None, "Jan", "00", "30"), ("ola", None, "10", "20")]


def test_two_guests_of_one_link_are_two_records() -> None:
    events = shared(145, 0), shared(143, 5), shared(144, 9, 4, guest="Ewa"), shared(144, 30, 30, guest="Jan")
    assert seen(*events, shared(147, 30, 30)) == [(None, "Jan", "00", "30"), (None, "Ewa", "05", "09")]
