"""*Correction*: what a correction of an invoice would say, before it is issued; a rejected one put aside."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from cli.desk import render
from cli.desk.actions import REASON, SENTENCE, reason_of
from cli.desk.fields import form_of, seen_of, values, whole_number
from cli.desk.forms import RefusalShown, form, refusal
from cli.desk.opened import metadata, opened
from cli.desk.web import Visit
from cli.presentation.catalogue import said
from cli.presentation.tables.invoice import correction_report
from cli.presentation.wording import desk as wording
from ledger.application.ledger import Ledger
from ledger.errors import CorrectionTooEarly, LedgerError, NothingToCorrect
from ledger.handlers.invoice.correct import correct, correction_drafted
from ledger.handlers.invoice.issue import document_in
from ledger.handlers.invoice.withdraw import withdraw
from ledger.message import msg

_WHY = (REASON, SENTENCE)
NOTHING_SEEN = 10**15
"""A difference that no correction has: of a form that does not say what it showed."""


def show(visit: Visit) -> Response:
    """Show the lines before and after, and the difference; nothing is recorded."""
    number, lang = str(visit.path["number"]), visit.lang
    to_zero = visit.query.get("zero", "") == "1"
    with opened(visit.desk.settings) as ledger:
        version = ledger.find_invoice(number).version
        try:
            found = correction_drafted(ledger, number, to_zero=to_zero, only_shown=True)
        except NothingToCorrect as why:
            title = msg("Correction of {number}", number=number)
            return visit.page("correction.html", title, ledger, **_nothing(number, refusal(why, lang)))
        report = correction_report(ledger, number, found)
        early = _too_early(visit, ledger, number, to_zero=to_zero)
        gross = render.money(found.sums.gross_grosze, lang)
        issue = form(
            "correct",
            f"/correct/{number}",
            msg("Issue the correction of {number} by {gross} gross", number=number, gross=gross),
            _WHY,
            lang,
            seen=version,
            draft=visit.again("correct"),
            is_grave=True,
            more=(("gross", str(found.sums.gross_grosze)), ("zero", "1" if to_zero else "")),
        )
        return visit.page(
            "correction.html",
            report.title,
            ledger,
            number=number,
            tables=render.tables(report.tables, lang),
            correct=issue if visit.seat.kind == "desk" and early is None else None,
            to_zero=to_zero,
            told=said(wording.TO_ZERO if to_zero else wording.TO_RATED, lang),
            nothing=early,
        )


def _too_early(visit: Visit, ledger: Ledger, number: str, *, to_zero: bool) -> RefusalShown | None:
    """Return why the correction cannot be issued yet, where KSeF has not given the invoice its number."""
    try:
        correction_drafted(ledger, number, to_zero=to_zero)
    except CorrectionTooEarly as why:
        return refusal(why, visit.lang)
    return None


def _nothing(number: str, why: RefusalShown) -> dict[str, Any]:
    """Return the page of a document that says what it should: everything can still be taken off."""
    return {"number": number, "tables": [], "correct": None, "to_zero": False, "told": "", "nothing": why}


def issue(visit: Visit) -> Response:
    """Issue the correction over the difference that was seen."""
    number, sent = str(visit.path["number"]), form_of(visit.typed)
    to_zero = visit.typed.get("zero", "") == "1"
    page = f"/correct/{number}{'?zero=1' if to_zero else ''}"
    with opened(visit.desk.settings) as ledger:
        try:
            given = values(_WHY, visit.typed, ledger.now())
            gross_grosze = whole_number(visit.typed.get("gross", ""))
            receipt = correct(
                ledger,
                metadata(visit.desk.settings, visit.seat, sent, seen_of(visit.typed)),
                number,
                reason=reason_of(given),
                tool=visit.desk.settings.tool,
                to_zero=to_zero,
                expected_gross_grosze=NOTHING_SEEN if gross_grosze is None else gross_grosze,
            )
        except LedgerError as error:
            return visit.refused(sent, "correct", error, page)
    made = document_in(receipt).number
    return visit.done(sent, msg("{number} issued", number=made), f"/invoice/{made}")


def put_aside(visit: Visit) -> Response:
    """Withdraw a document that KSeF rejected."""
    number, sent = str(visit.path["number"]), form_of(visit.typed)
    page = f"/invoice/{number}"
    with opened(visit.desk.settings) as ledger:
        try:
            given = values(_WHY, visit.typed, ledger.now())
            said_by = metadata(visit.desk.settings, visit.seat, sent, seen_of(visit.typed))
            withdraw(ledger, said_by, number, reason=reason_of(given))
        except LedgerError as error:
            return visit.refused(sent, "withdraw", error, page)
    return visit.done(sent, msg("{number}: withdrawn", number=number), page)
