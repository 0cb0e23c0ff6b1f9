"""Facts about customers: what they are called, what they bought, what was erased."""

from __future__ import annotations

from datetime import date
from typing import ClassVar, Literal

import msgspec

from ledger.domain.events.base import Consumer, Event, Personal, Reasoned, VatTreatment


class CustomerRegistered(Personal, frozen=True, kw_only=True):
    """A customer is known under a code; name, NIP and addresses lie in the vault."""

    TOPIC: ClassVar[str] = "customer.registered:1"

    customer: str
    consumer: Consumer = "unknown"
    country: str = "PL"
    vat_treatment: VatTreatment = "pl"


class CustomerUpdated(Reasoned, frozen=True, kw_only=True):
    """The customer's data are now these, all of them."""

    TOPIC: ClassVar[str] = "customer.updated:1"

    consumer: Consumer
    country: str
    vat_treatment: VatTreatment


class CustomerMerged(Reasoned, frozen=True, kw_only=True):
    """This customer turned out to be `into`: its sessions and purchases count as theirs."""

    TOPIC: ClassVar[str] = "customer.merged:1"

    into: str


class PurchaseRecorded(Personal, frozen=True, kw_only=True):
    """The customer bought something from the shop at `at`; this makes them a customer of the shop."""

    TOPIC: ClassVar[str] = "purchase.recorded:1"

    order_ref: str


class PurchaseReturned(Reasoned, frozen=True, kw_only=True):
    """What was bought under the order went back at `at`."""

    TOPIC: ClassVar[str] = "purchase.returned:1"

    order_ref: str


class ComputerLearned(Personal, frozen=True, kw_only=True):
    """A computer that a source names is this customer's: a person matched a record of it to their session.

    Its name lies in the vault under the customer's key: it outlasts the month, and ends with their data.
    """

    TOPIC: ClassVar[str] = "customer.computer_learned:1"

    adapter: str
    instance: str


class Kept(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What an erasure leaves, under which rule, until when."""

    data: Literal["session", "tax", "customer"]
    law: str
    until: date | None = None


class ErasureRequested(Event, frozen=True, kw_only=True):
    """The customer asks for erasure; it is answered by the deadline."""

    TOPIC: ClassVar[str] = "customer.erasure_requested:1"

    deadline: date


class CustomerErased(Event, frozen=True, kw_only=True):
    """The request was answered: everything of theirs is erased, or some is kept and the outcome says why."""

    TOPIC: ClassVar[str] = "customer.erased:1"

    outcome: Literal["erased", "partly", "refused"]
    sessions: int = 0
    """How many of their sessions lost personal data with it."""
    kept: tuple[Kept, ...] = ()


class CustomerDataErased(Event, frozen=True, kw_only=True):
    """Personal data of a class that belong to the customer's stream were erased at the end of their time."""

    TOPIC: ClassVar[str] = "customer.data_erased:1"

    data: Literal["customer", "tax"]
    why: Literal["retention", "erasure"] = "retention"
