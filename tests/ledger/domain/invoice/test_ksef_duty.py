"""Which documents KSeF must have, by when, and which days come near."""

from __future__ import annotations

from datetime import date
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.invoice.ksef_duty import (
    EXEMPT_MAX_GROSZE,
    Candidate,
    ComingDate,
    KsefStatus,
    Ruling,
    check_token,
    coming_dates,
    judge,
    plan,
    sending_mode,
)
from ledger.errors import ExemptionEnded, TokensEnded

NOVEMBER = date(2026, 11, 25)
EXEMPT = KsefStatus("exempt_10k", NOVEMBER)


@pytest.mark.parametrize("mode", ["online", "offline24"])
def test_a_business_goes_to_ksef_where_the_seller_is_in_it(mode: str) -> None:
    """Whatever its amount, and nothing counts toward the limit."""
    ruling = judge(KsefStatus("online" if mode == "online" else "offline24", NOVEMBER), Candidate(12_300))
    assert ruling == Ruling("ksef", 0, 0)


def test_a_consumer_stays_outside_unless_the_seller_wants_them_in() -> None:
    """No consumer's document ever counts toward the limit."""
    candidate = Candidate(1_500_000, is_consumer=True)
    assert judge(EXEMPT, candidate) == Ruling("consumer", 0, 0)
    assert judge(KsefStatus("online", NOVEMBER), candidate).duty == "consumer"
    inside = KsefStatus("exempt_10k", NOVEMBER, consumers_in_ksef=True)
    assert judge(inside, candidate) == Ruling("ksef", 0, 0)


@pytest.mark.parametrize(
    ("so_far", "gross", "expected"),
    [
        (0, 7_999_99, Ruling("exempt", 7_999_99, 7_999_99)),
        (7_000_00, 1_000_00, Ruling("exempt", 1_000_00, 8_000_00, is_near=True)),
        (9_000_00, 1_000_00, Ruling("exempt", 1_000_00, 10_000_00, is_near=True)),
        (9_000_00, 1_000_01, Ruling("ksef", 0, 9_000_00, begins=True)),
        (0, 10_000_01, Ruling("ksef", 0, 0, begins=True)),
        (9_500_00, -246_00, Ruling("exempt", 0, 9_500_00, is_near=True)),
    ],
)
def test_the_document_that_crosses_the_limit_begins_the_duty(
    so_far: int, gross: int, expected: Ruling
) -> None:
    """10,000.00 itself is still exempt; a reduction gives no room back."""
    assert judge(KsefStatus("exempt_10k", NOVEMBER, so_far), Candidate(gross)) == expected


def test_once_begun_the_duty_lasts() -> None:
    """The first document of a new month goes to KSeF, however small; in 2027 too."""
    for day in (date(2026, 12, 1), date(2027, 3, 1)):
        assert judge(KsefStatus("exempt_10k", day, has_begun=True), Candidate(100)) == Ruling("ksef", 0, 0)


def test_a_correction_follows_its_original_into_ksef() -> None:
    """What stands in KSeF is corrected there, though the seller is exempt or the buyer a consumer."""
    for is_consumer in (False, True):
        candidate = Candidate(-24_600, is_consumer=is_consumer, original_duty="ksef")
        assert judge(EXEMPT, candidate).duty == "ksef"
    assert judge(EXEMPT, Candidate(-24_600, original_duty="exempt")).duty == "exempt"


def test_nobody_is_exempt_from_2027() -> None:
    """A business document is refused; a consumer's is not."""
    standing = KsefStatus("exempt_10k", date(2027, 1, 1))
    with pytest.raises(ExemptionEnded, match="2027-01-01"):
        judge(standing, Candidate(100))
    assert judge(standing, Candidate(100, is_consumer=True)).duty == "consumer"
    assert judge(KsefStatus("exempt_10k", date(2026, 12, 31)), Candidate(100)).duty == "exempt"


candidates = st.builds(Candidate, st.integers(-500_000, 900_000), st.booleans())


@given(st.lists(candidates, max_size=30))
def test_a_plan_never_leaves_more_than_the_limit_outside(documents: list[Candidate]) -> None:
    """Given documents in any order, when they are planned, then the exempt ones stay within 10,000.00, the
    duty begins at most once, and after it no business document stays outside.
    """
    rulings = plan(EXEMPT, documents)
    sums = list(accumulate((r.counts_grosze for r in rulings), initial=0))
    assert max(sums) <= EXEMPT_MAX_GROSZE
    assert [r.exempt_grosze for r in rulings] == sums[1:]
    began = [n for n, ruling in enumerate(rulings) if ruling.begins]
    assert len(began) <= 1
    for n, (document, ruling) in enumerate(zip(documents, rulings, strict=True)):
        assert (ruling.duty == "consumer") == document.is_consumer
        if not document.is_consumer:
            assert (ruling.duty == "ksef") == bool(began and n >= began[0])
    for n in began:
        assert sums[n] + documents[n].gross_grosze > EXEMPT_MAX_GROSZE


def test_a_plan_goes_on_where_the_duty_began_before() -> None:
    """The latch comes in with the standing."""
    begun = KsefStatus("exempt_10k", NOVEMBER, 9_000_00, has_begun=True)
    assert [r.duty for r in plan(begun, [Candidate(100), Candidate(200)])] == ["ksef", "ksef"]


def test_tokens_end_with_2026() -> None:
    """The last day is 31 December."""
    check_token(date(2026, 12, 31))
    with pytest.raises(TokensEnded) as refusal:
        check_token(date(2027, 1, 1))
    assert "certificate" in refusal.value.hint


def test_what_is_dated_before_today_is_sent_as_offline() -> None:
    """The day of issue is the day of sending, or it is offline24."""
    assert sending_mode(NOVEMBER, NOVEMBER) == "online"
    assert sending_mode(NOVEMBER, date(2026, 11, 26)) == "offline24"


def test_the_days_that_come_near() -> None:
    """The 15th while something is not billed; in December the new year, in 2026 the end of exemption and
    tokens for those who use them.
    """
    december = date(2026, 12, 10)
    everything = coming_dates(december, has_unbilled=True, mode="exempt_10k", uses_token=True)
    assert [(c.on, c.what) for c in everything] == [
        (date(2026, 12, 15), "invoices_due"),
        (date(2027, 1, 1), "exemption_ends"),
        (date(2027, 1, 1), "tokens_end"),
        (date(2027, 1, 1), "series_restart"),
    ]
    assert [c.days_left(december) for c in everything] == [5, 22, 22, 22]
    quiet = coming_dates(december, has_unbilled=False, mode="online", uses_token=False)
    assert quiet == (ComingDate(date(2027, 1, 1), "series_restart"),)
    later = coming_dates(date(2027, 12, 10), has_unbilled=False, mode="exempt_10k", uses_token=True)
    assert [c.what for c in later] == ["series_restart"]


def test_a_day_that_passed_is_told_as_late() -> None:
    """Help of October that is not billed on 25 November is ten days late."""
    (due,) = coming_dates(NOVEMBER, has_unbilled=True, mode="exempt_10k", uses_token=True)
    assert (due.what, due.days_left(NOVEMBER)) == ("invoices_due", -10)


def test_a_document_that_waits_for_ksef_has_a_last_day() -> None:
    """It comes before everything else."""
    waiting = coming_dates(
        NOVEMBER, has_unbilled=False, mode="online", uses_token=True, send_until=date(2026, 11, 26)
    )
    assert waiting == (ComingDate(date(2026, 11, 26), "send_by"),)
