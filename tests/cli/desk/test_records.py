"""Connection records brought to the month: looked at first, taken in once, kept in memory alone."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

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


def test_nothing_of_a_large_file_lies_in_a_temporary_folder(
    desk: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a file of several megabytes, then no temporary file is made for it."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    made: list[object] = []
    monkeypatch.setattr(tempfile, "_TemporaryFileCloser", made.append, raising=False)
    rows = "".join(
        f"b{n};123456789;anna;2026-11-16T15:31Z;2026-11-16T16:00Z;KANAREK\n" for n in range(40_000)
    )
    page = desk.follow(_brought(desk, (HEAD + rows).encode()))
    assert page.status == 200
    assert list(place.iterdir()) == []


def test_a_file_is_taken_in_one_place_alone(desk: Served) -> None:
    assert desk.brings("/call", {}, "x.csv", b"x" * (gate.BODY_BYTES_MAX + 1)).status == 413
    assert desk.brings("/call", {}, "x.csv", b"x").status == 400
    assert desk.brings(PAGE, {}, "x.csv", b"x" * (gate.FILE_BYTES_MAX + 1)).status == 413


def test_a_seat_that_looks_brings_nothing(desk: Served) -> None:
    desk.enter(kind="read-only")
    assert desk.brings(PAGE, TYPED, "zapisy.csv", ROWS.encode()).status == 403
    assert 'type="file"' not in desk.get(PAGE).text
