"""A log for those who run the program: off unless asked for, and without personal data by construction.

`log.info("caught_up", events=12)` does nothing until `configure` is called, which -v (lines on stderr)
and --log-file (JSON lines) do; only then is structlog imported. A fact passes when its name is in
`ALLOWED` and its value is a number, a truth, or a code that `looks_personal` finds nothing in.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, MutableMapping
from typing import TYPE_CHECKING, Any, TextIO, cast

if TYPE_CHECKING:
    from structlog import BoundLogger

ALLOWED = frozenset({
    "adapter", "calls", "code", "command", "customer", "error_class", "event", "events", "exit_status",
    "file", "format", "level", "period", "position", "projection", "rows", "seconds", "session",
    "timestamp", "topic",
})  # fmt: skip
"""The names of facts that may be logged."""


class Log:
    """Hand a fact to every sink; to none until configured."""

    def __init__(self) -> None:
        self.sinks: tuple[BoundLogger, ...] = ()
        self.file: TextIO | None = None

    def info(self, event: str, **facts: object) -> None:
        """Log that something was done."""
        for sink in self.sinks:
            sink.info(event, **facts)

    def warning(self, event: str, **facts: object) -> None:
        """Log that something was refused or looks wrong."""
        for sink in self.sinks:
            sink.warning(event, **facts)

    def error(self, event: str, **facts: object) -> None:
        """Log a defect."""
        for sink in self.sinks:
            sink.error(event, **facts)

    def close(self) -> None:
        """Turn the log off."""
        self.sinks = ()
        if self.file is not None:
            self.file.close()
            self.file = None


log = Log()
"""The log of this process."""


def configure(*, verbose: bool, file: str | None, color: bool) -> None:
    """Turn the log on; raises OSError when the file cannot be opened."""
    import structlog

    log.close()
    sinks: list[BoundLogger] = []
    if verbose:
        console = structlog.dev.ConsoleRenderer(colors=color, pad_event_to=0, sort_keys=False)
        sinks.append(_sink(sys.stderr, console))
    if file is not None:
        log.file = _open_private(file)
        sinks.append(_sink(log.file, structlog.processors.JSONRenderer(ensure_ascii=False)))
    log.sinks = tuple(sinks)


def _open_private(file: str) -> TextIO:
    """Open a file for appending, line by line; made for its owner only."""
    opened = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    return os.fdopen(opened, "a", encoding="utf-8", buffering=1)


def _sink(stream: TextIO, renderer: Any) -> BoundLogger:  # noqa: ANN401 - structlog's own renderers
    import structlog

    processors = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        keep_allowed,
        renderer,
    ]
    sink: BoundLogger = structlog.wrap_logger(
        structlog.WriteLogger(stream), processors=processors, wrapper_class=structlog.BoundLogger
    )
    return sink


def keep_allowed(logger: object, method: str, facts: MutableMapping[str, Any]) -> Mapping[str, Any]:
    """Structlog processor: drop every fact that is not known to be harmless."""
    del logger, method
    return {name: kept for name, value in facts.items() if (kept := _kept(name, value)) is not None}


def _kept(name: str, value: object) -> object:
    """Return the value if it may be logged, else None."""
    if name not in ALLOWED:
        return None
    if isinstance(value, bool | int | float):
        return value
    if name == "calls" and isinstance(value, list):
        return [
            call
            for call in map(str, cast("list[object]", value))
            if re.fullmatch(r"[\w.<>]+:\d+ [\w<>]+", call)
        ]
    if name == "command":
        return value if re.fullmatch(r"[a-z]+(?:[ -][a-z]+)*", str(value)) else None
    return _kept_text(os.path.basename(str(value)) if name == "file" else value)  # noqa: PTH119 - pathlib costs 8 ms


def _kept_text(value: object) -> str | None:
    """Return the value if it is a code, one short printable word, else None."""
    from ledger.domain.identifiers import KEY_LENGTH_MAX, looks_personal

    if not isinstance(value, str) or len(value) > KEY_LENGTH_MAX or not value.isprintable():
        return None
    return None if looks_personal(value) else value
