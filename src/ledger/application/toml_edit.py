"""Changing a setting in ledger.toml: one key gets another value, every other byte stays as it is."""

from __future__ import annotations

import codecs
import os
import re
import tomllib
from collections.abc import Mapping
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
from ledger.folder.layout import LANGUAGES, NO_TOML, language_of
from ledger.ksef.settings import ENVIRONMENTS, environment_of
from ledger.message import msg, system_text
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
    """Return the text with other values; None where it would say something else."""
    try:
        for key, value in values.items():
            if (changed := _with_value(text, key, value)) is None:
                return None
            text = changed
    except (*NO_TOML, TOMLKitError, AttributeError, TypeError) as error:
        raise BadConfig(msg("ledger.toml cannot be changed by this command: {error}", error=error)) from error
    return text


def _with_value(text: str, key: str, value: str | list[str]) -> str | None:
    expected = _as_written(text)
    table, _, name = key.rpartition(".")
    if table and not isinstance(expected.get(table, {}), dict):
        raise BadConfig(msg("ledger.toml: {name} is not a table", name=table))
    document = tomlkit.parse(text)
    section: Any = document.setdefault(table, tomlkit.table()) if table else document
    is_new = name not in section
    section[name] = value
    (expected.setdefault(table, {}) if table else expected)[name] = value
    changed = _with_line_ends_of(text, tomlkit.dumps(document))
    moved = _below_its_own(text, changed) if is_new else changed
    fitting = (each for each in (moved, changed) if _as_written(each) == expected)
    return next(fitting, None)


def _below_its_own(before: str, after: str) -> str:
    """Return the text with a line that is new in it put below the lines of its table.

    It was added at the table's end, which may be below the comment of the next table: it goes above the blank
    line before that, or where there is none, above the comment.
    """
    old, new = _lines(before), _lines(after)
    common = next(
        (at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), len(old)
    )
    added = new[common : common + len(new) - len(old)]
    told = [line for line in added if line.strip()]
    if len(told) != 1 or old[:common] + old[common:] != new[:common] + new[common + len(added) :]:
        return after
    first = common
    while first and _is_trivia(old[first - 1]):
        first -= 1
    between = old[first:common]
    blank = next((at for at, line in enumerate(between) if not line.strip()), 0)
    place = first + blank
    return "".join([*old[:place], *told, *old[place:]]) if between else after


def _lines(text: str) -> list[str]:
    """Return the lines of TOML with their ends: `splitlines` knows ends that TOML does not."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _is_trivia(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")


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
        raw = path.read_bytes()
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
        raise BadConfig(msg("ledger.toml cannot be written: {error}", error=system_text(error))) from error
