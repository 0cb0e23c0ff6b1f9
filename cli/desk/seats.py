"""Seats: who sits at the desk since when, and what they typed that was refused. In memory only."""

from __future__ import annotations

import secrets
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Literal

from ledger.errors import LedgerError
from ledger.message import Message

Kind = Literal["desk", "review", "read-only"]
"""Who records; who looks at deletions by codes and records what was found; who only looks."""
SEAT_SECONDS_MAX = 12 * 3600
SEATS_MAX = 16
DRAFTS_MAX = 20
DRAFT_SECONDS_MAX = 600


@dataclass(frozen=True, slots=True)
class Draft:
    """A refused form: its action, what was typed, why it was refused, when (steady seconds)."""

    action: str
    typed: Mapping[str, str]
    refusal: LedgerError
    kept_s: float


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent and is looked at before it is taken in: its name, its bytes, what was chosen."""

    name: str
    content: bytes
    typed: Mapping[str, str]
    kept_s: float


@dataclass(slots=True)
class Seat:
    """One browser that came in with a ticket: by whom it records, and what it may."""

    by: str
    kind: Kind
    began_s: float
    used_s: float
    notices: list[Message] = field(default_factory=list[Message])
    """What was recorded, told on the next page."""
    _upload: tuple[str, Upload] | None = None
    """One file, until it is taken in, another one is sent, or the seat ends."""
    _drafts: OrderedDict[str, Draft] = field(default_factory=OrderedDict[str, Draft])
    _lock: Lock = field(default_factory=Lock)

    def keep(self, name: str, draft: Draft) -> None:
        """Keep a refused form under a name; the oldest goes when there are too many."""
        with self._lock:
            self._drafts[name] = draft
            self._drafts.move_to_end(name)
            while len(self._drafts) > DRAFTS_MAX:
                self._drafts.popitem(last=False)

    def draft(self, name: str, now_s: float) -> Draft | None:
        """Return a refused form that is not too old."""
        with self._lock:
            for old in [key for key, each in self._drafts.items() if now_s - each.kept_s > DRAFT_SECONDS_MAX]:
                del self._drafts[old]
            return self._drafts.get(name)

    def keep_upload(self, name: str, upload: Upload) -> None:
        """Keep a file under the id of its form; the one before goes."""
        with self._lock:
            self._upload = name, upload

    def upload(self, name: str, now_s: float) -> Upload | None:
        """Return a file that is not too old."""
        with self._lock:
            if self._upload is None or now_s - self._upload[1].kept_s > DRAFT_SECONDS_MAX:
                self._upload = None
                return None
            return self._upload[1] if self._upload[0] == name else None

    def forget_upload(self) -> None:
        """Forget the file: it was taken in."""
        with self._lock:
            self._upload = None

    def forget(self, name: str) -> None:
        """Forget a form: it was recorded."""
        with self._lock:
            self._drafts.pop(name, None)

    def tell(self, notice: Message) -> None:
        """Tell something on the next page."""
        with self._lock:
            self.notices.append(notice)

    def told(self) -> list[Message]:
        """Return what is to be told, once."""
        with self._lock:
            told, self.notices = self.notices, []
            return told


class Seats:
    """The seats of a running desk, by the secret in their cookie."""

    def __init__(self, idle_seconds: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._idle_seconds = idle_seconds
        self._seats: dict[str, Seat] = {}
        self._lock = Lock()

    def take(self, by: str, kind: Kind) -> str:
        """Seat somebody and return the secret of the cookie; the seat used longest ago makes room."""
        secret, now_s = secrets.token_urlsafe(32), self.clock()
        with self._lock:
            while len(self._seats) >= SEATS_MAX:
                del self._seats[min(self._seats, key=lambda each: self._seats[each].used_s)]
            self._seats[secret] = Seat(by, kind, now_s, now_s)
        return secret

    def find(self, secret: str | None, *, is_use: bool = True) -> Seat | None:
        """Return the seat of a cookie; None without one, after a pause that was too long, or twelve hours.

        What the page asks by itself is no use of the seat.
        """
        now_s = self.clock()
        with self._lock:
            seat = self._seats.get(secret or "")
            if seat is None:
                return None
            if now_s - seat.used_s > self._idle_seconds or now_s - seat.began_s > SEAT_SECONDS_MAX:
                del self._seats[secret or ""]
                return None
            if is_use:
                seat.used_s = now_s
            return seat

    def leave(self, secret: str | None) -> None:
        """Forget a seat, with all that was typed there."""
        with self._lock:
            self._seats.pop(secret or "", None)
