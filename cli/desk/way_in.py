"""The way in: the desk's own folder of this user, one desk a ledger, and tickets that are used once.

A ticket is 32 random bytes. The file of a ticket bears its hash as a name, so that who reads the folder's
listing cannot come in with it; removing that file uses the ticket up.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import stat
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, cast, get_args

from cli.desk.seats import Kind
from ledger.errors import FileTrouble
from ledger.folder import access, lock
from ledger.folder.atomic_write import patiently
from ledger.message import msg

TICKET_SECONDS_MAX = 120
_LOCK, _DESK = "desk.lock", "desk.json"
_TICKET, _LEAD = ".ticket", ".html"


class Address(NamedTuple):
    """Where a desk answers: the one name of its Host header, with the port, and its process."""

    host: str
    process: int

    @property
    def origin(self) -> str:
        """The origin of its pages."""
        return f"http://{self.host}"


class Ticket(NamedTuple):
    """Who comes in, and to what."""

    by: str
    kind: Kind


class WayIn:
    """The folder of the desk over one ledger, readable for this user alone."""

    def __init__(self, runtime: Path, ledger: Path) -> None:
        name = hashlib.sha256(os.fsencode(ledger.resolve())).hexdigest()[:16]
        self.folder = runtime / "desk" / name
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _require_own(runtime, self.folder.parent, self.folder)
        access.restrict(self.folder)
        self._descriptor: int | None = None

    def claim(self) -> bool:
        """Be the desk over this ledger until `leave`; False where another process is."""
        descriptor = os.open(self.folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            lock.claim(descriptor)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        self._clear()  # of a desk that was killed, or whose window was closed
        return True

    def leave(self) -> None:
        """Be it no longer; no ticket stays."""
        self._clear()
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _clear(self) -> None:
        """Take away the tickets, and the word of where a desk answers."""
        for left in [*self.folder.glob(f"*{_TICKET}"), *self.folder.glob(f"*{_LEAD}"), self.folder / _DESK]:
            with suppress(OSError):
                left.unlink(missing_ok=True)

    def announce(self, address: Address) -> None:
        """Write where the desk answers, for whoever starts a second one."""
        self._write(_DESK, json.dumps(address._asdict()))

    def running(self) -> Address | None:
        """Return where the running desk answers; None while it starts."""
        try:
            told = json.loads((self.folder / _DESK).read_text(encoding="utf-8"))
            return Address(str(told["host"]), int(told["process"]))
        except (OSError, ValueError, KeyError):
            return None

    # --- tickets ------------------------------------------------------------------------------

    def ticket(self, ticket: Ticket) -> str:
        """Make a ticket and return it; it is good once, for two minutes."""
        token = secrets.token_urlsafe(32)
        self._write(f"{_hash(token)}{_TICKET}", json.dumps(ticket._asdict()))
        return token

    def use(self, token: str) -> Ticket | None:
        """Use a ticket up; None for one that was used, is too old, or never was."""
        file = self.folder / f"{_hash(token)}{_TICKET}"
        with suppress(OSError):  # a browser may still read it on Windows: it goes with the desk
            (self.folder / f"{_hash(token)}{_LEAD}").unlink(missing_ok=True)
        try:
            age_s = time.time() - file.stat().st_mtime
            told = json.loads(file.read_text(encoding="utf-8"))
            patiently(file.unlink)  # only one of two that come at once gets past this line
        except (OSError, ValueError):
            return None
        if age_s > TICKET_SECONDS_MAX or told.get("kind") not in get_args(Kind):
            return None
        return Ticket(str(told["by"]), cast("Kind", told["kind"]))

    def leading(self, token: str, address: str) -> Path:
        """Write a page that leads on to an address: so no ticket stands in a list of processes."""
        name = f"{_hash(token)}{_LEAD}"
        page = (
            f'<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0; url={address}">\n'
        )
        self._write(name, page)
        return self.folder / name

    def _write(self, name: str, text: str) -> None:
        """Write a file for this user alone, whole from the moment it has its name."""
        file = self.folder / name
        beside = file.with_suffix(f".{secrets.token_hex(4)}")
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(text)
        patiently(lambda: beside.replace(file))


def _require_own(*folders: Path) -> None:
    """Raise FileTrouble unless the folders are this user's, and nobody else may write there."""
    if os.name == "nt":
        return  # an access list closes the folder there
    for folder in folders:
        found = folder.lstat()
        if found.st_uid != os.getuid() or found.st_mode & 0o022 or not stat.S_ISDIR(found.st_mode):
            raise FileTrouble(msg("{folder} can be changed by others", folder=folder))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
