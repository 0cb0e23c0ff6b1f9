"""The fields of a customer as options."""

from __future__ import annotations

from typing import Any

import click

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
