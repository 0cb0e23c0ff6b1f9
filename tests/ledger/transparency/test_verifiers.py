"""verify.py alone and verify.html in a real browser say the same of a bundle, whole or damaged."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from tests.ledger.transparency.damages import DAMAGES, seal
from tests.ledger.transparency.verifiers import SOURCE, Verdict, by_browser, by_python, module, run_alone
from tests.support.chromium import NEEDS_BROWSER, Page
from tests.support.office import Office
from tests.support.shop import eventful_month
from tests.support.tampering import copied_scene

FUZZED = 150


class Made(NamedTuple):
    """A ledger with a past and a rotation, its bundle, and its newest key."""

    office: Office
    bundle: Path
    vkey: str


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp("bundle")
    office = eventful_month(folder / "ledger")
    office.does("audit", "checkpoint")
    office.does("audit", "key", "rotate", "--yes")
    office.does("customer", "add", "K-AFTER", "--name", "After")
    office.does("audit", "export", str(folder / "bundle"))
    return Made(office, folder / "bundle", office.does("audit", "key", "show").out.strip())


# --- a good one ---------------------------------------------------------------------------------


def test_a_good_bundle_passes_alone_and_says_whose_key_it_is(made: Made) -> None:
    ran = run_alone(made.bundle)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "PASS" in ran.stdout
    assert made.vkey in ran.stdout
    assert "It is signed with the key you trust." in run_alone(made.bundle, "--vkey", made.vkey).stdout
    assert "ZGODNE" in run_alone(made.bundle, "--lang", "pl").stdout


def test_the_same_ledger_gives_the_same_bundle(made: Made, tmp_path: Path) -> None:
    made.office.does("audit", "export", str(tmp_path / "again"))
    for file in made.bundle.rglob("*"):
        if file.is_file():
            assert (tmp_path / "again" / file.relative_to(made.bundle)).read_bytes() == file.read_bytes()


def test_a_target_that_is_not_empty_is_left_alone(made: Made) -> None:
    before = sorted(made.bundle.rglob("*"))
    assert "E-BUNDLE-TARGET" in made.office.run("audit", "export", str(made.bundle)).err
    assert sorted(made.bundle.rglob("*")) == before


def test_a_period_narrows_the_proofs_and_nothing_else(made: Made, tmp_path: Path) -> None:
    made.office.does("audit", "export", str(tmp_path / "day"), "--period", "2026-11-16")
    proofs = {file.name for file in (tmp_path / "day" / "proofs").iterdir()}
    assert 0 < len(proofs) < len(list((made.bundle / "proofs").iterdir()))
    assert (tmp_path / "day" / "entries.jsonl").read_bytes() == (made.bundle / "entries.jsonl").read_bytes()
    assert by_python(tmp_path / "day") == Verdict("pass", ())


def test_what_is_no_bundle_is_not_read(tmp_path: Path) -> None:
    assert run_alone(tmp_path).returncode == 2
    assert run_alone(tmp_path / "nowhere").returncode == 2


@pytest.mark.skipif(sys.platform != "linux", reason="a shell sets the limit")
def test_a_part_larger_than_the_memory_is_told_without_a_traceback(made: Made, tmp_path: Path) -> None:
    """Given a hole of 8 GB in a bundle, when it is verified in 1 GB, then it says so, and 2 is the status."""
    shutil.copytree(made.bundle, tmp_path / "bundle")
    with (tmp_path / "bundle" / "checkpoint").open("ab") as file:
        file.truncate(8 << 30)
    limited = ["/bin/sh", "-c", 'ulimit -v 1000000; exec "$@"', "sh", sys.executable, "-I"]
    words = [*limited, str(SOURCE / "verify.py"), str(tmp_path / "bundle")]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.rstrip().endswith("checkpoint is larger than the memory of this machine")


def test_an_old_checkpoint_is_continued_or_not(tmp_path: Path) -> None:
    """Given one that was held, and a log rewritten by the holder of the key: FORK; cut: shorter."""
    scene = copied_scene(tmp_path / "scene")
    scene.office.does("audit", "export", str(tmp_path / "now"))
    held = ("--since", str(scene.held))
    assert by_python(tmp_path / "now", *held) == Verdict("pass", ())
    other = Office(tmp_path / "other")
    other.does("audit", "export", str(tmp_path / "other-bundle"))
    assert {"shrunk", "signature"} <= set(by_python(tmp_path / "other-bundle", *held).codes)
    assert by_python(tmp_path / "now", "--vkey", made_up_key()).codes == ("trusted-key",)


def made_up_key() -> str:
    from ledger.transparency.note import SigningKey  # noqa: PLC0415 - beside its use

    return str(SigningKey("stranger", bytes(32)).verifier)


# --- damaged ones -------------------------------------------------------------------------------


def damaged(made: Made, folder: Path, name: str) -> Path:
    copy = folder / "bundle"
    shutil.copytree(made.bundle, copy)
    DAMAGES[name](copy)
    return copy


def test_there_are_fifty_damages_and_more() -> None:
    assert len(DAMAGES) >= 50


@pytest.mark.parametrize("name", DAMAGES)
def test_a_damaged_bundle_fails_alone(made: Made, tmp_path: Path, name: str) -> None:
    assert by_python(damaged(made, tmp_path, name)).state == "fail"


@NEEDS_BROWSER
@pytest.mark.parametrize("name", ["nothing", *DAMAGES])
def test_browser_and_python_agree(made: Made, tmp_path: Path, page: Page, name: str) -> None:
    """The same verdict for the same reasons."""
    bundle = made.bundle if name == "nothing" else damaged(made, tmp_path, name)
    assert by_browser(page, bundle) == by_python(bundle)


@NEEDS_BROWSER
def test_the_page_tells_of_deletions_in_two_languages(made: Made, page: Page) -> None:
    by_browser(page, made.bundle)
    sessions = json.loads(run_alone(made.bundle, "--json").stdout)["sessions"]
    assert page.asks("document.querySelectorAll('#rows tr').length") == len(sessions) > 30
    in_english = page.asks("document.getElementById('verdict').textContent")
    page.asks("document.getElementById('other').click()")
    in_other = page.asks("document.getElementById('verdict').textContent")
    assert {in_english, in_other} == {
        "Everything in this folder holds.",
        "Wszystko w tym folderze się zgadza.",
    }


@NEEDS_BROWSER
def test_the_page_reaches_nothing_outside_itself(page: Page) -> None:
    """Its policy forbids connections, and it names no address."""
    refused = page.asks("fetch('data:text/plain,x').then(() => 'went out', () => 'refused')")
    assert refused == "refused"
    assert not re.search(r"https?://", (SOURCE / "verify.html").read_text(encoding="utf-8"))


def test_any_garbled_file_is_told_without_a_traceback(made: Made, tmp_path: Path) -> None:
    """Random bytes in random places of random files, the list made anew every other time."""
    dice = random.Random(20261125)  # noqa: S311 - the same edits in every run
    verify = module()
    names = sorted(p.relative_to(made.bundle) for p in made.bundle.rglob("*") if p.is_file())
    chosen = [n for n in names if n.suffix not in {".py", ".html", ".md"}]
    copy = tmp_path / "bundle"
    shutil.copytree(made.bundle, copy)
    for _ in range(FUZZED):
        name = dice.choice(chosen)
        whole = (made.bundle / name).read_bytes()
        at, length = dice.randrange(len(whole) + 1), dice.randrange(40)
        (copy / name).write_bytes(whole[:at] + dice.randbytes(dice.randrange(40)) + whole[at + length :])
        if dice.random() < 0.5:
            seal(copy)
        assert isinstance(verify.verify(copy).findings, list)
        (copy / name).write_bytes(whole)
        (copy / "MANIFEST.sha256").write_bytes((made.bundle / "MANIFEST.sha256").read_bytes())


# --- its own arithmetic ------------------------------------------------------------------------


def test_its_signatures_are_those_of_a_library() -> None:
    """Random keys and messages, and every one of them mangled; the first test of RFC 8032, section 7.1."""
    verify, dice = module(), random.Random(8032)  # noqa: S311 - the same in every run
    for _ in range(12):
        key, message = (
            Ed25519PrivateKey.from_private_bytes(dice.randbytes(32)),
            dice.randbytes(dice.randrange(80)),
        )
        public, signature = key.public_key().public_bytes_raw(), key.sign(message)
        assert verify.ed25519_holds(public, signature, message)
        place = dice.randrange(64)
        mangled = signature[:place] + bytes([signature[place] ^ 4]) + signature[place + 1 :]
        assert not verify.ed25519_holds(public, mangled, message)
        assert not verify.ed25519_holds(public, signature, message + b"x")
        assert verify.ed25519_holds(public, mangled, message) is _by_library(public, mangled, message)
    public = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
    signature = bytes.fromhex(
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b"
    )
    assert verify.ed25519_holds(public, signature, b"")
    order = 2**252 + 27742317777372353535851937790883648493
    malleable = signature[:32] + (int.from_bytes(signature[32:], "little") + order).to_bytes(32, "little")
    assert not verify.ed25519_holds(public, malleable, b"")
    assert not verify.ed25519_holds(public[:31], signature, b"")


def _by_library(public: bytes, signature: bytes, message: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def test_its_tree_is_the_ledgers(made: Made) -> None:
    """The same roots at every size as `ledger.domain.merkle` gives."""
    from ledger.domain import merkle  # noqa: PLC0415 - beside its use
    from ledger.transparency.recompute import Tree  # noqa: PLC0415 - as above

    verify: Any = module()
    lines = (made.bundle / "entries.jsonl").read_bytes().splitlines()
    leaves = [merkle.leaf_hash(line) for line in lines]
    theirs, ours = verify.Tree(leaves), Tree()
    list(ours.extend(leaves))
    assert all(theirs.root(size) == ours.root(size) for size in range(len(leaves) + 1))


# --- by hand --------------------------------------------------------------------------------------


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl here")
@pytest.mark.skipif(os.name != "posix", reason="the commands are those of a POSIX shell")
def test_the_commands_of_the_page_work_as_they_stand(made: Made, tmp_path: Path) -> None:
    """VERIFY.md's own lines, run in the folder; a changed body is refused."""
    copy = tmp_path / "bundle"
    shutil.copytree(made.bundle, copy)
    by_hand, leaf = re.findall(
        r"```sh\n(.*?)```", (copy / "VERIFY.md").read_text(encoding="utf-8"), re.DOTALL
    )
    assert _shell(by_hand, copy).endswith("Signature Verified Successfully\n")
    hashed, stored = _shell(leaf, copy).split("-\n")
    assert hashed.strip() == stored.replace(" ", "").replace("\n", "")
    (copy / "body").write_text("another\n", encoding="utf-8")
    last = by_hand.strip().splitlines()[-1]
    refused = subprocess.run(["sh", "-c", last], cwd=copy, capture_output=True, text=True, check=False)
    assert "Verification Failure" in refused.stdout + refused.stderr


def _shell(script: str, folder: Path) -> str:
    ran = subprocess.run(["sh", "-ec", script], cwd=folder, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout
