"""The ledger of one request: opened as a command opens it, and closed after the answer."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from cli.desk.seats import Seat
from cli.presentation.text import Lang
from ledger.application.ledger import Environment, Ledger, Metadata
from projections.read_side import ReadSide


class Settings(NamedTuple):
    """What a desk is started with."""

    folder: Path
    lang: Lang
    workstation: str
    tool: str
    """The program and its version, as confirmations name it."""


def environment() -> Environment:
    """Return clock, chance and SESSION_LEDGER_NOW, which only a ledger made for tests obeys."""
    return Environment(lambda: datetime.now(UTC), os.urandom, os.environ.get("SESSION_LEDGER_NOW"))


@contextmanager
def opened(settings: Settings) -> Generator[Ledger]:
    """Open the ledger for one request or one job, in its thread."""
    with Ledger.open(settings.folder, environment(), read_models=ReadSide) as ledger:
        yield ledger


def metadata(settings: Settings, seat: Seat, form: str, seen: int | None = None) -> Metadata:
    """Return what travels with a command of a form; the form's id is the command's."""
    return Metadata(seat.by, settings.workstation, form, source="desk", seen=seen)
