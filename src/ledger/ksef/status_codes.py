"""What the codes of KSeF mean for a document, in plain words.

Named is what KSeF publishes as checked ("Weryfikacja faktury" of ksef-docs, 2026-04-09); no sums are.
"""

from __future__ import annotations

from typing import NamedTuple


class CodeWords(NamedTuple):
    """The same in both languages of the command line."""

    pl: str
    en: str


CODES = {
    405: CodeWords(
        "KSeF przerwał przetwarzanie, bo sesja zakończyła się błędem",
        "KSeF stopped working on it because the session failed",
    ),
    410: CodeWords(
        "zalogowany nie ma prawa wystawiać faktur za tego sprzedawcę",
        "who logged in may not issue invoices for this seller",
    ),
    415: CodeWords("ma załącznik, a sprzedawca ich nie zgłosił", "it has an attachment nobody announced"),
    430: CodeWords(
        "plik odrzucony: schemat FA(3), kodowanie UTF-8, niedozwolone znaki albo rozmiar",
        "the file is refused: the schema FA(3), UTF-8, characters that are not allowed, or its size",
    ),
    435: CodeWords("KSeF nie odszyfrował pliku", "KSeF could not decrypt the file"),
    440: CodeWords("KSeF ma już dokument o tym numerze", "KSeF has a document under this number already"),
    450: CodeWords(
        "treść odrzucona: data wystawienia w przyszłości albo NIP z błędną cyfrą kontrolną",
        "what it says is refused: a day of issue ahead, or a NIP whose check digit is wrong",
    ),
    500: CodeWords("nieznany błąd po stronie KSeF", "an unknown failure of KSeF itself"),
    550: CodeWords("KSeF sam anulował operację; można ponowić", "KSeF cancelled it; it may be sent again"),
}
OF_THE_CONTENT = frozenset({430, 440, 450})
"""Sent again, the same document is rejected again."""
_OTHER = CodeWords("KSeF nie przyjął dokumentu", "KSeF did not take the document")


def words_of(code: int) -> CodeWords:
    """What a code means; never what KSeF quotes of the document."""
    return CODES.get(code, _OTHER)
