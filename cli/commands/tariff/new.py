"""`session-ledger tariff new`: a new price list from another, with changes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.commands.tariff.price_list import find_price_list, read_price_list
from cli.context import App, pass_app
from cli.params import DATE, PERIOD
from cli.presentation import next_steps
from cli.presentation.whole_file import check_writable, written_whole
from cli.presentation.wording.assumptions import example_of
from ledger.domain.clock import Period, office_time, parse_period
from ledger.errors import BadCombination, TariffFaults
from ledger.message import Hint, Money, msg

if TYPE_CHECKING:
    from datetime import date

    from ledger.handlers.new_price_list import Unfit


@click.command()
@click.option("--from", "base", help="An id, a digest or a file. Default: the one in force.")
@click.option("--id", "tariff_id", required=True, metavar="ID", help="The id of the new list.")
@click.option(
    "--valid-from", required=True, type=DATE, help="The first day it holds, as 2027-01-01 or 01.01.2027."
)
@click.option("--set", "changes", multiple=True, metavar="KEY=VALUE", help="Another value; repeatable.")
@click.option(
    "--mend",
    "mended",
    multiple=True,
    metavar="ID:KEY=VALUE",
    help="Give a reading of an assumption that no longer fits another value.",
)
@click.option("--drop", "dropped", multiple=True, metavar="ID", help="Take its unfitting readings out.")
@click.option(
    "--period",
    type=PERIOD,
    help="The month that is rated by both, as 2026-11 or 11.2026. Default: the last one.",
)
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), metavar="FILE")
@pass_app
def new(
    app: App,
    *,
    base: str | None,
    tariff_id: str,
    valid_from: date,
    changes: tuple[str, ...],
    mended: tuple[str, ...],
    dropped: tuple[str, ...],
    period: Period | None,
    output: Path,
) -> None:
    """Write a new price list from another, and rate the last month by both; nothing is published.

    A band that the list lacks is added by its keys: days, from, until, multiplier, quote, name.pl, name.en.
    Readings of open questions that the new hours contradict are named one by one.

    \b
    Examples:
      session-ledger tariff new --id p-2027 --valid-from 2027-01-01 --set base_price=120.00 -o 2027.toml
      session-ledger tariff new --id p-27 --valid-from 2027-01-01 --set bands.office.until=17:00 -o new.toml
    """
    from ledger.handlers.new_price_list import new_price_list

    check_writable(output)
    ledger = app.open()
    is_file = base is not None and Path(base).is_file()
    text = read_price_list(Path(base or "")) if is_file else find_price_list(ledger, base).text
    mend: dict[str, dict[str, str]] = {}
    for each in mended:
        named, _, change = each.partition(":")
        mend.setdefault(named, {}).update([_change(change)])
    made = new_price_list(
        text,
        tariff_id=tariff_id,
        valid_from=valid_from,
        changes=dict(map(_change, changes)),
        mend=mend,
        drop=dropped,
    )
    with written_whole(output) as out:
        out.write(made.text.encode())
    app.say_written(output)
    for what, net in made.examples:
        app.emit(msg("example: {what}: {net}", what=example_of(what, app.lang), net=net))
    _tell_what_if(app, made.text, period or _last_month(office_time(ledger.last_recorded_at()).date()))
    _tell_unfit(app, made.unfit, output)
    app.hint(next_steps.after_tariff_new(output))


def _change(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        hint = Hint("for example base_price=120.00")
        raise BadCombination(msg("{text!r} is not KEY=VALUE", text=text), hint=hint)
    return key.strip(), value.strip()


def _last_month(today: date) -> Period:
    """Return the month before the one of a day."""
    last = today.replace(day=1) - timedelta(days=1)
    return parse_period(f"{last:%Y-%m}")


def _tell_what_if(app: App, text: str, period: Period) -> None:
    """Print what a month came to and what it would have come to under the new list."""
    from projections.queries import what_if

    with app.snapshot(None) as snapshot:
        found = what_if.compare_lists(snapshot.views, snapshot.ledger.store, snapshot.position, period, text)
    now, then = sum(each.net_grosze for each in found), sum(each.other_net_grosze for each in found)
    changed = sum(each.net_grosze != each.other_net_grosze for each in found)
    app.emit(
        msg(
            "{days}: {now} net, by the new list {then}; sessions: {sessions}, with another amount: {changed}",
            days=f"{period.first} – {period.until - timedelta(days=1)}",
            now=Money(now),
            then=Money(then),
            sessions=len(found),
            changed=changed,
        )
    )


def _tell_unfit(app: App, unfit: Sequence[Unfit], output: Path) -> None:
    """Name each reading that does not fit, and how to mend it or to drop it; raises TariffFaults for any."""
    for each in unfit:
        app.say(
            msg(
                "{assumption}: the reading {changes} does not fit the new list: {why}",
                assumption=each.assumption,
                changes=", ".join(f"{key}={value}" for key, value in each.changes.items()),
                why=each.why,
            )
        )
        mend, drop = f"--mend {each.assumption}:{next(iter(each.changes))}=…", f"--drop {each.assumption}"
        app.hint(Hint(msg("{mend} gives it another value, {drop} takes it out", mend=mend, drop=drop)))
    if unfit:
        raise TariffFaults(
            msg("readings in {name} that do not fit: {count}", name=output.name, count=len(unfit))
        )
