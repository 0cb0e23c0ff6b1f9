"""Personal data whose time is over: what is due, what is held, and what a run erases."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest

from ledger.vault.vault import Vault
from tests.support.office import Answer, Office, sqlite_only
from tests.support.shop import copied

BEGAN = "2026-11-16T10:00:00+01:00"
ASK = ("session", "request", "--customer", "K-1", "--issue", "other", "--contact", "p. Nowak, 600 100 200")


@pytest.fixture(scope="module")
def made_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """1 asked for, 2 cancelled, 3 cancelled and held, 4 over with a note, 5 over, with a note, held."""
    made = Office(tmp_path_factory.mktemp("made") / "ledger", now=BEGAN)
    made.does("customer", "add", "K-1", "--name", "Zakład Krawiecki Igiełka")
    for _ in range(5):
        made.does(*ASK)
    for number in ("4", "5"):
        made.does("session", "connect", number)
        made.does("session", "end", number)
        made.does("session", "note", number, "--summary", "driver reinstalled")
        made.does("session", "purge", number, "--declare", "--yes")
    for number in ("2", "3"):
        made.does("session", "cancel", number)
    made.does("session", "hold", "3", "--until", "2033-06-30", "--reason", "inspection")
    return made.folder


@pytest.fixture
def office(made_once: Path, tmp_path: Path) -> Office:
    """That ledger, copied."""
    return copied(made_once, tmp_path / "ledger", now=BEGAN)


def due(office: Office, *more: str) -> list[tuple[Any, ...]]:
    items = office.asks("retention", "due", *more)["items"]
    return [(item["what"], item["state"], item["session"], item["due_on"]) for item in items]


def test_what_comes_within_thirty_days_is_told(office: Office) -> None:
    assert due(office) == [("abandoned", "soon", n, "2026-12-16") for n in (1, 2, 3)]
    office.does("config", "set", "purge.abandoned_days=90")
    assert due(office) == []


def test_a_request_that_is_still_expected_is_not_abandoned(office: Office) -> None:
    office.does(*ASK, "--scheduled-for", "2027-02-01 10:00")
    office.now = "2027-02-10T10:00:00+01:00"
    assert ("abandoned", "soon", 6, "2027-03-03") in due(office)


def test_a_run_erases_what_is_due_and_tells_what_is_held(office: Office) -> None:
    office.now = "2027-01-05T10:00:00+01:00"
    assert due(office) == [
        ("abandoned", "due", 1, "2026-12-16"),
        ("abandoned", "due", 2, "2026-12-16"),
        ("abandoned", "held", 3, "2026-12-16"),
    ]
    before = office.events()
    planned = office.does("retention", "run", "--dry-run").out
    assert planned.count("due") == 2
    assert "Session 3: request never connected, since 2026-11-16: held (2033-06-30)" in planned
    assert office.events() == before
    assert office.run("retention", "run").status == 2
    answer = office.run("retention", "run", "--yes", "-f", "json")
    assert answer.status == 3
    assert answer.document["events"] == ["session.data_erased"] * 2
    assert (answer.document["erased"], answer.document["waiting"]) == (2, 1)
    assert [number for number in "123" if "p. Nowak" in office.does("session", "show", number).out] == ["3"]
    assert due(office) == [("abandoned", "held", 3, "2026-12-16")]
    report = office.run("report", "deletions", "--period", "2026-11", "-f", "json").document
    assert report["summary"]["abandoned"] == 1
    assert office.run("check") == Answer(0, "", "")


def test_reasons_and_notes_go_after_the_year_and_six_more(office: Office) -> None:
    """Until 31 December of the sixth year after; those of a held session longer."""
    office.does("session", "release", "3")
    office.now = "2032-12-31T23:59:00+01:00"
    assert ("tax", "soon", 4, "2033-01-01") in due(office)
    office.now = "2033-01-01T00:00:00+01:00"
    assert ("tax", "due", 4, "2033-01-01") in due(office)
    office.does("config", "set", "retention.tax_years=7")
    assert not [item for item in due(office) if item[0] == "tax"]
    office.does("config", "set", "retention.tax_years=6")
    assert "driver reinstalled" in office.does("session", "show", "4").out
    office.does("retention", "run", "--yes")
    assert "driver reinstalled" not in office.does("session", "show", "4").out
    assert "[erased]" in office.does("session", "show", "4").out


def test_a_note_said_after_the_erasure_is_another_and_stays(office: Office) -> None:
    office.now = "2033-01-02T10:00:00+01:00"
    office.run("retention", "run", "--yes")
    office.does("session", "note", "4", "--summary", "asked about again")
    office.does("check", "vault", "deleted", "--repair")
    assert "asked about again" in office.does("session", "show", "4").out
    assert not [item for item in due(office) if item[:3:2] == ("tax", 4)]


@pytest.mark.parametrize("value", ["0", "51", "6y", "1d", "-1", "six", "999"])
def test_the_years_are_a_whole_number_up_to_fifty(office: Office, value: str) -> None:
    answer = office.run("config", "set", f"retention.tax_years={value}")
    assert (answer.status, "E-SETTING" in answer.err) == (2, True)


def test_nothing_due_is_said_and_recorded_nowhere(office: Office) -> None:
    before = office.events()
    answer = office.does("retention", "run", "--yes", "-f", "json")
    assert answer.document["events"] == []
    assert "nothing was due" in answer.err
    assert office.events() == before


def test_the_same_command_id_erases_once(office: Office) -> None:
    office.now = "2027-01-05T10:00:00+01:00"
    words = ("retention", "run", "--yes", "--command-id", "night-1")
    office.run(*words)
    before = office.events()
    assert "recorded before" in office.run(*words).err
    assert office.events() == before


@sqlite_only
def test_a_reader_holds_the_run_up_and_a_repeat_completes_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The events stand, exit 3, and a repeat cuts the logs."""
    office.now = "2027-01-05T10:00:00+01:00"
    defaults = cast("dict[str, float]", Vault.__init__.__kwdefaults__)
    with monkeypatch.context() as impatient, closing(_reader(office)):
        impatient.setitem(defaults, "busy_seconds", 0.05)
        answer = office.run("retention", "run", "--yes")
    assert (answer.status, "E-ERASE-INCOMPLETE" in answer.err) == (3, True)
    assert "E-ERASE-INCOMPLETE" not in office.run("retention", "run", "--yes").err
    assert office.run("check") == Answer(0, "", "")


def _reader(office: Office) -> sqlite3.Connection:
    reader = sqlite3.connect(office.folder / "vault.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM vault").fetchone()
    return reader


def test_as_of_looks_at_another_moment(office: Office) -> None:
    assert due(office, "--as-of", "2026-11-16 09:00") == []
    assert [item[1] for item in due(office, "--as-of", "2027-01-05 10:00")] == ["due", "due", "held"]


@pytest.mark.parametrize("form", ["table", "csv", "json", "ndjson", "html"])
def test_every_format(office: Office, form: str) -> None:
    answer = office.does("--lang", "pl", "retention", "due", "-f", form)
    assert "K-1" in answer.out
    if form == "json":
        assert json.loads(answer.out)["schema"] == "session-ledger/retention-due/1"


def test_nothing_is_erased_by_a_clock_that_is_behind_the_log(office: Office) -> None:
    """By a clock set back less is due than is; a log that ran ahead once is no reason to wait for years."""
    office.now = "2031-01-05T10:00:00+01:00"
    office.does("customer", "add", "K-2", "--name", "Anna")
    office.now = "2027-01-05T10:00:00+01:00"
    before = office.events()
    refused = office.run("retention", "run", "--yes")
    assert (refused.status, "(E-CLOCK-BEHIND)" in refused.err) == (1, True)
    assert "--clock-is-right" in refused.err
    assert office.events() == before
    assert "p. Nowak" in office.does("session", "show", "1").out
    ran = office.run("retention", "run", "--yes", "--clock-is-right", "-f", "json")
    assert ran.document["events"] == ["session.data_erased"] * 2
    assert "p. Nowak" not in office.does("session", "show", "1").out
