"""A new price list by command line: from another, with a Sunday band, with a rate; names of bands."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.application.ledger import Environment, Ledger
from ledger.domain.events import BandsNamed
from ledger.handlers.settings import shop_tariff_text
from tests.support import billing_office as b
from tests.support.office import Answer, Office, sqlite_only

SUNDAY = {
    "bands.sunday.days": "sun",
    "bands.sunday.from": "06:00",
    "bands.sunday.until": "22:00",
    "bands.sunday.multiplier": "3",
    "bands.sunday.quote": "W niedziele trzykrotność stawki.",
    "bands.sunday.name.pl": "w niedziele",
    "bands.sunday.name.en": "Sundays",
}
SETTLED = ("--drop", "weekend.off-hours", "--mend", "night.until-06:bands.night.until=05:00")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """The example's shop, and a Sunday at noon."""
    found = b.shop(tmp_path / "ledger")
    b.example(found)
    b.helped(found, "2026-11-15T12:00:00", "2026-11-15T12:30:00")
    found.now = b.DECEMBER
    return found


def new(office: Office, changes: dict[str, str], *more: str, name: str = "new.toml") -> Answer:
    """Write a list from the one in force."""
    sets = [word for key, value in changes.items() for word in ("--set", f"{key}={value}")]
    return office.run(
        *("tariff", "new", "--id", "p-2026-12", "--valid-from", "2026-12-01", "--period", b.PERIOD),
        *(*sets, *more, "-o", str(office.folder.parent / name)),
    )


def file(office: Office, name: str = "new.toml") -> str:
    return str(office.folder.parent / name)


def test_text_of_a_list_is_written_as_the_file_that_was_published(office: Office) -> None:
    office.does("tariff", "show", "--text", "-o", file(office))
    assert Path(file(office)).read_text(encoding="utf-8") == shop_tariff_text()
    assert office.does("tariff", "show", "--text").out == shop_tariff_text()
    office.does("tariff", "check", file(office))
    assert office.asks("tariff", "show", "--text")["text"] == shop_tariff_text()


def test_new_rate_is_priced_beside_the_old_one_and_can_be_published(office: Office) -> None:
    answer = new(office, {"base_price": "120.00"})
    assert answer.status == 0
    assert "950.00 net, by the new list 1140.00; sessions: 3, with another amount: 3" in answer.out
    assert "example: one second is a started hour: 120.00" in answer.out
    office.does("tariff", "check", file(office))
    office.does("tariff", "publish", file(office), "--yes")
    assert [each["tariff"] for each in office.asks("tariff", "list")["tariffs"]][-1] == "p-2026-12"


def test_readings_that_a_sunday_band_contradicts_are_named_one_by_one(office: Office) -> None:
    answer = new(office, SUNDAY)
    assert answer.status == 3
    for name, key in (("night.until-06", "bands.night.until"), ("weekend.off-hours", "bands.office.days")):
        assert f"{name}: the reading {key}=" in answer.err
        assert f"--mend {name}:{key}=… gives it another value, --drop {name} takes it out" in answer.err


def test_assumption_stays_disclosed_when_its_unfitting_reading_is_taken_out(office: Office) -> None:
    answer = new(office, SUNDAY, *SETTLED)
    assert (answer.status, "by the new list 1000.00" in answer.out) == (0, True)
    office.does("tariff", "publish", file(office), "--yes")
    shown = office.asks("tariff", "show", "p-2026-12")
    assert {"night.until-06", "weekend.off-hours"} <= {each["id"] for each in shown["assumptions"]}
    assert next(each["name"] for each in shown["bands"] if each["band"] == "sunday") == {
        "pl": "w niedziele",
        "en": "Sundays",
    }


def test_new_band_has_its_name_on_paper_in_xml_and_in_reports(office: Office) -> None:
    new(office, SUNDAY, *SETTLED)
    office.does("tariff", "publish", file(office), "--yes")
    b.helped(office, "2026-12-06T12:00:00", "2026-12-06T12:30:00")
    office.now = "2026-12-07T09:00:00+01:00"
    number = b.issued(office, "issue", "--period", "2026-12", "--customer", "K-1")["issued"][0]["number"]
    assert b"Zdalna pomoc serwisowa w niedziele, sesja 4" in b.xml_of(office, number)
    assert "w niedziele" in office.does("--lang", "pl", "report", "billing", "--period", "2026-12").out
    assert "Sundays" in office.does("report", "billing", "--period", "2026-12").out
    hour = office.asks("session", "explain", "4")["hours"][0]
    assert hour["band_name"] == {"pl": "w niedziele", "en": "Sundays"}


@pytest.mark.parametrize(
    ("changes", "more", "status", "said"),
    [
        ({"bands.sunday.days": "sun"}, (), 2, "--set bands.sunday.name.pl=…"),
        ({"base_price": "cheap"}, (), 2, "base_price"),
        ({"base_price.more": "1"}, (), 2, "names nothing that could have a value"),
        ({"flag_long_hours": "many"}, (), 2, "is a whole number"),
        ({}, ("--drop", "no.such"), 2, "the list has no assumption no.such"),
        ({}, ("--mend", "night.until-06"), 2, "is not KEY=VALUE"),
        ({"bands.night.until": "noon"}, (), 2, "the new list cannot be used"),
    ],
)
def test_change_that_cannot_be_is_refused_with_its_reason(
    office: Office, changes: dict[str, str], more: tuple[str, ...], status: int, said: str
) -> None:
    answer = new(office, changes, *more)
    assert answer.status == status
    assert said in answer.err
    assert not Path(file(office)).exists()


# --- names ------------------------------------------------------------------------------------


def unnamed(office: Office) -> str:
    """The text of a Sunday list whose band has no name."""
    new(office, SUNDAY, *SETTLED)
    text = Path(file(office)).read_text(encoding="utf-8")
    head, _, rest = text.partition("[bands.sunday.name]\n")
    return head + rest.split("\n", 2)[2]


def test_list_without_names_is_refused(office: Office) -> None:
    path = Path(file(office, "unnamed.toml"))
    path.write_text(unnamed(office), encoding="utf-8")
    for words in (("tariff", "check", str(path)), ("tariff", "publish", str(path), "--yes")):
        answer = office.run(*words)
        assert answer.status == 3
        assert 'bands.sunday: needs name = { pl = "…", en = "…" }' in answer.out + answer.err


@sqlite_only
def test_band_published_without_a_name_is_named_by_an_event_once(office: Office) -> None:
    """As a list of a former release: check names it, no invoice is issued, then one is."""
    published_by_a_former_release(office, unnamed(office))
    b.helped(office, "2026-12-06T12:00:00", "2026-12-06T12:30:00")
    office.now = "2026-12-07T09:00:00+01:00"
    found = office.run("check", "bands")
    assert (found.status, "band-name: the band sunday of p-2026-12 has no name" in found.out) == (3, True)
    (planned,) = office.asks("invoice", "draft", "--period", "2026-12")["documents"]
    assert (planned["state"], planned["reason"]) == ("waiting", "E-BAND-UNNAMED")
    refused = office.run("invoice", "issue", "--session", "4", "--yes")
    assert (refused.status, "E-BAND-UNNAMED" in refused.err) == (1, True)
    named = office.does("tariff", "name", "p-2026-12", "sunday", "--pl", "w niedziele", "--en", "Sundays")
    assert "w niedziele" in named.out
    assert office.run("check", "bands").out == ""
    office.does("invoice", "issue", "--session", "4", "--yes")
    again = office.run("tariff", "name", "p-2026-12", "sunday", "--pl", "inaczej", "--en", "other")
    assert (again.status, "E-BAND-NAMED" in again.err) == (1, True)


def published_by_a_former_release(office: Office, text: str) -> None:
    """Record the list as it stands: today's release would refuse it."""
    from datetime import UTC, date, datetime  # noqa: PLC0415 - of this test alone

    from ledger.domain import events as e  # noqa: PLC0415
    from ledger.domain.ledger_state import LEDGER_STREAM  # noqa: PLC0415
    from ledger.domain.tariff.calendar import publishable  # noqa: PLC0415
    from ledger.domain.tariff.tariff import digest  # noqa: PLC0415

    published = publishable(text)
    environment = Environment(lambda: datetime.now(UTC), bytes, office.now)
    with Ledger.open(office.folder, environment) as ledger:
        event = e.TariffPublished(
            at=ledger.now(),
            by="anna",
            source="cli",
            workstation="w",
            tariff="p-2026-12",
            digest=digest(published),
            valid_from=date(2026, 12, 1),
            text=published,
            reason="price-change",
        )
        ledger.record(e.following(LEDGER_STREAM, ledger.state.version, event))


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("pomoc-zdalna-2024", "sunday", "--pl", "w niedziele", "--en", "Sundays"), "E-TARIFF-CHANGE"),
        (("pomoc-zdalna-2024", "night", "--pl", "noc", "--en", "night"), "E-BAND-NAMED"),
        (("pomoc-zdalna-2024", "night", "--pl", " ", "--en", "night"), "E-TEXT"),
        (("no-such-list", "night", "--pl", "noc", "--en", "night"), "E-TARIFF-UNKNOWN"),
    ],
)
def test_name_that_cannot_be_given_is_refused(office: Office, words: tuple[str, ...], code: str) -> None:
    answer = office.run("tariff", "name", *words)
    assert answer.status in {1, 2}
    assert code in answer.err


def test_topic_of_the_event_is_kept() -> None:
    assert BandsNamed.TOPIC == "tariff.bands_named:1"
