"""What a document's paper shows: the document as its XML says it, and its sessions as they stood then.

Deletion, KSeF and payment are shown as they are now; the checkpoint is the first that covers all of it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from itertools import takewhile
from uuid import UUID

from ledger.application.ledger import Ledger
from ledger.domain import customer as customers
from ledger.domain import events as e
from ledger.domain.clock import Period, from_epoch_microseconds, from_epoch_seconds
from ledger.domain.invoice.document import Document, Paper, PrintedHour, PrintedSession, Statement
from ledger.domain.invoice.lines import net_by_hour
from ledger.domain.invoice.state import Invoice, names_document, require_live
from ledger.domain.money import vat_on
from ledger.domain.rating.inputs import Purchase, purchases_for_rating
from ledger.domain.session.evolve import Session, project
from ledger.domain.session.rating import basis_of
from ledger.domain.tariff.holidays import holiday_at
from ledger.fa3.reader import document_in
from ledger.fa3.seller import parse_seller, seller_lines
from ledger.folder import documents as document_files
from ledger.handlers.buyer import members_of
from ledger.handlers.invoice.charges import (
    Charged,
    buyer_of,
    charged,
    charged_as_it_stood,
    names_of_bands,
)
from ledger.ksef.offline_code import issuer_of, issuer_url
from ledger.ksef.settings import environment_of
from ledger.transparency.checkpoint import Checkpoint, parse_checkpoint

_SHOWN = {
    fact.TOPIC
    for fact in (e.InvoiceIssued, e.InvoiceSubmitted, e.InvoiceAccepted, e.PaymentRecorded, e.DataPurged)
}
"""What the paper tells of: sending a document, or correcting it, changes nothing on its own paper."""


def paper_of(ledger: Ledger, invoice: Invoice, *, key_password: str | None = None) -> Paper:
    """What an issued document's paper shows; signs a checkpoint where none covers it yet.

    The password is that of the key that signs KOD II. Raises DocumentWithdrawn, DocumentMissing,
    DocumentDamaged, what signing does, and what `issuer_of` does.
    """
    require_live(invoice)
    issued = invoice.issued
    xml = document_files.read(ledger.folder.documents, issued.xml_sha256)
    streams = list(dict.fromkeys(line.session for line in issued.lines))
    found = _covering(ledger, _last_shown(ledger, invoice, streams))
    words = ledger.words(issued.commitment) or {}
    document = _named_in_english(ledger, document_in(xml, issued), invoice)
    in_ksef = issued.duty == "ksef" or bool(invoice.submissions)
    waits = in_ksef and invoice.accepted is None
    return Paper(
        document=replace(document, buyer=replace(document.buyer, email=words.get("email"))),
        xml=xml,
        sessions=tuple(_on_paper(ledger, invoice, *each) for each in sessions_behind(ledger, invoice)),
        origin=ledger.state.origin,
        tree_size=found.size,
        root=found.root,
        covered_at=from_epoch_microseconds(ledger.store.recorded_at_us(found.size - 1)),
        in_ksef=in_ksef,
        ksef_number=None if invoice.accepted is None else invoice.accepted.ksef_number,
        qr_base_url=environment_of(ledger.folder.read_config()).qr_base_url,
        issuer_url=_issuer_url(ledger, document, xml, key_password) if waits else None,
        paid_grosze=invoice.paid_grosze,
    )


def _named_in_english(ledger: Ledger, document: Document, invoice: Invoice) -> Document:
    """Return the document whose rows say in English, too, what the XML says in Polish for ever."""
    named: dict[tuple[str, bool], str] = {}
    for line in invoice.issued.lines:
        name = names_of_bands(ledger, ledger.session(line.session)).get(line.band)
        if name is not None:
            number = ledger.session_number(line.session)
            named[line.unit_id, line.before] = f"Remote support, {name.en}, session {number}"
    rows = (replace(row, name_en=named.get((row.unit_id, row.before))) for row in document.rows)
    return replace(document, rows=tuple(rows))


def _issuer_url(ledger: Ledger, document: Document, xml: bytes, key_password: str | None) -> str | None:
    config, nip = ledger.folder.read_config(), document.seller.nip
    issuer = issuer_of(config, key_password, ledger.now())
    if issuer is None or nip is None:
        return None
    return issuer_url(issuer, nip, hashlib.sha256(xml).digest(), environment_of(config).qr_base_url)


def statement_of(
    ledger: Ledger, customer: str, period: Period, streams: Iterable[UUID], as_of: datetime
) -> Statement:
    """A customer's sessions of a period, rated as they stand; VAT is taken once on the net of each rate.

    Raises CustomerUnknown, NotBillable, NoCalendar.
    """
    buyer = buyer_of(ledger, customer)
    found = [charged(ledger, stream, buyer) for stream in streams]
    nets: Counter[int] = Counter()
    for each in found:
        nets[each.vat_percent] += each.rated.net_grosze
    is_taxed = ledger.find_customer(buyer.code).vat_treatment == "pl"
    net_grosze = nets.total()
    vat_grosze = sum(vat_on(net, percent) for percent, net in nets.items()) if is_taxed else 0
    return Statement(
        customer=buyer.code,
        name=ledger.customer_name(buyer.code),
        period=period,
        as_of=as_of,
        sessions=tuple(printed_session(ledger, each, each.session, buyer.purchases) for each in found),
        net_grosze=net_grosze,
        vat_grosze=vat_grosze,
        gross_grosze=net_grosze + vat_grosze,
        seller=seller_lines(parse_seller(ledger.folder.read_config())),
    )


# --- the log ----------------------------------------------------------------------------------


def _last_shown(ledger: Ledger, invoice: Invoice, streams: list[UUID]) -> int:
    """The index of the last event that the paper tells of: of the document, or a session's deletion."""
    rows = [row for stream in (invoice.id, *streams) for row in ledger.store.stream_rows(stream.bytes)]
    return max(row[0] for row in rows if row[3] in _SHOWN)


def _covering(ledger: Ledger, index: int) -> Checkpoint:
    found = ledger.store.checkpoint_over(index)
    return ledger.signer.checkpoint() if found is None else parse_checkpoint(found[1])


# --- sessions ---------------------------------------------------------------------------------


def sessions_behind(ledger: Ledger, invoice: Invoice) -> list[tuple[UUID, PrintedSession]]:
    """The sessions of a document's lines as they were rated for it, in the order of the lines."""
    streams = dict.fromkeys(line.session for line in invoice.issued.lines)
    return [(stream, _printed(ledger, stream, invoice)) for stream in streams]


def _printed(ledger: Ledger, stream: UUID, invoice: Invoice) -> PrintedSession:
    """A session rated as it was for this document; whether its data are gone, as it is now."""
    then = _session_then(ledger, stream, invoice.issued.number)
    purchases = _purchases_then(ledger, invoice)
    found = charged_as_it_stood(ledger, then, purchases)
    return printed_session(ledger, found, ledger.session(stream), purchases)


def _on_paper(ledger: Ledger, invoice: Invoice, stream: UUID, printed: PrintedSession) -> PrintedSession:
    """A session as the buyer reads it: without prices where it is theirs no more."""
    if not _is_taken_off(ledger, stream, invoice):
        return printed
    nothing: tuple[()] = ()
    return replace(
        printed,
        is_charged=False,
        hours=nothing,
        waived_grosze=0,
        assumptions=nothing,
        alone=nothing,
        pairs=nothing,
    )


def _is_taken_off(ledger: Ledger, stream: UUID, invoice: Invoice) -> bool:
    """Return True if a correction leaves nothing of a session on the invoice that it corrects."""
    if invoice.issued.corrects is None:
        return False
    original = ledger.invoice(invoice.issued.corrects)
    earlier = takewhile(lambda each: each.correction != invoice.id, original.corrections)
    documents = [original, *(ledger.invoice(each.correction) for each in earlier), invoice]
    lines = [line for each in documents for line in each.issued.lines if line.session == stream]
    return sum(-line.hours if line.before else line.hours for line in lines) <= 0


def printed_session(
    ledger: Ledger, found: Charged, now: Session, purchases: tuple[Purchase, ...]
) -> PrintedSession:
    """A rated session as paper shows it; `now` tells whether its data are gone."""
    session, rated = found.session, found.rated
    assert session.connected_at is not None  # noqa: S101 - only a session that ended is rated
    assert session.ended_at is not None  # noqa: S101 - as above
    assert session.tariff is not None  # noqa: S101 - as above
    tariff = ledger.tariff(session.tariff)
    basis = basis_of(session, purchases, tariff, ledger.state, ledger.tariff)
    names = names_of_bands(ledger, session)
    return PrintedSession(
        number=found.number,
        session_ref=session.session_ref,
        issue=session.issue,
        connected_at=session.connected_at,
        ended_at=session.ended_at,
        hours=tuple(
            PrintedHour(
                opened_at=from_epoch_seconds(hour.opened_s),
                band=hour.band,
                list_grosze=hour.list_grosze,
                discount_percent=hour.discount_percent,
                net_grosze=net_grosze,
                waived_grosze=hour.net_grosze - net_grosze,
                rule=hour.rule,
                quote=hour.quote,
                band_name=names.get(hour.band),
                holiday=holiday_at(tariff, hour.opened_s),
            )
            for hour, net_grosze in zip(rated.hours, net_by_hour(rated), strict=True)
        ),
        waived_grosze=rated.waived_grosze,
        waived_reason=None if session.waived is None else session.waived.reason,
        purged_at=now.purged_at,
        evidence=now.purge_evidence,
        assumptions=basis.named,
        alone=basis.alone,
        pairs=tuple(pair.assumptions for pair in basis.pairs),
    )


def _session_then(ledger: Ledger, stream: UUID, number: str) -> Session:
    """The session up to the event that put it on the document, or took it off."""
    recorded = ledger.events_of(stream)
    places = [place for place, event in enumerate(recorded, 1) if names_document(event.event, number)]
    found = project(None, recorded[: places[0]])
    assert found is not None  # noqa: S101 - the stream has events
    return found


def _purchases_then(ledger: Ledger, invoice: Invoice) -> tuple[Purchase, ...]:
    """What the customer, and those that count as the same, had bought by the document's own event."""
    position = ledger.store.stream_rows(invoice.id.bytes)[0][0]
    return purchases_for_rating(
        bought
        for code in sorted(members_of(ledger, invoice.issued.customer))
        for bought in _bought_by(ledger, code, position)
    )


def _bought_by(ledger: Ledger, code: str, position: int) -> Iterator[customers.Bought]:
    found = ledger.store.resolve("customer", code)
    assert found is not None  # noqa: S101 - `members_of` names registered codes
    until = len(ledger.store.stream_rows(found[0].bytes, position))
    then = customers.project(None, ledger.events_of(found[0])[:until])
    return iter(() if then is None else then.purchases)
