"""A month of one shop with every kind of document: what each was issued for, by its number."""

from __future__ import annotations

from pathlib import Path

from tests.support.billing_office import DECEMBER, business, helped, issued, shop, valid_nip
from tests.support.ksef.server import TOKEN, FakeKsef
from tests.support.office import Office

SUNDAY_BAND = (
    "days=sun", "from=10:00", "until=18:00", "multiplier=3", "quote=W niedziele trzykrotnie.",
    "name.pl=w niedzielę", "name.en=on Sundays",
)  # fmt: skip
DROPPED = ("weekend.off-hours", "morning.off-hours", "night.until-06")


def every_document(folder: Path, ksef: FakeKsef | None = None) -> tuple[Office, dict[str, str]]:
    """The office, outside KSeF or sending all to this one, and the number of the document of each kind."""
    online = ("ksef.mode=online", f"ksef.base_url={ksef.base_url}") if ksef else ()
    office = shop(folder, "seller.bank_bic=WBKPPLPPXXX", *online)
    _customers(office)
    _list_with_a_sunday_band(office)
    numbers: dict[str, str] = {}
    for kind, begins, ends, customer in (
        ("an office hour", "2026-11-12T11:00:00", "2026-11-12T11:40:00", "K-1"),
        ("hours of three bands", "2026-11-12T17:30:00", "2026-11-12T22:10:00", "K-1"),
        ("a public holiday", "2026-11-11T11:00:00", "2026-11-11T11:40:00", "K-1"),
        ("a band of the office's own", "2026-11-15T12:00:00", "2026-11-15T12:30:00", "K-1"),
        ("half off", "2026-11-13T12:00:00", "2026-11-13T12:30:00", "K-2"),
        ("a waiver of an amount", "2026-11-16T18:30:00", "2026-11-16T19:30:00", "K-1"),
        ("a waiver of half percents", "2026-11-16T20:30:00", "2026-11-16T21:00:00", "K-2"),
        ("a buyer of the Union", "2026-11-19T22:10:00", "2026-11-19T22:40:00", "K-4"),
        ("a buyer outside the Union", "2026-11-20T11:00:00", "2026-11-20T11:40:00", "K-5"),
        ("a consumer", "2026-11-23T11:00:00", "2026-11-23T11:40:00", "K-6"),
        ("a receipt before it", "2026-11-24T11:00:00", "2026-11-24T11:40:00", "K-6"),
        ("a wrong buyer", "2026-11-25T11:00:00", "2026-11-25T11:40:00", "K-1"),
    ):
        numbers[kind] = str(helped(office, begins, ends, customer))
    office.now = "2026-11-26T09:00:00+01:00"
    numbers["an order"] = str(_with_an_order(office))
    _amended(office, numbers)
    office.now = DECEMBER
    sessions = dict(numbers)
    for kind, session in sessions.items():
        numbers[kind] = str(issued(office, "issue", "--session", session)["number"])
    _correct(office, numbers, sessions, sent=ksef is not None)
    return office, numbers


def xml_files(office: Office) -> list[Path]:
    """The file of every document, in the order of their names; not KSeF's receipts, which lie beside them."""
    files = sorted((office.folder / "documents").glob("*.xml"))
    return [file for file in files if b"<Faktura " in file.read_bytes()]


def _customers(office: Office) -> None:
    business(office)
    business(office, "K-2", "Stolarnia „Pod Łosiem” & Syn", valid_nip(7))
    business(office, "K-3", "Młyn", valid_nip(9))
    office.does("purchase", "add", "K-2", "--order", "Z-1", "--at", "2026-11-01T07:00:00+01:00")
    for code, name, country, treatment, *words in (
        ("K-4", "Müller IT GmbH", "DE", "eu", "--vat-id", "DE136695976", "--consumer", "no"),
        ("K-5", "Books Inc.", "US", "non_eu", "--consumer", "no"),
        ("K-6", "Łucja Źrebięca", "PL", "pl", "--consumer", "yes"),
    ):
        office.does(
            "customer", "add", code, "--name", name, "--country", country, "--vat-treatment", treatment,
            *words, "--address-line1", "Hauptstr. 1",
        )  # fmt: skip


def _list_with_a_sunday_band(office: Office) -> None:
    path = str(office.folder.parent / "sunday.toml")
    changes = [word for each in SUNDAY_BAND for word in ("--set", f"bands.sunday.{each}")]
    dropped = [word for name in DROPPED for word in ("--drop", name)]
    office.does("tariff", "new", "--id", "p-27", "--valid-from", "2026-11-10", *changes, *dropped, "-o", path)
    office.does("tariff", "publish", path, "--yes")


def _with_an_order(office: Office) -> int:
    asked = office.does(
        "session", "request", "--customer", "K-2", "--issue", "hardware", "--order", "Z-1",
        "--at", "2026-11-25T18:00:00+01:00", "-f", "json",
    ).document  # fmt: skip
    number = str(asked["session"])
    office.does("session", "connect", number, "--at", "2026-11-25T18:05:00+01:00")
    office.does("session", "end", number, "--at", "2026-11-25T19:00:00+01:00")
    return int(number)


def _amended(office: Office, numbers: dict[str, str]) -> None:
    waive, why = ("session", "waive"), ("--reason", "goodwill: złe łącze")
    office.does(*waive, numbers["a waiver of an amount"], "--amount", "33,33", *why)
    office.does(*waive, numbers["a waiver of half percents"], "--percent", "12,5", *why)
    office.does("session", "receipt", numbers["a receipt before it"], "--number", "W/0123/2026")
    office.does("session", "invoice-request", numbers["a receipt before it"], "--on", "2026-11-26")
    office.does("session", "invoice-request", numbers["a consumer"], "--on", "2026-11-26")


def _correct(office: Office, numbers: dict[str, str], sessions: dict[str, str], *, sent: bool) -> None:
    """A smaller amount, one corrected twice, and one to nothing for the wrong buyer with its new document."""
    three, holiday, wrong = (
        sessions[kind] for kind in ("hours of three bands", "a public holiday", "a wrong buyer")
    )

    def corrected(kind: str, reason: str) -> str:
        if sent:  # a correction waits for the number of what it corrects
            told = office.run("invoice", "submit", "--all", "--yes", SESSION_LEDGER_KSEF_TOKEN=TOKEN)
            assert told.status == 0, told.err
        return str(issued(office, "correct", numbers[kind], "--reason", reason)["number"])

    office.does(
        "session", "correct", three, "--ended-at", "2026-11-12T21:10:00+01:00", "--reason", "wrong-time"
    )
    numbers["a correction"] = corrected("hours of three bands", "wrong-time")
    for kind, percent in (("a goodwill after it", "50"), ("a correction of one corrected", "0")):
        office.does("session", "waive", holiday, "--percent", percent, "--reason", "goodwill")
        numbers[kind] = corrected("a public holiday", "goodwill")
    office.does("session", "correct", wrong, "--customer", "K-3", "--reason", "wrong-customer")
    numbers["a correction to nothing"] = corrected("a wrong buyer", "wrong-customer")
    numbers["the right buyer"] = str(issued(office, "issue", "--session", wrong)["number"])
