"""`SigningAfterCommit`: the log is signed once events that must be signed at once are committed."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager

from ledger.domain.events import SIGNED_AT_ONCE, RecordedEvent
from ledger.errors import LedgerError


class SigningAfterCommit:
    """Signs after a commit, or once after several. A refusal to sign is kept; what was recorded stands."""

    def __init__(self, sign: Callable[[], object]) -> None:
        self._sign = sign
        self._is_due = False
        self._waiting = 0
        self.refusal: LedgerError | None = None
        """Why the last signing was refused; None once one has succeeded."""

    def committed(self, recorded: Iterable[RecordedEvent]) -> None:
        """Sign, now or at the end of `once`, where one of the committed events must be signed at once."""
        if any(type(event.event) in SIGNED_AT_ONCE for event in recorded):
            self._is_due = True
            self._settle()

    @contextmanager
    def once(self) -> Generator[None]:
        """Sign once for everything committed inside, when it ends or fails."""
        self._waiting += 1
        try:
            yield
        finally:
            self._waiting -= 1
            self._settle()

    def _settle(self) -> None:
        if not self._is_due or self._waiting:
            return
        self._is_due = False
        try:
            self._sign()
        except LedgerError as refusal:
            self.refusal = refusal
        else:
            self.refusal = None
