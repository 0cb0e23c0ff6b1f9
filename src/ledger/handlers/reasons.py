"""What the commands of every noun share: repeats, typed reasons."""

from __future__ import annotations

from ledger.application.ledger import PersonalData
from ledger.domain.events import (
    REASON_CODES,
    ArtefactNoted,
    Event,
    Requested,
    SourceImported,
    SourceSessionAmended,
    SourceSessionObserved,
    WorkspaceMade,
)
from ledger.errors import BadReason
from ledger.vault.cipher import VaultClass

REASON_MAX_CHARACTERS = 2_000
_OF_SESSIONS = (
    Requested,
    WorkspaceMade,
    ArtefactNoted,
    SourceSessionObserved,
    SourceSessionAmended,
    SourceImported,
)
"""Facts whose words say whom a session was with."""


def split_reason(text: str) -> tuple[str, PersonalData | None]:
    """A reason code and the typed sentence: "goodwill", "goodwill: long wait" or just a sentence.

    A code from REASON_CODES at the beginning is the event's; the sentence goes to the vault's class
    `tax`, because it explains what was billed. Raises BadReason when nothing is said.
    """
    stripped = text.strip()
    head, _, tail = stripped.partition(":")
    code, sentence = (head.strip(), tail.strip()) if head.strip() in REASON_CODES else ("other", stripped)
    if not stripped or len(stripped) > REASON_MAX_CHARACTERS:
        raise BadReason("a reason is a code or a sentence of at most 2000 characters")
    return code, PersonalData("tax", {"reason": sentence}) if sentence else None


def vault_class_of(event: Event) -> VaultClass:
    """The class of the vault that keeps the words of a fact."""
    if isinstance(event, _OF_SESSIONS):
        return "session"
    return "customer" if event.TOPIC.startswith(("customer.", "purchase.")) else "tax"
