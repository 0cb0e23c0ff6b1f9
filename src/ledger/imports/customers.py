"""customers.csv and purchases.csv: customers, and what they bought."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from ledger.application.ledger import Ledger, Metadata, PersonalData
from ledger.domain import events as e
from ledger.domain.customer import Bought, Customer, decide_purchase, require_live
from ledger.domain.identifiers import check_key
from ledger.domain.time_rules import AHEAD_MAX
from ledger.errors import CustomerTaken, LedgerError, PurchaseTaken
from ledger.handlers.customer import Profile, check_profile, current_data, registered
from ledger.handlers.party_numbers import shared_nips
from ledger.imports.cells import FALSE_WORDS, TRUE_WORDS
from ledger.imports.columns import Column, Problems, TableRecord, records
from ledger.imports.layout import PLAIN, Layout
from ledger.imports.result import ImportOutcome, Progress, Warned, ahead, no_progress
from ledger.imports.table_reader import Sheet
from ledger.imports.write import PlannedStream, check_command, write
from ledger.message import msg

CUSTOMER_COLUMNS = (
    Column("customer", ("klient", "kod klienta", "kod"), required=True),
    Column(
        "name",
        ("nazwa", "imię i nazwisko", "firma"),
        required=True,
        guesses=("nazwa firmy", "nazwa klienta", "klient nazwa", "nazwisko", "nabywca", "kontrahent"),
    ),
    Column("nip", guesses=("nr nip", "numer nip", "nip klienta")),
    Column("address_line1", ("adres", "ulica", "adres 1")),
    Column("address_line2", ("adres 2", "miejscowość", "kod i miejscowość")),
    Column("postcode", ("kod pocztowy",)),
    Column("town", ("miasto",), guesses=("poczta",)),
    Column("country", ("kraj",)),
    Column("email", ("e-mail", "mail")),
    Column("consumer", ("konsument",)),
    Column("vat_id", ("vat ue", "nip ue")),
    Column("vat_treatment", ("stawka", "opodatkowanie")),
)
PURCHASE_COLUMNS = (
    Column("customer", ("klient", "kod klienta"), required=True),
    Column(
        "order_ref",
        ("zamówienie", "numer zamówienia", "nr zamówienia"),
        required=True,
        guesses=("nr zam.", "nr zam", "dokument", "paragon", "nr dokumentu"),
    ),
    Column("purchased_at", ("data zakupu", "kupiono", "data"), required=True, is_moment=True),
    Column("product", ("produkt", "towar", "nazwa towaru")),
)
_CONSUMER_WORDS = {
    **dict.fromkeys((*TRUE_WORDS, "konsument", "consumer"), "yes"),
    **dict.fromkeys((*FALSE_WORDS, "firma", "business"), "no"),
    **dict.fromkeys(("jdg", "jednoosobowa", "jdg poza zawodem"), "sole_trader"),
    **dict.fromkeys(("nieznany", "nieustalony", "nie ustalono", "not known"), "unknown"),
}


# --- customers --------------------------------------------------------------------------------


def import_customers(
    ledger: Ledger,
    said: Metadata,
    sheet: Sheet,
    *,
    layout: Layout = PLAIN,
    update: bool = False,
    dry_run: bool = False,
    progress: Progress = no_progress,
) -> ImportOutcome:
    """Register the customers of a table; one known with other data is refused, or with `update` changed."""
    problems = Problems(sheet, layout)
    author = said._replace(source="import").of_command("customer import", {})
    outcome = ImportOutcome(sheet.name, read=len(sheet.lines), recorded=not dry_run)
    profiles = _profiles(sheet, problems, outcome)
    outcome.leave_out(problems.left_out)
    known = ledger.store.resolve_many("customer", list(profiles))
    plan: list[PlannedStream] = []
    for code, (line, profile) in profiles.items():
        try:
            planned = _plan_customer(ledger, author, code, profile, known, update=update)
        except LedgerError as error:
            problems.add(line, "customer", error)
            continue
        outcome.unchanged += planned is None
        outcome.extended += planned is not None and code in known
        outcome.new += code not in known
        plan += [planned] if planned else []
    problems.raise_if_any()
    outcome.warnings += _shared(ledger, profiles)
    return _written(ledger, author, outcome, plan, progress)


def _shared(ledger: Ledger, profiles: dict[str, tuple[int, Profile]]) -> Iterator[Warned]:
    """Yield a warning for each NIP that is the seller's own, or another customer's too."""
    told = [(code, profile.personal.get("nip", "")) for code, (_, profile) in profiles.items()]
    for each in shared_nips(ledger, told):
        yield Warned(profiles[each.code][0], "nip", each.message)


def _written(
    ledger: Ledger, author: Metadata, outcome: ImportOutcome, plan: list[PlannedStream], progress: Progress
) -> ImportOutcome:
    """Return the outcome once the plan is written, unless it is empty or this is a dry run."""
    check_command(ledger, author, adds=bool(plan))
    progress(outcome.unchanged)
    if plan and outcome.recorded:
        outcome.events = write(ledger, plan, progress)
    return outcome


def _profiles(sheet: Sheet, problems: Problems, outcome: ImportOutcome) -> dict[str, tuple[int, Profile]]:
    """Return customers by code with their first line; a repeated row is counted as unchanged."""
    profiles: dict[str, tuple[int, Profile]] = {}
    for record in records(sheet, CUSTOMER_COLUMNS, problems):
        code = problems.read(record, "customer", _customer_key)
        profile = _profile(record, problems)
        if code is None or profile is None:
            continue
        line, first = profiles.setdefault(code, (record.line, profile))
        if line == record.line:
            continue
        outcome.unchanged += 1
        if profile != first:
            event = msg("customer {code} stands in the file twice with different data", code=code)
            problems.add(record.line, "customer", CustomerTaken(event))
    return profiles


def _customer_key(text: str) -> str:
    return check_key(text, msg("the customer code"))


def _profile(record: TableRecord, problems: Problems) -> Profile | None:
    consumer = record.cells.get("consumer", "").lower()
    cells = record.cells | {"consumer": _CONSUMER_WORDS.get(consumer, consumer)}
    place = " ".join(cells.pop(name) for name in ("postcode", "town") if name in cells)
    if place and "address_line2" not in cells:
        cells["address_line2"] = place
    if "name" not in cells:
        return None  # noted already
    try:
        return check_profile(cells)
    except LedgerError as error:
        column = error.fact.split(" ", 1)[0]
        problems.add(record.line, column if column in cells else "customer", error)
        return None


def _plan_customer(
    ledger: Ledger,
    author: Metadata,
    code: str,
    profile: Profile,
    known: Collection[str | int],
    *,
    update: bool,
) -> PlannedStream | None:
    """Return what is recorded of a customer; None when nothing is new."""
    words = PersonalData("customer", profile.personal)
    if code not in known:
        return PlannedStream(ledger.ids.new(), 0, [registered(author, ledger.now(), code, profile)], words, 1)
    customer = ledger.find_customer(code)
    facts = {"consumer": profile.consumer, "country": profile.country, "vat_treatment": profile.vat_treatment}
    before = current_data(ledger, code)
    before.pop("reason", None)
    erased = ledger.words(customer.commitment) is None
    if before == facts | ({} if erased else profile.personal):
        return None
    if not update:
        raise CustomerTaken(msg("customer {code} is registered with other data", code=code))
    require_live(customer)
    event = e.CustomerUpdated(
        **author.header(ledger.now()),
        consumer=profile.consumer,
        country=profile.country,
        vat_treatment=profile.vat_treatment,
        reason="data-changed",
    )
    return PlannedStream(customer.id, customer.version, [event], words, 1)


# --- purchases --------------------------------------------------------------------------------


def import_purchases(
    ledger: Ledger,
    said: Metadata,
    sheet: Sheet,
    *,
    layout: Layout = PLAIN,
    dry_run: bool = False,
    progress: Progress = no_progress,
) -> ImportOutcome:
    """Record the purchases of a table; a known one changes nothing."""
    problems = Problems(sheet, layout)
    author = said._replace(source="import").of_command("purchase import", {})
    outcome = ImportOutcome(sheet.name, read=len(sheet.lines), recorded=not dry_run)
    plan: list[PlannedStream] = []
    buyers: dict[str, Customer] = {}
    latest = ledger.now() + AHEAD_MAX
    for record in records(sheet, PURCHASE_COLUMNS, problems):
        planned = _plan_purchase(ledger, author, record, buyers, problems)
        if planned is not None and planned.facts[0].at > latest:
            outcome.warnings += [Warned(record.line, "purchased_at", ahead(planned.facts[0].at))]
        outcome.new += planned is not None
        outcome.unchanged += planned is None
        plan += [planned] if planned else []
    outcome.leave_out(problems.left_out)
    problems.raise_if_any()
    return _written(ledger, author, outcome, plan, progress)


def _plan_purchase(
    ledger: Ledger, author: Metadata, record: TableRecord, buyers: dict[str, Customer], problems: Problems
) -> PlannedStream | None:
    """Return what is recorded of a purchase; None when it is known, or wrong and noted."""
    buyer = problems.read(record, "customer", lambda code: _buyer(ledger, buyers, code))
    order_ref = problems.read(record, "order_ref", _order_key)
    at = problems.read(record, "purchased_at", problems.day_or_instant)
    if buyer is None or order_ref is None or at is None:
        return None
    try:
        if not decide_purchase(buyer, order_ref=order_ref, at=at):
            return None
    except LedgerError as error:
        problems.add(record.line, "order_ref" if isinstance(error, PurchaseTaken) else "customer", error)
        return None
    event = e.PurchaseRecorded(**author.header(at), order_ref=order_ref)
    product = record.cells.get("product")
    words = PersonalData("customer", {"product": product}) if product else None
    planned = PlannedStream(buyer.id, buyer.version, [event], words, 1)
    buyer.purchases.append(Bought(order_ref, at))
    buyer.version += 1
    return planned


def _buyer(ledger: Ledger, buyers: dict[str, Customer], code: str) -> Customer:
    if code not in buyers:
        buyers[code] = ledger.find_customer(_customer_key(code))
    return buyers[code]


def _order_key(text: str) -> str:
    return check_key(text, msg("the order"))
