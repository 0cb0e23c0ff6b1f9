"""Tokens and passwords: of the environment, or of the system's key store where keyring is installed."""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec

SERVICE = "session-ledger"
"""Under which the key store knows them; the account is the variable's name."""


def secret(variable: str) -> str | None:
    """Return what a variable holds, else what the key store keeps under its name; None without both.

    Windows, macOS and desktops of Linux have such a store. One that is locked or absent keeps nothing.
    """
    return os.environ.get(variable) or _kept(variable)


def _kept(variable: str) -> str | None:
    if find_spec("keyring") is None:
        return None
    keyring, errors = import_module("keyring"), import_module("keyring.errors")
    try:
        kept: str | None = keyring.get_password(SERVICE, variable)
    except errors.KeyringError:
        return None
    return kept
