"""`session-ledger payment confirm`: what is proposed becomes payments."""

from __future__ import annotations

import click

from cli.context import App, pass_app
from cli.options import Recording, dry_run_option, recording_options, yes_option
from ledger.domain.money import format_amount
from ledger.errors import BadCombination
from ledger.message import msg


@click.command()
@click.argument("transfers", nargs=-1, metavar="ID…")
@click.option("--all-proposed", is_flag=True, help="Everything that is certain.")
@click.option("--digest", metavar="D", help="With --yes: of what was seen, as payment list prints it.")
@dry_run_option
@yes_option
@recording_options
@pass_app
def confirm(
    app: App,
    recording: Recording,
    transfers: tuple[str, ...],
    digest: str | None,
    *,
    all_proposed: bool,
    dry_run: bool,
    yes: bool,
) -> None:
    """Confirm proposed transfers as payments of their invoices, all of them or none.

    On a terminal it shows them and asks. Without one it takes --yes and the digest of what was seen; where
    something changed since, nothing is recorded.

    \b
    Examples:
      session-ledger payment confirm --all-proposed
      session-ledger payment confirm --all-proposed --yes --digest 1f0c9e5a7b21
    """
    from cli.presentation.tables.payments import KEY_SHOWN
    from ledger.handlers.payments.decide import choose, repeat_of_confirm, require_same
    from ledger.handlers.payments.decide import confirm as record

    if all_proposed == bool(transfers):
        raise BadCombination(msg("either ids of transfers or --all-proposed"))
    if yes and digest is None:
        raise BadCombination(msg("--yes needs --digest: the digest of what was seen"))
    ledger, said = app.open(), recording.said()
    receipt = None if digest is None else repeat_of_confirm(ledger, said, digest)
    if receipt is None:
        chosen = choose(ledger, transfers)
        for each in chosen.proposals:
            amount = format_amount(each.words.amount_grosze, lang=app.lang)
            paid = ", ".join(part.invoice for part in each.judged.parts)
            app.say(f"{each.key[:KEY_SHOWN]}  {each.words.booked_on}  {amount}  {each.words.name}: {paid}")
        if digest is not None:
            require_same(chosen, digest)
        if not chosen.proposals:
            app.say(msg("nothing is proposed"))
            return
        if dry_run:
            app.emit(chosen.digest)
            return
        count = len(chosen.proposals)
        question = msg("Record as payments? Transfers: {count}", count=count)
        app.confirm(question, yes=yes)
        receipt = record(ledger, said, chosen, digest or chosen.digest)
    events = [event.event for event in receipt.events]
    count = sum(event.TOPIC.startswith("bank.transfer_assigned") for event in events)
    recording.tell(
        app,
        msg("transfers confirmed: {count}", count=count),
        receipt,
        count=count,
    )
