"""A made year of forty customers: everything that a month's money and hours can meet, by real commands.

The year is 2026. Help is imported month by month; goodwill, sessions put aside, corrected ends, receipts,
invoices (of a quarter, later of a month), corrections of them and payments come in between.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from tests.support import billing_office as b
from tests.support.office import Office

YEAR = 2026
AFTERWARDS = "2027-01-20T09:00:00+01:00"
CUSTOMERS = 40
CONSUMERS = range(30, 37)
SESSIONS_A_MONTH = 26
TECHNICIANS = ("anna", "marek", "ola")
_ABROAD = {"K-38": ("DE", "DE136695976", "eu"), "K-39": ("CH", "", "non_eu"), "K-40": ("CZ", "", "ask")}
_CUSTOMER_HEAD = "customer,name,nip,address_line1,address_line2,country,consumer,vat_id,vat_treatment"
_SESSION_HEAD = "session_ref,customer,issue,connected_at,ended_at,order_ref,technician,purged_at,billed_as"
_ISSUED_AFTER = {3: "Q1", 6: "Q2", 9: "Q3", 10: "10", 11: "11"}
"""What is invoiced when these months are over; December's help only to some."""
_HOURS = (7, 9, 10, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23)
_NO_NIGHT = {date(YEAR, 3, 28), date(YEAR, 3, 29), date(YEAR, 10, 24), date(YEAR, 10, 25)}
"""Around the change of clocks a time without an offset may be no time, or two."""
_MORE = {
    4: ("04/across", "K-05", "other", "2026-03-31 22:30", "2026-04-01 01:20", "", "ola", "", ""),
    10: (
        "10/clocks", "K-02", "other", "2026-10-25T00:30:00+02:00", "2026-10-25T03:10:00+01:00",
        "", "anna", "2026-10-25T03:11:00+01:00", "",
    ),
}  # fmt: skip
"""Help over the end of a month, and over the night of two clocks."""


class _Help(NamedTuple):
    """A row of the import: a connection of a session, on the office clock."""

    ref: str
    customer: str
    issue: str
    begins: datetime
    until: datetime
    order: str
    technician: str
    purged: datetime | None
    billed_as: str


def made_year(folder: Path, seed: int = 40) -> Office:
    """Make the year; the same seed gives the same ledger."""
    chance = random.Random(seed)  # noqa: S311 - a made shop
    office = Office(folder, now=f"{YEAR}-01-01T08:00:00+01:00")
    office.does("config", "set", *b.SELLER, "ksef.mode=exempt_10k")
    office.takes("customer", _CUSTOMER_HEAD, _customers())
    orders = {f"K-{number:02d}": f"Z-{number}" for number in range(1, CUSTOMERS, 2)}
    bought = [(code, order, f"2025-11-{5 + place}") for place, (code, order) in enumerate(orders.items())]
    office.takes("purchase", "customer,order_ref,purchased_at", bought)
    for month in range(1, 13):
        rows = list(_month(month, chance, orders))
        office.now = f"{_first_after(month).isoformat()}T08:00:00+0{2 if 3 <= month < 10 else 1}:00"
        more = [_MORE[month]] if month in _MORE else []
        office.takes("session", _SESSION_HEAD, [*map(_row, rows), *more])
        _before_invoices(office, month, rows, chance)
        _invoices(office, month, rows, chance)
    office.now = AFTERWARDS
    return office


def _first_after(month: int) -> date:
    return date(YEAR + month // 12, month % 12 + 1, 1)


def _customers() -> Iterator[tuple[str, ...]]:
    for number in range(1, CUSTOMERS + 1):
        code = f"K-{number:02d}"
        country, vat_id, treatment = _ABROAD.get(code, ("PL", "", "pl"))
        consumer = "yes" if number in CONSUMERS else "no"
        nip = b.valid_nip(number) if country == "PL" and consumer == "no" else ""
        address = ("ul. Prosta 1", "00-001 Warszawa")
        yield (code, f"Firma {number}", nip, *address, country, consumer, vat_id, treatment)


def _month(month: int, chance: random.Random, orders: dict[str, str]) -> Iterator[_Help]:
    """Yield the rows of a month, all of which end in it."""
    last = _first_after(month) - timedelta(days=1)
    for place in range(SESSIONS_A_MONTH):
        day = last.replace(day=chance.randint(1, last.day))
        hour = min(chance.choice(_HOURS), 19 if day == last or day in _NO_NIGHT else 23)
        begins = datetime(day.year, day.month, day.day, hour, chance.randint(0, 59))  # noqa: DTZ001 - office time
        until = begins + timedelta(minutes=chance.randint(3, 190), seconds=chance.randint(0, 59))
        code = f"K-{chance.randint(1, CUSTOMERS):02d}"
        kinds = (
            ("other", "other", "hardware", "hardware", "test")
            if code in orders
            else ("other", "other", "test")
        )
        issue = chance.choice(kinds)
        order = orders[code] if issue == "hardware" and chance.random() < 0.9 else ""
        wait = timedelta(minutes=chance.choice((1, 4, 9, 14, 15, 40)))
        purged = None if chance.random() < 0.06 else until + wait
        billed = "stara 7" if month == 1 and place < 2 else ""
        issue = "other" if billed else issue
        whole = _Help(
            f"{month:02d}/{place:02d}",
            code,
            issue,
            begins,
            until,
            order,
            chance.choice(TECHNICIANS),
            purged,
            billed,
        )
        yield from _in_parts(whole, chance)


def _in_parts(whole: _Help, chance: random.Random) -> Iterator[_Help]:
    """Yield a session in one row, or in two where the link was lost and another technician may go on."""
    if chance.random() > 0.2 or whole.until - whole.begins < timedelta(minutes=40):
        yield whole
        return
    lost = whole.begins + timedelta(minutes=20)
    yield whole._replace(until=lost, purged=None)
    yield whole._replace(begins=lost + timedelta(minutes=5), technician=chance.choice(TECHNICIANS))


def _row(each: _Help) -> tuple[str, ...]:
    begins, until = (f"{moment:%Y-%m-%d %H:%M:%S}" for moment in (each.begins, each.until))
    purged = "" if each.purged is None else f"{each.purged:%Y-%m-%d %H:%M:%S}"
    first = (each.ref, each.customer, each.issue, begins, until, each.order, each.technician)
    return (*first, purged, each.billed_as)


# --- what comes in between ------------------------------------------------------------------------


def _before_invoices(office: Office, month: int, rows: list[_Help], chance: random.Random) -> None:
    """Give goodwill, put a session aside, correct an end, settle what consumers had by the till.

    What the program refuses of it (a test has no price, nothing is due) stays undone.
    """
    refs = list(dict.fromkeys(each.ref for each in rows))
    for ref in chance.sample(refs, 3):
        _waive(office, ref, chance)
    if month % 3 == 2:
        office.does("session", "void", chance.choice(refs), "--reason", "double-entry")
    corrected = chance.choice(rows)
    end = f"{corrected.until + timedelta(minutes=25):%Y-%m-%d %H:%M:%S}"
    office.run("session", "correct", corrected.ref, "--ended-at", end, "--reason", "wrong-time")
    consumers = {f"K-{number}" for number in CONSUMERS}
    for ref in dict.fromkeys(
        each.ref for each in rows if each.customer in consumers and each.issue != "test"
    ):
        if chance.random() < 0.7:
            office.run("session", "receipt", ref, "--number", f"W/{ref.replace('/', '')}")


def _waive(office: Office, ref: str, chance: random.Random) -> None:
    given = chance.choice(
        [
            ("--percent", "10"),
            ("--percent", "12.5"),
            ("--percent", "100"),
            ("--hours", "1"),
            ("--amount", "30.00"),
        ]
    )
    by = ("--by", chance.choice(TECHNICIANS))
    office.run("session", "waive", ref, *given, "--reason", chance.choice(["goodwill", "complaint"]), *by)


def _invoices(office: Office, month: int, rows: list[_Help], chance: random.Random) -> None:
    """Issue what is due, correct some of it, and take payments in: whole ones, parts, too much."""
    if month in _ISSUED_AFTER:
        period = f"{YEAR}-{_ISSUED_AFTER[month]}"
        office.run("invoice", "issue", "--period", period, "--all", "--yes")
        _corrections(office, period, chance)
    if month == 12:
        for code in chance.sample([each.customer for each in rows], 6):
            office.run("invoice", "issue", "--period", f"{YEAR}-12", "--customer", code, "--yes")
    owed: list[dict[str, Any]] = office.asks("report", "receivables")["invoices"]
    for each in owed:
        if each["left_grosze"] > 0 and chance.random() < 0.25:
            share = chance.choice([100, 100, 100, 37, 110])
            amount = each["left_grosze"] * share // 100
            words = (
                each["number"],
                "--amount",
                f"{amount // 100}.{amount % 100:02d}",
                "--on",
                office.now[:10],
            )
            office.run("invoice", "paid", *words, "--method", "transfer", "--overpaid")


def _corrections(office: Office, period: str, chance: random.Random) -> None:
    """Waive a part of five sessions on invoices; some of the invoices are corrected, others left as they are.

    What went over the limit of KSeF has no number there yet, and is corrected by nobody.
    """
    sessions = office.asks("report", "billing", "--period", period)["sessions"]
    billed = [each for each in sessions if each["standing"] == "billed" and each["net_grosze"]]
    for place, each in enumerate(chance.sample(billed, 5)):
        waived = ("--percent", str(chance.choice([10, 50, 100])), "--reason", "goodwill", "--by", "ola")
        office.does("session", "waive", str(each["session"]), *waived)
        if place % 2 == 0:
            office.run("invoice", "correct", each["documents"][0], "--reason", "goodwill", "--yes")
