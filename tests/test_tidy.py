"""Files and functions fit the eye; nothing is put off; clock, chance and floats stay where they belong."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
OURS = ("src", "projections", "cli", "tests")
FILES = sorted(file for folder in OURS for file in (ROOT / folder).rglob("*.py"))
SOURCES = [file for file in FILES if "tests" not in file.relative_to(ROOT).parts]
LEDGER = [file for file in SOURCES if file.is_relative_to(ROOT / "src")]
_DOMAIN = ROOT / "src" / "ledger" / "domain"
RATING = [*sorted((_DOMAIN / "rating").glob("*.py")), _DOMAIN / "money.py", _DOMAIN / "tariff" / "week.py"]

LINES_MAX = 400
FUNCTION_LINES_MAX = 70
ONE_IDEA_THAT_IS_LONG = {
    "cli/presentation/wording/vocabulary.py": "one table of the words of every code; it is read by kind",
    "src/ledger/errors.py": "one tree of refusals, each with its page; it is read by name",
    "src/ledger/data/verify/verify.py": "an auditor gets one file, and reads it from top to bottom",
}
"""Files over the limit, and why they are not cut."""

PUT_OFF = re.compile(r"\b(FIXME|TODO|XXX)\b")
FROM_OUTSIDE = re.compile(
    r"\bdatetime\.(?:now|utcnow)\(|\bdate\.today\(|\btime\.time\(|\bos\.urandom\b|\brandom\."
)


def _name(file: Path) -> str:
    return str(file.relative_to(ROOT))


def _code(file: Path) -> Iterator[tuple[int, str]]:
    """The lines of a file with their numbers, comments cut off."""
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        yield number, line.partition("  #")[0]


def _functions(file: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("file", SOURCES, ids=_name)
def test_a_file_holds_one_idea(file: Path) -> None:
    lines = len(file.read_text(encoding="utf-8").splitlines())
    assert lines <= LINES_MAX or _name(file) in ONE_IDEA_THAT_IS_LONG


@pytest.mark.parametrize("name", ONE_IDEA_THAT_IS_LONG)
def test_a_file_that_may_be_long_is_long(name: str) -> None:
    """An exception that nobody needs any more goes."""
    assert len((ROOT / name).read_text(encoding="utf-8").splitlines()) > LINES_MAX


@pytest.mark.parametrize("file", FILES, ids=_name)
def test_a_function_fits_the_eye(file: Path) -> None:
    long = [
        f"{function.name}: {length} lines"
        for function in _functions(file)
        if (length := (function.end_lineno or 0) - function.lineno + 1) > FUNCTION_LINES_MAX
    ]
    assert not long


@pytest.mark.parametrize("file", FILES, ids=_name)
def test_nothing_is_put_off_in_a_comment(file: Path) -> None:
    if file == Path(__file__):
        return
    assert not PUT_OFF.search(file.read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", LEDGER, ids=_name)
def test_clock_and_chance_come_from_outside(file: Path) -> None:
    """The same commands at the same moments give the same events; the command line brings both."""
    assert not [f"line {number}" for number, line in _code(file) if FROM_OUTSIDE.search(line)]


@pytest.mark.parametrize("file", RATING, ids=_name)
def test_money_is_never_a_float(file: Path) -> None:
    """No float is made or divided into being where amounts are counted."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        assert not _makes_a_float(node), f"line {getattr(node, 'lineno', 0)}"


@pytest.mark.parametrize("package", ["ledger", "projections", "cli"])
def test_public_classes_of_a_package_bear_different_names(package: str) -> None:
    """But for the auditor's verifier, which is one file with names of its own."""
    files = [
        file for file in SOURCES if package in file.relative_to(ROOT).parts[:2] and "data" not in file.parts
    ]
    names = Counter(name for file in files for name in _public_classes(file))
    assert {name for name, count in names.items() if count > 1} == set()


def _public_classes(file: Path) -> Iterator[str]:
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node.name


def _makes_a_float(node: ast.AST) -> bool:
    match node:
        case ast.Name():
            return node.id == "float"
        case ast.Constant():
            return isinstance(node.value, float)
        case ast.BinOp() | ast.AugAssign():
            return isinstance(node.op, ast.Div)
        case _:
            return False


@pytest.mark.parametrize("folder", [*OURS, "docs", "requirements"])
def test_no_link_lies_in_the_tree(folder: str) -> None:
    """A link names a place of one machine."""
    assert [each for each in (ROOT / folder).rglob("*") if each.is_symlink()] == []
