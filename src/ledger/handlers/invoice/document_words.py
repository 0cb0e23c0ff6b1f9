"""Words that are written into a document which stands for ever: always Polish, whatever language the run has.

They stand here and in no catalogue: one that is mended later must not change what was issued.
"""

from __future__ import annotations

REASONS = {
    "wrong-time": "błędnie podany czas pomocy",
    "wrong-issue": "błędnie podany rodzaj sprawy",
    "wrong-customer": "błędnie podany nabywca",
    "missing-connection": "brakujące połączenie",
    "double-entry": "podwójny zapis",
    "goodwill": "ulga uznaniowa",
    "complaint": "uznana reklamacja",
    "checked": "sprawdzono i poprawiono",
    "legal-claim": "roszczenie",
    "inspection": "kontrola",
    "contract": "zmiana umowy",
    "data-changed": "zmiana danych",
    "price-change": "zmiana ceny",
}
"""Why a document is corrected, by the code of the reason; `other` has its sentence alone."""
REASON_MAX_CHARACTERS = 256
"""What FA(3) takes in PrzyczynaKorekty."""


def correction_reason(code: str, sentence: str | None) -> str:
    """Return the reason of a correction as its document tells it: the code in words, then the sentence."""
    known = REASONS.get(code)
    if sentence is None:
        return known or "inna przyczyna"
    told = sentence if known is None else f"{known}: {sentence}"
    return told if len(told) <= REASON_MAX_CHARACTERS else sentence
