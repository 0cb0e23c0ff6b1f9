"""`session-ledger purchase …`: what customers bought, which makes their help cheaper."""

from __future__ import annotations

from datetime import datetime

import click

from cli.arguments import reason_option
from cli.commands.import_options import ImportSource, import_options, take_in
from cli.context import App, pass_app
from cli.options import Recording, if_version_option, personal_option, recording_options
from cli.output import Report, report_options
from cli.params import CUSTOMER, ORDER_REF, SEEN_INSTANT, Now
from ledger.application.ledger import Ledger
from ledger.message import Money, msg

_KNOWN = msg("this purchase was recorded before; nothing was changed")


def _tell_price_changes(app: App, ledger: Ledger, position: int) -> list[dict[str, object]]:
    """Say which recorded sessions cost something else because of what was recorded after a position."""
    from projections.queries.price_changes import price_changes

    changed = price_changes(ledger.folder.path, ledger.store, position)
    for change in changed:
        app.say(
            msg(
                "session {session} changes its price: {before} → {after} PLN net",
                session=change.session,
                before=Money(change.before_grosze),
                after=Money(change.after_grosze),
            )
        )
    return [change._asdict() for change in changed]


@click.command("import")
@import_options
@pass_app
def import_(
    app: App,
    source: ImportSource,
) -> None:
    """Import purchases from a table (CSV, XLSX, ODS, XLS), all of them or none.

    Columns: customer, order_ref, purchased_at; product. Sessions that change their price are told.

    \b
    Example:
      session-ledger purchase import purchases.csv
    """
    from ledger.imports.customers import PURCHASE_COLUMNS, import_purchases

    ledger = app.open()
    position = ledger.store.length()
    outcome = take_in(
        app,
        source,
        PURCHASE_COLUMNS,
        lambda sheet, layout, bar: import_purchases(
            ledger, source.recording.said(), sheet, layout=layout, dry_run=source.dry_run, progress=bar
        ),
    )
    if outcome.events:
        _tell_price_changes(app, ledger, position)


@click.command()
@click.argument("customer", type=CUSTOMER)
@click.option("--order", "order_ref", required=True, type=ORDER_REF, help="The shop's order or receipt.")
@click.option("--at", required=True, type=SEEN_INSTANT, help="When it was bought; a day will do.")
@personal_option("--product", help="What was bought; goes to the vault.")
@if_version_option
@recording_options
@pass_app
def add(
    app: App, recording: Recording, customer: str, order_ref: str, at: datetime | Now, product: str | None
) -> None:
    """Record a purchase: from then on the buyer is a customer of the shop.

    \b
    Example:
      session-ledger purchase add K-041 --order ZAM/2026/118 --at 2026-03-14
    """
    from ledger.handlers import customer as customers

    ledger = app.open()
    position = ledger.store.length()
    moment = app.moment(at) or ledger.now()
    receipt = customers.add_purchase(
        ledger, recording.said(), customer, order_ref=order_ref, at=moment, product=product
    )
    if receipt is None:
        app.say(_KNOWN)
        if recording.as_json:
            nothing: dict[str, object] = {"events": [], "event": None, "recorded_at": None}
            app.emit(nothing | {"customer": customer, "price_changes": []})
        return
    line = msg("Purchase {order_ref} recorded", order_ref=order_ref)
    changes = _tell_price_changes(app, ledger, position)
    recording.tell(app, line, receipt, customer=customer, price_changes=changes)


@click.command("list")
@click.option("--customer", type=CUSTOMER, help="Only this customer.")
@report_options
@pass_app
def list_(app: App, customer: str | None) -> Report:
    """List purchases, by customer: orders, when they were bought and when they went back.

    \b
    Example:
      session-ledger purchase list --customer K-041
    """
    from cli.presentation.tables.customer import purchases_report

    ledger = app.open()
    codes = None if customer is None else {ledger.find_customer(customer).customer}
    return purchases_report(ledger, codes)


@click.command("return")
@click.argument("customer", type=CUSTOMER)
@click.option("--order", "order_ref", required=True, type=ORDER_REF, help="The order that went back.")
@click.option("--at", required=True, type=SEEN_INSTANT, help="When it went back; a day will do.")
@reason_option
@if_version_option
@recording_options
@pass_app
def return_(
    app: App, recording: Recording, customer: str, order_ref: str, at: datetime | Now, reason: str
) -> None:
    """Record a return: from then on the purchase makes its buyer no customer of the shop.

    \b
    Example:
      session-ledger purchase return K-041 --order ZAM/2026/118 --at 2026-04-02 --reason complaint
    """
    from ledger.handlers import customer as customers
    from ledger.handlers.quote import as_bought

    ledger = app.open()
    position = ledger.store.length()
    moment = app.moment(at) or ledger.now()
    order_ref = as_bought(ledger, customer, order_ref)
    receipt = customers.return_purchase(
        ledger, recording.said(), customer, order_ref=order_ref, at=moment, reason=reason
    )
    changes = _tell_price_changes(app, ledger, position)
    line = msg("Return of {order_ref} recorded", order_ref=order_ref)
    recording.tell(app, line, receipt, customer=customer, price_changes=changes)
