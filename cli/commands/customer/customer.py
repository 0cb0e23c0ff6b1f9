"""`session-ledger customer …`: who is helped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from cli.commands.import_options import Source, import_options, take_in
from cli.commands.session.amend import reason_option
from cli.context import App, pass_app
from cli.options import Recording, ask_option, personal_option, recording_options, yes_option
from cli.output import Column, Report, Row, Table, report_options
from cli.params import CONSUMER, CUSTOMER, VAT_TREATMENT
from cli.presentation.text import Text
from ledger.domain.clock import format_instant

_FIELDS = ("name", "nip", "address_line1", "address_line2", "country", "email", "consumer", "vat_id")


def profile_options(command: Any) -> Any:  # noqa: ANN401 - a decorator over what Click makes
    """The data of a customer, each field an option; personal ones can come from standard input."""
    for option in reversed(
        (
            personal_option("--name", help="Name of the firm or the person."),
            personal_option("--nip", help="NIP; its check digit is checked."),
            personal_option("--address-line1", help="Street and number."),
            personal_option("--address-line2", help="Postal code and town."),
            click.option("--country", help="Two letters. Default: PL."),
            personal_option("--email", help="Where invoices go."),
            click.option("--consumer", type=CONSUMER, help="Default: unknown, quoted like a consumer."),
            personal_option("--vat-id", help="EU VAT number."),
            click.option("--vat-treatment", type=VAT_TREATMENT, help="Default: pl, abroad ask."),
        )
    ):
        command = option(command)
    return command


def _given(options: dict[str, str | None]) -> dict[str, str]:
    return {key: value for key, value in options.items() if value is not None}


@click.command("import")
@click.option("--update", is_flag=True, help="Change the data of customers that are known.")
@import_options
@pass_app
def import_(
    app: App,
    recording: Recording,
    source: Source,
    *,
    update: bool,
    dry_run: bool,
) -> None:
    """Customers from a table (CSV, XLSX, ODS, XLS), taken whole or not at all.

    Columns: customer, name; nip, address_line1, address_line2, country, email, consumer, vat_id,
    vat_treatment. Polish headings are understood.

    \b
    Example:
      session-ledger customer import customers.csv --dry-run
    """
    from ledger.imports.customers import CUSTOMER_COLUMNS, import_customers

    ledger = app.open()
    take_in(
        app,
        source,
        CUSTOMER_COLUMNS,
        lambda sheet, layout, bar: import_customers(
            ledger, recording.said(), sheet, layout=layout, update=update, dry_run=dry_run, progress=bar
        ),
        dry_run=dry_run,
        as_json=recording.as_json,
    )
    app.hint("session-ledger purchase import purchases.csv, then session import sessions.csv")


def _tell_shared(app: App, code: str, nip: str | None) -> None:
    """Say that a NIP is the seller's own, or another customer's too."""
    from ledger.handlers.party_numbers import shared_nips

    for each in shared_nips(app.open(), [(code, nip or "")]):
        app.say(
            Text(
                pl=f"NIP {each.nip} ma też {f'klient {each.other}' if each.other else 'sam sprzedawca'}",
                en=each.fact,
            )
        )


@click.command()
@click.argument("code", type=CUSTOMER)
@profile_options
@ask_option
@recording_options
@pass_app
def add(app: App, /, recording: Recording, code: str, **options: str | None) -> None:
    """Register a customer under a code of your own.

    \b
    Example:
      session-ledger customer add K-041 --name "Zakład Krawiecki Nowak" --consumer no
    """
    from ledger.handlers import customer as customers

    profile = customers.check_profile(_given(options))
    receipt = customers.add(app.open(), recording.said(), code, profile)
    recording.tell(
        app, Text(pl=f"Klient {code} zapisany", en=f"Customer {code} registered"), receipt, customer=code
    )
    _tell_shared(app, code, profile.personal.get("nip"))
    app.hint(f"session-ledger purchase add {code} --order REF --at DATE, if they bought something")


@click.command()
@click.argument("code", type=CUSTOMER)
@profile_options
@reason_option
@ask_option
@recording_options
@pass_app
def update(app: App, /, recording: Recording, code: str, reason: str, **options: str | None) -> None:
    """Change what is known of a customer; an empty value removes a field.

    \b
    Example:
      session-ledger customer update K-041 --email "" --reason data-changed
    """
    from ledger.handlers import customer as customers

    receipt = customers.update(app.open(), recording.said(), code, _given(options), reason=reason)
    recording.tell(
        app, Text(pl=f"Klient {code} zmieniony", en=f"Customer {code} updated"), receipt, customer=code
    )
    if options.get("nip"):
        _tell_shared(app, code, customers.current_data(app.open(), code).get("nip"))


@click.command()
@click.argument("kept", type=CUSTOMER, metavar="A")
@click.argument("merged", type=CUSTOMER, metavar="B")
@reason_option
@yes_option
@recording_options
@pass_app
def merge(app: App, recording: Recording, kept: str, merged: str, reason: str, *, yes: bool) -> None:
    """Two entries were one customer: B's sessions and purchases count as A's from now on.

    \b
    Example:
      session-ledger customer merge K-041 K-112 --reason double-entry --yes
    """
    from ledger.handlers import customer as customers

    app.confirm(
        Text(pl=f"Połączyć {merged} z {kept}? To zostaje.", en=f"Merge {merged} into {kept}? It stays so."),
        yes=yes,
    )
    receipt = customers.merge(app.open(), recording.said(), merged, kept, reason=reason)
    line = Text(
        pl=f"Klient {merged} połączony z {kept}", en=f"Customer {merged} counts as {kept} from now on"
    )
    recording.tell(app, line, receipt, customer=kept)


@click.command("list")
@report_options
@pass_app
def list_(app: App) -> Report:
    """All customers, with their names from the vault.

    \b
    Example:
      session-ledger customer list -f csv -o customers.csv
    """
    from ledger.application.ledger import ERASED

    ledger = app.open()

    def rows() -> Iterator[Row]:
        for code in ledger.customer_codes():
            customer = ledger.find_customer(code)
            words = ledger.words(customer.commitment) or {"name": ERASED}
            yield (
                code,
                words.get("name"),
                words.get("nip"),
                customer.country,
                customer.consumer,
                len(customer.purchases),
                customer.merged_into,
            )

    columns = (
        Column("customer", Text("Klient", "Customer")),
        Column("name", Text("Nazwa", "Name")),
        Column("nip", Text("NIP", "NIP")),
        Column("country", Text("Kraj", "Country")),
        Column("consumer", Text("Konsument", "Consumer")),
        Column("purchases", Text("Zakupy", "Purchases"), "integer"),
        Column("merged_into", Text("Połączony z", "Merged into")),
    )
    found = list(rows())
    keys = [column.key for column in columns]
    document = {
        "schema": "session-ledger/customer-list/1",
        "customers": [dict(zip(keys, row, strict=True)) for row in found],
    }
    title = Text("Klienci", "Customers")
    return Report(
        "customers", title, document, (Table("customers", title, columns, found),), ledger.last_recorded_at()
    )


@click.command()
@click.argument("code", type=CUSTOMER)
@report_options
@pass_app
def show(app: App, code: str) -> Report:
    """One customer: data, purchases.

    \b
    Example:
      session-ledger customer show K-041
    """
    from ledger.application.ledger import ERASED

    ledger = app.open()
    customer = ledger.find_customer(code)
    words = ledger.words(customer.commitment)
    data = {
        key: (words or {}).get(key, ERASED if words is None and key == "name" else None) for key in _FIELDS
    }
    data |= {"country": customer.country, "consumer": customer.consumer}
    data |= {"vat_treatment": customer.vat_treatment, "merged_into": customer.merged_into}
    purchases: list[Row] = []
    for bought in customer.purchases:
        product = (ledger.words(bought.commitment) or {}).get("product")
        purchases.append((bought.order_ref, bought.purchased_at, product, bought.returned_at))
    document = {
        "schema": "session-ledger/customer/1",
        "customer": code,
        **data,
        "purchases": [
            {
                "order_ref": bought.order_ref,
                "purchased_at": format_instant(bought.purchased_at),
                "returned_at": None if bought.returned_at is None else format_instant(bought.returned_at),
            }
            for bought in customer.purchases
        ],
    }
    facts = Table(
        "customer",
        Text(f"Klient {code}", f"Customer {code}"),
        (Column("field", Text("Pole", "Field")), Column("value", Text("Wartość", "Value"))),
        [(key, value) for key, value in data.items() if value],
    )
    orders = Table(
        "purchases",
        Text("Zakupy", "Purchases"),
        (
            Column("order_ref", Text("Zamówienie", "Order")),
            Column("purchased_at", Text("Data zakupu", "Purchased at"), "instant"),
            Column("product", Text("Produkt", "Product")),
            Column("returned_at", Text("Zwrot", "Returned at"), "instant"),
        ),
        purchases,
    )
    return Report("customer", facts.title, document, (facts, orders), ledger.last_recorded_at())
