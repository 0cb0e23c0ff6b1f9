"""Types of options and arguments: typed text into the ledger's own values; anything else exits 2."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, TypeVar, get_args

import click

from cli.deferred import Asked, Deferred
from cli.errors import BadValue
from cli.presentation.text import Lang
from ledger.domain import events
from ledger.domain.clock import Period, office_time, parse_instant, parse_period
from ledger.domain.day_words import NOW_WORDS, TYPED_HINT, Lean, day_of, is_spoken, spoken_instant
from ledger.domain.identifiers import KEY_LENGTH_MAX, check_key, check_token
from ledger.domain.money import parse_amount
from ledger.errors import BadCombination, BadDate, BadInstant, BadKey, BadSetting, LedgerError
from ledger.message import Hint, Message, msg

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Read = TypeVar("Read")

_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_POLISH_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


class Now(Enum):
    """The moment typed as `now`; the ledger's clock says when that is."""

    NOW = "now"


NOW: Final = Now.NOW


class Typed(click.ParamType[Any]):
    """A value read by one of the ledger's own parsers; its refusal names the option."""

    def __init__(self, name: str, read: Callable[[str], object]) -> None:
        self.name = name
        self._read = read

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - Click's own signature
        """Return the value as read; a default that is one already is returned as it is."""
        if not isinstance(value, str):
            return value
        try:
            return self._read(value)
        except LedgerError as error:
            raise BadValue(error, param, ctx) from error


class Word(click.Choice[str]):
    """A code of the ledger's vocabulary, typed as it is or in words of either language; gives the code."""

    def __init__(self, kind: str, codes: Sequence[str]) -> None:
        super().__init__(codes)
        self.kind = kind

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ANN401 - Click's own signature
        """Return the code."""
        if isinstance(value, str) and value not in self.choices:
            from cli.presentation.wording.typed import code_of

            value = code_of(self.kind, value, self.choices) or value
        return super().convert(value, param, ctx)

    def get_metavar(self, param: click.Parameter, ctx: click.Context) -> str | None:
        """Return the forms to type, in the language of the run."""
        metavar = super().get_metavar(param, ctx)
        if language_of(ctx) == "en" or metavar is None:
            return metavar
        return f"{metavar[0]}{'|'.join(self._forms(ctx))}{metavar[-1]}"

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:  # noqa: ANN401 - the same
        """Return Click's sentence, with the forms of the run's language."""
        return click.Choice(self._forms(ctx)).get_invalid_choice_message(value, ctx)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Complete the forms of the run's language."""
        return click.Choice(self._forms(ctx)).shell_complete(ctx, param, incomplete)

    def _forms(self, ctx: click.Context | None) -> list[str]:
        return self.forms(language_of(ctx))

    def forms(self, lang: Lang) -> list[str]:
        """Return the forms to type in a language, in the order of the codes."""
        if lang == "en":
            return list(self.choices)
        from cli.presentation.wording.typed import forms_of

        return [forms_of(self.kind, code, lang)[0] for code in self.choices]


def language_of(ctx: click.Context | None) -> Lang:
    """Return the language of a run, as the root command has it."""
    root = None if ctx is None else ctx.find_root().command
    lang: Lang = getattr(root, "lang", "en")
    return lang


class Key(Typed):
    """A key that is in events for ever; the error names its option and never shows the key."""

    def __init__(self, name: str, what: Message) -> None:
        super().__init__(name, lambda text: check_key(text, what))


class Instant(Typed):
    """A UTC datetime, or NOW. A time alone and a day by its word are read by the ledger's clock.

    `lean` is the side of now on which the moment lies; where `needs_time` is not set, a day's word will do.
    """

    def __init__(self, *, lean: Lean = "past", needs_time: bool = True) -> None:
        super().__init__("instant", parse_instant)
        self._lean: Lean = lean
        self._needs_time = needs_time

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - Click's own signature
        """Return the moment, NOW, or what the app reads."""
        if not isinstance(value, str):
            return value
        if value.strip().lower() in NOW_WORDS:
            return NOW
        if is_spoken(value):
            return Deferred(lambda app: self.spoken(value, app), param, ctx)
        try:
            return parse_instant(value)
        except BadInstant as error:
            raise BadValue(BadInstant(error.message, hint=TYPED_HINT), param, ctx) from error
        except LedgerError as error:
            raise BadValue(error, param, ctx) from error

    def spoken(self, text: str, app: Asked) -> datetime:
        """Return the moment of a time alone or of a day's word."""
        return spoken_instant(text, app.clock(), lean=self._lean, needs_time=self._needs_time)


class Day(Typed):
    """A date of the office calendar; `today` and its like by the ledger's clock."""

    def __init__(self) -> None:
        super().__init__("date", _read_date)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - Click's own signature
        """Return the day, or what the app reads."""
        if isinstance(value, str) and day_of(value, date.min + timedelta(days=9)) is not None:
            return Deferred(lambda app: day_of(value, office_time(app.clock()).date()), param, ctx)
        return super().convert(value, param, ctx)


class Stretch(Typed):
    """FROM..UNTIL, two instants that are over: a tuple of UTC datetimes."""

    def __init__(self) -> None:
        super().__init__("stretch", lambda text: text)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - Click's own signature
        """Return what the app reads."""
        if not isinstance(value, str):
            return value
        begins, dots, closes = value.partition("..")
        if not dots:
            raise BadValue(BadCombination(msg("--add is FROM..UNTIL"), hint=STRETCH_HINT), param, ctx)

        def read(app: Asked) -> tuple[Any, ...]:
            both = (INSTANT.convert(each, param, ctx) for each in (begins, closes))
            return tuple(_moment(each, app) for each in both)

        return Deferred(read, param, ctx)


class NamedCustomer(Typed):
    """A customer by code, in any case; by NIP or a part of the name too, unless only codes are taken.

    What is typed is no key yet and is in no event: the code that it stands for is, and is said back.
    """

    def __init__(self, *, by_name: bool = True, for_reports: bool = False) -> None:
        super().__init__("customer", lambda text: text)
        self._by_name = by_name
        self._for_reports = for_reports

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - Click's own signature
        """Return what the app reads."""
        if not isinstance(value, str):
            return value
        text = value.strip()
        if not text:
            raise BadValue(BadKey(msg("{what} is empty", what=_THE_CUSTOMER)), param, ctx)
        if len(text) > KEY_LENGTH_MAX or not text.isprintable():
            raise BadValue(BadKey(msg("{what} cannot be read", what=_THE_CUSTOMER)), param, ctx)
        return Deferred(lambda app: self._found(text, app), param, ctx)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Offer codes with names."""
        del param
        from cli import completion

        return completion.offered(ctx, incomplete, completion.customers)

    def _found(self, text: str, app: Asked) -> str:
        from ledger.errors import SeveralCustomers
        from ledger.handlers.customer_search import Match, named, of_code, several

        ledger = app.open(for_reports=self._for_reports)
        try:
            found = named(ledger, text) if self._by_name else of_code(ledger, text)
        except SeveralCustomers as error:
            raise several(map(Match._make, error.matches), with_names=app.shows_names()) from None
        if found.code != text:
            app.say_customer(found.code, found.name)
        return found.code


class DocumentNumber(Typed):
    """The number of a billing document, in any case."""

    def __init__(self) -> None:
        super().__init__("number", lambda text: text)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - Click's own signature
        """Return what the app reads: the number as it was issued, or as typed where there is none."""
        return Deferred(lambda app: app.open().issued_number(value), param, ctx)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Offer the numbers that were issued."""
        del param
        from cli import completion

        return completion.offered(ctx, incomplete, completion.documents)


class SessionName(click.ParamType[str]):
    """A session's number or reference, as it is typed."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ANN401 - Click's own signature
        """Return it."""
        del param, ctx
        return str(value)

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Offer the sessions whose data is not deleted."""
        del param
        from cli import completion

        return completion.offered(ctx, incomplete, completion.sessions)


class Order(Key):
    """The reference of an order."""

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Offer the orders of the customer that is named, or of all."""
        del param
        from cli import completion

        named = ctx.params.get("customer")
        return completion.offered(ctx, incomplete, lambda app, text: completion.orders(app, text, named))


class Reason(SessionName):
    """A reason: a code, a sentence, or both."""

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Offer the codes, in the language of the run."""
        return REASON_CODE.shell_complete(ctx, param, incomplete)


class Setting(Typed):
    """A pair of key and value."""

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Offer the names of settings, and values where there is a list of them."""
        del ctx, param
        from cli import completion

        return completion.settings(incomplete)


def _moment(read: datetime | Now | Deferred, app: Asked) -> datetime:
    if isinstance(read, datetime):
        return read
    if isinstance(read, Now):
        return app.open().now()
    moment: datetime = read.value(app)
    return moment


def _read_date(text: str) -> date:
    stripped = text.strip()
    if match := _ISO_DATE.fullmatch(stripped):
        year, month, day = match.groups()
    elif match := _POLISH_DATE.fullmatch(stripped):
        day, month, year = match.groups()
    else:
        raise BadDate(msg("{text!r} is not a day", text=stripped))
    try:
        return date(int(year), int(month), int(day))
    except ValueError as error:
        raise BadDate(msg("{text!r} is not a day", text=stripped)) from error


def _read_setting(text: str) -> tuple[str, str | None]:
    """Return key and value; None for a word without =."""
    key, equals, value = text.partition("=")
    if not key.strip():
        raise BadSetting(msg("a setting has no key or no ="))
    return key.strip(), value.strip() if equals else None


STRETCH_HINT = Hint('--add "2026-11-16 10:00..2026-11-16 10:20"')

INSTANT = Instant()
"""A moment that is over, as what is recorded is: a UTC datetime, or NOW."""
PLANNED = Instant(lean="future")
"""A moment to come."""
ANY_INSTANT = Instant(lean="any", needs_time=False)
"""A moment of any time; a day will do."""
SEEN_INSTANT = Instant(needs_time=False)
"""A moment that is over; a day will do."""
DOCUMENT_NUMBER = DocumentNumber()
"""The number of a billing document."""
DATE = Day()
"""A date of the office calendar."""
STRETCH = Stretch()
"""Two moments that are over."""
PERIOD = Typed("period", parse_period)
"""A `ledger.domain.clock.Period`."""
AMOUNT = Typed("amount", parse_amount)
"""Integer grosze."""
SETTING = Setting("key=value", _read_setting)
"""A pair of key and value."""
SESSION = SessionName()
"""A session's number or reference."""
REASON = Reason()
"""A reason as it is typed."""
TOKEN = Typed("id", lambda text: check_token(text, "the id"))
"""One printable word."""

_THE_CUSTOMER = msg("the customer's code")
CUSTOMER = NamedCustomer()
"""A customer's code; typed as code, name or NIP."""
REPORTED_CUSTOMER = NamedCustomer(for_reports=True)
"""The same for commands that only report."""
CUSTOMER_CODE = NamedCustomer(by_name=False)
"""A customer's code where a name that means another would do harm."""
NEW_CUSTOMER = Key("customer", _THE_CUSTOMER)
SESSION_REF = Key("ref", msg("the session's reference"))
ORDER_REF = Order("ref", msg("the order's reference"))
HANDLE = Key("handle", msg("the technician's handle"))
CODE = Key("code", msg("the code"))

ARTEFACT_KIND = Word("artefact", get_args(events.ArtefactKind))
ISSUE = Word("issue", get_args(events.Issue))
CHANNEL = Word("channel", get_args(events.Channel))
ENDED_BY = Word("ended_by", get_args(events.EndedBy))
ACCEPTED_HOW = Word("accepted_how", get_args(events.AcceptedHow))
CONSUMER = Word("consumer", get_args(events.Consumer))
VAT_TREATMENT = Word("vat_treatment", get_args(events.VatTreatment))
REASON_CODE = Word("reason", events.REASON_CODES)

__all__ = [
    "ACCEPTED_HOW",
    "AMOUNT",
    "ANY_INSTANT",
    "ARTEFACT_KIND",
    "CHANNEL",
    "CODE",
    "CONSUMER",
    "CUSTOMER",
    "CUSTOMER_CODE",
    "DATE",
    "DOCUMENT_NUMBER",
    "ENDED_BY",
    "HANDLE",
    "INSTANT",
    "ISSUE",
    "NEW_CUSTOMER",
    "NOW",
    "ORDER_REF",
    "PERIOD",
    "PLANNED",
    "REASON",
    "REASON_CODE",
    "REPORTED_CUSTOMER",
    "SEEN_INSTANT",
    "SESSION",
    "SESSION_REF",
    "SETTING",
    "STRETCH",
    "TOKEN",
    "VAT_TREATMENT",
    "Now",
    "Period",
]
