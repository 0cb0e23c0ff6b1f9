"""Command lines and streams on systems that are not POSIX, by what such a system lacks."""

from __future__ import annotations

import io
import os
import platform
import subprocess
import sys

import click
import pytest

from cli.main import speak_utf8
from cli.options import personal_value, recording_options
from cli.presentation import shell
from ledger.errors import BadText


def test_words_are_joined_for_a_posix_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell, "IS_POSIX", True)
    assert shell.join(["a b", "c"]) == "'a b' c"
    assert shell.quoted("key") == "'key'"
    assert shell.variable("NOW", "x") == "export NOW=x"


def test_words_are_joined_for_cmd_and_powershell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell, "IS_POSIX", False)
    assert shell.join(["a b", "c"]) == '"a b" c'
    assert shell.join(["a,b", "R&D", "x;y", "C:\\a (1)\\", "C:\\a,\\"]) == (
        '"a,b" "R&D" "x;y" "C:\\a (1)\\\\" "C:\\a,\\\\"'
    )
    assert shell.join(["--set", "base_price=120.00", "ref:2026/11/A-14", "…", "żółć"]) == (
        "--set base_price=120.00 ref:2026/11/A-14 … żółć"
    )
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


def _with_stdin(content: bytes) -> io.TextIOWrapper:
    stream = io.TextIOWrapper(io.BytesIO(content), encoding="cp852")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "stdin", stream)
        speak_utf8()
    return stream


def test_what_comes_through_a_pipe_is_utf8_with_the_mark_of_powershell_or_without() -> None:
    for content in ("zażółć\r\n".encode("utf-8-sig"), "zażółć\r\n".encode()):
        assert _with_stdin(content).readline() == "zażółć\n"


def test_shells_of_windows_are_told_how_to_hand_on_utf8(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shell.utf8_hint() is None or os.name == "nt"
    monkeypatch.setattr(shell, "IS_POSIX", False)
    monkeypatch.setattr(sys, "stdin", _with_stdin("zażółć\r\n".encode("cp852")))
    context = click.Context(click.Command("note"))
    with pytest.raises(BadText) as refused:
        personal_value(context, "-", "--note")
    assert "chcp 65001" in refused.value.hint


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
