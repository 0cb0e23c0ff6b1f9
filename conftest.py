"""README.md and docs/ are tests: every page with a console example is run as one test."""

from __future__ import annotations

import compileall
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from hatch_build import compile_stale
from tests.docs.examples import PROGRAMS, REWRITE, differences, steps, told
from tests.support.long_first import long_first

MEMORY = Path("/dev/shm")  # noqa: S108 - folders of our own are made in it
MEMORY_BYTES = 4 << 30
"""A whole run writes less than one GiB; where a container has but a few MiB of memory, the disk is used."""
ROOT = Path(__file__).parent
REAL_PROGRAM = {"README", "tutorial", "on-windows"}
"""Pages whose commands are started as a reader starts them."""
PROGRAM = ("src", "cli", "projections")
"""The folders of what the processes that tests start import."""


def pytest_configure(config: pytest.Config) -> None:
    """Make ledgers in memory, where a sync costs nothing; speak English, whatever the machine speaks.

    What is compiled is kept, even where PYTHONDONTWRITEBYTECODE is set: some thousand processes and every
    worker would compile what changed since the environment was made.
    """
    for name in ("LC_ALL", "LC_MESSAGES", "LANGUAGE"):
        os.environ.pop(name, None)
    os.environ["LANG"] = "C.UTF-8"
    if not hasattr(config, "workerinput"):  # once, before there are workers
        compile_stale()
        for folder in PROGRAM:
            compileall.compile_dir(ROOT / folder, quiet=2)
    sys.dont_write_bytecode = False  # the next run need not rewrite the asserts of every test file again
    # How long a draw takes says how busy the machine is, and nothing of the program.
    settings.register_profile("untimed", deadline=None, suppress_health_check=(HealthCheck.too_slow,))
    settings.load_profile("untimed")
    roomy = os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= MEMORY_BYTES
    if roomy and "TMPDIR" not in os.environ:
        os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)  # processes that tests start use it, too


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long, where several workers share the tests."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if workers > 1:
        items[:] = long_first([(item.nodeid.partition("::")[0], item) for item in items], workers)


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A page is a file of at most one test."""
    return Page.from_parent(parent, path=file_path) if file_path.suffix == ".md" else None


_NEEDS = re.compile(r"^<!-- needs: (\w+) -->$", re.MULTILINE)
"""What a page says of a library that only an extra brings."""


class Page(pytest.File):
    """A page of the documentation."""

    def collect(self) -> Iterator[pytest.Item]:
        """One item for all of its examples: they are one shell session."""
        if steps(self.path.read_text(encoding="utf-8")):
            yield Examples.from_parent(self, name="examples")


class Examples(pytest.Item):
    """The console examples of a page."""

    def runtest(self) -> None:
        """Run them; raise Differs for those that print something else."""
        text = self.path.read_text(encoding="utf-8")
        for needed in _NEEDS.findall(text):
            pytest.importorskip(needed, reason=f"the page needs {needed}, which is not installed")
        with TemporaryDirectory(prefix="session-ledger-docs-") as folder:
            found = [told(*pair) for pair in differences(text, Path(folder), _programs(self.path))]
        if found:
            raise Differs("\n\n".join([*found, REWRITE]))

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:  # noqa: ANN401 - pytest's own signature
        """The differences alone, without the calls that found them."""
        return (
            str(excinfo.value) if isinstance(excinfo.value, Differs) else super().repr_failure(excinfo, style)
        )

    def reportinfo(self) -> tuple[Path, int, str]:
        """The page, for the test's name."""
        return self.path, 0, f"examples of {self.path.name}"


def _programs(page: Path) -> Path:
    """Where a page finds session-ledger: the real program, or forks that start in a tenth of its time."""
    if os.name != "posix" or page.stem in REAL_PROGRAM:
        return PROGRAMS
    from tests.docs.warm import programs  # noqa: PLC0415 - reads the whole program

    return programs()


class Differs(Exception):  # noqa: N818 - it is what was found, not an error of ours
    """Examples that print something else than their page says."""
