"""What help of so many minutes would come to, beside a recorded quote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ledger.message import Message, Money, msg

if TYPE_CHECKING:
    from ledger.application.ledger import Ledger
    from ledger.application.metadata import Receipt
    from ledger.domain.rating.quote import QuotedTotal


def expected_of(ledger: Ledger, receipt: Receipt, minutes: int) -> QuotedTotal:
    """Return the total of help that begins when the quote was given and lasts so many minutes."""
    from ledger.handlers.quote import quoted

    recorded = receipt.events[0]
    session = ledger.session(recorded.originator_id)
    kind = session.issues[-1]
    _, told = quoted(
        ledger,
        customer=session.customer,
        issue=kind.issue,
        order_ref=kind.order_ref,
        at=recorded.event.at,
        minutes=minutes,
    )
    assert told.total is not None  # noqa: S101 - minutes are named
    return told.total


def expected_line(total: QuotedTotal) -> Message:
    """Return the total in words; gross alone where the buyer's document has no VAT."""
    net, gross = total.rated.net_grosze, total.gross_grosze
    if net == gross:
        return msg("  {minutes} min: {net} PLN, without VAT", minutes=total.minutes, net=Money(net))
    return msg(
        "  {minutes} min: {gross} PLN gross ({net} net)",
        minutes=total.minutes,
        gross=Money(gross),
        net=Money(net),
    )


def expected_document(total: QuotedTotal) -> dict[str, object]:
    """Return the total for JSON, as `quote` has it."""
    net, gross = total.rated.net_grosze, total.gross_grosze
    return {
        "minutes": total.minutes,
        "started_hours": total.rated.started_hours,
        "net_grosze": net,
        "vat_grosze": gross - net,
        "gross_grosze": gross,
        "assumptions": list(total.assumptions),
    }
