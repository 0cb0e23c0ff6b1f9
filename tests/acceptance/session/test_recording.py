"""What is recorded of a session by command: repeats, words, moments, and what does not go together."""

from __future__ import annotations

from datetime import UTC, datetime
from os import urandom
from pathlib import Path

import pytest

from cli.registry import COMMANDS
from ledger.application.ledger import Ledger
from ledger.application.metadata import Environment, PersonalData, entry_of
from ledger.handlers.settings import shop_tariff_text
from tests.support.office import Office

DAY = "2026-11-16"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """1 and 8 requested, 2 connected, 3 disconnected, 4 ended, 5 over 48 hours, 6 cancelled, 7 held."""
    office = Office(tmp_path_factory.mktemp("recording") / "ledger")
    office.does("customer", "add", "K-1", "--name", "Żaneta Łęcka")
    for number in "12345678":
        told = ("--at", f"{DAY} 09:00", "--ref", f"A-{number}", "--contact", "Jan")
        office.does("session", "request", "--customer", "K-1", "--issue", "other", *told)
    for number in "23457":
        office.does("session", "connect", number, "--at", f"{DAY} 10:00")
    office.does("session", "disconnect", "3", "--at", f"{DAY} 10:20")
    office.does("session", "end", "4", "--at", f"{DAY} 10:30")
    office.does("session", "end", "7", "--at", f"{DAY} 10:30")
    office.does("session", "hold", "7", "--until", "2027-01-31", "--reason", "inspection")
    office.does("session", "end", "5", "--at", "2026-11-19 10:30")
    office.does("session", "cancel", "6", "--at", f"{DAY} 09:30")
    return office


REASON = ("--reason", "checked: seen")
OTHER_REASON = ("--reason", "checked: not seen")
NOTED = "a file of the office"
"""Stands for a file below a root that a purge may delete in."""
REPEATED = {
    "request": (
        ("request", "--customer", "K-1", "--issue", "test", "--contact", "Ala"),
        ("--description", "x"),
    ),
    "quote": (("quote", "1"), ("--at", f"{DAY} 09:30")),
    "accept": (("accept", "1", "--how", "phone"), ("--start-now",)),
    "connect": (("connect", "1", "--technician", "a", "--at", f"{DAY} 09:40"), ("--at", f"{DAY} 09:41")),
    "disconnect": (("disconnect", "2", "--at", f"{DAY} 10:40"), ("--at", f"{DAY} 10:41")),
    "end": (("end", "3"), ("--by", "customer")),
    "reclassify": (("reclassify", "2", "--issue", "test", *REASON), OTHER_REASON),
    "correct": (("correct", "4", "--ended-at", f"{DAY} 10:31", *REASON), OTHER_REASON),
    "waive": (("waive", "4", "--percent", "10", *REASON), ("--percent", "11")),
    "note": (("note", "4", "--summary", "driver"), ("--summary", "printer")),
    "confirm": (("confirm", "5", *REASON), OTHER_REASON),
    "hold": (("hold", "4", "--until", "2027-01-31", *REASON), OTHER_REASON),
    "release": (("release", "7"), ()),
    "receipt": (("receipt", "4", "--number", "0012"), ("--number", "0013")),
    "invoice-request": (("invoice-request", "4", "--on", "2026-11-30"), ("--on", "2026-11-29")),
    "cancel": (("cancel", "8"), ("--at", f"{DAY} 10:00")),
    "purge": (("purge", "6", "--declare", "--yes"), ("--at", f"{DAY} 10:00")),
    "void": (("void", "7", *REASON), OTHER_REASON),
    "artefact": (("artefact", "4", NOTED, "--kind", "chat"), ("--kind", "recording")),
}


def noted_file(made: Office) -> str:
    """A file below a root of the office's."""
    file = made.folder.parent / "out" / "chat.txt"
    file.parent.mkdir()
    file.write_text("hello", encoding="utf-8")
    made.does("config", "set", f"purge.roots={file.parent}")
    return str(file)


@pytest.mark.parametrize("name", REPEATED)
def test_a_command_told_twice_is_recorded_once_and_otherwise_is_another_one(made: Office, name: str) -> None:
    """A defaulted --at aside: the clock has gone on meanwhile."""
    words, otherwise = REPEATED[name]
    words = tuple(noted_file(made) if word == NOTED else word for word in words)
    command = ("session", *words, "--command-id", f"R-{name}")
    made.now = "2026-11-30T12:00:00+01:00"
    first = made.does(*command, "-f", "json")
    events = made.events()
    made.now = "2026-11-30T12:05:00+01:00"
    again = made.does(*command, "-f", "json")
    assert (again.out, made.events()) == (first.out, events)
    assert "recorded before" in again.err
    if otherwise:
        other = made.run(*command, *otherwise)
        assert (other.status, "E-COMMAND-REUSED" in other.err, made.events()) == (1, True, events)


def test_every_recording_command_of_a_session_is_told_twice_here() -> None:
    other = ("list", "show", "explain", "import", "workspace", "certificate")  # the last one repeats itself
    reading = {f"session {name}" for name in other}
    named = {
        name.partition(" ")[2] for name in COMMANDS if name.startswith("session ") and name not in reading
    }
    assert named == set(REPEATED)


def test_an_answer_tells_what_was_recorded_and_when(made: Office) -> None:
    words = ("session", "connect", "2", "--technician", "marek", "--after-drop", "now")
    made.does("session", "connect", "2", "--technician", "marek", "--at", f"{DAY} 12:00")
    answer = made.does(*words, "-f", "json").document
    assert answer["events"] == ["session.disconnected", "session.connected"]
    assert (answer["event"], answer["session"]) == ("session.connected", 2)
    assert answer["recorded_at"].startswith("2026-11-30T11:0")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("correct", "4", *REASON), "E-OPTIONS"),
        (("correct", "4", "--connection", "1", *REASON), "E-OPTIONS"),
        (("correct", "4", "--connected-at", f"{DAY} 10:01", *REASON), "E-OPTIONS"),
        (("correct", "4", "--add", f"{DAY} 11:00", *REASON), "E-OPTIONS"),
        (("correct", "4", "--add", f"{DAY} 11:00..{DAY} 10:50", *REASON), "E-OPTIONS"),
        (("correct", "4", "--add", "x..y", *REASON), "E-INSTANT"),
        (("waive", "4", *REASON), "E-OPTIONS"),
        (("waive", "4", "--percent", "10", "--hours", "1", *REASON), "E-OPTIONS"),
        (("waive", "4", "--percent", "101", *REASON), "E-PERCENT"),
        (("waive", "4", "--percent", "10", "--reason", " "), "E-REASON"),
        (("note", "4", "--summary", " "), "E-OPTIONS"),
        (("purge", "4", "--ended"), "E-OPTIONS"),
        (("request", "--customer", "K-1", "--issue", "other", "--remote-id", "abc"), "E-REMOTE-ID"),
        (("request", "--customer", "K-1", "--issue", "other", "--ref", "Jan Nowak"), "E-KEY-PERSONAL"),
        (
            ("request", "--customer", "K-1", "--issue", "other", "--at", "2026-03-29 02:30"),
            "E-INSTANT-SKIPPED",
        ),
        (("connect", "1", "--technician", "jan@example.pl"), "E-KEY-PERSONAL"),
    ],
)
def test_what_does_not_go_together_is_usage_and_changes_nothing(
    made: Office, words: tuple[str, ...], code: str
) -> None:
    before = made.events()
    answer = made.run("session", *words)
    assert (answer.status, f"({code})" in answer.err, made.events()) == (2, True, before)


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("connect", "99"), "E-SESSION-UNKNOWN"),
        (("connect", "ref:none"), "E-SESSION-UNKNOWN"),
        (("request", "--customer", "K-9", "--issue", "other"), "E-CUSTOMER-UNKNOWN"),
        (("request", "--customer", "K-1", "--issue", "other", "--ref", "A-1"), "E-SESSION-REF-TAKEN"),
        (("correct", "4", "--ended-at", "2026-11-30 12:20", *REASON), "E-TIME-AHEAD"),
        (("quote", "1", "--at", "2023-12-31 12:00"), "E-NO-TARIFF"),
    ],
)
def test_what_a_rule_refuses_changes_nothing(made: Office, words: tuple[str, ...], code: str) -> None:
    before = made.events()
    answer = made.run("session", *words)
    assert (answer.status, f"({code})" in answer.err, made.events()) == (1, True, before)


def test_a_test_is_quoted_as_free_at_any_hour(made: Office) -> None:
    words = ("session", "request", "--customer", "K-1", "--issue", "test", "--at", f"{DAY} 09:00")
    number = str(made.asks(*words)["session"])
    prices = made.asks("session", "quote", number, "--at", f"{DAY} 21:50")["prices"]
    assert prices == [
        {"opens_at": f"{DAY}T20:50:00Z", "until": None, "net_grosze": 0, "gross_grosze": 0},
    ]


def test_the_order_it_was_about_all_along_is_a_key_like_any_other(made: Office) -> None:
    made.does("session", "correct", "7", "--order", "Z/7", "--issue", "hardware", *REASON)
    assert made.asks("session", "show", "7")["order_ref"] == "Z/7"
    assert made.run("session", "correct", "7", "--order", "Jan Nowak", *REASON).status == 2


def test_an_order_that_nobody_bought_is_taken_and_told(made: Office) -> None:
    made.does("purchase", "add", "K-1", "--order", "Z-BACK", "--at", "2026-10-01")
    made.does("purchase", "return", "K-1", "--order", "Z-BACK", "--at", "2026-10-05", "--reason", "checked")
    made.does("purchase", "add", "K-1", "--order", "Z-HERE", "--at", "2026-10-01")
    request = ("session", "request", "--customer", "K-1", "--issue", "hardware", "--at", f"{DAY} 09:00")
    quote = ("quote", "--customer", "K-1", "--issue", "hardware", "--at", f"{DAY} 09:00")
    mend = ("session", "reclassify", "2", "--issue", "hardware", *REASON)
    made.does("purchase", "add", "K-1", "--order", "Z-LATE", "--at", "2026-11-29")
    for order, is_told in (("Z-NONE", True), ("Z-BACK", True), ("Z-LATE", True), ("Z-HERE", False)):
        for words in (request, quote, mend):
            answer = made.does(*words, "--order", order)
            assert (f"K-1 did not own {order} then" in answer.err) is is_told, words


def test_what_nobody_can_mean_is_refused(made: Office) -> None:
    """A hold that is over, a day to come."""
    hold = ("hold", "4", "--until", "2026-11-29", *REASON)
    asked = ("invoice-request", "4", "--on", "2026-12-01")
    for words, code in ((hold, "E-TIME-ORDER"), (asked, "E-TIME-AHEAD")):
        before = made.events()
        assert (f"({code})" in made.run("session", *words).err, made.events()) == (True, before), words


def test_a_drop_that_closed_nothing_is_told(made: Office) -> None:
    request = ("session", "request", "--customer", "K-1", "--issue", "other", "--at", f"{DAY} 09:00")
    number = str(made.asks(*request)["session"])
    drop = ("--technician", "ewa", "--at", f"{DAY} 09:31", "--after-drop", f"{DAY} 09:30")
    answer = made.does("session", "connect", number, *drop)
    assert "--after-drop closed nothing" in answer.err


def test_a_refused_moment_is_told_beside_the_other_in_office_time(made: Office) -> None:
    answer = made.run("session", "connect", "1", "--technician", "zoe", "--at", f"{DAY} 08:59")
    assert "2026-11-16 08:59:00+01:00 lies before the request, 2026-11-16 09:00:00+01:00" in answer.err


def test_a_price_list_is_published_once(made: Office, tmp_path: Path) -> None:
    listed = tmp_path / "list.toml"
    listed.write_text(shop_tariff_text().replace("2024-01-01", "2027-01-01", 1), encoding="utf-8")
    words = ("tariff", "publish", str(listed), "--yes")
    first = made.does(*words, "--command-id", "P-1", "-f", "json")
    events = made.events()
    assert made.does(*words, "--command-id", "P-1", "-f", "json").out == first.out
    again = made.run(*words)
    assert (again.status, "E-NOTHING-CHANGES" in again.err, made.events()) == (1, True, events)


def test_an_erasure_that_was_cut_short_is_completed_by_saying_it_again(made: Office) -> None:
    """The event comes first. When the words are still there, the refused repeat erases them."""
    words = ("session", "request", "--customer", "K-1", "--issue", "other", "--contact", "Jan Kowalski")
    number = str(made.asks(*words)["session"])
    made.does("session", "cancel", number)
    made.does("session", "purge", number, "--declare", "--yes")
    environment = Environment(lambda: datetime.now(UTC), urandom)
    with Ledger.open(made.folder, environment) as ledger:
        stream, _ = ledger.find_session(number)
        ledger.vault.put_many(
            [entry_of(PersonalData("session", {"contact": "Jan Kowalski"}), stream, 1, ledger.now())]
        )
    assert made.run("session", "purge", number, "--declare", "--yes").status == 1
    with Ledger.open(made.folder, environment) as ledger:
        assert not ledger.vault.has_keys("session", stream)
