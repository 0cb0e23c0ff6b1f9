"""A folder written aside and put in its place whole; what was cut short is cleared by the next attempt."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import rmtree
from typing import IO

from ledger.errors import LedgerError
from ledger.folder import lock
from ledger.folder.atomic_write import flush_to_disk, let_go, make_folder, patiently, sync, sync_folders
from ledger.folder.not_written import not_written
from ledger.folder.unusable_names import refuse_unusable
from ledger.message import Message, msg

PART = ".part"
MARK = ".session-ledger-part"
"""Locked by the writer; the names that are being moved into a folder that was there stand in it."""


class OccupiedError(OSError):
    """The target, or what stands aside of it, is not free: the message says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def refusal(error: OSError, target: Path, kind: type[LedgerError]) -> LedgerError:
    """Return the refusal of a folder that cannot be written: as `not_written` tells, of the class `kind`."""
    if isinstance(error, OccupiedError):
        return kind(error.message)
    return not_written(error, target, kind)


@contextmanager
def written_aside(target: Path, *, mode: int = 0o700) -> Generator[Path]:
    """Give a folder to fill, which is the target once this ends well, and gone when it does not.

    A target that is not there yet is written as `TARGET.part` and renamed; into one that is there and empty,
    which may be a disk of its own, all is moved from a `.part` of its own. A process that was killed leaves
    the part and its mark behind: the next attempt clears them. Raises OccupiedError, OSError, FileTrouble.
    """
    refuse_unusable(target)
    inside = target.exists()
    if inside and not target.is_dir():
        raise OccupiedError(msg("{target} is no folder", target=target))
    part = target / PART if inside else target.with_name(target.name + PART)
    mark = target / MARK if inside else target.with_name(f".{target.name}{PART}")
    if not inside:
        make_folder(target.absolute().parent)
    _refuse_foreign(part, mark)
    if not mark.exists():
        _refuse_filled(target, part, mark)
    with _locked(mark, part) as held:
        try:
            _clear(target, part, _names(mark))
            _refuse_filled(target, part, mark)
            make_folder(part, mode)
            yield part
            sync_folders(part)
            if inside:
                _move(part, target, mark)
            else:
                _rename(part, target)
                sync(target.absolute().parent)
            let_go(held)
            mark.unlink()
        except BaseException:
            with suppress(OSError):  # what cannot be cleared now keeps its mark, for the next attempt
                _clear(target, part, _names(mark) if inside else [])
                let_go(held)
                mark.unlink(missing_ok=True)
            raise
        sync(mark.absolute().parent)


def _refuse_filled(target: Path, part: Path, mark: Path) -> None:
    """Raise OccupiedError where the target holds something else than an attempt."""
    if target.exists() and any(each not in {part, mark} for each in target.iterdir()):
        raise OccupiedError(msg("{target} is not empty", target=target))


def _refuse_foreign(part: Path, mark: Path) -> None:
    """Raise OccupiedError where something is in the way that no attempt of this program has left."""
    if not os.path.lexists(part):
        return
    if part.is_symlink() or not part.is_dir() or (not mark.is_file() and any(part.iterdir())):
        raise OccupiedError(msg("{part} is in the way, and is no rest of this command", part=part))


@contextmanager
def _locked(mark: Path, part: Path) -> Generator[IO[bytes]]:
    """Hold the mark, made where it is not there; raises OccupiedError while another process holds it."""
    descriptor = os.open(mark, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    with os.fdopen(descriptor, "rb") as file:
        try:
            lock.claim(file.fileno())
        except OSError:
            raise OccupiedError(msg("{part} is being written by another process", part=part)) from None
        yield file


def _names(mark: Path) -> list[str]:
    """Return the names that an attempt was moving."""
    return mark.read_text(encoding="utf-8").splitlines()


def _move(part: Path, target: Path, mark: Path) -> None:
    """Move what was written; the names stand in the mark first, so that a kill between leaves no stray."""
    names = sorted(each.name for each in part.iterdir())
    with mark.open("w", encoding="utf-8") as file:
        file.writelines(f"{name}\n" for name in names)
        file.flush()
        flush_to_disk(file.fileno())
    for name in names:
        _rename(part / name, target / name)
    part.rmdir()
    sync(target)


def _rename(path: Path, target: Path) -> None:
    patiently(lambda: path.rename(target))


def _clear(target: Path, part: Path, names: list[str]) -> None:
    """Remove what an attempt that was cut short has written and moved."""
    for path in [*(target / Path(name).name for name in names), part]:
        if path.is_dir() and not path.is_symlink():
            rmtree(path)
        else:
            path.unlink(missing_ok=True)
