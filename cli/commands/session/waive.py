"""`session-ledger session waive`: goodwill on a session."""

from __future__ import annotations

import re
from datetime import datetime

import click

from cli.arguments import reason_option, session_argument
from cli.commands.session.amount_told import in_words, tell_amount
from cli.context import App, pass_app
from cli.options import Recording, at_option, if_version_option, recording_options
from cli.params import AMOUNT
from cli.presentation import next_steps
from ledger.errors import BadPercent
from ledger.message import msg

_PERCENT = re.compile(r"(\d{1,3})(?:[.,]([05])0?)?\s*%?")
HALVES_MAX = 200


class _Percent(click.ParamType[int]):
    """A percentage to the half, as 12.5 or 12,5; the value is in half percents."""

    name = "percent"

    def convert(self, value: str | int, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Return the half percents; raises BadPercent."""
        del param, ctx
        match = _PERCENT.fullmatch(str(value).strip())
        halves = HALVES_MAX + 1 if match is None else 2 * int(match[1]) + (match[2] == "5")
        if halves > HALVES_MAX:
            raise BadPercent.of(str(value).strip())
        return halves


@click.command()
@session_argument
@click.option("--percent", "halves", type=_Percent(), help="So many percent off; halves too, as 12.5.")
@click.option("--hours", type=click.IntRange(0, 1000), help="The last so many started hours free.")
@click.option("--amount", "amount_grosze", type=AMOUNT, help="So many złoty net off, as 50.00.")
@reason_option
@at_option
@if_version_option
@recording_options
@pass_app
def waive(
    app: App,
    recording: Recording,
    session: str,
    halves: int | None,
    hours: int | None,
    amount_grosze: int | None,
    reason: str,
    at: datetime | None,
) -> None:
    """Goodwill, after every other discount. The last waiver stands; --percent 0 takes it back.

    \b
    Examples:
      session-ledger session waive 17 --hours 1 --reason "goodwill: our link was slow"
      session-ledger session waive 17 --amount 50.00 --reason complaint
    """
    from ledger.domain.session.commands import Waive
    from ledger.handlers.session import handle

    is_whole = halves is not None and halves % 2 == 0
    command = Waive(
        percent=halves // 2 if halves is not None and is_whole else None,
        half_percents=None if is_whole else halves,
        hours=hours,
        amount_grosze=amount_grosze,
        reason=reason,
        at=at,
    )
    receipt = handle(app.open(), recording.said(), session, command)
    line = msg("Session {session} waiver recorded", session=receipt.session)
    recording.tell(app, line, receipt)
    with app.beside():
        told = tell_amount(app, receipt, always=True)
        if told.before.waived is not None:
            was = in_words(told.before.waived)
            app.say(msg("replaces the waiver of {was}", was=was))
    app.hint(next_steps.after_price_change(receipt.session))
