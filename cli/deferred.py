"""Typed values that only the ledger can read: its clock tells what `18:40` means, its customers a name.

While the words of a command line are parsed no ledger is open, and one word may still be refused. What needs
the ledger is kept until all are parsed; `pass_app` then has it read, and a command never sees this class.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from cli.errors import BadValue
from ledger.errors import Malformed

if TYPE_CHECKING:
    import click

    from cli.context import App


class Deferred:
    """A value to be read once an app is there; what is malformed is refused under its option's name."""

    __slots__ = ("_ctx", "_param", "_read")

    def __init__(
        self, read: Callable[[App], object], param: click.Parameter | None, ctx: click.Context | None
    ) -> None:
        self._read = read
        self._param = param
        self._ctx = ctx

    def value(self, app: App) -> Any:  # noqa: ANN401 - as Click's own conversions
        """Return the value; raises BadValue for what is malformed, and what the ledger refuses."""
        try:
            return self._read(app)
        except Malformed as error:
            raise BadValue(error, self._param, self._ctx) from error


def read_deferred(options: dict[str, Any], app: App) -> None:
    """Put the value in the place of every option that was deferred."""
    for name, value in options.items():
        if isinstance(value, Deferred):
            options[name] = value.value(app)
