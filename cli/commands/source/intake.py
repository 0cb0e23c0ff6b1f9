"""Reading a source's file, importing it, and printing counts and quarantine."""

from __future__ import annotations

import csv
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cli.context import App
from cli.options import Recording
from cli.presentation import next_steps
from cli.presentation.formats.cells import for_csv
from cli.presentation.whole_file import written_whole
from cli.presentation.wording.source_import import NOTHING_NEW, counts, notes, nothing_understood
from cli.progress import progress
from ledger.errors import BadSource
from ledger.folder.bounded_read import read_at_most
from ledger.message import msg, system_text

if TYPE_CHECKING:
    from ledger.sources.adapter import Options
    from ledger.sources.result import SourceFile, TakenFile

SIZE_MAX_BYTES = 512 * 1024 * 1024
TOLD_MAX = 50
"""More quarantined lines are counted on the terminal; --errors writes all of them."""


class Taking(NamedTuple):
    """How the files of one command are read, and under whose name."""

    app: App
    recording: Recording
    options: Options
    dry_run: bool

    def take(self, file: SourceFile, number: int = 1) -> TakenFile:
        """Import one file, and print the outcome; each file after the first has a command id of its own."""
        from ledger.sources.import_file import import_source

        ledger, said = self.app.open(), self.recording.said()
        if number > 1 and said.command_id is not None:
            said = said._replace(command_id=f"{said.command_id}#{number}")
        with progress(file.name, file.raw.count(b"\n")) as bar:
            taken = import_source(
                ledger, said, file, self.options, dry_run=self.dry_run, progress=bar.advance
            )
        tell(self.app, taken, as_json=self.recording.as_json)
        return taken

    def again(self, file: SourceFile) -> TakenFile | None:
        """Print the outcome of an import that was recorded under the same command id; None for a new one."""
        from ledger.sources.repeated_import import repeated_import

        taken = repeated_import(self.app.open(), self.recording.said(), file)
        if taken is not None:
            tell(self.app, taken, as_json=self.recording.as_json)
        return taken


def read_file(file: Path) -> bytes:
    """Return the bytes of a file; raises BadSource."""
    try:
        if file.stat().st_size > SIZE_MAX_BYTES:
            raise BadSource(
                msg("{name} is larger than {value} MiB", name=file.name, value=SIZE_MAX_BYTES // 1024**2)
            )
        return read_at_most(file, SIZE_MAX_BYTES)
    except OSError as error:
        why = msg("Is a directory") if file.is_dir() else system_text(error)  # Windows says: access denied
        raise BadSource(msg("{name} cannot be read: {error}", name=file.name, error=why)) from error


def tell(app: App, taken: TakenFile, *, as_json: bool) -> None:
    """Print the counts of a file, and its lines in quarantine."""
    for line in taken.quarantine[:TOLD_MAX]:
        reason = line.reason if app.lang == "en" else app.word("quarantine", line.reason)
        app.say(f"{taken.name}:{line.line}: {reason}")
    if taken.quarantined > TOLD_MAX:
        app.say(
            msg("… and {more} more; --errors FILE.csv writes all of them", more=taken.quarantined - TOLD_MAX)
        )
    for note in notes(taken):
        app.say(note)
    if as_json:
        app.emit(document(taken))
        return
    app.emit(counts(taken))
    if not taken.understood:
        app.say(nothing_understood(taken))
        app.hint(next_steps.NOTHING_UNDERSTOOD)
    elif taken.recorded and not taken.events:
        app.say(NOTHING_NEW)


def document(taken: TakenFile) -> dict[str, Any]:
    """Return the counts as a JSON document."""
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
        "attempts": taken.attempts,
        "shared": taken.shared,
        "cut": taken.cut,
        "understood": taken.understood,
        "quarantine": [{"line": line.line, "reason": line.reason} for line in taken.quarantine],
    }


def write_errors(app: App, file: Path, taken: list[TakenFile]) -> None:
    """Write every line in quarantine, with its file and the reason."""
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
    app.say_written(file)
