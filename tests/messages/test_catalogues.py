"""The catalogues hold what the code and Click say, whole and sound."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Message

from hatch_build import forms
from tests.messages.catalogues import DOMAINS, extracted, file_of, is_translated, joined, read, written

EVERY = [pytest.param(domain, id=domain) for domain in DOMAINS]


def _fields(text: str) -> set[str]:
    """The values that a template names, with their format; quotation marks are those of the language."""
    return {f"{name}:{form}" for _, name, form, _ in string.Formatter().parse(text) if name is not None}


def _texts(message: Message) -> Iterator[tuple[str, str]]:
    ids = forms(message.id)
    for number, text in enumerate(forms(message.string)):
        yield ids[min(number, len(ids) - 1)], text


@pytest.mark.parametrize("domain", EVERY)
def test_catalogue_is_what_the_code_says(domain: str) -> None:
    """Nothing new without a place, nothing that is said no more; `make messages` writes it."""
    catalogue = joined(extracted(domain), read(domain), {})
    assert file_of(domain).read_text(encoding="utf-8") == written(catalogue)


@pytest.mark.parametrize("domain", EVERY)
def test_every_message_has_its_polish(domain: str) -> None:
    catalogue = read(domain)
    assert [each.id for each in catalogue if each.id and not is_translated(each)] == []
    assert [each.id for each in catalogue if each.fuzzy and each.id] == []
    assert not catalogue.obsolete


@pytest.mark.parametrize("domain", EVERY)
def test_polish_names_the_values_that_english_names(domain: str) -> None:
    """A name that is not there would end the program; one that is missing loses what it says."""
    if domain == "help":
        return  # it has no values; its braces are text
    for message in read(domain):
        if not message.id:
            continue
        for english, polish in _texts(message):
            wanted, given = _fields(english), _fields(polish)
            if len(forms(message.id)) > 1:  # a form may say less than the number of things, or name it
                wanted |= _fields(forms(message.id)[0]) | {"count:", "nargs:", "len:"}
            is_free = domain == "click" or len(forms(message.id)) > 1
            assert given <= wanted if is_free else given == wanted, (english, polish)


_COUNTED = (
    "events|files|sessions|invoices|connections|hours|minutes|seconds|days|characters|rows|lines|cells"
    "|sheets|findings|checkpoints|time stamps|proofs|years|transfers|shops|documents|customers|purchases"
)
_A_NUMBER = re.compile(rf"\{{(\w+)(?::[^}}]*)?\}} (?:{_COUNTED})\b")
ALWAYS_MANY = frozenset({"longest", "most", "shortest"})
"""Limits, which are never one."""


def test_a_noun_after_a_number_has_its_plural_forms() -> None:
    """Given a number whose noun is no plural of the catalogue, then Polish says `zdarzenia: 5`."""
    wrong = [
        polish
        for message in read("ledger")
        if isinstance(english := message.id, str) and isinstance(polish := message.string, str)
        for name in set(_A_NUMBER.findall(english)) - ALWAYS_MANY
        if re.search(rf"\{{{name}(?::[^}}]*)?\}} [^\W\d_]{{2,}}", polish)
    ]
    assert wrong == []


_CALQUES = re.compile(r"\b(?:stoi|stoją|wymaz\w+|wymaż\w*)\b", re.IGNORECASE)
"""A session *stands on* a document, a row *is wiped*: English in Polish words."""


@pytest.mark.parametrize("domain", ["ledger", "help"])
def test_polish_is_no_english_in_polish_words(domain: str) -> None:
    calques = [
        polish
        for message in read(domain)
        if message.id and not (message.context or "").startswith("typed")
        for polish in forms(message.string)
        if _CALQUES.search(polish)
    ]
    assert calques == []
