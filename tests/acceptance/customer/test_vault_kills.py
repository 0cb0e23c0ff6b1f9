"""kill -9 at every write: nothing alive is repaired away, nothing dead stays, in no byte of any file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Generator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from ledger.application.ledger import Environment, Ledger
from ledger.domain.clock import parse_instant
from ledger.domain.retention import erased_classes
from ledger.handlers.check import invariants
from ledger.handlers.vault_classes import vault_class_of
from ledger.store.mapper import read_fact
from ledger.vault.entry import VaultRow
from projections.read_side import ReadSide
from tests.support.office import Office
from tests.support.scan import files_below, found_in, sealed
from tests.support.systems import needs_forks

pytestmark = needs_forks
KILLER = Path(__file__).with_name("killed_vault.py")
STEPS_MAX = 150
NOW = "2027-01-15T10:00:00+01:00"
Kill = Callable[[int, Path, tuple[str, ...]], int]

SCENES: dict[str, tuple[str, ...]] = {
    "a session's words": (
        "session", "request", "--customer", "K-1", "--issue", "other", "--remote-id", "123 456 789",
        "--contact", "Jan Próba",
    ),
    "a note on a session that has none": ("session", "note", "2", "--summary", "driver reinstalled"),
    "a new customer": ("customer", "add", "K-9", "--name", "Nowy Klient"),
    "a declared purge": ("session", "purge", "2", "--declare", "--yes"),
    "an erasure": ("customer", "erase", "K-1", "--yes"),
    "a retention run": ("retention", "run", "--yes"),
}  # fmt: skip


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A customer with another merged in, a request given up, a session over, one with a note, one purged."""
    folder = tmp_path_factory.mktemp("killed") / "ledger"
    office = Office(folder, now="2026-11-16T10:00:00+01:00")
    office.does("customer", "add", "K-1", "--name", "Zakład Krawiecki Igiełka")
    office.does("customer", "add", "K-2", "--name", "Igiełka Zakład")
    office.does("customer", "add", "K-3", "--name", "Apteka Pod Lwem")
    office.does("customer", "merge", "K-1", "K-2", "--reason", "double-entry", "--yes")
    request = ("session", "request", "--issue", "other", "--remote-id", "987654321", "--contact", "p. Nowak")
    for customer in ("K-3", "K-1", "K-1", "K-3"):
        office.does(*request, "--customer", customer)
    office.does("session", "note", "4", "--summary", "kept for the invoice")
    office.does("session", "cancel", "1")
    for number in ("2", "3"):
        office.does("session", "connect", number)
        office.does("session", "end", number)
    office.does("session", "purge", "3", "--declare", "--yes")
    return folder


@pytest.fixture(scope="module")
def kill() -> Generator[Kill]:
    """Runs words in a process that kills itself at a step; its exit status, 0 when it survived."""
    given = {"PATH": os.environ["PATH"], "PYTHONPATH": str(Path(__file__).parents[3])}
    with subprocess.Popen(
        [sys.executable, str(KILLER)], env=given, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:

        def ask(step: int, folder: Path, words: tuple[str, ...]) -> int:
            environment = {
                "SESSION_LEDGER_DIR": str(folder),
                "SESSION_LEDGER_NOW": NOW,
                "SESSION_LEDGER_BY": "anna",
            }
            assert server.stdin is not None
            assert server.stdout is not None
            server.stdin.write(json.dumps([step, environment, *words]) + "\n")
            server.stdin.flush()
            return int(server.stdout.readline())

        yield ask


def opened(folder: Path, *, later: timedelta = timedelta()) -> Ledger:
    moment = parse_instant(NOW) + later
    environment = Environment(lambda: moment, os.urandom, moment.isoformat())
    return Ledger.open(folder, environment, read_models=ReadSide)


def found(ledger: Ledger) -> set[str]:
    return {finding.name for finding in invariants.findings(ledger, ["vault", "deleted"])}


def commitments(ledger: Ledger) -> tuple[set[str], set[str]]:
    """What the events commit to: what is to be there, and what a later event says is erased."""
    alive: dict[tuple[str, UUID], set[str]] = {}
    dead: set[str] = set()
    for rows in ledger.store.pages(0):
        for _, stream, version, topic, _, state in rows:
            subject = UUID(bytes=stream)
            fact = read_fact(topic, state, subject, version)
            if (commitment := getattr(fact, "commitment", None)) is not None:
                alive.setdefault((vault_class_of(fact), subject), set()).add(commitment)
            for data in erased_classes(fact):
                dead |= alive.pop((data, subject), set())
    return {each for living in alive.values() for each in living}, dead


def rows(ledger: Ledger) -> dict[str, VaultRow]:
    return {row.commitment: row for row in ledger.vault.rows()}


def secrets(folder: Path, beside: Path) -> set[bytes]:
    """Keys and boxes as stored, read in a copy: closing a database would tidy up its log."""
    shutil.copytree(folder, beside)
    needles = sealed(beside)
    shutil.rmtree(beside)
    return set(needles.values())


@pytest.mark.parametrize("scene", SCENES)
def test_killed_at_every_write(scene: str, template: Path, kill: Kill, tmp_path: Path) -> None:
    """Within the hour the young are let be; after it exactly the orphans go, and all that was erased."""
    known = secrets(template, tmp_path / "copy")
    for step in range(1, STEPS_MAX):
        folder = tmp_path / str(step)
        shutil.copytree(template, folder)
        status = kill(step, folder, SCENES[scene])
        assert status in {0, -9}
        stored = known | secrets(folder, tmp_path / "copy")

        with opened(folder) as ledger:
            alive, dead = commitments(ledger)
            before = rows(ledger)
            assert found(ledger) <= {"vault-row-without-key", "vault-not-erased"}, step
            assert status == -9 or found(ledger) == set()
            list(invariants.repair(ledger))
            assert found(ledger) == set(), step
            young = set(before) - alive - dead
            assert set(rows(ledger)) == alive | young, step

        with opened(folder, later=timedelta(hours=1, seconds=1)) as ledger:
            assert found(ledger) == ({"vault-row-without-event"} if young else set()), step
            list(invariants.repair(ledger))
            assert found(ledger) == set(), step
            assert set(rows(ledger)) == alive, step
            assert all(ledger.words(commitment) for commitment in alive), step
            keys = {
                (kind, s) for kind in ("session", "tax", "customer") for s in ledger.vault.key_subjects(kind)
            }
            assert keys == {(row.kind, row.subject) for row in rows(ledger).values()}, step

            gone = stored - secrets(folder, tmp_path / "copy")
            needles = {secret.hex(): secret for secret in gone}
            assert found_in(files_below(folder), needles) == {}, step
        if status == 0:
            break
        shutil.rmtree(folder)
    else:
        pytest.fail("it never survived")
    assert step > 5


@pytest.mark.parametrize("scene", ["an erasure", "a retention run"])
def test_a_repeat_completes_what_was_interrupted(
    scene: str, template: Path, kill: Kill, tmp_path: Path
) -> None:
    """Killed anywhere, the same words again leave nothing of what they erase."""
    words = SCENES[scene]
    for step in range(2, STEPS_MAX, 4):
        folder = tmp_path / str(step)
        shutil.copytree(template, folder)
        status = kill(step, folder, words)
        stored = secrets(folder, tmp_path / "copy")
        assert kill(STEPS_MAX * 2, folder, words) in {0, 1}
        with opened(folder) as ledger:
            assert found(ledger) == set(), step
            alive, dead = commitments(ledger)
            assert set(rows(ledger)) == alive, step
            assert dead, step
            gone = stored - secrets(folder, tmp_path / "copy")
            assert found_in(files_below(folder), {secret.hex(): secret for secret in gone}) == {}, step
        if status == 0:
            break
    else:
        pytest.fail("it never survived")
