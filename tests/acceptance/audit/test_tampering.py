"""Whatever is done to the ledger's files is found by somebody, or listed as what cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.tampering import DEEDS, Found, copied_scene, found_after, table

PAGE = Path(__file__).parents[3] / "docs" / "concepts" / "transparency.md"
HARMLESS = "a dump restored as it was"
NOT_TO_BE_FOUND = "the tail cut off after the last checkpoint"


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Found]:
    """Every deed, done to a ledger of its own."""
    folder = tmp_path_factory.mktemp("tampering")
    return {
        name: found_after(deed, copied_scene(folder / str(number)))
        for number, (name, deed) in enumerate(DEEDS.items())
    }


def test_the_page_has_the_table_that_was_found(found: dict[str, Found]) -> None:
    """`python -m tests.support.tampering` prints it."""
    made = table(found)
    print(made)  # noqa: T201 - shown with -s, and when the page differs
    assert made in PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("deed", [name for name in DEEDS if name not in {HARMLESS, NOT_TO_BE_FOUND}])
def test_somebody_finds_it(found: dict[str, Found], deed: str) -> None:
    assert any(found[deed])


@pytest.mark.parametrize("deed", [HARMLESS, NOT_TO_BE_FOUND])
def test_nobody_finds_it(found: dict[str, Found], deed: str) -> None:
    """A restored dump is the same log; a tail that nobody signed leaves nothing behind."""
    assert not any(found[deed])


@pytest.mark.parametrize(
    ("deed", "finding"),
    [
        ("the last signed row and all after it deleted", "log-shrunk"),
        ("yesterday's events.db put back", "log-shrunk"),
        ("a byte of a payload changed, every hash made anew", "log-forked"),
    ],
)
def test_check_holds_the_ledger_against_what_it_signed(tmp_path: Path, deed: str, finding: str) -> None:
    scene = copied_scene(tmp_path / "scene")
    assert finding not in scene.office.run("check").out
    DEEDS[deed](scene)
    answer = scene.office.run("check")
    assert (answer.status, f"{finding}: " in answer.out) == (3, True)


def test_a_bundle_is_not_written_of_events_that_were_not_signed(tmp_path: Path) -> None:
    """Its reader would find it out; whoever writes it is to know before."""
    scene = copied_scene(tmp_path / "scene")
    DEEDS["a byte of a payload changed"](scene)
    answer = scene.office.run("audit", "export", str(tmp_path / "bundle"))
    assert (answer.status, "(E-STORE-DAMAGED)" in answer.err) == (1, True)
    assert not (tmp_path / "bundle").exists()


def test_an_honest_ledger_passes_everywhere(tmp_path: Path) -> None:
    assert not any(found_after(lambda _: None, copied_scene(tmp_path / "scene")))
