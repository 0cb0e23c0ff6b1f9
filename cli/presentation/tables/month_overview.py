"""The owner's month as a report: turnover, free help, goodwill, nights, overlaps, deletions, pictures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from cli.presentation.catalogue import said
from cli.presentation.columns import period_document, titled
from cli.presentation.formats.model import Report
from cli.presentation.tables import month_help, month_turnover
from cli.presentation.tables.billing import band_heads
from cli.presentation.text import Lang
from ledger.domain.clock import Period, format_instant
from ledger.message import msg
from projections.queries.month_overview import Overview, overview
from projections.read_side import Snapshot

_TITLE = msg("Owner's month")
_NO_NIGHT = msg(
    "The price list has no band `night`: hours at night are not known, though they are shown as 0."
)
_OVERDUE_ON = msg("What is overdue is overdue on {today}.")
_NOTES = (
    msg("Customers and technicians stand here by their codes alone."),
    msg("Paid, left and overdue are of invoices; what is on a receipt was paid at the till."),
    msg("A session belongs to the month it ended in, an hour to the weekday and band in which it opened."),
)


def month_of(snapshot: Snapshot, period: Period, today: date, lang: Lang) -> Report:
    """Return the owner's month as of a snapshot, which has to stay open while it is shown.

    `today` decides what is overdue. Raises NotAMonth, NoCalendar.
    """
    views, ledger, as_of = snapshot.views, snapshot.ledger, snapshot.as_of
    found = overview(views, ledger, snapshot.position, period, as_of=as_of, today=today)
    turnover, rest = month_turnover.tables(found, lang), month_help.tables(found, lang, snapshot.ledger)
    brief = (
        *month_turnover.brief_tables(found, lang),
        *month_help.brief_tables(found, lang, snapshot.ledger),
    )
    document = {
        "schema": "session-ledger/report-month/1",
        "period": period_document(period),
        "as_of": format_instant(snapshot.as_of),
        "today": today.isoformat(),
        **month_turnover.document(found),
        **month_help.document(found),
    }
    return Report(
        "month",
        titled(_TITLE, period),
        document,
        (*turnover, *rest),
        snapshot.as_of,
        charts=_drawings(snapshot, found, lang),
        notes=(_OVERDUE_ON.of(today=today), *_NOTES, *(() if found.worked.knows_nights else (_NO_NIGHT,))),
        brief=brief,
    )


def _drawings(snapshot: Snapshot, found: Overview, lang: Lang) -> Iterator[str]:
    """Draw the month; what draws is imported only for the formats that show it."""
    from cli.presentation.charts.month_pictures import pictures

    heads = {band: said(head, lang) for band, head in band_heads(snapshot.ledger).items()}
    yield from pictures(snapshot.state, found, heads, lang)
