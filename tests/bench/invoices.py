"""How fast documents are written as FA(3) and validated."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from ledger.fa3.validate import validate
from ledger.fa3.writer import fa3_xml
from tests.support.invoices import KINDS, SYSTEM

DOCUMENTS = 2_000
RUNS = 5


def _best_rate(work: Callable[[], object], pieces: int) -> float:
    """Pieces a second of processor time, in the fastest run: others may use the machine too."""
    seconds: list[float] = []
    for _ in range(RUNS):
        started = time.process_time()
        work()
        seconds.append(time.process_time() - started)
    return pieces / min(seconds)


def fa3_rates() -> tuple[float, dict[str, float]]:
    """Milliseconds of the first validation, which reads the schema; documents a second of three works.

    All of it in processor time: nothing here waits for a disk.
    """
    documents = [replace(KINDS["example"], number=f"FV/2026/11/{n:04}") for n in range(DOCUMENTS)]
    files = [fa3_xml(document, SYSTEM) for document in documents]
    started = time.process_time()
    validate(files[0])
    first_ms = (time.process_time() - started) * 1000

    def write() -> None:
        for document in documents:
            fa3_xml(document, SYSTEM)

    def check() -> None:
        for file in files:
            validate(file)

    def both() -> None:
        for document in documents:
            validate(fa3_xml(document, SYSTEM))

    works = {"written": write, "validated": check, "written and validated": both}
    return first_ms, {what: _best_rate(work, DOCUMENTS) for what, work in works.items()}
