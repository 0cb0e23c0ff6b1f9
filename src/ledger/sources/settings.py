"""Settings of sources in ledger.toml: names of technicians with their handles, addresses of servers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

from ledger.domain.identifiers import check_key, check_token
from ledger.errors import BadConfig, LedgerError
from ledger.message import msg

_SERVER_KEYS = {
    "teamviewer-webapi": {"url", "instance"},
    "meshcentral": {"url", "instance", "user", "certificate"},
}


class Technicians:
    """Names of technicians in the remote tools, with their handles in the ledger."""

    def __init__(self, handles: Mapping[str, str]) -> None:
        self._handles = {_normal(name): handle for name, handle in handles.items()}

    @classmethod
    def from_config(cls, config: Mapping[str, object]) -> Technicians:
        """Return the `[technicians]` of ledger.toml; raises BadConfig."""
        table = config.get("technicians", {})
        if not isinstance(table, dict):
            raise BadConfig(msg("[technicians] of ledger.toml is no table"))
        handles: dict[str, str] = {}
        for number, (name, handle) in enumerate(cast("dict[str, object]", table).items(), start=1):
            try:
                handles[name] = check_key(handle if isinstance(handle, str) else "", msg("the handle"))
            except LedgerError as error:  # the name is a person's: only its place is told
                raise BadConfig(
                    msg(
                        "entry {number} of [technicians] in ledger.toml: {fact}",
                        number=number,
                        fact=error.message,
                    )
                ) from error
        return cls(handles)

    def handle(self, name: str | None) -> str | None:
        """Return the handle of a name; None for one that is no alias."""
        return None if name is None else self._handles.get(_normal(name))


def _normal(name: str) -> str:
    return " ".join(name.split()).casefold()


def server_settings(config: Mapping[str, object], adapter: str) -> dict[str, str]:
    """Return `[sources.<adapter>]` of ledger.toml: url, instance and the like; raises BadConfig."""
    sources = config.get("sources", {})
    table = cast("dict[str, object]", sources).get(adapter, {}) if isinstance(sources, dict) else None
    if not isinstance(table, dict):
        raise BadConfig(msg("[sources.{adapter}] of ledger.toml is no table", adapter=adapter))
    for key, value in cast("dict[str, object]", table).items():
        if key not in _SERVER_KEYS[adapter] or not isinstance(value, str):
            raise BadConfig(
                msg(
                    "[sources.{adapter}] of ledger.toml holds more than texts for {keys}",
                    adapter=adapter,
                    keys=", ".join(sorted(_SERVER_KEYS[adapter])),
                )
            )
    found = cast("dict[str, str]", table)
    if "instance" in found:
        check_key(check_token(found["instance"], msg("the instance")), msg("the instance"))
    return dict(found)
