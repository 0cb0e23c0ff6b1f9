"""Names that Windows gives to no file: refused before anything is written under another one."""

from __future__ import annotations

from pathlib import Path, PureWindowsPath

import pytest

from ledger.errors import FileTrouble
from ledger.folder.atomic_write import make_folder
from ledger.folder.unusable_names import why_unusable
from tests.support.systems import needs_windows

USABLE = [
    "report.csv",
    r"C:\Users\Zażółć Gęślą\raport ze spacją.csv",
    r"C:raport.csv",
    "C:\\",
    ".",
    "..",
    "-",
    r"\\server\share\report.csv",
    "/srv/report.csv",
    "console.csv",
    "CONTRACTS",
    "nulls",
    "com10.csv",
    "com",
    "lpt",
    "a b",
    ".hidden",
    "name..csv",
    " leading",
    "x" * 300,
    r"\\?\C:\a\CON",
    r"\\?\C:\a.",
    "%USERPROFILE%",
    "~",
    r"..\a\.b",
]
UNUSABLE = {
    "NUL": "device",
    "nul.txt": "device",
    "NUL.tar.gz": "device",
    r"C:\a\CON": "device",
    r"aux\report.csv": "device",
    "com1.csv": "device",
    "LPT9": "device",
    "com\u00b9": "device",
    "prn .csv": "device",
    "CONIN$": "device",
    "a?.csv": "holds '?'",
    "a*": "holds '*'",
    "a<b": "holds '<'",
    "a>b": "holds '>'",
    "a|b": "holds '|'",
    'a"b': "holds '\"'",
    "report:hidden.csv": "holds ':'",
    r"C:\a\b:c": "holds ':'",
    "a\tb": "holds",
    "a\nb": "holds",
    "report.": "dot or a blank",
    "report.csv ": "dot or a blank",
    "...": "dot or a blank",
    r"C:\folder.\report.csv": "dot or a blank",
}


@pytest.mark.parametrize("name", USABLE)
def test_name_that_a_windows_disk_takes_is_used(name: str) -> None:
    assert why_unusable(PureWindowsPath(name)) is None


@pytest.mark.parametrize("name", UNUSABLE)
def test_name_that_would_be_lost_or_become_another_is_refused(name: str) -> None:
    assert UNUSABLE[name] in str(why_unusable(PureWindowsPath(name)))


@needs_windows
@pytest.mark.parametrize("name", ["NUL.csv", "report:b", "report.", "a?"])
def test_no_folder_is_made_of_it(tmp_path: Path, name: str) -> None:
    with pytest.raises(FileTrouble):
        make_folder(tmp_path / "new" / name)
    assert not (tmp_path / "new").exists()


@needs_windows
def test_drive_that_is_not_there_is_told_as_the_system_tells_it() -> None:
    free = next(letter for letter in "QRSTUVWXY" if not Path(f"{letter}:\\").exists())
    with pytest.raises(OSError, match=f"{free}:"):
        make_folder(Path(f"{free}:\\a\\b"))
