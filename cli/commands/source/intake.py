"""What every way of taking in a source's file shares: reading it, printing counts and quarantine."""

from __future__ import annotations

import csv
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from cli.context import App
from cli.options import Recording
from cli.presentation.formats.cells import for_csv
from cli.presentation.text import Text
from cli.presentation.whole_file import written_whole
from cli.progress import progress
from ledger.errors import BadSource

if TYPE_CHECKING:
    from ledger.sources.adapter import Options
    from ledger.sources.result import SourceFile, Taken

SIZE_MAX_BYTES = 512 * 1024 * 1024
TOLD_MAX = 50
"""How many quarantined lines are told on the terminal; --errors writes all of them."""


class Taking(NamedTuple):
    """Who takes in, how files are read, and whether it is only tried."""

    app: App
    recording: Recording
    options: Options
    dry_run: bool

    def take(self, file: SourceFile) -> Taken:
        """Take in one file, and print what came of it."""
        from ledger.sources.import_file import import_source

        ledger, said = self.app.open(), self.recording.said()
        with progress(file.name, file.raw.count(b"\n")) as bar:
            taken = import_source(
                ledger, said, file, self.options, dry_run=self.dry_run, progress=bar.advance
            )
        tell(self.app, taken, as_json=self.recording.as_json)
        return taken


def read_file(file: Path) -> bytes:
    """The bytes of a file; raises BadSource."""
    try:
        if file.stat().st_size > SIZE_MAX_BYTES:
            raise BadSource(f"{file.name} is larger than {SIZE_MAX_BYTES // 1024**2} MiB")
        return file.read_bytes()
    except OSError as error:
        raise BadSource(f"{file.name} cannot be read: {error.strerror}") from error


def tell(app: App, taken: Taken, *, as_json: bool) -> None:
    """Print the counts of a file, and what is in quarantine."""
    for line in taken.quarantine[:TOLD_MAX]:
        app.say(f"{taken.name}:{line.line}: {line.reason}")
    if taken.quarantined > TOLD_MAX:
        app.say(f"… and {taken.quarantined - TOLD_MAX} more; --errors FILE.csv writes all of them")
    if taken.unnamed:
        _tell_unnamed(app, taken.unnamed)
    if taken.untrue:
        app.say(
            Text(
                pl=f"{taken.name}: {taken.untrue} nie może być prawdą (koniec przed początkiem, ponad 48 h)",
                en=f"{taken.name}: {taken.untrue} cannot be true (end before start, over 48 h)",
            )
        )
    if as_json:
        app.emit(document(taken))
        return
    app.emit(_counts(taken))
    if taken.recorded and not taken.events:
        app.say(Text(pl="nic nowego; nic nie zmieniono", en="nothing new; nothing was changed"))


def _tell_unnamed(app: App, count: int) -> None:
    app.say(
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


def write_errors(app: App, file: Path, taken: list[Taken]) -> None:
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
