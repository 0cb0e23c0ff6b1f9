"""*Customers*: one is found by name, NIP or code; their data, what they bought, a new one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import get_args

from starlette.responses import RedirectResponse, Response

from cli.desk import render
from cli.desk.actions import REASON, SENTENCE, reason_of
from cli.desk.customers import code_of, listed
from cli.desk.fields import Field, form_of, seen_of, values
from cli.desk.forms import FormShown, form
from cli.desk.opened import metadata, opened
from cli.desk.web import Visit
from cli.presentation.tables.customer import customer_report
from cli.presentation.wording import desk as wording
from ledger.application.ledger import Ledger
from ledger.domain.clock import office_midnight
from ledger.domain.events import Consumer, VatTreatment
from ledger.errors import LedgerError
from ledger.handlers import customer as customers
from ledger.handlers.party_numbers import shared_nips
from ledger.handlers.quote import as_bought
from ledger.message import Message, Money, msg
from projections.queries.price_changes import price_changes

PROFILE = (
    Field("name", wording.NAME),
    Field("nip", wording.NIP),
    Field("address_line1", wording.STREET),
    Field("address_line2", wording.TOWN),
    Field("country", wording.COUNTRY, help=wording.COUNTRY_HELP),
    Field("email", wording.EMAIL),
    Field("consumer", wording.IS_CONSUMER, "choice", "consumer", get_args(Consumer)),
    Field("vat_id", wording.VAT_ID),
    Field("vat_treatment", wording.VAT_TREATMENT, "choice", "vat_treatment", get_args(VatTreatment)),
)
NEW = (Field("code", wording.CODE, is_required=True, help=wording.CODE_HELP), *PROFILE)
CHANGED = (*PROFILE, REASON._replace(preset="data-changed"), SENTENCE)
BOUGHT = (
    Field("order_ref", wording.ORDER, "key", is_required=True),
    Field("at", wording.BOUGHT_AT, "day", is_required=True),
    Field("product", wording.PRODUCT),
)
RETURNED = (
    Field("order_ref", wording.ORDER, "key", is_required=True),
    Field("at", wording.RETURNED_AT, "day", is_required=True),
    REASON._replace(preset="complaint"),
    SENTENCE,
)


def choose(visit: Visit) -> Response:
    """Show how a customer is found, and the form of a new one."""
    typed = visit.query.get("code", "")
    with opened(visit.desk.settings) as ledger:
        new = form(
            "new",
            "/customers/new",
            wording.NEW_CUSTOMER,
            NEW,
            visit.lang,
            draft=visit.again("new"),
            typed={"code": typed},
            is_open=bool(typed),
        )
        find = form(
            "find-customer",
            "/customers",
            wording.FIND_CUSTOMER,
            (Field("customer", wording.CUSTOMER, help=wording.CUSTOMER_HELP),),
            visit.lang,
            draft=visit.again("find-customer"),
            is_primary=True,
        )
        return visit.page(
            "customers.html",
            wording.CUSTOMERS,
            ledger,
            find=find,
            new=new if visit.seat.kind == "desk" else None,
            customers=listed(ledger),
        )


def find(visit: Visit) -> Response:
    """Lead to the customer that was named; what was typed stands in no address."""
    with opened(visit.desk.settings) as ledger:
        try:
            code = code_of(ledger, visit.typed.get("customer", "").strip() or None)
        except LedgerError as error:
            return visit.refused(form_of(visit.typed), "find-customer", error, "/customers")
    return RedirectResponse("/customers" if code is None else f"/customer/{code}", 303)


def show(visit: Visit) -> Response:
    """Show one customer."""
    code = str(visit.path["code"])
    with opened(visit.desk.settings) as ledger:
        report = customer_report(ledger, code)
        return visit.page(
            "customer.html",
            report.title,
            ledger,
            code=code,
            tables=render.tables(report.tables, visit.lang),
            forms=_forms(visit, ledger, code),
        )


def _forms(visit: Visit, ledger: Ledger, code: str) -> list[FormShown]:
    customer = ledger.find_customer(code)
    if visit.seat.kind != "desk" or customer.merged_into is not None:
        return []
    data = customers.current_data(ledger, code) | {"code": "data-changed", "sentence": ""}
    asked: tuple[tuple[str, Message, tuple[Field, ...], Mapping[str, str] | None], ...] = (
        ("purchase", wording.BOUGHT, BOUGHT, None),
        ("update", wording.CHANGE_DATA, CHANGED, data),
        ("return", wording.RETURNED, RETURNED, {"code": "complaint"}),
    )
    return [
        form(
            name,
            f"/customers/{name}/{code}",
            label,
            fields,
            visit.lang,
            seen=customer.version,
            draft=visit.again(name),
            typed=typed,
            is_open=visit.query.get("open", "") == name,
        )
        for name, label, fields, typed in asked
    ]


def add(visit: Visit) -> Response:
    """Register a customer."""
    sent = form_of(visit.typed)
    with opened(visit.desk.settings) as ledger:
        try:
            code = str(values(NEW[:1], visit.typed, ledger.now())["code"])
            profile = customers.check_profile(_filled(visit.typed))
            customers.add(ledger, metadata(visit.desk.settings, visit.seat, sent), code, profile)
            for each in shared_nips(ledger, [(code, profile.personal.get("nip", ""))]):
                visit.seat.tell(each.message)
        except LedgerError as error:
            return visit.refused(sent, "new", error, "/customers")
    return visit.done(sent, msg("Customer {code} registered", code=code), f"/customer/{code}")


def _filled(typed: Mapping[str, str]) -> dict[str, str]:
    """Return the fields of a profile that say something."""
    return {each.name: typed[each.name].strip() for each in PROFILE if typed.get(each.name, "").strip()}


def act(visit: Visit) -> Response:
    """Record what was bought or went back, or other data of a customer."""
    code, name, sent = str(visit.path["code"]), str(visit.path["action"]), form_of(visit.typed)
    page = f"/customer/{code}"
    record = {"purchase": _bought, "return": _returned, "update": _updated}.get(name)
    if record is None:
        return RedirectResponse(page, 303)
    with opened(visit.desk.settings) as ledger:
        position = ledger.store.length()
        try:
            record(visit, ledger, code, sent)
        except LedgerError as error:
            return visit.refused(sent, name, error, page)
        for change in price_changes(ledger.folder.path, ledger.store, position):
            visit.seat.tell(
                msg(
                    "session {session} changes its price: {before} → {after} PLN net",
                    session=change.session,
                    before=Money(change.before_grosze),
                    after=Money(change.after_grosze),
                )
            )
    return visit.done(sent, msg("Customer {code}: {done}", code=code, done=wording.DONE), page)


def _bought(visit: Visit, ledger: Ledger, code: str, sent: str) -> None:
    given = values(BOUGHT, visit.typed, ledger.now())
    said_by = metadata(visit.desk.settings, visit.seat, sent, seen_of(visit.typed))
    product = None if given["product"] is None else str(given["product"])
    customers.add_purchase(
        ledger, said_by, code, order_ref=str(given["order_ref"]), at=_begins(given["at"]), product=product
    )


def _returned(visit: Visit, ledger: Ledger, code: str, sent: str) -> None:
    given = values(RETURNED, visit.typed, ledger.now())
    said_by = metadata(visit.desk.settings, visit.seat, sent, seen_of(visit.typed))
    order_ref = as_bought(ledger, code, str(given["order_ref"]))
    customers.return_purchase(
        ledger, said_by, code, order_ref=order_ref, at=_begins(given["at"]), reason=reason_of(given)
    )


def _begins(day: object) -> datetime:
    """Return the instant that a day begins at the office, as the command line takes a day."""
    assert isinstance(day, date)  # noqa: S101 - the field holds one
    return office_midnight(day)


def _updated(visit: Visit, ledger: Ledger, code: str, sent: str) -> None:
    before = customers.current_data(ledger, code)
    typed = {each.name: visit.typed.get(each.name, "").strip() for each in PROFILE}
    changes = {name: text for name, text in typed.items() if text != before.get(name, "")}
    given = values(CHANGED[-2:], visit.typed, ledger.now())
    said_by = metadata(visit.desk.settings, visit.seat, sent, seen_of(visit.typed))
    customers.update(ledger, said_by, code, changes, reason=reason_of(given))
