"""Keys and codes that stand in events for ever, and may therefore name no person.

A customer's code, a session's reference, an order, a technician's handle: each goes through `check_key`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from ledger.errors import BadKey, LooksPersonal
from ledger.message import Message, msg

KEY_LENGTH_MAX = 128
NOBODY = "operator"
UNKNOWN_TECHNICIAN = "unknown"
"""Who connected, where a file does not say: it may be anybody, and never counts as one technician."""

_SPACE = re.compile(r"\s")
_CODE = r"(?=.*[0-9])[\w/.:#-]{1,64}"
# A phone number has nine digits, a NIP ten, a PESEL eleven; shorter and longer runs are codes.
_NUMBER_OF_A_PERSON = re.compile(r"(?<!\d)\d{9,11}(?!\d)")


def looks_personal(text: str) -> Message | None:
    """What makes a key look like personal data, or None when nothing does."""
    if _SPACE.search(text):
        return msg("a space")
    if "@" in text:
        return msg("an @")
    if _NUMBER_OF_A_PERSON.search(text):
        return msg("nine to eleven digits in a row")
    return None


def shown(word: str) -> Message | str:
    """Return a typed word as a refusal may repeat it: a code with a digit, nothing that may name a person."""
    return word if re.fullmatch(_CODE, word) and looks_personal(word) is None else msg("of that name")


def composed(text: str) -> str:
    """The text with every letter in one piece (NFC): some systems type an ó as an o and its accent."""
    return unicodedata.normalize("NFC", text)


def differing_in_case(text: str, codes: Iterable[str]) -> list[str]:
    """Return the codes that are the same text but for capital letters, in their order."""
    wanted = text.casefold()
    return [code for code in codes if code.casefold() == wanted]


def check_token(text: str, what: Message | str) -> str:
    """The text `composed`, when it is one printable word of at most 128 characters; raises BadKey.

    `what` names the key in the error; the text never stands there.
    """
    if not text:
        raise BadKey(msg("{what} is empty", what=what))
    if len(text) > KEY_LENGTH_MAX:
        raise BadKey(msg("{what} has {characters} characters", what=what, characters=len(text)))
    if " " in text or not text.isprintable():
        raise BadKey(msg("{what} holds a space or a character that cannot be printed", what=what))
    return composed(text)


def check_key(text: str, what: Message | str) -> str:
    """The text as `check_token` gives it, when it may stand in events for ever; raises LooksPersonal too."""
    if why := looks_personal(text):
        raise LooksPersonal(msg("{what} contains {why}", what=what, why=why))
    return check_token(text, what)


def handle_of(system_user: str) -> str:
    r"""A technician's handle from the name a person logs in with; always passes `check_key`.

    The domain goes (`FIRMA\jan`, `jan@firma.local` → `jan`), and so does what is neither a letter nor a
    digit; a name that is a person's number, or nothing at all, becomes `operator`.
    """
    name = system_user.rpartition("\\")[2].partition("@")[0].lower()
    handle = re.sub(r"[^a-z0-9ąćęłńóśźż._-]+", "-", name).strip("-")[:KEY_LENGTH_MAX]
    return NOBODY if not handle or looks_personal(handle) else handle
