"""The golden cases: every net, every band, every other reading, by the library."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from ledger.domain.clock import epoch_seconds, from_epoch_seconds, local_month, parse_instant
from ledger.domain.money import format_amount, parse_amount, vat_on
from ledger.domain.rating.rate import Issue, Kind, Purchase, SessionFacts, rate
from ledger.domain.rating.what_if import with_changes
from tests.ledger.domain.rating.rating_cases import LONG_AGO_S, at, session, shop

GOLDEN = Path(__file__).parents[3] / "golden"
READINGS = {
    "alt_net_night_end_10": {"bands.night.until": "10:00"},
    "alt_net_holidays_ignored": {"holidays.bands": "none"},
    "alt_net_hw_outofhours_full": {"hardware_out_of_office": "0"},
    "alt_net_boundary_per_band": {"boundary": "per_band"},
    "alt_net_boundary_cheapest": {"boundary": "cheapest"},
    "alt_net_boundary_dearest": {"boundary": "dearest"},
    "alt_net_each_session_alone": {"reconnect": "per_connection"},
}
ISSUES: dict[str, Issue] = {"hw": "hardware", "other": "other", "test": "test"}
Row = dict[str, str]


def rows(name: str) -> list[Row]:
    with (GOLDEN / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def by_id(row: Row) -> str:
    return row["id"]


def facts_of(row: Row, connections: tuple[tuple[int, int], ...]) -> SessionFacts:
    """`public` never bought anything; `shop` bought order A long ago, and hardware names it."""
    issue = ISSUES[row["issue"]]
    order = "A" if issue == "hardware" else None
    purchases = (Purchase("A", LONG_AGO_S, None),) if row["customer"] == "shop" else ()
    start = connections[0][0]
    return SessionFacts(start, connections, (Kind(start, issue, order),), purchases, None)


def single(row: Row) -> SessionFacts:
    start, end = (epoch_seconds(parse_instant(row[key])) for key in ("start_utc", "end_utc"))
    return facts_of(row, ((start, end),))


def engagement(row: Row) -> SessionFacts:
    parts = (part.split("-") for part in row["intervals"].split(";"))
    return facts_of(row, tuple((at(f"{row['date']} {a}"), at(f"{row['date']} {b}")) for a, b in parts))


def check(row: Row, *sessions: SessionFacts) -> None:
    """Hours, net, VAT and gross of a row, summed over its sessions."""
    rated = [rate(facts, shop()) for facts in sessions]
    bands = [sum(r.band_hours[band] for r in rated) for band in ("office", "off_hours", "night")]
    assert bands == [int(row[key]) for key in ("office_h", "off_hours_h", "night_h")]
    net = sum(r.net_grosze for r in rated)
    vat = vat_on(net, 23)
    told = [format_amount(amount) for amount in (net, vat, net + vat)]
    assert told == [row["net"], row["vat23"], row["gross"]]


@pytest.mark.parametrize("row", rows("golden"), ids=by_id)
def test_a_single_connection_costs_what_the_golden_row_says(row: Row) -> None:
    facts = single(row)
    check(row, facts)
    (start, end) = facts.connections[0]
    assert end - start == int(row["seconds"])
    assert local_month(from_epoch_seconds(end)) == row["billing_month"]


@pytest.mark.parametrize("column", [name for name in READINGS if name in rows("golden")[0]])
@pytest.mark.parametrize("row", rows("golden"), ids=by_id)
def test_a_single_connection_costs_that_under_the_other_reading(row: Row, column: str) -> None:
    net = rate(single(row), with_changes(shop(), READINGS[column])).net_grosze
    assert format_amount(net) == row[column]


@pytest.mark.parametrize("row", rows("golden_engagements"), ids=by_id)
def test_several_connections_of_one_session_share_their_hours(row: Row) -> None:
    check(row, engagement(row))


@pytest.mark.parametrize("row", rows("golden_engagements"), ids=by_id)
def test_several_connections_each_alone(row: Row) -> None:
    """Two identical rows are one connection, so E11 stays at a single hour."""
    tariff = with_changes(shop(), READINGS["alt_net_each_session_alone"])
    expected = "100.00" if row["id"] == "E11" else row["alt_net_each_session_alone"]
    assert format_amount(rate(engagement(row), tariff).net_grosze) == expected


def test_every_other_reading_of_the_golden_files_has_a_key() -> None:
    """`ocpi_total_once` alone has none: no tariff of ours rounds a total once."""
    columns = {name for row in (rows("golden")[0], rows("golden_engagements")[0]) for name in row}
    assert {name for name in columns if name.startswith("alt_net_")} - set(READINGS) == {
        "alt_net_ocpi_total_once"
    }


SCENARIOS: dict[str, tuple[SessionFacts, ...]] = {
    "S01": (session("18:05-18:30", requested="17:50"),),
    "S02": (session(requested="11:00"),),
    "S05": (session("10:00-10:10", issue="test"),),
    "S06": (session("10:00-10:20"),),
    "S10": (session("10:00-10:40"),),
    "S12": (
        session("11:00-12:10", issue="hardware")._replace(
            purchases=(Purchase("A", at("2026-11-16 11:30"), None),)
        ),
    ),
    "S13": (session("11:00-11:30"),),
    "S15": (session("10:00-10:30", day="2026-10-20"),),
    "S17": (session("10:00-10:50", "10:10-10:40"),),
    "S18": (session("10:00-10:30"), session("10:10-10:50")),
}


@pytest.mark.parametrize("row", [r for r in rows("golden_scenarios") if r["net"]], ids=by_id)
def test_a_story_with_a_price_costs_it(row: Row) -> None:
    check(row, *SCENARIOS[row["id"]])


def test_two_technicians_are_two_clocks_only_where_each_connection_is_alone() -> None:
    """S17: the other reading would give 200.00."""
    tariff = with_changes(shop(), {"reconnect": "per_connection"})
    assert rate(SCENARIOS["S17"][0], tariff).net_grosze == 20000


@pytest.mark.parametrize("row", rows("golden_vat"), ids=by_id)
def test_vat_is_taken_once_on_the_sum(row: Row) -> None:
    """Each line is an office hour under a tariff of that base price."""
    lines = re.split(r"\+", row["line_nets"])
    tariff = with_changes(shop(), {"base_price": lines[0]})
    end = 9 + len(lines)
    rated = rate(session(f"10:00-{end}:59") if len(lines) > 1 else session("10:00-10:59"), tariff)
    assert [hour.net_grosze for hour in rated.hours] == [parse_amount(line) for line in lines]
    vat = vat_on(rated.net_grosze, tariff.vat_percent_on(tariff.valid_from))
    told = [format_amount(amount) for amount in (rated.net_grosze, vat, rated.net_grosze + vat)]
    assert told == [row["net"], row["vat_on_total"], row["gross"]]
    line_by_line = sum(vat_on(parse_amount(line), 23) for line in lines)
    assert (format_amount(line_by_line), str(line_by_line != vat)) == (
        row["vat_per_line_sum"],
        row["differs"],
    )
