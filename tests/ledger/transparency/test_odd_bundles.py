"""Bundles signed by the log's own key that say what no honest ledger says: both verifiers, and every row."""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.ledger.transparency.bundles import Signer, line, write
from tests.ledger.transparency.damages import seal
from tests.ledger.transparency.verifiers import Verdict, by_browser, by_python, run_alone
from tests.support.chromium import NEEDS_BROWSER, Page

REQUESTED, ENDED, PURGED = "session.requested:1", "session.ended:1", "session.data_purged:2"
AT = "2026-11-16T17:00:00Z"
FACT = '{"at":"2026-11-16T17:00:00Z","by":"anna"}'
GOOD = (line(0, 1, 1, REQUESTED, FACT), line(1, 1, 2, ENDED, FACT))
OLD, NEW = Signer(1), Signer(2)
PASS = Verdict("pass", ())
PROMISE = '{"schema":"session-ledger/bundle/1","entries":2,"checkpoints":[2],"proofs":[]}'
LARGEST = 2**53 - 1

Make = Callable[[Path], object]


def failed(*codes: str) -> Verdict:
    return Verdict("fail", codes)


def of(*leaves: bytes, keys: Sequence[Signer] = (OLD,)) -> Make:
    return lambda folder: write(folder, leaves, keys=keys)


def more(kind: str, data: str, *after: bytes) -> Make:
    """A session that ended, and one event more, in the session's own stream."""
    return of(*GOOD, line(2, 1, 3, kind, data), *after)


def said(**words: object) -> str:
    return json.dumps({"at": AT, "by": "anna", **words}, separators=(",", ":"))


def purged(**words: object) -> Make:
    return more(PURGED, said(**words))


def rotation(**words: object) -> Make:
    """A rotation that is signed as it must be, and says something in another way."""
    message = f"{OLD.vkey}\n{NEW.vkey}\n"
    fact: dict[str, object] = {"from_vkey": OLD.vkey, "to_vkey": NEW.vkey}
    fact |= {"signed_by_old": OLD.signature(message), "signed_by_new": NEW.signature(message)}
    fact |= {key: [fact[key]] for key in words}
    return of(*GOOD, line(2, 0, 1, "ledger.signing_key_rotated:1", json.dumps(fact)), keys=(OLD, NEW))


def recorded(instant: str) -> Make:
    return of(GOOD[0], GOOD[1].replace(b"2026-11-16T17:00:01.000000Z", instant.encode()))


def changed(name: str, edit: Callable[[bytes], bytes]) -> Make:
    """A file in another spelling, the list of files made anew."""

    def make(folder: Path) -> None:
        write(folder, GOOD)
        before = (folder / name).read_bytes()
        (folder / name).write_bytes(edit(before))
        assert (folder / name).read_bytes() != before
        seal(folder)

    return make


def listed(edit: Callable[[str], str]) -> Make:
    """A list of files in another spelling, which is not made anew."""

    def make(folder: Path) -> None:
        write(folder, GOOD)
        (folder / "żółw.txt").write_bytes(b"x")
        seal(folder)
        manifest = (folder / "MANIFEST.sha256").read_text(encoding="utf-8")
        assert edit(manifest) != manifest
        (folder / "MANIFEST.sha256").write_text(edit(manifest), encoding="utf-8", newline="")

    return make


def marked(content: bytes) -> bytes:
    return b"\xef\xbb\xbf" + content


def nested(depth: int) -> str:
    """A payload with so many lists in one another, of which it is the outermost bracket."""
    return said()[:-1] + ',"more":' + "[" * (depth - 1) + "]" * (depth - 1) + "}"


class Case(NamedTuple):
    """A bundle, and what both verifiers must say of it."""

    make: Make
    expected: Verdict


CASES: dict[str, Case] = {
    # instants
    "a leap second": Case(purged(at="2026-12-31T23:59:60Z"), failed("instant")),
    "the year ten thousand": Case(purged(at="10000-01-01T00:00:00Z"), failed("instant")),
    "the year ten thousand, by the offset": Case(purged(at="9999-12-31T23:59:59-23:59"), failed("instant")),
    "an instant that no number holds exactly": Case(
        purged(at="9000-01-01T00:00:00.000001Z"), failed("instant")
    ),
    "the last instant that a number holds": Case(purged(at="2255-06-05T23:47:34.740991Z"), PASS),
    "the first instant that none holds": Case(purged(at="2255-06-05T23:47:34.740992Z"), failed("instant")),
    "recorded when no number holds it": Case(recorded("9000-01-01T00:00:00.000001Z"), failed("instant")),
    "an offset of ninety-nine minutes": Case(purged(at="2026-11-16T18:00:00+00:99"), failed("instant")),
    "an offset that leads before computers": Case(purged(at="1970-01-01T00:30:00+01:00"), failed("instant")),
    "an instant in other digits": Case(purged(at="٢٠٢٦-11-16T17:00:00Z"), failed("instant")),
    "an instant with a space": Case(purged(at="2026-11-16 17:00:00Z"), failed("instant")),
    "an instant in a list": Case(purged(at=[AT]), failed("instant")),
    "an instant with an end of line": Case(purged(at=f"{AT}\n"), failed("instant")),
    "a hold until a day in a list": Case(more("session.held:1", said(until=["2026-12-01"])), failed("value")),
    "a hold until a day that is none": Case(
        more("session.held:1", said(until="2026-02-30")), failed("value")
    ),
    # numbers
    "files as a text": Case(purged(targets=[{"files": "1"}]), failed("value")),
    "files beyond counting, in two targets": Case(
        purged(targets=[{"files": LARGEST}, {"files": LARGEST}]), failed("value")
    ),
    "files beyond counting, in two events": Case(
        more(PURGED, said(targets=[{"files": LARGEST}]), line(3, 1, 4, PURGED, said(targets=[{"files": 2}]))),
        failed("value"),
    ),
    "files as a power": Case(more(PURGED, said(targets=[])[:-3] + '[{"files":1e1}]}'), PASS),
    "files of minus nought": Case(more(PURGED, said(targets=[])[:-3] + '[{"files":-0}]}'), PASS),
    "measured, and a file is still there": Case(
        purged(evidence="measured", targets=[{"kind": "workspace", "result": "residual", "residual": 1}]),
        failed("value"),
    ),
    "measured, and a place failed": Case(
        purged(evidence="measured", targets=[{"result": "failed"}]), failed("value")
    ),
    "removed, and a count that says otherwise": Case(
        purged(targets=[{"result": "removed", "residual": 2}]), failed("value")
    ),
    "left as a truth": Case(purged(targets=[{"result": "absent", "residual": False}]), failed("value")),
    "left in a part": Case(
        more("session.part_purged:2", said(evidence="measured", targets=[{"result": "failed"}])),
        failed("value"),
    ),
    "a shared log that is kept": Case(purged(targets=[{"result": "retained", "residual": 3}]), PASS),
    "a rule beyond all numbers": Case(more(PURGED, said()[:-1] + ',"rule":1e400}'), failed("value")),
    "a rule of true": Case(purged(rule=True), failed("value")),
    "a time allowed as a text": Case(
        more(
            "session.noted:1",
            said(),
            line(3, 0, 1, "ledger.setting_changed:1", said(key="purge.sla_seconds", value="900")),
        ),
        failed("value"),
    ),
    "a first day in a list": Case(
        of(line(0, 0, 1, "ledger.opened:1", said(billing_from=["2026-11-03"]))), failed("value")
    ),
    "a first day changed to no day": Case(
        of(line(0, 0, 1, "ledger.setting_changed:1", said(key="billing.from", value=20261103))),
        failed("value"),
    ),
    # words
    "a correction undone by null": Case(more("session.voided:1", said(undone=None)), failed("value")),
    "undone by a number": Case(more("session.voided:1", said(undone=0)), failed("value")),
    "by half a character": Case(more(PURGED, FACT.replace("anna", "\\ud800")), PASS),
    "by the zero character": Case(purged(by="a\0b"), PASS),
    "by an object's own": Case(purged(by="__proto__", host={"workstation": "__proto__"}), PASS),
    "evidence by inheritance": Case(
        more(PURGED, said()[:-1] + ',"__proto__":{"evidence":"rumour","targets":5}}'), PASS
    ),
    "evidence with an end of line": Case(purged(evidence="measured\n"), failed("value")),
    "hosts sorted beyond the basic plane": Case(
        more(
            PURGED,
            said(host={"workstation": "\U0001f600"}),
            line(3, 1, 4, PURGED, said(host={"workstation": "\ufffd"})),
        ),
        PASS,
    ),
    "a host of two spellings": Case(
        more(
            PURGED,
            said(host={"workstation": unicodedata.normalize("NFD", "ż")}),
            line(3, 1, 4, PURGED, said(host={"workstation": unicodedata.normalize("NFC", "ż")})),
        ),
        PASS,
    ),
    "a key twice, once as a pair of halves": Case(
        more(PURGED, said()[:-1] + ',"\U0001f600":1,"\\ud83d\\ude00":2}'), failed("entries")
    ),
    "a key twice, once __proto__": Case(
        more(PURGED, said()[:-1] + ',"__proto__":1,"__proto__":2}'), failed("entries")
    ),
    "a carriage return between two keys": Case(more(PURGED, said().replace(",", ",\r")), PASS),
    "a form feed between two keys": Case(more(PURGED, said().replace(",", ",\f")), failed("entries")),
    "a tab inside a text": Case(more(PURGED, said().replace("anna", "an\tna")), failed("entries")),
    "an escape that is none": Case(more(PURGED, said().replace("anna", "\\u00_1")), failed("entries")),
    "a line of another kind of end": Case(more(PURGED, said().replace("anna", "an\u2028na")), PASS),
    "sixty-four brackets": Case(more(PURGED, nested(64)), PASS),
    "sixty-five brackets": Case(more(PURGED, nested(65)), failed("entries")),
    # keys
    "a key in a list": Case(rotation(from_vkey=1), failed("keys")),
    "a signature in a list": Case(rotation(signed_by_new=1), failed("keys")),
    "a mark of byte order before the keys": Case(changed("vkey", marked), failed("keys", "signature")),
    "keys with line ends of Windows": Case(
        changed("vkey", lambda c: c.replace(b"\n", b"\r\n")), failed("keys", "signature")
    ),
    "a checkpoint with old line ends of a Mac": Case(
        changed("checkpoint", lambda c: c.replace(b"\n", b"\r")), failed("checkpoint")
    ),
    "a mark of byte order before the checkpoint": Case(changed("checkpoint", marked), failed("signature")),
    # what belongs to the bundle
    "a mark of byte order before the contents": Case(changed("contents.json", marked), failed("contents")),
    "contents promised twice": Case(
        changed("contents.json", lambda c: c.replace(b"[2]", b"[2,2]")), failed("contents")
    ),
    "contents with a key twice": Case(
        changed("contents.json", lambda c: c.replace(b'"entries"', b'"entries":7,"entries"')),
        failed("contents"),
    ),
    "entries promised as a text": Case(
        changed("contents.json", lambda c: c.replace(b'"entries":2', b'"entries":"2"')), failed("contents")
    ),
    "a list of files as on Windows": Case(listed(lambda m: m.replace("\n", "\r\n")), failed("manifest")),
    "a list with an empty line": Case(listed(lambda m: f"\n{m}"), failed("manifest")),
    "a list without its last end": Case(listed(lambda m: m[:-1]), failed("manifest")),
    "a list in another normal form": Case(
        listed(lambda m: unicodedata.normalize("NFD", m)), failed("manifest")
    ),
    "a list by another road": Case(listed(lambda m: m.replace("  vkey", "  ./vkey")), failed("manifest")),
    "a list in capitals": Case(listed(str.upper), failed("manifest")),
    "a list that is marked": Case(listed(lambda m: f"\ufeff{m}"), failed("manifest")),
}


@pytest.mark.parametrize("name", CASES)
def test_verify_py_judges_what_is_odd(name: str, tmp_path: Path) -> None:
    CASES[name].make(tmp_path / "bundle")
    assert by_python(tmp_path / "bundle") == CASES[name].expected
    assert run_alone(tmp_path / "bundle", "--csv", str(tmp_path / "rows.csv")).stderr == ""


@NEEDS_BROWSER
@pytest.mark.parametrize("name", CASES)
def test_verify_html_judges_and_counts_alike(name: str, tmp_path: Path, page: Page) -> None:
    CASES[name].make(tmp_path)
    assert by_browser(page, tmp_path) == CASES[name].expected
    told = json.loads(run_alone(tmp_path, "--json").stdout)
    assert json.loads(page.asks("JSON.stringify(shown.rows)")) == told["sessions"]


@NEEDS_BROWSER
@pytest.mark.skipif(os.name != "posix", reason="links are made by everybody on POSIX alone")
@pytest.mark.parametrize("name", ["more", "vkey", "strange.txt", "entries.jsonl", "pipe"])
def test_what_is_no_plain_file_is_read_by_neither(name: str, tmp_path: Path, page: Page) -> None:
    """What lies elsewhere is no part of the bundle; what the list names, and is a link, is not there."""
    bundle, elsewhere = write(tmp_path / "bundle", GOOD), tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "strange.txt").write_bytes(b"x")
    if (bundle / name).exists():
        (bundle / name).rename(elsewhere / name)
    if name == "pipe":
        os.mkfifo(bundle / name)
    else:
        (bundle / name).symlink_to(elsewhere if name == "more" else elsewhere / name)
    found = by_python(bundle)
    assert found.state == {"vkey": "fail", "pipe": "fail", "entries.jsonl": "unreadable"}.get(name, "pass")
    assert by_browser(page, bundle) == found
