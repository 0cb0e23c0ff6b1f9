"""The marks of a deletion in words: why a verdict is not only what the clock measured."""

from __future__ import annotations

from ledger.message import Message, msg

MARKS = {
    "corrected_after_deletion": msg("the end was corrected after the deletion"),
    "end_corrected": msg("the end was corrected before the deletion"),
    "end_ahead": msg("the end was typed ahead of the clock"),
    "back_dated": msg("declared later than the moment it names"),
    "clock_back": msg("the clock had run back before the deletion"),
    "dated_by_end": msg("the clock stood before the end; dated by the end"),
    "deleted_again": msg("deleted a second time, after a corrected end"),
    "sla_changed": msg("the time allowed was changed after the deletion"),
    "voided": msg("the session was put aside as recorded by mistake"),
    "connection_added": msg("a connection was added by a correction; on which workstation is not recorded"),
    "artefact_withdrawn": msg("a noted file was taken off the list, with a reason"),
}


def older_rule(count: int) -> Message:
    """Return the note on sessions that were deleted before the place became part of the evidence."""
    return msg(
        "Sessions deleted under the older rule, when the place was no part of the evidence: {count}.",
        count=count,
    )


FIRST = msg("first verdict")
RULES = {
    1: msg("older: the place was no part of the evidence"),
    2: msg("the place is part of the evidence"),
}
