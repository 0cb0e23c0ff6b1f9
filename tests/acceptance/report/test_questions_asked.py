"""What a report of a month asks the log does not grow with the sessions of that month."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from ledger.store.any_database import AnyDatabase
from ledger.store.event_store import LedgerStore
from tests.support.office import Office

CUSTOMERS = "customer,name,address_line1,address_line2,country,email,consumer"
SESSIONS = "session_ref,customer,issue,connected_at,ended_at,purged_at"
REPORTS = {
    "deletions": ("report", "deletions", "--period", "2026-11", "-f", "json"),
    "billing": ("report", "billing", "--period", "2026-11", "-f", "json"),
    "sessions": ("report", "sessions", "--period", "2026-11", "-f", "json"),
    "deletion-register": ("report", "deletion-register", "--period", "2026-11", "-f", "json"),
    "deletion-protocol": ("report", "deletion-protocol", "--period", "2026-11", "-f", "json"),
    "retention due": ("retention", "due", "-f", "json"),
}


@pytest.mark.parametrize("name", REPORTS)
def test_ten_times_the_sessions_are_no_more_questions(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [_asked(_office(tmp_path / str(count), count), REPORTS[name], monkeypatch) for count in (3, 30)]
    assert asked[1] <= asked[0] + 2, asked


def _office(folder: Path, count: int) -> Office:
    """An office with so many ended sessions, two of three of them deleted."""
    folder.mkdir()
    office = Office(folder / "ledger")
    office.takes(
        "customer", CUSTOMERS, [["K-1", "Jan Nowak", "ul. Krótka 3", "31-001 Kraków", "PL", "", "yes"]]
    )
    rows = [
        [
            f"R-{n}",
            "K-1",
            "other",
            f"2026-11-{n % 28 + 1:02} 10:00",
            f"2026-11-{n % 28 + 1:02} 10:30",
            deleted,
        ]
        for n in range(count)
        for deleted in [f"2026-11-{n % 28 + 1:02} 10:35" if n % 3 else ""]
    ]
    office.takes("session", SESSIONS, rows)
    office.does("replay")
    return office


def _asked(office: Office, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> int:
    reads = 0

    def counted(store: LedgerStore) -> AbstractContextManager[AnyDatabase]:
        nonlocal reads
        reads += 1
        return reading(store)

    reading = LedgerStore._reading  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] - every read
    with monkeypatch.context() as patch:
        patch.setattr(LedgerStore, "_reading", counted)
        office.run(*words)
    return reads
