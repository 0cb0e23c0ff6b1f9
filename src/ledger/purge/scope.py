"""Where the data of one session would lie: its workspace, noted artefacts, patterns, shared logs, vendors.

A scope knows how to seek: what it finds before is the plan, what it finds afterwards is what was left.
"""

from __future__ import annotations

import glob as globbing
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple
from unicodedata import normalize

from ledger.domain.events import Place, TargetKind
from ledger.purge.directory import OpenFolder, descriptors_available, is_folder, is_on, open_folder
from ledger.purge.settings import FilePattern, PurgeSettings
from ledger.purge.walk import DEPTH_MAX, FolderEntry, FoundFile, entry_of, inventory

_NO_FILE_NAME = re.compile(r"[^\w.\-]+")


class SessionSpan(NamedTuple):
    """A stretch of time, both ends in it; nanoseconds since 1970, as files tell theirs."""

    begins_ns: int
    ends_ns: int

    def __contains__(self, moment_ns: object) -> bool:
        """Whether a moment lies in it."""
        return isinstance(moment_ns, int) and self.begins_ns <= moment_ns <= self.ends_ns


class Subject(NamedTuple):
    """The session as a purge sees it: its names, its time, and the times of the others that lie in it."""

    number: int
    ref: str | None = None
    span: SessionSpan | None = None
    others: tuple[SessionSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class PurgeScope:
    """One target before anybody looked. `root` None: there is nothing here to look at."""

    kind: TargetKind
    locator: str
    root: Path | None = None
    path: str = ""
    """What is looked for, relative to the root; of a pattern its glob, the names filled in."""
    span: SessionSpan | None = None
    others: tuple[SessionSpan, ...] = ()
    note: str = ""
    was: Place | None = None
    """Identity of what was made or noted there; None where nothing was remembered."""
    real: str | None = None
    """The remembered path with its links resolved."""
    root_was: tuple[Place, ...] = ()
    """Identities of the root while the session lasted."""

    @property
    def is_remembered(self) -> bool:
        """Whether it was made or noted; else the settings alone name it."""
        return (
            self.kind == "artefact" or self.was is not None or self.note in {"forgotten", "lost", "earlier"}
        )

    def seek(self, root: OpenFolder) -> FoundFile:
        """What lies there now."""
        if self.kind == "pattern":
            return _matching(self, root)
        return inventory(root, self.path)


class NotedArtefact(NamedTuple):
    """A noted artefact: its number in the session, and its path; None once the vault has forgotten it."""

    number: int
    path: Path | None
    was_gone: bool = False
    """An earlier purge can have seen it gone: only then its path may be forgotten."""
    was: Place | None = None
    real: str | None = None
    seen_as: str = ""
    """The locator under which an earlier purge reported it."""


class Named(NamedTuple):
    """Settings that held while the session lasted, and the identity of each root then."""

    settings: PurgeSettings
    roots: tuple[tuple[Path, Place], ...]


def scopes_of(
    settings: PurgeSettings,
    subject: Subject,
    artefacts: Sequence[NotedArtefact],
    workspaces: Sequence[NotedArtefact] = (),
    earlier: Sequence[Named] = (),
) -> list[PurgeScope]:
    """Return everything that a purge of the session looks at on this machine, in a fixed order.

    `workspaces` are the folders that were made for it, `earlier` what ledger.toml named during its life.
    """
    roots: dict[Path, tuple[Place, ...]] = {}
    for named in earlier:
        for path, place in named.roots:
            roots[path] = (*roots.get(path, ()), place)
    found = _workspaces(settings, subject.number, workspaces, earlier, roots)
    found += [_artefact(settings, artefact) for artefact in artefacts]
    found += [_pattern(pattern, subject, roots) for pattern in settings.patterns]
    found += [
        replace(_pattern(pattern, subject, roots), locator=f"{pattern.name}/{place}")
        for place, pattern in enumerate(_earlier_patterns(settings, earlier), start=1)
    ]
    found += [
        PurgeScope("shared_log", log.name, log.path.parent, log.path.name) for log in settings.shared_logs
    ]
    found += [PurgeScope("vendor", vendor.name, note=vendor.note) for vendor in settings.vendors]
    return found


def _workspaces(
    settings: PurgeSettings,
    number: int,
    made: Sequence[NotedArtefact],
    earlier: Sequence[Named],
    roots: Mapping[Path, tuple[Place, ...]],
) -> list[PurgeScope]:
    """Return the folders that were made, then where one would lie by the settings of today and before."""
    name, found, paths = str(number), list[PurgeScope](), set[Path]()
    today = settings.workspaces
    last = {each.path: each.number for each in made}
    for each in made:
        if each.path is None:
            note = "forgotten" if each.was_gone else "lost"
            locator = each.seen_as or f"workspace/{name}/{each.number}"
            if today is None or locator != f"workspace/{name}":  # else today's place bears it
                found.append(PurgeScope("workspace", locator, note=note))
        else:
            is_named = each.path.parent == today
            is_last = last[each.path] == each.number
            locator = f"workspace/{name}" if is_named and is_last else f"workspace/{name}/{each.number}"
            paths.add(each.path)
            root, below = each.path.parent, each.path.name
            note = "remade" if not is_last else "" if is_named else "earlier"
            found.append(
                PurgeScope("workspace", locator, root, below, note=note, was=each.was, real=each.real)
            )
    note = "unremembered" if made else ""
    if today is not None and today / name not in paths:
        paths.add(today / name)
        found.append(
            PurgeScope(
                "workspace", f"workspace/{name}", today, name, note=note, root_was=roots.get(today, ())
            )
        )
    for place, named in enumerate(earlier, start=1):
        before = named.settings.workspaces
        if before is not None and before / name not in paths:
            paths.add(before / name)
            locator, was = f"workspace/{name}/before-{place}", roots.get(before, ())
            found.append(PurgeScope("workspace", locator, before, name, note=note, root_was=was))
    return found


def _earlier_patterns(settings: PurgeSettings, earlier: Sequence[Named]) -> list[FilePattern]:
    """Return patterns that ledger.toml names no more, each once."""
    today = {(pattern.root, pattern.glob) for pattern in settings.patterns}
    gone = {
        (pattern.root, pattern.glob): pattern
        for named in earlier
        for pattern in named.settings.patterns
        if (pattern.root, pattern.glob) not in today
    }
    return list(gone.values())


def root_of(settings: PurgeSettings, path: Path) -> Path | None:
    """The allowed root that a path lies below, the innermost one; None where there is none."""
    if not path.is_absolute() or ".." in path.parts:
        return None
    workspaces = () if settings.workspaces is None else (settings.workspaces,)
    roots = [root for root in (*settings.roots, *workspaces) if root != path and path.is_relative_to(root)]
    return max(roots, key=lambda root: len(root.parts), default=None)


def _artefact(settings: PurgeSettings, artefact: NotedArtefact) -> PurgeScope:
    locator = f"artefact/{artefact.number}"
    if artefact.path is None:
        return PurgeScope("artefact", locator, note="forgotten" if artefact.was_gone else "lost")
    root = root_of(settings, artefact.path)
    if root is None:
        return PurgeScope("artefact", locator, note="outside")
    path = artefact.path.relative_to(root).as_posix()
    return PurgeScope("artefact", locator, root, path, was=artefact.was, real=artefact.real)


def _pattern(pattern: FilePattern, subject: Subject, roots: Mapping[Path, tuple[Place, ...]]) -> PurgeScope:
    glob = pattern.glob.replace("{session}", str(subject.number))
    span = subject.span
    if "{ref}" in glob:
        if subject.ref is None:
            span = None  # a file named after a reference that does not exist is nobody's
        else:
            glob = glob.replace("{ref}", globbing.escape(file_name_of(subject.ref)))
    root_was = roots.get(pattern.root, ())
    return PurgeScope("pattern", pattern.name, pattern.root, glob, span, subject.others, root_was=root_was)


def file_name_of(ref: str) -> str:
    """A session's reference as a file may be named after it: what no name can hold becomes a hyphen."""
    return _NO_FILE_NAME.sub("-", ref)


# --- patterns ---------------------------------------------------------------------------------


class _Aside(NamedTuple):
    """A link, or a folder of another mount, below which a pattern would go on; nothing is deleted there."""

    path: str
    rest: list[str]
    flag: str


@dataclass(slots=True)
class _Matches(FoundFile):
    """What a pattern matched, and where it would go on."""

    asides: list[_Aside] = field(default_factory=list[_Aside])


def _matching(scope: PurgeScope, root: OpenFolder) -> FoundFile:
    """The files a pattern names that were written in the session's time and in no other session's."""
    found = FoundFile()
    if scope.span is None:
        return found
    seen = _Matches()
    _match(root, scope.path.split("/"), "", seen)
    found.flags, found.left, found.errno = seen.flags, seen.left, seen.errno
    for entry in {entry.path: entry for entry in seen.files}.values():
        if entry.mtime_ns not in scope.span:
            continue
        if any(entry.mtime_ns in other for other in scope.others):
            found.left += 1
            found.flags.add("ambiguous")
        else:
            found.entries.append(entry)
    assert scope.root is not None  # noqa: S101 - it was opened
    _look_aside(scope.root, seen.asides, scope.span, found)
    return found


def _look_aside(root: Path, asides: Sequence[_Aside], span: SessionSpan, found: FoundFile) -> None:
    """Count what lies behind links and on other mounts: a purge neither goes there nor passes over it."""
    known, been = {entry.identity for entry in found.entries}, set[str]()
    waiting = [(root, aside, aside.flag) for aside in asides]
    while waiting:
        at, aside, flag = waiting.pop()
        real = os.path.realpath(at / aside.path)
        if real in been or not Path(real).is_dir():
            continue
        been.add(real)
        seen = _Matches()
        try:
            with open_folder(Path(real), by_descriptor=descriptors_available()) as folder:
                _match(folder, aside.rest, "", seen)
        except OSError as error:  # nobody can say what lies there
            found.refused(error)
            found.flags.add(flag)
        if left := [each for each in seen.files if each.mtime_ns in span and each.identity not in known]:
            found.left += len(left)
            found.flags.add(flag)
        waiting += [(Path(real), each, flag) for each in seen.asides]


def _match(folder: OpenFolder, parts: list[str], at: str, seen: _Matches) -> None:
    """Gather what the parts of a glob match below a folder; `**` stands for any number of folders."""
    if at.count("/") > DEPTH_MAX:
        seen.flags.add("too-deep")
        seen.left += 1
        return
    head, rest = parts[0], parts[1:]
    if head == "**" and rest:
        _match(folder, rest, at, seen)
    for name in folder.names():
        if not _matches(folder, name, "*" if head == "**" else head):
            continue
        path = f"{at}/{name}" if at else name
        _match_one(folder, name, path, parts if head == "**" else rest, seen)


def _matches(folder: OpenFolder, name: str, glob: str) -> bool:
    """Return True if a name is one that a glob names, as the disk compares names.

    macOS may keep letters and their marks apart (NFD), and its disks and those of Windows do not tell large
    letters from small ones.
    """
    composed, wanted = normalize("NFC", name), normalize("NFC", glob)
    if fnmatchcase(composed, wanted):
        return True
    return fnmatchcase(composed.casefold(), wanted.casefold()) and _ignores_case(folder, name)


def _ignores_case(folder: OpenFolder, name: str) -> bool:
    """Return True if the same thing is found under the same name in other letters."""
    try:
        found, other = folder.lstat(name), folder.lstat(name.swapcase())
    except OSError:
        return False
    return (found.st_dev, found.st_ino) == (other.st_dev, other.st_ino)


def _match_one(folder: OpenFolder, name: str, path: str, rest: list[str], seen: _Matches) -> None:
    try:
        at_name = folder.lstat(name)
        if not is_folder(at_name):
            if not rest or rest == ["**"]:
                seen.add(_single(folder, name, path))
            if rest and entry_of(path, at_name).kind == "link":
                seen.asides.append(_Aside(path, rest, "link"))
            return
        if rest:
            with folder.enter(name) as inner:
                if is_on(inner, folder):
                    _match(inner, rest, path, seen)
                else:
                    seen.asides.append(_Aside(path, rest, "other-device"))
    except FileNotFoundError:
        return
    except OSError as error:
        seen.refused(error)
        seen.left += 1


def _single(folder: OpenFolder, name: str, path: str) -> FoundFile:
    found = inventory(folder, name)
    found.entries = [FolderEntry(path, *entry[1:]) for entry in found.entries]
    return found
