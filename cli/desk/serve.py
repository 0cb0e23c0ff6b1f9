"""The running desk: its socket on this computer alone, its way in, its end."""

from __future__ import annotations

import secrets
import socket
import sys
import webbrowser
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import uvicorn

from cli.desk.app import make_app
from cli.desk.gate import Gate
from cli.desk.jobs import Jobs
from cli.desk.opened import Settings
from cli.desk.seats import Seats
from cli.desk.way_in import Address, Ticket, WayIn
from cli.desk.web import Desk
from ledger.errors import DeskTaken
from ledger.message import msg

LOOPBACK = "127.0.0.1"
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


class Wish(NamedTuple):
    """What a desk is started with beside its ledger: port (0: any), name, pause, whether a browser opens."""

    port: int
    host: str | None
    idle_seconds: int
    opens_browser: bool


def host_name() -> str:
    """Return a name for the desk that nobody can guess; browsers find *.localhost on this computer."""
    return f"biurko-{''.join(secrets.choice(LETTERS) for _ in range(10))}.localhost"


def bound(port: int) -> socket.socket:
    """Return a listening socket on this computer alone; raises DeskTaken where the port is taken."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if sys.platform == "win32":  # or another program could bind the same port by SO_REUSEADDR, and be asked
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    try:
        listening.bind((LOOPBACK, port))
    except OSError:
        listening.close()
        raise DeskTaken(msg("port {port} is taken", port=port)) from None
    return listening


def config_of(app: Gate) -> uvicorn.Config:
    """Return how the server runs: nothing logged, nothing told of itself."""
    return uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        log_level="critical",
        server_header=False,
        lifespan="off",
        http="h11",
        ws="none",
        loop="asyncio",
        limit_concurrency=100,
        timeout_graceful_shutdown=5,
    )


def way(way_in: WayIn, address: Address, ticket: Ticket) -> tuple[str, Path]:
    """Make a ticket; return the address to come in by, and the page that leads there."""
    token = way_in.ticket(ticket)
    link = f"{address.origin}/enter?ticket={token}"
    return link, way_in.leading(token, link)


def serve(settings: Settings, way_in: WayIn, wish: Wish, ticket: Ticket, tell: Callable[[str], None]) -> None:
    """Answer until Ctrl-C or a signal to end; `tell` is given the way in once the desk answers."""
    listening = bound(wish.port)
    port = listening.getsockname()[1]
    address = Address(f"{wish.host or host_name()}:{port}", port)
    desk = Desk(settings, Seats(wish.idle_seconds), way_in, Jobs())
    listening.listen()
    way_in.announce(address)
    try:
        link, page = way(way_in, address, ticket)
        tell(link)
        if wish.opens_browser:
            webbrowser.open(page.as_uri())
        uvicorn.Server(config_of(make_app(desk, address.host))).run(sockets=[listening])
    except KeyboardInterrupt:
        pass  # the way a desk is ended
    finally:
        listening.close()
        way_in.leave()
