"""*The owner's month*: the report with its pictures on a page, and as files."""

from __future__ import annotations

from starlette.responses import Response

from cli.desk import render
from cli.desk.downloads import download_report
from cli.desk.opened import opened
from cli.desk.periods import address_of, shown
from cli.desk.web import Visit
from cli.presentation.formats.model import Report
from cli.presentation.tables.month_overview import month_of
from ledger.domain.clock import Period, office_time, parse_period
from ledger.errors import UnknownFormat
from ledger.message import msg
from projections.read_side import Snapshot, snapshot

FILES = ("month.pdf", "month.xlsx")


def show(visit: Visit) -> Response:
    """Show a month to its owner, by codes alone, with what is overdue today."""
    period, lang = parse_period(str(visit.path["period"])), visit.lang
    with opened(visit.desk.settings) as ledger, snapshot(ledger, None) as found:
        report = _report(visit, found, period)
        return visit.page(
            "owner.html",
            report.title,
            ledger,
            period=shown(period, "/month"),
            drawings=[render.without_style(each) for each in report.charts],
            tables=render.tables(report.brief, lang),
            notes=report.notes,
            files=FILES,
        )


def file(visit: Visit) -> Response:
    """Give the report as the command line writes it."""
    name, period = str(visit.path["name"]), parse_period(str(visit.path["period"]))
    if name not in FILES:
        raise UnknownFormat(msg("the name of {name} does not tell a format", name=name))
    with opened(visit.desk.settings) as ledger, snapshot(ledger, None) as found:
        report = _report(visit, found, period)
        stem, _, suffix = name.partition(".")
        return download_report(report, f"{stem}-{address_of(period)}.{suffix}", visit.lang)


def _report(visit: Visit, found: Snapshot, period: Period) -> Report:
    return month_of(found, period, office_time(found.ledger.now()).date(), visit.lang)
