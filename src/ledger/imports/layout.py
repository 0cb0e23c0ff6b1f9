"""A layout: how an office keeps its own sheet, and how its columns are found by their headings.

Kept as a profile: `[imports.NAME]` of ledger.toml, or a TOML file of its own.
"""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, NamedTuple, cast

import msgspec

from ledger.domain.problems import mismatch
from ledger.errors import BadConfig
from ledger.folder.bounded_read import toml_text_of
from ledger.folder.layout import NO_TOML
from ledger.message import Hint, Message, msg, plain, system_text

TITLE_MAX_CHARACTERS = 80
PROBLEM_COLUMN = "import_problem"
"""Heading of what `--errors` adds to a file's own columns; every import passes over it."""


class Column(NamedTuple):
    """One column: its name, its headings in Polish spreadsheets, whether it must be there.

    A required column that `may_be_empty` must be there, its cells need not hold anything. `guesses` are
    headings that only a guess takes; `is_moment` columns may hold cells that a spreadsheet keeps as dates.
    """

    name: str
    polish: tuple[str, ...] = ()
    required: bool = False
    may_be_empty: bool = False
    is_moment: bool = False
    guesses: tuple[str, ...] = ()


class Layout(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a profile says of a file; everything else is found by headings."""

    sheets: tuple[str, ...] = ()
    """Sheets to read by name; without any, the only one with the columns."""
    all_sheets: bool = False
    heading_row: int = 0
    """The row of the headings; 0 is the first filled row, or the one that bears the headings of `columns`."""
    columns: dict[str, str] = {}
    """Headings of the file and the columns they mean."""
    ignore: tuple[str, ...] = ()
    """Headings that are passed over on purpose."""
    values: dict[str, dict[str, str]] = {}
    """By column: words of the file and what they mean, for example names of customers and their codes."""
    constants: dict[str, str] = {}
    """Columns that the file does not have, with the value of every row."""
    session_ref: str = ""
    """Pattern of references for a sheet without any: {sheet}, {day}, {time}, {customer}, {HEADING}."""
    dates: Literal["", "dmy", "mdy"] = ""
    skip_totals: bool = False
    """Rows of titles, sums and repeated headings are left out and counted."""
    guess: bool = False
    """Headings are looked for beyond the first row and among the guesses."""


PLAIN = Layout()
"""A table whose first row holds the headings, each of them known."""


def normal(name: str) -> str:
    """Return a heading as it is compared: small letters without Polish marks, words joined by underscores."""
    plain = unicodedata.normalize("NFKD", name.strip().casefold().replace("ł", "l"))
    kept = (c if c.isalnum() else "_" for c in plain if not unicodedata.combining(c))
    return "_".join(word for word in "".join(kept).split("_") if word)


def meanings(columns: tuple[Column, ...], layout: Layout) -> dict[str, str | None]:
    """Return the column that each heading means, by its normal form; None for one that is passed over."""
    found: dict[str, str | None] = {normal(PROBLEM_COLUMN): None}
    if layout.guess:
        found |= {normal(each): column.name for column in columns for each in column.guesses}
    found |= {normal(each): column.name for column in columns for each in (column.name, *column.polish)}
    known = {column.name for column in columns}
    for heading, name in layout.columns.items():
        if name not in known:
            raise BadConfig(
                msg(
                    "the profile gives heading {heading!r} to {name!r}: no such column",
                    heading=heading[:TITLE_MAX_CHARACTERS],
                    name=name,
                ),
                hint=Hint(msg("columns are {names}", names=", ".join(sorted(known)))),
            )
        found[normal(heading)] = name
    return found | dict.fromkeys(map(normal, layout.ignore))


def read_profile(config: Mapping[str, object], name: str) -> Layout:
    """Return a profile by its name in ledger.toml, or from a file named *.toml; raises BadConfig."""
    if name.endswith(".toml"):
        where: Message | str = name
        try:
            table: object = tomllib.loads(toml_text_of(Path(name)))
        except OSError as error:
            raise BadConfig(
                msg("{name} cannot be read: {error}", name=name, error=system_text(error)),
                hint=Hint("name a file that is there"),
            ) from error
        except NO_TOML as error:
            raise BadConfig(
                msg("{name} is not TOML: {error}", name=name, error=error), hint=Hint("mend the file")
            ) from error
    else:
        where = msg("[imports.{name}] of ledger.toml", name=name)
        profiles = config.get("imports", {})
        if not isinstance(profiles, dict) or name not in profiles:
            hint = Hint(
                msg(
                    "write [imports.{name}] into ledger.toml, or name a file: --profile {name}.toml",
                    name=name,
                )
            )
            raise BadConfig(msg("there is no profile {name!r}", name=name), hint=hint)
        table = cast("dict[str, object]", profiles)[name]
    try:
        return msgspec.convert(table, Layout)
    except msgspec.ValidationError as error:
        raise BadConfig(
            plain("{where}: {error}", where=where, error=mismatch(str(error))),
            hint=Hint("docs/guides/adopt-two-years-of-excel.md shows a profile"),
        ) from error


def profile_text(layout: Layout) -> str:
    """Return a layout as the text of a profile's file."""
    lines: list[str] = []
    tables: list[str] = []
    for key, value in cast("dict[str, object]", msgspec.to_builtins(layout)).items():
        if isinstance(value, dict):
            entries = cast("dict[str, object]", value)
            nested = {k: cast("dict[str, object]", v) for k, v in entries.items() if isinstance(v, dict)}
            for name, words in (nested or {"": entries}).items():
                tables.append(f"\n[{key}{f'.{name}' if name else ''}]")
                tables += [f"{_quoted(k)} = {_value(v)}" for k, v in words.items()]
        elif key != "guess":
            lines.append(f"{key} = {_value(value)}")
    return "\n".join([*lines, *tables]) + "\n"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_value, cast('list[object]', value)))}]"
    return str(value) if isinstance(value, int) else _quoted(str(value))


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
