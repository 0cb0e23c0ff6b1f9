"""A copy takes the place of a ledger that was lost."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.support.office import Office, sqlite_only
from tests.support.shop import eventful_month


@sqlite_only
def test_no_ledger_is_made_over_what_is_left_of_one(tmp_path: Path) -> None:
    """Given that events.db alone is lost, nothing leads to the loss of the rest."""
    shop = eventful_month(tmp_path / "ledger")
    events = shop.folder / "events.db"
    kept, config = events.read_bytes(), (shop.folder / "ledger.toml").read_bytes()
    for left in (None, b""):
        events.unlink(missing_ok=True)
        if left is not None:
            events.write_bytes(left)
        told = shop.run("status")
        assert (told.status, "init makes one" in told.err) == (2, left is not None)
        assert "(E-LEDGER-EXISTS)\nhint: put events.db back" in shop.run("init").err
        assert (shop.folder / "ledger.toml").read_bytes() == config
    events.write_bytes(kept)
    shop.does("check")


def test_a_copy_becomes_the_ledger(tmp_path: Path) -> None:
    """Given a copy without the short-lived keys, when it is taken up, it records, purges and signs."""
    lost = eventful_month(tmp_path / "ledger")
    lost.does("audit", "checkpoint", "-o", str(tmp_path / "head.note"))
    lost.does("backup", str(tmp_path / "copy"))
    shutil.rmtree(lost.folder)
    office = object.__new__(Office)
    office.folder, office.now = tmp_path / "copy", lost.now
    refused = office.run("session", "request", "--customer", "K-001", "--issue", "other", "--contact", "Jan")
    assert (refused.status, "E-KEYS-MISSING" in refused.err) == (1, True)
    assert office.run("take-up").status == 2

    assert office.does("take-up", "--yes").out.startswith("The copy is the ledger now; rows removed")

    office.does("check")
    number = str(
        office.asks("session", "request", "--customer", "K-001", "--issue", "other", "--contact", "Jan")[
            "session"
        ]
    )
    office.does("session", "cancel", number)
    office.does("session", "purge", number, "--yes")
    assert office.asks("audit", "verify", "--since", str(tmp_path / "head.note"))["checkpoint"] == "ok"
    assert "E-NOT-A-COPY" in office.run("take-up", "--yes").err
