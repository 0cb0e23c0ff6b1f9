"""Command lines as the user's shell takes them: POSIX shells, and on Windows cmd and PowerShell alike."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

from ledger.message import Hint

IS_POSIX = os.name == "posix"
PYTHON = "python3" if IS_POSIX else "py"
"""The command that starts Python: on Windows the launcher, where `python3` may open the store of programs."""


_OF_NO_SHELL = re.compile(r"[\w.:/\\=+~…-]+")
"""A word of such signs alone means the same to cmd and PowerShell as to a program."""


def join(words: Sequence[str]) -> str:
    """Return words as one line that gives the same words again."""
    if IS_POSIX:
        from shlex import join as joined

        return joined(words)
    return " ".join(map(_in_double_quotes, words))


def _in_double_quotes(word: str) -> str:
    """Return a word in double quotes where cmd or PowerShell would take a part of it for a sign of theirs."""
    from subprocess import list2cmdline

    text = list2cmdline([word])
    if text.startswith('"') or _OF_NO_SHELL.fullmatch(text):
        return text
    backslashes = len(text) - len(text.rstrip("\\"))
    return f'"{text}{text[len(text) - backslashes :]}"'


def quoted(word: str) -> str:
    """Return a word in quotes: single ones in a POSIX shell, double ones, the only kind of cmd, elsewhere."""
    return f"'{word}'" if IS_POSIX else f'"{word}"'


def variable(name: str, value: str) -> str:
    """Return the line that sets a variable for the commands after it."""
    if IS_POSIX:
        return f"export {name}={value}"
    return f'$env:{name} = "{value}"   (in cmd: set {name}={value})'


def utf8_hint() -> Hint | None:
    """Return how the shells of Windows are told to hand on UTF-8; None in a POSIX shell, which does."""
    if IS_POSIX:
        return None
    return Hint("in cmd say first chcp 65001, in PowerShell $OutputEncoding = [Text.Encoding]::UTF8")
