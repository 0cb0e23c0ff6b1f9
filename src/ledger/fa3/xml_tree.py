"""Elements of an XML document as plain data, and their bytes."""

from __future__ import annotations

from typing import Literal, NamedTuple
from xml.sax.saxutils import escape, quoteattr

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'


class Element(NamedTuple):
    """A tag around a text, or around other elements."""

    tag: str
    inner: str | tuple[Element, ...]
    attributes: tuple[tuple[str, str], ...] = ()


def element(tag: str, *inner: Element | str | Literal[False] | None) -> Element:
    """An element around one text, or around the elements among `inner`; what is not there is left out."""
    if len(inner) == 1 and isinstance(inner[0], str):
        return Element(tag, inner[0])
    return Element(tag, tuple([part for part in inner if isinstance(part, Element)]))


def to_bytes(root: Element) -> bytes:
    """UTF-8 without BOM, two spaces a level, so that a line number names one element.

    Written as text: a document costs a third of what lxml's own tree takes, and no import. Whoever stores
    one has it parsed again by lxml, in `ledger.fa3.validate`.
    """
    lines = [DECLARATION]
    _write(root, "", lines)
    return ("\n".join(lines) + "\n").encode()


def _write(node: Element, indent: str, lines: list[str]) -> None:
    tag, inner, attributes = node
    named = "".join([f" {name}={quoteattr(value)}" for name, value in attributes]) if attributes else ""
    if isinstance(inner, str):
        lines.append(f"{indent}<{tag}{named}>{escape(inner)}</{tag}>")
        return
    lines.append(f"{indent}<{tag}{named}>")
    for child in inner:
        _write(child, indent + "  ", lines)
    lines.append(f"{indent}</{tag}>")
