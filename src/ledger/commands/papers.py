"""What a document looks like on paper: itself, its XML, the sessions behind its lines, its place in the log.

Everything is taken from the events up to the first checkpoint that covers the document (or KSeF's answer to
it), and from the words that were kept with it: the same document gives the same paper at any later time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from uuid import UUID

from ledger import customer as customers
from ledger import session as sessions
from ledger.application import Ledger
from ledger.charges import net_by_hour
from ledger.clock import Period, from_epoch_seconds, office_time
from ledger.commands import document_files
from ledger.commands.charging import buyer_of, look_up
from ledger.commands.documenting import buyer_party, document_of
from ledger.commands.members import members_of, sessions_of
from ledger.customer import Bought, purchases_for_rating
from ledger.document import Corrects, Paper, Party, PrintedHour, PrintedSession, Statement
from ledger.errors import BuyerIncomplete, StoreDamaged
from ledger.events import Event, InvoiceAccepted, InvoiceIssued
from ledger.facts import Purchase
from ledger.invoice import Invoice
from ledger.invoicing.ksef_settings import environment_of
from ledger.invoicing.seller import seller_said
from ledger.money import vat_on
from ledger.rating import Rated, rate
from ledger.session import Session, rating_facts
from ledger.store.mapper import read_fact
from ledger.transparency.evidence import proof_of


def paper_of(ledger: Ledger, number: str) -> Paper:
    """A document as it is printed; a checkpoint is made where none covers it yet.

    Raises InvoiceUnknown, BuyerIncomplete once it is erased, DocumentMissing, DocumentDamaged.
    """
    invoice = ledger.find_invoice(number)
    issued = invoice.issued
    words = _words(ledger, invoice)
    xml = document_files.read(ledger.folder.documents, issued.xml_sha256)
    position, (size, root, signed_at) = _position(ledger, invoice), _covering(ledger, invoice)
    streams = list(dict.fromkeys(line.session for line in issued.lines))
    then = {stream: _session_at(ledger, stream, position) for stream in streams}
    document = document_of(
        ledger,
        issued,
        seller_said(words),
        _party(words, issued, ledger),
        made_at=issued.at,
        corrects=_corrects(ledger, invoice, words),
        sessions=then,
    )
    return Paper(
        document=document,
        xml=xml,
        sessions=printed_sessions(ledger, issued.customer, streams, size),
        origin=ledger.book.origin,
        tree_size=size,
        root=root,
        covered_at=signed_at,
        in_ksef=issued.duty == "ksef" or invoice.accepted is not None,
        ksef_number=None if invoice.accepted is None else invoice.accepted.ksef_number,
        qr_base_url=environment_of(ledger.folder.read_config()).qr_base_url,
    )


def _words(ledger: Ledger, invoice: Invoice) -> dict[str, str]:
    words = ledger.words(invoice.issued.commitment)
    if words is None:
        raise BuyerIncomplete(f"the buyer of {invoice.issued.number} was erased")
    return words


def _party(words: Mapping[str, str], issued: InvoiceIssued, ledger: Ledger) -> Party:
    country = words.get("country") or ledger.find_customer(issued.customer).country
    return buyer_party(words, country, consumer=issued.consumer)


def _position(ledger: Ledger, invoice: Invoice) -> int:
    """The place of the document's own event in the log."""
    return ledger.store.stream_rows(invoice.id.bytes)[0][0]


def _covering(ledger: Ledger, invoice: Invoice) -> tuple[int, bytes, datetime]:
    """Size, root and last moment of the first checkpoint over the document, or over KSeF's answer to it."""
    rows = ledger.store.stream_rows(invoice.id.bytes)
    index = next((row[0] for row in rows if row[3] == InvoiceAccepted.TOPIC), rows[0][0])
    proof = proof_of(ledger.store, index)
    if proof is None:
        ledger.signer.checkpoint()
        proof = proof_of(ledger.store, index)
    assert proof is not None  # noqa: S101 - a checkpoint over the whole log was just stored
    head = proof.checkpoint
    moment_us = ledger.store.recorded_at_us(head.size - 1)
    return head.size, head.root, from_epoch_seconds(moment_us // 1_000_000)


def _corrects(ledger: Ledger, invoice: Invoice, words: Mapping[str, str]) -> Corrects | None:
    issued = invoice.issued
    if issued.corrects is None or issued.effect is None:
        return None
    original = ledger.invoice(issued.corrects)
    numbers = [each.number for each in original.corrections]
    earlier = numbers[: numbers.index(issued.number)]
    before = ledger.find_invoice(earlier[-1]) if earlier else original
    party, party_before = _party(words, issued, ledger), _party(_words(ledger, before), issued, ledger)
    in_ksef = original.issued.duty == "ksef" and original.accepted is not None
    return Corrects(
        number=original.issued.number,
        issued_on=original.issued.issued_on,
        reason=words.get("reason", issued.reason),
        effect=issued.effect,
        ksef_number=original.accepted.ksef_number if in_ksef and original.accepted else None,
        buyer_before=None if party == party_before else party_before,
    )


# --- sessions as they were --------------------------------------------------------------------


def _events_until(ledger: Ledger, stream: UUID, until: int | None) -> list[Event]:
    rows = ledger.store.stream_rows(stream.bytes, until)
    return [Event(stream, row[2], read_fact(row[3], row[5], stream, row[2])) for row in rows]


def _session_at(ledger: Ledger, stream: UUID, until: int | None) -> Session:
    session = sessions.project(None, _events_until(ledger, stream, until))
    if session is None:
        raise StoreDamaged(f"the session of stream {stream} has no events")
    return session


def _purchases_at(ledger: Ledger, code: str, until: int | None) -> tuple[Purchase, ...]:
    bought: list[Bought] = []
    for member in sorted(members_of(ledger, code)):
        found = customers.project(None, _events_until(ledger, ledger.find_customer(member).id, until))
        bought += [] if found is None else found.purchases
    return purchases_for_rating(bought)


def printed_sessions(
    ledger: Ledger, customer: str, streams: Iterable[UUID], until: int | None = None
) -> tuple[PrintedSession, ...]:
    """Sessions that ended as they stood after `until` events, by number."""
    purchases = _purchases_at(ledger, customer, until)
    found = [_printed(ledger, _session_at(ledger, stream, until), purchases) for stream in streams]
    return tuple(sorted(found, key=lambda each: each.number))


def _printed(ledger: Ledger, session: Session, purchases: tuple[Purchase, ...]) -> PrintedSession:
    rated = _rated(ledger, session, purchases)
    began, ended = session.connected_at, session.ended_at
    assert began is not None  # noqa: S101 - what is billed, or stated, has ended
    assert ended is not None  # noqa: S101 - the same
    return PrintedSession(
        number=ledger.session_number(session.id),
        session_ref=session.session_ref,
        issue=session.issue,
        connected_at=began,
        ended_at=ended,
        hours=tuple(
            PrintedHour(
                opened_at=from_epoch_seconds(hour.opened_s),
                band=hour.band,
                list_grosze=hour.list_grosze,
                discount_percent=hour.discount_percent,
                net_grosze=net_grosze,
                rule=hour.rule,
                quote=hour.quote,
            )
            for hour, net_grosze in zip(rated.hours, net_by_hour(rated), strict=True)
        ),
        waived_grosze=rated.waived_grosze,
        purged_at=session.purged_at,
        evidence=session.purge_evidence,
    )


def _rated(ledger: Ledger, session: Session, purchases: tuple[Purchase, ...]) -> Rated:
    if session.tariff is None:
        return Rated((), 0, 0, 0, {}, 0)
    tariff = ledger.tariff(session.tariff)
    by_hour = look_up(ledger) if tariff.pin == "unit" else None
    return rate(rating_facts(session, purchases), tariff, by_hour)


# --- a customer's month -----------------------------------------------------------------------


def statement_of(ledger: Ledger, code: str, period: Period) -> Statement:
    """Every session of a customer that ended in a period, free and test sessions too; no billing document.

    Raises CustomerUnknown, BuyerIncomplete.
    """
    buyer = buyer_of(ledger, code)
    words = ledger.words(ledger.find_customer(buyer.code).commitment)
    if words is None:
        raise BuyerIncomplete(f"the name of customer {buyer.code} is not there any more")
    in_period = _ended_in(period)
    streams = [s for _, s in sessions_of(ledger, buyer.codes) if in_period(ledger.session(s))]
    printed = printed_sessions(ledger, buyer.code, streams)
    net_grosze = sum(hour.net_grosze for each in printed for hour in each.hours)
    vat_grosze = sum(vat_on(net, rate) for rate, net in _by_rate(ledger, streams, printed).items())
    return Statement(
        customer=buyer.code,
        name=words.get("name", ""),
        period=period,
        as_of=ledger.last_recorded_at(),
        sessions=printed,
        net_grosze=net_grosze,
        vat_grosze=vat_grosze,
        gross_grosze=net_grosze + vat_grosze,
    )


def _ended_in(period: Period) -> Callable[[Session], bool]:
    def is_in(session: Session) -> bool:
        ended = session.ended_at
        if ended is None or session.connected_at is None:
            return False
        return period.first <= office_time(ended).date() < period.until

    return is_in


def _by_rate(ledger: Ledger, streams: Iterable[UUID], printed: Iterable[PrintedSession]) -> dict[int, int]:
    """Net by rate of VAT: each session under the rate of its list on the day it ended."""
    nets = {each.number: sum(hour.net_grosze for hour in each.hours) for each in printed}
    found: dict[int, int] = {}
    for stream in streams:
        session = ledger.session(stream)
        if session.tariff is not None and session.ended_at is not None:
            percent = ledger.tariff(session.tariff).vat_percent_on(office_time(session.ended_at).date())
            found[percent] = found.get(percent, 0) + nets[ledger.session_number(stream)]
    return found
