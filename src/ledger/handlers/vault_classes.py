"""The class of the vault that an event's personal data belongs to."""

from __future__ import annotations

from ledger.domain.events import (
    ArtefactNoted,
    Event,
    Requested,
    SourceImported,
    SourceSessionAmended,
    SourceSessionObserved,
    WorkspaceMade,
)
from ledger.vault.cipher import VaultClass

_OF_SESSIONS = (
    Requested,
    WorkspaceMade,
    ArtefactNoted,
    SourceSessionObserved,
    SourceSessionAmended,
    SourceImported,
)
"""Events whose personal data identifies the customer of a session."""


def vault_class_of(event: Event) -> VaultClass:
    """Return the class of the vault that keeps the personal data of an event."""
    if isinstance(event, _OF_SESSIONS):
        return "session"
    return "customer" if event.TOPIC.startswith(("customer.", "purchase.")) else "tax"
