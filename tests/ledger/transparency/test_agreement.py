"""A month with every kind of session: report, register, protocol, certificates and bundle, row by row."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from cli.presentation.wording.deletion_marks import MARKS
from ledger.domain.session.doubts import DOUBTS
from tests.ledger.transparency.verifiers import run_alone
from tests.support.every_session import every_session
from tests.support.office import Office, sqlite_only
from tests.support.systems import IS_WINDOWS

pytestmark = sqlite_only
PERIOD = "2026-11-01..2027-02-01"
PAPERS = ("deletion-register", "deletion-protocol")
Document = dict[str, Any]


@cache
def _made() -> tuple[Office, dict[int, Document]]:
    """The ledger, and the rows that verify.py reads from its bundle; verify.html has the same."""
    folder = Path(mkdtemp(prefix="session-ledger-agreement-"))
    office = every_session(folder)
    office.does("audit", "export", str(folder / "bundle"))
    rows = json.loads(run_alone(folder / "bundle", "--json").stdout)["sessions"]
    return office, {row["session"]: row for row in rows}


@pytest.fixture(scope="module", autouse=True)
def _swept() -> Iterator[None]:
    yield
    # What was killed within this process may hold a file open, which Windows does not remove.
    shutil.rmtree(_made()[0].folder.parent, ignore_errors=IS_WINDOWS)
    _made.cache_clear()


def _same(one: str | None, other: str | None) -> bool:
    """Whether two instants are one; an empty text is none."""
    return (datetime.fromisoformat(one) if one else None) == (
        datetime.fromisoformat(other) if other else None
    )


def _of_sessions(entries: list[Document]) -> dict[int, list[Document]]:
    """The entries about a session, by its number, in their order."""
    found: dict[int, list[Document]] = {}
    for each in entries:
        if each["concerns"] == "session":
            found.setdefault(int(each["subject"]), []).append(each)
    return found


@pytest.mark.parametrize("paper", PAPERS)
def test_every_deletion_of_the_bundle_is_on_paper_and_no_other(paper: str) -> None:
    office, rows = _made()
    document = office.run("report", paper, "--period", PERIOD, "-f", "json").document
    listed = _of_sessions(document["deletions"])
    purged = {number: [e for e in found if e["kind"] == "sessions"] for number, found in listed.items()}
    assert {n for n, found in purged.items() if found} == {n for n, row in rows.items() if row["deleted_at"]}
    assert {n for n, found in purged.items() if len(found) > 1} == {
        n for n, row in rows.items() if "deleted_again" in row["marks"]
    }
    erased = {n: [f"{e['data']}:{w}" for e in found if (w := _why(e))] for n, found in listed.items()}
    assert {n: told for n, told in erased.items() if told} == {
        n: r["erased"] for n, r in rows.items() if r["erased"]
    }
    parts = Counter(int(each["subject"]) for each in document["parts"])
    assert parts == {number: row["part_purges"] for number, row in rows.items() if row["part_purges"]}
    attempts = {int(each["subject"]) for each in document["attempts"] if each["outcome"] == "failed"}
    assert {n for n, row in rows.items() if row["verdict"] == "failed"} < attempts
    begun = {int(each["subject"]) for each in document["attempts"] if each["outcome"] == "begun"}
    left = {number: row["verdict"] for number, row in rows.items() if not row["deleted_at"]}
    assert {left[number] for number in begun} == {"failed", "unknown"}
    assert {number for number, verdict in left.items() if verdict == "unknown"} <= begun


@pytest.mark.parametrize("paper", PAPERS)
def test_every_file_that_went_is_on_paper(paper: str) -> None:
    """Those too that an attempt removed which left others."""
    office, rows = _made()
    document = office.run("report", paper, "--period", PERIOD, "-f", "json").document
    files: Counter[int] = Counter()
    for each in [*document["deletions"], *document["parts"], *document["attempts"]]:
        if each["kind"] == "sessions":
            files[int(each["subject"])] += each["files"]
    assert +files == {number: row["files"] for number, row in rows.items() if row["files"]}
    assert [each["files"] for each in document["attempts"] if each["files"]] == [2]


def _why(entry: Document) -> str:
    """Why words were erased without a purge, as the verifiers name it; empty of a purge."""
    kinds: dict[str, str] = {"sessions": "", "erasures": "erasure", "retention": entry["reason"]}
    return kinds[entry["kind"]]


@pytest.mark.parametrize("paper", PAPERS)
def test_every_row_of_a_paper_says_what_the_bundle_says(paper: str) -> None:
    office, rows = _made()
    document = office.run("report", paper, "--period", PERIOD, "-f", "json").document
    listed = [*document["deletions"], *document["parts"], *document["attempts"]]
    for number, entries in _of_sessions(listed).items():
        row = rows[number]
        for each in entries:
            told = each["session"]
            assert told["verdict"] == (row["verdict"] or "open"), (number, row, told)
            for ours, theirs in (
                ("delay_seconds", "delay_seconds"),
                ("evidence", "evidence"),
                ("sla_seconds", "allowed_seconds"),
                ("flags", "flags"),
                ("hosts", "hosts"),
                ("part_purges", "part_purges"),
            ):
                assert told[ours] == row[theirs], (number, ours, row, told)
            assert _same(told["ended_at"], row["ended_at"])
            assert _same(told["purged_at"], row["deleted_at"])
            assert (told["held_until"] or "") == row["held_until"]
            assert told["voided"] == ("voided" in row["marks"])
            assert bool(told["doubts"]) == ("place_in_doubt" in row["marks"])
    for number, entries in _of_sessions(document["deletions"]).items():
        row, purged = rows[number], [each for each in entries if each["kind"] == "sessions"]
        if not purged:
            continue
        last = purged[-1]
        assert (last["by"], last["evidence"]) == (row["by"], row["evidence"])
        assert _same(last["at"], row["deleted_at"])
        assert _same(last["recorded_at"], row["recorded_at"])
        assert (last["first_verdict"], last["first_delay_seconds"]) == (
            row["first_verdict"],
            row["first_delay_seconds"],
        )
        assert set(last["marks"]) == MARKS.keys() & set(row["marks"])


@pytest.mark.parametrize("paper", PAPERS)
def test_the_sheet_says_the_verdicts_in_words(paper: str, tmp_path: Path) -> None:
    """In Polish no code is left; each deletion has its verdict, each doubt and mark its sentence."""
    office, rows = _made()
    office.does("--lang", "pl", "report", paper, "--period", PERIOD, "-o", str(tmp_path / "sheet.html"))
    sheet = (tmp_path / "sheet.html").read_text(encoding="utf-8")
    flags = {flag for row in rows.values() for flag in row["flags"]}
    assert DOUBTS & flags
    for code in (*flags, "key-lookup", "lstat", *MARKS):
        assert f">{code}" not in sheet, code
        assert f" {code}" not in sheet, code
    assert "Usunięto na jednym stanowisku, inne miały jeszcze zgłosić" in sheet
    assert "Próby, po których coś zostało albo które nie mają wyniku" in sheet
    assert all(word in sheet for word in ("w terminie", "po terminie", "nie wiadomo", "ocena pierwsza"))


@pytest.mark.parametrize("paper", PAPERS)
def test_a_paper_has_words_for_codes_in_english_too(paper: str, tmp_path: Path) -> None:
    """On paper and in a page; on the terminal the codes stand, since they are typed again."""
    office, rows = _made()
    codes = {flag for row in rows.values() for flag in row["flags"]} | {*MARKS, "before_adoption", "pass"}
    command = ("report", paper, "--period", PERIOD)
    office.does(*command, "-o", str(tmp_path / "sheet.html"))
    sheet = (tmp_path / "sheet.html").read_text(encoding="utf-8")
    for code in (*codes, "key-lookup", "lstat", "unlink", "residual", "absent"):
        assert not re.search(rf"[ >]{code}[<,; ]", sheet), code
    assert all(word in sheet for word in ("in time", "late", "before this ledger", "file removed"))
    if paper == "deletion-protocol":
        assert " before_adoption " in office.does(*command).out


def test_each_row_of_the_protocol_has_the_verdict_of_its_own_event(tmp_path: Path) -> None:
    """An attempt is no deletion, whatever came later; an earlier deletion is measured by its own moment."""
    office, rows = _made()
    office.does("report", "deletion-protocol", "--period", PERIOD, "-o", str(tmp_path / "sheet.html"))
    sheet = (tmp_path / "sheet.html").read_text(encoding="utf-8")
    told = {key: _rows_of(sheet, title) for key, title in TITLES.items()}
    failed = [row for row in told["attempts"] if "attempt: no outcome is recorded" not in row]
    begun = [row for row in told["attempts"] if "attempt: no outcome is recorded" in row]
    assert {row[-3:-1] for row in failed} == {("not deleted", "")}
    assert {row[-3:-1] for row in begun} == {("unknown", "")}
    assert {row[-3:-1] for row in told["parts"]} == {("not yet", "")}
    assert "pass" in {rows[int(row[1].split()[1])]["verdict"] for row in failed}, "one was purged later"
    (twice,) = (number for number, row in rows.items() if "deleted_again" in row["marks"])
    first, last = (row for row in told["deletions"] if row[1] == f"session {twice}")
    assert (first[-3:-1], last[-3:-1]) == (("unknown", "-0:20:00"), ("in time", "0:03:00"))


TITLES = {
    "deletions": "What was deleted",
    "parts": "Deleted on one workstation, others were still to report",
    "attempts": "Attempts that left something, or have no outcome",
}


def _rows_of(sheet: str, title: str) -> list[tuple[str, ...]]:
    """The cells of each row of the table under a title, tags taken out."""
    table = sheet.split(f"<caption>{title}</caption>")[1].split("</table>", maxsplit=1)[0]
    lines = table.split("<tbody>")[1].split("</tr>")[:-1]
    return [tuple(re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line)) for line in lines]


def test_certificates_are_given_of_what_was_seen_alone_and_say_what_the_bundle_says() -> None:
    """Last, since it records: of every session one is asked for."""
    office, rows = _made()
    given: set[int] = set()
    for number, row in rows.items():
        file = office.folder.parent / f"certificate-{number}.json"
        answer = office.run("session", "certificate", str(number), "-o", str(file))
        if answer.status:
            assert "(E-CERTIFICATE-" in answer.err, answer
            continue
        given.add(number)
        told = json.loads(file.read_bytes())
        for ours, theirs in (
            ("verdict", "verdict"),
            ("delay_seconds", "delay_seconds"),
            ("sla_seconds", "allowed_seconds"),
            ("evidence", "evidence"),
            ("first_verdict", "first_verdict"),
            ("first_delay_seconds", "first_delay_seconds"),
            ("operator", "by"),
            ("rule", "rule"),
        ):
            assert told[ours] == row[theirs], (number, ours, row, told[ours])
        for ours, theirs in (("ended_at", "ended_at"), ("purged_at", "deleted_at"), ("recorded_at",) * 2):
            assert _same(told[ours], row[theirs]), (number, ours)
        assert set(told["marks"]) == MARKS.keys() & set(row["marks"]), (number, row)
        hosts = {f"{p['host']['workstation']} ({p['host']['true_host']})" for p in told["parts"]}
        assert sorted(hosts) == row["hosts"], number
    assert given == {
        number
        for number, row in rows.items()
        if row["evidence"] in {"measured", "absence_measured"}
        and "place_in_doubt" not in row["marks"]
        and row["verdict"] in {"pass", "late"}
    }
