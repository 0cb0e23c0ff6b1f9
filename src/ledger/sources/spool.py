"""A spool: a folder into which anything may drop files, one subfolder for each adapter.

A file is taken in whole, in its transaction, and only then moved to `processed`; a crash in between makes
the next run find it again, and nothing new in it. What its adapter cannot read at all goes to
`quarantined`. A name that begins with a dot, or ends in .part or .tmp, is still being written.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import NamedTuple

from ledger.errors import SpoolTrouble
from ledger.folder.atomic_write import patiently
from ledger.message import msg, system_text
from ledger.sources.registry import ADAPTERS

PROCESSED, QUARANTINED = "processed", "quarantined"
UNFINISHED = (".part", ".tmp")


class Waiting(NamedTuple):
    """A file in the spool, and its adapter."""

    adapter: str
    path: Path


def waiting(folder: Path) -> list[Waiting]:
    """Return the files that wait, by adapter and name; raises SpoolTrouble for a folder of no adapter."""
    try:
        return [each for subfolder in _subfolders(folder) for each in _files(subfolder)]
    except OSError as error:
        raise SpoolTrouble(msg("the spool cannot be read: {error}", error=system_text(error))) from error


def _subfolders(folder: Path) -> Iterator[Path]:
    for each in sorted(folder.iterdir()):
        if each.name in {PROCESSED, QUARANTINED} or each.name.startswith(".") or not each.is_dir():
            continue
        if each.name not in ADAPTERS:
            raise SpoolTrouble(msg("the spool has a folder {name!r}, which is no adapter", name=each.name))
        yield each


def _files(subfolder: Path) -> Iterator[Waiting]:
    for path in sorted(subfolder.iterdir()):
        is_unfinished = path.name.startswith(".") or path.suffix in UNFINISHED
        if path.is_file() and not path.is_symlink() and not is_unfinished:
            yield Waiting(subfolder.name, path)


def put_away(folder: Path, file: Waiting, where: str) -> Path:
    """Move a file that is done with below `where`, under a name that is free; raises SpoolTrouble."""
    target = folder / where / file.adapter
    try:
        target.mkdir(parents=True, exist_ok=True)
        place = _free(target, file.path)
        patiently(lambda: file.path.rename(place))
    except OSError as error:
        raise SpoolTrouble(
            msg("{name} cannot be moved: {error}", name=file.path.name, error=system_text(error))
        ) from error
    return place


def _free(target: Path, path: Path) -> Path:
    place = target / path.name
    for number in count(2):
        if not place.exists():
            break
        place = target / f"{path.stem}-{number}{path.suffix}"
    return place
