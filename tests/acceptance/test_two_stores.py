"""One month on SQLite and on PostgreSQL, with the same clock and the same chance: every byte is the same."""

from __future__ import annotations

import os
import random
from importlib.resources import files
from pathlib import Path

import pytest

from tests import postgres
from tests.acceptance.shop import EVENTFUL, MORNING, PERIOD, REPORTS, outputs
from tests.office import ON_POSTGRES, Answer, Office

pytestmark = pytest.mark.skipif(ON_POSTGRES, reason="has an office on each store itself")
HANDED_OUT = (
    ("report", "deletion-protocol", "--period", PERIOD, "-o", "protocol.pdf"),
    ("report", "deletion-register", "--period", PERIOD, "-o", "register.pdf"),
    ("audit", "checkpoint", "-o", "checkpoint.note"),
    ("audit", "prove", "44", "-o", "44.tlog-proof"),
    ("customer", "export", "K-001", "-o", "customer.json"),
    ("audit", "export", "bundle"),
    ("audit", "verify", "-f", "json"),
    ("check",),
)
"""What is handed out, each into a file or a folder; and two that look at everything."""


def lived(folder: Path, init: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> dict[str, bytes]:
    """A month with all that can happen in it, and everything that was said and handed out, as bytes."""
    chance = random.Random(7)  # noqa: S311 - the same keys in every run
    monkeypatch.setattr(os, "urandom", chance.randbytes)
    folder.mkdir()
    monkeypatch.chdir(folder)
    office = Office(Path("ledger"), now=MORNING, init=("--name", "shop", *init))
    said: list[tuple[tuple[str, ...], Answer]] = []
    sample = files("ledger") / "data" / "sample"
    said += [
        ((noun,), office.does(noun, "import", str(sample / f"{noun}s.csv")))
        for noun in ("customer", "purchase", "session")
    ]
    for hour, command in enumerate(EVENTFUL):
        office.now = f"2026-12-01T{9 + hour // 6:02d}:{hour % 6}0:00+01:00"
        said.append((command, office.does(*command)))
    office.now = "2026-12-01T18:00:00+01:00"
    said += [(words, office.does(*words)) for words in HANDED_OUT]
    found = {f"{n}: {' '.join(words)}": repr(answer).encode() for n, (words, answer) in enumerate(said)}
    found |= outputs(office, Path("reports"))
    for path in sorted(Path().rglob("*")):
        if path.is_file() and path.parts[0] not in {"ledger", "reports"}:
            found[str(path)] = path.read_bytes()
    return found


def test_the_same_month_is_the_same_bytes_on_both(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What commands say, reports in every format, documents, proofs and the auditor's bundle."""
    one = lived(tmp_path / "one", (), monkeypatch)
    init = ("--store", postgres.url_of(database), "--owner", postgres.OWNER)
    other = lived(tmp_path / "other", init, monkeypatch)
    assert [name for name in one.keys() | other.keys() if one.get(name) != other.get(name)] == []
    assert {"protocol.pdf", "checkpoint.note", "bundle/entries.jsonl"} <= one.keys()
    assert len([name for name in one if name.endswith((" -f xlsx", " -f html"))]) == 2 * len(REPORTS)
