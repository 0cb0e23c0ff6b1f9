"""The marker of a document in the VAT register, by duty, number and way of issue."""

from __future__ import annotations

import pytest

from ledger.domain.events import Duty
from ledger.fa3.jpk import IssuedIn, jpk_marker

NUMBER = "5260250274-20261122-0100001AF629-AF"


@pytest.mark.parametrize("issued_in", [None, "online", "offline24", "emergency"])
@pytest.mark.parametrize("duty", ["ksef", "exempt", "consumer"])
def test_a_number_of_ksef_is_the_marker_itself(duty: Duty, issued_in: IssuedIn | None) -> None:
    """Whoever had to be in KSeF and however the document got there."""
    assert jpk_marker(duty, NUMBER, issued_in) == ("NrKSeF", NUMBER)


@pytest.mark.parametrize(
    ("duty", "issued_in", "field"),
    [
        ("ksef", None, "DI"),
        ("ksef", "online", "DI"),
        ("ksef", "offline24", "DI"),
        ("ksef", "emergency", "OFF"),
        ("exempt", None, "BFK"),
        ("exempt", "online", "DI"),
        ("exempt", "offline24", "DI"),
        ("exempt", "emergency", "OFF"),
        ("consumer", None, "BFK"),
        ("consumer", "online", "DI"),
        ("consumer", "offline24", "DI"),
        ("consumer", "emergency", "OFF"),
    ],
)
def test_without_a_number_one_of_three_is_ticked(duty: Duty, issued_in: IssuedIn | None, field: str) -> None:
    assert jpk_marker(duty, None, issued_in) == (field, "1")
