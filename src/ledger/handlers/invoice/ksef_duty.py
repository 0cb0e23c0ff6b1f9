"""How the shop stands to KSeF: what the limit of the month has come to, and which days come near."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import cast

from ledger.application.ledger import Ledger
from ledger.domain import events as e
from ledger.domain.clock import office_time
from ledger.domain.invoice.ksef_duty import ComingDate, KsefStatus, coming_dates
from ledger.fa3.seller import ksef_mode_of, parse_seller, takes_consumers
from ledger.handlers.invoice.awaiting import send_until
from ledger.ksef.settings import logs_in_with_token
from ledger.store.mapper import DECODERS


def standing_of(ledger: Ledger, day: date) -> KsefStatus:
    """How the shop stands to KSeF before a document of a day."""
    config = ledger.folder.read_config()
    standing = KsefStatus(
        mode=ksef_mode_of(config),
        issued_on=day,
        has_begun=ledger.state.ksef_from is not None,
        consumers_in_ksef=takes_consumers(config),
    )
    if standing.mode != "exempt_10k" or standing.has_begun:
        return standing
    ledger.reread_state()  # somebody else may have crossed the limit meanwhile
    has_begun = ledger.state.ksef_from is not None
    return replace(standing, exempt_grosze=exempt_of(ledger, day), has_begun=has_begun)


def exempt_of(ledger: Ledger, day: date) -> int:
    """What the documents of the day's month came to that need not go to KSeF, in grosze gross.

    Of every series, whatever its pattern: read from the documents, which a shop below the limit has few of.
    """
    topic, month = e.InvoiceIssued.TOPIC, (day.year, day.month)
    payloads = ledger.store.payloads("invoice", topic)
    issued = (cast("e.InvoiceIssued", DECODERS[topic](state)) for _, state in payloads)
    return sum(
        max(each.gross_grosze, 0)
        for each in issued
        if each.duty == "exempt" and (each.issued_on.year, each.issued_on.month) == month
    )


def coming_dates_of(ledger: Ledger, *, has_unbilled: bool) -> tuple[ComingDate, ...]:
    """The days a shop that issues here should see coming.

    `has_unbilled`: whether help of an earlier month is not billed.
    """
    config = ledger.folder.read_config()
    if not parse_seller(config):
        return ()
    return coming_dates(
        office_time(ledger.now()).date(),
        has_unbilled=has_unbilled,
        mode=ksef_mode_of(config),
        uses_token=logs_in_with_token(config),
        send_until=send_until(ledger),
    )
