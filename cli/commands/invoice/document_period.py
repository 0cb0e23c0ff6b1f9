"""`--period` of documents: by the day of issue or by the help they bill, and a word about the other one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from cli.context import App
from cli.param_types import Word
from ledger.domain.clock import Period
from ledger.domain.invoice.state import Invoice
from ledger.message import Message, msg
from projections.queries.sales_register import PeriodBy, is_in

Command = TypeVar("Command", bound=Callable[..., Any])

_DAYS: dict[PeriodBy, Message] = {
    "issued": msg("issued in the period"),
    "help": msg("for help given in the period"),
}


def by_option(command: Command) -> Command:
    """--by: what puts a document into --period."""
    option = click.option(
        "--by",
        type=Word("document_day", ["issued", "help"]),
        default="issued",
        show_default=True,
        help="What --period means: the day of issue, or the day of the help.",
    )
    return option(command)


def chosen_in(app: App, documents: Iterable[Invoice], period: Period | None, by: PeriodBy) -> list[Invoice]:
    """Return the documents of a period; say which day is meant, and what the other one would add.

    Nothing is said where that is nothing, or no period is named.
    """
    listed = list(documents)
    if period is None:
        return listed
    found = [each for each in listed if is_in(each, period, by)]
    other: PeriodBy = "help" if by == "issued" else "issued"
    missing = [each for each in listed if is_in(each, period, other) and not is_in(each, period, by)]
    if missing or not found:
        app.say(
            msg(
                "documents {DAYS}: {n_found}{missing}",
                DAYS=_DAYS[by],
                n_found=len(found),
                missing=_others(missing, other),
            )
        )
    return found


def _others(missing: list[Invoice], other: PeriodBy) -> Message:
    """Return what else there would be by the other day; empty for nothing."""
    if not missing:
        return msg("")
    months = ", ".join(sorted({f"{each.issued.issued_on:%Y-%m}" for each in missing}))
    return msg(
        "; beside them {DAYS}: {n_missing}, issued in {months} (--by {other})",
        DAYS=_DAYS[other],
        n_missing=len(missing),
        months=months,
        other=other,
    )
