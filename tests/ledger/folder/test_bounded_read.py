"""Files are read up to a limit, whatever their size is said to be."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from cli.commands.payment import import_
from cli.commands.source import intake
from ledger.folder.bounded_read import BLOCK_BYTES, TEXT_BYTES_MAX, read_at_most, text_of
from ledger.imports import table_reader
from tests.support.office import Office
from tests.support.systems import IS_WINDOWS


@pytest.mark.parametrize("size", [0, 1, 1023, 1024])
def test_what_fits_is_read_whole(size: int, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * size)
    assert read_at_most(tmp_path / "file", 1024) == b"x" * size


def test_what_is_more_is_refused_after_a_block(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 1025)
    with pytest.raises(OSError, match="too large") as refused:
        read_at_most(tmp_path / "file", 1024)
    assert refused.value.errno == errno.EFBIG


def test_several_blocks_come_in_order(tmp_path: Path) -> None:
    content = os.urandom(2 * BLOCK_BYTES + 7)
    (tmp_path / "file").write_bytes(content)
    assert read_at_most(tmp_path / "file", 3 * BLOCK_BYTES) == content


def test_a_byte_order_mark_is_no_part_of_a_text(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes("\ufeffid = 'ż'".encode())
    assert text_of(tmp_path / "file") == "id = 'ż'"


@pytest.mark.skipif(IS_WINDOWS, reason="a sparse file, and a device without an end")
@pytest.mark.parametrize(
    "words",
    [
        ("tariff", "check"),
        ("invoice", "verify"),
        ("session", "import", "{table}", "--profile"),
        ("report", "shops", "--period", "2026-11", "--shops"),
        ("payment", "import"),
        ("source", "import", "generic-csv"),
        ("session", "import"),
    ],
    ids=" ".join,
)
def test_a_file_without_an_end_is_refused_at_once(
    words: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A sparse file of a terabyte ended in a defect, and a device was read until memory ended."""
    for module in (table_reader, intake, import_):  # so that 512 MiB need not be read here
        monkeypatch.setattr(module, "SIZE_MAX_BYTES", 4 << 20)
    office = Office(tmp_path / "ledger")
    table = office.table("t.csv", "session_ref,customer,issue,connected_at,ended_at", [])
    sparse = tmp_path / "sparse.toml"
    sparse.touch()
    os.truncate(sparse, 1 << 40)
    endless = tmp_path / "endless.toml"
    endless.symlink_to("/dev/zero")
    for file in (sparse, endless):
        answer = office.run(*(word.replace("{table}", str(table)) for word in words), str(file))
        assert answer.status == 2, answer
        assert any(said in answer.err for said in ("too large", "larger than", "is no text")), answer
    assert TEXT_BYTES_MAX < 1 << 40
