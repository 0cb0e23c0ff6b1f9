"""The monthly limit of those who need not use KSeF yet, as issuing tells it."""

from __future__ import annotations

from collections.abc import Sequence

from cli.context import App
from cli.presentation import next_steps
from ledger.domain.events import InvoiceIssued
from ledger.domain.money import format_amount
from ledger.errors import LedgerError
from ledger.message import msg


def tell_limit(app: App, issued: Sequence[InvoiceIssued]) -> None:
    """Say on stderr, after issuing, that the month comes near 10,000.00, or that it crossed it.

    The documents are issued: a limit that cannot be read is reported and undoes nothing.
    """
    try:
        _tell(app, issued)
    except LedgerError as refusal:
        app.say(
            msg(
                "issued, but the month's limit could not be read: {fact} ({code})",
                fact=refusal.message,
                code=refusal.code,
            )
        )


def _tell(app: App, issued: Sequence[InvoiceIssued]) -> None:
    from ledger.domain.invoice.ksef_duty import EXEMPT_MAX_GROSZE, EXEMPT_NEAR_GROSZE
    from ledger.handlers.invoice.ksef_duty import exempt_of

    ledger = app.open()
    crossed = ledger.state.ksef_from
    if crossed is not None and any(each.number == crossed.number for each in issued):
        app.say(
            msg(
                "{number} crosses the month's 10,000.00: from it on everything goes to KSeF",
                number=crossed.number,
            )
        )
        app.hint(next_steps.SUBMIT_ALL)
    exempt = [each for each in issued if each.duty == "exempt"]
    if not exempt or crossed is not None:
        return
    total = exempt_of(ledger, exempt[-1].issued_on)
    if total >= EXEMPT_NEAR_GROSZE:
        said, left = (format_amount(x, lang=app.lang) for x in (total, EXEMPT_MAX_GROSZE - total))
        app.say(
            msg(
                "outside KSeF this month: {said} PLN gross; {left} PLN are left below the limit",
                said=said,
                left=left,
            )
        )
