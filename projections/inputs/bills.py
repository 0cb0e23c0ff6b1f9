"""What invoices say of their sessions, at a position; read for the few that may come to something else.

Lines of an invoice change by its corrections alone, and those are told to every session whose lines change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

from ledger.domain import events as e
from ledger.domain.clock import from_epoch_microseconds, office_time
from ledger.store.event_store import LedgerStore
from projections.inputs.decode import decode
from projections.inputs.life import Life
from projections.inputs.price_lists import listed

if TYPE_CHECKING:
    from ledger.domain.invoice.state import Invoice
    from projections.inputs.state import Inputs

# Rating and documents are imported where they are needed: most reports start without them.
# ruff: noqa: PLC0415


class Standing(NamedTuple):
    """An invoice as its corrections left it: the code it names, and its lines by session."""

    customer: str
    lines: dict[UUID, list[e.InvoiceLine]]


class Bills:
    """The invoices read so far at a position."""

    def __init__(self, store: LedgerStore, position: int) -> None:
        self._store = store
        self._position = position
        self._read: dict[UUID, Standing] = {}

    def says_otherwise(self, life: Life, inputs: Inputs) -> bool:
        """Return True if the invoice that an ended session stands on says something else than it comes to.

        Raises NoCalendar.
        """
        from ledger.domain.invoice.bill import says_otherwise
        from ledger.domain.invoice.lines import charges_of
        from ledger.domain.rating.rate import rate
        from ledger.domain.session.rating import hourly_tariff

        assert life.billed_as is not None  # noqa: S101 - as the docstring says
        assert life.ended_us is not None  # noqa: S101 - as the docstring says
        stream, _ = self._store.resolve("session", life.number) or (UUID(int=0), "")
        standing = self._standing(UUID(life.billed_as.invoice))
        lines = standing.lines.get(stream, [])
        is_theirs = inputs.root(standing.customer) == life.customer
        if life.voided or not is_theirs or life.tariff is None:
            return bool(lines)
        tariff = listed(inputs.state, life.tariff)
        facts = life.rating_facts(inputs.purchases(life.customer))
        by_hour = hourly_tariff(tariff, inputs.state, lambda digest: listed(inputs.state, digest))
        rated = rate(facts, tariff, by_hour)
        service_on = office_time(from_epoch_microseconds(life.ended_us)).date()
        return says_otherwise(lines, charges_of(stream, service_on, rated))

    def _standing(self, invoice: UUID) -> Standing:
        from ledger.domain.invoice.bill import standing_lines

        if invoice not in self._read:
            found = self._document(invoice)
            lines: dict[UUID, list[e.InvoiceLine]] = {}
            if found is not None:
                documents = (self._document(each.correction) for each in found.corrections)
                corrections = (each.issued for each in documents if each is not None)
                for line in standing_lines(found.issued, corrections):
                    lines.setdefault(line.session, []).append(line)
            self._read[invoice] = Standing("" if found is None else found.issued.customer, lines)
        return self._read[invoice]

    def _document(self, stream: UUID) -> Invoice | None:
        """Return a document; None where there is none at the position."""
        from ledger.domain.invoice.state import evolve

        found: Invoice | None = None
        for row in self._store.stream_rows(stream.bytes, self._position):
            found = evolve(found, stream, decode(row))
        return found
