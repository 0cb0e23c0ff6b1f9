"""Every module that a command may bring, read once: for processes that others are forked from."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from cli.registry import COMMANDS

_SOURCE = Path(__file__).parents[2] / "src"


def read_every_module() -> None:
    """Import the modules of all commands, and what these import as they need it."""
    for entry in COMMANDS.values():
        import_module(entry.target.partition(":")[0])
    for package in ("ledger/handlers", "ledger/imports", "ledger/sources"):
        for file in sorted((_SOURCE / package).rglob("[!_]*.py")):
            import_module(".".join(file.relative_to(_SOURCE).with_suffix("").parts))
