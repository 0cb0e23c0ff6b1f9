"""The log: off unless asked for, and nobody's data in it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.log import ALLOWED, configure, keep_allowed, log
from tests.support.systems import is_for_its_owner


@pytest.fixture(autouse=True)
def _log_off_afterwards() -> Iterator[None]:
    yield
    log.close()


def lines(file: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def test_log_that_is_off_costs_no_import() -> None:
    program = (
        "import sys; from cli.log import log; log.info('done', events=1); print('structlog' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"


def test_each_fact_is_a_json_line_with_time_and_level(tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    configure(verbose=False, file=str(file), color=False)
    log.info("caught_up", projection="sessions", events=12, seconds=0.5)
    log.warning("refused", code="E-PERIOD")
    first, second = lines(file)
    assert {key: first[key] for key in ("event", "level", "projection", "events", "seconds")} == {
        "event": "caught_up",
        "level": "info",
        "projection": "sessions",
        "events": 12,
        "seconds": 0.5,
    }
    assert str(first["timestamp"]).endswith("Z")
    assert (second["level"], second["code"]) == ("warning", "E-PERIOD")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="has no disk that is always full")
def test_a_log_that_cannot_be_written_ends_and_the_command_does_not(tmp_path: Path) -> None:
    command = [sys.executable, "-P", "-m", "ledger", "--lang", "en", "--log-file", "/dev/full"]
    ran = subprocess.run(
        [*command, "--ledger", str(tmp_path / "ledger"), "init"], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0
    assert ran.stderr.splitlines()[-1] == (
        "the log was not written to its end: the disk has no space left for /dev/full"
    )
    assert "Traceback" not in ran.stderr


def test_only_known_names_pass_and_a_file_loses_its_folder(tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    configure(verbose=False, file=str(file), color=False)
    log.info("read", name="Jan Kowalski", contact="601234567", file="/home/jan/sessions.csv", rows=3)
    (line,) = lines(file)
    assert set(line) == {"event", "level", "timestamp", "file", "rows"}
    assert line["file"] == "sessions.csv"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("customer", "Jan Kowalski"),
        ("customer", "jan@firma.pl"),
        ("session", "80010112345"),
        ("file", "/in/umowa Jan Kowalski.csv"),
        ("command", "session note Jan"),
        ("calls", ["cli.main:1 run", "Jan Kowalski"]),
        ("code", {"name": "Jan"}),
        ("event", "x" * 129),
        ("topic", "a\nb"),
    ],
)
def test_known_name_with_a_value_that_may_be_personal_is_dropped(name: str, value: object) -> None:
    assert "Jan" not in str(kept := keep_allowed(None, "info", {name: value}))
    assert kept in ({}, {"calls": ["cli.main:1 run"]})


@given(st.dictionaries(st.sampled_from(sorted(ALLOWED)) | st.text(), st.text() | st.integers() | st.none()))
def test_no_text_with_a_space_an_at_or_a_long_number_ever_passes(facts: dict[str, object]) -> None:
    kept = keep_allowed(None, "info", dict(facts))
    assert set(kept) <= ALLOWED
    for name, value in kept.items():
        assert name == "command" or not any(c.isspace() or c == "@" for c in str(value))


def test_verbose_writes_lines_for_people_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    configure(verbose=True, file=None, color=False)
    log.error("defect", code="E-DEFECT")
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "[error" in captured.err
    assert "code=E-DEFECT" in captured.err
    assert "\x1b" not in captured.err


def test_log_file_is_its_owner_s_and_grows(tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    for _ in range(2):
        configure(verbose=False, file=str(file), color=False)
        log.info("done")
        log.close()
    assert len(lines(file)) == 2
    assert is_for_its_owner(file)
