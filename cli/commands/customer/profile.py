"""The fields of a customer as options, and what is printed about their numbers."""

from __future__ import annotations

from typing import Any

import click

from cli.context import App
from cli.options import personal_option
from cli.params import CONSUMER, VAT_TREATMENT


def profile_options(command: Any) -> Any:  # noqa: ANN401 - a decorator over what Click makes
    """Add an option for each field of a customer; personal ones can come from standard input."""
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


def given(options: dict[str, str | None]) -> dict[str, str]:
    """Return the fields that were typed."""
    return {key: value for key, value in options.items() if value is not None}


def tell_shared(app: App, code: str, nip: str | None) -> None:
    """Print that a NIP is the seller's own, or another customer's too."""
    from ledger.handlers.party_numbers import shared_nips

    for each in shared_nips(app.open(), [(code, nip or "")]):
        app.say(each.message)
