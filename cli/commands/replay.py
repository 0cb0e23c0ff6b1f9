"""`session-ledger replay`: the read models again, from the first event."""

from __future__ import annotations

from pathlib import Path

import click

from cli.arguments import answer_option, chosen_workers, workers_options
from cli.context import App, pass_app
from cli.param_types import Word
from cli.progress import progress
from ledger.message import Hint, msg

_NO_WORKER = Hint("is `parts` one folder on all machines, and can the workers read `store`?")


@click.command()
@click.argument("projection", required=False, type=Word("read_model", ["sessions", "billing", "deletions"]))
@click.option(
    "--take",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Take the read models of another office from its file, and catch up.",
)
@click.option(
    "--give",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write these read models to a file, for another office.",
)
@workers_options
@answer_option
@pass_app
def replay(
    app: App,
    projection: str | None,
    take: Path | None,
    give: Path | None,
    workers: Path | None,
    answer: str,
    *,
    no_workers: bool,
) -> None:
    """Derive the read models again from the first event, beside the live ones, then swap.

    Whoever reads the old ones meanwhile keeps reading them. Reports bring themselves up to date; a
    replay is for proof, and for a read model that was damaged.

    An office that shares its ledger need not read a long log for them: the head office gives them away as a
    file, which holds no personal data, and is taken if the last event behind it is in this very log.

    With --workers other machines derive the rows, block by block, and this one puts them together.

    \b
    Examples:
      session-ledger replay
      session-ledger replay --workers workers.toml
      session-ledger replay --give read-models.db
      session-ledger replay --take read-models.db
    """
    from ledger.errors import BadCombination
    from projections.engine.runner import replay as derive

    ways = (projection is not None, take is not None, give is not None, workers is not None)
    if sum(ways) > 1:
        raise BadCombination(msg("a read model by name, --take, --give and --workers exclude one another"))
    ledger = app.open()
    if take is not None:
        _take(app, take, answer)
        return
    if give is not None:
        _give(app, give, answer)
        return
    others = None if projection is not None else chosen_workers(app, workers, never=no_workers)
    with progress("replay", ledger.store.length()) as bar:
        done = derive(ledger.folder.path, ledger.store, only=projection, progress=bar.advance, workers=others)
    if done.blocks_here:
        app.say(msg("blocks that no worker did, done here: {blocks}", blocks=done.blocks_here))
        app.hint(_NO_WORKER)
    speed = round(done.events / done.seconds) if done.seconds else done.events
    if answer == "json":
        app.emit(
            {
                "schema": "session-ledger/replay/1",
                "events": done.events,
                "sessions": done.sessions,
                "seconds": round(done.seconds, 3),
                "events_per_second": speed,
            }
        )
        return
    which = "" if projection is None else f"{projection}: "
    app.emit(
        msg(
            "{which}{events} events in {seconds:.2f} s, {speed} events/s",
            which=which,
            events=done.events,
            seconds=done.seconds,
            speed=speed,
        )
    )


def _take(app: App, file: Path, answer: str) -> None:
    from projections.engine.take import take

    ledger = app.open()
    taken = take(ledger.folder.path, ledger.store, file)
    if answer == "json":
        found = {"events": taken.events, "caught_up": taken.caught_up}
        app.emit({"schema": "session-ledger/replay-take/1", **found})
        return
    more = taken.caught_up - taken.events
    app.emit(msg("{events} events taken from {file}, {more} read", events=taken.events, file=file, more=more))


def _give(app: App, file: Path, answer: str) -> None:
    from cli.presentation.whole_file import check_writable
    from projections.engine.take import give

    check_writable(file)
    ledger = app.open()
    events = give(ledger.folder.path, ledger.store, file)
    if answer == "json":
        app.emit({"schema": "session-ledger/replay-give/1", "events": events})
        return
    app.emit(msg("{file} stands for {events} events", file=file, events=events))
