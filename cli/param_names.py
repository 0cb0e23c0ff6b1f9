"""Kinds of options and arguments that name what is in the ledger: customers, sessions, documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from cli.deferred import Asked, Deferred
from cli.errors import BadValue
from ledger.domain import events
from ledger.domain.identifiers import KEY_LENGTH_MAX, composed
from ledger.errors import BadKey, BadSetting
from ledger.message import msg

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

from cli.param_types import Key, Typed, Word

_THE_CUSTOMER = msg("the customer's code")


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
        ledger = app.open(for_reports=self._for_reports)
        code = composed(text)
        if ledger.store.resolve("customer", code) is not None:
            return code
        from ledger.errors import SeveralCustomers
        from ledger.handlers.customer_search import Match, named, of_code, several

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
        return Word("reason", events.REASON_CODES).shell_complete(ctx, param, incomplete)


class Setting(Typed):
    """A pair of key and value."""

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        """Offer the names of settings, and values where there is a list of them."""
        del ctx, param
        from cli import completion

        return completion.settings(incomplete)


def read_setting(text: str) -> tuple[str, str | None]:
    """Return key and value; None for a word without =."""
    key, equals, value = text.partition("=")
    if not key.strip():
        raise BadSetting(msg("a setting has no key or no ="))
    return key.strip(), value.strip() if equals else None
