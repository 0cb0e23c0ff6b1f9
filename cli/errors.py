"""Report of a failed command, and its exit status.

`Error: <fact> (<code>)` and a line `hint: <what to do>`, on stderr. The text of an error that nobody
foresaw may hold a customer's data: of a defect only the class and the place are shown, in the log (-v, or
--log-file) the calls that led there as well, and never a value.
"""

from __future__ import annotations

import sys
from types import TracebackType

import click

from cli.log import log
from cli.presentation.catalogue import said
from cli.presentation.text import HINT, Lang, harmless
from ledger.errors import BadUsage, Defect, FileTrouble, LedgerError
from ledger.message import Hint, Message, Step, msg, plain, system_text

OUR_PACKAGES = ("ledger", "projections", "cli")


class BadValue(click.BadParameter):
    """A value of an option or argument that the ledger cannot read; carries the ledger's own error."""

    def __init__(self, error: LedgerError, param: click.Parameter | None, ctx: click.Context | None) -> None:
        super().__init__(error.fact, ctx, param)
        self.error = error

    def named(self) -> LedgerError:
        """Return the ledger's error with the option's name before its fact."""
        if self.param is not None:
            name = self.param.get_error_hint(self.ctx).replace("'", "")
            self.error.message = plain("{name}: {fact}", name=name, fact=self.error.message)
            self.error.fact = str(self.error.message)
        return self.error


def tell(fact: str | Message, code: str, hint: str | Hint, *, color: bool | None, lang: Lang) -> None:
    """Print the two lines of a refusal on stderr."""
    head = click.style(said(msg("Error:"), lang), fg="red", bold=True)
    click.echo(f"{head} {harmless(said(fact, lang))} ({code})", err=True, color=color)
    if hint:
        click.echo(f"{said(HINT, lang)} {harmless(said(hint, lang))}", err=True)


def report(error: Exception, *, color: bool | None, lang: Lang) -> int:
    """Report a failure and return the exit status."""
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return error.exit_code
    if refusal := _refusal(error):
        tell(refusal.message, refusal.code, refusal.hint, color=color, lang=lang)
        log.warning("refused", code=refusal.code)
        return refusal.exit_status
    calls = _calls(error.__traceback__)
    tell(_defect_fact(error, calls), Defect.code, Defect.hint, color=color, lang=lang)
    log.error("defect", code=Defect.code, error_class=type(error).__name__, calls=calls)
    return Defect.exit_status


def tell_of_log(error: OSError, lang: Lang) -> None:
    """Say that the log ends too early, and why; what the command did stands."""
    refusal = _of_system(error)
    why = refusal.message if refusal else type(error).__name__
    click.echo(harmless(said(msg("the log was not written to its end: {why}", why=why), lang)), err=True)


def _refusal(error: Exception) -> LedgerError | None:
    """Return the failure as an error of the ledger; None if it is a defect."""
    if isinstance(error, LedgerError):
        return error
    if isinstance(error, BadValue):
        return error.named()
    if isinstance(error, click.FileError):
        return FileTrouble(plain("{text}", text=error.format_message()))
    if isinstance(error, click.ClickException):
        if isinstance(error, click.exceptions.NoSuchOption):
            from cli.suggestions import improve

            improve(error)
        ctx = error.ctx if isinstance(error, click.UsageError) else None
        words = (*ctx.command_path.split()[1:], "--help") if ctx else ()
        hint = Hint(Step(words[0], words[1:])) if words else None
        text = " ".join(error.format_message().split()).removesuffix(".")  # Click speaks for itself
        if isinstance(error, click.BadParameter) and error.param and isinstance(error.param.type, click.Path):
            text = text.replace("\\\\", "\\")  # a path of Windows as it was typed, not as Python writes it
        return BadUsage(plain("{text}", text=text), hint=hint)
    return _of_system(error) if isinstance(error, OSError) else None


def _of_system(error: OSError) -> LedgerError | None:
    """Return what the system refused; None for an error that names no cause."""
    from ledger.folder.not_written import known_trouble

    if known := known_trouble(error, error.filename or msg("what is written")):
        return known
    if not error.strerror:
        return None
    if not error.filename:
        return FileTrouble(system_text(error))
    return FileTrouble(plain("{name}: {error}", name=error.filename, error=system_text(error)))


def _defect_fact(error: Exception, calls: list[str]) -> Message:
    ours = [call for call in calls if call.partition(":")[0].partition(".")[0] in OUR_PACKAGES]
    return msg("this is a defect: {error} in {place}", error=type(error).__name__, place=(ours or calls)[-1])


def _calls(trace: TracebackType | None) -> list[str]:
    """`module:line function`, outermost first; neither source nor values."""
    import traceback

    return [
        f"{frame.f_globals.get('__name__', '?')}:{line} {frame.f_code.co_name}"
        for frame, line in traceback.walk_tb(trace)
    ]


def quieten_stdout() -> None:
    """Send what is left to the null device: the reader has gone, and Python would complain at exit."""
    import os

    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)
