"""Every question of the command line: where the code asks, and what a person at a terminal may answer."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from unittest.mock import patch

from cli.context import App
from ledger.message import Message
from tests.messages.extract import ROOT

YES = ("t", "tak", "T", "TAK", "y", "yes")
NO = ("n", "nie", "N", "NIE", "no", "")
NEITHER = ("może", "tka", "1")
ANSWERS = "".join(f"{answer}\n" for answer in (*YES, *NO, *NEITHER, "Tak"))
"""What is typed at each question: every word for yes, every one for no, what is neither, and yes again."""
_ON_THE_WAY = {__file__, inspect.getfile(App)}
ASKED_WITH_KSEF = {"cli/commands/invoice/submit.py:_sent", "cli/commands/invoice/withdraw.py:withdraw"}
"""Questions that come with KSeF alone; the others are asked in the walk over every command."""
_PROMPTS = frozenset({"prompt", "confirm", "getchar", "pause", "getpass", "input"})
"""What else would wait for a key: Click's own and the standard library's."""


def questions_of_code() -> set[str]:
    """Return where the command line asks for yes or no: the module and the function of each."""
    return {place for place, of, called in _calls() if of == "app" and called in {"confirm", "ask"}}


def prompts_of_code() -> set[str]:
    """Return where something waits for what is typed, the two ways of `App` apart."""
    return {place for place, of, called in _calls() if of != "app" and called in _PROMPTS}


@cache
def _calls() -> list[tuple[str, str, str]]:
    """Return the place of each call under cli, of what something is called, and what."""
    return [
        (f"{path.relative_to(ROOT).as_posix()}:{function.name}", *_called(node.func))
        for path in sorted((ROOT / "cli").rglob("*.py"))
        if "desk" not in path.parts  # it asks on a page
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
    ]


def _called(what: ast.expr) -> tuple[str, str]:
    if isinstance(what, ast.Attribute):
        return (what.value.id if isinstance(what.value, ast.Name) else "", what.attr)
    return "", what.id if isinstance(what, ast.Name) else ""


class Questions:
    """A person at a terminal who answers each question with every word, in the end with yes."""

    def __init__(self) -> None:
        self.asked: set[str] = set()
        """Where the questions were asked, as `questions_of_code` names it."""

    @contextmanager
    def on_terminal(self) -> Generator[None]:
        """Questions are asked although the streams of a test are none; `ANSWERS` has to be typed."""
        ask = App.ask

        def asks_again_and_again(app: App, question: str | Message) -> bool:
            self.asked.add(_asker())
            for answer in YES:
                assert ask(app, question), answer
            for answer in NO:
                assert not ask(app, question), answer
            return ask(app, question)  # past what is neither

        with (
            patch.object(App, "has_terminal", staticmethod(lambda: True)),
            patch.object(App, "ask", asks_again_and_again),
        ):
            yield


def _asker() -> str:
    """Return the place from which the question came."""
    frame = inspect.currentframe()
    while frame is not None and frame.f_code.co_filename in _ON_THE_WAY:
        frame = frame.f_back
    assert frame is not None
    _, _, file = frame.f_code.co_filename.replace("\\", "/").rpartition("/cli/")
    return f"cli/{file}:{frame.f_code.co_name}"
