"""Transfers on the page: a bank's file looked at and taken in, certain ones confirmed, others decided."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.bank_office import BANK, NOW, BankOffice
from tests.support.served import Answer, Served, served

PAGE = "/payments"
FILE = "mt940-words.sta"


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> BankOffice:
    """An office with the invoices of the vectors."""
    monkeypatch.setenv("SESSION_LEDGER_NOW", NOW)
    made = BankOffice(tmp_path / "ledger")
    made.record_invoices()
    made.knows_accounts()
    return made


@pytest.fixture
def desk(office: BankOffice, tmp_path: Path) -> Iterator[Served]:
    """Its desk, somebody in the seat."""
    with served(office.folder, tmp_path / "run") as running:
        running.enter()
        yield running


def _brought(desk: Served, name: str = FILE, content: bytes | None = None, **typed: str) -> Answer:
    form = desk.get(PAGE).hidden("payments")
    content = (BANK / name).read_bytes() if content is None else content
    return desk.follow(desk.brings(PAGE, form | typed, name, content))


def _taken(desk: Served, name: str = FILE) -> Answer:
    page = _brought(desk, name)
    desk.follow(desk.post(f"{PAGE}/take", page.hidden("take")))
    return desk.get(PAGE)


def _ticked(page: Answer) -> dict[str, str]:
    return dict(re.findall(r'name="(pick-[0-9a-f]+)" value="([0-9a-f]+)" checked', page.text))


def _listed(office: BankOffice, *more: str) -> list[dict[str, Any]]:
    transfers: list[dict[str, Any]] = office.asks("payment", "list", *more)["transfers"]
    return transfers


def test_a_file_is_looked_at_before_it_is_taken_in(desk: Served, office: BankOffice) -> None:
    before = office.events()
    page = _brought(desk)
    assert "Co jest w pliku" in page.text or 'id="seen"' in page.text
    assert office.events() == before
    desk.follow(desk.post(f"{PAGE}/take", page.hidden("take")))
    events = office.events()
    assert events > before
    _taken(desk)
    assert office.events() == events


def test_the_transfers_are_those_of_the_command(desk: Served, office: BankOffice, tmp_path: Path) -> None:
    """The same file by the page and by the command: the same transfers, proposed for the same documents."""
    _taken(desk)
    other = BankOffice(tmp_path / "other")
    other.record_invoices()
    other.knows_accounts()
    other.takes_bank_file(FILE)

    def told(of: BankOffice) -> list[tuple[Any, ...]]:
        return sorted((t["title"], t["state"], t["why"], str(t["documents"])) for t in _listed(of))

    assert told(office) == told(other)


def test_what_is_ticked_is_paid_and_nothing_else(desk: Served, office: BankOffice) -> None:
    """Given three certain transfers, when one tick is taken away, then two documents are paid, once."""
    page = _taken(desk)
    ticked = _ticked(page)
    assert len(ticked) == 3
    left = next(t for t in _listed(office, "--proposed") if t["title"] == "FV/2026/10/0004")
    del ticked[f"pick-{left['transfer']}"]
    hidden = page.hidden("confirm")
    done = desk.follow(desk.post(f"{PAGE}/confirm", hidden | ticked))
    assert "2" in done.text
    assert [office.owed(f"FV/2026/10/{n:04d}") for n in (4, 6, 9)] == [12300, 0, 31500]
    events = office.events()
    again = desk.follow(desk.post(f"{PAGE}/confirm", hidden | ticked))
    assert "już wcześniej" in again.text
    assert office.events() == events


def test_what_moved_since_the_page_was_shown_is_not_confirmed(desk: Served, office: BankOffice) -> None:
    """An invoice paid by hand in between: nothing of what was ticked is recorded."""
    page = _taken(desk)
    office.does(
        *("invoice", "paid", "FV/2026/10/0004", "--amount", "123.00", "--on", "2026-11-20"),
        *("--method", "cash"),
    )
    before = office.events()
    told = desk.follow(desk.post(f"{PAGE}/confirm", page.hidden("confirm") | _ticked(page)))
    assert 'class="refused"' in told.text
    assert office.events() == before


@pytest.mark.parametrize("digest", ["", "0" * 12, "x" * 5000])
def test_a_made_up_tick_confirms_nothing(desk: Served, office: BankOffice, digest: str) -> None:
    page = _taken(desk)
    before = office.events()
    made_up = dict.fromkeys(_ticked(page), digest)
    told = desk.follow(desk.post(f"{PAGE}/confirm", page.hidden("confirm") | made_up))
    assert "E-PAYMENT-CHANGED" in told.text
    assert office.events() == before


def test_a_person_decides_the_others_and_may_decide_again(desk: Served, office: BankOffice) -> None:
    _taken(desk)
    open_ones = [t for t in _listed(office) if t["state"] == "listed" and t["amount_grosze"] > 0]
    first, second = open_ones[0]["transfer"][:12], open_ones[1]["transfer"][:12]
    amount = open_ones[1]["amount_grosze"]
    desk.records(PAGE, f"set-aside-{first}", f"{PAGE}/{first}/set-aside", reason="private")
    assert [t["why"] for t in _listed(office, "--set-aside") if t["transfer"].startswith(first)] == [
        "private"
    ]
    owed = office.owed("FV/2026/10/0006")
    parts = f"FV/2026/10/0006={amount // 100},{amount % 100:02d}\n"
    typed = {"parts": parts} | ({"overpaid": "1"} if amount > owed else {})
    desk.records(PAGE, f"assign-{second}", f"{PAGE}/{second}/assign", **typed)
    assert office.owed("FV/2026/10/0006") != owed
    desk.records(PAGE, f"undo-{second}", f"{PAGE}/{second}/undo", code="checked")
    assert office.owed("FV/2026/10/0006") == owed


@pytest.mark.parametrize(
    "parts", ["", "FV/2026/10/0006", "FV/2026/10/0006=dużo", "FV/0000/00/0000=1,00", "=1"]
)
def test_an_assignment_that_cannot_be_read_is_shown_again(
    desk: Served, office: BankOffice, parts: str
) -> None:
    """What was typed stands there again with the refusal, and nothing is recorded."""
    _taken(desk)
    key = next(t for t in _listed(office) if t["state"] == "listed")["transfer"][:12]
    before = office.events()
    told = desk.records(PAGE, f"assign-{key}", f"{PAGE}/{key}/assign", parts=parts)
    assert 'class="refused"' in told.text
    assert parts in told.text
    assert office.events() == before


@pytest.mark.parametrize("content", [b"", b"\x00\xff", b"<Document/>", b":20:x"])
def test_what_is_no_statement_is_refused(desk: Served, office: BankOffice, content: bytes) -> None:
    before = office.events()
    told = _brought(desk, "x.sta", content)
    assert 'class="refused"' in told.text
    assert office.events() == before


def test_a_seat_that_looks_decides_nothing(desk: Served, office: BankOffice) -> None:
    _taken(desk)
    desk.enter(kind="read-only")
    page = desk.get(PAGE)
    assert "<button" not in page.text.partition("<main")[2]
    assert desk.post(f"{PAGE}/confirm", {"pick-00": "0"}).status == 403
    assert desk.brings(PAGE, {}, FILE, b"x").status == 403
    desk.enter(kind="review")
    assert desk.get(PAGE).status == 403
    assert office.owed("FV/2026/10/0004") == 12300
