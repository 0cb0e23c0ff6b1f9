"""Two people at one thing: a command for a version that was seen is refused once something came since."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ledger.application.ledger import Environment, Ledger, Metadata
from ledger.domain.clock import parse_instant
from ledger.domain.session.commands import Accept, ReclassifySession, Waive
from ledger.errors import Came, SeenOld
from ledger.handlers.session import handle
from tests.support.billing_office import business, helped, issued, shop
from tests.support.office import Office

NUMBER = "FV/2026/11/0001"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Session 1 asked for and quoted: two events."""
    made = shop(tmp_path / "ledger")
    business(made)
    made.now = "2026-11-16T18:00:00+01:00"
    made.does("session", "request", "--customer", "K-1", "--issue", "other")
    made.does("session", "quote", "1")
    return made


def test_second_command_on_an_older_version_is_refused_and_names_what_came(office: Office) -> None:
    """Given Ola's change of the issue, when Anna accepts what she saw before it, then nothing is recorded."""
    moment = parse_instant(office.now)
    with Ledger.open(office.folder, Environment(lambda: moment, os.urandom, office.now)) as ledger:
        stream, _ = ledger.find_session("1")
        seen = ledger.session(stream).version
        handle(
            ledger,
            Metadata("ola"),
            "1",
            ReclassifySession(issue="test", reason="other: Jan Kowalski said so"),
        )
        length = ledger.store.length()

        with pytest.raises(SeenOld) as refused:
            handle(ledger, Metadata("anna", seen=seen), "1", Accept(how="phone"))

        assert refused.value.exit_status == 4
        assert list(refused.value.since) == [Came("session.reclassified", moment, "ola")]
        assert refused.value.fact == (
            "version 2 was seen; since then came session.reclassified 2026-11-16 18:00:00+01:00 by ola"
        )
        assert ledger.store.length() == length
        waive = Waive(percent=10, reason="goodwill")
        assert handle(ledger, Metadata("anna", seen=seen + 1), "1", waive).events


def test_version_is_shown_and_taken_on_the_command_line(office: Office) -> None:
    shown = office.does("session", "show", "1", "-f", "json")
    version = len(shown.document["events"])
    assert f"this is version {version}" in shown.err
    office.does("session", "reclassify", "1", "--issue", "test", "--reason", "checked", "--by", "ola")

    refused = office.run("session", "accept", "1", "--how", "phone", "--if-version", str(version))

    assert refused.status == 4
    assert "session.reclassified 2026-11-16 18:00:00+01:00 by ola (E-SEEN-OLD)" in refused.err
    office.does("session", "quote", "1", "--if-version", str(version + 1))


def test_version_ahead_of_the_last_one_is_refused(office: Office) -> None:
    refused = office.run("session", "accept", "1", "--how", "phone", "--if-version", "9")
    assert (refused.status, "version 9 was seen, and there is none after 2" in refused.err) == (4, True)


def test_command_given_again_is_a_repeat_whatever_came_since(office: Office) -> None:
    words = ("session", "accept", "1", "--how", "phone", "--if-version", "2", "--command-id", "a-1")
    first = office.does(*words)
    office.does("session", "connect", "1")

    again = office.does(*words)

    assert (again.out, "recorded before" in again.err) == (first.out, True)


def test_long_list_of_what_came_is_cut_in_the_sentence(office: Office) -> None:
    for number in range(10):
        office.does("session", "note", "1", "--summary", f"step {number}")
    refused = office.run("session", "accept", "1", "--how", "phone", "--if-version", "2")
    assert (refused.status, "and 2 more (E-SEEN-OLD)" in refused.err) == (4, True)


@pytest.fixture
def billed(office: Office) -> Office:
    """A document with one event, a customer with two."""
    helped(office, "2026-11-16T19:00:00", "2026-11-16T19:30:00")
    issued(office, "issue", "--session", "2")
    office.does("customer", "update", "K-1", "--email", "a@example.pl", "--reason", "data-changed")
    return office


@pytest.mark.parametrize(
    ("command", "version"),
    [
        (f"invoice sent {NUMBER} --how email --on 2026-11-16", 1),
        (f"invoice received {NUMBER} --on 2026-11-16", 1),
        (f"invoice paid {NUMBER} --amount 1.00 --on 2026-11-16 --method cash", 1),
        ("customer update K-1 --email b@example.pl --reason data-changed", 2),
        ("purchase add K-1 --order Z-1 --at 2026-11-01", 2),
        ("customer erase K-1 --request-only", 2),
    ],
)
def test_documents_and_customers_have_versions_too(billed: Office, command: str, version: int) -> None:
    events = billed.events()
    refused = billed.run(*command.split(), "--if-version", str(version - 1))
    assert (refused.status, "E-SEEN-OLD" in refused.err) == (4, True)
    assert billed.events() == events

    billed.does(*command.split(), "--if-version", str(version))


def test_correction_of_a_document_that_moved_on_is_refused(billed: Office) -> None:
    billed.does("session", "waive", "2", "--percent", "10", "--reason", "goodwill")
    billed.does("invoice", "paid", NUMBER, "--amount", "1.00", "--on", "2026-11-16", "--method", "cash")
    words = ("invoice", "correct", NUMBER, "--reason", "goodwill", "--yes", "--if-version")

    refused = billed.run(*words, "1")

    assert (refused.status, "invoice.paid" in refused.err or "payment" in refused.err) == (4, True)
    billed.does(*words, "2")
