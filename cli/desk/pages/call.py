"""*Call*: the price before anything is recorded, then the request and the price that was told."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from cli.desk import render
from cli.desk.actions import CHANNELS, ISSUES
from cli.desk.customers import code_of, listed
from cli.desk.fields import Field, form_of, values
from cli.desk.forms import FormShown, form, refusal
from cli.desk.opened import metadata, opened
from cli.desk.web import Visit
from cli.presentation.tables.quote import quote_report
from cli.presentation.wording import desk as wording
from ledger.application.ledger import Ledger
from ledger.domain.events import Issue
from ledger.domain.session.commands import QuotePrice
from ledger.domain.session.request import RequestHelp
from ledger.errors import LedgerError
from ledger.fa3.seller import shop_of
from ledger.handlers import session as sessions
from ledger.handlers.quote import owns, quoted
from ledger.message import Message, msg

MINUTES = 75
ASKED = (
    Field("customer", wording.CUSTOMER, help=wording.CUSTOMER_HELP),
    Field("issue", wording.ISSUE, "choice", "issue", ISSUES, is_required=True, preset="other"),
    Field("order_ref", wording.ORDER, "key"),
    Field("minutes", wording.MINUTES, "number", preset=str(MINUTES)),
)
RECORDED = (
    ASKED[0]._replace(is_required=True),
    *ASKED[1:3],
    Field("channel", wording.CHANNEL, "choice", "channel", CHANNELS, preset="phone"),
    Field("remote_id", wording.REMOTE_ID),
    Field("contact", wording.CONTACT),
    Field("description", wording.DESCRIPTION, "long"),
    Field("session_ref", wording.REFERENCE, "key"),
    Field("at", wording.AT, "moment", help=wording.AT_HELP),
)


def call(visit: Visit) -> Response:
    """Show the price of a started hour for a customer and a matter; nothing is recorded."""
    draft = visit.draft()
    typed: Mapping[str, str] = visit.query if draft is None else draft.typed
    asked = {field.name: typed.get(field.name, field.preset) for field in ASKED}
    with opened(visit.desk.settings) as ledger:
        forms: tuple[FormShown, ...] = ()
        if visit.seat.kind == "desk":
            forms = (
                form(
                    "request",
                    "/call",
                    wording.REQUEST_AND_QUOTE,
                    RECORDED,
                    visit.lang,
                    draft=visit.again("request"),
                    form_id=visit.query.get("draft", "") if draft is not None else "",
                    typed={"channel": "phone"} | asked,
                    is_open=True,
                    is_primary=True,
                ),
            )
        return visit.page(
            "call.html",
            wording.CALL,
            ledger,
            question=form(
                "price", "/call/price", wording.SHOW_PRICE, ASKED, visit.lang, typed=asked, is_open=True
            ),
            forms=forms,
            customers=listed(ledger),
            **_priced(ledger, asked, visit),
        )


def ask(visit: Visit) -> Response:
    """Lead to the price of what was asked; only codes and numbers get into the address."""
    sent = form_of(visit.typed)
    with opened(visit.desk.settings) as ledger:
        try:
            given = values(ASKED, visit.typed, ledger.now())
            given["customer"] = code_of(ledger, given["customer"])
        except LedgerError as error:
            return visit.refused(sent, "price", error, "/call")
    asked = {name: str(value) for name, value in given.items() if value is not None}
    return RedirectResponse(f"/call?{urlencode(asked)}#price", 303)


def _priced(ledger: Ledger, asked: Mapping[str, str], visit: Visit) -> dict[str, Any]:
    """Return the price as tables, or what is refused about the question."""
    told: dict[str, Any] = {"tables": [], "notes": (), "question_refused": None, "warnings": [], "who": ""}
    try:
        now = ledger.now()
        given = values(ASKED, asked, now)
        customer = code_of(ledger, given["customer"])
        minutes = cast("int | None", given["minutes"])
        issue, order_ref = cast("Issue", given["issue"]), cast("str | None", given["order_ref"])
        digest, found = quoted(
            ledger, customer=customer, issue=issue, order_ref=order_ref, at=now, minutes=minutes
        )
        report = quote_report(
            found,
            tariff=ledger.tariff(digest).id,
            customer=customer,
            issue=issue,
            at=now,
            minutes=minutes,
            as_of=now,
            shop=shop_of(ledger.folder.read_config()),
        )
        told["notes"] = report.notes
        told["tables"] = render.tables(report.tables, visit.lang)
        if customer is not None:
            told["who"] = f"{visit.who(ledger, customer)} ({customer})"
        told["warnings"] = _warnings(ledger, customer, order_ref, now)
    except LedgerError as error:
        told["question_refused"] = refusal(error, visit.lang)
    return told


def _warnings(ledger: Ledger, customer: str | None, order_ref: str | None, at: datetime) -> list[Message]:
    if customer is None or order_ref is None or owns(ledger, customer, order_ref, at):
        return []
    return [
        msg(
            "{customer} did not own {order_ref} then: help with its hardware is not free",
            customer=customer,
            order_ref=order_ref,
        )
    ]


def record(visit: Visit) -> Response:
    """Record the request, and with it the price that was told unless only the request is wanted."""
    sent = form_of(visit.typed)
    with opened(visit.desk.settings) as ledger:
        try:
            given = cast("dict[str, Any]", values(RECORDED, visit.typed, ledger.now()))
            given["customer"] = code_of(ledger, given["customer"])
            command = RequestHelp(**given)
            receipt = sessions.request(ledger, metadata(visit.desk.settings, visit.seat, sent), command)
        except LedgerError as error:
            return visit.refused(sent, "request", error, "/call")
        number = receipt.session
        visit.seat.tell(msg("Session {number} requested", number=number))
        if "only" not in visit.typed:
            _quote(ledger, visit, str(number), sent, cast("datetime | None", given["at"]))
    visit.seat.forget(sent)
    return RedirectResponse(f"/session/{number}#done", 303)


def _quote(ledger: Ledger, visit: Visit, number: str, sent: str, at: datetime | None) -> None:
    """Record the price that was told with the request; a refusal of it is told, and the request stands."""
    try:
        said_by = metadata(visit.desk.settings, visit.seat, f"{sent}.quote")
        sessions.handle(ledger, said_by, number, QuotePrice(at=at))
    except LedgerError as error:
        visit.seat.tell(msg("the price was not recorded: {fact}", fact=error.message))
