"""Everything that is wrong with a document, not only the first thing.

msgspec stops at the first mismatch; a person who mends a file wants the whole list.
"""

from __future__ import annotations

import re
import types
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Union, cast, get_args, get_origin

import msgspec

from ledger.message import Message, msg, plain


def mismatches(value: object, expected: Any, path: str = "") -> list[Message]:  # noqa: ANN401 - any annotation
    """One line `path: what is wrong` for each place where a value does not fit a type.

    Looks into Structs (unknown and missing keys), dicts and tuples; msgspec judges everything
    else. A value without mismatches can be converted by msgspec.
    """
    return _nested_mismatches(value, _bare(expected), path) or _own_mismatch(value, expected, path)


def _nested_mismatches(value: object, bare: Any, path: str) -> list[Message]:  # noqa: ANN401 - any annotation
    origin, arguments = get_origin(bare), get_args(bare)
    if isinstance(value, Mapping):
        table = cast("Mapping[str, object]", value)
        if isinstance(bare, type) and issubclass(bare, msgspec.Struct):
            return _struct_mismatches(table, bare, path)
        if origin is dict:
            return [line for key in table for line in mismatches(table[key], arguments[1], _join(path, key))]
    if origin is tuple and isinstance(value, list | tuple):
        entries = enumerate(cast("Sequence[object]", value), 1)
        return [
            line for place, entry in entries for line in mismatches(entry, arguments[0], f"{path}[{place}]")
        ]
    return []


def _struct_mismatches(table: Mapping[str, object], struct: type[msgspec.Struct], path: str) -> list[Message]:
    fields = {field.encode_name: field for field in msgspec.structs.fields(struct)}
    lines = [msg("{path}: unknown key", path=_join(path, key)) for key in table if key not in fields]
    for name, field in fields.items():
        if name in table:
            lines += mismatches(table[name], field.type, _join(path, name))
        elif field.required:
            lines.append(msg("{path}: missing", path=_join(path, name)))
    return lines


def _own_mismatch(value: object, expected: Any, path: str) -> list[Message]:  # noqa: ANN401 - any annotation
    try:
        msgspec.convert(value, expected)
    except msgspec.ValidationError as error:
        return [plain("{path}: {error}", path=path, error=mismatch(str(error)))]
    return []


def _bare(expected: Any) -> Any:  # noqa: ANN401 - any annotation
    """An annotation without its constraints and without `| None`."""
    if get_origin(expected) is Annotated:
        return _bare(get_args(expected)[0])
    if get_origin(expected) in {Union, types.UnionType}:
        return _bare(next(argument for argument in get_args(expected) if argument is not type(None)))
    return expected


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


_MISMATCHES = (
    (
        re.compile(r"Expected `(?P<wanted>[^`]+)`, got `(?P<given>[^`]+)`"),
        msg("expected `{wanted}`, got `{given}`"),
    ),
    (re.compile(r"Invalid enum value (?P<value>.+)"), msg("invalid enum value {value}")),
    (
        re.compile(r"Object missing required field `(?P<name>[^`]+)`"),
        msg("object missing required field `{name}`"),
    ),
    (
        re.compile(r"Object contains unknown field `(?P<name>[^`]+)`"),
        msg("object contains unknown field `{name}`"),
    ),
)
"""What msgspec says, and the same as a message."""


def mismatch(told: str) -> Message:
    """Return what msgspec says of a value, begun with a small letter; as it stands where it is not known."""
    fact, at, where = told.partition(" - at `")
    for pattern, known in _MISMATCHES:
        if found := pattern.fullmatch(fact):
            return plain("{fact}{place}", fact=known.of(**found.groupdict()), place=f"{at}{where}")
    return plain("{told}", told=f"{told[:1].lower()}{told[1:]}")
