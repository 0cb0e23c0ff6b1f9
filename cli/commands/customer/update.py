"""`session-ledger customer update`: change the data of a customer."""

from __future__ import annotations

import click

from cli.arguments import reason_option
from cli.commands.customer.profile import given, profile_options, tell_shared
from cli.context import App, pass_app
from cli.options import Recording, ask_option, if_version_option, recording_options
from cli.params import CUSTOMER
from ledger.message import msg


@click.command()
@click.argument("code", type=CUSTOMER)
@profile_options
@reason_option
@ask_option
@if_version_option
@recording_options
@pass_app
def update(app: App, /, recording: Recording, code: str, reason: str, **options: str | None) -> None:
    """Change the data of a customer; an empty value removes a field.

    \b
    Example:
      session-ledger customer update K-041 --email "" --reason data-changed
    """
    from ledger.handlers import customer as customers

    receipt = customers.update(app.open(), recording.said(), code, given(options), reason=reason)
    recording.tell(app, msg("Customer {code} updated", code=code), receipt, customer=code)
    if options.get("nip"):
        tell_shared(app, code, customers.current_data(app.open(), code).get("nip"))
