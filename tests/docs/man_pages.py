"""A man page for the program and for each of its commands: `python -m tests.docs.man_pages FOLDER`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Any

import click

from cli.main import make_root
from cli.registry import COMMANDS, GROUPS, PROGRAM


def contexts(group: click.Group, above: click.Context) -> Iterator[click.Context]:
    """The context of a group, and of every command in it."""
    yield above
    for name in group.list_commands(above):
        command = group.get_command(above, name)
        assert command is not None
        context = click.Context(command, info_name=name, parent=above)
        if isinstance(command, click.Group):
            yield from contexts(command, context)
        else:
            yield context


def write(folder: Path) -> list[Path]:
    """Write them all; needs click-man, of requirements/release.txt."""
    click_man: Any = import_module("click_man.core")  # it ships no types
    folder.mkdir(parents=True, exist_ok=True)
    root = make_root(COMMANDS, GROUPS)
    written: list[Path] = []
    for context in contexts(root, click.Context(root, info_name=PROGRAM)):
        page = folder / f"{context.command_path.replace(' ', '-')}.1"
        text = click_man.generate_man_page(context, version("remote-session-ledger"))
        page.write_text(text, encoding="utf-8")
        written.append(page)
    return written


if __name__ == "__main__":
    write(Path(sys.argv[1]))
