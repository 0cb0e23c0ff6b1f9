"""A word that somebody typed to find something by is not repeated where it may name a person."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.office import Office

LOOKUPS = (
    ("session", "show", "{}"),
    ("session", "end", "{}"),
    ("session", "purge", "{}", "--dry-run"),
    ("session", "explain", "{}"),
    ("invoice", "show", "{}"),
    ("invoice", "paid", "{}", "--amount", "1", "--on", "2026-11-20", "--method", "transfer"),
    ("customer", "show", "{}"),
    ("customer", "erase", "{}", "--dry-run"),
    ("source", "acknowledge", "{}", "--reason", "checked"),
    ("tariff", "show", "{}"),
    ("audit", "prove", "{}"),
)
NAMES = ("jan@example.com", "Kowalska", "Jan Kowalski", "85040512345", "ref:kowalska")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("words") / "ledger")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("lookup", LOOKUPS, ids=" ".join)
def test_word_that_may_name_a_person_is_not_repeated(
    office: Office, lookup: tuple[str, ...], name: str
) -> None:
    answer = office.run(*(word.replace("{}", name) for word in lookup))
    assert answer.status in {1, 2}, answer
    assert name.removeprefix("ref:") not in answer.out + answer.err


@pytest.mark.parametrize("word", ["99", "2026/11/A-99"])
def test_code_with_a_digit_is_repeated(office: Office, word: str) -> None:
    assert word in office.run("session", "show", word).err


def test_the_fault_stands_for_its_kind(office: Office, tmp_path: Path) -> None:
    """Neither is it in a log file."""
    log = tmp_path / "log"
    office.run("--log-file", str(log), "session", "show", "jan@example.com")
    assert "jan@" not in log.read_text(encoding="utf-8")
