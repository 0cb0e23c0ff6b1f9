"""Replay: the same events give the same bytes, and whoever reads meanwhile keeps reading."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from projections.engine.writer import NAMES
from tests.support.office import Answer, Office
from tests.support.shop import (
    MORNING,
    PERIOD,
    REPORTS,
    drop_views,
    environment,
    eventful_month,
    outputs,
    price_list,
    sample_month,
)

BILLING = ("report", "billing", "--period", PERIOD)


@pytest.fixture
def shop(tmp_path: Path) -> Office:
    """The eventful month."""
    return eventful_month(tmp_path / "ledger")


def live(office: Office) -> Path:
    """The file that views.current names."""
    return office.folder / (office.folder / "views.current").read_text().strip()


def rows(file: Path, table: str) -> list[tuple[object, ...]]:
    """All rows of a read model, read by another connection."""
    connection = sqlite3.connect(file)
    try:
        return connection.execute(f"SELECT * FROM {table} ORDER BY number").fetchall()
    finally:
        connection.close()


# --- the same bytes ---------------------------------------------------------------------------


def test_replay_and_lost_read_models_change_no_byte_of_any_report(shop: Office, tmp_path: Path) -> None:
    """Table, CSV, JSON, NDJSON, XLSX and HTML, a day later too, when nothing new was recorded."""
    before = outputs(shop, tmp_path / "before")
    assert len(before) == 6 * len(REPORTS)
    shop.does("replay")
    drop_views(shop)
    shop.now = "2026-12-02T18:00:00+01:00"
    assert outputs(shop, tmp_path / "after") == before


def test_copied_folder_elsewhere_gives_the_same_bytes(shop: Office, tmp_path: Path) -> None:
    """No path, host or user of the machine stands in a report."""
    shutil.copytree(shop.folder, tmp_path / "elsewhere")
    copy = object.__new__(Office)
    copy.folder, copy.now = tmp_path / "elsewhere", shop.now
    assert outputs(copy, tmp_path / "there") == outputs(shop, tmp_path / "here")


def test_both_languages_agree_in_the_formats_for_programs(shop: Office) -> None:
    """CSV, JSON and NDJSON are the same in every language; the table is not."""
    for name in ("csv", "json", "ndjson", "table"):
        said = {lang: shop.does("--lang", lang, *BILLING, "-f", name).out for lang in ("pl", "en")}
        assert (said["pl"] == said["en"]) is (name != "table")


# --- as it was --------------------------------------------------------------------------------

CHANGES: dict[str, tuple[str, ...]] = {
    "a correction": ("session", "correct", "2", "--ended-at", "2026-11-02 18:30", "--reason", "wrong-time"),
    "a purchase": ("purchase", "add", "K-005", "--order", "ZAM/2026/777", "--at", "2026-10-01"),
    "a return": (
        "purchase",
        "return",
        "K-003",
        "--order",
        "ZAM/2026/077",
        "--at",
        "2026-11-05",
        "--reason",
        "x",
    ),
    "a merge": ("customer", "merge", "K-001", "K-005", "--reason", "double-entry", "--yes"),
    "a waiver": ("session", "waive", "2", "--hours", "1", "--reason", "goodwill"),
    "an end": ("session", "end", "42"),
    "a purge": ("session", "purge", "39", "--declare", "--yes"),
    "a hold": ("session", "hold", "39", "--until", "2027-01-31", "--reason", "contract"),
    "another time allowed": ("config", "set", "purge.sla=5m"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_report_as_of_before_a_change_has_the_bytes_it_had(change: str, tmp_path: Path) -> None:
    """Each of these changes some report, and none of the reports as of the moment before it."""
    office = sample_month(tmp_path / "ledger")
    reports = (
        BILLING,
        ("report", "deletions", "--period", PERIOD),
        ("report", "sessions", "--period", PERIOD),
    )
    moment = "2026-12-01T08:59:59+01:00"
    formats = ("json", "csv", "table")

    def told(*more: str) -> list[str]:
        answers = [office.run(*report, *more, "-f", name) for report in reports for name in formats]
        assert {answer.status for answer in answers} <= {0, 3}
        return [answer.out for answer in answers]

    before, now = told("--as-of", moment), told()
    office.now = "2026-12-01T09:00:00+01:00"
    office.does(*CHANGES[change])
    assert told("--as-of", moment) == before
    assert told() != now


def test_explain_and_what_if_as_of_before_a_price_list_are_as_they_were(tmp_path: Path) -> None:
    """A list published later, even a retroactive one, changes nothing that was connected before."""
    office = sample_month(tmp_path / "ledger")
    questions = (
        ("session", "explain", "4"),
        ("session", "show", "4"),
        ("tariff", "what-if", "--favour", "customer", "--period", PERIOD),
        BILLING,
    )
    moment = ("--as-of", MORNING)
    before = [office.does(*question, *moment).out for question in questions]
    office.now = "2026-12-01T09:00:00+01:00"
    file = price_list(tmp_path, valid_from="2026-11-10", base_price="990.00")
    office.does("tariff", "publish", str(file), "--retroactive", "--reason", "price-change", "--yes")
    office.does("session", "waive", "4", "--percent", "50", "--reason", "goodwill")
    assert [office.does(*question, *moment).out for question in questions] == before
    assert all(line["tariff"] == "pomoc-zdalna-2024" for line in office.asks(*BILLING)["sessions"])


def test_report_as_of_a_later_moment_is_that_of_now_but_for_its_date(shop: Office) -> None:
    """Everything recorded up to then: sums and sessions are those of the live read model."""
    live_document = shop.asks(*BILLING)
    then = shop.asks(*BILLING, "--as-of", "2027-01-01T00:00:00Z")
    assert then["as_of"] == "2027-01-01T00:00:00Z"
    assert {**then, "as_of": None} == {**live_document, "as_of": None}


def test_each_code_has_its_own_sessions_as_of_before_a_merge(tmp_path: Path) -> None:
    """Afterwards both codes ask for the sessions of both."""
    office = sample_month(tmp_path / "ledger")
    office.now = "2026-12-01T09:00:00+01:00"
    office.does("customer", "merge", "K-007", "K-008", "--reason", "double-entry", "--yes")

    def sessions(code: str, *more: str) -> list[int]:
        document = office.asks(*BILLING, "--customer", code, *more)
        return [session["session"] for session in document["sessions"]]

    assert sessions("K-008", "--as-of", MORNING) == [15, 21, 35]
    assert sessions("K-007", "--as-of", MORNING) == [5, 6, 30]
    assert sessions("K-008") == sessions("K-007") == [5, 6, 15, 21, 30, 35]


def test_event_is_in_the_report_as_of_its_own_moment(tmp_path: Path) -> None:
    """A prefix ends with the last event recorded at the instant, not before it."""
    office = sample_month(tmp_path / "ledger")
    office.now = "2026-12-01T09:00:00+01:00"
    office.does("session", "waive", "2", "--percent", "100", "--reason", "goodwill")

    def net(moment: str) -> int:
        (line,) = [s for s in office.asks(*BILLING, "--as-of", moment)["sessions"] if s["session"] == 2]
        return int(line["net_grosze"])

    assert net("2026-12-01T08:59:59.999999+01:00") == 20000
    assert net("2026-12-01T09:00:00+01:00") == 0


def test_report_as_of_before_the_first_event_is_refused(shop: Office) -> None:
    """Exit 1, a sentence, no traceback."""
    answer = shop.run(*BILLING, "--as-of", "2020-01-01")
    assert answer.status == 1
    assert "(E-NOTHING-RECORDED)" in answer.err


# --- while others read ------------------------------------------------------------------------


def test_open_reader_keeps_the_old_read_model_through_a_replay(shop: Office) -> None:
    """A connection in the middle of a read goes on; whoever comes next reads the new file."""
    shop.does(*BILLING)
    old = live(shop)
    expected = rows(old, "billing")
    reader = sqlite3.connect(old)
    cursor = reader.execute("SELECT * FROM billing ORDER BY number")
    read = [cursor.fetchone()]
    shop.does("replay")
    assert live(shop) != old
    assert read + cursor.fetchall() == expected
    assert reader.execute("SELECT count(*) FROM billing").fetchone() == (len(expected),)
    reader.close()
    assert rows(live(shop), "billing") == expected


def test_reader_in_another_process_keeps_reading(shop: Office) -> None:
    """The same with a process of its own, which opened the file before the replay."""
    shop.does(*BILLING)
    program = (
        "import sqlite3, sys\n"
        "views = sqlite3.connect(sys.argv[1])\n"
        "cursor = views.execute('SELECT number FROM sessions ORDER BY number')\n"
        "print(cursor.fetchone()[0], flush=True)\n"
        "sys.stdin.readline()\n"
        "print(sum(number for number, in cursor), flush=True)\n"
        "print(views.execute('SELECT count(*) FROM sessions').fetchone()[0], flush=True)\n"
    )
    command = [sys.executable, "-c", program, str(live(shop))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "1\n"
        shop.does("replay")
        rest, _ = process.communicate("go\n")
    assert rest.split() == [str(sum(range(2, 46))), "45"]


def test_two_files_stay_after_many_replays(shop: Office) -> None:
    """The live one, and the one before it for whoever still reads it."""
    for _ in range(4):
        shop.does("replay")
    names = sorted(file.name for file in shop.folder.glob("views*"))
    assert len([name for name in names if name.endswith(".db")]) == 2
    assert live(shop).exists()
    assert not [name for name in names if "pointer" in name]


# --- one projection ---------------------------------------------------------------------------


EDITED = {"sessions": "session_ref", "billing": "exceptions", "deletions": "evidence"}


@pytest.mark.parametrize("name", NAMES)
def test_one_projection_is_derived_and_the_others_are_kept(shop: Office, name: str) -> None:
    """A row that was edited is mended in the named projection and only there."""
    shop.does(*BILLING)
    good = {name: rows(live(shop), name) for name in NAMES}
    with sqlite3.connect(live(shop)) as views:
        for table, column in EDITED.items():
            views.execute(f"UPDATE {table} SET {column} = 'EDITED' WHERE number = 3")
    views.close()
    shop.does("replay", name)
    for table in NAMES:
        assert (rows(live(shop), table) == good[table]) is (table == name)
    shop.does("replay")
    assert {name: rows(live(shop), name) for name in NAMES} == good


def test_one_projection_catches_the_others_up_first(shop: Office) -> None:
    """What was recorded since the last report is in all of them."""
    shop.does(*BILLING)
    shop.does("session", "end", "42")
    shop.does("replay", "billing")
    with closing(sqlite3.connect(live(shop))) as views:
        found = views.execute("SELECT state FROM sessions WHERE number = 42").fetchone()
    assert found == ("ended",)
    assert shop.run("check", "views") == Answer(0, "", "")


def test_one_projection_of_a_ledger_without_read_models_makes_all(shop: Office) -> None:
    drop_views(shop)
    shop.does("replay", "deletions")
    assert shop.run("check", "views") == Answer(0, "", "")
    assert len(rows(live(shop), "sessions")) == 45


def test_replay_prints_events_and_speed(shop: Office) -> None:
    """A line for people; as JSON the shape of json.md."""
    events = shop.events()
    assert shop.does("replay").out.startswith(f"{events} events in ")
    assert shop.does("--lang", "pl", "replay").out.startswith(f"zdarzenia: {events}, czas: ")
    document = shop.asks("replay")
    assert list(document) == ["schema", "events", "sessions", "seconds", "events_per_second"]
    assert (document["schema"], document["events"], document["sessions"]) == (
        "session-ledger/replay/1",
        events,
        45,
    )


# --- at once ----------------------------------------------------------------------------------


def together(office: Office, *commands: Sequence[str]) -> list[int]:
    """The exit statuses of processes that run at the same time."""
    started = [
        subprocess.Popen(
            [sys.executable, "-m", "ledger", *command], env=environment(office), stdout=subprocess.DEVNULL
        )
        for command in commands
    ]
    return [process.wait() for process in started]


def test_two_replays_at_once_leave_one_complete_read_model(shop: Office) -> None:
    """Each fills a file of its own; the last to finish names its own."""
    good = {name: rows(live(shop), name) for name in NAMES} if shop.does(*BILLING) else {}
    assert together(shop, ["replay"], ["replay"], ["replay", "billing"], BILLING) == [0, 0, 0, 0]
    assert {name: rows(live(shop), name) for name in NAMES} == good
    assert shop.run("check") == Answer(0, "", "")


def test_catch_up_by_several_processes_at_once_counts_nothing_twice(shop: Office) -> None:
    """Reports of four processes bring the same read model up to date."""
    shop.does(*BILLING)
    before = live(shop)
    shop.does("session", "end", "42")
    shop.does("session", "request", "--customer", "K-001", "--issue", "other")
    assert together(shop, *[[*BILLING, "-f", "csv"]] * 4) == [0, 0, 0, 0]
    assert live(shop) == before
    assert shop.run("check", "views") == Answer(0, "", "")
    assert [row[0] for row in rows(live(shop), "sessions")] == list(range(1, 47))


# --- a read model that is none ----------------------------------------------------------------


def garbage(file: Path) -> None:
    file.write_bytes(b"this is no database at all\n" * 400)


def emptied(file: Path) -> None:
    file.write_bytes(b"")


def halved(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2 // 4096 * 4096 + 100])


def of_another_version(file: Path) -> None:
    with sqlite3.connect(file) as views:
        views.execute("PRAGMA user_version = 99")
    views.close()


def of_another_ledger(file: Path) -> None:
    with sqlite3.connect(file) as views:
        views.execute("UPDATE tracking SET leaf_hash = zeroblob(32)")
    views.close()


def ahead_of_the_events(file: Path) -> None:
    with sqlite3.connect(file) as views:
        views.execute("UPDATE tracking SET position = position + 1000")
    views.close()


def without_a_table(file: Path) -> None:
    with sqlite3.connect(file) as views:
        views.execute("DROP TABLE deletions")
    views.close()


def without_an_index(file: Path) -> None:
    with sqlite3.connect(file) as views:
        views.execute("DROP INDEX sessions_open")
    views.close()


def at_two_positions(file: Path) -> None:
    with sqlite3.connect(file) as views:
        views.execute("UPDATE tracking SET position = 3 WHERE projection = 'billing'")
    views.close()


DAMAGES = (
    garbage,
    emptied,
    halved,
    of_another_version,
    of_another_ledger,
    ahead_of_the_events,
    without_a_table,
    without_an_index,
    at_two_positions,
)


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_or_foreign_read_model_is_derived_again(shop: Office, damage: object) -> None:
    """The report is what it was; nobody has to know."""
    before = shop.does(*BILLING, "-f", "json").out
    assert callable(damage)
    for log in shop.folder.glob("views-*.db-*"):
        log.unlink()
    damage(live(shop))
    assert shop.does(*BILLING, "-f", "json").out == before
    assert shop.run("check") == Answer(0, "", "")


@pytest.mark.parametrize("named", ["", "views-77.db", "../events.db", "events.db", "\xff\xfe"])
def test_pointer_that_leads_nowhere_is_replaced(shop: Office, named: str) -> None:
    """It never makes another file of the folder a read model."""
    before = shop.does(*BILLING, "-f", "json").out
    (shop.folder / "views.current").write_text(named, encoding="latin-1")
    assert shop.does(*BILLING, "-f", "json").out == before
    assert json.loads(before)["total"]["sessions"] == 41
    assert shop.run("check") == Answer(0, "", "")
