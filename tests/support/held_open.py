"""Files as Windows treats them while another program has them open: neither removed, renamed nor replaced."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest

from ledger.folder import atomic_write

_CALLS = ("unlink", "remove", "rename", "replace")


@contextmanager
def held_open(pattern: str) -> Generator[None]:
    """Refuse what Windows refuses of files whose name is like the pattern; nobody waits for them here."""

    def refusing(act: Callable[..., object]) -> Callable[..., object]:
        def tried(path: Any, *more: Any, **options: Any) -> object:  # noqa: ANN401 - each call has its own
            if any(fnmatch(Path(os.fsdecode(each)).name, pattern) for each in (path, *more)):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
            return act(path, *more, **options)

        return tried

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(atomic_write, "WAIT_SECONDS", 0.0)
        patched.setattr(atomic_write, "TRIES_MIN", 0)
        for call in _CALLS:
            patched.setattr(os, call, refusing(getattr(os, call)))
        yield
