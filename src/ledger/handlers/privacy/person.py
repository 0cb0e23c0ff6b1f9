"""What is held about one person: which data, where, why and until when; never the data themselves.

`access` gives the data, for the person; this says what there is, for whoever has to answer for it. Told are
the places that the ledger knows; `ELSEWHERE` names those that it cannot look into.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from ledger.application.ledger import Ledger
from ledger.domain import events as e
from ledger.domain.clock import local_month, office_time
from ledger.domain.customer import Customer
from ledger.domain.invoice.state import Invoice
from ledger.domain.retention import TAX_LAW, abandoned_since, erased_classes, tax_until
from ledger.domain.session.evolve import Session, project
from ledger.handlers.buyer import members_of, sessions_of
from ledger.handlers.payments.transfers import all_transfers
from ledger.handlers.privacy.erase import left_behind
from ledger.handlers.privacy.invoices import documents_of, kept_until
from ledger.handlers.privacy.retention import last_tax_words
from ledger.handlers.vault_classes import vault_class_of
from ledger.store.mapper import read_fact
from ledger.vault.cipher import VaultClass

What = Literal[
    "registration", "session", "reasons", "document", "document-file", "transfer", "record", "workspace",
    "fingerprint", "codes",
]  # fmt: skip
Where = Literal["vault", "documents", "workstation", "events", "ksef"]
Rule = Literal["request", "purge", "hold", "abandoned", "tax", "record", "month-closed", "history", "ksef"]
"""What ends it: a request for erasure, the session's purge, the day of a hold, …"""
ELSEWHERE = ("backups", "transfers", "imports", "handed-out", "outbox", "read-models", "vendor", "customer")
"""Places of which the ledger knows that they may be, and nothing else."""


class HeldItem(NamedTuple):
    """Data of one kind about one subject. `until` is a day of the office calendar, None where none is set."""

    what: What
    where: Where
    subject: str
    """What it is about: K-041, 17 (a session's number), FV/2026/11/0001, the name of a workstation."""
    fields: tuple[str, ...]
    """Names of what is held; empty where only older events could tell."""
    items: int
    since: date
    rule: Rule
    until: date | None
    law: str | None = None


class ErasedItem(NamedTuple):
    """Data that are recorded as erased."""

    what: What
    subject: str
    at: datetime
    why: str
    """request, retention, abandoned, purge, month-closed."""


class Person(NamedTuple):
    """All of it; `customers` are the codes that count as this person, the living one first."""

    customers: list[str]
    asked_until: date | None
    """The day by which a request for erasure that waits is to be answered."""
    held: list[HeldItem]
    erased: list[ErasedItem]


_OF_CLASS: dict[str, What] = {"customer": "registration", "session": "session", "tax": "reasons"}


def person(ledger: Ledger, code: str) -> Person:
    """Return what is held about a customer and those merged into it; raises CustomerUnknown."""
    codes = members_of(ledger, code)
    customers = [ledger.find_customer(member) for member in codes]
    waiting = [c.erasure.deadline for c in customers if c.erasure is not None and c.erased is None]
    asked_until = min(waiting, default=None)
    found = list(_found(_Known(ledger), ledger, customers, asked_until))
    erased = [each for each in found if isinstance(each, ErasedItem)]
    held = [each for each in found if isinstance(each, HeldItem)]
    return Person(codes, asked_until, held, sorted(erased, key=lambda each: each.at))


def _found(
    known: _Known, ledger: Ledger, customers: Sequence[Customer], asked_until: date | None
) -> Iterator[HeldItem | ErasedItem]:
    """Yield everything, place by place."""
    codes = [customer.customer for customer in customers]
    for customer in customers:
        recorded = ledger.events_of(customer.id)
        yield from known.of_stream(recorded, customer.customer, "customer", "request", asked_until)
        yield from _erased(recorded, customer.customer)
    sessions = {stream: number for number, stream in sessions_of(ledger, codes)}
    for stream, number in sessions.items():
        recorded = ledger.events_of(stream)
        yield from known.of_session(recorded, number)
        yield from _erased(recorded, str(number))
    documents = documents_of(ledger, codes)
    for invoice in documents:
        yield from known.of_document(invoice)
        yield from _erased(ledger.events_of(invoice.id), invoice.issued.number, "document")
    yield from known.of_transfers({invoice.id for invoice in documents})
    yield from known.of_records(sessions)
    for customer in customers:
        recorded = ledger.events_of(customer.id)
        since = office_time(recorded[0].event.at).date()
        yield HeldItem("codes", "events", customer.customer, (), len(recorded), since, "history", None)


class _Known:
    """What the vault still opens, and the rules of the ledger's settings."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._settings = ledger.state.settings
        self._closed = {each.month: each.closed_at for each in reversed(ledger.state.closures)}
        """When the key of a month's fingerprints went, by the month."""
        self._gone = {(each.data, each.stream) for each in left_behind(ledger)}

    def _holds(self, kind: VaultClass, stream: UUID, commitment: str) -> bool:
        vault = self._ledger.vault
        return vault.has_keys(kind, stream) and vault.holds(commitment) and (kind, stream) not in self._gone

    def of_stream(
        self,
        recorded: Sequence[e.RecordedEvent],
        subject: str,
        kind: VaultClass,
        rule: Rule,
        until: date | None,
        *,
        what: What | None = None,
        law: str | None = None,
    ) -> list[HeldItem]:
        """Return what the vault holds of one class in a stream; nothing where it holds nothing."""
        committed = [
            each.event
            for each in recorded
            if isinstance(each.event, e.Personal)
            and each.event.commitment is not None
            and vault_class_of(each.event) == kind
            and self._holds(kind, each.originator_id, each.event.commitment)
        ]
        if not committed:
            return []
        fields = tuple(dict.fromkeys(field for event in committed for field in event.fields))
        since = office_time(min(event.at for event in committed)).date()
        named = what or _OF_CLASS[kind]
        return [HeldItem(named, "vault", subject, fields, len(committed), since, rule, until, law)]

    def of_session(self, recorded: Sequence[e.RecordedEvent], number: int) -> Iterator[HeldItem | ErasedItem]:
        """Yield the words, the files and the fingerprints of a session."""
        session = project(None, recorded)
        assert session is not None  # noqa: S101 - a session's stream has a first event
        rule, until = self._session_rule(session)
        yield from self.of_stream(recorded, str(number), "session", rule, until)
        last = last_tax_words(recorded)
        if last is not None:
            tax = tax_until(office_time(last).date(), self._settings["retention.tax_years"])
            kept = max(tax, session.held_until or tax)
            yield from self.of_stream(recorded, str(number), "tax", "tax", kept, law=TAX_LAW)
        if session.purged_at is None:
            for made in _workspaces(recorded):
                since = office_time(made.at).date()
                hosts = tuple(filter(None, [made.host or made.workstation]))
                yield HeldItem("workspace", "workstation", str(number), hosts, 1, since, rule, until)
        for event in _fingerprinted(recorded):
            closed = self._closed.get(local_month(event.at))
            if closed is not None:
                yield ErasedItem("fingerprint", str(number), closed, "month-closed")
            else:
                since = office_time(event.at).date()
                yield HeldItem("fingerprint", "events", str(number), (), 1, since, "month-closed", None)

    def _session_rule(self, session: Session) -> tuple[Rule, date | None]:
        if session.held_until is not None:
            return "hold", session.held_until
        since = abandoned_since(session)
        if since is not None:
            over = since + timedelta(days=self._settings["purge.abandoned_days"])
            return "abandoned", office_time(over).date()
        ended = session.ended_at
        return "purge", None if ended is None else office_time(ended).date()

    def of_document(self, invoice: Invoice) -> Iterator[HeldItem]:
        """Yield the buyer's data, the files, and that KSeF has the document."""
        number, recorded = invoice.issued.number, self._ledger.events_of(invoice.id)
        until, since = kept_until(self._ledger, invoice), invoice.issued.issued_on
        yield from self.of_stream(recorded, number, "tax", "tax", until, what="document", law=TAX_LAW)
        files = sorted(
            path.suffix.removeprefix(".")
            for path in self._ledger.folder.documents.glob(f"{invoice.issued.xml_sha256}*")
        )
        if files:
            yield HeldItem(
                "document-file", "documents", number, tuple(files), len(files), since, "tax", until, TAX_LAW
            )
        if invoice.accepted is not None:
            yield HeldItem("document", "ksef", number, (), 1, since, "ksef", None)

    def of_transfers(self, documents: set[UUID]) -> Iterator[HeldItem | ErasedItem]:
        """Yield the words of bank transfers that pay these documents."""
        for transfer in all_transfers(self._ledger):
            if not any(part.invoice in documents for part in transfer.parts):
                continue
            until = tax_until(transfer.seen.booked_on, self._settings["retention.tax_years"])
            recorded, name = self._ledger.events_of(transfer.id), transfer.id.hex[:12]
            yield from self.of_stream(recorded, name, "tax", "tax", until, what="transfer", law=TAX_LAW)
            yield from _erased(recorded, name, "transfer")

    def of_records(self, sessions: Mapping[UUID, int]) -> Iterator[HeldItem | ErasedItem]:
        """Yield the words of the remote tools' records that are matched, or of the same computer."""
        owners = self._owners(sessions)
        days = timedelta(days=self._settings["purge.abandoned_days"])
        for stream, owner in owners.items():
            recorded, number = self._ledger.events_of(stream), str(owner)
            until = office_time(recorded[0].event.at + days).date()
            yield from self.of_stream(recorded, number, "session", "record", until, what="record")
            yield from _erased(recorded, number, "record")

    def _owners(self, sessions: Mapping[UUID, int]) -> dict[UUID, int]:
        """Return the session of each record: the matched one, else one with the same remote ID."""
        prints: dict[str, int] = {}
        for stream, number in sessions.items():
            for event in _fingerprinted(self._ledger.events_of(stream)):
                assert event.remote_id_fingerprints is not None  # noqa: S101 - asked before
                prints.setdefault(event.remote_id_fingerprints[0], number)
        owners: dict[UUID, int] = {}
        for _, raw, version, topic, _, state in self._ledger.store.rows_of("record"):
            stream = UUID(bytes=raw)
            match read_fact(topic, state, stream, version):
                case e.SourceSessionObserved(remote_id_fingerprints=(first, _)) if first in prints:
                    owners[stream] = prints[first]
                case e.SourceSessionMatched(session=session):
                    owners.pop(stream, None)
                    if session in sessions:
                        owners[stream] = sessions[session]
                case _:
                    pass
        return owners


def _workspaces(recorded: Iterable[e.RecordedEvent]) -> Iterator[e.WorkspaceMade]:
    """Yield where a session's folder was made, each workstation once."""
    seen: set[str | None] = set()
    for each in recorded:
        if isinstance(each.event, e.WorkspaceMade) and each.event.workstation not in seen:
            seen.add(each.event.workstation)
            yield each.event


def _fingerprinted(recorded: Iterable[e.RecordedEvent]) -> Iterator[e.Requested]:
    for each in recorded:
        if isinstance(each.event, e.Requested) and each.event.remote_id_fingerprints is not None:
            yield each.event


def _erased(
    recorded: Iterable[e.RecordedEvent], subject: str, what: What | None = None
) -> Iterator[ErasedItem]:
    for each in recorded:
        for data in erased_classes(each.event):
            why = getattr(each.event, "why", None) or _BY_EVENT.get(type(each.event), "request")
            yield ErasedItem(what or _OF_CLASS[data], subject, each.event.at, _WHY.get(why, why))


_BY_EVENT: dict[type[e.Event], str] = {e.DataPurged: "purge", e.InvoiceDataErased: "retention"}
_WHY = {"erasure": "request"}
