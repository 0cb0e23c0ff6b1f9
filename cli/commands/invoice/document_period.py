"""`--period` of documents: by the day of issue or by the help they bill, and a word about the other one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from cli.context import App
from cli.presentation.text import Text
from ledger.domain.clock import Period
from ledger.domain.invoice.state import Invoice
from projections.queries.sales_register import PeriodBy, is_in

Command = TypeVar("Command", bound=Callable[..., Any])

_DAYS: dict[PeriodBy, Text] = {
    "issued": Text("wystawione w tym okresie", "issued in the period"),
    "help": Text("za pomoc udzieloną w tym okresie", "for help given in the period"),
}


def by_option(command: Command) -> Command:
    """--by: what puts a document into --period."""
    option = click.option(
        "--by",
        type=click.Choice(["issued", "help"]),
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
            Text(
                pl=f"dokumenty {_DAYS[by].pl}: {len(found)}{_others(missing, other).pl}",
                en=f"documents {_DAYS[by].en}: {len(found)}{_others(missing, other).en}",
            )
        )
    return found


def _others(missing: list[Invoice], other: PeriodBy) -> Text:
    """Return what else there would be by the other day; empty for nothing."""
    if not missing:
        return Text("", "")
    months = ", ".join(sorted({f"{each.issued.issued_on:%Y-%m}" for each in missing}))
    return Text(
        pl=f"; poza nimi {_DAYS[other].pl}: {len(missing)}, wystawione w {months} (--by {other})",
        en=f"; beside them {_DAYS[other].en}: {len(missing)}, issued in {months} (--by {other})",
    )
