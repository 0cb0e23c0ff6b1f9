"""Documents sent to KSeF from the desk: once, whatever happens on the way."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.ksef.server import TOKEN, fake_ksef
from tests.support.ksef.shop import TODAY, Shop
from tests.support.served import Served, served

FIRST = "FV/2026/11/0001"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    """FIRST is issued today."""
    monkeypatch.setenv("SESSION_LEDGER_NOW", TODAY)
    monkeypatch.setenv("SESSION_LEDGER_KSEF_TOKEN", TOKEN)
    with fake_ksef() as server:
        yield Shop(tmp_path, server, issued=True)


@pytest.fixture
def desk(shop: Shop, tmp_path: Path) -> Iterator[Served]:
    """Its desk, somebody in the seat."""
    with served(shop.office.folder, tmp_path / "run") as running:
        running.enter()
        yield running


def test_a_document_is_sent_once(desk: Served, shop: Shop) -> None:
    assert f'action="/submit/{FIRST}"' in desk.get(f"/invoice/{FIRST}").text
    told = desk.follow(desk.post(f"/submit/{FIRST}", {})).text
    (number,) = shop.numbers
    assert str(number) in told
    assert f'action="/submit/{FIRST}"' not in desk.get(f"/invoice/{FIRST}").text
    desk.follow(desk.post(f"/submit/{FIRST}", {}))
    assert shop.numbers == [number]
    assert len(shop.facts(FIRST)) == 2


def test_all_that_wait_are_sent(desk: Served, shop: Shop) -> None:
    second = shop.issues("K-1", day=23)
    page = desk.get("/month/2026-11/documents").text
    assert 'action="/month/2026-11/submit"' in page
    told = desk.follow(desk.post("/month/2026-11/submit", {})).text
    assert len(shop.numbers) == 2
    for number in (FIRST, second):
        assert number in told
    assert "Nic nie czeka" in desk.follow(desk.post("/month/2026-11/submit", {})).text


def test_a_rejected_document_can_be_put_aside(desk: Served, shop: Shop) -> None:
    shop.server.office.rejections.append(430)
    told = desk.follow(desk.post(f"/submit/{FIRST}", {})).text
    assert "430" in told
    page = desk.records(f"/invoice/{FIRST}", "withdraw", path=f"/withdraw/{FIRST}", code="data-changed")
    assert "odłożon" in page.text or "wycofan" in page.text
    assert shop.office.asks("invoice", "show", FIRST)["invoice"]["state"] == "withdrawn"


def test_a_ksef_that_does_not_answer_is_told_and_nothing_is_recorded(desk: Served, shop: Shop) -> None:
    config = shop.office.folder / "ledger.toml"
    config.write_text(config.read_text().replace(shop.server.base_url, "http://127.0.0.1:9"))
    page = desk.follow(desk.post(f"/submit/{FIRST}", {}))
    assert "E-KSEF" in page.text
    assert shop.facts(FIRST) == []


def test_a_seat_that_looks_sends_nothing(desk: Served, shop: Shop) -> None:
    desk.enter(kind="read-only")
    assert desk.post(f"/submit/{FIRST}", {}).status == 403
    assert shop.numbers == []
