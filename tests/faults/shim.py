"""The shim: compiled when it is first needed, and what has to stand in the environment for it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import mkdtemp

SOURCE = Path(__file__).with_name("shim.c")
FLAGS = ("-O1", "-shared", "-fPIC", "-Wall", "-Wextra", "-Wno-nonnull-compare", "-Werror")
ROOT = Path(__file__).parents[2]
MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it


def why_not() -> str | None:
    """Why nothing can be traced here; None where it can be."""
    if sys.platform != "linux":
        return "LD_PRELOAD is Linux's"
    return None if shutil.which("cc") else "there is no C compiler (cc)"


def scratch(name: str) -> Path:
    """A new folder that its owner removes: in memory where that can be, since a sync costs nothing there."""
    return Path(mkdtemp(prefix=f"session-ledger-{name}-", dir=MEMORY if MEMORY.is_dir() else None)).resolve()


def _library(folder: Path) -> Path:
    """The shim, compiled into a folder when it is not there yet."""
    made = folder / "shim.so"
    if not made.exists():
        subprocess.run(["cc", *FLAGS, "-o", made, SOURCE, "-ldl", "-lpthread"], check=True, timeout=60)
    return made


def environment(watched: Path, **more: str) -> dict[str, str]:
    """For a process of the program whose changes below a folder are seen; the shim lies beside it."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "LD_PRELOAD": str(_library(watched.parent)),
        "FAULTS_ROOT": str(watched),
        **more,
    }
