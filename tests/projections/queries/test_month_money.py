"""Parts of documents: they add up to the document, whatever its lines."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from projections.queries.month_money import StandingSums, added, half_up_signed, shares, standing_of
from projections.read_models.billing import BilledSession

NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)


@given(
    st.lists(st.integers(-100_000, 100_000), min_size=1, max_size=12),
    st.sampled_from([0, 5, 8, 23]),
    st.integers(-1, 1),
)
def test_parts_of_a_document_add_up_to_its_net_and_vat(nets: list[int], percent: int, off: int) -> None:
    """Corrections too, whose VAT may lie a grosz off; and those whose net comes to nothing."""
    net = sum(nets)
    vat = half_up_signed(net * percent, 100) + off
    found = list(shares(enumerate(nets), net, vat))
    assert sum(part.net_grosze for _, part in found) == net
    assert sum(part.vat_grosze for _, part in found) == vat
    assert all(part.gross_grosze == part.net_grosze + part.vat_grosze for _, part in found)
    assert [part.net_grosze for _, part in found] == nets


def test_quotients_are_rounded_half_away_from_zero_whatever_the_signs() -> None:
    assert [half_up_signed(*pair) for pair in ((1, 2), (-1, 2), (1, -2), (-1, -2), (1, -3))] == [
        1,
        -1,
        -1,
        1,
        0,
    ]


def session(net_grosze: int, billed: str | None = None, *, counted: bool = True) -> BilledSession:
    """A session of one hour."""
    return BilledSession(
        1, None, "K-1", "other", "t", NOON, NOON, 1, {"office": 1}, net_grosze, 0, 23, [], billed, counted
    )


def test_every_session_has_one_standing() -> None:
    assert standing_of(session(100)) == "to_bill"
    assert standing_of(session(0)) == "free"
    assert standing_of(session(0, counted=False)) == "free"
    assert standing_of(session(100, counted=False)) == "waiting"
    assert standing_of(session(100, "receipt:7")) == "receipt"
    assert standing_of(session(100, "elsewhere:old 1")) == "elsewhere"
    assert standing_of(session(0, "FV/2026/12/0001")) == "billed"


def test_amounts_are_added_field_by_field_and_none_is_nothing() -> None:
    assert added([]) == StandingSums()
    assert added([StandingSums(1, 2, 3, 4, 5, 6), StandingSums(1, 1, 1, 1, 1, 1)]) == StandingSums(
        2, 3, 4, 5, 6, 7
    )
