"""The benchmark measures what it says: each process alone, the same work, a table of its own size."""

from __future__ import annotations

import shutil
import sys
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import pytest

from tests.bench import table
from tests.bench.evidence import append_all, append_without_hashes, file_bytes
from tests.bench.process import Failed, TookTooLong, ours, run
from tests.bench.rivals import hours_of_hledger, rivals
from tests.bench.starting import Side, compared
from tests.bench.sums import our_sums
from tests.bench.table import Table
from tests.bench.year import write_year
from tests.support.office import ON_POSTGRES

ROOT = Path(__file__).parents[2]
LARGE = "x = bytearray(64 << 20)"
TWO = f"""\
import os, time
for _ in range(2):
    if not os.fork():
        {LARGE}
        time.sleep(1)
        os._exit(0)
os.wait(), os.wait()
"""
pytestmark = pytest.mark.skipif(ON_POSTGRES, reason="measures ledgers in a folder")


def python(code: str, limit_s: float = 60) -> float:
    """Peak of memory in MB."""
    return run([sys.executable, "-I", "-S", "-c", code], limit_s=limit_s).peak_mb


def test_a_process_counts_for_itself_and_for_those_that_it_starts() -> None:
    """Neither the benchmark's own memory nor that of an earlier process is told as another one's."""
    held = bytearray(128 << 20)
    large, small, two = python(LARGE), python("pass"), python(TWO)
    del held
    assert small < 32
    assert 64 < large < 96
    assert two > 128


def test_processor_time_is_what_a_process_worked_not_what_it_waited() -> None:
    ran = run([sys.executable, "-I", "-S", "-c", "import time; time.sleep(1)"])
    assert ran.processor_s < 1 <= ran.seconds


def test_start_up_stands_beside_another_build(tmp_path: Path) -> None:
    """Given the source of a build, then it is that build that runs; here our own, made slow."""
    base = tmp_path / "base"
    for name in ("src", "cli", "projections"):
        shutil.copytree(ROOT / name, base / name)
    with (base / "cli" / "registry.py").open("a") as file:
        file.write("[0 for _ in range(10**7)]\n")
    now, before = Side(None, tmp_path), Side(base, tmp_path)
    _, ratio = compared(now, before, ["--help"], 1)
    assert ratio < 0.7


def test_a_process_that_fails_or_takes_too_long_is_told() -> None:
    with pytest.raises(TookTooLong, match="took more than 1 s"):
        python("import time; time.sleep(30)", limit_s=1)
    with pytest.raises(Failed, match=r"ended with 1:\noh"):
        python("raise SystemExit('oh')")
    with pytest.raises(Failed, match="No such file"):
        run(["/nowhere/program"])


def test_whoever_is_installed_comes_to_our_sums(tmp_path: Path) -> None:
    """The same customers, months, hours and money, byte for byte; plain hours where that is all they do."""
    year, folder = write_year(tmp_path / "year", 400), tmp_path / "ledger"
    ours("init", folder=folder)
    for noun in ("customer", "purchase", "session"):
        ours(noun, "import", str(year[f"{noun}s"]), folder=folder)
    told = our_sums(folder)
    found = list(rivals(year, told))
    assert [rival.name for rival in found if not rival.is_same] == []
    assert len([rival for rival in found if rival.ran is not None]) >= 2  # those that need Python alone
    other = told._replace(lines="", seconds=0, hundredths=0)
    wrong = [*islice(rivals(year, other), 2), hours_of_hledger(year["hledger"], other)]
    assert not any(rival.is_same for rival in wrong if rival.ran is not None)


def test_events_can_be_appended_without_hashes(tmp_path: Path) -> None:
    """What the hashes cost is the difference of two logs that hold the same events."""
    append_without_hashes(tmp_path / "plain.db", 2_000)
    append_all(tmp_path / "hashed.db", 2_000)
    assert file_bytes(tmp_path / "plain.db") < file_bytes(tmp_path / "hashed.db")


def test_a_table_takes_the_place_of_the_last_one_of_its_size(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "performance.md"
    place = "<!-- table of {} -->\nold\n<!-- end of table -->\n"
    page.write_text(place.format(100) + "between\n" + place.format(1000), encoding="utf-8")
    monkeypatch.setattr(table, "PAGE", page)
    made = Table(datetime(2026, 11, 26, tzinfo=UTC))
    made.line("what", "1 s")
    made.write(1000)
    text = page.read_text(encoding="utf-8")
    assert text.startswith(place.format(100) + "between\n")
    assert text.count("old") == 1
    assert "Printed by `make bench SIZE=1000`:\n\n```text\n2026-11-26 " in text
    made.write(10)
    assert "no table of 10 sessions is kept" in capsys.readouterr().err
    assert page.read_text(encoding="utf-8") == text
