"""Files are read up to a limit, whatever their size is said to be."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from cli.commands.payment import import_
from cli.commands.source import intake
from ledger.folder.bounded_read import (
    BLOCK_BYTES,
    KEY_PARTS_MAX,
    TEXT_BYTES_MAX,
    read_at_most,
    text_of,
    toml_text_of,
)
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


@pytest.mark.parametrize("head", ["{} = 1", "[{}]", "[[{}]]"])
def test_a_key_of_many_parts_is_not_taken_apart(head: str, tmp_path: Path) -> None:
    """200 kB of them took a library of TOML ten seconds, at every command where they stood in ledger.toml."""
    file = tmp_path / "a.toml"
    file.write_text("b = 1\n" + head.format(".".join("a" * KEY_PARTS_MAX)), encoding="utf-8")
    assert toml_text_of(file)
    file.write_text("b = 1\n" + head.format(".".join("a" * (KEY_PARTS_MAX + 1))), encoding="utf-8")
    with pytest.raises(ValueError, match="line 2"):
        toml_text_of(file)


def test_dots_in_a_value_are_no_parts(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('a = ["x", "' + "." * 999 + '"]\nb = [\n "' + "." * 999 + '"]', "utf-8")
    assert toml_text_of(tmp_path / "a.toml")


@pytest.mark.skipif(IS_WINDOWS, reason="a sparse file")
@pytest.mark.parametrize("command", ["status", "check", "config set purge.sla=20m", "session list"])
def test_settings_without_an_end_are_refused_at_once(command: str, tmp_path: Path) -> None:
    office = Office(tmp_path / "ledger")
    os.truncate(office.folder / "ledger.toml", 1 << 40)
    answer = office.run(*command.split())
    assert (answer.status, "E-CONFIG" in answer.err, "too large" in answer.err) == (2, True, True), answer


@pytest.mark.skipif(IS_WINDOWS, reason="a sparse file")
@pytest.mark.parametrize("name", ["signing.key", "last-checkpoint"])
def test_a_key_without_an_end_is_refused_at_once(name: str, tmp_path: Path) -> None:
    office = Office(tmp_path / "ledger")
    office.does("audit", "checkpoint")
    os.truncate(office.folder / "keys" / name, 1 << 40)
    assert "cannot be read" in office.run("audit", "checkpoint").err
