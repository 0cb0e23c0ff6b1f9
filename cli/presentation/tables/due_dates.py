"""Deadlines that come near, as `status` lists them."""

from __future__ import annotations

from datetime import datetime, time
from typing import TYPE_CHECKING

from cli.presentation.catalogue import said
from cli.presentation.columns import ON, WHAT
from cli.presentation.formats.model import Column, Row, Table
from cli.presentation.text import Lang
from ledger.domain.clock import OFFICE_ZONE, office_time
from ledger.handlers.invoice.ksef_duty import coming_dates_of
from ledger.message import msg
from projections.read_models import billing

if TYPE_CHECKING:
    from ledger.application.ledger import Ledger
    from ledger.domain.invoice.ksef_duty import ComingDate
    from projections.views import Views

_WHAT = {
    "send_by": msg("the first document that waits has to be in KSeF"),
    "invoices_due": msg("invoices for help before this month"),
    "exemption_ends": msg("ksef.mode=exempt_10k ends"),
    "tokens_end": msg("KSeF takes certificates only"),
    "series_restart": msg("document numbers begin again"),
}
_COLUMNS = (
    ON,
    WHAT,
    Column("days_left", msg("Days left"), "integer"),
)


def coming(ledger: Ledger, views: Views, acts_at: datetime) -> list[ComingDate]:
    """Return the days that come near, and those that passed while the matter is open."""
    today = office_time(acts_at).date()
    month_began = datetime.combine(today.replace(day=1), time(), OFFICE_ZONE)
    has_unbilled = billing.unbilled(views, ended_before=month_began) > 0
    return list(coming_dates_of(ledger, has_unbilled=has_unbilled))


def dates_document(dates: list[ComingDate], at: datetime) -> list[dict[str, object]]:
    """Return the days for JSON; `days_left` is below zero once a day passed."""
    today = office_time(at).date()
    return [
        {"on": each.on.isoformat(), "what": each.what, "days_left": each.days_left(today)} for each in dates
    ]


def dates_table(dates: list[ComingDate], at: datetime, lang: Lang) -> Table:
    """Return the days as a table."""
    today = office_time(at).date()
    rows: list[Row] = [(each.on, said(_WHAT[each.what], lang), each.days_left(today)) for each in dates]
    return Table("dates", msg("Days that come near"), _COLUMNS, rows)
