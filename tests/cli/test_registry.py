"""The table of commands: a command is found by its name."""

from __future__ import annotations

import keyword

import pytest

from cli.registry import COMMANDS

GROUPED = {
    "audit anchor attach": "anchor",
    "audit anchor list": "anchor",
    "audit anchor outbox": "anchor",
    "audit anchor request": "anchor",
    "audit anchor verify": "anchor",
    "audit checkpoint": "log",
    "audit key rotate": "log",
    "audit key show": "log",
    "audit prove": "log",
    "audit sample": "review",
    "audit upgrade": "log",
    "audit witness attach": "witness",
    "audit witness list": "witness",
    "audit witness request": "witness",
    "ksef outage begin": "outage",
    "ksef outage end": "outage",
    "ksef outage list": "outage",
    "ksef outage withdraw": "outage",
    "payment assign": "decide",
    "payment returned": "decide",
    "payment set-aside": "decide",
    "payment undo": "decide",
    "session accept": "life",
    "session artefact": "workspace",
    "session cancel": "life",
    "session confirm": "amend",
    "session connect": "life",
    "session disconnect": "life",
    "session end": "life",
    "session note": "amend",
    "session quote": "life",
    "session reclassify": "amend",
    "session release": "hold",
    "session request": "life",
    "source acknowledge": "decide",
    "source dismiss": "decide",
    "source match": "decide",
    "source waive": "decide",
}
"""Verbs that share a file with others of their noun, and that file's name."""
NOUNS_OF_ONE_FILE = {"config", "period", "purchase", "retention", "store"}


@pytest.mark.parametrize("name", COMMANDS)
def test_command_stands_in_the_folder_of_its_noun_and_the_file_of_its_verb(name: str) -> None:
    noun, *verbs = name.split(" ")
    module = COMMANDS[name].target.partition(":")[0]
    if not verbs or noun in NOUNS_OF_ONE_FILE:
        expected = f"cli.commands.{_identifier(noun)}"
    else:
        expected = f"cli.commands.{noun}.{GROUPED.get(name) or _identifier(' '.join(verbs))}"
    assert module == expected


def test_grouped_verbs_are_commands_that_their_own_name_would_not_find() -> None:
    assert set(GROUPED) <= set(COMMANDS)
    assert not [name for name, file in GROUPED.items() if file == _identifier(name.partition(" ")[2])]


def _identifier(verb: str) -> str:
    name = verb.replace("-", "_").replace(" ", "_")
    return f"{name}_" if keyword.iskeyword(name) else name
