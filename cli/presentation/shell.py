"""Command lines as the user's shell takes them: POSIX shells, and on Windows cmd and PowerShell alike."""

from __future__ import annotations

import os
from collections.abc import Sequence

IS_POSIX = os.name == "posix"
PYTHON = "python3" if IS_POSIX else "py"
"""The command that starts Python: on Windows the launcher, where `python3` may open the store of programs."""


def join(words: Sequence[str]) -> str:
    """Return words as one line that gives the same words again."""
    if IS_POSIX:
        from shlex import join as joined

        return joined(words)
    from subprocess import list2cmdline

    return list2cmdline(words)


def quoted(word: str) -> str:
    """Return a word in quotes: single ones in a POSIX shell, double ones, the only kind of cmd, elsewhere."""
    return f"'{word}'" if IS_POSIX else f'"{word}"'


def variable(name: str, value: str) -> str:
    """Return the line that sets a variable for the commands after it."""
    if IS_POSIX:
        return f"export {name}={value}"
    return f'$env:{name} = "{value}"   (in cmd: set {name}={value})'
