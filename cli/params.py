"""Types of options and arguments: typed text into the ledger's own values; anything else exits 2."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, Final, TypeVar, get_args

import click

from cli.errors import BadValue
from cli.presentation.text import Lang
from ledger.domain import events
from ledger.domain.clock import Period, parse_day, parse_instant, parse_period
from ledger.domain.identifiers import check_key, check_token
from ledger.domain.money import parse_amount
from ledger.errors import BadSetting, LedgerError
from ledger.message import Message, msg

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

Read = TypeVar("Read")


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
        lang = language_of(ctx)
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


def _read_instant(text: str) -> datetime | Now:
    return NOW if text.strip() == "now" else parse_instant(text)


def _read_setting(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or not key.strip():
        raise BadSetting(msg("a setting has no key or no ="))
    return key.strip(), value.strip()


INSTANT = Typed("instant", _read_instant)
"""A UTC datetime, or NOW."""
DATE = Typed("date", parse_day)
"""A date of the office calendar."""
PERIOD = Typed("period", parse_period)
"""A `ledger.domain.clock.Period`."""
AMOUNT = Typed("amount", parse_amount)
"""Integer grosze."""
SETTING = Typed("key=value", _read_setting)
"""A pair of key and value."""
TOKEN = Typed("id", lambda text: check_token(text, "the id"))
"""One printable word."""

CUSTOMER = Key("customer", msg("the customer's code"))
SESSION_REF = Key("ref", msg("the session's reference"))
ORDER_REF = Key("ref", msg("the order's reference"))
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
    "ARTEFACT_KIND",
    "CHANNEL",
    "CODE",
    "CONSUMER",
    "CUSTOMER",
    "DATE",
    "ENDED_BY",
    "HANDLE",
    "INSTANT",
    "ISSUE",
    "NOW",
    "ORDER_REF",
    "PERIOD",
    "REASON_CODE",
    "SESSION_REF",
    "SETTING",
    "TOKEN",
    "VAT_TREATMENT",
    "Now",
    "Period",
]
