"""Changing a setting in ledger.toml: one key gets another value, every other byte stays as it is."""

from __future__ import annotations

import codecs
import os
import re
import tomllib
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any, get_args

import tomlkit
from tomlkit.exceptions import TOMLKitError

from ledger.domain.invoice.ksef_duty import SellerMode
from ledger.domain.ledger_state import CHOICES
from ledger.errors import BadConfig
from ledger.fa3.seller import (
    KSEF_KEYS,
    OPTIONAL,
    REQUIRED,
    SHOP_KEYS,
    ksef_mode_of,
    own_accounts,
    shop_of,
    takes_consumers,
)
from ledger.folder.atomic_write import written_beside
from ledger.folder.bounded_read import CONFIG_BYTES_MAX, read_at_most
from ledger.folder.layout import LANGUAGES, NO_TOML, language_of
from ledger.folder.not_written import not_written
from ledger.ksef.settings import ENVIRONMENTS, environment_of
from ledger.message import msg
from ledger.purge.protected import require_harmless
from ledger.purge.settings import parse_settings

KEYS = (
    "purge.workspaces",
    "purge.grace",
    "purge.roots",
    *(f"seller.{key}" for key in (*REQUIRED, *OPTIONAL)),
    *(f"ksef.{key}" for key in KSEF_KEYS),
    *(f"shop.{key}" for key in SHOP_KEYS),
    "bank.accounts",
    "language",
)
"""Settings that a command can change; patterns and logs are written by hand in the file."""

VALUES: dict[str, tuple[str, ...]] = {
    "language": LANGUAGES,
    "ksef.mode": get_args(SellerMode),
    "ksef.consumers": ("yes", "no"),
    "ksef.environment": tuple(ENVIRONMENTS),
    **CHOICES,
}
"""What a setting can be, where there is a list of it."""


def value_of(key: str, text: str) -> str | list[str]:
    """Return the value as TOML has it; several roots are separated as in PATH, accounts by commas."""
    if key == "bank.accounts":
        return [account.strip() for account in text.split(",") if account.strip()]
    if key == "purge.roots":
        return [root for root in text.split(os.pathsep) if root]
    return text


Values = Mapping[str, str | list[str]]
"""Settings by `table.name`, as TOML has them."""


def with_values(text: str, values: Values) -> str:
    """Return the text of ledger.toml with other values of some settings, every other byte as it was.

    Raises: BadConfig: the file is no TOML, or its settings are refused with these values.
    """
    changed = _edited(text, values)
    if changed is None:
        odd = (key for key, value in values.items() if _edited(text, {key: value}) is None)
        key = next(odd, ", ".join(values))
        raise BadConfig(
            msg("ledger.toml cannot be changed by this command: {key} is written in an unusual form", key=key)
        )
    config = tomllib.loads(changed)
    language_of(config)
    parse_settings(config)
    shop_of(config)
    ksef_mode_of(config)
    takes_consumers(config)
    environment_of(config)
    own_accounts(config)
    return changed


def _edited(text: str, values: Values) -> str | None:
    """Return the text with other values; None where it would say something else.

    It is parsed once for the settings that it has, and once for those that are new in it.
    """
    try:
        told = _as_written(text)
        for table in {key.rpartition(".")[0] for key in values} - {""}:
            if not isinstance(told.get(table, {}), dict):
                raise BadConfig(msg("ledger.toml: {name} is not a table", name=table))
        known = {key: value for key, value in values.items() if _holds(told, key)}
        new = {key: value for key, value in values.items() if key not in known}
        changed = _with(text, known)
        if new:
            added = _with(changed, new)
            moved = _below_its_own(changed, added)
            changed = moved if _says(moved, told, values) else added
        return changed if _says(changed, told, values) else None
    except (*NO_TOML, TOMLKitError, AttributeError, TypeError) as error:
        raise BadConfig(msg("ledger.toml cannot be changed by this command: {error}", error=error)) from error


def _holds(told: Mapping[str, Any], key: str) -> bool:
    table, _, name = key.rpartition(".")
    section: Mapping[str, Any] = told.get(table, {}) if table else told
    return name in section


def _with(text: str, values: Values) -> str:
    if not values:
        return text
    document = tomlkit.parse(text)
    for key, value in values.items():
        table, _, name = key.rpartition(".")
        section: Any = document.setdefault(table, tomlkit.table()) if table else document
        section[name] = value
    return _with_line_ends_of(text, tomlkit.dumps(document))


def _says(text: str, told: Mapping[str, Any], values: Values) -> bool:
    """Return True if a text says what was told before, and the values."""
    expected = deepcopy(dict(told))
    for key, value in values.items():
        table, _, name = key.rpartition(".")
        (expected.setdefault(table, {}) if table else expected)[name] = value
    return _as_written(text) == expected


def _below_its_own(before: str, after: str) -> str:
    """Return the text with lines that are new in it put below the lines of their table.

    They were added at the table's end, which may be below the comment of the next table: they go above the
    blank line before that, or where there is none, above the comment.
    """
    old, new, made = _lines(before), _lines(after), list[str]()
    at = 0
    while at < len(new):
        added = at
        while added < len(new) and (not old or new[added] != old[0]):
            added += 1
        run = new[at:added]
        settings, tables = _parted(run)
        place = _end_of_table(made)
        if settings and place < len(made):
            made[place:place] = settings
            run = tables
        made += run
        if added < len(new):
            made.append(old.pop(0))
        at = added + 1
    return after if old else "".join(made)


def _parted(lines: list[str]) -> tuple[list[str], list[str]]:
    """Return the settings at the beginning, and the tables after them with the blank line above."""
    head = next((at for at, line in enumerate(lines) if line.lstrip().startswith("[")), None)
    settings = [line for line in lines[:head] if line.strip()]
    return settings, [] if head is None else lines[len(settings) :]


def _end_of_table(lines: list[str]) -> int:
    """Return where the lines end that belong to the table at the end, without the comment of the next one."""
    first = len(lines)
    while first and (not lines[first - 1].strip() or lines[first - 1].lstrip().startswith("#")):
        first -= 1
    blank = (at for at in range(first, len(lines)) if not lines[at].strip())
    return next(blank, first)


def _lines(text: str) -> list[str]:
    """Return the lines of TOML with their ends: `splitlines` knows ends that TOML does not."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _as_written(text: str) -> dict[str, Any]:
    """Return what a file says, its floats as text: `nan` is equal to nothing, and 1.0 is not 1.00 here."""
    return tomllib.loads(text, parse_float=str)


def _with_line_ends_of(before: str, after: str) -> str:
    """Return the text with CRLF throughout where it had only CRLF before."""
    is_crlf = "\r\n" in before and not re.search(r"(?<!\r)\n", before)
    return re.sub(r"(?<!\r)\n", "\r\n", after) if is_crlf else after


def change_file(path: Path, changes: dict[str, str]) -> None:
    """Give keys other values, all of them or none; the file is written beside, synced and put in place.

    Raises: BadConfig; PlaceProtected for a place that a purge must not delete in.
    """
    try:
        raw = read_at_most(path, CONFIG_BYTES_MAX)
        text = raw.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadConfig(msg("ledger.toml cannot be read")) from error
    text = with_values(text, {key: value_of(key, typed) for key, typed in changes.items()})
    if any(key.startswith("purge.") for key in changes):
        require_harmless(parse_settings(tomllib.loads(text)), path.parent)
    try:
        with written_beside(path) as file:
            # The mark that Notepad and PowerShell put before UTF-8 stays.
            file.write(codecs.BOM_UTF8 * raw.startswith(codecs.BOM_UTF8) + text.encode())
    except OSError as error:
        raise not_written(error, path.name, BadConfig) from error
