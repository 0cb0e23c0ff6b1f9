"""Writes the pages of docs/reference from the code; `make docs` puts them in place, a test compares."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from cli.commands import COMMANDS, GROUPS
from cli.main import PROGRAM, make_root
from ledger import errors
from ledger.book import SETTINGS
from ledger.decisions import LIFE
from ledger.errors import LedgerError
from ledger.events import FACTS, REASON_CODES
from ledger.session import STATES

WIDTH = 100


def cli_page() -> str:
    """Every command with its help as printed."""
    root = make_root(COMMANDS, GROUPS)
    ctx = click.Context(root, info_name=PROGRAM, max_content_width=WIDTH, terminal_width=WIDTH)
    parts = [_fenced(root.get_help(ctx))]
    for name in COMMANDS:
        parts.append(f"## {name}\n\n{_fenced(_help(root, ctx, name))}")
    return "\n\n".join(parts) + "\n"


def _help(root: click.Group, ctx: click.Context, name: str) -> str:
    command: click.Command = root
    for word in name.split():
        assert isinstance(command, click.Group)
        found = command.get_command(ctx, word)
        assert found is not None
        ctx = click.Context(found, info_name=word, parent=ctx, max_content_width=WIDTH, terminal_width=WIDTH)
        command = found
    return command.get_help(ctx)


def _fenced(text: str) -> str:
    return f"```text\n{text.rstrip()}\n```"


def error_classes() -> list[type[LedgerError]]:
    """Every refusal that has a code, by code."""
    found = [
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, LedgerError) and kind.code
    ]
    return sorted(found, key=lambda kind: kind.code)


def errors_page() -> str:
    """Every code: what it means, how the process exits, what to do."""
    return "\n".join(_error(kind) for kind in error_classes())


def _error(kind: type[LedgerError]) -> str:
    fact = " ".join((kind.__doc__ or "").split())
    return f"## {kind.code}\n\n{fact}\n\n- exit status {kind.exit_status}\n- hint: {kind.hint}\n"


def events_page() -> str:
    """Every fact: its topic, what it says, its fields."""
    return "\n".join(part for fact in FACTS for part in _event(fact))


def _event(fact: type) -> Iterator[str]:
    yield f"## {fact.__name__}\n\n`{fact.TOPIC}`\n\n{' '.join((fact.__doc__ or '').split())}\n"
    fields = [name for name in fact.__struct_fields__ if name not in _HEADER]
    if fields:
        yield "".join(f"- `{name}`: `{_annotation(fact, name)}`\n" for name in fields)


_HEADER = ("at", "by", "source", "workstation", "command", "command_digest")


def _annotation(fact: type, name: str) -> str:
    for kind in fact.__mro__:
        if name in getattr(kind, "__annotations__", {}):
            return str(kind.__annotations__[name])
    return ""


def states_page() -> str:
    """The table of states and commands."""
    head = "| command | " + " | ".join(STATES) + " |\n|---|" + "---|" * len(STATES) + "\n"
    rows = (
        f"| {name} | " + " | ".join("yes" if state in allowed else "–" for state in STATES) + " |\n"
        for name, allowed in LIFE.items()
    )
    return head + "".join(rows)


def settings_page() -> str:
    """The settings that are events, with their defaults, and the reason codes."""
    rows = "".join(f"| `{key}` | {value} |\n" for key, value in SETTINGS.items())
    codes = "".join(f"- `{code}`\n" for code in REASON_CODES)
    return f"| setting | default |\n|---|---|\n{rows}\n## Reason codes\n\n{codes}"
