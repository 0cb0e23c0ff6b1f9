"""Command lines and streams on systems that are not POSIX, by what such a system lacks."""

from __future__ import annotations

import os
import platform
import subprocess
import sys

import pytest

from cli.options import recording_options
from cli.presentation import shell


def test_words_are_joined_for_a_posix_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell, "IS_POSIX", True)
    assert shell.join(["a b", "c"]) == "'a b' c"
    assert shell.quoted("key") == "'key'"
    assert shell.variable("NOW", "x") == "export NOW=x"


def test_words_are_joined_for_cmd_and_powershell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell, "IS_POSIX", False)
    assert shell.join(["a b", "c"]) == '"a b" c'
    assert shell.quoted("key") == '"key"'
    assert shell.variable("NOW", "x") == '$env:NOW = "x"   (in cmd: set NOW=x)'


def test_host_has_a_name_where_there_is_no_uname(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "uname", raising=False)
    monkeypatch.setattr(platform, "_uname_cache", None)

    def command(**_options: object) -> None:
        """Do nothing."""

    (workstation,) = [
        each for each in recording_options(command).__dict__["__click_params__"] if each.name == "workstation"
    ]
    assert workstation.default()


@pytest.mark.parametrize("encoding", ["cp1250", "ascii", "utf-16"])
def test_messages_are_utf8_in_a_pipe_of_any_code_page(encoding: str) -> None:
    """Reports are bytes in UTF-8: one file must not hold both."""
    ran = subprocess.run(
        [sys.executable, "-m", "ledger", "--lang", "pl", "session", "show", "Żółć"],
        env={**os.environ, "PYTHONIOENCODING": encoding, "SESSION_LEDGER_DIR": "brak-Łódź"},
        capture_output=True,
        check=False,
    )
    assert ran.returncode
    told = (ran.stdout + ran.stderr).decode("utf-8")
    assert "Ł" in told or "ż" in told.lower()
