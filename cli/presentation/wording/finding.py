"""Findings of the reconciliation in two languages."""

from __future__ import annotations

from cli.presentation.catalogue import said, spoken
from cli.presentation.moments import to_second
from cli.presentation.text import Lang
from cli.presentation.wording import labels
from ledger.domain.clock import from_epoch_seconds
from ledger.domain.reconciliation.finding import Finding, Kind
from ledger.message import Message, Seconds, msg

KINDS: dict[Kind, Message] = {
    "end_before_start": msg("ends before it starts"),
    "over_48_h": msg("over 48 hours"),
    "open_session": msg("session not ended"),
    "near_match": msg("nearly matches"),
    "overlap_same_partner": msg("two at one computer"),
    "overlap_same_technician": msg("one technician at two"),
    "artefact_after_purge": msg("connected after the deletion"),
    "duration_mismatch": msg("another duration"),
    "ended_without_purge": labels.DATA_NOT_DELETED,
    "record_without_session": msg("record without session"),
    "session_without_record": msg("session without record"),
    "silent_source": msg("source is silent"),
    "merged_fragments": msg("several connections of one session"),
    "nested_channel": msg("channel inside a connection"),
    "band_edge": msg("close to an edge of the price"),
}
_WHY = {
    "digits_swapped": msg("the same digits of the ID in another order"),
    "technician_unknown": msg("the technician is not known"),
    "other_month": msg("fingerprints of different months"),
    "no_remote_id": msg("no ID on one side"),
    "several_sessions": msg("fits several sessions"),
}
_ENDS = {"start": msg("beginning"), "end": msg("end")}


def sentence(finding: Finding, lang: Lang) -> str:
    """Return what a finding says beyond its kind, in figures."""
    detail = finding.detail
    told = {key: value for key, value in detail.items() if isinstance(value, int)}
    match finding.kind:
        case "duration_mismatch":
            told_of = msg(
                "ledger {ledger}, source {source}",
                ledger=Seconds(told["ledger_s"]),
                source=Seconds(told["source_s"]),
            )
        case "merged_fragments":
            told_of = msg(
                "{fragments} connections, {connected} within {span}",
                fragments=told["fragments"],
                connected=Seconds(told["sum_s"]),
                span=Seconds(told["span_s"]),
            )
        case "near_match":
            told_of = _WHY[str(detail["why"])]
        case "band_edge":
            end, moved = _ENDS[str(detail["end"])], told["moved_s"]
            told_of = msg("{end} {moved:+d} s", end=end, moved=moved)
        case "silent_source":
            told_of = msg(
                "{source}: {days} days, {connections} connections meanwhile",
                source=detail["source"],
                days=told["days"],
                connections=told["connections"],
            )
        case _:
            return ", ".join(_plain(key, value, lang) for key, value in told.items())
    return said(told_of, lang)


def _plain(key: str, value: int, lang: Lang) -> str:
    """Format a figure: seconds, an instant, or a count."""
    if key == "recorded_end_s":
        return to_second(from_epoch_seconds(value), lang)
    return str(spoken(Seconds(value), lang)) if key.endswith("_s") else str(value)
