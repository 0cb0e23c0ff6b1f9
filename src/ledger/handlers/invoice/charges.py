"""What a session comes to now, by its own events and its customer's purchases: what invoices are made of."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple
from uuid import UUID

from ledger.application.ledger import Ledger
from ledger.domain.clock import office_time
from ledger.domain.invoice.lines import Charge, charges_of
from ledger.domain.rating.inputs import Purchase, purchases_for_rating
from ledger.domain.rating.rate import Rated
from ledger.domain.session.evolve import CONFIRM_OVER, Session
from ledger.domain.session.rating import rate_session
from ledger.domain.tariff.band_names import band_names
from ledger.domain.tariff.sections import BandName
from ledger.errors import AlreadyBilled, BandUnnamed, NotBillable
from ledger.handlers.buyer import members_of
from ledger.handlers.quote import purchases_of
from ledger.message import Hint, msg, step


class Charged(NamedTuple):
    """A session that ended, rated: what it puts on a document, and how much tax that bears."""

    number: int
    session: Session
    rated: Rated
    service_on: date
    charges: list[Charge]
    vat_percent: int


def names_of_bands(ledger: Ledger, session: Session) -> dict[str, BandName]:
    """What the bands of a session's price list are called; those of other lists for the bands it lacks."""
    state = ledger.state
    own = [] if session.tariff is None else [session.tariff]
    names: dict[str, BandName] = {}
    for digest in (*own, *(each.digest for each in reversed(state.tariffs))):
        found = band_names(ledger.tariff(digest), state.band_names.get(digest, {}))
        names = {**found, **names}
    return names


def require_named(ledger: Ledger, found: Charged) -> None:
    """Raise BandUnnamed for a session whose hours are in a band without a name."""
    names = names_of_bands(ledger, found.session)
    for charge in found.charges:
        if charge.band not in names:
            raise BandUnnamed(
                msg(
                    "session {session} has hours in the band {band}, which has no name",
                    session=found.number,
                    band=charge.band,
                )
            )


class Buyer(NamedTuple):
    """The codes that count as one customer, the living one first, and what they bought."""

    codes: list[str]
    purchases: tuple[Purchase, ...]

    @property
    def code(self) -> str:
        """The code the documents name."""
        return self.codes[0]


def buyer_of(ledger: Ledger, code: str) -> Buyer:
    """The customer of a code, with those merged into it; raises CustomerUnknown."""
    return Buyer(members_of(ledger, code), purchases_for_rating(purchases_of(ledger, code)))


def charged(ledger: Ledger, stream: UUID, buyer: Buyer) -> Charged:
    """A session rated as it stands; raises NotBillable, NoCalendar."""
    return charged_as_it_stood(ledger, ledger.session(stream), buyer.purchases)


def charged_as_it_stood(ledger: Ledger, session: Session, purchases: tuple[Purchase, ...]) -> Charged:
    """A session at any point of its stream, rated with what was bought by then; raises as `charged` does."""
    stream, number = session.id, ledger.session_number(session.id)
    if session.ended_at is None or session.connected_at is None:
        raise NotBillable(msg("session {number} has not ended", number=number))
    if session.tariff is None:
        raise NotBillable(
            msg("no price list was in force when session {number} was connected", number=number)
        )
    tariff = ledger.tariff(session.tariff)
    rated = rate_session(session, purchases, tariff, ledger.state, ledger.tariff)
    service_on = office_time(session.ended_at).date()
    return Charged(
        number,
        session,
        rated,
        service_on,
        charges_of(stream, service_on, rated),
        tariff.vat_percent_on(service_on),
    )


def require_unbilled(ledger: Ledger, found: Charged) -> None:
    """Raise AlreadyBilled or NotBillable unless the session may go on an invoice.

    One that a receipt settled may, once an invoice was asked for.
    """
    session, number = found.session, found.number
    ended_at = session.ended_at
    if session.billed is not None and not (session.receipt and session.billed_on is None):
        raise AlreadyBilled(msg("session {number} stands on {billed}", number=number, billed=session.billed))
    if session.receipt is not None and session.invoice_requested_on is None:
        raise AlreadyBilled(
            msg(
                "session {number} is settled by receipt {number_2}",
                number=number,
                number_2=session.receipt.number,
            )
        )
    if ended_at is not None and ledger.state.billed_before_adoption(ended_at):
        raise AlreadyBilled(msg("session {number} ended before the first day of billing", number=number))
    if session.duration > CONFIRM_OVER and not session.confirmed:
        confirm, mend = (
            step("session confirm", number, "--reason", "…"),
            step("session correct", is_brief=True),
        )
        hint = Hint(confirm, ", or ", mend, ", if it was shorter")
        raise NotBillable(
            msg("session {number} lasted over 48 hours and nobody confirmed it", number=number), hint=hint
        )
