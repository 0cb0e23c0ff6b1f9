"""Copies and exports that are killed, or that a full disk stops: no rest with keys or words stays behind."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from tests.support.billing_office import SELLER
from tests.support.long import LONG, times
from tests.support.office import ON_POSTGRES, Answer, Office
from tests.support.purges import everything
from tests.support.shop import environment

pytestmark = [
    pytest.mark.skipif(ON_POSTGRES, reason="looks into files"),
    pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX"),
]
SEED = int(os.environ.get("SESSION_LEDGER_SEED") or secrets.randbits(32))
KILLS = times(5, 50)
"""Of each command."""
FREE_KIB = (8, 16, 32, 64, 96, 128, 192, 260, 320) if LONG else (16, 96, 260)
COMMANDS: dict[str, tuple[str, ...]] = {
    "store copy": ("store", "copy", "{target}"),
    "backup": ("backup", "{target}", "--with-session-keys"),
    "audit export": ("audit", "export", "{target}"),
    "invoice export": ("invoice", "export", "--all", "-o", "{target}", "--email"),
}
NOT_FREE = ("E-LEDGER-EXISTS", "E-BACKUP-TARGET", "E-BUNDLE-TARGET")
CANARY = "Jan Kanarek"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A ledger with words, keys and two invoices."""
    office = Office(tmp_path_factory.mktemp("copies") / "ledger")
    office.does("config", "set", *SELLER, "ksef.mode=exempt_10k")
    address = ("--address-line1", "ul. Krótka 1", "--address-line2", "00-001 Warszawa")
    for n in (1, 2):
        code, at = f"K-{n}", f"2026-11-{n + 10}"
        office.does(
            "customer",
            "add",
            code,
            "--name",
            CANARY,
            "--consumer",
            "sole_trader",
            "--nip",
            "5260250274",
            *address,
        )
        words = ("--customer", code, "--issue", "other", "--contact", CANARY, "--at", f"{at} 10:00")
        office.does("session", "request", *words)
        office.does("session", "connect", str(n), "--at", f"{at} 10:05")
        office.does("session", "end", str(n), "--at", f"{at} 10:40")
        office.does("invoice", "issue", "--session", str(n), "--yes")
    office.does("audit", "checkpoint")
    return office


def command_of(name: str, target: Path) -> list[str]:
    return [word.replace("{target}", str(target)) for word in COMMANDS[name]]


def process(office: Office, words: list[str]) -> subprocess.Popen[str]:
    command = [sys.executable, "-P", "-m", "ledger", *words]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, env={**os.environ, **environment(office)}, stdout=pipe, stderr=pipe, text=True
    )


def run(office: Office, words: list[str]) -> Answer:
    with process(office, words) as running:
        out, err = running.communicate()
    return Answer(running.returncode, out, err)


def is_whole(office: Office, name: str, target: Path, folder: Path) -> bool:
    """A target that is there is one that can be worked with; of invoices, every file is."""
    if name == "audit export":
        command = [sys.executable, "-I", str(target / "verify.py"), "--brief"]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    if name == "invoice export":
        return all(not each.name.startswith(".") for each in target.iterdir())
    copied = object.__new__(Office)
    copied.folder, copied.now = folder / "looked-at", office.now
    shutil.copytree(target, copied.folder)  # where there is room to open it
    try:
        return copied.run("check").status == 0
    finally:
        shutil.rmtree(copied.folder)


def words_of(names: dict[str, object]) -> Iterator[str]:
    """What holds keys or words of people among files: never names of folders."""
    for name, held in names.items():
        if isinstance(held, bytes) and (
            CANARY.encode() in held or name.endswith((".db", ".key", ".xml", ".pdf", ".eml"))
        ):
            yield name


@pytest.mark.parametrize("name", COMMANDS)
def test_what_a_kill_leaves_is_cleared_by_the_same_command(shop: Office, tmp_path: Path, name: str) -> None:
    """Killed at any moment: the target is whole or not there, and after a repeat nothing lies beside it."""
    chance = Random(SEED)  # noqa: S311 - moments, the same for the same seed
    target = tmp_path / "out" / "copy"
    target.parent.mkdir()
    began = time.monotonic()
    assert run(shop, command_of(name, target)).status == 0
    lasts = time.monotonic() - began
    expected = {key for key, held in everything(target).items() if held is not None}
    shutil.rmtree(target)
    killed = cut = number = 0
    while killed < KILLS:
        number += 1
        if number % 2:
            target.mkdir()
        with process(shop, command_of(name, target)) as running:
            time.sleep(lasts * chance.uniform(0.3, 1.0))
            running.send_signal(signal.SIGKILL)
        killed += running.returncode == -signal.SIGKILL
        where = f"kill {number} of {name}, SESSION_LEDGER_SEED={SEED}"
        rest = everything(target.parent)
        is_begun = target.exists() and any(not each.name.startswith(".") for each in target.iterdir())
        again = run(shop, command_of(name, target))
        assert again.status == 0 or any(code in again.err for code in NOT_FREE), (where, again)
        if again.status:
            assert is_begun, where
            assert not target.with_name("copy.part").exists(), where
        assert is_whole(shop, name, target, tmp_path), where
        cut += again.status == 0 and bool(rest)
        found = everything(target.parent)
        there = {key.removeprefix("copy/") for key, held in found.items() if held is not None}
        assert {each for each in there if not each.startswith(".")} == expected, where
        assert list(words_of({k: h for k, h in found.items() if not k.startswith("copy/")})) == [], where
        shutil.rmtree(target)
        for stray in target.parent.iterdir():  # a mark without words, of a kill after the rename
            assert stray.read_bytes() == b"", where
            stray.unlink()
    figures = f"{name}: {killed} killed in {number} runs, {cut} left a rest, 0 after a repeat; seed {SEED}"
    print(f"\n{figures}")  # noqa: T201 - the figures


def _mounted(folder: Path, kib: int) -> bool:
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={kib}k,mode=700", "tmpfs", str(folder)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize("kib", FREE_KIB)
@pytest.mark.parametrize("at", ["the disk", "a folder on it"])
def test_full_disk_leaves_nothing_and_is_said_to_be_full(
    shop: Office, tmp_path: Path, name: str, kib: int, at: str
) -> None:
    disk = tmp_path / "disk"
    if shutil.which("mount") is None or not _mounted(disk, kib):
        pytest.skip("nothing can be mounted here")
    target = disk if at == "the disk" else disk / "copy"
    try:
        answer = run(shop, command_of(name, target))
        if answer.status == 0:
            assert is_whole(shop, name, target, tmp_path)
            return
        assert "(E-DISK-FULL)" in answer.err, answer
        left = everything(disk)
        if name == "invoice export":  # each file is whole or not there
            assert not [each for each in left if each.rpartition("/")[2].startswith(".")]
        else:
            assert [each for each, held in left.items() if held is not None] == []
        if name != "invoice export":
            assert "(E-DISK-FULL)" in run(shop, command_of(name, target)).err, "the same again"
    finally:
        subprocess.run(["umount", str(disk)], check=True)
