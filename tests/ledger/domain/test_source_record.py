"""What the events of a record of a connection add up to."""

from __future__ import annotations

from uuid import UUID

import pytest

from ledger.domain import events as e
from ledger.domain.source_record import RECORD_FACTS, Record, computer_of, evolve, project
from tests.support.given import ANNA, STREAM, minutes

SESSION = UUID("01890a5d-ac96-774b-bcce-b302099a8058")


def observed(ended: int | None = 40, commitment: str | None = "c1") -> e.SourceSessionObserved:
    return e.SourceSessionObserved(
        **ANNA.header(minutes(60)),
        adapter="generic-csv",
        instance="main",
        key="k1",
        kind="remote_control",
        times=times(ended),
        content="a",
        technician="anna",
        marks=("m", "s"),
        commitment=commitment,
    )


def times(ended: int | None) -> e.RecordTimes:
    return e.RecordTimes(started_at=minutes(0), ended_at=None if ended is None else minutes(ended))


def amended(commitment: str | None = None) -> e.SourceSessionAmended:
    return e.SourceSessionAmended(
        **ANNA.header(minutes(90)),
        kind="file_transfer",
        times=times(41),
        content="b",
        technician="marek",
        marks=("m2", "s2"),
        duration_s=2_460,
        commitment=commitment,
    )


def matched() -> e.SourceSessionMatched:
    return e.SourceSessionMatched(**ANNA.header(minutes(95)), session=SESSION)


def dismissed() -> e.SourceSessionDismissed:
    return e.SourceSessionDismissed(**ANNA.header(minutes(96)), reason="checked")


def erased() -> e.RecordDataErased:
    return e.RecordDataErased(**ANNA.header(minutes(99)))


def computer_known() -> e.RecordComputerKnown:
    return e.RecordComputerKnown(**ANNA.header(minutes(97)), customer="K-1")


def record(*facts: e.Event) -> Record:
    state: Record | None = None
    for event in facts:
        state = evolve(state, STREAM, event)
    assert state is not None
    return state


def test_a_record_is_what_its_source_first_said() -> None:
    """Given an observation, then the record says the same and is unmatched."""
    seen = record(observed())
    assert (seen.key, seen.kind, seen.technician, seen.marks) == ("k1", "remote_control", "anna", ("m", "s"))
    assert (seen.times, seen.content, seen.commitment) == (times(40), "a", "c1")
    assert (seen.state, seen.version, seen.amendments, seen.words_version) == ("unmatched", 1, 0, 1)


def test_an_amendment_replaces_all_but_words_it_does_not_repeat() -> None:
    """Given words of the first event, when an amendment has none, then those stand; else its own."""
    once = record(observed(), amended())
    assert (once.kind, once.times, once.content, once.technician) == (
        "file_transfer",
        times(41),
        "b",
        "marek",
    )
    assert (once.marks, once.duration_s) == (("m2", "s2"), 2_460)
    assert (once.commitment, once.words_version, once.amendments) == ("c1", 1, 1)
    twice = record(observed(), amended(), amended("c3"))
    assert (twice.commitment, twice.words_version, twice.amendments, twice.version) == ("c3", 3, 2, 3)


def test_the_last_word_of_people_stands() -> None:
    """Given a match and a dismissal, then the later one counts and the earlier one is gone."""
    assert record(observed(), matched()).state == "matched"
    assert record(observed(), matched()).session == SESSION
    after = record(observed(), matched(), dismissed())
    assert (after.state, after.session, after.dismissed) == ("dismissed", None, "checked")
    back = record(observed(), dismissed(), matched())
    assert (back.state, back.session, back.dismissed) == ("matched", SESSION, None)


def test_an_amendment_takes_back_no_match() -> None:
    """Given a matched record, when its source says something else, then it stays matched."""
    assert record(observed(), matched(), amended()).state == "matched"


def test_erased_words_are_erased_until_the_source_says_them_again() -> None:
    """Given an erasure, then the words are gone; words said later are others."""
    assert record(observed(), erased()).words_erased
    assert not record(observed(), erased(), amended("c3")).words_erased
    assert record(observed(), erased(), amended()).words_erased


def test_the_projector_reads_a_stream_and_knows_every_fact_of_it() -> None:
    """Given the events of a stream, then the projector gives the record; of none, none."""
    facts = [observed(), amended(), matched(), dismissed(), computer_known(), erased()]
    events = [e.RecordedEvent(STREAM, number, event) for number, event in enumerate(facts, start=1)]
    assert project(None, events) == record(*facts)
    assert project(None, []) is None
    assert {type(event) for event in facts} == set(RECORD_FACTS)


def test_known_computer_outlasts_an_amendment() -> None:
    """Given a record of a customer's computer, when its source says another end, then it is still theirs."""
    assert record(observed(), computer_known(), amended()).customer == "K-1"


@pytest.mark.parametrize(
    ("adapter", "instance", "words", "name"),
    [
        ("meshcentral", "main", {"computer": "node//Kx1"}, "node//kx1"),
        ("guacamole", "main", {"computer": " Kasa  1 ", "address": "192.0.2.7"}, "kasa 1"),
        ("generic-csv", "main", {"partner": "PC-BIURO"}, "pc-biuro"),
        ("vnc-log", "kasa-1", {"address": "192.0.2.7"}, "kasa-1"),
        ("vnc-log", "main", {"address": "192.0.2.7"}, None),
        ("meshcentral", "main", {"computer": " "}, None),
        ("meshcentral", "main", {}, None),
    ],
)
def test_computer_is_named_by_the_source_or_by_where_its_log_lies(
    adapter: str, instance: str, words: dict[str, str], name: str | None
) -> None:
    assert computer_of(adapter, instance, words) == name
