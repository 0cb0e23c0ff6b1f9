"""The lint: a list tests itself, and its register of assumptions holds together."""

from __future__ import annotations

import pytest

from ledger.domain.rating.tariff_lint import lint
from tests.ledger.domain.rating.rating_cases import shop_file, shop_text


def edited(old: str, new: str, count: int = -1) -> list[str]:
    assert old in shop_file()
    return list(map(str, lint(shop_file().replace(old, new, count))))


def test_the_shops_list_is_clean_before_and_after_publishing() -> None:
    assert lint(shop_file()) == []
    assert lint(shop_text()) == []


def test_a_list_that_cannot_be_read_has_the_problems_of_its_shape() -> None:
    assert edited('until = "06:00"', 'until = "11:00"')[0] == "bands: mon 10:00 lies in office and night"


def test_an_example_that_comes_out_otherwise_is_named() -> None:
    assert edited('net = "3200.00"', 'net = "3000.00"') == [
        "examples: the spring night is one hour shorter: 3200.00, not 3000.00"
    ]


def test_an_example_outside_the_calendar_is_named() -> None:
    (problem,) = edited("2026-11-16T22:", "2036-11-16T22:")
    assert problem.startswith("examples: a customer's other problem at night: the tariff pomoc-zdalna-2024")
    assert problem.endswith("lists no public holidays of 2036")


def test_a_list_without_examples_does_not_test_itself() -> None:
    text = shop_file().split("[[examples]]", 1)[0]
    assert list(map(str, lint(text))) == ["examples: none, and a price list has to test itself"]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        (
            '"bands.night.until" = "10:00"',
            '"bands.night.until" = "noon"',
            "assumptions.night.until-06: the tariff cannot have bands.night.until=noon",
        ),
        (
            '"bands.night.until" = "10:00"',
            '"bands.nights.until" = "10:00"',
            "assumptions.night.until-06: the tariff has no key 'bands.nights.until' to change",
        ),
        (
            '"bands.night.until" = "10:00"',
            '"bands.night.until" = "06:00"',
            "assumptions.night.until-06: an alternative is what the tariff says already",
        ),
        (
            'favours = "shop", changes = { "bands.night.until"',
            'favours = "customer", changes = { "bands.night.until"',
            "assumptions.night.until-06: it favours the customer, and its alternatives say otherwise",
        ),
        (
            'favours = "customer", changes = { boundary',
            'favours = "shop", changes = { boundary',
            "assumptions.boundary.unit-start: it favours the shop, and its alternatives say otherwise",
        ),
    ],
)
def test_an_assumption_that_does_not_hold_together_is_named(old: str, new: str, problem: str) -> None:
    (found,) = edited(old, new)
    assert found.startswith(problem)


def test_a_band_without_a_name_is_named() -> None:
    problem = 'bands.night: needs name = { pl = "…", en = "…" }: what invoices call it'
    assert edited('name = { pl = "w godzinach nocnych", en = "night" }\n', "") == [problem]
