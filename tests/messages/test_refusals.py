"""Every refusal and hint is a message, and every message has its Polish."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.presentation.catalogue import catalogue, said, spoken
from hatch_build import compile_stale
from ledger import errors
from ledger.domain.identifiers import check_key
from ledger.errors import CustomerUnknown, ImportRejected, LedgerError, LooksPersonal, Problem
from ledger.message import Hint, Money, msg, step
from tests.messages.extract import ROOT

TOPS = ("src/ledger", "projections", "cli")
KINDS = {
    name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, LedgerError)
}


@pytest.fixture(autouse=True, scope="module")
def _compiled() -> None:
    compile_stale()
    catalogue.cache_clear()


def _calls() -> Iterator[tuple[str, ast.Call]]:
    for top in TOPS:
        for path in sorted((ROOT / top).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    yield f"{path.relative_to(ROOT).as_posix()}:{node.lineno}", node


def _name(call: ast.Call) -> str:
    return str(getattr(call.func, "id", getattr(call.func, "attr", "")))


def _is_bare(node: ast.expr) -> bool:
    if isinstance(node, ast.IfExp):
        return _is_bare(node.body) or _is_bare(node.orelse)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def test_no_refusal_is_made_of_a_bare_text() -> None:
    """Neither its fact nor its hint: a text that is no message has no Polish."""
    bare = [
        place
        for place, call in _calls()
        if _name(call) in KINDS
        for given in (*call.args[:1], *(each.value for each in call.keywords if each.arg == "hint"))
        if _name(call) != "ImportRejected" and _is_bare(given)
    ]
    assert bare == []


def test_no_hint_of_a_class_is_a_bare_text() -> None:
    found = [name for name in KINDS if not isinstance(getattr(errors, name).hint, Hint)]
    assert found == []


def test_no_finding_of_a_check_is_a_bare_text() -> None:
    bare = [p for p, call in _calls() if _name(call) == "CheckFinding" and any(map(_is_bare, call.args[1:]))]
    assert bare == []


@pytest.mark.parametrize(
    ("count", "polish_text"),
    [
        (1, "a.csv: 1 błędny wiersz; niczego nie wczytano"),
        (3, "a.csv: 3 błędne miejsca; niczego nie wczytano"),
        (5, "a.csv: 5 błędnych miejsc; niczego nie wczytano"),
        (22, "a.csv: 22 błędne miejsca; niczego nie wczytano"),
    ],
)
def test_number_of_bad_lines_has_its_form(count: int, polish_text: str) -> None:
    """Given a message in a message, both are said; the English beside it is what it always was."""
    problem = Problem(2, "nip", msg("the cell is empty"), "E-IMPORT-EMPTY", malformed=True)
    error = ImportRejected("a.csv", [problem] * count)
    lines = "1 bad line" if count == 1 else f"{count} bad places"
    assert said(error.message, "pl") == polish_text
    assert (error.fact, str(error)) == (f"a.csv has {lines}; nothing was imported",) * 2


def test_a_refusal_speaks_two_languages_in_one_process() -> None:
    error = CustomerUnknown(msg("there is no customer {code}", code="K-9"))
    assert [said(error.message, lang) for lang in ("pl", "en", "pl")] == [
        "nie ma klienta K-9",
        "there is no customer K-9",
        "nie ma klienta K-9",
    ]
    assert said(error.hint, "pl") == (
        "session-ledger customer list --search TEKST szuka po kodzie, nazwie i NIP; "
        "customer add dodaje klienta"
    )


def test_what_is_refused_as_personal_is_repeated_in_no_language() -> None:
    """Given a key that holds an @, the sentence says where and why, and never what."""
    with pytest.raises(LooksPersonal) as raised:
        check_key("anna@example.pl", msg("the customer code"))
    assert said(raised.value.message, "pl") == "kod klienta wygląda na dane osobowe: zawiera znak @"
    assert str(raised.value) == "the customer code contains an @"


def test_every_hint_of_a_class_is_said_in_polish_with_its_commands() -> None:
    """The words are translated, a command is typed as it is, what it leaves open is named in Polish."""
    for name in sorted(KINDS):
        hint: Hint = getattr(errors, name).hint
        if not str(hint):
            continue
        told = said(hint, "pl")
        assert all(str(spoken(each, "pl")) in told for each in hint.steps), name
        words = string.Formatter().parse(hint.message.template)
        if any(any(c.isalpha() for c in text) for text, *_ in words) and hint != "session-ledger --help":
            assert told != hint, name


def test_value_that_holds_braces_is_never_filled() -> None:
    hint = Hint(msg("its sheets are {there}", there="{x}"))
    assert (str(hint), said(hint, "pl")) == ("its sheets are {x}", "arkusze w pliku: {x}")


def test_hint_of_texts_and_steps_is_one_message() -> None:
    hint = Hint(step("customer list"), " shows {} and ", step("check", ledger=Path("a")))
    assert hint.message.template == "{step} shows {{}} and {step_2}"
    assert str(hint.message) == str(hint)


def test_an_amount_in_a_message_is_a_value_that_either_language_says() -> None:
    """Regression: "pozostało do zapłaty 36.90". What formats amounts below the faces writes files."""
    formatting = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "src" / "ledger").rglob("*.py")
        if "format_amount(" in path.read_text(encoding="utf-8")
    }
    lists = {"src/ledger/domain/rating/tariff_lint.py", "src/ledger/handlers/new_price_list.py"}
    assert formatting == {"src/ledger/domain/money.py", "src/ledger/fa3/values.py", *lists}
    assert said(msg("{number} has {left} left to pay", number="FV/1", left=Money(3690)), "pl").endswith(
        "36,90"
    )
