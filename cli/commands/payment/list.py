"""`session-ledger payment list`: transfers and what they are taken for."""

from __future__ import annotations

import click

from cli.context import App, pass_app
from cli.output import Report, report_options
from ledger.errors import BadCombination
from ledger.message import msg


@click.command("list")
@click.option("--proposed", is_flag=True, help="Only what is certain and waits for a confirmation.")
@click.option("--listed", is_flag=True, help="Only what a person has to decide.")
@click.option("--set-aside", "aside", is_flag=True, help="Only what pays no document.")
@click.option("--all", "every", is_flag=True, help="What is decided, too.")
@report_options
@pass_app
def list_(app: App, *, proposed: bool, listed: bool, aside: bool, every: bool) -> Report:
    """List transfers that wait for a decision, with the documents they may pay and the reason.

    \b
    Examples:
      session-ledger payment list
      session-ledger payment list --proposed
    """
    from cli.presentation import next_steps
    from cli.presentation.tables.payments import transfers_report
    from ledger.handlers.payments.proposals import digest_of, undecided
    from ledger.handlers.payments.transfers import all_transfers, told

    if proposed + listed + aside + every > 1:
        raise BadCombination(msg("--proposed, --listed, --set-aside and --all exclude each other"))
    ledger = app.open()
    waiting = [] if aside else undecided(ledger).proposals
    verdict = "proposed" if proposed else "listed" if listed else None
    chosen = [each for each in waiting if verdict in {None, each.judged.verdict}]
    states = {"set-aside"} if aside else {"set-aside", "assigned", "returned"} if every else set[str]()
    decided = [each for each in all_transfers(ledger) if each.state in states] if states else []
    digest = digest_of(each for each in chosen if each.judged.verdict == "proposed")
    if any(each.judged.verdict == "proposed" for each in chosen):
        app.hint(next_steps.after_payment_list(digest))
    words = [(each, told(ledger, each)) for each in sorted(decided, key=lambda t: t.seen.booked_on)]
    return transfers_report(chosen, words, ledger.last_recorded_at(), app.lang)
