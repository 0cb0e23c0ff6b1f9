"""Announced outages of KSeF: which documents were issued in one, and until when each has to be in KSeF.

Source: art. 106nda (offline24: the next working day), art. 106nh (unavailability: the next working day after
its end), art. 106nf (failure: seven working days after its end, counted anew at the next one) and art. 106ng
(total failure: nothing is sent afterwards) of the VAT act; the Ministry's description of the offline modes
(ksef-docs, "Tryby offline"): a failure announced while a document waits moves its day, an unavailability
does not, a total failure ends the duty to send.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta
from typing import Literal, NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from ledger import errors
from ledger.domain import events as e
from ledger.domain.clock import office_midnight, office_text, office_time
from ledger.domain.time_rules import not_ahead, not_before
from ledger.domain.working_days import working_day_after
from ledger.message import Hint, msg, step

FAILURE_WORKING_DAYS = 7
_DAY = timedelta(days=1)
_INSTANT = timedelta(microseconds=1)
_WEIGHT: dict[e.OutageKind, int] = {"unavailability": 0, "failure": 1, "total": 2}
"""Where two hold at once, the one that asks least of the seller decides."""

Reason = Literal["next_day", "unavailability", "failure", "total"]


class Outage(Struct, frozen=True):
    """One outage as its events tell it; `ended_at` is None while it lasts."""

    number: int
    kind: e.OutageKind
    began_at: datetime
    ended_at: datetime | None = None
    is_withdrawn: bool = False

    def has(self, instant: datetime) -> bool:
        """Return True for a moment of the outage; its end is none."""
        return self.began_at <= instant and (self.ended_at is None or instant < self.ended_at)


class Deadline(NamedTuple):
    """The last day on which a document may reach KSeF, and what it is counted by.

    None: nothing is to be sent (`total`), or the outage it is counted from is not over.
    """

    on: date | None
    reason: Reason


def evolve(
    outages: tuple[Outage, ...], fact: e.KsefOutageBegan | e.KsefOutageEnded | e.KsefOutageWithdrawn
) -> tuple[Outage, ...]:
    """Return the outages after one more fact."""
    match fact:
        case e.KsefOutageBegan():
            return (*outages, Outage(fact.outage, fact.kind, fact.began_at))
        case e.KsefOutageEnded():
            changes: dict[str, object] = {"ended_at": fact.ended_at}
        case _:
            changes = {"is_withdrawn": True}
    return tuple(replace(each, **changes) if each.number == fact.outage else each for each in outages)


def standing(outages: Iterable[Outage]) -> tuple[Outage, ...]:
    """Return the outages that were not withdrawn, by their beginning."""
    return tuple(sorted((each for each in outages if not each.is_withdrawn), key=lambda each: each.began_at))


# --- what documents take from them ------------------------------------------------------------


def outage_at_issue(issued: e.InvoiceIssued, outages: Iterable[Outage]) -> Outage | None:
    """Return the outage that a document was issued in; None without one.

    The moment of recording tells, on the day of issue itself. Of a document dated another day no moment is
    known: an outage has it only where it has the whole day.
    """
    first, last = _issued_between(issued)
    found = [each for each in standing(outages) if each.has(first) and each.has(last)]
    return max(found, key=lambda each: _WEIGHT[each.kind], default=None)


def _issued_between(issued: e.InvoiceIssued) -> tuple[datetime, datetime]:
    if office_time(issued.at).date() == issued.issued_on:
        return issued.at, issued.at
    return office_midnight(issued.issued_on), office_midnight(issued.issued_on + _DAY) - _INSTANT


def deadline(issued: e.InvoiceIssued, outages: Collection[Outage], holidays: Collection[date]) -> Deadline:
    """Return until when a document has to be in KSeF, and by which rule."""
    own, (_, since) = outage_at_issue(issued, outages), _issued_between(issued)
    if own is None:
        until = Deadline(working_day_after(issued.issued_on, 1, holidays), "next_day")
    else:
        until = _counted_from(own, holidays)
    for later in standing(outages):
        ended_before = later.ended_at is not None and later.ended_at <= since
        if later.kind == "unavailability" or ended_before:
            continue
        if until.on is None or office_time(later.began_at).date() <= until.on:
            until = _later(until, _counted_from(later, holidays))
    return until


def _counted_from(outage: Outage, holidays: Collection[date]) -> Deadline:
    if outage.kind == "total" or outage.ended_at is None:
        return Deadline(None, outage.kind)
    days = FAILURE_WORKING_DAYS if outage.kind == "failure" else 1
    return Deadline(working_day_after(office_time(outage.ended_at).date(), days, holidays), outage.kind)


def _later(one: Deadline, other: Deadline) -> Deadline:
    """Return the one that leaves more time: a day, an outage that lasts, a total failure, in this order."""
    if "total" in {one.reason, other.reason}:
        return Deadline(None, "total")
    if one.on is None or (other.on is not None and other.on < one.on):
        return one
    return other


# --- what may happen next ---------------------------------------------------------------------


def require_new(outages: Iterable[Outage], kind: e.OutageKind, began_at: datetime, now: datetime) -> None:
    """Raise OutageRecorded for a moment that an outage of this kind has already, TimeAhead for one ahead."""
    not_ahead(began_at, now)
    for each in standing(outages):
        if each.kind == kind and each.has(began_at):
            raise errors.OutageRecorded(
                msg(
                    "outage {number} has this moment already; it began {began}",
                    number=each.number,
                    began=office_text(each.began_at),
                ),
                hint=Hint(
                    step("ksef outage end", each.number),
                    "; a mistake: ",
                    step("ksef outage withdraw", each.number),
                ),
            )


def require_outage(outages: Iterable[Outage], number: int) -> Outage:
    """Return the outage of a number; raises OutageUnknown for one never recorded, or withdrawn."""
    for each in standing(outages):
        if each.number == number:
            return each
    raise errors.OutageUnknown(msg("there is no outage {number}", number=number))


def require_end(outage: Outage, ended_at: datetime, now: datetime) -> None:
    """Raise TimeAhead, or TimeOrder for an end before the beginning."""
    not_ahead(ended_at, now)
    not_before(ended_at, outage.began_at, msg("the beginning of the outage"))
