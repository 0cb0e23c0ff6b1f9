"""A workspace with files, its plan, and the plan carried out: what tests of purges share."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from ledger.domain.events import PurgeTarget
from ledger.purge.execute import Means, carry_out, no_step
from ledger.purge.plan import PurgePlan, make_plan
from ledger.purge.scope import NotedArtefact, PurgeScope, Subject, scopes_of
from ledger.purge.settings import PurgeSettings
from ledger.purge.walk import Step

STREAM = UUID(int=7)
NOW = datetime(2026, 11, 16, 17, 0, tzinfo=UTC)


def workspaces(folder: Path, *files: str) -> PurgeSettings:
    """Settings whose workspaces lie in a folder; session 17 has these files, each holding its own name."""
    for name in files:
        file = folder / "ws" / "17" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name, encoding="utf-8")
    (folder / "ws").mkdir(exist_ok=True)
    return PurgeSettings(workspaces=folder / "ws")


def planned(
    settings: PurgeSettings,
    *artefacts: NotedArtefact,
    subject: Subject | None = None,
    by_descriptor: bool = True,
) -> PurgePlan:
    """The plan of session 17 on pc-1."""
    scopes: list[PurgeScope] = scopes_of(settings, subject or Subject(17), artefacts)
    return make_plan(STREAM, "pc-1", scopes, by_descriptor=by_descriptor)


def carried(plan: PurgePlan, *, step: Step = no_step, by_descriptor: bool = True) -> list[PurgeTarget]:
    """What came of each target."""
    means = Means(lambda: NOW, _nobody_waits, by_descriptor, step)
    return carry_out(plan, means, second_look_at=None)


def _nobody_waits(seconds: float) -> None:
    del seconds


def purged(
    settings: PurgeSettings, *artefacts: NotedArtefact, step: Step = no_step, by_descriptor: bool = True
) -> PurgeTarget:
    """Plan and carry out; the first target."""
    plan = planned(settings, *artefacts, by_descriptor=by_descriptor)
    return carried(plan, step=step, by_descriptor=by_descriptor)[0]


def at_step(what: str, path: str, act: Callable[[], object]) -> Step:
    """Act once, just before a step is taken."""
    done: list[bool] = []

    def step(taken: str, where: str) -> None:
        if not done and (taken, where) == (what, path):
            done.append(True)
            act()

    return step


def everything(folder: Path) -> dict[str, object]:
    """Every name below a folder with what it holds: bytes, a link's target, or None for a folder."""
    found: dict[str, object] = {}
    for base, folders, files in os.walk(folder):
        for name in [*folders, *files]:
            path = Path(base) / name
            held: object = None
            if path.is_symlink():
                held = os.readlink(path)  # noqa: PTH115 - as it is written, whatever it is
            elif path.is_file():
                held = path.read_bytes()
            found[path.relative_to(folder).as_posix()] = held
    return found
