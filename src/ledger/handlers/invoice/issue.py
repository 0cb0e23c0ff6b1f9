"""Issuing: sessions of a customer become a numbered document, in one transaction.

The number, the document and each session's "billed" are written together at the versions the draft saw: a
second number, a second bill or an unseen correction is a conflict, and then nothing is written. What another
issuer caused is decided again from the start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from ledger import errors
from ledger.application.ledger import Ledger, Metadata, PersonalData, Receipt
from ledger.domain import events as e
from ledger.domain.clock import Period, month_period, office_time
from ledger.domain.invoice.document import Corrects, Document, Party
from ledger.domain.invoice.ksef_duty import Candidate, judge
from ledger.domain.invoice.state import Series
from ledger.domain.ledger_state import LEDGER_STREAM
from ledger.domain.money import format_amount
from ledger.domain.numbering import next_number, parse_pattern, stream_of
from ledger.fa3.seller import seller_of
from ledger.fa3.validate import validate
from ledger.fa3.writer import fa3_xml
from ledger.folder import documents as document_files
from ledger.handlers.buyer import members_of
from ledger.handlers.invoice.charges import Charged
from ledger.handlers.invoice.document import document_of
from ledger.handlers.invoice.draft import Draft, drafted
from ledger.handlers.invoice.ksef_duty import exempt_of, standing_of
from ledger.handlers.invoice.plan import PlannedInvoice

TRIES_MAX = 20
"""Attempts at a document while other issuers draw numbers at the same time."""


class DrawnNumber(NamedTuple):
    """The next number of a series, and the series as it was when it was looked at."""

    series: str
    seen: Series
    number: str


class Issuing(NamedTuple):
    """The frame of a document: author, moment, day of issue, stream and number."""

    author: Metadata
    now: datetime
    day: date
    stream: UUID
    drawn: DrawnNumber

    @property
    def header(self) -> dict[str, Any]:
        """The fields of every event beside the document; the document alone names the command."""
        return self.author.without_command().header(self.now)


class Written(NamedTuple):
    """A document with its parties, ready to be written; `words` go to the vault."""

    issued: e.InvoiceIssued
    buyer: Party
    words: dict[str, str]
    corrects: Corrects | None = None


class IssuedPeriod(NamedTuple):
    """The outcome of a plan: documents issued, and customers whose sessions wait, each with the reason."""

    issued: list[e.InvoiceIssued]
    waiting: list[tuple[str, errors.Refused]]


# --- issuing ----------------------------------------------------------------------------------


def issue_period(
    ledger: Ledger,
    said: Metadata,
    planned: Iterable[PlannedInvoice],
    *,
    tool: str,
    on: date | None = None,
    advance: Callable[[], None] | None = None,
    expected_gross_grosze: int | None = None,
) -> IssuedPeriod:
    """Issue the documents of a plan, each in a transaction of its own; the log is signed once, at the end.

    What is refused meanwhile waits with the rest of the plan. `advance` is called after each document.
    """
    every = list(planned)
    outcome = IssuedPeriod([], [(each.customer, each.why) for each in every if each.waits and each.why])
    with ledger.signing.once():
        for each in (planned for planned in every if planned.state == "issue"):
            try:
                receipt = issue(
                    ledger,
                    said,
                    customer=each.customer,
                    sessions=each.streams,
                    tool=tool,
                    on=on,
                    expected_gross_grosze=expected_gross_grosze,
                )
            except errors.Refused as why:
                outcome.waiting.append((each.customer, why))
            else:
                outcome.issued.append(document_in(receipt))
            if advance is not None:
                advance()
    return outcome


def draft_session(ledger: Ledger, said: Metadata, named: str) -> Draft | None:
    """Draft the invoice over one session; None where the same command has issued it already.

    Raises: SessionUnknown, FindingsOpen, and what `drafted` does.
    """
    stream, _ = ledger.find_session(named)
    if said.command_id is not None and ledger.store.resolve("command", said.command_id) is not None:
        return None
    draft = drafted(ledger, ledger.session(stream).customer, [stream])
    require_settled(ledger, draft.sessions)
    return draft


def issue_session(
    ledger: Ledger,
    said: Metadata,
    named: str,
    *,
    tool: str,
    on: date | None = None,
    expected_gross_grosze: int | None = None,
) -> Receipt:
    """Issue one invoice over one session; raises SessionUnknown, and what `issue` does."""
    stream, _ = ledger.find_session(named)
    customer = ledger.session(stream).customer
    return issue(
        ledger,
        said,
        customer=customer,
        sessions=[stream],
        tool=tool,
        on=on,
        expected_gross_grosze=expected_gross_grosze,
    )


def document_in(receipt: Receipt) -> e.InvoiceIssued:
    """Return the document that a receipt is of."""
    issued = receipt.events[0].event
    assert isinstance(issued, e.InvoiceIssued)  # noqa: S101 - the document comes first
    return issued


def issue(
    ledger: Ledger,
    said: Metadata,
    *,
    customer: str,
    sessions: Sequence[UUID],
    tool: str,
    on: date | None = None,
    expected_gross_grosze: int | None = None,
) -> Receipt:
    """Issue one invoice over these sessions of a customer; `tool` is the program as the XML names it.

    `expected_gross_grosze` is the amount that a person saw. Raises: DraftChanged, FindingsOpen, BadIssueDate,
    ExemptionEnded, SellerIncomplete, XmlInvalid, Conflict, and what `drafted` does.
    """
    author = _of_issue(said, customer, sessions, on)
    return tried_again(
        ledger,
        lambda: _issue(
            ledger,
            author,
            customer=customer,
            sessions=sessions,
            tool=tool,
            on=on,
            expected_gross_grosze=expected_gross_grosze,
        ),
    )


def tried_again(ledger: Ledger, attempt: Callable[[], Receipt]) -> Receipt:
    """Decide and record a document; again from the start when another issuer recorded something first.

    Raises: Conflict, after TRIES_MAX attempts; SeenOld and DraftChanged at once: a person has to look again.
    """
    for _ in range(TRIES_MAX - 1):
        try:
            return attempt()
        except (errors.SeenOld, errors.DraftChanged):
            raise
        except errors.Conflict:
            ledger.reread_state()  # the beginning of the duty to use KSeF may be recorded meanwhile
    return attempt()


def _issue(
    ledger: Ledger,
    author: Metadata,
    *,
    customer: str,
    sessions: Sequence[UUID],
    tool: str,
    on: date | None,
    expected_gross_grosze: int | None,
) -> Receipt:
    if repeat := ledger.repeat_of(author, belongs=is_of_document, is_looked_up=True):
        return repeat
    draft, now = drafted(ledger, customer, sessions), ledger.now()
    require_gross(draft, expected_gross_grosze)
    require_settled(ledger, draft.sessions)
    day = on or office_time(now).date()
    drawn = draw(ledger, "invoice.series", day)
    require_issue_day(day, now, drawn.seen, max(each.service_on for each in draft.sessions))
    candidate = Candidate(draft.sums.gross_grosze, is_consumer=draft.consumer)
    ruling = judge(standing_of(ledger, day), candidate)
    issuing = Issuing(author, now, day, ledger.ids.new(), drawn)
    issued = e.InvoiceIssued(
        **author.header(now),
        number=drawn.number,
        customer=draft.buyer.code,
        issued_on=day,
        due_on=day + timedelta(days=ledger.state.settings["invoice.term_days"]),
        lines=tuple(draft.lines),
        vat_percent=draft.vat_percent,
        net_grosze=draft.sums.net_grosze,
        vat_grosze=draft.sums.vat_grosze,
        gross_grosze=draft.sums.gross_grosze,
        xml_sha256="",
        xml_bytes=0,
        duty=ruling.duty,
        treatment=draft.treatment,
        consumer=draft.consumer,
        receipt=draft.receipt,
    )
    others = [
        drawn_event(issuing, ruling.counts_grosze),
        *(billed_event(each, issuing, drawn.number) for each in draft.sessions),
        *obligation_began(ledger, issuing, begins=ruling.begins),
    ]
    return publish(ledger, issuing, Written(issued, draft.party, draft.words), others, tool=tool)


def _of_issue(metadata: Metadata, customer: str, sessions: Iterable[UUID], on: date | None) -> Metadata:
    """Return the metadata with the digest of issuing one document."""
    arguments = {"customer": customer, "sessions": sorted(map(str, sessions)), "on": on}
    return metadata.of_command("invoice issue", arguments)


def repeat_in_period(
    ledger: Ledger, metadata: Metadata, *, period: Period, customer: str, on: date | None = None
) -> Receipt | None:
    """Return the receipt of the document that the same command issued of a period; None without one.

    Its sessions are billed since, so the plan of the period has them no longer. Raises CommandReused where
    the document is of another customer, of another period, or of another day.
    """
    command_id = metadata.command_id
    found = None if command_id is None else ledger.store.resolve("command", command_id)
    if found is None:
        return None
    issued = ledger.events_of(found[0])[0].event
    metadata = _of_issue(metadata, customer, (), on)
    if isinstance(issued, e.InvoiceIssued) and issued.customer in members_of(ledger, customer):
        streams = {line.session for line in issued.lines}
        if all(period.first <= line.service_on < period.until for line in issued.lines):
            metadata = _of_issue(metadata, issued.customer, streams, on)
    return ledger.repeat_of(metadata, belongs=is_of_document, is_looked_up=True)


def require_gross(draft: Draft, expected_grosze: int | None) -> None:
    """Raise DraftChanged unless the draft comes to the gross amount that a person saw, if they named one."""
    gross_grosze = draft.sums.gross_grosze
    if expected_grosze is not None and gross_grosze != expected_grosze:
        seen, now = format_amount(expected_grosze), format_amount(gross_grosze)
        raise errors.DraftChanged(f"an invoice of {seen} was seen, and now it comes to {now}")


def require_settled(ledger: Ledger, sessions: Iterable[Charged]) -> None:
    """Raise FindingsOpen for a session that reconcile.require holds back, by the read models."""
    if ledger.state.texts["reconcile.require"] == "off":
        return
    for each in sessions:
        found = ledger.read_models.open_findings(month_period(each.service_on)).get(each.number)
        if found:
            raise errors.FindingsOpen(f"session {each.number} has the open finding {found[0]}")


def is_of_document(issued: e.Event, event: e.Event) -> bool:
    """Return True for an event that was recorded with the document of the first one."""
    number = getattr(issued, "number", None)
    return number is not None and number in {
        getattr(event, "number", None),
        getattr(event, "correction", None),
    }


def draw(ledger: Ledger, setting: str, day: date) -> DrawnNumber:
    """Draw the next number of the series that a setting's pattern gives for a day."""
    pattern = parse_pattern(ledger.state.texts[setting])
    name = pattern.series(day)
    seen = ledger.series(name)
    last = seen.drawn[-1].number if seen.drawn else None
    return DrawnNumber(name, seen, next_number(pattern, day, last, ledger.state.texts["invoice.start"]))


def require_issue_day(day: date, now: datetime, series: Series, service_until: date | None) -> None:
    """Raise BadIssueDate for a day ahead, before the end of the help, or before the series' last document."""
    if day > office_time(now).date():
        raise errors.BadIssueDate(f"{day} lies ahead")
    if service_until is not None and day < service_until:
        raise errors.BadIssueDate(f"on {day} the help had not ended: that was on {service_until}")
    last = series.last_issued_on
    if last is not None and day < last:
        raise errors.BadIssueDate(f"a document of the series was issued on {last} already, after {day}")


def billed_event(
    each: Charged, issuing: Issuing, number: str, correction: str | None = None
) -> e.RecordedEvent:
    """Return the event that bills a session on the invoice of that number."""
    session = each.session
    event = e.SessionBilled(
        **issuing.header,
        invoice=issuing.stream if session.billed_on is None else session.billed_on.invoice,
        number=number,
        net_grosze=each.rated.net_grosze,
        band_hours=each.rated.band_hours,
        correction=correction,
    )
    return e.RecordedEvent(session.id, session.version + 1, event)


def drawn_event(issuing: Issuing, exempt_grosze: int) -> e.RecordedEvent:
    """Return the event that draws the number, at the version the series was seen at."""
    drawn = issuing.drawn
    event = e.NumberDrawn(
        **issuing.header,
        series=drawn.series,
        number=drawn.number,
        invoice=issuing.stream,
        issued_on=issuing.day,
        exempt_grosze=exempt_grosze,
    )
    return e.RecordedEvent(stream_of(drawn.series), drawn.seen.version + 1, event)


def obligation_began(ledger: Ledger, issuing: Issuing, *, begins: bool) -> list[e.RecordedEvent]:
    """Return the event that begins the duty to use KSeF, if this document crosses the monthly limit."""
    if not begins:
        return []
    event = e.KsefObligationBegan(
        **issuing.header,
        number=issuing.drawn.number,
        month=f"{issuing.day:%Y-%m}",
        exempt_grosze=exempt_of(ledger, issuing.day),
    )
    return [e.RecordedEvent(LEDGER_STREAM, ledger.state.version + 1, event)]


def publish(
    ledger: Ledger, issuing: Issuing, written: Written, others: Sequence[e.RecordedEvent], *, tool: str
) -> Receipt:
    """Write the XML, check it, put it on disk, and record everything in one transaction.

    The file comes first, so a recorded document always has its bytes. It is removed after a conflict; a file
    left by any other failure is unused, and `check` names it.
    """
    seller = seller_of(ledger.folder.read_config())
    issued, buyer, words, corrects = written
    sessions = {line.session: ledger.session(line.session) for line in issued.lines}
    document = document_of(
        ledger, issued, seller, buyer, made_at=issued.at, sessions=sessions, corrects=corrects
    )
    xml = xml_of(document, tool)
    digest = document_files.keep(ledger.folder.documents, xml)
    issued = msgspec.structs.replace(issued, xml_sha256=digest, xml_bytes=len(xml))
    try:
        receipt = ledger.record(
            [e.RecordedEvent(issuing.stream, 1, issued), *others], PersonalData("tax", words)
        )
    except errors.Conflict:
        if ledger.store.resolve("xml", digest) is None:  # another process may have issued these very bytes
            document_files.forget(ledger.folder.documents, digest)
        raise
    ledger.reread_state()
    return receipt


def xml_of(document: Document, tool: str) -> bytes:
    """Return the FA(3) of a document, checked by schema and by our own arithmetic; raises XmlInvalid."""
    xml = fa3_xml(document, tool)
    validate(xml)
    return xml
