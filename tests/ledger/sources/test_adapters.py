"""Every format as it was captured or documented: each line comes out exactly once."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ledger.domain.clock import format_instant
from ledger.errors import AdapterUnknown, BadSource, ZoneMissing
from ledger.sources.adapter import Options, Quarantined, Skipped, SourceRecord, Told
from ledger.sources.registry import ADAPTERS, reader

VECTORS = Path(__file__).parents[2] / "vectors"
MONTH = VECTORS / "teamviewer-month"
WARSAW = Options(zone=ZoneInfo("Europe/Warsaw"))
GUID = "cd613e30-d8f1-4adf-91b7-584a2265b1f5"


def told(adapter: str, raw: bytes | str, options: Options = Options()) -> list[Told]:  # noqa: B008 - a constant
    return list(reader(adapter)(raw if isinstance(raw, bytes) else raw.encode(), options))


def records(found: Iterable[Told]) -> list[SourceRecord]:
    return [each for each in found if isinstance(each, SourceRecord)]


def reasons(found: Iterable[Told]) -> list[tuple[int, str]]:
    return [(each.line, each.reason) for each in found if isinstance(each, Quarantined)]


def span(record: SourceRecord) -> tuple[str | None, str | None]:
    return _at(record.started), _at(record.ended)


def _at(moment: Any) -> str | None:  # noqa: ANN401 - a Moment or None
    at: datetime | None = None if moment is None else moment.at
    return None if at is None else format_instant(at)


def expected(source: str) -> list[dict[str, Any]]:
    known: dict[str, Any] = json.loads((MONTH / "expected.json").read_text(encoding="utf-8"))
    return [each for each in known["records"] if source in each["in"]]


def spans_of(month: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return sorted((each["partner_id"], each["started_at"], each["ended_at"]) for each in month)


# --- the sample month ---------------------------------------------------------------------------

CONNECTIONS = ("Connections.anna.txt", "Connections.marek.txt")
PAGES = tuple(f"webapi/reports_connections.page{number}.json" for number in range(1, 5))


@pytest.mark.parametrize(
    ("adapter", "names", "encoding", "source", "repeated"),
    [
        ("teamviewer-connections", CONNECTIONS, "utf-8-sig", "connections_txt", 1),
        ("generic-csv", ("generic_sessions.pl.utf8bom.csv",), "utf-8-sig", "connections_txt", 0),
        ("generic-csv", ("generic_sessions.pl.cp1250.csv",), "cp1250", "connections_txt", 0),
        ("generic-jsonl", ("generic_sessions.jsonl",), "utf-8-sig", "connections_txt", 0),
        ("teamviewer-webapi", PAGES, "utf-8-sig", "webapi", 0),
    ],
)
def test_the_sample_month_says_the_same_in_every_format(
    adapter: str, names: tuple[str, ...], encoding: str, source: str, repeated: int
) -> None:
    """Given the month in a format, then its records have the partners and times worked out by hand."""
    found = [
        record
        for name in names
        for record in records(told(adapter, (MONTH / name).read_bytes(), Options(encoding)))
    ]
    spans = sorted((record.remote_id or "", *map(str, span(record))) for record in found)
    assert len(spans) - len(set(spans)) == repeated
    assert sorted(set(spans)) == spans_of(expected(source))


def test_the_event_log_gives_the_pairs_and_the_session_that_never_ended() -> None:
    """Given both pages, then 23 records, of which the one without an end is open."""
    found = [
        record
        for number in (1, 2)
        for record in records(
            told("teamviewer-eventlog", (MONTH / f"webapi/EventLogging.page{number}.json").read_bytes())
        )
    ]
    closed = sorted((r.remote_id or "", *map(str, span(r))) for r in found if r.ended is not None)
    assert closed == spans_of(expected("webapi"))
    assert [span(r) for r in found if r.ended is None] == [("2026-11-13T19:00:00Z", None)]


# --- times --------------------------------------------------------------------------------------


def log() -> str:
    return (MONTH / "TeamViewer15_Logfile.dst.log").read_text(encoding="utf-8")


def test_the_autumn_night_lasts_forty_minutes() -> None:
    """Given a log whose wall clock runs from 02:40 back to 02:20, then 40 minutes, not minus 20."""
    (record,) = records(told("teamviewer-log", log(), WARSAW))
    assert span(record) == ("2026-10-25T00:40:02.300000Z", "2026-10-25T01:20:00.585000Z")


def test_a_log_that_begins_in_the_doubled_hour_without_an_offset_is_not_guessed() -> None:
    """Given no header and no jump, then the lines of the hour shown twice are in quarantine."""
    second_half = "\n".join(log().split("\n")[3:])
    assert reasons(told("teamviewer-log", second_half, WARSAW)) == [
        (3, "ambiguous-local-time"),
        (4, "ambiguous-local-time"),
    ]


def test_a_log_of_another_zone_is_refused() -> None:
    """Given a header with an offset that the zone does not have then, then nothing is taken."""
    with pytest.raises(BadSource):
        told("teamviewer-log", log(), Options(zone=ZoneInfo("Europe/London")))


def test_ends_of_a_log_before_the_clock_change_are_those_of_winter() -> None:
    """Given a log begun in summer time, when it goes on into November, then the winter offset counts."""
    text = log().split("\n")[0] + (
        "\n2026/11/02 10:00:00.000  1  1 S0   Connection incoming, sessionID = 5"
        "\n2026/11/02 10:30:00.000  1  1 S0   Net: RoutingSessions: We left session, SLID=2\n"
    )
    (record,) = records(told("teamviewer-log", text, WARSAW))
    assert span(record) == ("2026-11-02T09:00:00Z", "2026-11-02T09:30:00Z")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("2026-03-29 02:30:00", "no-such-local-time"),
        ("2026-10-25 02:30:00", "ambiguous-local-time"),
        ("2026-11-31 10:00:00", "bad-time"),
        ("2026-11-16 25:00:00", "bad-time"),
        ("yesterday", "bad-time"),
        ("0001-01-01 00:00:00", "bad-time"),
        ("2026-11-16T10:00:00+29:00", "bad-time"),
    ],
)
def test_a_time_that_is_none_or_two_is_quarantined_with_the_reason(text: str, reason: str) -> None:
    """Given such a time in a table read as Warsaw time, then the line is in quarantine, never guessed."""
    found = told("generic-csv", f"started_at,kind\n{text},remote_control\n", WARSAW)
    assert reasons(found) == [(2, reason)]


def test_a_local_time_needs_a_zone() -> None:
    """Given no zone, then a local time is in quarantine; beside a zone, or with an offset, it counts."""
    table = (
        "start;end;strefa\n2026-11-16 10:00;;\n2026-11-16 10:00;;Europe/Warsaw\n16.11.2026 10:00 +0100;;\n"
    )
    found = told("generic-csv", table)
    assert reasons(found) == [(2, "no-zone")]
    assert [span(record)[0] for record in records(found)] == ["2026-11-16T09:00:00Z"] * 2
    assert [r.started.basis for r in records(found) if r.started] == ["local-declared", "offset"]


@pytest.mark.parametrize("adapter", [name for name, entry in ADAPTERS.items() if entry.needs_zone])
def test_an_adapter_of_local_times_needs_a_zone(adapter: str) -> None:
    """Given such an adapter and no zone, then the file is refused, or every line of it quarantined."""
    assert ADAPTERS[adapter].needs_zone
    try:
        found = told(adapter, "history_id,start_date,end_date\n1,2026-11-16 10:00:00,\n")
    except ZoneMissing:
        return
    assert reasons(found) == [(2, "no-zone")]


def test_an_end_before_the_start_and_over_48_hours_are_records() -> None:
    """Given times that cannot be true but can be read, then they are records; a finding comes later."""
    line = f"123456789\t12-11-2026 10:00:00\t12-11-2026 09:58:00\tanna\tRemoteControl\t{{{GUID}}}\t\n"
    (record,) = records(told("teamviewer-connections", line))
    assert span(record) == ("2026-11-12T10:00:00Z", "2026-11-12T09:58:00Z")


# --- what was captured --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "lines", "found"),
    [("listevents.json", 31, 10), ("meshcentral-events.nedb", 41, 10), ("showevents_stream.txt", 5, 2)],
)
def test_events_of_meshcentral_are_paired_by_session(name: str, lines: int, found: int) -> None:
    """Given what a real server wrote, then a record a session, the crashed one without an end."""
    every = told("meshcentral", (VECTORS / "meshcentral" / name).read_bytes())
    sessions = records(every)
    assert (len(every), len(sessions), reasons(every)) == (lines, found, [])
    crashed = ["2026-11-22T07:07:33.850000Z"] if found > 2 else []
    assert [span(r)[0] for r in sessions if r.ended is None] == crashed
    for record in sessions:
        if record.started is not None and record.ended is not None:
            lasted = (record.ended.at - record.started.at).total_seconds()
            assert record.duration_s is not None
            assert 0 <= lasted - record.duration_s < 1  # the server counts whole seconds, rounded down


def test_an_end_of_meshcentral_alone_tells_how_long_it_was() -> None:
    """Given the list cut after an end, then the end comes with its seconds and the same id."""
    events = json.loads((VECTORS / "meshcentral" / "listevents.json").read_bytes())
    (end,) = records(told("meshcentral", json.dumps(events[3:4])))
    (whole,) = [r for r in records(told("meshcentral", json.dumps(events))) if r.native_id == end.native_id]
    assert (end.started, end.ended, end.duration_s) == (None, whole.ended, 3)


@pytest.mark.parametrize(
    ("adapter", "name", "ends"),
    [
        ("vnc-hooks", "hook_accept.txt", None),
        ("vnc-hooks", "hook_gone.txt", "2026-11-22T07:00:27Z"),
        ("vnc-log", "x11vnc.log", "2026-11-22T07:00:27Z"),
    ],
)
def test_what_x11vnc_told_is_one_connection(adapter: str, name: str, ends: str | None) -> None:
    """Given hooks and log of one real connection, then all of them say the same second."""
    raw = (VECTORS / "vnc" / name).read_bytes()
    every = told(adapter, raw, Options(zone=ZoneInfo("UTC")))
    (record,) = records(every)
    assert span(record) == ("2026-11-22T07:00:24Z", ends)
    assert len(every) == raw.count(b"\n")


def test_who_is_let_in_may_be_told_later_than_who_connects() -> None:
    """Given the hooks of x11vnc, then -accept and -afteraccept say one connection with one beginning."""
    raw = (VECTORS / "vnc" / "hooks.txt").read_bytes()
    every = records(told("vnc-hooks", raw))
    assert len(every) == raw.count(b"RFB_MODE=")
    for native_id in {record.native_id for record in every}:
        mine = [record for record in every if record.native_id == native_id]
        assert len({record.started for record in mine}) == 1
        assert [record.ended is None for record in mine] == [True] * (len(mine) - 1) + [False]


def test_xvnc_writes_its_date_on_a_line_of_its_own() -> None:
    """Given the log of TigerVNC's server, then the date above a line is its date."""
    raw = (VECTORS / "vnc" / "xtigervnc.log").read_bytes()
    (record,) = records(told("vnc-log", raw, Options(zone=ZoneInfo("UTC"))))
    assert span(record) == ("2026-11-22T07:00:16Z", "2026-11-22T07:00:19Z")


def test_real_files_of_others_parse() -> None:
    """Given lines of real TeamViewer installations and its vendor's pages, then nothing is lost."""
    corpus = os.environ.get("SESSION_LEDGER_CORPUS")
    if corpus is None:
        pytest.skip("SESSION_LEDGER_CORPUS is not set: the real lines are not at hand")
    folder = Path(corpus) / "teamviewer"
    incoming = told(
        "teamviewer-connections", (folder / "Connections_incoming.letsdefend2024.txt").read_bytes()
    )
    assert [span(record) for record in records(incoming)] == [
        ("2024-07-04T04:34:16Z", "2024-07-04T04:34:56Z"),
        ("2024-07-04T04:35:03Z", "2024-07-04T04:45:11Z"),
    ]
    assert [(r.user, r.remote_id) for r in records(incoming)] == [("a1l4m", None)] * 2
    for page in folder.glob("*vendor_mock*.json"):
        (record,) = records(told("teamviewer-webapi", page.read_bytes()))
        assert span(record) == ("2017-02-03T14:10:50Z", "2017-02-03T14:11:01Z")


# --- formats that are known from documents -------------------------------------------------------


def test_a_guacamole_row_without_an_end_is_open() -> None:
    """Given rows with NULL, then no end and no name come of it."""
    table = (
        "history_id,username,connection_name,start_date,end_date\n"
        "12,anna,biuro,2026-11-16 10:00:00,2026-11-16 10:30:00\n"
        "13,anna,NULL,2026-11-16 10:05:00,NULL\n"
        "x,anna,biuro,2026-11-16 10:05:00,NULL\n"
    )
    found = told("guacamole", table, WARSAW)
    assert [span(record) for record in records(found)] == [
        ("2026-11-16T09:00:00Z", "2026-11-16T09:30:00Z"),
        ("2026-11-16T09:05:00Z", None),
    ]
    assert reasons(found) == [(4, "fields")]


def test_evidence_without_an_end_is_an_open_record() -> None:
    """Given RustDesk's log and AnyDesk's trace, then open records; a rejected connection is none."""
    rustdesk = (
        r"[2025-01-01 13:04:08.350802 +00:00] DEBUG [src\server\connection.rs:983] "
        "#1362 Connection opened from 10.0.0.7:51820.\n"
    )
    assert [span(r) for r in records(told("rustdesk-log", rustdesk))] == [
        ("2025-01-01T13:04:08.350802Z", None)
    ]
    anydesk = (
        "Incoming    2014-11-26, 03:46    User    kasia@ad    123456789\n"
        "Incoming  2014-11-26, 04:00  REJECTED  x  1\n"
    )
    found = told("anydesk", anydesk, WARSAW)
    assert [(span(r)[0], r.precision_ms) for r in records(found)] == [("2014-11-26T02:46:00Z", 60_000)]
    assert sum(isinstance(each, Skipped) for each in found) == 1


def test_a_connection_on_the_same_network_has_an_address_and_no_id() -> None:
    """Given an address in the place of the partner's ID, then it is a record, the address among its words."""
    line = f"192.168.1.7\t12-11-2026 10:00:00\t12-11-2026 10:08:00\tanna\tRemoteControl\t{{{GUID}}}\n"
    (record,) = records(told("teamviewer-connections", line))
    assert (record.remote_id, record.words) == (None, {"partner": "192.168.1.7"})


# --- tables -------------------------------------------------------------------------------------


@pytest.mark.parametrize("head", ["guid;nonsense", "start;start", "guid;koniec", "", "żółć".encode("cp1250")])
def test_a_table_whose_head_is_not_known_is_refused(head: str | bytes) -> None:
    """Given an unknown, a doubled, a missing column, none at all, or another encoding: nothing is taken."""
    with pytest.raises(BadSource):
        told("generic-csv", head)


def test_a_cell_may_go_over_lines_and_an_open_quote_spoils_one() -> None:
    """Given a note over two lines, then one record; given a quote that nobody closes, one line is lost."""
    table = 'start,notes\n2026-11-16T10:00Z,"two\nlines"\n2026-11-17T10:00Z,"open\n2026-11-18T10:00Z,x\n'
    found = told("generic-csv", table)
    assert [r.words["notes"] for r in records(found)] == ["two\nlines", "x"]
    assert reasons(found) == [(4, "fields")]
    assert len(found) == table.count("\n")


def test_an_unknown_adapter_is_refused() -> None:
    """Given a name that is no adapter, then AdapterUnknown."""
    with pytest.raises(AdapterUnknown):
        reader("nobody")


@pytest.mark.parametrize("adapter", ["teamviewer-webapi", "teamviewer-eventlog"])
@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"records": 1, "AuditEvents": {}}', "[" * 100_000])
def test_a_page_that_is_none_is_refused(adapter: str, text: str) -> None:
    """Given something else than a page, then BadSource."""
    with pytest.raises(BadSource):
        told(adapter, text)
