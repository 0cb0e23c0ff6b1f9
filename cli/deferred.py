"""Typed values that only the ledger can read: its clock tells what `18:40` means, its customers a name.

While the words of a command line are parsed no ledger is open, and one word may still be refused. What needs
the ledger is kept until all are parsed; `pass_app` then has it read, and a command never sees this class.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol, cast

from cli.errors import BadValue
from ledger.errors import Malformed

if TYPE_CHECKING:
    from datetime import datetime

    import click

    from ledger.application.ledger import Ledger
    from ledger.message import Message


class Asked(Protocol):
    """What a value is read by: the app, as far as it is asked here."""

    def open(self, *, for_reports: bool = False) -> Ledger:
        """Return the opened ledger."""
        ...

    def clock(self) -> datetime:
        """Return the present moment."""
        ...

    def word(self, kind: str, code: str) -> str:
        """Return what a code of the vocabulary is called in the language of the run."""
        ...

    def shows_names(self) -> bool:
        """Return True if names of customers may be told."""
        ...

    def say(self, text: str | Message) -> None:
        """Say something on stderr."""
        ...

    def say_customer(self, code: str, name: str | None) -> None:
        """Say which customer was understood."""
        ...


class Deferred:
    """A value to be read once an app is there; what is malformed is refused under its option's name."""

    __slots__ = ("_ctx", "_param", "_read")

    def __init__(
        self, read: Callable[[Asked], object], param: click.Parameter | None, ctx: click.Context | None
    ) -> None:
        self._read = read
        self._param = param
        self._ctx = ctx

    def value(self, app: Asked) -> Any:  # noqa: ANN401 - as Click's own conversions
        """Return the value; raises BadValue for what is malformed, and what the ledger refuses."""
        try:
            return self._read(app)
        except Malformed as error:
            raise BadValue(error, self._param, self._ctx) from error


def read_deferred(options: dict[str, Any], app: Asked) -> None:
    """Put the value in the place of every option that was deferred."""
    for name, value in options.items():
        if isinstance(value, Deferred):
            options[name] = value.value(app)
        elif isinstance(value, tuple):
            several = cast("tuple[object, ...]", value)
            options[name] = tuple(each.value(app) if isinstance(each, Deferred) else each for each in several)
