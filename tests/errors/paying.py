"""How to meet the refusals of bank files and of transfers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from ledger.domain.payments.interest import RATES, LateDebt, interest
from tests.errors.desk import Desk, Told

OWN = "PL22124014310000990000000077"
_HEAD = (
    "Data księgowania;Data waluty;Nadawca / Odbiorca;Adres nadawcy / odbiorcy;Rachunek źródłowy;"
    "Rachunek docelowy;Tytułem;Kwota operacji;Waluta;Numer referencyjny;Typ operacji;Kategoria\n"
)
_ROW = (
    "12.11.2026;12.11.2026;Nowak Jan;;'15109010140000880000000201;'22124014310000990000000077;za pomoc;"
    "615,00;PLN;'C1;P;W\n"
)
_MT940 = f"""\
:20:A
:25:{OWN}
:28C:1
:60F:C261111PLN0,00
:61:2611121112C615,00NTRFNONREF
:86:020~20za pomoc~32Nowak Jan
:62F:C261112PLN615,00
"""


def _imports(desk: Desk, text: str, name: str = "bank.csv") -> Told:
    (desk.folder / name).write_text(text, encoding="utf-8")
    return desk.types(f"payment import {name}")


def _transfer(desk: Desk) -> str:
    """Return the id of an imported transfer that nothing is certain about."""
    from ledger.application.ledger import Environment, Ledger  # noqa: PLC0415 - one reproducer in many
    from ledger.domain.clock import parse_instant  # noqa: PLC0415 - the same

    desk.types(f"config set bank.accounts={OWN}")
    _imports(desk, _HEAD + _ROW)
    now = parse_instant("2026-11-16 12:00")
    with Ledger.open(desk.ledger, Environment(lambda: now, bytes)) as ledger:
        return str(ledger.store.keys("transfer")[0])


def _bad_file(desk: Desk) -> Told:
    return _imports(desk, _HEAD + _ROW.replace("615,00", "sto"))


def _foreign_account(desk: Desk) -> Told:
    return _imports(desk, _HEAD + _ROW)


def _another_format(desk: Desk) -> Told:
    _transfer(desk)
    return _imports(desk, _MT940, "bank.sta")


def _set_aside_twice(desk: Desk) -> Told:
    transfer = _transfer(desk)
    desk.types(f"payment set-aside {transfer} --reason private")
    return desk.types(f"payment set-aside {transfer} --reason private")


def _not_proposed(desk: Desk) -> Told:
    return desk.types(f"payment confirm {_transfer(desk)} --yes --digest 0")


def _rate_of_long_ago(desk: Desk) -> Told:
    debt = LateDebt(100_00, date(2020, 1, 2))
    return desk.fails(lambda: interest(RATES["civil"], debt, date(2020, 2, 1), set()))


PAYING: dict[str, Callable[[Desk], Told]] = {
    "E-BANK-FILE": _bad_file,
    "E-BANK-ACCOUNT": _foreign_account,
    "E-BANK-OVERLAP": _another_format,
    "E-INTEREST-RATE": _rate_of_long_ago,
    "E-NOTHING-OVERDUE": lambda desk: desk.types("report reminder --customer K-1"),
    "E-TRANSFER-UNKNOWN": lambda desk: desk.types("payment undo 0123456789ab --reason checked"),
    "E-TRANSFER-DECIDED": _set_aside_twice,
    "E-TRANSFER-ASSIGN": _not_proposed,
    "E-PAYMENT-CHANGED": lambda desk: desk.types("payment confirm --all-proposed --yes --digest 0"),
}
