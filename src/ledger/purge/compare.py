"""Comparison of what a purge finds with what was remembered when it was made or noted."""

from __future__ import annotations

import os
from pathlib import Path

from ledger.domain.events import Place
from ledger.purge.place import filesystem_above, is_same, seen_at
from ledger.purge.scope import PurgeScope
from ledger.purge.walk import FoundFile


def compare(scope: PurgeScope, found: FoundFile) -> None:
    """Flag what differs from the remembered place; what lies behind a link or on another disk is left."""
    if scope.root is None or scope.kind in {"shared_log", "vendor"}:
        return
    try:
        if scope.was is not None:
            _compare_place(scope, scope.was, found)
        else:
            _compare_root(scope, found)
    except OSError as error:
        found.refused(error)
        _leave(found, "root-refused")
    if scope.note == "remade" and not found.left:
        found.entries.clear()  # they lie in the folder made there later, which has its own scope
    if scope.kind != "pattern" and any(e.kind == "link" and e.path == scope.path for e in found.entries):
        _leave(found, "link")
    if scope.note == "unremembered" and found.entries:
        found.flags.add("other-place")
    if scope.note == "earlier" and found.entries:
        found.flags.add("earlier-place")
    _flag_links_out(scope, found)


def _compare_place(scope: PurgeScope, was: Place, found: FoundFile) -> None:
    assert scope.root is not None  # noqa: S101 - its only caller looked
    path = scope.root / scope.path
    now = seen_at(path)
    if now is None:
        above = filesystem_above(path)
        if None in (above, was.filesystem):
            found.flags |= {"missing", "place-unknown"}
        elif above == was.filesystem:
            found.flags.add("missing")
        else:
            _leave(found, "other-disk")
    elif now.is_link:
        _leave(found, "link")
    else:
        _compare_identity(was, now.place, found)
    is_elsewhere = scope.real is not None and os.path.realpath(path) != scope.real
    if is_elsewhere and not found.flags.isdisjoint({"missing", "replaced", "other-disk"}):
        found.flags.add("link")


def _compare_root(scope: PurgeScope, found: FoundFile) -> None:
    assert scope.root is not None  # noqa: S101 - its only caller looked
    now = seen_at(scope.root) if scope.root_was else None
    if now is not None:
        for was in scope.root_was:
            _compare_identity(was, now.place, found)


def _compare_identity(was: Place, now: Place, found: FoundFile) -> None:
    if None not in (was.filesystem, now.filesystem) and was.filesystem != now.filesystem:
        _leave(found, "other-disk")
        return
    same = is_same(was, now)
    if same is not True:
        found.flags.add("place-unknown" if same is None else "replaced")
    if None in (was.filesystem, now.filesystem):
        found.flags.add("disk-unknown")


def _leave(found: FoundFile, flag: str) -> None:
    """Touch nothing there."""
    found.entries.clear()
    found.left = max(1, found.left)
    found.flags.add(flag)


def _flag_links_out(scope: PurgeScope, found: FoundFile) -> None:
    """Flag a link to something outside: it is removed, and what it leads to is not."""
    assert scope.root is not None  # noqa: S101 - its only caller looked
    inside = os.path.realpath(scope.root if scope.kind == "pattern" else scope.root / scope.path)
    for entry in found.entries:
        if entry.kind == "link" and _leads_out(scope.root / entry.path, inside):
            found.flags.add("link")


def _leads_out(link: Path, inside: str) -> bool:
    """Return True if a link leads out, or may: what is not there now may be on a disk that is not mounted."""
    try:
        link.readlink()
    except OSError:  # too deep for a path: nobody can say where it leads
        return True
    return not Path(os.path.realpath(link)).is_relative_to(inside)
