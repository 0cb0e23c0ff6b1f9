"""The golden cases by the command line: CSV in, reports out."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from ledger.domain.money import parse_amount
from tests.support.office import Office

GOLDEN = Path(__file__).parents[2] / "golden"
ISSUES = {"hw": "hardware", "other": "other", "test": "test"}
READINGS = {
    "alt_net_night_end_10": "bands.night.until=10:00",
    "alt_net_holidays_ignored": "holidays.bands=none",
    "alt_net_hw_outofhours_full": "hardware_out_of_office=0",
    "alt_net_boundary_per_band": "boundary=per_band",
    "alt_net_boundary_cheapest": "boundary=cheapest",
    "alt_net_boundary_dearest": "boundary=dearest",
}
EVER = "2024-01-01..2028-01-01"
SESSION_HEADER = "session_ref,customer,issue,connected_at,ended_at,order_ref"
OVER_48_HOURS = {"G079", "G081"}


def cases(name: str) -> list[dict[str, str]]:
    with (GOLDEN / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def order_of(case: dict[str, str]) -> str:
    return f"ORD/{case['id']}" if case["issue"] == "hw" and case["customer"] == "shop" else ""


def with_customers(office: Office, found: list[dict[str, str]]) -> None:
    """One customer a case; the shop's own bought something long before."""
    office.takes("customer", "customer,name", [(case["id"], f"Case {case['id']}") for case in found])
    bought = [(c["id"], f"ORD/{c['id']}", "2023-05-01") for c in found if c["customer"] == "shop"]
    office.takes("purchase", "customer,order_ref,purchased_at", bought)


SINGLE = cases("golden.csv")
ENGAGEMENTS = cases("golden_engagements.csv")


@pytest.fixture(scope="module")
def single(tmp_path_factory: pytest.TempPathFactory) -> Office:
    office = Office(tmp_path_factory.mktemp("single") / "ledger", now="2027-03-01T12:00:00+01:00")
    with_customers(office, SINGLE)
    rows = [
        (f"s{c['id']}", c["id"], ISSUES[c["issue"]], c["start_local"], c["end_local"], order_of(c))
        for c in SINGLE
    ]
    office.takes("session", SESSION_HEADER, rows)
    for case in OVER_48_HOURS:
        office.does("session", "confirm", f"s{case}", "--reason", "checked")
    return office


@pytest.fixture(scope="module")
def billed(single: Office) -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """The session and the customer of each case in the report of its month."""
    found: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {}
    for month in {case["billing_month"] for case in SINGLE}:
        report = single.asks("report", "billing", "--period", month)
        customers = {c["customer"]: c for c in report["customers"]}
        for session in report["sessions"]:
            found[session["customer"]] = (session, customers[session["customer"]])
    return found


def hours(case: dict[str, str]) -> dict[str, int]:
    return {band: int(case[f"{band}_h"]) for band in ("office", "off_hours", "night")}


@pytest.mark.parametrize("case", SINGLE, ids=lambda case: case["id"])
def test_a_single_connection_is_billed_as_expected(
    case: dict[str, str], billed: dict[str, tuple[dict[str, Any], dict[str, Any]]]
) -> None:
    session, customer = billed[case["id"]]
    assert session["band_hours"] == hours(case)
    assert session["started_hours"] == sum(hours(case).values())
    assert session["net_grosze"] == customer["net_grosze"] == parse_amount(case["net"])
    assert customer["vat_grosze"] == parse_amount(case["vat23"])
    assert customer["gross_grosze"] == parse_amount(case["gross"])


@pytest.mark.parametrize("case", SINGLE, ids=lambda case: case["id"])
def test_every_grosz_of_a_single_connection_is_explained_by_a_sentence(
    case: dict[str, str], single: Office
) -> None:
    explained = single.asks("session", "explain", f"s{case['id']}")
    assert explained["net_grosze"] == parse_amount(case["net"])
    assert sum(hour["net_grosze"] for hour in explained["hours"]) == explained["net_grosze"]
    assert len(explained["hours"]) == sum(hours(case).values())
    assert all(hour["quote"] and hour["rule"] for hour in explained["hours"])


@pytest.mark.parametrize("column", READINGS)
def test_what_if_gives_the_net_under_the_other_reading(column: str, single: Office) -> None:
    answer = single.asks("tariff", "what-if", READINGS[column], "--period", EVER)
    other = {session["session_ref"]: session["other_net_grosze"] for session in answer["sessions"]}
    assert other == {f"s{case['id']}": parse_amount(case[column]) for case in SINGLE}
    changed = sum(case["net"] != case[column] for case in SINGLE)
    assert answer["total"]["sessions_changed"] == changed


# --- several connections ----------------------------------------------------------------------


def stretches(case: dict[str, str]) -> Iterator[tuple[str, str]]:
    for stretch in case["intervals"].split(";"):
        begins, closes = stretch.split("-")
        yield f"{case['date']} {begins}", f"{case['date']} {closes}"


@pytest.fixture(scope="module")
def engagements(tmp_path_factory: pytest.TempPathFactory) -> Office:
    office = Office(tmp_path_factory.mktemp("engagements") / "ledger")
    with_customers(office, ENGAGEMENTS)
    rows = [
        (f"s{case['id']}", case["id"], ISSUES[case["issue"]], *stretch, order_of(case))
        for case in ENGAGEMENTS
        for stretch in stretches(case)
    ]
    office.takes("session", SESSION_HEADER, rows)
    return office


@pytest.mark.parametrize("case", ENGAGEMENTS, ids=lambda case: case["id"])
def test_several_connections_are_billed_as_expected(case: dict[str, str], engagements: Office) -> None:
    report = engagements.asks("report", "billing", "--period", "2026-11", "--customer", case["id"])
    (session,), (customer,) = report["sessions"], report["customers"]
    assert session["band_hours"] == hours(case)
    expected = [parse_amount(case[column]) for column in ("net", "vat23", "gross")]
    assert [customer[key] for key in ("net_grosze", "vat_grosze", "gross_grosze")] == expected


def test_what_if_rates_each_connection_alone(engagements: Office) -> None:
    """E11 aside, whose two identical rows are one connection."""
    answer = engagements.asks("tariff", "what-if", "reconnect=per_connection", "--period", "2026-11")
    other = {session["session_ref"]: session["other_net_grosze"] for session in answer["sessions"]}
    for case in ENGAGEMENTS:
        if case["id"] != "E11":
            assert other[f"s{case['id']}"] == parse_amount(case["alt_net_each_session_alone"]), case["id"]


# --- VAT --------------------------------------------------------------------------------------


WEEKDAYS = (2, 3, 4, 5, 6, 9, 10)
"""Office days of March 2026, one for each case's price list."""


def test_a_made_price_list_gives_the_vat_of_every_sum(tmp_path: Path) -> None:
    """One list a base price, in force on a day of its own; VAT is taken once, on the customer's sum."""
    found = cases("golden_vat.csv")
    office = Office(tmp_path / "ledger")
    office.takes("customer", "customer,name", [(case["id"], case["id"]) for case in found])
    for case, number in zip(found, WEEKDAYS, strict=True):
        nets = case["line_nets"].split("+")
        file = tmp_path / f"{case['id']}.toml"
        file.write_text(price_list(nets[0], date(2026, 3, number)), encoding="utf-8")
        office.does("tariff", "publish", str(file), "--yes", "--retroactive", "--reason", "price-change")
        day = f"2026-03-{number:02d}"
        lines = [
            (f"{case['id']}-{n}", case["id"], "other", f"{day} {10 + n}:00", f"{day} {10 + n}:20", "")
            for n in range(len(nets))
        ]
        office.takes("session", SESSION_HEADER, lines)
    report = office.asks("report", "billing", "--period", "2026-03")
    sums = {c["customer"]: c for c in report["customers"]}
    for case in found:
        expected = [parse_amount(case[column]) for column in ("net", "vat_on_total", "gross")]
        got = [sums[case["id"]][key] for key in ("net_grosze", "vat_grosze", "gross_grosze")]
        assert got == expected, case["id"]


EXAMPLE = """
[[examples]]
what = "a test costs nothing"
who = "public"
issue = "test"
from = 2026-11-16T10:00:00+01:00
until = 2026-11-16T10:05:00+01:00
net = "0.00"
"""


def price_list(base_price: str, valid_from: date) -> str:
    """The shop's list with another base price, and an example that holds at any price."""
    text = (files("ledger") / "data" / "tariff.toml").read_text(encoding="utf-8")
    text = text.partition("[[examples]]")[0] + EXAMPLE
    text = text.replace('base_price = "100.00"', f'base_price = "{base_price}"')
    text = text.replace("2024-01-01", valid_from.isoformat(), 1)
    return text.replace("pomoc-zdalna-2024", f"vat-{valid_from.isoformat()}")
