"""*Session*: its facts, the running clock, why it costs what it costs, and what may be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from cli.desk import actions, render
from cli.desk.fields import form_of, seen_of, values, whole_number
from cli.desk.forms import FormShown, form, refusal
from cli.desk.opened import metadata, opened
from cli.desk.web import Visit
from cli.presentation.catalogue import said, spoken
from cli.presentation.charts.started_hours import day_drawing
from cli.presentation.moments import length
from cli.presentation.tables.explain import brief_tables
from cli.presentation.tables.session_shown import happened, told_events
from cli.presentation.text import Lang
from cli.presentation.wording import desk as wording
from cli.presentation.wording.vocabulary import VOCABULARY, word
from ledger.application.ledger import Ledger
from ledger.domain.clock import SaidInstant, from_epoch_seconds, office_time
from ledger.domain.money import vat_on
from ledger.domain.session.evolve import Session
from ledger.errors import LedgerError, NoTariffPinned, Refused
from ledger.handlers.session import handle
from ledger.handlers.session_amount import told_by
from ledger.handlers.source_records import find_record
from ledger.message import Message, Money, msg, msg_n
from projections.queries.explain import Explained, explained, so_far
from projections.read_side import Snapshot, snapshot

DRAWN_HOURS_MAX = 100


def find(visit: Visit) -> Response:
    """Lead to a session by its number."""
    number = whole_number(visit.typed.get("number", "").strip())
    return RedirectResponse("/" if number is None or number < 0 else visit.page_of(number), 303)


def show(visit: Visit) -> Response:
    """Show one session: the technician's page, and the answer to why it costs that much."""
    lang, number = visit.lang, int(visit.path["number"])
    with opened(visit.desk.settings) as ledger, snapshot(ledger, None) as found:
        stream, _ = ledger.find_session(str(number))
        session = ledger.session(stream)
        state = VOCABULARY["session_state"][session.state]
        return visit.page(
            "session.html",
            msg("Session {number}: {state}", number=number, state=state),
            ledger,
            number=number,
            facts=_facts(ledger, session, visit),
            words=_words(ledger, session),
            forms=_forms(visit, session, number, _proposed(ledger, visit)),
            purge=actions.may_purge(session),
            is_purge_next=actions.primary(session) == "purge",
            is_purged=session.purged_at is not None and session.purge_evidence != "declared",
            deadline=_deadline(found, session, visit),
            history=render.table(told_events(happened(ledger, stream, found.position), lang), lang),
            **_price(found, session, stream, visit),
        )


def _facts(ledger: Ledger, session: Session, visit: Visit) -> list[tuple[str, str]]:
    """Return what is known of a session, as labels and values."""
    lang = visit.lang
    told: list[tuple[Message, str | Message | datetime | None]] = [
        (wording.CUSTOMER, f"{ledger.customer_name(session.customer)} ({session.customer})"),
        (wording.ISSUE, VOCABULARY["issue"][session.issue]),
        (wording.ORDER, session.order_ref),
        (wording.REFERENCE, session.session_ref),
        (wording.REQUESTED, session.requested_at),
        (wording.QUOTED, session.quoted_at),
        (wording.CONNECTED_AT, session.connected_at),
        (wording.ENDED_AT, session.ended_at),
        (wording.HELD_UNTIL_SHOWN, None if session.held_until is None else f"{session.held_until:%d.%m.%Y}"),
    ]
    facts = [
        (said(label, lang), str(spoken(value, lang)) if isinstance(value, datetime) else said(value, lang))
        for label, value in told
        if value
    ]
    if session.billed is not None:
        facts.append((said(wording.BILLED, lang), _document(session.billed, lang)))
    return facts


def _document(billed: str, lang: Lang) -> str | Markup:
    """Return what a session is billed on: a link to the document, words for a receipt or another program."""
    word_of_it = str(word("billed", billed, lang))
    return Markup('<a href="/invoice/{0}">{0}</a>').format(billed) if word_of_it == billed else word_of_it


def _words(ledger: Ledger, session: Session) -> list[tuple[Message, str]]:
    """Return what the vault keeps of the request."""
    kept = ledger.words(session.commitment) or {}
    labels = {
        "remote_id": wording.REMOTE_ID,
        "contact": wording.CONTACT,
        "description": wording.DESCRIPTION,
    }
    return [(labels[name], kept[name]) for name in labels if kept.get(name)]


def _deadline(found: Snapshot, session: Session, visit: Visit) -> str:
    """Return how much of the time for the deletion is left, or since when it is over."""
    if session.ended_at is None or session.purged_at is not None or session.state != "ended":
        return ""
    due = session.ended_at + timedelta(seconds=found.state.settings["purge.sla_seconds"])
    left = due - found.acts_at
    if left > timedelta():
        return said(msg("the data are to be deleted within {left}", left=length(left)), visit.lang)
    return said(msg("the data should have been deleted by {due}", due=due), visit.lang)


# --- the price ----------------------------------------------------------------------------------


def _price(found: Snapshot, session: Session, stream: UUID, visit: Visit) -> dict[str, Any]:
    """Return the amount so far or at the end, its tables, and the day drawn; or why there is none."""
    nothing: dict[str, Any] = {
        "amount": "",
        "next_at": "",
        "next_iso": "",
        "now_iso": found.acts_at.isoformat(),
        "tables": [],
        "drawing": "",
        "no_price": None,
    }
    if session.connected_at is None or session.voided:
        return nothing
    store, lang = found.ledger.store, visit.lang
    try:
        if session.ended_at is None:
            running = so_far(found.views, store, stream, found.position, found.acts_at)
            priced = running.explained
            if running.next_opens_at is not None and running.next_net_grosze is not None:
                nothing["next_iso"] = running.next_opens_at.isoformat()
                nothing["next_at"] = said(
                    msg(
                        "the next hour opens {at} (in {left}): {net} net",
                        at=running.next_opens_at,
                        left=length(running.next_opens_at - found.acts_at),
                        net=render.money(running.next_net_grosze, lang),
                    ),
                    lang,
                )
        else:
            priced = explained(found.views, store, stream, found.position)
    except (Refused, NoTariffPinned) as error:
        return nothing | {"no_price": refusal(error, lang)}
    return nothing | {
        "amount": said(_amount(priced, visit), lang),
        "tables": render.tables(brief_tables(priced, lang), lang),
        "drawing": _drawing(found, session, priced, visit),
    }


def _amount(priced: Explained, visit: Visit) -> Message:
    net, vat = priced.net_grosze, vat_on(priced.net_grosze, priced.vat_percent)
    return msg(
        "{hours}, {net} net + {vat} VAT = {gross}",
        hours=msg_n("{count} started hour", "{count} started hours", len(priced.hours)),
        net=render.money(net, visit.lang),
        vat=render.money(vat, visit.lang),
        gross=render.money(net + vat, visit.lang),
    )


def _drawing(found: Snapshot, session: Session, priced: Explained, visit: Visit) -> str:
    """Return the session's days with their bands and its started hours."""
    if not priced.hours or len(priced.hours) > DRAWN_HOURS_MAX or session.tariff is None:
        return ""
    opened_s = [(hour.opened_s, hour.band) for hour in priced.hours]
    days = sorted({_day(second) for second, _ in opened_s} | {_day(second + 3599) for second, _ in opened_s})
    tariff = found.ledger.tariff(session.tariff)
    return render.without_style(day_drawing(tariff, days, opened_s, visit.lang))


def _day(second: int) -> date:
    return office_time(from_epoch_seconds(second)).date()


# --- what may be done ---------------------------------------------------------------------------


def page_of_record(number: int | None, record: str, opens: str = "") -> str:
    """Return where a session made of a tool's record is looked at: its forms propose the record's times."""
    return f"/session/{number}?{urlencode({'record': record, 'open': opens})}"


def _proposed(ledger: Ledger, visit: Visit) -> dict[str, dict[str, str]]:
    """Return what the record that the address names proposes, by action and field; it is typed by nobody."""
    named = visit.query.get("record", "")
    if not named:
        return {}
    record = find_record(ledger, named)
    began, ended = record.times.started_at, record.times.ended_at
    return {
        "connect": {"technician": record.technician or "", "at": str(SaidInstant(began, to="second"))},
        "end": {"at": "" if ended is None else str(SaidInstant(ended, to="second"))},
    }


def _forms(
    visit: Visit, session: Session, number: int, proposed: Mapping[str, Mapping[str, str]]
) -> list[FormShown]:
    """Return the session's actions as forms, the usual next one first."""
    if visit.seat.kind != "desk":
        return []
    first = actions.primary(session)
    wanted = visit.query.get("open", "")
    shown = [
        form(
            action.name,
            f"/session/{number}/{action.name}",
            action.label,
            action.fields,
            visit.lang,
            seen=session.version,
            draft=visit.again(action.name),
            is_open=wanted == action.name,
            is_primary=action.name == first,
            is_frequent=action.is_frequent,
            typed=proposed.get(action.name),
            more=(("record", visit.query["record"]),) if action.name in proposed else (),
        )
        for action in actions.possible(session)
    ]
    return sorted(shown, key=lambda each: (not each.is_primary, not each.is_frequent))


def act(visit: Visit) -> Response:
    """Carry one action out; whatever comes of it is told on the session's page."""
    number, name = int(visit.path["number"]), str(visit.path["action"])
    record, sent = visit.typed.get("record", ""), form_of(visit.typed)
    page = page_of_record(number, record) if record else f"/session/{number}"
    action = actions.ACTIONS.get(name)
    if action is None:
        return RedirectResponse(page, 303)
    with opened(visit.desk.settings) as ledger:
        try:
            given = values(action.fields, visit.typed, ledger.now())
            said_by = metadata(visit.desk.settings, visit.seat, sent, seen_of(visit.typed))
            receipt = handle(ledger, said_by, str(number), action.command(given))
        except LedgerError as error:
            return visit.refused(sent, name, error, page)
        told = told_by(ledger, receipt)
    notice = wording.REPEATED if receipt.repeated else wording.DONE
    line = msg("{what}: {done}", what=action.label, done=notice)
    visit.seat.tell(line)
    if told.amount is not None and told.amount != told.amount_before:
        visit.seat.tell(msg("amount: {net} PLN net", net=Money(told.amount.net_grosze)))
    if told.to_correct is not None:
        visit.seat.tell(
            msg(
                "{number} says something else of this session: a correction has to follow",
                number=told.to_correct,
            )
        )
    visit.seat.forget(sent)
    following = (
        page_of_record(number, record, "end") if record and name == "connect" else f"/session/{number}"
    )
    return RedirectResponse(f"{following}#done", 303)
