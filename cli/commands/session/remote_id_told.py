"""A note about a remote ID that misses digits, or has too many."""

from __future__ import annotations

from cli.context import App
from ledger.message import msg

REMOTE_ID_DIGITS = range(8, 11)
"""How many digits the IDs of TeamViewer and AnyDesk have; old ones fewer."""


def tell_of_odd_id(app: App, remote_id: str | None) -> None:
    """Say that an ID misses digits, or has too many: misheard, it would be found at the month's end only."""
    digits = "".join((remote_id or "").split())
    if digits.isdigit() and len(digits) not in REMOTE_ID_DIGITS:
        app.say(
            msg(
                "note: this remote ID has {count} digits; those of TeamViewer and AnyDesk have 8 to 10",
                count=len(digits),
            )
        )
