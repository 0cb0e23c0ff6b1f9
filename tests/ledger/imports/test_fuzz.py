"""Malformed tables and workbooks: sessions are taken in whole, or refused by name and nothing is recorded."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from ledger.application.ledger import Environment, Ledger, Metadata
from ledger.domain.clock import parse_instant
from ledger.errors import BadSheet, LedgerError
from ledger.imports import workbook
from ledger.imports.sessions import import_sessions
from ledger.imports.table_reader import open_book, read_sheet
from tests.ledger.imports.make_office_files import write_workbook
from tests.support.office import Office

KEPT = Path(__file__).parent / "files"
IS_LONG = "SESSION_LEDGER_LONG" in os.environ
TABLES = 50_000 if IS_LONG else 200
WORKBOOKS = 667 if IS_LONG else 4
"""Malformed files, of each form of workbook; the long run is opt-in. A workbook costs two processes."""
TAKEN_IN = 5_000 if IS_LONG else 60

HEAD = "Nr sesji;Kod klienta;Rodzaj;Początek;Koniec;ID zdalne;Usunięto;Nr faktury\n"
TABLE = HEAD + (
    "F-1;K-1;inne;16.11.2026 17:20;16.11.2026 18:35;123 456 789;;\n"
    'F-2;K-1;sprzęt;2026-11-17 09:00;"2026-11-17 09:40";;2026-11-17 10:00;\n'
    "F-3;K-1;test;2026-11-18T09:00:00+01:00;2026-11-18T09:10:00+01:00;;;FV 1/11\n\n"
)
SEEDS = (
    TABLE.encode(),
    TABLE.encode("utf-16"),
    ("sep=;\n" + TABLE).encode("utf-8-sig"),
    TABLE.replace(";", "\t").replace("\n", "\r\n").encode("cp1250"),
)
SPLINTERS = (
    *(
        b"\x00",
        b"\xff\xfe",
        b"\xed\xa0\x80",
        b"\xe2\x80\xae",
        b"\x1b[2J",
        b"\r",
        b"\n",
        b"\t",
        b'"',
        b";",
        b";;",
    ),
    *(b"#N/D!", b"PRAWDA", b"-1", b"1e999", b"9" * 30, b"NaN", b"25.10.2026 02:30", b"29.02.2027", b"24:00"),
    *(b"9999-12-31T23:59:59Z", b"0000-00-00", b"+99:99", b"=cmd()", b"F-1", b"K-2", b"13/13/2026"),
    b"A" * 12_000,
)


def broken(raw: bytes, chance: Random) -> bytes:
    """Return a good file with a few places cut, doubled, exchanged or filled with splinters."""
    for _ in range(chance.randint(1, 5)):
        place, other = chance.randrange(len(raw) + 1), chance.randrange(len(raw) + 1)
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
                raw = raw[: place + 30] + raw[place:][:2_000]
    return raw


def tables(count: int) -> Iterator[bytes]:
    for number in range(count):
        chance = Random(number)  # noqa: S311 - the same files every time
        raw = chance.choice(SEEDS)
        yield (broken, _scratched, _retyped)[number % 3](raw, chance)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(tmp_path / "ledger")
    office.does("customer", "add", "K-1", "--name", "Kot", "--consumer", "no")
    return office


def opened(office: Office) -> Ledger:
    now = parse_instant(office.now)
    return Ledger.open(office.folder, Environment(lambda: now, os.urandom, office.now))


def test_malformed_tables_give_lines_or_a_refusal(tmp_path: Path) -> None:
    """Given a file of broken bytes, then its lines come out in order, as text, or BadSheet."""
    path, read = tmp_path / "table.csv", 0
    for raw in tables(TABLES):
        path.write_bytes(raw)
        try:
            sheet = read_sheet(path)
            lines = list(sheet.lines)
        except BadSheet:
            continue
        numbers = [line.number for line in lines]
        assert numbers == sorted(set(numbers))
        assert len(lines) == len(sheet.lines)
        for cell in (*sheet.header, *(cell for line in lines for cell in line.cells)):
            cell.encode()
        read += 1
    assert 0 < read < TABLES


def test_refused_tables_leave_nothing_behind(office: Office, tmp_path: Path) -> None:
    """Given broken tables, when they are imported, then all of a file or nothing, and the ledger is whole."""
    path, taken, refused = tmp_path / "table.csv", 0, 0
    with opened(office) as ledger:
        for raw in tables(TAKEN_IN):
            path.write_bytes(raw)
            before = ledger.store.length()
            try:
                outcome = import_sessions(ledger, Metadata("anna"), read_sheet(path))
            except LedgerError:
                assert ledger.store.length() == before
                refused += 1
                continue
            assert outcome.read == outcome.new + outcome.extended + outcome.unchanged
            assert (ledger.store.length() > before) == (outcome.new + outcome.extended > 0)
            taken += 1
    assert taken
    assert refused
    assert office.does("check").out == ""


@pytest.mark.parametrize("form", ["xlsx", "ods", "xls"])
def test_malformed_workbooks_give_rows_or_a_refusal(
    tmp_path: Path, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a workbook with broken bytes, then its rows come, or BadSheet; its reader raises nothing else."""
    monkeypatch.setitem(workbook.REFUSALS, 1, ReaderFailedError)
    good = tmp_path / "office.xlsx"
    write_workbook(good)
    raw = good.read_bytes() if form == "xlsx" else (KEPT / f"office.{form}").read_bytes()
    path, refused = tmp_path / f"broken.{form}", 0
    for number in range(WORKBOOKS):
        chance = Random(number)  # noqa: S311 - the same files every time
        path.write_bytes(_scratched(raw, chance) if number % 2 else broken(raw, chance))
        try:
            for page in open_book(path).pages:
                for _, cells in page.rows():
                    "".join(cells).encode()
        except BadSheet:
            refused += 1
    assert refused <= WORKBOOKS


class ReaderFailedError(Exception):
    """The reader's process ended with a traceback."""


def _scratched(raw: bytes, chance: Random) -> bytes:
    """Return the file with a few bytes changed: most of its structure is still there to be followed."""
    scratched = bytearray(raw)
    for _ in range(chance.randint(1, 12)):
        scratched[chance.randrange(len(raw))] = chance.randrange(256)
    return bytes(scratched)


def _retyped(raw: bytes, chance: Random) -> bytes:
    """Return the file with one digit exchanged for another, or one line left out."""
    lines = raw.splitlines(keepends=True)
    if chance.random() < 1 / 4:
        return b"".join(lines[: (at := chance.randrange(len(lines)))] + lines[at + 1 :])
    retyped = bytearray(raw)
    digits = [at for at, byte in enumerate(raw) if chr(byte).isdigit()]
    retyped[chance.choice(digits)] = ord(str(chance.randrange(10)))
    return bytes(retyped)
