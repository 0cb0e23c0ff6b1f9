"""The demo: the same whenever it is run, and never over what somebody recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from cli.main import run


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


def test_demo_that_was_broken_off_is_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "demo"
    folder.mkdir()
    (folder / ".session-ledger-demo").touch()
    (folder / "ledger.toml").write_text("what was left", encoding="utf-8")
    assert run(["demo", str(folder)]) == 0
