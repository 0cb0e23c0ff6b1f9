"""`session-ledger check`: every invariant of the ledger."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.arguments import chosen_workers, workers_options
from cli.context import App, pass_app
from cli.progress import progress
from ledger.errors import CheckUnknown, StoreDamaged
from ledger.folder.access import is_readable_by_others
from ledger.folder.layout import Folder
from ledger.message import msg, msg_in

if TYPE_CHECKING:
    from ledger.store.finding import CheckFinding


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]…")
@click.option("--repair", is_flag=True, help="Mend what can be mended without touching an event.")
@workers_options
@click.pass_context
@pass_app
def check(
    app: App,
    ctx: click.Context,
    names: tuple[str, ...],
    workers: Path | None,
    *,
    repair: bool,
    no_workers: bool,
) -> None:
    """Every invariant of the ledger; silent and 0 when all hold, 3 with a line each otherwise.

    Names: integrity, guards, events, versions, references, tree (the event store); vault, rights, deleted
    (personal data, who may write the folder or read a server's log, purges, certificates); requests (for
    erasure); views (the read models against a replay); signing (the key that signs, and what it signed);
    calendar (the list's holidays); clock (against the last event, and the remote tools' clocks); series,
    documents, bills (numbers without a gap, the files of invoices, every session on one invoice); overlaps
    (sessions of one technician or customer at one time); bands (names of the bands of published lists).

    With --workers other machines derive the rows that the read models are held against.

    \b
    Examples:
      session-ledger check
      session-ledger check events views
      session-ledger check --repair
      session-ledger check views --workers workers.toml
    """
    from ledger.handlers.check import invariants

    unknown = [name for name in names if name not in invariants.CHECKS]
    if unknown:
        raise CheckUnknown(
            msg(
                "there is no check {unknown!r}; there are {names}",
                unknown=unknown[0],
                names=", ".join(invariants.CHECKS),
            )
        )
    app.workers = chosen_workers(app, workers, never=no_workers)
    found = 0
    with progress("check", invariants.chosen(names)) as bar:
        for finding in _all(app, names, bar.advance, repair=repair):
            app.emit(msg_in("finding", "{name}: {sentence}", name=finding.name, sentence=finding.message))
            found += 1
    if found:
        app.say(msg("{found} found", found=found))
        ctx.exit(3)


def _is_unseen(keys: Path) -> bool:
    return keys.exists() and is_readable_by_others(keys) is None


def _all(
    app: App, names: tuple[str, ...], done: Callable[[int], object], *, repair: bool
) -> Iterator[CheckFinding]:
    """Check the store first, unopened: a damaged one cannot be opened for the rest."""
    from ledger.handlers.check import invariants
    from ledger.store.finding import CheckFinding

    store = list(dict.fromkeys(invariants.store_findings(Folder(app.ledger_dir), names, done)))
    yield from store
    if store:
        return
    try:
        ledger = app.open()
    except StoreDamaged as error:
        yield CheckFinding("store-unreadable", error.message)
        return
    if repair:
        for mended in invariants.repair(ledger):
            app.say(mended)
    for name in invariants.unreadable(ledger):
        app.say(msg("note: a copy without {name}: what it opens cannot be read here", name=name))
    if (not names or "rights" in names) and _is_unseen(Folder(app.ledger_dir).keys):
        app.say(msg("note: who can read the keys cannot be seen here: this disk has no access lists"))
    yield from invariants.findings(ledger, names, done)
