"""Carrying a plan out: remove, look, wait out the grace period, look again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from ledger.domain.events import PurgeTarget
from ledger.purge.directory import descriptors_available, open_folder
from ledger.purge.evidence import look_again, measured, unmeasured
from ledger.purge.journal import Journal
from ledger.purge.plan import PlannedTarget, PurgePlan
from ledger.purge.walk import FoundFile, Removal, Step, errno_name, remove, sync


def no_step(what: str, path: str) -> None:
    """Nobody watches."""
    del what, path


class Means(NamedTuple):
    """What a purge is given from outside: the clock, patience, the make of its walk, and who watches."""

    now: Callable[[], datetime]
    wait: Callable[[float], None]
    by_descriptor: bool = descriptors_available()
    step: Step = no_step


def forget(targets: Sequence[PurgeTarget]) -> None:
    """Nobody keeps what was done."""
    del targets


def carry_out(
    plan: PurgePlan,
    means: Means,
    *,
    second_look_at: datetime | None,
    journal: Journal | None = None,
    cut_short: Callable[[Sequence[PurgeTarget]], None] = forget,
) -> list[PurgeTarget]:
    """What came of each target. What is written up to `second_look_at` is still waited for.

    The journal is told of each removal, `cut_short` what was seen when the waiting is ended from outside.
    """
    done = [_removed(target, means, journal) for target in plan.targets]
    if second_look_at is not None:
        seconds = (second_look_at - means.now()).total_seconds()
        try:
            if seconds > 0:
                means.wait(seconds)
        except BaseException:
            cut_short(_looked(plan, done, means))
            raise
    return _looked(plan, done, means)


def _looked(plan: PurgePlan, done: Sequence[Removal], means: Means) -> list[PurgeTarget]:
    return [_seen(target, removal, means) for target, removal in zip(plan.targets, done, strict=True)]


def is_touched(target: PlannedTarget) -> bool:
    """Whether a purge of one session removes such a target."""
    return target.scope.kind not in {"shared_log", "vendor"}


def _removed(target: PlannedTarget, means: Means, journal: Journal | None) -> Removal:
    scope, found = target
    if not is_touched(target) or scope.root is None:
        return Removal()
    try:
        with open_folder(scope.root, by_descriptor=means.by_descriptor) as root:
            if found.entries:
                witness = None if journal is None else journal.of(scope.locator)
                return remove(root, found.entries, means.step, witness)
            absent = Removal()
            sync(root, absent)  # an attempt before may have removed it and died before it was on the medium
            return absent
    except OSError as error:
        return Removal(errno=errno_name(error)) if found.entries else Removal()


def _seen(target: PlannedTarget, removal: Removal, means: Means) -> PurgeTarget:
    if not is_touched(target):
        return unmeasured(target)
    after: FoundFile = look_again(target, by_descriptor=means.by_descriptor)
    return measured(target, removal, after, by_descriptor=means.by_descriptor, verified_at=means.now())


def is_gone(target: PurgeTarget) -> bool:
    """Whether nothing of a target stands in the way of saying that the data are gone."""
    return target.result in {"removed", "absent", "retained", "external"}
