"""Codes are typed in words: in either language, without case, diacritics, or the right mark between words."""

from __future__ import annotations

import random
import shlex
import sqlite3
import unicodedata
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import cast, get_args

import click
import pytest

from cli.main import make_root
from cli.options import coded_reason
from cli.param_types import Word
from cli.presentation.catalogue import said
from cli.presentation.text import Lang
from cli.presentation.wording.typed import TYPED, code_of, folded, forms_of
from cli.presentation.wording.vocabulary import VOCABULARY
from cli.registry import COMMANDS, GROUPS
from ledger.domain import events
from ledger.domain.session.evolve import STATES
from ledger.sources.adapter import REASONS
from tests.support.office import Office, sqlite_only

CODES = [(kind, code) for kind, codes in TYPED.items() for code in codes]


def _bare(form: str) -> str:
    """The form as somebody types it in a hurry: capitals, no diacritics, an underscore."""
    parts = unicodedata.normalize("NFKD", form.replace("ł", "l"))
    return "".join(each for each in parts if not unicodedata.combining(each)).upper().replace("-", "_")


@pytest.mark.parametrize(("kind", "code"), CODES)
def test_every_form_gives_its_code(kind: str, code: str) -> None:
    codes = tuple(TYPED[kind])
    forms = forms_of(kind, code, "pl")
    assert forms != (code,) or code == "email" or folded(forms[0]) == folded(code)
    for form in (code, code.upper(), *forms, *map(_bare, forms)):
        assert code_of(kind, form, codes) == code


@pytest.mark.parametrize("kind", TYPED)
def test_a_form_means_one_code(kind: str) -> None:
    meant: dict[str, str] = {}
    for code in TYPED[kind]:
        for form in {folded(each) for each in (code, *forms_of(kind, code, "pl"))}:
            assert meant.setdefault(form, code) == code, form


@pytest.mark.parametrize("kind", sorted(set(TYPED) & set(VOCABULARY)))
def test_a_word_that_tables_show_can_be_typed(kind: str) -> None:
    """Regression: a table said "telefonicznie", and `--how telefonicznie` was refused."""
    codes = tuple(TYPED[kind])
    for code in codes:
        if shown := VOCABULARY[kind].get(code):
            assert code_of(kind, said(shown, "pl").upper(), codes) == code
            assert code_of(kind, said(shown, "en"), codes) == code


def test_a_word_for_two_codes_is_neither() -> None:
    assert code_of("session_state", "zgłoszona albo połączona", STATES) is None
    assert code_of("no such kind", "word", ()) is None


def test_the_stroke_of_a_letter_is_no_reason_to_refuse() -> None:
    """A letter with a stroke has no parts that a normal form would take apart."""
    assert folded("  Łącze_ŻÓŁĆ zerwane ") == "lacze-zolc-zerwane"
    assert code_of("session_state", "polaczona", STATES) == "connected"
    assert code_of("session_state", "nic takiego", STATES) is None


def test_every_reason_for_quarantine_has_a_word() -> None:
    """Regression: the table of lines that were not understood said `no-zone` in Polish."""
    assert set(VOCABULARY["quarantine"]) == set(REASONS)


@pytest.mark.parametrize(
    ("kind", "codes"),
    [
        ("issue", get_args(events.Issue)),
        ("channel", get_args(events.Channel)),
        ("ended_by", get_args(events.EndedBy)),
        ("accepted_how", get_args(events.AcceptedHow)),
        ("consumer", get_args(events.Consumer)),
        ("vat_treatment", get_args(events.VatTreatment)),
        ("artefact", get_args(events.ArtefactKind)),
        ("reason", events.REASON_CODES),
        ("session_state", STATES),
    ],
)
def test_every_code_of_the_domain_has_a_word(kind: str, codes: tuple[str, ...]) -> None:
    assert set(TYPED[kind]) == set(codes)


NOT_WORDS = {"--format", "--dates", "--host", "--lang", "shell"}
"""Choices that are no words of an office: formats, orders of a date, an address, languages, shells."""


def _choices() -> Iterator[tuple[str, str, click.Choice[str]]]:
    """Yield the command, the option and the type of everything that is chosen from a list."""
    root = make_root(COMMANDS, GROUPS, "pl")
    for name in COMMANDS:
        command: click.Command = root
        for word in name.split():
            found = cast("click.Group", command).get_command(click.Context(root), word)
            assert found is not None
            command = found
        for option in command.params:
            if isinstance(option.type, click.Choice) and NOT_WORDS.isdisjoint(option.opts):
                yield name, option.opts[-1], option.type


def test_every_choice_of_every_command_is_typed_in_both_languages() -> None:
    walked = list(_choices())
    assert {name for name, _, kind in walked if not isinstance(kind, Word)} == set()
    assert len(walked) >= 25
    for name, option, kind in walked:
        assert isinstance(kind, Word)
        for code in kind.choices:
            for form in (
                code,
                *forms_of(kind.kind, code, "pl"),
                *map(_bare, forms_of(kind.kind, code, "pl")),
            ):
                assert kind.convert(form, None, None) == code, (name, option, form)


DAY: tuple[str, ...] = (
    "customer add K-1 --name X --consumer {consumer:no} --vat-treatment {vat_treatment:pl}",
    "customer add K-2 --name Y --consumer {consumer:sole_trader}",
    "customer update K-2 --consumer {consumer:yes} --reason {reason:data-changed}",
    "purchase add K-1 --order Z-1 --at 2026-11-01",
    "purchase return K-1 --order Z-1 --at 2026-11-02 --reason {reason:complaint}",
    "session request --customer K-1 --issue {issue:hardware} --channel {channel:in_person}",
    "session quote 1",
    "session accept 1 --how {accepted_how:chat}",
    "session connect 1 --technician anna",
    "session reclassify 1 --issue {issue:other} --reason {reason:wrong-issue}",
    "session end 1 --ended-by {ended_by:link-lost}",
    "session correct 1 --issue {issue:test} --reason {reason:checked}",
    "session waive 1 --percent 50 --reason {reason:goodwill}",
    "session hold 1 --until 2027-01-31 --reason {reason:legal-claim}",
    "session void 1 --reason {reason:double-entry}",
    "ksef outage begin --kind {outage:total}",
    "ksef outage withdraw 1 --reason {reason:other}",
)
"""A day of commands, with a code wherever a word is typed."""


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("goodwill: słabe łącze", "goodwill: słabe łącze"),
        ("Ulga: słabe łącze", "goodwill: słabe łącze"),
        ("bledny czas", "wrong-time"),
        ("WRONG TIME:", "wrong-time:"),
        ("klient prosił o ulgę", "klient prosił o ulgę"),
        ("o 18:40 zerwało się łącze", "o 18:40 zerwało się łącze"),
        ("", ""),
    ],
)
def test_the_code_of_a_reason_is_typed_in_words(typed: str, read: str) -> None:
    """Regression: TAB offered `ulga`, and the event bore `other` with the sentence "ulga"."""
    assert coded_reason(typed) == read


def _word_in(lang: Lang, word: str) -> str:
    """Return a word of a line, a code as a hand types it in a language."""
    kind, colon, code = word.removeprefix("{").removesuffix("}").partition(":")
    return forms_of(kind, code, lang)[0].upper() if colon and word.startswith("{") else word


@sqlite_only
def test_a_day_typed_in_polish_records_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows: list[list[tuple[object, ...]]] = []
    langs: tuple[Lang, ...] = ("en", "pl")
    for lang in langs:
        chance = random.Random(7)  # noqa: S311 - the same bytes for both
        monkeypatch.setattr("os.urandom", chance.randbytes)
        office = Office(tmp_path / lang / "ledger")
        for line in DAY:
            typed = [_word_in(lang, word) for word in shlex.split(line)]
            office.does("--lang", lang, *typed, "--workstation", "w")
        with closing(sqlite3.connect(office.folder / "events.db")) as db:
            rows.append(db.execute("SELECT leaf_index, topic, state FROM events ORDER BY 1").fetchall())
    assert rows[0] == rows[1]
    assert len(rows[0]) > len(DAY)


@sqlite_only
def test_both_languages_record_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[list[tuple[object, ...]]] = []
    for lang, issue, channel, how in (
        ("en", "other", "phone", "email"),
        ("pl", "Inne", "TELEFON", "E-mail"),
    ):
        chance = random.Random(7)  # noqa: S311 - the same bytes for both
        monkeypatch.setattr("os.urandom", chance.randbytes)
        office = Office(tmp_path / lang / "ledger")
        consumer = "no" if lang == "en" else "nie"
        office.does("customer", "add", "K-1", "--name", "X", "--consumer", consumer, "--workstation", "w")
        request = ("--customer", "K-1", "--issue", issue, "--channel", channel, "--workstation", "w")
        office.does("--lang", lang, "session", "request", *request)
        office.does("--lang", lang, "session", "quote", "1", "--workstation", "w")
        office.does("--lang", lang, "session", "accept", "1", "--how", how, "--workstation", "w")
        with sqlite3.connect(office.folder / "events.db") as db:
            rows.append(db.execute("SELECT topic, state FROM events ORDER BY 1, 2").fetchall())
        db.close()
    assert rows[0] == rows[1]
