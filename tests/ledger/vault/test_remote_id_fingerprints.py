from __future__ import annotations

import hashlib
import hmac
import random
import sqlite3
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ledger.errors import BadRemoteId, ErasureIncomplete, KeysMissing
from ledger.vault.remote_id_fingerprints import MonthKeys, digits_of


@pytest.fixture
def months(tmp_path: Path) -> Iterator[MonthKeys]:
    with MonthKeys.create(tmp_path, random.Random(3).randbytes) as made:  # noqa: S311 - the same keys in every run
        yield made


def test_marks_are_the_hmac_of_the_digits_and_of_the_digits_sorted(tmp_path: Path, months: MonthKeys) -> None:
    marks = months.marks("2026-11", "312 465 798")
    with closing(sqlite3.connect(tmp_path / "keys" / "month.db")) as raw:
        ((key,),) = raw.execute("SELECT key FROM month_key WHERE month = '2026-11'").fetchall()

    def mark(digits: bytes) -> str:
        return urlsafe_b64encode(hmac.new(key, digits, hashlib.sha256).digest()[:16]).decode().rstrip("=")

    assert marks == (mark(b"312465798"), mark(b"123456789"))


def test_an_id_has_the_same_marks_however_it_is_typed(months: MonthKeys) -> None:
    typed = ["123456789", "123 456 789", " 123-456-789 ", "ID: 123.456.789", "123\u00a0456\u00a0789"]
    assert len({months.marks("2026-11", each) for each in typed}) == 1


def test_two_swapped_digits_differ_in_the_first_mark_and_agree_in_the_second(months: MonthKeys) -> None:
    right, swapped = months.marks("2026-11", "123456789"), months.marks("2026-11", "123546789")
    assert right[0] != swapped[0]
    assert right[1] == swapped[1]


def test_a_leading_zero_counts(months: MonthKeys) -> None:
    assert months.marks("2026-11", "0123") != months.marks("2026-11", "123")


def test_every_month_has_a_key_of_its_own(months: MonthKeys) -> None:
    october, november = months.marks("2026-10", "123456789"), months.marks("2026-11", "123456789")
    assert not set(october) & set(november)
    assert months.open_months() == ["2026-10", "2026-11"]


def test_comparing_makes_no_key(months: MonthKeys) -> None:
    assert months.marks_if_open("2026-11", "123456789") is None
    assert months.open_months() == []
    marks = months.marks("2026-11", "123456789")
    assert months.marks_if_open("2026-11", "123 456 789") == marks


def test_another_process_sees_the_same_key(tmp_path: Path, months: MonthKeys) -> None:
    with MonthKeys(tmp_path, bytes) as other:
        assert months.marks("2026-11", "123456789") == other.marks("2026-11", "123456789")


def test_a_month_that_a_reader_holds_up_is_not_said_to_be_erased(tmp_path: Path, months: MonthKeys) -> None:
    months.marks("2026-11", "1")
    with (
        MonthKeys(tmp_path, bytes, busy_seconds=0.05) as impatient,
        closing(sqlite3.connect(tmp_path / "keys" / "month.db", isolation_level=None)) as reader,
    ):
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM month_key").fetchone()
        with pytest.raises(ErasureIncomplete, match=r"month\.db is in use"):
            impatient.erase("2026-11")
        reader.execute("ROLLBACK")
        impatient.erase("2026-11")
    assert months.open_months() == []


def test_the_marks_of_an_erased_month_can_not_be_made_again(months: MonthKeys) -> None:
    before = months.marks("2026-11", "123456789")
    months.erase("2026-11")
    assert months.open_months() == []
    assert months.marks_if_open("2026-11", "123456789") is None
    assert not set(before) & set(months.marks("2026-11", "123456789"))


@pytest.mark.parametrize("typed", ["", "  ", "abc", "\u00b2\u00b3", "\u0661\u0662"])
def test_an_id_without_digits_is_refused_and_not_repeated(typed: str) -> None:
    """Only 0 to 9 are digits of an ID; the message never shows what was typed."""
    with pytest.raises(BadRemoteId) as caught:
        digits_of(typed)
    assert caught.value.fact == "the remote ID holds no digit"


def test_a_missing_month_file_is_not_made_anew(tmp_path: Path) -> None:
    with pytest.raises(KeysMissing):
        MonthKeys(tmp_path, bytes)
