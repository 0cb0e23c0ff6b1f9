"""An inspector comes twice, a month apart: what the paper says of an honest ledger and of six others."""

from __future__ import annotations

from base64 import b64decode
from hashlib import sha256
from pathlib import Path

import pytest

from ledger.domain.merkle import is_consistent
from ledger.transparency.checkpoint import parse_checkpoint
from tests.ledger.transparency.verifiers import Verdict, by_python
from tests.support import visits
from tests.support.office import ON_POSTGRES, Office
from tests.support.purges import everything
from tests.support.tampering import change
from tests.support.visits import DEEDS, WORD, Visited, looked

pytestmark = pytest.mark.skipif(ON_POSTGRES, reason="lays hands on the files of SQLite")
CONTINUED = "The history begins with all {size} events of the checkpoint that was brought along"
NOT_CONTINUED = "The history is NO continuation of the checkpoint of"
NOTHING = "Nothing was found."
EXPECTED = {
    "a session removed": (False, {"log-forked"}, NOT_CONTINUED),
    "a deletion back-dated": (False, {"log-forked"}, NOT_CONTINUED),
    "a checkpoint swapped": (True, {"checkpoint-signature", "log-forked"}, CONTINUED),
    "an invoice issued again": (False, {"log-forked"}, NOT_CONTINUED),
    "a vault row kept": (True, {"vault-not-erased"}, CONTINUED),
    "the log cut": (False, {"log-shrunk"}, NOT_CONTINUED),
}
"""Whether the log goes on from the note, what is found at least, and the paper's sentence."""


@pytest.fixture
def visited(tmp_path: Path) -> Visited:
    """The ledger at the end of December."""
    return visits.copied(tmp_path / "shop")


def test_first_visit_takes_the_checkpoint_along_and_says_what_it_could_not_look_at(
    visited: Visited, tmp_path: Path
) -> None:
    office, target = visited.office, tmp_path / "first"
    answer = office.run("audit", "visit", str(target), "--period", "2026-11", "--nonce", WORD, "-f", "json")
    assert (answer.status, answer.document["since"], answer.document["result"]) == (0, None, "nothing-found")
    paper = visits.words_of(target / "visit.pdf")
    assert NOTHING in paper
    assert "No checkpoint of an earlier visit was brought along" in paper
    assert office.does("audit", "verify", "--since", str(target / "head.note"))


def test_honest_ledger_of_the_second_visit(visited: Visited, tmp_path: Path) -> None:
    found = looked(visited, tmp_path / "visit")
    told = found.told
    assert (found.answer.status, found.names, told["since"]["continued"]) == (0, set(), True)
    assert CONTINUED.format(size=told["since"]["size"]) in found.paper
    assert NOTHING in found.paper
    assert told["deletions"]["summary"]["ended"] == 3
    assert [(each["session"], each["until"]) for each in told["holds"]] == [(6, "2027-03-01")]
    assert [(each["customer"], each["outcome"]) for each in told["requests"]] == [("K-2", None)]
    assert len(told["sample"]["sessions"]) == told["sample"]["population"] == 3


def test_deletion_declared_for_an_earlier_moment_is_marked_on_the_paper(
    visited: Visited, tmp_path: Path
) -> None:
    """Nothing was forged: the ledger itself tells that the word came later than the moment it names."""
    found = looked(visited, tmp_path / "visit")
    sessions = {each["session"]: each for each in found.told["deletions"]["sessions"]}
    assert (sessions[5]["marks"], sessions[5]["recorded_at"]) == (["back_dated"], "2026-12-15T17:00:00Z")
    assert "declared later than the moment it names" in found.paper


@pytest.mark.parametrize("deed", DEEDS)
def test_what_the_paper_says_of_a_ledger_that_somebody_laid_hands_on(
    visited: Visited, tmp_path: Path, deed: str
) -> None:
    is_continued, names, sentence = EXPECTED[deed]
    DEEDS[deed](visited)
    found = looked(visited, tmp_path / "visit")
    since = found.told["since"]
    assert (found.answer.status, since["continued"], found.told["result"]) == (3, is_continued, "found")
    assert names <= found.names
    assert sentence.format(size=since["size"]) in found.paper
    assert NOTHING not in found.paper
    for each in found.told["findings"]:
        assert each["name"] in found.paper


@pytest.mark.parametrize(
    "deed", ["a session removed", "a deletion back-dated", "an invoice issued again", "the log cut"]
)
def test_without_the_note_the_owner_of_the_key_passes(visited: Visited, tmp_path: Path, deed: str) -> None:
    """Which is why the paper asks for the note, and names what it cannot show."""
    DEEDS[deed](visited)
    answer = visited.office.run(
        "audit", "visit", str(tmp_path / "v"), "--period", "2026-12", "--nonce", WORD, "-f", "json"
    )
    names = {each["name"] for each in answer.document["findings"]}
    assert not names & {"log-forked", "log-shrunk", "checkpoint-signature"}


def test_visit_records_nothing_and_gives_the_same_bytes_again(visited: Visited, tmp_path: Path) -> None:
    visited.office.does("session", "note", "1", "--summary", "after the checkpoint")
    events = visited.office.events()
    before = everything(visited.folder)
    first = looked(visited, tmp_path / "one")
    looked(visited, tmp_path / "two")
    assert everything(visited.folder) == before
    assert (visited.office.events(), first.told["log"]["unsigned"]) == (events, 1)
    assert everything(tmp_path / "one") == everything(tmp_path / "two")
    assert "1 event was recorded after the checkpoint of this visit" in first.paper


def test_sample_is_the_one_that_audit_sample_draws(visited: Visited, tmp_path: Path) -> None:
    found = looked(visited, tmp_path / "visit", "--size", "2")
    drawn = visited.office.does(
        "audit", "sample", "--period", "2026-12", "--size", "2", "--nonce", WORD, "-f", "json"
    ).document
    told = found.told["sample"]
    assert [each["session"] for each in told["sessions"]] == drawn["sessions"]
    assert [told[key] for key in ("sample", "tree_size", "root", "population")] == [
        drawn[key] for key in ("sample", "tree_size", "root", "population")
    ]


def test_folder_is_checked_without_the_program(visited: Visited, tmp_path: Path) -> None:
    target = tmp_path / "visit"
    found = looked(visited, target)
    since = ("--vkey", visited.vkey, "--since", str(target / "since.note"))
    assert by_python(target / "bundle", *since) == Verdict("pass", ())
    lines = (target / "MANIFEST.sha256").read_text(encoding="ascii").splitlines()
    listed = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    assert {"visit.pdf", "visit.json", "head.note", "bundle/MANIFEST.sha256"} <= set(listed)
    assert all(sha256((target / name).read_bytes()).hexdigest() == listed[name] for name in listed)
    for each in found.told["sample"]["sessions"]:
        assert each["proof"] in listed


def test_proof_between_both_checkpoints_holds_by_itself(visited: Visited, tmp_path: Path) -> None:
    """Whoever has the two notes needs no entry of the log."""
    target = tmp_path / "visit"
    looked(visited, target)
    old, head = (parse_checkpoint((target / name).read_text("utf-8")) for name in ("since.note", "head.note"))
    first, *lines = (target / "consistency.txt").read_text("utf-8").split("\n")
    hashes, note = lines[: lines.index("")], "\n".join(lines[lines.index("") + 1 :])
    assert (first, note) == (f"old {old.size}", head.note)
    assert is_consistent(old.size, head.size, [b64decode(each) for each in hashes], old.root, head.root)


def test_another_word_draws_other_sessions(visited: Visited, tmp_path: Path) -> None:
    answers = [
        visited.office.run(
            "audit",
            "visit",
            str(tmp_path / word),
            "--period",
            "2026",
            "--size",
            "2",
            "--nonce",
            word,
            "-f",
            "json",
        ).document["sample"]
        for word in ("heron", "stork", "crane")
    ]
    assert len({tuple(each["session"] for each in answer["sessions"]) for answer in answers}) > 1


def test_without_a_key_the_paper_says_that_no_signature_was_looked_at(
    visited: Visited, tmp_path: Path
) -> None:
    (visited.folder / "keys" / "signing.key").unlink()
    words = ("--period", "2026-12", "--nonce", WORD, "--since", str(visited.note), "-f", "json")
    answer = visited.office.run("audit", "visit", str(tmp_path / "visit"), *words)
    assert (answer.status, answer.document["log"]["checkpoint"]) == (0, "unchecked")
    paper = visits.words_of(tmp_path / "visit" / "visit.pdf")
    assert "Nothing was found, but there was no key to check with" in paper
    assert "every checkpoint is signed" not in paper
    given = visited.office.run("audit", "visit", str(tmp_path / "given"), *words, "--vkey", visited.vkey)
    assert (given.status, given.document["log"]["checkpoint"]) == (0, "ok")


def test_log_that_was_never_signed_is_found(tmp_path: Path) -> None:
    office = Office(tmp_path / "ledger")
    answer = office.run(
        "audit", "visit", str(tmp_path / "visit"), "--period", "2026-11", "--nonce", WORD, "-f", "json"
    )
    assert [each["name"] for each in answer.document["findings"]] == ["checkpoint-none"]
    assert (answer.status, answer.document["log"]["head"], answer.document["sample"]) == (3, None, None)
    assert "No signed checkpoint is over this log as it is" in visits.words_of(
        tmp_path / "visit" / "visit.pdf"
    )


def test_folder_inside_the_ledger_is_refused(visited: Visited) -> None:
    target = visited.folder / "visit"
    answer = visited.office.run("audit", "visit", str(target), "--period", "2026-12", "--nonce", WORD)
    assert (answer.status, "E-BUNDLE-TARGET" in answer.err, target.exists()) == (1, True, False)


DAMAGES = {
    "the first event of a session": "DELETE FROM events WHERE topic LIKE 'session.req%' AND leaf_index < 20",
    "every deletion": "DELETE FROM events WHERE topic LIKE 'session.data_purged%'",
    "what a deletion says": "UPDATE events SET state = CAST('{' AS BLOB) WHERE topic LIKE 'session.data_p%'",
    "the kind of an event": "UPDATE events SET topic = 'session.x:1' WHERE topic LIKE 'session.data_purged%'",
    "the customers": "DELETE FROM events WHERE topic LIKE 'customer.%'",
    "the price list": "DELETE FROM events WHERE topic LIKE 'tariff.%'",
    "the numbers of the sessions": "DELETE FROM reference WHERE kind = 'session'",
    "the ledger's own name": "DELETE FROM events WHERE leaf_index = 0",
}


@pytest.mark.parametrize("renumbered", [(), visits.RENUMBERED], ids=["as it is", "hashed anew"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_whatever_is_damaged_is_found_and_told(
    visited: Visited, tmp_path: Path, damage: str, renumbered: tuple[str, ...]
) -> None:
    change(visited.folder / "events.db", DAMAGES[damage], *renumbered, careful=bool(renumbered))
    words = ("--period", "2026-12", "--nonce", WORD, "--since", str(visited.note), "-f", "json")
    answer = visited.office.run("audit", "visit", str(tmp_path / "visit"), *words)
    assert (answer.status, answer.document["result"]) == (3, "found"), answer.err
    assert answer.document["findings"]
