"""Numbers of documents in titles: found whole and certain, in doubt, or as weaker readings."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ksef_client.utils.ksef_number import is_valid_ksef_number

from ledger.domain.payments.folding import folded, name_words, plain_account
from ledger.domain.payments.ksef_number import checksum, is_collective, is_sound, ksef_numbers
from ledger.domain.payments.numbers import NumberIndex, place_of
from ledger.domain.payments.split_payment import SplitPayment, split_payment

KSEF = "9988776652-20261026-0100A1B2C3D8-55"
OWED = ["FV/2026/10/0001", "FV/2026/10/0012", "FV/2026/11/0012", "1/2025/FS", "7/FA/2026", "2024/1A", "bez"]
LONG_NUMBER, LONG_GAP = f"FV/2026/10/{1:030d}", f"FV/2026{'-' * 25}10/0001"
INDEX = NumberIndex(OWED, ["FK/2026/10/0001"], [(KSEF, "FV/2026/10/0012")])


@pytest.mark.parametrize(
    "title",
    [
        "FV/2026/10/0001",
        "fv 2026/10/1",
        "Zapłata za FV-2026-10-001.",
        "faktura nr 2026.10.0001 z dnia 12.10.2025",
        "FV2026/10/1",
        "FV/2026/10/0001 123,00 PLN",
        "za 2026/10/0001",
    ],
)
def test_a_whole_number_is_certain(title: str) -> None:
    named = INDEX.named(title)
    assert (named.numbers, named.doubt) == (("FV/2026/10/0001",), None)


@pytest.mark.parametrize(
    ("title", "number"),
    [("1/2025/FS", "1/2025/FS"), ("faktura 07/FA/2026", "7/FA/2026"), ("F 2024/1A", "2024/1A")],
)
def test_numbers_of_other_patterns_are_found(title: str, number: str) -> None:
    named = INDEX.named(title)
    assert (named.numbers, named.doubt) == ((number,), None)


@pytest.mark.parametrize(
    ("title", "doubt"),
    [
        ("FV/2026/10/0001-0003", "number-goes-on"),
        ("FV/2026/10/0001/2", "number-goes-on"),
        ("1/FV/2026/10/0001", "number-goes-on"),
        ("FV/2026/10/0001, 12", "number-goes-on"),
        ("FV/2026/10/0001 i 12", "number-goes-on"),
        ("FV/2026/10/0001B", "number-goes-on"),
        ("9/2026/10/0001", "number-goes-on"),
        ("FK/2026/10/0001", "number-of-something-else"),
        ("KOREKTA FV/2026/10/0001", "number-of-something-else"),
        ("ZAMOWIENIE 2026/10/0001", "number-of-something-else"),
        ("wizyta 2026-10-12", "number-of-something-else"),
        ("2026-10-12", "number-of-something-else"),
        ("FV/2026/10/0099", "number-unknown"),
        ("FV/2026/10/0001 FV/2026/10/0099", "number-unknown"),
        (KSEF[:-2] + "56", "ksef-number-wrong"),
        ("9988776652-20261026-0100A1B2C3D9-52", "ksef-number-unknown"),
        ("9988776652-IZ202611-0000000000A1-D5", "ksef-number-collective"),
    ],
)
def test_what_is_not_certain_says_why(title: str, doubt: str) -> None:
    assert INDEX.named(title).doubt == doubt


@pytest.mark.parametrize(
    "title",
    ["", "za pomoc", "FV/2026/1", "FV/2026/100/0001", "FV/12026/10/0001", LONG_NUMBER, LONG_GAP],
)
def test_a_part_of_a_number_names_nothing(title: str) -> None:
    assert INDEX.named(title).numbers == ()


def test_several_numbers_are_named_once_each() -> None:
    named = INDEX.named(f"FV/2026/10/0001, FV/2026/11/12 oraz FV/2026/10/0001 {KSEF}")
    assert (named.numbers, named.doubt, named.by_ksef) == (
        ("FV/2026/10/0012", "FV/2026/10/0001", "FV/2026/11/0012"),
        None,
        True,
    )


def test_two_numbers_side_by_side_are_two() -> None:
    named = INDEX.named("FV/2026/10/0001/2026/11/0012")
    assert (named.numbers, named.doubt) == (("FV/2026/10/0001", "FV/2026/11/0012"), None)


def test_weaker_readings_are_candidates_alone() -> None:
    """Another order of the parts; the end of a number after the word for an invoice."""
    assert INDEX.named("faktura 1/10/2026").other_order == ("FV/2026/10/0001",)
    assert INDEX.named("faktura FV/12/11/2026").other_order == ("FV/2026/11/0012",)
    assert INDEX.named("FV 12").short == ("FV/2026/10/0012", "FV/2026/11/0012")
    assert INDEX.named("faktury 1 i 12").short[:1] == ("FV/2026/10/0001",)
    assert INDEX.named("przelew 12").short == ()


def test_two_series_with_the_same_digits_are_told_apart_by_their_letters() -> None:
    """Without the letters nothing is certain."""
    index = NumberIndex(["FA/2026/1", "FB/2026/1"], [], [])
    assert index.named("FB/2026/1").numbers == ("FB/2026/1",)
    assert index.named("NR 2026/1").doubt == "number-of-something-else"


def test_the_place_is_the_last_part_but_where_the_year_is_last() -> None:
    assert [place_of(parts) for parts in ((2026, 10, 1), (7, 2026), (2026,))] == [1, 7, 2026]


@settings(deadline=None)  # a busy machine is no fault
@given(st.integers(2000, 2099), st.integers(1, 12), st.integers(1, 99999), st.sampled_from("/-_. "))
def test_any_separator_and_any_zeros_name_the_same(year: int, month: int, place: int, separator: str) -> None:
    number = f"FV/{year}/{month:02d}/{place:04d}"
    index = NumberIndex([number], [], [])
    title = separator.join(["FV", str(year), str(month), str(place)])
    assert index.named(title).numbers == (number,)
    assert index.named(title).doubt is None


@settings(deadline=None)  # a busy machine is no fault
@given(st.integers(0, 16**12 - 1), st.integers(20200101, 20991231))
def test_the_check_digits_are_those_of_the_client(number: int, day: int) -> None:
    """The client is not used in the domain; it is held against it here."""
    body = f"9988776652-{day}-{number:012X}"
    digits = checksum(body)
    assert is_sound(f"{body}-{digits}")
    client = is_valid_ksef_number(f"{body}-{digits}")
    assert client or not _is_date(day)
    assert not is_sound(f"{body}-{int(digits, 16) ^ 1:02X}")


def _is_date(day: int) -> bool:
    from datetime import datetime  # noqa: PLC0415 - here alone

    try:
        datetime.strptime(str(day), "%Y%m%d")  # noqa: DTZ007 - a day alone
    except ValueError:
        return False
    return True


def test_ksef_numbers_of_a_title() -> None:
    assert ksef_numbers(f"ZA {KSEF} I {KSEF}") == [KSEF]
    assert ksef_numbers(f"1{KSEF}") == []
    assert not is_collective(KSEF)


@pytest.mark.parametrize(
    ("title", "fields"),
    [
        (
            "/VAT/345,00/IDC/9988776652/INV/FV/2026/10/0006/TXT/x/y",
            (34500, "9988776652", "FV/2026/10/0006", "x/y"),
        ),
        ("/VAT/1,5/IDC/1/INV/A", (150, "1", "A", "")),
        ("/vat/7/idc/1/inv/A/txt/", (700, "1", "A", "")),
    ],
)
def test_the_title_of_a_split_payment(title: str, fields: tuple[int, str, str, str]) -> None:
    assert split_payment(title) == SplitPayment(*fields)


@pytest.mark.parametrize("title", ["", "FV/1", "/VAT/x/IDC/1/INV/A", "/VAT/1,00/INV/A"])
def test_any_other_title_is_none(title: str) -> None:
    assert split_payment(title) is None


def test_names_and_accounts_are_made_comparable() -> None:
    assert folded("  Żółw  ﬁlm\u00a0Łódź ") == "ZOLW FILM LODZ"
    assert name_words("Ósemka Sp. z o.o.") == {"OSEMKA"}
    assert name_words("Jan") == name_words("12345") == name_words("Sp. z o.o.") == frozenset()
    assert plain_account("PL 46 1020 5561 0000 9900 0000 0011") == "46102055610000990000000011"
    assert plain_account("'DE02 1203'") == "DE021203"


@pytest.mark.parametrize("title", ["Przelew 17 za FV/2026/10/0001", "17 FV/2026/10/0001"])
def test_digits_before_a_number_that_nothing_joins_to_it_are_something_else(title: str) -> None:
    named = INDEX.named(title)
    assert (named.numbers, named.doubt) == (("FV/2026/10/0001",), None)
