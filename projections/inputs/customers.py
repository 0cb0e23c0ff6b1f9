"""Customers at a position: their purchases, and which were merged into which."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from ledger.domain import events as e
from ledger.domain.clock import epoch_seconds
from ledger.domain.customer import Customer, evolve, live_code, merged_codes
from ledger.domain.rating.inputs import Purchase, purchases_for_rating
from ledger.errors import StoreDamaged
from ledger.message import msg
from ledger.store.event_store import LedgerStore
from ledger.store.reader import Row, check_stream
from projections.inputs.decode import decode

CUSTOMER_EVENTS = (
    e.CustomerRegistered,
    e.CustomerUpdated,
    e.CustomerMerged,
    e.PurchaseRecorded,
    e.PurchaseReturned,
    e.ComputerLearned,
    e.ErasureRequested,
    e.CustomerErased,
    e.CustomerDataErased,
)


class Repriced(NamedTuple):
    """The code whose recorded sessions may have another amount now, from a moment of connecting on.

    None: all of them, and they may count under another code.
    """

    code: str
    since_us: int | None


class Customers:
    """The customers read so far; any other is read from its own stream, as of `position`."""

    def __init__(self, store: LedgerStore, position: int, merges: dict[str, str]) -> None:
        self.position = position
        self.merges = merges
        self._store = store
        self._customers: dict[str, Customer] = {}
        self._codes: dict[bytes, str] = {}
        self._bought: dict[str, tuple[Purchase, ...]] = {}

    def take(self, row: Row, event: e.Event) -> Repriced | None:
        """Apply an event; return whose sessions may have another amount now, if anybody's."""
        stream = row[1]
        if isinstance(event, e.CustomerRegistered):
            self._keep(stream, evolve(None, UUID(bytes=stream), event))
            return None
        code = self._codes.get(stream)
        if code is None:
            customer = self._read(UUID(bytes=stream), row[0] + 1)
            self._keep(stream, customer)
        else:
            customer = evolve(self._customers[code], UUID(bytes=stream), event)
        self._bought.clear()
        if isinstance(event, e.CustomerMerged):
            self.merges[customer.customer] = event.into
            return Repriced(self.root(customer.customer), None)
        if isinstance(event, e.PurchaseRecorded | e.PurchaseReturned):
            bought = (p.purchased_at for p in customer.purchases if p.order_ref == event.order_ref)
            since_us = epoch_seconds(min(bought, default=event.at)) * 1_000_000  # rating truncates to seconds
            return Repriced(self.root(customer.customer), since_us)
        return None

    def root(self, code: str) -> str:
        """Return the code under which a customer's sessions count."""
        return live_code(self.merges, code)

    def members(self, root: str) -> list[str]:
        """Return the codes that count as this one, itself first."""
        return merged_codes(self.merges, root)

    def purchases(self, root: str) -> tuple[Purchase, ...]:
        """Return everything bought under the codes that count as this one."""
        bought = self._bought.get(root)
        if bought is None:
            found = [self._customer(code).purchases for code in self.members(root)]
            bought = self._bought[root] = tuple(p for each in found for p in purchases_for_rating(each))
        return bought

    def treatment(self, root: str) -> e.VatTreatment:
        """Return how the documents of a customer are taxed."""
        return self._customer(root).vat_treatment

    def code_of(self, stream: bytes) -> str:
        """Return the code of the customer of a stream."""
        if stream not in self._codes:
            self._keep(stream, self._read(UUID(bytes=stream), self.position))
        return self._codes[stream]

    def read(self, codes: Iterable[str]) -> None:
        """Read those of these customers that were not read so far, all at once."""
        unread = [code for code in codes if code not in self._customers]
        for _, rows in self._store.streams("customer", unread, self.position) if unread else ():
            self._keep(rows[0][1], _evolved(rows))

    def _keep(self, stream: bytes, customer: Customer) -> None:
        self._codes[stream] = customer.customer
        self._customers[customer.customer] = customer

    def _customer(self, code: str) -> Customer:
        if code not in self._customers:
            found = self._store.resolve("customer", code)
            if found is None:
                raise StoreDamaged(
                    msg("the customer {code} is named by a session and cannot be found", code=code)
                )
            self._keep(found[0].bytes, self._read(found[0], self.position))
        return self._customers[code]

    def _read(self, stream: UUID, until: int) -> Customer:
        return _evolved(self._store.stream_rows(stream.bytes, until))


def _evolved(rows: Sequence[Row]) -> Customer:
    check_stream(rows, e.CustomerRegistered.TOPIC)
    stream = UUID(bytes=rows[0][1])
    customer = evolve(None, stream, decode(rows[0]))
    for row in rows[1:]:
        customer = evolve(customer, stream, decode(row))
    return customer
