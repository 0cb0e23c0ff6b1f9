"""A document as PDF/A-3: the same blocks give the same bytes on every machine.

Only the fonts that typst carries are used, and the only date in the file is the one told.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, cast

from cli.presentation.catalogue import said
from cli.presentation.documents.blocks import Block
from cli.presentation.text import Lang, harmless
from ledger.domain.clock import EPOCH, office_time
from ledger.message import msg

if TYPE_CHECKING:
    from typst import Fonts

PAGE = msg("page")
ATTACHED = "attached"
"""What `page.typ` calls the file it attaches."""
_BASIC_PLANE_MAX = 0xFFFF
_NO_GLYPH = ("could not be displayed", "contains the codepoint")
"""How typst says that its fonts, or PDF/A, lack a character."""
NOT_IN_EVERY_FONT = re.compile(
    "[^ -~\u00a0-\u017f\u0391-\u03a1\u03a3-\u03c9\u0400-\u045f\u2010-\u2014\u2018-\u201e\u2026\u20ac]"
)
"""All but Latin, Greek and Cyrillic letters with the usual signs, which the font of the documents has."""


@dataclass(frozen=True, slots=True)
class Document:
    """What is to be set: `dated` is the moment of the last event it speaks of."""

    title: str
    under: str
    blocks: Sequence[Block]
    dated: datetime | None
    footer: str = ""
    across: bool = False
    attached: tuple[str, str] | None = None
    """Name and text of a file that lies in the PDF."""
    size_points: float = 10


def typeset(document: Document, lang: Lang) -> bytes:
    """Return the document as PDF."""
    moment = None if document.dated is None else office_time(document.dated).replace(microsecond=0)
    data = {
        "title": harmless(document.title),
        "under": harmless(document.under),
        "author": "Session Ledger",
        "lang": lang,
        "dated": None if moment is None else [*moment.timetuple()[:6]],
        "footer": harmless(document.footer or document.title),
        "page": said(PAGE, lang),
        "across": document.across,
        "size": document.size_points,
        "blocks": list(document.blocks),
        "attached": document.attached[0] if document.attached else None,
    }
    attached = {ATTACHED: document.attached[1].encode()} if document.attached else None
    return set_pages("page.typ", data, document.dated or EPOCH, attached=attached)


def set_pages(
    template: str,
    data: Mapping[str, object],
    dated: datetime,
    *,
    attached: Mapping[str, bytes] | None = None,
    is_accessible: bool = False,
) -> bytes:
    """Return the PDF of a template of this package; `attached` are files that it can read by name.

    `is_accessible`: PDF/UA-1 besides PDF/A-3a; the template then names its pictures and links. A character
    that no font here has is shown as its escape: a name in another script must not stop a document.
    """
    import typst  # it weighs fifty megabytes

    package = files("cli.presentation.documents")
    read = {"main.typ": (package / template).read_bytes(), "text.typ": (package / "text.typ").read_bytes()}

    def compiled(told: str) -> bytes:
        return typst.compile(
            cast(
                "bytes", {**read, **(attached or {}), "data.json": told.encode()}
            ),  # a dict of files is taken; the stub does not say so
            format="pdf",
            font_paths=_fonts(),
            pdf_standards=["a-3a", "ua-1"] if is_accessible else ["a-3a"],
            timestamp=dated.replace(microsecond=0),  # typst takes whole seconds
        )

    told = json.dumps(data, ensure_ascii=False)
    try:
        return compiled(told)
    except typst.TypstError as error:
        if not any(said in str(error) for said in _NO_GLYPH):
            raise
        return compiled(NOT_IN_EVERY_FONT.sub(_escaped, told))


@cache
def _fonts() -> Fonts:
    """Find the fonts typst carries, once; none of the system's or of an environment variable's."""
    import typst

    return typst.Fonts(include_system_fonts=False, font_paths=[])


def _escaped(match: re.Match[str]) -> str:
    """Return a character within JSON as the escape that `harmless` would show."""
    code = ord(match[0])
    return f"\\\\u{code:04x}" if code <= _BASIC_PLANE_MAX else f"\\\\U{code:08x}"
