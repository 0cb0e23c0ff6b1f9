"""What the ledger says, as values: messages with their template and values, hints with their commands.

A face of the program looks a template up in its catalogue, in the language of its user, and fills the values
in. Logs, JSON and `str()` have the English template, whatever that language is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Self

PROGRAM = "session-ledger"


@dataclass(frozen=True, slots=True)
class Message:
    """An English template and what goes into its braces; values may be messages themselves.

    `context` tells apart two meanings of the same English words. With a `count`, `plural` is the template
    for any count but one, and both may name it as `{count}`.
    """

    template: str
    values: Mapping[str, object] = field(default_factory=dict[str, object])
    context: str = ""
    plural: str = ""
    count: int | None = None

    def __str__(self) -> str:
        """Return the message in English."""
        is_many = self.count is not None and self.count != 1
        return self.filled(self.plural if is_many else self.template)

    def filled(self, template: str) -> str:
        """Return a template, of whatever language, with the values in it; one without values is literal."""
        values = self.values if self.count is None else {**self.values, "count": self.count}
        return template.format(**values) if values else template


def msg(template: str, **values: object) -> Message:
    """Return a message."""
    return Message(template, values)


def msg_in(context: str, template: str, **values: object) -> Message:
    """Return a message whose English words mean something else elsewhere."""
    return Message(template, values, context)


def msg_n(one: str, many: str, count: int, **values: object) -> Message:
    """Return a message about a number of things: `msg_n("{count} hour", "{count} hours", 3)`."""
    return Message(one, values, plural=many, count=count)


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
