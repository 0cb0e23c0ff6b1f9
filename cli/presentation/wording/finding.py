"""Findings of the reconciliation in two languages."""

from __future__ import annotations

from cli.presentation.moments import to_second
from cli.presentation.text import Lang, Text
from ledger.domain.clock import from_epoch_seconds
from ledger.domain.reconciliation.finding import Finding, Kind

KINDS: dict[Kind, Text] = {
    "end_before_start": Text("koniec przed początkiem", "ends before it starts"),
    "over_48_h": Text("ponad 48 godzin", "over 48 hours"),
    "open_session": Text("sesja nie jest zakończona", "session not ended"),
    "near_match": Text("prawie pasuje", "nearly matches"),
    "overlap_same_partner": Text("dwa połączenia z jednym komputerem", "two at one computer"),
    "overlap_same_technician": Text("jeden technik w dwóch miejscach", "one technician at two"),
    "artefact_after_purge": Text("połączenie po usunięciu danych", "connected after the deletion"),
    "duration_mismatch": Text("inny czas trwania", "another duration"),
    "ended_without_purge": Text("dane nie są usunięte", "data not deleted"),
    "record_without_session": Text("zapis bez sesji", "record without session"),
    "session_without_record": Text("sesja bez zapisu", "session without record"),
    "silent_source": Text("źródło milczy", "source is silent"),
    "merged_fragments": Text("kilka połączeń jednej sesji", "several connections of one session"),
    "nested_channel": Text("kanał wewnątrz połączenia", "channel inside a connection"),
    "band_edge": Text("tuż przy granicy ceny", "close to an edge of the price"),
}
_WHY = {
    "digits_swapped": Text(
        "te same cyfry ID w innej kolejności", "the same digits of the ID in another order"
    ),
    "technician_unknown": Text("nieznany technik", "the technician is not known"),
    "other_month": Text("odciski z różnych miesięcy", "fingerprints of different months"),
    "no_remote_id": Text("brak ID po jednej stronie", "no ID on one side"),
    "several_sessions": Text("pasuje do kilku sesji", "fits several sessions"),
}
_ENDS = {"start": Text("początek", "beginning"), "end": Text("koniec", "end")}


def sentence(finding: Finding, lang: Lang) -> str:
    """Return what a finding says beyond its kind, in figures."""
    detail = finding.detail
    told = {key: value for key, value in detail.items() if isinstance(value, int)}
    match finding.kind:
        case "duration_mismatch":
            said = Text(
                f"księga {told['ledger_s']} s, źródło {told['source_s']} s",
                f"ledger {told['ledger_s']} s, source {told['source_s']} s",
            )
        case "merged_fragments":
            said = Text(
                f"{told['fragments']} połączenia, razem {told['sum_s']} s w {told['span_s']} s",
                f"{told['fragments']} connections, {told['sum_s']} s within {told['span_s']} s",
            )
        case "near_match":
            said = _WHY[str(detail["why"])]
        case "band_edge":
            end, moved = _ENDS[str(detail["end"])], told["moved_s"]
            said = Text(f"{end.pl} o {moved:+d} s", f"{end.en} {moved:+d} s")
        case "silent_source":
            said = Text(
                f"{detail['source']}: {told['days']} dni, połączeń w tym czasie: {told['connections']}",
                f"{detail['source']}: {told['days']} days, {told['connections']} connections meanwhile",
            )
        case _:
            return ", ".join(_plain(key, value) for key, value in told.items())
    return said.said(lang)


def _plain(key: str, value: int) -> str:
    """Format a figure: seconds, an instant, or a count."""
    if key == "recorded_end_s":
        return to_second(from_epoch_seconds(value))
    return f"{value} s" if key.endswith("_s") else str(value)
