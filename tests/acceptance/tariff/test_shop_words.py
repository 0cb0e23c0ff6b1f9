"""The shop's own sentences, where a customer meets the price."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.polish.walk import text_of
from tests.support.office import Office

QUOTE = ("quote", "--at", "2026-11-16 21:50", "--minutes", "90")
SENTENCES = {
    "pl": (
        "Cena nie obejmuje kosztów połączenia telefonicznego.",
        "Testy i sprawdzenie połączenia są bezpłatne.",
        "Numer alarmowy: +48 500 600 700",
        "Dyżur: 7 dni w tygodniu",
        "https://serwis.example/pomoc",
    ),
    "en": (
        "The price does not include the cost of the telephone call.",
        "Tests and checks of the connection are free.",
        "Emergency number: +48 500 600 700",
        "On duty: 7 dni w tygodniu",
        "https://serwis.example/pomoc",
    ),
}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A shop that says how it is reached."""
    opened = Office(tmp_path / "ledger")
    opened.does(
        "config",
        "set",
        "shop.emergency_phone=+48 500 600 700",
        "shop.hours=7 dni w tygodniu",
        "shop.module_url=https://serwis.example/pomoc",
    )
    return opened


@pytest.mark.parametrize("lang", SENTENCES)
def test_quote_tells_the_shops_own_sentences(office: Office, lang: str) -> None:
    """On the screen from which the price is read out, and on what is sent."""
    told = office.does("--lang", lang, *QUOTE).out
    assert [each for each in SENTENCES[lang] if each not in told] == []


@pytest.mark.parametrize("suffix", ["html", "pdf", "xlsx"])
def test_quote_as_a_file_tells_them_too(office: Office, suffix: str) -> None:
    file = office.folder.parent / f"quote.{suffix}"
    office.does("--lang", "pl", *QUOTE, "-o", str(file))
    told = " ".join(text_of(file).split())
    assert [each for each in SENTENCES["pl"] if each not in told] == []


def test_quote_of_a_shop_that_says_nothing_of_itself_has_its_sentences_alone(tmp_path: Path) -> None:
    told = Office(tmp_path / "ledger").does("--lang", "pl", *QUOTE).out
    assert "Numer alarmowy" not in told
    assert SENTENCES["pl"][0] in told
