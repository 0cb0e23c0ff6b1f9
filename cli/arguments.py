"""Arguments and options that several commands of one noun share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from cli.options import personal_option
from cli.params import DATE, DOCUMENT_NUMBER, PERIOD, REASON, SESSION
from ledger.errors import BadCombination
from ledger.message import msg

if TYPE_CHECKING:
    from cli.context import App
    from ledger.folder.workers import Workers

Command = TypeVar("Command", bound=Callable[..., Any])

session_argument = click.argument("session", type=SESSION, metavar="S")
"""A session's number, or its reference (ref:… when it could be taken for a number)."""
number_argument = click.argument("number", type=DOCUMENT_NUMBER, metavar="N")
"""The number of a billing document."""
on_option = click.option(
    "--on", required=True, type=DATE, help="The day: 2026-11-16, 16.11.2026, today or yesterday."
)
reason_option = personal_option(
    "--reason",
    type=REASON,
    required=True,
    help="Why: a code (goodwill, wrong-time, complaint …), a sentence, or 'code: sentence'.",
)
answer_option = click.option(
    "-f",
    "--format",
    "answer",
    type=click.Choice(["text", "json"]),
    default="text",
    help="A line for people, or an object for scripts.",
)
deletion_period_option = click.option(
    "--period",
    required=True,
    type=PERIOD,
    help="What was deleted then: 2026-11, 11.2026, 2026-Q4, FROM..UNTIL.",
)


def workers_option(*, help: str) -> Callable[[Command], Command]:  # noqa: A002 - as Click calls it
    """Return the option that names other machines."""
    return click.option("--workers", type=click.Path(path_type=Path), metavar="FILE", help=help)


def workers_options(command: Command) -> Command:
    """Add --workers and --no-workers; `chosen_workers` says what they come to."""
    given = workers_option(
        help="A TOML file that names other machines to do it; `workers` in ledger.toml names one for always."
    )
    never = click.option("--no-workers", is_flag=True, help="Do it on this machine.")
    return given(never(command))


def chosen_workers(app: App, given: Path | None, *, never: bool) -> Workers | None:
    """Return the machines that are to do it: those of the option, else of the ledger; None for this machine.

    Raises: BadCombination, BadWorkers, WorkersUnsafe.
    """
    from ledger.folder.layout import Folder
    from ledger.folder.workers import read_workers

    if given is not None and never:
        raise BadCombination(msg("--workers and --no-workers exclude one another"))
    if given is None and not never:
        given = Folder(app.ledger_dir).workers_file()
    return None if given is None else read_workers(given)
