"""A year of sessions and of records of their connections, and the seconds that reconciling them takes.

Written straight into the log: what is measured is the reading and the comparing, not the import. One
record in fifty is missing, one in fifty tells another end, one in a hundred has two digits swapped.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple
from uuid import UUID

from ledger.application.ledger import Environment, Ledger
from ledger.domain import events as e
from tests.bench.process import ours

NOW = "2027-01-05T12:00:00+01:00"
BEGINS = datetime(2026, 1, 1, 6, tzinfo=UTC)
DAYS = 364
PARTNERS = 5_000
HEADER: dict[str, Any] = {"by": "bench", "source": "import"}
BATCH = 5_000


class Measured(NamedTuple):
    """What a reconciliation of a whole year took, as a process of its own, and what it found."""

    seconds: float
    peak_mb: float
    counts: dict[str, int]
    findings: int


def write_records(folder: Path, count: int) -> None:
    """A ledger with so many sessions and about as many records."""
    ours("init", "--testing", folder=folder, now=NOW)
    ours("customer", "add", "K-1", "--name", "Bench", folder=folder, now=NOW)
    environment = Environment(lambda: datetime.now(UTC), os.urandom, NOW)
    with Ledger.open(folder, environment) as ledger, ledger.store.bulk() as bulk:
        batch: list[e.RecordedEvent] = []
        for event in _events(ledger, count):
            batch.append(event)
            if len(batch) == BATCH:
                bulk.append(batch)
                batch = []
        bulk.append(batch)


def _events(ledger: Ledger, count: int) -> Iterator[e.RecordedEvent]:
    chance = Random(20261101)  # noqa: S311 - the same year in every run
    digest = ledger.state.tariffs[0].digest
    step = timedelta(days=DAYS) / count
    technicians = max(4, count // 500)
    for number in range(count):
        begins = (BEGINS + step * number).replace(microsecond=0)
        ends = begins + timedelta(seconds=chance.randrange(60, 5400))
        digits = f"{100_000_000 + chance.randrange(PARTNERS)}"
        technician = f"t-{number % technicians}"
        yield from _session(ledger.ids.new(), (begins, ends), digits, technician, digest)
        dice = chance.random()
        if dice >= 0.02:
            late = timedelta(seconds=900 if dice < 0.04 else chance.randrange(-2, 3))
            told = digits if dice > 0.05 or dice < 0.04 else digits[:3] + digits[4] + digits[3] + digits[5:]
            times = e.RecordTimes(
                started_at=begins + timedelta(seconds=chance.randrange(3)), ended_at=ends + late
            )
            key = f"{chance.getrandbits(128):032x}"
            yield e.RecordedEvent(ledger.ids.new(), 1, _record(key, times, told, technician))


def _session(
    stream: UUID, times: tuple[datetime, datetime], digits: str, technician: str, digest: str
) -> Iterator[e.RecordedEvent]:
    begins, ends = times
    facts: tuple[e.Event, ...] = (
        e.Requested(
            at=begins - timedelta(minutes=3),
            customer="K-1",
            issue="other",
            remote_id_fingerprints=_marks(digits),
            **HEADER,
        ),
        e.Connected(at=begins, connection=1, technician=technician, tariff=digest, **HEADER),
        e.Ended(at=ends, **HEADER),
        e.DataPurged(at=ends + timedelta(minutes=20), **HEADER),
    )
    for version, fact in enumerate(facts, start=1):
        yield e.RecordedEvent(stream, version, fact)


def _record(key: str, times: e.RecordTimes, digits: str, technician: str) -> e.Event:
    return e.SourceSessionObserved(
        at=times.ended_at or times.started_at,
        adapter="teamviewer-webapi",
        instance="main",
        key=key,
        kind="remote_control",
        times=times,
        content=key,
        technician=technician,
        remote_id_fingerprints=_marks(digits),
        **HEADER,
    )


def _marks(digits: str) -> tuple[str, str]:
    """What stands for fingerprints: of the digits, and of the digits sorted."""
    return _mark(digits), _mark("".join(sorted(digits)))


def _mark(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:22]


def measured(folder: Path) -> Measured:
    """Reconcile the year once; the read model is caught up before."""
    ours("status", folder=folder, now=NOW)
    ran = ours("source", "reconcile", "--period", "2026", "-f", "json", folder=folder, now=NOW)
    document = json.loads(ran.out)
    return Measured(ran.seconds, ran.peak_mb, document["counts"], len(document["findings"]))
