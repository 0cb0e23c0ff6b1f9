"""What a purge may claim of its targets, attempts before it included."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from ledger.domain import events as e
from ledger.domain.session import purge_rules as deletion
from ledger.domain.session.doubts import DOUBTS, in_doubt
from ledger.domain.session.evolve import Session
from ledger.purge.execute import Means

REMOVED_BEFORE = "removed-before"
CLOCK_BACK = "clock-back"
INTERRUPTED = "interrupted"


def attempt_before(session: Session, workstation: str) -> dict[str, e.PurgeTarget]:
    """Return what the failed attempt before removed on this workstation, by locator."""
    last = session.purge_outcomes.get(workstation)
    if not isinstance(last, e.PurgeFailed):
        return {}
    ways = {"unlink", "erase-key-and-row"}
    return {target.locator: target for target in last.targets if target.method in ways}


def continued(target: e.PurgeTarget, before: dict[str, e.PurgeTarget], *, saw_all: bool) -> e.PurgeTarget:
    """Keep what attempts before measured: a target they removed may be absent now, or made anew since."""
    known, flags = before.get(target.locator), set(target.flags)
    if saw_all and "missing" in flags:  # it was there when the attempt began that was cut short
        flags = (flags - {"missing"}) | {INTERRUPTED}
        target = msgspec.structs.replace(target, flags=tuple(sorted(flags)))
    if known is None:
        return target
    if "appeared" in known.flags and "replaced" not in known.flags:
        flags.discard("replaced")  # what was remembered is gone; this came after it
    if target.kind == "vault" and target.result == "absent":
        return msgspec.structs.replace(target, result="removed", method=known.method)
    if target.result == "absent" and (known.result == "removed" or REMOVED_BEFORE in known.flags):
        flags = (
            (flags - {"missing", "path-erased", INTERRUPTED}) | (DOUBTS & set(known.flags)) | {REMOVED_BEFORE}
        )
        target = msgspec.structs.replace(target, method=known.method)
    return msgspec.structs.replace(target, flags=tuple(sorted(flags)))


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
        and (target.kind == "artefact" or not {INTERRUPTED, "path-erased"}.isdisjoint(target.flags))
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
