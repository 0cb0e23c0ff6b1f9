"""Hints as values: text, and the commands in it as data.

The command line prints a hint as it is; another face can offer its steps as buttons.
"""

from __future__ import annotations

from typing import NamedTuple, Self

PROGRAM = "session-ledger"


class Step(NamedTuple):
    """A command that leads on: its name in the command line, its arguments and options.

    An argument in capitals, or `…`, is left to the person. `ledger` is the folder of another ledger.
    A brief step follows another one in a sentence and is typed without the program's name.
    """

    command: str
    arguments: tuple[str, ...] = ()
    ledger: str | None = None
    is_brief: bool = False

    def __str__(self) -> str:
        """Return the command line."""
        place = () if self.ledger is None else ("--ledger", self.ledger)
        program = () if self.is_brief else (PROGRAM,)
        return " ".join((*program, *place, self.command, *self.arguments))


class Hint(str):
    """A hint as the command line prints it; `parts` are its texts and steps in order."""

    __slots__ = ("parts",)
    parts: tuple[str | Step, ...]

    def __new__(cls, *parts: str | Step) -> Self:
        """Join the parts into one text."""
        hint = super().__new__(cls, "".join(map(str, parts)))
        hint.parts = parts
        return hint

    @property
    def steps(self) -> tuple[Step, ...]:
        """The commands of the hint."""
        return tuple(part for part in self.parts if isinstance(part, Step))


def step(command: str, *arguments: object, ledger: object = None, is_brief: bool = False) -> Step:
    """Return a step; numbers and paths become text."""
    return Step(command, tuple(map(str, arguments)), None if ledger is None else str(ledger), is_brief)
