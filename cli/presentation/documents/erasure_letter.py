"""The answer to a request for erasure as a letter: the same facts, the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from cli.presentation.catalogue import said
from cli.presentation.text import Lang, harmless
from cli.presentation.wording import labels
from ledger.domain.clock import office_time
from ledger.domain.events import Kept
from ledger.handlers.privacy.erasure_request import Answered
from ledger.message import Message, msg

SUFFIXES = (".txt", ".md")
WIDTH = 80

_SUBJECT = msg("Answer to a request for erasure of data")
_OUTCOME = {
    "erased": msg("The request was met."),
    "partly": msg("The request was met in part; below is what is kept, and why."),
    "refused": msg("The request could not be met; below is what is kept, and why."),
}
_OWN_DATA = msg("the customer's data: name, NIP, address, e-mail, names of products bought")
_NOT_COVERED = (
    msg("records of sessions and amounts under the customer's code: hours and prices, no name, no contact"),
    msg("fingerprints of remote IDs, which say nothing any more once their month is closed"),
    msg("backups from before the erasure, until the day on which they are deleted themselves"),
    msg("data at the vendor of the remote tool and on your own computer"),
)
_COMPLAINT = msg(
    "A complaint about this answer can be lodged with the President of the Personal Data "
    "Protection Office in Poland, Prezes UODO (Article 77 GDPR). Going to court is possible as "
    "well (Article 79 GDPR)."
)


def letter(origin: str, answered: Answered, *, lang: Lang, markdown: bool) -> str:
    """Return the letter, ending in a newline; `answered.name` is the only name in it."""
    lines = [harmless(line) for line in _lines(origin, answered, lang, heading="## " if markdown else "")]
    if markdown:
        return "\n".join(lines) + "\n"
    return "\n".join(part for line in lines for part in _wrapped(line)) + "\n"


def kept_line(kept: Kept) -> Message:
    """Return what is kept, why and until when, as a line of the command's answer."""
    what = kept_words(kept)
    return msg("kept: {what}", what=what)


def kept_words(kept: Kept) -> Message:
    """Return what is kept, why and until when, as the letter lists it."""
    what = {
        "session": msg("data of a session (contact, ID, description)"),
        "tax": msg("invoices, and reasons and notes that explain amounts"),
        "customer": _OWN_DATA,
    }[kept.data]
    law = _law(kept.law)
    until = "" if kept.until is None else msg(", until {until}", until=kept.until)
    return msg("{what}; {law}{until}", what=what, law=law, until=until)


def _law(law: str) -> str | Message:
    """Return the name of a provision, or the ledger's own reason in words."""
    if law.startswith("hold: session "):
        number = law.removeprefix("hold: session ")
        return msg("session {number}: held for claims (Article 17(3)(e) GDPR)", number=number)
    if law.startswith("session ") and law.endswith(" is open"):
        number = law.split()[1]
        return msg("session {number} is open", number=number)
    if law.startswith("session ") and law.endswith(" is to be purged first"):
        number = law.split()[1]
        return msg("the files of session {number} have to go first", number=number)
    return law


def _lines(origin: str, answered: Answered, lang: Lang, *, heading: str) -> Iterator[str]:
    erased = answered.erased
    asked, answered_on = (office_time(at).date() for at in (answered.requested_at, erased.at))
    code = answered.customer
    dated = msg("Date: {answered_on}", answered_on=answered_on)
    to = msg("To: {name}", name=answered.name or msg("customer {code}", code=code))
    about = msg("Request of {asked}, customer code {code}.", asked=asked, code=code)
    yield from (origin, "", said(dated, lang), "", said(to, lang), "", heading + said(_SUBJECT, lang), "")
    yield f"{said(about, lang)} {said(_OUTCOME[erased.outcome], lang)}"
    yield from _section(_erased(answered), labels.ERASED, lang, heading)
    yield from _section([*map(kept_words, erased.kept)], msg("Kept"), lang, heading)
    covered = msg("What the erasure does not cover")
    yield from _section(_NOT_COVERED, covered, lang, heading)
    yield from (
        "",
        heading + said(msg("Right to complain"), lang),
        "",
        said(_COMPLAINT, lang),
    )


def _erased(answered: Answered) -> list[Message]:
    erased = answered.erased
    if erased.outcome == "refused":
        return []
    count = erased.sessions
    sessions = msg(
        "data of remote-help sessions (contact, remote ID, description); number of sessions: {count}",
        count=count,
    )
    return [_OWN_DATA, *([sessions] if count else [])]


def _section(
    texts: list[Message] | tuple[Message, ...], title: Message, lang: Lang, heading: str
) -> Iterator[str]:
    if texts:
        yield from ("", heading + said(title, lang), "")
        yield from (f"- {said(text, lang)}" for text in texts)


def _wrapped(line: str) -> list[str]:
    indent = "  " if line.startswith("- ") else ""
    return wrap(line, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False) or [""]
