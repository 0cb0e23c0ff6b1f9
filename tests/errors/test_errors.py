"""Every refusal has a code, a page, and a reproducer that shows what a person is told."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ledger import errors
from ledger.errors import Conflict, Found, LedgerError, Malformed, Refused
from tests.errors.reproducers import REPRODUCERS
from tests.support.reference import error_classes

if TYPE_CHECKING:
    from tests.errors.desk import Desk

ROOT = Path(__file__).parents[2]
CLASSES: dict[str, type[LedgerError]] = {kind.code: kind for kind in error_classes()}
IN_A_LINE = {"E-IMPORT-COLUMN", "E-IMPORT-LINE", "E-IMPORT-EMPTY", "E-IMPORT-CELL", "E-IMPORT-CONFLICT"}
"""Codes that name what is wrong with a line of a file; the file as a whole is refused with E-IMPORT."""


OF_A_FORMER_LIST = {"E-BAND-UNNAMED"}
"""Needs a price list of a former release: tests/acceptance/tariff/test_new_list.py has one."""


@pytest.mark.parametrize("code", sorted(REPRODUCERS))
def test_a_refusal_tells_the_fact_the_code_and_what_to_do(code: str, desk: Desk) -> None:
    """`Error: <fact> (<code>)`, then `hint: <what to do>`, and the exit status of its class."""
    status, stderr = REPRODUCERS[code](desk)
    head = "E-IMPORT" if code in IN_A_LINE else code
    told = re.search(rf"^Error: (?P<fact>.+) \({head}\)\nhint: (?P<hint>.+)$", stderr, re.MULTILINE)
    assert told, f"{code} was not met; told was: {stderr or 'nothing'}"
    assert f"({code})" in stderr
    assert not told["fact"].endswith(".")
    assert not told["hint"].endswith(".")
    expected = CLASSES["E-IMPORT"].exit_status if code == "E-IMPORT" else CLASSES[code].exit_status
    assert status == expected


@pytest.mark.parametrize("code", sorted(REPRODUCERS))
def test_a_refusal_repeats_no_personal_data(code: str, desk: Desk) -> None:
    """What is known of customers and callers stands in no message."""
    stderr = REPRODUCERS[code](desk).stderr
    assert not re.search(r"Igiełka|Nowak|501600700|Kowalski|driver reinstalled", stderr)


def test_every_code_has_a_reproducer() -> None:
    """A refusal that nobody can meet is no refusal; one that nobody met may read badly."""
    assert sorted({*CLASSES} - OF_A_FORMER_LIST) == sorted(REPRODUCERS)


def test_every_code_in_the_source_is_that_of_a_class() -> None:
    """So that each has a page in docs/reference/errors.md."""
    files = [*ROOT.glob("src/ledger/**/*.py"), *ROOT.glob("projections/*.py"), *ROOT.glob("cli/**/*.py")]
    written = {code for file in files for code in re.findall(r'"(E-[A-Z0-9-]+)"', file.read_text("utf-8"))}
    assert written <= set(CLASSES)


def test_every_class_says_what_it_is() -> None:
    """Code, docstring and hint; the exit status of its branch of the tree."""
    branches = {Refused: 1, Malformed: 2, Found: 3, Conflict: 4}
    for kind in error_classes():
        assert re.fullmatch(r"E(-[A-Z0-9]+)+", kind.code)
        assert kind.__doc__
        assert kind.__doc__.endswith(".")
        assert kind.hint
        for branch, status in branches.items():
            assert not issubclass(kind, branch) or kind.exit_status == status


def test_no_two_classes_share_a_code() -> None:
    leaves = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, LedgerError) and kind.code
    ]
    assert len({kind.code for kind in leaves}) == len(leaves)
