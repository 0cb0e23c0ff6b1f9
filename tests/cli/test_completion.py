"""What a TAB offers: what is in the ledger, and codes, in the language of the run."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.office import Office


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Two customers, three orders, three sessions, of which one is cancelled."""
    office = Office(tmp_path_factory.mktemp("tab") / "ledger", now="2026-11-16T12:00:00+01:00")
    office.does("customer", "add", "K-1", "--name", "Zakład Krawiecki Nowak")
    office.does("customer", "add", "L-2", "--name", "Apteka Pod Lwem")
    office.does("purchase", "add", "K-1", "--order", "ZAM/1", "--at", "2026-11-01")
    office.does("purchase", "add", "L-2", "--order", "ZAM/2", "--at", "2026-11-01")
    for code in ("K-1", "L-2", "L-2"):
        office.does("session", "request", "--customer", code, "--issue", "other")
    office.does("session", "connect", "2")
    office.does("session", "cancel", "1")
    return office


def _offered(office: Office, line: str, *, lang: str = "en", kind: str = "bash") -> list[str]:
    """The words that a shell would show after a line whose last word is being typed."""
    words = line.split(" ")
    answer = office.run(
        _SESSION_LEDGER_COMPLETE=f"{kind}_complete",
        COMP_WORDS=line,
        COMP_CWORD=str(len(words) - 1),
        SESSION_LEDGER_LANG=lang,
    )
    assert (answer.status, answer.err) == (0, "")
    lines = answer.out.split() if kind == "bash" else answer.out.splitlines()
    return [each.partition(",")[2] for each in lines] if kind == "bash" else lines


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("session-ledger session request --customer ", ["K-1", "L-2"]),
        ("session-ledger session request --customer k", ["K-1"]),
        ("session-ledger session request --customer apt", ["L-2"]),
        ("session-ledger report billing --customer l", ["L-2"]),
        ("session-ledger customer show ", ["K-1", "L-2"]),
        ("session-ledger session end ", ["3", "2"]),
        ("session-ledger session request --order ", ["ZAM/1", "ZAM/2"]),
        ("session-ledger session request --customer lwem --order z", ["ZAM/2"]),
        ("session-ledger config set ksef.m", ["ksef.mode="]),
        ("session-ledger config set language=", ["language=pl", "language=en"]),
        ("session-ledger config set reconcile.require=m", ["reconcile.require=matched"]),
        ("session-ledger session waive 2 --reason w", ["wrong-time", "wrong-issue", "wrong-customer"]),
    ],
)
def test_what_is_in_the_ledger_is_offered(office: Office, line: str, offered: list[str]) -> None:
    assert _offered(office, line) == offered


def test_codes_and_states_are_offered_in_polish(office: Office) -> None:
    reasons = _offered(office, "session-ledger session waive 2 --reason ", lang="pl")
    assert "reklamacja" in reasons
    assert "complaint" not in reasons
    assert _offered(office, "session-ledger session request --issue in", lang="pl") == ["inne"]
    told = _offered(office, "session-ledger session end 2", lang="pl", kind="zsh")
    assert told == ["plain", "2", "L-2 trwa"]


def test_documents_are_offered_by_the_beginning_of_their_numbers(tmp_path: Path) -> None:
    from tests.support.billing_office import PERIOD, business, helped, issued, shop  # noqa: PLC0415

    office = shop(tmp_path / "ledger")
    business(office)
    helped(office, "2026-11-16T10:00:00", "2026-11-16T10:40:00")
    (document,) = issued(office, "issue", "--period", PERIOD, "--customer", "K-1")["issued"]
    assert _offered(office, "session-ledger invoice show fv") == [document["number"]]


def test_nothing_is_offered_and_nothing_said_without_a_ledger(office: Office, tmp_path: Path) -> None:
    nowhere = tmp_path / "nowhere"
    assert _offered(office, f"session-ledger --ledger {nowhere} session request --customer ") == []
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "events.db").write_bytes(b"no database" * 100)
    (broken / "ledger.toml").write_text("name = ", encoding="utf-8")
    assert _offered(office, f"session-ledger --ledger {broken} session end ") == []


@pytest.mark.parametrize("shell", ["powershell", "pwsh", "cmd"])
def test_shell_without_completion_is_told_so_in_help_guide_and_refusal(office: Office, shell: str) -> None:
    """No PowerShell could be run here; a script that was never run is not given out."""
    answer = office.run("completion", shell)
    assert (answer.status, answer.out) == (2, "")
    assert all(each in answer.err for each in (shell, "bash", "zsh", "fish", "E-USAGE"))
    assert "PowerShell and cmd have none." in office.run("completion", "--help").out
    guide = (Path(__file__).parents[2] / "docs" / "guides" / "on-windows.md").read_text(encoding="utf-8")
    assert "There is no\ncompletion for PowerShell and cmd." in guide
