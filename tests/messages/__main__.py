"""`python -m tests.messages`: bring the catalogues up to date with the code.

What the code says no more is dropped, what it says anew is added without Polish: nothing is guessed. Those
without Polish are listed, and the exit status is 1. `--from FILE` takes Polish from a CSV with a semicolon:
`context;id;pl`, the forms of a plural parted by `|`.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from hatch_build import compile_stale
from tests.messages.catalogues import DOMAINS, extracted, file_of, is_translated, joined, read, written


def main(arguments: list[str]) -> int:
    """Write the three catalogues and compile them."""
    given = dict(_given(Path(arguments[1]))) if arguments[:1] == ["--from"] else {}
    missing: list[str] = []
    for domain in DOMAINS:
        catalogue = joined(extracted(domain), read(domain), given)
        file_of(domain).write_text(written(catalogue), encoding="utf-8")
        missing += [f"{domain}: {each.id!r}" for each in catalogue if each.id and not is_translated(each)]
    compile_stale()
    for line in missing:
        print(line)  # noqa: T201 - it is what the tool says
    return 1 if missing else 0


def _given(file: Path) -> list[tuple[tuple[str, str], str]]:
    with file.open(newline="", encoding="utf-8") as lines:
        rows = csv.DictReader(lines, delimiter=";")
        return [((row["context"], row["id"]), row["pl"]) for row in rows]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
