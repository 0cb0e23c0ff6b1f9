"""Over every command: what is said in Polish holds no English that the vocabulary or a catalogue knows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import ledger
from cli.presentation.catalogue import catalogue
from cli.registry import COMMANDS
from hatch_build import compile_stale
from ledger.domain.tariff.tariff import parse_tariff
from tests.polish.english import TYPED_IN_HELP, found
from tests.polish.lines import NOT_HERE, REFUSED, SUCCESS
from tests.polish.pages import Shown, broken, missed, too_wide
from tests.polish.walk import Said, Walk, name_of
from tests.support.office import ON_POSTGRES
from tests.support.questions import ASKED_WITH_KSEF, NEITHER, prompts_of_code, questions_of_code
from tests.support.terminal import bare

SHIPPED = Path(ledger.__file__).parent / "data" / "tariff.toml"
DONE, FOUND = 0, 3
QUOTES_A_FILE = ("completion ", "tariff diff", "tariff show --text")
"""Lines whose answer is a file as it stands: a script, a price list."""
_COLUMNS = {"consumer", "customer", "name", "issue"}
TOLD_OTHERWISE = {"report month", "report sales", "session explain", "session show"}
"""Reports of which a narrow terminal has tables of its own."""
NO_TRANSLATION = {
    "check": {"deleted", "vault"},
    "config show": {"origin", "name"},
    "customer import": _COLUMNS,
    "demo": {"export"},
    "purchase import": _COLUMNS,
    "purchase list": {"monitor"},
    "session certificate": {"extra", "index"},
    "session import": _COLUMNS,
}
"""What stands as it is: names of checks, of settings, of columns, of goods; lines of a proof."""
ANSWER = "odpowiedz tak albo nie"
pytestmark = pytest.mark.skipif(ON_POSTGRES, reason="one store is enough for what is said")


class Walked(NamedTuple):
    """Everything that the walk heard and saw."""

    said: list[Said]
    shown: list[Shown]
    reports: set[str]
    """Commands with the forms of a report."""
    asked: set[str]
    """Where questions were asked."""


@pytest.fixture(scope="module")
def walked(tmp_path_factory: pytest.TempPathFactory) -> Walked:
    compile_stale()
    catalogue.cache_clear()
    walk = Walk(tmp_path_factory.mktemp("polish"))
    said = [*walk.helps(), *walk.begins(), *walk.succeeds(), *walk.is_refused()]
    return Walked(said, walk.shown, set(filter(walk.is_report, COMMANDS)), walk.questions.asked)


@pytest.fixture
def said(walked: Walked) -> list[Said]:
    """Everything that the walk heard."""
    return walked.said


@pytest.fixture
def shown(walked: Walked) -> list[Shown]:
    """Each report on terminals."""
    return walked.shown


def test_the_walk_takes_every_command() -> None:
    """A command that is not in it would never be read."""
    assert set(COMMANDS) - {name_of(line) for line in SUCCESS} - {"demo"} == NOT_HERE
    assert set(COMMANDS) - {name_of(line) for line in REFUSED} == set()


def test_every_line_ends_as_it_is_meant_to(said: list[Said]) -> None:
    ended = {each.line: each.status for each in said if each.where == "stderr"}
    assert {line: ended[line] for line in SUCCESS if ended[line] not in {DONE, FOUND}} == {}
    assert {line: ended[line] for line in REFUSED if ended[line] in {DONE, FOUND}} == {}


def test_every_question_is_answered_in_either_language(walked: Walked) -> None:
    """Each took yes and no in every word, and asked again where neither was typed."""
    assert questions_of_code() - walked.asked == ASKED_WITH_KSEF
    again = [each.text.count(ANSWER) for each in walked.said if ANSWER in each.text]
    assert len(again) >= len(walked.asked)
    assert {count % len(NEITHER) for count in again} == {0}


def test_nothing_else_waits_for_what_is_typed() -> None:
    """What asks by itself would take one language alone."""
    assert prompts_of_code() == {"cli/context.py:ask", "cli/options.py:_asked"}


def test_nothing_is_said_in_english(said: list[Said]) -> None:
    """Every answer, refusal, help; every report as table, page, workbook and on paper."""
    english = dict.fromkeys(
        f"{each.line} | {each.where} | {word}: {line}" for each in said for word, line in _english(each)
    )
    assert list(english) == []


def test_every_report_is_looked_at_on_a_terminal(walked: Walked) -> None:
    assert walked.reports - {name_of(each.line) for each in walked.shown} == NOT_HERE & walked.reports


def test_no_line_is_wider_than_a_terminal_of_80_or_100_columns(shown: list[Shown]) -> None:
    assert [(each.line, each.columns, line) for each in shown for line in too_wide(each)] == []


def test_no_word_is_broken_on_a_terminal(shown: list[Shown]) -> None:
    assert [(each.line, each.columns, word) for each in shown for word in broken(each)] == []


def test_every_heading_and_amount_is_shown_or_named_as_left_out(shown: list[Shown]) -> None:
    whole = [each for each in shown if "w skrócie; całość" not in each.colourless]
    assert [(each.line, each.columns, word) for each in whole for word in missed(each)] == []
    assert {name_of(each.line) for each in shown if each not in whole} == TOLD_OTHERWISE


def test_without_colours_a_terminal_shows_the_same(shown: list[Shown]) -> None:
    assert [each.line for each in shown if bare(each.coloured) != each.colourless] == []
    assert all("\x1b[" in each.coloured for each in shown)


def _english(each: Said) -> Iterator[tuple[str, str]]:
    if each.line.startswith(QUOTES_A_FILE):
        return
    allowed = set(TYPED_IN_HELP) if each.where == "help" else set[str]()
    if not each.line.endswith("--help"):
        allowed |= NO_TRANSLATION.get(name_of(each.line), set())
    text = each.text
    if each.line == "tariff show":  # its own English names of bands
        for name in sorted(_NAMES_OF_BANDS, key=len, reverse=True):
            text = text.replace(name, "")
    if each.where == "pdf":  # ids of readings are set in several lines
        allowed |= _ID_PARTS
    yield from (each for each in found(text, each.line) if each.word not in allowed)


_LIST = parse_tariff(SHIPPED.read_text(encoding="utf-8"))
_NAMES_OF_BANDS = [band.name.en for band in _LIST.bands.values() if band.name is not None]
_ID_PARTS = {part for reading in _LIST.assumptions for part in reading.id.replace(".", "-").split("-")}
