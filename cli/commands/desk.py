"""`session-ledger desk`: the same ledger on a page in the browser, on this computer alone."""

from __future__ import annotations

import sys
import time
import warnings
from typing import TYPE_CHECKING

import click

from cli.context import App, pass_app
from cli.options import by_option, workstation_option
from cli.registry import tool
from ledger.errors import BadCombination, DeskMissing, DeskTaken
from ledger.message import msg

if TYPE_CHECKING:
    from cli.desk.serve import Wish
    from cli.desk.way_in import Ticket, WayIn

START_SECONDS_MAX = 5
NEEDED = ("jinja2", "python_multipart", "starlette", "uvicorn")


@click.command()
@click.option(
    "--review", is_flag=True, help="A reviewer's seat: codes, no names; records samples and findings."
)
@click.option("--read-only", is_flag=True, help="A seat that only looks.")
@click.option(
    "--idle",
    "idle_minutes",
    type=click.IntRange(1, 720),
    metavar="MINUTES",
    default=30,
    show_default=True,
    help="After a pause of so many minutes a seat is locked.",
)
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, show_default="any that is free", help="The port."
)
@click.option(
    "--host",
    type=click.Choice(["127.0.0.1"]),
    help="For a browser that does not find *.localhost: other programs here may then get the seat's cookie.",
)
@click.option("--no-browser", is_flag=True, help="Print the way in, and open nothing.")
@by_option
@workstation_option
@pass_app
def desk(
    app: App,
    *,
    review: bool,
    read_only: bool,
    idle_minutes: int,
    port: int,
    host: str | None,
    no_browser: bool,
    by: str,
    workstation: str,
) -> None:
    """Open the ledger as a page in the browser; listens on this computer alone, until Ctrl-C.

    The way in is a link that works once, for two minutes. Given again for the same ledger, it prints another
    link to the desk that runs. What has no page yet is done on the command line, beside it.

    \b
    Example:
      session-ledger desk
    """
    if review and read_only:
        raise BadCombination(msg("--review and --read-only are two kinds of seat"))
    _require_parts()
    import platformdirs

    from cli.desk.serve import Wish
    from cli.desk.way_in import Ticket, WayIn

    app.open().now()  # a ledger that cannot be opened is refused here, and not on a page
    app.close()
    with warnings.catch_warnings(action="ignore"):  # it says where it falls back to, and that is checked
        runtime = platformdirs.user_runtime_path("session-ledger", appauthor=False, ensure_exists=True)
    way_in = WayIn(runtime, app.ledger_dir)
    ticket = Ticket(by, "review" if review else "read-only" if read_only else "desk")
    wish = Wish(port, host, 60 * idle_minutes, not no_browser)
    if way_in.claim():
        _serve(app, way_in, wish, ticket, workstation)
    else:
        _come_in(app, way_in, wish, ticket)


def _serve(app: App, way_in: WayIn, wish: Wish, ticket: Ticket, workstation: str) -> None:
    """Be the desk until Ctrl-C."""
    from cli.desk.opened import Settings
    from cli.desk.serve import serve

    def tell(link: str) -> None:
        app.emit(link)
        sys.stdout.flush()
        app.hint(msg("the link works once, for two minutes; Ctrl-C ends the desk"))

    serve(Settings(app.ledger_dir.resolve(), app.lang, workstation, tool()), way_in, wish, ticket, tell)
    app.say(msg("the desk is closed"))


def _come_in(app: App, way_in: WayIn, wish: Wish, ticket: Ticket) -> None:
    """Print another way into the desk that runs; raises DeskTaken where it does not answer in time."""
    import webbrowser

    from cli.desk.serve import way

    until = time.monotonic() + START_SECONDS_MAX
    while (address := way_in.running()) is None:
        if time.monotonic() > until:
            raise DeskTaken(msg("another desk over this ledger is only just starting"))
        time.sleep(0.05)
    link, page = way(way_in, address, ticket)
    app.emit(link)
    if wish.opens_browser:
        webbrowser.open(page.as_uri())


def _require_parts() -> None:
    """Raise DeskMissing unless everything that serves pages is installed."""
    from importlib.util import find_spec

    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise DeskMissing(msg("not installed: {names}", names=", ".join(missing)))
