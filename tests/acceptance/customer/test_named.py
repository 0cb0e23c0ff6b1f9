"""Customers, sessions, orders and documents as people name them: in any case, by name, by NIP."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cli.context import App
from tests.support.billing_office import PERIOD, business, helped, issued, shop
from tests.support.office import Office

NOON = "2026-11-16T12:00:00+01:00"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Three customers, one of them entered twice and merged."""
    office = Office(tmp_path / "ledger", now=NOON)
    office.does("customer", "add", "K-1", "--name", "Zakład Krawiecki Łucja Nowak", "--nip", "526-025-02-74")
    office.does("customer", "add", "K-2", "--name", "Apteka Pod Lwem", "--consumer", "no")
    office.does("customer", "add", "K-3", "--name", "Nowak Jan", "--consumer", "yes")
    office.does("customer", "add", "K-4", "--name", "Krawiecki Nowak")
    office.does("customer", "merge", "K-1", "K-4", "--reason", "double-entry", "--yes")
    return office


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("K-1", "K-1"),
        ("k-1", "K-1"),
        ("krawiecki", "K-1"),
        ("lucja", "K-1"),
        ("ŁUCJA  nowak", "K-1"),
        ("nowak zakład", "K-1"),
        ("5260250274", "K-1"),
        ("526-025-02-74", "K-1"),
        ("PL 526 025 02 74", "K-1"),
        ("pod lwem", "K-2"),
        ("jan", "K-3"),
    ],
)
def test_session_is_requested_for_the_customer_that_was_named(office: Office, typed: str, code: str) -> None:
    answer = office.does("session", "request", "--customer", typed, "--issue", "other")
    assert office.asks("session", "list")["sessions"][0]["customer"] == code
    assert (f"customer {code}\n" in answer.err) is (typed != code)


@given(st.text(max_size=40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
def test_no_text_breaks_the_search(office: Office, text: str) -> None:
    """It names a customer, or is refused; a hand that slips sees no defect."""
    if "\0" in text:  # no argument of a process holds one
        return
    assert office.run("customer", "show", "--", text).status in {0, 1, 2}
    assert office.run("session", "list", f"--search={text}").status == 0


def test_name_is_said_back_on_a_terminal_alone(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard error of a job at night is a file."""
    quiet = office.does("customer", "update", "lwem", "--email", "a@b.pl", "--reason", "other")
    assert "Lwem" not in quiet.err
    monkeypatch.setattr(App, "shows_names", staticmethod(lambda: True))
    asked = office.does("session", "request", "--customer", "lwem", "--issue", "other")
    assert "customer K-2: Apteka Pod Lwem\n" in asked.err
    several = office.run("session", "request", "--customer", "nowak", "--issue", "other")
    assert "K-1 Zakład Krawiecki Łucja Nowak, K-3 Nowak Jan" in several.err


@pytest.mark.parametrize("lang", ["en", "pl"])
def test_name_that_several_have_is_refused_with_their_codes(
    office: Office, tmp_path: Path, lang: str
) -> None:
    log = tmp_path / "log"
    refused = office.run("--lang", lang, "--log-file", str(log), "customer", "show", "Nowak")
    assert refused.status == 1
    said = "2 customers answer to that: K-1, K-3" if lang == "en" else "pasują 2 klienci: K-1, K-3"
    assert said in refused.err
    assert "Nowak" not in refused.err + log.read_text(encoding="utf-8")


@pytest.mark.parametrize("typed", ["Wiśniewska", "ap", "5260250275", "a@b.pl", "K-9"])
def test_what_names_nobody_is_refused_with_the_search_as_the_next_step(office: Office, typed: str) -> None:
    refused = office.run("report", "billing", "--period", "2026-11", "--customer", typed)
    assert refused.status == 1
    assert "E-CUSTOMER-UNKNOWN" in refused.err
    assert "customer list --search TEXT" in refused.err
    assert (f" {typed} " in refused.err) is (typed == "K-9")


def test_what_cannot_be_taken_back_takes_codes_alone(office: Office) -> None:
    for words in (("erase", "lwem", "--yes"), ("merge", "K-1", "lwem", "--reason", "double-entry", "--yes")):
        assert "E-CUSTOMER-UNKNOWN" in office.run("customer", *words).err
    office.does("customer", "erase", "k-2", "--yes")
    assert office.run("customer", "show", "lwem").status == 1  # nobody has that name any more


def test_two_customers_whose_codes_differ_in_case_alone_are_told_apart(office: Office) -> None:
    """An import may have made them; each is its own, and a third spelling is not guessed."""
    office.takes("customer", "customer,name", [("A-1", "Duże"), ("a-1", "Małe")])
    for code in ("A-1", "a-1"):
        assert office.asks("customer", "show", code)["customer"] == code
    office.takes("customer", "customer,name", [("Äb-1", "Duże"), ("äB-1", "Małe")])
    refused = office.run("customer", "show", "äb-1")
    assert (refused.status, "Äb-1, äB-1" in refused.err) == (1, True)


def test_a_new_code_in_another_case_is_refused(office: Office) -> None:
    refused = office.run("customer", "add", "k-2", "--name", "Inna")
    assert refused.status == 1
    said = "there is a customer K-2 already, and codes are compared without case (E-CUSTOMER-EXISTS)"
    assert said in refused.err


def test_lists_are_searched_by_name_number_reference_and_order(office: Office) -> None:
    office.does("session", "request", "--customer", "K-1", "--issue", "other", "--ref", "A/17")
    office.does("session", "request", "--customer", "K-2", "--issue", "hardware", "--order", "ZAM-7")

    def sessions(text: str) -> list[int]:
        return [each["session"] for each in office.asks("session", "list", "--search", text)["sessions"]]

    def customers(text: str) -> list[str]:
        return [each["customer"] for each in office.asks("customer", "list", "--search", text)["customers"]]

    assert (sessions("krawiecki"), sessions("a/17"), sessions("zam"), sessions("brak")) == ([1], [1], [2], [])
    assert customers("nowak") == ["K-1", "K-3", "K-4"]
    assert customers("PL526-025-02-74") == ["K-1"]
    assert customers("k-2") == ["K-2"]


def test_references_orders_and_numbers_are_found_in_any_case(tmp_path: Path) -> None:
    office = shop(tmp_path / "ledger")
    business(office)
    office.does("purchase", "add", "K-1", "--order", "ZAM/7", "--at", "2026-11-01")
    office.now = NOON
    office.does(
        "session", "request", "--customer", "k-1", "--issue", "hardware", "--order", "zam/7", "--ref", "A/17"
    )
    assert office.asks("session", "list")["sessions"][0]["order_ref"] == "ZAM/7"
    assert office.does("session", "cancel", "a/17", "-f", "json").document["session"] == 1
    assert "E-SESSION-UNKNOWN" in office.run("session", "show", "b/17").err


def test_document_is_found_in_any_case_and_named_as_it_was_issued(tmp_path: Path) -> None:
    office = shop(tmp_path / "ledger")
    business(office)
    helped(office, "2026-11-16T10:00:00", "2026-11-16T10:40:00")
    number = issued(office, "issue", "--period", PERIOD, "--customer", "k-1")["issued"][0]["number"]
    paid = office.does(
        "invoice", "paid", number.lower(), "--amount", "1", "--on", "dziś", "--method", "przelew"
    )
    assert number in paid.out
    assert number in office.does("invoice", "show", number.lower()).out
