"""Warning about sessions of one technician or one customer that overlap."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from cli.context import App
from cli.presentation import next_steps
from ledger.domain.clock import SaidInstant
from ledger.message import Message, msg

if TYPE_CHECKING:
    from ledger.application.read_models import Overlap


def tell_overlaps(app: App, number: int | None, *, until: datetime | None = None) -> None:
    """Say which other sessions a session overlaps, and what can be done about it.

    `until` leaves out what comes later: a session typed afterwards is open only until its end is typed, too.
    """
    found: Sequence[Overlap] = () if number is None else app.open().read_models.overlapping(number)
    found = [each for each in found if until is None or each.begins_at <= until]
    for each in found:
        app.say(in_words(each))
    _tell_step(app, found)


def tell_overlaps_among(app: App, numbers: Collection[int]) -> None:
    """Say which of these sessions overlap another one."""
    found = [
        each
        for each in app.open().read_models.overlapping()
        if each.session in numbers or each.other in numbers
    ]
    for each in found:
        app.say(in_words(each))
    _tell_step(app, found)


def _tell_step(app: App, found: Sequence[Overlap]) -> None:
    """Say what can be done; nothing while both of a pair go on."""
    to_settle = [each.to_settle for each in found if each.to_settle is not None]
    if to_settle:
        app.hint(next_steps.settle_overlap(to_settle[0]))


def in_words(overlap: Overlap) -> Message:
    """Return an overlap as a sentence."""
    since = SaidInstant(overlap.begins_at, "minute")
    one, other, who = overlap.session, overlap.other, overlap.who
    if overlap.kind == "technician":
        return msg(
            "note: sessions {one} and {other} overlap from {since}, both of technician {who}",
            one=one,
            other=other,
            since=since,
            who=who,
        )
    return msg(
        "note: sessions {one} and {other} overlap from {since}, both of customer {who}",
        one=one,
        other=other,
        since=since,
        who=who,
    )
