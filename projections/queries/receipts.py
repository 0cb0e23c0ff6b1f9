"""The receipts of the till with the sessions they settled, from the sessions' own streams."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import NamedTuple

from ledger.application.ledger import Ledger
from ledger.domain import events as e
from ledger.domain.clock import Period, office_time
from ledger.domain.invoice.lines import Sums
from ledger.domain.money import vat_on
from ledger.handlers.invoice.charges import Charged, buyer_of, charged
from ledger.store.mapper import DECODERS


class TillReceipt(NamedTuple):
    """One receipt: its day, its sessions, its sums, and the invoice made out to it later."""

    receipt: str
    on: date
    sessions: tuple[int, ...]
    sums: Sums
    invoice: str | None


def receipts(ledger: Ledger, period: Period) -> Iterator[TillReceipt]:
    """Yield the receipts of a period, by day and number."""
    topic = e.ReceiptIssued.TOPIC
    found: defaultdict[tuple[date, str], list[Charged]] = defaultdict(list)
    for number, state in ledger.store.payloads("session", topic):
        event = DECODERS[topic](state)
        assert isinstance(event, e.ReceiptIssued)  # noqa: S101 - the topic says so
        on = office_time(event.at).date()
        if period.first <= on < period.until:
            stream, _ = ledger.find_session(str(number))
            buyer = buyer_of(ledger, ledger.session(stream).customer)
            found[on, event.number].append(charged(ledger, stream, buyer))
    for (on, receipt), sessions in sorted(found.items()):
        invoices = {s.session.billed_on.number for s in sessions if s.session.billed_on is not None}
        numbers = tuple(each.number for each in sessions)
        yield TillReceipt(receipt, on, numbers, _sums(sessions), min(invoices, default=None))


def _sums(sessions: list[Charged]) -> Sums:
    nets: defaultdict[int, int] = defaultdict(int)
    for each in sessions:
        nets[each.vat_percent] += each.rated.net_grosze
    net_grosze = sum(nets.values())
    vat_grosze = sum(vat_on(net, percent) for percent, net in nets.items())
    return Sums(net_grosze, vat_grosze, net_grosze + vat_grosze)
