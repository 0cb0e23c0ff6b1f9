"""A command in another language: a copy whose help, names of values and ranges are translated.

The command of the module is never changed, so that one process can speak two languages. What an example
types is the same in every language.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeVar

import click

from cli.presentation.catalogue import said, translated

if TYPE_CHECKING:
    from cli.presentation.text import Lang

_BLOCK = "\b\n"
"""What begins a block of help that Click prints as it is written."""
_OPTIONS, _WORDS = "[OPTIONS]", "COMMAND [ARGS]..."
_EXAMPLES = ("Example:", "Examples:")

SomeCommand = TypeVar("SomeCommand", bound=click.Command)
Some = TypeVar("Some")


def help_texts(command: click.Command) -> Iterator[str]:
    """Yield every text of a command that a catalogue has to hold."""
    for text in (command.help, command.epilog):
        if text:
            yield from (piece for piece, is_message in _split(text) if is_message)
    yield from (_OPTIONS, _WORDS)
    for param in command.params:
        if isinstance(param, click.Option):
            yield from (text for text in (param.help, param.show_default) if isinstance(text, str))
        if (name := _name_of_value(param)) is not None:
            yield name


def localized(command: SomeCommand, lang: Lang) -> SomeCommand:
    """Return a command as people of a language read it; in English the command itself."""
    if lang == "en":
        return command
    copied = _copy_of(command)
    copied.help, copied.epilog = (
        text
        and "".join(translated(piece, lang) if is_message else piece for piece, is_message in _split(text))
        for text in (command.help, command.epilog)
    )
    copied.options_metavar = translated(_OPTIONS, lang)
    copied._help_option = None  # noqa: SLF001 # pyright: ignore[reportPrivateUsage] # made by an English run before
    if isinstance(copied, click.Group):
        copied.subcommand_metavar = translated(_WORDS, lang)
    copied.params = [_localized_param(param, lang) for param in command.params]
    return copied


def _copy_of(original: Some) -> Some:
    """Return a shallow copy; the library's module looks for Jython on every import of it."""
    copied = object.__new__(type(original))
    vars(copied).update(vars(original))
    return copied


def _split(text: str) -> Iterator[tuple[str, bool]]:
    """Yield a help text in pieces, each with whether it is a message: all but examples and space."""
    prose, *blocks = inspect.cleandoc(text).partition("\f")[0].split(_BLOCK)
    yield from _with_end(prose)
    for block in blocks:
        yield _BLOCK, False
        heading, newline, lines = block.partition("\n")
        if heading in _EXAMPLES:
            yield heading, True
            yield newline + lines, False
        else:
            yield from _with_end(block)


def _with_end(text: str) -> Iterator[tuple[str, bool]]:
    body = text.rstrip()
    if body:
        yield body, True
    yield text[len(body) :], False


def _localized_param(param: click.Parameter, lang: Lang) -> click.Parameter:
    copied = _copy_of(param)
    if isinstance(copied, click.Option):
        copied.help = translated(copied.help or "", lang) or None
        if isinstance(copied.show_default, str):
            copied.show_default = translated(copied.show_default, lang)
        forms = getattr(copied.type, "forms", None)
        if copied.show_default is True and isinstance(copied.type, click.Choice) and forms:
            copied.show_default = forms(lang)[copied.type.choices.index(copied.default)]
    if isinstance(copied.type, click.IntRange):
        copied.type = _Range(copied.type, lang)
    name = _name_of_value(param)
    if name is not None and (own := translated(name, lang)) != name:
        copied.metavar = own + ("..." if param.nargs != 1 and param.metavar is None else "")
        if isinstance(param, click.Argument) and param.metavar is None and not param.required:
            copied.metavar = f"[{own}]" + ("..." if param.nargs != 1 else "")
    return copied


def _name_of_value(param: click.Parameter) -> str | None:
    """Return how help names the value of a parameter; None for a flag, and where its choices are shown."""
    if param.metavar is not None:
        return param.metavar
    if isinstance(param.type, click.Choice):
        return None
    if isinstance(param, click.Argument):
        return (param.name or "").upper()
    is_flag = isinstance(param, click.Option) and (param.is_flag or param.count)
    return None if is_flag else param.type.name.upper()


class _Range(click.IntRange):
    """A range of whole numbers that is described in words: from 1 to 2880."""

    def __init__(self, of: click.IntRange, lang: Lang) -> None:
        super().__init__(of.min, of.max, of.min_open, of.max_open, of.clamp)
        self._lang: Lang = lang

    def _describe_range(self) -> str:
        from ledger.message import msg

        if self.min is None:
            return said(msg("at most {high}", high=self.max), self._lang)
        if self.max is None:
            return said(msg("at least {low}", low=self.min), self._lang)
        return said(msg("from {low} to {high}", low=self.min, high=self.max), self._lang)
