"""Bytes of a file to an XML tree that can be trusted: no entity, no network, nothing that KSeF refuses.

A message names line and element, never what stands there: it may be a person's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from importlib import import_module
from typing import Any, NamedTuple, Protocol

from ledger.errors import XmlUnreadable
from ledger.fa3.values import refused_character
from ledger.message import Message, joined, msg

BYTES_MAX = 1_000_000
FAULTS_SHOWN = 3
NAME_SHOWN = 64
WHAT_SHOWN = 256
"""Names of elements may be as long as a hostile file makes them."""
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class Node(Protocol):
    """An element of lxml's, as far as it is used here; lxml has no public name for it."""

    tag: str
    text: str | None
    tail: str | None
    sourceline: int
    attrib: Mapping[str, str]

    def __iter__(self) -> Iterator[Node]:
        """Its children."""
        ...

    def iter(self) -> Iterator[Node]:
        """Itself and all that stands in it."""
        ...

    def iterchildren(self, tag: str) -> Iterator[Node]:
        """Its children of a tag."""
        ...

    def findtext(self, path: str) -> str | None:
        """Text of the first element at a path."""
        ...


class Fault(NamedTuple):
    """What is wrong with the element in a line."""

    line: int
    element: str
    what: Message

    @property
    def message(self) -> Message:
        """One clause of a sentence."""
        return msg(
            "line {line}, {element}: {what}",
            line=self.line,
            element=self.element[:NAME_SHOWN],
            what=self.what,
        )


def told(faults: Iterable[Fault]) -> Message:
    """The first faults, and how many more there are."""
    every = list(faults)
    shown = joined(fault.message for fault in every[:FAULTS_SHOWN])
    more = len(every) - FAULTS_SHOWN
    return msg("{faults}; and {more} more", faults=shown, more=more) if more > 0 else shown


def local_name(tag: str) -> str:
    """A tag without its namespace."""
    return tag.rpartition("}")[2]


def text_of(node: Node, path: str) -> str | None:
    """Text of the first descendant by a path of tags in the namespace of `node`."""
    namespace, brace, _ = node.tag.rpartition("}")
    return node.findtext("/".join(namespace + brace + step for step in path.split("/")))


def parse(xml: bytes) -> Node:
    """The root of the tree; raises XmlUnreadable."""
    etree: Any = import_module("lxml.etree")  # it takes 40 ms, and only who reads a document needs it
    _check_bytes(xml)
    try:
        root = etree.fromstring(xml, careful_parser())
    except etree.XMLSyntaxError as error:
        raise XmlUnreadable(
            msg("line {value}: this is no well-formed XML", value=error.lineno or 1)
        ) from None
    told_of = root.getroottree().docinfo
    if (told_of.encoding or "UTF-8").upper() != "UTF-8":
        raise XmlUnreadable(msg("line 1: the declaration names another encoding than UTF-8"))
    if told_of.doctype:
        raise XmlUnreadable(msg("line {line}: a document type is declared before it", line=root.sourceline))
    kind = etree.ProcessingInstruction
    beside = (*root.itersiblings(kind, preceding=True), *root.itersiblings(kind))
    for node in (*beside, *root.iter(kind)):
        raise XmlUnreadable(msg("line {line}: a processing instruction stands here", line=node.sourceline))
    if b"&#" in xml:
        _check_references(root)
    return root  # type: ignore[no-any-return] # a Node, whatever its types say


def careful_parser() -> Any:  # noqa: ANN401 - its types are incomplete
    """A parser that follows nothing out of the file."""
    etree: Any = import_module("lxml.etree")
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def _check_bytes(xml: bytes) -> None:
    if len(xml) > BYTES_MAX:
        raise XmlUnreadable(msg("{size} bytes; KSeF takes {most} at most", size=len(xml), most=BYTES_MAX))
    if xml.startswith(BYTE_ORDER_MARK):
        raise XmlUnreadable(msg("line 1: a byte order mark stands at the beginning"))
    try:
        text = xml.decode()
    except UnicodeDecodeError as error:
        line = xml.count(b"\n", 0, error.start) + 1
        raise XmlUnreadable(msg("line {line}: this is no UTF-8", line=line)) from None
    for line, told_there in enumerate(text.split("\n"), 1):
        _check_text(told_there, line)


def _check_text(text: str | None, line: int) -> None:
    if text and (character := refused_character(text)) is not None:
        raise XmlUnreadable(
            msg("line {line}: the character {character}, which KSeF refuses", line=line, character=character)
        )


def _check_references(root: Node) -> None:
    """A forbidden character that was written as a reference."""
    for node in root.iter():
        for text in (node.text, node.tail, *node.attrib.values()):
            _check_text(text, node.sourceline)
