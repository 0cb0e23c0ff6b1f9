"""Hours of many readers and two writers at two desks, one of them killed at random moments.

The short run is a few seconds of it; SESSION_LEDGER_LONG=1 is the whole hour.
"""

from __future__ import annotations

import http.client
import os
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from random import Random, SystemRandom
from signal import SIGKILL
from statistics import quantiles
from urllib.parse import urlencode

import pytest

from tests.support.desk_process import Program, desk_process
from tests.support.long import LONG, finish, times
from tests.support.office import Office
from tests.support.stored import asked

SOAK_S = times(5, 3600)
READERS, WRITERS = (20, 2) if LONG else (6, 2)
LIVES_S = (5.0, 60.0) if LONG else (1.0, 2.0)
"""How long the desk that is killed lives at least and at most."""
PARTS = 6
"""Memory is told for each of them: ten minutes of an hour."""
GROWTH_MOST = 1.10
"""Beyond what was held when warm, or what a new desk holds that is read over the ledger as it ended."""
SAMPLE_S = 5.0 if LONG else 0.5
SEED = os.environ.get("SESSION_LEDGER_SEED") or str(SystemRandom().randrange(10**9))
PAGES = ("/", "/call?customer=K-1&issue=other", "/customers", "/customer/K-1", "/verify", "/payments")
MONTHLY = ("/month", "/deletions")
LIFE: tuple[tuple[str, dict[str, str]], ...] = (
    ("connect", {}),
    ("note", {"summary": "sterownik"}),
    ("end", {}),
    ("declare", {}),
)
STEPS = {
    "connect": "session.connected",
    "note": "session.noted",
    "end": "session.ended",
    "declare": "session.data_purged",
}
"""What each step records, once."""
pytestmark = pytest.mark.skipif(os.name != "posix", reason="kills with SIGKILL")


class Place:
    """Where a desk can be found just now; the one that is killed comes back at another port."""

    def __init__(self, office: Office, runtime: Path) -> None:
        self._office, self._runtime = office, runtime
        self._runtime.mkdir(mode=0o700)
        self._stack = ExitStack()
        self.program = self._started()

    def _started(self) -> Program:
        return self._stack.enter_context(desk_process(self._office.folder, self._runtime, now=None))

    def killed(self) -> None:
        """Kill it, and start it again."""
        self.program.process.send_signal(SIGKILL)
        self._stack.close()
        self.program = self._started()

    def memory_kib(self) -> int:
        """What it holds of the machine's memory."""
        text = Path(f"/proc/{self.program.process.pid}/status").read_text(encoding="ascii")
        found = re.search(r"VmRSS:\s+(\d+) kB", text)
        assert found, text
        return int(found[1])

    def close(self) -> None:
        """End it for good."""
        self._stack.close()


class Soak:
    """What was seen by all who worked."""

    def __init__(self, places: list[Place]) -> None:
        self.places = places
        self.over = threading.Event()
        self.pages: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.seconds: list[float] = []
        self.cut_off = 0
        self.refused: Counter[str] = Counter()
        """Forms that were not recorded at once, by what was answered."""
        self.acknowledged: list[str] = []
        self.memory: list[tuple[float, int]] = []

    def reads(self, number: int) -> None:
        """Look at a page each second; a page is whole and its own, or the desk was killed meanwhile."""
        chance = Random(f"{SEED} reader {number}")  # noqa: S311 - no secret
        while not self.over.wait(chance.uniform(0.5, 1.5)):
            place = chance.choice(self.places)
            monthly = [f"{each}/{time.strftime('%Y-%m')}" for each in MONTHLY]
            path = chance.choice([*PAGES, *monthly, f"/session/{chance.randint(1, 3)}"])
            program, began = place.program, time.monotonic()
            try:
                status, text, *_ = program.sends("GET", path)
            except (OSError, http.client.HTTPException):
                self.cut_off += 1
                continue
            self.seconds.append(time.monotonic() - began)
            self.pages[path.partition("?")[0]] += 1
            if status != 200 or not text.rstrip().endswith("</html>") or "<h1" not in text:
                self.wrong.append(f"{path}: {status} {text[:300]}")

    def writes(self, number: int) -> None:
        """Help after help, every form sent under its own id until it is answered."""
        chance, helps = Random(f"{SEED} writer {number}"), 0  # noqa: S311 - no secret
        while not self.over.is_set():
            helps += 1
            name = f"W{number}H{helps:05d}"
            asked_for = self._until_answered(
                chance, "/call", name, {"customer": "K-1", "issue": "other", "only": "1"}
            )
            session = asked_for.rpartition("/")[2]
            for step, typed in LIFE:
                self._until_answered(chance, f"/session/{session}/{step}", f"{name}{step}", typed)
            self.over.wait(chance.uniform(0, 4 if LONG else 1))

    def _until_answered(self, chance: Random, path: str, name: str, typed: dict[str, str]) -> str:
        """Send a form under one id until it is recorded; the page that it led to."""
        form = f"desk-{name.upper():A<16.16}"
        while True:
            with suppress(OSError, http.client.HTTPException):
                program = chance.choice(self.places).program
                sent = program.sends("POST", path, urlencode({"form": form, **typed}))
                page, mark, done = sent.place.partition("#")
                if (sent.status, done) == (303, "done"):
                    self.acknowledged.append(form)
                    return page
                self.refused[f"{sent.status} {page}{mark}{done}"] += 1
            time.sleep(0.05)

    def looks_at_memory(self, place: Place, began: float) -> None:
        """Note now and then what the desk that lives holds."""
        while not self.over.wait(SAMPLE_S):
            self.memory.append((time.monotonic() - began, place.memory_kib()))


def _working(tasks: list[Callable[[], None]]) -> list[threading.Thread]:
    threads = [threading.Thread(target=each) for each in tasks]
    for each in threads:
        each.start()
    return threads


def test_a_desk_that_is_read_written_and_killed_shows_and_records_what_is_true(tmp_path: Path) -> None:
    """No page is wrong, no form is recorded twice or lost, and memory does not grow."""
    print(f"SESSION_LEDGER_SEED={SEED}")  # noqa: T201 - to do it again
    office = Office(tmp_path / "ledger")
    office.does("customer", "add", "K-1", "--name", "Zakład Igiełka", "--consumer", "no")
    for _ in range(3):
        office.does("session", "request", "--customer", "K-1", "--issue", "other")
    places = [Place(office, tmp_path / name) for name in ("lives", "killed")]
    soak, chance, began = Soak(places), Random(SEED), time.monotonic()  # noqa: S311 - no secret
    kills = 0
    try:
        threads = _working(
            [
                *(lambda number=number: soak.reads(number) for number in range(READERS)),
                *(lambda number=number: soak.writes(number) for number in range(WRITERS)),
                lambda: soak.looks_at_memory(places[0], began),
            ]
        )
        while (left := began + SOAK_S - time.monotonic()) > 0:
            time.sleep(min(left, chance.uniform(*LIVES_S)))
            places[1].killed()
            kills += 1
        soak.over.set()
        for each in threads:
            each.join()
    finally:
        soak.over.set()
        for place in places:
            place.close()
    assert not soak.wrong, soak.wrong[:3]
    _is_whole(office, soak.acknowledged)
    parts, anew = _parts(soak.memory), _read_anew(office, tmp_path / "anew")
    finish("soak", _told(soak, time.monotonic() - began, kills, parts, anew))
    if LONG:
        assert max(parts) <= GROWTH_MOST * max(parts[0], anew), (parts, anew)
    assert sum(soak.pages.values()) > READERS


def _read_anew(office: Office, runtime: Path) -> int:
    """The most that a new desk holds, in KiB, that is read by as many over the ledger as it ended."""
    place, began = Place(office, runtime), time.monotonic()
    soak = Soak([place])
    try:
        threads = _working(
            [
                *(lambda number=number: soak.reads(number) for number in range(READERS)),
                lambda: soak.looks_at_memory(place, began),
            ]
        )
        time.sleep(SOAK_S / PARTS / 2)
        soak.over.set()
        for each in threads:
            each.join()
        assert not soak.wrong, soak.wrong[:3]
        return max([place.memory_kib(), *(kib for _, kib in soak.memory)])
    finally:
        soak.over.set()
        place.close()


def _is_whole(office: Office, acknowledged: list[str]) -> None:
    """Each form once, in the order of a life; what was answered is there, and nothing else."""
    rows = asked(office.folder, "events.db", "SELECT state FROM events ORDER BY leaf_index")
    found = Counter(re.findall(r'"command":"(desk-[A-Z0-9]+)"', " ".join(_text(row) for (row,) in rows)))
    assert set(found) == set(acknowledged)
    assert len(acknowledged) == len(set(acknowledged))
    rows = asked(office.folder, "events.db", "SELECT topic FROM events")
    topics = Counter(topic.partition(":")[0] for (topic,) in rows)
    for step, topic in STEPS.items():
        assert topics[topic] == sum(step.upper() in form for form in acknowledged), topics
    assert office.asks("audit", "verify")["findings"] == []
    assert office.run("check").status in {0, 3}


def _text(state: bytes | str) -> str:
    return state.decode() if isinstance(state, bytes) else state


def _parts(memory: list[tuple[float, int]]) -> list[int]:
    """The most that was held in each part of the time, in KiB."""
    most = [0] * PARTS
    for seconds, kib in memory:
        part = min(PARTS - 1, int(seconds * PARTS / SOAK_S))
        most[part] = max(most[part], kib)
    return [each for each in most if each]


def _told(soak: Soak, seconds: float, kills: int, parts: list[int], anew: int) -> str:
    *_, slow = quantiles(soak.seconds, n=20)
    return (
        f"{seconds:.0f} s, {READERS} readers, {WRITERS} writers, {kills} kills of one desk of two: "
        f"{sum(soak.pages.values())} pages, 0 wrong, {soak.cut_off} cut off by a kill, "
        f"half within {sorted(soak.seconds)[len(soak.seconds) // 2] * 1000:.0f} ms, "
        f"19 of 20 within {slow * 1000:.0f} ms; {len(soak.acknowledged)} forms acknowledged, 0 lost, "
        f"0 twice, {sum(soak.refused.values())} sent again; "
        f"the desk that lived held at most, a part of the time after another, "
        f"{', '.join(f'{kib / 1024:.0f}' for kib in parts)} MB; "
        f"a new one over the same ledger {anew / 1024:.0f} MB"
    )
