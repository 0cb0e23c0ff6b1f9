"""The machines that work for a ledger: `workers.toml` says where they are, and what they read and write.

The guide docs/guides/many-machines.md shows one. Paths of certificates are beside the file, `parts` is one
folder under the same path on all machines, `store` is what workers read: a standby, or the ledger itself.
"""

from __future__ import annotations

import re
import tomllib
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from ledger.errors import BadWorkers, WorkersUnsafe
from ledger.folder.access import is_readable_by_others
from ledger.folder.bounded_read import toml_text_of
from ledger.folder.layout import NO_TOML
from ledger.message import Hint, Message, msg, system_text

WAIT_SECONDS = 60
WAIT_SECONDS_MAX = 3600
_CERTIFICATES = ("ca", "cert", "key")
_KNOWN = ("scheduler", *_CERTIFICATES, "store", "parts", "wait")
_WAIT = re.compile(r"([1-9][0-9]{0,3})([sm])")
_SECONDS = {"s": 1, "m": 60}
_SCHEMES = ("tls", "tcp")


class Workers(Struct, frozen=True):
    """Where the scheduler is, by which certificates one is known there, what workers read and write."""

    scheduler: str
    parts: Path
    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None
    store: str | None = None
    wait_seconds: int = WAIT_SECONDS


def read_workers(file: Path) -> Workers:
    """Return what a file says; raises BadWorkers, which names file, line and field, and WorkersUnsafe."""
    try:
        text = toml_text_of(file)
        document = tomllib.loads(text)
    except OSError as error:
        raise BadWorkers(
            msg("{name} cannot be read: {error}", name=file.name, error=system_text(error))
        ) from error
    except NO_TOML as error:
        raise BadWorkers(msg("{name} is no TOML: {error}", name=file.name, error=error)) from error
    return _Read(file, text, document).workers()


class _Read:
    """A file that was read: its refusals know where each field stands."""

    def __init__(self, file: Path, text: str, document: dict[str, object]) -> None:
        self._file, self._text, self._document = file, text, document

    def workers(self) -> Workers:
        unknown = next((key for key in self._document if key not in _KNOWN), None)
        if unknown is not None:
            raise self._bad(unknown, msg("is not known"))
        scheduler, parts = self._needed("scheduler"), Path(self._needed("parts"))
        if not parts.is_absolute():
            raise self._bad("parts", msg("is no absolute path, the same on all machines"))
        if not parts.is_dir():
            raise self._bad("parts", msg("names no folder that is there"))
        ca, cert, key = self._certificates(scheduler)
        return Workers(scheduler, parts, ca, cert, key, self._store(), self._wait())

    def _certificates(self, scheduler: str) -> tuple[Path | None, Path | None, Path | None]:
        scheme, host = self._address(scheduler)
        given = [self._text_of(field) for field in _CERTIFICATES]
        if scheme == "tcp":
            if not _is_loopback(host):
                raise WorkersUnsafe(self._where("scheduler", msg("is an address that anybody can speak to")))
            return None, None, None
        for field, text in zip(_CERTIFICATES, given, strict=True):
            if text is None:
                raise WorkersUnsafe(self._where(field, msg("is missing, and tls:// needs it")))
            if not (self._file.parent / text).is_file():
                raise self._bad(field, msg("names no file that is there"))
        ca, cert, key = (self._file.parent / str(text) for text in given)
        if is_readable_by_others(key):
            raise WorkersUnsafe(
                self._where("key", msg("names a key that others can read")),
                hint=Hint(msg("chmod 600 {name}", name=key.name)),
            )
        return ca, cert, key

    def _address(self, scheduler: str) -> tuple[str, str]:
        """Return scheme and host."""
        try:
            parsed = urlsplit(scheduler)
            if parsed.scheme in _SCHEMES and parsed.hostname and parsed.port:
                return parsed.scheme, parsed.hostname
        except ValueError:
            pass
        raise self._bad("scheduler", msg("is no address such as tls://sched.example:8786"))

    def _store(self) -> str | None:
        store = self._text_of("store")
        if store is not None and "://" not in store:
            raise self._bad("store", msg("is no URL such as postgresql+psycopg://reader@db2.example/ledger"))
        return store

    def _wait(self) -> int:
        found = _WAIT.fullmatch(self._text_of("wait") or f"{WAIT_SECONDS}s")
        seconds = int(found[1]) * _SECONDS[found[2]] if found else 0
        if not 1 <= seconds <= WAIT_SECONDS_MAX:
            raise self._bad("wait", msg('is no time up to an hour, written "60s" or "2m"'))
        return seconds

    def _needed(self, field: str) -> str:
        text = self._text_of(field)
        if not text:
            raise self._bad(field, msg("is missing"))
        return text

    def _text_of(self, field: str) -> str | None:
        found = self._document.get(field)
        if found is not None and (not isinstance(found, str) or "\0" in found):
            raise self._bad(field, msg("is no text in quotes"))
        return found

    def _bad(self, field: str, what: Message) -> BadWorkers:
        return BadWorkers(self._where(field, what))

    def _where(self, field: str, what: Message) -> Message:
        lines = enumerate(self._text.splitlines(), start=1)
        begins = re.compile(rf"""\s*\[?\s*["']?{re.escape(field)}["']?\s*[=\].]""")
        line = next((number for number, text in lines if begins.match(text)), None)
        if line is None:
            return msg("{name}: {field} {what}", name=self._file.name, field=field, what=what)
        told = msg("{name}, line {line}: {field} {what}")
        return told.of(name=self._file.name, line=line, field=field, what=what)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
