"""`session-ledger customer merge`: two entries of one customer become one."""

from __future__ import annotations

import click

from cli.arguments import reason_option
from cli.context import App, pass_app
from cli.options import Recording, if_version_option, recording_options, yes_option
from cli.params import CUSTOMER_CODE
from ledger.message import msg


@click.command()
@click.argument("kept", type=CUSTOMER_CODE, metavar="A")
@click.argument("merged", type=CUSTOMER_CODE, metavar="B")
@reason_option
@yes_option
@if_version_option
@recording_options
@pass_app
def merge(app: App, recording: Recording, kept: str, merged: str, reason: str, *, yes: bool) -> None:
    """Merge two entries of one customer: B's sessions and purchases count as A's from now on.

    \b
    Example:
      session-ledger customer merge K-041 K-112 --reason double-entry --yes
    """
    from ledger.handlers import customer as customers

    app.confirm(
        msg("Merge {merged} into {kept}? It stays so.", merged=merged, kept=kept),
        yes=yes,
    )
    receipt = customers.merge(app.open(), recording.said(), merged, kept, reason=reason)
    line = msg("Customer {merged} counts as {kept} from now on", merged=merged, kept=kept)
    recording.tell(app, line, receipt, customer=kept)
