"""A message is a value: its template and what goes into it, in English until a face says it otherwise."""

from __future__ import annotations

import errno
import os
import shlex

import pytest

from ledger.errors import LedgerError, SessionUnknown
from ledger.message import Step, msg, msg_in, msg_n, step, system_text


def test_english_is_what_str_gives() -> None:
    """Given values, another message among them, they stand in the template."""
    hours = msg_n("{count} started hour", "{count} started hours", 3)
    assert str(msg("session {session}: {hours}", session=7, hours=hours)) == "session 7: 3 started hours"
    assert str(msg_n("{count} started hour", "{count} started hours", 1)) == "1 started hour"
    assert msg_in("month", "open") != msg_in("finding", "open")


def test_a_message_without_values_is_literal() -> None:
    """A brace that was typed is no place for a value, and a value is never filled again."""
    assert str(msg("write {from}")) == "write {from}"
    assert str(msg("{text} is no date", text="{from}")) == "{from} is no date"


def test_a_refusal_has_its_message_and_its_english() -> None:
    """Given a message, the fact is its English text."""
    error = SessionUnknown(msg("there is no session {session}", session=9))
    assert (error.fact, error.message.values) == ("there is no session 9", {"session": 9})
    assert LedgerError(msg("{x}")).fact == "{x}"


WORDS = [
    "my ledger", r"C:\Users\Anna Nowak\ledger", "C:\\", "it's", "a;b", "a&b", "$(rm)", "`rm`", 'a "b" c',
    "a !b", "zażółć", "eu|non_eu|pl", "seller.nip=…", "KEY=VALUE", '"already in quotes"',
]  # fmt: skip


@pytest.mark.parametrize("word", WORDS)
def test_a_word_of_a_step_is_typed_in_quotes_where_a_shell_would_divide_it(word: str) -> None:
    """Given a folder with a blank in its name, the command that leads on can be copied."""
    line = str(step("check", ledger=word))
    assert str(step("tariff check", word)) == line.replace("--ledger ", "tariff check ", 1).removesuffix(
        " check"
    )
    plain = word.isalnum() or word in {"C:\\", "eu|non_eu|pl", "seller.nip=…", "KEY=VALUE", WORDS[-1]}
    assert (line == f"session-ledger --ledger {word} check") == plain
    if os.name == "posix" and "\\" not in word and "|" not in word:
        assert shlex.split(line) == [
            "session-ledger",
            "--ledger",
            word.strip('"') if plain else word,
            "check",
        ]


@pytest.mark.parametrize(
    ("number", "filename", "text"),
    [
        (32, "report.csv", "another program has it open"),
        (5, "report.csv", "Permission denied"),
        (3, "C:\\" + "a" * 250, "No such file or directory"),
        (3, "C:\\" + "a" * 260, "the path is longer than this Windows takes: 263"),
        (None, "C:\\" + "a" * 260, "the path is longer than this Windows takes: 263"),
        (206, None, "File name too long"),
        (1224, "report.csv", "what Windows says in its own language"),
    ],
)
def test_what_windows_says_is_told_in_words_of_ours(
    number: int | None, filename: str | None, text: str
) -> None:
    error = OSError(errno.ENOENT, "what Windows says in its own language", filename)
    error.winerror = number  # type: ignore[attr-defined,unused-ignore] # as Windows sets it
    assert str(system_text(error)) == text


def test_a_folder_of_windows_stands_in_double_quotes() -> None:
    assert str(Step("check", ledger=r"C:\Moja firma\księga")) == (
        r'session-ledger --ledger "C:\Moja firma\księga" check'
    )
