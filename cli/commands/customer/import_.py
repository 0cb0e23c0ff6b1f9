"""`session-ledger customer import`: customers from a table."""

from __future__ import annotations

import click

from cli.commands.import_options import ImportSource, import_options, take_in
from cli.context import App, pass_app
from cli.presentation import next_steps


@click.command("import")
@click.option("--update", is_flag=True, help="Change the data of customers that are known.")
@import_options
@pass_app
def import_(
    app: App,
    source: ImportSource,
    *,
    update: bool,
) -> None:
    """Import customers from a table (CSV, XLSX, ODS, XLS), all of them or none.

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
            ledger,
            source.recording.said(),
            sheet,
            layout=layout,
            update=update,
            dry_run=source.dry_run,
            progress=bar,
        ),
    )
    app.hint(next_steps.AFTER_CUSTOMER_IMPORT)
