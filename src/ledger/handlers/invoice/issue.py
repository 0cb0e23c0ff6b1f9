"""Issuing: what a customer's sessions come to becomes a numbered document, in one transaction.

The number, the document and each session's "billed" are written together at the versions the draft saw:
a second number, a second bill or an unseen correction is a conflict, and then nothing is written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from ledger import errors
from ledger.application.ledger import Ledger, Metadata, PersonalData, Receipt
from ledger.domain import events as e
from ledger.domain.clock import month_period, office_time
from ledger.domain.invoice.document import Corrects, Document, Party
from ledger.domain.invoice.ksef_duty import Candidate, judge
from ledger.domain.invoice.lines import Sums, lines_of, sums_of
from ledger.domain.invoice.state import Series
from ledger.domain.ledger_state import LEDGER_STREAM
from ledger.domain.numbering import next_number, parse_pattern, stream_of
from ledger.domain.session.decide import Author
from ledger.fa3.parties import check_buyer
from ledger.fa3.seller import seller_of
from ledger.fa3.validate import validate
from ledger.fa3.writer import fa3_xml
from ledger.folder import documents as document_files
from ledger.handlers.invoice.charges import Buyer, Charged, buyer_of, charged, require_unbilled
from ledger.handlers.invoice.document import BUYER_FIELDS, buyer_party, document_of
from ledger.handlers.invoice.ksef_duty import exempt_of, standing_of


class Draft(NamedTuple):
    """What would be issued to a customer; nothing is recorded. Sessions that cost nothing are left out."""

    buyer: Buyer
    party: Party
    words: dict[str, str]
    consumer: bool
    treatment: e.VatTreatment
    sessions: list[Charged]
    lines: list[e.InvoiceLine]
    vat_percent: int
    sums: Sums
    receipt: str | None


class Drawn(NamedTuple):
    """The next number of a series, and the series as it was when it was looked at."""

    series: str
    seen: Series
    number: str


class Issuing(NamedTuple):
    """A document in the making: who issues it, when, on which day, in which stream, under which number."""

    author: Author
    now: datetime
    day: date
    stream: UUID
    drawn: Drawn

    @property
    def header(self) -> dict[str, Any]:
        """The fields of every fact beside the document; the document alone names the command."""
        return self.author._replace(command=None, command_digest=None).header(self.now)


class Written(NamedTuple):
    """A document with its parties, ready to be written; `words` are what the vault keeps of it."""

    issued: e.InvoiceIssued
    buyer: Party
    words: dict[str, str]
    corrects: Corrects | None = None


# --- drafting ---------------------------------------------------------------------------------


def drafted(ledger: Ledger, customer: str, streams: Sequence[UUID]) -> Draft:
    """What the sessions of a customer come to on one invoice.

    Raises NothingToBill, AlreadyBilled, NotBillable, NeedsReceipt, VatUndecided, BuyerIncomplete,
    MixedRates, MixedReceipts, InvoiceField.
    """
    buyer = buyer_of(ledger, customer)
    found = [charged(ledger, stream, buyer) for stream in streams]
    sessions = [each for each in found if each.charges]
    if not sessions:
        raise errors.NothingToBill("the sessions cost nothing, or there are none")
    for each in sessions:
        if each.session.customer not in buyer.codes:
            raise errors.NotBillable(f"session {each.number} is not of customer {buyer.code}")
        require_unbilled(ledger, each)
    known = ledger.find_customer(buyer.code)
    words = ledger.words(known.commitment)
    if words is None or not words.get("name"):
        raise errors.BuyerIncomplete(f"the name of customer {buyer.code} is not there any more")
    consumer = known.consumer == "yes" or (known.consumer == "unknown" and not _tax_number(words))
    _require_taxable(buyer.code, known.vat_treatment, words, consumer=consumer)
    if consumer:
        _require_demand(sessions)
    party = buyer_party(words, known.country, consumer=consumer)
    check_buyer(party, known.vat_treatment, is_consumer=consumer)
    lines = lines_of(charge for each in sessions for charge in each.charges)
    vat_percent = _rate_of(sessions, known.vat_treatment)
    return Draft(
        buyer,
        party,
        {key: words[key] for key in BUYER_FIELDS if key in words} | {"country": known.country},
        consumer,
        known.vat_treatment,
        sessions,
        lines,
        vat_percent,
        sums_of(lines, vat_percent),
        _receipt_of(sessions),
    )


def _tax_number(words: dict[str, str]) -> str | None:
    return words.get("nip") or words.get("vat_id")


def _require_taxable(code: str, treatment: e.VatTreatment, words: dict[str, str], *, consumer: bool) -> None:
    if treatment == "ask":
        raise errors.VatUndecided(f"customer {code} is abroad and nobody decided how help is taxed")
    if treatment == "pl" and not consumer and not words.get("nip"):
        raise errors.BuyerIncomplete(f"customer {code} is a business without a NIP")
    if treatment == "eu" and not words.get("vat_id"):
        raise errors.BuyerIncomplete(f"customer {code} is an EU business without a VAT number")
    if not words.get("address_line1") and not consumer:
        raise errors.BuyerIncomplete(f"customer {code} has no address")


def _require_demand(sessions: Sequence[Charged]) -> None:
    waiting = [each.number for each in sessions if each.session.invoice_requested_on is None]
    if waiting:
        raise errors.NeedsReceipt(f"a consumer asked for no invoice for session {waiting[0]}")


def _rate_of(sessions: Sequence[Charged], treatment: e.VatTreatment) -> int:
    if treatment != "pl":
        return 0
    percents = {each.vat_percent for each in sessions}
    if len(percents) > 1:
        raise errors.MixedRates("the sessions fall under different rates of VAT")
    return percents.pop()


def _receipt_of(sessions: Sequence[Charged]) -> str | None:
    receipts = {None if each.session.receipt is None else each.session.receipt.number for each in sessions}
    if len(receipts) > 1:
        raise errors.MixedReceipts("the sessions are not all settled by one receipt")
    return receipts.pop()


# --- issuing ----------------------------------------------------------------------------------


def issue(
    ledger: Ledger,
    said: Metadata,
    *,
    customer: str,
    sessions: Sequence[UUID],
    tool: str,
    on: date | None = None,
) -> Receipt:
    """Issue one invoice over these sessions of a customer; `tool` is the program as the XML names it.

    Raises what `drafted` does, FindingsOpen, BadIssueDate, ExemptionEnded, SellerIncomplete, XmlInvalid,
    Conflict.
    """
    told = {"customer": customer, "sessions": sorted(map(str, sessions)), "on": on}
    author = ledger.author(said, "invoice issue", told)
    if author.command is not None and ledger.store.resolve("command", author.command) is not None:
        return repeated(ledger, author)
    draft, now = drafted(ledger, customer, sessions), ledger.now()
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


def require_settled(ledger: Ledger, sessions: Iterable[Charged]) -> None:
    """Raise FindingsOpen for a session that reconcile.require holds back; the read models are asked."""
    if ledger.state.texts["reconcile.require"] == "off":
        return
    for each in sessions:
        found = ledger.read_models.open_findings(month_period(each.service_on)).get(each.number)
        if found:
            raise errors.FindingsOpen(f"session {each.number} has the open finding {found[0]}")


def repeated(ledger: Ledger, author: Author) -> Receipt:
    """The receipt of the same command given before; raises CommandReused."""
    found = ledger.store.resolve("command", author.command or "")
    assert found is not None  # noqa: S101 - asked for before
    stream, digest = found
    if digest != author.command_digest:
        raise errors.CommandReused("the command id was used for something else")
    number = ledger.invoice(stream).issued.number
    return ledger.receipt_again(ledger.recorded_together(stream, lambda event: _bears(event, number)))


def _bears(event: e.Event, number: str) -> bool:
    """Whether a fact was recorded with the document of that number."""
    return number in {getattr(event, "number", None), getattr(event, "correction", None)}


def draw(ledger: Ledger, setting: str, day: date) -> Drawn:
    """The next number of the series that a setting's pattern makes of a day."""
    pattern = parse_pattern(ledger.state.texts[setting])
    name = pattern.series(day)
    seen = ledger.series(name)
    last = seen.drawn[-1].number if seen.drawn else None
    return Drawn(name, seen, next_number(pattern, day, last, ledger.state.texts["invoice.start"]))


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
    """The session stands on the invoice of that number with what it comes to now."""
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
    """The number, drawn at the version the series was seen at."""
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
    """The latch, where this document crosses the monthly limit, at the version the book was seen at."""
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

    The file comes first: an acknowledged document always has its bytes. When somebody else was faster the
    file goes again; what another failure leaves lies there unused, and `check` names it.
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
        receipt = ledger.record_together(
            [e.RecordedEvent(issuing.stream, 1, issued), *others], PersonalData("tax", words)
        )
    except errors.Conflict:
        if ledger.store.resolve("xml", digest) is None:  # another process may have issued these very bytes
            document_files.forget(ledger.folder.documents, digest)
        raise
    ledger.reread_state()
    return receipt


def xml_of(document: Document, tool: str) -> bytes:
    """FA(3) of a document, valid by schema and by our own arithmetic; raises XmlInvalid."""
    xml = fa3_xml(document, tool)
    validate(xml)
    return xml
