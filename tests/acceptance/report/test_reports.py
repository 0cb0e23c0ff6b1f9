"""Reports as the office reads them: their JSON shapes, their tables, and what they say to odd questions."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.report.test_replay import BILLING, live
from tests.support.office import Office, sqlite_only
from tests.support.shop import PERIOD, eventful_month, price_list, sample_month

DELETIONS = ("report", "deletions", "--period", PERIOD)


@pytest.fixture
def shop(tmp_path: Path) -> Office:
    """The eventful month."""
    return eventful_month(tmp_path / "ledger")


@pytest.fixture
def month(tmp_path: Path) -> Office:
    """The sample month as imported."""
    return sample_month(tmp_path / "ledger")


def has_keys(document: dict[str, Any], names: str) -> None:
    """The keys of the contract are there, in its order; others may stand among them."""
    wanted = names.split()
    assert [key for key in document if key in wanted] == wanted


# --- shapes -----------------------------------------------------------------------------------


def test_billing_has_the_shape_of_the_contract(shop: Office) -> None:
    document = shop.asks(*BILLING)
    has_keys(document, "schema period as_of sessions customers exceptions total")
    assert document["schema"] == "session-ledger/report-billing/1"
    assert document["period"] == {"from": "2026-11-01", "until": "2026-12-01"}
    for session in document["sessions"]:
        assert " ".join(session) == (
            "session session_ref customer issue tariff connected_at ended_at started_hours band_hours"
            " net_grosze waived_grosze assumptions billed"
            " list_grosze standing documents billed_net_grosze billed_vat_grosze"
        )
        assert list(session["band_hours"]) == ["office", "off_hours", "night"]
        assert sum(session["band_hours"].values()) == session["started_hours"]
    for customer in document["customers"]:
        assert list(customer) == [
            "customer",
            "started_hours",
            "net_grosze",
            "vat_grosze",
            "gross_grosze",
            "vat_treatment",
        ]
    shapes = {" ".join(exception) for exception in document["exceptions"]}
    assert shapes == {"session session_ref kind"}
    assert " ".join(document["total"]) == "sessions started_hours net_grosze vat_grosze gross_grosze"


def test_total_is_the_sum_of_customers_and_they_of_their_sessions(shop: Office) -> None:
    """VAT is taken once on each customer's net, half up; the total's VAT is the sum of theirs."""
    document = shop.asks(*BILLING)
    for customer in document["customers"]:
        own = [s for s in document["sessions"] if s["customer"] == customer["customer"]]
        assert customer["net_grosze"] == sum(s["net_grosze"] for s in own)
        assert customer["started_hours"] == sum(s["started_hours"] for s in own)
        assert customer["vat_grosze"] == (customer["net_grosze"] * 23 + 50) // 100
        assert customer["gross_grosze"] == customer["net_grosze"] + customer["vat_grosze"]
    for key in ("net_grosze", "vat_grosze", "gross_grosze", "started_hours"):
        assert document["total"][key] == sum(customer[key] for customer in document["customers"])


def test_deletions_have_the_shape_of_the_contract(shop: Office) -> None:
    document = shop.run(*DELETIONS, "-f", "json").document
    has_keys(document, "schema period as_of sla_seconds sessions summary")
    assert document["schema"] == "session-ledger/report-deletions/1"
    for session in document["sessions"]:
        has_keys(
            session,
            "session session_ref ended_at purged_at delay_seconds verdict evidence targets files bytes"
            " leaf_index checkpoint_size",
        )
    has_keys(
        document["summary"],
        "ended pass late failed unknown open declared abandoned"
        " delay_p50_seconds delay_p95_seconds delay_max_seconds",
    )


def test_explanation_has_the_shape_of_the_contract(shop: Office) -> None:
    document = shop.asks("session", "explain", "4")
    has_keys(document, "session hours net_grosze")
    for hour in document["hours"]:
        has_keys(
            hour,
            "opened_at band multiplier list_grosze discount_percent net_grosze rule quote assumptions",
        )
    assert [hour["net_grosze"] for hour in document["hours"]] == [0, 10000]
    text = (files("ledger") / "data" / "tariff.toml").read_text(encoding="utf-8")
    for hour in document["hours"]:
        assert all(f"{part}." in text for part in hour["quote"].removesuffix(".").split(". "))


def test_what_if_has_the_shape_of_the_contract_and_every_session(shop: Office) -> None:
    """Every session of the period, changed or not; sums only of what is to be billed."""
    document = shop.asks("tariff", "what-if", "boundary=per_band", "--period", PERIOD)
    has_keys(document, "schema changes sessions customers total")
    assert (document["schema"], document["changes"]) == ("session-ledger/what-if/1", {"boundary": "per_band"})
    billed = shop.asks(*BILLING)
    assert [(s["session"], s["net_grosze"]) for s in document["sessions"]] == [
        (s["session"], s["net_grosze"]) for s in billed["sessions"]
    ]
    assert [list(s) for s in document["sessions"][:1]] == [
        ["session", "session_ref", "net_grosze", "other_net_grosze"]
    ]
    assert list(document["total"]) == ["net_grosze", "other_net_grosze", "sessions_changed"]
    assert document["total"]["net_grosze"] == billed["total"]["net_grosze"]
    changed = [s for s in document["sessions"] if s["net_grosze"] != s["other_net_grosze"]]
    assert document["total"]["sessions_changed"] == len(changed) > 0


def test_reading_that_favours_the_customer_is_never_dearer(shop: Office) -> None:
    """Each reading that favours the customer; the changes are named."""
    document = shop.asks("tariff", "what-if", "--favour", "customer", "--period", PERIOD)
    assert document["changes"]["boundary"] == "cheapest"
    assert all(s["other_net_grosze"] <= s["net_grosze"] for s in document["sessions"])


# --- what stands in them ----------------------------------------------------------------------


def kinds(office: Office) -> list[tuple[int, str]]:
    """The exceptions of the month."""
    return [(x["session"], x["kind"]) for x in office.asks(*BILLING)["exceptions"]]


def test_session_typed_late_is_back_dated_and_an_imported_one_not(month: Office) -> None:
    """Imports are meant for the past; 15 minutes of a typed moment are nothing yet."""
    assert kinds(month) == [(40, "over_12_h"), (42, "open_session")]
    request = ("session", "request", "--customer", "K-001", "--issue", "other")
    for at in ("07:45", "07:44"):
        month.does(*request, "--at", "2026-12-01 07:40")
        number = str(month.asks("session", "list")["sessions"][-1]["session"])
        month.does("session", "connect", number, "--at", f"2026-12-01 {at}")
        month.does("session", "end", number)
    late = month.asks("report", "billing", "--period", "2026-12")["exceptions"]
    told = [(42, "open_session"), (43, "overlap"), (44, "back_dated"), (44, "overlap")]
    assert [(x["session"], x["kind"]) for x in late] == told


def test_session_over_48_hours_waits_for_confirmation(month: Office) -> None:
    """Over 48 hours: rated, shown, not counted until somebody confirmed it with a reason."""
    before = month.asks(*BILLING)["total"]
    month.does("session", "correct", "3", "--ended-at", "2026-11-06 09:21", "--reason", "wrong-time")
    document = month.asks(*BILLING)
    assert (3, "over_48_h") in kinds(month)
    assert next(s for s in document["sessions"] if s["session"] == 3)["net_grosze"] > 15000
    assert document["total"]["net_grosze"] == before["net_grosze"] - 15000
    month.does("session", "confirm", "3", "--reason", "checked: a server was moved")
    assert (3, "over_48_h") not in kinds(month)
    assert month.asks(*BILLING)["total"]["sessions"] == before["sessions"]


def sessions_of(period: str, office: Office) -> list[int]:
    """The rated sessions of a period."""
    return [s["session"] for s in office.asks("report", "billing", "--period", period)["sessions"]]


@pytest.mark.parametrize(
    ("period", "numbers"),
    [
        ("2026-11-09", [13, 14, 15]),
        ("2026-11-09..2026-11-11", [13, 14, 15, 16, 17]),
        ("2026-11-06", [10, 11]),
        ("2026-Q3", []),
    ],
)
def test_session_is_billed_where_it_ended_on_the_office_clock(
    month: Office, period: str, numbers: list[int]
) -> None:
    """Session 13 began on the 8th at 23:30 and ended on the 9th: it is of the 9th."""
    assert sessions_of(period, month) == numbers


def test_midnight_belongs_to_the_day_that_begins(month: Office) -> None:
    month.does("session", "correct", "11", "--ended-at", "2026-11-07 00:00", "--reason", "wrong-time")
    assert sessions_of("2026-11-07", month) == [11, 12]
    month.does("session", "correct", "11", "--ended-at", "2026-11-06 23:59:59", "--reason", "wrong-time")
    assert sessions_of("2026-11-07", month) == [12]


def test_report_of_one_customer_has_only_their_sessions(shop: Office) -> None:
    """Under either code of a merged customer; an open session of somebody else is not theirs."""
    for code in ("K-007", "K-008"):
        document = shop.asks(*BILLING, "--customer", code)
        assert {s["customer"] for s in document["sessions"]} == {"K-007"}
        assert [c["customer"] for c in document["customers"]] == ["K-007"]
        assert document["exceptions"] == []
    assert [x["session"] for x in shop.asks(*BILLING, "--customer", "K-004")["exceptions"]] == [42]


def test_terminal_shows_sums_and_exceptions_too(month: Office) -> None:
    """Three tables, a heading each, sums with names; the totals in the language of the reader."""
    shown = month.does(*BILLING).out
    assert re.findall(r"^(Billing|Customers|Exceptions)\b", shown, re.MULTILINE) == [
        "Billing",
        "Customers",
        "Exceptions",
    ]
    assert "K-005     Hurtownia Źródło sp.j." in shown
    assert re.search(r"^ +total +\d+ +[\d.]+ +[\d.]+ +[\d.]+$", shown, re.MULTILINE)
    assert "razem" in month.does("--lang", "pl", *BILLING).out
    assert "total" not in month.does("--lang", "pl", *BILLING).out


def test_read_models_hold_no_name(shop: Office) -> None:
    """Ids only: what the vault keeps is looked up while printing."""
    shop.does(*BILLING)
    with sqlite3.connect(live(shop)) as views:
        views.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    views.close()
    content = live(shop).read_bytes()
    for secret in ("Hurtownia", "Źródło", "Wójcik", "813895759", "dispute over", "Jan Próba", "driver"):
        assert secret.encode() not in content


# --- deletions --------------------------------------------------------------------------------


def verdicts(office: Office, *more: str) -> dict[int, str]:
    """The verdict on each session of the month."""
    document = office.run(*DELETIONS, *more, "-f", "json").document
    return {s["session"]: s["verdict"] for s in document["sessions"]}


def test_verdict_of_a_report_follows_from_time_alone(month: Office) -> None:
    """15 minutes to the second are in time; one more is late; before the end is unknown."""
    ends = {2: "11-02 15:44:00", 3: "11-03 10:13:59", 4: "11-03 18:49:00", 6: "11-04 12:12"}
    for number, ended_at in ends.items():
        month.does(
            "session", "correct", str(number), "--ended-at", f"2026-{ended_at}", "--reason", "wrong-time"
        )
    found = verdicts(month)
    assert [found[number] for number in (2, 3, 4, 6, 39)] == ["pass", "late", "pass", "unknown", "open"]
    assert month.run(*DELETIONS).status == 3


def test_deletion_in_the_second_of_the_end_is_in_the_drawing(month: Office, tmp_path: Path) -> None:
    """A delay of nought is a delay: every deletion that has one is counted in a bar."""
    month.does("session", "correct", "4", "--ended-at", "2026-11-03 18:49", "--reason", "wrong-time")
    month.run(*DELETIONS, "-o", str(tmp_path / "d.html"))
    page = (tmp_path / "d.html").read_text(encoding="utf-8")
    bars = [int(count) for count in re.findall(r'<text class="count"[^>]*>(\d+)</text>', page)]
    delays = [s["delay_seconds"] for s in month.run(*DELETIONS, "-f", "json").document["sessions"]]
    assert 0 in delays
    assert sum(bars) == len([delay for delay in delays if delay is not None])


def test_open_deletion_past_its_time_sets_the_exit_status_until_held(month: Office) -> None:
    """By the clock without --as-of, by that instant with it."""
    assert month.run(*DELETIONS).status == 3
    early = month.run("report", "deletions", "--period", "2026-11-27", "--as-of", "2026-12-01T08:00:00+01:00")
    assert early.status == 3
    month.does("session", "hold", "39", "--until", "2027-01-31", "--reason", "contract")
    assert month.run(*DELETIONS).status == 0
    month.does("session", "release", "39")
    month.does("session", "purge", "39", "--declare", "--yes")
    assert month.run(*DELETIONS).status == 0
    assert verdicts(month)[39] == "late"


def test_drawing_is_in_the_language_of_the_reader(month: Office, tmp_path: Path) -> None:
    for lang, said in (("pl", "w terminie"), ("en", "in time")):
        file = tmp_path / f"{lang}.html"
        month.run("--lang", lang, *DELETIONS, "-o", str(file))
        assert said in file.read_text(encoding="utf-8")


# --- status, settings -------------------------------------------------------------------------


def test_status_counts_open_work_by_the_clock(month: Office) -> None:
    """Session 39 ended and was never deleted; session 42 is connected."""
    document = month.asks("status")
    counts = ("requested", "connected", "disconnected", "undeleted", "overdue", "unknown")
    assert [document[key] for key in counts] == [0, 1, 0, 1, 1, 0]
    assert document["overdue_sessions"] == [39]
    assert document["open"] == [{"session": 42, "state": "connected", "customer": "K-004"}]
    month.now = "2026-12-01T08:10:00+01:00"
    month.does("session", "end", "42")
    assert month.asks("status")["overdue"] == 1
    month.now = "2026-12-01T08:25:01+01:00"
    assert month.asks("status")["overdue"] == 2


def settings(office: Office) -> dict[str, tuple[str, str]]:
    """Key: value, and where it stands."""
    return {s["key"]: (s["value"], s["from"]) for s in office.asks("config", "show")["settings"]}


def test_setting_changes_the_report_and_names_its_event(month: Office) -> None:
    assert settings(month)["purge.sla_seconds"] == ("900", "default")
    assert verdicts(month)[13] == "pass"
    assert month.does("config", "set", "purge.sla=5m").out == "purge.sla_seconds = 300\n"
    assert settings(month)["purge.sla_seconds"] == ("300", "event")
    assert verdicts(month)[13] == "late"


def test_same_setting_again_changes_nothing(month: Office) -> None:
    """A script may set what it wants to be so, as often as it likes."""
    month.does("config", "set", "purge.sla=5m")
    events = month.events()
    again = month.does("config", "set", "purge.sla=300s")
    assert again.err == "so it is already; nothing was changed\n"
    assert month.asks("config", "set", "purge.sla=5m")["events"] == []
    assert month.events() == events


def test_several_settings_are_one_change(month: Office) -> None:
    """All or none: a bad one leaves the good one alone; a command id covers them together."""
    assert month.run("config", "set", "purge.sla=5m", "nonsense=1").status == 2
    assert settings(month)["purge.sla_seconds"] == ("900", "default")
    words = ("config", "set", "purge.sla=5m", "purge.abandoned_days=60", "--command-id", "c-1")
    events = month.events()
    assert month.asks(*words)["events"] == ["ledger.setting_changed"] * 2
    assert "recorded before" in month.does(*words).err
    assert month.events() == events + 2
    assert month.run("config", "set", "purge.sla=6m", "--command-id", "c-1").status == 1


# --- price lists ------------------------------------------------------------------------------


def test_published_list_holds_from_its_day_on(month: Office, tmp_path: Path) -> None:
    file = price_list(tmp_path)
    before = month.asks(*BILLING)
    assert month.run("tariff", "publish", str(file)).status == 2
    month.does("tariff", "publish", str(file), "--yes")
    assert month.asks(*BILLING)["sessions"] == before["sessions"]
    listed = month.asks("tariff", "list")["tariffs"]
    assert [(t["tariff"], t["in_force"]) for t in listed] == [
        ("pomoc-zdalna-2024", True),
        ("pomoc-zdalna-2027-01-01", False),
    ]
    prices = {
        at: month.asks("quote", "--at", at)["prices"][0]["net_grosze"]
        for at in ("2026-12-31 12:00", "2027-01-04 12:00")
    }
    assert list(prices.values()) == [10000, 11000]
    again = month.run("tariff", "publish", str(file), "--yes")
    assert (again.status, "tariff list" in again.err) == (1, True)


def test_list_from_the_past_needs_a_reason(month: Office, tmp_path: Path) -> None:
    file = str(price_list(tmp_path, valid_from="2026-11-01"))
    refused = month.run("tariff", "publish", file, "--yes")
    assert (refused.status, "(E-TARIFF-RETROACTIVE)" in refused.err) == (1, True)
    assert month.run("tariff", "publish", file, "--yes", "--retroactive").status == 1
    month.does("tariff", "publish", file, "--yes", "--retroactive", "--reason", "price-change")


def test_list_is_shown_by_id_or_the_beginning_of_its_digest(month: Office, tmp_path: Path) -> None:
    """Neither nothing at all nor a letter or two names one."""
    month.does("tariff", "publish", str(price_list(tmp_path)), "--yes")
    digests = {t["tariff"]: t["digest"] for t in month.asks("tariff", "list")["tariffs"]}
    for name, digest in digests.items():
        for named in (name, digest, digest[:12], digest[:4]):
            assert month.asks("tariff", "show", named)["digest"] == digest
    for named in ("", "a", digests["pomoc-zdalna-2024"][:3], "pomoc"):
        assert month.run("tariff", "show", named).status == 1
    shown = month.asks("tariff", "show")
    assert [(b["band"], b["list_grosze"]) for b in shown["bands"]] == [
        ("office", 10000),
        ("off_hours", 20000),
        ("night", 40000),
    ]
    assert "monitory.mastiff.pl" in month.asks("tariff", "show", "--text")["text"]


def test_difference_of_lists_names_only_what_differs(month: Office, tmp_path: Path) -> None:
    """The holidays that publishing adds are not told as removed."""
    file = tmp_path / "other.toml"
    text = (files("ledger") / "data" / "tariff.toml").read_text(encoding="utf-8")
    file.write_text(text.replace('until = "18:00"', 'until = "19:00"'), encoding="utf-8")
    told = month.does("tariff", "diff", "pomoc-zdalna-2024", str(file)).out.splitlines()
    assert [line for line in told if line[:1] in "+-" and line[:3] not in {"+++", "---"}] == [
        '-until = "18:00"',
        '+until = "19:00"',
    ] * 2
    assert month.does("tariff", "diff", "pomoc-zdalna-2024", "pomoc-zdalna-2024").out == ""
    file.write_text("not toml", encoding="utf-8")
    assert "+not toml" in month.does("tariff", "diff", "pomoc-zdalna-2024", str(file)).out


def test_lint_is_silent_for_a_good_list_and_names_faults_of_a_bad_one(month: Office, tmp_path: Path) -> None:
    file = price_list(tmp_path)
    assert month.does("tariff", "check", str(file)) == (0, "", "")
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace('net = "110.00"', 'net = "111.00"'), encoding="utf-8")
    bad = month.run("tariff", "check", str(file))
    assert (bad.status, bad.out) == (
        3,
        f"{file.name}: examples: one second is a started hour: 110.00, not 111.00\n",
    )
    events = month.events()
    assert month.run("tariff", "publish", str(file), "--yes").status == 3
    assert month.events() == events


# --- quotes -----------------------------------------------------------------------------------


def test_quote_is_what_the_session_costs_afterwards(month: Office) -> None:
    """A customer's hardware from 17:30 for 90 minutes: a free hour, then half of an evening hour."""
    words = ("--customer", "K-002", "--issue", "hardware", "--order", "ZAM/2025/388", "--minutes", "90")
    told = month.asks("quote", *words, "--at", "2026-11-16 17:30")["expected"]
    assert (told["started_hours"], told["net_grosze"], told["gross_grosze"]) == (2, 10000, 12300)
    assert told["assumptions"] == ["boundary.unit-start", "hardware.out-of-office-50"]


def test_quote_counts_purchases_under_a_merged_code(shop: Office) -> None:
    """K-008 bought a projector and turned out to be K-007: both have half the price."""
    for code, net in (("K-007", 5000), ("K-008", 5000), ("K-009", 10000)):
        prices = shop.asks("quote", "--customer", code, "--at", "2026-12-02 12:00")["prices"]
        assert prices[0]["net_grosze"] == net


# --- odd questions ----------------------------------------------------------------------------

ODD: Iterable[tuple[int, str, str]] = (
    (1, "E-SESSION-UNKNOWN", "session show 99"),
    (1, "E-SESSION-UNKNOWN", "session explain 0"),
    (1, "E-SESSION-UNKNOWN", "session show 99999999999999999999999999"),
    (1, "E-SESSION-UNKNOWN", "session end 9223372036854775808"),
    (1, "E-SESSION-UNKNOWN", "session show ref:99"),
    (1, "E-SESSION-UNKNOWN", "session explain 44 --as-of 2026-12-01T09:00:00+01:00"),
    (1, "E-SESSION-UNKNOWN", "session show 44 --as-of 2026-12-01T09:00:00+01:00"),
    (1, "E-SESSION-OPEN", "session explain 42"),
    (1, "E-SESSION-NOT-CONNECTED", "session explain 43"),
    (1, "E-CUSTOMER-UNKNOWN", "report billing --period 2026-11 --customer K-999"),
    (1, "E-CUSTOMER-UNKNOWN", "quote --customer K-999"),
    (1, "E-CUSTOMER-UNKNOWN", "tariff what-if boundary=per_band --period 2026-11 --customer K-999"),
    (1, "E-NOTHING-RECORDED", "session list --as-of 2020-01-01"),
    (1, "E-NO-TARIFF", "quote --at 2020-01-01"),
    (1, "E-NO-CALENDAR", "quote --at 2045-01-01"),
    (1, "E-TARIFF-UNKNOWN", "tariff diff pomoc-zdalna-2024 nowhere.toml"),
    (2, "E-INSTANT", "quote --at 2026-02-30"),
    (2, "E-INSTANT-SKIPPED", "quote --at '2026-03-29 02:30'"),
    (2, "E-INSTANT-AMBIGUOUS", "report billing --period 2026-11 --as-of '2026-10-25 02:30'"),
    (2, "E-PERIOD", "report billing --period 2026-13"),
    (2, "E-PERIOD", "report billing --period 2026-11-30..2026-11-01"),
    (2, "E-PERIOD", "tariff what-if boundary=per_band --period 0000"),
    (2, "E-TARIFF-CHANGE", "tariff what-if nonsense=1 --period 2026-11"),
    (2, "E-TARIFF-CHANGE", "tariff what-if boundary=sideways --period 2026-11"),
    (2, "E-OPTIONS", "tariff what-if boundary --period 2026-11"),
    (2, "E-OPTIONS", "tariff what-if --period 2026-11"),
    (2, "E-FILE", "tariff check nowhere.toml"),
    (2, "E-FILE", "tariff publish ."),
    (2, "E-SETTING", "config set purge.sla=0"),
    (2, "E-SETTING", "config set billing.from=2026-11-01"),
    (2, "E-KEY-VALUE", "config set purge.sla"),
    (2, "E-USAGE", "quote --minutes 0"),
    (2, "E-USAGE", "replay everything"),
    (2, "E-USAGE", "report billing"),
)


@pytest.mark.parametrize(("status", "code", "line"), ODD)
def test_odd_question_is_answered_with_a_sentence(shop: Office, status: int, code: str, line: str) -> None:
    words = re.findall(r"'[^']*'|\S+", line)
    answer = shop.run(*(word.strip("'") for word in words))
    assert (answer.status, answer.out) == (status, "")
    assert answer.err.startswith("Error: ")
    assert f"({code})\nhint: " in answer.err


def test_empty_period_is_no_error(shop: Office) -> None:
    """Exit 0, headings, and a word on stderr; open sessions stand in every period from Connected on."""
    for words in (("report", "billing"), ("report", "deletions"), ("report", "sessions")):
        answer = shop.does(*words, "--period", "2025")
        assert answer.err == "no rows\n"
    document = shop.asks("report", "billing", "--period", "2025")
    assert (document["sessions"], document["customers"], document["exceptions"]) == ([], [], [])
    later = shop.asks("report", "billing", "--period", "2027")["exceptions"]
    assert {x["session"] for x in later if x["kind"] == "open_session"} == {42, 45}


@sqlite_only
def test_figures_need_no_vault(shop: Office) -> None:
    """JSON, CSV and NDJSON name codes; only what shows names opens what keeps them."""
    (shop.folder / "vault.db").unlink()
    for name in ("json", "csv", "ndjson"):
        assert shop.run(*BILLING, "-f", name).status == 0
    assert shop.run(*BILLING).status == 2
