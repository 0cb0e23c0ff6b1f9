"""What verify.py, verify.html and the deletion report say of every kind of session, row by row."""

from __future__ import annotations

import csv
import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from cli.presentation.wording.deletion_marks import MARKS
from cli.presentation.wording.purge import FLAGS
from ledger.application.ledger import Environment, Ledger
from ledger.domain.events import DataPurged, PartPurged, PurgeFailed
from ledger.domain.session.doubts import DOUBTS, RULE
from tests.ledger.transparency.bundles import line, write
from tests.ledger.transparency.verifiers import SOURCE, by_browser, by_python, module, run_alone
from tests.support.chromium import NEEDS_BROWSER, Page
from tests.support.every_session import every_session
from tests.support.office import Office, sqlite_only
from tests.support.scan import text_of_pdf
from tests.support.systems import IS_WINDOWS

pytestmark = sqlite_only
COUNTS = ("deletions", "verdicts", "marks")
Document = dict[str, Any]


@cache
def _made() -> tuple[Office, Path]:
    folder = Path(mkdtemp(prefix="session-ledger-rows-"))
    office = every_session(folder)
    office.does("audit", "export", str(folder / "bundle"))
    return office, folder / "bundle"


@pytest.fixture(scope="module", autouse=True)
def _swept() -> Any:  # noqa: ANN401 - a generator without a value
    yield
    # What was killed within this process may hold a file open, which Windows does not remove.
    shutil.rmtree(_made()[1].parent, ignore_errors=IS_WINDOWS)
    _made.cache_clear()


def _by_python(bundle: Path) -> Document:
    document: Document = json.loads(run_alone(bundle, "--json").stdout)
    return document


def _seconds(instant: str | None) -> datetime | None:
    return datetime.fromisoformat(instant) if instant else None


def _hosts(office: Office, number: int) -> list[str]:
    """Where the session's purges ran, by its own events: the workstation that was said, and the host."""
    with closing(Ledger.open(office.folder, Environment(lambda: datetime.now(UTC), os.urandom))) as ledger:
        stream, _ = ledger.find_session(str(number))
        told = [each.event for each in ledger.events_of(stream)]
    hosts = [each.host for each in told if isinstance(each, DataPurged | PartPurged | PurgeFailed)]
    return sorted({f"{each.workstation} ({each.true_host})" for each in hosts if each is not None})


def test_rows_are_those_of_the_deletion_report() -> None:
    """Every session that ended, with the verdict, the evidence and the delay of the report."""
    office, bundle = _made()
    report = office.run("report", "deletions", "--period", "2026-11", "-f", "json").document
    ended = [row for row in _by_python(bundle)["sessions"] if row["state"] == "ended"]
    assert len(ended) == len(report["sessions"]) >= 35
    for row, told in zip(ended, report["sessions"], strict=True):
        assert row["session"] == told["session"]
        assert _seconds(row["ended_at"]) == _seconds(told["ended_at"])
        assert _seconds(row["deleted_at"]) == _seconds(told["purged_at"])
        assert row["verdict"] == ("before_adoption" if told["before_adoption"] else told["verdict"])
        for key in ("delay_seconds", "evidence", "files", "first_delay_seconds", "rule"):
            assert row[key] == told[key], (key, row, told)
        assert (row["first_verdict"] or None) == told["first_verdict"], (row, told)
        assert row["by"] == (told["by"] or "")
        assert _seconds(row["recorded_at"]) == _seconds(told["recorded_at"])
        assert row["hosts"] == told["hosts"] == _hosts(office, row["session"])
        assert row["flags"] == told["flags"]
        assert DOUBTS & set(row["flags"]) == set(told["doubts"])
        assert MARKS.keys() & set(row["marks"]) == set(told["marks"])
        assert (row["held_until"] or None) == told["held_until"]
        assert row["allowed_seconds"] == report["sla_seconds"]


@NEEDS_BROWSER
def test_page_has_the_same_rows_and_the_same_counts(page: Page) -> None:
    _, bundle = _made()
    found = _by_python(bundle)
    assert by_browser(page, bundle).state == found["verdict"] == "pass"
    assert json.loads(page.asks("JSON.stringify(shown.rows)")) == found["sessions"]
    totals = json.loads(page.asks("JSON.stringify(shown.totals)"))
    assert totals == {name: found[name] for name in COUNTS}


@NEEDS_BROWSER
def test_every_printed_page_of_the_table_has_its_head(page: Page, tmp_path: Path) -> None:
    """Regression: from the second page on the columns had no names; the buttons in the head kept it back."""
    by_browser(page, _made()[1])
    page.printed(tmp_path / "printed.pdf")
    text = text_of_pdf(tmp_path / "printed.pdf")
    heads = [each.count("Verdict") for each in text.split("\f") if "in time" in each or "late" in each]
    assert len(heads) > 1
    assert set(heads) == {1}
    assert "between end and deletion: 15 min." in text


def test_parts_add_up_to_the_whole() -> None:
    found = _by_python(_made()[1])
    ended = found["deletions"].pop("ended")
    assert ended == sum(found["deletions"].values())
    assert len(found["sessions"]) == sum(found["verdicts"].values())


def test_every_verdict_and_mark_of_an_honest_ledger_is_there() -> None:
    """The month holds every kind, so that the comparison above is of every kind."""
    found = _by_python(_made()[1])
    missing = [name for name, count in {**found["verdicts"], **found["marks"]}.items() if not count]
    assert missing == ["clock_back", "dated_ahead", "sla_changed", "older_rule", "data_unknown"]


@NEEDS_BROWSER
@pytest.mark.parametrize(
    ("mark", "purge", "more"),
    [
        ("clock_back", {"at": "2026-11-16T16:00:00Z", "evidence": "measured", "rule": 2}, ()),
        ("dated_ahead", {"at": "2026-11-16T19:00:00Z"}, ()),
        ("older_rule", {"evidence": "absence_measured"}, ()),
        ("sla_changed", {}, ({"key": "purge.sla_seconds", "value": 60},)),
        ("dated_by_end", {"clock": "2026-11-16T16:59:30Z", "rule": 2, "evidence": "measured"}, ()),
    ],
)
def test_marks_that_an_honest_month_has_not(
    mark: str, purge: dict[str, Any], more: tuple[dict[str, Any], ...], tmp_path: Path, page: Page
) -> None:
    """A clock that ran back, an older release, a time allowed that was changed: by both, and alike."""
    row = _purged_with(tmp_path, purge, settings=more)
    assert mark in row["marks"]
    by_browser(page, tmp_path)
    assert json.loads(page.asks("JSON.stringify(shown.rows)")) == [row]


@NEEDS_BROWSER
@pytest.mark.parametrize(
    "host", ["pc-1", {"workstation": 1}, {"workstation": "pc-1", "true_host": 5}, {}, []]
)
def test_host_that_cannot_be_read_is_found_by_both(host: object, tmp_path: Path, page: Page) -> None:
    row = _purged_with(tmp_path, {"host": host})
    assert row["hosts"] == []
    assert "value" in by_python(tmp_path).codes
    assert by_browser(page, tmp_path) == by_python(tmp_path)


def test_a_correction_after_the_deletion_keeps_the_first_verdict() -> None:
    rows = _by_python(_made()[1])["sessions"]
    mended = [row for row in rows if "corrected_after_deletion" in row["marks"]]
    assert {("late", "pass"), ("pass", "unknown")} <= {(r["first_verdict"], r["verdict"]) for r in mended}


def test_kinds_of_data_are_named_without_their_words() -> None:
    _, bundle = _made()
    rows = _by_python(bundle)["sessions"]
    assert {tuple(row["data"]) for row in rows} == {
        (),
        ("contact",),
        ("contact", "description"),
        ("contact", "description", "path", "real"),
        ("remote_id",),
    }
    assert ["reason"] in [row["notes"] for row in rows]
    assert b"Canary" not in b"".join(file.read_bytes() for file in bundle.rglob("*") if file.is_file())


def test_kinds_of_data_of_older_events_are_unknown(tmp_path: Path) -> None:
    fact = '{"at":"2026-11-16T17:00:00Z","by":"anna","commitment":"x"}'
    write(tmp_path, [line(0, 0, 1, "session.requested:1", fact)])
    (row,) = _by_python(tmp_path)["sessions"]
    assert (row["data"], row["marks"]) == (["unknown"], ["never_connected", "data_unknown"])


def _purged_with(
    folder: Path, *purges: dict[str, Any], settings: tuple[dict[str, Any], ...] = ()
) -> dict[str, Any]:
    """The row of a session that ended at five and whose data these purges removed a minute later each."""
    at = {"at": "2026-11-16T17:00:00Z", "by": "anna"}
    leaves = [
        line(n, 0, n + 1, topic, json.dumps(at))
        for n, topic in enumerate(("session.requested:1", "session.ended:1"))
    ]
    for n, purge in enumerate(purges, start=2):
        fact = {"topic": "session.data_purged:2", **at, "at": f"2026-11-16T17:0{n}:00Z", **purge}
        topic = fact.pop("topic")
        leaves.append(line(n, 0, n + 1, topic, json.dumps(fact)))
    for n, setting in enumerate(settings):
        leaves.append(line(len(leaves), 7, n + 1, "ledger.setting_changed:1", json.dumps({**at, **setting})))
    write(folder, leaves)
    row: dict[str, Any] = _by_python(folder)["sessions"][0]
    return row


def _target(*flags: Any) -> dict[str, Any]:  # noqa: ANN401 - a damaged list may hold anything
    return {"kind": "workspace", "files": 0, "flags": list(flags)}


def test_the_verifiers_know_the_doubts_of_the_ledger() -> None:
    text = (SOURCE / "verify.html").read_text(encoding="utf-8")
    (listed,) = (each for each in text.splitlines() if each.startswith("const DOUBTS = "))
    assert set(json.loads(listed.removeprefix("const DOUBTS = ").removesuffix(";"))) == DOUBTS
    assert f"const RULE_OF_PLACES = {RULE};" in text
    assert (module().DOUBTS, module().RULE_OF_PLACES) == (DOUBTS, RULE)


@pytest.mark.parametrize("flag", sorted(DOUBTS))
def test_a_place_in_doubt_makes_the_verdict_unknown(flag: str, tmp_path: Path) -> None:
    """By the rule of today; an older purge keeps its verdict, and a flag that is no doubt changes none."""
    host = {"workstation": "pc-1"}
    told = {"rule": 2, "host": host, "targets": [_target("too-many", flag)]}
    row = _purged_with(tmp_path / "today", told)
    assert (row["verdict"], "place_in_doubt" in row["marks"]) == ("unknown", True)
    assert _purged_with(tmp_path / "older", {**told, "rule": None})["verdict"] == "pass"
    assert _purged_with(tmp_path / "other", {**told, "targets": [_target("too-many")]})["verdict"] == "pass"


def test_the_last_purge_of_each_workstation_counts(tmp_path: Path) -> None:
    """A doubt ends when the same workstation purges again without one, not when another one does."""
    one, two = {"rule": 2, "host": {"workstation": "pc-1"}}, {"rule": 2, "host": {"workstation": "pc-2"}}
    part = {"topic": "session.part_purged:1", **one, "targets": [_target("replaced")]}
    assert _purged_with(tmp_path / "b", part, {**two, "targets": []})["verdict"] == "unknown"
    assert _purged_with(tmp_path / "c", part, {**one, "targets": []})["verdict"] == "pass"


@NEEDS_BROWSER
@pytest.mark.parametrize("flags", [[[]], [{}], [None, 3.5], ["missing", {}], "missing", {"missing": 1}])
def test_damaged_flags_are_judged_alike(flags: Any, tmp_path: Path, page: Page) -> None:  # noqa: ANN401 - as above
    told = {"rule": 2, "host": {"workstation": "pc-1"}, "targets": [{"files": 0, "flags": flags}]}
    row = _purged_with(tmp_path, told)
    assert row["verdict"] == ("unknown" if isinstance(flags, list) and "missing" in flags else "pass")
    by_browser(page, tmp_path)
    assert page.asks("shown.rows.map(row => row.verdict)") == [row["verdict"]]


def test_csv_has_a_row_for_each_session(tmp_path: Path) -> None:
    _, bundle = _made()
    ran = run_alone(bundle, "--csv", str(tmp_path / "sessions.csv"), "--brief")
    assert ran.returncode == 0, ran.stderr
    with (tmp_path / "sessions.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    sessions = _by_python(bundle)["sessions"]
    assert [row["session"] for row in rows] == [str(row["session"]) for row in sessions]
    assert [row["verdict"] for row in rows] == [row["verdict"] for row in sessions]
    assert run_alone(bundle, "--csv", str(tmp_path / "sessions.csv")).returncode == 2, "written over"


def test_csv_holds_no_formula_and_no_line_end(tmp_path: Path) -> None:
    fact = json.dumps({"at": "2026-11-16T17:00:00Z", "by": "=cmd|' /C calc'!A0\n\u202e"}, ensure_ascii=False)
    leaves = [
        line(n, 0, n + 1, topic, fact) for n, topic in enumerate(("session.requested:1", "session.ended:1"))
    ]
    write(tmp_path / "b", [*leaves, line(2, 0, 3, "session.data_purged:2", fact)])
    run_alone(tmp_path / "b", "--csv", str(tmp_path / "sessions.csv"))
    with (tmp_path / "sessions.csv").open(encoding="utf-8", newline="") as file:
        (row,) = csv.DictReader(file)
    assert row["by"] == "'=cmd|' /C calc'!A0??"


KINDS = ("state", "verdict", "evidence", "marks", "flags", "data", "findings")
"""The kinds of codes that both verifiers say in words."""


@NEEDS_BROWSER
def test_both_verifiers_have_the_same_words_for_every_code(page: Page) -> None:
    """In both languages, and of every code that a ledger of today records or a verifier finds."""
    alone = module()
    words = json.loads(page.asks("JSON.stringify(SAID)"))
    for lang in ("en", "pl"):
        ours = {kind: dict(alone.CODES[lang][kind]) for kind in KINDS}
        del ours["verdict"]["not_ended"]  # which the page does not count
        assert {kind: words[lang][kind] for kind in KINDS} == ours
        assert ours["flags"].keys() == FLAGS.keys()
        assert {"contact", "description", "remote_id", "path", "real", "unknown"} <= ours["data"].keys()
        assert ours["marks"].keys() == set(alone.MARKS)
        assert ours["verdict"].keys() == set(alone.VERDICTS)
        assert ours["evidence"].keys() == {*alone.CATEGORIES, "none"}
    text = (SOURCE / "verify.py").read_text(encoding="utf-8")
    codes = set(re.findall(r'[.]find\(\s*"([a-z-]+)"', text))
    assert len(codes) >= 12
    assert codes == alone.CODES["pl"]["findings"].keys()


@NEEDS_BROWSER
@pytest.mark.parametrize("lang", ["en", "pl"])
def test_no_code_is_left_where_people_read(lang: str, page: Page) -> None:
    _, bundle = _made()
    rows = _by_python(bundle)["sessions"]
    by_browser(page, bundle)
    page.asks(f"if (lang !== '{lang}') document.getElementById('other').click()")
    shown = page.asks("document.getElementById('rows').innerText")
    page.asks("if (lang !== 'en') document.getElementById('other').click()")
    printed = run_alone(bundle, "--lang", lang).stdout
    codes = {code for row in rows for name in ("flags", "marks", "data") for code in row[name]}
    codes |= {"before_adoption", "absence_measured"}
    own = {
        part for words in module().CODES[lang].values() for word in words.values() for part in word.split()
    }
    assert len(codes - own) >= 15
    for code in codes - own:
        assert not re.search(rf"(?<![\w-]){code}(?![\w-])", shown), code
        assert not re.search(rf"(?<![\w-]){code}(?![\w-])", printed), code


@NEEDS_BROWSER
def test_a_code_of_another_ledger_is_shown_as_it_is(tmp_path: Path, page: Page) -> None:
    """Also one that is the name of something in the page's own language."""
    odd = ["constructor", "toString", "from-tomorrow"]
    row = _purged_with(tmp_path, {"targets": [{"files": 0, "flags": odd}], "fields": ["constructor"]})
    assert row["flags"] == sorted(odd)
    by_browser(page, tmp_path)
    shown = page.asks("document.getElementById('rows').innerText")
    assert "constructor, from-tomorrow, toString" in shown
    assert "constructor, from-tomorrow, toString" in run_alone(tmp_path).stdout


@NEEDS_BROWSER
def test_page_sorts_by_any_column_and_back(page: Page) -> None:
    by_browser(page, _made()[1])
    numbers = "[...document.querySelectorAll('#rows tr')].map(row => row.cells[0].textContent).join()"
    heads = page.asks("document.querySelectorAll('#head button').length")
    in_order = page.asks(numbers)
    for place in range(heads):
        page.asks(f"document.querySelectorAll('#head button')[{place}].click()")
        assert page.asks(f"document.querySelectorAll('#head th')[{place}].getAttribute('aria-sort')")
        assert sorted(page.asks(numbers).split(",")) == sorted(in_order.split(","))
    page.asks("document.querySelectorAll('#head button')[3].click()")
    delays = page.asks("[...shown.rows].sort(compared).map(row => row.delay_seconds)")
    known = [each for each in delays if each is not None]
    assert known == sorted(known)
    assert delays[len(known) :] == [None] * (len(delays) - len(known))
    page.asks("document.querySelectorAll('#head button')[0].click()")
    assert page.asks(numbers) == in_order


@NEEDS_BROWSER
def test_plot_says_in_words_what_it_draws(page: Page) -> None:
    by_browser(page, _made()[1])
    told = page.asks("document.getElementById('plot').getAttribute('aria-label')")
    counts = [int(each.rsplit(" ", 1)[1]) for each in told.split(": ", 1)[1].split(", ")]
    assert sum(counts) == _by_python(_made()[1])["deletions"]["ended"]


def test_summer_time_of_the_office_is_that_of_the_time_zone() -> None:
    """The file has no time zones of its own; the first day of billing begins at the office's midnight."""
    from zoneinfo import ZoneInfo  # noqa: PLC0415 - as above

    from ledger.domain.clock import epoch_microseconds  # noqa: PLC0415 - beside its use

    alone, warsaw = module(), ZoneInfo("Europe/Warsaw")
    for day in range(365 * 12):
        midnight = datetime.fromordinal(datetime(2020, 1, 1).toordinal() + day).replace(tzinfo=warsaw)  # noqa: DTZ001 - made aware here
        assert alone.office_midnight(f"{midnight:%Y-%m-%d}") == epoch_microseconds(midnight)
    assert [alone.office_midnight(text) for text in ("2026-02-30", "soon", "2026-2-1", "1969-12-31")] == [
        None
    ] * 4


def _old_python() -> str | None:
    found = [shutil.which("python3.8"), *map(str, Path.home().glob(".pyenv/versions/3.8.*/bin/python3.8"))]
    for each in filter(None, found):
        if subprocess.run([each, "-c", ""], capture_output=True, check=False).returncode == 0:
            return each
    return None


@pytest.mark.skipif(_old_python() is None, reason="no Python 3.8 here")
def test_file_runs_on_the_oldest_python_that_it_names(tmp_path: Path) -> None:
    _, bundle = _made()
    old, new = (
        subprocess.run(
            [python, "-I", str(SOURCE / "verify.py"), str(bundle), *words],
            capture_output=True,
            text=True,
            check=True,
            encoding="utf-8",
        ).stdout
        for python, words in ((str(_old_python()), ()), (sys.executable, ()))
    )
    assert old == new
    assert run_alone(bundle, "--csv", str(tmp_path / "x.csv"), "--lang", "pl").returncode == 0
