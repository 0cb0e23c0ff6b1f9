"""The Polish catalogues as files: read, joined with what the code says, written."""

from __future__ import annotations

import io
import string
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po, write_po

from hatch_build import forms
from tests.messages import extract
from tests.messages.extract import ROOT, Found

DOMAINS: dict[str, Callable[[], Iterator[Found]]] = {
    "ledger": extract.messages_of_code,
    "help": extract.messages_of_help,
    "click": extract.messages_of_click,
}
_HEADER = r"""# Polish messages; `make messages` brings the file up to date with the code.
msgid ""
msgstr ""
"Project-Id-Version: remote-session-ledger\n"
"Language: pl\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);\n"

"""
"""The same whoever runs the tool and when, so that a change of the file is a change of a message."""
FORMS = 3
"""Plural forms in Polish."""


def file_of(domain: str) -> Path:
    """Return the file of a catalogue."""
    return ROOT / "cli" / "locale" / "pl" / "LC_MESSAGES" / f"{domain}.po"


def extracted(domain: str) -> dict[tuple[str, str, str], set[str]]:
    """Return the messages of a domain and the files in which they are."""
    found: dict[tuple[str, str, str], set[str]] = {}
    for each in DOMAINS[domain]():
        if each.template.strip():
            found.setdefault(each.key, set()).add(each.file)
    return found


def read(domain: str) -> Catalog:
    """Return a catalogue as it stands in its file; empty where there is none yet."""
    file = file_of(domain)
    if not file.exists():
        return Catalog(locale="pl")
    with file.open("rb") as source:
        return read_po(source)


def is_translated(message: Message) -> bool:
    """Return whether a message has its Polish, all forms of it."""
    return all(forms(message.string))


def has_words(template: str) -> bool:
    """Return whether a template says something beside its values."""
    return any(character.isalpha() for text, *_ in string.Formatter().parse(template) for character in text)


def joined(
    found: Mapping[tuple[str, str, str], Iterable[str]],
    known: Catalog,
    given: Mapping[tuple[str, str], str],
) -> Catalog:
    """Return what was found, with the Polish that is known or given; what is given outranks."""
    catalogue = Catalog(locale="pl", fuzzy=False)
    for (template, plural, context), files in found.items():
        name = (template, plural) if plural else template
        before = known.get(name, context or None)
        polish: str | tuple[str, ...] = ""
        if before is not None:
            polish = forms(before.string) if plural else forms(before.string)[0]
        told = given.get((context, template))
        if told is not None:
            polish = tuple(told.split("|")) if plural else told
        if plural and (isinstance(polish, str) or len(polish) != FORMS):
            polish = ("",) * FORMS
        elif not has_words(template):
            polish = template
        locations = [(file, 0) for file in sorted(files)]
        catalogue.add(name, polish, locations=locations, context=context or None)
    return catalogue


def written(catalogue: Catalog) -> str:
    """Return a catalogue as the text of its file; each message names its files, in their order."""
    kept = io.BytesIO()
    for message in catalogue:
        message.flags.discard("python-format")
        message.flags.discard("python-brace-format")
    write_po(kept, catalogue, width=100, sort_by_file=True, omit_header=True, include_lineno=False)
    return _HEADER + kept.getvalue().decode().lstrip("\n")
