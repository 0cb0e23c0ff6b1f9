"""Reasons as they are typed: a code, a sentence, or both."""

from __future__ import annotations

import pytest

from ledger.domain.metadata import PersonalData
from ledger.domain.reasons import REASON_MAX_CHARACTERS, split_reason
from ledger.errors import BadReason


@pytest.mark.parametrize(
    ("text", "code", "sentence"),
    [
        ("goodwill", "goodwill", None),
        (" goodwill : long wait ", "goodwill", "long wait"),
        ("waited: an hour", "other", "waited: an hour"),
        ("x" * REASON_MAX_CHARACTERS, "other", "x" * REASON_MAX_CHARACTERS),
    ],
)
def test_a_reason_is_a_code_and_a_sentence(text: str, code: str, sentence: str | None) -> None:
    personal = PersonalData("tax", {"reason": sentence}) if sentence else None
    assert split_reason(text) == (code, personal)


@pytest.mark.parametrize("text", ["", "  ", "x" * (REASON_MAX_CHARACTERS + 1)])
def test_nothing_and_too_much_are_no_reason(text: str) -> None:
    with pytest.raises(BadReason):
        split_reason(text)
