"""What is signed and still wrong: each check stands alone where the root cannot tell."""

from __future__ import annotations

import json
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ledger.transparency.bundles import NAME, Signer, line, root, write
from tests.ledger.transparency.damages import seal
from tests.ledger.transparency.verifiers import (
    SOURCE,
    Verdict,
    by_browser,
    by_python,
    module,
    run_alone,
    told,
)
from tests.support.chromium import NEEDS_BROWSER, Page

FACT = '{"at":"2026-11-16T17:00:00Z","by":"anna"}'
REQUESTED, ENDED, PURGED = "session.requested:1", "session.ended:1", "session.data_purged:2"
ROTATED, OTHER, OPENED = "ledger.signing_key_rotated:1", "other.happened:1", "ledger.opened:1"
GOOD = (
    line(0, 0, 1, OTHER, FACT),
    line(1, 1, 1, REQUESTED, FACT),
    line(2, 1, 2, ENDED, FACT),
    line(3, 2, 1, REQUESTED, FACT),
    line(4, 1, 3, PURGED, FACT),
)
WHOLE = {"session-1": [1, 2, 4], "session-2": [3]}
OLD, NEW = Signer(1), Signer(2)
PASS = Verdict("pass", ())


def failed(*codes: str) -> Verdict:
    return Verdict("fail", codes)


def rotation(signed_by_new: Signer = NEW) -> bytes:
    message = f"{OLD.vkey}\n{NEW.vkey}\n"
    fact = {"from_vkey": OLD.vkey, "to_vkey": NEW.vkey}
    fact |= {"signed_by_old": OLD.signature(message), "signed_by_new": signed_by_new.signature(message)}
    return line(5, 0, 2, ROTATED, json.dumps(fact))


Writer = Callable[[Path], Path]


def of(
    leaves: Sequence[bytes],
    *,
    keys: Sequence[Signer] = (OLD,),
    signer: Signer | None = None,
    proof_files: Mapping[str, Sequence[int]] | None = None,
) -> Writer:
    """A writer of a bundle of these."""

    def put(folder: Path) -> Path:
        return write(folder, leaves, keys=keys, signer=signer, proof_files=proof_files)

    return put


def ends_with(kind: str, data: str) -> Writer:
    """The good entries and one more."""
    return of([*GOOD, line(5, 0, 2, kind, data)])


def says(kind: str, data: str, *more: bytes) -> Writer:
    """The good entries, the last of session 1 saying something else."""
    return of([*GOOD[:4], line(4, 1, 3, kind, data), *more])


def spoken(**more: object) -> str:
    """What an event says, and more."""
    return json.dumps({"at": "2026-11-16T17:00:00Z", "by": "anna", **more}, separators=(",", ":"))


class Weak(Signer):
    """A key of small order: one signature fits every text, though nobody has a secret."""

    def __init__(self) -> None:
        super().__init__(1)
        key = b"\x01" + (1).to_bytes(32, "little")
        self._id = sha256(NAME.encode() + b"\n" + key).digest()[:4]
        self.vkey = f"{NAME}+{self._id.hex()}+{b64encode(key).decode()}"


def twice_listed(folder: Path) -> Path:
    """A file that the list names twice, once with a wrong hash."""
    write(folder, GOOD)
    listed = (folder / "MANIFEST.sha256").read_text(encoding="utf-8")
    (folder / "MANIFEST.sha256").write_text(f"{'0' * 64}  vkey\n{listed}", encoding="utf-8", newline="\n")
    return folder


def without(pattern: str) -> Writer:
    """A bundle from which files are taken away, with their lines of the list."""

    def put(folder: Path) -> Path:
        write(folder, GOOD, proof_files=WHOLE)
        for file in list(folder.glob(pattern)):
            file.unlink()
        seal(folder)
        return folder

    return put


def promising(contents: str) -> Writer:
    """A bundle that says something else of what belongs to it."""

    def put(folder: Path) -> Path:
        return write(folder, GOOD, proof_files=WHOLE, promised=contents)

    return put


def certified(**more: object) -> Writer:
    """The good entries and a certificate."""
    return of([*GOOD, line(5, 1, 4, "session.certificate_issued:1", spoken(**more))])


DEEP = '{"at":"2026-11-16T17:00:00Z","by":"anna","more":' + "[" * 2000 + "]" * 2000 + "}"
FIVE = b64encode(root(GOOD)).decode()


class Case(NamedTuple):
    """A bundle, and what both verifiers must say of it."""

    write: Writer
    expected: Verdict


CASES: dict[str, Case] = {
    "nothing wrong": Case(of(GOOD, proof_files=WHOLE), PASS),
    "no event at all": Case(of([]), PASS),
    "one event": Case(of(GOOD[:1]), PASS),
    "a rotation": Case(of([*GOOD, rotation()], keys=(OLD, NEW)), PASS),
    "a rotation the new key did not sign": Case(of([*GOOD, rotation(OLD)], keys=(OLD, NEW)), failed("keys")),
    "the old key after the rotation": Case(
        of([*GOOD, rotation()], keys=(OLD, NEW), signer=OLD), failed("signature")
    ),
    "keys in another order": Case(of([*GOOD, rotation()], keys=(NEW, OLD)), failed("keys")),
    "a rotation that names half a character": Case(
        ends_with(ROTATED, '{"from_vkey":"\\ud800+x","to_vkey":"\\udfff"}'), failed("keys")
    ),
    "a key after the payload": Case(ends_with(OTHER, '{"a":1},"index":{}'), failed("entries")),
    "a payload twice": Case(ends_with(OTHER, '{"a":1},"data":{"b":2}'), failed("entries")),
    "a payload that is no JSON": Case(says(PURGED, "{nonsense}"), failed("entries")),
    "a payload with Python's own number": Case(ends_with(OTHER, '{"a":NaN}'), failed("entries")),
    "a number of five thousand digits": Case(ends_with(OTHER, '{"a":' + "9" * 5000 + "}"), PASS),
    "an index left out": Case(of([line(1, 0, 1, OTHER, FACT)]), failed("entries")),
    "a version left out": Case(of([line(0, 0, 2, OTHER, FACT)]), failed("entries")),
    "a moment before the last": Case(of([GOOD[0], GOOD[1].replace(b"2026", b"2025", 1)]), failed("entries")),
    "a session's proofs under another's name": Case(
        of(GOOD, proof_files={"session-1": [3], "session-2": [1, 2, 4]}), failed("proof")
    ),
    "a proof left out": Case(of(GOOD, proof_files={"session-1": [1, 4]}), failed("proof")),
    "proofs in another order": Case(of(GOOD, proof_files={"session-1": [2, 1, 4]}), failed("proof")),
    "proofs of a session that is not": Case(of(GOOD, proof_files={"session-3": [0]}), failed("proof")),
    "proofs of no session": Case(of(GOOD, proof_files={"other": [0]}), failed("contents", "proof")),
    # what no root can tell
    "recorded in the thirteenth month": Case(
        of([*GOOD[:4], GOOD[4].replace(b"2026-11-16T17:00:04", b"2026-13-45T25:61:61")]), failed("instant")
    ),
    "recorded on a day that is in no year": Case(
        of([*GOOD[:4], GOOD[4].replace(b"2026-11-16", b"2027-02-29")]), failed("instant")
    ),
    "recorded on a leap day": Case(of([*GOOD[:4], GOOD[4].replace(b"2026-11-16", b"2028-02-29")]), PASS),
    "a deletion on the thirtieth of February": Case(
        says(PURGED, spoken(at="2026-02-30T10:00:00Z")), failed("instant")
    ),
    "a deletion at an hour that is none": Case(
        says(PURGED, spoken(at="2026-11-16T24:00:00Z")), failed("instant")
    ),
    "a deletion without an instant": Case(says(PURGED, '{"by":"anna"}'), failed("instant")),
    "a deletion before computers": Case(says(PURGED, spoken(at="1969-12-31T23:59:59Z")), failed("instant")),
    "an end corrected to no instant": Case(
        says("session.corrected:1", spoken(ended_at="soon")), failed("instant")
    ),
    "an instant with an offset": Case(says(PURGED, spoken(at="2026-11-16T18:00:00.5+01:00")), PASS),
    "a deletion by nobody": Case(says(PURGED, '{"at":"2026-11-16T17:00:00Z"}'), failed("value")),
    "an evidence of null": Case(says(PURGED, spoken(evidence=None)), failed("value")),
    "an evidence of a number": Case(says(PURGED, spoken(evidence=1)), failed("value")),
    "an evidence of an object": Case(says(PURGED, spoken(evidence={"measured": True})), failed("value")),
    "an evidence with a look-alike letter": Case(
        says(PURGED, spoken(evidence="mea\u0455ured")), failed("value")
    ),
    "an evidence of an object's own": Case(says(PURGED, spoken(evidence="constructor")), failed("value")),
    "an erasure of nothing": Case(says("session.data_erased:1", spoken()), failed("value")),
    "a source that is none": Case(says(PURGED, spoken(source="rumour")), failed("value")),
    "a hold without an end": Case(says("session.held:1", spoken(until=True)), failed("value")),
    "fields that are no names": Case(
        says("session.noted:1", spoken(commitment="x", fields=["<b>"])), failed("value")
    ),
    "files counted in halves": Case(says(PURGED, spoken(targets=[{"files": 0.5}])), failed("value")),
    "files counted below zero": Case(says(PURGED, spoken(targets=[{"files": -1}])), failed("value")),
    "a time allowed of minus one": Case(
        ends_with("ledger.setting_changed:1", spoken(key="purge.sla_seconds", value=-1)), failed("value")
    ),
    "a topic of an object's own": Case(says("session.constructor:1", spoken()), PASS),
    "a key twice": Case(
        says(PURGED, '{"at":"2026-11-16T17:00:00Z","by":"anna","by":"ola"}'), failed("entries")
    ),
    "a key twice, once escaped": Case(
        says(PURGED, '{"at":"2026-11-16T17:00:00Z","by":"anna","\\u0062y":"ola"}'), failed("entries")
    ),
    "a key twice, further in": Case(
        says(PURGED, spoken(targets=[])[:-1] + ',"host":{"a":{"b":1,"b":2}}}'), failed("entries")
    ),
    "a text that looks like a key twice": Case(says(PURGED, spoken(note='{"a":1,"a":2}')), PASS),
    "a thousand lists in one another": Case(says(PURGED, DEEP), failed("entries")),
    "brackets in a text": Case(says(PURGED, spoken(note="[{" * 500)), PASS),
    "a session opened twice": Case(says(REQUESTED, FACT), failed("stream")),
    "a session that nobody asked for": Case(ends_with(ENDED, FACT), failed("stream")),
    "a ledger opened twice": Case(
        of([line(0, 0, 1, OPENED, FACT), line(1, 0, 2, OPENED, FACT)]), failed("stream")
    ),
    "a file listed twice": Case(twice_listed, failed("manifest")),
    "a key of small order": Case(of(GOOD, keys=(Weak(),)), failed("keys", "signature")),
    "no proof at all": Case(without("proofs/*"), failed("contents")),
    "a proof less": Case(without("proofs/session-2*"), failed("contents")),
    "no older checkpoint": Case(without("checkpoints/*"), failed("checkpoint", "contents")),
    "nothing said of what belongs here": Case(without("contents.json"), failed("contents")),
    "something said that is no JSON": Case(promising("{"), failed("contents")),
    "a promise of other entries": Case(
        promising('{"schema":"session-ledger/bundle/1","entries":4,"checkpoints":[5],"proofs":"all"}'),
        failed("contents"),
    ),
    "a promise of every proof": Case(
        promising('{"schema":"session-ledger/bundle/1","entries":5,"checkpoints":[5],"proofs":"all"}'), PASS
    ),
    "a promise of what is no list": Case(
        promising('{"schema":"session-ledger/bundle/1","entries":5,"checkpoints":[5],"proofs":"none"}'),
        failed("contents"),
    ),
    "a checkpoint promised twice over": Case(
        promising('{"schema":"session-ledger/bundle/1","entries":5,"checkpoints":[3,5],"proofs":"all"}'),
        failed("contents"),
    ),
    "a certificate of a root of this log": Case(certified(tree_size=5, root=FIVE), failed("contents")),
    "a certificate of another root": Case(certified(tree_size=4, root=FIVE), failed("root")),
    "a certificate of a tree to come": Case(certified(tree_size=6, root=FIVE), failed("root")),
    "a certificate of no tree": Case(certified(tree_size="5", root=FIVE), failed("root")),
}


@pytest.mark.parametrize("name", CASES)
def test_verify_py_alone(tmp_path: Path, name: str) -> None:
    assert by_python(CASES[name].write(tmp_path)) == CASES[name].expected


@NEEDS_BROWSER
@pytest.mark.parametrize("name", CASES)
def test_verify_html_alone(tmp_path: Path, page: Page, name: str) -> None:
    assert by_browser(page, CASES[name].write(tmp_path)) == CASES[name].expected


def test_a_fork_is_named_however_much_else_is_wrong(tmp_path: Path) -> None:
    """A line put in before all others renumbers every one: 250 findings of one kind hide no other."""
    events = [line(n, 0, n + 1, OTHER, FACT) for n in range(250)]
    write(tmp_path, events)
    lines = [line(0, 1, 1, OTHER, FACT), *events]
    (tmp_path / "entries.jsonl").write_bytes(b"".join(each + b"\n" for each in lines))
    seal(tmp_path)
    said = run_alone(tmp_path).stdout
    assert "forked: FORK: checkpoint is over other entries than these" in said
    assert "entries: 200 more of these" in said


def test_a_key_that_is_given_empty_is_not_a_key_that_is_not_given(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    assert by_python(tmp_path, "--vkey", "") == failed("trusted-key")
    assert by_python(tmp_path, "--vkey", OLD.vkey) == PASS


def test_a_payload_that_cannot_be_read_is_counted_as_no_deletion(tmp_path: Path) -> None:
    write(tmp_path, [*GOOD[:4], line(4, 1, 3, PURGED, "{nonsense}")])
    document = json.loads(run_alone(tmp_path, "--json").stdout)
    assert (document["verdict"], document["deletions"]["declared"], document["deletions"]["kept"]) == (
        "fail",
        0,
        1,
    )


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    command = [sys.executable, "-I", str(SOURCE / "verify.py"), str(tmp_path), "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env={}) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == b""
    assert running.returncode == 0


@given(st.lists(st.binary(max_size=9), max_size=40))
@settings(max_examples=60, deadline=None)  # a busy machine is no fault
def test_its_root_is_that_of_the_specification(leaves: list[bytes]) -> None:
    """Against the recursion of RFC 6962 as it stands there, at every size."""
    alone = module()
    tree = alone.Tree([alone.leaf_hash(leaf) for leaf in leaves])
    assert all(tree.root(size) == root(leaves[:size]) for size in range(len(leaves) + 1))


# --- the page ----------------------------------------------------------------------------------


@NEEDS_BROWSER
def test_no_verdict_outlives_its_folder(tmp_path: Path, page: Page) -> None:
    """While another folder is checked, and after that broke off, nothing is said of the one before."""
    good = write(tmp_path / "good", GOOD)
    assert by_browser(page, good) == PASS
    page.asks(
        "window.kept = crypto.subtle.digest; SubtleCrypto.prototype.digest = () => { throw Error('no') }"
    )
    try:
        assert by_browser(page, good).state == "broken"
        page.asks("document.getElementById('other').click()")
        verdict = page.asks("document.getElementById('verdict').className")
    finally:
        page.asks("SubtleCrypto.prototype.digest = window.kept")
    assert verdict == "broken"


@NEEDS_BROWSER
def test_a_later_choice_wins(tmp_path: Path, page: Page) -> None:
    """A large good folder and at once a small bad one: the verdict is the bad one's, and stays so."""
    large = write(tmp_path / "large", [line(n, 0, n + 1, OTHER, FACT) for n in range(250)])
    bad = write(tmp_path / "bad", [line(1, 0, 1, OTHER, FACT)])
    page.asks("delete document.documentElement.dataset.state")  # that of the test before
    page.chooses("#folder", large)
    page.wait("document.documentElement.dataset.state !== undefined")  # folders are listed late
    page.chooses("#folder", bad)
    page.wait("document.documentElement.dataset.state === 'fail'")
    page.asks("new Promise(done => setTimeout(done, 300))")
    assert told(page) == failed("entries")


@NEEDS_BROWSER
def test_a_browser_without_ed25519_says_that_it_cannot_tell(tmp_path: Path, page: Page) -> None:
    """Never a pass; and what needs no signature is still found."""
    good, bad = write(tmp_path / "good", GOOD), write(tmp_path / "bad", [line(1, 0, 1, OTHER, FACT)])
    page.asks(
        "window.kept = crypto.subtle.importKey; SubtleCrypto.prototype.importKey ="
        " async () => { throw new DOMException('', 'NotSupportedError') }"
    )
    try:
        assert by_browser(page, good).state == "incomplete"
        assert by_browser(page, bad) == failed("entries")
    finally:
        page.asks("SubtleCrypto.prototype.importKey = window.kept")
    assert by_browser(page, good) == PASS


@NEEDS_BROWSER
def test_the_key_that_is_trusted_is_the_one_that_was_checked(tmp_path: Path, page: Page) -> None:
    good = write(tmp_path, GOOD)
    type_in = "const f = document.getElementById('vkey'); f.value = {}; f.dispatchEvent(new Event('input'))"
    assert by_browser(page, good) == PASS
    for key, expected in ((NEW.vkey, failed("trusted-key")), (OLD.vkey, PASS), ("", PASS)):
        page.asks("(() => {" + type_in.replace("{}", json.dumps(key)) + "})()")
        assert told(page) == expected


@NEEDS_BROWSER
@pytest.mark.parametrize("sizes", [(5, "pass"), (4, "pass"), (6, "fail")])
def test_a_mailed_checkpoint_is_read_alike(tmp_path: Path, page: Page, sizes: tuple[int, str]) -> None:
    """With a mark of byte order, and line ends of Windows, by both: the same verdict as without."""
    size, expected = sizes
    bundle = write(tmp_path / "bundle", GOOD)
    note = OLD.note([*GOOD, GOOD[0]][:size]).encode().replace(b"\n", b"\r\n")
    (tmp_path / "held.note").write_bytes(b"\xef\xbb\xbf" + note)
    assert by_python(bundle, "--since", str(tmp_path / "held.note")).state == expected
    try:
        page.asks("delete document.documentElement.dataset.state")
        page.chooses("#since", tmp_path / "held.note")
        page.wait("!['working', undefined].includes(document.documentElement.dataset.state)")
        assert by_browser(page, bundle).state == expected
    finally:
        page.asks("since = null")
