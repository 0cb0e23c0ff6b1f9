"""An office whose sessions have workspaces with files in them."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path

from ledger.application.ledger import Environment, Ledger, Metadata
from ledger.handlers import purge as purging
from ledger.purge.execute import Means, no_step
from ledger.purge.walk import Step
from tests.support.office import Office

BEGAN = "2026-11-16T10:00:00+01:00"
ENDED = "2026-11-16T10:40:00+01:00"
PURGED = "2026-11-16T10:45:00+01:00"
KILL = getattr(signal, "SIGKILL", signal.SIGTERM)
"""What ends a process at once; Windows does so for SIGTERM."""


def office(folder: Path) -> Office:
    """A ledger with one customer and a folder for workspaces; roots: `out`. It is ten o'clock."""
    made = Office(folder / "ledger", now=BEGAN)
    for name in ("ws", "out", "videos"):
        (folder / name).mkdir()
    made.does("customer", "add", "K-1", "--name", "Zakład Igiełka")
    made.does("config", "set", f"purge.workspaces={folder / 'ws'}", f"purge.roots={folder / 'out'}")
    return made


def begun(made: Office, *, workstation: str = "pc-1", ref: str | None = None, placed: bool = True) -> str:
    """A session with a contact, connected on a workstation, its workspace made there; its number."""
    words = () if ref is None else ("--ref", ref)
    asked = made.does(
        "session", "request", "--customer", "K-1", "--issue", "other", "--contact", "Jan Canary", *words,
        "-f", "json",
    )  # fmt: skip
    number = str(asked.document["session"])
    made.does("session", "connect", number, "--workstation", workstation)
    if placed:
        made.does("session", "workspace", number, "--workstation", workstation)
    return number


def filled(made: Office, number: str, *names: str, workstation: str = "pc-1") -> Path:
    """The session's workspace on a workstation, with these files in it."""
    workspace = Path(made.does("session", "workspace", number, "--workstation", workstation).out.strip())
    for name in names:
        file = workspace / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name, encoding="utf-8")
    return workspace


def ended(folder: Path, *names: str) -> tuple[Office, str, Path]:
    """Session 1 with files in its workspace, over since five minutes."""
    made = office(folder)
    number = begun(made)
    workspace = filled(made, number, *names)
    made.now = ENDED
    made.does("session", "end", number)
    made.now = PURGED
    return made, number, workspace


PC_1 = ("--workstation", "pc-1", "--yes")
"""What every purge on the first workstation is told."""


def topics(made: Office, number: str) -> list[str]:
    """The kinds of a session's events, in order."""
    events = made.asks("session", "show", number)["events"]
    return [event["event"].removeprefix("session.") for event in events]


def deletion(made: Office, number: str) -> dict[str, object]:
    """The session's line in the deletion report."""
    answer = made.run("report", "deletions", "--period", "2026-11", "-f", "json")
    (found,) = [each for each in answer.document["sessions"] if each["session"] == int(number)]
    return dict(found)


def opened(folder: Path) -> Ledger:
    """The ledger in this process, at the moment of the purge."""
    moment = datetime.fromisoformat(PURGED)
    return Ledger.open(folder / "ledger", Environment(lambda: moment, os.urandom, PURGED))


def alone(number: int, begins: datetime, ends: datetime) -> list[tuple[datetime, datetime | None]]:
    """No other session lies in the time of this one."""
    del number, begins, ends
    return []


def nobody_waits(seconds: float) -> None:
    """The clock of these tests does not move."""
    del seconds


def without_places(config: Path) -> None:
    """Take out of ledger.toml where files lie; where the ledger itself is stays."""
    lines = config.read_text(encoding="utf-8").splitlines(keepends=True)
    config.write_text("".join(line for line in lines if line.startswith(("name", "store"))), encoding="utf-8")


def die(*_told: object) -> None:
    """End as a process that is killed ends: nothing more is done."""
    os.kill(os.getpid(), KILL)


def killed(
    folder: Path, number: str, *, wait: Callable[[float], None] = nobody_waits, step: Step = no_step
) -> None:
    """Purge a session in a process of its own, which dies while it waits, or at a step."""
    child = multiprocessing.get_context("spawn").Process(target=_purge, args=(folder, number, wait, step))
    child.start()
    child.join()
    assert child.exitcode is not None
    assert abs(child.exitcode) == KILL


def _purge(folder: Path, number: str, wait: Callable[[float], None], step: Step) -> None:
    with closing(opened(folder)) as ledger:
        prepared = purging.prepare(ledger, number, "pc-1", by_descriptor=True, others=alone)
        prepared = prepared._replace(grace_seconds=3600)
        purging.purge(ledger, Metadata("anna", "pc-1"), prepared, Means(ledger.now, wait, step=step))
