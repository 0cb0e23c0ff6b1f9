"""The ledger of the release of 2026-11-26: where it lies, what was asked of it, and how answers are held.

Nothing here knows a module of the program but its topics: it is asked by command lines, and what it
derives is read from its files.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from ledger.domain.events import EVENT_OF_TOPIC
from tests.support.office import Answer, Office

HERE = Path(__file__).parent
ARCHIVE = HERE / "release-2026-11-26.tar.xz"
EXPECTED = HERE / "expected"
COMMANDS = "commands.json"
"""In the archive: every command that was given under an id, in order."""
NOW = "2027-01-05T12:00:00+01:00"
PERIOD = "2026-11"
EARLIER = "2026-11-20T00:00:00+01:00"
"""What reports --as-of are asked for."""
KEPT_CHARACTERS_MAX = {"table": 4500, "csv": 0, "json": 1200}
"""A longer answer is kept as its SHA-256 alone."""
BUNDLE = "bundle"
PROGRAM_IN_BUNDLE = {"verify.py", "verify.html", "VERIFY.md", "MANIFEST.sha256"}
"""What the bundle brings to be read with, which may be written anew, and the list that has its hashes."""
REPEATED = "recorded before"
"""What stderr says of a command that was given before."""


class Asked(NamedTuple):
    """A command line, and how what it answers is written down."""

    words: tuple[str, ...]
    writes: str | None = None
    """A file or folder that it writes."""

    @property
    def name(self) -> str:
        """The name of the file that keeps its answer."""
        words = self.words[2:] if self.words[0] == "--lang" else self.words
        return re.sub(r"[^A-Za-z0-9=]+", "-", " ".join(words)).strip("-")


# --- the ledger ---------------------------------------------------------------------------------


def _put(archive: tarfile.TarFile, each: tarfile.TarInfo, folder: Path) -> None:
    """One folder or file of the archive; the oldest Python 3.11 has no filter for them."""
    place = folder / each.name
    content = archive.extractfile(each)
    if content is None:
        assert each.isdir(), each.name
        place.mkdir(parents=True, exist_ok=True)
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(content.read())
    place.chmod(each.mode)
    os.utime(place, (each.mtime, each.mtime))


@contextmanager
def kept(folder: Path) -> Generator[Office]:
    """The ledger as it was stored, in a new folder that is the current one meanwhile."""
    folder.mkdir(parents=True)
    with tarfile.open(ARCHIVE) as archive:
        for each in archive:
            _put(archive, each, folder)
    ledger = folder / "ledger"
    (ledger / "keys").chmod(0o700)
    office = object.__new__(Office)
    office.folder, office.now = ledger, NOW
    with contextlib.chdir(folder):
        yield office


def registered_topics() -> set[str]:
    """Every topic that the program knows."""
    return set(EVENT_OF_TOPIC)


def stored_topics(events: Path) -> set[str]:
    """Every topic that an event has."""
    with closing(sqlite3.connect(events)) as database:
        return {topic for (topic,) in database.execute("SELECT DISTINCT topic FROM events")}


def count_events(office: Office) -> int:
    """How many events there are, read from the file."""
    with closing(sqlite3.connect(office.folder / "events.db")) as database:
        (count,) = database.execute("SELECT count(*) FROM events").fetchone()
    return int(count)


def rows_digests(office: Office) -> list[dict[str, Any]]:
    """Of every table of the live read models: how many rows, and the SHA-256 over them in order."""
    live = office.folder / (office.folder / "views.current").read_text(encoding="ascii").strip()
    found: list[dict[str, Any]] = []
    with closing(sqlite3.connect(live)) as views:
        names = [name for (name,) in views.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for name in sorted(names):
            columns = [row[1] for row in views.execute(f"PRAGMA table_info({name})")]
            selected = ", ".join(f'"{column}"' for column in sorted(columns))
            rows = views.execute(f"SELECT {selected} FROM {name}").fetchall()
            lines = sorted(
                json.dumps([v.hex() if isinstance(v, bytes) else v for v in row], ensure_ascii=False)
                for row in rows
            )
            digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
            found.append({"table": name, "columns": sorted(columns), "rows": len(rows), "sha256": digest})
    return found


# --- what is asked ------------------------------------------------------------------------------

_TABLES: tuple[tuple[str, ...], ...] = (
    ("report", "billing", "--period", PERIOD),
    ("report", "billing", "--period", PERIOD, "--as-of", EARLIER),
    ("report", "billing", "--period", "2025-12"),
    ("report", "billing", "--period", PERIOD, "--customer", "K-1"),
    ("report", "sessions", "--period", PERIOD),
    ("report", "deletions", "--period", PERIOD),
    ("report", "deletions", "--period", PERIOD, "--as-of", EARLIER),
    ("report", "deletions", "--period", "2026", "--kind", "erasures"),
    ("report", "deletions", "--period", "2027-01", "--kind", "retention"),
    ("report", "deletions", "--period", "2026", "--kind", "keys"),
    ("report", "deletions", "--period", PERIOD, "--since", "inputs/head.note"),
    ("report", "sales", "--period", PERIOD),
    ("report", "sales", "--period", PERIOD, "--by", "issued"),
    (
        "report",
        "receivables",
    ),
    ("report", "receivables", "--as-of", EARLIER),
    ("report", "till", "--period", PERIOD),
    ("report", "deletion-protocol", "--period", "2026-11-01..2027-02-01"),
    ("report", "deletion-register", "--period", "2026-11-01..2027-02-01"),
    ("report", "shops", "ledger", "--period", PERIOD),
    ("session", "list"),
    ("session", "list", "--as-of", EARLIER),
    ("customer", "list"),
    ("customer", "show", "K-2"),
    ("customer", "show", "K-8"),
    ("invoice", "list"),
    ("invoice", "draft", "--period", PERIOD),
    ("invoice", "statement", "--period", PERIOD, "--customer", "K-1"),
    ("source", "list"),
    ("source", "list", "--names"),
    ("source", "list", "--imports"),
    ("source", "list", "--quarantine"),
    ("source", "reconcile", "--period", PERIOD),
    ("period", "show", PERIOD),
    ("retention", "due"),
    ("status",),
    ("tariff", "show"),
    ("tariff", "list"),
    ("tariff", "what-if", "boundary=per_band", "--period", PERIOD),
    ("tariff", "what-if", "--favour", "customer", "--period", PERIOD),
    ("quote", "--at", "2026-11-16 17:20", "--minutes", "75", "--customer", "K-2"),
    ("quote", "--at", "2027-01-04 17:20", "--minutes", "75"),
)
_OTHERS: tuple[tuple[str, ...], ...] = (
    ("audit", "key", "show"),
    ("audit", "anchor", "list", "-f", "json"),
    ("audit", "anchor", "verify", "--ca", "inputs/authority.pem", "-f", "json"),
    ("audit", "verify", "-f", "json"),
    ("audit", "verify", "--since", "inputs/head.note", "-f", "json"),
    ("audit", "checkpoint"),
    ("audit", "prove", "B-1"),
    ("audit", "prove", "FV/2026/11/0002"),
    ("check",),
    ("tariff", "show", "--text"),
    ("tariff", "diff", "pomoc-zdalna-2024", "pomoc-zdalna-2027-01-01"),
)
_FORMATS = ("table", "csv", "json")


def asked(office: Office) -> list[Asked]:
    """Every command held against what the release answered; sessions and documents by their own lists."""
    numbers = [each["number"] for each in office.asks("invoice", "list")["invoices"]]
    sessions = [str(each["session"]) for each in office.asks("session", "list")["sessions"]]
    tables = list(_TABLES)
    tables += [("invoice", "show", number, "--trace") for number in numbers]
    found = [Asked(words) for words in _OTHERS]
    for words in tables:
        for form in _FORMATS:
            langs = ("en",) if form == "json" else ("en", "pl")
            found += [Asked(("--lang", lang, *words, "-f", form)) for lang in langs]
    for number in sessions:
        found += [Asked(("session", "show", number, "-f", form)) for form in ("table", "json")]
        found += [Asked(("session", "explain", number, "-f", form)) for form in ("table", "json")]
    found += [
        Asked(("--lang", "pl", "session", word, s))
        for s in ("1", "B-1", "A-1")
        for word in ("show", "explain")
    ]
    for number in numbers:
        file = number.replace("/", "-") + ".xml"
        found.append(Asked(("invoice", "export", number, "-o", file), file))
    return [*found, *_documents()]


def _documents() -> Iterator[Asked]:
    """What is written into files."""
    for lang in ("pl", "en"):
        yield Asked(
            ("invoice", "export", "--all", "-o", f"papers-{lang}", "--email", "--lang", lang),
            f"papers-{lang}",
        )
        for form in ("pdf", "json"):
            file = f"confirmation-{lang}.{form}"
            yield Asked(("session", "certificate", "B-1", "--lang", lang, "-o", file), file)
        for name, words in _PRINTED.items():
            for form in ("pdf", "html", "xlsx", "ndjson"):
                file = f"{name}-{lang}.{form}"
                yield Asked(("--lang", lang, *words, "-o", file), file)
    yield Asked(("audit", "export", BUNDLE), BUNDLE)
    yield Asked(("customer", "export", "K-2", "-o", "K-2.json"), "K-2.json")


_PRINTED: dict[str, tuple[str, ...]] = {
    "statement": ("invoice", "statement", "--period", PERIOD, "--customer", "K-1"),
    "protocol": ("report", "deletion-protocol", "--period", "2026-11-01..2027-02-01"),
    "register": ("report", "deletion-register", "--period", "2026-11-01..2027-02-01"),
    "deletions": ("report", "deletions", "--period", PERIOD),
    "billing": ("report", "billing", "--period", PERIOD),
}


# --- what is answered ---------------------------------------------------------------------------


def sha256_of(raw: bytes) -> str:
    """SHA-256, in hex."""
    return hashlib.sha256(raw).hexdigest()


def outcome(office: Office, each: Asked) -> tuple[dict[str, Any], Answer]:
    """Exit status, what was printed and what was written, as it is held against what was kept."""
    answer = office.run(*each.words)
    found: dict[str, Any] = {
        "args": list(each.words),
        "exit": answer.status,
        "stdout": sha256_of(answer.out.encode()),
    }
    if each.writes is not None:
        found["writes"] = each.writes
        path = Path(each.writes)
        files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        ours = [file for file in files if file.is_file() and file.name not in PROGRAM_IN_BUNDLE]
        found["files"] = {str(file): sha256_of(file.read_bytes()) for file in ours}
    return found, answer


def is_kept_whole(each: Asked, text: str) -> bool:
    """Return True if the text itself is kept, so that a difference can be read."""
    if each.words[:2] == ("--lang", "pl") or not text:
        return False
    form = each.words[-1] if each.words[-2] == "-f" else "table"
    return len(text) <= KEPT_CHARACTERS_MAX[form]


def bundle_verdict(folder: Path, vkey: str) -> tuple[int, str]:
    """What the bundle's own verify.py says of it, in a process that has no module of ours."""
    told = subprocess.run(
        [sys.executable, "-I", "verify.py", "--vkey", vkey],
        cwd=folder,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    return told.returncode, told.stdout + told.stderr


def repeats(office: Office) -> Iterator[tuple[list[str], Answer, int]]:
    """Every command that was given under an id, given again: its words, answer, and how many events came."""
    commands: list[list[str]] = json.loads(Path(COMMANDS).read_text(encoding="utf-8"))
    before = count_events(office)
    for words in commands:
        answer = office.run(*words)
        after = count_events(office)
        yield words, answer, after - before
        before = after


# --- written once -------------------------------------------------------------------------------


def write_expected(office: Office) -> None:
    """Write what this program answers; done once, by the release."""
    shutil.rmtree(EXPECTED, ignore_errors=True)
    (EXPECTED / "texts").mkdir(parents=True)
    office.does("replay")
    _write("rows.json", rows_digests(office))
    answers: list[dict[str, Any]] = []
    for each in asked(office):
        found, answer = outcome(office, each)
        answers.append(found)
        if is_kept_whole(each, answer.out):
            found["text"] = f"{each.name}.txt"
            (EXPECTED / "texts" / found["text"]).write_text(answer.out, encoding="utf-8", newline="")
    _write("answers.json", answers)
    again = [
        {
            "args": words,
            "exit": answer.status,
            "out": answer.out,
            "added": added,
            "marked": REPEATED in answer.err,
        }
        for words, answer, added in repeats(office)
    ]
    _write("repeats.json", again)


def write_changed(office: Office) -> None:
    """Write the answers that are meant to be others by now, of this program; after each change on purpose.

    `python -m tests.releases.keeping` does it. What a script reads may only grow: `test_release.py` holds
    the JSON of the release against it.
    """
    kept_answers: list[dict[str, Any]] = json.loads((EXPECTED / "answers.json").read_text(encoding="utf-8"))
    changed: list[dict[str, Any]] = []
    for want in kept_answers:
        found, _ = outcome(office, Asked(tuple(want["args"]), want.get("writes")))
        if found != {key: value for key, value in want.items() if key != "text"}:
            changed.append(found)
    _write("changed.json", changed)


def _write(name: str, content: list[dict[str, Any]]) -> None:
    """A JSON array, an object a line."""
    lines = ",\n".join(json.dumps(each, ensure_ascii=False) for each in content)
    (EXPECTED / name).write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as scratch, kept(Path(scratch) / "kept") as restored:
        write_changed(restored)
