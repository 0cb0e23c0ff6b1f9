"""What became of a source's file, in words: for the command line and for the page."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.message import Message, msg
from ledger.sources.result import TakenFile

NOTHING_NEW = msg("nothing new; nothing was changed")


def nothing_understood(taken: TakenFile) -> Message:
    """Return that no line of a file was understood."""
    return msg("{name}: nothing was understood; nothing was recorded", name=taken.name)


def notes(taken: TakenFile) -> Iterator[Message]:
    """Yield what the counts alone do not say about the records of a file."""
    name = taken.name
    if taken.unnamed:
        yield msg(
            "technician unknown in {unnamed}: add the names to [technicians] in ledger.toml, import again",
            unnamed=taken.unnamed,
        )
    if taken.untrue:
        yield msg(
            "{name}: {untrue} cannot be true (end before start, over 48 h)", name=name, untrue=taken.untrue
        )
    if taken.attempts:
        yield msg(
            "{name}: {attempts} are attempts (nobody was let in), no connections",
            name=name,
            attempts=taken.attempts,
        )
    if taken.shared:
        yield msg(
            "{name}: {shared} of one address at once: their ends cannot be told apart",
            name=name,
            shared=taken.shared,
        )
    if taken.cut:
        yield msg("{name}: {cut} without an end: the program was started again", name=name, cut=taken.cut)


def counts(taken: TakenFile) -> Message:
    """Return how many lines were read, and what became of them."""
    parts = taken.observed, taken.duplicate, taken.amended, taken.quarantined, taken.skipped
    counts = f"{taken.read} = {' + '.join(map(str, parts))}"
    return msg(
        "{name}: lines {counts} (observed + duplicate + amended + quarantined + skipped){dry}",
        name=taken.name,
        counts=counts,
        dry="" if taken.recorded else msg(" (dry run, nothing recorded)"),
    )
