"""The order of a run on several workers: long files begin, shared out, so that none of them ends it alone.

A worker gets its share of the tests in one piece, and takes from the end of another's when its own is done.
A file that takes a minute would keep one worker busy while the others have nothing left to take.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

SECONDS = {
    "tests/faults/test_kills.py": 60,
    "tests/acceptance/customer/test_canaries.py": 50,
    "tests/acceptance/store/test_two_stores.py": 80,
    "tests/faults/test_power_loss.py": 70,
    "tests/polish/test_walk.py": 35,
    "tests/acceptance/store/test_model.py": 32,
    "tests/releases/test_release.py": 40,
    "tests/projections/engine/test_replayed_rows.py": 30,
    "docs/reference/json.md": 12,
    "tests/acceptance/session/test_purge_kills.py": 25,
    "tests/acceptance/invoice/test_one_notion.py": 24,
    "tests/acceptance/report/test_made_year.py": 24,
    "tests/ledger/domain/rating/test_bulk.py": 20,
    "tests/cli/desk/test_two_faces.py": 12,
    "tests/faults/test_server_kills.py": 14,
}
"""About how long each of these files takes; another one that takes long may be added, none has to be."""

Item = TypeVar("Item")


def long_first(items: Sequence[tuple[str, Item]], workers: int) -> list[Item]:
    """Return tests, each with the path of its file, in the order for so many workers.

    Each worker's share begins with long files of about as many seconds as any other's; the tests of a file
    stay together, and those of the other files in their order.
    """
    files: dict[str, list[Item]] = {}
    for path, item in items:
        files.setdefault(path, []).append(item)
    begins: list[list[str]] = [[] for _ in range(workers)]
    for path in sorted(files.keys() & SECONDS.keys(), key=lambda path: (-SECONDS[path], path)):
        min(begins, key=_seconds).append(path)
    rest = [item for path, item in items if path not in SECONDS]
    shares: list[list[Item]] = []
    for worker, paths in enumerate(begins):
        long = [item for path in paths for item in files[path]]
        size = (len(items) + worker) // workers - len(long)
        last = worker == workers - 1
        shares.append([*long, *(rest if last else rest[: max(0, size)])])
        rest = rest[max(0, size) :]
    return [item for share in shares for item in share]


def _seconds(paths: Iterable[str]) -> int:
    return sum(SECONDS[path] for path in paths)
