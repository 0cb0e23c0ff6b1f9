"""The demo: the same whenever it is run, and never over what somebody recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.main import run
from tests.support.held_open import held_open

MARK = ".session-ledger-demo"


def test_demo_is_made_anew_until_somebody_goes_on_in_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SESSION_LEDGER_NOW", raising=False)
    folder = tmp_path / "demo"
    assert run(["demo", str(folder)]) == 0
    bills = (folder / "reports" / "billing-2026-11.csv").read_bytes()
    assert run(["demo", str(folder)]) == 0
    assert (folder / "reports" / "billing-2026-11.csv").read_bytes() == bills

    assert run(["--ledger", str(folder), "customer", "add", "K-77", "--name", "Nowy Klient"]) == 0
    capfd.readouterr()
    assert run(["demo", str(folder)]) == 1
    assert "somebody went on recording" in capfd.readouterr().err
    assert (folder / "events.db").exists()


def test_demo_of_which_a_file_is_open_stays_a_demo(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Windows removes no file that a reader of PDF has open: the next run goes on where this one ended."""
    folder = tmp_path / "demo"
    (folder / "invoices").mkdir(parents=True)
    (folder / "invoices" / "FV.pdf").touch()
    (folder / "events.db").touch()
    (folder / MARK).touch()
    with held_open("FV.pdf"):
        assert run(["demo", str(folder)]) == 2
    assert "FV.pdf" in capfd.readouterr().err
    assert (folder / MARK).read_bytes() == b""
    with held_open("ledger.toml"):  # all of it can go now, and the demo that is made anew ends at once
        run(["demo", str(folder)])
    assert not (folder / "invoices").exists()


def test_demo_that_was_broken_off_is_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / MARK).touch()
    (folder / "ledger.toml").write_text("what was left", encoding="utf-8")
    assert run(["demo", str(folder)]) == 0
