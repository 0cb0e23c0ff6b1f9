"""Days of an office in real processes of the program, every change to its files traced."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Generator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from ledger.purge.place import true_host
from tests.faults import shim
from tests.faults.disk import Disk, Image
from tests.faults.trace import Record, read_trace
from tests.support.billing_office import NIP, SELLER

PROGRAM = (sys.executable, "-m", "ledger")
LATER = "2026-12-01T18:00:00+01:00"
"""After everything that the office records."""
TOOL = """\
import os, sys
os.umask(0o077)
for name, text in zip(sys.argv[1::2], sys.argv[2::2]):
    os.makedirs(os.path.dirname(name), exist_ok=True)
    there = open(name).read() if os.path.exists(name) else ""
    with open(name + "~", "w") as file:
        file.write(there + text)
        file.flush()
        os.fsync(file.fileno())
    os.rename(name + "~", name)
    while len(name := os.path.dirname(name)) >= len(os.environ["FAULTS_ROOT"]):
        folder = os.open(name, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
"""
"""Another program: adds texts to files, and has files and folders on the disk before it ends."""
NEIGHBOUR = """\
import sqlite3, sys
opened = [sqlite3.connect(f"file:{name}?mode=rw", uri=True) for name in sys.argv[1:]]
for each in opened:
    each.execute("SELECT count(*) FROM sqlite_master").fetchall()
print("here", flush=True)
sys.stdin.read()
for each in opened:
    each.close()
"""
"""Somebody else who has the ledger open: no command is the last to close it and moves its log."""
DATABASES = ("events.db", "vault.db", "keys/session.db", "keys/customer.db", "keys/tax.db", "keys/month.db")
LINE = "987654321\tJan Canary\t{day}-11-2026 09:00:00\t{day}-11-2026 09:40:00\tRemoteControl\t{{1}}\n"
WORKSPACE, ARTEFACT, LOG = "ws/6", "out/c", "log.txt"
"""What the first purge and the close of the month take away, below the root."""


class Said(NamedTuple):
    """A command that exited with 0, and how many changes had been made by then."""

    words: tuple[str, ...]
    changes: int
    files: Image
    """What really was below the root then."""


class Day(NamedTuple):
    """What was done below a folder, and what was acknowledged when."""

    root: Path
    before: Disk
    """As it was when the day began; `Disk.copy` it."""
    records: list[Record]
    said: list[Said]

    @property
    def ledger(self) -> Path:
        """The ledger's folder."""
        return self.root / "ledger"


def spent(root: Path, trace: Path, *, program: Sequence[str] = PROGRAM) -> Day:
    """A small shop from its first command to a closed month, below a folder that is empty before."""
    prepare(root)
    before, said = Disk(root), list[Said]()
    with ExitStack() as company:
        for now, words in commands(root):
            environment = shim.environment(
                root,
                FAULTS_TRACE=str(trace),
                SESSION_LEDGER_DIR=str(root / "ledger"),
                SESSION_LEDGER_NOW=f"{now}+01:00",
                SESSION_LEDGER_BY="anna",
            )
            if words == ("neighbour", "comes"):
                company.enter_context(_neighbour(root / "ledger", environment))
            elif words == ("neighbour", "goes"):
                company.close()
            else:
                _run((sys.executable, "-c", TOOL) if words[0] == "tool" else program, words, environment)
            said.append(Said(words, len(read_trace(trace)), _files(root)))
    return Day(root, before, read_trace(trace), said)


def _run(program: Sequence[str], words: tuple[str, ...], environment: dict[str, str]) -> None:
    command = (*program, *(words[1:] if words[0] == "tool" else words))
    ran = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode == 0, f"{words}: {ran.returncode}\n{ran.stdout}{ran.stderr}"


@contextmanager
def _neighbour(ledger: Path, environment: dict[str, str]) -> Generator[None]:
    command = (sys.executable, "-c", NEIGHBOUR, *(str(ledger / name) for name in DATABASES))
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as company:
        assert company.stdout is not None
        assert company.stdout.readline() == "here\n"
        yield
        company.communicate("", timeout=60)
        assert company.returncode == 0


def _files(root: Path) -> Image:
    """Everything but the indexes of write-ahead logs: after a crash they are made anew."""
    return {
        str(path.relative_to(root)): path.read_bytes() if path.is_file() else None
        for path in root.rglob("*")
        if not path.name.endswith("-shm")
    }


def prepare(root: Path) -> None:
    """What is there before the ledger is: folders for workspaces and exports, the remote tool's own log."""
    for name in ("ws", "out"):
        (root / name).mkdir()
    (root / LOG).write_text("".join(LINE.format(day=day) for day in (16, 17)), encoding="utf-8")
    (root / "rows.csv").write_text(
        "session_ref,customer,issue,connected_at,ended_at\n"
        + "".join(f"old-{n},K-1,other,2026-11-1{n} 10:00,2026-11-1{n} 10:30\n" for n in range(1, 6)),
        encoding="utf-8",
    )


def commands(root: Path) -> list[tuple[str, tuple[str, ...]]]:
    """Every command with the office time it is given at."""
    request = ("session", "request", "--customer", "K-1", "--issue", "other")
    return [
        ("2026-11-16T08:00:00", ("init", "--testing", "--name", "shop")),
        ("2026-11-16T08:00:00", (
            "config", "set", *SELLER, "ksef.mode=exempt_10k",
            f"purge.workspaces={root / 'ws'}", f"purge.roots={root / 'out'}",
        )),
        ("2026-11-16T08:00:30", (
            "tool", str(root / "ledger/ledger.toml"),
            f'[[purge.shared_log]]\nname = "connections"\npath = "{root / LOG}"\n',
        )),
        ("2026-11-16T08:01:00", (
            "customer", "add", "K-1", "--name", "Łódź Żółć Sp. z o.o.", "--nip", NIP, "--consumer", "no",
            "--address-line1", "ul. Śliczna 2", "--address-line2", "00-002 Kraków",
        )),
        ("2026-11-16T08:02:00", ("session", "import", str(root / "rows.csv"))),
        ("2026-11-16T09:00:00", (*request, "--contact", "Jan Canary", "--remote-id", "987654321")),
        ("2026-11-16T09:00:00", ("session", "connect", "6", "--workstation", true_host())),
        ("2026-11-16T09:10:00", (
            "tool", str(root / "ws/6/a"), "chat", str(root / "ws/6/sub/b"), "video",
            str(root / ARTEFACT), "log",
        )),
        ("2026-11-16T09:30:00", (
            "session", "artefact", "6", str(root / ARTEFACT), "--kind", "chat", "--workstation", true_host(),
        )),
        ("2026-11-16T09:40:00", ("session", "end", "6")),
        ("2026-11-16T09:41:00", ("status",)),
        ("2026-11-16T09:42:00", ("session", "purge", "6", "--workstation", true_host(), "--yes")),
        ("2026-11-16T09:43:00", ("audit", "checkpoint")),
        ("2026-11-17T08:59:00", ("neighbour", "comes")),
        ("2026-11-17T09:00:00", (*request, "--contact", "Jan Canary", "--description", "druk")),
        ("2026-11-17T09:01:00", ("session", "connect", "7", "--workstation", true_host())),
        ("2026-11-17T09:02:00", ("session", "note", "7", "--summary", "sterownik")),
        ("2026-11-17T09:40:00", ("session", "end", "7")),
        ("2026-11-17T09:41:00", ("invoice", "issue", "--session", "6", "--yes")),
        ("2026-12-01T09:00:00", ("invoice", "issue", "--period", "2026-11", "--customer", "K-1", "--yes")),
        ("2026-12-01T09:01:00", ("invoice", "export", "--all", "-o", str(root / "out" / "papers"))),
        ("2026-12-01T09:02:00", ("session", "purge", "7", "--workstation", true_host(), "--yes")),
        ("2026-12-01T09:02:30", ("neighbour", "goes")),
        ("2026-12-01T09:02:40", ("session", "purge", "--ended", "--workstation", true_host(), "--yes")),
        ("2026-12-01T09:03:00", ("replay",)),
        (
            "2026-12-01T09:03:00",
            ("period", "close", "2026-11", "--logs", "--accept-open", "--reason", "checked", "--yes"),
        ),
        ("2026-12-01T09:03:10", ("audit", "export", str(root / "out" / "for" / "auditor"))),
        ("2026-12-01T09:03:20", ("audit", "anchor", "outbox")),
        ("2026-12-01T09:03:30", ("backup", str(root / "out" / "copy"))),
        ("2026-12-01T09:04:00", ("customer", "add", "K-2", "--name", "Ola Canary", "--consumer", "yes")),
        ("2026-12-01T09:05:00", ("customer", "erase", "K-2", "--yes")),
        ("2026-12-01T09:06:00", ("status",)),
    ]  # fmt: skip
