"""Invariants of billing: the series, the documents' files, the sessions and their invoices."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from uuid import UUID

from ledger.application.ledger import Ledger
from ledger.domain import events as e
from ledger.domain.invoice.state import Invoice
from ledger.domain.tariff.band_names import unnamed_bands
from ledger.errors import LedgerError
from ledger.folder import documents as document_files
from ledger.handlers.invoice.charges import buyer_of, charged_as_it_stood
from ledger.handlers.invoice.submit import UPO_SUFFIX
from ledger.handlers.privacy.invoices import all_documents
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
                yield CheckFinding("series-gap", f"{event.number} does not follow {before} in series {name}")
        for event in events:
            found = ledger.store.resolve("invoice", event.number)
            if found is None or found[0] != event.invoice:
                yield CheckFinding("series-number", f"{event.number} was drawn and leads to no document")


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
                    "document-not-erased", f"{number} is recorded as erased and its files are there"
                )
            continue
        try:
            document_files.read(folder, digest)
        except LedgerError as error:
            yield CheckFinding("document-file", f"{number}: {error.fact}")
        yield from _receipt(ledger, invoice)
    for path in sorted(folder.glob("*")) if folder.is_dir() else ():
        if path.name.split(".")[0] not in known:
            yield CheckFinding("document-unused", f"documents/{path.name} belongs to no document")


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
            "document-receipt", f"{invoice.issued.number}: its UPO is missing, or is not what KSeF sent"
        )


def repair_files(ledger: Ledger) -> Iterator[str]:
    """Remove the files that belong to no document, and those of documents recorded as erased."""
    folder = ledger.folder.documents
    if not folder.is_dir():
        return
    issued = all_documents(ledger)
    erased = {each.issued.xml_sha256 for each in issued if each.erased}
    known = {each.issued.xml_sha256 for each in issued} - erased
    known |= {each.accepted.upo_sha256 for each in issued if each.accepted and each.accepted.upo_sha256}
    unused = [path for path in sorted(folder.glob("*")) if path.name.split(".")[0] not in known]
    for path in unused:
        path.unlink(missing_ok=True)
    if unused:
        yield f"{len(unused)} file(s) removed from documents/ that belong to no document"


def bands(ledger: Ledger) -> Iterator[CheckFinding]:
    """Every band of a published price list has a name that documents can bear."""
    for listed in ledger.state.tariffs:
        later = ledger.state.band_names.get(listed.digest, {})
        for band in unnamed_bands(ledger.tariff(listed.digest), later):
            yield CheckFinding(
                "band-name",
                f"the band {band} of {listed.tariff} has no name for documents;"
                f" tariff name {listed.tariff} {band} gives it one",
            )


def bills(ledger: Ledger) -> Iterator[CheckFinding]:
    """Check that every invoice agrees with its sessions, and each of them is on one invoice only."""
    every = {invoice.id: invoice for invoice in all_documents(ledger)}
    billed: dict[UUID, str] = {}
    for invoice in every.values():
        if invoice.is_correction:
            continue
        corrections = [every[each.correction] for each in invoice.corrections if each.correction in every]
        for stream, net_grosze in _nets([invoice, *corrections]).items():
            yield from _bill(ledger, invoice, stream, net_grosze, billed)


def _nets(documents: list[Invoice]) -> Counter[UUID]:
    """Return the net of each session on an invoice with its corrections, in grosze."""
    nets: Counter[UUID] = Counter()
    for document in documents:
        for line in document.issued.lines:
            nets[line.session] += -line.net_grosze if line.before else line.net_grosze
    return nets


def _bill(
    ledger: Ledger, invoice: Invoice, stream: UUID, net_grosze: int, billed: dict[UUID, str]
) -> Iterator[CheckFinding]:
    number = ledger.session_number(stream)
    session, is_withdrawn = ledger.session(stream), invoice.state == "withdrawn"
    on = session.billed_on
    if on is None or on.invoice != invoice.id:
        if net_grosze and not is_withdrawn:
            sentence = f"{invoice.issued.number} charges session {number}, which does not stand on it"
            yield CheckFinding(
                "bill-left", f"{sentence}; invoice correct {invoice.issued.number} takes it off"
            )
        return
    if is_withdrawn:
        yield CheckFinding("bill-withdrawn", f"session {number} stands on {invoice.issued.number}, withdrawn")
    found = charged_as_it_stood(ledger, session, buyer_of(ledger, session.customer).purchases)
    if stream in billed:
        yield CheckFinding(
            "bill-twice", f"session {number} stands on {billed[stream]} and {invoice.issued.number}"
        )
    billed[stream] = invoice.issued.number
    if (on.net_grosze, on.band_hours) != (found.rated.net_grosze, found.rated.band_hours):
        sentence = f"session {number} comes to something else than {invoice.issued.number} says"
        yield CheckFinding(
            "bill-changed", f"{sentence}; invoice correct {invoice.issued.number} puts it right"
        )
