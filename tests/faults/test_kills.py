"""kill -9 at random moments of a shop's mixed work: nothing acknowledged is lost, nothing happens twice."""

from __future__ import annotations

import json
import os
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path
from random import Random, SystemRandom
from signal import SIGKILL
from typing import Any

import pytest

from tests.faults.killing import Aim, Ended, Killing, killing
from tests.faults.work import BEGAN, Deed, Shop
from tests.support.long import LONG, begin, finish, times
from tests.support.office import ON_POSTGRES, Office
from tests.support.stored import asked

KILLS, LEDGERS = (250, times(1, 40)) if LONG else (70, 1)
SEED = os.environ.get("SESSION_LEDGER_SEED") or str(SystemRandom().randrange(10**9))
"""It decides what is done and which moments are aimed at; when a process gets there is the machine's."""
REAL = 0.15
"""The share of processes that start Python anew, which takes most of their time; the others are forks."""
ATTEMPTS = 4
"""So often one command is killed at most."""
ANYWHEN = 0.2
"""The share of kills aimed at the whole life of a process, not at its writing."""
ASKED = 0.15
"""The share of kills, and of commands, after which the program is asked; after a killed purge always.

After every command the history is held against what it was; what `check` finds later is there later, too.
"""
MENDED = {"document-unused", "vault-row-without-event"}
"""What a kill may leave: bytes and words put down before the event that never came; --repair removes them."""
UNFINISHED = MENDED | {"purge-unfinished", "vault-row-without-key", "vault-not-erased", "bill-changed"}
"""What may be found before the killed command is repeated."""
pytestmark = [
    pytest.mark.skipif(ON_POSTGRES, reason="kills what works on the files of SQLite"),
    pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells when a file is written"),
]


def named_by_check(office: Office) -> set[str]:
    """What `check` names, but for sessions that overlap: one technician works at many here."""
    found = {line.partition(":")[0] for line in office.run("check").out.splitlines()}
    return found - {"session-overlap"}


class Trial:
    """A growing ledger, deed after deed, each killed until it survives."""

    def __init__(self, killer: Killing, shop: Shop, chance: Random) -> None:
        self.killer, self.shop, self.chance = killer, shop, chance
        self.landed: Counter[str] = Counter()
        self.of_deeds: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.recorded = 0
        """Kills after which the events were there, and no answer had been given."""
        self.real = 0
        """Kills of processes that had started Python anew."""
        self.answers: dict[str, dict[str, Any]] = {}
        """What was acknowledged under each command id."""
        self._leaves: list[tuple[bytes]] = []
        self._took: dict[tuple[str, bool], Ended] = {}

    @property
    def kills(self) -> int:
        """Processes that ended by SIGKILL."""
        return self.landed.total() - self.landed["not killed"]

    def do(self, deed: Deed) -> None:
        """Kill it until it survives; an answer that was given before is given again, and nothing else."""
        answer = ""
        for attempt in range(ATTEMPTS + 1):
            ended = self._run(deed, real=self.chance.random() < REAL, kill=attempt < ATTEMPTS)
            is_repeat = "recorded before" in ended.err
            if answer and deed.command and ended.answered:
                assert (is_repeat, ended.out) == (True, answer), deed
            self.recorded += is_repeat and not answer
            answer = answer or (ended.out if ended.answered else "")
            if ended.status == 0:
                break
            assert ended.status == -SIGKILL, (deed, ended)
            if deed.name == "session purge" or self.chance.random() < ASKED:
                self.ask(UNFINISHED)
        document: dict[str, Any] = json.loads(answer) if answer.startswith("{") else {}
        deed.taken(document)
        if deed.command:
            self.answers[deed.command] = document
        if self.chance.random() < ASKED:
            self.ask(MENDED | ({"bill-changed"} if self.shop.owes_correction else set()))
        self._look_past()

    def _run(self, deed: Deed, *, real: bool, kill: bool) -> Ended:
        aim = self._aim(deed.name, real=real) if kill else None
        environment = {
            "SESSION_LEDGER_DIR": str(self.killer.folder),
            "SESSION_LEDGER_NOW": self.shop.office.now,
            "SESSION_LEDGER_BY": "anna",
        }
        ended = self.killer.run(deed.words, environment, aim, real=real)
        self.landed[ended.landed] += 1
        self.of_deeds[deed.name][ended.landed] += 1
        self.real += real and ended.status == -SIGKILL
        if ended.status == 0 and "recorded before" not in ended.err:
            self._took[deed.name, real] = ended
        return ended

    def _aim(self, name: str, *, real: bool) -> Aim | None:
        """Mostly while it writes; None for the first of a kind, whose length nobody knows."""
        last = self._took.get((name, real))
        if last is None:
            return None
        if last.wrote_after is None or self.chance.random() < ANYWHEN:
            return Aim(self.chance.uniform(0, last.seconds))
        return Aim(self.chance.uniform(0, last.seconds - last.wrote_after), after_write=True)

    def ask(self, allowed: set[str]) -> None:
        """Ask the program, then look past it."""
        office = self.shop.office
        found = named_by_check(office)
        assert found <= allowed, found
        if found and found <= MENDED:
            office.run("check", "--repair")
            assert named_by_check(office) == set()
        assert office.asks("audit", "verify")["findings"] == []
        self._look_past()

    def _look_past(self) -> None:
        """The history only grew, and no session is recorded as deleted whose files are there."""
        office = self.shop.office
        leaves = asked(office.folder, "events.db", "SELECT leaf_hash FROM events ORDER BY leaf_index")
        assert leaves[: len(self._leaves)] == self._leaves, "the history is not what it was"
        self._leaves = leaves
        assert not [number for number in _purged(office) if self.shop.workspace(number).exists()]


def _purged(office: Office) -> list[int]:
    """The sessions that are recorded as deleted."""
    query = """SELECT key FROM reference JOIN events ON stream = originator_id
               WHERE kind = 'session' AND topic LIKE 'session.data_purged:%'"""
    return [number for (number,) in asked(office.folder, "events.db", query)]


@pytest.mark.parametrize("ledger", range(LEDGERS))
def test_killed_at_random_moments_it_loses_and_doubles_nothing(ledger: int, tmp_path: Path) -> None:
    """What was acknowledged is there once, what was not is there whole or not at all."""
    begin(f"kills-{ledger}")
    print(f"SESSION_LEDGER_SEED={SEED}, ledger {ledger}")  # noqa: T201 - to do it again
    chance, began = Random(f"{SEED} {ledger}"), time.perf_counter()  # noqa: S311 - no secret
    office = Office(tmp_path / "ledger", now=BEGAN.isoformat())
    with killing(office.folder) as killer:
        trial = Trial(killer, Shop(office, chance), chance)
        while trial.kills < KILLS:
            trial.do(trial.shop.next_deed())
        while trial.shop.owes_correction:
            trial.do(trial.shop.next_deed())
    trial.ask(MENDED)
    _is_whole(trial)
    told = _told(trial, time.perf_counter() - began)
    assert trial.landed["during"] > KILLS / 4, told
    assert trial.real > KILLS / 40, told
    assert min(trial.landed["before"], trial.landed["after"], trial.recorded) > 0, told
    finish(f"kills-{ledger}", f"SESSION_LEDGER_SEED={SEED}, ledger {ledger}: {told}")


def _told(trial: Trial, seconds: float) -> str:
    landed, shop = trial.landed, trial.shop
    kills = (
        f"{trial.kills} kills in {seconds:.0f} s, {trial.real} of them of a Python started anew: "
        f"{landed['before']} before the first write, {landed['during']} before the answer ({trial.recorded} "
        f"with everything recorded), {landed['after']} after it; {landed['not killed']} commands lived"
    )
    came_of_it = (
        f"{shop.office.events()} events, {shop.count} sessions, {len(shop.invoices)} invoices, "
        f"{len(_purged(shop.office))} purges; 0 acknowledged lost, 0 recorded twice"
    )
    lines = [kills, came_of_it]
    for name, counts in sorted(trial.of_deeds.items()):
        lines.append(f"  {name}: " + ", ".join(f"{counts[where]} {where}" for where in sorted(counts)))
    return "\n".join(lines)


def _is_whole(trial: Trial) -> None:
    """Past the program: every command once and whole, every number once, no session on two invoices."""
    shop, folder = trial.shop, trial.shop.office.folder
    rows = asked(folder, "events.db", "SELECT originator_id, topic, state FROM events ORDER BY leaf_index")
    of_command: defaultdict[str, list[str]] = defaultdict(list)
    standing: dict[bytes, str] = {}
    numbers: list[str] = []
    for stream, topic, state in rows:
        fact, kind = json.loads(state), topic.partition(":")[0]
        if fact.get("command"):
            of_command[fact["command"]].append(kind)
        if kind == "series.number_drawn":
            numbers.append(fact["number"])
        elif kind == "session.billed":
            assert standing.setdefault(stream, fact["invoice"]) == fact["invoice"], (
                "it stands on two invoices"
            )
        elif kind == "session.unbilled":
            assert standing.pop(stream) == fact["invoice"]
    assert set(of_command) == set(trial.answers)
    for command, answer in trial.answers.items():
        bear_it = of_command[command]  # of a document's facts the document alone
        assert bear_it == answer["events"][: len(bear_it)], (command, answer)
    by_series: defaultdict[str, list[int]] = defaultdict(list)
    for number in numbers:
        by_series[number.rpartition("/")[0]].append(int(number.rpartition("/")[2]))
    assert all(each == list(range(1, len(each) + 1)) for each in by_series.values()), by_series
    assert len(standing) == sum(each.invoice is not None for each in shop.sessions.values())
    sessions = asked(folder, "events.db", "SELECT key FROM reference WHERE kind = 'session' ORDER BY key")
    assert [number for (number,) in sessions] == list(range(1, shop.count + 1))
    assert sorted(_purged(shop.office)) == sorted(
        each.number for each in shop.sessions.values() if each.purged
    )
