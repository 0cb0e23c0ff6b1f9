"""Connection records brought to the month: looked at first, taken in once, kept in memory alone."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from starlette.formparsers import MultiPartParser

from cli.desk import gate
from tests.support.office import Office
from tests.support.served import Answer, Served

PAGE = "/month/2026-11/records"
HEAD = "id_zrodla;id_partnera;technik;start;koniec;uwagi\n"
ROWS = HEAD + (
    "a1;123456789;anna;2026-11-16T15:31Z;2026-11-16T16:00Z;\n"
    "a2;987654321;anna;2026-11-16T15:40Z;2026-11-16T15:55Z;KANAREK\n"
    "a3;987654321;anna;kiedyś;;\n"
)
TYPED = {"adapter": "generic-csv", "zone": "Europe/Warsaw"}


def _brought(desk: Served, content: bytes = ROWS.encode(), **typed: str) -> Answer:
    form = desk.get(PAGE).hidden("records")
    return desk.brings(PAGE, form | TYPED | typed, "zapisy.csv", content)


def test_a_file_is_looked_at_before_it_is_taken_in(desk: Served, office: Office) -> None:
    before = office.events()
    page = desk.follow(_brought(desk))
    assert "2 + 0 + 0 + 1" in page.text.replace("3 = ", "")
    assert "4: " in page.text
    assert office.events() == before
    done = desk.follow(desk.post(f"{PAGE}/take", page.hidden("take")))
    assert "zapisy.csv" in done.text
    assert len(office.asks("source", "list")["records"]) == 2
    events = office.events()
    again = desk.follow(_brought(desk))
    desk.follow(desk.post(f"{PAGE}/take", again.hidden("take")))
    assert office.events() == events


def test_the_records_are_those_of_the_command(desk: Served, office: Office, tmp_path: Path) -> None:
    page = desk.follow(_brought(desk))
    desk.follow(desk.post(f"{PAGE}/take", page.hidden("take")))
    taken = office.asks("source", "list")["records"]
    file = tmp_path / "zapisy.csv"
    file.write_bytes(ROWS.encode())
    answer = office.run(
        "source", "import", "generic-csv", str(file), "--tz", "Europe/Warsaw", "-f", "json"
    ).document
    assert (answer["observed"], answer["duplicate"]) == (0, 2)
    assert office.asks("source", "list")["records"] == taken


@pytest.mark.parametrize(
    ("content", "typed"),
    [(b"", {"adapter": ""}), (ROWS.encode(), {"zone": "Mars/Olimp"}), (b"\x00\xff\x00", {})],
)
def test_what_cannot_be_read_is_refused_and_nothing_is_kept(
    desk: Served, office: Office, content: bytes, typed: dict[str, str]
) -> None:
    before = office.events()
    page = desk.follow(_brought(desk, content, **typed))
    assert 'action="/month/2026-11/records/take"' not in page.text
    assert office.events() == before


def test_a_form_without_a_file_says_so(desk: Served) -> None:
    page = desk.follow(desk.post(PAGE, desk.get(PAGE).hidden("records") | TYPED))
    assert "nie wybrano pliku" in page.text


def test_a_file_that_is_kept_no_more_is_asked_for_again(desk: Served, office: Office) -> None:
    page = desk.follow(_brought(desk))
    desk.enter()
    before = office.events()
    told = desk.follow(desk.post(f"{PAGE}/take", page.hidden("take")))
    assert "wybierz go ponownie" in told.text
    assert office.events() == before


def _rolled_over(desk: Served, monkeypatch: pytest.MonkeyPatch) -> int:
    """How often a file of three megabytes was put on the disk on its way."""
    rolled: list[object] = []
    whole = vars(tempfile.SpooledTemporaryFile)["rollover"]

    def counted(spooled: tempfile.SpooledTemporaryFile[bytes]) -> None:
        rolled.append(spooled)
        whole(spooled)

    monkeypatch.setattr(tempfile.SpooledTemporaryFile, "rollover", counted)
    _brought(desk, b"x" * (3 << 20))
    return len(rolled)


def test_nothing_of_a_large_file_is_put_on_the_disk(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _rolled_over(desk, monkeypatch) == 0


def test_without_its_guard_a_large_file_is_put_on_the_disk(
    desk: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MultiPartParser, "spool_max_size", 1 << 20)
    assert _rolled_over(desk, monkeypatch) > 0


def test_a_file_is_taken_in_one_place_alone(desk: Served) -> None:
    assert desk.brings("/call", {}, "x.csv", b"x" * (gate.BODY_BYTES_MAX + 1)).status == 413
    assert desk.brings("/call", {}, "x.csv", b"x").status == 400
    assert desk.brings(PAGE, {}, "x.csv", b"x" * (gate.FILE_BYTES_MAX + 1)).status == 413


def test_a_seat_that_looks_brings_nothing(desk: Served) -> None:
    desk.enter(kind="read-only")
    assert desk.brings(PAGE, TYPED, "zapisy.csv", ROWS.encode()).status == 403
    assert 'type="file"' not in desk.get(PAGE).text
