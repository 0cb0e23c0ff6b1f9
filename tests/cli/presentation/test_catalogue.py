"""Messages in the language of who reads them: found by halving, in forms and times of that language."""

from __future__ import annotations

import gettext
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from babel.plural import PluralRule
from hypothesis import given
from hypothesis import strategies as st

from cli.presentation.catalogue import (
    Catalogue,
    catalogue,
    plural_form,
    said,
    translated,
    wanted_language,
)
from hatch_build import LOCALE, compiled, forms
from ledger.message import Hint, Money, msg, msg_in, msg_n, step

FILES = sorted(LOCALE.rglob("*.po"))
POLISH = PluralRule({"one": "i = 1 and v = 0", "few": "v = 0 and i % 10 = 2..4 and i % 100 != 12..14"})
FORMS = {"one": 0, "few": 1, "other": 2}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_id_is_found_as_the_standard_library_finds_it(file: Path) -> None:
    """A catalogue in another order than that of its bytes would lose ids with a context, without a word."""
    with file.open("rb") as source:
        messages = [each for each in read_po(source) if each.id]
    data = compiled_bytes(file)
    ours = Catalogue(data)
    with file.with_suffix(".mo").open("rb") as whole:
        theirs = gettext.GNUTranslations(whole)
    assert len(messages) > 60
    for each in messages:
        one, many = (*forms(each.id), "")[:2]
        key = f"{one}\0{many}" if many else one
        found = ours.find(f"{each.context}\4{key}" if each.context else key)
        if not all(forms(each.string)):
            assert found is None
        elif many:
            assert found == "\0".join(theirs.ngettext(one, many, count) for count in (1, 2, 5))
        else:
            plain = theirs.pgettext(each.context, one) if each.context else theirs.gettext(one)
            assert found == plain


def compiled_bytes(file: Path) -> bytes:
    with file.open("rb") as source:
        data = compiled(read_po(source))
    assert data == file.with_suffix(".mo").read_bytes(), "the compiled catalogue is older than its source"
    return data


@given(st.text())
def test_what_is_in_no_catalogue_stays_english(text: str) -> None:
    known = catalogue("pl", "ledger")
    assert known is not None
    if text and known.find(text) is None:
        assert said(msg(text), "pl") == text
    assert said(text, "pl") == text


def test_plural_forms_are_those_of_polish() -> None:
    wrong = [n for n in range(100_001) if plural_form(n) != FORMS[POLISH(n)]]
    assert wrong == []


@pytest.mark.parametrize(
    ("count", "polish", "english"),
    [(1, "1 plik", "1 file"), (3, "3 pliki", "3 files"), (5, "5 plików", "5 files")],
)
def test_a_number_of_things_takes_its_form(count: int, polish: str, english: str) -> None:
    files = msg_n("{count} file", "{count} files", count)
    assert (said(files, "pl"), said(files, "en"), str(files)) == (polish, english, english)


def test_values_are_said_in_the_same_language() -> None:
    """A message within a message, an amount, an instant in office time, a day."""
    at = datetime(2026, 11, 16, 17, 5, tzinfo=UTC)
    price = msg("Session {number}: {net} PLN net", number=17, net=Money(-123450))
    assert said(price, "pl") == "Sesja 17: -1234,50 zł netto"
    assert said(price, "en") == "Session 17: -1234.50 PLN net"
    whole = msg("{name}: {fact}", name=at, fact=date(2026, 11, 16))
    assert said(whole, "pl") == "16.11.2026 18:05: 16.11.2026"
    assert said(whole, "en") == "2026-11-16 18:05:00: 2026-11-16"
    late = msg("{name}: {fact}", name=at.replace(second=9), fact=msg("no rows"))
    assert said(late, "pl") == "16.11.2026 18:05:09: brak wierszy"


def test_a_hint_is_said_around_its_commands() -> None:
    hint = Hint(step("session explain", 17), " shows what it costs now")
    assert said(hint, "pl") == "session-ledger session explain 17 pokazuje, ile teraz kosztuje"
    assert said(hint, "en") == str(hint) == "session-ledger session explain 17 shows what it costs now"


def test_braces_without_values_are_text() -> None:
    assert said(msg("{} and {x}"), "pl") == "{} and {x}"


def test_an_empty_text_is_not_the_header_of_the_catalogue() -> None:
    assert translated("", "pl") == ""
    assert said(msg(""), "pl") == ""


def test_two_meanings_of_one_english_word_are_two_words() -> None:
    assert said(msg("Started hours"), "pl") == "Rozpoczęte godziny"
    assert said(msg_in("column", "Started hours"), "pl") == "Godziny"


@pytest.mark.parametrize(
    ("words", "environment", "lang"),
    [
        ([], {}, "en"),
        (["--lang", "pl", "status"], {"SESSION_LEDGER_LANG": "en"}, "pl"),
        (["--lang=pl", "status"], {}, "pl"),
        (["--ledger", "--lang", "-v", "--lang", "pl"], {}, "pl"),
        (["invoice", "export", "1", "--lang", "pl"], {}, "en"),
        (["status"], {"SESSION_LEDGER_LANG": "pl", "LC_ALL": "C"}, "pl"),
        (["status"], {"LANG": "pl_PL.UTF-8"}, "pl"),
        (["status"], {"LC_ALL": "C", "LANG": "pl_PL.UTF-8"}, "en"),
        (["status"], {"LC_ALL": "", "LC_MESSAGES": "pl", "LANG": "C"}, "pl"),
        (["status"], {"LANG": "plt_MG"}, "en"),
        (["--lang", "xx", "status"], {"LANG": "pl_PL"}, "pl"),
    ],
)
def test_language_of_a_run(words: list[str], environment: dict[str, str], lang: str) -> None:
    """The option before the command, the variable, the locale; a command's own --lang is the paper's."""
    assert wanted_language(words, environment) == lang


@pytest.mark.parametrize(
    ("config", "lang"),
    [
        ('name = "x"\nlanguage = "pl"\n', "pl"),
        ("language='pl' # for the shop\n", "pl"),
        ('language = "en"\n', "en"),
        ('# language = "pl"\n', "en"),
        ('[seller]\nlanguage = "pl"\n', "en"),
        ('languages = "pl"\n', "en"),
    ],
)
def test_language_of_a_ledger(tmp_path: Path, config: str, lang: str) -> None:
    """A ledger's reports do not depend on who runs them; only the top level of its settings counts."""
    (tmp_path / "ledger.toml").write_text(config, encoding="utf-8")
    assert wanted_language(["--ledger", str(tmp_path)], {}) == lang
    assert wanted_language([], {"SESSION_LEDGER_DIR": str(tmp_path)}) == lang
    assert wanted_language([], {"HOME": str(tmp_path), "LANG": "C"}) == "en"
    assert wanted_language(["--ledger", str(tmp_path)], {"SESSION_LEDGER_LANG": "en"}) == "en"


def test_language_of_a_ledger_outranks_the_locale(tmp_path: Path) -> None:
    (tmp_path / "ledger.toml").write_text('language = "en"\n', encoding="utf-8")
    assert wanted_language(["--ledger", str(tmp_path)], {"LANG": "pl_PL.UTF-8"}) == "en"
