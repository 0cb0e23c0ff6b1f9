"""The entry: `session-ledger [--ledger DIR] [--lang pl|en] [-v] [--no-color] COMMAND …`.

Nothing here imports a command, a storage or a library that formats; commands bring what they need.

Exit status: 0 done, 1 refused, 2 usage, 3 a check found something, 4 somebody else was first; beyond the
contract 70 for a defect, 130 when interrupted, 141 when the reader of stdout went away, 143 when told to end.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
import time
from collections.abc import Mapping, Sequence
from io import TextIOWrapper
from signal import SIGTERM, signal
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

import click

from cli.lazy_group import COMMAND_IN_META, LazyGroup
from cli.localized import localized
from cli.log import log
from cli.presentation.catalogue import VARIABLE, choose, global_options, said, wanted_language
from cli.registry import COMMANDS, COMPLETION_VARIABLE, GROUPS, PROGRAM, Entry, tool

if TYPE_CHECKING:
    from cli.presentation.text import Lang

INTERRUPTED = 130
TOLD_TO_END = 143
READER_GONE = 141
PIPE_GONE = errno.EINVAL if os.name == "nt" else errno.EPIPE
WRITTEN_BY_OTHERS = 0o022
"""Taken from the mode of every file that is made, whatever the umask: nobody else writes into a ledger."""
OBJECTS_BEFORE_A_LOOK = 50_000
"""Objects made before the collector looks for cycles: loading modules makes many, and no cycles."""


def main() -> NoReturn:
    """Run the command line and exit."""
    gc.set_threshold(OBJECTS_BEFORE_A_LOOK)
    signal(SIGTERM, _end)
    os.umask(os.umask(0) | WRITTEN_BY_OTHERS)
    speak_utf8()
    status = run(sys.argv[1:])
    gc.freeze()  # all is written and closed: what is left need not be looked through before the end
    sys.exit(status)


def speak_utf8() -> None:
    """Read and write UTF-8, also in a pipe, where Windows has a code page of its own.

    Reports are written as bytes in UTF-8; with messages in another encoding one file would hold both.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(
                encoding="utf-8", errors="backslashreplace", newline=None if stream.isatty() else "\n"
            )
    typed = sys.stdin
    if isinstance(typed, TextIOWrapper) and not typed.isatty():
        typed.reconfigure(encoding="utf-8-sig")  # PowerShell puts a mark before what it hands on


def _end(*_: object) -> NoReturn:
    """End as after Ctrl-C: half-done work is taken back, and no process or file of it stays."""
    sys.exit(TOLD_TO_END)


def run(
    args: Sequence[str], entries: Mapping[str, Entry] = COMMANDS, groups: Mapping[str, str] = GROUPS
) -> int:
    """Run one command line and return its exit status; every failure is reported on stderr."""
    if instruction := os.environ.get(COMPLETION_VARIABLE):
        return _complete(instruction, entries, groups)
    lang = wanted_language(args, os.environ)
    choose(lang)
    root = make_root(entries, groups, lang)
    try:
        return _run(root, args, lang)
    except (KeyboardInterrupt, click.Abort):
        from ledger.message import msg

        click.echo(said(msg("interrupted"), lang), err=True)
        return INTERRUPTED
    except SystemExit:  # only _end exits
        from ledger.message import msg

        click.echo(said(msg("told to end"), lang), err=True)
        return TOLD_TO_END
    except BrokenPipeError:
        from cli.errors import quieten_stdout

        quieten_stdout()
        return READER_GONE
    finally:
        if trouble := log.close():
            from cli.errors import tell_of_log

            tell_of_log(trouble, lang)


def _complete(instruction: str, entries: Mapping[str, Entry], groups: Mapping[str, str]) -> int:
    """Answer a shell that asks what may be typed next; it hands the words over in COMP_WORDS."""
    from pathlib import Path

    from click.shell_completion import shell_complete

    from cli.context import TabApp

    words = os.environ.get("COMP_WORDS", "").split()[1:]
    lang = wanted_language(words, os.environ)
    choose(lang)
    named = global_options(words).get("--ledger") or os.environ.get("SESSION_LEDGER_DIR")
    app = TabApp(None if named is None else Path(named), lang)
    try:
        root = make_root(entries, groups, lang)
        return shell_complete(root, {"obj": app}, PROGRAM, COMPLETION_VARIABLE, instruction)
    finally:
        app.close()


def _run(root: LazyGroup, args: Sequence[str], lang: Lang) -> int:
    ctx: click.Context | None = None
    color = _colour_wanted(args)
    began = time.perf_counter()
    try:
        _check_utf8(args)
        ctx = root.make_context(PROGRAM, list(args), color=color)
        with ctx:
            root.invoke(ctx)
        status = 0
    except click.exceptions.Exit as asked:
        status = asked.exit_code
    except (BrokenPipeError, click.Abort):
        raise
    except Exception as error:
        if _is_reader_gone(error):
            raise BrokenPipeError from error
        from cli.errors import report

        status = report(error, color=color, lang=lang)
    status = _flushed(status, color, lang)
    command = ctx.meta.get(COMMAND_IN_META) if ctx is not None else None
    log.info("ended", command=command, exit_status=status, seconds=round(time.perf_counter() - began, 3))
    return status


def _is_reader_gone(error: BaseException) -> bool:
    """Return True where nobody reads a pipe any more: Windows says then that an argument is invalid."""
    return (
        isinstance(error, OSError)
        and error.errno == PIPE_GONE
        and error.filename is None
        and (os.name == "posix" or _is_pipe(sys.stdout))
    )


def _is_pipe(stream: TextIO) -> bool:
    """Return True for a stream into a pipe; what is no stream of the system is none."""
    import stat

    try:
        return stat.S_ISFIFO(os.fstat(stream.fileno()).st_mode)
    except OSError:
        return False


def _flushed(status: int, color: bool | None, lang: Lang) -> int:  # noqa: FBT001 - three-valued
    """Flush stdout and return the exit status; a full disk is reported unless the command failed before."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        if _is_reader_gone(error):
            raise BrokenPipeError from error
        from cli.errors import quieten_stdout, report

        quieten_stdout()
        return status or report(error, color=color, lang=lang)
    return status


def _check_utf8(args: Sequence[str]) -> None:
    """Refuse bytes that are no text, so that no later code has to expect them."""
    for number, argument in enumerate(args, start=1):
        try:
            argument.encode()
        except UnicodeEncodeError:
            from ledger.errors import BadUsage
            from ledger.message import msg

            raise BadUsage(msg("word {number} of the command line is not UTF-8", number=number)) from None


def _colour_wanted(args: Sequence[str]) -> bool | None:
    """Return False if colour was declined, else None: a terminal gets it, a file does not."""
    refused = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb" or "--no-color" in args
    return False if refused else None


def make_root(entries: Mapping[str, Entry], groups: Mapping[str, str], lang: Lang = "en") -> LazyGroup:
    """Build the root group over a table of commands."""
    root = LazyGroup(
        PROGRAM,
        entries,
        groups,
        lang,
        callback=_sit_down,
        params=_global_options(),
        help="The book in which a shop proves what its remote help costs and that its data are deleted.",
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    return localized(root, lang)


def _global_options() -> list[click.Parameter]:
    return [
        click.Option(
            ["--ledger", "ledger_dir"],
            type=click.Path(file_okay=False),
            metavar="DIR",
            envvar="SESSION_LEDGER_DIR",
            help="The ledger's folder; also SESSION_LEDGER_DIR. Default: the user's data folder.",
        ),
        click.Option(
            ["--lang"],
            type=click.Choice(["pl", "en"]),
            envvar=VARIABLE,
            help="Language; also SESSION_LEDGER_LANG. Default: the ledger's, else the system's.",
        ),
        click.Option(["-v", "--verbose"], is_flag=True, help="Say on stderr what is being done."),
        click.Option(["--no-color"], is_flag=True, help="No colour on a terminal; also NO_COLOR."),
        click.Option(
            ["--log-file"],
            type=click.Path(dir_okay=False),
            metavar="FILE",
            envvar="SESSION_LEDGER_LOG",
            help="Append a log of JSON lines without personal data; also SESSION_LEDGER_LOG.",
        ),
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_tell_version,
            help="Show the version and exit.",
        ),
    ]


def _tell_version(ctx: click.Context, param: click.Parameter, asked: bool) -> None:  # noqa: FBT001 - Click calls it so
    del param
    if asked and not ctx.resilient_parsing:
        click.echo(tool())
        ctx.exit()


@click.pass_context
def _sit_down(ctx: click.Context, /, **options: Any) -> None:  # noqa: ANN401 - the global options
    """Make the app that every command gets; --help never calls this."""
    from cli.context import App

    if isinstance(ctx.command, LazyGroup):
        options["lang"] = ctx.command.lang  # --lang and what else tells it was looked at before
    ctx.obj = App.from_options(ctx.color, **options)
    ctx.call_on_close(ctx.obj.close)
