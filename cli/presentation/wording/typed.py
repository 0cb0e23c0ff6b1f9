"""What a hand may type for a code, in another language than the code's."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from cli.presentation.catalogue import said
from cli.presentation.text import Lang
from ledger.message import Message, msg_in

TYPED: dict[str, dict[str, Message]] = {
    "document_day": {
        "issued": msg_in("typed document_day", "issued"),
        "help": msg_in("typed document_day", "help"),
        "vat": msg_in("typed document_day", "vat"),
    },
    "read_model": {
        "sessions": msg_in("typed read_model", "sessions"),
        "billing": msg_in("typed read_model", "billing"),
        "deletions": msg_in("typed read_model", "deletions"),
    },
    "session_state": {
        "requested": msg_in("typed session_state", "requested"),
        "connected": msg_in("typed session_state", "connected"),
        "disconnected": msg_in("typed session_state", "disconnected"),
        "ended": msg_in("typed session_state", "ended"),
        "purged": msg_in("typed session_state", "purged"),
        "cancelled": msg_in("typed session_state", "cancelled"),
    },
    "issue": {
        "hardware": msg_in("typed issue", "hardware"),
        "other": msg_in("typed issue", "other"),
        "test": msg_in("typed issue", "test"),
    },
    "channel": {
        "phone": msg_in("typed channel", "phone"),
        "email": msg_in("typed channel", "email"),
        "chat": msg_in("typed channel", "chat"),
        "in_person": msg_in("typed channel", "in_person"),
        "other": msg_in("typed channel", "other"),
    },
    "ended_by": {
        "technician": msg_in("typed ended_by", "technician"),
        "customer": msg_in("typed ended_by", "customer"),
        "link-lost": msg_in("typed ended_by", "link-lost"),
    },
    "accepted_how": {
        "phone": msg_in("typed accepted_how", "phone"),
        "chat": msg_in("typed accepted_how", "chat"),
        "email": msg_in("typed accepted_how", "email"),
    },
    "consumer": {
        "yes": msg_in("typed consumer", "yes"),
        "no": msg_in("typed consumer", "no"),
        "sole_trader": msg_in("typed consumer", "sole_trader"),
        "unknown": msg_in("typed consumer", "unknown"),
    },
    "vat_treatment": {
        "pl": msg_in("typed vat_treatment", "pl"),
        "eu": msg_in("typed vat_treatment", "eu"),
        "non_eu": msg_in("typed vat_treatment", "non_eu"),
        "ask": msg_in("typed vat_treatment", "ask"),
    },
    "artefact": {
        "received": msg_in("typed artefact", "received"),
        "chat": msg_in("typed artefact", "chat"),
        "recording": msg_in("typed artefact", "recording"),
        "screenshot": msg_in("typed artefact", "screenshot"),
    },
    "reason": {
        "wrong-time": msg_in("typed reason", "wrong-time"),
        "wrong-issue": msg_in("typed reason", "wrong-issue"),
        "wrong-customer": msg_in("typed reason", "wrong-customer"),
        "missing-connection": msg_in("typed reason", "missing-connection"),
        "double-entry": msg_in("typed reason", "double-entry"),
        "goodwill": msg_in("typed reason", "goodwill"),
        "complaint": msg_in("typed reason", "complaint"),
        "checked": msg_in("typed reason", "checked"),
        "legal-claim": msg_in("typed reason", "legal-claim"),
        "inspection": msg_in("typed reason", "inspection"),
        "contract": msg_in("typed reason", "contract"),
        "data-changed": msg_in("typed reason", "data-changed"),
        "price-change": msg_in("typed reason", "price-change"),
        "other": msg_in("typed reason", "other"),
    },
    "outage": {
        "failure": msg_in("typed outage", "failure"),
        "unavailability": msg_in("typed outage", "unavailability"),
        "total": msg_in("typed outage", "total"),
    },
    "payment_method": {
        "transfer": msg_in("typed payment_method", "transfer"),
        "card": msg_in("typed payment_method", "card"),
        "cash": msg_in("typed payment_method", "cash"),
    },
    "sent_how": {
        "email": msg_in("typed sent_how", "email"),
        "post": msg_in("typed sent_how", "post"),
        "handed": msg_in("typed sent_how", "handed"),
    },
    "review": {
        "ok": msg_in("typed review", "ok"),
        "exception": msg_in("typed review", "exception"),
    },
    "record_state": {
        "unmatched": msg_in("typed record_state", "unmatched"),
        "matched": msg_in("typed record_state", "matched"),
        "dismissed": msg_in("typed record_state", "dismissed"),
    },
    "correction_effect": {
        "original": msg_in("typed correction_effect", "original"),
        "correction": msg_in("typed correction_effect", "correction"),
        "other": msg_in("typed correction_effect", "other"),
    },
    "rest": {"overpaid": msg_in("typed rest", "overpaid")},
    "set_aside": {
        "outgoing": msg_in("typed set_aside", "outgoing"),
        "private": msg_in("typed set_aside", "private"),
        "other": msg_in("typed set_aside", "other"),
    },
    "favour": {"customer": msg_in("typed favour", "customer")},
    "deletion_kind": {
        "sessions": msg_in("typed deletion_kind", "sessions"),
        "erasures": msg_in("typed deletion_kind", "erasures"),
        "retention": msg_in("typed deletion_kind", "retention"),
        "keys": msg_in("typed deletion_kind", "keys"),
    },
}
"""By kind and code; the catalogue has the forms of a language, parted by `|`. Codes are always taken."""
_LETTERS_WITHOUT_PARTS = str.maketrans("łŁ", "lL")
_ALIKE = str.maketrans("_ ", "--")


def folded(text: str) -> str:
    """Return a form as forms are compared: without case and diacritics, `_`, space and `-` alike."""
    parts = unicodedata.normalize("NFKD", text.strip().translate(_LETTERS_WITHOUT_PARTS))
    plain = "".join(character for character in parts if not unicodedata.combining(character))
    return plain.casefold().translate(_ALIKE)


def forms_of(kind: str, code: str, lang: Lang) -> tuple[str, ...]:
    """Return what a hand may type for a code in a language, the usual form first."""
    named = TYPED[kind].get(code)
    return (code,) if lang == "en" or named is None else tuple(said(named, lang).split("|"))


def code_of(kind: str, text: str, codes: Iterable[str]) -> str | None:
    """Return the code that was typed, as it is or in words; None for anything else.

    The forms of every language are taken, whatever the language of the run: a hand types what it is used to.
    """
    wanted = folded(text)
    for code in codes:
        if folded(code) == wanted:
            return code
    for code in codes:
        if wanted in map(folded, forms_of(kind, code, "pl")):
            return code
    return _shown(kind, wanted, tuple(codes))


def _shown(kind: str, wanted: str, codes: Sequence[str]) -> str | None:
    """Return the code that tables and papers call so, in either language; None where two are called alike."""
    from cli.presentation.wording.vocabulary import VOCABULARY

    words = VOCABULARY.get(kind, {})
    langs: tuple[Lang, ...] = ("pl", "en")
    found = {c for c in codes if c in words and wanted in {folded(said(words[c], lang)) for lang in langs}}
    return found.pop() if len(found) == 1 else None
