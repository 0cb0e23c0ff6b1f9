"""Commands on a session: load, decide, record."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from ledger.application.ledger import Ledger, Metadata, PersonalData, Receipt
from ledger.domain import events as e
from ledger.domain.customer import require_live
from ledger.domain.identifiers import check_key
from ledger.domain.session.commands import DeclarePurged, SessionCommand
from ledger.domain.session.decide import decide
from ledger.domain.session.evolve import Session
from ledger.domain.session.life import SessionContext
from ledger.domain.session.request import RequestHelp
from ledger.errors import SessionPurged, SessionRefTaken
from ledger.message import msg


class LedgerLookups(NamedTuple):
    """The look-ups of decisions, answered by the ledger."""

    ledger: Ledger

    def tariff_at(self, at: datetime) -> str | None:
        """Return the digest of the price list in force at a moment."""
        return self.ledger.state.tariff_at(at)

    def price(self, session: Session, at: datetime) -> tuple[str, Sequence[e.PriceSegment]]:
        """Return the digest of the price list in force and the price under it; raises NoQuote."""
        from ledger.handlers.quote import price_segments, quoted  # noqa: PLC0415 - brings the rating

        tariff, found = quoted(
            self.ledger, customer=session.customer, issue=session.issue, order_ref=session.order_ref, at=at
        )
        return tariff, price_segments(found)

    def require_customer(self, code: str) -> None:
        """Raise CustomerUnknown or CustomerGone unless sessions can be of the customer of a code."""
        require_live(self.ledger.find_customer(code))

    def is_charged(self, session: Session) -> bool:
        """Return True if the invoice that a session stands on, as corrected, has a line of it."""
        if session.billed_on is None:
            return False
        from ledger.domain.invoice.bill import standing_lines  # noqa: PLC0415 - most sessions are on no invoice

        invoice = self.ledger.invoice(session.billed_on.invoice)
        corrections = (self.ledger.invoice(each.correction).issued for each in invoice.corrections)
        return any(line.session == session.id for line in standing_lines(invoice.issued, corrections))

    def rated(self, session: Session) -> tuple[int, int] | None:
        """Return an ended session's started hours and net before any waiver; None without a price."""
        from ledger.handlers.session_amount import rated_now  # noqa: PLC0415 - brings the rating

        found = rated_now(self.ledger, session)
        return None if found is None else (found.started_hours, found.before_waiver_grosze)

    def overlaps(self, session: Session) -> bool:
        """Return True if another session of its technician or customer was connected at the same time."""
        return bool(self.ledger.read_models.overlapping(self.ledger.session_number(session.id)))

    def sample_of(self, session: Session) -> str | None:
        """Return the last sample that the session was drawn in."""
        number = self.ledger.session_number(session.id)
        drawn = [each.sample for each in self.ledger.state.samples if number in each.sessions]
        return drawn[-1] if drawn else None


def handle(ledger: Ledger, metadata: Metadata, named: str, command: SessionCommand) -> Receipt:
    """Carry a command out on the session of that number or reference.

    The same command under the same id gives the first receipt again. Raises SessionUnknown, CommandReused,
    SeenOld, Conflict, and what the command's decision refuses.
    """
    if isinstance(command, DeclarePurged):
        return _declare_purged(ledger, metadata, named, command)
    return _handle(ledger, metadata, named, command)


def _handle(ledger: Ledger, metadata: Metadata, named: str, command: SessionCommand) -> Receipt:
    sealed, personal_data = command.prepared(metadata.by).sealed()
    stream, number = ledger.find_session(named)
    metadata = metadata.of_command(f"session {sealed.NAME}", {"session": number, **sealed.arguments()})
    if repeat := ledger.repeat_of(metadata, personal_data):
        return repeat
    now = ledger.now()
    at = sealed.happened_at or now
    ledger.check_not_ahead(at)
    session = ledger.session(stream)
    ledger.require_seen(metadata, stream, session.version)
    events = decide(session, sealed, SessionContext(metadata, at, now, LedgerLookups(ledger)))
    return ledger.record(e.following(stream, session.version, *events), personal_data)


def _declare_purged(ledger: Ledger, metadata: Metadata, named: str, command: DeclarePurged) -> Receipt:
    """Record the declaration, then erase the session's own personal data here.

    Given again it is refused, but an erasure that was cut short is completed.
    """
    stream, _ = ledger.find_session(named)
    with ledger.signing.once():  # the data goes before anything else
        try:
            receipt = _handle(ledger, metadata, named, command)
        except SessionPurged:
            ledger.vault.erase("session", stream)
            raise
        ledger.vault.erase("session", stream)
    return receipt


def erasable(ledger: Ledger, named: str) -> tuple[int, list[str]]:
    """Return the session's number and the names of the personal fields that its purge would erase."""
    stream, number = ledger.find_session(named)
    words = ledger.words(ledger.session(stream).commitment)
    return number, sorted(words or {})


# --- opening a session --------------------------------------------------------------------------


def request(ledger: Ledger, metadata: Metadata, command: RequestHelp) -> Receipt:
    """Open a session. Raises CustomerUnknown, CustomerGone, SessionRefTaken, CommandReused, Conflict."""
    metadata = metadata.of_command(f"session {command.NAME}", command.arguments())
    personal_data = PersonalData("session", command.personal) if command.personal else None
    if repeat := ledger.repeat_of(metadata, personal_data):
        return repeat
    return opened(ledger, metadata, command, None)


def opened(
    ledger: Ledger, metadata: Metadata, command: RequestHelp, fingerprints: tuple[str, str] | None
) -> Receipt:
    """Open a session; the fingerprints stand for a remote ID that is not typed."""
    for key, what in (
        (command.session_ref, msg("the session reference")),
        (command.order_ref, msg("the order")),
    ):
        if key is not None:
            check_key(key, what)
    at = command.at or ledger.now()
    ledger.check_not_ahead(at)
    require_live(ledger.find_customer(command.customer))
    reference = command.session_ref
    if reference is not None and ledger.store.resolve("session_ref", reference) is not None:
        raise SessionRefTaken(
            msg("the reference {reference} is given to a session already", reference=reference)
        )
    if command.remote_id:
        fingerprints = ledger.remote_id_fingerprints(at, command.remote_id)
    requested = e.Requested(
        **metadata.header(at),
        customer=command.customer,
        issue=command.issue,
        session_ref=reference,
        order_ref=command.order_ref,
        channel=command.channel,
        scheduled_for=command.scheduled_for,
        remote_id_fingerprints=fingerprints,
    )
    personal_data = PersonalData("session", command.personal) if command.personal else None
    return ledger.record(e.following(ledger.ids.new(), 0, requested), personal_data)
