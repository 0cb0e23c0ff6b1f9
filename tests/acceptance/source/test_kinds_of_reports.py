"""Files as users of the tools met them, through the commands: what is said, recorded and billed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.office import NOON, Office
from tests.support.shop import copied

VECTORS = Path(__file__).parents[2] / "vectors"
REPORTS = VECTORS / "reports"
WARSAW = ("--tz", "Europe/Warsaw")
HEAD = "id_zrodla;id_partnera;technik;start;koniec\n"


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A ledger that knows its technicians, and nothing else."""
    office = Office(tmp_path_factory.mktemp("reports") / "ledger", now=NOON)
    config = office.folder / "ledger.toml"
    config.write_text(config.read_text(encoding="utf-8") + '\n[technicians]\nOla = "ola"\n', encoding="utf-8")
    return office.folder


@pytest.fixture
def office(empty: Path, tmp_path: Path) -> Office:
    """A copy of it."""
    return copied(empty, tmp_path / "ledger", now=NOON)


def listed(office: Office) -> list[dict[str, Any]]:
    return list(office.asks("source", "list", "--names")["records"])


def table(office: Office, name: str, *rows: str) -> str:
    file = office.folder.parent / name
    file.write_text(HEAD + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return str(file)


# --- nothing understood -------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["pl", "en"])
def test_file_in_which_nothing_is_understood_is_said_aloud_and_recorded_in_no_part(
    office: Office, language: str
) -> None:
    """Given the log of another tool, then exit 3, and neither an event nor a line of it in the vault."""
    before = office.events()
    log = str(VECTORS / "vnc" / "xtigervnc.log")
    answer = office.run("--lang", language, "source", "import", "rustdesk-log", log)
    assert answer.status == 3
    assert {"pl": "nic nie rozpoznano", "en": "nothing was understood"}[language] in answer.err
    assert office.events() == before
    answer = office.run("source", "import", "teamviewer-connections", log, "-f", "json")
    assert (answer.status, json.loads(answer.out)["understood"]) == (3, False)
    assert office.asks("source", "list", "--quarantine")["lines"] == []


def test_file_that_is_not_understood_stays_in_the_spool(office: Office, tmp_path: Path) -> None:
    """Given it beside a good one, then the good one is processed, and this one stays, with exit 3."""
    spool = tmp_path / "spool"
    for adapter in ("rustdesk-log", "vnc-log"):
        (spool / adapter).mkdir(parents=True)
        shutil.copy(VECTORS / "vnc" / "xtigervnc.log", spool / adapter / "xvnc.log")
    for _ in range(2):
        assert office.run("source", "import", "--spool", str(spool), *WARSAW).status == 3
    assert sorted(file.relative_to(spool).as_posix() for file in spool.rglob("*.log")) == [
        "processed/vnc-log/xvnc.log",
        "rustdesk-log/xvnc.log",
    ]


# --- attempts, and what has no end of its own ---------------------------------------------------


def test_attempt_carries_no_sum(office: Office) -> None:
    """Given a wrong password, then it is listed as an attempt, and no finding names it."""
    log = str(REPORTS / "12-x11vnc-wrong-password.log")
    assert "attempt" in office.does("source", "import", "vnc-log", log, *WARSAW).err
    assert [record["kind"] for record in listed(office)] == ["attempt"]
    found = office.asks("source", "reconcile", "--period", "2026-11")
    assert (found["findings"], found["counts"]["records"]) == ([], 0)


def test_record_that_was_taken_for_a_connection_becomes_an_attempt(office: Office, tmp_path: Path) -> None:
    """Given the part of a log before the password was wrong, when the whole comes, then it is amended."""
    log = (REPORTS / "12-x11vnc-wrong-password.log").read_bytes()
    file = tmp_path / "vnc.log"
    for raw, kind in ((log[: log.index(b"16/11/2026 12:52:59")], "remote_control"), (log, "attempt")):
        file.write_bytes(raw)
        office.does("source", "import", "vnc-log", str(file), *WARSAW)
        assert [record["kind"] for record in listed(office)] == [kind]


def test_connection_cut_by_a_new_start_is_marked_and_keeps_no_foreign_end(office: Office) -> None:
    """Given a killed server, then its connection has no end, and says by when it was over."""
    log = str(REPORTS / "05-x11vnc-killed-and-started-again.log")
    assert "started again" in office.does("source", "import", "vnc-log", log, *WARSAW).err
    cut, whole = listed(office)
    assert (cut["ended_at"], cut["over_by"]) == (None, "2026-11-16T13:58:40Z")
    assert "over_by" not in whole
    assert office.asks("source", "import", "vnc-log", log, *WARSAW)["duplicate"] == 2
    assert office.does("check").out == ""


def test_viewers_of_one_address_at_once_are_said_not_to_be_told_apart(office: Office) -> None:
    """Given a real x11vnc with two viewers behind one address, then it is said, and neither has an end."""
    log = str(VECTORS / "vnc" / "x11vnc-attempts-and-stops.log")
    assert "cannot be told apart" in office.does("source", "import", "vnc-log", log, "--tz", "UTC").err
    shared = [record for record in listed(office) if record.get("shared_end")]
    assert [(record["ended_at"], record["over_by"]) for record in shared] == [
        (None, "2026-11-30T00:03:12Z")
    ] * 2


def test_guest_is_shown_beside_the_names(office: Office) -> None:
    """Given a guest of a shared link, then the name is shown as a guest's, and no technician."""
    office.does("source", "import", "meshcentral", str(REPORTS / "15-mesh-guest.json"))
    (record,) = listed(office)
    assert (record["technician"], record["user"], record["guest"]) == (None, None, "Serwis drukarek")
    assert "Serwis drukarek (guest)" in office.does("source", "list", "--names").out


def test_viewer_who_left_in_a_later_file_closes_the_record_that_began_then(
    office: Office, tmp_path: Path
) -> None:
    """Given two viewers in one file and their ends in the next, then each end finds its beginning."""

    def event(number: int, at: str, arguments: list[Any], user: str | None = "ola") -> dict[str, Any]:
        named = {} if user is None else {"username": user}
        told = {"etype": "relay", "action": "relaylog", "nodeid": "node//K", "msgid": number}
        return told | named | {"msgArgs": arguments, "time": f"2026-11-16T{at}Z"}

    pages = [
        [event(145, "09:00:00.000", ["s"]), event(143, "09:10:00.000", ["s"])],
        [
            event(144, "09:20:00.400", ["s", 600]),
            event(144, "09:30:00.300", ["s", 1800]),
            event(147, "09:30:00.500", ["s", 1800], None),
        ],
    ]
    for number, page in enumerate(pages):
        (tmp_path / f"{number}.json").write_text(json.dumps(page), encoding="utf-8")
    for number in (0, 1, 0, 1):
        office.does("source", "import", "meshcentral", str(tmp_path / f"{number}.json"))
    assert [(r["started_at"], r["ended_at"], r["technician"]) for r in listed(office)] == [
        ("2026-11-16T09:00:00Z", "2026-11-16T09:30:00.300000Z", "ola"),
        ("2026-11-16T09:10:00Z", "2026-11-16T09:20:00.400000Z", "ola"),
    ]


# --- command ids --------------------------------------------------------------------------------


def test_older_file_again_under_its_command_id_changes_nothing(office: Office) -> None:
    """Given a file, then a newer one of the same records, when the older comes again, then no event."""
    old = table(office, "old.csv", "a1;123456789;Ola;2026-11-16T10:00Z;2026-11-16T10:30Z")
    new = table(office, "new.csv", "a1;123456789;Ola;2026-11-16T10:00Z;2026-11-16T10:45Z")
    first = office.asks("source", "import", "generic-csv", old, "--command-id", "night-1")
    office.does("source", "import", "generic-csv", new, "--command-id", "night-2")
    before, records = office.events(), listed(office)
    again = office.asks("source", "import", "generic-csv", old, "--command-id", "night-1")
    assert (office.events(), listed(office)) == (before, records)
    assert again == first


def test_command_id_of_an_import_that_brought_nothing_is_kept_too(office: Office) -> None:
    """Given a file that was known already, when it is given again after a newer one, then no event."""
    old = table(office, "old.csv", "a1;123456789;Ola;2026-11-16T10:00Z;2026-11-16T10:30Z")
    new = table(office, "new.csv", "a1;123456789;Ola;2026-11-16T10:00Z;2026-11-16T10:45Z")
    office.does("source", "import", "generic-csv", old)
    office.does("source", "import", "generic-csv", old, "--command-id", "night-1")
    office.does("source", "import", "generic-csv", new)
    before = office.events()
    office.does("source", "import", "generic-csv", old, "--command-id", "night-1")
    assert office.events() == before


def test_command_id_of_another_file_is_refused(office: Office) -> None:
    """Given an id, when another file, instance or adapter comes under it, then exit 1, nothing changed."""
    one = table(office, "one.csv", "a1;123456789;Ola;2026-11-16T10:00Z;")
    two = table(office, "two.csv", "a2;123456789;Ola;2026-11-16T11:00Z;")
    office.does("source", "import", "generic-csv", one, "--command-id", "night-1")
    before = office.events()
    vnc = str(VECTORS / "vnc" / "xtigervnc.log")
    for arguments in (
        ("generic-csv", two),
        ("generic-csv", one, "--instance", "pc"),
        ("vnc-log", vnc, *WARSAW),
    ):
        answer = office.run("source", "import", *arguments, "--command-id", "night-1")
        assert (answer.status, "E-COMMAND-REUSED" in answer.err or "command id" in answer.err) == (1, True)
    assert office.events() == before


def test_several_files_under_one_command_id_are_each_taken_once(office: Office) -> None:
    """Given two files and an id, when both come again, then no event; each has its own answer."""
    files = [
        table(office, "one.csv", "a1;123456789;Ola;2026-11-16T10:00Z;"),
        table(office, "two.csv", "a2;123456789;Ola;2026-11-16T11:00Z;"),
    ]
    office.does("source", "import", "generic-csv", *files, "--command-id", "night-1")
    before = office.events()
    office.does("source", "import", "generic-csv", *files, "--command-id", "night-1")
    assert (office.events(), len(listed(office))) == (before, 2)


# --- dates with slashes -------------------------------------------------------------------------


def test_order_of_dates_with_slashes_can_be_said(office: Office) -> None:
    """Given a date that can be read both ways, then it waits in quarantine until the order is said."""
    file = table(office, "us.csv", "a1;123456789;Ola;11/12/2026 09:00;11/12/2026 10:00")
    assert office.asks("source", "import", "generic-csv", file, *WARSAW)["quarantined"] == 1
    office.does("source", "import", "generic-csv", file, *WARSAW, "--dates", "mdy")
    assert [record["started_at"] for record in listed(office)] == ["2026-11-12T08:00:00Z"]
