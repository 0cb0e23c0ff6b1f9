"""`session-ledger demo`: the main job on the sample month that comes with the program."""

from __future__ import annotations

import os
import sys
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path

import click

from cli.context import App, pass_app
from cli.main import run
from cli.presentation import shell
from ledger.errors import DemoFolder, Found
from ledger.message import Hint, msg

PERIOD = "2026-11"
AUDITOR = "for-the-auditor"
SELLER = (
    "seller.nip=5260250274",
    "seller.name=Serwis Komputerowy Przykład",
    "seller.address_line1=ul. Przykładowa 1",
    "seller.address_line2=00-001 Warszawa",
    "seller.bank_account=PL61109010140000071219812874",
    "ksef.mode=online",
)
"""A made shop; nothing is sent anywhere."""
TECHNICIANS = ("anna", "marek")
NOW = "2026-12-01T09:00:00+01:00"
"""The moment of the demo: after the sample month, so that every run gives the same."""
_MARK = ".session-ledger-demo"
"""The file that tells a demo; it holds how many events the demo recorded, once it is done."""


@click.command()
@click.argument("folder", required=False, default="demo-ledger", type=click.Path(path_type=Path))
@pass_app
def demo(app: App, folder: Path) -> None:
    """Do the main job on a sample month, in a folder one can look into afterwards.

    A made month of a shop is imported, held against the records of its remote tool, billed, explained and
    replayed, its deletion history is shown, and a folder written that an auditor checks without this
    program. All of it takes place on 1 December 2026 and lies in one folder, made anew at every run; one
    that is not a demo, or in which somebody went on, is never touched.

    \b
    Example:
      session-ledger demo demo-ledger
    """
    _clear(app, folder)
    with _dated():
        _play(app, folder)
    (folder / _MARK).write_text(f"{_events(app, folder)}\n", encoding="ascii")
    _tell_what_next(app, folder)


def _play(app: App, folder: Path) -> None:
    """Run the commands of the sample month."""
    app.say(msg("In this demo it is 1 December 2026."))
    ledger = ["--lang", app.lang, "--ledger", str(folder)]
    reports = folder / "reports"
    with as_file(files("ledger") / "data" / "sample") as sample:
        _do(app, [*ledger, "init", "--name", "session-ledger-demo", "--testing"])
        (folder / _MARK).touch()
        reports.mkdir()
        for noun in ("customer", "purchase", "session"):
            _do(app, [*ledger, noun, "import", str(sample / f"{noun}s.csv")])
        _reconcile(app, ledger, folder, sample)
    billing, deletions = _pages(folder)
    _do(app, [*ledger, "report", "billing", "--period", PERIOD])
    for file in (billing, billing.with_suffix(".xlsx"), billing.with_suffix(".csv")):
        _do(app, [*ledger, "report", "billing", "--period", PERIOD, "-o", str(file)])
    _do(app, [*ledger, "session", "explain", "ref:2026/11/A-04"])
    _do(app, [*ledger, "tariff", "what-if", "--favour", "customer", "--period", PERIOD])
    _invoice(app, ledger, folder)
    _do(app, [*ledger, "replay"])
    _do(app, [*ledger, "report", "deletions", "--period", PERIOD], allowed=(0, 3))
    _do(app, [*ledger, "report", "deletions", "--period", PERIOD, "-o", str(deletions)], allowed=(0, 3))
    _do(app, [*ledger, "check"])
    _do(app, [*ledger, "audit", "export", str(folder / AUDITOR), "--period", PERIOD])
    _do(app, [*ledger, "audit", "verify"])


def _pages(folder: Path) -> tuple[Path, Path]:
    """Write the billing and the deletions of the month as pages."""
    reports = folder / "reports"
    return reports / f"billing-{PERIOD}.html", reports / f"deletions-{PERIOD}.html"


@contextmanager
def _dated() -> Generator[None]:
    """Every command asks what time it is in this demo."""
    before = os.environ.get("SESSION_LEDGER_NOW")
    os.environ["SESSION_LEDGER_NOW"] = NOW
    try:
        yield
    finally:
        if before is None:
            del os.environ["SESSION_LEDGER_NOW"]
        else:
            os.environ["SESSION_LEDGER_NOW"] = before


def _events(app: App, folder: Path) -> int:
    """How many events its ledger holds."""
    from ledger.application.ledger import Ledger

    with Ledger.open(folder, app.environment()) as ledger:
        return ledger.store.length()


def _invoice(app: App, ledger: list[str], folder: Path) -> None:
    """Issue the month's invoices as far as they can be, and put them on paper."""
    _do(app, [*ledger, "config", "set", *SELLER])
    _do(app, [*ledger, "invoice", "draft", "--period", PERIOD])
    _do(app, [*ledger, "invoice", "issue", "--period", PERIOD, "--all", "--yes"], allowed=(0, 3))
    _do(app, [*ledger, "invoice", "export", "--all", "-o", str(folder / "invoices")])
    _do(app, [*ledger, "report", "sales", "--period", PERIOD])


def _reconcile(app: App, ledger: list[str], folder: Path, sample: Path) -> None:
    """Hold the month against what the technicians' remote tools wrote."""
    with (folder / "ledger.toml").open("a", encoding="utf-8") as config:
        config.write("\n[technicians]\n" + "".join(f'"{name}" = "{name}"\n' for name in TECHNICIANS))
    for name in TECHNICIANS:
        file = str(sample / f"Connections.{name}.txt")
        adapter = ["teamviewer-connections", file, "--instance", f"{name}-pc"]
        _do(app, [*ledger, "source", "import", *adapter])
    _do(app, [*ledger, "source", "reconcile", "--period", PERIOD], allowed=(0, 3))


def _clear(app: App, folder: Path) -> None:
    """Remove the demo of an earlier run; raises DemoFolder for anything else that is not empty."""
    import shutil

    if folder.exists() and any(folder.iterdir()):
        if not (folder / _MARK).exists():
            raise DemoFolder(msg("{folder} is not empty and holds no demo", folder=folder))
        recorded = (folder / _MARK).read_text(encoding="ascii").strip()  # nothing in one that was broken off
        if recorded and recorded != str(_events(app, folder)):
            raise DemoFolder(msg("somebody went on recording in the demo in {folder}", folder=folder))
        (folder / _MARK).write_bytes(b"")  # what cannot be removed, since it is open, is still a demo's
        for each in [*folder.iterdir()]:
            if each.is_dir() and not each.is_symlink():
                shutil.rmtree(each)
            elif each.name != _MARK:
                each.unlink()
        shutil.rmtree(folder)


def _do(app: App, words: Sequence[str], allowed: Sequence[int] = (0,)) -> None:
    """Show a command as one would type it, and run it."""
    app.say("")
    app.say(f"$ session-ledger {shell.join(words)}")
    sys.stderr.flush()
    status = run(words)
    if status not in allowed:
        raise Found(
            msg("session-ledger {words} ended with {status}", words=words[4], status=status),
            hint=Hint("this is a defect of the demo"),
        )


def _tell_what_next(app: App, folder: Path) -> None:
    billing, deletions = (page.as_posix() for page in _pages(folder))
    place, auditor = folder.as_posix(), (folder / AUDITOR).as_posix()
    now = shell.variable("SESSION_LEDGER_NOW", NOW)
    app.say(
        msg(
            "\nDone. Open in a browser:\n  {billing}\n  {deletions}\n  {auditor}/verify.html, and choose the "
            "folder {auditor} in it\nTry next (only a ledger for trying obeys the variable: in it, it is "
            "still that day):\n  {now}\n  {PYTHON} -I {auditor}/verify.py\n  session-ledger --ledger "
            "{place} session list --state connected\n  session-ledger --ledger {place} session show "
            'ref:2026/11/A-14\n  session-ledger --ledger {place} quote --at "2026-11-16 21:50"\n  '
            "session-ledger --ledger {place} tariff what-if boundary=per_band --period 2026-11",
            billing=billing,
            deletions=deletions,
            auditor=auditor,
            now=now,
            PYTHON=shell.PYTHON,
            place=place,
        )
    )
    app.say(
        msg("In the browser, on this computer alone:\n  session-ledger --ledger {place} desk", place=place)
    )
