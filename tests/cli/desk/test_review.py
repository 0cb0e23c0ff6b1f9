"""The reviewer's pages: deletions, the trail of a session, verification; by codes, from any seat."""

from __future__ import annotations

import io
import re
import sqlite3
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from cli.desk import gate
from ledger.transparency.proof import parse_proofs
from tests.cli.desk.conftest import NAME
from tests.support.office import Office
from tests.support.served import Served

PERIOD = "2026-11"
PAGES = ["/", f"/deletions/{PERIOD}", "/session/3/audit", "/verify"]
NOT_SEEN = ["/session/3", "/session/3/purge", "/call", "/call?customer=K-041"]


@pytest.fixture
def reviewer(desk: Served) -> Served:
    """The desk, a reviewer in the seat."""
    desk.enter("inspektor", "review")
    return desk


@pytest.fixture
def purged(desk_with_files: Served, office_with_files: Office) -> Served:
    """The desk after the measured deletion of session 3."""
    office_with_files.does("session", "purge", "3", "--yes")
    return desk_with_files


# --- who sees what --------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES)
def test_a_reviewer_sees_codes_and_no_names(reviewer: Served, office: Office, path: str) -> None:
    office.does("customer", "update", "K-041", "--name", "Ktoś Inny", "--reason", "renamed")
    page = reviewer.get(path)
    assert page.status == 200
    for word in (NAME, "Igiełka", "Ktoś Inny", "Jan Testowy", "123456789"):
        assert word not in page.text


@pytest.mark.parametrize("path", PAGES)
def test_no_page_of_a_reviewer_opens_the_vault(reviewer: Served, office: Office, path: str) -> None:
    """Given a vault that nobody can read, then the pages are shown as before."""
    (office.folder / "vault.db").write_bytes(b"no database")
    assert reviewer.get(path).status == 200


@pytest.mark.parametrize("path", NOT_SEEN)
def test_a_page_with_names_is_not_for_a_reviewer(reviewer: Served, path: str) -> None:
    assert reviewer.get(path).status == 403
    assert reviewer.post("/session", {"number": "3"}).place == "/session/3/audit"


def _yes(*_: object) -> bool:
    return True


def test_without_its_guard_a_reviewer_sees_names(reviewer: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "may_ask", _yes)
    assert NAME in reviewer.get("/session/3").text


@pytest.mark.parametrize("path", ["/session/2/end", "/session/3/purge", "/session/3/declare", "/call"])
def test_a_reviewer_records_nothing_of_a_session(reviewer: Served, office: Office, path: str) -> None:
    before = office.events()
    assert reviewer.post(path, {"form": "desk-AAAAAAAAAAAAAAAA"}).status == 403
    assert office.events() == before


def test_a_seat_that_looks_verifies_and_draws_nothing(desk: Served, office: Office) -> None:
    desk.enter(kind="read-only")
    before = office.events()
    assert "punkt kontrolny" in desk.follow(desk.post("/verify", {})).text
    assert desk.post(f"/deletions/{PERIOD}/sample", {"nonce": "czapla", "size": "1"}).status == 403
    assert desk.post("/session/3/review", {"result": "ok", "note": "x"}).status == 403
    assert 'action="/deletions/2026-11/sample"' not in desk.get(f"/deletions/{PERIOD}").text
    assert office.events() == before


# --- the deletions of a period ----------------------------------------------------------------------


def test_the_page_says_what_the_report_says(purged: Served, office_with_files: Office) -> None:
    page = purged.get(f"/deletions/{PERIOD}").text
    told = office_with_files.asks("report", "deletions", "--period", PERIOD)
    (row,) = told["sessions"]
    assert row["verdict"] == "late"
    assert 'href="/session/3/audit"' in page
    for word in ("po terminie", "zmierzono", str(row["leaf_index"])):
        assert word in page
    assert page.count("<svg") == 2
    assert "<style" not in page


def test_without_a_period_it_is_this_month(desk: Served) -> None:
    assert desk.get("/deletions").place == "/deletions/2026-11"
    assert desk.get("/deletions?period=2026-Q4").place == "/deletions/2026-10-01..2027-01-01"
    assert desk.get("/deletions/2026-10-01..2027-01-01").status == 200
    assert "W tym okresie" in desk.get("/deletions/2026-10").text
    assert "E-PERIOD" in desk.get("/deletions/kiedys").text


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("deletions.xlsx", ("report", "deletions")),
        ("register.xlsx", ("report", "deletion-register")),
        ("register.pdf", ("report", "deletion-register")),
        ("protocol.pdf", ("report", "deletion-protocol")),
    ],
)
def test_a_file_is_the_same_as_by_the_command_line(
    desk: Served, office: Office, tmp_path: Path, name: str, words: tuple[str, str]
) -> None:
    answer = desk.get(f"/deletions/{PERIOD}/{name}")
    file = tmp_path / name
    office.run("--lang", "pl", *words, "--period", PERIOD, "-o", str(file))
    assert answer.content == file.read_bytes()
    assert f'filename="{name.partition(".")[0]}-{PERIOD}.' in answer.headers["content-disposition"]


def test_a_sample_is_drawn_and_reviewed(reviewer: Served, office: Office) -> None:
    office.does("audit", "checkpoint")
    page = reviewer.records(f"/deletions/{PERIOD}", "sample", nonce="czapla", size="1")
    assert "sesje 3" in page.text
    told = office.run("report", "deletions", "--period", PERIOD, "-f", "json").document
    (drawn,) = told["samples"]
    assert (drawn["nonce"], [each["session"] for each in drawn["sessions"]]) == ("czapla", [3])
    assert drawn["sample"] in reviewer.get("/session/3/audit").text


def test_a_review_is_recorded_by_the_reviewer(purged: Served, office_with_files: Office) -> None:
    purged.enter("inspektor", "review")
    page = purged.records(
        "/session/3/audit", "review", path="/session/3/review", result="ok", note="nic nie ma"
    )
    assert "wynik przeglądu zapisany" in page.text
    assert "nic nie ma" not in page.text
    last = office_with_files.asks("session", "show", "3")["events"][-1]
    assert (last["event"], last["by"], last["source"]) == ("session.reviewed", "inspektor", "desk")


def test_a_period_without_sessions_has_no_sample(reviewer: Served, office: Office) -> None:
    before = office.events()
    page = reviewer.records("/deletions/2026-10", "sample", nonce="czapla", size="1")
    assert "E-SAMPLE-EMPTY" in page.text
    assert 'value="czapla"' in page.text
    assert office.events() == before


# --- the trail ----------------------------------------------------------------------------------------


def test_the_trail_finds_every_event_in_the_signed_tree(desk: Served, office: Office) -> None:
    assert "Niczego jeszcze nie podpisano" in desk.get("/session/3/audit").text
    office.does("audit", "checkpoint")
    events = len(office.asks("session", "show", "3")["events"])
    page = desk.get("/session/3/audit").text
    assert f"{events} z {events}" in page
    assert page.count('<th scope="row"') == events
    office.does("session", "hold", "3", "--until", "2026-12-31", "--reason", "legal-claim: spór")
    page = desk.get("/session/3/audit").text
    assert f"{events} z {events + 1}" in page
    assert "1 zdarzenie zapisano po ostatnim podpisie" in page


def test_an_event_that_was_changed_is_not_found_again(desk: Served, office: Office) -> None:
    office.does("audit", "checkpoint")
    leaf = office.asks("session", "show", "3")["events"][1]["leaf_index"]
    with sqlite3.connect(office.folder / "events.db") as events:
        for (guard,) in events.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            events.execute(f'DROP TRIGGER "{guard}"')
        events.execute(
            "UPDATE events SET state = CAST(replace(state, 'anna', 'anne') AS BLOB) WHERE leaf_index = ?",
            (leaf,),
        )
    events.close()
    assert "sprawdź księgę" in desk.get("/session/3/audit").text
    assert "inne zdarzenie" in desk.get("/session/3/audit").text


def test_the_proof_is_that_of_the_command(desk: Served, office: Office) -> None:
    answer = desk.get("/session/3/proof")
    proofs = parse_proofs(answer.text)
    assert all(each.holds() for each in proofs)
    assert answer.text.rstrip("\n") == office.does("audit", "prove", "3").out.rstrip("\n")


def test_a_confirmation_is_issued_once_and_given_again(
    purged: Served, office_with_files: Office, tmp_path: Path
) -> None:
    assert purged.get("/session/3/certificate.pdf").status == 409
    page = purged.records("/session/3/audit", "certificate", path="/session/3/certificate")
    assert "Wystawiono potwierdzenie" in page.text
    before = office_with_files.events()
    for suffix in ("pdf", "json"):
        file = tmp_path / f"c.{suffix}"
        office_with_files.does("--lang", "pl", "session", "certificate", "3", "-o", str(file))
        assert purged.get(f"/session/3/certificate.{suffix}").content == file.read_bytes()
    assert office_with_files.events() == before
    assert 'action="/session/3/certificate"' not in purged.get("/session/3/audit").text


def test_a_deletion_by_word_has_no_confirmation(desk: Served, office: Office) -> None:
    office.does("session", "purge", "3", "--declare", "--yes")
    assert 'action="/session/3/certificate"' not in desk.get("/session/3/audit").text
    before = office.events()
    page = desk.follow(desk.post("/session/3/certificate", {}))
    assert "E-CERTIFICATE-DECLARED" in page.text
    assert office.events() == before


# --- verification ---------------------------------------------------------------------------------------


def _verified(desk: Served, **typed: str) -> str:
    page = desk.follow(desk.post("/verify", typed)).text
    found = re.search(r'id="done".*?</div>|id="refused".*?</div>', page, re.DOTALL)
    assert found is not None
    return found[0]


def test_everything_is_verified(reviewer: Served, office: Office) -> None:
    office.does("audit", "checkpoint")
    told = _verified(reviewer)
    document = office.asks("audit", "verify")
    assert document["root"] in told.replace("&#43;", "+")
    assert "uwag" not in told


def test_a_checkpoint_of_another_ledger_is_a_finding(
    reviewer: Served, office: Office, tmp_path: Path
) -> None:
    other = Office(tmp_path / "other", now=office.now)
    other.does("customer", "add", "K-1", "--name", "X", "--consumer", "no")
    note = other.does("audit", "checkpoint").out
    assert "1 uwaga" in _verified(reviewer, note=note)
    own = office.does("audit", "checkpoint").out
    assert "uwag" not in _verified(reviewer, note=own.replace("\n", "\r\n"))
    assert "E-NOTE" in _verified(reviewer, note="żadna notatka")


def test_the_bundle_is_checked_without_our_software(reviewer: Served, office: Office, tmp_path: Path) -> None:
    answer = reviewer.get("/verify/bundle.zip")
    again = reviewer.get("/verify/bundle.zip")
    assert answer.content == again.content
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        packed.extractall(tmp_path / "bundle")
    key = office.does("audit", "key", "show").out.strip()
    script = str(tmp_path / "bundle" / "verify.py")
    done = subprocess.run(
        [sys.executable, "-I", script, "--vkey", key],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path / "bundle",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert reviewer.get("/verify/checkpoint.note").text == office.does("audit", "checkpoint").out
    reviewer.enter(kind="read-only")
    assert reviewer.get("/verify/bundle.zip").status == 409


def test_a_long_history_of_deletions_is_shown_in_pieces(
    shown_demo: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given more sessions than a page holds, then each stands on one page, in the order of the whole."""
    listed = re.compile(r'<th scope="row"[^>]*><a href="/session/(\d+)/audit">')
    whole = re.search(
        r'<table class="sessions">.*?</table>', shown_demo.get(f"/deletions/{PERIOD}").text, re.DOTALL
    )
    assert whole
    wanted = listed.findall(whole[0])
    monkeypatch.setattr("cli.desk.pieces.ROWS_MAX", 20)
    found: list[str] = []
    following: str | None = ""
    while following is not None:
        page = shown_demo.get(f"/deletions/{PERIOD}{following}").text
        piece = re.search(r'<table class="sessions">.*?</table>', page, re.DOTALL)
        assert piece
        found += listed.findall(piece[0])
        after = re.search(r'href="(\?table=sessions&amp;after=\d+)"', page)
        following = after[1].replace("&amp;", "&") if after else None
    assert len(found) > 20
    assert found == wanted
