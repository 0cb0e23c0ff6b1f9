"""The answer to a request for erasure as a letter: the same facts, the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from cli.presentation.text import Lang, Text, harmless
from cli.presentation.wording import labels
from ledger.domain.clock import office_time
from ledger.domain.events import Kept
from ledger.handlers.privacy.erasure_request import Answered

SUFFIXES = (".txt", ".md")
WIDTH = 80

_SUBJECT = Text("Odpowiedź na żądanie usunięcia danych osobowych", "Answer to a request for erasure of data")
_OUTCOME = {
    "erased": Text("Żądanie zostało spełnione.", "The request was met."),
    "partly": Text(
        "Żądanie zostało spełnione w części; poniżej podajemy, co zachowano i dlaczego.",
        "The request was met in part; below is what is kept, and why.",
    ),
    "refused": Text(
        "Żądania nie można było spełnić; poniżej podajemy, co zachowano i dlaczego.",
        "The request could not be met; below is what is kept, and why.",
    ),
}
_OWN_DATA = Text(
    "dane klienta: nazwa lub imię i nazwisko, NIP, adres, e-mail, nazwy kupionych produktów",
    "the customer's data: name, NIP, address, e-mail, names of products bought",
)
_NOT_COVERED = (
    Text(
        "zapisy sesji i rozliczeń pod kodem klienta: godziny i kwoty, bez nazwiska i bez kontaktu",
        "records of sessions and amounts under the customer's code: hours and prices, no name, no contact",
    ),
    Text(
        "odciski numerów zdalnych, które przestają cokolwiek mówić z zamknięciem miesiąca",
        "fingerprints of remote IDs, which say nothing any more once their month is closed",
    ),
    Text(
        "kopie zapasowe sprzed usunięcia, do dnia, w którym same są usuwane",
        "backups from before the erasure, until the day on which they are deleted themselves",
    ),
    Text(
        "dane u dostawcy programu do zdalnej pomocy i na Państwa własnym komputerze",
        "data at the vendor of the remote tool and on your own computer",
    ),
)
_COMPLAINT = Text(
    "Na tę odpowiedź można złożyć skargę do Prezesa Urzędu Ochrony Danych Osobowych"
    " (art. 77 RODO). Można też wystąpić na drogę sądową (art. 79 RODO).",
    "A complaint about this answer can be lodged with the President of the Personal Data Protection Office"
    " in Poland, Prezes UODO (Article 77 GDPR). Going to court is possible as well (Article 79 GDPR).",
)


def letter(origin: str, answered: Answered, *, lang: Lang, markdown: bool) -> str:
    """Return the letter, ending in a newline; `answered.name` is the only name in it."""
    lines = [harmless(line) for line in _lines(origin, answered, lang, heading="## " if markdown else "")]
    if markdown:
        return "\n".join(lines) + "\n"
    return "\n".join(part for line in lines for part in _wrapped(line)) + "\n"


def kept_line(kept: Kept) -> Text:
    """Return what is kept, why and until when, as a line of the command's answer."""
    what = kept_words(kept)
    return Text(pl=f"zachowano: {what.pl}", en=f"kept: {what.en}")


def kept_words(kept: Kept) -> Text:
    """Return what is kept, why and until when, as the letter lists it."""
    what = {
        "session": Text(
            "dane sesji (kontakt, numer zdalny, opis)", "data of a session (contact, ID, description)"
        ),
        "tax": Text(
            "faktury oraz uzasadnienia i notatki o kwotach",
            "invoices, and reasons and notes that explain amounts",
        ),
        "customer": _OWN_DATA,
    }[kept.data]
    law = _law(kept.law)
    pl = "" if kept.until is None else f", do {kept.until}"
    en = "" if kept.until is None else f", until {kept.until}"
    return Text(pl=f"{what.pl}; {law.pl}{pl}", en=f"{what.en}; {law.en}{en}")


def _law(law: str) -> Text:
    """Return the name of a provision, or the ledger's own reason in words."""
    if law.startswith("hold: session "):
        number = law.removeprefix("hold: session ")
        return Text(
            f"sesja {number}: wstrzymano usuwanie, roszczenia (art. 17 ust. 3 lit. e RODO)",
            f"session {number}: held for claims (Article 17(3)(e) GDPR)",
        )
    if law.startswith("session ") and law.endswith(" is open"):
        number = law.split()[1]
        return Text(f"sesja {number} jeszcze trwa", f"session {number} is open")
    if law.startswith("session ") and law.endswith(" is to be purged first"):
        number = law.split()[1]
        return Text(
            f"pliki sesji {number} trzeba najpierw usunąć", f"the files of session {number} have to go first"
        )
    return Text(law, law)


def _lines(origin: str, answered: Answered, lang: Lang, *, heading: str) -> Iterator[str]:
    erased = answered.erased
    asked, answered_on = (office_time(at).date() for at in (answered.requested_at, erased.at))
    code = answered.customer
    dated = Text(f"Data: {answered_on}", f"Date: {answered_on}")
    to = Text(f"Adresat: {answered.name or f'klient {code}'}", f"To: {answered.name or f'customer {code}'}")
    about = Text(f"Żądanie z dnia {asked}, kod klienta {code}.", f"Request of {asked}, customer code {code}.")
    yield from (origin, "", dated.said(lang), "", to.said(lang), "", heading + _SUBJECT.said(lang), "")
    yield f"{about.said(lang)} {_OUTCOME[erased.outcome].said(lang)}"
    yield from _section(_erased(answered), labels.ERASED, lang, heading)
    yield from _section([*map(kept_words, erased.kept)], Text("Zachowano", "Kept"), lang, heading)
    covered = Text("Czego usunięcie nie obejmuje", "What the erasure does not cover")
    yield from _section(_NOT_COVERED, covered, lang, heading)
    yield from (
        "",
        heading + Text("Prawo do skargi", "Right to complain").said(lang),
        "",
        _COMPLAINT.said(lang),
    )


def _erased(answered: Answered) -> list[Text]:
    erased = answered.erased
    if erased.outcome == "refused":
        return []
    count = erased.sessions
    sessions = Text(
        f"dane sesji pomocy zdalnej (kontakt, numer zdalny, opis); liczba sesji: {count}",
        f"data of remote-help sessions (contact, remote ID, description); number of sessions: {count}",
    )
    return [_OWN_DATA, *([sessions] if count else [])]


def _section(texts: list[Text] | tuple[Text, ...], title: Text, lang: Lang, heading: str) -> Iterator[str]:
    if texts:
        yield from ("", heading + title.said(lang), "")
        yield from (f"- {text.said(lang)}" for text in texts)


def _wrapped(line: str) -> list[str]:
    indent = "  " if line.startswith("- ") else ""
    return wrap(line, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False) or [""]
