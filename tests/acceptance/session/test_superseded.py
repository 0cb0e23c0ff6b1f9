"""A corrected end supersedes the certificate that says another delay, and somebody is told."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

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
