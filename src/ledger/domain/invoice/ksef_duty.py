"""Whether KSeF must have a document, until when, and which days come near: rules of dates and sums alone.

Source: art. 106ga (duty, consumers) and art. 145m of the VAT act (until 2026-12-31 a seller whose documents
of a month come to at most 10,000.00 gross need not use KSeF). Until when one has to be there: `ksef_outage`.
Foreign buyers count as any other business: the treatment of VAT changes nothing here.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from ledger.domain.events import Duty, KsefMode
from ledger.errors import ExemptionEnded, TokensEnded
from ledger.message import msg

SellerMode = Literal["online", "offline24", "exempt_10k"]
"""How the seller stands to KSeF: `ksef.mode` of ledger.toml."""

EXEMPT_MAX_GROSZE = 10_000_00
"""Up to and with this a month's documents may stay outside KSeF."""
EXEMPT_NEAR_GROSZE = 8_000_00
"""From here on the seller is warned."""
EXEMPTION_ENDS = date(2027, 1, 1)
"""The first day on which nobody is exempt."""
TOKENS_END = date(2027, 1, 1)
"""The first day on which KSeF takes certificates only."""
INVOICE_DUE_DAY = 15
"""Of the month after the help: art. 106i paragraph 1."""
_DECEMBER = 12


@dataclass(frozen=True, slots=True)
class KsefStatus:
    """How the seller stands to KSeF before a document of a day."""

    mode: SellerMode
    issued_on: date
    exempt_grosze: int = 0
    """What the exempt documents of the month came to so far."""
    has_begun: bool = False
    """Whether the limit was ever crossed: the exemption never returns."""
    consumers_in_ksef: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document about to be issued. `original_duty`: of the one it corrects."""

    gross_grosze: int
    is_consumer: bool = False
    original_duty: Duty | None = None


@dataclass(frozen=True, slots=True)
class Ruling:
    """What becomes of a document, and what the month's exempt documents come to with it."""

    duty: Duty
    counts_grosze: int
    """What it adds to the month's limit: `NumberDrawn.exempt_grosze`."""
    exempt_grosze: int
    begins: bool = False
    """Whether the limit is crossed by it: `KsefObligationBegan` goes with it."""
    is_near: bool = False
    """Whether the month has come to 8,000.00 and more while the exemption lasts."""


def judge(standing: KsefStatus, candidate: Candidate) -> Ruling:
    """The duty of one document; raises ExemptionEnded.

    A reduction adds nothing and takes nothing off: the month's limit is counted to the seller's disfavour.
    """
    sum_before = standing.exempt_grosze
    if _stays_with_ksef(standing, candidate):
        return Ruling("ksef", 0, sum_before)
    if candidate.is_consumer:
        return Ruling("consumer", 0, sum_before)
    if standing.issued_on >= EXEMPTION_ENDS:
        raise ExemptionEnded(msg("a document of {day} cannot stay outside KSeF", day=standing.issued_on))
    counts = max(candidate.gross_grosze, 0)
    sum_after = sum_before + counts
    if sum_after > EXEMPT_MAX_GROSZE:
        return Ruling("ksef", 0, sum_before, begins=True)
    return Ruling("exempt", counts, sum_after, is_near=sum_after >= EXEMPT_NEAR_GROSZE)


def _stays_with_ksef(standing: KsefStatus, candidate: Candidate) -> bool:
    """Whether a document belongs to KSeF before any limit is counted."""
    if candidate.original_duty == "ksef":
        return True
    if candidate.is_consumer:
        return standing.consumers_in_ksef
    return standing.mode != "exempt_10k" or standing.has_begun


def plan(standing: KsefStatus, candidates: Iterable[Candidate]) -> list[Ruling]:
    """The duties of documents issued one after another on one day; raises ExemptionEnded."""
    rulings: list[Ruling] = []
    for candidate in candidates:
        ruling = judge(standing, candidate)
        rulings.append(ruling)
        standing = replace(
            standing,
            exempt_grosze=ruling.exempt_grosze,
            has_begun=standing.has_begun or ruling.begins,
        )
    return rulings


def check_token(today: date) -> None:
    """Raise TokensEnded from the day on which KSeF takes no tokens any more."""
    if today >= TOKENS_END:
        raise TokensEnded(msg("KSeF takes no tokens since {day}", day=TOKENS_END))


def sending_mode(issued_on: date, today: date) -> KsefMode:
    """How a document is sent: KSeF itself takes what is dated before the day it comes as offline."""
    return "offline24" if issued_on < today else "online"


@dataclass(frozen=True, slots=True)
class ComingDate:
    """A day that comes near, or passed while the matter is still open."""

    on: date
    what: Literal["send_by", "invoices_due", "exemption_ends", "tokens_end", "series_restart"]

    def days_left(self, today: date) -> int:
        """Days until then; below zero once it passed."""
        return (self.on - today).days


def coming_dates(
    today: date, *, has_unbilled: bool, mode: SellerMode, uses_token: bool, send_until: date | None = None
) -> tuple[ComingDate, ...]:
    """What a seller should see coming.

    First `send_until`, by which the first document that waits for KSeF has to be there. The 15th while help
    of the month before is not billed; in December the new year, when the exemption and tokens end (2026) and
    the numbers of the series begin again.
    """
    new_year = date(today.year + 1, 1, 1)
    in_december = today.month == _DECEMBER
    dates = (
        (has_unbilled, ComingDate(today.replace(day=INVOICE_DUE_DAY), "invoices_due")),
        (
            in_december and mode == "exempt_10k" and new_year == EXEMPTION_ENDS,
            ComingDate(EXEMPTION_ENDS, "exemption_ends"),
        ),
        (in_december and uses_token and new_year == TOKENS_END, ComingDate(TOKENS_END, "tokens_end")),
        (in_december, ComingDate(new_year, "series_restart")),
    )
    unsent = () if send_until is None else (ComingDate(send_until, "send_by"),)
    return (*unsent, *(coming for applies, coming in dates if applies))
