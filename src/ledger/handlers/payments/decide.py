"""Decisions of a person about transfers: confirmed, assigned, set aside, returned, undone.

The assignment of a transfer and the payments on the documents are one commit.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from ledger.application.ledger import Ledger, Metadata, Receipt
from ledger.domain import events as e
from ledger.domain.identifiers import shown
from ledger.domain.invoice.commands import InvoiceContext, RecordPayment, decide
from ledger.domain.invoice.state import Invoice, evolve
from ledger.domain.money import typed_amount
from ledger.domain.payments.transfer import (
    Transfer,
    require_open,
    require_undoable,
    require_whole,
)
from ledger.domain.reasons import split_reason
from ledger.errors import BadAssignment, BadCombination, ProposalsChanged
from ledger.handlers.invoice.payments import owed
from ledger.handlers.payments.proposals import TransferProposal, Undecided, digest_of, undecided
from ledger.handlers.payments.transfers import find_transfer
from ledger.handlers.privacy.erase import placed
from ledger.message import msg

KEY_SHOWN = 12
_WANTED = re.compile(r"([^=\s]{1,64})\s*=\s*(\S.*)")


SeenPayments = str | Mapping[str, str]
"""What a person saw: the digest of all that was chosen, or the digest of each transfer by its id."""


class ChosenPayment(NamedTuple):
    """The proposals that a person chose, and the digest of what is seen of them."""

    proposals: list[TransferProposal]
    found: Undecided

    @property
    def digest(self) -> str:
        """What a confirmation without a terminal has to name."""
        return digest_of(self.proposals)


def choose(ledger: Ledger, keys: Sequence[str] = ()) -> ChosenPayment:
    """Return the proposals of these ids, all of them without one; raises TransferUnknown, BadAssignment."""
    found = undecided(ledger)
    if not keys:
        return ChosenPayment(found.proposed, found)
    by_stream = {each.transfer.id: each for each in found.proposals}
    chosen: list[TransferProposal] = []
    for key in dict.fromkeys(keys):
        transfer = find_transfer(ledger, key)
        require_open(transfer, transfer.id.hex[:KEY_SHOWN])
        proposal = by_stream[transfer.id]
        if proposal.judged.verdict != "proposed":
            fact = msg("for transfer {key} nothing is certain", key=transfer.id.hex[:KEY_SHOWN])
            raise BadAssignment(fact)
        chosen.append(proposal)
    return ChosenPayment(chosen, found)


def confirm(ledger: Ledger, metadata: Metadata, chosen: ChosenPayment, seen: SeenPayments) -> Receipt:
    """Record the proposals as payments, all of them or none.

    `seen` is what the person saw. Raises: ProposalsChanged, BadPayment, Conflict.
    """
    metadata = _of_confirm(metadata, seen)
    if repeat := ledger.repeat_of(metadata):
        return repeat
    require_same(chosen, seen)
    writer = _Writer(ledger, metadata)
    for each in chosen.proposals:
        parts = tuple(
            e.PaidPart(chosen.found.owing.invoices[part.invoice].id, part.invoice, part.amount_grosze)
            for part in each.judged.parts
        )
        writer.assign(each.transfer, parts, rule=each.judged.why)
    return writer.record()


def require_same(chosen: ChosenPayment, seen: SeenPayments) -> None:
    """Raise ProposalsChanged unless a person saw these very proposals."""
    if not isinstance(seen, str):
        now = {each.key: digest_of([each]) for each in chosen.proposals}
        if now != dict(seen):
            changed = next(key for key in (*now, *seen) if now.get(key) != seen.get(key))
            raise ProposalsChanged(
                msg("transfer {key} is not as it was seen", key=shown(changed[:KEY_SHOWN]))
            )
    elif chosen.digest != seen:
        raise ProposalsChanged(
            msg("what would be confirmed has another digest than {seen}", seen=shown(seen))
        )


def repeat_of_confirm(ledger: Ledger, metadata: Metadata, seen: SeenPayments) -> Receipt | None:
    """Return the receipt of the same confirmation given before."""
    return ledger.repeat_of(_of_confirm(metadata, seen))


def _of_confirm(metadata: Metadata, seen: SeenPayments) -> Metadata:
    told = seen if isinstance(seen, str) else dict(sorted(seen.items()))
    return metadata.of_command("payment confirm", {"seen": told})


class Wanted(NamedTuple):
    """A document and the amount that a person assigns to it, in grosze."""

    number: str
    amount_grosze: int


def wanted_of(text: str) -> Wanted:
    """Return what a person typed as FV/2026/11/0001=123.00; raises BadCombination, BadAmount."""
    match = _WANTED.fullmatch(text.strip())
    if match is None:
        raise BadCombination(
            msg("{text} is not a number and an amount: FV/2026/11/0001=123.00", text=shown(text))
        )
    return Wanted(match[1], typed_amount(match[2]))


def assign(
    ledger: Ledger, metadata: Metadata, key: str, parts: Sequence[Wanted], *, overpaid: bool = False
) -> Receipt:
    """Assign a transfer to documents: all of it, with its sign.

    With `overpaid` what the parts leave goes to the last document, beyond what it owes. Raises:
    TransferUnknown, TransferDecided, BadAssignment, InvoiceUnknown, BadPayment, Conflict.
    """
    transfer = find_transfer(ledger, key)
    key_shown = transfer.id.hex[:KEY_SHOWN]
    arguments = {"transfer": transfer.id.hex, "to": [list(each) for each in parts], "overpaid": overpaid}
    metadata = metadata.of_command("payment assign", arguments)
    if repeat := ledger.repeat_of(metadata):
        return repeat
    require_open(transfer, key_shown)
    if len({each.number for each in parts}) != len(parts) or not parts:
        raise BadAssignment(msg("each document is named once, and one at least"))
    wanted = list(parts)
    rest = transfer.seen.amount_grosze - sum(each.amount_grosze for each in parts)
    if overpaid and rest > 0:
        wanted[-1] = Wanted(wanted[-1].number, wanted[-1].amount_grosze + rest)
    paid = tuple(
        e.PaidPart(ledger.find_invoice(each.number).id, each.number, each.amount_grosze) for each in wanted
    )
    require_whole(transfer, paid, key_shown)
    writer = _Writer(ledger, metadata)
    writer.assign(transfer, paid, rule="person", overpaid_grosze=max(rest, 0) if overpaid else 0)
    return writer.record()


def set_aside(ledger: Ledger, metadata: Metadata, key: str, reason: e.SetAsideCode) -> Receipt:
    """Record that a transfer pays no document; raises TransferUnknown, TransferDecided, Conflict."""
    transfer = find_transfer(ledger, key)
    arguments = {"transfer": transfer.id.hex, "reason": reason}
    metadata = metadata.of_command("payment set-aside", arguments)
    if repeat := ledger.repeat_of(metadata):
        return repeat
    require_open(transfer, transfer.id.hex[:KEY_SHOWN])
    event = e.TransferSetAside(**metadata.header(ledger.now()), reason=reason)
    return ledger.record(e.following(transfer.id, transfer.version, event))


def undo(ledger: Ledger, metadata: Metadata, key: str, reason: str) -> Receipt:
    """Take an assignment, or setting aside, back: payments are reversed, the transfer is open again.

    Raises: TransferUnknown, TransferDecided, BadReason, Conflict.
    """
    transfer = find_transfer(ledger, key)
    code, personal_data = split_reason(reason)
    arguments = {"transfer": transfer.id.hex, "reason": code}
    metadata = metadata.of_command("payment undo", arguments)
    if repeat := ledger.repeat_of(metadata, personal_data):
        return repeat
    require_undoable(transfer, transfer.id.hex[:KEY_SHOWN])
    writer = _Writer(ledger, metadata)
    event = e.TransferUnassigned(**writer.header, reason=code)
    writer.add(transfer.id, transfer.version, event)
    writer.reverse(transfer, transfer.seen.booked_on)
    return ledger.record(placed(writer.facts), personal_data)


def returned(ledger: Ledger, metadata: Metadata, key: str, of: str) -> Receipt:
    """Record that a transfer out takes back an earlier one: what that paid is owed again.

    Raises: TransferUnknown, TransferDecided, BadAssignment, Conflict.
    """
    transfer, first = find_transfer(ledger, key), find_transfer(ledger, of)
    metadata = metadata.of_command("payment returned", {"transfer": transfer.id.hex, "of": first.id.hex})
    if repeat := ledger.repeat_of(metadata):
        return repeat
    require_open(transfer, transfer.id.hex[:KEY_SHOWN])
    if first.state not in {"open", "assigned"}:
        require_open(first, first.id.hex[:KEY_SHOWN])
    if transfer.seen.amount_grosze + first.seen.amount_grosze or transfer.seen.amount_grosze > 0:
        raise BadAssignment(msg("a return goes out, and is as much as what it takes back"))
    writer = _Writer(ledger, metadata)
    writer.add(transfer.id, transfer.version, e.TransferReturned(**writer.header, of=first.id))
    writer.add(first.id, first.version, e.TransferReturned(**writer.header, of=transfer.id))
    writer.reverse(first, transfer.seen.booked_on)
    return writer.record()


class _Writer:
    """Collects the events of one commit; each document is as the events before left it."""

    def __init__(self, ledger: Ledger, metadata: Metadata) -> None:
        self.ledger = ledger
        self.metadata = metadata
        self.header: dict[str, Any] = metadata.header(ledger.now())
        self.facts: list[tuple[UUID, int, e.Event]] = []
        self._invoices: dict[UUID, tuple[Invoice, int]] = {}

    def add(self, stream: UUID, version: int, event: e.Event) -> None:
        """Add an event after a version of its stream."""
        self.facts.append((stream, version, event))

    def assign(
        self, transfer: Transfer, parts: tuple[e.PaidPart, ...], *, rule: str, overpaid_grosze: int = 0
    ) -> None:
        """Add the assignment of a transfer and the payments on its documents."""
        event = e.TransferAssigned(**self.header, parts=parts, rule=rule, overpaid_grosze=overpaid_grosze)
        self.add(transfer.id, transfer.version, event)
        for part in parts:
            command = RecordPayment(
                amount_grosze=part.amount_grosze,
                on=transfer.seen.booked_on,
                method="transfer",
                overpaid=overpaid_grosze > 0 and part is parts[-1],
            )
            invoice, version = self._invoice(part.invoice)
            context = InvoiceContext(self.metadata, self.header["at"], lambda: owed(self.ledger, invoice))  # noqa: B023 - called at once
            payment = msgspec.structs.replace(decide(invoice, command, context), transfer=transfer.id)
            self._pay(invoice, version, payment)

    def reverse(self, transfer: Transfer, on: date) -> None:
        """Add the reversal of what a transfer paid."""
        for part in transfer.parts:
            invoice, version = self._invoice(part.invoice)
            reversal = e.PaymentReversed(
                **self.header, amount_grosze=part.amount_grosze, on=on, transfer=transfer.id
            )
            self._pay(invoice, version, reversal)

    def record(self) -> Receipt:
        """Record all of it, or nothing."""
        return self.ledger.record(placed(self.facts))

    def _invoice(self, stream: UUID) -> tuple[Invoice, int]:
        if stream not in self._invoices:
            invoice = self.ledger.invoice(stream)
            self._invoices[stream] = invoice, invoice.version
        return self._invoices[stream]

    def _pay(self, invoice: Invoice, version: int, event: e.Event) -> None:
        self.add(invoice.id, version, event)
        evolve(invoice, invoice.id, event)
