"""Keys that stand in events for ever name no person."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.identifiers import NOBODY, check_key, differing_in_case, handle_of
from ledger.errors import BadKey, LooksPersonal


@pytest.mark.parametrize(
    "key", ["K-041", "2026/11/A-17", "12345678", "123456789012", "601-234-567", "żółw", "x" * 128, "-"]
)
def test_a_code_passes_unchanged(key: str) -> None:
    assert check_key(key, "the key") == key


def test_two_spellings_of_a_letter_are_one_code() -> None:
    assert check_key("z\u0307o\u0301łw", "the key") == "żółw"


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("Jan Kowalski", "a space"),
        ("Jan\u00a0Kowalski", "a space"),
        ("K\t1", "a space"),
        ("jan@firma.pl", "an @"),
        ("601234567", "nine to eleven digits in a row"),
        ("NIP5260250274", "nine to eleven digits in a row"),
        ("80010112345/1", "nine to eleven digits in a row"),
    ],
)
def test_what_looks_like_a_person_is_refused_without_being_repeated(key: str, why: str) -> None:
    with pytest.raises(LooksPersonal) as refused:
        check_key(key, "the customer's code")
    assert refused.value.fact == f"the customer's code contains {why}"


@pytest.mark.parametrize("key", ["", "x" * 129, "a\x00b", "a\u200bb", "a\udcffb"])
def test_what_is_no_printable_word_is_refused(key: str) -> None:
    with pytest.raises(BadKey):
        check_key(key, "the key")


@pytest.mark.parametrize(
    ("user", "handle"),
    [
        ("jan", "jan"),
        ("FIRMA\\Jan", "jan"),
        ("jan@firma.local", "jan"),
        ("Jan Nowak", "jan-nowak"),
        ("Łucja.Żak", "łucja.żak"),
        ("80010112345", NOBODY),
        ("", NOBODY),
        ("!!", NOBODY),
    ],
)
def test_a_handle_is_made_from_the_login_name(user: str, handle: str) -> None:
    assert handle_of(user) == handle


@given(st.text())
def test_a_handle_made_from_any_login_name_may_stand_in_events(user: str) -> None:
    handle = handle_of(user)
    assert check_key(handle, "the handle") == handle


def test_codes_that_differ_in_capitals_alone_are_found() -> None:
    assert differing_in_case("k-1ł", ["K-1Ł", "K-1L", "k-1Ł", "K-2"]) == ["K-1Ł", "k-1Ł"]
