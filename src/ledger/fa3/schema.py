"""The schema FA(3) as the package ksef_client ships it, read without a network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from ledger.fa3.parser import WHAT_SHOWN, Fault, Node, careful_parser, local_name
from ledger.message import Message, msg, plain

NAMES_LISTED = 10
"""libxml2 lists so many elements that could stand in a place, and leaves out the others."""
FA3 = "schemat_FA(3)_v1-0E.xsd"

_SENTENCES = {
    "SCHEMAV_CVC_PATTERN_VALID": msg("the value has not the form that the schema asks for"),
    "SCHEMAV_CVC_DATATYPE_VALID_1_2_1": msg(
        "the value is not of the kind that stands here, a number or a day"
    ),
    "SCHEMAV_CVC_MAXLENGTH_VALID": msg("the value is too long"),
    "SCHEMAV_CVC_MINLENGTH_VALID": msg("the value is too short"),
    "SCHEMAV_CVC_ENUMERATION_VALID": msg("the value is none of those that the schema knows"),
    "SCHEMAV_CVC_FRACTIONDIGITS_VALID": msg("the number has too many decimals"),
    "SCHEMAV_CVC_TOTALDIGITS_VALID": msg("the number has too many digits"),
    "SCHEMAV_CVC_MININCLUSIVE_VALID": msg("the value is too small"),
    "SCHEMAV_CVC_MAXINCLUSIVE_VALID": msg("the value is too great"),
    "SCHEMAV_CVC_COMPLEX_TYPE_3_2_1": msg("an attribute stands here that the schema does not know"),
    "SCHEMAV_CVC_COMPLEX_TYPE_4": msg("an attribute is missing"),
    "SCHEMAV_CVC_AU": msg("an attribute has not the value that the schema fixes"),
    "SCHEMAV_CVC_ELT_1": msg("the document begins with another element than Faktura of FA(3)"),
}
"""What libxml2 found, by its own name of it. Its sentences quote the value, so they are not used."""


class SchemaEntry(Protocol):
    """What libxml2 found in a line."""

    line: int
    message: str
    type_name: str


def schema_faults(root: Node) -> Iterator[Fault]:
    """Everything in the tree that does not follow the schema, one fault a line and element."""
    schema = _schema()
    if schema.validate(root):
        return
    seen: set[tuple[int, str]] = set()
    for entry in schema.error_log:
        place = (entry.line, _named(entry))
        if place not in seen:
            seen.add(place)
            yield Fault(*place, _sentence(entry))


def _named(entry: SchemaEntry) -> str:
    match = re.match(r"Element '([^']*)'", entry.message)
    return local_name(match[1]) if match else "Faktura"


def _sentence(entry: SchemaEntry) -> Message:
    """Names of elements may be told: they are the schema's."""
    listed = re.search(r"Expected is (?:one of )?\( ([^()]*) \)", entry.message)
    if entry.type_name == "SCHEMAV_ELEMENT_CONTENT" and listed is not None:
        names = [local_name(name) for name in listed[1].split(", ")]
        expected = plain("{names}", names=", ".join(names)[:WHAT_SHOWN])
        if len(names) == NAMES_LISTED:
            expected = msg("{names} or others", names=expected)
        if "Missing child" in entry.message:
            return msg("holds too little; expected: {names}", names=expected)
        return msg("is not expected here; expected: {names}", names=expected)
    return _SENTENCES.get(entry.type_name, msg("does not follow the schema"))


@cache
def _schema() -> Any:  # noqa: ANN401 - its types are incomplete
    """Read once in a process: it takes some milliseconds."""
    etree: Any = import_module("lxml.etree")
    parser = careful_parser()
    parser.resolvers.add(type("Shipped", (etree.Resolver,), {"resolve": _resolve})())
    return etree.XMLSchema(etree.fromstring((_folder() / FA3).read_bytes(), parser))


def _resolve(resolver: Any, address: str, _public_id: object, context: object) -> object:  # noqa: ANN401 - as above
    """An address of the Ministry to the file of the same name beside the schema; nothing else is read."""
    return resolver.resolve_string((_folder() / address.rsplit("/", 1)[-1]).read_bytes(), context)


def _folder() -> Path:
    """Found without importing the package, which would take 0.2 s."""
    spec = find_spec("ksef_client")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("ksef_client, which brings the schema FA(3), is not installed")
    return Path(spec.origin).parent / "documents" / "fa3" / "schemas"
