"""One report over many ledgers: its sums are those of the single reports, and no shop is left out."""

from __future__ import annotations

import csv
import io
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from cli.context import App
from ledger.domain.clock import parse_instant, parse_period
from projections.queries.organisation import groups_of, summed
from tests.support import postgres
from tests.support.billing_office import DECEMBER, SELLER, business, helped, issued
from tests.support.office import ON_POSTGRES, Answer, Office
from tests.support.systems import MAKES_LINKS

pytestmark = pytest.mark.skipif(ON_POSTGRES, reason="has shops on both stores itself")

PERIOD = "2026-11"
EVER = "2023-01-01..2027-01-01"
SESSIONS = "session_ref,customer,issue,connected_at,ended_at,purged_at,billed_as"
KINDS = ("to_bill", "billed", "elsewhere", "unconfirmed", "unrated")
Document = dict[str, Any]


def opened(folder: Path, *init: str) -> Office:
    """A shop with a business customer, its ledger called as its folder."""
    office = Office(folder, now="2026-11-01T08:00:00+01:00", init=init)
    office.does("config", "set", *SELLER, "ksef.mode=exempt_10k")
    business(office)
    return office


def november(office: Office, *, sla: str = "15m") -> None:
    """Help of every kind: billed here and elsewhere, to be billed, too long, without a price list, open."""
    office.does("config", "set", f"purge.sla={sla}")
    helped(office, "2026-11-09T20:10:00", "2026-11-09T22:40:00")
    office.now = DECEMBER
    issued(office, "issue", "--period", PERIOD, "--customer", "K-1")
    rows = (
        ("A-1", "K-1", "other", "2026-11-16 09:00", "2026-11-16 10:30", "2026-11-16 10:31", ""),
        ("A-2", "K-1", "other", "2026-11-17 23:00", "2026-11-18 02:00", "2026-11-18 03:30", ""),
        ("A-3", "K-1", "other", "2026-11-19 09:00", "2026-11-19 10:00", "2026-11-19 10:05", "FS/1"),
        ("A-4", "K-1", "other", "2026-11-20 09:00", "2026-11-22 10:00", "2026-11-22 09:30", ""),
        ("A-5", "K-1", "test", "2026-11-23 09:00", "2026-11-23 09:10", "", ""),
        ("A-6", "K-1", "other", "2026-10-30 09:00", "2026-11-01 00:30", "", ""),
        ("A-7", "K-1", "other", "2026-11-30 23:30", "2026-12-01 00:30", "", ""),
        ("A-8", "K-1", "other", "2026-11-30 23:30", "", "", ""),
    )
    office.takes("session", SESSIONS, rows)
    held = office.does("session", "show", "ref:A-5", "-f", "json").document["session"]
    office.does("session", "hold", str(held), "--until", "2027-03-01", "--reason", "legal-claim: dispute")


@pytest.fixture
def three(tmp_path: Path, database: str) -> dict[str, Office]:
    """Two shops on one PostgreSQL server, one in a folder."""
    more: dict[str, tuple[str, ...]] = {"ochota": ("--billing-from", "2026-11-02")}
    for name in ("praga", "wola"):
        url = f"{postgres.url_of(database)}&ledger={name}"
        more[name] = ("--name", name, "--store", url, "--owner", postgres.OWNER)
    shops = {name: opened(tmp_path / name, *init) for name, init in more.items()}
    november(shops["ochota"])
    november(shops["praga"], sla="2h")
    old = ("A-9", "K-1", "other", "2023-05-02 09:00", "2023-05-02 09:10", "", "")  # no price list is that old
    shops["praga"].takes("session", SESSIONS, [old])
    helped(shops["wola"], "2026-11-12T11:00:00", "2026-11-12T11:40:00")
    shops["wola"].now = DECEMBER
    return shops


def asked(shops: dict[str, Office], *words: str) -> Answer:
    """The report over all of them."""
    folders = [str(office.folder) for office in shops.values()]
    period = () if "--period" in words else ("--period", PERIOD)
    return next(iter(shops.values())).run("report", "shops", *folders, *period, *words)


# --- the sums ---------------------------------------------------------------------------------


def by_hand(office: Office, period: str) -> Document:
    """The same figures counted one session after the other from the shop's own reports."""
    billing = office.asks("report", "billing", "--period", period)
    deletions = office.run("report", "deletions", "--period", period, "-f", "json").document
    flagged = {(each["session"], each["kind"]) for each in billing["exceptions"]}
    found: Document = {kind: {"sessions": 0, "started_hours": 0, "net_grosze": 0} for kind in KINDS}
    for each in billing["sessions"]:
        billed = each["billed"]
        unpaid = "unconfirmed" if (each["session"], "over_48_h") in flagged else "to_bill"
        kind = unpaid if billed is None else "elsewhere" if billed.startswith("elsewhere:") else "billed"
        for key, amount in (("sessions", 1), *((key, each[key]) for key in ("started_hours", "net_grosze"))):
            found[kind][key] += amount
    found["unrated"]["sessions"] = sum(kind in ("no_tariff", "no_calendar") for _, kind in flagged)
    found["open_sessions"] = sum(kind == "open_session" for _, kind in flagged)
    found["ended"] = {key: sum(found[kind][key] for kind in KINDS) for key in found["to_bill"]}
    now, allowed = parse_instant(office.now), timedelta(seconds=deletions["sla_seconds"])
    overdue = [
        each
        for each in deletions["sessions"]
        if each["verdict"] in ("failed", "unknown")
        or (
            each["verdict"] == "open"
            and each["held_until"] is None
            and now - parse_instant(each["ended_at"]) > allowed
        )
    ]
    verdicts = ("pass", "late", "failed", "unknown", "open", "before_adoption")
    found["deletions"] = {
        **{verdict: deletions["summary"][verdict] for verdict in verdicts},
        "overdue": len([each for each in overdue if not each["before_adoption"]]),
    }
    total = billing["total"]
    assert found["to_bill"] == {key: total[key] for key in found["to_bill"]}
    return found


def added(*documents: Document) -> Document:
    """Figures added up key by key."""
    first = documents[0]
    return {
        key: added(*(each[key] for each in documents))
        if isinstance(first[key], dict)
        else sum(each[key] for each in documents)
        for key in first
    }


def test_sums_of_shops_are_those_of_the_single_reports(three: dict[str, Office]) -> None:
    """Shop by shop and together, on both stores; every kind and verdict but `failed` occurs."""
    for period in (PERIOD, EVER):
        answer = asked(three, "--period", period, "-f", "json")
        expected = {name: by_hand(office, period) for name, office in three.items()}
        document = answer.document
        assert answer.status == 3, "deletions are overdue"
        assert [each["shop"] for each in document["shops"]] == list(three)
        assert document["unread"] == []
        for each in document["shops"]:
            assert {key: each[key] for key in expected[each["shop"]]} == expected[each["shop"]]
        together = {key: document["total"][key] for key in expected["wola"]}
        assert together == added(*expected.values())
        assert (document["total"]["shops"], document["total"]["of_shops"]) == (3, 3)
    assert all(together[kind]["sessions"] for kind in KINDS)
    assert {verdict for verdict, sessions in together["deletions"].items() if not sessions} == {"failed"}


def test_shop_is_judged_by_the_time_that_it_allows(three: dict[str, Office]) -> None:
    """Ninety minutes are late where 15 are allowed, and in time where two hours are."""
    late = {each["shop"]: each["deletions"]["late"] for each in asked(three, "-f", "json").document["shops"]}
    assert late == {"ochota": 1, "praga": 0, "wola": 0}


def test_each_ledger_is_named_with_the_events_behind_its_figures(three: dict[str, Office]) -> None:
    three["ochota"].does("audit", "checkpoint")
    three["ochota"].does("customer", "add", "K-2", "--name", "Ola")
    for each in asked(three, "-f", "json").document["shops"]:
        office = three[each["shop"]]
        verified = office.does("audit", "verify", "-f", "json").document
        assert (each["origin"], each["events"], each["root"]) == (
            each["shop"],
            verified["events"],
            verified["root"],
        )
        if each["shop"] == "ochota":
            assert each["checkpoint"]["size"] == each["events"] - 1


def test_events_recorded_while_a_ledger_is_read_do_not_count(tmp_path: Path) -> None:
    """Figures and root are of one position, also when another process brings the read model further."""
    office = opened(tmp_path / "wola")
    helped(office, "2026-11-12T11:00:00", "2026-11-12T11:40:00")
    app, period = App(office.folder), parse_period(PERIOD)
    with app.snapshot(None) as state:
        helped(office, "2026-11-13T11:00:00", "2026-11-13T11:40:00")
        assert office.asks("report", "billing", "--period", PERIOD)["total"]["sessions"] == 2
        found = summed({"wola": groups_of(state.views, period, sla_seconds=900, now=state.as_of)})
        assert found["wola"].to_bill.sessions == 1
    app.close()


def test_shops_as_of_a_moment_count_nothing_later(three: dict[str, Office]) -> None:
    """What was recorded since changes the report, and not the one as of before."""
    before = asked(three, "--as-of", DECEMBER, "-f", "json")
    for office in three.values():
        helped(office, "2026-12-02T10:00:00", "2026-12-02T10:10:00")
        office.does("session", "waive", "1", "--percent", "50", "--reason", "goodwill: slow link")
    assert asked(three, "--as-of", DECEMBER, "-f", "json") == before
    assert asked(three, "-f", "json").document != before.document


@pytest.mark.parametrize("suffix", ["csv", "ndjson", "xlsx", "html", "pdf"])
def test_shops_report_is_written_in_every_format(suffix: str, tmp_path: Path) -> None:
    """The same bytes at the second time."""
    shops = {name: opened(tmp_path / name) for name in ("ochota", "wola")}
    once, again = tmp_path / f"once.{suffix}", tmp_path / f"again.{suffix}"
    for file in (once, again):
        assert asked(shops, "-o", str(file)).status == 0
    assert once.read_bytes() == again.read_bytes()
    assert once.stat().st_size > 0


# --- a shop that is not there -----------------------------------------------------------------


def down(office: Office) -> None:
    """Nobody answers where its ledger is."""
    config = office.folder / "ledger.toml"
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace(postgres.server(), "/nowhere"), encoding="utf-8")


def test_server_that_does_not_answer_leaves_the_other_shops(three: dict[str, Office]) -> None:
    """It is named everywhere, and the sum says of how many shops it is."""
    whole = asked(three, "-f", "json").document
    down(three["praga"])
    answer = asked(three, "-f", "json")
    document = answer.document
    assert answer.status == 3
    assert document["shops"] == [each for each in whole["shops"] if each["shop"] != "praga"]
    assert document["unread"] == [
        {"shop": "praga", "code": "E-STORE-UNREACHABLE", "fact": document["unread"][0]["fact"]}
    ]
    keys = set(document["total"]) - {"shops", "of_shops"}
    together = {key: document["total"][key] for key in keys}
    assert together == added(*({key: each[key] for key in keys} for each in document["shops"]))
    assert (document["total"]["shops"], document["total"]["of_shops"]) == (2, 3)
    assert answer.err.startswith("praga: not read: ")
    shown = asked(three)
    assert "\n2 of 3 " in shown.out
    assert "The sum is without: praga." in shown.out
    rows = list(csv.DictReader(io.StringIO(asked(three, "-f", "csv").out)))
    assert {row["shop"]: row["error"] for row in rows} == {
        "ochota": "",
        "praga": "E-STORE-UNREACHABLE",
        "wola": "",
    }


@pytest.mark.parametrize(
    ("file", "content", "code"),
    [
        ("events.db", b"no database", "E-STORE-DAMAGED"),
        ("events.db", None, "E-LEDGER-MISSING"),
        ("ledger.toml", b"name = ", "E-CONFIG"),
    ],
)
def test_damaged_ledger_leaves_the_other_shops(
    file: str, content: bytes | None, code: str, tmp_path: Path
) -> None:
    """A ledger without its events is one that is damaged; without anything it is none."""
    shops = {name: opened(tmp_path / name) for name in ("ochota", "wola")}
    place = shops["wola"].folder / file
    place.unlink() if content is None else place.write_bytes(content)
    answer = asked(shops, "-f", "json")
    assert answer.status == 3
    assert [(each["shop"], each["code"]) for each in answer.document["unread"]] == [("wola", code)]
    assert [each["shop"] for each in answer.document["shops"]] == ["ochota"]


def test_sum_is_of_no_shop_where_no_ledger_can_be_read(tmp_path: Path) -> None:
    shops = {"wola": opened(tmp_path / "wola")}
    (shops["wola"].folder / "events.db").unlink()
    answer = asked(shops)
    assert answer.status == 3
    assert "\n0 of 1 " in answer.out


def test_shops_report_needs_neither_personal_data_nor_keys(tmp_path: Path) -> None:
    """A head office may hold copies without them."""
    shops = {"wola": opened(tmp_path / "wola")}
    helped(shops["wola"], "2026-11-12T11:00:00", "2026-11-12T11:40:00")
    before = asked(shops)
    (shops["wola"].folder / "vault.db").unlink()
    shutil.rmtree(shops["wola"].folder / "keys")
    assert asked(shops) == before


# --- many ---------------------------------------------------------------------------------------


def test_twelve_shops_are_one_report(tmp_path: Path) -> None:
    """More than SQLite attaches at once; listed in a file, in its order and under its names."""
    offices = [Office(tmp_path / f"ledger-{n}") for n in range(12)]
    for number, office in enumerate(offices):
        office.does("customer", "add", "K-1", "--name", "Jan Próba")
        rows = [
            (f"S-{row}", "K-1", "other", f"2026-11-{row:02d} 09:00", f"2026-11-{row:02d} 09:30", "", "")
            for row in range(2, 2 + number % 5)
        ]
        if rows:
            office.takes("session", SESSIONS, rows)
    listed = tmp_path / "shops.toml"
    lines = "".join(f'"shop {n}" = "ledger-{n}"\n' for n in reversed(range(12)))
    listed.write_text(f"[shops]\n{lines}", encoding="utf-8")
    answer = offices[0].run("report", "shops", "--shops", str(listed), "--period", PERIOD, "-f", "json")
    document = answer.document
    totals = [office.asks("report", "billing", "--period", PERIOD)["total"] for office in offices]
    assert [each["shop"] for each in document["shops"]] == [f"shop {n}" for n in reversed(range(12))]
    assert (document["total"]["shops"], document["total"]["of_shops"]) == (12, 12)
    for key in ("sessions", "started_hours", "net_grosze"):
        assert document["total"]["to_bill"][key] == sum(total[key] for total in totals) > 0
        assert [each["to_bill"][key] for each in document["shops"]] == [
            total[key] for total in reversed(totals)
        ]


# --- what is refused ----------------------------------------------------------------------------


def twice(tmp_path: Path) -> Iterator[tuple[list[str], str]]:
    """Folders that are no two shops, and what is said of them."""
    wola = opened(tmp_path / "wola").folder
    if MAKES_LINKS:
        (tmp_path / "link").symlink_to(wola)
        yield [str(wola), str(tmp_path / "link")], "wola and link are the same folder"
    (tmp_path / "other").mkdir()
    shutil.copytree(wola, tmp_path / "copy")
    opened(tmp_path / "other" / "wola")
    yield [str(wola), str(tmp_path / "copy")], "wola and copy are the same ledger"
    yield [str(wola), str(tmp_path / "other" / "wola")], "two shops are called wola"


def test_no_shop_is_summed_twice(tmp_path: Path) -> None:
    """A folder by two ways, a copy of a ledger, two shops of one name."""
    office = Office(tmp_path / "desk")
    for folders, said in twice(tmp_path):
        answer = office.run("report", "shops", *folders, "--period", PERIOD)
        assert (answer.status, answer.out) == (2, "")
        assert answer.err.startswith(f"Error: {said} (E-SHOPS-TWICE)\n")


def test_two_offices_of_one_shared_ledger_are_no_two_shops(tmp_path: Path, database: str) -> None:
    url = postgres.url_of(database)
    first = Office(tmp_path / "first", init=("--store", url, "--owner", postgres.OWNER))
    first.run("--ledger", str(tmp_path / "second"), "init", "--store", url, "--join")
    answer = first.run("report", "shops", str(first.folder), str(tmp_path / "second"), "--period", PERIOD)
    assert (answer.status, answer.out) == (2, "")
    assert answer.err.startswith("Error: first and second are the same ledger (E-SHOPS-TWICE)\n")


def test_two_ledgers_of_one_origin_are_two_shops(tmp_path: Path) -> None:
    """Every shop that followed the guide has a folder called `ledger`, and its ledger that name for ever."""
    folders = [tmp_path / name / "ledger" for name in ("ochota", "wola")]
    offices = [
        Office(folder, now=f"2026-11-0{day}T08:00:00+01:00") for day, folder in enumerate(folders, start=1)
    ]
    listed = tmp_path / "shops.toml"
    listed.write_text('[shops]\nochota = "ochota/ledger"\nwola = "wola/ledger"\n', encoding="utf-8")
    shops = offices[0].run("report", "shops", "--shops", str(listed), "--period", PERIOD, "-f", "json")
    assert [each["origin"] for each in shops.document["shops"]] == ["ledger", "ledger"]


def test_folder_that_holds_no_ledger_is_refused(tmp_path: Path) -> None:
    office = Office(tmp_path / "wola")
    answer = office.run("report", "shops", str(office.folder), str(tmp_path), "--period", PERIOD)
    assert (answer.status, answer.out) == (2, "")
    assert f"{tmp_path.name}: there is no ledger in {tmp_path} (E-LEDGER-MISSING)" in answer.err
