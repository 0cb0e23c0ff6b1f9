"""Invariants of billing: the series, the documents' files, the sessions and their invoices."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from uuid import UUID

from ledger.application.ledger import Ledger
from ledger.domain import events as e
from ledger.domain.invoice.state import Invoice
from ledger.domain.session.state import Session
from ledger.domain.tariff.band_names import unnamed_bands
from ledger.errors import LedgerError, Refused
from ledger.folder import documents as document_files
from ledger.folder.atomic_write import discard
from ledger.handlers.invoice.changes import changes_of, stands_on
from ledger.handlers.invoice.correct import correction_drafted
from ledger.handlers.invoice.submit import UPO_SUFFIX
from ledger.handlers.privacy.invoices import all_documents
from ledger.message import Message, joined, msg, plain, step
from ledger.store.finding import CheckFinding
from ledger.store.mapper import read_fact


def series(ledger: Ledger) -> Iterator[CheckFinding]:
    """Check that every series gave its numbers without a gap, each to one document that exists."""
    drawn: defaultdict[str, list[e.NumberDrawn]] = defaultdict(list)
    for _, stream, version, topic, _, state in ledger.store.rows_with(e.NumberDrawn.TOPIC):
        event = read_fact(topic, state, UUID(bytes=stream), version)
        assert isinstance(event, e.NumberDrawn)  # noqa: S101 - the topic says so
        drawn[event.series].append(event)
    for name, events in drawn.items():
        places = [_place(name, event.number) for event in events]
        for before, after, event in zip(places, places[1:], events[1:], strict=False):
            if after != before + 1:
                yield CheckFinding(
                    "series-gap",
                    msg(
                        "{number} does not follow {before} in series {name}",
                        number=event.number,
                        before=before,
                        name=name,
                    ),
                )
        for event in events:
            found = ledger.store.resolve("invoice", event.number)
            if found is None or found[0] != event.invoice:
                yield CheckFinding(
                    "series-number", msg("{number} was drawn and leads to no document", number=event.number)
                )


def _place(series: str, number: str) -> int:
    before, _, after = series.partition("#")
    inner = number.removeprefix(before).removesuffix(after)
    return int(inner) if inner.isdigit() else 0


def files(ledger: Ledger) -> Iterator[CheckFinding]:
    """Check that every document has its XML, an erased one none, and every file its document."""
    folder = ledger.folder.documents
    known: set[str] = set()
    for invoice in all_documents(ledger):
        digest, number = invoice.issued.xml_sha256, invoice.issued.number
        known.add(digest)
        if invoice.accepted is not None and invoice.accepted.upo_sha256 is not None:
            known.add(invoice.accepted.upo_sha256)
        if invoice.erased:
            if any(folder.glob(f"{digest}*")):
                yield CheckFinding(
                    "document-not-erased",
                    msg("{number} is recorded as erased and its files are there", number=number),
                )
            continue
        try:
            document_files.read(folder, digest)
        except LedgerError as error:
            yield CheckFinding("document-file", plain("{number}: {fact}", number=number, fact=error.message))
        yield from _receipt(ledger, invoice)
    for path in sorted(folder.glob("*")) if folder.is_dir() else ():
        if path.name.split(".")[0] not in known:
            yield CheckFinding(
                "document-unused", msg("documents/{name} belongs to no document", name=path.name)
            )


def _receipt(ledger: Ledger, invoice: Invoice) -> Iterator[CheckFinding]:
    """Check that the official receipt of KSeF is there as it was fetched."""
    accepted = invoice.accepted
    if accepted is None or accepted.upo_sha256 is None:
        return
    path = ledger.folder.documents / f"{invoice.issued.xml_sha256}{UPO_SUFFIX}"
    try:
        is_whole = hashlib.sha256(path.read_bytes()).hexdigest() == accepted.upo_sha256
    except OSError:
        is_whole = False
    if not is_whole:
        yield CheckFinding(
            "document-receipt",
            msg("{number}: its UPO is missing, or is not what KSeF sent", number=invoice.issued.number),
        )


def repair_files(ledger: Ledger) -> Iterator[Message]:
    """Remove the files that belong to no document, and those of documents recorded as erased."""
    folder = ledger.folder.documents
    if not folder.is_dir():
        return
    issued = all_documents(ledger)
    erased = {each.issued.xml_sha256 for each in issued if each.erased}
    known = {each.issued.xml_sha256 for each in issued} - erased
    known |= {each.accepted.upo_sha256 for each in issued if each.accepted and each.accepted.upo_sha256}
    unused = [path for path in sorted(folder.glob("*")) if path.name.split(".")[0] not in known]
    removed = sum(discard(path) for path in unused)  # one that is held open stays, and `check` names it
    if removed:
        yield msg("{count} file(s) removed from documents/ that belong to no document", count=removed)


def bands(ledger: Ledger) -> Iterator[CheckFinding]:
    """Every band of a published price list has a name that documents can bear."""
    for listed in ledger.state.tariffs:
        later = ledger.state.band_names.get(listed.digest, {})
        for band in unnamed_bands(ledger.tariff(listed.digest), later):
            yield CheckFinding(
                "band-name",
                msg(
                    "the band {band} of {tariff} has no name for documents;"
                    " tariff name {tariff} {band} gives it one",
                    band=band,
                    tariff=listed.tariff,
                ),
            )


def bills(ledger: Ledger) -> Iterator[CheckFinding]:
    """Check that every invoice says what its sessions come to, and each of them is on one invoice only.

    What a finding names as the next step is what `invoice correct` says of the document now.
    """
    every = {invoice.id: invoice for invoice in all_documents(ledger)}
    billed: dict[UUID, str] = {}
    for invoice in every.values():
        if invoice.is_correction:
            continue
        yield from _billed_once(ledger, invoice, billed)
        if invoice.state != "withdrawn" and not invoice.erased:
            corrections = [every[each.correction] for each in invoice.corrections if each.correction in every]
            yield from _bill(ledger, invoice, corrections)


def _billed_once(ledger: Ledger, invoice: Invoice, billed: dict[UUID, str]) -> Iterator[CheckFinding]:
    """Yield the sessions that stand on an invoice put aside, or on another one, too."""
    for stream in dict.fromkeys(line.session for line in invoice.issued.lines):
        if not stands_on(ledger.session(stream), invoice):
            continue
        number = ledger.session_number(stream)
        if invoice.state == "withdrawn":
            yield CheckFinding(
                "bill-withdrawn",
                msg(
                    "session {number} stands on {number_2}, withdrawn",
                    number=number,
                    number_2=invoice.issued.number,
                ),
            )
        if stream in billed:
            yield CheckFinding(
                "bill-twice",
                msg(
                    "session {number} stands on {billed} and {number_2}",
                    number=number,
                    billed=billed[stream],
                    number_2=invoice.issued.number,
                ),
            )
        billed[stream] = invoice.issued.number


def _bill(ledger: Ledger, invoice: Invoice, corrections: list[Invoice]) -> Iterator[CheckFinding]:
    """Yield the sessions of which an invoice says something else than they come to."""
    try:
        changes = changes_of(ledger, invoice, corrections)
    except Refused as why:
        yield CheckFinding(
            "bill-unrated",
            msg("{number}: {fact}; {hint}", number=invoice.issued.number, fact=why.message, hint=why.hint),
        )
        return
    if not changes.rows:
        return
    way = _why_not(ledger, invoice)
    correction = step("invoice correct", invoice.issued.number, is_brief=True)
    for stream in dict.fromkeys(row.session for row in changes.rows):
        session, number, document = (
            ledger.session(stream),
            ledger.session_number(stream),
            invoice.issued.number,
        )
        if not stands_on(session, invoice):
            sentence = msg(
                "{document} charges session {number}, which does not stand on it",
                document=document,
                number=number,
            )
            yield CheckFinding(
                "bill-left", joined((sentence, way or msg("{step} takes it off", step=correction)))
            )
            continue
        sentence = _changed(session, number, document, is_freed=any(stream == e.id for e in changes.freed))
        yield CheckFinding(
            "bill-changed", joined((sentence, way or msg("{step} puts it right", step=correction)))
        )


def _changed(session: Session, number: int, document: str, *, is_freed: bool) -> Message:
    """Return in which way an invoice says something else of its session."""
    if session.voided:
        return msg(
            "session {number} is put aside, and {document} charges it", number=number, document=document
        )
    if is_freed:
        return msg(
            "session {number} is of {customer}, and {document} charges another customer",
            number=number,
            customer=session.customer,
            document=document,
        )
    return msg(
        "session {number} comes to something else than {document} says", number=number, document=document
    )


def _why_not(ledger: Ledger, invoice: Invoice) -> Message | None:
    """Return why an invoice that says something else cannot be corrected as it is, and what to do first."""
    try:
        correction_drafted(ledger, invoice.issued.number)
    except Refused as why:
        return joined((why.message, why.hint.message))
    return None
