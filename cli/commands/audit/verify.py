"""`session-ledger audit verify`: everything again from the stored bytes."""

from __future__ import annotations

import os
import sys
from base64 import b64encode
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from signal import SIGINT
from typing import TYPE_CHECKING

import click

from cli.context import App, pass_app
from cli.progress import progress
from ledger.errors import BadNote, StoreDamaged
from ledger.message import msg, msg_in, plain

if TYPE_CHECKING:
    from subprocess import Popen

    from ledger.store.finding import CheckFinding
    from ledger.transparency.verify import Verified

FINE = (0, 3)
"""The exit statuses of a check that came to its end."""
LARGE_BYTES = 16 << 20
"""An events.db of this size is worth a second process, which takes a third of a second to begin."""


@click.command()
@click.option(
    "--since",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="NOTE",
    help="A checkpoint that somebody held: the log must be a continuation of it.",
)
@click.option(
    "--vkey", metavar="VKEY", help="The public key to trust, instead of the one in the ledger's folder."
)
@click.option("-f", "--format", "answer", type=click.Choice(["text", "json"]), default="text")
@click.pass_context
@pass_app
def verify(app: App, ctx: click.Context, since: Path | None, vkey: str | None, answer: str) -> None:
    """Compute every event's hash, the tree and its root again, and compare with all that was signed.

    Also: the database's own integrity and guards, and the read models against a replay. Exit status 3
    with a line for each finding; the first event that differs is named. The vault, and the keys that
    events are found by, are looked at by session-ledger check.

    \b
    Examples:
      session-ledger audit verify
      session-ledger audit verify --since head-2026-11-30.note -f json
    """
    from ledger.transparency.checkpoint import read_held_checkpoint
    from ledger.transparency.note import parse_verifier_key

    held = None if since is None else read_held_checkpoint(since)
    with named("--vkey"):
        trusted = None if vkey is None else parse_verifier_key(vkey)
    with _views_beside(app) as views:
        found = list(_store_findings(app))
        verified: Verified | None = None
        try:
            ledger = app.open()
            from ledger.transparency.verify import verify_log

            with progress("audit verify", ledger.store.length()) as bar:
                verified = verify_log(
                    ledger.folder, ledger.store, ledger.signer, trusted=trusted, since=held, done=bar.advance
                )
                found += [*verified.findings, *views()]
        except StoreDamaged as error:
            from ledger.store.finding import CheckFinding

            found.append(CheckFinding("store-unreadable", error.message))
    _tell(app, verified, found, answer)
    ctx.exit(3 if found else 0)


@contextmanager
def named(what: str) -> Generator[None]:
    """Put before a refusal which of the things given it speaks of."""
    try:
        yield
    except BadNote as error:
        raise BadNote(plain("{what}: {fact}", what=what, fact=error.message)) from None


def _store_findings(app: App) -> Iterator[CheckFinding]:
    from ledger.folder.layout import Folder
    from ledger.handlers.audit.verify import STORE_CHECKS
    from ledger.handlers.check import invariants

    yield from invariants.store_findings(Folder(app.ledger_dir), STORE_CHECKS)


@contextmanager
def _views_beside(app: App) -> Generator[Callable[[], list[CheckFinding]]]:
    """Compare the read models with a replay, for a large log in a process beside this one (`check views`).

    What that could not do, or found, is done again here, so that what is wrong is told here.
    """
    from ledger.folder.layout import Folder
    from ledger.handlers.audit.verify import VIEW_CHECKS
    from ledger.handlers.check import invariants

    def here() -> list[CheckFinding]:
        return list(invariants.findings(app.open(), VIEW_CHECKS))

    events = Folder(app.ledger_dir).events
    if not events.is_file() or events.stat().st_size < LARGE_BYTES:
        yield here
        return
    from subprocess import DEVNULL, PIPE, Popen

    # -P: a module of ours, never one that lies in the folder somebody happens to work in.
    words = ["-P", "-m", "ledger", "--ledger", str(app.ledger_dir), "--lang", app.lang, "check", "views"]
    try:
        beside = Popen(  # noqa: S603 - see above
            [sys.executable, *words], stdout=PIPE, stderr=DEVNULL, encoding="utf-8", process_group=0
        )
    except OSError:  # no process can be started
        yield here
        return

    def there() -> list[CheckFinding]:
        beside.communicate()
        return [] if beside.returncode == 0 else here()

    try:
        yield there
    finally:
        if beside.poll() is None:
            _end(beside)
            beside.communicate()


def _end(process: Popen[str]) -> None:
    """Have a process end itself and those that it started; on Windows, which sends no signal, it is ended."""
    if os.name == "posix":
        process.send_signal(SIGINT)
    else:
        process.terminate()  # what it started sees that, and ends too


def _tell(app: App, verified: Verified | None, found: list[CheckFinding], answer: str) -> None:
    if answer == "json":
        app.emit(
            {
                "schema": "session-ledger/audit-verify/1",
                "events": verified.size if verified else None,
                "tree_size": verified.size if verified else None,
                "root": b64encode(verified.root).decode() if verified else None,
                "checkpoint": verified.checkpoint if verified else "none",
                "checkpoint_size": verified.newest.size if verified and verified.newest else None,
                "findings": [{"name": each.name, "sentence": each.sentence} for each in found],
            }
        )
        return
    for each in found:
        app.emit(msg_in("finding", "{name}: {sentence}", name=each.name, sentence=each.message))
    if verified is not None:
        root = b64encode(verified.root).decode()
        app.emit(
            msg(
                "{size} events, root {root}, checkpoint: {checkpoint}",
                size=verified.size,
                root=root,
                checkpoint=verified.checkpoint,
            )
        )
    if found:
        app.say(msg("{n_found} found", n_found=len(found)))
