"""Every adapter by name: its module, what it reads, whether its times are local.

The modules are imported when they are used; the order here is the order in `--help`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import NamedTuple, cast

from ledger.errors import AdapterUnknown
from ledger.message import msg
from ledger.sources.adapter import Options, Told

Read = Callable[[bytes, Options], Iterator[Told]]


class AdapterEntry(NamedTuple):
    """An adapter: its module in this package, what it reads, and whether it needs a zone."""

    module: str
    what: str
    needs_zone: bool = False


ADAPTERS: dict[str, AdapterEntry] = {
    "teamviewer-connections": AdapterEntry(
        "teamviewer_connections", "Connections.txt and Connections_incoming.txt"
    ),
    "teamviewer-webapi": AdapterEntry("teamviewer_webapi", "saved pages of /api/v1/reports/connections"),
    "teamviewer-eventlog": AdapterEntry("teamviewer_eventlog", "saved pages of /api/v1/EventLogging"),
    "teamviewer-log": AdapterEntry(
        "teamviewer_log", "TeamViewer15_Logfile.log (local time: --tz)", needs_zone=True
    ),
    "meshcentral": AdapterEntry(
        "meshcentral", "meshctrl ListEvents --json, ShowEvents, or meshcentral-events.db"
    ),
    "generic-csv": AdapterEntry("generic_csv", "a table with English or Polish column names"),
    "generic-jsonl": AdapterEntry("generic_jsonl", "one record a line (ledger.source-session/1)"),
    "guacamole": AdapterEntry("guacamole", "guacamole_connection_history as CSV (--tz)", needs_zone=True),
    "vnc-hooks": AdapterEntry("vnc_hooks", "what x11vnc's -accept, -afteraccept and -gone were told"),
    "vnc-log": AdapterEntry("vnc_log", "logs of x11vnc and Xvnc (local time: --tz)", needs_zone=True),
    "xrdp-sesman": AdapterEntry("xrdp_sesman", "xrdp-sesman.log (local time: --tz)", needs_zone=True),
    "rustdesk-log": AdapterEntry("rustdesk_log", "the client's log: evidence, no end"),
    "anydesk": AdapterEntry("anydesk", "connection_trace.txt: evidence, no end (--tz)", needs_zone=True),
}


def reader(name: str) -> Read:
    """Return the `read` of an adapter; raises AdapterUnknown."""
    if name not in ADAPTERS:
        raise AdapterUnknown(msg("there is no adapter {name!r}", name=name))
    return cast("Read", import_module(f"ledger.sources.adapters.{ADAPTERS[name].module}").read)
