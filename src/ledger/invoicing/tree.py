"""Elements of an XML document as plain data, and their bytes."""

from __future__ import annotations

from importlib import import_module
from typing import Any, Literal, NamedTuple


class Element(NamedTuple):
    """A tag around a text, or around other elements."""

    tag: str
    inner: str | tuple[Element, ...]
    attributes: tuple[tuple[str, str], ...] = ()


def element(tag: str, *inner: Element | str | Literal[False] | None) -> Element:
    """An element around one text, or around the elements among `inner`; what is not there is left out."""
    if len(inner) == 1 and isinstance(inner[0], str):
        return Element(tag, inner[0])
    return Element(tag, tuple(part for part in inner if isinstance(part, Element)))


def to_bytes(root: Element, namespace: str) -> bytes:
    """UTF-8 without BOM, two spaces a level, so that a line number names one element."""
    etree: Any = import_module("lxml.etree")  # it takes 40 ms, and only who writes a document needs it

    def fill(node: Any, content: Element) -> None:  # noqa: ANN401 - lxml has no public name for it
        if isinstance(content.inner, str):
            node.text = content.inner
            return
        for child in content.inner:
            fill(etree.SubElement(node, f"{{{namespace}}}{child.tag}", dict(child.attributes)), child)

    top = etree.Element(f"{{{namespace}}}{root.tag}", nsmap={None: namespace})
    fill(top, root)
    body: bytes = etree.tostring(top, encoding="UTF-8", xml_declaration=False, pretty_print=True)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body
