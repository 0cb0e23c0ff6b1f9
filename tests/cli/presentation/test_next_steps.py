"""Steps are commands that exist, with options that these commands have."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from cli.lazy_group import load
from cli.presentation import next_steps
from cli.registry import COMMANDS
from ledger.message import PROGRAM, Hint, step
from tests.support.reference import error_classes

ROOT = Path(__file__).parents[3]
SOURCES = [file for folder in ("src/ledger", "projections", "cli") for file in (ROOT / folder).rglob("*.py")]
NAMED = re.compile(rf"{PROGRAM} (?:--ledger \S+ )?({'|'.join(map(re.escape, COMMANDS))})\b")


class Written(NamedTuple):
    """A step as it is written in the source: the constant ones of its arguments."""

    place: str
    command: str
    arguments: tuple[str, ...]


def _written() -> Iterator[Written]:
    for file in SOURCES:
        text = file.read_text(encoding="utf-8")
        if "step(" not in text:  # to parse all of the source takes seconds in every worker
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "step":
                words = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
                if words:
                    command, *arguments = map(str, words)
                    yield Written(
                        f"{file.relative_to(ROOT).as_posix()}:{node.lineno}:{node.col_offset}",
                        command,
                        tuple(arguments),
                    )


STEPS = list(_written())


@pytest.mark.parametrize("written", STEPS, ids=lambda written: written.place)
def test_step_is_command_with_its_own_options(written: Written) -> None:
    command = load(COMMANDS[written.command].target)
    known = {"--help", *(option for param in command.params for option in param.opts)}
    options = {argument.partition("=")[0] for argument in written.arguments if argument.startswith("-")}
    assert options <= known


def test_steps_are_found_in_the_source() -> None:
    assert {"cli/presentation/next_steps.py"} <= {written.place.partition(":")[0] for written in STEPS}


def test_command_in_fixed_hint_is_step() -> None:
    """A sentence that is typed as a command line offers no button."""
    fixed = [value for value in vars(next_steps).values() if isinstance(value, Hint)]
    for hint in [*fixed, *(kind.hint for kind in error_classes())]:
        steps = hint.steps
        assert NAMED.findall(hint) == [each.command for each in steps if not each.is_brief]


def test_hint_is_not_typed_as_command_line() -> None:
    typed = [
        f"{file.relative_to(ROOT)}:{text.lineno}"
        for file in SOURCES
        if "hint" in (source := file.read_text(encoding="utf-8"))
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        for hint in _hints(node)
        for text in ast.walk(hint)
        if isinstance(text, ast.Constant) and NAMED.search(str(text.value))
    ]
    assert typed == []


def _hints(call: ast.Call) -> list[ast.expr]:
    """What a call gives as a hint: to an error by name, to a person by `app.hint`."""
    shown = call.args if isinstance(call.func, ast.Attribute) and call.func.attr == "hint" else []
    return [*shown, *(keyword.value for keyword in call.keywords if keyword.arg == "hint")]


def test_hint_reads_as_its_command_line() -> None:
    again = step("session end", 17, is_brief=True)
    hint = Hint("first ", step("check", ledger=Path("a/b")), ", then ", again)
    assert hint == f"first session-ledger --ledger {Path('a/b')} check, then session end 17"
    assert [each.arguments for each in hint.steps] == [(), ("17",)]
