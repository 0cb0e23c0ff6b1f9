"""A measured purge at the command line: what is removed, what is said, what is never said."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from ledger.application.ledger import Metadata
from ledger.errors import ClockBehind, DeletionHeld, SessionPurged
from ledger.handlers import purge as purging
from ledger.purge.execute import Means
from ledger.purge.place import true_host
from tests.support.purging_office import (
    PC_1,
    PURGED,
    alone,
    begun,
    deletion,
    die,
    ended,
    filled,
    killed,
    nobody_waits,
    office,
    opened,
    topics,
    without_places,
)


def test_a_session_s_data_are_removed_and_measured(tmp_path: Path) -> None:
    made, number, workspace = ended(tmp_path, "report.pdf", "sub/video.tvs")
    answer = made.does("session", "purge", number, *PC_1)
    assert answer.out == (
        "Session 1: 2 files removed from the file system; no longer reachable by name"
        " (measured, 300 s after the end)\n"
    )
    assert not workspace.exists()
    assert topics(made, number)[-2:] == ["purge_started", "data_purged"]
    found = deletion(made, number)
    assert (found["verdict"], found["evidence"], found["delay_seconds"]) == ("pass", "measured", 300)
    assert (found["targets"], found["files"], found["bytes"]) == (
        2,
        2,
        len("report.pdf") + len("sub/video.tvs"),
    )
    assert found["checkpoint_size"] == made.events()
    assert made.does("check").out == ""


def test_what_the_event_says_of_each_target(tmp_path: Path) -> None:
    made, number, _ = ended(tmp_path, "a")
    answer = made.does("session", "purge", number, *PC_1, "-f", "json").document
    assert answer["event"] == "session.data_purged"
    assert [
        (each["locator"], each["result"], each["method"], each["verified"]) for each in answer["targets"]
    ] == [
        ("workspace/1", "removed", "unlink", "lstat"),
        ("vault/session", "removed", "erase-key-and-row", "key-lookup"),
    ]
    purge = made.asks("session", "show", number)["purge"]
    assert (purge["attempts"], purge["evidence"], purge["unfinished_since"]) == (1, "measured", None)
    assert purge["outcomes"][0]["workstation"] == "pc-1"


def test_the_words_never_promise_more(tmp_path: Path) -> None:
    made, number, _ = ended(tmp_path, "a")
    said = made.run("--lang", "pl", "session", "purge", number, *PC_1)
    assert "usunięto z systemu plików 1 plik; dostępu pod nazwą już nie ma" in said.out
    for word in ("nieodwracalnie", "unrecoverable", "permanently"):
        assert word not in said.out + said.err


def test_a_dry_run_shows_the_plan_and_changes_nothing(tmp_path: Path) -> None:
    made, number, workspace = ended(tmp_path, "a", "sub/b")
    before = made.events()
    shown = made.does("session", "purge", number, "--workstation", "pc-1", "--dry-run").out
    assert "2 files (6 B) would be deleted" in shown
    assert "1/sub/b" in shown
    assert "vault: contact" in shown
    plan = made.does("session", "purge", number, "--workstation", "pc-1", "--dry-run", "-f", "json").document
    assert (plan["files"], plan["bytes"], plan["vault"]) == (2, 6, ["contact"])
    assert made.events() == before
    assert (workspace / "a").exists()
    made.does("session", "purge", number, *PC_1)
    started = next(
        event
        for event in made.asks("session", "show", number)["events"]
        if event["event"].endswith("started")
    )
    assert started["details"]["plan"] == plan["plan"]


def test_it_asks_first(tmp_path: Path) -> None:
    made, number, workspace = ended(tmp_path, "a")
    answer = made.run("session", "purge", number, "--workstation", "pc-1")
    assert (answer.status, "E-NEEDS-YES" in answer.err) == (2, True)
    assert (workspace / "a").exists()
    assert topics(made, number)[-1] == "ended"


def test_no_path_and_no_name_stands_in_an_event_or_a_log(tmp_path: Path) -> None:
    made, number, _ = ended(tmp_path)
    secret = tmp_path / "out" / "Kowalski-canary.pdf"
    secret.write_text("x", encoding="utf-8")
    made.does("session", "artefact", number, str(secret), "--kind", "received", "--workstation", "pc-1")
    filled(made, number)
    (tmp_path / "ws" / number).mkdir(exist_ok=True)
    (tmp_path / "ws" / number / "Nowak-canary.txt").write_text("x", encoding="utf-8")
    log = tmp_path / "log"
    answer = made.run("-v", "--log-file", str(log), "session", "purge", number, *PC_1)
    assert answer.status == 0
    assert not secret.exists()
    for text in (answer.out, answer.err, log.read_text(encoding="utf-8")):
        assert "canary" not in text
    for file in (tmp_path / "ledger").rglob("*"):
        if file.is_file():
            assert b"canary" not in file.read_bytes(), file.name


# --- nothing more than was seen ---------------------------------------------------------------


def test_a_session_without_files_is_measured_by_what_went_from_the_vault(tmp_path: Path) -> None:
    made, number, _ = ended(tmp_path)
    answer = made.does("session", "purge", number, *PC_1, "-f", "json").document
    assert answer["evidence"] == "measured"
    assert [target["result"] for target in answer["targets"]] == ["removed", "removed"]
    assert "files" not in answer["targets"][0]


def test_a_rerun_of_an_attempt_that_left_no_journal_claims_only_absence(tmp_path: Path) -> None:
    """The attempt removed the files and died, and its journal is gone: the rerun says only what it sees."""
    made, number, workspace = ended(tmp_path, "a")
    killed(tmp_path, number, wait=die)
    assert not workspace.exists()
    (journal,) = made.folder.glob("purge-*.journal")
    assert b"ws" not in journal.read_bytes(), "it holds no path"
    journal.unlink()
    assert (
        made.run("check").out
        == "purge-unfinished: a purge of session 1 began and has no outcome; purge it again\n"
    )
    found = deletion(made, number)
    assert (found["verdict"], found["evidence"]) == ("unknown", "none")
    assert made.run("report", "deletions", "--period", "2026-11").status == 3
    words = ("session", "purge", number, *PC_1, "--command-id", "p-1")
    answer = made.does(*words)
    assert "absence measured" in answer.out
    assert "the deletion is not claimed" in answer.out
    assert "an earlier attempt was interrupted" in answer.err
    again = made.does(*words)
    assert (again.out, "an earlier attempt was interrupted" in again.err) == (answer.out, True)
    assert deletion(made, number)["evidence"] == "absence_measured"
    assert deletion(made, number)["verdict"] == "unknown"  # who killed it may have moved the folder
    assert "E-CERTIFICATE" in made.run("session", "certificate", number, "--by", "anna").err
    assert made.does("check").out == ""


def test_by_path_only_absence_is_measured(tmp_path: Path) -> None:
    made, number, workspace = ended(tmp_path, "a", "sub/b")
    with closing(opened(tmp_path)) as ledger:
        prepared = purging.prepare(ledger, number, "pc-1", by_descriptor=False, others=alone)
        means = Means(ledger.now, nobody_waits, by_descriptor=False)
        outcome = purging.purge(ledger, Metadata("anna", "pc-1"), prepared, means)
    assert outcome.fact.targets[0].method == "unlink-by-path"
    assert not workspace.exists()
    assert deletion(made, number)["evidence"] == "absence_measured"


def test_a_file_that_appears_while_it_waits_is_a_failure_and_a_rerun_converges(tmp_path: Path) -> None:
    """The remote tool writes its recording after the end; the second look finds it."""
    made, number, workspace = ended(tmp_path, "a")

    def late(seconds: float) -> None:
        assert seconds == 3300
        workspace.mkdir()
        (workspace / "late.tvs").write_text("x", encoding="utf-8")

    with closing(opened(tmp_path)) as ledger:
        prepared = purging.prepare(ledger, number, "pc-1", by_descriptor=True, others=alone)
        prepared = prepared._replace(grace_seconds=3600)
        outcome = purging.purge(ledger, Metadata("anna", "pc-1"), prepared, Means(ledger.now, late))
    assert outcome.fact.targets[0].flags == ("appeared",)
    assert topics(made, number)[-1] == "purge_failed"
    assert made.run("check").out.startswith("purge-failed: the purge of session 1")
    assert deletion(made, number)["verdict"] == "failed"
    assert made.asks("session", "show", number)["events"][0]["personal"] == {"contact": "Jan Canary"}
    made.does("session", "purge", number, *PC_1)
    assert (deletion(made, number)["verdict"], deletion(made, number)["evidence"]) == ("pass", "measured")
    assert made.does("check").out == ""


def test_what_all_attempts_removed_is_added_up(tmp_path: Path) -> None:
    made, number, workspace = ended(tmp_path, "a", "b")

    def late(_seconds: float) -> None:
        workspace.mkdir()
        (workspace / "late.tvs").write_text("x", encoding="utf-8")

    with closing(opened(tmp_path)) as ledger:
        prepared = purging.prepare(ledger, number, "pc-1", by_descriptor=True, others=alone)
        prepared = prepared._replace(grace_seconds=3600)
        purging.purge(ledger, Metadata("anna", "pc-1"), prepared, Means(ledger.now, late))
    assert deletion(made, number)["files"] == 2
    made.does("session", "purge", number, *PC_1)
    assert (deletion(made, number)["files"], deletion(made, number)["bytes"]) == (3, 3)


def test_clock_that_is_behind_stops_a_purge_before_it_deletes(tmp_path: Path) -> None:
    made, number, workspace = ended(tmp_path, "a")
    waits: list[float] = []
    with closing(opened(tmp_path)) as ledger:
        prepared = purging.prepare(ledger, number, "pc-1", by_descriptor=True, others=alone)
        assert prepared.ended_at is not None
        before = prepared.ended_at - timedelta(days=5)
        with pytest.raises(ClockBehind, match="behind the last event"):
            purging.purge(ledger, Metadata("anna", "pc-1"), prepared, Means(lambda: before, waits.append))
    assert waits == []
    assert (workspace / "a").exists()
    assert topics(made, number)[-1] == "ended"


def test_a_hold_that_comes_in_between_leaves_the_vault_alone(tmp_path: Path) -> None:
    made, number, _ = ended(tmp_path, "a")

    def hold(_seconds: float) -> None:
        made.does("session", "hold", number, "--until", "2027-01-31", "--reason", "legal-claim")

    with closing(opened(tmp_path)) as ledger:
        prepared = purging.prepare(ledger, number, "pc-1", by_descriptor=True, others=alone)
        prepared = prepared._replace(grace_seconds=3600)
        with pytest.raises(DeletionHeld):
            purging.purge(ledger, Metadata("anna", "pc-1"), prepared, Means(ledger.now, hold))
    assert made.asks("session", "show", number)["events"][0]["personal"] == {"contact": "Jan Canary"}


def test_of_two_purges_at_once_one_is_recorded(tmp_path: Path) -> None:
    made, number, _ = ended(tmp_path, "a")

    def another(_seconds: float) -> None:
        made.does("session", "purge", number, *PC_1)

    with closing(opened(tmp_path)) as ledger:
        prepared = purging.prepare(ledger, number, "pc-1", by_descriptor=True, others=alone)
        prepared = prepared._replace(grace_seconds=3600)
        with pytest.raises(SessionPurged):
            purging.purge(ledger, Metadata("anna", "pc-1"), prepared, Means(ledger.now, another))
    assert topics(made, number).count("data_purged") == 1
    assert deletion(made, number)["evidence"] == "measured"  # the other one was seen removing it
    assert not list(made.folder.glob("*.journal"))
    assert made.does("check").out == ""


def test_a_workspace_that_a_word_left_behind_is_found(tmp_path: Path) -> None:
    """Somebody said that the data were gone; the folder says otherwise."""
    made, number, workspace = ended(tmp_path, "a")
    made.does("session", "purge", number, "--declare", "--yes")
    assert made.run("check").out == (
        "workspace-left: session 1 is recorded as deleted; its workspace is there\n"
    )
    assert (workspace / "a").exists()


# --- what stands against it -------------------------------------------------------------------


def test_a_held_session_is_refused(tmp_path: Path) -> None:
    made, number, workspace = ended(tmp_path, "a")
    made.does("session", "hold", number, "--until", "2027-01-31", "--reason", "legal-claim")
    answer = made.run("session", "purge", number, *PC_1)
    assert (answer.status, "E-DELETION-HELD" in answer.err) == (1, True)
    assert (workspace / "a").exists()
    made.does("session", "release", number)
    made.does("session", "purge", number, *PC_1)


def test_a_purged_session_is_refused_and_an_erasure_cut_short_is_completed(tmp_path: Path) -> None:
    made, number, _ = ended(tmp_path, "a")
    made.does("session", "purge", number, *PC_1)
    answer = made.run("session", "purge", number, *PC_1)
    assert (answer.status, "E-SESSION-PURGED" in answer.err) == (1, True)


def test_the_same_command_id_is_a_repeat(tmp_path: Path) -> None:
    made, number, _ = ended(tmp_path, "a")
    first = made.does("session", "purge", number, *PC_1, "--command-id", "p-1", "-f", "json").document
    events = made.events()
    again = made.does("session", "purge", number, *PC_1, "--command-id", "p-1", "-f", "json").document
    assert again == first
    assert made.events() == events


def test_without_a_place_to_look_in_nothing_is_measured(tmp_path: Path) -> None:
    made = office(tmp_path)
    number = begun(made, workstation=true_host(), placed=False)
    made.does("session", "end", number)
    without_places(tmp_path / "ledger" / "ledger.toml")
    answer = made.run("session", "purge", number, "--yes")
    assert (answer.status, "E-PURGE-NOWHERE" in answer.err) == (1, True)


def test_a_request_that_came_to_nothing_has_only_words(tmp_path: Path) -> None:
    made = office(tmp_path)
    made.does("session", "request", "--customer", "K-1", "--issue", "other", "--contact", "Jan Canary")
    made.does("session", "cancel", "1")
    without_places(tmp_path / "ledger" / "ledger.toml")
    answer = made.does("session", "purge", "1", "--yes", "-f", "json").document
    assert (answer["evidence"], answer["delay_seconds"]) == ("measured", None)


def test_a_root_that_is_missing_fails_the_purge(tmp_path: Path) -> None:
    made, number, workspace = ended(tmp_path)
    workspace.rmdir()
    (tmp_path / "ws").rmdir()
    assert (
        made.run("config", "check").out == "config-place: purge.workspaces names a folder that is not there\n"
    )
    plan = made.run("session", "purge", number, "--dry-run", *PC_1)
    assert plan.status == 3
    assert "root-missing: a folder that ledger.toml names is not there" in plan.err
    answer = made.run("session", "purge", number, *PC_1)
    assert answer.status == 3
    assert "not deleted; 0 files removed, places where nobody could look: 1" in answer.out
    assert "workspace workspace/1: failed (ENOENT, root-missing)" in answer.err
    (tmp_path / "ws").mkdir()
    made.does("session", "purge", number, *PC_1)


@pytest.mark.parametrize(
    "words",
    [
        ("session", "purge"),
        ("session", "purge", "1", "--ended"),
        ("session", "purge", "--ended", "--declare"),
        ("session", "purge", "1", "--at", "now"),
        ("session", "purge", "1", "--at", PURGED),
        ("session", "purge", "--ended", "--command-id", "p-1"),
    ],
)
def test_what_does_not_go_together(tmp_path: Path, words: tuple[str, ...]) -> None:
    made, _, _ = ended(tmp_path)
    answer = made.run(*words, "--yes")
    if "now" in words:  # it is the default, said aloud
        assert answer.status in {0, 1}
    else:
        assert (answer.status, "E-OPTIONS" in answer.err) == (2, True)
