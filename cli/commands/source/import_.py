"""`session-ledger source import`: records that the remote tools wrote themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from inspect import cleandoc
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.commands.source.intake import Taking, read_file, write_errors
from cli.commands.source.live import LIVE, PASSWORD, TOKEN, take_live
from cli.context import App, pass_app
from cli.options import Recording, dry_run_option, recording_options
from cli.params import HANDLE, SEEN_INSTANT, Now
from cli.presentation import next_steps
from cli.presentation.whole_file import keep_input
from ledger.errors import BadCombination, BadSource, ZoneMissing
from ledger.message import msg, plain
from ledger.sources.registry import ADAPTERS, reader

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from ledger.domain.instants import DayOrder
    from ledger.sources.result import TakenFile
    from ledger.sources.spool import Waiting

_ADAPTERS = "\n      ".join(f"{name:<24}{entry.what}" for name, entry in ADAPTERS.items())
_HELP = cleandoc(
    f"""Records of connections as a remote tool wrote them; the same file again changes nothing.

    Every line is counted: read = observed + duplicate + amended + quarantined + skipped. What cannot be
    read goes into quarantine with its number and the reason. A file that grows may come again and again.
    Exit status 3: nothing in a file was understood, and nothing of it recorded. A spool has a folder for each
    adapter; what is done with is moved to processed, what cannot be read at all to quarantined, and what was
    not understood stays. --live asks a server: TeamViewer's (teamviewer-webapi) with the token in
    {TOKEN}, MeshCentral's (meshcentral) with the password in
    {PASSWORD}; their addresses stand in ledger.toml.

    \b
    Adapters:
      {_ADAPTERS}

    \b
    Examples:
      session-ledger source import teamviewer-connections Connections.txt
      session-ledger source import teamviewer-log TeamViewer15_Logfile.log --tz Europe/Warsaw
      session-ledger source import --spool /srv/spool --tz Europe/Warsaw
    """
)


@click.command("import", help=_HELP)
@click.argument("adapter", required=False)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--spool", type=click.Path(path_type=Path), metavar="DIR", help="Every file that waits there.")
@click.option("--live", is_flag=True, help="Ask the server instead of reading a file.")
@click.option("--since", type=SEEN_INSTANT, help="How far back to ask; default: the last record known.")
@click.option("--instance", type=HANDLE, help="Which of several such sources it is.")
@click.option("--tz", "zone", metavar="ZONE", help="The zone of local times that do not say theirs.")
@click.option("--encoding", default="utf-8-sig", show_default="utf-8", help="For example cp1250.")
@click.option(
    "--dates",
    type=click.Choice(["dmy", "mdy"]),
    help="The order of day and month in dates with slashes, where the file does not show it.",
)
@click.option(
    "--errors",
    "errors_file",
    type=click.Path(path_type=Path),
    metavar="FILE.csv",
    help="Write the lines in quarantine there, with the reason.",
)
@dry_run_option
@recording_options
@pass_app
def import_(
    app: App,
    recording: Recording,
    adapter: str | None,
    files: tuple[Path, ...],
    spool: Path | None,
    since: datetime | Now | None,
    instance: str | None,
    zone: str | None,
    encoding: str,
    dates: DayOrder | None,
    errors_file: Path | None,
    *,
    live: bool,
    dry_run: bool,
) -> None:
    """Import the files one by one, each in a transaction of its own."""
    from ledger.sources.adapter import Options
    from ledger.sources.result import DEFAULT_INSTANCE, SourceFile

    if adapter is not None:
        reader(adapter)
    _check(adapter, files, spool, live=live, since=since is not None)
    keep_input(errors_file, files)
    taking = Taking(app, recording, Options(encoding, _zone(zone), dates), dry_run)
    taken: list[TakenFile] = []
    waits = False
    try:
        if spool is not None:
            waits = _take_spool(taking, spool, instance or DEFAULT_INSTANCE, taken.append)
        elif live:
            taken.append(take_live(taking, adapter or "", app.moment(since), instance))
        for number, file in enumerate(files, start=1):
            source = SourceFile(adapter or "", file.name, read_file(file), instance or DEFAULT_INSTANCE)
            taken.append(taking.take(source, number))
    finally:
        if errors_file is not None and taken:
            write_errors(app, errors_file, taken)
    if any(each.events for each in taken):
        app.hint(next_steps.AFTER_SOURCE_IMPORT)
    if waits or not all(each.understood for each in taken):
        click.get_current_context().exit(3)


def _check(
    adapter: str | None, files: tuple[Path, ...], spool: Path | None, *, live: bool, since: bool
) -> None:
    """Raise BadCombination unless exactly one origin of the records is given."""
    if (adapter is None) != (spool is not None):
        raise BadCombination(
            msg("an adapter and its files are missing, or a spool that names them by its folders")
        )
    if live and adapter not in LIVE:
        raise BadCombination(msg("--live is for {adapter}", adapter=", ".join(LIVE)))
    if since and not live:
        raise BadCombination(msg("--since is for --live"))
    if spool is None and live == bool(files):
        raise BadCombination(msg("either files or --live"))


def _zone(name: str | None) -> ZoneInfo | None:
    from ledger.sources.timestamps import zone_named

    zone = None if name is None else zone_named(name)
    if name is not None and zone is None:
        raise ZoneMissing(msg("the time zone is not known"))
    return zone


# --- a spool ------------------------------------------------------------------------------------


def _take_spool(taking: Taking, folder: Path, instance: str, done: Callable[[TakenFile], None]) -> bool:
    """Import every file that waits; return True if one of them cannot be read at all."""
    from ledger.sources.result import SourceFile
    from ledger.sources.spool import PROCESSED, QUARANTINED, put_away, waiting

    found = waiting(folder)
    if not found:
        taking.app.say(msg("nothing waits"))
    unread = False
    for file in found:
        try:
            taken = taking.take(SourceFile(file.adapter, file.path.name, read_file(file.path), instance))
            done(taken)
        except BadSource as error:
            unread = True
            taking.app.say(
                plain("{file}: {fact} ({code})", file=file.path.name, fact=error.message, code=error.code)
            )
            _tell_moved(taking, folder, file, QUARANTINED)
        else:
            if taken.understood and not taking.dry_run:
                put_away(folder, file, PROCESSED)
    return unread


def _tell_moved(taking: Taking, folder: Path, file: Waiting, where: str) -> None:
    from ledger.sources.spool import put_away

    if not taking.dry_run:
        put_away(folder, file, where)
        taking.app.say(msg("moved to {where}", where=where))
