"""`session-ledger customer merge`: two entries of one customer become one."""

from __future__ import annotations

import click

from cli.arguments import reason_option
from cli.context import App, pass_app
from cli.options import Recording, if_version_option, recording_options, yes_option
from cli.params import CUSTOMER
from cli.presentation.text import Text


@click.command()
@click.argument("kept", type=CUSTOMER, metavar="A")
@click.argument("merged", type=CUSTOMER, metavar="B")
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
        Text(pl=f"Połączyć {merged} z {kept}? To zostaje.", en=f"Merge {merged} into {kept}? It stays so."),
        yes=yes,
    )
    receipt = customers.merge(app.open(), recording.said(), merged, kept, reason=reason)
    line = Text(
        pl=f"Klient {merged} połączony z {kept}", en=f"Customer {merged} counts as {kept} from now on"
    )
    recording.tell(app, line, receipt, customer=kept)
