"""Records of connections taken in: nothing lost, nothing twice, whatever way the files come."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.held_open import held_open
from tests.support.office import NOON, Office
from tests.support.shop import copied
from tests.support.systems import needs_links

VECTORS = Path(__file__).parents[2] / "vectors"
MONTH = VECTORS / "teamviewer-month"
ALIASES = """
[technicians]
"Anna" = "anna"
"Marek" = "marek"
"anna@sklep.example" = "anna"
"marek@sklep.example" = "marek"
"""
Way = tuple[str, str, tuple[str, ...]]
"""An adapter, the name of a file of the month, further options."""
CONNECTIONS: Way = ("teamviewer-connections", "Connections.marek.txt", ())
WAYS: tuple[Way, ...] = (
    CONNECTIONS,
    ("generic-csv", "generic_sessions.pl.utf8bom.csv", ()),
    ("generic-csv", "generic_sessions.pl.cp1250.csv", ("--encoding", "cp1250")),
    ("generic-jsonl", "generic_sessions.jsonl", ()),
    ("teamviewer-log", "TeamViewer15_Logfile.dst.log", ("--tz", "Europe/Warsaw")),
)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger that knows its technicians, and nothing else."""
    office = Office(tmp_path_factory.mktemp("sources") / "ledger", now=NOON)
    config = office.folder / "ledger.toml"
    config.write_text(config.read_text(encoding="utf-8") + ALIASES, encoding="utf-8")
    return office.folder


@pytest.fixture
def office(empty: Path, tmp_path: Path) -> Office:
    """A copy of it."""
    return copied(empty, tmp_path / "ledger", now=NOON)


def imported(office: Office, way: Way, raw: bytes, *more: str) -> dict[str, Any]:
    """Import bytes under the name of a file; the counts must add up."""
    adapter, name, options = way
    file = office.folder.parent / Path(name).name
    file.write_bytes(raw)
    counts = office.asks("source", "import", adapter, str(file), *options, *more)
    parts = ("observed", "duplicate", "amended", "quarantined", "skipped")
    assert counts["read"] == sum(counts[part] for part in parts)
    return dict(counts)


def listed(office: Office) -> list[dict[str, Any]]:
    """Every record with its names, without what tells how often it was said."""
    found = office.asks("source", "list", "--names")["records"]
    return sorted(({**r, "amendments": 0} for r in found), key=lambda r: str(r["record"]))


def whole(empty: Path, way: Way, raw: bytes) -> list[dict[str, Any]]:
    """The records of a file taken in at once, in a ledger of its own."""
    with TemporaryDirectory() as folder:
        office = copied(empty, Path(folder) / "ledger", now=NOON)
        imported(office, way, raw)
        return listed(office)


# --- the same file ------------------------------------------------------------------------------


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way[1])
def test_a_file_twice_changes_nothing(office: Office, way: Way) -> None:
    """Given an import, when the same file comes again, then no event is recorded and all are duplicates."""
    raw = (MONTH / way[1]).read_bytes()
    first = imported(office, way, raw)
    before, records = office.events(), listed(office)
    again = imported(office, way, raw)
    assert (office.events(), listed(office)) == (before, records)
    assert again["duplicate"] == first["observed"] + first["duplicate"]
    assert (again["observed"], again["amended"]) == (0, 0)
    assert office.does("check").out == ""


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way[1])
def test_line_ends_make_no_difference(empty: Path, office: Office, way: Way) -> None:
    """Given LF, when the same comes with CRLF, then every record is a duplicate."""
    raw = (MONTH / way[1]).read_bytes().replace(b"\r\n", b"\n")
    imported(office, way, raw)
    again = imported(office, way, raw.replace(b"\n", b"\r\n"))
    assert (again["observed"], again["amended"], again["quarantined"]) == (0, 0, 0)
    assert listed(office) == whole(empty, way, raw.replace(b"\n", b"\r\n"))


def test_both_encodings_are_one_source(office: Office) -> None:
    """Given the table in UTF-8, when it comes in cp1250, then nothing is new."""
    utf8, cp1250 = WAYS[1], WAYS[2]
    imported(office, utf8, (MONTH / utf8[1]).read_bytes())
    before = office.events()
    imported(office, cp1250, (MONTH / cp1250[1]).read_bytes())
    assert office.events() == before
    notes = [r for r in listed(office) if r["started_at"] == "2026-11-02T09:05:11Z"]
    assert len(notes) == 1


@settings(max_examples=8, deadline=None)
@given(way=st.sampled_from(WAYS[:4]), cut=st.floats(0, 1), swapped=st.booleans())
def test_a_file_in_two_halves_is_the_file(empty: Path, way: Way, cut: float, *, swapped: bool) -> None:
    """Given a file cut between two lines, when the halves come in any order, then the records are its own."""
    raw = (MONTH / way[1]).read_bytes()
    lines = raw.split(b"\n")
    head = lines[:1] if way[0] == "generic-csv" else []
    place = max(1, round(cut * (len(lines) - 1)))
    halves = [b"\n".join(lines[:place]) + b"\n", b"\n".join([*head, *lines[place:]])]
    with TemporaryDirectory() as folder:
        office = copied(empty, Path(folder) / "ledger", now=NOON)
        for half in reversed(halves) if swapped else halves:
            imported(office, way, half)
        assert listed(office) == whole(empty, way, raw)


@settings(max_examples=8, deadline=None)
@given(way=st.sampled_from((*WAYS[:2], WAYS[3])), cut=st.floats(0.05, 0.999))
def test_a_line_torn_at_the_end_comes_in_when_it_is_whole(empty: Path, way: Way, cut: float) -> None:
    """Given a file cut anywhere, when it is whole the next day, then the records are its own."""
    raw = (MONTH / way[1]).read_bytes()
    with TemporaryDirectory() as folder:
        office = copied(empty, Path(folder) / "ledger", now=NOON)
        torn = imported(office, way, raw[: max(120, round(cut * len(raw)))])
        assert {line["reason"] for line in torn["quarantine"]} <= {"torn"}
        assert torn["quarantined"] <= 1
        imported(office, way, raw)
        assert listed(office) == whole(empty, way, raw)


# --- pairs --------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [(1, 2, 1), (2, 1, 2)])
def test_pages_of_the_event_log_in_any_order(office: Office, order: tuple[int, ...]) -> None:
    """Given pages in an order, when the first comes again, then 23 records, one of them open."""
    for number in order:
        file = MONTH / "webapi" / f"EventLogging.page{number}.json"
        office.does("source", "import", "teamviewer-eventlog", str(file))
    records = listed(office)
    assert len(records) == 23
    assert [r["started_at"] for r in records if r["ended_at"] is None] == ["2026-11-13T19:00:00Z"]


def page(event: str, at: str) -> bytes:
    """A page of the event log with one event on it."""
    entry = {"EventName": event, "Timestamp": at, "Author": "Anna", "AffectedItem": "123456789"}
    return json.dumps({"AuditEvents": [entry]}).encode()


def test_an_end_in_a_later_page_closes_the_open_record(office: Office) -> None:
    """Given a start, then an open record; when its end comes, it is amended; an end alone waits aside."""
    start, end = (
        page(event, f"2026-11-16T10:{minute}:00Z")
        for event, minute in (("StartedSession", "00"), ("EndedSession", "30"))
    )
    way: Way = ("teamviewer-eventlog", "page.json", ())
    alone = imported(office, way, end)
    assert [line["reason"] for line in alone["quarantine"]] == ["end-without-start"]
    assert imported(office, way, start)["observed"] == 1
    assert imported(office, way, end)["amended"] == 1
    assert imported(office, way, start)["duplicate"] == 1
    assert imported(office, way, end)["duplicate"] == 1
    (record,) = listed(office)
    assert (record["started_at"], record["ended_at"]) == ("2026-11-16T10:00:00Z", "2026-11-16T10:30:00Z")


def test_the_same_sessions_of_meshcentral_in_three_formats(office: Office) -> None:
    """Given a stream, a list and the file of events of one server, then each session is one record."""
    for name in ("showevents_stream.txt", "listevents.json", "meshcentral-events.nedb"):
        office.does("source", "import", "meshcentral", str(VECTORS / "meshcentral" / name))
    assert len(listed(office)) == 10


def test_hooks_of_both_ends_are_one_connection(office: Office) -> None:
    """Given the hook of the beginning, when that of the end comes, then one record, closed."""
    hooks = [str(VECTORS / "vnc" / f"hook_{end}.txt") for end in ("accept", "gone")]
    office.does("source", "import", "vnc-hooks", *hooks)
    office.does("source", "import", "vnc-hooks", *hooks)
    (record,) = listed(office)
    assert (record["started_at"], record["ended_at"]) == ("2026-11-22T07:00:24Z", "2026-11-22T07:00:27Z")


def test_three_hooks_of_a_console_tell_of_three_connections(office: Office) -> None:
    """Given a knock, a lost link and a second connection as x11vnc told them, then three records."""
    told = imported(office, ("vnc-hooks", "hooks.txt", ()), (VECTORS / "vnc" / "hooks.txt").read_bytes())
    assert (told["observed"], told["duplicate"], told["amended"]) == (3, 2, 3)
    records = sorted(listed(office), key=lambda record: str(record["started_at"]))
    assert [record["kind"] for record in records] == ["attempt", "remote_control", "remote_control"]
    assert all(record["ended_at"] for record in records)


# --- amended ------------------------------------------------------------------------------------

HEAD = "id_zrodla;id_partnera;technik;start;koniec;uwagi\n"


def row(
    native: str = "a1", partner: str = "123456789", end: str = "2026-11-16T10:30Z", notes: str = ""
) -> str:
    return f"{native};{partner};Anna;2026-11-16T10:00Z;{end};{notes}\n"


TABLE: Way = ("generic-csv", "table.csv", ())


def test_other_content_under_the_same_id_is_an_amendment(office: Office) -> None:
    """Given a record, when its end or its note changes, then an event says so; the record keeps its key."""
    imported(office, TABLE, (HEAD + row()).encode())
    assert imported(office, TABLE, (HEAD + row(end="2026-11-16T10:31Z")).encode())["amended"] == 1
    assert imported(office, TABLE, (HEAD + row(end="2026-11-16T10:31Z", notes="x")).encode())["amended"] == 1
    (record,) = office.asks("source", "list")["records"]
    assert (record["ended_at"], record["amendments"]) == ("2026-11-16T10:31:00Z", 2)


def test_two_connections_of_one_moment_without_ids_are_two(office: Office) -> None:
    """Given rows without ids that differ in the partner alone, then two records, now and again."""
    table = HEAD + row("", "123456789") + row("", "987654321")
    assert imported(office, TABLE, table.encode())["observed"] == 2
    assert imported(office, TABLE, table.encode())["duplicate"] == 2
    turned = HEAD + row("", "987654321") + row("", "123456789")
    assert imported(office, TABLE, turned.encode())["duplicate"] == 2


def test_a_name_becomes_a_handle_when_ledger_toml_says_so(office: Office) -> None:
    """Given a name that is no alias, then it is counted; once it is one, the same file amends the record."""
    table = (HEAD + row().replace("Anna", "Nowa Osoba")).encode()
    assert imported(office, TABLE, table)["unnamed"] == 1
    config = office.folder / "ledger.toml"
    config.write_text(config.read_text(encoding="utf-8") + '"nowa  osoba" = "nowa"\n', encoding="utf-8")
    assert imported(office, TABLE, table)["amended"] == 1
    assert [r["technician"] for r in listed(office)] == ["nowa"]


# --- quarantine ---------------------------------------------------------------------------------


@needs_links
def test_bad_lines_are_not_written_over_the_file_they_are_of(office: Office, tmp_path: Path) -> None:
    """One of several, in a folder of another name."""
    (tmp_path / "here").mkdir()
    file = tmp_path / "here" / "log.txt"
    file.write_bytes(b"no connection\n")
    (tmp_path / "there").symlink_to(tmp_path / "here")
    other, same = MONTH / "Connections.marek.txt", tmp_path / "there" / "log.txt"
    answer = office.run("source", "import", CONNECTIONS[0], str(other), str(file), "--errors", str(same))
    assert f"{same} is a file to import" in answer.err
    assert file.read_bytes() == b"no connection\n"


def test_a_bad_line_is_kept_once_and_shown_harmlessly(office: Office, tmp_path: Path) -> None:
    """Given a line with a formula and terminal escapes, then it is shown, exported, and kept once."""
    evil = b'=HYPERLINK("http://x")\tp. Igie\xc5\x82ka\x1b[31m\xe2\x80\xae\n'
    good = (MONTH / "Connections.marek.txt").read_bytes()
    counts = imported(office, CONNECTIONS, evil + good, "--errors", str(tmp_path / "bad.csv"))
    assert [(line["line"], line["reason"]) for line in counts["quarantine"]] == [(1, "fields")]
    assert "\"'=HYPERLINK" in (tmp_path / "bad.csv").read_text(encoding="utf-8")
    shown = office.does("source", "list", "--quarantine").out
    assert "\\x1b[31m" in shown
    assert "\x1b" not in shown + (tmp_path / "bad.csv").read_text(encoding="utf-8")
    before = office.events()
    imported(office, CONNECTIONS, evil + evil + good)
    assert office.events() == before


def test_names_that_are_formulas_or_escapes_are_harmless(office: Office, tmp_path: Path) -> None:
    """Given such a user name, then it is exported behind an apostrophe and shown as text."""
    table = HEAD + row().replace("Anna", "=1+1\x1b]0\x07")
    imported(office, TABLE, table.encode())
    shown = office.does("source", "list", "--names", "-f", "csv").out
    assert "'=1+1\\x1b]0\\x07" in shown
    for suffix in ("xlsx", "html", "txt"):
        file = tmp_path / f"list.{suffix}"
        office.does("source", "list", "--names", "-o", str(file))
        assert b"\x1b" not in file.read_bytes() or suffix == "xlsx"


def test_no_name_and_no_id_stands_in_an_event(office: Office) -> None:
    """Given names, IDs, notes and a bad line, then none of them stands in the event store."""
    table = HEAD + row(notes="p. Igiełka") + "x;tajne;y\n"
    imported(office, TABLE, table.encode())
    assert len(office.asks("source", "list", "--quarantine")["lines"]) == 1
    stored = b"".join(file.read_bytes() for file in office.folder.glob("events.db*"))
    for personal in ("123456789", "Igiełka", "tajne", "Anna"):
        assert personal.encode() not in stored


def test_a_dry_run_records_nothing(office: Office) -> None:
    """Given --dry-run, then the counts are told and nothing is recorded."""
    before = office.events()
    counts = imported(office, TABLE, (HEAD + row()).encode(), "--dry-run")
    assert (counts["observed"], counts["dry_run"], office.events()) == (1, True, before)


def test_records_are_listed_as_they_stood(office: Office) -> None:
    """Given --as-of before an import, then its records are not there; imports are told with their counts."""
    office.now = "2026-11-30T12:10:00+01:00"
    imported(office, TABLE, (HEAD + row()).encode())
    before = office.asks("source", "list", "--as-of", "2026-11-30T12:05:00+01:00")
    assert before["records"] == []
    (known,) = office.asks("source", "list", "--imports")["imports"]
    assert (known["lines"], known["observed"], known["skipped"]) == (2, 1, 1)


# --- a spool ------------------------------------------------------------------------------------


def test_a_spool_is_emptied_and_what_cannot_be_read_is_put_apart(office: Office, tmp_path: Path) -> None:
    """Given good, bad and unfinished files, then each ends in its place, and a repeat finds nothing."""
    spool = tmp_path / "spool"
    for adapter in ("generic-csv", "teamviewer-connections"):
        (spool / adapter).mkdir(parents=True)
    shutil.copy(MONTH / "Connections.anna.txt", spool / "teamviewer-connections" / "a.txt")
    (spool / "teamviewer-connections" / "b.txt.part").write_bytes(b"half")
    (spool / "generic-csv" / "bad.csv").write_bytes(b"nonsense\n")
    answer = office.run("source", "import", "--spool", str(spool))
    assert answer.status == 3, answer.err
    left = sorted(file.relative_to(spool).as_posix() for file in spool.rglob("*") if file.is_file())
    assert left == [
        "processed/teamviewer-connections/a.txt",
        "quarantined/generic-csv/bad.csv",
        "teamviewer-connections/b.txt.part",
    ]
    assert len(listed(office)) == 10
    before = office.events()
    assert "nothing waits" in office.does("source", "import", "--spool", str(spool)).err
    # A crash after the import and before the move: the file is there again.
    shutil.copy(MONTH / "Connections.anna.txt", spool / "teamviewer-connections" / "a.txt")
    with held_open("a.txt"):  # and whoever wrote it has it open, which matters on Windows
        assert "a.txt cannot be moved" in office.run("source", "import", "--spool", str(spool)).err
    office.does("source", "import", "--spool", str(spool))
    assert office.events() == before
    assert (spool / "processed" / "teamviewer-connections" / "a-2.txt").is_file()
