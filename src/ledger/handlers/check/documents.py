"""Invariants of billing: the series, the documents' files, the sessions and their invoices."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from uuid import UUID

from ledger.application.ledger import Ledger
from ledger.domain import events as e
from ledger.domain.invoice.state import Invoice
from ledger.errors import LedgerError
from ledger.folder import documents as document_files
from ledger.handlers.invoice.charges import buyer_of, charged_as_it_stood
from ledger.handlers.invoice.submit import UPO_SUFFIX
from ledger.handlers.privacy.invoices import all_documents
from ledger.message import Message, msg, plain
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
    for path in unused:
        path.unlink(missing_ok=True)
    if unused:
        yield msg("{count} file(s) removed from documents/ that belong to no document", count=len(unused))


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
            yield CheckFinding(
                "bill-left",
                msg(
                    "{document} charges session {session}, which does not stand on it; "
                    "invoice correct {document} takes it off",
                    document=invoice.issued.number,
                    session=number,
                ),
            )
        return
    if is_withdrawn:
        yield CheckFinding(
            "bill-withdrawn",
            msg(
                "session {session} stands on {document}, withdrawn",
                session=number,
                document=invoice.issued.number,
            ),
        )
    found = charged_as_it_stood(ledger, session, buyer_of(ledger, session.customer).purchases)
    if stream in billed:
        yield CheckFinding(
            "bill-twice",
            msg(
                "session {session} stands on {billed} and {document}",
                session=number,
                billed=billed[stream],
                document=invoice.issued.number,
            ),
        )
    billed[stream] = invoice.issued.number
    if (on.net_grosze, on.band_hours) != (found.rated.net_grosze, found.rated.band_hours):
        yield CheckFinding(
            "bill-changed",
            msg(
                "session {session} comes to something else than {document} says; "
                "invoice correct {document} puts it right",
                session=number,
                document=invoice.issued.number,
            ),
        )
