"""Actions on a session: each is one command of the ledger, shown as a form.

A table, not handlers: what may be done follows from the ledger's own table of states.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, get_args

from cli.desk.fields import Field
from cli.presentation.wording import desk as wording
from ledger.domain import events as e
from ledger.domain.events import REASON_CODES
from ledger.domain.session import commands
from ledger.domain.session.commands import SessionCommand
from ledger.domain.session.evolve import Session
from ledger.domain.session.life import LIFE, OF_VOIDED
from ledger.message import Message

AT = Field("at", wording.AT, "moment", help=wording.AT_HELP)
REASON = Field("code", wording.REASON, "choice", "reason", REASON_CODES, is_required=True)
SENTENCE = Field("sentence", wording.SENTENCE, "long")
ISSUES, CHANNELS = get_args(e.Issue), get_args(e.Channel)


class Action(NamedTuple):
    """A command as a form: its row of LIFE, the button, the fields, and the command made of their values."""

    name: str
    label: Message
    fields: tuple[Field, ...]
    command: Callable[[dict[str, Any]], SessionCommand]
    is_frequent: bool = False
    """Shown as a button; the others open below it."""


def reason_of(given: dict[str, Any]) -> str:
    """Return a reason as commands take it: its code, and the sentence for the vault."""
    return f"{given['code']}: {given['sentence']}" if given["sentence"] else str(given["code"])


def _reasoned(kind: Callable[..., SessionCommand]) -> Callable[[dict[str, Any]], SessionCommand]:
    """Return what makes a command of a reason: its code, and the sentence for the vault."""

    def made(values: dict[str, Any]) -> SessionCommand:
        reason = reason_of(values)
        rest = {name: value for name, value in values.items() if name not in {"code", "sentence"}}
        return kind(reason=reason, **rest)

    return made


def _plain(kind: Callable[..., SessionCommand]) -> Callable[[dict[str, Any]], SessionCommand]:
    return lambda values: kind(**values)


def _end(values: dict[str, Any]) -> SessionCommand:
    return commands.End(at=values["at"], ended_by=values["ended_by"] or "technician")


_ALL = (
    Action("quote", wording.QUOTE, (AT,), _plain(commands.QuotePrice), is_frequent=True),
    Action(
        "accept",
        wording.ACCEPT,
        (
            Field("how", wording.HOW, "choice", "accepted_how", get_args(e.AcceptedHow), is_required=True),
            Field("start_now", wording.START_NOW, "check"),
            Field("loss_of_withdrawal", wording.LOSS_OF_WITHDRAWAL, "check"),
            Field("confirmation_sent", wording.CONFIRMATION_SENT, "check"),
            AT,
        ),
        _plain(commands.Accept),
        is_frequent=True,
    ),
    Action(
        "connect",
        wording.CONNECT,
        (Field("technician", wording.TECHNICIAN, "key"), AT),
        _plain(commands.Connect),
        is_frequent=True,
    ),
    Action(
        "end",
        wording.END,
        (
            Field(
                "ended_by", wording.ENDED_BY, "choice", "ended_by", get_args(e.EndedBy), preset="technician"
            ),
            AT,
        ),
        _end,
        is_frequent=True,
    ),
    Action(
        "disconnect",
        wording.DISCONNECT,
        (Field("technician", wording.WHOSE_LINK, "key"), AT),
        _plain(commands.Disconnect),
        is_frequent=True,
    ),
    Action(
        "note",
        wording.NOTE,
        (Field("summary", wording.SUMMARY, "long", is_required=True), AT),
        _plain(commands.Note),
    ),
    Action(
        "reclassify",
        wording.RECLASSIFY,
        (
            Field("issue", wording.ISSUE, "choice", "issue", ISSUES, is_required=True),
            Field("order_ref", wording.ORDER, "key"),
            REASON._replace(preset="wrong-issue"),
            SENTENCE,
            AT,
        ),
        _reasoned(commands.ReclassifySession),
    ),
    Action(
        "waive",
        wording.WAIVE,
        (
            Field("percent", wording.PERCENT, "number"),
            Field("hours", wording.FREE_HOURS, "number"),
            Field("amount_grosze", wording.WAIVED_AMOUNT, "amount"),
            REASON._replace(preset="goodwill"),
            SENTENCE,
            AT,
        ),
        _reasoned(commands.Waive),
    ),
    Action(
        "correct",
        wording.CORRECT,
        (
            Field("connection", wording.CONNECTION, "number"),
            Field("connected_at", wording.CONNECTED_AT, "moment", help=wording.MOMENT_HELP),
            Field("disconnected_at", wording.DISCONNECTED_AT, "moment", help=wording.MOMENT_HELP),
            Field("ended_at", wording.ENDED_AT, "moment", help=wording.MOMENT_HELP),
            Field("issue", wording.ISSUE, "choice", "issue", ISSUES),
            Field("order_ref", wording.ORDER, "key"),
            Field("customer", wording.RIGHT_CUSTOMER, "key"),
            REASON,  # what is corrected decides it: a time, a kind of help, a customer
            SENTENCE,
        ),
        _reasoned(commands.Correct),
    ),
    Action(
        "confirm", wording.CONFIRM, (REASON._replace(preset="checked"), SENTENCE), _reasoned(commands.Confirm)
    ),
    Action(
        "hold",
        wording.HOLD,
        (
            Field("until", wording.HELD_UNTIL, "day", is_required=True),
            REASON._replace(preset="legal-claim"),
            SENTENCE,
        ),
        _reasoned(commands.Hold),
    ),
    Action("release", wording.RELEASE, (), _plain(commands.Release)),
    Action(
        "receipt",
        wording.RECEIPT,
        (Field("number", wording.RECEIPT_NUMBER, "key", is_required=True), AT),
        _plain(commands.SettleByReceipt),
    ),
    Action(
        "invoice-request",
        wording.INVOICE_REQUEST,
        (Field("on", wording.REQUESTED_ON, "day", is_required=True),),
        _plain(commands.RequestInvoice),
    ),
    Action("cancel", wording.CANCEL, (AT,), _plain(commands.Cancel)),
)
ACTIONS = {action.name: action for action in _ALL}
"""By the row of LIFE that allows it."""
LEFT_TO_THE_COMMAND_LINE = {
    "void": wording.LEFT_VOID,
    "bill-unrecorded": wording.LEFT_FINDINGS,
    "bill-elsewhere": wording.LEFT_ADOPTION,
}
"""Rows of LIFE that are no action here yet, and why. `purge` and `review` have pages of their own."""


def possible(session: Session) -> list[Action]:
    """Return what may be done with a session in its state."""
    return [
        action
        for action in ACTIONS.values()
        if session.state in LIFE[action.name] and (not session.voided or action.name in OF_VOIDED)
    ]


def may_purge(session: Session) -> bool:
    """Return True if the session's data may be deleted now, as far as its state tells."""
    return session.state in LIFE["purge"]


def primary(session: Session) -> str:
    """Return the action that usually comes next; `purge` once it is over, nothing after that."""
    match session.state:
        case "requested":
            if session.quoted_at is None:
                return "quote"
            return "accept" if session.accepted_tariff is None else "connect"
        case "connected" | "disconnected":
            return "end"
        case "ended" | "cancelled":
            return "purge"
        case _:
            return ""
