"""Documents on their way to KSeF: sent once, asked after as often as needed.

`InvoiceSubmitted` is recorded before the bytes leave, so that a crash leaves a trace. The next `submit` of
such a document asks its sessions first; only what never arrived is sent again, and what KSeF then calls a
duplicate is ours when its bytes are. So no silence makes a second invoice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Literal, NamedTuple

import msgspec

from ledger import errors
from ledger.application.ledger import Ledger, Metadata
from ledger.domain import events as e
from ledger.domain.clock import office_time
from ledger.domain.events.invoices import DUPLICATE
from ledger.domain.invoice.ksef_duty import sending_mode
from ledger.domain.invoice.state import Invoice, State, require_live
from ledger.domain.ksef_outage import outage_at_issue
from ledger.folder import documents as document_files
from ledger.handlers.invoice.awaiting import pending
from ledger.handlers.invoice.outage import awaits_number, deadline_of
from ledger.ksef.client import Ksef
from ledger.ksef.duplicate import is_number, key_of
from ledger.ksef.status_codes import words_of
from ledger.ksef.verdict import DuplicateHidden, KsefTaken, TurnedDown, Verdict
from ledger.message import Hint, msg, step

UPO_SUFFIX = ".upo.xml"
"""The official receipt lies beside the XML, under the XML's hash."""
_RECORDINGS_MAX = 5

Outcome = Literal["accepted", "rejected", "waiting"]


@dataclass(frozen=True, slots=True)
class SubmissionPlan:
    """How a document would go to KSeF today.

    `send_by`: until when it has to, for one dated before today or issued in an outage; None while that lasts.
    `outage`: the kind that the day is counted by.
    """

    number: str
    mode: e.KsefMode
    send_by: date | None
    is_late: bool
    state: State
    outage: e.OutageKind | None = None


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of a document, and what was recorded of it just now."""

    plan: SubmissionPlan
    outcome: Outcome
    accepted: e.InvoiceAccepted | None = None
    code: int | None = None
    details: tuple[str, ...] = ()
    """What KSeF says beside the code; it may quote the document, so it is shown and never recorded."""
    original: str | None = None
    recorded: tuple[e.RecordedEvent, ...] = ()
    is_away: bool = False
    """Whether it waits because KSeF cannot be reached: then no other has to be tried."""

    @property
    def number(self) -> str:
        """The document's."""
        return self.plan.number


def planned(ledger: Ledger, number: str) -> SubmissionPlan:
    """How it would be sent; raises InvoiceUnknown, NotForKsef, DocumentWithdrawn, CorrectionTooEarly."""
    return _plan(ledger, _submittable(ledger, number))


def waiting_plan(ledger: Ledger, number: str) -> SubmissionPlan:
    """The same for a document that cannot go yet; raises InvoiceUnknown."""
    return _plan(ledger, ledger.find_invoice(number))


def submit(ledger: Ledger, said: Metadata, number: str, ksef: Ksef) -> Submitted:
    """Send a document, or find out what became of it; one that KSeF has already is left alone.

    Raises InvoiceUnknown, NotForKsef, DocumentWithdrawn, CorrectionTooEarly, DocumentMissing,
    DocumentDamaged, Conflict, KsefRefused, KsefLoginRefused, and KsefSilent where KSeF is away and nothing
    was recorded.
    """
    sending = _begun(ledger, said, number, ksef)
    if sending.invoice.accepted is not None:
        return sending.completed(sending.invoice.accepted)
    xml = document_files.read(ledger.folder.documents, sending.invoice.issued.xml_sha256)
    with ledger.signing.once():
        try:
            verdict = sending.earlier(xml)
            if verdict is None:
                sending.announce(ksef.session())
                verdict = ksef.send(xml, is_offline=sending.plan.mode == "offline24")
        except errors.KsefSilent as silent:
            if silent.is_away and not sending.recorded:
                raise
            return sending.waiting(is_away=silent.is_away)
        return sending.settled(verdict)


def ask(ledger: Ledger, said: Metadata, number: str, ksef: Ksef) -> Submitted:
    """Find out what became of a document that was sent; nothing is sent. Raises as `submit` does."""
    sending = _begun(ledger, said, number, ksef)
    if sending.invoice.accepted is not None:
        return sending.completed(sending.invoice.accepted)
    xml = document_files.read(ledger.folder.documents, sending.invoice.issued.xml_sha256)
    try:
        verdict = sending.earlier(xml)
    except errors.KsefSilent as silent:
        if silent.is_away:
            raise
        return sending.waiting()
    return sending.waiting() if verdict is None else sending.settled(verdict)


class SeenDocument(NamedTuple):
    """What a person saw in KSeF: a KSeF number, and the file saved there where this login may not see it."""

    ksef_number: str
    xml: bytes | None = None


def seen(ledger: Ledger, said: Metadata, number: str, there: SeenDocument, ksef: Ksef) -> Submitted:
    """Decide a duplicate by the document that a person saw in KSeF.

    The same bytes are ours, and accepted; others of the same seller, kind and number are a rejection. Raises
    SeenOther where file or KSeF number are of another seller, kind or number, or nothing was sent;
    KsefHidden; and what `submit` does.
    """
    sending, told = _begun(ledger, said, number, ksef), there.ksef_number
    if sending.invoice.accepted is not None:
        return sending.completed(sending.invoice.accepted)
    xml = document_files.read(ledger.folder.documents, sending.invoice.issued.xml_sha256)
    key = key_of(xml)
    if not is_number(told) or key is None or not told.startswith(f"{key.nip}-"):
        raise errors.SeenOther(msg("{ksef_number} is no KSeF number of this seller", ksef_number=told))
    if not sending.invoice.submissions:
        raise errors.SeenOther(msg("{number} was never sent to KSeF", number=number))
    content = ksef.seen(told) if there.xml is None else there.xml
    if content is None:
        raise errors.KsefHidden(msg("KSeF does not show {ksef_number} to this login", ksef_number=told))
    if content == xml:
        day = datetime.strptime(told.split("-")[1], "%Y%m%d").replace(tzinfo=UTC)
        return sending.settled(KsefTaken(told, day, "", is_duplicate=True))
    found = key_of(content)
    if found is None or found[:3] != key[:3]:
        raise errors.SeenOther(
            msg("what KSeF has as {ksef_number} has not the number {number}", ksef_number=told, number=number)
        )
    return sending.settled(TurnedDown(DUPLICATE, original=told))


def _begun(ledger: Ledger, said: Metadata, number: str, ksef: Ksef) -> _Sending:
    invoice = _submittable(ledger, number)
    author = said.of_command("invoice submit", {})
    return _Sending(ledger, author, _plan(ledger, invoice), ksef, invoice)


def _submittable(ledger: Ledger, number: str) -> Invoice:
    invoice = ledger.find_invoice(number)
    if invoice.issued.duty != "ksef":
        raise errors.NotForKsef(
            msg("{number} was issued outside KSeF ({duty})", number=number, duty=invoice.issued.duty)
        )
    require_live(invoice)
    if invoice.accepted is None and not awaits_number(ledger, invoice):
        raise errors.NotForKsef(
            msg("{number} stays outside KSeF: a total failure of it", number=invoice.issued.number),
            hint=Hint(step("ksef outage list"), " shows it; a mistake is withdrawn there"),
        )
    if invoice.issued.corrects is not None:
        original = ledger.invoice(invoice.issued.corrects)
        if awaits_number(ledger, original):
            raise errors.CorrectionTooEarly(
                msg("{number} has no number of KSeF yet", number=original.issued.number)
            )
    return invoice


def _plan(ledger: Ledger, invoice: Invoice) -> SubmissionPlan:
    arrives_at = ledger.now() if invoice.accepted is None else invoice.accepted.acquired_at
    today, issued = office_time(arrives_at).date(), invoice.issued
    mode, until = sending_mode(issued.issued_on, today), deadline_of(ledger, issued)
    if outage_at_issue(issued, ledger.state.outages) is not None:
        mode = "offline24"
    by, outage = (None, None) if mode == "online" else (until.on, until.reason)
    is_late = by is not None and today > by
    kind = None if outage == "next_day" else outage
    return SubmissionPlan(issued.number, mode, by, is_late, invoice.state, kind)


@dataclass(slots=True)
class _Sending:
    """One document, and what is recorded of it on the way."""

    ledger: Ledger
    author: Metadata
    plan: SubmissionPlan
    ksef: Ksef
    invoice: Invoice
    recorded: list[e.RecordedEvent] = field(default_factory=list[e.RecordedEvent])

    def earlier(self, xml: bytes) -> Verdict | None:
        """What became of it in the sessions it was sent in, the last first; None where it never arrived."""
        if self.invoice.state != "submitted":
            return None
        for submission in reversed(self.invoice.submissions):
            verdict = self.ksef.ask_after(submission.session_reference, xml)
            if verdict is not None:
                return verdict
        return None

    def announce(self, session: str) -> None:
        """Record that the bytes are about to leave; raises Conflict when somebody else is at it."""
        event = e.InvoiceSubmitted(
            **self.author.header(self.ledger.now()),
            mode=self.plan.mode,
            session_reference=session,
            reference="",
        )
        self.recorded += self.ledger.record(e.following(self.invoice.id, self.invoice.version, event)).events

    def settled(self, verdict: Verdict) -> Submitted:
        """Record what KSeF decided."""
        if isinstance(verdict, KsefTaken):
            return self._taken(verdict)
        if isinstance(verdict, DuplicateHidden):
            waits = self.waiting()
            return replace(waits, code=verdict.code, details=verdict.details, original=verdict.original)
        return self._turned_down(verdict)

    def waiting(self, *, is_away: bool = False) -> Submitted:
        """Nothing was decided."""
        return Submitted(self.plan, "waiting", recorded=tuple(self.recorded), is_away=is_away)

    def completed(self, accepted: e.InvoiceAccepted) -> Submitted:
        """A document that KSeF has: its receipt is fetched where it is not there, or not whole."""
        submissions = self.invoice.submissions
        if submissions and not self._has_receipt(accepted):
            taken = KsefTaken(accepted.ksef_number, accepted.acquired_at, submissions[-1].session_reference)
            digest = self._keep_receipt(taken)
            if digest not in {None, accepted.upo_sha256}:
                accepted = msgspec.structs.replace(
                    accepted, **self.author.header(self.ledger.now()), upo_sha256=digest
                )
                self._record(accepted)
        return Submitted(self.plan, "accepted", accepted, recorded=tuple(self.recorded))

    def _has_receipt(self, accepted: e.InvoiceAccepted) -> bool:
        path = self.ledger.folder.documents / f"{self.invoice.issued.xml_sha256}{UPO_SUFFIX}"
        return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == accepted.upo_sha256

    def _taken(self, taken: KsefTaken) -> Submitted:
        accepted = e.InvoiceAccepted(
            **self.author.header(self.ledger.now()),
            ksef_number=taken.ksef_number,
            acquired_at=taken.acquired_at,
            upo_sha256=self._keep_receipt(taken),
            duplicate=taken.is_duplicate,
        )
        self._record(accepted)
        return Submitted(self.plan, "accepted", accepted, recorded=tuple(self.recorded))

    def _turned_down(self, verdict: TurnedDown) -> Submitted:
        self._record(
            e.InvoiceRejected(
                **self.author.header(self.ledger.now()),
                code=verdict.code,
                description=words_of(verdict.code).pl,
                original=verdict.original or "",
            )
        )
        return Submitted(
            self.plan,
            "rejected",
            code=verdict.code,
            details=verdict.details,
            original=verdict.original,
            recorded=tuple(self.recorded),
        )

    def _keep_receipt(self, taken: KsefTaken) -> str | None:
        """SHA-256 of the official receipt, which lies beside the XML then; None where there is none yet."""
        try:
            receipt = self.ksef.receipt(taken)
        except (errors.KsefSilent, errors.KsefRefused):
            return None  # the number counts; the receipt is fetched by the next submit
        if receipt is None:
            return None
        folder, name = self.ledger.folder.documents, self.invoice.issued.xml_sha256
        document_files.keep(folder, receipt, UPO_SUFFIX, name=name)
        return hashlib.sha256(receipt).hexdigest()

    def _record(self, event: e.InvoiceAccepted | e.InvoiceRejected) -> None:
        """Record an answer of KSeF after whatever the office recorded of the document meanwhile.

        A document that was withdrawn meanwhile is not rejected once more; that KSeF took it is recorded.
        Raises Conflict only when somebody is always faster; the next submit asks KSeF again then.
        """
        for attempt in range(1, _RECORDINGS_MAX + 1):
            invoice = self.ledger.invoice(self.invoice.id)
            known = invoice.accepted
            if isinstance(event, e.InvoiceRejected) and invoice.state in {"accepted", "withdrawn"}:
                return
            if isinstance(event, e.InvoiceAccepted) and known is not None and _says_no_more(event, known):
                return
            try:
                self.recorded += self.ledger.record(e.following(invoice.id, invoice.version, event)).events
            except errors.Conflict:
                if attempt == _RECORDINGS_MAX:
                    raise
            else:
                return


def _says_no_more(event: e.InvoiceAccepted, known: e.InvoiceAccepted) -> bool:
    """Whether the same acceptance is recorded, with a receipt that is no older."""
    return event.ksef_number == known.ksef_number and event.upo_sha256 in {None, known.upo_sha256}


def numbers_of(ledger: Ledger, named: Sequence[str], *, every: bool) -> list[str]:
    """The documents a command speaks of: those named, each once, or all that wait."""
    return pending(ledger) if every else list(dict.fromkeys(named))
