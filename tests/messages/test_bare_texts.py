"""No text for people is bare: what is no message of a catalogue has no Polish.

Three rules, each wider than the one before. What a sink is given is no literal, whatever it says; a text that
is put together holds no word of its own; a sentence stands in a message or in one of the few places that no
person reads.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from cli.registry import COMMANDS
from tests.messages.extract import ROOT

SINKS = {
    "say": 0, "hint": 0, "emit": 0, "confirm": 0, "ask": 0, "tell": 1, "progress": 0,
    "Column": 1, "Table": 1, "Report": 1, "PlainTextResponse": 0,
}  # fmt: skip
"""What shows a text to people, and which of its arguments is the text."""
MESSAGES = frozenset({"msg", "msg_in", "msg_n", "later", "plain", "Hint", "step", "Code"})
"""What makes a message of a text, or names what no language says otherwise."""
FOR_PROGRAMS = frozenset(
    {
        "cast",
        "TypeVar",
        "compile",
        "sub",
        "RuntimeError",
        "AssertionError",
        "ValueError",
        "TypeError",
        "LookupError",
        "Thread",
    }
)
"""Calls whose texts are read by programs and programmers."""
HELP = frozenset({"help", "short_help", "epilog", "show_default", "metavar"})
"""What Click shows; the catalogue `help` is made of the commands as they are."""

TYPED = frozenset(
    {
        # a line of a shell, typed alike in every language
        "cli/commands/audit/anchor.py", "cli/commands/audit/witness.py",
        "cli/commands/completion.py", "cli/presentation/shell.py",
        # tables of commands and of help: the catalogue is made of them
        "cli/registry.py", "cli/options.py",
        # bytes of a page, of a drawing, of a template
        "cli/presentation/formats/html_page.py",
        "cli/presentation/documents/typesetting.py", "cli/presentation/charts/bands.py",
        "cli/presentation/charts/delays.py", "cli/presentation/charts/svg.py",
        "cli/presentation/charts/trend.py", "cli/presentation/charts/bars.py",
        "cli/presentation/charts/technician_weeks.py",
        # words by language, in the file itself: amounts in words, the published list's own English
        "cli/presentation/documents/amount_words.py", "cli/presentation/wording/assumptions.py",
        # compares the recorded English of a reason
        "cli/presentation/documents/erasure_letter.py",
        # names of sheets, English keys and Polish names
        "cli/presentation/formats/xlsx.py",
        # the shop's data in a demo, kinds of files
        "cli/commands/demo.py", "cli/desk/app.py", "cli/desk/downloads.py",
        # help with the adapters that there are; the walk of help looks at it
        "cli/commands/source/import_.py",
        # Click's own sentences, looked up in its catalogue
        "cli/suggestions.py",
    }
)  # fmt: skip
"""Files whose literals are not for a catalogue, and why."""
ALIKE = frozenset({"min", "session-ledger", "NIP", "KSeF", "UTC", "RFC", "SHA", "PLN", "curl", "sha256"})
"""Words that both languages have."""

_WORD = re.compile(r"(?<![\w./@%{}<&#?=-])[^\W\d_]{2,}(?![\w./@%={}:-])")
"""A word that stands alone: not a part of a path, an address, an option or the name of a file."""
_SENTENCE = re.compile(r"[^\W\d_]{2,}[,:;]? [^\W\d_]{2,}")
_QUOTATION = "„"
"""What is quoted stays as it was said."""
_MARKUP = re.compile(r"<[^>]*>?")


class Bare(NamedTuple):
    """A literal and where it stands."""

    place: str
    text: str


def _files() -> list[Path]:
    return sorted((ROOT / "cli").rglob("*.py"))


def _called(call: ast.Call) -> str:
    return str(getattr(call.func, "id", getattr(call.func, "attr", "")))


def given_to_sinks(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield what each sink of a module shows."""
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and (at := SINKS.get(_called(node))) is not None
            and len(node.args) > at
        ):
            yield node.args[at]


def literals(node: ast.expr) -> Iterator[ast.expr]:
    """Yield the literals with letters that an expression shows as they are."""
    match node:
        case ast.Constant(value=str(text)) if _WORD.search(text) and not _is_name(text):
            yield node
        case ast.JoinedStr() if _words_of(node):
            yield node
        case ast.IfExp():
            yield from (*literals(node.body), *literals(node.orelse))
        case ast.BinOp():
            yield from (*literals(node.left), *literals(node.right))
        case ast.Call(func=ast.Attribute(value=joined, attr="join" | "format")):
            yield from literals(joined)
        case _:
            pass


def _is_name(text: str) -> bool:
    """Return True for the name of a command and for a quotation: no language says them otherwise."""
    return text in COMMANDS or text.startswith(_QUOTATION)


def _words_of(text: ast.JoinedStr) -> list[str]:
    """Return the words of a text put together, without those that both languages have."""
    whole = "".join(
        each.value if isinstance(each, ast.Constant) and isinstance(each.value, str) else "{}"
        for each in text.values
    )
    return [word for word in _WORD.findall(_MARKUP.sub(" ", whole)) if word not in ALIKE]


def put_together(node: ast.AST) -> Iterator[ast.JoinedStr]:
    """Yield the f-strings with a word of their own, outside messages."""
    if isinstance(node, ast.Call) and _called(node) in MESSAGES | FOR_PROGRAMS:
        return
    if isinstance(node, ast.JoinedStr) and _words_of(node):
        yield node
    for child in ast.iter_child_nodes(node):
        yield from put_together(child)


def sentences(node: ast.AST) -> Iterator[ast.Constant]:
    """Yield the literals of two words and more, outside messages, help and annotations."""
    match node:
        case ast.Call() if _called(node) in MESSAGES | FOR_PROGRAMS:
            return
        case ast.keyword() if node.arg in HELP:
            return
        case ast.Expr(value=ast.Constant()) | ast.AnnAssign(value=None) | ast.JoinedStr():
            return
        case ast.Constant(value=str(text)) if _SENTENCE.search(text) and not _is_name(text):
            yield node
        case _:
            pass
    for child in ast.iter_child_nodes(node):
        yield from sentences(child)


def _bare(path: Path, found: Iterator[ast.expr]) -> list[Bare]:
    name = path.relative_to(ROOT).as_posix()
    return [] if name in TYPED else [Bare(f"{name}:{each.lineno}", ast.unparse(each)) for each in found]


def _trees() -> Iterator[tuple[Path, ast.Module]]:
    for path in _files():
        yield path, ast.parse(path.read_text(encoding="utf-8"))


def test_nothing_that_shows_a_text_is_given_a_bare_one() -> None:
    bare = [
        each
        for path, tree in _trees()
        for each in _bare(path, (found for given in given_to_sinks(tree) for found in literals(given)))
    ]
    assert bare == []


def test_no_text_that_is_put_together_holds_a_word_of_its_own() -> None:
    assert [each for path, tree in _trees() for each in _bare(path, put_together(tree))] == []


def test_no_sentence_stands_outside_a_message() -> None:
    assert [each for path, tree in _trees() for each in _bare(path, sentences(tree))] == []


def values_of_messages(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield the values of messages that are bare texts: as such, by a local name, by `.fact`."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    texts = {each.name: each for each in functions if each.returns and ast.unparse(each.returns) == "str"}
    for function in functions:
        named = _assigned(function)
        for value in _values(function):
            for each in (value, *(named.get(value.id, ()) if isinstance(value, ast.Name) else ())):
                yield from literals(each)
                if isinstance(each, ast.Attribute) and each.attr == "fact":
                    yield each
                if isinstance(each, ast.Call) and _called(each) in texts:
                    yield from _returned(texts[_called(each)])


def _values(function: ast.FunctionDef) -> Iterator[ast.expr]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and _called(node) in {"msg", "msg_in", "msg_n", "plain", "of"}:
            yield from (each.value for each in node.keywords)


def _assigned(function: ast.FunctionDef) -> dict[str, list[ast.expr]]:
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                found.setdefault(ast.unparse(target), []).append(node.value)
    return found


def _returned(function: ast.FunctionDef) -> Iterator[ast.expr]:
    for node in ast.walk(function):
        if isinstance(node, ast.Return) and node.value is not None:
            yield from literals(node.value)


NAMES = {
    "cli/output.py": "the name of a format",
    "src/ledger/imports/day_and_times.py": "the name of a column",
    "src/ledger/domain/rating/tariff_lint.py": "a line of a price list",
}
"""Files whose messages have a value that is typed, and what that is."""


def test_no_value_of_a_message_is_a_bare_text() -> None:
    """A sentence in another one's brace is looked up in no catalogue."""
    bare = [
        f"{name}:{each.lineno}: {ast.unparse(each)}"
        for top in ("src/ledger", "projections", "cli")
        for path in sorted((ROOT / top).rglob("*.py"))
        if (name := path.relative_to(ROOT).as_posix()) not in NAMES
        for each in values_of_messages(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert bare == []


@pytest.mark.parametrize(
    "body",
    [
        'return msg("{a}; {b}", a=f"session {number} is gone", b=1)',
        'word = "put aside" if yes else "there"; return msg("it is {word}", word=word)',
        'return msg("{fact}", fact=error.fact)',
    ],
)
def test_a_bare_value_of_a_message_is_seen(body: str) -> None:
    assert list(values_of_messages(ast.parse(f"def f():\n    {body}")))


@pytest.mark.parametrize(
    "code",
    [
        'app.say("nothing to do")',
        'app.emit(f"{count} files")',
        'app.hint("look again" if late else msg("wait"))',
        'Column("at", "Since")',
        'recording.tell(app, "done so", receipt)',
        'app.say("deleted " + name)',
        'with progress("read models", 7): pass',
    ],
)
def test_a_bare_text_is_seen(code: str) -> None:
    """The rule finds what it is for."""
    assert [each for given in given_to_sinks(ast.parse(code)) for each in literals(given)]


@pytest.mark.parametrize(
    ("code", "is_seen"),
    [
        ('left = f", {count} left"', True),
        ('words = f"{seconds} s, after {end}"', True),
        ('name = f"{stem}.pdf"', False),
        ('page = f"/session/{number}/purge"', False),
        ('said(msg("{what} is gone", what=f"a {thing} there"))', False),
    ],
)
def test_a_word_in_a_text_put_together_is_seen(code: str, *, is_seen: bool) -> None:
    assert bool(list(put_together(ast.parse(code)))) == is_seen


@pytest.mark.parametrize("name", sorted(TYPED))
def test_a_file_that_is_left_out_has_something_to_leave_out(name: str) -> None:
    """An exception that nobody needs any more goes."""
    tree = ast.parse((ROOT / name).read_text(encoding="utf-8"))
    given = (found for each in given_to_sinks(tree) for found in literals(each))
    assert [*given, *put_together(tree), *sentences(tree)]
