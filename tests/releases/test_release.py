"""A ledger that the release of 2026-11-26 made: derived, printed, proven and repeated as by that release.

`make_release.py` tells how it was made, `keeping.py` what is asked of it. What differs here is a change of
something that is stored, or of what a report or a document says.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.releases.keeping import (
    BUNDLE,
    EXPECTED,
    REPEATED,
    Asked,
    bundle_verdict,
    count_events,
    kept,
    outcome,
    registered_topics,
    repeats,
    rows_digests,
    stored_topics,
)
from tests.support.office import Office, sqlite_only

pytestmark = sqlite_only
LATER_TOPICS: set[str] = {
    "bank.statement_imported:1",
    "bank.transfer_assigned:1",
    "bank.transfer_data_erased:1",
    "bank.transfer_returned:1",
    "bank.transfer_seen:1",
    "bank.transfer_set_aside:1",
    "bank.transfer_unassigned:1",
    "customer.computer_learned:1",
    "invoice.payment_reversed:1",
    "ledger.ksef_outage_began:1",
    "ledger.ksef_outage_ended:1",
    "ledger.ksef_outage_withdrawn:1",
    "ledger.places_changed:1",
    "record.computer_known:1",
    "session.artefact_withdrawn:1",
    "session.voided:1",
    "session.workspace_made:1",
    "tariff.bands_named:1",
}
"""Topics that came after this release."""


def expected(name: str) -> list[dict[str, Any]]:
    """What the release answered."""
    found: list[dict[str, Any]] = json.loads((EXPECTED / name).read_text(encoding="utf-8"))
    return found


def noun_of(args: list[str]) -> str:
    """The command of a command line, without its options."""
    words = args[2:] if args[0] == "--lang" else args
    return " ".join(words[: 1 if words[0] in {"check", "status", "quote"} else 2])


ANSWERS: dict[str, list[dict[str, Any]]] = {}
for _each in expected("answers.json"):
    ANSWERS.setdefault(noun_of(_each["args"]), []).append(_each)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """The ledger of the release, to be read."""
    with kept(tmp_path_factory.mktemp("release") / "kept") as restored:
        yield restored


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Office]:
    """A copy of its own."""
    with kept(tmp_path / "kept") as restored:
        yield restored


def test_every_topic_of_the_release_is_in_its_ledger(office: Office) -> None:
    assert stored_topics(office.folder / "events.db") == registered_topics() - LATER_TOPICS


def test_rows_derived_again_are_those_of_the_release(own: Office) -> None:
    for words in (("replay",), ("replay", "sessions"), ("replay", "billing"), ("replay", "deletions")):
        own.does(*words)
        assert rows_digests(own) == expected("rows.json"), words


CHANGED = {tuple(each["args"]): each for each in expected("changed.json")}
"""What is meant to be another answer by now: more columns, Polish words, papers for their readers."""


@pytest.mark.parametrize("noun", ANSWERS)
def test_answers_are_those_of_the_release(office: Office, noun: str) -> None:
    """Given the ledger, when a report or a document is asked for, then it is the same, byte for byte."""
    differing: list[list[str]] = []
    for want in ANSWERS[noun]:
        wanted = CHANGED.get(tuple(want["args"]), want)
        found, answer = outcome(office, Asked(tuple(want["args"]), want.get("writes")))
        if "text" in wanted:
            text = (EXPECTED / "texts" / want["text"]).read_bytes().decode()
            assert answer.out == text, want["args"]
        if found != {key: value for key, value in wanted.items() if key != "text"}:
            differing.append(want["args"])
    assert differing == []


@pytest.mark.parametrize("args", [args for args in CHANGED if args[-2:] == ("-f", "json")], ids=" ".join)
def test_json_has_grown_and_says_what_it_said(office: Office, args: tuple[str, ...]) -> None:
    """Given a script of that time, when it reads JSON of today, then every key has its value."""
    before: dict[str, Any] = json.loads((EXPECTED / "texts" / f"{Asked(args).name}.json").read_bytes())
    lost = set(_lost(before, office.run(*args).document, ""))
    assert lost <= RECKONED_OTHERWISE.get(noun_of([*args]), set())


RECKONED_OTHERWISE = {"report receivables": {".invoices[].days_overdue"}}
"""Days overdue are counted to today, no more to the last event."""


def _lost(before: Any, now: Any, place: str) -> Iterator[str]:  # noqa: ANN401 - parsed JSON
    """The places whose value is another one, or gone."""
    kinds = f"{type(before).__name__} {type(now).__name__}"
    if kinds == "dict dict":
        for key, value in before.items():
            yield from _lost(value, now.get(key), f"{place}.{key}")
    elif kinds == "list list" and len(before) == len(now):
        for value, other in zip(before, now, strict=True):
            yield from _lost(value, other, f"{place}[]")
    elif before != now:
        yield place


def test_the_exported_bundle_is_accepted_by_its_own_verifier(own: Office) -> None:
    events = count_events(own)
    own.does("audit", "export", BUNDLE)
    vkey = own.does("audit", "key", "show").out.strip()
    status, said = bundle_verdict(Path(BUNDLE), vkey)
    assert (status, count_events(own)) == (0, events), said


def test_a_command_repeated_under_its_id_is_recognised(own: Office) -> None:
    """Given all commands of the shop, when each comes again, then its answer is the same, nothing is added.

    An import looks at its rows, not at its id: it finds all of them there, and does not say that it is a
    repeat.
    """
    found: list[dict[str, Any]] = [
        {
            "args": words,
            "exit": answer.status,
            "out": answer.out,
            "added": added,
            "marked": REPEATED in answer.err,
        }
        for words, answer, added in repeats(own)
    ]
    wanted = expected("repeats.json")
    assert [each["args"] for each in found] == [each["args"] for each in wanted]
    differing = [(have, want) for have, want in zip(found, wanted, strict=True) if have != want]
    assert differing == []
    assert {each["added"] for each in found} == {0}
    assert {noun_of(each["args"]) for each in found if not each["marked"]} == {
        "customer import",
        "purchase import",
        "session import",
    }
    own.does("check")


def test_the_ledger_goes_on(own: Office) -> None:
    """Given the ledger, when help is given, deleted, billed and corrected, then everything holds."""
    events, began, ended = count_events(own), "2027-01-05T10:00:00+01:00", "2027-01-05T10:50:00+01:00"
    request = ("--customer", "K-2", "--issue", "other", "--contact", "p. Sześć", "--at", began)
    session = str(own.asks("session", "request", *request)["session"])
    own.does("session", "accept", session, "--how", "phone", "--at", began)
    own.does("session", "connect", session, "--at", began)
    own.does("session", "end", session, "--at", ended)
    own.does("session", "note", session, "--summary", "przeinstalowano sterownik")
    own.does("session", "purge", session, "--declare", "--yes")
    own.does("config", "set", "ksef.mode=online")
    issued = own.asks("invoice", "issue", "--session", session, "--yes")
    own.does("session", "waive", "A-1", "--percent", "50", "--reason", "goodwill")
    own.does("invoice", "correct", "FV/2026/11/0002", "--reason", "goodwill", "--yes")
    assert issued["number"] == "FV/2027/01/0001"
    assert count_events(own) > events
    assert own.run("check", "overlaps").out == ""  # another of K-2 is open still, and may have ended before
    own.does("session", "confirm", session, "--reason", "checked: two computers")
    assert own.does("check").out == ""
    assert own.asks("audit", "verify", "--since", "inputs/head.note")["checkpoint"] == "ok"
