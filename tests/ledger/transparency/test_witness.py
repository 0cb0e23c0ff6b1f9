"""Witnesses: cosignatures against another implementation, asked for over HTTP, kept, refused, published."""

from __future__ import annotations

import json
import sqlite3
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain import merkle
from ledger.errors import CosignatureBad, CosignatureKey, CosignatureKind, LedgerError
from ledger.transparency.cosignature import (
    AT_MAX,
    KIND,
    parse_witness_key,
    read_answer,
    read_kept,
    size_said,
)
from tests.ledger.transparency.tile_reader import TileReader
from tests.support.office import NOON, Office, sqlite_only
from tests.support.witness import Cosigner, Running, holds, roots_of, running, vkey_of

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "cosignatures.json").read_text(encoding="utf-8")
)["cases"]
NOON_SECONDS = 1796036400
TEXT = "ledger.example/shop\n2\n" + b64encode(bytes(32)).decode() + "\n"
OTHER = Cosigner(b"\x08" * 32, "witness.example/other")


# --- the format -----------------------------------------------------------------------------------


@pytest.mark.parametrize("case", VECTORS, ids=[case["vkey"][:20] for case in VECTORS])
def test_cosignature_of_another_implementation_is_read_and_written_alike(case: dict[str, Any]) -> None:
    key = parse_witness_key(case["vkey"])
    [found] = read_answer(case["line"].encode(), key)
    assert (str(key), found.line(), found.at) == (case["vkey"], case["line"], case["at"])
    assert found.is_over(case["text"])
    assert not found.is_over(case["text"].replace("\n", "x\n", 1))
    assert not found._replace(at=found.at + 1).is_over(case["text"])


@given(seed=st.binary(min_size=32, max_size=32), at=st.integers(1, AT_MAX), text=st.text(min_size=1))
def test_cosignature_is_kept_as_it_came(seed: bytes, at: int, text: str) -> None:
    signer = Cosigner(seed)
    note = text.encode(errors="replace").decode() + "\n"
    [found] = read_answer(signer.line(note, at).encode(), parse_witness_key(signer.vkey))
    assert found.is_over(note)
    assert holds(signer.vkey, found.line(), note) == at
    assert read_kept(found.kept()) == found


@given(place=st.integers(0, 10_000), bit=st.integers(0, 7))
def test_no_changed_bit_of_what_is_kept_is_believed(place: int, bit: int) -> None:
    signer = Cosigner(b"\x07" * 32)
    kept = f"{signer.vkey}\n{signer.line(TEXT, 5)}".encode()
    at = place % len(kept)
    changed = kept[:at] + bytes([kept[at] ^ 1 << bit]) + kept[at + 1 :]
    with suppress(CosignatureBad):
        assert not read_kept(changed).is_over(TEXT)


@given(st.binary(max_size=300))
def test_whatever_came_back_is_read_or_refused(answer: bytes) -> None:
    size_said(answer)
    with pytest.raises((CosignatureBad, CosignatureKey)):
        read_answer(answer, parse_witness_key(OTHER.vkey))


@pytest.mark.parametrize(
    ("vkey", "error"),
    [
        (vkey_of("w", 4, bytes(32)), CosignatureBad),
        (vkey_of("w", 4, b"\x01" + bytes(31)), CosignatureBad),
        (vkey_of("w", 4, bytes(31)), CosignatureBad),
        (vkey_of("w", 1, b"\x09" * 32), CosignatureKind),
        (vkey_of("w", 6, bytes(1312)), CosignatureKind),
        (vkey_of("w", 7, b"\x09" * 32), CosignatureBad),
        (OTHER.vkey.replace("other", "othor"), CosignatureBad),
        (OTHER.vkey.replace("witness", "wit ness"), CosignatureBad),
        ("", CosignatureBad),
        ("w+00000000+!", CosignatureBad),
        ("w\x1b[31m+00000000+BA==", CosignatureBad),
    ],
)
def test_key_that_is_none_for_a_witness_is_refused(vkey: str, error: type[LedgerError]) -> None:
    with pytest.raises(error):
        parse_witness_key(vkey)


def test_proof_leads_from_every_size_to_every_other_by_another_algorithm() -> None:
    """RFC 6962, section 2.1.2, read backwards."""
    leaves = [merkle.leaf_hash(bytes([n])) for n in range(40)]

    def hashes(level: int, first: int, count: int) -> list[bytes]:
        assert level == 0
        return leaves[first : first + count]

    for second in range(1, 41):
        new = merkle.root(hashes, second)
        for first in range(1, second):
            old = merkle.root(hashes, first)
            proof = merkle.consistency_proof(hashes, first, second)
            assert roots_of(first, second, proof, old) == (old, new)


# --- asked over HTTP ------------------------------------------------------------------------------


class Asked(NamedTuple):
    """A ledger, a witness that listens, and a folder for what goes between them."""

    office: Office
    witness: Running
    folder: Path

    def asks(self, *words: str) -> int:
        """Write a request and send it; the status of the answer, which lies in the file `answer`."""
        request = self.folder / "head.add-checkpoint"
        self.office.does("audit", "witness", "request", "-o", str(request), *words)
        return self.witness.asked(request, self.folder / "answer")

    def attaches(self, key: str | None = None) -> tuple[int, str]:
        answer = self.office.run(
            "audit", "witness", "attach", str(self.folder / "answer"), "--key", key or self.witness.vkey
        )
        return answer.status, answer.out + answer.err

    def answered(self, content: bytes) -> None:
        (self.folder / "answer").write_bytes(content)

    def kept(self) -> list[int]:
        told = self.office.asks("audit", "witness", "list")
        return [each["checkpoint_size"] for each in told["cosignatures"]]


@pytest.fixture
def asked(tmp_path: Path) -> Iterator[Asked]:
    office = Office(tmp_path / "ledger", now=NOON)
    vkey = office.does("audit", "key", "show").out.strip()
    with running(tmp_path / "witness", vkey, NOON_SECONDS) as witness:
        yield Asked(office, witness, tmp_path)


def _more(office: Office, code: str) -> None:
    office.does("customer", "add", code, "--name", "X")


def test_month_with_a_witness(asked: Asked) -> None:
    """Asked, cosigned, kept, published; grown, asked from there, cosigned again."""
    assert asked.asks() == 200
    status, said = asked.attaches()
    assert (
        status,
        "witness.example/w1, 2026-11-30T11:00:00Z, over the checkpoint of 2 events: kept" in said,
    ) == (
        0,
        True,
    )
    assert (asked.attaches()[0], asked.kept()) == (0, [2])
    for n in range(5):
        _more(asked.office, f"K-{n}")
    assert asked.asks() == 200
    assert (asked.attaches()[0], asked.kept()) == (0, [2, 7])
    assert (
        "7 events: 2026-11-30T11:00:00Z, witness.example/w1"
        in asked.office.does("audit", "witness", "list").out
    )
    assert asked.office.run("audit", "verify").status == 0
    assert asked.office.run("check").status == 0
    asked.office.does("audit", "publish", str(asked.folder / "www"))
    text, _, lines = (asked.folder / "www" / "checkpoint").read_text(encoding="utf-8").rpartition("\n\n")
    assert holds(asked.witness.vkey, lines.splitlines()[1], text + "\n") == NOON_SECONDS
    assert TileReader(asked.folder / "www").size == 7
    copied = asked.office.does("store", "copy", str(asked.folder / "copy"), "-f", "json").document
    assert (copied["anchors"], copied["cosignatures"]) == (0, 2)


def test_witness_that_is_elsewhere_says_where(asked: Asked) -> None:
    """409: nothing is kept, and the hint is the request that it answers."""
    assert asked.asks() == 200  # and the answer is lost
    asked.answered(b"")
    _more(asked.office, "K-1")
    assert asked.asks() == 409
    status, said = asked.attaches()
    assert (status, "E-WITNESS-SIZE" in said, "audit witness request --since 2" in said) == (1, True, True)
    assert asked.kept() == []
    assert asked.asks("--since", "2") == 200
    assert (asked.attaches()[0], asked.kept()) == (0, [3])


def test_witness_sees_a_log_that_was_rewritten(asked: Asked) -> None:
    """Another log under the same name and key: the witness refuses, and there is nothing to keep."""
    assert asked.asks() == 200
    state = next(each for each in asked.witness.folder.iterdir() if len(each.name) == 64)
    state.write_text(f"2\n{'00' * 32}\n", encoding="ascii")
    _more(asked.office, "K-1")
    assert asked.asks("--since", "2") == 422
    status, said = asked.attaches()
    assert (status, "E-COSIGNATURE-BAD" in said) == (2, True)


def test_ledger_that_is_shorter_than_what_was_cosigned_is_told_so(asked: Asked) -> None:
    refused = asked.office.run("audit", "witness", "request", "--since", "3", "-o", str(asked.folder / "r"))
    assert (refused.status, "E-WITNESS-SIZE" in refused.err) == (1, True)
    assert not (asked.folder / "r").exists()
    asked.answered(b"9\n")
    status, said = asked.attaches()
    assert (status, "audit verify" in said) == (1, True)


def test_with_two_witnesses_the_one_that_is_asked_is_named(asked: Asked) -> None:
    assert asked.asks() == 200
    asked.attaches()
    asked.answered(OTHER.line(_text(asked.office), NOON_SECONDS).encode())
    assert asked.attaches(OTHER.vkey)[0] == 0
    _more(asked.office, "K-1")
    refused = asked.office.run("audit", "witness", "request", "-o", str(asked.folder / "r"))
    assert (refused.status, "E-COSIGNATURE-KEY" in refused.err) == (1, True)
    assert asked.asks("--key", asked.witness.vkey) == 200
    assert asked.attaches()[0] == 0


def test_the_newest_word_of_each_witness_is_published(asked: Asked) -> None:
    text = _text(asked.office)
    for signer, at in [(Cosigner(b"\x07" * 32), 10), (OTHER, 20), (OTHER, 30)]:
        asked.answered(signer.line(text, at).encode())
        assert asked.attaches(signer.vkey)[0] == 0
    asked.office.does("audit", "publish", str(asked.folder / "www"))
    lines = (
        (asked.folder / "www" / "checkpoint").read_text(encoding="utf-8").rpartition("\n\n")[2].splitlines()
    )
    assert lines[1:] == [
        OTHER.line(text, 30).rstrip("\n"),
        Cosigner(b"\x07" * 32).line(text, 10).rstrip("\n"),
    ]
    assert asked.office.does("audit", "publish", str(asked.folder / "www")).out.count("written 0 files") == 1


def _text(office: Office) -> str:
    return office.does("audit", "checkpoint").out.rpartition("\n\n")[0] + "\n"


# --- what is refused ------------------------------------------------------------------------------

MINE = Cosigner(b"\x07" * 32)


def _flipped(line: str) -> str:
    head, _, encoded = line.rstrip("\n").rpartition(" ")
    blob = bytearray(b64decode(encoded))
    blob[-5] ^= 1
    return f"{head} {b64encode(blob).decode()}\n"


def _ml_dsa(_: str) -> str:
    return f"\u2014 {MINE.name} {b64encode(b'abcd' + bytes(8 + 2420)).decode()}\n"


REFUSED: dict[str, tuple[Callable[[str], str], str]] = {
    "nothing": (lambda _: "", "E-COSIGNATURE-BAD"),
    "a page": (lambda _: "<html>404</html>\n", "E-COSIGNATURE-BAD"),
    "of another log": (lambda t: MINE.line(t.replace("\n", "x\n", 1), 5), "E-COSIGNATURE-FOREIGN"),
    "of another root": (lambda _: MINE.line(TEXT, 5), "E-COSIGNATURE-FOREIGN"),
    "a bit changed": (lambda t: _flipped(MINE.line(t, 5)), "E-COSIGNATURE-FOREIGN"),
    "of another key": (lambda t: OTHER.line(t, 5), "E-COSIGNATURE-KEY"),
    "of another key of that name": (lambda t: Cosigner(b"\x09" * 32).line(t, 5), "E-COSIGNATURE-KEY"),
    "cut short": (lambda t: MINE.line(t, 5)[:-20] + "\n", "E-COSIGNATURE-BAD"),
    "without a time": (lambda t: MINE.line(t, 0), "E-COSIGNATURE-BAD"),
    "beyond all time": (lambda t: MINE.line(t, 2**63 - 1), "E-COSIGNATURE-BAD"),
    "an hour ahead": (lambda t: MINE.line(t, NOON_SECONDS + 3600), "E-COSIGNATURE-AHEAD"),
    "one of two an hour ahead": (
        lambda t: MINE.line(t, 5) + MINE.line(t, NOON_SECONDS + 3600),
        "E-COSIGNATURE-AHEAD",
    ),
    "ML-DSA alone": (_ml_dsa, "E-COSIGNATURE-KIND"),
    "seventeen": (lambda t: MINE.line(t, 5) * 17, "E-COSIGNATURE-BAD"),
}


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    return Office(tmp_path_factory.mktemp("witness") / "ledger", now=NOON)


@pytest.mark.parametrize("name", REFUSED)
def test_answer_that_does_not_hold_is_refused_and_not_kept(office: Office, tmp_path: Path, name: str) -> None:
    make, code = REFUSED[name]
    (tmp_path / "answer").write_bytes(make(_text(office)).encode())
    refused = office.run("audit", "witness", "attach", str(tmp_path / "answer"), "--key", MINE.vkey)
    assert refused.status in {1, 2}
    assert f"({code})" in refused.err
    assert office.asks("audit", "witness", "list")["cosignatures"] == []


def test_ledger_is_no_witness_of_itself(office: Office, tmp_path: Path) -> None:
    line = (office.folder / "keys" / "signing.key").read_text(encoding="ascii")
    own = Cosigner(b64decode(line.split("+", 4)[-1])[1:], "ledger.example/shop")
    (tmp_path / "answer").write_text(own.line(_text(office), 5), encoding="utf-8")
    refused = office.run("audit", "witness", "attach", str(tmp_path / "answer"), "--key", own.vkey)
    assert (refused.status, "(E-COSIGNATURE-KEY)" in refused.err) == (1, True)


def test_lines_of_others_and_windows_ends_are_no_hindrance(tmp_path: Path) -> None:
    """A whole cosigned note, as a witness shows it, in another line's company, through a mail program."""
    other = Office(tmp_path / "ledger", now=NOON)
    note = other.does("audit", "checkpoint").out
    text = _text(other)
    whole = note + OTHER.line(text, 6) + _ml_dsa("") + MINE.line(text, 5)
    (tmp_path / "answer").write_bytes(b"\xef\xbb\xbf" + whole.replace("\n", "\r\n").encode())
    other.does("audit", "witness", "attach", str(tmp_path / "answer"), "--key", MINE.vkey)
    assert [each["vkey"] for each in other.asks("audit", "witness", "list")["cosignatures"]] == [MINE.vkey]


# --- what is kept is looked at again --------------------------------------------------------------


@sqlite_only
@pytest.mark.parametrize(
    ("token", "name"),
    [
        (b"nothing", "cosignature-damaged"),
        (f"{MINE.vkey}\n{MINE.line(TEXT, 5)}".encode(), "cosignature-foreign"),
        (f"{vkey_of('w', 4, bytes(32))}\n{MINE.line(TEXT, 5)}".encode(), "cosignature-damaged"),
    ],
)
def test_what_is_wrong_with_a_kept_one_is_found(tmp_path: Path, token: bytes, name: str) -> None:
    wrong = Office(tmp_path / "ledger", now=NOON)
    wrong.does("audit", "checkpoint")
    with closing(sqlite3.connect(wrong.folder / "events.db", isolation_level=None)) as database:
        database.execute("INSERT INTO anchor VALUES (2, ?, ?)", (KIND, token))
    for words in (["audit", "verify"], ["check"], ["audit", "witness", "list"]):
        answer = wrong.run(*words)
        assert (answer.status, f"{name}: " in answer.out) == (3, True), words
    visited = wrong.run(
        "audit", "visit", str(tmp_path / "visit"), "--period", "2026-11", "--nonce", "heron", "-f", "json"
    )
    assert (visited.status, [each["name"] for each in visited.document["findings"]]) == (3, [name])


def test_visit_names_witnesses(asked: Asked) -> None:
    asked.asks()
    asked.attaches()
    words = ("--period", "2026-11", "--nonce", "heron")
    told = asked.office.asks("audit", "visit", str(asked.folder / "visit"), *words)
    assert told["signatures"]["cosignatures"] == [
        {"size": 2, "at": "2026-11-30T11:00:00Z", "vkey": asked.witness.vkey}
    ]
    assert told["findings"] == []
