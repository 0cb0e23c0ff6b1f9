"""What one system has and another has not, for tests that run on both."""

from __future__ import annotations

import ctypes
import os
import shutil
import stat
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from ledger.folder.access import restrict

IS_WINDOWS = os.name == "nt"
IS_WINE = sys.platform == "win32" and hasattr(ctypes.WinDLL("ntdll"), "wine_get_version")
needs_windows = pytest.mark.skipif(not IS_WINDOWS, reason="of Windows alone: make windows")
needs_modes = pytest.mark.skipif(IS_WINDOWS, reason="Windows has access lists and no modes: test_access")
needs_mounts = pytest.mark.skipif(
    IS_WINDOWS, reason="Windows tells a share by its drive, not by a list of mounts"
)
needs_descriptors = pytest.mark.skipif(
    IS_WINDOWS, reason="folders by descriptor are for POSIX; tests/windows has handles"
)
needs_forks = pytest.mark.skipif(
    IS_WINDOWS, reason="Windows has no fork, in which a kill is tried at each step"
)
needs_signals = pytest.mark.skipif(IS_WINDOWS, reason="Windows has no signals")


def _makes_links() -> bool:
    with TemporaryDirectory() as folder:
        try:
            Path(folder, "link").symlink_to("nowhere")
        except OSError:
            return False
        return Path(folder, "link").is_symlink()


MAKES_LINKS = _makes_links()
needs_links = pytest.mark.skipif(
    not MAKES_LINKS, reason="no links are made here: Wine does not, Windows lets not everybody"
)


def absolute(path: str) -> str:
    """Return a path from the root as this system has it: `/ws`, or `C:/ws`."""
    return f"C:{path}" if IS_WINDOWS else path


def is_for_its_owner(path: Path) -> bool:
    """Return True if nobody else may look at a file or folder, and where the system tells it otherwise."""
    return IS_WINDOWS or stat.S_IMODE(path.stat().st_mode) & 0o077 == 0


def copy_ledger(source: Path, target: Path) -> None:
    """Copy a folder in which a ledger lies; its keys are its owner's alone there too, as `check` wants it.

    A mode is copied, an access list is not: what the guide for Windows says to do once is done here.
    """
    shutil.copytree(source, target)
    for folder in [*target.rglob("keys"), *target.rglob("documents")] if IS_WINDOWS else ():
        for each in (folder, *(folder.iterdir() if folder.name == "keys" else ())):
            restrict(each)
