"""What a purge may claim of its targets, attempts before it included."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import msgspec

from ledger.domain import events as e
from ledger.domain.session import purge_rules as deletion
from ledger.domain.session.doubts import DOUBTS, in_doubt
from ledger.domain.session.evolve import Session
from ledger.purge.execute import Means
from ledger.purge.journal import VAULT, RemovedEarlier, removed_before
from ledger.purge.plan import PurgePlan

REMOVED_BEFORE = "removed-before"
CLOCK_BACK = "clock-back"
INTERRUPTED = "interrupted"
CUT_SHORT = "cut-short"
_PATH_ERASED = "path-erased"
_LOOKED_FOR = {"workspace", "artefact", "pattern"}


def attempt_before(session: Session, workstation: str) -> dict[str, e.PurgeTarget]:
    """Return what the failed attempt before removed on this workstation, by locator."""
    last = session.purge_outcomes.get(workstation)
    if not isinstance(last, e.PurgeFailed):
        return {}
    ways = {"unlink", "erase-key-and-row"}
    told = [each for each in last.targets if each.method in ways or INTERRUPTED in each.flags]
    return {target.locator: target for target in told}


def continued(target: e.PurgeTarget, before: dict[str, e.PurgeTarget], *, saw_all: bool) -> e.PurgeTarget:
    """Keep what attempts before measured: a target they removed may be absent now, or made anew since."""
    known, flags = before.get(target.locator), set(target.flags)
    if saw_all and "missing" in flags:  # it was there when the attempt began that was cut short
        flags = (flags - {"missing"}) | {INTERRUPTED}
        target = msgspec.structs.replace(target, flags=tuple(sorted(flags)))
    if known is None:
        return target
    flags |= {INTERRUPTED} & set(known.flags)  # what nobody saw stays in doubt
    if "appeared" in known.flags and "replaced" not in known.flags:
        flags.discard("replaced")  # what was remembered is gone; this came after it
    if target.kind == "vault" and target.result == "absent":
        return msgspec.structs.replace(target, result="removed", method=known.method)
    if target.result == "absent" and (known.result == "removed" or REMOVED_BEFORE in known.flags):
        flags = (
            (flags - {"missing", _PATH_ERASED, INTERRUPTED}) | (DOUBTS & set(known.flags)) | {REMOVED_BEFORE}
        )
        target = msgspec.structs.replace(target, method=known.method)
    return msgspec.structs.replace(target, flags=tuple(sorted(flags)))


class Interrupted(NamedTuple):
    """What is known of attempts that were killed: they recorded no outcome."""

    kept: Mapping[str, RemovedEarlier]
    """What their journal tells, by target."""
    lost: bool
    """There were more files, or a doubt, when it began, and nothing tells what became of them."""

    def before(self, plan: PurgePlan, told: Mapping[str, e.PurgeTarget]) -> dict[str, e.PurgeTarget]:
        """Return what all attempts before removed: what they told, and what the journal keeps."""
        return {**told, **removed_before(self.kept, plan, told)}

    def marked(self, target: e.PurgeTarget) -> e.PurgeTarget:
        """Return a target with the files that were removed before, and what is in doubt of them."""
        each, flags = self.kept.get(target.locator, RemovedEarlier()), set(target.flags)
        is_forgotten = _PATH_ERASED in flags and target.result == "absent" and VAULT in self.kept
        if each.in_doubt or (self.lost and target.kind in _LOOKED_FOR):
            flags.add(INTERRUPTED)
        elif is_forgotten:  # an attempt forgets where it lay when it has seen everything gone
            flags = (flags - {_PATH_ERASED}) | {CUT_SHORT, REMOVED_BEFORE, *each.flags}
        elif each.files:
            flags |= {CUT_SHORT, *each.flags}
        return msgspec.structs.replace(
            target,
            files=target.files + each.files,
            bytes=target.bytes + each.size_bytes,
            flags=tuple(sorted(flags)),
        )


NOBODY = Interrupted({}, lost=False)
"""No attempt was killed."""


def leaves_a_doubt(fact: e.Event) -> bool:
    """Return True for a file noted, or a place not looked at, of which an empty plan says nothing."""
    if isinstance(fact, e.PurgeFailed):
        return any(target.kind != "vault" and target.result == "failed" for target in fact.targets)
    return isinstance(fact, e.ArtefactNoted)


def evidence_of(targets: Sequence[e.PurgeTarget], means: Means, *, first_empty: bool) -> deletion.Measured:
    """Return `measured` if a file was seen and removed, or none was ever there and the vault's data went.

    A noted file that is gone before the purge looked was removed by another; a place in doubt proves nothing.
    """
    gone = any(
        target.result == "absent"
        and REMOVED_BEFORE not in target.flags
        and (target.kind == "artefact" or not {INTERRUPTED, _PATH_ERASED}.isdisjoint(target.flags))
        for target in targets
    )
    if gone or in_doubt(targets):
        return "absence_measured"
    files = any(
        target.kind != "vault" and (target.result == "removed" or REMOVED_BEFORE in target.flags)
        for target in targets
    )
    words = first_empty and any(target.kind == "vault" and target.result == "removed" for target in targets)
    return "measured" if means.by_descriptor and (files or words) else "absence_measured"
