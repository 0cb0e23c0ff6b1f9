"""Forms as they are shown: empty, or once more with what was typed and why it was refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from cli.desk.fields import Field, form_of, new_form
from cli.desk.links import place_of
from cli.desk.seats import Draft
from cli.presentation.catalogue import said, spoken
from cli.presentation.text import Lang, harmless
from cli.presentation.wording import desk as wording
from cli.presentation.wording.events import EVENTS
from cli.presentation.wording.vocabulary import VOCABULARY
from ledger.application.ledger import Ledger
from ledger.errors import ClockBehind, CommandReused, Conflict, LedgerError, SeenOld
from ledger.message import Hint, Message, Step, msg

CLOCK_IS_RIGHT = (Field("clock_is_right", wording.CLOCK_IS_RIGHT, "check"),)


class Choice(NamedTuple):
    """One of a field's codes, and the word for it."""

    code: str
    word: str


class FieldShown(NamedTuple):
    """A field as the page shows it."""

    id: str
    name: str
    label: str
    kind: str
    value: str
    choices: tuple[Choice, ...]
    is_required: bool
    help: str


class FormShown(NamedTuple):
    """A form: where it is sent, what it carries unseen, its button, whether it stands open."""

    name: str
    action: str
    label: str
    button: str
    fields: tuple[FieldShown, ...]
    hidden: tuple[tuple[str, str], ...]
    is_open: bool
    is_primary: bool = False
    is_frequent: bool = False
    is_grave: bool = False


class Part(NamedTuple):
    """A piece of a hint: words, or a command, with its page where there is one."""

    text: str
    href: str
    is_command: bool


class RefusalShown(NamedTuple):
    """A refusal as the page shows it; `came` is what was recorded since the page was opened."""

    fact: str
    hint: tuple[Part, ...]
    code: str
    came: tuple[str, ...]
    href: str


def form(
    name: str,
    action: str,
    label: Message,
    fields: tuple[Field, ...],
    lang: Lang,
    *,
    seen: int | None = None,
    draft: Draft | None = None,
    form_id: str = "",
    is_open: bool = False,
    is_primary: bool = False,
    is_frequent: bool = False,
    is_grave: bool = False,
    typed: Mapping[str, str] | None = None,
    more: tuple[tuple[str, str], ...] = (),
) -> FormShown:
    """Return a form; of a draft with what was typed, under its own id unless that is used up."""
    given = draft.typed if draft is not None else typed or {}
    is_used = draft is not None and isinstance(draft.refusal, CommandReused)
    known = form_id or (form_of(draft.typed) if draft is not None else "")
    hidden = [("form", known if known and not is_used else new_form())]
    if seen is not None:
        hidden.append(("seen", str(seen)))
    button = said(label, lang)
    if draft is not None and isinstance(draft.refusal, SeenOld):
        button = said(msg("Record all the same: {what}", what=button), lang)
    elif is_used:
        button = said(msg("Record as a new one: {what}", what=button), lang)
    shown = tuple(_field(name, field, given, lang, is_again=draft is not None) for field in fields)
    return FormShown(
        name,
        action,
        said(label, lang),
        button,
        shown,
        (*hidden, *more),
        is_open or draft is not None,
        is_primary,
        is_frequent,
        is_grave,
    )


def _field(
    form_name: str, field: Field, given: Mapping[str, str], lang: Lang, *, is_again: bool
) -> FieldShown:
    words = VOCABULARY.get(field.vocabulary, {})
    choices = tuple(Choice(code, said(words.get(code, code), lang)) for code in field.codes)
    return FieldShown(
        f"{form_name}-{field.name}",
        field.name,
        said(field.label, lang),
        field.kind,
        given.get(field.name, "" if is_again else field.preset),
        choices,
        field.is_required,
        said(field.help, lang) if field.help is not None else "",
    )


def clock_behind(ledger: Ledger) -> ClockBehind | None:
    """Return the refusal that waits for what is final: the clock is behind the log. None where it is not.

    A form for such work asks by CLOCK_IS_RIGHT then, as the commands do by --clock-is-right.
    """
    try:
        ledger.check_clock()
    except ClockBehind as error:
        return error
    return None


def refusal(error: LedgerError, lang: Lang) -> RefusalShown:
    """Return a refusal in the user's language, with what leads on."""
    came: tuple[str, ...] = ()
    hint: str | Hint = error.hint
    href = ""
    if isinstance(error, SeenOld):
        hint = Hint(wording.SEEN_OLD)
        came = tuple(
            f"{spoken(each.at, lang)} {each.by}: {said(EVENTS.get(each.event, each.event), lang)}"
            for each in error.since
        )
    elif isinstance(error, CommandReused):
        hint = Hint(wording.REUSED)
        if error.receipt is not None and error.receipt.session is not None:
            href = f"/session/{error.receipt.session}"
    elif isinstance(error, Conflict) and not hint:
        hint = Hint(wording.SEEN_OLD)
    return RefusalShown(harmless(said(error.message, lang)), _parts(hint, lang), error.code, came, href)


def _parts(hint: str | Hint, lang: Lang) -> tuple[Part, ...]:
    """Return a hint in pieces, its commands as links to the pages where they are given."""
    if not isinstance(hint, Hint):
        return (Part(hint, "", is_command=False),) if hint else ()
    steps = {f"\x00{number}\x00": each for number, each in enumerate(hint.steps)}
    marks = dict(zip((id(each) for each in hint.steps), steps, strict=True))
    message = hint.message
    values = {
        name: marks[id(value)] if isinstance(value, Step) else value for name, value in message.values.items()
    }
    text = said(Message(message.template, values, message.context, message.plural, message.count), lang)
    found: list[Part] = []
    while text:
        before, mark, rest = text.partition("\x00")
        if before:
            found.append(Part(harmless(before), "", is_command=False))
        if not mark:
            break
        number, _, text = rest.partition("\x00")
        each = steps[f"\x00{number}\x00"]
        place = place_of(each)
        if place is None:
            found.append(Part(harmless(str(each)), "", is_command=True))
        else:
            found.append(Part(harmless(said(place.name, lang)), place.href, is_command=False))
    return tuple(found)
