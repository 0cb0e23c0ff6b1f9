"""What is suggested for a word that is no command, option, value or setting, in either language."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli import suggestions
from cli.presentation.catalogue import said
from cli.presentation.wording.typed_commands import COMMAND_WORDS, OPTION_WORDS, SYNONYMS
from cli.registry import COMMANDS
from tests.support.office import Office


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("typed") / "ledger")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("sesja", "'session'"),
        ("SESJE", "'session'"),
        ("faktura wystaw --all", "'invoice issue'"),
        ("faktura", "'invoice'"),
        ("raport", "'report'"),
        ("raport rozliczenie", "'report billing'"),
        ("billing", "'report billing'"),
        ("stop", "'session end'"),
        ("stop 17", "'session end'"),
        ("start", "'session connect'"),
        ("zakoncz", "'session end'"),
        ("sesion end 17", "'session end'"),
        ("session delete", "'session purge'"),
        ("session zakończ 17", "'session end'"),
        ("purge", "'session purge'"),
        ("cennik nowy", "'tariff new'"),
        ("audit kotwica", "'audit anchor'"),
        ("klient pokaz K-1", "'customer show'"),
    ],
)
def test_command_that_was_meant_is_named(office: Office, typed: str, meant: str) -> None:
    english, polish = office.run(*typed.split()), office.run("--lang", "pl", *typed.split())
    assert (english.status, polish.status) == (2, 2)
    assert f"Did you mean {meant}? (E-USAGE)" in english.err
    assert f"Czy chodziło o {meant}? (E-USAGE)" in polish.err


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("session request --klient K-1", "--customer"),
        ("session request --customr K-1", "--customer"),
        ("session end 1 --kiedy 18:40", "--at"),
        ("invoice paid 1 --kwota 1", "--amount"),
        ("invoice issue --okres 2026-11", "--period"),
        ("session waive 1 --powod inne", "--reason"),
    ],
)
def test_option_that_was_meant_is_named(office: Office, typed: str, meant: str) -> None:
    refused = office.run(*typed.split())
    assert refused.status == 2
    assert f"Did you mean '{meant}'?" in refused.err


@pytest.mark.parametrize(
    ("typed", "english", "polish"),
    [
        ("session request --customer K-1 --issue hardwre", "hardware", "sprzęt"),
        ("session request --customer K-1 --issue sprzt", "hardware", "sprzęt"),
        ("session list --state zakończnoa", "ended", "zakończona"),
    ],
)
def test_value_that_was_meant_is_named_as_the_run_speaks(
    office: Office, typed: str, english: str, polish: str
) -> None:
    assert f"Did you mean '{english}'?" in office.run(*typed.split()).err
    assert f"Czy chodziło o '{polish}'?" in office.run("--lang", "pl", *typed.split()).err


def test_setting_that_was_meant_is_named(office: Office) -> None:
    refused = office.run("config", "set", "seller.nipp=5260250274")
    assert (refused.status, "perhaps it is seller.nip\n" in refused.err) == (2, True)
    assert "perhaps" not in office.run("config", "set", "xyzzy=1").err


def test_nothing_is_suggested_for_what_is_near_to_nothing(office: Office) -> None:
    for words in (("xyzzy",), ("session", "qqq"), ("session", "list", "--qqq")):
        assert "Did you mean" not in office.run(*words).err


def test_every_word_of_every_command_has_its_polish_and_each_leads_to_it() -> None:
    words = {word for name in COMMANDS for word in name.split()}
    assert set(COMMAND_WORDS) == words
    assert set(SYNONYMS) <= words
    for word in words:
        for form in said(COMMAND_WORDS[word], "pl").split("|"):
            likely = suggestions.commands([form], COMMANDS)
            assert likely, f"{form} leads nowhere"


def test_every_option_with_polish_is_one_of_a_command() -> None:
    text = Path("docs/reference/cli.md").read_text(encoding="utf-8")
    assert [name for name in OPTION_WORDS if f"--{name}" not in text] == []


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=3))
def test_no_word_breaks_the_suggestions(words: list[str]) -> None:
    assert len(suggestions.commands(words, COMMANDS)) <= suggestions.SHOWN_MAX
    suggestions.option(words[0], ["--customer", "--at"])
    suggestions.keys(words[0], ["seller.nip"])


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("purge.slaa", "purge.sla_seconds"),
        ("purge.sal", "purge.sla_seconds"),
        ("invoice.termin", "invoice.term_days"),
        ("retention.tax_year", "retention.tax_years"),
        ("invoice.serie", "invoice.series"),
    ],
)
def test_a_setting_that_is_nearly_one_is_asked_for(tmp_path: Path, typed: str, meant: str) -> None:
    """Nobody has to know that the name ends in its unit."""
    office = Office(tmp_path / "ledger")
    for lang, hint in (("pl", "Wskazówka"), ("en", "hint")):
        refused = office.run("--lang", lang, "config", "set", f"{typed}=1")
        assert refused.status != 0
        assert hint in refused.err
        assert meant in refused.err
