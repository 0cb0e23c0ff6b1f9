"""`[purge]` of ledger.toml: where the data of sessions lie, and where nothing but a purge may delete."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import Any, cast

from ledger.domain.identifiers import check_key
from ledger.errors import BadConfig, BadKey, LooksPersonal
from ledger.folder.layout import hint_of_quotes
from ledger.folder.unusable_names import why_unusable
from ledger.message import Message, msg

GRACE_SECONDS = 5
"""Remote tools write recordings up to five seconds after the end."""
GRACE_SECONDS_MAX = 600
NAMED_MAX = 100
"""So many roots, patterns, shared logs or vendors may be named."""
TEXT_LENGTH_MAX = 4096

_SPAN = re.compile(r"(\d{1,4})(s|m)", re.ASCII)
_KEYS = {"workspaces", "grace", "roots", "pattern", "shared_log", "vendor"}


@dataclass(frozen=True, slots=True)
class FilePattern:
    """Files that a remote tool leaves below a root; `glob` may hold {session} and {ref}."""

    name: str
    root: Path
    glob: str


@dataclass(frozen=True, slots=True)
class SharedLog:
    """A file of all sessions, never removed by the purge of one."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Vendor:
    """What only somebody else can delete, and what to know of it."""

    name: str
    note: str


@dataclass(frozen=True, slots=True)
class PurgeSettings:
    """Where the data of sessions lie on this machine; every path is absolute."""

    workspaces: Path | None = None
    grace_seconds: int = GRACE_SECONDS
    roots: tuple[Path, ...] = ()
    patterns: tuple[FilePattern, ...] = ()
    shared_logs: tuple[SharedLog, ...] = ()
    vendors: tuple[Vendor, ...] = ()

    @property
    def looks_somewhere(self) -> bool:
        """Whether any place is named in which files of a session would be found."""
        return self.workspaces is not None or bool(self.patterns)

    def places(self) -> list[tuple[str, Path]]:
        """Every folder that has to exist, under the key that names it."""
        workspaces = [] if self.workspaces is None else [("purge.workspaces", self.workspaces)]
        roots = [("purge.roots", root) for root in self.roots]
        return [*workspaces, *roots, *((f"purge.pattern {p.name}", p.root) for p in self.patterns)]


def parse_settings(config: Mapping[str, object]) -> PurgeSettings:
    """What ledger.toml says of purges; raises BadConfig naming the key."""
    table = config.get("purge", {})
    if not isinstance(table, dict):
        raise BadConfig(msg("ledger.toml: purge is not a table"))
    purge = cast("dict[str, object]", table)
    for key in purge:
        if key not in _KEYS:
            raise BadConfig(msg("ledger.toml has an unknown key 'purge.{key}'", key=key))
    workspaces = purge.get("workspaces")
    return PurgeSettings(
        workspaces=None if workspaces is None else _folder(workspaces, "purge.workspaces"),
        grace_seconds=_seconds(purge.get("grace", f"{GRACE_SECONDS}s")),
        roots=tuple(_folder(root, "purge.roots") for root in _listed(purge, "roots")),
        patterns=tuple(_pattern(each) for each in _tables(purge, "pattern", {"name", "root", "glob"})),
        shared_logs=tuple(
            SharedLog(each["name"], _folder(each["path"], "purge.shared_log.path"))
            for each in _tables(purge, "shared_log", {"name", "path"})
        ),
        vendors=tuple(Vendor(**each) for each in _tables(purge, "vendor", {"name", "note"})),
    )


def _seconds(value: object) -> int:
    match = _SPAN.fullmatch(value) if isinstance(value, str) else None
    seconds = -1 if match is None else int(match[1]) * (60 if match[2] == "m" else 1)
    if not 0 <= seconds <= GRACE_SECONDS_MAX:
        raise BadConfig(msg('ledger.toml: purge.grace is no time up to 10 minutes, written "5s" or "1m"'))
    return seconds


def _folder(value: object, key: str) -> Path:
    """An absolute path without `..`; the root of a file system is no place to delete in."""
    if not isinstance(value, str) or not value or "\0" in value or len(value) > TEXT_LENGTH_MAX:
        raise BadConfig(msg("ledger.toml: {key} is not a path", key=key))
    path = Path(value)
    if not path.is_absolute() or ".." in path.parts:
        raise BadConfig(
            msg("ledger.toml: {key} is not an absolute path without '..'", key=key)
            if os.name == "posix"
            else msg(
                "ledger.toml: {key} is not an absolute path without '..'; "
                "begin with the drive: 'C:\\…' in single quotes",
                key=key,
            )
        )
    if os.name == "nt" and (fact := why_unusable(PureWindowsPath(path))):  # a tab of "C:\\a\temp", for one
        raise BadConfig(
            msg("{key} in ledger.toml cannot be used: {fact}", key=key, fact=fact),
            hint=hint_of_quotes('"C:\\a'),
        )
    if path == Path(path.anchor):
        raise BadConfig(msg("ledger.toml: {key} is the root of the file system", key=key))
    return path


def _listed(purge: Mapping[str, object], key: str) -> list[object]:
    value = purge.get(key, [])
    listed = cast("list[object]", value) if isinstance(value, list) else None
    if listed is None or len(listed) > NAMED_MAX:
        raise BadConfig(
            msg("ledger.toml: purge.{key} is not a list of at most {most}", key=key, most=NAMED_MAX)
        )
    return listed


def _tables(purge: Mapping[str, object], key: str, wanted: set[str]) -> list[dict[str, str]]:
    """The `[[purge.key]]` tables, each with exactly the wanted keys, all texts, under different names."""
    tables: list[dict[str, str]] = []
    for each in _listed(purge, key):
        if not isinstance(each, dict) or set(cast("dict[str, Any]", each)) != wanted:
            raise BadConfig(
                msg(
                    "ledger.toml: a purge.{key} does not have the keys {names}",
                    key=key,
                    names=", ".join(sorted(wanted)),
                )
            )
        table = cast("dict[str, Any]", each)
        if not all(isinstance(text, str) and len(text) <= TEXT_LENGTH_MAX for text in table.values()):
            raise BadConfig(msg("ledger.toml: a purge.{key} holds something that is no text", key=key))
        try:
            check_key(table["name"], f"purge.{key}.name")  # it stands in events for ever
        except (BadKey, LooksPersonal) as error:
            raise BadConfig(msg("ledger.toml: {fact}", fact=error.message)) from error
        tables.append(table)
    if len({table["name"] for table in tables}) != len(tables):
        raise BadConfig(msg("ledger.toml: two purge.{key} have the same name", key=key))
    return tables


def _pattern(table: Mapping[str, str]) -> FilePattern:
    glob = table["glob"]
    parts = glob.split("/")
    if "" in parts or "." in parts or ".." in parts or "\0" in glob:
        raise BadConfig(msg("ledger.toml: purge.pattern.glob is not a relative path below its root"))
    rest = glob.replace("{session}", "").replace("{ref}", "")
    if "{" in rest or "}" in rest:
        raise BadConfig(
            msg("ledger.toml: purge.pattern.glob holds a name in braces other than session and ref")
        )
    return FilePattern(table["name"], _folder(table["root"], "purge.pattern.root"), glob)


def missing_places(settings: PurgeSettings) -> list[Message]:
    """What is wrong with the folders that the settings name, a sentence each."""
    found = [
        msg("{key} names a folder that is not there", key=key)
        for key, path in settings.places()
        if not _is(path)
    ]
    nested = settings.workspaces is not None and any(
        settings.workspaces.is_relative_to(pattern.root) and "**" in pattern.glob
        for pattern in settings.patterns
    )
    return [*found, *([msg("purge.workspaces lies below the root of a pattern with **")] if nested else [])]


def _is(path: Path) -> bool:
    return os.path.isdir(path) and not os.path.islink(path)  # noqa: PTH112, PTH114 - a link is not followed
