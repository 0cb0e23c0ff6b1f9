"""customers.csv and purchases.csv: who the customers are, and what they bought."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from ledger import events as e
from ledger.application import Ledger, Said, Words
from ledger.clock import parse_instant
from ledger.commands import customers as commands
from ledger.commands.customers import Profile, check_profile
from ledger.customer import Bought, Customer, decide_purchase
from ledger.decisions import Author
from ledger.errors import CustomerTaken, LedgerError, PurchaseTaken
from ledger.handles import check_key
from ledger.imports.columns import Column, Problems, Record, records
from ledger.imports.outcome import Outcome, Progress, no_progress
from ledger.imports.sheet import Sheet

CUSTOMER_COLUMNS = (
    Column("customer", ("klient", "kod klienta", "kod"), required=True),
    Column("name", ("nazwa", "imię i nazwisko", "firma"), required=True),
    Column("nip"),
    Column("address_line1", ("adres", "ulica", "adres 1")),
    Column("address_line2", ("adres 2", "miejscowość", "kod i miejscowość")),
    Column("country", ("kraj",)),
    Column("email", ("e-mail", "mail")),
    Column("consumer", ("konsument",)),
    Column("vat_id", ("vat ue", "nip ue")),
    Column("vat_treatment", ("stawka", "opodatkowanie")),
)
PURCHASE_COLUMNS = (
    Column("customer", ("klient", "kod klienta"), required=True),
    Column("order_ref", ("zamówienie", "numer zamówienia", "nr zamówienia"), required=True),
    Column("purchased_at", ("data zakupu", "kupiono", "data"), required=True),
    Column("product", ("produkt", "towar", "nazwa towaru")),
)
_CONSUMER_WORDS = {"tak": "yes", "nie": "no", "jdg": "sole_trader", "nieznany": "unknown"}
CHUNK = 1_000


class Planned(NamedTuple):
    """What one row adds to a stream: the stream, its version before, the fact, the words for the vault."""

    stream: UUID
    version: int
    fact: e.Personal
    words: Words | None


def import_customers(
    ledger: Ledger,
    said: Said,
    sheet: Sheet,
    *,
    update: bool = False,
    dry_run: bool = False,
    progress: Progress = no_progress,
) -> Outcome:
    """Register the customers of a table; one known with other data is refused, or with `update` changed."""
    problems = Problems(sheet)
    rows = records(sheet, CUSTOMER_COLUMNS, problems)
    author = ledger.author(said._replace(source="import"), "customer import", {})
    outcome = Outcome(sheet.name, read=len(rows), recorded=not dry_run)
    plan: list[Planned] = []
    seen: dict[str, Profile] = {}
    for record in rows:
        code = problems.read(record.line, "customer", record["customer"], _customer_key, "")
        profile = _profile(record, problems)
        if profile is None or not code:
            continue
        if code in seen:
            if seen[code] != profile:
                error = CustomerTaken(f"customer {code} stands in the file twice with different data")
                problems.add(record.line.number, "customer", error)
            outcome.unchanged += 1
            continue
        seen[code] = profile
        try:
            plan += _plan_customer(ledger, author, code, profile, outcome, update=update)
        except LedgerError as error:
            problems.add(record.line.number, "customer", error)
        progress(1)
    problems.raise_if_any()
    if not dry_run:
        outcome.events = write(ledger, plan)
    return outcome


def _customer_key(text: str) -> str:
    return check_key(text, "the customer code")


def _profile(record: Record, problems: Problems) -> Profile | None:
    cells = dict(record.cells)
    consumer = cells.get("consumer", "").lower()
    cells["consumer"] = _CONSUMER_WORDS.get(consumer, consumer)
    try:
        return check_profile(cells)
    except LedgerError as error:
        column = error.fact.split(" ", 1)[0]
        problems.add(record.line.number, column if column in cells else "customer", error)
        return None


def _plan_customer(
    ledger: Ledger, author: Author, code: str, profile: Profile, outcome: Outcome, *, update: bool
) -> Iterator[Planned]:
    known = ledger.store.resolve("customer", code)
    words = Words("customer", profile.personal)
    if known is None:
        outcome.new += 1
        yield Planned(ledger.ids.new(), 0, commands.registered(author, ledger.now(), code, profile), words)
        return
    before = commands.current_data(ledger, code)
    before.pop("reason", None)
    facts = {"consumer": profile.consumer, "country": profile.country, "vat_treatment": profile.vat_treatment}
    erased = ledger.words(ledger.find_customer(code).commitment) is None
    if before == facts | ({} if erased else profile.personal):
        outcome.unchanged += 1
        return
    if not update:
        raise CustomerTaken(
            f"customer {code} is registered with other data",
            hint="customer import --update changes the data of known customers",
        )
    customer = ledger.find_customer(code)
    outcome.extended += 1
    fact = e.CustomerUpdated(
        **author.header(ledger.now()),
        consumer=profile.consumer,
        country=profile.country,
        vat_treatment=profile.vat_treatment,
        reason="data-changed",
    )
    yield Planned(customer.id, customer.version, fact, words)


def import_purchases(
    ledger: Ledger,
    said: Said,
    sheet: Sheet,
    *,
    dry_run: bool = False,
    progress: Progress = no_progress,
) -> Outcome:
    """Record the purchases of a table; a known one changes nothing."""
    problems = Problems(sheet)
    rows = records(sheet, PURCHASE_COLUMNS, problems)
    author = ledger.author(said._replace(source="import"), "purchase import", {})
    outcome = Outcome(sheet.name, read=len(rows), recorded=not dry_run)
    plan: list[Planned] = []
    buyers: dict[str, Customer] = {}
    for record in rows:
        at = problems.read(record.line, "purchased_at", record["purchased_at"], parse_instant, None)
        order = problems.read(record.line, "order_ref", record["order_ref"], _order_key, "")
        try:
            buyer = _buyer(ledger, buyers, record["customer"])
            if at is not None and order:
                planned = _plan_purchase(author, buyer, order, at, record["product"])
                outcome.new += len(planned)
                outcome.unchanged += 1 - len(planned)
                plan += planned
        except LedgerError as error:
            column = "order_ref" if isinstance(error, PurchaseTaken) else "customer"
            problems.add(record.line.number, column, error)
        progress(1)
    problems.raise_if_any()
    if not dry_run:
        outcome.events = write(ledger, plan)
    return outcome


def _order_key(text: str) -> str:
    return check_key(text, "the order")


def _buyer(ledger: Ledger, buyers: dict[str, Customer], code: str) -> Customer:
    if code not in buyers:
        buyers[code] = ledger.find_customer(code)
    return buyers[code]


def _plan_purchase(
    author: Author, buyer: Customer, order_ref: str, at: datetime, product: str
) -> list[Planned]:
    if not decide_purchase(buyer, order_ref=order_ref, at=at):
        return []
    fact = e.PurchaseRecorded(**author.header(at), order_ref=order_ref)
    words = Words("customer", {"product": product}) if product else None
    planned = Planned(buyer.id, buyer.version, fact, words)
    buyer.purchases.append(Bought(order_ref, at))
    buyer.version += 1
    return [planned]


def write(ledger: Ledger, plan: Sequence[Planned]) -> int:
    """Write a plan whole: words to the vault first, then the events in one transaction."""
    kept: list[str] = []
    try:
        with ledger.store.bulk() as batch:
            for start in range(0, len(plan), CHUNK):
                committed = _keep_words(ledger, plan[start : start + CHUNK])
                kept += [fact.commitment for _, _, fact in committed if fact.commitment]
                batch.append([e.Event(stream, version + 1, fact) for stream, version, fact in committed])
    except BaseException:
        ledger.take_back(kept)
        raise
    return len(plan)


def _keep_words(ledger: Ledger, plan: Sequence[Planned]) -> list[tuple[UUID, int, e.Personal]]:
    now = ledger.now()
    entries = [p.words.entry(p.stream, p.version + 1, now) for p in plan if p.words is not None]
    commitments = iter(ledger.vault.put_many(entries))
    return [
        (
            p.stream,
            p.version,
            p.fact if p.words is None else msgspec.structs.replace(p.fact, commitment=next(commitments)),
        )
        for p in plan
    ]
