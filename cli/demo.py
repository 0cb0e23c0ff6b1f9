"""`session-ledger demo`: the main job on the sample month that comes with the program."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path

import click

from cli.context import Desk, pass_desk
from cli.main import run
from cli.words import Text
from ledger.errors import DemoFolder, Found

PERIOD = "2026-11"
AUDITOR = "for-the-auditor"
TECHNICIANS = ("anna", "marek")
_MARK = ".session-ledger-demo"


@click.command()
@click.argument("folder", required=False, default="demo-ledger", type=click.Path(path_type=Path))
@pass_desk
def demo(desk: Desk, folder: Path) -> None:
    """Do the main job on a sample month, in a folder one can look into afterwards.

    A made month of a shop is imported, held against the records of its remote tool, billed, explained and
    replayed, its deletion history is shown, and a folder written that an auditor checks without this
    program. All of it lies in one folder, made anew at every run; one that is not a demo is never touched.

    \b
    Example:
      session-ledger demo demo-ledger
    """
    _clear(folder)
    ledger = ["--lang", desk.lang, "--ledger", str(folder)]
    reports = folder / "reports"
    with as_file(files("ledger") / "data" / "sample") as sample:
        _do(desk, [*ledger, "init", "--name", "session-ledger-demo"])
        (folder / _MARK).touch()
        reports.mkdir()
        for noun in ("customer", "purchase", "session"):
            _do(desk, [*ledger, noun, "import", str(sample / f"{noun}s.csv")])
        _reconcile(desk, ledger, folder, sample)
    billing = reports / f"billing-{PERIOD}.html"
    deletions = reports / f"deletions-{PERIOD}.html"
    _do(desk, [*ledger, "report", "billing", "--period", PERIOD])
    for file in (billing, billing.with_suffix(".xlsx"), billing.with_suffix(".csv")):
        _do(desk, [*ledger, "report", "billing", "--period", PERIOD, "-o", str(file)])
    _do(desk, [*ledger, "session", "explain", "ref:2026/11/A-04"])
    _do(desk, [*ledger, "tariff", "what-if", "--favour", "customer", "--period", PERIOD])
    _do(desk, [*ledger, "replay"])
    _do(desk, [*ledger, "report", "deletions", "--period", PERIOD], allowed=(0, 3))
    _do(desk, [*ledger, "report", "deletions", "--period", PERIOD, "-o", str(deletions)], allowed=(0, 3))
    _do(desk, [*ledger, "check"])
    _do(desk, [*ledger, "audit", "export", str(folder / AUDITOR), "--period", PERIOD])
    _do(desk, [*ledger, "audit", "verify"])
    _tell_what_next(desk, folder, billing, deletions)


def _reconcile(desk: Desk, ledger: list[str], folder: Path, sample: Path) -> None:
    """Hold the month against what the technicians' remote tools wrote."""
    with (folder / "ledger.toml").open("a", encoding="utf-8") as config:
        config.write("\n[technicians]\n" + "".join(f'"{name}" = "{name}"\n' for name in TECHNICIANS))
    for name in TECHNICIANS:
        file = str(sample / f"Connections.{name}.txt")
        adapter = ["teamviewer-connections", file, "--instance", f"{name}-pc"]
        _do(desk, [*ledger, "source", "import", *adapter])
    _do(desk, [*ledger, "source", "reconcile", "--period", PERIOD], allowed=(0, 3))


def _clear(folder: Path) -> None:
    """Remove the demo of an earlier run; raises DemoFolder for anything else that is not empty."""
    import shutil

    if folder.exists() and any(folder.iterdir()):
        if not (folder / _MARK).exists():
            raise DemoFolder(f"{folder} is not empty and holds no demo")
        shutil.rmtree(folder)


def _do(desk: Desk, words: Sequence[str], allowed: Sequence[int] = (0,)) -> None:
    """Show a command as one would type it, and run it."""
    desk.say("")
    desk.say(f"$ session-ledger {shlex.join(words)}")
    sys.stderr.flush()
    status = run(words)
    if status not in allowed:
        raise Found(f"session-ledger {words[4]} ended with {status}", hint="this is a defect of the demo")


def _tell_what_next(desk: Desk, folder: Path, billing: Path, deletions: Path) -> None:
    desk.say(
        Text(
            pl=f"""
Gotowe. Otwórz w przeglądarce:
  {billing}
  {deletions}
  {folder / AUDITOR / "verify.html"}, i wskaż w niej folder {folder / AUDITOR}
Spróbuj dalej:
  python3 -I {folder / AUDITOR / "verify.py"} --lang pl
  session-ledger --ledger {folder} session list --state connected
  session-ledger --ledger {folder} session show ref:2026/11/A-14
  session-ledger --ledger {folder} quote --at "2026-11-16 21:50"
  session-ledger --ledger {folder} tariff what-if boundary=per_band --period 2026-11""",
            en=f"""
Done. Open in a browser:
  {billing}
  {deletions}
  {folder / AUDITOR / "verify.html"}, and choose the folder {folder / AUDITOR} in it
Try next:
  python3 -I {folder / AUDITOR / "verify.py"}
  session-ledger --ledger {folder} session list --state connected
  session-ledger --ledger {folder} session show ref:2026/11/A-14
  session-ledger --ledger {folder} quote --at "2026-11-16 21:50"
  session-ledger --ledger {folder} tariff what-if boundary=per_band --period 2026-11""",
        )
    )
