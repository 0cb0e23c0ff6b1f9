"""What issuing and correcting share: the number, the events beside the document, its bytes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec

from ledger import errors
from ledger.application.ledger import Ledger, Metadata, PersonalData, Receipt
from ledger.domain import events as e
from ledger.domain.clock import office_time
from ledger.domain.invoice.document import Corrects, Document, Party
from ledger.domain.invoice.state import Series
from ledger.domain.ledger_state import LEDGER_STREAM
from ledger.domain.numbering import next_number, parse_pattern, stream_of
from ledger.fa3.seller import seller_of
from ledger.fa3.validate import validate
from ledger.fa3.writer import fa3_xml
from ledger.folder import documents as document_files
from ledger.handlers.invoice.charges import Charged
from ledger.handlers.invoice.document import document_of
from ledger.handlers.invoice.ksef_duty import exempt_of
from ledger.message import msg

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


class Unpublished(NamedTuple):
    """A document with its parties, ready to be written; `words` go to the vault."""

    issued: e.InvoiceIssued
    buyer: Party
    words: dict[str, str]
    corrects: Corrects | None = None


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
        raise errors.BadIssueDate(msg("{day} lies ahead", day=day))
    if service_until is not None and day < service_until:
        raise errors.BadIssueDate(
            msg(
                "on {day} the help had not ended: that was on {service_until}",
                day=day,
                service_until=service_until,
            )
        )
    last = series.last_issued_on
    if last is not None and day < last:
        raise errors.BadIssueDate(
            msg("a document of the series was issued on {last} already, after {day}", last=last, day=day)
        )


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
    ledger: Ledger, issuing: Issuing, written: Unpublished, others: Sequence[e.RecordedEvent], *, tool: str
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
