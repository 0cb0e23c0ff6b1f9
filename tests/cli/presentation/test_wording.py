"""What both faces show is worded once."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

import pytest
from msgspec import Struct

from cli.presentation.formats.cells import in_words
from cli.presentation.formats.model import Column
from cli.presentation.tables.session_shown import HEADER
from cli.presentation.wording.event_details import LABELS, TECHNICAL
from ledger.domain.events import sessions
from ledger.message import msg

PRESENTATION = Path(__file__).parents[3] / "cli" / "presentation"
SENTENCE_WORDS = 4


def _texts(tree: ast.AST) -> list[tuple[str, ...]]:
    """Every message of a module: its words in English, with their context."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    named = [node for node in calls if isinstance(node.func, ast.Name) and node.func.id in {"msg", "msg_in"}]
    return [tuple(str(arg.value) for arg in node.args if isinstance(arg, ast.Constant)) for node in named]


def test_sentence_stands_in_one_file_only() -> None:
    """A heading of a word or two may be named by several tables: the catalogue has one Polish for it."""
    places = defaultdict[tuple[str, ...], set[str]](set)
    for file in PRESENTATION.rglob("*.py"):
        for text in _texts(ast.parse(file.read_text(encoding="utf-8"))):
            places[text].add(str(file.relative_to(PRESENTATION)))
    assert len(places) > 200
    sentences = {text: files for text, files in places.items() if len(text[-1].split()) >= SENTENCE_WORDS}
    assert {text: files for text, files in sentences.items() if len(files) > 1} == {}


@pytest.mark.parametrize(
    ("key", "code", "told"),
    [
        ("state", "needs_receipt", "needs a receipt"),
        ("age", "not_due", "not due yet"),
        ("ksef", "to_send", "to be sent"),
        ("band", "off_hours", "outside office hours"),
        ("rule", "list_price", "list price"),
        ("state", "connected", "connected"),
        ("consumer", "sole_trader", "sole_trader"),
        ("issue", "other", "other"),
        ("reason", "wrong-time", "wrong-time"),
    ],
)
def test_on_an_english_terminal_how_money_stands_is_in_words(key: str, code: str, told: str) -> None:
    """What is typed again stays a code there; a page, a paper and Polish have words for all."""
    column = Column(key, msg("Heading"))
    assert in_words(code, column, "en", but_typed=True) == told
    assert in_words(code, column, "pl") != code


def test_every_field_of_a_session_s_events_has_its_word() -> None:
    """Regression: a correction's kinds of help were told "at 30.11.2026 20:00" in Polish."""
    structs = [
        each for each in vars(sessions).values() if isinstance(each, type) and issubclass(each, Struct)
    ]
    fields = {field for each in structs for field in each.__struct_fields__}
    assert fields - set(LABELS) - TECHNICAL - HEADER - {"remote_id_fingerprints"} == set()
    assert len(structs) > 20
