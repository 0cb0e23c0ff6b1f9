"""`session-ledger source import ADAPTER --live`: a remote tool's server is asked instead of a file."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from cli.secret import secret
from ledger.errors import BadConfig, MeshCentralRefused, SourceRefused
from ledger.message import msg

if TYPE_CHECKING:
    from cli.commands.source.intake import Taking
    from cli.context import App
    from ledger.sources.result import TakenFile

TOKEN = "SESSION_LEDGER_TEAMVIEWER_TOKEN"  # noqa: S105 - the name of a variable
PASSWORD = "SESSION_LEDGER_MESHCENTRAL_PASSWORD"  # noqa: S105 - the same
CODE = "SESSION_LEDGER_MESHCENTRAL_CODE"
TEAMVIEWER_URL = "https://webapi.teamviewer.com"
_FIRST_TIME = timedelta(days=31)
"""A server that was never asked before is asked so far back."""


def take_live(taking: Taking, adapter: str, since: datetime | None, instance: str | None) -> TakenFile:
    """Ask the server of an adapter for what is new, and import it."""
    from ledger.sources.result import DEFAULT_INSTANCE, SourceFile
    from ledger.sources.settings import server_settings

    settings = server_settings(taking.app.open().folder.read_config(), adapter)
    named = instance or settings.get("instance", DEFAULT_INSTANCE)
    ask = LIVE[adapter](taking.app, settings, since, named)
    again = taking.again(SourceFile(adapter, adapter, b"", named))
    return again if again is not None else taking.take(SourceFile(adapter, adapter, ask(), named))


def _teamviewer(
    app: App, settings: Mapping[str, str], since: datetime | None, instance: str
) -> Callable[[], bytes]:
    from ledger.sources.teamviewer_client import Server, fetch

    token = secret(TOKEN)
    if not token or not token.isascii() or not token.isprintable():
        raise SourceRefused(msg("{token} holds no token", token=TOKEN))

    def ask() -> bytes:
        now = app.open().now()
        begin = since or _last_known(app, "teamviewer-webapi", instance) or now - _FIRST_TIME
        return fetch(Server(settings.get("url", TEAMVIEWER_URL), token, time.sleep), begin, now)

    return ask


def _meshcentral(
    _app: App, settings: Mapping[str, str], since: datetime | None, _instance: str
) -> Callable[[], bytes]:
    from ledger.sources.meshcentral_client import MeshCentralServer, fetch

    password = secret(PASSWORD)
    if not password:
        raise MeshCentralRefused(msg("{token} holds no password", token=PASSWORD))
    for key in ("url", "user"):
        if not settings.get(key):
            raise BadConfig(msg("[sources.meshcentral] of ledger.toml has no {key}", key=key))
    certificate = settings.get("certificate")
    server = MeshCentralServer(
        settings["url"],
        settings["user"],
        password,
        secret(CODE) or None,
        None if certificate is None else Path(certificate),
    )
    return lambda: fetch(server, since)


LIVE: Mapping[str, Callable[[App, Mapping[str, str], datetime | None, str], Callable[[], bytes]]] = {
    "teamviewer-webapi": _teamviewer,
    "meshcentral": _meshcentral,
}
"""The adapters that can ask a server."""


def _last_known(app: App, adapter: str, instance: str) -> datetime | None:
    from ledger.sources.listing import records

    ledger = app.open()
    known = records(ledger, ledger.store.length())
    mine = [r.times.started_at for r in known if (r.adapter, r.instance) == (adapter, instance)]
    return max(mine, default=None)
