"""`session-ledger report shops`: a period over the ledgers of many shops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import click

from cli.arguments import workers_option
from cli.commands.report.organisation_ledgers import Read, Unread, read_all
from cli.context import App, pass_app
from cli.options import as_of_option
from cli.output import Column, Report, Row, Table, report_options
from cli.params import PERIOD, Now
from cli.presentation.catalogue import said
from cli.presentation.columns import period_document, titled
from cli.presentation.text import Lang
from ledger.domain.clock import Period, format_instant
from ledger.folder.organisation import check_shops, read_shops, shops_of
from ledger.folder.workers import read_workers
from ledger.message import msg
from ledger.transparency.checkpoint import root_text
from projections.queries.organisation import VERDICTS, Figures, summed

Found = Mapping[str | None, Figures]

_NO_VAT = msg(
    "Net amounts: VAT is taken on each customer's sum in each shop; on a sum of shops it would be another."
)
_SHOP = Column("shop", msg("Shop"))
_MONEY = (
    Column("ended", msg("Ended"), "integer"),
    Column("open_sessions", msg("Open"), "integer"),
    Column("started_hours", msg("Hours"), "integer"),
    Column("to_bill_hours", msg("To bill, hours"), "integer"),
    Column("to_bill_grosze", msg("To bill"), "grosze"),
    Column("billed_grosze", msg("Billed"), "grosze"),
    Column("elsewhere_grosze", msg("Elsewhere"), "grosze"),
    Column("unconfirmed_grosze", msg("Not confirmed"), "grosze"),
    Column("unrated", msg("No amount"), "integer"),
)
_DELETIONS = {
    "pass": msg("In time"),
    "late": msg("Late"),
    "failed": msg("Failed"),
    "unknown": msg("Unknown"),
    "open": msg("Not deleted"),
    "before_adoption": msg("Before adoption"),
}


@click.command()
@click.argument("folders", nargs=-1, type=click.Path(path_type=Path), metavar="[FOLDER]…")
@click.option(
    "--shops",
    "listed",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help='A TOML file that lists them: [shops], then lines such as wola = "FOLDER", or a URL.',
)
@click.option(
    "--period",
    required=True,
    type=PERIOD,
    help="2026-11, 'November 2026', 11.2026, 2026-Q4, 2026, a day, or FROM..UNTIL.",
)
@workers_option(help="A TOML file that names other machines to read those that are given by URL.")
@as_of_option
@report_options
@pass_app
def shops(
    app: App,
    folders: tuple[Path, ...],
    listed: Path | None,
    period: Period,
    workers: Path | None,
    as_of: datetime | Now | None,
) -> Report:
    """Report a period over the ledgers of many shops: each of them, and all together.

    A FOLDER holds the ledger of a shop and gives it its name; --shops gives names of one's own. A ledger
    that cannot be read is named with its error, and the sum says of how many shops it is. Amounts are net:
    VAT is taken on each customer's sum, in each shop's own reports.

    A ledger that --shops gives by its URL needs no folder here: its read models are kept in the user's cache,
    and with --workers on the machines that read it.

    Exit status 3 when a ledger could not be read, or when a deletion is open past the time that its shop
    allows, failed or unknown.

    \b
    Examples:
      session-ledger report shops wola praga --period 2026-11
      session-ledger report shops --shops shops.toml --period 2026-11 -o november.xlsx
      session-ledger report shops --shops shops.toml --period 2026-11 --workers workers.toml
    """
    chosen = [*([] if listed is None else read_shops(listed)), *shops_of(folders)]
    check_shops(chosen)
    others = None if workers is None else read_workers(workers)
    outcomes = read_all(app, chosen, period, as_of, others)
    read = [outcome for outcome in outcomes if isinstance(outcome, Read)]
    unread = [outcome for outcome in outcomes if isinstance(outcome, Unread)]
    found = summed({each.name: each.groups for each in read})
    last = max((each.as_of for each in read), default=None)
    document = {
        "schema": "session-ledger/report-shops/1",
        "period": period_document(period),
        "as_of": None if last is None else format_instant(last),
        "shops": [_document(each, found[each.name]) for each in read],
        "unread": [{"shop": each.name, "code": each.error.code, "fact": each.error.fact} for each in unread],
        "total": {"shops": len(read), "of_shops": len(outcomes), **_figures(found[None])},
    }
    names = ", ".join(each.name for each in unread)
    without = [msg("The sum is without: {names}.", names=names)] if unread else []
    return Report(
        "shops",
        titled(msg("Shops"), period),
        document,
        (
            _money_table(outcomes, found),
            _total_table(len(read), len(outcomes), found[None], app.lang),
            _deletion_table(read, len(outcomes), found, app.lang),
            _ledger_table(read),
            _unread_table(unread),
        ),
        last,
        notes=(*without, _NO_VAT),
        exit_status=3 if unread or found[None].overdue else 0,
    )


# --- for machines -----------------------------------------------------------------------------


def _document(each: Read, figures: Figures) -> dict[str, object]:
    signed = each.checkpoint
    return {
        "shop": each.name,
        "origin": each.origin,
        "events": each.events,
        "root": each.root,
        "checkpoint": None if signed is None else {"size": signed.size, "root": root_text(signed.root)},
        "as_of": format_instant(each.as_of),
        "sla_seconds": each.sla_seconds,
        **_figures(figures),
    }


def _figures(figures: Figures) -> dict[str, object]:
    kinds = ("ended", "to_bill", "billed", "elsewhere", "unconfirmed", "unrated")
    return {
        **{kind: getattr(figures, kind)._asdict() for kind in kinds},
        "open_sessions": figures.open.sessions,
        "deletions": {**figures.deletions, "overdue": figures.overdue},
    }


# --- for people -------------------------------------------------------------------------------


def _of_shops(read: int, shops: int, lang: Lang) -> str:
    return said(msg("{read} of {shops}", read=read, shops=shops), lang)


def _money(figures: Figures) -> Row:
    return (
        figures.ended.sessions,
        figures.open.sessions,
        figures.ended.started_hours,
        figures.to_bill.started_hours,
        figures.to_bill.net_grosze,
        figures.billed.net_grosze,
        figures.elsewhere.net_grosze,
        figures.unconfirmed.net_grosze,
        figures.unrated.sessions,
    )


def _money_table(outcomes: Sequence[Read | Unread], found: Found) -> Table:
    """Every shop has its row; one that was not read has its error there and no figure."""
    columns = (_SHOP, *_MONEY, Column("error", msg("Error")))
    rows: list[Row] = [
        (each.name, *(None for _ in _MONEY), each.error.code)
        if isinstance(each, Unread)
        else (each.name, *_money(found[each.name]), None)
        for each in outcomes
    ]
    return Table("shops", msg("Shops"), columns, rows)


def _total_table(read: int, shops: int, together: Figures, lang: Lang) -> Table:
    columns = (Column("shops", msg("Shops")), *_MONEY)
    rows: list[Row] = [(_of_shops(read, shops, lang), *_money(together))]
    return Table("total", msg("Together"), columns, rows)


def _deletion_table(read: Sequence[Read], shops: int, found: Found, lang: Lang) -> Table:
    columns = (
        _SHOP,
        *(Column(verdict, _DELETIONS[verdict], "integer") for verdict in VERDICTS),
        Column("overdue", msg("Overdue"), "integer"),
        Column("sla_seconds", msg("Allowed"), "seconds"),
    )
    rows: list[Row] = [(each.name, *_deleted(found[each.name]), each.sla_seconds) for each in read]
    rows.append((_of_shops(len(read), shops, lang), *_deleted(found[None]), None))
    return Table("deletions", msg("Deletion of session data"), columns, rows)


def _deleted(figures: Figures) -> Row:
    return (*figures.deletions.values(), figures.overdue)


def _ledger_table(read: Sequence[Read]) -> Table:
    columns = (
        _SHOP,
        Column("origin", msg("Ledger")),
        Column("events", msg("Events"), "integer"),
        Column("root", msg("Root")),
        Column("as_of", msg("Last event"), "instant"),
        Column("checkpoint_size", msg("Signed"), "integer"),
    )
    rows: list[Row] = [
        (
            each.name,
            each.origin,
            each.events,
            each.root,
            each.as_of,
            None if each.checkpoint is None else each.checkpoint.size,
        )
        for each in read
    ]
    return Table("ledgers", msg("What this stands for"), columns, rows)


def _unread_table(unread: Sequence[Unread]) -> Table:
    columns = (
        _SHOP,
        Column("code", msg("Code")),
        Column("fact", msg("What happened")),
        Column("hint", msg("What to do")),
    )
    rows: list[Row] = [(each.name, each.error.code, each.error.fact, each.error.hint) for each in unread]
    return Table("unread", msg("Not read"), columns, rows)
