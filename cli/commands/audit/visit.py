"""`session-ledger audit visit`: what an inspector takes along, made without recording anything."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.context import App, pass_app
from cli.params import CODE, PERIOD
from cli.presentation import next_steps
from ledger.domain.clock import Period
from ledger.errors import BundleTarget, StoreDamaged
from ledger.message import msg, msg_in
from ledger.store.finding import CheckFinding

if TYPE_CHECKING:
    from cli.presentation.documents.visit import VisitPaper

SIZE_MAX = 10_000
SIZE_DEFAULT = 25


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--since",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="NOTE",
    help="The checkpoint taken along from the last visit; without it, only this visit's is given.",
)
@click.option(
    "--period", required=True, type=PERIOD, help="Sessions that ended then: 2026-11, 11.2026 or November."
)
@click.option("--nonce", required=True, type=CODE, help="A word that the inspector says now.")
@click.option(
    "--size",
    type=click.IntRange(1, SIZE_MAX),
    default=SIZE_DEFAULT,
    show_default=True,
    help="How many are drawn.",
)
@click.option(
    "--vkey", metavar="VKEY", help="The public key to trust, instead of the one in the ledger's folder."
)
@click.option("-f", "--format", "answer", type=click.Choice(["text", "json"]), default="text")
@click.pass_context
@pass_app
def visit(
    app: App,
    ctx: click.Context,
    folder: Path | None,
    since: Path | None,
    period: Period,
    nonce: str,
    size: int,
    vkey: str | None,
    answer: str,
) -> None:
    """Write what an inspector takes along: one paper, and a folder to check it by. Nothing is recorded.

    visit.pdf says in sentences what was looked at and what came of it: the log against every checkpoint
    and that of the last visit, the register of deletions, late and marked ones, holds, erasures, sessions
    drawn by lot with their proofs, keys. Made from a copy on a read-only disk as well. Exit status 3 on a
    finding, or where a deletion of the period is overdue, failed or unknown.

    \b
    Examples:
      session-ledger audit visit --since head-2026-10.note --period 2026-11 --nonce heron
      session-ledger audit visit november --period 2026-11 --nonce heron --size 10
    """
    from cli.commands.audit.verify import named
    from ledger.transparency.checkpoint import read_held_checkpoint
    from ledger.transparency.note import parse_verifier_key

    target = Path(f"visit-{period.first}") if folder is None else folder
    _check_apart(target, app.ledger_dir)
    held = None if since is None else read_held_checkpoint(since)
    with named("--vkey"):
        trusted = None if vkey is None else parse_verifier_key(vkey)
    from cli.commands.audit.visit_folder import looked_at, write_folder
    from cli.presentation.documents.visit import document_of

    try:
        ledger = app.open()
        _ = ledger.state
    except StoreDamaged as error:  # not even its name can be read, as audit verify tells it
        unreadable = CheckFinding("store-unreadable", error.message)
        _tell_finding(app, unreadable, answer)
        ctx.exit(3)
    paper = looked_at(ledger, period, nonce=nonce, size=size, since=held, trusted=trusted, lang=app.lang)
    paper = write_folder(ledger, target, paper, trusted, app.lang)
    if answer == "json":
        app.emit(document_of(paper))
    else:
        _tell(app, paper, target)
    ctx.exit(paper.exit_status)


def _check_apart(target: Path, own: Path) -> None:
    """Raise BundleTarget for a folder that is, holds or lies in the ledger's."""
    place, own = target.resolve(), own.resolve()
    if place == own or own in place.parents or place in own.parents:
        raise BundleTarget(msg("{target} is not apart from the ledger's folder", target=target))


def _tell_finding(app: App, finding: CheckFinding, answer: str) -> None:
    """Say what keeps everything else from being looked at; no folder is written."""
    if answer == "json":
        told = {"name": finding.name, "sentence": finding.sentence}
        app.emit({"schema": "session-ledger/audit-visit/1", "result": "found", "findings": [told]})
    else:
        app.emit(msg_in("finding", "{name}: {sentence}", name=finding.name, sentence=finding.message))


def _tell(app: App, paper: VisitPaper, target: Path) -> None:
    from cli.presentation.wording.visit import OVERDUE, nothing

    for each in paper.findings:
        app.emit(msg_in("finding", "{name}: {sentence}", name=each.name, sentence=each.message))
    if paper.is_overdue:
        app.emit(OVERDUE)
    if not paper.exit_status:
        app.emit(nothing(paper.checkpoint))
    app.say_written(target / "visit.pdf")
    app.hint(next_steps.AFTER_VISIT)
