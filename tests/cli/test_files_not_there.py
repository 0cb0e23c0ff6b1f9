"""A file that is not there is told in the language of its user, with what can be done about it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.office import Office
from tests.support.systems import IS_WINDOWS

NAMED = "nie-ma.dat"
COMMANDS = (
    ("customer", "import", NAMED),
    ("session", "import", NAMED),
    ("purchase", "import", NAMED),
    ("payment", "import", NAMED),
    ("source", "import", "teamviewer-connections", NAMED),
    ("tariff", "check", NAMED),
    ("invoice", "verify", NAMED),
)


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """A ledger that is empty."""
    return Office(tmp_path_factory.mktemp("files") / "ledger")


@pytest.mark.parametrize("words", COMMANDS, ids=lambda words: " ".join(words[:2]))
@pytest.mark.parametrize("is_folder", [False, True], ids=["nothing there", "a folder"])
def test_missing_file_is_told_in_polish(
    office: Office, tmp_path: Path, words: tuple[str, ...], *, is_folder: bool
) -> None:
    file = tmp_path / NAMED
    if is_folder:
        file.mkdir()
    answer = office.run("--lang", "pl", *words[:-1], str(file))
    assert answer.status in {1, 2}
    assert "Błąd: " in answer.out + answer.err
    assert NAMED in answer.out + answer.err
    assert not [
        each for each in ("No such file", "Is a directory", "cannot") if each in answer.out + answer.err
    ]


@pytest.mark.parametrize("lang", ["en", "pl"])
def test_folder_of_windows_is_told_as_it_was_typed(office: Office, tmp_path: Path, lang: str) -> None:
    """Given a folder where a file is wanted, its backslashes are not written twice."""
    folder = tmp_path / ("a" if IS_WINDOWS else r"C:\Moja firma\a")
    folder.mkdir()
    answer = office.run("--lang", lang, "--log-file", str(folder), "status")
    assert (answer.status, str(folder) in answer.err) == (2, True)
