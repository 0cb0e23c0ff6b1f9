"""Money is whole grosze; every rounding is half up, once."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.money import format_amount, half_up, parse_amount, percent_of, typed_amount, vat_on
from ledger.errors import BadAmount

amounts = st.integers(-99_999_999_999_999, 99_999_999_999_999)


@pytest.mark.parametrize(
    ("numerator", "denominator", "nearest"),
    [(1, 2, 1), (-1, 2, -1), (3, 2, 2), (-3, 2, -2), (49, 100, 0), (-49, 100, 0), (0, 7, 0), (50, 100, 1)],
)
def test_a_half_goes_away_from_zero(numerator: int, denominator: int, nearest: int) -> None:
    assert half_up(numerator, denominator) == nearest


@given(amounts, st.sampled_from([1, 2, 4, 5, 8, 10, 16, 100, 1000]))
def test_a_quotient_is_rounded_as_decimal_rounds_half_up(numerator: int, denominator: int) -> None:
    """These denominators have finite decimals, so Decimal holds the quotient exactly."""
    exact = Decimal(numerator) / Decimal(denominator)
    assert half_up(numerator, denominator) == int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


@given(amounts, st.integers(1, 10**9))
def test_a_quotient_is_the_nearest_integer_for_any_denominator(numerator: int, denominator: int) -> None:
    assert 2 * abs(half_up(numerator, denominator) * denominator - numerator) <= denominator


@given(amounts, st.integers(1, 10**6))
def test_a_correction_rounds_as_the_invoice_it_corrects(numerator: int, denominator: int) -> None:
    assert half_up(-numerator, denominator) == -half_up(numerator, denominator)


def test_the_price_list_s_own_amounts_come_out() -> None:
    """100.00 PLN net is 123.00 PLN with 23 % VAT; the customers' half of 100.00 PLN is 50.00 PLN."""
    assert vat_on(100_00, 23) == 23_00
    assert percent_of(100_00, 50) == 50_00


def test_vat_is_rounded_half_up_to_the_grosz() -> None:
    """23 % of 0.50 PLN is 0.115 PLN, which is 12 grosze."""
    assert vat_on(50, 23) == 12
    assert vat_on(-50, 23) == -12


@pytest.mark.parametrize(
    ("text", "grosze"),
    [
        ("100.00", 10000),
        ("100,05", 10005),
        ("100", 10000),
        (" -0,01 ", -1),
        ("-3", -300),
        ("-0", 0),
        ("0.00", 0),
    ],
)
def test_an_amount_is_read_with_point_or_comma(text: str, grosze: int) -> None:
    assert parse_amount(text) == grosze


@pytest.mark.parametrize(
    "text",
    ["", "-", "1.5", "1.234", "1 000.00", "1.000,00", "+1", "1e3", "10 zł", ".50", "1.", "1" * 13, "1\n2"],
)
def test_what_is_no_amount_of_whole_grosze_is_refused(text: str) -> None:
    with pytest.raises(BadAmount):
        parse_amount(text)


@pytest.mark.parametrize(
    "text",
    ["1234,50", "1 234,50 zł", "1\u00a0234,50 ZŁ", "1\u202f234.50 PLN", "1234.50zł", " 1 234.50 "],
)
def test_an_amount_is_typed_as_it_is_written(text: str) -> None:
    assert typed_amount(text) == 123_450


@pytest.mark.parametrize(
    ("text", "grosze"), [("-1 000", -100_000), ("999 999 999 999,99", 99_999_999_999_999), ("7 zł", 700)]
)
def test_thousands_may_be_parted(text: str, grosze: int) -> None:
    assert typed_amount(text) == grosze


@pytest.mark.parametrize(
    "text",
    [
        "1 23,50",
        "12 34",
        "1234 500",
        "1 234 50",
        "1.234,50",
        "zł",
        "1 zł 50",
        "5 EUR",
        "5 zł zł",
        "1,2 zł",
        "",
    ],
)
def test_what_may_be_typed_wrong_is_no_amount(text: str) -> None:
    with pytest.raises(BadAmount, match=repr(text)):
        typed_amount(text)


def test_an_amount_is_shown_with_point_or_comma() -> None:
    assert format_amount(1_234_567_05) == "1234567.05"
    assert format_amount(10000, lang="pl") == "100,00"
    assert format_amount(-1) == "-0.01"
    assert format_amount(-12345, lang="pl") == "-123,45"
    assert format_amount(0) == "0.00"


@given(amounts, st.sampled_from(["en", "pl"]))
def test_an_amount_that_was_shown_is_read_back(grosze: int, lang: str) -> None:
    assert parse_amount(format_amount(grosze, lang=lang)) == grosze
