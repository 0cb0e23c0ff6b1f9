"""A finding: its kind, its lasting id, and which one stands for a record or a session."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from datetime import date
from functools import cached_property
from typing import Literal, NamedTuple, get_args

import msgspec

from ledger.domain.clock import Period, from_epoch_seconds, local_month, month_period
from ledger.domain.reconciliation.inputs import Seen, SeenSession

Kind = Literal[
    "end_before_start",
    "over_48_h",
    "open_session",
    "near_match",
    "overlap_same_partner",
    "overlap_same_technician",
    "duration_mismatch",
    "artefact_after_purge",
    "ended_without_purge",
    "record_without_session",
    "session_without_record",
    "silent_source",
    "merged_fragments",
    "nested_channel",
    "band_edge",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""In the order in which one record or session stands in an open finding: in the first that it fits."""
INFO: tuple[Kind, ...] = ("merged_fragments", "nested_channel", "band_edge")
ALONE: tuple[Kind, ...] = ("record_without_session", "session_without_record")
"""Say less than any other finding of the same record or session, acknowledged or not."""

DIGEST_CHARACTERS = 10
_ID_BEGINS = re.compile(r"F([0-9]{2})(0[1-9]|1[0-2])-")

Detail = dict[str, int | str]
Intervals = tuple[tuple[int, int], ...]


class Priced(NamedTuple):
    """Started hours and net of a bill, in grosze."""

    started_hours: int
    net_grosze: int


NOTHING = Priced(0, 0)
Price = Callable[[int | None, Intervals], Priced | None]
"""The price of a session, by number, with other times; for None the list price. None: no price."""


class Finding(msgspec.Struct, frozen=True, dict=True):
    """Something that a person should look at (open) or may know (info). `at_s` is when it was."""

    kind: Kind
    at_s: int
    records: tuple[str, ...] = ()
    sessions: tuple[int, ...] = ()
    detail: Detail = {}
    before: Priced | None = None
    """As it is billed now."""
    after: Priced | None = None
    """As it would be, did the sources say it all."""
    facts: tuple[int | str | None, ...] = ()
    """What else the id depends on: an acknowledged finding returns when they change."""

    @cached_property
    def id(self) -> str:
        """Return the id: the same for the same facts in every run, beginning with the month; made once."""
        told = [self.kind, self.records, self.sessions, self.before, self.after, self.facts]
        month = local_month(from_epoch_seconds(self.at_s))
        digest = hashlib.sha256(json.dumps(told).encode()).hexdigest()[:DIGEST_CHARACTERS]
        return f"F{month[2:4]}{month[5:]}-{digest}"

    @property
    def severity(self) -> Literal["open", "info"]:
        """Return `open` where a person should look at it."""
        return "info" if self.kind in INFO else "open"

    @property
    def changes_started_hours(self) -> bool:
        """Return True if another number of hours would be billed."""
        return (self.before or NOTHING).started_hours != (self.after or NOTHING).started_hours

    @property
    def difference_grosze(self) -> int:
        """Return by how much the bill's net would change."""
        return (self.after or NOTHING).net_grosze - (self.before or NOTHING).net_grosze


def month_of_id(named: str) -> Period | None:
    """Return the month that the id of a finding begins with; None for what is no such id."""
    begins = _ID_BEGINS.match(named)
    return None if begins is None else month_period(date(2000 + int(begins[1]), int(begins[2]), 1))


class Scope(NamedTuple):
    """What is reported: what began in [begins_s, ends_s), and a session that ended in it."""

    begins_s: int
    ends_s: int

    def holds(self, second: int) -> bool:
        """Return True if a second lies in it."""
        return self.begins_s <= second < self.ends_s

    def has(self, session: SeenSession) -> bool:
        """Return True if a session ended in it, or is open and began before its end."""
        if session.ended_s is None:
            return session.start_s < self.ends_s
        return self.holds(session.ended_s)


def one_each(candidates: Iterable[Finding], acknowledged: Collection[str]) -> Iterator[Finding]:
    """Each record and session in one open finding, the first by kind.

    One that is acknowledged still says more than that a record or a session stands alone, but hides
    nothing else.
    """
    named: set[object] = set()
    waiting: set[object] = set()
    for finding in sorted(candidates, key=lambda f: (KINDS.index(f.kind), f.at_s, f.records, f.sessions)):
        if finding.severity == "info" or finding.kind == "silent_source":
            yield finding
            continue
        about = {*finding.records, *finding.sessions}
        if not about.isdisjoint(named if finding.kind in ALONE else waiting):
            continue
        named |= about
        if finding.id not in acknowledged:
            waiting |= about
        yield finding


def about_session(
    session: SeenSession,
    kind: Kind,
    records: Sequence[Seen],
    detail: Detail,
    billed: tuple[Priced | None, Priced | None] = (None, None),
) -> Finding:
    """Return a finding about a session and its records; `billed` now, and by the sources alone."""
    facts = (session.start_s, session.ended_s, *(s for seen in records for s in (seen.start_s, seen.end_s)))
    return Finding(kind, session.start_s, keys_of(records), (session.number,), detail, *billed, facts)


def keys_of(records: Iterable[Seen]) -> tuple[str, ...]:
    """Return the keys of all their records, in order."""
    return tuple(sorted(key for seen in records for key in seen.keys))
