"""`session-ledger customer add`: register a customer."""

from __future__ import annotations

import click

from cli.commands.customer.profile import given, profile_options, tell_shared
from cli.context import App, pass_app
from cli.options import Recording, ask_option, recording_options
from cli.params import NEW_CUSTOMER
from cli.presentation import next_steps
from ledger.message import msg


@click.command()
@click.argument("code", type=NEW_CUSTOMER)
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

    profile = customers.check_profile(given(options))
    receipt = customers.add(app.open(), recording.said(), code, profile)
    recording.tell(app, msg("Customer {code} registered", code=code), receipt, customer=code)
    tell_shared(app, code, profile.personal.get("nip"))
    app.hint(next_steps.after_customer_add(code))
