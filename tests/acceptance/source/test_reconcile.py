"""The sample month of connections by the command line: every format alone, and all of them together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.office import Office
from tests.support.sample_records import MONTH, PERIOD, expected, sample_office
from tests.support.shop import copied

TXT: list[tuple[str, ...]] = [
    ("teamviewer-connections", "Connections.anna.txt", "--instance", "anna-pc"),
    ("teamviewer-connections", "Connections.marek.txt", "--instance", "marek-pc"),
]
PAGES: list[tuple[str, ...]] = [
    ("teamviewer-webapi", f"webapi/reports_connections.page{n}.json") for n in (1, 2, 3, 4)
]
EVENTS: list[tuple[str, ...]] = [
    ("teamviewer-eventlog", "webapi/EventLogging.page1.json", "webapi/EventLogging.page2.json")
]
UTF8: list[tuple[str, ...]] = [("generic-csv", "generic_sessions.pl.utf8bom.csv")]
CP1250: list[tuple[str, ...]] = [("generic-csv", "generic_sessions.pl.cp1250.csv", "--encoding", "cp1250")]
JSONL: list[tuple[str, ...]] = [("generic-jsonl", "generic_sessions.jsonl")]
FORMATS: dict[str, list[tuple[str, ...]]] = {
    "txt": TXT,
    "web-api": PAGES,
    "event-log": EVENTS,
    "csv-utf8": UTF8,
    "csv-cp1250": CP1250,
    "jsonl": JSONL,
    "all": [*TXT, *PAGES, *EVENTS, *UTF8, *CP1250, *JSONL],
}
HOLD_NO_END_BEFORE_START = {"web-api", "event-log"}


def imported(office: Office, name: str) -> None:
    """Take in every file of a format."""
    for words in FORMATS[name]:
        office.does("source", "import", *(str(MONTH / w) if (MONTH / w).is_file() else w for w in words))


def found(office: Office) -> Any:  # noqa: ANN401 - whatever JSON says
    """The reconciliation of the month."""
    answer = office.run("source", "reconcile", "--period", PERIOD, "-f", "json")
    assert answer.status == 3
    return answer.document


def wanted(name: str) -> list[tuple[str, str, str | None]]:
    """Kind, severity and session of the findings that were worked out by hand, in order of their kind."""
    told = [
        # The overlap is of the session that one of its two records belongs to.
        (f["kind"], f["severity"], "S-D014" if f["kind"] == "overlap_same_partner" else f.get("session_no"))
        for f in expected()["findings"]
        if not (f["kind"] == "end_before_start" and name in HOLD_NO_END_BEFORE_START)
    ]
    return sorted(told, key=str)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The month's sessions, and who is who."""
    return sample_office(tmp_path_factory.mktemp("sample") / "ledger")


@pytest.mark.parametrize("name", FORMATS)
def test_each_format_alone_and_all_together_give_the_findings_worked_out_by_hand(
    made: Office, tmp_path: Path, name: str
) -> None:
    office = copied(made.folder, tmp_path / "ledger", now=made.now)
    imported(office, name)

    document = found(office)

    told = [(f["kind"], f["severity"], f["session_ref"]) for f in document["findings"]]
    assert sorted((each for each in told if each[0] != "band_edge"), key=str) == wanted(name)
    in_files = name not in HOLD_NO_END_BEFORE_START
    assert document["counts"]["connections"] == 22 + in_files + (name in {"event-log", "all"})
    assert document["counts"]["sessions"] == 18
