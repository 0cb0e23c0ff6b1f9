"""Malformed files: whatever the bytes, an adapter gives every line once or refuses the file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from ledger.application.ledger import Environment, Ledger, Metadata
from ledger.domain.clock import parse_instant
from ledger.errors import BadSource, LedgerError
from ledger.sources.adapter import Options, Quarantined, SourceRecord, Told
from ledger.sources.import_file import import_source
from ledger.sources.registry import ADAPTERS, reader
from ledger.sources.result import SourceFile
from tests.support.office import Office

VECTORS = Path(__file__).parents[2] / "vectors"
REPORTS = VECTORS / "reports"
OPTIONS = Options(zone=ZoneInfo("Europe/Warsaw"))
SEEDS: dict[str, tuple[bytes, ...]] = {
    "teamviewer-connections": (
        (VECTORS / "teamviewer-month/Connections.marek.txt").read_bytes(),
        (REPORTS / "01-Connections-padded.txt").read_bytes(),
    ),
    "teamviewer-webapi": ((VECTORS / "teamviewer-month/webapi/reports_connections.page4.json").read_bytes(),),
    "teamviewer-eventlog": ((VECTORS / "teamviewer-month/webapi/EventLogging.page1.json").read_bytes(),),
    "teamviewer-log": (
        (VECTORS / "teamviewer-month/TeamViewer15_Logfile.dst.log").read_bytes(),
        (REPORTS / "02-teamviewer-one-connection-told-twice.log").read_bytes(),
    ),
    "meshcentral": (
        (VECTORS / "meshcentral/listevents.json").read_bytes(),
        (VECTORS / "meshcentral/showevents_stream.txt").read_bytes(),
        (REPORTS / "03-mesh-multiplex.json").read_bytes(),
        (REPORTS / "15-mesh-guest.json").read_bytes(),
    ),
    "generic-csv": (
        (VECTORS / "teamviewer-month/generic_sessions.pl.utf8bom.csv").read_bytes(),
        (REPORTS / "13-generic-month-first.csv").read_bytes(),
        b"sep=;\n" + (REPORTS / "18-generic-empty-rows.csv").read_bytes(),
    ),
    "generic-jsonl": ((VECTORS / "teamviewer-month/generic_sessions.jsonl").read_bytes(),),
    "guacamole": (
        (REPORTS / "09-guacamole-postgres.csv").read_bytes(),
        b"history_id,username,start_date,end_date\n1,anna,2026-11-16 10:00:00,NULL\n" * 3,
    ),
    "vnc-hooks": ((VECTORS / "vnc/hook_gone.txt").read_bytes(),),
    "vnc-log": (
        (VECTORS / "vnc/xtigervnc-attempts-and-stops.log").read_bytes(),
        (REPORTS / "05-x11vnc-killed-and-started-again.log").read_bytes(),
        (REPORTS / "06-x11vnc-doubled-hour-order-tells.log").read_bytes(),
        (REPORTS / "11-x11vnc-from-the-journal.log").read_bytes(),
        (REPORTS / "12-x11vnc-wrong-password.log").read_bytes(),
    ),
    "xrdp-sesman": ((VECTORS / "xrdp/xrdp-sesman.log").read_bytes(),),
    "rustdesk-log": (
        b"[2025-01-01 13:04:08.350802 +00:00] D [x] #1 Connection opened from 10.0.0.7:5.\n" * 3,
    ),
    "anydesk": (
        b"Incoming  2014-11-26, 03:46  User  kasia@ad  123456789\n" * 3,
        (REPORTS / "10-anydesk-connection_trace-utf16.txt").read_bytes(),
    ),
}
SPLINTERS = (
    *(b"\x00", b"\xff\xfe", b"\xed\xa0\x80", b"\xe2\x80\xae", b"\x1b[2J", b"\r", b"\n", b"\t", b"'", b";"),
    *(b'"', b"{", b"}", b"[", b"]", b"null", b"true", b"-1", b"1e999", b"9" * 20, b"NaN", b"\\ud800"),
    *(b"9999-12-31T23:59:59Z", b"0000-00-00", b"24:61:61", b"+99:99", b"Europe/../etc", b"=cmd()"),
    b"A" * 12_000,
)
IS_LONG = "SESSION_LEDGER_LONG" in os.environ
FILES = 50_000 if IS_LONG else 80
"""Malformed files for each adapter; the long run is opt-in."""
TAKEN_IN = 5_200 if IS_LONG else 150
"""Malformed files that go into a ledger, among all adapters."""


def test_every_adapter_is_fuzzed() -> None:
    """No adapter is left out."""
    assert set(SEEDS) == set(ADAPTERS)


def malformed(count: int, *names: str) -> Iterator[tuple[str, bytes]]:
    """So many files, each made from a good one: cut, doubled, turned round, splinters in it."""
    chosen = names or tuple(sorted(SEEDS))
    for number in range(count):
        chance = Random(number)  # noqa: S311 - the same files every time
        name = chosen[number % len(chosen)]
        yield name, _broken(chance.choice(SEEDS[name]), chance)


def _broken(raw: bytes, chance: Random) -> bytes:
    for _ in range(chance.randint(1, 6)):
        place = chance.randrange(len(raw) + 1)
        other = chance.randrange(len(raw) + 1)
        first, last = min(place, other), max(place, other)
        match chance.randrange(6):
            case 0:
                raw = raw[:place]
            case 1:
                raw = raw[:place] + chance.choice(SPLINTERS) + raw[place:]
            case 2:
                raw = raw[:first] + raw[last:]
            case 3:
                raw = raw[:place] + bytes([chance.randrange(256)]) + raw[place + 1 :]
            case 4:
                raw = raw[last:] + raw[first:last]
            case _:
                raw = raw[: place + 40] + raw[place:][:2_000]
    return raw


def _sound(told: list[Told]) -> None:
    """Every line stands there once, and all that is kept can be written as UTF-8."""
    lines = [each.line for each in told]
    assert len(lines) == len(set(lines))
    for each in told:
        if isinstance(each, Quarantined):
            each.text.encode()
        elif isinstance(each, SourceRecord):
            assert each.started or each.ended
            for text in (*each.words.values(), each.user or "", each.native_id or "", *each.stated):
                text.encode()


@pytest.mark.parametrize("name", sorted(SEEDS))
def test_malformed_files_give_lines_or_a_refusal(name: str) -> None:
    """Given a file of broken bytes, then its lines come out once each, or BadSource."""
    read = 0
    for _, raw in malformed(FILES, name):
        try:
            told = list(reader(name)(raw, OPTIONS))
        except BadSource:
            continue
        _sound(told)
        read += 1
    assert 0 < read <= FILES


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1250", "utf-16", "ascii", "base64", "nonsense"])
def test_any_encoding_gives_lines_or_a_refusal(encoding: str) -> None:
    """Given a name of an encoding, whatever it is, then no other error comes of it."""
    for name, raw in malformed(60):
        try:
            _sound(list(reader(name)(raw, OPTIONS._replace(encoding=encoding))))
        except BadSource:
            continue


def test_malformed_files_are_taken_in_or_refused(tmp_path: Path) -> None:
    """Given such files, when they are imported, then our own errors only, and the ledger is whole after."""
    office = Office(tmp_path / "ledger")
    with _opened(office) as ledger:
        for number, (name, raw) in enumerate(malformed(TAKEN_IN)):
            before = ledger.store.length()
            try:
                taken = import_source(ledger, Metadata("anna"), SourceFile(name, f"{number}", raw), OPTIONS)
            except LedgerError:
                assert ledger.store.length() == before
                continue
            assert taken.understood or ledger.store.length() == before
            parts = taken.observed, taken.duplicate, taken.amended, taken.quarantined, taken.skipped
            assert taken.read == sum(parts)
    assert office.does("check").out == ""
    for more in ("--quarantine", "--names"):
        assert "\x1b" not in office.does("source", "list", more).out


def _opened(office: Office) -> Ledger:
    now = parse_instant(office.now)
    return Ledger.open(office.folder, Environment(lambda: now, os.urandom, office.now))


OF_PAGES = {"teamviewer-webapi", "teamviewer-eventlog", "meshcentral"}
"""Adapters whose files have entries, not lines."""


@pytest.mark.parametrize("adapter", sorted(ADAPTERS.keys() - OF_PAGES))
def test_a_file_of_empty_lines_is_refused_before_they_are_taken_apart(
    adapter: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A megabyte of them took a hundred in memory, and the largest file that is read 25 GB."""
    monkeypatch.setattr("ledger.sources.adapter.LINES_MAX", 1000)
    for end in (b"\n", b"\r\n", b"\r"):
        with pytest.raises(BadSource, match="more than 1000 lines or entries"):
            list(reader(adapter)(end * 1001, OPTIONS))


@pytest.mark.parametrize(
    ("adapter", "raw"),
    [
        ("meshcentral", b"[" + b"1," * 1001 + b"1]"),
        ("teamviewer-webapi", b'{"records":[' + b"1," * 1001 + b"1]}"),
        ("teamviewer-eventlog", b'{"AuditEvents":[' + b"1," * 1001 + b"1]}"),
    ],
)
def test_a_page_of_millions_of_entries_is_refused(
    adapter: str, raw: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.sources.adapter.LINES_MAX", 1000)
    monkeypatch.setattr("ledger.sources.import_file.LINES_MAX", 1000)
    office = Office(tmp_path / "ledger")
    (tmp_path / "page.json").write_bytes(raw)
    refused = office.run("source", "import", adapter, str(tmp_path / "page.json"))
    assert (refused.status, "more than 1000 lines or entries (E-SOURCE-FILE)" in refused.err) == (2, True)
