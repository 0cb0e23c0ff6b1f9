"""Files written whole or not at all."""

from __future__ import annotations

import secrets
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from ledger.errors import FileTrouble
from ledger.folder.atomic_write import replacing


def check_writable(path: Path) -> None:
    """Raise FileTrouble when the folder is missing, or a folder stands in the file's place."""
    if path.is_dir():
        raise FileTrouble(f"{path} is a folder", hint="name a file in it")
    if not path.resolve().parent.is_dir():
        raise FileTrouble(f"the folder {path.parent} does not exist", hint="make it first, or name another")


@contextmanager
def written_whole(path: Path) -> Generator[BinaryIO]:
    """A binary file that takes its name only when everything is on disk; raises FileTrouble, OSError.

    It is written beside the target and renamed over it. What is no ordinary file, a device or a pipe, is
    written to directly; a link keeps pointing where it does.
    """
    check_writable(path)
    target = path.resolve()
    if target.exists() and not target.is_file():
        with target.open("wb") as out:
            yield out
        return
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    with replacing(target, beside=beside) as out:
        yield out


def keep_input(target: Path | None, inputs: Iterable[Path]) -> None:
    """Raise FileTrouble for a target that is one of the inputs, however it is named."""
    if target is None:
        return
    for each in inputs:
        with suppress(OSError):  # one of them is not there: whoever reads it says so
            if target.samefile(each):
                raise FileTrouble(f"{target} is a file to import", hint="name another one with --errors")
