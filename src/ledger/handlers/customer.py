"""Customers and what they bought from the shop."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, cast, get_args

from ledger.application.ledger import Ledger, Metadata, PersonalData, Receipt
from ledger.domain import events as e
from ledger.domain.customer import decide_purchase, decide_return, require_live
from ledger.domain.identifiers import check_key, differing_in_case
from ledger.domain.reasons import split_reason
from ledger.errors import BadCell, CustomerTaken, NothingToCorrect
from ledger.fa3.countries import no_country
from ledger.handlers.party_numbers import check_nip, check_vat_id, check_writable
from ledger.message import Code, Hint, Message, joined, msg, plain

PERSONAL_FIELDS = ("name", "nip", "address_line1", "address_line2", "email", "vat_id")
"""Fields of a customer that the vault keeps."""
FACT_FIELDS = ("consumer", "country", "vat_treatment")
"""Fields of a customer that the event keeps."""
TEXT_MAX_CHARACTERS = 512


class Profile(NamedTuple):
    """A customer's checked data: fields of the event, and personal fields of the vault."""

    consumer: e.Consumer
    country: str
    vat_treatment: e.VatTreatment
    personal: dict[str, str]


def check_profile(data: Mapping[str, str]) -> Profile:
    """Check the data of a customer from text fields; raises BadCell naming the field.

    `consumer` defaults to unknown; `vat_treatment` to pl for PL and to ask abroad. A NIP is kept as ten
    digits, an EU VAT number with its prefix; what `invoice issue` would refuse is refused here.
    """
    country = data.get("country", "").strip().upper() or "PL"
    if len(country) != 2 or not country.isascii() or not country.isalpha():  # noqa: PLR2004 - ISO 3166-1 alpha-2
        raise BadCell(msg("country is a code of two letters, for example PL"))
    if unknown := no_country(country):
        raise BadCell(unknown[0], hint=unknown[1])
    consumer = data.get("consumer", "").strip().lower() or "unknown"
    if consumer not in get_args(e.Consumer):
        raise BadCell(msg("consumer is one of {names}", names=_codes("typed consumer", get_args(e.Consumer))))
    treatment = data.get("vat_treatment", "").strip().lower() or ("pl" if country == "PL" else "ask")
    if treatment not in get_args(e.VatTreatment):
        raise BadCell(
            msg(
                "vat_treatment is one of {names}",
                names=_codes("typed vat_treatment", get_args(e.VatTreatment)),
            )
        )
    personal = {key: data.get(key, "").strip() for key in PERSONAL_FIELDS}
    if not personal["name"]:
        raise BadCell(
            msg("name is empty"), hint=Hint("--name says who it is; --name - reads it from standard input")
        )
    if any(len(text) > TEXT_MAX_CHARACTERS for text in personal.values()):
        raise BadCell(
            msg(
                "a field is longer than {longest} characters",
                longest=TEXT_MAX_CHARACTERS,
            )
        )
    check_writable(personal)
    shown = consumer == "no"  # of whoever may be a private person, a refusal repeats nothing
    if personal["nip"]:
        personal["nip"] = check_nip(personal["nip"], shown=shown)
    if personal["vat_id"]:
        personal["vat_id"] = check_vat_id(
            personal["vat_id"], country, cast("e.VatTreatment", treatment), shown=shown
        )
    if treatment == "eu" and consumer == "yes":
        raise BadCell(msg("vat_treatment eu is that of a business, and the customer is a consumer"))
    return Profile(
        cast("e.Consumer", consumer),
        country,
        cast("e.VatTreatment", treatment),
        {key: text for key, text in personal.items() if text},
    )


def add(ledger: Ledger, metadata: Metadata, code: str, profile: Profile) -> Receipt:
    """Register a customer under a code."""
    check_key(code, msg("the customer code"))
    personal_data = PersonalData("customer", profile.personal)
    arguments = {"customer": code, "profile": profile[:3]}
    metadata = metadata.of_command("customer add", arguments)
    if repeat := ledger.repeat_of(metadata, personal_data):
        return repeat
    if ledger.store.resolve("customer", code) is not None:
        raise CustomerTaken(msg("there is a customer {code} already", code=code))
    if alike := differing_in_case(code, ledger.customer_codes()):
        raise CustomerTaken(
            msg("there is a customer {known} already, and codes are compared without case", known=alike[0])
        )
    event = registered(metadata, ledger.now(), code, profile)
    return ledger.record(e.following(ledger.ids.new(), 0, event), personal_data)


def registered(metadata: Metadata, at: datetime, code: str, profile: Profile) -> e.CustomerRegistered:
    """Return the event that opens a customer's stream."""
    return e.CustomerRegistered(
        **metadata.header(at),
        customer=code,
        consumer=profile.consumer,
        country=profile.country,
        vat_treatment=profile.vat_treatment,
    )


def current_data(ledger: Ledger, code: str) -> dict[str, str]:
    """Return all data of a customer as text fields, without personal ones once they are erased."""
    customer = ledger.find_customer(code)
    events = {
        "consumer": customer.consumer,
        "country": customer.country,
        "vat_treatment": customer.vat_treatment,
    }
    return {**events, **(ledger.words(customer.commitment) or {})}


def update(
    ledger: Ledger, metadata: Metadata, code: str, changes: Mapping[str, str], *, reason: str
) -> Receipt:
    """Change data of a customer; an empty text removes a field. The event holds all data anew."""
    reason_code, sentence = split_reason(reason)
    before = current_data(ledger, code)
    before.pop("reason", None)
    profile = check_profile({**before, **changes})
    values = dict(profile.personal)
    if sentence is not None:
        values["reason"] = sentence.values["reason"]
    personal_data = PersonalData("customer", values)
    arguments = {"customer": code, "profile": profile[:3], "reason": reason_code}
    metadata = metadata.of_command("customer update", arguments)
    if repeat := ledger.repeat_of(metadata, personal_data):
        return repeat
    customer = ledger.find_customer(code)
    ledger.require_seen(metadata, customer.id, customer.version)
    require_live(customer)
    after = {"consumer": profile.consumer, "country": profile.country, "vat_treatment": profile.vat_treatment}
    if {**after, **profile.personal} == before:
        raise NothingToCorrect(msg("customer {code} has these data already", code=code))
    updated = e.CustomerUpdated(
        **metadata.header(ledger.now()),
        consumer=profile.consumer,
        country=profile.country,
        vat_treatment=profile.vat_treatment,
        reason=reason_code,
    )
    return ledger.record(e.following(customer.id, customer.version, updated), personal_data)


def merge(ledger: Ledger, metadata: Metadata, code: str, into: str, *, reason: str) -> Receipt:
    """Merge `code` into `into`: its sessions and purchases count as theirs from now on."""
    reason_code, sentence = split_reason(reason)
    personal_data = PersonalData("customer", sentence.values) if sentence else None
    arguments = {"customer": code, "into": into, "reason": reason_code}
    metadata = metadata.of_command("customer merge", arguments)
    if repeat := ledger.repeat_of(metadata, personal_data):
        return repeat
    merged, kept = ledger.find_customer(code), ledger.find_customer(into)
    ledger.require_seen(metadata, merged.id, merged.version)
    require_live(merged)
    require_live(kept)
    if code == into:
        raise NothingToCorrect(msg("a customer cannot be merged into itself"))
    event = e.CustomerMerged(**metadata.header(ledger.now()), into=into, reason=reason_code)
    return ledger.record(e.following(merged.id, merged.version, event), personal_data)


def add_purchase(
    ledger: Ledger, metadata: Metadata, code: str, *, order_ref: str, at: datetime, product: str | None = None
) -> Receipt | None:
    """Record a purchase; None when the same one is recorded already."""
    check_key(order_ref, msg("the order"))
    personal_data = PersonalData("customer", {"product": product}) if product else None
    arguments = {"customer": code, "order_ref": order_ref, "at": at}
    metadata = metadata.of_command("purchase add", arguments)
    if repeat := ledger.repeat_of(metadata, personal_data):
        return repeat
    customer = ledger.find_customer(code)
    ledger.require_seen(metadata, customer.id, customer.version)
    ledger.check_not_ahead(at)
    if not decide_purchase(customer, order_ref=order_ref, at=at):
        return None
    event = e.PurchaseRecorded(**metadata.header(at), order_ref=order_ref)
    return ledger.record(e.following(customer.id, customer.version, event), personal_data)


def return_purchase(
    ledger: Ledger, metadata: Metadata, code: str, *, order_ref: str, at: datetime, reason: str
) -> Receipt:
    """Record the return of a purchase; from then on it gives no right to a discount."""
    reason_code, sentence = split_reason(reason)
    personal_data = PersonalData("customer", sentence.values) if sentence else None
    arguments = {"customer": code, "order_ref": order_ref, "at": at, "reason": reason_code}
    metadata = metadata.of_command("purchase return", arguments)
    if repeat := ledger.repeat_of(metadata, personal_data):
        return repeat
    customer = ledger.find_customer(code)
    ledger.require_seen(metadata, customer.id, customer.version)
    ledger.check_not_ahead(at)
    decide_return(customer, order_ref=order_ref, at=at)
    event = e.PurchaseReturned(**metadata.header(at), order_ref=order_ref, reason=reason_code)
    return ledger.record(e.following(customer.id, customer.version, event), personal_data)


def _codes(kind: str, codes: Sequence[str]) -> Message:
    return joined((plain("{code}", code=Code(kind, code)) for code in codes), ", ")
