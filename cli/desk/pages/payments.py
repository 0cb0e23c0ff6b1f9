"""*Transfers*: a bank's file taken in, what is certain confirmed, the rest decided one by one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple, cast

from starlette.responses import RedirectResponse, Response

from cli.desk import brought, render
from cli.desk.actions import REASON, SENTENCE, reason_of
from cli.desk.brought import Comes, Intake
from cli.desk.fields import Field, Value, form_of, values
from cli.desk.forms import FormShown, form
from cli.desk.opened import metadata, opened
from cli.desk.seats import Upload
from cli.desk.web import Visit
from cli.presentation.catalogue import said, spoken
from cli.presentation.tables.payments import statement_line, statement_notes
from cli.presentation.text import Lang
from cli.presentation.wording import desk as wording
from cli.presentation.wording.payments import STATES, WHY
from cli.presentation.wording.source_import import NOTHING_NEW
from ledger.application.ledger import Ledger, Metadata, Receipt
from ledger.domain.events import SET_ASIDE_BY_HAND, SetAsideCode
from ledger.domain.money import format_amount
from ledger.domain.payments.transfer import BankTransfer, Transfer
from ledger.errors import LedgerError
from ledger.handlers.payments import decide
from ledger.handlers.payments.proposals import TransferProposal, digest_of, undecided
from ledger.handlers.payments.transfers import all_transfers, told
from ledger.message import Message, msg
from ledger.sources.bank.import_statement import StatementOptions, import_bank_file

PAGE = "/payments"
ROWS_MAX = 100
"""So many certain transfers, and so many others, are shown at once."""
DECIDED_MAX = 20
ASKED = (
    Field("file", wording.FILE, "file", is_required=True),
    Field("account", wording.ACCOUNT, help=wording.ACCOUNT_HELP),
    Field("encoding", wording.ENCODING, help=wording.ENCODING_HELP),
    Field("anyway", wording.ANYWAY, "check"),
)


class Decision(NamedTuple):
    """What a person decides about one transfer, as a form."""

    label: Message
    fields: tuple[Field, ...]
    record: Callable[[Ledger, Metadata, str, dict[str, Any]], Receipt]


def _assign(ledger: Ledger, said_by: Metadata, key: str, given: dict[str, Any]) -> Receipt:
    parts = [decide.wanted_of(line) for line in given["parts"].splitlines() if line.strip()]
    return decide.assign(ledger, said_by, key, parts, overpaid=given["overpaid"])


def _set_aside(ledger: Ledger, said_by: Metadata, key: str, given: dict[str, Any]) -> Receipt:
    return decide.set_aside(ledger, said_by, key, cast("SetAsideCode", given["reason"]))


def _returned(ledger: Ledger, said_by: Metadata, key: str, given: dict[str, Any]) -> Receipt:
    return decide.returned(ledger, said_by, key, given["of"])


def _undo(ledger: Ledger, said_by: Metadata, key: str, given: dict[str, Any]) -> Receipt:
    return decide.undo(ledger, said_by, key, reason_of(given))


DECISIONS = {
    "assign": Decision(
        wording.ASSIGN,
        (
            Field("parts", wording.PARTS, "long", is_required=True, help=wording.PARTS_HELP),
            Field("overpaid", wording.REST_OVERPAID, "check"),
        ),
        _assign,
    ),
    "set-aside": Decision(
        wording.SET_ASIDE,
        (Field("reason", wording.REASON, "choice", "set_aside", SET_ASIDE_BY_HAND, is_required=True),),
        _set_aside,
    ),
    "returned": Decision(wording.TAKES_BACK, (Field("of", wording.TAKEN_BACK, is_required=True),), _returned),
    "undo": Decision(wording.UNDO, (REASON, SENTENCE), _undo),
}


def show(visit: Visit) -> Response:
    """Show what waits for a decision, the certain ones first, and the form for the next file."""
    with opened(visit.desk.settings) as ledger:
        proposals = undecided(ledger).proposals
        certain = [each for each in proposals if each.judged.verdict == "proposed"]
        listed = [each for each in proposals if each.judged.verdict != "proposed"]
        draft = visit.again("confirm")
        return visit.page(
            "payments.html",
            wording.PAYMENTS,
            ledger,
            certain=[_certain(each, visit.lang) for each in certain[:ROWS_MAX]],
            listed=[_listed(visit, each) for each in listed[:ROWS_MAX]],
            left=max(0, len(certain) - ROWS_MAX) + max(0, len(listed) - ROWS_MAX),
            decided=[_decided(visit, ledger, each) for each in _decided_last(ledger)],
            form_id=form_of(draft.typed if draft is not None else {}),
            **brought.shown(visit, ledger, INTAKE),
        )


def _decided_last(ledger: Ledger) -> list[Transfer]:
    decided = [each for each in all_transfers(ledger) if each.state != "open"]
    return sorted(decided, key=lambda each: each.seen.booked_on, reverse=True)[:DECIDED_MAX]


def _row(transfer: Transfer, words: BankTransfer, lang: Lang) -> dict[str, Any]:
    return {
        "key": transfer.id.hex[: decide.KEY_SHOWN],
        "booked": spoken(transfer.seen.booked_on, lang),
        "amount": render.money(transfer.seen.amount_grosze, lang),
        "name": words.name,
        "title": words.title,
    }


def _certain(each: TransferProposal, lang: Lang) -> dict[str, Any]:
    return _row(each.transfer, each.words, lang) | {
        "pick": f"pick-{each.key}",
        "seen": digest_of([each]),
        "why": said(WHY[each.judged.why], lang),
        "parts": _parts(each, lang),
    }


def _parts(each: TransferProposal, lang: Lang) -> list[tuple[str, str]]:
    return [(part.invoice, render.money(part.amount_grosze, lang)) for part in each.judged.parts]


def _listed(visit: Visit, each: TransferProposal) -> dict[str, Any]:
    lines = [f"{part.invoice}={format_amount(part.amount_grosze)}" for part in each.judged.parts]
    is_all = sum(part.amount_grosze for part in each.judged.parts) == each.transfer.seen.amount_grosze
    typed = {"parts": "\n".join(lines) if is_all else ""}
    names = (
        ("assign", "set-aside", "returned")
        if each.transfer.seen.amount_grosze < 0
        else ("assign", "set-aside")
    )
    return _row(each.transfer, each.words, visit.lang) | {
        "why": said(WHY[each.judged.why], visit.lang),
        "parts": _parts(each, visit.lang),
        "forms": [_form(visit, each.transfer, name, typed) for name in names] if _records(visit) else [],
    }


def _decided(visit: Visit, ledger: Ledger, transfer: Transfer) -> dict[str, Any]:
    lang = visit.lang
    can_undo = _records(visit) and transfer.state in {"assigned", "set-aside"}
    return _row(transfer, told(ledger, transfer), lang) | {
        "state": said(STATES[transfer.state], lang),
        "why": said(WHY[transfer.set_aside], lang) if transfer.set_aside else "",
        "parts": [(part.number, render.money(part.amount_grosze, lang)) for part in transfer.parts],
        "forms": [_form(visit, transfer, "undo", {})] if can_undo else [],
    }


def _records(visit: Visit) -> bool:
    return visit.seat.kind == "desk"


def _form(visit: Visit, transfer: Transfer, name: str, typed: dict[str, str]) -> FormShown:
    key, decision = transfer.id.hex[: decide.KEY_SHOWN], DECISIONS[name]
    return form(
        f"{name}-{key}",
        f"{PAGE}/{key}/{name}",
        decision.label,
        decision.fields,
        visit.lang,
        draft=visit.again(f"{name}-{key}"),
        typed=typed,
    )


def act(visit: Visit) -> Response:
    """Record what a person decided about one transfer."""
    key, name, sent = str(visit.path["transfer"]), str(visit.path["action"]), form_of(visit.typed)
    decision = DECISIONS.get(name)
    if decision is None:
        return RedirectResponse(PAGE, 303)
    with opened(visit.desk.settings) as ledger:
        try:
            given: dict[str, Value] = values(decision.fields, visit.typed, ledger.now())
            said_by = metadata(visit.desk.settings, visit.seat, sent)
            receipt = decision.record(ledger, said_by, key, given)
        except LedgerError as error:
            return visit.refused(sent, f"{name}-{key}", error, PAGE)
    done = wording.REPEATED if receipt.repeated else wording.DONE
    return visit.done(sent, msg("{what}: {done}", what=decision.label, done=done), PAGE)


def confirm(visit: Visit) -> Response:
    """Record what was ticked as payments, all of it or nothing, over exactly what was seen."""
    sent = form_of(visit.typed)
    ticked = {
        name.removeprefix("pick-"): seen for name, seen in visit.typed.items() if name.startswith("pick-")
    }
    if not ticked:
        return visit.done(sent, wording.NOTHING_TICKED, PAGE)
    with opened(visit.desk.settings) as ledger:
        try:
            receipt = _confirmed(ledger, metadata(visit.desk.settings, visit.seat, sent), ticked)
        except LedgerError as error:
            return visit.refused(sent, "confirm", error, PAGE)
    if receipt.repeated:
        return visit.done(sent, wording.REPEATED, PAGE)
    return visit.done(sent, msg("transfers confirmed: {count}", count=len(ticked)), PAGE)


def _confirmed(ledger: Ledger, said_by: Metadata, ticked: dict[str, str]) -> Receipt:
    if repeat := decide.repeat_of_confirm(ledger, said_by, ticked):
        return repeat
    return decide.confirm(ledger, said_by, decide.choose(ledger, list(ticked)), ticked)


def look(visit: Visit) -> Response:
    """Keep a file in the memory of the seat, and lead to what it comes to."""
    return brought.look(visit, INTAKE)


def take(visit: Visit) -> Response:
    """Take the file in that was looked at, as a job."""
    return brought.take(visit, INTAKE)


def _imported(ledger: Ledger, said_by: Metadata, upload: Upload, *, dry_run: bool) -> Comes:
    """Import a bank's file, or only look; raises what `import_bank_file` does."""
    given = values(ASKED[1:], upload.typed, ledger.now())
    account, encoding = (
        None if given[name] is None else str(given[name]) for name in ("account", "encoding")
    )
    taken = import_bank_file(
        ledger,
        said_by,
        (upload.name, upload.content),
        StatementOptions(encoding, account, bool(given["anyway"])),
        dry_run=dry_run,
    )
    lines: list[Message] = []
    for each in taken.statements:
        lines += [statement_line(each, taken.name), *statement_notes(each, taken.name)]
    if dry_run and taken.names:
        lines.append(msg("names read so: {listed}", listed=", ".join(taken.names)))
    if not dry_run and not taken.events:
        lines.append(NOTHING_NEW)
    return Comes(tuple(lines))


INTAKE = Intake("payments", PAGE, PAGE, ASKED, _imported)
