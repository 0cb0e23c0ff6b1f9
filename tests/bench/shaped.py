"""What years of other shapes cost, in processor time: beside the ordinary one, beside the build before."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from msgspec import json

from ledger.domain import events as e
from ledger.store.event_store import LedgerStore
from projections.inputs.state import Inputs
from tests.bench.process import ours, run
from tests.bench.shapes import BIG_CUSTOMER, Shape, make
from tests.bench.table import Table

LATER = "2027-06-01T12:00:00+02:00"
RATING = Path(__file__).with_name("rating.py")
TURNS = 3
_CHUNK = 500
MARKS: dict[Shape, tuple[str, float]] = {
    "ordinary": ("", 0.95),
    "nopurge": ("<= 1.25 x ordinary", 0.36),
    "mixed": ("<= 1.25 x ordinary", 0.42),
    "long": ("", 1),
    "fat": ("", 1),
}
"""By shape, what an event may cost; and a replay beside the build before."""


class Shaped:
    """Ledgers of every shape, measured by this build and, in turns, by another one."""

    def __init__(self, table: Table, root: Path, sessions: int, base: Path | None) -> None:
        self._table, self._root, self._sessions, self._base = table, root / "shapes", sessions, base
        self._event_us: dict[str, float] = {}
        self._root.mkdir()

    def measure(self) -> None:
        """Make, replay, rate, check; each ledger goes when it is done with."""
        self._table.part(f"years of {self._sessions:,} sessions by shape, processor time of whole processes")
        for shape in MARKS:
            sessions = self._sessions // 5 if shape == "long" else self._sessions
            folder = self._root / shape
            self._replayed(shape, folder, make(shape, sessions, folder, self._base))
            if shape == "mixed":
                self._rated(folder)
                for words in (("audit", "verify"), ("check",)):
                    self._line(f"{' '.join(words)} of mixed", *self._turns(folder, words), below=0.55)
            if shape == "fat":
                self._purchased(folder)
            shutil.rmtree(folder)

    def _turns(self, folder: Path, words: Sequence[str]) -> tuple[float, float | None]:
        """Return the medians of this build and of the other one, which take turns."""
        taken: dict[Path | None, list[float]] = {source: [] for source in (None, self._base)}
        for _ in range(TURNS):
            for source, seconds in taken.items():
                if words != ("replay",):  # each of them reads rows of its own
                    ours("replay", folder=folder, now=LATER, source=source)
                seconds.append(ours(*words, folder=folder, now=LATER, source=source).processor_s)
        return median(taken[None]), None if self._base is None else median(taken[self._base])

    def _line(self, what: str, now: float, before: float | None, *, below: float) -> None:
        beside = "" if before is None else f"{now / before:.2f} x the build before"
        self._table.line(what, f"{now:.2f} s", "" if before is None else f"<= {below} x before", beside)

    def _replayed(self, shape: Shape, folder: Path, events: int) -> None:
        now, before = self._turns(folder, ("replay",))
        mark, below = MARKS[shape]
        self._event_us[shape] = each_us = now * 1e6 / events
        self._line(f"replay {shape}, {events:,} events", now, before, below=below)
        beside = f"{each_us / self._event_us['ordinary']:.2f} x ordinary"
        self._table.line(f"replay {shape}, an event", f"{each_us:.2f} us", mark, beside)

    def _purchased(self, folder: Path) -> None:
        """One purchase, of half a year ago, of a customer with half of the sessions."""
        replay = ours("replay", folder=folder, now=LATER).processor_s
        line = ("purchase", "add", BIG_CUSTOMER, "--order-ref", "ORD/NEW", "--at", "2026-06-01")
        taken = ours(*line, folder=folder, now=LATER).processor_s
        self._table.line(
            f"purchase of a customer with {self._sessions // 2:,} sessions",
            f"{taken:.2f} s",
            "<= 0.3 x replay",
            f"{taken / replay:.2f} x replay",
        )

    def _rated(self, folder: Path) -> None:
        """Rating alone, without the log: sessions of one connection and one kind, and all others."""
        plain, others = self._root / "plain.json", self._root / "others.json"
        _write_facts(folder, plain, others)
        now_us, now_others_us = (_rating_us(None, file) for file in (plain, others))
        self._table.line("rating of a plain session", f"{now_us:.2f} us")
        ratio = f"{now_others_us / now_us:.1f} x a plain one"
        self._table.line("rating of any other", f"{now_others_us:.2f} us", "<= 6 x a plain one", ratio)
        if self._base is not None:
            faster = _rating_us(self._base, others) / now_others_us
            self._table.line("the same beside the build before", f"{faster:.1f} times as fast", ">= 6")


def _write_facts(folder: Path, plain: Path, others: Path) -> None:
    """Write the price list, and what rating is told of the ended sessions of a ledger."""
    found: tuple[list[object], list[object]] = [], []
    with LedgerStore.open(folder / "events.db", lambda: 0) as store:
        inputs = Inputs.at(store, store.length())
        (row,) = store.rows_with(e.TariffPublished.TOPIC)
        text = json.decode(row[5], type=e.TariffPublished).text
        last = store.sessions()
        for start in range(1, last + 1, _CHUNK):
            for life in inputs.lives(range(start, min(start + _CHUNK, last + 1))):
                if life.ended_us is not None:
                    facts = life.rating_facts(inputs.purchases(life.customer))
                    is_other = len(facts.connections) > 1 or len(facts.kinds) > 1 or facts.waiver is not None
                    found[is_other].append(facts)
    for file, facts_of in zip((plain, others), found, strict=True):
        file.write_bytes(json.encode([text, facts_of]))


def _rating_us(source: Path | None, facts: Path) -> float:
    environment = (
        {} if source is None else {"PYTHONPATH": os.pathsep.join((str(source / "src"), str(source)))}
    )
    words = [sys.executable, *(("-P",) if source else ()), str(RATING), str(facts)]
    return float(run(words, environment=environment).out)
