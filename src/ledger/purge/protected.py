"""Folders that no purge may delete in: ledgers with their copies and outboxes, and those of the system."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePath

from ledger.errors import PlaceProtected
from ledger.message import Message, msg, plain
from ledger.purge.plan import PurgePlan
from ledger.purge.settings import PurgeSettings

LOOKED_MAX = 20_000
"""So many folders below a place are searched for another ledger."""
DEPTH_MAX = 4
_SYSTEM = (
    "/bin",
    "/boot",
    "/dev",
    "/etc",
    "/lib",
    "/lib32",
    "/lib64",
    "/proc",
    "~/.ssh",
    "/run",
    "/sbin",
)
_SYSTEM_TOO = ("/sys", "/usr", "/var/cache", "/var/lib", "/var/log", "/var/spool", "/opt")
_IN_SYSTEM = ("/dev/shm", "/run/user", "/run/media", "/var/lib", "/opt")  # noqa: S108 - folders there may be the shop's own
_MARKS = ({"ledger.toml", "keys"}, {"events.db", "vault.db"}, {"ledger.toml", "events.db"})
"""Names that lie together in a ledger's folder, or in its copy."""
_BUNDLE = {"entries.jsonl", "MANIFEST.sha256"}

Node = tuple[int, int]


def problem_of(place: Path, ledger: Path, *, deep: bool = True) -> Message | None:
    """Return why no purge may delete at or below a place; None where nothing is in the way.

    Folders are compared by device and inode, links resolved. `deep` also searches below it for ledgers.
    """
    here = Path(os.path.realpath(place))
    chain = [node for folder in (here, *here.parents) if (node := _node(folder)) is not None]
    own = _node(ledger)
    if own is not None and own in chain:
        return msg("is the ledger's folder, or lies in it")
    ledger_chain = [_node(folder) for folder in Path(os.path.realpath(ledger)).parents]
    node = _node(here)
    if node is not None and node in ledger_chain:
        return msg("holds the ledger's folder")
    for folder in (here, *here.parents):
        if is_ledger(folder):
            return msg("is another ledger or a copy of one, or lies in it")
    return _of_system(here) or (_held(here) if deep else None)


def _of_system(here: Path) -> Message | None:
    names, own = windows_folders(os.environ) if os.name == "nt" else ((*_SYSTEM, *_SYSTEM_TOO), _IN_SYSTEM)
    here_or_home = (os.path.expanduser(name) for name in names)  # noqa: PTH111 - without a home the name stays
    folders = {folder for name in here_or_home for folder in (Path(name), Path(os.path.realpath(name)))}
    return problem_among(here, folders, own)


def problem_among(here: PurePath, folders: Iterable[PurePath], own: Iterable[str]) -> Message | None:
    """Return why a place is, holds or lies in one of the folders; what lies below one of `own` is free."""
    is_free = any(here != type(here)(each) and here.is_relative_to(each) for each in own)
    for folder in folders:
        if folder.is_relative_to(here):
            return msg("is a folder of the system, or holds one")
        if here.is_relative_to(folder) and not is_free:
            return msg("lies in a folder of the system")
    return None


def windows_folders(environment: Mapping[str, str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the folders of a Windows by the variables that tell them, and which hold folders of the shop.

    The queue of the printers is one of the latter: a purge may be told to clear it.
    """
    drive = environment.get("SYSTEMDRIVE", "C:") + "\\"
    windows = environment.get("SYSTEMROOT", f"{drive}Windows")
    data, users = environment.get("PROGRAMDATA", f"{drive}ProgramData"), f"{drive}Users"
    programs = (f"{drive}Program Files", f"{drive}Program Files (x86)")
    told = (
        environment.get(name, programs[0]) for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "PROGRAMW6432")
    )
    hidden = ("$Recycle.Bin", "System Volume Information", "Recovery", "Boot", "EFI")
    system = (windows, *programs, *told, data, users, *(f"{drive}{name}" for name in hidden))
    return system, (data, users, f"{windows}\\System32\\spool")


def _held(here: Path) -> Message | None:
    for looked, folder in enumerate(_folders(here, 0)):
        if is_ledger(folder):
            return msg("holds another ledger, or a copy of one")
        if looked >= LOOKED_MAX:
            break
    return None


def _folders(folder: Path, depth: int) -> Iterator[Path]:
    if depth >= DEPTH_MAX:
        return
    try:
        with os.scandir(folder) as entries:
            below = [Path(entry.path) for entry in entries if entry.is_dir(follow_symlinks=False)]
    except OSError:
        return
    for each in below:
        yield each
        yield from _folders(each, depth + 1)


def is_ledger(folder: Path) -> bool:
    """Return True for the folder of a ledger, of a copy, or of an exported bundle."""
    try:
        names = set(os.listdir(folder)) if folder.is_dir() else set[str]()  # noqa: PTH208 - names alone
    except OSError:
        return False
    return is_ledger_of(names)


def is_ledger_of(names: set[str]) -> bool:
    """Return True if these names together are those of a ledger, a copy or a bundle."""
    return any(marks <= names for marks in (*_MARKS, _BUNDLE))


def _node(path: Path) -> Node | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def problems_of(settings: PurgeSettings, ledger: Path, *, deep: bool = True) -> list[Message]:
    """Return what is wrong with the places of ledger.toml, a sentence each."""
    logs = [(f"purge.shared_log {log.name}", log.path) for log in settings.shared_logs]
    named = [*settings.places(), *((key, path.parent) for key, path in logs if _in_ledger(path, ledger))]
    links = [
        (key, msg("is a link; name the folder that it leads to")) for key, path in named if path.is_symlink()
    ]
    found = [(key, problem_of(path, ledger, deep=deep)) for key, path in named]
    told = (*(links if deep else ()), *found)
    return [
        plain("{place} {problem}", place=key, problem=problem) for key, problem in told if problem is not None
    ]


def _in_ledger(path: Path, ledger: Path) -> bool:
    """Return True for a log below a ledger; logs of tools lie in folders of the system by right."""
    here = Path(os.path.realpath(path))
    return any(_node(folder) == _node(ledger) or is_ledger(folder) for folder in here.parents)


def require_harmless(settings: PurgeSettings, ledger: Path, *, deep: bool = True) -> None:
    """Raise PlaceProtected for the first place in which a purge could delete what is not a session's."""
    for problem in problems_of(settings, ledger, deep=deep):
        raise PlaceProtected(problem)


def require_file_harmless(path: Path, ledger: Path) -> None:
    """Raise PlaceProtected for a file of a ledger or of the system, also under another of its names."""
    problem = problem_of(path, ledger)
    if problem is None and _node(path) in set(own_files(ledger)):
        problem = msg("is a file of the ledger under another name")
    if problem is not None:
        raise PlaceProtected(msg("the file {problem}", problem=problem))


def own_files(ledger: Path) -> Iterator[Node]:
    """Return device and inode of everything in the ledger's folder."""
    for folder, _, files in os.walk(ledger):
        for name in ("", *files):
            node = _node(Path(folder) / name)
            if node is not None:
                yield node


def require_plan_harmless(plan: PurgePlan, ledger: Path) -> None:
    """Raise PlaceProtected if a plan names something of a ledger, whatever the path says."""
    own = set(own_files(ledger))
    for target in plan.targets:
        scope, found = target
        if scope.kind in {"shared_log", "vendor"}:
            continue
        if any((entry.device, entry.inode) in own for entry in found.entries):
            raise PlaceProtected(
                msg("{kind} {locator} holds a file of the ledger", kind=scope.kind, locator=scope.locator)
            )
        if _holds_ledger(entry.path for entry in found.entries):
            raise PlaceProtected(
                msg(
                    "{kind} {locator} holds a ledger, or a copy of one",
                    kind=scope.kind,
                    locator=scope.locator,
                )
            )


def _holds_ledger(paths: Iterable[str]) -> bool:
    names: dict[str, set[str]] = {}
    for path in paths:
        folder, _, name = path.rpartition("/")
        names.setdefault(folder, set()).add(name)
    return any(map(is_ledger_of, names.values()))
