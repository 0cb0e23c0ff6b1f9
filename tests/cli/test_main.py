"""The entry: help without imports, failures without tracebacks, exit statuses."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest

from cli import main
from cli.lazy_group import load
from cli.registry import COMMANDS, GROUPS
from tests.support.office import Office
from tests.support.systems import IS_WINDOWS

if TYPE_CHECKING:
    from tests.cli.conftest import Play

COMMAND = [sys.executable, "-m", "ledger"]
HEAVY = {
    "eventsourcing",
    "sqlalchemy",
    "structlog",
    "rich",
    "platformdirs",
    "psycopg",
    "msgspec",
    "holidays",
    "xlsxwriter",
    "starlette",
    "uvicorn",
    "jinja2",
    "anyio",
    "websockets",
}

RAISES = """
from ledger.message import Hint, msg
from ledger.errors import BadPeriod, LedgerError, Conflict

@click.command()
def refused():
    raise BadPeriod(msg("the period ends before it begins"))

@click.command()
def overtaken():
    raise Conflict(msg("somebody else was first"), hint=Hint("try again"))

@click.command()
def defective():
    name = "Jan Kowalski"
    raise ValueError(name)

@click.command()
def stopped():
    raise KeyboardInterrupt

@click.command()
@click.pass_context
def found(ctx):
    click.echo("one finding")
    ctx.exit(3)

@click.command()
def unreadable():
    open("/no/such/file")

@click.command()
@click.option("--size", type=int, required=True)
def group__sized(size):
    click.echo(size)

@click.command()
def escaping():
    raise BadPeriod(msg("red \\x1b[31m text"))
"""


def _process(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *words], capture_output=True, text=True, check=False, env=os.environ | environment
    )


# --- help -------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", [["--help"], ["session", "--help"], ["--version"], []])
def test_help_imports_no_command_and_nothing_heavy(words: list[str]) -> None:
    """A look at sys.modules, not at a clock: it says the same on every machine."""
    program = (
        f"import sys; from cli.main import run; run({words!r}); "
        "print('\\n'.join(sys.modules), file=sys.stderr)"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    modules = set(ran.stderr.split("\n"))
    assert "click" in modules
    assert not HEAVY & {module.partition(".")[0] for module in modules}
    commands = {entry.target.partition(":")[0] for entry in COMMANDS.values()}
    assert not (commands | {"cli.params", "ledger.events"}) & modules


SELDOM_NEEDED = {
    "shutil",
    "tempfile",
    "getpass",
    "httpx",
    "lxml",
    "ledger.domain.ksef_outage",
    "ledger.domain.numbering",
    "ledger.domain.session.correct",
    "ledger.domain.working_days",
    "ledger.handlers.invoice.submit",
    "ledger.ksef.client",
    "ledger.ksef.login",
}
"""What an everyday command does without: each of these cost it more than a hundredth of its time, or may."""
OF_STATUS = {"shutil", "tempfile", "ledger.domain.ksef_outage", "ledger.domain.working_days"}
"""What the days that come near are counted with."""


@pytest.mark.parametrize(
    ("words", "needed"),
    [
        ("session request --customer C-1 --issue other", set[str]()),
        ("session list", set[str]()),
        ("session show 1", set[str]()),
        ("status", OF_STATUS),
    ],
)
def test_everyday_command_imports_nothing_that_it_seldom_needs(
    words: str, needed: set[str], tmp_path: Path
) -> None:
    """A look at sys.modules of a process of its own: what the interpreter brings along does not count."""
    office = Office(tmp_path / "ledger")
    office.does("customer", "add", "C-1", "--name", "Jan Nowak")
    office.does("session", "request", "--customer", "C-1", "--issue", "other")
    office.does("status")  # the read models are made once
    program = (
        "import sys; brought = set(sys.modules); from cli.main import run; "
        f"status = run({words.split()!r}); print(*set(sys.modules) - brought, sep='\\n', file=sys.stderr); "
        "sys.exit(status)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | office.environment(),
    )
    modules = set(ran.stderr.split("\n"))
    assert "ledger.application.ledger" in modules
    assert not (SELDOM_NEEDED - needed) & modules
    packages = {module.partition(".")[0] for module in modules}
    assert not (HEAVY - {"eventsourcing", "msgspec"}) & packages


def test_help_names_every_command_with_its_line() -> None:
    ran = _process("--help")
    for name in dict.fromkeys(name.partition(" ")[0] for name in COMMANDS):
        assert f"\n  {name} " in ran.stdout
    assert GROUPS["session"] in ran.stdout
    assert COMMANDS["init"].summary in ran.stdout


def test_group_shows_its_commands_in_the_order_of_the_table(play: Play) -> None:
    shown = _process("session", "--help").stdout
    names = [name.split(" ")[1] for name in COMMANDS if name.startswith("session ")]
    places = [shown.index(f"\n  {name} ") for name in names]
    assert places == sorted(places)
    assert play(RAISES, "group", "--help").stdout.count("\n  sized  ") == 1


def test_every_group_has_a_line_and_every_line_a_group() -> None:
    words = [name.split() for name in COMMANDS]
    assert {" ".join(each[:length]) for each in words for length in range(1, len(each))} == set(GROUPS)


@pytest.mark.parametrize("name", COMMANDS)
def test_command_of_the_table_stands_where_it_says(name: str) -> None:
    """Those whose module is there; one that is promised and not yet written is no error here."""
    module, _, attribute = COMMANDS[name].target.partition(":")
    if find_spec(module) is None or not hasattr(import_module(module), attribute):
        pytest.skip(f"{module} is not written yet")
    assert isinstance(load(COMMANDS[name].target), click.Command)


def test_version_is_that_of_the_distribution() -> None:
    assert _process("--version").stdout.startswith("session-ledger 0.")


# --- refusals ---------------------------------------------------------------------------------


def test_refusal_is_a_fact_with_its_code_and_a_hint(play: Play) -> None:
    status, stdout, stderr = play(RAISES, "refused")
    assert (status, stdout) == (2, "")
    assert stderr.split("\n") == [
        "Error: the period ends before it begins (E-PERIOD)",
        "hint: write 2026-11, 11.2026, 2026-Q4, 2026, 2026-11-16 or FROM..UNTIL (the end is not part of it)",
        "",
    ]


def test_each_error_exits_with_its_own_status(play: Play) -> None:
    assert play(RAISES, "overtaken").status == 4


def test_check_that_finds_something_exits_three_and_keeps_its_output(play: Play) -> None:
    assert play(RAISES, "found") == (3, "one finding\n", "")


@pytest.mark.parametrize(
    ("words", "fact", "hint"),
    [
        (["refsed"], "No such command 'refsed'. Did you mean 'refused'? (E-USAGE)", "session-ledger --help"),
        (
            ["group", "sizd"],
            "No such command 'sizd'. Did you mean 'group sized'?",
            "session-ledger group --help",
        ),
        (["group", "sized"], "Missing option '--size' (E-USAGE)", "session-ledger group sized --help"),
        (
            ["group", "sized", "--size", "x"],
            "Invalid value for '--size'",
            "session-ledger group sized --help",
        ),
        (["group", "sized", "--sze", "1"], "Did you mean '--size'?", "session-ledger group sized --help"),
        (["--lang", "de", "refused"], "'de' is not one of", "session-ledger --help"),
        (["refused", "\udcff"], "word 2 of the command line is not UTF-8", "session-ledger --help"),
    ],
)
def test_usage_error_exits_two_and_points_to_the_help(
    play: Play, words: list[str], fact: str, hint: str
) -> None:
    status, _, stderr = play(RAISES, *words)
    assert status == 2
    assert fact in stderr.split("\n")[0]
    assert stderr.split("\n")[1:] == [f"hint: {hint}", ""]


def test_group_alone_shows_its_help_and_exits_two(play: Play) -> None:
    status, stdout, stderr = play(RAISES, "group")
    assert (status, stdout) == (2, "")
    assert stderr.startswith("Usage: session-ledger group")


def test_file_that_the_system_refuses_is_named_without_a_traceback(play: Play) -> None:
    status, _, stderr = play(RAISES, "unreadable")
    assert status == 2
    assert stderr.startswith("Error: /no/such/file: No such file or directory (E-FILE)\nhint: ")


def test_control_characters_in_an_error_are_shown_not_obeyed(play: Play) -> None:
    assert "red \\x1b[31m text" in play(RAISES, "escaping").stderr


# --- defects and interruptions ----------------------------------------------------------------


def test_defect_names_its_class_and_place_and_never_its_text(play: Play) -> None:
    status, _, stderr = play(RAISES, "defective")
    assert status == 70
    assert stderr.startswith("Error: this is a defect: ValueError in cli.")
    assert "Kowalski" not in stderr
    assert "Traceback" not in stderr


def test_verbose_shows_the_calls_that_led_to_a_defect_and_still_no_text(play: Play) -> None:
    status, _, stderr = play(RAISES, "-v", "defective")
    assert status == 70
    assert re.search(r":\d+ defective", stderr)
    assert "Kowalski" not in stderr


def test_log_file_keeps_the_calls_of_a_defect_and_no_text(play: Play, tmp_path: Path) -> None:
    file = tmp_path / "log.jsonl"
    play(RAISES, "--log-file", str(file), "defective")
    defect, ended = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    assert (defect["event"], defect["error_class"], defect["level"]) == ("defect", "ValueError", "error")
    assert defect["calls"][-1].endswith("defective")
    assert (ended["command"], ended["exit_status"]) == ("defective", 70)
    assert "Kowalski" not in file.read_text(encoding="utf-8")


def test_interruption_exits_130_and_claims_nothing(play: Play) -> None:
    assert play(RAISES, "stopped") == (130, "", "interrupted\n")


def test_reader_that_goes_away_is_no_error() -> None:
    program = (
        "import sys, click\nfrom cli import main\nfrom cli.registry import Entry\nimport types\n"
        "made = types.ModuleType('made_up'); sys.modules['made_up'] = made\n"
        "made.flood = click.Command('flood', callback=lambda: [click.echo('x' * 99) for _ in range(9999)])\n"
        "sys.exit(main.run(['flood'], {'flood': Entry('made_up:flood', '')}, {}))"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as flood:
        assert flood.stdout is not None
        assert flood.stderr is not None
        flood.stdout.readline()
        flood.stdout.close()
        complaint = flood.stderr.read()
    assert (flood.returncode, complaint) == (141, b"")


@pytest.mark.skipif(IS_WINDOWS, reason="told there by a real pipe: test_reader_that_goes_away_is_no_error")
def test_reader_that_went_away_on_windows_is_no_error(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    source = "@click.command()\ndef told():\n    raise OSError(22, 'Invalid argument')\n"
    monkeypatch.setattr(main, "PIPE_GONE", 32)
    assert play(source, "told").status == 2
    monkeypatch.setattr(main, "PIPE_GONE", 22)
    assert play(source, "told") == (141, "", "")


@pytest.mark.skipif(IS_WINDOWS, reason="/dev/full is a device of Linux")
@pytest.mark.parametrize("writes", ["click.echo('x')", "print('x')", "sys.stdout.buffer.write(b'x' * 99999)"])
def test_full_disk_is_told_once_and_without_a_traceback(writes: str) -> None:
    program = (
        "import sys, types, click\nfrom cli import main\nfrom cli.registry import Entry\n"
        "made = types.ModuleType('made_up'); sys.modules['made_up'] = made\n"
        f"made.fill = click.Command('fill', callback=lambda: {writes})\n"
        "sys.exit(main.run(['fill'], {'fill': Entry('made_up:fill', '')}, {}))"
    )
    with Path("/dev/full").open("wb") as full:
        ran = subprocess.run(
            [sys.executable, "-c", program], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    assert ran.returncode == 1
    assert ran.stderr.startswith(
        "Error: the disk has no space left for what is written (E-DISK-FULL)\nhint: "
    )
    assert ran.stderr.count("\n") == 2


# --- colour, environment, completion ----------------------------------------------------------


def test_colour_is_for_terminals_that_want_it(on_terminal: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[31m" in on_terminal(RAISES, "refused").stdout
    assert "\x1b[" not in on_terminal(RAISES, "--no-color", "refused").stdout
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[" not in on_terminal(RAISES, "refused").stdout


def test_python_m_ledger_calls_itself_by_the_command_s_name() -> None:
    assert _process("--help").stdout.startswith("Usage: session-ledger ")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_the_script_of_a_shell(shell: str) -> None:
    assert "_SESSION_LEDGER_COMPLETE" in _process("completion", shell).stdout


def test_tab_completes_command_names_and_imports_no_command() -> None:
    asked = {
        "_SESSION_LEDGER_COMPLETE": "bash_complete",
        "COMP_WORDS": "session-ledger session re",
        "COMP_CWORD": "2",
    }
    names = [line.partition(",")[2] for line in _process(**asked).stdout.splitlines()]
    assert names == ["request", "reclassify", "release", "receipt"]


def test_a_ledger_that_speaks_polish_speaks_it_to_everybody(tmp_path: Path) -> None:
    office = Office(tmp_path / "ledger")
    config = tmp_path / "ledger" / "ledger.toml"
    config.write_text(f'language = "pl"\n{config.read_text(encoding="utf-8")}', encoding="utf-8")
    assert office.run("session", "show", "999").err.startswith("Błąd: nie ma sesji 999 (E-SESSION-UNKNOWN)\n")
    assert office.run("--lang", "en", "session", "show", "999").err.startswith(
        "Error: there is no session 999"
    )
    assert office.run("session").err.startswith("Użycie: session-ledger session [OPCJE]")
    config.write_text(config.read_text(encoding="utf-8").replace('"pl"', '"de"'), encoding="utf-8")
    assert "language in ledger.toml is 'de'" in office.run("status").err


@pytest.mark.parametrize(
    ("words", "surroundings", "said"),
    [
        (("--lang", "pl"), {}, "pl"),
        ((), {"SESSION_LEDGER_LANG": "pl"}, "pl"),
        ((), {"LANG": "pl_PL.UTF-8"}, "pl"),
        ((), {"LC_ALL": "en_GB.UTF-8", "LANG": "pl_PL.UTF-8"}, "en"),
        (("--lang", "en"), {"LANG": "pl_PL.UTF-8"}, "en"),
        ((), {"LANG": "C.UTF-8"}, None),
        ((), {"LANG": "de_DE.UTF-8"}, None),
    ],
)
def test_a_new_ledger_keeps_the_language_it_was_made_in(
    tmp_path: Path, words: tuple[str, ...], surroundings: dict[str, str], said: str | None
) -> None:
    """Where nothing names a language, none is written: a server without a locale does not choose English."""
    office = Office(tmp_path / "ledger")
    folder = tmp_path / "new"
    made = office.run(*words, "--ledger", str(folder), "init", **surroundings)
    assert made.status == 0
    config = tomllib.loads((folder / "ledger.toml").read_text(encoding="utf-8"))
    assert config.get("language") == said
    assert ("mówi po polsku" in made.err) is (said == "pl")


@pytest.mark.parametrize("typed", [("language=pl",), ("language", "pl")])
def test_the_language_of_a_ledger_is_set_like_any_setting(tmp_path: Path, typed: tuple[str, ...]) -> None:
    office = Office(tmp_path / "ledger")
    config = tmp_path / "ledger" / "ledger.toml"
    before = config.read_text(encoding="utf-8")
    office.does("config", "set", *typed)
    text = config.read_text(encoding="utf-8")
    assert tomllib.loads(text)["language"] == "pl"
    assert text.replace('language = "pl"\n', "") == before
    assert office.run("session", "show", "999").err.startswith("Błąd: ")
    office.does("config", "set", "language=en")
    assert office.run("session", "show", "999").err.startswith("Error: ")
    refused = office.run("config", "set", "language=de")
    assert (refused.status, "there are pl and en" in refused.err) == (2, True)
    assert office.run("config", "set", "language").status == 2


def test_one_process_speaks_two_languages(tmp_path: Path) -> None:
    """What one run translated is not what the next one shows."""
    office = Office(tmp_path / "ledger")
    english, polish = (
        office.run("session", "list", "--help"),
        office.run("--lang", "pl", "session", "list", "--help"),
    )
    assert office.run("session", "list", "--help") == english
    assert polish.out.startswith("Użycie: session-ledger session list [OPCJE]\n")
    assert "Pokaż tę pomoc i zakończ." in polish.out
    assert "Show this message and exit." in english.out
