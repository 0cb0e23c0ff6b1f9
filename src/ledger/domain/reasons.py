"""Typed reasons: a code for the event, a sentence for the vault."""

from __future__ import annotations

from ledger.domain.events import REASON_CODES
from ledger.domain.metadata import PersonalData
from ledger.errors import BadReason
from ledger.message import msg

REASON_MAX_CHARACTERS = 2_000


def split_reason(text: str) -> tuple[str, PersonalData | None]:
    """Split "goodwill", "goodwill: long wait" or a sentence alone into its code and its sentence.

    The sentence goes to the vault's class `tax`, because it explains what was billed. Raises BadReason for
    an empty or an overlong text.
    """
    stripped = text.strip()
    head, _, tail = stripped.partition(":")
    code, sentence = (head.strip(), tail.strip()) if head.strip() in REASON_CODES else ("other", stripped)
    if not stripped or len(stripped) > REASON_MAX_CHARACTERS:
        raise BadReason(msg("a reason is a code or a sentence of at most 2000 characters"))
    return code, PersonalData("tax", {"reason": sentence}) if sentence else None
