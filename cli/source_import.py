"""`session-ledger source import`: what the remote tools wrote themselves."""

from __future__ import annotations

import csv
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from cli.context import Desk, pass_desk
from cli.files import written_whole
from cli.formats.cells import for_csv
from cli.options import Recording, dry_run_option, recording_options
from cli.params import HANDLE
from cli.progress import progress
from cli.words import Text
from ledger.errors import BadCombination, BadSource, ZoneMissing
from ledger.sources.adapters import ADAPTERS

if TYPE_CHECKING:
    from ledger.sources.adapter import Options
    from ledger.sources.outcome import SourceFile, Taken

SIZE_MAX_BYTES = 512 * 1024 * 1024
TOLD_MAX = 50
"""How many quarantined lines are told on the terminal; --errors writes all of them."""
_ADAPTERS = "\n".join(f"  {name:<24}{entry.what}" for name, entry in ADAPTERS.items())


@click.command(
    "import",
    help=f"""Records of connections as a remote tool wrote them; the same file again changes nothing.

    Every line is counted: read = observed + duplicate + amended + quarantined + skipped. What cannot be
    read goes into quarantine with its number and the reason. A file that grows may come again and again.

    \b
    Adapters:
    {_ADAPTERS}

    \b
    Examples:
      session-ledger source import teamviewer-connections Connections.txt
      session-ledger source import teamviewer-log TeamViewer15_Logfile.log --tz Europe/Warsaw
    """,
)
@click.argument("adapter", required=False)
@click.argument("files", nargs=-1, type=click.Path(path_type=Path))
@click.option("--instance", type=HANDLE, help="Which of several such sources it is.")
@click.option("--tz", "zone", metavar="ZONE", help="The zone of local times that do not say theirs.")
@click.option("--encoding", default="utf-8-sig", show_default="utf-8", help="For example cp1250.")
@click.option(
    "--errors",
    "errors_file",
    type=click.Path(path_type=Path),
    metavar="FILE.csv",
    help="Write the lines in quarantine there, with the reason.",
)
@dry_run_option
@recording_options
@pass_desk
def import_(
    desk: Desk,
    recording: Recording,
    adapter: str | None,
    files: tuple[Path, ...],
    instance: str | None,
    zone: str | None,
    encoding: str,
    errors_file: Path | None,
    *,
    dry_run: bool,
) -> None:
    """Take in the files one by one, each in a transaction of its own."""
    from ledger.sources.adapter import Options
    from ledger.sources.outcome import DEFAULT_INSTANCE, SourceFile

    if adapter is None or not files:
        raise BadCombination("an adapter and a file are missing", hint="session-ledger source import --help")
    options = Options(encoding, _zone(zone))
    taken: list[Taken] = []
    try:
        for file in files:
            source = SourceFile(adapter, file.name, read_file(file), instance or DEFAULT_INSTANCE)
            taken.append(_taken(desk, recording, source, options, dry_run=dry_run))
    finally:
        if errors_file is not None and taken:
            _write_errors(desk, errors_file, taken)
    if any(each.events for each in taken):
        desk.hint("session-ledger source list")


def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return None if name is None else ZoneInfo(name)
    except (OSError, ValueError) as error:
        raise ZoneMissing("the time zone is not known") from error


def _taken(desk: Desk, recording: Recording, file: SourceFile, options: Options, *, dry_run: bool) -> Taken:
    from ledger.sources.importing import import_source

    ledger = desk.open()
    with progress(file.name, file.raw.count(b"\n")) as bar:
        taken = import_source(ledger, recording.said(), file, options, dry_run=dry_run, progress=bar.advance)
    tell(desk, taken, as_json=recording.as_json)
    return taken


def read_file(file: Path) -> bytes:
    """The bytes of a file; raises BadSource."""
    try:
        if file.stat().st_size > SIZE_MAX_BYTES:
            raise BadSource(f"{file.name} is larger than {SIZE_MAX_BYTES // 1024**2} MiB")
        return file.read_bytes()
    except OSError as error:
        raise BadSource(f"{file.name} cannot be read: {error.strerror}") from error


def tell(desk: Desk, taken: Taken, *, as_json: bool) -> None:
    """Print the counts of a file, and what is in quarantine."""
    for line in taken.quarantine[:TOLD_MAX]:
        desk.say(f"{taken.name}:{line.line}: {line.reason}")
    if taken.quarantined > TOLD_MAX:
        desk.say(f"… and {taken.quarantined - TOLD_MAX} more; --errors FILE.csv writes all of them")
    if taken.unnamed:
        _tell_unnamed(desk, taken.unnamed)
    if taken.untrue:
        desk.say(
            Text(
                pl=f"{taken.name}: {taken.untrue} nie może być prawdą (koniec przed początkiem, ponad 48 h)",
                en=f"{taken.name}: {taken.untrue} cannot be true (end before start, over 48 h)",
            )
        )
    if as_json:
        desk.emit(document(taken))
        return
    desk.emit(_counts(taken))
    if taken.recorded and not taken.events:
        desk.say(Text(pl="nic nowego; nic nie zmieniono", en="nothing new; nothing was changed"))


def _tell_unnamed(desk: Desk, count: int) -> None:
    desk.say(
        Text(
            pl=f"technik nieznany w {count}: dopisz nazwy do [technicians] w ledger.toml i wczytaj ponownie",
            en=f"technician unknown in {count}: add the names to [technicians] in ledger.toml, import again",
        )
    )


def _counts(taken: Taken) -> Text:
    parts = taken.observed, taken.duplicate, taken.amended, taken.quarantined, taken.skipped
    counts = f"{taken.read} = {' + '.join(map(str, parts))}"
    dry_en, dry_pl = ("", "") if taken.recorded else (" (dry run, nothing recorded)", " (na próbę)")
    return Text(
        pl=f"{taken.name}: wiersze {counts} (nowe + znane + zmienione + kwarantanna + pominięte){dry_pl}",
        en=f"{taken.name}: lines {counts} (observed + duplicate + amended + quarantined + skipped){dry_en}",
    )


def document(taken: Taken) -> dict[str, Any]:
    """The counts as scripts read them."""
    return {
        "schema": "session-ledger/source-import/1",
        "file": taken.name,
        "adapter": taken.adapter,
        "instance": taken.instance,
        "dry_run": not taken.recorded,
        "read": taken.read,
        "observed": taken.observed,
        "duplicate": taken.duplicate,
        "amended": taken.amended,
        "quarantined": taken.quarantined,
        "skipped": taken.skipped,
        "unnamed": taken.unnamed,
        "untrue": taken.untrue,
        "quarantine": [{"line": line.line, "reason": line.reason} for line in taken.quarantine],
    }


def _write_errors(desk: Desk, file: Path, taken: list[Taken]) -> None:
    with written_whole(file) as out:
        text = TextIOWrapper(out, encoding="utf-8", newline="")
        writer = csv.writer(text)
        writer.writerow(["file", "line", "reason", "text"])
        for each in taken:
            for line in each.quarantine:
                cells = (each.name, str(line.line), line.reason, line.text)
                writer.writerow([for_csv(cell, "text") for cell in cells])
        text.flush()
        text.detach()
    desk.say(Text(pl=f"zapisano {file}", en=f"wrote {file}"))
