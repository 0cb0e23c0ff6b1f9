"""Every change of a file fails once: a clear error, nothing half done, and a repeat succeeds."""

from __future__ import annotations

import errno
import json
import os
import re
import secrets
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Generator
from contextlib import closing
from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

import pytest

from ledger.domain.events import DataPurged
from ledger.purge.place import true_host
from tests.faults import shim
from tests.support.billing_office import NIP, SELLER
from tests.support.long import LONG
from tests.support.office import ON_POSTGRES, Answer
from tests.support.purges import everything
from tests.support.witness import Cosigner

pytestmark = [
    pytest.mark.skipif(shim.why_not() is not None, reason=str(shim.why_not())),
    pytest.mark.skipif(ON_POSTGRES, reason="the server answers for its own files"),
]

SERVER = Path(__file__).with_name("failing.py")
CALLS_MAX = 1_000_000 if LONG else 6
"""So many changes of each command fail in each way, spread over all of them; in the long run every one."""
WAYS = (errno.ENOSPC, errno.EIO)
SEED = int(os.environ.get("SESSION_LEDGER_SEED") or secrets.randbits(32))
NOW = "2026-12-01T10:00:00+01:00"
DONE, DOCUMENTED = 0, {0, 1, 2, 3, 4}
WITNESS = Cosigner(b"\x07" * 32)

REQUEST = ("session", "request", "--customer", "K-1", "--issue", "other")
TOLD = ("--command-id", "told-1")
SCENES: dict[str, tuple[str, ...]] = {
    "init": ("init", "--testing", "--name", "shop"),
    "customer": ("customer", "add", "K-9", "--name", "Nowy Klient", *TOLD),
    "request": (*REQUEST, "--contact", "Jan Canary", *TOLD),
    "connect": ("session", "connect", "3", "--workstation", true_host(), *TOLD),
    "end": ("session", "end", "4", *TOLD),
    "purge": ("session", "purge", "1", "--workstation", true_host(), "--yes"),
    "issue": ("invoice", "issue", "--session", "2", "--yes", *TOLD),
    "export": ("invoice", "export", "--all", "-o", "{root}/papers"),
    "replay": ("replay",),
    "import": ("session", "import", "{root}/rows.csv"),
    "backup": ("backup", "{root}/copy"),
    "store copy": ("store", "copy", "{root}/copy"),
    "bundle": ("audit", "export", "{root}/bundle"),
    "publication": ("audit", "publish", "{root}/papers-log", "--entries"),
    "question": ("audit", "witness", "request", "-o", "{root}/papers-request"),
    "cosignature": ("audit", "witness", "attach", "{root}/answer", "--key", WITNESS.vkey),
    "visit": ("audit", "visit", "{root}/bundle", "--period", "2026-11", "--nonce", "heron"),
}
DONE_OF = {"visit": 3}
"""Two sessions of the office wait for their deletion, and a visit says so."""
REPAIRABLE = {
    "purge": {"purge-unfinished", "purge-failed", "vault-not-erased", "vault-row-without-key"},
    "issue": {"document-unused"},
}
"""What `check` may say after a command that failed; the guide tells what mends it."""


class State(NamedTuple):
    """What a command can change."""

    history: list[str]
    beside: dict[str, object]
    copy: list[str]
    left: list[str]
    """Names of what copies and bundles put there, whole or not."""
    anchors: list[bytes]


class Office:
    """An office below a folder, each of its commands a process that a change may fail in."""

    def __init__(self, root: Path, server: subprocess.Popen[str]) -> None:
        self.root = root
        self._server = server
        self.tried = 0
        """How many changes the last command tried."""

    def run(self, *words: str, fails_at: int = 0, with_errno: int = 0, now: str = NOW) -> Answer:
        """One command; its n-th change may fail."""
        environment = {
            "SESSION_LEDGER_DIR": str(self.root / "ledger"),
            "SESSION_LEDGER_NOW": now,
            "SESSION_LEDGER_BY": "anna",
        }
        said = (word.replace("{root}", str(self.root)) for word in words)
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.write(json.dumps([fails_at, with_errno, environment, *said]) + "\n")
        self._server.stdin.flush()
        status, out, err, self.tried = json.loads(self._server.stdout.readline())
        return Answer(status, out, err)

    def does(self, *words: str, now: str = NOW, done: int = DONE) -> Answer:
        """One command that must succeed."""
        answer = self.run(*words, now=now)
        assert answer.status == done, (words, answer)
        return answer

    def state(self) -> State:
        """What is recorded, and what lies beside the ledger."""
        held = everything(self.root)
        beside = {name: held[name] for name in held if name.startswith("papers")}
        beside |= {f"ws/{name}": what for name, what in everything(self.root.parent / "ws").items()}
        history = _history(self.root / "ledger" / "events.db")
        # A write-ahead log that could not be removed belongs to its database: the next one to open it does.
        left = [n for n in held if n.startswith(("copy", "bundle", ".")) and not n.endswith(("-wal", "-shm"))]
        copy = _history(self.root / "copy" / "events.db")
        return State(history, beside, copy, sorted(left), _anchors(self.root / "ledger" / "events.db"))


@pytest.fixture(scope="module")
def office() -> Generator[Office]:
    """A small shop: a session to be purged, one to be billed, one asked for, one under way."""
    root = shim.scratch("failing")
    with subprocess.Popen(
        [sys.executable, str(SERVER)],
        env=shim.environment(root / "root"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        made = Office(root / "root", server)
        made.root.mkdir()
        _furnish(made)
        made.root.rename(root / "template")
        yield made
        assert server.stdin is not None
        server.stdin.close()
    shutil.rmtree(root)


def _furnish(office: Office) -> None:
    office.does(*SCENES["init"], now="2026-11-16T08:00:00+01:00")
    workspaces = office.root.parent / "ws"  # beside the copies: a place is known by its inode
    workspaces.mkdir()
    settings = (*SELLER, "ksef.mode=exempt_10k", f"purge.workspaces={workspaces}")
    office.does("config", "set", *settings, now="2026-11-16T08:00:00+01:00")
    office.does(
        "customer", "add", "K-1", "--name", "Łódź Żółć Sp. z o.o.", "--nip", NIP, "--consumer", "no",
        "--address-line1", "ul. Śliczna 2", "--address-line2", "00-002 Kraków",
        now="2026-11-16T08:00:00+01:00",
    )  # fmt: skip
    for number, hour in (("1", "09"), ("2", "11"), ("3", "13"), ("4", "15")):
        at = f"2026-11-16T{hour}:00:00+01:00"
        office.does(*REQUEST, "--contact", "Jan Canary", now=at)
        if number != "3":
            office.does("session", "connect", number, "--workstation", true_host(), now=at)
        if number in {"1", "2"}:
            office.does("session", "end", number, now=f"2026-11-16T{hour}:40:00+01:00")
    office.does("invoice", "issue", "--session", "1", "--yes")
    office.does("session", "list")
    text = office.does("audit", "checkpoint").out.rpartition("\n\n")[0] + "\n"
    (office.root / "answer").write_text(WITNESS.line(text, 5), encoding="utf-8")
    office.does(*SCENES["cosignature"])
    (office.root / "answer").write_text(WITNESS.line(text, 6), encoding="utf-8")  # still to be attached
    rows = [f"old-{n},K-1,other,2026-11-{n + 1:02} 10:00,2026-11-{n + 1:02} 10:20" for n in range(20)]
    header = "session_ref,customer,issue,connected_at,ended_at"
    (office.root / "rows.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8")


def _afresh(office: Office, scene: str) -> None:
    if office.root.exists():
        shutil.rmtree(office.root)
    if scene == "init":
        office.root.mkdir()
    else:
        shutil.copytree(office.root.parent / "template", office.root)
    for name in ("a", "sub/b"):
        file = office.root.parent / "ws" / "1" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name, encoding="utf-8")


@pytest.mark.parametrize("with_errno", WAYS, ids=[errno.errorcode[way] for way in WAYS])
@pytest.mark.parametrize("scene", SCENES)
def test_a_change_that_fails_leaves_nothing_half_done(office: Office, scene: str, with_errno: int) -> None:
    """As after a command that was not given, or as after one that succeeded; a repeat succeeds."""
    _afresh(office, scene)
    before = office.state()
    office.does(*SCENES[scene], done=DONE_OF.get(scene, DONE))
    tried, after = office.tried, office.state()
    stride = max(1, -(-tried // CALLS_MAX))
    between = WAYS.index(with_errno) * stride // len(WAYS)  # the ways take turns
    numbers = range(1 + (SEED + between) % stride, tried + 1, stride)
    failed = 0
    for number in numbers:
        _afresh(office, scene)
        answer = office.run(*SCENES[scene], fails_at=number, with_errno=with_errno)
        where = f"change {number} of {tried}, SESSION_LEDGER_SEED={SEED}: {answer}"
        failed += answer.status != DONE_OF.get(scene, DONE)
        assert_is_clear(scene, answer, where)
        assert_is_whole(office, scene, answer, (before, after), where)
        assert_is_repeated(office, scene, after, where)
    print(f"\n{scene}: {len(numbers)} of {tried} changes failed, {failed} were told")  # noqa: T201 - the figures


def assert_is_clear(scene: str, answer: Answer, where: str) -> None:
    """A documented status, one sentence and its code; no traceback, no defect."""
    assert answer.status in DOCUMENTED, where
    assert "Traceback" not in answer.err, where
    tells_what_is_left = answer.out.endswith("left\n")  # the purge does
    if answer.status != DONE_OF.get(scene, DONE) and not tells_what_is_left:
        assert re.search(r"^Error: .+ \(E-[A-Z0-9-]+\)$", answer.err, re.MULTILINE), where


def assert_is_whole(
    office: Office, scene: str, answer: Answer, states: tuple[State, State], where: str
) -> None:
    """All is as before or as after, and `check` is silent or names what can be mended."""
    state = office.state()
    if answer.status == DONE_OF.get(scene, DONE):
        assert state == states[1], where
    elif scene in {
        "export",
        "publication",
        "question",
    }:  # each file is whole; which of them are there is told
        assert state.beside.items() <= states[1].beside.items(), where
    elif scene != "purge":  # what was begun is recorded, and what failed of it
        assert state in states, where
    if any(DataPurged.TOPIC in event for event in state.history):
        assert "ws/1" not in state.beside, where
    if state.history:
        answer = office.run("check")
        found = {line.partition(":")[0] for line in answer.out.splitlines()}
        assert found <= REPAIRABLE.get(scene, set()), (answer, where)
        assert not answer.err.startswith("Error"), (answer, where)


def assert_is_repeated(office: Office, scene: str, after: State, where: str) -> None:
    """The same command again comes to what it would have come to."""
    if office.state() == after:
        return
    again = office.run(*SCENES[scene])
    assert again.status == DONE_OF.get(scene, DONE), (again, where)
    state = office.state()
    if scene == "purge":
        assert DataPurged.TOPIC in state.history[-1], where
        assert state.beside == after.beside, where
    else:
        assert state == after, (_first_difference(state, after), where)
    repaired = office.run("check", "--repair")
    assert repaired.status == DONE, (repaired, where)


def _first_difference(state: State, after: State) -> object:
    """Where two histories part; what lies beside the ledger when they do not."""
    pairs = zip_longest(state.history, after.history)
    return next((pair for pair in pairs if pair[0] != pair[1]), (state.beside.keys(), after.beside.keys()))


def _anchors(path: Path) -> list[bytes]:
    """What others said of checkpoints."""
    if not path.exists():
        return []
    with closing(sqlite3.connect(path)) as database:
        if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'anchor'").fetchone():
            return []
        return [token for (token,) in database.execute("SELECT token FROM anchor ORDER BY token")]


def _history(path: Path) -> list[str]:
    """Every event, without what is drawn by chance: streams, commitments, keys."""
    if not path.exists():
        return []
    with closing(sqlite3.connect(path)) as database:
        if not database.execute("SELECT 1 FROM sqlite_master WHERE name = 'events'").fetchone():
            return []
        rows = database.execute("SELECT topic, state FROM events ORDER BY leaf_index").fetchall()
    return [f"{topic} {_CHANCE.sub('#', state.decode())}" for topic, state in rows]


_CHANCE = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32,64}|[\w+/-]{43}=?")
