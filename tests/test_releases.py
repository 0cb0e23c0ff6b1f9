"""What earlier releases wrote is read for ever: a ledger of each of them, as SQL."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.support.office import Office

RELEASES = sorted(script.parent for script in (Path(__file__).parent / "releases").glob("*/events.sql"))
LATER = "2026-11-16T13:00:00+01:00"


def restored(release: Path, folder: Path) -> Office:
    """The ledger of a release, its key files private again."""
    (folder / "keys").mkdir(parents=True, mode=0o700)
    for script in release.rglob("*.sql"):
        file = folder / script.relative_to(release).with_suffix(".db")
        file.touch(mode=0o600)
        with closing(sqlite3.connect(file)) as database:
            database.executescript(script.read_text(encoding="utf-8"))
    (folder / "ledger.toml").write_bytes((release / "ledger.toml").read_bytes())
    office = object.__new__(Office)
    office.folder, office.now = folder, LATER
    return office


@pytest.mark.parametrize("release", RELEASES, ids=lambda folder: folder.name)
def test_a_ledger_of_an_earlier_release_is_upgraded_and_says_the_same(release: Path, tmp_path: Path) -> None:
    """Refused with the way out, then whole: all events under a checkpoint, the deletion history as it was."""
    office = restored(release, tmp_path / "ledger")
    refused = office.run("status")
    assert refused.status == 1
    assert "(E-LEDGER-OLD)\nhint: session-ledger audit upgrade" in refused.err
    events_before = (tmp_path / "ledger" / "events.db").stat().st_size
    assert office.does("audit", "upgrade").out == "Transparency log: 17 events added, 17 signed\n"
    assert (tmp_path / "ledger" / "events.db").stat().st_size > events_before
    assert office.does("audit", "upgrade").out == "Transparency log: 0 events added, 17 signed\n"
    assert office.asks("audit", "verify")["checkpoint"] == "ok"
    office.does("check")
    (purged,) = [
        each
        for each in office.run("report", "deletions", "--period", "2026-11", "-f", "json").document[
            "sessions"
        ]
        if each["purged_at"]
    ]
    assert (purged["evidence"], purged["delay_seconds"], purged["checkpoint_size"]) == ("declared", 300, 17)


def test_an_event_changed_before_the_upgrade_stops_it(tmp_path: Path) -> None:
    """The stored hash is not the event's: nothing is made, and the event is named."""
    office = restored(RELEASES[0], tmp_path / "ledger")
    with closing(sqlite3.connect(tmp_path / "ledger" / "events.db")) as database, database:
        database.execute("DROP TRIGGER events_no_update")
        database.execute("UPDATE events SET recorded_at = recorded_at + 1 WHERE leaf_index = 9")
    answer = office.run("audit", "upgrade")
    assert answer.status == 1
    assert "event 9 is not what was recorded" in answer.err
    assert office.run("status").status == 1
