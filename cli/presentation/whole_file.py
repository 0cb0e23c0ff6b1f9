"""Files written whole or not at all."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from ledger.errors import FileTrouble
from ledger.folder.atomic_write import written_beside
from ledger.folder.unusable_names import refuse_unusable
from ledger.message import Hint, msg

PRIVATE = 0o600


def check_writable(path: Path) -> None:
    """Raise FileTrouble if the folder is missing, the path is a folder, or Windows has no such name."""
    refuse_unusable(path)
    if path.is_dir():
        raise FileTrouble(msg("{path} is a folder", path=path), hint=Hint("name a file in it"))
    if not path.resolve().parent.is_dir():
        raise FileTrouble(
            msg("the folder {folder} does not exist", folder=path.parent),
            hint=Hint("make it first, or name another"),
        )


@contextmanager
def written_whole(path: Path, *, private: bool = True) -> Generator[BinaryIO]:
    """Open a binary file that takes its name only when everything is on disk; raises FileTrouble, OSError.

    It is written beside the target and renamed over it; its owner alone may read it, whatever the umask,
    unless it is not `private`. What a killed process left of it is written over. What is no ordinary file, a
    device or a pipe, is written to directly; a link keeps pointing where it does.
    """
    check_writable(path)
    target = path.resolve()
    if target.exists() and not target.is_file():
        with target.open("wb") as out:
            yield out
        return
    beside = target.with_name(f".{target.name}.part")
    with ExitStack() as stack:
        try:
            whole = stack.enter_context(written_beside(target, PRIVATE if private else 0o666, beside=beside))
        except BlockingIOError:
            fact = msg("{part} is being written by another process", part=beside.name)
            raise FileTrouble(fact, hint=Hint("wait for it, or name another file")) from None
        yield whole


def keep_input(target: Path | None, inputs: Iterable[Path]) -> None:
    """Raise FileTrouble for a target that is one of the inputs, however it is named."""
    if target is None:
        return
    for each in inputs:
        with suppress(OSError):  # a missing input is reported where it is read
            if target.samefile(each):
                raise FileTrouble(
                    msg("{target} is a file to import", target=target),
                    hint=Hint("name another one with --errors"),
                )
