"""Bundles with cosignatures of witnesses: verify.py alone and verify.html say the same, whole or damaged."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.ledger.transparency.bundles import Signer, line, write
from tests.ledger.transparency.damages import Damage, added, edited, flipped, lines, removed, replaced, seal
from tests.ledger.transparency.verifiers import Verdict, by_browser, by_python, run_alone, told
from tests.support.chromium import NEEDS_BROWSER, Page
from tests.support.office import NOON, Office
from tests.support.witness import Cosigner, vkey_of

ONE, TWO = Cosigner(b"\x07" * 32), Cosigner(b"\x08" * 32, "świadek.example")
FIVE = "1970-01-01T00:00:05Z"
PASS = Verdict("pass", ())


class Made(NamedTuple):
    """A ledger with two checkpoints, the first cosigned twice and the second once, and its bundle."""

    office: Office
    bundle: Path
    without: Path


def _text(office: Office) -> str:
    return office.does("audit", "checkpoint").out.rpartition("\n\n")[0] + "\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("cosigned")
    office = Office(folder / "ledger", now=NOON)
    first = _text(office)
    office.does("customer", "add", "K-1", "--name", "X")
    second = _text(office)
    office.does("audit", "export", str(folder / "without"))
    for signer, text in ((ONE, first), (TWO, first), (ONE, second)):
        (folder / "answer").write_text(signer.line(text, 5), encoding="utf-8")
        office.does("audit", "witness", "attach", str(folder / "answer"), "--key", signer.vkey)
    office.does("audit", "export", str(folder / "bundle"))
    return Made(office, folder / "bundle", folder / "without")


def test_only_what_witnesses_said_is_added(made: Made) -> None:
    """A ledger without any gives the bundle that it always gave."""
    more = {
        each.relative_to(made.bundle).as_posix(): each.read_bytes()
        for each in made.bundle.rglob("*")
        if each.is_file()
    }
    less = {
        each.relative_to(made.without).as_posix(): each.read_bytes()
        for each in made.without.rglob("*")
        if each.is_file()
    }
    assert set(more) - set(less) == {"cosignatures/2.txt", "cosignatures/3.txt"}
    changed = {name for name, content in less.items() if more[name] != content}
    assert changed == {"MANIFEST.sha256", "contents.json"}
    assert b"cosignatures" not in less["contents.json"]
    assert json.loads(more["contents.json"])["cosignatures"] == [2, 3]


def test_same_ledger_gives_same_bytes(made: Made, tmp_path: Path) -> None:
    made.office.does("audit", "export", str(tmp_path / "again"))
    for each in made.bundle.rglob("*"):
        if each.is_file():
            assert (tmp_path / "again" / each.relative_to(made.bundle)).read_bytes() == each.read_bytes()


def test_python_says_who_cosigned_and_whose_word_that_is(made: Made) -> None:
    unnamed = run_alone(made.bundle)
    assert unnamed.returncode == 0
    assert f"cosigned by {ONE.name} at {FIVE}: the checkpoint of 3 entries" in unnamed.stdout
    assert unnamed.stdout.count("nobody vouches for this key") == 3
    named = run_alone(made.bundle, "--witness", ONE.vkey, "--witness", f" {TWO.vkey}\n")
    assert (named.returncode, "nobody vouches" in named.stdout) == (0, False)
    document = json.loads(run_alone(made.bundle, "--json", "--witness", TWO.vkey).stdout)
    assert [(each["size"], each["witness"], each["named"]) for each in document["cosignatures"]] == [
        (2, ONE.name, False),
        (2, TWO.name, True),
        (3, ONE.name, False),
    ]
    assert "poświadczył" in run_alone(made.bundle, "--lang", "pl").stdout


def test_witness_who_cosigned_nothing_is_told(made: Made) -> None:
    for vkey in (Cosigner(b"\x09" * 32).vkey, "nonsense", ""):
        assert by_python(made.bundle, "--witness", vkey) == Verdict("fail", ("trusted-witness",))
    assert by_python(made.without, "--witness", ONE.vkey) == Verdict("fail", ("trusted-witness",))


@NEEDS_BROWSER
def test_page_says_the_same(made: Made, page: Page) -> None:
    def fills(vkeys: str) -> None:
        page.asks("delete document.documentElement.dataset.state")
        page.asks(
            f"(field => {{ field.value = {json.dumps(vkeys)}; field.dispatchEvent(new Event('input')); }})"
            "(document.getElementById('witness'))"
        )

    def words() -> str:
        return str(page.asks("document.getElementById('told').textContent"))

    if page.asks("document.documentElement.lang") == "pl":
        page.asks("document.getElementById('other').click()")
    assert by_browser(page, made.bundle) == PASS
    assert words().count("Nobody vouches for this key") == 3
    assert f"Cosigned by {TWO.name} at {FIVE}: the checkpoint of 2 entries." in words()
    fills(f"{ONE.vkey}  {TWO.vkey}")
    assert told(page) == PASS
    assert "Nobody vouches" not in words()
    fills(Cosigner(b"\x09" * 32).vkey)
    assert told(page) == Verdict("fail", ("trusted-witness",))
    fills("")
    assert told(page) == PASS


# --- damaged ones ---------------------------------------------------------------------------------


def _written(make: Callable[[Path], str]) -> Damage:
    """Other cosignatures over the first checkpoint."""

    def damage(folder: Path) -> None:
        (folder / "cosignatures" / "2.txt").write_text(make(folder), encoding="utf-8", newline="")
        seal(folder)

    return damage


def _over(signer: Cosigner, at: int, *, edit: Callable[[str], str] = str, vkey: str | None = None) -> Damage:
    def make(folder: Path) -> str:
        text = (folder / "checkpoints" / "2.note").read_text(encoding="utf-8").rpartition("\n\n")[0] + "\n"
        return f"{vkey or signer.vkey}\n{signer.line(edit(text), at)}"

    return _written(make)


FIRST = "cosignatures/2.txt"
DAMAGES: dict[str, tuple[Damage, tuple[str, ...]]] = {
    "a bit, the list as it was": (edited(FIRST, flipped(-30), sealed=False), ("cosignature", "manifest")),
    "a bit of a signature": (edited(FIRST, flipped(-30)), ("cosignature",)),
    "a bit of a key": (edited(FIRST, flipped(60)), ("cosignature",)),
    "a bit of a name": (edited(FIRST, flipped(3)), ("cosignature",)),
    "emptied": (edited(FIRST, lambda _: b""), ("cosignature",)),
    "cut short": (edited(FIRST, lambda content: content[:-1]), ("cosignature",)),
    "a line less": (edited(FIRST, lines(lambda rows: rows[:-1])), ("cosignature",)),
    "a line more": (edited(FIRST, lines(lambda rows: [*rows, b"\n"])), ("cosignature",)),
    "two lines swapped": (edited(FIRST, lines(lambda rows: [rows[1], rows[0], *rows[2:]])), ("cosignature",)),
    "keys swapped": (
        edited(FIRST, lines(lambda rows: [rows[2], rows[1], rows[0], rows[3]])),
        ("cosignature",),
    ),
    "one twice": (edited(FIRST, lambda content: content * 2), ("cosignature",)),
    "ends as on Windows": (edited(FIRST, lambda content: content.replace(b"\n", b"\r\n")), ("cosignature",)),
    "a mark of byte order": (edited(FIRST, lambda content: b"\xef\xbb\xbf" + content), ("cosignature",)),
    "bytes that are no text": (edited(FIRST, lambda content: b"\xff\xfe" + content), ("cosignature",)),
    "a hyphen for the dash": (edited(FIRST, replaced("\u2014".encode(), b"-")), ("cosignature",)),
    "a file removed": (removed(FIRST), ("contents",)),
    "a file more": (added("cosignatures/1.txt", b"x"), ("contents", "cosignature")),
    "a name that is none": (added("cosignatures/02.txt", b"x"), ("contents", "cosignature")),
    "the other checkpoint's": (
        _written(lambda folder: (folder / "cosignatures" / "3.txt").read_text(encoding="utf-8")),
        ("cosignature",),
    ),
    "over another log": (_over(ONE, 5, edit=lambda text: f"x{text}"), ("cosignature",)),
    "without a time": (_over(ONE, 0), ("cosignature",)),
    "beyond all numbers": (_over(ONE, 2**64 - 1), ("cosignature",)),
    "beyond all calendars": (_over(ONE, 9007199255), ("cosignature",)),
    "another's key": (_over(ONE, 5, vkey=TWO.vkey), ("cosignature",)),
    "a key of small order": (
        _over(ONE, 5, vkey=vkey_of(ONE.name, 4, bytes(32))),
        ("cosignature",),
    ),
    "a name with a space": (_over(Cosigner(b"\x07" * 32, "a\u3000b"), 5), ("cosignature",)),
    "a name of 256 letters": (_over(Cosigner(b"\x07" * 32, "\U0001f426" * 256), 5), ("cosignature",)),
    "checkpoint removed": (removed("checkpoints/2.note"), ("contents", "cosignature")),
    "promised as text": (
        edited("contents.json", replaced(b'"cosignatures":[2,3]', b'"cosignatures":["2",3]')),
        ("contents",),
    ),
    "not promised": (edited("contents.json", replaced(b',"cosignatures":[2,3]', b"")), ("contents",)),
    "promised twice": (edited("contents.json", replaced(b"[2,3]}", b"[2,3,3]}")), ("contents",)),
}
WHOLE: dict[str, Damage] = {
    "the last moment": _over(ONE, 9007199254),
    "a name of 255 letters": _over(Cosigner(b"\x07" * 32, "\U0001f426" * 255), 5),
    "two at other times": _written(
        lambda folder: "".join(
            f"{ONE.vkey}\n{ONE.line(text, at)}"
            for text in [
                (folder / "checkpoints" / "2.note").read_text(encoding="utf-8").rpartition("\n\n")[0] + "\n"
            ]
            for at in (5, 6)
        )
    ),
}


def damaged(made: Made, folder: Path, damage: Damage) -> Path:
    copy = folder / "bundle"
    shutil.copytree(made.bundle, copy)
    damage(copy)
    return copy


@NEEDS_BROWSER
@pytest.mark.parametrize("name", [*DAMAGES, *WHOLE])
def test_browser_and_python_agree_on_cosignatures(made: Made, tmp_path: Path, page: Page, name: str) -> None:
    damage, codes = DAMAGES[name] if name in DAMAGES else (WHOLE[name], ())
    bundle = damaged(made, tmp_path, damage)
    expected = Verdict("fail" if codes else "pass", codes)
    assert (by_python(bundle), by_browser(page, bundle)) == (expected, expected)


@NEEDS_BROWSER
def test_log_that_cosigns_itself_is_found(tmp_path: Path, page: Page) -> None:
    """Its own key under another name and kind."""
    fact = '{"at":"2026-11-16T17:00:00Z","by":"anna"}'
    folder = write(tmp_path, (line(0, 1, 1, "session.requested:1", fact),), keys=(Signer(1),))
    text = (folder / "checkpoint").read_text(encoding="utf-8").rpartition("\n\n")[0] + "\n"
    own = Cosigner(bytes([1]) * 32)
    (folder / "cosignatures").mkdir()
    (folder / "cosignatures" / "1.txt").write_text(f"{own.vkey}\n{own.line(text, 5)}", encoding="utf-8")
    told_contents = (folder / "contents.json").read_text(encoding="utf-8")
    (folder / "contents.json").write_text(told_contents[:-1] + ',"cosignatures":[1]}', encoding="utf-8")
    seal(folder)
    expected = Verdict("fail", ("cosignature",))
    assert (by_python(folder), by_browser(page, folder)) == (expected, expected)
