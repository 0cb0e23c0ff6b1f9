"""A table of ledger.toml changed in place: one key gets another value, every other line stays as it is."""

from __future__ import annotations

import json
import os
import re
import tomllib
from pathlib import Path

from ledger.errors import BadConfig
from ledger.fa3.seller import KSEF_KEYS, OPTIONAL, REQUIRED, ksef_mode_of, parse_seller, takes_consumers
from ledger.folder.atomic_write import sync
from ledger.ksef.settings import environment_of
from ledger.purge.protected import require_harmless
from ledger.purge.settings import parse_settings

KEYS = (
    "purge.workspaces",
    "purge.grace",
    "purge.roots",
    *(f"seller.{key}" for key in (*REQUIRED, *OPTIONAL)),
    *(f"ksef.{key}" for key in KSEF_KEYS),
)
"""What can be set by command; patterns and logs are written by hand, below the example in the file."""

_ANY_SECTION = re.compile(r"\s*\[")


def toml_value(key: str, text: str) -> str:
    """The value as TOML; several roots stand one after the other as in PATH, none is an empty list."""
    if key == "purge.roots":
        return "[" + ", ".join(_quoted(root) for root in text.split(os.pathsep) if root) + "]"
    return _quoted(text)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def with_value(text: str, key: str, value: str) -> str:
    """The text of ledger.toml with another value; raises BadConfig when that is not understood."""
    table, name = key.split(".", 1)
    head = re.compile(rf"\s*\[\s*{table}\s*\]\s*(#.*)?")
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    section = next((n for n, line in enumerate(lines) if head.fullmatch(line.rstrip("\r\n"))), None)
    written = f"{name} = {value}\n"
    if section is None:
        lines += ["\n", f"[{table}]\n", written]
    else:
        first, after = _place(lines, section, name)
        lines[first:after] = [written]
    changed = "".join(lines)
    try:
        config = tomllib.loads(changed)
        parse_settings(config)
        parse_seller(config)
        ksef_mode_of(config)
        takes_consumers(config)
        environment_of(config)
    except tomllib.TOMLDecodeError as error:
        raise BadConfig(f"ledger.toml cannot be changed by this command: {error}") from error
    return changed


def _place(lines: list[str], section: int, name: str) -> tuple[int, int]:
    """The lines that say the key now; an empty stretch right below the section's head where none does."""
    assignment = re.compile(rf"\s*(?:{name}|\"{name}\"|'{name}')\s*=")
    for first in range(section + 1, len(lines)):
        if _ANY_SECTION.match(lines[first]):
            break
        if assignment.match(lines[first]):
            for after in range(first + 1, len(lines) + 1):
                if _is_whole("".join(lines[first:after])):
                    return first, after
    return section + 1, section + 1


def _is_whole(text: str) -> bool:
    """Whether an assignment ends here; a list may go over several lines."""
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return False
    return True


def change_file(path: Path, changes: dict[str, str]) -> None:
    """Give keys other values, all of them or none: written beside, synced, put in place.

    Raises BadConfig; PlaceProtected for a place that a purge must not delete in.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfig("ledger.toml cannot be read") from error
    for key, typed in changes.items():
        text = with_value(text, key, toml_value(key, typed))
    if any(key.startswith("purge.") for key in changes):
        require_harmless(parse_settings(tomllib.loads(text)), path.parent)
    beside = path.with_name(f".{path.name}.part")
    try:
        with beside.open("wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        sync(path.parent)
    except OSError as error:
        raise BadConfig(f"ledger.toml cannot be written: {error.strerror}") from error
