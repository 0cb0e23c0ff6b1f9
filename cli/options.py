"""Options that many commands share, each one decorator."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click
from msgspec import Struct

from cli.context import App
from cli.param_types import Instant
from cli.params import (
    ANY_INSTANT,
    HANDLE,
    INSTANT,
    NOW,
    PERIOD,
    REPORTED_CUSTOMER,
    SEEN_INSTANT,
    TOKEN,
)
from ledger.domain.clock import format_instant
from ledger.domain.events import REASON_CODES
from ledger.domain.identifiers import NOBODY, check_key, handle_of
from ledger.errors import BadText, NoTerminal, NothingToRead
from ledger.message import Message, msg

if TYPE_CHECKING:
    from ledger.application.ledger import Metadata, Receipt

Command = TypeVar("Command", bound=Callable[..., Any])

_REPEATED = msg("recorded before; nothing was changed")
TYPED_LENGTH_MAX = 4000
_ASK_IN_META = "cli.ask"


# --- recording --------------------------------------------------------------------------------


class Recording(Struct, frozen=True):
    """The recorder, the workstation, the command id, and the form of the answer."""

    by: str
    workstation: str
    command_id: str | None = None
    as_json: bool = False
    if_version: int | None = None

    def said(self) -> Metadata:
        """Return it as the metadata that handlers take."""
        from ledger.application.ledger import Metadata

        return Metadata(self.by, self.workstation, self.command_id, seen=self.if_version)

    def own_handle(self) -> str:
        """Return the recorder where --by names another: `session end --by customer`."""
        named = os.environ.get("SESSION_LEDGER_BY")
        return check_key(named, "SESSION_LEDGER_BY") if named else _system_handle()

    def tell(self, app: App, line: str | Message, receipt: Receipt, **more: object) -> None:
        """Print what was recorded: `line` for people, or the object scripts rely on, with `more` in it."""
        self.tell_repeated(app, receipt)
        if not self.as_json:
            app.emit(line)
            return
        topics = [event.event.TOPIC.partition(":")[0] for event in receipt.events]
        concerned: dict[str, Any] = {} if receipt.session is None else {"session": receipt.session}
        answer = {"events": topics, "event": topics[-1] if topics else None}
        app.emit(concerned | answer | {"recorded_at": format_instant(receipt.recorded_at)} | more)

    @staticmethod
    def tell_repeated(app: App, receipt: Receipt) -> None:
        """Say on stderr that a command had been recorded before, where it had."""
        if receipt.repeated:
            app.say(_REPEATED)


def if_version_option(command: Command) -> Command:
    """Add --if-version, above `recording_options`, to a command that changes one thing."""
    option = click.option(
        "--if-version",
        type=click.IntRange(min=0),
        metavar="N",
        help="Only if nothing was recorded of it since version N, the number of its events.",
    )
    return option(command)


def tell_version(app: App, version: int) -> None:
    """Name on stderr the version that a page shows, for --if-version."""
    app.hint(
        msg(
            "this is version {version}; --if-version {version} refuses a command once it has changed",
            version=version,
        )
    )


def by_option(command: Command) -> Command:
    """--by: who says it; the system's user."""
    option = click.option(
        "--by",
        type=HANDLE,
        envvar="SESSION_LEDGER_BY",
        default=_system_handle,
        show_default="the system's user",
        help="Who says so; also SESSION_LEDGER_BY.",
    )
    return option(command)


def workstation_option(command: Command) -> Command:
    """--workstation: where it is said; this host."""
    option = click.option(
        "--workstation", type=TOKEN, default=_host_name, show_default="this host", help="Where it is said."
    )
    return option(command)


def recording_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """--command-id, --by, --workstation and -f; the command gets them as one `recording`."""

    @click.option("--command-id", type=TOKEN, help="A repeat with the same id and content changes nothing.")
    @by_option
    @workstation_option
    @click.option(
        "-f",
        "--format",
        "answer",
        type=click.Choice(["text", "json"]),
        default="text",
        help="A line for people, or an object for scripts.",
    )
    @functools.wraps(command)
    def recorded(*args: Any, **options: Any) -> Any:  # noqa: ANN401 - hands on what Click gave
        given = {name: options.pop(name) for name in ("by", "workstation", "command_id")}
        seen = options.pop("if_version", None)
        recording = Recording(**given, as_json=options.pop("answer") == "json", if_version=seen)
        return command(*args, recording=recording, **options)

    return recorded


def _system_handle() -> str:
    import getpass

    try:
        return handle_of(getpass.getuser())
    except (OSError, KeyError):  # a user number without a name: a container
        return NOBODY


def _host_name() -> str:
    import platform

    return handle_of(platform.node())


def _now_is_none(ctx: click.Context, param: click.Parameter, value: object) -> object:
    del ctx, param
    return None if value is NOW else value


def at_option(command: Command) -> Command:
    """--at: the moment it happened; None is the ledger's own now."""
    return _at(INSTANT, "When it happened: 18:40, yesterday 18:40, 16.11.2026 18:40.")(command)


def day_or_at_option(command: Command) -> Command:
    """--at: the moment, or the day, it happened; None is the ledger's own now."""
    return _at(SEEN_INSTANT, "When it happened; a day will do.")(command)


def any_at_option(command: Command) -> Command:
    """--at: a moment of any time that is asked about; None is the ledger's own now."""
    return _at(ANY_INSTANT, "The moment asked about: 18:40, tomorrow 18:40, 16.11.2026 18:40.")(command)


def _at(kind: Instant, said: str) -> Callable[[Command], Command]:
    return click.option("--at", type=kind, callback=_now_is_none, show_default="now", help=said)


def as_of_option(command: Command) -> Command:
    """--as-of: only what was recorded up to then; None is everything, NOW the clock's now."""
    option = click.option("--as-of", type=SEEN_INSTANT, help="Only what was recorded up to then.")
    return option(command)


def period_options(command: Command) -> Command:
    """--period, --customer and --as-of."""
    period = click.option(
        "--period",
        required=True,
        type=PERIOD,
        help="2026-11, 'November 2026', 11.2026, 2026-Q4, 2026, a day, or FROM..UNTIL.",
    )
    customer = click.option("--customer", type=REPORTED_CUSTOMER, help="Only this customer.")
    return period(customer(as_of_option(command)))


def dry_run_option(command: Command) -> Command:
    """--dry-run: tell what would be done, and do nothing."""
    return click.option("--dry-run", is_flag=True, help="Tell what would be done, and do nothing.")(command)


def clock_is_right_option(command: Command) -> Command:
    """Add --clock-is-right, for a log that is ahead since a clock once was."""
    return click.option(
        "--clock-is-right",
        is_flag=True,
        help="The log is ahead, since a clock once was, and this one is right. What is recorded tells both.",
    )(command)


def yes_option(command: Command) -> Command:
    """--yes: do not ask."""
    return click.option("--yes", is_flag=True, help="Do not ask first.")(command)


# --- personal data ----------------------------------------------------------------------------


def personal_option(*declarations: str, **attrs: Any) -> Callable[[Command], Command]:  # noqa: ANN401 - whatever click.option takes
    """Return an option for personal data: typed, `-` (a line of standard input), or asked for with --ask.

    Several `-` on one command line read one line each, in the order of the options as typed. The code of a
    reason is taken in words of either language.
    """

    def read(ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
        asked_as = getattr(param, "help", None) or ""
        read_value = personal_value(ctx, value, param.opts[0], asked_as)
        return read_value if read_value is None or "--reason" not in param.opts else coded_reason(read_value)

    return click.option(*declarations, callback=read, **attrs)


def coded_reason(text: str) -> str:
    """Return a reason with its code as the ledger has it: "Ulga: czekał" is "goodwill: czekał"."""
    head, colon, sentence = text.partition(":")
    if head.strip() in REASON_CODES:
        return text
    from cli.presentation.wording.typed import code_of

    code = code_of("reason", head, REASON_CODES)
    return text if code is None else f"{code}{colon}{sentence}"


def ask_option(command: Command) -> Command:
    """--ask: every personal option that is not given is asked for on the terminal."""

    def remember(ctx: click.Context, param: click.Parameter, asked: bool) -> None:  # noqa: FBT001 - Click calls it so
        del param
        ctx.meta[_ASK_IN_META] = asked

    option = click.option(
        "--ask",
        is_flag=True,
        is_eager=True,
        expose_value=False,
        callback=remember,
        help="Ask for personal data instead of taking it from the command line.",
    )
    return option(command)


def personal_value(ctx: click.Context, value: str | None, name: str, asked_as: str = "") -> str | None:
    """Return the value of `--name VALUE`: as typed, a line of standard input for `-`, an answer under --ask.

    The question is the beginning of the option's help, in the language of the run.
    Raises NothingToRead, NoTerminal, BadText; none of them repeats the value.
    """
    if value is None and ctx.meta.get(_ASK_IN_META) and not ctx.resilient_parsing:
        value = _asked(name, asked_as.partition(";")[0].rstrip("."))
    elif value == "-":
        value = _line_of_stdin(name)
    if value is not None and len(value) > TYPED_LENGTH_MAX:
        raise BadText(msg("{name} has {characters} characters", name=name, characters=len(value)))
    return value


def _asked(name: str, question: str) -> str | None:
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise NoTerminal(msg("{name} cannot be asked for: there is no terminal", name=name))
    text = f"{question} ({name})" if question else name
    answer: str = click.prompt(text, default="", show_default=False, err=True)
    return answer or None


def _line_of_stdin(name: str) -> str:
    try:
        line = sys.stdin.readline(TYPED_LENGTH_MAX + 2)
    except UnicodeDecodeError:
        from cli.presentation import shell

        raise BadText(msg("{name}: standard input is not UTF-8", name=name), hint=shell.utf8_hint()) from None
    if not line:
        raise NothingToRead(msg("{name} is - and standard input has ended", name=name))
    return line.rstrip("\r\n")
