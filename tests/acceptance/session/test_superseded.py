"""A corrected end supersedes the certificate that says another delay, and somebody is told."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from ledger.domain import events as e
from ledger.domain.events import following
from ledger.domain.session.state import Session
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


def _of_that_release(session: Session, what: str, header: dict[str, Any]) -> e.Event:
    """What an earlier release recorded of a correction, with no word of the certificate."""
    if what == "voided":
        return e.SessionVoided(**header)
    (connection,) = session.connections
    added = replace(connection, connected_at=connection.connected_at + timedelta(minutes=1))
    assert session.ended_at is not None
    return e.SessionCorrected(
        **header,
        connections=(connection, added) if what == "added" else (connection,),
        issues=tuple(session.issues),
        ended_at=session.ended_at - timedelta(milliseconds=100 if what == "an end in the same second" else 0),
        customer="K-2" if what == "customer" else None,
    )


@pytest.mark.parametrize("what", ["customer", "added", "an end in the same second", "voided"])
def test_what_an_earlier_release_left_in_force_is_superseded_when_it_is_asked_for(
    what: str, tmp_path: Path
) -> None:
    made, number, _ = ended(tmp_path, "a")
    made.does("customer", "add", "K-2", "--name", "Igla", "--consumer", "no")
    made.does("session", "purge", number, *PC_1)
    first, again = tmp_path / "first.json", tmp_path / "again.json"
    made.does("session", "certificate", number, "-o", str(first))
    with closing(opened(tmp_path)) as ledger:
        stream, _ = ledger.find_session(number)
        session = ledger.session(stream)
        header = {"at": ledger.now(), "by": "anna", "reason": "checked"}
        ledger.record(following(stream, session.version, _of_that_release(session, what, header)))
    assert made.run("check").out.startswith("certificate-superseded: a correction changed")
    made.does("session", "certificate", number, "-o", str(again))
    assert topics(made, number)[-2:] == ["certificate_superseded", "certificate_issued"]
    told, before = json.loads(again.read_bytes()), json.loads(first.read_bytes())
    assert (told["number"], [each["number"] for each in told["earlier"]]) == (2, [1])
    names = ("customer", "marks", "ended_at")
    assert [told[name] for name in names] != [before[name] for name in names]
    assert made.does("check").out == ""
    bytes_before = again.read_bytes()
    made.does("session", "certificate", number, "-o", str(again))
    assert again.read_bytes() == bytes_before
    assert topics(made, number).count("certificate_issued") == 2


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


def test_a_certificate_is_no_older_than_the_deletion(tmp_path: Path) -> None:
    """Given a clock that ran back after a purge, when a certificate is asked for, then it waits."""
    made, number, _ = ended(tmp_path, "a")
    made.does("session", "purge", number, *PC_1)
    right, made.now = made.now, "2026-11-15T11:30:00+01:00"
    assert "behind the deletion (E-CLOCK-BEHIND)" in made.run("session", "certificate", number).err
    assert "certificate_issued" not in topics(made, number)
    made.now = right
    made.does("session", "certificate", number)
    made.now = "2026-11-15T11:30:00+01:00"
    assert "recorded before" in made.does("session", "certificate", number).err, "given again, it is the same"
