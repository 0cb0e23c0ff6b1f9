"""Customers and what they bought, by the command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.office import Office
from tests.support.stored import asked


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path / "ledger")
    made.does("customer", "add", "K-1", "--name", "Żaneta Łęcka", "--email", "z@example.pl")
    return made


def customer(office: Office, code: str) -> Any:  # noqa: ANN401 - a document
    return office.asks("customer", "show", code)


# --- customers --------------------------------------------------------------------------------


def test_a_customer_is_registered_once_under_a_code(office: Office) -> None:
    found = customer(office, "K-1")
    assert (found["name"], found["email"], found["nip"]) == ("Żaneta Łęcka", "z@example.pl", None)
    assert (found["country"], found["consumer"], found["vat_treatment"]) == ("PL", "unknown", "pl")
    again = office.run("customer", "add", "K-1", "--name", "Żaneta Łęcka")
    assert (again.status, "E-CUSTOMER-EXISTS" in again.err) == (1, True)


def test_names_may_come_on_standard_input_a_line_an_option(office: Office) -> None:
    office.does("customer", "add", "K-2", "--name", "-", "--nip", "-", typed="Nowak i syn\n526-025-02-74\n")
    found = customer(office, "K-2")
    assert (found["name"], found["nip"]) == ("Nowak i syn", "5260250274")


def test_abroad_nobody_knows_the_vat_until_somebody_decides(office: Office) -> None:
    office.does("customer", "add", "K-2", "--name", "GmbH", "--country", "de", "--vat-id", "DE136695976")
    assert customer(office, "K-2")["vat_treatment"] == "ask"
    office.does("customer", "update", "K-2", "--vat-treatment", "eu", "--reason", "checked")
    assert customer(office, "K-2")["vat_treatment"] == "eu"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--name", "x", "--nip", "5260250275"), "E-IMPORT-CELL"),
        (("--name", "x", "--country", "Polska"), "E-IMPORT-CELL"),
        (("--name", "x" * 513), "E-IMPORT-CELL"),
        (("--name", "x" * 4001), "E-TEXT"),
        (("--name", ""), "E-IMPORT-CELL"),
        ((), "E-IMPORT-CELL"),
        (("--name", "x", "--consumer", "perhaps"), "E-USAGE"),
        (("--name", "-"), "E-NO-INPUT"),
        (("--ask",), "E-NO-TERMINAL"),
    ],
)
def test_data_that_cannot_be_are_refused_and_never_repeated(
    office: Office, options: tuple[str, ...], code: str
) -> None:
    before = office.events()
    answer = office.run("customer", "add", "K-2", *options)
    assert (answer.status, f"({code})" in answer.err, office.events()) == (2, True, before)
    assert "5260250275" not in answer.err
    assert len(answer.err) < 500


@pytest.mark.parametrize("code", ["Jan Nowak", "jan@example.pl", "600700800", "x" * 129])
def test_a_code_that_names_a_person_is_refused_without_being_repeated(office: Office, code: str) -> None:
    answer = office.run("customer", "add", code, "--name", "x")
    assert answer.status == 2
    assert code not in answer.err


def test_an_update_changes_what_is_said_and_removes_what_is_empty(office: Office) -> None:
    office.does(
        "customer", "update", "K-1", "--email", "", "--nip", "5260250274", "--reason", "data-changed: moved"
    )
    found = customer(office, "K-1")
    assert (found["name"], found["email"], found["nip"]) == ("Żaneta Łęcka", None, "5260250274")
    before = office.events()
    again = office.run("customer", "update", "K-1", "--nip", "526 025 02 74", "--reason", "data-changed")
    assert (again.status, "E-NOTHING-CHANGES" in again.err, office.events()) == (1, True, before)
    assert office.run("customer", "update", "K-9", "--email", "", "--reason", "checked").status == 1
    assert office.run("customer", "update", "K-1", "--email", "", "--reason", " ").status == 2


def test_what_a_customer_was_called_before_stays_out_of_the_events(office: Office) -> None:
    office.does("customer", "update", "K-1", "--name", "Ewa Nowak", "--reason", "married in June")
    written = repr(asked(office.folder, "events.db", "SELECT * FROM events ORDER BY leaf_index")).encode()
    written += b"".join(path.read_bytes() for path in office.folder.glob("events.db*"))
    assert b"customer.updated" in written
    for word in ("Łęcka", "Nowak", "married"):
        assert word.encode() not in written


def test_the_list_has_everybody_with_their_names(office: Office) -> None:
    office.does("customer", "add", "K-0", "--name", "Ala")
    office.does("purchase", "add", "K-0", "--order", "Z/1", "--at", "2026-11-01")
    office.does("customer", "merge", "K-1", "K-0", "--reason", "double-entry", "--yes")
    found = office.asks("customer", "list")["customers"]
    assert [(c["customer"], c["name"], c["purchases"], c["merged_into"]) for c in found] == [
        ("K-0", "Ala", 1, "K-1"),
        ("K-1", "Żaneta Łęcka", 0, None),
    ]
    assert "Żaneta Łęcka" in office.does("customer", "list").out
    assert "Z/1" in office.does("customer", "show", "K-0").out


def test_nobody_is_merged_twice_nor_into_themselves_nor_without_being_asked(office: Office) -> None:
    office.does("customer", "add", "K-2", "--name", "Ewa")
    reason = ("--reason", "double-entry")
    assert office.run("customer", "merge", "K-1", "K-1", *reason, "--yes").status == 1
    unasked = office.run("customer", "merge", "K-1", "K-2", *reason)
    assert (unasked.status, "--yes" in unasked.err) == (2, True)
    office.does("customer", "merge", "K-1", "K-2", *reason, "--yes")
    for words in (("K-1", "K-2"), ("K-2", "K-1")):
        assert "E-CUSTOMER-MERGED" in office.run("customer", "merge", *words, *reason, "--yes").err


def test_a_quote_counts_what_was_bought_under_every_code_of_the_customer(office: Office) -> None:
    """The price told before is the price billed afterwards."""
    for code in ("K-2", "K-3"):
        office.does("customer", "add", code, "--name", "Ewa")
    office.does("purchase", "add", "K-3", "--order", "Z/1", "--at", "2026-01-01")
    noon = ("--at", "2026-11-16 12:00")
    before = office.asks("quote", "--customer", "K-1", *noon)["prices"][0]
    assert before["net_grosze"] == 10000
    office.does("customer", "merge", "K-2", "K-3", "--reason", "double-entry", "--yes")
    office.does("customer", "merge", "K-1", "K-2", "--reason", "double-entry", "--yes")
    for code in ("K-1", "K-2", "K-3"):
        assert office.asks("quote", "--customer", code, *noon)["prices"][0]["net_grosze"] == 5000
    office.does("session", "request", "--customer", "K-1", "--issue", "other", *noon)
    assert office.asks("session", "quote", "1", *noon)["prices"][0]["net_grosze"] == 5000
    office.does("session", "connect", "1", *noon)
    office.does("session", "end", "1", "--at", "2026-11-16 12:30")
    assert office.asks("session", "explain", "1")["net_grosze"] == 5000


# --- the same command again -------------------------------------------------------------------

COMMANDS = {
    "customer add": (("customer", "add", "K-2", "--name", "Ewa"), ("--email", "e@example.pl")),
    "customer update": (("customer", "update", "K-1", "--email", "a@example.pl"), ("--nip", "5260250274")),
    "customer merge": (("customer", "merge", "K-0", "K-1", "--yes"), ()),
    "purchase add": (
        ("purchase", "add", "K-1", "--order", "Z/1", "--at", "2026-11-01"),
        ("--product", "monitor"),
    ),
    "purchase return": (("purchase", "return", "K-0", "--order", "Z/0", "--at", "2026-11-02"), ()),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_told_twice_is_recorded_once_and_other_words_are_another_command(
    office: Office, name: str
) -> None:
    office.does("customer", "add", "K-0", "--name", "Ala")
    office.does("purchase", "add", "K-0", "--order", "Z/0", "--at", "2026-10-01")
    words, more = COMMANDS[name]
    has_reason = name not in {"customer add", "purchase add"}
    reason = ("--reason", "checked: seen") if has_reason else ()
    first = office.does(*words, *reason, "--command-id", "C-1", "-f", "json")
    events = office.events()
    again = office.does(*words, *reason, "--command-id", "C-1", "-f", "json")
    assert (again.out, office.events()) == (first.out, events)
    assert "recorded before" in again.err
    other = (*more, *reason) if more else ("--reason", "checked: not seen")
    answer = office.run(*words, *other, "--command-id", "C-1")
    assert (answer.status, "E-COMMAND-REUSED" in answer.err, office.events()) == (1, True, events)


# --- purchases --------------------------------------------------------------------------------


def test_a_purchase_is_recorded_once(office: Office) -> None:
    words = ("purchase", "add", "K-1", "--order", "Z/1", "--at", "2026-11-01", "--product", "monitor")
    office.does(*words)
    events = office.events()
    again = office.does(*words, "-f", "json")
    assert again.document == {
        "events": [],
        "event": None,
        "recorded_at": None,
        "customer": "K-1",
        "price_changes": [],
    }
    assert office.events() == events
    other = office.run("purchase", "add", "K-1", "--order", "Z/1", "--at", "2026-11-02")
    assert (other.status, "E-PURCHASE-EXISTS" in other.err) == (1, True)
    assert [p["order_ref"] for p in customer(office, "K-1")["purchases"]] == ["Z/1"]


def test_a_purchase_may_be_of_now_and_not_of_later(office: Office) -> None:
    office.does("purchase", "add", "K-1", "--order", "Z/1", "--at", "now")
    late = office.run("purchase", "add", "K-1", "--order", "Z/2", "--at", "2026-11-30 12:03")
    assert (late.status, "E-TIME-AHEAD" in late.err) == (1, True)


def test_only_what_was_bought_goes_back_and_once(office: Office) -> None:
    reason = ("--reason", "complaint")
    office.does("purchase", "add", "K-1", "--order", "Z/1", "--at", "2026-11-01")
    for order, at in (("Z/2", "2026-11-02"), ("Z/1", "2026-10-02")):
        answer = office.run("purchase", "return", "K-1", "--order", order, "--at", at, *reason)
        assert (answer.status, "E-PURCHASE-MISSING" in answer.err) == (1, True)
    office.does("purchase", "return", "K-1", "--order", "Z/1", "--at", "now", *reason)
    assert office.run("purchase", "return", "K-1", "--order", "Z/1", "--at", "now", *reason).status == 1


# --- tables -----------------------------------------------------------------------------------


def imported(office: Office, header: str, *rows: tuple[str, ...], noun: str = "customer") -> tuple[int, str]:
    answer = office.run(noun, "import", str(office.table("table.csv", header, rows)))
    return answer.status, answer.out + answer.err


def test_a_customer_twice_in_a_table_is_one_unless_the_data_differ(office: Office) -> None:
    status, told = imported(office, "klient,nazwa,konsument", ("K-2", "Ewa", "tak"), ("K-2", "Ewa", "yes"))
    assert (status, "rows 2 = 1 + 0 + 1" in told) == (0, True)
    assert customer(office, "K-2")["consumer"] == "yes"
    status, told = imported(office, "customer,name", ("K-3", "Ola"), ("K-3", "Ula"))
    assert (status, "table.csv:3: customer: customer K-3 stands in the file twice" in told) == (1, True)


@pytest.mark.parametrize(
    ("header", "row", "fact"),
    [
        ("customer,name", ("K-2", ""), "table.csv:2: name: the cell is empty"),
        ("customer,name", ("600700800", "x"), "table.csv:2: customer: "),
        ("customer,name,consumer", ("K-2", "x", "maybe"), "table.csv:2: consumer: "),
        ("customer,name,country", ("K-2", "x", "Polska"), "table.csv:2: country: "),
        ("customer,name,vat_treatment", ("K-2", "x", "none"), "table.csv:2: vat_treatment: "),
        ("customer,name,email", ("K-2", "x", "y" * 600), "table.csv:2: customer: "),
    ],
)
def test_a_customer_who_cannot_be_is_named_by_line_and_column_and_only_once(
    office: Office, header: str, row: tuple[str, ...], fact: str
) -> None:
    status, told = imported(office, header, row)
    assert (status, told.count("table.csv:2: ")) == (2, 1)
    assert fact in told


@pytest.mark.parametrize(
    ("row", "fact", "exits"),
    [
        (("K-9", "Z/1", "2026-11-01"), "customer: there is no customer K-9", 1),
        (("Jan Nowak", "Z/1", "2026-11-01"), "customer: the customer code contains a space", 2),
        (("K-1", "600700800", "2026-11-01"), "order_ref: the order contains nine", 2),
        (("K-1", "Z/1", "yesterday"), "purchased_at: the cell is not a date", 2),
        (("K-1", "", "2026-11-01"), "order_ref: the cell is empty", 2),
    ],
)
def test_a_purchase_that_cannot_be_is_named_by_line_and_column(
    office: Office, row: tuple[str, ...], fact: str, exits: int
) -> None:
    status, told = imported(office, "customer,order_ref,purchased_at", row, noun="purchase")
    assert (status, told.count("table.csv:2: ")) == (exits, 1)
    assert f"table.csv:2: {fact}" in told


def test_a_merged_customer_is_changed_by_no_table(office: Office) -> None:
    office.does("customer", "add", "K-2", "--name", "Ewa")
    office.does("customer", "merge", "K-1", "K-2", "--reason", "double-entry", "--yes")
    assert imported(office, "customer,name", ("K-2", "Ewa"))[0] == 0
    path = str(office.table("table.csv", "customer,name", [("K-2", "Ewa Nowa")]))
    answer = office.run("customer", "import", path, "--update")
    assert (answer.status, "table.csv:2: customer: customer K-2 was merged" in answer.err) == (1, True)


def test_purchases_of_a_table_change_prices_and_say_so(office: Office) -> None:
    office.takes(
        "session",
        "session_ref,customer,issue,connected_at,ended_at",
        [("A-1", "K-1", "other", "2026-11-16 10:00", "2026-11-16 10:20")],
    )
    _, told = imported(
        office, "customer,order_ref,purchased_at", ("K-1", "Z/1", "2026-11-01"), noun="purchase"
    )
    assert "session 1 changes its price: 100.00 → 50.00 PLN net" in told


def test_only_sessions_with_an_amount_are_told_as_cheaper(office: Office) -> None:
    """One that is put aside has none; a return makes the other dear again."""
    office.takes(
        "session",
        "session_ref,customer,issue,connected_at,ended_at",
        [
            ("A-1", "K-1", "other", "2026-11-16 10:00", "2026-11-16 10:20"),
            ("A-2", "K-1", "other", "2026-11-16 11:00", "2026-11-16 11:20"),
        ],
    )
    office.does("session", "void", "2", "--reason", "double-entry")
    _, told = imported(
        office, "customer,order_ref,purchased_at", ("K-1", "Z/1", "2026-11-01"), noun="purchase"
    )
    assert "session 1 changes its price: 100.00 → 50.00 PLN net" in told
    assert "session 2" not in told
    returned = ("purchase", "return", "K-1", "--order", "Z/1", "--at", "2026-11-10", "--reason", "complaint")
    changes = office.does(*returned, "-f", "json").document["price_changes"]
    assert changes == [{"session": 1, "before_grosze": 5000, "after_grosze": 10000}]
