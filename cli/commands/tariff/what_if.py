"""`session-ledger tariff what-if`: what another reading of the price list would have cost."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import click

from cli.context import App, pass_app
from cli.options import as_of_option
from cli.output import Report, report_options
from cli.param_types import Word
from cli.params import PERIOD, REPORTED_CUSTOMER, Now
from cli.presentation.tables.what_if import what_if_report
from ledger.domain.clock import Period
from ledger.errors import BadCombination
from ledger.message import Hint, msg
from projections.queries import what_if as view

if TYPE_CHECKING:
    pass


@click.command("what-if")
@click.argument("changes", nargs=-1, metavar="KEY=VALUE…")
@click.option(
    "--period", required=True, type=PERIOD, help="Sessions of this period: 2026-11, 11.2026 or November."
)
@click.option("--customer", type=REPORTED_CUSTOMER, help="Only this customer.")
@click.option(
    "--favour",
    type=Word("favour", ["customer"]),
    help="Read in the customer's favour whatever favours the shop.",
)
@as_of_option
@report_options
@pass_app
def what_if(
    app: App,
    changes: tuple[str, ...],
    period: Period,
    customer: str | None,
    favour: str | None,
    as_of: datetime | Now | None,
) -> Report:
    """Rate a period under another reading of the price list, session by session and in total.

    \b
    Examples:
      session-ledger tariff what-if boundary=per_band --period 2026-11
      session-ledger tariff what-if --favour customer --period 2026-11
    """
    said = dict(_change(text) for text in changes)
    if not said and favour is None:
        raise BadCombination(
            msg("no other reading is named"), hint=Hint("boundary=per_band, or --favour customer")
        )
    with app.snapshot(as_of) as snapshot:
        found = view.compare(
            snapshot.views,
            snapshot.ledger.store,
            snapshot.position,
            period,
            said,
            favour_customer=favour is not None,
            customer=snapshot.resolved_customer(customer),
        )
        if favour is not None:
            said = view.favouring(snapshot.state, period) | said
        return what_if_report(found, said, period, snapshot.as_of, app.lang)


def _change(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise BadCombination(
            msg("{text!r} is not KEY=VALUE", text=text), hint=Hint("for example boundary=per_band")
        )
    return key.strip(), value.strip()
