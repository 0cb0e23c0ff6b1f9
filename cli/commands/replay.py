"""`session-ledger replay`: the read models again, from the first event."""

from __future__ import annotations

import click

from cli.arguments import answer_option
from cli.context import App, pass_app
from cli.param_types import Word
from cli.progress import progress
from ledger.message import msg


@click.command()
@click.argument("projection", required=False, type=Word("read_model", ["sessions", "billing", "deletions"]))
@answer_option
@pass_app
def replay(app: App, projection: str | None, answer: str) -> None:
    """Derive the read models again from the first event, beside the live ones, then swap.

    Whoever reads the old ones meanwhile keeps reading them. Reports bring themselves up to date; a
    replay is for proof, and for a read model that was damaged.

    \b
    Example:
      session-ledger replay
    """
    from projections.engine.runner import replay as derive

    ledger = app.open()
    with progress("replay", ledger.store.length()) as bar:
        done = derive(ledger.folder.path, ledger.store, only=projection, progress=bar.advance)
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
