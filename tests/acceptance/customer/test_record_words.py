"""What the remote tools' records say of people goes too: with the session's data, or in its time."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.office import Office

LINES = (
    "id_zrodla;id_partnera;technik;start;koniec\n"
    "a1;123 456 789;Ala Makota;2026-11-20T08:00Z;2026-11-20T08:30Z\n"
    "a2;987 654 321;Ala Makota;2026-11-20T09:00Z;2026-11-20T09:30Z\n"
    "a3;987 654 321;Ala Makota;soon;\n"
)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Two records and a line that is none, taken in on the day; the first is of session 1."""
    made = Office(tmp_path / "ledger", now="2026-11-20T09:00:00+01:00")
    made.does("customer", "add", "K-1", "--name", "Firma")
    made.does("session", "request", "--customer", "K-1", "--issue", "other", "--remote-id", "123 456 789")
    made.does("session", "connect", "1", "--technician", "ala")
    made.now = "2026-11-20T09:30:00+01:00"
    made.does("session", "end", "1")
    made.now = "2026-11-20T12:00:00+01:00"
    file = tmp_path / "table.csv"
    file.write_text(LINES, encoding="utf-8")
    assert made.run("source", "import", "generic-csv", str(file)).status in {0, 3}
    return made


def _names(office: Office) -> list[str | None]:
    return [each["remote_id"] for each in office.asks("source", "list", "--names")["records"]]


def test_a_record_of_a_session_that_was_purged_goes_at_once(office: Office) -> None:
    """The other record stays; the history verifies and check is silent."""
    first = office.asks("source", "list")["records"][0]["record"]
    office.does("source", "match", first, "1", "--reason", "checked")
    assert office.asks("retention", "due")["items"] == []
    office.does("session", "purge", "1", "--declare", "--yes")
    (due,) = [each for each in office.asks("retention", "due")["items"] if each["state"] == "due"]
    assert (due["what"], due["session"]) == ("record", None)
    office.does("retention", "run", "--yes")
    assert [name is None or "erased" in str(name) for name in _names(office)] == [True, False]
    assert office.run("check", "vault", "deleted", "views").out == ""


def test_thirty_days_later_all_of_them_and_the_lines_that_could_not_be_read_are_gone(office: Office) -> None:
    """Nothing of a person is left in the vault but the customer's own data."""
    office.now = "2026-12-20T11:59:00+01:00"
    assert not [each for each in office.asks("retention", "due")["items"] if each["state"] == "due"]
    office.now = "2026-12-20T12:00:01+01:00"
    office.does("retention", "run", "--yes")
    assert all(name is None or "erased" in str(name) for name in _names(office))
    lines = office.asks("source", "list", "--quarantine")["lines"]
    assert [each["line"] for each in lines] == [4]
    assert "soon" not in str(lines)
    office.does("audit", "verify")
    assert office.run("check", "vault", "deleted", "views").out == ""
