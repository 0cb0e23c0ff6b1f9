"""The tariff file: its shape, its contradictions, its quotes."""

from __future__ import annotations

import hashlib
import os
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.tariff.tariff import MAX_TEXT_CHARACTERS, digest, parse_tariff, read_tariff
from ledger.errors import BadTariff
from tests.ledger.domain.rating.rating_cases import at, shop, shop_file, shop_text, tariff_with, untimed

FREE = (
    "Dla klientów firmy monitory.mastiff.pl w godzinach pn-pt 10:00-18:00 wsparcie jest bezpłatne "
    "w zakresie pomocy dotyczącej zakupionego sprzętu."
)
OFFICE = (
    "Podstawowa stawka obowiązująca w godzinach pracy biura to 100,00 zł netto czyli 123,00 zł "
    "z podatkiem VAT za każdą rozpoczętą godzinę pracy."
)
SENTENCES = {
    FREE,
    OFFICE,
    "W przypadku innych problemów, klienci monitory.mastiff.pl mają prawo do 50% rabatu.",
    "Cena usługi serwisowej jest zależna od pory doby i dnia tygodnia.",
    "W godzinach wieczornych, do 22:00 obowiązuje stawka 2x cena standardowa.",
    "W godzinach nocnych, po 22:00, 4x cena standardowa.",
    "Cena nie obejmuje kosztów ewentualnego połączenia telefonicznego.",
    "Sprawdzenie możliwości zdalnego sterowania i połączenia testowe są bezpłatne.",
    "Wszelkie dane, pliki tymczasowe zostaną usunięte bezpośrednio po zakończeniu sesji pomocy zdalnej.",
}


def quotes() -> set[str]:
    tariff = shop()
    bands = {band.quote for band in tariff.bands.values()}
    entitled = {entitlement.quote for entitlement in tariff.entitlements.values()}
    assumed = {assumption.quote for assumption in tariff.assumptions if assumption.quote}
    return bands | entitled | assumed | {tariff.unit.quote, tariff.free.test.quote}


class TestShop:
    def test_it_quotes_the_sentences_it_applies_and_no_others(self) -> None:
        assert quotes() == SENTENCES

    def test_its_quotes_are_the_shops_own_words(self) -> None:
        corpus = os.environ.get("SESSION_LEDGER_CORPUS")
        if corpus is None:
            pytest.skip("SESSION_LEDGER_CORPUS is not set: the shop's page is not at hand")
        page = Path(corpus, "price-list.pl.txt").read_text(encoding="utf-8")
        assert [quote for quote in quotes() if quote not in page] == []

    def test_its_prices_are_the_price_lists(self) -> None:
        assert {band: shop().list_grosze(band) for band in shop().band_ids} == {
            "office": 10000,
            "off_hours": 20000,
            "night": 40000,
        }

    def test_it_is_valid_from_the_first_midnight_of_2024(self) -> None:
        assert shop().valid_from_s == at("2024-01-01")

    def test_a_tariff_is_named_by_the_digest_of_its_bytes(self) -> None:
        assert digest(shop_text()) == hashlib.sha256(shop_text().encode()).hexdigest()


def test_vat_is_the_rate_in_force_on_the_day() -> None:
    """A day before the first rate has the first one."""
    tariff = tariff_with("[[vat]]", "[[vat]]\npercent = 25\nvalid_from = 2027-01-01\n\n[[vat]]")
    days = [date(2000, 1, 1), date(2011, 1, 1), date(2026, 12, 31), date(2027, 1, 1)]
    assert [tariff.vat_percent_on(day) for day in days] == [23, 23, 23, 25]


def problems_of(*edits: tuple[str, str]) -> list[str]:
    """What is wrong with the shop's tariff after some edits."""
    text = shop_text()
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    tariff, problems = read_tariff(text)
    assert (tariff is None) == bool(problems)
    return list(map(str, problems))


def test_every_problem_is_named_at_once() -> None:
    """Unknown and missing keys, values that do not fit, wherever they stand."""
    found = problems_of(
        ('boundary = "unit_start"', 'boundary = "always"\ndiscount = 5'),
        ('currency = "PLN"', ""),
        ('multiplier = "4"', 'multiplier = "4x"\ncolour = "red"'),
        ("percent = 50\nquote = ", "percent = 50\nquot = "),
        ('id = "night.until-06"', 'id = "Night!"'),
    )
    assert [line.split(":")[0] for line in found] == [
        "discount",
        "currency",
        "boundary",
        "bands.night.colour",
        "bands.night.multiplier",
        "entitlements.customer_discount.quot",
        "entitlements.customer_discount.quote",
        "assumptions[2].id",
    ]


def test_the_refusal_names_every_problem_too() -> None:
    text = shop_text().replace('pin = "session"', 'pin = "hour"\nping = 4')
    with pytest.raises(BadTariff, match="ping: unknown key; pin: invalid enum value 'hour'"):
        parse_tariff(text)


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('until = "06:00"', 'until = "11:00"', "bands: mon 10:00 lies in office and night"),
        ("rest = true", "", "bands: 0 rest bands where there must be one"),
        ('multiplier = "4"', 'multiplier = "4"\nrest = true', "bands: 2 rest bands where there must be one"),
        (
            "rest = true",
            'rest = true\nfrom = "06:00"',
            "bands.off_hours: the rest band names no days, from and until",
        ),
        ('days = "mon-sun"\n', "", "bands.night: needs days, from and until"),
        (
            'from = "22:00"\nuntil = "06:00"',
            'from = "22:00"\nuntil = "22:00"',
            "bands.night: from and until are the same",
        ),
        (
            'issue = "hardware"\ndays = "mon-fri"',
            'issue = "hardware"',
            "entitlements.hardware_free: needs all or none",
        ),
        (
            'issue = "hardware"\ndays = "mon-fri"\nfrom = "10:00"\nuntil = "18:00"',
            'issue = "hardware"\ndays = "mon-fri"\nfrom = "10:00"\nuntil = "10:00"',
            "entitlements.hardware_free: from and until are the same",
        ),
        (
            'issue = "other"',
            'issue = "hardware"',
            "hardware_out_of_office: no entitlement for other problems",
        ),
        ('"Europe/Warsaw"', '"Europe/Nowhere"', "time_zone: there is no 'Europe/Nowhere'"),
        ('"Europe/Warsaw"', '"../etc"', "time_zone: there is no '../etc'"),
        ('"Europe/Warsaw"', '"Europe"', "time_zone: there is no 'Europe'"),
        ('"Europe/Warsaw"', '""', "time_zone: there is no ''"),
        ("valid_from = 2024-01-01", "valid_from = 1999-12-31", "valid_from: before 2000-01-01"),
        ("valid_from = 2011-01-01", "valid_from = 2024-01-02", "vat: no rate in force on valid_from"),
        (
            'id = "night.until-06"',
            'id = "boundary.unit-start"',
            "assumptions: boundary.unit-start stands twice",
        ),
        ("first_year = 2024", "first_year = 2025", "calendar: the year of valid_from is not among its years"),
        ("2024-01-06, #", "2024-01-01, #", "calendar.dates: 2024-01-01 does not come after 2024-01-01"),
        ("last_year = 2033", "last_year = 2032", "calendar.dates: 2033-01-01 is not in its years"),
        ('days = "mon-sun"', 'days = "mon-sunday"', "bands.night.days: expected `str` matching"),
        ('from = "22:00"', 'from = "24:00"', "bands.night.from: expected `str` matching"),
        (
            "from = 2026-11-16T10:00:00+01:00",
            "from = 2026-11-16T10:00:00",
            "examples[1].from: expected `datetime`",
        ),
        ("[bands.night]", '[bands."n.1"]', "bands: expected `str` matching"),
        (
            'changes = { boundary = "cheapest" }',
            "changes = {}",
            "assumptions[1].alternatives[1].changes: expected",
        ),
        ('base_price = "100.00"', "base_price = 100", "base_price: expected `str`, got `int`"),
        ('currency = "PLN"', "currency = {}", "currency: expected `str`, got `object`"),
        ("[clock]\n", "clock = 3\n[clocks]\n", "unknown key"),
    ],
)
def test_a_contradiction_is_named(old: str, new: str, problem: str) -> None:
    assert problem in "\n".join(problems_of((old, new)))


def test_hardware_without_discount_needs_no_sentence_for_it() -> None:
    edits = (
        ("hardware_out_of_office = 50", "hardware_out_of_office = 0"),
        ('issue = "other"', 'issue = "hardware"'),
    )
    assert problems_of(*edits) == []


@pytest.mark.parametrize(
    "text",
    ["= 1", "a = [" * 5000, "a = " + "9" * 5000, "\x00", "valid_from = 2024-13-45", "a = 1\na = 2"],
    ids=["key", "nested", "digits", "nul", "date", "twice"],
)
def test_what_is_not_toml_is_refused(text: str) -> None:
    (problem,) = read_tariff(text)[1]
    assert str(problem).startswith("not TOML: ")


def test_a_file_has_a_greatest_size() -> None:
    (problem,) = read_tariff("#" * (MAX_TEXT_CHARACTERS + 1))[1]
    assert str(problem) == "the file is longer than 200000 characters"


@untimed
@given(st.data())
def test_an_edited_file_is_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    """Any cut and any insertion: a tariff, or our own refusal."""
    text = shop_file()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    marks = st.sampled_from(("", "[", "{", '"', "=", "[[vat]]\n", "\n\n", "0", "-", "true"))
    inserted = data.draw(marks | st.text(max_size=8))
    with suppress(BadTariff):
        parse_tariff(text[:start] + inserted + text[end:])
