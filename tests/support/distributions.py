"""Wheel and source distribution, built without a network from a copy of the tracked files."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def tracked() -> list[str]:
    """The files that belong to the project."""
    told = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in told.splitlines() if (ROOT / name).is_file()]


def build(folder: Path) -> list[Path]:
    """Build both from a copy in a folder that is not there yet; the wheel comes last."""
    copy = folder / "source"
    for name in tracked():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, copy / name)
    command = [sys.executable, "-m", "hatchling", "build", "-d", "dist"]
    subprocess.run(command, cwd=copy, capture_output=True, check=True)
    return sorted((copy / "dist").iterdir(), key=lambda file: (file.suffix == ".whl", file.name))
