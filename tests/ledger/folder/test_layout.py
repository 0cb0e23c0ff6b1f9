"""The folder of a ledger and its ledger.toml."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.errors import BadConfig, LedgerExists, LedgerMissing
from ledger.folder.layout import Folder
from tests.support.systems import is_for_its_owner


def with_config(path: Path, content: bytes) -> Folder:
    """A folder whose ledger.toml has these bytes."""
    folder = Folder(path)
    folder.config.write_bytes(content)
    return folder


def test_everything_of_a_ledger_lies_in_its_folder(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    assert [folder.config, folder.events, folder.vault, folder.keys] == [
        tmp_path / name for name in ("ledger.toml", "events.db", "vault.db", "keys")
    ]


def test_a_folder_is_made_with_its_parents_and_keys_that_only_the_owner_enters(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "a" / "b")
    folder.create("shop")
    assert is_for_its_owner(folder.keys)
    assert folder.read_config() == {"name": "shop", "time_zone": "Europe/Warsaw"}


def test_a_folder_with_open_keys_and_no_events_yet_is_made_over_and_closed(tmp_path: Path) -> None:
    """A making that was broken off is finished by making again."""
    folder = Folder(tmp_path)
    folder.keys.mkdir()
    folder.keys.chmod(0o755)
    folder.create("shop")
    assert is_for_its_owner(folder.keys)


def test_where_a_ledger_lies_no_other_is_made(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.create("first")
    folder.events.touch()
    with pytest.raises(LedgerExists):
        folder.create("second")
    assert folder.read_config()["name"] == "first"


def test_a_folder_that_cannot_be_made_is_refused_with_the_system_s_reason(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    with pytest.raises(
        LedgerMissing, match=r"cannot be made: (Not a directory|Path not found|.*cannot find the path)"
    ) as refused:
        Folder(in_the_way / "ledger").create("shop")
    assert str(refused.value.hint) == "name one that can be made: --ledger DIR or SESSION_LEDGER_DIR"


_names = st.text(min_size=1, max_size=30).filter(str.isprintable)


@settings(max_examples=25, deadline=None)  # every example waits for the disk
@given(_names)
def test_a_name_is_read_back_as_it_was_given(name: str) -> None:
    """Any printable name, with quotation marks, backslashes and braces in it."""
    with tempfile.TemporaryDirectory() as made:
        folder = Folder(Path(made))
        folder.create(name)
        assert folder.read_config()["name"] == name


def test_a_config_may_say_nothing(tmp_path: Path) -> None:
    assert with_config(tmp_path, b"").read_config() == {}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"name = ", "cannot be read"),
        (b'name = "\xff"', "cannot be read"),
        (b"purges = 1", "unknown key 'purges'"),
        (b'time_zone = "Europe/Berlin"', "a time zone other than"),
        (b"time_zone = 1", "a time zone other than"),
    ],
)
def test_a_config_that_says_something_else_is_refused(tmp_path: Path, content: bytes, why: str) -> None:
    with pytest.raises(BadConfig, match=why):
        with_config(tmp_path, content).read_config()


@pytest.mark.parametrize(
    ("line", "is_of_windows"),
    [
        (rb'path = "C:\Users\anna"', True),
        (rb'path = "\\server\Users"', True),
        (rb'path = "C:\\Users\U"', False),
        (rb"path = 'C:\Users', 1", False),
    ],
)
def test_a_path_of_windows_in_double_quotes_is_told_from_other_faults(
    tmp_path: Path, line: bytes, *, is_of_windows: bool
) -> None:
    with pytest.raises(BadConfig, match="cannot be read") as refused:
        with_config(tmp_path, b"[purge]\n" + line).read_config()
    assert ("in single quotes" in refused.value.hint) == is_of_windows


@pytest.mark.parametrize("text", ["x = " + "9" * 5000, "x = " + "[" * 5000, "x = \x00"])
def test_a_config_that_no_reader_of_toml_ends_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(BadConfig, match="cannot be read"):
        with_config(tmp_path, text.encode()).read_config()


def test_a_config_that_is_missing_or_no_file_is_refused(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    with pytest.raises(BadConfig, match="is missing"):
        folder.read_config()
    folder.config.mkdir()
    with pytest.raises(BadConfig, match="cannot be read"):
        folder.read_config()


@pytest.mark.parametrize("name", ["", "two\nlines", "bell\x07"])
def test_a_name_that_cannot_be_printed_makes_no_folder(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadConfig) as refused:
        Folder(tmp_path / "new").create(name)
    assert "init --name NAME" in refused.value.hint  # there is no ledger.toml to mend
    assert not (tmp_path / "new").exists()
