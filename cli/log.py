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
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from structlog import BoundLogger

ALLOWED = frozenset({
    "adapter", "calls", "code", "command", "customer", "error_class", "event", "events", "exit_status",
    "file", "format", "level", "period", "position", "projection", "rows", "seconds", "session",
    "timestamp", "topic",
})  # fmt: skip
"""The names of facts that may be logged."""


class LogFile:
    """A file that grows by whole lines. One that cannot be written ends the log, and not the command."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.trouble: OSError | None = None
        self._descriptor = os.open(name, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def write(self, text: str) -> None:
        """Append a text, unless an earlier one could not be."""
        left = memoryview(text.encode())
        try:
            while left and self.trouble is None:
                left = left[os.write(self._descriptor, left) :]
        except OSError as error:
            self.trouble = error

    def flush(self) -> None:
        """Do nothing: what was written is with the system."""

    def close(self) -> None:
        """Close it; some systems say only now that the disk is full."""
        try:
            os.close(self._descriptor)
        except OSError as error:
            self.trouble = self.trouble or error


class Log:
    """Hand a fact to every sink; to none until configured."""

    def __init__(self) -> None:
        self.sinks: tuple[BoundLogger, ...] = ()
        self.file: LogFile | None = None

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

    def close(self) -> OSError | None:
        """Turn the log off; return why its file has not all of it, if it has not."""
        self.sinks = ()
        file, self.file = self.file, None
        if file is None:
            return None
        file.close()
        if file.trouble is not None:
            file.trouble.filename = file.name
        return file.trouble


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
        log.file = LogFile(file)
        sinks.append(_sink(log.file, structlog.processors.JSONRenderer(ensure_ascii=False)))
    log.sinks = tuple(sinks)


def _sink(stream: Any, renderer: Any) -> BoundLogger:  # noqa: ANN401 - a stream, structlog's own renderers
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
