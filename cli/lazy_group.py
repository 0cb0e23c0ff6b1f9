"""A Click group that imports a command only when it is called."""

from __future__ import annotations

from collections.abc import Mapping
from gettext import gettext
from importlib import import_module
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import click

from cli.localized import localized
from cli.presentation.catalogue import translated
from cli.registry import Entry

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from cli.presentation.text import Lang

COMMAND_IN_META = "cli.command"
"""The key under which the root context keeps the name of the called command, for the log."""


def load(target: str) -> click.Command:
    """Import the command at `module:attribute`."""
    module, _, attribute = target.partition(":")
    command: object = getattr(import_module(module), attribute)
    if not isinstance(command, click.Command):
        raise TypeError(f"{target} is not a command")
    return command


def _below(group: str, names: Mapping[str, Any]) -> dict[str, Any]:
    """Return the entries of a group by their names within it."""
    return {name.removeprefix(f"{group} "): it for name, it in names.items() if name.startswith(f"{group} ")}


class LazyGroup(click.Group):
    """A group of commands from a table; a name with a space is in a group within."""

    def __init__(
        self,
        name: str,
        entries: Mapping[str, Entry],
        groups: Mapping[str, str],
        lang: Lang = "en",
        **attrs: Any,  # noqa: ANN401 - whatever click.Group takes
    ) -> None:
        super().__init__(name, **attrs)
        self._entries = entries
        self._groups = groups
        self.lang: Lang = lang

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the table's order."""
        del ctx
        return list(dict.fromkeys(name.partition(" ")[0] for name in self._entries))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command of that name; None if there is none."""
        del ctx
        if cmd_name in self._entries:
            return localized(load(self._entries[cmd_name].target), self.lang)
        if within := _below(cmd_name, self._entries):
            summary = self._groups[cmd_name]
            group = LazyGroup(cmd_name, within, _below(cmd_name, self._groups), self.lang, help=summary)
            return localized(group, self.lang)
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Click's way, with near misses from the table."""
        try:
            name, command, rest = super().resolve_command(ctx, args)
        except click.exceptions.NoSuchCommand as error:
            from cli.suggestions import commands

            refused = click.exceptions.NoSuchCommand(error.command_name, ctx=ctx)
            words = [error.command_name, *takewhile(lambda word: not word.startswith("-"), args[1:])]
            within = ctx.command_path.partition(" ")[2]
            vars(refused)["possibilities"] = [
                f"{within} {name}".strip() for name in commands(words, self._entries)
            ]
            raise refused from None
        ctx.find_root().meta[COMMAND_IN_META] = f"{ctx.command_path} {name}".partition(" ")[2]
        return name, command, rest

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Name and summary of each command, from the table."""
        with formatter.section(gettext("Commands")):
            formatter.write_dl([(name, self._summary(name)) for name in self.list_commands(ctx)])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem[Any]]:
        """Names from the table, so that a TAB imports no command."""
        from click.shell_completion import CompletionItem

        names = [name for name in self.list_commands(ctx) if name.startswith(incomplete)]
        items: list[CompletionItem[Any]] = [CompletionItem(name, help=self._summary(name)) for name in names]
        return items + click.Command.shell_complete(self, ctx, incomplete)

    def _summary(self, name: str) -> str:
        summary = self._entries[name].summary if name in self._entries else self._groups[name]
        return translated(summary, self.lang)
