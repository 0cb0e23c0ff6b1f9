"""The price of help over time, as a report."""

from __future__ import annotations

from datetime import datetime

from cli.presentation.columns import GROSS, NET, VAT
from cli.presentation.documents.shop import shop_words
from cli.presentation.formats.model import Column, Report, Table
from cli.presentation.wording import labels
from cli.presentation.wording.shop import ON_PRICE
from ledger.domain.clock import format_instant
from ledger.domain.events import Issue
from ledger.domain.rating.quote import PriceQuote, QuotedTotal
from ledger.fa3.seller import ShopContact
from ledger.handlers.quote import price_segments
from ledger.message import msg

_EXPECTED = ("started_hours", "net_grosze", "vat_grosze", "gross_grosze")


def quote_report(
    told: PriceQuote,
    *,
    tariff: str,
    customer: str | None,
    issue: Issue,
    at: datetime,
    minutes: int | None,
    as_of: datetime,
    shop: ShopContact,
) -> Report:
    """Return the price of a started hour as a timeline and, if `minutes` are named, the total.

    Below them stand the shop's own sentences, and how it is reached.
    """
    document: dict[str, object] = {
        "schema": "session-ledger/quote/1",
        "at": format_instant(at),
        "customer": customer,
        "issue": issue,
        "tariff": tariff,
        "prices": [
            {
                "opens_at": format_instant(price.opens_at),
                "until": None if price.until is None else format_instant(price.until),
                "net_grosze": price.net_grosze,
                "gross_grosze": price.gross_grosze,
            }
            for price in price_segments(told)
        ],
    }
    tables = [_price_table(told)]
    if told.total is not None:
        expected = dict(zip(_EXPECTED, _expected(told.total), strict=True))
        assumptions = list(told.total.assumptions)
        document["expected"] = {"minutes": minutes, **expected, "assumptions": assumptions}
        tables.append(_total_table(told.total))
    notes = tuple(shop_words(shop, ON_PRICE))
    return Report("quote", msg("Quote"), document, tuple(tables), as_of, notes=notes)


def _expected(total: QuotedTotal) -> tuple[int, int, int, int]:
    net, gross = total.rated.net_grosze, total.gross_grosze
    return total.rated.started_hours, net, gross - net, gross


def _price_table(told: PriceQuote) -> Table:
    columns = (
        Column("opens_at", msg("Opened from"), "instant"),
        Column("until", labels.UNTIL, "instant"),
        NET,
        GROSS,
    )
    rows = [(p.opens_at, p.until, p.net_grosze, p.gross_grosze) for p in price_segments(told)]
    return Table("prices", msg("Price of a started hour"), columns, rows)


def _total_table(total: QuotedTotal) -> Table:
    columns = (
        Column("started_hours", labels.STARTED_HOURS_IN_FULL, "integer"),
        NET,
        VAT,
        GROSS,
    )
    title = msg("Total for {minutes} min", minutes=total.minutes)
    return Table("expected", title, columns, [_expected(total)])
