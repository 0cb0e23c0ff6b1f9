"""Progress of long work: a bar on a terminal's stderr, silence everywhere else."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Protocol

import click

from cli.presentation.catalogue import said
from ledger.message import Message, msg

PATIENCE_SECONDS = 0.5
"""Work that is over sooner shows no bar, and imports nothing for one."""


class Progress(Protocol):
    """Receiver of progress."""

    def advance(self, n: int = 1) -> None:
        """Count `n` more as done."""


class _Silent:
    """No bar: stderr is no terminal."""

    def advance(self, n: int = 1) -> None:
        """Say nothing."""


class _Bar:
    """A bar of rich, drawn once the work has taken longer than `patience_seconds`."""

    def __init__(self, label: str, total: int | None, patience_seconds: float) -> None:
        self._label, self._total = label, total
        self._done = 0
        self._draw_at = time.monotonic() + patience_seconds
        self._draw: Progress | None = None

    def advance(self, n: int = 1) -> None:
        self._done += n
        if self._draw is not None:
            self._draw.advance(n)
        elif time.monotonic() >= self._draw_at:
            self._draw = _Drawn(self._label, self._total)
            self._draw.advance(self._done)

    def close(self) -> None:
        if isinstance(self._draw, _Drawn):
            self._draw.close()


class _Drawn:
    """The bar itself; rich is imported here."""

    def __init__(self, label: str, total: int | None) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as RichProgress

        ctx = click.get_current_context(silent=True)
        console = Console(stderr=True, no_color=True if ctx is not None and ctx.color is False else None)
        columns = (TextColumn("{task.description}", markup=False), BarColumn())
        counts = (MofNCompleteColumn(), TimeRemainingColumn())
        self._progress = RichProgress(*columns, *counts, console=console, transient=True)
        self._task = self._progress.add_task(label, total=total)
        self._progress.start()

    def advance(self, n: int = 1) -> None:
        self._progress.advance(self._task, n)

    def close(self) -> None:
        self._progress.stop()


@contextmanager
def progress(
    label: str | Message, total: int | None = None, *, patience_seconds: float = PATIENCE_SECONDS
) -> Generator[Progress]:
    """Show a bar of `total` steps (None: unknown), moved by `.advance(n)`, if stderr is a terminal.

    The label is the name of a command or a file, or words.
    """
    if not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield _Silent()
        return
    bar = _Bar(_spoken(label), total, patience_seconds)
    try:
        yield bar
    finally:
        bar.close()


def _spoken(label: str | Message) -> str:
    """Return a label in the language of the run."""
    ctx = click.get_current_context(silent=True)
    return said(label, "en" if ctx is None else getattr(ctx.find_root().obj, "lang", "en"))


@contextmanager
def deriving(events: int) -> Generator[Callable[[int], None]]:
    """Show a bar while the read models are derived again."""
    with progress(msg("read models"), events) as bar:
        yield bar.advance
