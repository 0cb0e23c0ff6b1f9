"""What was probably meant by a word that is no command, no option, or no value: in either language.

Imported only once something is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from gettext import ngettext
from typing import NamedTuple

import click

from cli.presentation.catalogue import said
from cli.presentation.text import Lang
from cli.presentation.wording.typed import folded, forms_of
from cli.presentation.wording.typed_commands import COMMAND_WORDS, OPTION_WORDS, SYNONYMS
from ledger.message import Message

NEAR = 0.75
"""How alike two words have to be; a word of five letters with one wrong is."""
SHOWN_MAX = 3
_UNITS = ("_seconds", "_days", "_years")
_INNER = 0.8
"""What a word counts that is one of a command's, and not its first."""
_DEEPER = 0.15
"""What each further group before it takes off: who types one word means a usual command."""


class Likely(NamedTuple):
    """A command or a group, and how near it is to what was typed."""

    score: float
    words: tuple[str, ...]


def commands(typed: Sequence[str], names: Iterable[str]) -> list[str]:
    """Return the commands that are nearest to the words typed; a group where only its name was.

    `names` are the commands with their groups, `session end`; `typed` may go on with what is no command's.
    """
    found: dict[tuple[str, ...], float] = {}
    for name in names:
        for likely in _readings(tuple(name.split()), typed):
            found[likely.words] = max(likely.score, found.get(likely.words, 0))
    best = max(found.values(), default=0)
    ordered = sorted(found, key=lambda words: -found[words])
    return [" ".join(words) for words in ordered if found[words] > best - 0.1][:SHOWN_MAX]


def option(typed: str, known: Iterable[str]) -> list[str]:
    """Return the long options that are nearest to one that there is not."""
    bare = typed.lstrip("-")
    scores = {name: _alike(bare, _of_option(name.lstrip("-"))) for name in known if name.startswith("--")}
    best = max(scores.values(), default=0)
    ordered = sorted(scores, key=lambda name: -scores[name])
    return [name for name in ordered if scores[name] >= max(NEAR, best - 0.05)][:SHOWN_MAX]


def value(kind: str, typed: str, codes: Iterable[str], lang: Lang) -> list[str]:
    """Return the codes that are nearest to a value, as a hand types them in the language of the run."""
    scores = {
        code: _alike(typed, (code, *forms_of(kind, code, "pl")))  # whatever the run speaks
        for code in codes
    }
    best = max(scores.values(), default=0)
    near = [code for code in scores if scores[code] >= max(NEAR, best)]
    return [forms_of(kind, code, lang)[0] for code in near][:SHOWN_MAX]


def keys(typed: str, known: Iterable[str]) -> list[str]:
    """Return the names that are nearest to one that there is not."""
    scores = {name: _alike(typed, _of_key(name)) for name in known}
    best = max(scores.values(), default=0)
    return [name for name in scores if scores[name] >= max(NEAR, best)][:SHOWN_MAX]


def _of_key(name: str) -> tuple[str, ...]:
    """Return a setting's name, its last part, and both without the unit: purge.sla of purge.sla_seconds."""
    whole = (name, name.rpartition(".")[2])
    return (*whole, *(each.rpartition("_")[0] for each in whole if each.endswith(_UNITS)))


def asked(likely: Sequence[str]) -> str:
    """Return the question after a refusal, in Click's words; empty where nothing is near."""
    if not likely:
        return ""
    named = ", ".join(map(repr, likely))
    return ngettext(
        "Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)", len(likely)
    ).format(possibility=named, possibilities=named)


def improve(error: click.UsageError) -> None:
    """Give an error of Click's about an option what was probably meant."""
    if isinstance(error, click.exceptions.NoSuchOption) and error.ctx is not None:
        known = [name for param in error.ctx.command.get_params(error.ctx) for name in param.opts]
        vars(error)["possibilities"] = option(error.option_name, known) or error.possibilities


def _readings(words: tuple[str, ...], typed: Sequence[str]) -> Iterable[Likely]:
    """Yield what of a command's words the typed ones may be: the first ones, or another one alone."""
    first = _alike(typed[0], _of_command(words[0]))
    if first >= NEAR:
        second = _alike(typed[1], _of_command(words[1])) if len(words) > 1 < len(typed) else 0.0
        if len(words) == 1 or second >= NEAR:
            yield Likely(first + second, words)
        else:
            yield Likely(first, words[:1])
    for number, word in enumerate(words[1:], start=2):
        inner = _alike(typed[0], _of_command(word))
        if inner >= NEAR:
            near = inner if typed[0] == word else inner * _INNER
            yield Likely(near - _DEEPER * (number - 2), words[:number])


@lru_cache(maxsize=256)
def _of_command(word: str) -> tuple[str, ...]:
    """What may be typed for a word of a command."""
    return (word, *SYNONYMS.get(word, ()), *_polish(COMMAND_WORDS.get(word)))


def _of_option(word: str) -> tuple[str, ...]:
    """What may be typed for the name of an option."""
    return (word, *_polish(OPTION_WORDS.get(word)))


def _polish(named: Message | None) -> tuple[str, ...]:
    return () if named is None else tuple(said(named, "pl").split("|"))


def _alike(typed: str, forms: Iterable[str]) -> float:
    """How alike a word and the nearest of these forms are; 0 below NEAR."""
    wanted = folded(typed)
    return max((_ratio(wanted, folded(form)) for form in forms), default=0.0)


@lru_cache(maxsize=4096)
def _ratio(wanted: str, form: str) -> float:
    """How alike two words are; 0 below NEAR, which their lengths and letters mostly show at once."""
    if 2 * min(len(wanted), len(form)) < NEAR * (len(wanted) + len(form)):
        return 0.0
    alike = SequenceMatcher(None, wanted, form)
    return alike.ratio() if alike.quick_ratio() >= NEAR else 0.0
