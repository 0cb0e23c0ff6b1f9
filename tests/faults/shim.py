"""The shim: compiled when it is first needed, and what has to stand in the environment for it."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

SOURCE = Path(__file__).with_name("shim.c")
FLAGS = ("-O1", "-shared", "-fPIC", "-Wall", "-Wextra", "-Wno-nonnull-compare", "-Werror")
LONG = "SESSION_LEDGER_LONG" in os.environ
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


@cache
def library() -> Path:
    """The shim, compiled for this machine; it goes with this process."""
    made = scratch("shim") / "shim.so"
    atexit.register(shutil.rmtree, made.parent, ignore_errors=True)
    subprocess.run(["cc", *FLAGS, "-o", made, SOURCE, "-ldl", "-lpthread"], check=True, timeout=60)
    return made


def environment(watched: Path, **more: str) -> dict[str, str]:
    """For a process of the program whose changes below a folder are seen."""
    return {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "LD_PRELOAD": str(library()),
        "FAULTS_ROOT": str(watched),
        **more,
    }
