"""The entry of `session-ledger` and of `python -m ledger`."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

COMMAND = "session-ledger"


def main() -> None:
    """Run the command line; refuse when the package `cli` of this environment is another program's.

    `cli` is a common name: what is installed later overwrites it, and its `main` would run as our command.
    """
    face: Any = None
    try:
        face = import_module("cli.main")
    except ImportError as error:
        fact = f"the command line cannot be loaded: {error}"
    else:
        fact = f"{face.__file__} belongs to another program"
    if getattr(face, "PROGRAM", None) != COMMAND:
        _refuse(fact)
    face.main()


def _refuse(fact: str) -> None:
    from ledger.errors import ForeignPackage  # noqa: PLC0415 - a start needs no refusal

    sys.stderr.write(f"Error: {fact} ({ForeignPackage.code})\nhint: {ForeignPackage.hint}\n")
    sys.exit(ForeignPackage.exit_status)


if __name__ == "__main__":
    main()
