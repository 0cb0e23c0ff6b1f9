"""Kinds of options and arguments: words of the vocabulary, keys, moments and days."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

import click

from cli.deferred import Asked, Deferred
from cli.errors import BadValue
from cli.presentation.text import Lang
from ledger.domain.clock import office_time, parse_day, parse_instant, parse_period
from ledger.domain.identifiers import check_key
from ledger.errors import BadCombination, BadInstant, LedgerError
from ledger.message import Hint, Message, msg

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from ledger.domain.clock import Period
    from ledger.domain.day_words import Lean

STRETCH_HINT = Hint('--add "2026-11-16 10:00..2026-11-16 10:20"')


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
        """Return Click's sentence, with the forms of the run's language, and the one that is nearest."""
        from cli import suggestions

        likely = suggestions.value(self.kind, str(value), self.choices, language_of(ctx))
        sentence = click.Choice(self._forms(ctx)).get_invalid_choice_message(value, ctx)
        return f"{sentence} {suggestions.asked(likely)}".rstrip()

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

    `lean` is the side of now on which the moment lies; where `needs_time` is not set, a day will do.
    """

    def __init__(self, *, lean: Lean = "past", needs_time: bool = True) -> None:
        super().__init__("instant", parse_instant)
        self._lean: Lean = lean
        self._needs_time = needs_time

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - Click's own signature
        """Return the moment, NOW, or what the app reads."""
        if not isinstance(value, str):
            return value
        from ledger.domain.day_words import NOW_WORDS, TYPED_HINT, is_spoken

        if value.strip().lower() in NOW_WORDS:
            return NOW
        if is_spoken(value):
            return Deferred(lambda app: self.spoken(value, app), param, ctx)
        try:
            return parse_instant(value, needs_time=self._needs_time)
        except BadInstant as error:
            raise BadValue(BadInstant(error.message, hint=TYPED_HINT), param, ctx) from error
        except LedgerError as error:
            raise BadValue(error, param, ctx) from error

    def spoken(self, text: str, app: Asked) -> datetime:
        """Return the moment of a time alone or of a day's word."""
        from ledger.domain.day_words import spoken_instant

        return spoken_instant(text, app.clock(), lean=self._lean, needs_time=self._needs_time)


class Day(Typed):
    """A date of the office calendar; `today` and its like by the ledger's clock."""

    def __init__(self) -> None:
        super().__init__("date", parse_day)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - Click's own signature
        """Return the day, or what the app reads."""
        if not isinstance(value, str):
            return value
        from ledger.domain.day_words import day_of

        if day_of(value, date.min + timedelta(days=9)) is not None:
            return Deferred(lambda app: day_of(value, office_time(app.clock()).date()), param, ctx)
        return super().convert(value, param, ctx)


class Months(Typed):
    """A `ledger.domain.clock.Period`; a month named alone is read by the ledger's clock, and that is said."""

    def __init__(self) -> None:
        super().__init__("period", parse_period)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:  # noqa: ANN401 - Click's own signature
        """Return the period, or what the app reads."""
        if not isinstance(value, str):
            return value
        from ledger.domain.day_words import day_of
        from ledger.domain.period_words import named_month

        some_day = date.min.replace(year=2)
        if day_of(value, some_day) is not None:
            return Deferred(lambda app: parse_period(self._day(value, app).isoformat()), param, ctx)
        if named_month(value, some_day) is not None:
            return Deferred(lambda app: self._newest(value, app), param, ctx)
        period = super().convert(value, param, ctx)
        if ".." in value and (period.until + timedelta(days=1)).day == 1:
            return Deferred(lambda app: self._without_last(period, app), param, ctx)
        return period

    @staticmethod
    def _without_last(period: Period, app: Asked) -> Period:
        """Return a period that leaves out the last day of a month, which few mean: that is said."""
        app.say(
            msg(
                "the period leaves {day} out: {period} has it",
                day=period.until,
                period=f"{period.first}..{period.until + timedelta(days=1)}",
            )
        )
        return period

    @staticmethod
    def _day(typed: str, app: Asked) -> date:
        from ledger.domain.day_words import day_of

        found = day_of(typed, office_time(app.clock()).date())
        assert found is not None  # noqa: S101 - it is one on any day
        return found

    @staticmethod
    def _newest(typed: str, app: Asked) -> object:
        from ledger.domain.period_words import named_month

        found = named_month(typed, office_time(app.clock()).date())
        assert found is not None  # noqa: S101 - it is one on any day
        month = "{:04d}-{:02d}".format(*found)
        app.say(msg("{typed} is taken for {month}", typed=typed.strip(), month=month))
        return parse_period(month)


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
            both = (Instant().convert(each, param, ctx) for each in (begins, closes))
            return tuple(_moment(each, app) for each in both)

        return Deferred(read, param, ctx)


def _moment(read: datetime | Now | Deferred, app: Asked) -> datetime:
    if isinstance(read, datetime):
        return read
    if isinstance(read, Now):
        return app.open().now()
    moment: datetime = read.value(app)
    return moment
