"""Steps as places: the page on which a command of a hint is given, and the name of that page."""

from __future__ import annotations

from typing import NamedTuple
from urllib.parse import quote

from cli.presentation.wording import desk as wording
from ledger.domain.clock import parse_period
from ledger.errors import LedgerError
from ledger.message import Message, Step, plain


class StepPage(NamedTuple):
    """A page: its address, and what it is called."""

    href: str
    name: Message


_OF_COMMAND = {
    "audit checkpoint": StepPage("/verify", wording.VERIFY),
    "audit export": StepPage("/verify", wording.VERIFY),
    "audit verify": StepPage("/verify", wording.VERIFY),
    "customer add": StepPage("/customers", wording.CUSTOMERS),
    "customer list": StepPage("/customers", wording.CUSTOMERS),
    "payment confirm": StepPage("/payments", wording.PAYMENTS),
    "payment list": StepPage("/payments", wording.PAYMENTS),
    "quote": StepPage("/call", wording.CALL),
    "session list": StepPage("/", wording.NOW),
    "session request": StepPage("/call", wording.CALL),
    "status": StepPage("/", wording.NOW),
}
_OF_SESSION = {"show": "", "explain": "", "purge": "/purge", "certificate": "/audit"}
_OF_CUSTOMER = {"show", "update", "export", "erase"}
_OF_INVOICE = {
    **dict.fromkeys(("show", "submit", "withdraw", "sent", "received", "paid"), "/invoice/"),
    "correct": "/correct/",
}
_OF_PERIOD = {
    "invoice draft": ("/month/{}/plan", wording.PLAN_OF_INVOICES),
    "invoice issue": ("/month/{}/plan", wording.PLAN_OF_INVOICES),
    "period close": ("/month/{}/close", wording.CLOSE_ASKS),
    "period reopen": ("/month/{}", wording.MONTH),
    "period show": ("/month/{}", wording.MONTH),
    "report billing": ("/month/{}", wording.MONTH),
    "report deletions": ("/deletions/{}", wording.DELETIONS),
    "report receivables": ("/month/{}/receivables", wording.RECEIVABLES),
    "source reconcile": ("/month/{}/findings", wording.STEP_FINDINGS),
}


def place_of(step: Step) -> StepPage | None:
    """Return the page of a step; None where the command line alone has it."""
    noun, _, verb = step.command.partition(" ")
    first = step.arguments[0] if step.arguments else ""
    if noun == "session" and first.isascii() and first.isdigit():
        return _of_session(int(first), verb)
    if step.command in _OF_PERIOD:
        return _of_period(step)
    if noun == "customer" and verb in _OF_CUSTOMER:
        return _of_customer(first)
    if noun == "invoice" and "/" in first and verb in _OF_INVOICE:
        return StepPage(f"{_OF_INVOICE[verb]}{quote(first)}", plain("{name}", name=first))
    return _OF_COMMAND.get(step.command)


def _of_customer(code: str) -> StepPage:
    is_left_open = not code or code.startswith("-") or (code.isalpha() and code.isupper())
    if is_left_open:
        return StepPage("/customers", wording.CUSTOMERS)
    return StepPage(f"/customer/{quote(code)}", plain("{name}", name=code))


def _of_session(number: int, verb: str) -> StepPage | None:
    from cli.desk.actions import ACTIONS

    page = f"/session/{number}"
    if verb in _OF_SESSION:
        name = wording.delete_of(number) if verb == "purge" else wording.session(number)
        return StepPage(f"{page}{_OF_SESSION[verb]}", name)
    if verb not in ACTIONS:
        return None
    name = plain("{session}: {what}", session=wording.session(number), what=ACTIONS[verb].label)
    return StepPage(f"{page}?open={verb}#{verb}", name)


def _of_period(step: Step) -> StepPage:
    """Return the page of a month; the page where one is chosen, where the step leaves that to the person."""
    address, name = _OF_PERIOD[step.command]
    words = iter(step.arguments)
    typed = next((next(words, "") for word in words if word == "--period"), "")
    if not typed and step.command.startswith("period "):
        typed = step.arguments[0] if step.arguments else ""
    try:
        parse_period(typed)
    except LedgerError:
        return StepPage("/deletions" if address.startswith("/deletions") else "/month", name)
    return StepPage(address.format(quote(typed)), name)
