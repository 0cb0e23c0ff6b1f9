"""The pages say what the program does: generated parts are current, everything has its place, links lead."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import click
import pytest

from cli.lazy_group import load
from cli.main import make_root
from cli.presentation.catalogue import said
from cli.presentation.wording.typed import TYPED
from cli.presentation.wording.vocabulary import VOCABULARY
from cli.registry import COMMANDS, GROUPS
from ledger.domain.events import EVENTS, REASON_CODES
from ledger.domain.ledger_state import SETTINGS
from ledger.domain.session.evolve import STATES, State
from ledger.domain.session.life import LIFE
from tests.docs.examples import ROOT, pages
from tests.support.reference import KINDS, PARTS, error_classes

REFERENCE = ROOT / "docs" / "reference"
_MAYBE_GENERATED = [
    *REFERENCE.glob("*.md"),
    *(ROOT / "docs" / "pl" / "reference").glob("*.md"),
    ROOT / "docs" / "glossary.md",
]
GENERATED = sorted(page for page in _MAYBE_GENERATED if "[[[cog" in page.read_text(encoding="utf-8"))
PAGES = [*pages(), ROOT / "CHANGELOG.md"]

_LINK = re.compile(r"\]\(([^()\s]+)\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_OF_A_MACHINE = re.compile(
    # The made user's folder and the system's own are examples of settings.
    r"pypi|pythonhosted|index-url|npmjs|conda|/home/|/root/|/Users/|/work/|/tmp/"
    r"|[A-Z]:\\(?!Users\\anna|Program Files)",
    re.IGNORECASE,
)


def _name(page: Path) -> str:
    return str(page.relative_to(ROOT))


def _text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def _sections(page: Path) -> set[str]:
    return set(_HEADING.findall(_FENCE.sub("", _text(page))))


# --- generated pages -----------------------------------------------------------------------------


ALSO_A_VALUE = {"session", "event"}
"""Nouns that name a kind of data in the register of deletions as well, where Polish says which data."""


def test_glossary_calls_values_what_the_program_calls_them() -> None:
    """The words of its first table, too, where they are values."""
    words: dict[str, set[str]] = {}
    for codes in VOCABULARY.values():
        for named in codes.values():
            words.setdefault(said(named, "en").casefold(), set()).add(said(named, "pl"))
    table = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").partition("## Values")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    for row in rows:
        english, polish = row[0].split(", ")[0].casefold(), row[1]
        known = None if english in ALSO_A_VALUE else words.get(english)
        said_so = known is None or any(each.partition(" (")[0] in polish for each in known)
        assert said_so, f"{english}: {polish}, but {known}"
    assert {*VOCABULARY, *TYPED} == set(KINDS)


@pytest.mark.parametrize("page", GENERATED, ids=_name)
def test_generated_page_is_current(page: Path) -> None:
    """What stands in it is what the code says now."""
    ran = subprocess.run(
        [sys.executable, "-m", "cogapp", "--check", str(page)],
        cwd=ROOT,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'src'}", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, f"{_name(page)} is not current: make docs writes it anew\n{ran.stderr}"


def test_pages_that_can_be_generated_are() -> None:
    english = [page.stem for page in GENERATED if page.parent == REFERENCE]
    assert english == ["cli", "errors", "events", "instants", "settings", "states"]
    others = {_name(page) for page in GENERATED if page.parent != REFERENCE}
    assert others == {"docs/glossary.md", "docs/pl/reference/cli.md"}


# --- commands -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_stands_in_the_reference(name: str) -> None:
    assert name in _sections(REFERENCE / "cli.md")


@pytest.mark.parametrize("name", COMMANDS)
def test_help_of_every_command_has_an_example(name: str) -> None:
    """A line `Example`, and below it a command as it is typed."""
    ctx = click.Context(make_root(COMMANDS, GROUPS), info_name="session-ledger")
    shown = load(COMMANDS[name].target).get_help(click.Context(load(COMMANDS[name].target), parent=ctx))
    found = re.search(r"^  Examples?:\n((?:    session-ledger .+\n)+)", shown, re.MULTILINE)
    assert found, shown
    for line in found[1].splitlines():
        assert f" {name} " in f"{line} "


def test_every_global_option_stands_in_the_reference() -> None:
    root = make_root(COMMANDS, GROUPS)
    for option in root.params:
        assert option.opts[-1] in _text(REFERENCE / "cli.md")


# --- refusals, events, states, settings, shapes -----------------------------------------------------


def test_every_refusal_has_a_section() -> None:
    assert {kind.code for kind in error_classes()} == _sections(REFERENCE / "errors.md") - {"Refusals"}


def test_every_event_has_a_section_with_its_topic_and_fields() -> None:
    text, sections = _text(REFERENCE / "events.md"), _sections(REFERENCE / "events.md")
    assert {kind.__name__ for kind in EVENTS} <= sections
    assert {kind.__name__ for kind in PARTS} <= sections
    for fact in EVENTS:
        assert f"`{fact.TOPIC}`" in text
        for field in fact.__struct_encode_fields__:
            assert f"`{field}`" in text


def test_every_state_and_every_command_of_a_session_stands_in_the_table() -> None:
    text = _text(REFERENCE / "states.md")
    assert get_args(State) == STATES
    assert f"| command | {' | '.join(STATES)} |" in text
    for command in LIFE:
        assert f"\n| {command} | " in text


def test_every_setting_is_explained_and_has_its_default() -> None:
    text = _text(REFERENCE / "settings.md")
    for key, default in SETTINGS.items():
        assert f"- `{key}`: " in text
        assert f"| `{key}` | {default} |" in text
    for code in REASON_CODES:
        assert f"- `{code}`\n" in text


def test_every_variable_of_the_environment_is_explained() -> None:
    """Those the sources read."""
    sources = [*(ROOT / "cli").rglob("*.py"), *(ROOT / "src").rglob("*.py")]
    read = {name for file in sources for name in re.findall(r'"(SESSION_LEDGER_[A-Z]+)"', _text(file))}
    assert read >= {"SESSION_LEDGER_DIR", "SESSION_LEDGER_BY", "SESSION_LEDGER_NOW"}
    for name in read:
        assert f"`{name}`" in _text(REFERENCE / "settings.md")


def test_every_json_shape_is_shown() -> None:
    """Each schema that the sources name stands on the page, in real output."""
    text = _text(REFERENCE / "json.md")
    for file in (ROOT / "cli").rglob("*.py"):
        for schema in re.findall(r'"(session-ledger/[a-z-]+/\d+)"', _text(file)):
            assert f'"schema": "{schema}"' in text


# --- rooms ----------------------------------------------------------------------------------------


def test_every_room_stands_in_the_architecture() -> None:
    """Each module at the top of `ledger` and each of `projections`, each folder of `cli`."""
    text = _text(ROOT / "docs" / "architecture.md")
    rooms = [*(ROOT / "src" / "ledger").iterdir(), *(ROOT / "projections").iterdir()]
    rooms += [room for room in (ROOT / "cli").iterdir() if room.is_dir()]
    for room in rooms:
        if room.name.startswith("__") or room.suffix not in {"", ".py"}:
            continue
        assert f"`{room.stem}`" in text or f"`{room.stem}/`" in text, room


# --- pages ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_links_lead_somewhere(page: Path) -> None:
    """Files exist, and so do the headings that are pointed to; nothing leads out to a package host."""
    for target in _LINK.findall(_FENCE.sub("", _text(page))):
        if target.startswith("https://"):
            continue
        file, _, anchor = target.partition("#")
        led_to = (page.parent / file).resolve() if file else page
        assert led_to.is_file(), f"{target} leads nowhere"
        assert led_to.is_relative_to(ROOT)
        if anchor:
            assert anchor in {_anchor(heading) for heading in _HEADING.findall(_text(led_to))}, target


def _anchor(heading: str) -> str:
    kept = re.sub(r"[^\w\- ]", "", heading.strip().lower())
    return kept.replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=_name)
def test_page_names_no_package_host_and_no_place_of_a_machine(page: Path) -> None:
    assert not _OF_A_MACHINE.findall(_text(page))


@pytest.mark.parametrize("page", pages(), ids=_name)
def test_every_page_can_be_reached(page: Path) -> None:
    """From README or from another page."""
    led_to = {
        (other.parent / target.partition("#")[0]).resolve()
        for other in pages()
        if other != page
        for target in _LINK.findall(_FENCE.sub("", _text(other)))
    }
    assert page in led_to or page == ROOT / "README.md"


@pytest.mark.parametrize("page", pages(), ids=_name)
def test_every_command_with_a_prompt_is_run(page: Path) -> None:
    """A `$` stands in console blocks only; those are run."""
    for language, block in _FENCE.findall(_text(page)):
        assert language == "console" or not re.search(r"^\$ ", block, re.MULTILINE)


def test_readme_has_the_two_commands_each_alone() -> None:
    blocks = [block for _, block in _FENCE.findall(_text(ROOT / "README.md"))]
    assert "make demo\n" in blocks
    assert "make test\n" in blocks
