"""KSeF as ledger.toml names it, with what the environment or the system's key store holds of the login."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from cli.secret import secret
from ledger.application.ledger import Ledger
from ledger.domain.clock import office_time

if TYPE_CHECKING:
    from ledger.ksef.client import Ksef

LONG_SECONDS = 5
"""A pause at least this long is announced."""


def ksef_for(ledger: Ledger, forced_now: str | None, tell: Callable[[float], None]) -> Ksef:
    """Return KSeF, not logged in yet; `tell` is given each long pause, in seconds.

    Raises BadConfig, KsefLoginMissing and what else `access_of` does.
    """
    from ledger.ksef.client import Ksef
    from ledger.ksef.settings import Secrets, access_of

    secrets = Secrets(secret("SESSION_LEDGER_KSEF_TOKEN"), secret("SESSION_LEDGER_KSEF_KEY_PASSWORD"))
    access = access_of(ledger.folder.read_config(), secrets, office_time(ledger.now()).date())
    is_forced = ledger.state.testing and forced_now

    def sleep(seconds: float) -> None:
        if is_forced:  # a clock that a test sets does not move while anybody waits
            return
        if seconds >= LONG_SECONDS:
            tell(seconds)
        time.sleep(seconds)

    return Ksef(access, sleep)
