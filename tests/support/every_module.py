"""Every module that a command may bring, read once: for processes that others are forked from."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from cli.registry import COMMANDS

_TOP = Path(__file__).parents[2]


_PACKAGES = (
    ("src", "ledger/handlers"),
    ("src", "ledger/domain"),
    ("src", "ledger/imports"),
    ("src", "ledger/sources"),
    ("src", "ledger/store/sqlite"),
    ("src", "ledger/vault"),
    ("", "projections"),
    ("", "cli/presentation"),
)
_LIBRARIES = (
    "concurrent.futures.thread",
    "cryptography.hazmat.primitives.asymmetric.ed25519",
    "cryptography.hazmat.primitives.ciphers.aead",
    "encodings.utf_8_sig",
    "holidays",
    "importlib.resources.readers",
    "stdnum.iban",
    "stdnum.pl.nip",
    "typst",
)
"""What the program brings only inside its functions."""


def read_every_module() -> None:
    """Import the modules of all commands, and what these import as they need it."""
    for entry in COMMANDS.values():
        import_module(entry.target.partition(":")[0])
    for name in _LIBRARIES:
        import_module(name)
    for root, package in _PACKAGES:
        for file in sorted((_TOP / root / package).rglob("[!_]*.py")):
            import_module(".".join(file.relative_to(_TOP / root).with_suffix("").parts))
