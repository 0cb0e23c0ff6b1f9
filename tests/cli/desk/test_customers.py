"""Customers on the desk, and corrections of what they were billed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.desk.pages import customer
from cli.presentation.wording.vocabulary import VOCABULARY
from tests.support.billing_office import DECEMBER, NIP, business, helped, shop, valid_nip
from tests.support.office import Office
from tests.support.served import Served, served
from tests.support.shop import copied

NUMBER = "FV/2026/12/0001"
DOCUMENT = f"/invoice/{NUMBER}"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A firm with one session, which stands on an invoice."""
    office = shop(tmp_path_factory.mktemp("customers") / "ledger")
    business(office)
    helped(office, "2026-11-09T20:10:00", "2026-11-09T22:40:00")
    office.now = DECEMBER
    office.does("invoice", "issue", "--session", "1", "--yes")
    return office.folder


@pytest.fixture
def office(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A copy; it is the first of December."""
    monkeypatch.setenv("SESSION_LEDGER_NOW", DECEMBER)
    return copied(prepared, tmp_path / "ledger", now=DECEMBER)


@pytest.fixture
def desk(office: Office, tmp_path: Path) -> Iterator[Served]:
    """Its desk, somebody in the seat."""
    with served(office.folder, tmp_path / "run") as running:
        running.enter()
        yield running


# --- customers ------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["K-1", "k-1", NIP, "łódź"])
def test_a_customer_is_found_by_what_is_known_of_them(desk: Served, typed: str) -> None:
    answer = desk.post("/customers", desk.get("/customers").hidden("find-customer") | {"customer": typed})
    assert answer.place == "/customer/K-1"
    assert "Łódź Żółć" in desk.get("/customer/K-1").text


def test_somebody_unknown_is_refused_with_what_was_typed(desk: Served) -> None:
    page = desk.follow(desk.post("/customers", {"customer": "Nieznana"}))
    assert 'role="alert"' in page.text
    assert 'value="Nieznana"' in page.text


def test_a_new_customer_is_registered_and_a_shared_nip_is_told(desk: Served, office: Office) -> None:
    typed = {"code": "K-7", "name": "Krawiec Sp. z o.o.", "nip": NIP, "consumer": "no"}
    page = desk.records("/customers", "new", path="/customers/new", **typed)
    assert "K-7" in page.text
    assert "K-1" in page.text.partition('id="done"')[2].partition("</div>")[0]
    assert office.asks("customer", "show", "K-7")["name"] == "Krawiec Sp. z o.o."


@pytest.mark.parametrize("nip", ["5265877636", "12"])
def test_a_wrong_nip_is_refused_and_nothing_is_recorded(desk: Served, office: Office, nip: str) -> None:
    before = office.events()
    page = desk.records("/customers", "new", path="/customers/new", code="K-7", name="Krawiec", nip=nip)
    assert nip in page.text
    assert 'value="Krawiec"' in page.text
    assert office.events() == before


def test_data_are_changed_where_they_differ(desk: Served, office: Office) -> None:
    page = desk.get("/customer/K-1")
    assert 'value="ul. Śliczna 2"' in page.text
    shown = office.asks("customer", "show", "K-1")
    typed = {
        name: str(shown.get(name) or "") for name in ("name", "address_line1", "address_line2", "country")
    }
    typed |= {"nip": valid_nip(3), "consumer": "no", "vat_treatment": "pl", "code": "data-changed"}
    desk.records("/customer/K-1", "update", path="/customers/update/K-1", **typed)
    now = office.asks("customer", "show", "K-1")
    assert (now["nip"], now["name"]) == (valid_nip(3), shown["name"])


def test_a_purchase_makes_help_cheaper_and_its_return_does_not(desk: Served, office: Office) -> None:
    bought = {"order_ref": "Z-1", "at": "2026-11-01", "product": "monitor"}
    page = desk.records("/customer/K-1", "purchase", path="/customers/purchase/K-1", **bought)
    assert "monitor" in page.text
    assert "zmienia" in page.text
    cheaper = office.asks("session", "explain", "1")["net_grosze"]
    back = {"order_ref": "Z-1", "at": "2026-11-02", "code": "complaint"}
    desk.records("/customer/K-1", "return", path="/customers/return/K-1", **back)
    assert office.asks("session", "explain", "1")["net_grosze"] > cheaper


def test_two_people_change_one_customer(desk: Served, office: Office) -> None:
    hidden = desk.get("/customer/K-1").hidden("update")
    office.does("customer", "update", "K-1", "--email", "biuro@example.pl", "--reason", "data-changed")
    page = desk.follow(desk.post("/customers/update/K-1", hidden | {"name": "X", "code": "data-changed"}))
    assert "E-SEEN-OLD" in page.text
    assert office.asks("customer", "show", "K-1")["name"] != "X"


def test_every_choice_of_a_customer_has_its_word() -> None:
    for field in (*customer.CHANGED, *customer.BOUGHT, *customer.RETURNED):
        assert set(field.codes) <= set(VOCABULARY.get(field.vocabulary, {}))


# --- corrections ----------------------------------------------------------------------------------


def test_a_correction_is_shown_before_it_is_issued(desk: Served, office: Office) -> None:
    assert "E-NOTHING-CHANGES" in desk.get(f"/correct/{NUMBER}").text
    office.does("session", "waive", "1", "--hours", "1", "--reason", "goodwill")
    page = desk.get(f"/correct/{NUMBER}")
    assert "Wystaw korektę" in page.text
    before = office.events()
    typed = page.hidden("correct") | {"code": "goodwill", "sentence": "łącze"}
    made = desk.follow(desk.post(f"/correct/{NUMBER}", typed))
    assert "FK/2026/12/0001" in made.text
    assert office.events() > before
    corrected = office.asks("invoice", "show", "FK/2026/12/0001")["invoice"]
    assert corrected["corrects"] == NUMBER
    assert str(corrected["gross_grosze"]) == typed["gross"]


def test_a_correction_that_moved_is_not_issued(desk: Served, office: Office) -> None:
    office.does("session", "waive", "1", "--hours", "1", "--reason", "goodwill")
    typed = desk.get(f"/correct/{NUMBER}").hidden("correct") | {"code": "goodwill"}
    office.does("session", "waive", "1", "--percent", "100", "--reason", "goodwill")
    page = desk.follow(desk.post(f"/correct/{NUMBER}", typed))
    assert "E-DRAFT-CHANGED" in page.text
    assert len(office.asks("invoice", "list")["invoices"]) == 1


@pytest.mark.parametrize("seen", ["", "9" * 5000, "x"])
def test_a_correction_that_no_page_showed_is_not_issued(desk: Served, office: Office, seen: str) -> None:
    office.does("session", "waive", "1", "--hours", "1", "--reason", "goodwill")
    typed = desk.get(f"/correct/{NUMBER}").hidden("correct") | {"code": "goodwill", "gross": seen}
    assert "E-DRAFT-CHANGED" in desk.follow(desk.post(f"/correct/{NUMBER}", typed)).text
    assert len(office.asks("invoice", "list")["invoices"]) == 1


def test_by_command_the_seen_difference_is_held_too(office: Office) -> None:
    office.does("session", "waive", "1", "--hours", "1", "--reason", "goodwill")
    words = ("invoice", "correct", NUMBER, "--reason", "goodwill", "--yes")
    refused = office.run(*words, "--expect-gross=-1.00")
    assert (refused.status, "E-DRAFT-CHANGED" in refused.err) == (4, True)
    difference = desk_difference(office)
    office.does(*words, f"--expect-gross={difference}")


def desk_difference(office: Office) -> str:
    """What the correction comes to, in zloty, as the refusal says it."""
    words = ("invoice", "correct", NUMBER, "--reason", "goodwill", "--yes", "--expect-gross=-1.00")
    said = office.run(*words).err.split("comes to ")[1].split()[0]
    return said.replace("\u2212", "-")


def test_everything_is_taken_off_and_billed_again(desk: Served, office: Office) -> None:
    page = desk.get(f"/correct/{NUMBER}?zero=1")
    typed = page.hidden("correct") | {"code": "wrong-customer"}
    desk.follow(desk.post(f"/correct/{NUMBER}", typed))
    assert "pick-K-1-" in desk.get("/month/2026-11/plan").text
    assert office.asks("invoice", "show", "FK/2026/12/0001")["invoice"]["gross_grosze"] < 0


def test_a_document_that_was_not_rejected_is_not_put_aside(desk: Served, office: Office) -> None:
    assert f'action="/withdraw/{NUMBER}"' not in desk.get(DOCUMENT).text
    before = office.events()
    page = desk.follow(desk.post(f"/withdraw/{NUMBER}", {"code": "checked"}))
    assert 'role="alert"' in page.text
    assert office.events() == before
