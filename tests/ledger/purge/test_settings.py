"""`[purge]` of ledger.toml: understood, refused by key, changed in place."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from ledger.errors import BadConfig
from ledger.folder.layout import CONFIG_TEXT
from ledger.purge.settings import PurgeSettings, missing_places, parse_settings
from tests.support.systems import IS_WINDOWS, absolute, needs_links

TEXT = """\
# kept
name = "shop"

[purge]   # where
grace = "5s"
roots = [
    "/a",  # one
    "/b",
]

[[purge.vendor]]
name = "tv"
note = "kept by the vendor"
"""


def test_without_a_word_about_purges_nothing_is_looked_at() -> None:
    found = parse_settings({})
    assert found == PurgeSettings()
    assert not found.looks_somewhere


def test_everything_that_can_be_said() -> None:
    found = parse_settings(
        tomllib.loads(f"""
        [purge]
        workspaces = "{absolute("/ws")}"
        grace = "2m"
        roots = ["{absolute("/out")}"]
        [[purge.pattern]]
        name = "videos"
        root = "{absolute("/videos")}"
        glob = "**/{{session}}-{{ref}}.tvs"
        [[purge.shared_log]]
        name = "log"
        path = "{absolute("/tool.log")}"
        [[purge.vendor]]
        name = "tv"
        note = "reports"
        """)
    )
    expected = (Path(absolute("/ws")), 120, (Path(absolute("/out")),))
    assert (found.workspaces, found.grace_seconds, found.roots) == expected
    assert (found.patterns[0].name, found.shared_logs[0].path) == ("videos", Path(absolute("/tool.log")))
    assert found.vendors[0].note == "reports"
    assert found.looks_somewhere


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("purge = 1", "purge is not a table"),
        ("[purge]\nplace = '/a'", "'purge.place'"),
        ("[purge]\nworkspaces = 'relative'", "purge.workspaces is not an absolute path"),
        ("[purge]\nworkspaces = '/a/../b'", "purge.workspaces is not an absolute path"),
        (f"[purge]\nworkspaces = '{absolute('/')}'", "purge.workspaces is the root of the file system"),
        ("[purge]\nworkspaces = 1", "purge.workspaces is not a path"),
        ("[purge]\ngrace = 5", "purge.grace"),
        ("[purge]\ngrace = '11m'", "purge.grace"),
        ("[purge]\nroots = '/a'", "purge.roots is not a list"),
        ("[[purge.pattern]]\nname = 'x'", "glob, name, root"),
        ("[[purge.pattern]]\nname = 'x'\nroot = 'ROOT'\nglob = '../*'", "purge.pattern.glob"),
        ("[[purge.pattern]]\nname = 'x'\nroot = 'ROOT'\nglob = '/b'", "purge.pattern.glob"),
        ("[[purge.pattern]]\nname = 'x'\nroot = 'ROOT'\nglob = '{user}'", "braces"),
        (
            "[[purge.pattern]]\nname = 'Jan Nowak'\nroot = 'ROOT'\nglob = '*'",
            "purge.pattern.name contains a space",
        ),
        ("[[purge.vendor]]\nname = 'x'\nnote = 1", "no text"),
        ("[purge]\nvendor = [1]", "name, note"),
        ("[[purge.vendor]]\nname='x'\nnote=''\n[[purge.vendor]]\nname='x'\nnote=''", "same name"),
    ],
)
def test_what_cannot_be_understood_is_named_by_its_key(text: str, said: str) -> None:
    with pytest.raises(BadConfig, match=r"ledger\.toml") as refused:
        parse_settings(tomllib.loads(text.replace("ROOT", absolute("/a"))))
    assert said in refused.value.fact


@needs_links
def test_places_that_are_not_there_are_found(tmp_path: Path) -> None:
    (tmp_path / "ws").mkdir()
    (tmp_path / "link").symlink_to("ws")
    found = PurgeSettings(workspaces=tmp_path / "ws", roots=(tmp_path / "link", tmp_path / "no"))
    assert [str(each) for each in missing_places(found)] == [
        "purge.roots names a folder that is not there"
    ] * 2


@pytest.mark.skipif(IS_WINDOWS, reason="its paths are those of Linux; the guide has those of Windows")
def test_the_commented_example_is_understood() -> None:
    """Every commented line of a new ledger.toml that looks like TOML is, and says something that holds."""
    text = CONFIG_TEXT.format(name="shop")
    lines = [line.removeprefix("# ") for line in text.splitlines()]
    said = [
        line for line in lines if re.match(r"\[|(workspaces|grace|roots|name|root|glob|path|note) = ", line)
    ]
    found = parse_settings(tomllib.loads("\n".join(said[1:])))
    assert (len(found.patterns), len(found.shared_logs), len(found.vendors)) == (3, 2, 2)
    assert "C:\\Users\\anna" in text
    assert "C:\\\\" not in text
    assert parse_settings(tomllib.loads(text)) == PurgeSettings()


# --- changed in place -------------------------------------------------------------------------
