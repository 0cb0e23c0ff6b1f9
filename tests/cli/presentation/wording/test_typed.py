"""Codes are typed in words: in either language, without case, diacritics, or the right mark between words."""

from __future__ import annotations

import random
import unicodedata
from pathlib import Path
from typing import get_args

import pytest

from cli.presentation.wording.typed import TYPED, code_of, folded, forms_of
from ledger.domain import events
from ledger.domain.session.evolve import STATES
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


def test_the_stroke_of_a_letter_is_no_reason_to_refuse() -> None:
    """A letter with a stroke has no parts that a normal form would take apart."""
    assert folded("  Łącze_ŻÓŁĆ zerwane ") == "lacze-zolc-zerwane"
    assert code_of("session_state", "polaczona", STATES) == "connected"
    assert code_of("session_state", "nic takiego", STATES) is None


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


@sqlite_only
def test_both_languages_record_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sqlite3  # noqa: PLC0415 - only here

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
