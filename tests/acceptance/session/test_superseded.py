"""A corrected end supersedes the certificate that says another delay, and somebody is told."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest

from ledger.domain import events as e
from ledger.domain.events import following
from tests.support.purging_office import PC_1, ended, filled, opened, topics


def certified(folder: Path, number: str) -> None:
    """A certificate as it would be issued: in time, 300 seconds after the end."""
    with closing(opened(folder)) as ledger:
        stream, _ = ledger.find_session(number)
        session = ledger.session(stream)
        issued = e.CertificateIssued(
            at=ledger.now(), by="anna", number=len(session.certificates) + 1, verdict="pass",
            delay_seconds=300, sla_seconds=900, tree_size=1, root="",
        )  # fmt: skip
        ledger.record(following(stream, session.version, issued))


def test_a_corrected_end_supersedes_the_certificate(tmp_path: Path) -> None:
    made, number, _ = ended(tmp_path, "a")
    made.does("session", "purge", number, *PC_1)
    certified(tmp_path, number)
    assert made.asks("status")["certificate_superseded"] == 0
    made.does("session", "correct", number, "--issue", "test", "--reason", "wrong-issue")
    assert "certificate_superseded" not in topics(made, number)
    made.does("session", "correct", number, "--ended-at", "2026-11-16T10:20", "--reason", "wrong-time")
    assert topics(made, number)[-2:] == ["corrected", "certificate_superseded"]
    said = made.asks("session", "show", number)["events"][-1]["details"]
    assert (said["verdict_before"], said["delay_before_seconds"]) == ("pass", 300)
    assert (said["verdict"], said["delay_seconds"]) == ("late", 1500)
    assert made.run("check").out.startswith("certificate-superseded: a correction changed")
    assert made.asks("status")["certificate_superseded"] == 1
    made.does("session", "correct", number, "--ended-at", "2026-11-16T10:10", "--reason", "wrong-time")
    assert topics(made, number).count("certificate_superseded") == 1
    certified(tmp_path, number)
    assert made.does("check").out == ""


@pytest.mark.parametrize(
    ("words", "supersedes"),
    [
        (("correct", "--customer", "K-2", "--reason", "wrong-customer"), True),
        (("correct", "--add", "2026-11-16T10:01..2026-11-16T10:02", "--reason", "checked"), True),
        (("void", "--reason", "double-entry"), True),
        (("correct", "--issue", "test", "--reason", "wrong-issue"), False),
        (("note", "--summary", "a new disk"), False),
    ],
)
def test_whatever_the_certificate_says_otherwise_supersedes_it(
    words: tuple[str, ...], *, supersedes: bool, tmp_path: Path
) -> None:
    """The wrong customer's code, or no word of what was added or put aside, is not given again."""
    made, number, _ = ended(tmp_path, "a")
    made.does("customer", "add", "K-2", "--name", "Igla", "--consumer", "no")
    made.does("session", "purge", number, *PC_1)
    first, again = tmp_path / "first.json", tmp_path / "again.json"
    made.does("session", "certificate", number, "-o", str(first))
    made.does("session", words[0], number, *words[1:])
    assert ("certificate-superseded" in made.run("check").out) is supersedes
    made.does("session", "certificate", number, "-o", str(again))
    told, before = json.loads(again.read_bytes()), json.loads(first.read_bytes())
    assert (told == before) is not supersedes
    if supersedes:
        assert (told["number"], told["delay_seconds"]) == (2, before["delay_seconds"])
        assert (told["customer"], told["marks"]) != (before["customer"], before["marks"])
    assert "certificate-superseded" not in made.run("check").out


def test_a_session_taken_back_has_a_certificate_without_the_mark(tmp_path: Path) -> None:
    made, number, _ = ended(tmp_path, "a")
    made.does("session", "purge", number, *PC_1)
    made.does("session", "void", number, "--reason", "double-entry")
    marks: list[list[str]] = []
    for words in ((), ("void", "--undo", "--reason", "checked")):
        if words:
            made.does("session", words[0], number, *words[1:])
        made.does("session", "certificate", number, "-o", str(tmp_path / f"{len(marks)}.json"))
        marks.append(json.loads((tmp_path / f"{len(marks)}.json").read_bytes())["marks"])
    assert marks == [["voided"], []]


def test_what_was_deleted_before_the_corrected_end_is_deleted_once_more(tmp_path: Path) -> None:
    """What came between the deletion and the true end may still be there."""
    made, number, _ = ended(tmp_path, "a")
    made.does("session", "purge", number, *PC_1)
    certified(tmp_path, number)
    assert "E-SESSION-PURGED" in made.run("session", "purge", number, *PC_1).err
    made.now = "2026-11-16T12:30:00+01:00"
    made.does("session", "correct", number, "--ended-at", "2026-11-16T12:00", "--reason", "wrong-time")
    assert "certificate-superseded" in made.run("check").out
    filled(made, number, "late")
    made.does("session", "purge", number, *PC_1)
    assert topics(made, number)[-2:] == ["purge_started", "data_purged"]
    (row,) = made.asks("report", "deletions", "--period", "2026-11")["sessions"]
    assert (row["verdict"], row["delay_seconds"], row["files"]) == ("late", 1800, 2)
    assert "E-SESSION-PURGED" in made.run("session", "purge", number, *PC_1).err
    certified(tmp_path, number)
    assert made.does("check").out == ""
