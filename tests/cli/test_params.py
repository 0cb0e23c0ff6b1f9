"""What a person types, and the options that commands share."""

from __future__ import annotations

import getpass
import io
import json
import platform
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli import params
from cli.errors import BadValue
from cli.main import run
from ledger.domain.clock import Period, parse_period
from tests.support.office import Office
from tests.support.systems import IS_WINDOWS

if TYPE_CHECKING:
    from tests.cli.conftest import Play

OPTION = click.Option(["--at"])


def read(kind: click.ParamType[Any], text: str) -> object:
    return kind.convert(text, OPTION, None)


# --- values -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (params.INSTANT, "2026-11-16 18:05", datetime(2026, 11, 16, 17, 5, tzinfo=UTC)),
        (params.INSTANT, "2026-11-16T18:05:00Z", datetime(2026, 11, 16, 18, 5, tzinfo=UTC)),
        (params.INSTANT, " now ", params.NOW),
        (params.DATE, "2026-11-16", date(2026, 11, 16)),
        (params.DATE, "6.1.2026", date(2026, 1, 6)),
        (params.PERIOD, "2026-11", Period(date(2026, 11, 1), date(2026, 12, 1))),
        (params.AMOUNT, "369,00", 36900),
        (params.SETTING, "seller.name=A = B", ("seller.name", "A = B")),
        (params.SETTING, "seller.nip=", ("seller.nip", "")),
        (params.NEW_CUSTOMER, "K-041", "K-041"),
        (params.SESSION_REF, "2026/11/A-17", "2026/11/A-17"),
        (params.DATE, "16 listopada 2026", date(2026, 11, 16)),
        (params.DATE, "pon. 16.11.2026 r.", date(2026, 11, 16)),
        (params.AMOUNT, "1 234,50 zł", 123_450),
        (params.PERIOD, "IV kwartał 2026", parse_period("2026-Q4")),
        (params.PERIOD, "16.11.2026", parse_period("2026-11-16")),
        (params.PERIOD, "1.11.2026..29.11.2026", parse_period("2026-11-01..2026-11-29")),
        (params.ISSUE, "other", "other"),
    ],
)
def test_value_is_read_as_the_ledger_takes_it(kind: click.ParamType[Any], text: str, value: object) -> None:
    assert read(kind, text) == value


@pytest.mark.parametrize(
    ("kind", "text", "code"),
    [
        (params.INSTANT, "16.11", "E-INSTANT"),
        (params.INSTANT, "2026-03-29 02:30", "E-INSTANT-SKIPPED"),
        (params.INSTANT, "2026-10-25 02:30", "E-INSTANT-AMBIGUOUS"),
        (params.DATE, "2026-02-30", "E-DATE"),
        (params.DATE, "2026-11-16 18:05", "E-DATE"),
        (params.DATE, "11/12/2026", "E-DATE"),
        (params.PERIOD, "2026-13", "E-PERIOD"),
        (params.AMOUNT, "1.5", "E-AMOUNT"),
        (params.SETTING, "=5", "E-KEY-VALUE"),
        (params.NEW_CUSTOMER, "Jan Kowalski", "E-KEY-PERSONAL"),
        (params.HANDLE, "jan@firma.pl", "E-KEY-PERSONAL"),
        (params.ORDER_REF, "601234567", "E-KEY-PERSONAL"),
        (params.CODE, "", "E-KEY"),
        (params.TOKEN, "a\x1bb", "E-KEY"),
    ],
)
def test_bad_value_keeps_the_ledger_s_code_and_names_the_option(
    kind: click.ParamType[Any], text: str, code: str
) -> None:
    with pytest.raises(BadValue) as refused:
        read(kind, text)
    named = refused.value.named()
    assert (named.code, named.exit_status) == (code, 2)
    assert named.fact.startswith("--at: ")


@given(st.text(max_size=30))
def test_no_text_whatever_breaks_a_parameter(text: str) -> None:
    """It is read, or refused as a bad value; never anything else."""
    for kind in (params.INSTANT, params.DATE, params.PERIOD, params.AMOUNT, params.SETTING, params.CUSTOMER):
        try:
            read(kind, text)
        except BadValue:
            continue


def test_refused_key_is_not_repeated(play: Play) -> None:
    """What looks like a person's number must not reach a terminal's history or a log."""
    status, _, stderr = play(SHARED, "keyed", "--customer", "80010112345")
    assert status == 2
    assert stderr.startswith("Error: --customer: the customer's code contains nine to eleven digits in a row")
    assert "80010112345" not in stderr


# --- shared options ---------------------------------------------------------------------------

SHARED = """
from datetime import UTC, datetime
from types import SimpleNamespace

from cli.context import pass_app
from cli.options import (ask_option, as_of_option, at_option, dry_run_option, personal_option,
                         recording_options, yes_option)
from cli.params import NEW_CUSTOMER, INSTANT
from ledger.application.ledger import Receipt

@click.command()
@click.option("--customer", type=NEW_CUSTOMER)
def keyed(customer):
    click.echo(customer)

@click.command()
@at_option
@as_of_option
@dry_run_option
def timed(at, as_of, dry_run):
    click.echo(f"{at} {as_of} {dry_run}")

@click.command()
@recording_options
@pass_app
def told(app, recording):
    event = SimpleNamespace(TOPIC="session.ended:1")
    receipt = Receipt((SimpleNamespace(event=event),), datetime(2026, 11, 16, 17, 5, tzinfo=UTC), 17)
    recording.tell(app, "Session 17 ended", receipt, folder="w")
    app.say(f"{recording.by} {recording.workstation} {recording.command_id} {recording.own_handle()}")

@click.command()
@ask_option
@personal_option("--contact", help="Whom to call back; goes to the vault.")
@personal_option("--note")
def personal(contact, note):
    click.echo(f"{contact!r} {note!r}")

@click.command()
@yes_option
@pass_app
def destroy(app, yes):
    app.confirm("Delete 3 files?", yes=yes)
    app.emit("deleted")

@click.command()
@click.argument("when", type=INSTANT)
@pass_app
def opened(app, when):
    click.echo(f"{app.open() is app.open()} {app.moment(when)}")

@click.command()
@pass_app
def place(app):
    app.emit({"dir": str(app.ledger_dir), "lang": app.lang})
    app.hint("two\\nlines \\x1b[2J")
"""


def test_at_now_is_the_same_as_no_at_and_as_of_now_is_not(play: Play) -> None:
    assert play(SHARED, "timed").stdout == "None None False\n"
    ran = play(SHARED, "timed", "--at", "now", "--as-of", "now", "--dry-run")
    assert ran.stdout == "None Now.NOW True\n"


def test_recording_command_prints_a_line_for_people(play: Play) -> None:
    assert play(SHARED, "told").stdout == "Session 17 ended\n"


def test_recording_command_prints_the_object_scripts_rely_on(play: Play) -> None:
    assert json.loads(play(SHARED, "told", "-f", "json").stdout) == {
        "session": 17,
        "events": ["session.ended"],
        "event": "session.ended",
        "recorded_at": "2026-11-16T17:05:00Z",
        "folder": "w",
    }


def test_who_and_where_default_to_the_system_and_may_be_said(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(getpass, "getuser", lambda: "FIRMA\\Jan Nowak")
    host = platform.node().lower()
    assert play(SHARED, "told").stderr == f"jan-nowak {host} None jan-nowak\n"
    monkeypatch.setenv("SESSION_LEDGER_BY", "ewa")
    assert play(SHARED, "told", "--command-id", "c-1").stderr == f"ewa {host} c-1 ewa\n"
    said = play(SHARED, "told", "--by", "customer", "--workstation", "w-2").stderr
    assert said == "customer w-2 None ewa\n"


def test_personal_data_comes_from_standard_input_line_by_line(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("a note\nJan, 601 234 567\n"))
    assert play(SHARED, "personal", "--note", "-", "--contact", "-").stdout == "'Jan, 601 234 567' 'a note'\n"


def test_standard_input_that_has_ended_is_refused(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    status, _, stderr = play(SHARED, "personal", "--contact", "-")
    assert (status, stderr.split("\n")[0]) == (
        2,
        "Error: --contact is - and standard input has ended (E-NO-INPUT)",
    )


def test_standard_input_that_is_no_text_is_refused(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfe\n"), encoding="utf-8"))
    assert "E-TEXT" in play(SHARED, "personal", "--contact", "-").stderr


def test_text_beyond_the_limit_is_refused_and_not_repeated(play: Play) -> None:
    status, _, stderr = play(SHARED, "personal", "--note", "x" * 4001)
    assert status == 2
    assert stderr.startswith("Error: --note has 4001 characters (E-TEXT)")
    assert "xxxx" not in stderr


def test_asking_needs_a_terminal(play: Play) -> None:
    assert "E-NO-TERMINAL" in play(SHARED, "personal", "--ask").stderr


def test_asking_asks_for_what_was_not_given(on_terminal: Play) -> None:
    ran = on_terminal(SHARED, "personal", "--ask", "--note", "n", typed="Jan Kowalski\n")
    assert ran.stdout.endswith("'Jan Kowalski' 'n'\n")
    assert ran.stdout.startswith("Whom to call back (--contact): ")


# --- the app ---------------------------------------------------------------------------------


def test_without_a_terminal_a_question_needs_yes(play: Play) -> None:
    status, stdout, stderr = play(SHARED, "destroy")
    assert (status, stdout) == (2, "")
    assert "--yes is missing (E-NEEDS-YES)" in stderr
    assert play(SHARED, "destroy", "--yes") == (0, "deleted\n", "")


@pytest.mark.parametrize(
    ("answer", "status"), [("y\n", 0), ("n\n", 1), ("\n", 1), ("\x03", 130), ("\x04", 130)]
)
def test_on_a_terminal_the_answer_decides(on_terminal: Play, answer: str, status: int) -> None:
    ran = on_terminal(SHARED, "destroy", typed=answer)
    assert ran.status == status
    assert ran.stdout.startswith("Delete 3 files? [y/N]: ")
    assert ("deleted" in ran.stdout) == (status == 0)


def test_folder_and_the_language_come_from_option_or_environment(
    play: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SESSION_LEDGER_DIR", "/env")
    monkeypatch.setenv("SESSION_LEDGER_LANG", "pl")
    assert json.loads(play(SHARED, "place").stdout) == {"dir": str(Path("/env")), "lang": "pl"}
    given_both = play(SHARED, "--ledger", "/given", "--lang", "en", "place").stdout
    assert json.loads(given_both) == {"dir": str(Path("/given")), "lang": "en"}


@pytest.mark.skipif(IS_WINDOWS, reason="the folder of a user's data is told by Windows itself")
def test_folder_defaults_to_the_user_s_data(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/home/of/data")
    assert json.loads(play(SHARED, "place").stdout)["dir"] == "/home/of/data/session-ledger"


def test_app_opens_one_ledger_and_closes_it(
    play: Play, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A ledger made for testing obeys SESSION_LEDGER_NOW, and `now` on the command line means that."""
    monkeypatch.setenv("SESSION_LEDGER_NOW", "2026-11-16T17:05:00Z")
    monkeypatch.setenv("SESSION_LEDGER_DIR", str(tmp_path / "ledger"))
    assert run(["init", "--testing"]) == 0
    assert play(SHARED, "opened", "now").stdout == "True 2026-11-16 17:05:00+00:00\n"
    assert play(SHARED, "opened", "2026-11-01 0:00").stdout == "True 2026-10-31 23:00:00+00:00\n"


def test_system_user_without_a_name_is_the_operator(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> str:
        raise KeyError("no such user")

    monkeypatch.setattr(getpass, "getuser", nobody)
    assert play(SHARED, "told").stderr.startswith("operator ")


def test_talk_goes_to_stderr_and_moves_no_cursor(play: Play) -> None:
    assert play(SHARED, "place").stderr == "hint: two\nlines \\x1b[2J\n"


# --- months by their names --------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["2026-11", "listopad", "Listopada", "listopad 2026", "11.2026", "2026/11"])
@pytest.mark.parametrize("lang", ["pl", "en"])
def test_a_month_as_an_office_writes_it_is_that_month(tmp_path: Path, typed: str, lang: str) -> None:
    """Of a name alone the program says which month it took."""
    office = Office(tmp_path / "ledger")
    answer = office.does("--lang", lang, "report", "billing", "--period", typed, "-f", "json")
    assert answer.document == office.asks("report", "billing", "--period", "2026-11")
    taken = {"pl": f"{typed}: przyjęto 2026-11", "en": f"{typed} is taken for 2026-11"}[lang]
    assert (taken in answer.err) == typed.isalpha()


def test_a_period_that_leaves_out_the_last_day_of_a_month_says_so(tmp_path: Path) -> None:
    """Given days from and until, of which the last is not part, then who meant the month is told."""
    office = Office(tmp_path / "ledger")
    for lang, said in {"en": "leaves 2026-11-30 out", "pl": "nie obejmuje dnia 30.11.2026"}.items():
        words = ("--lang", lang, "report", "billing", "--period")
        assert said in office.does(*words, "1.11.2026..30.11.2026").err
        assert said not in office.does(*words, "1.11.2026..1.12.2026").err
        assert said not in office.does(*words, "1.11.2026..29.11.2026").err


@pytest.mark.parametrize(
    ("typed", "fact"),
    [
        ("30.11", "w „30.11” brakuje roku"),
        ("30 listopada 18:40", "w „30 listopada 18:40” brakuje roku"),
        ("w piątek o 18:00", "„w piątek o 18:00” to dzień tygodnia bez daty"),
        ("piątek", "„piątek” to dzień tygodnia bez daty"),
        ("rano", "„rano” to nie data"),
    ],
)
def test_a_day_that_is_half_said_is_refused_for_what_it_lacks(
    typed: str, fact: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """With one whole example, on the command line in Polish."""
    for line, example in (
        ("session request --customer K-1 --issue inne --at", "16.11.2026 18:05"),
        ("invoice paid FV/1 --method przelew --amount 1 --on", "16.11.2026"),
    ):
        assert run(["--lang", "pl", *line.split(), typed]) == 2
        told = capfd.readouterr().err
        assert fact in told
        assert example in told.partition("Wskazówka: ")[2]


@pytest.mark.parametrize("typed", ["dziś", "dzisiaj", "today"])
def test_a_period_may_be_a_day_by_its_word(tmp_path: Path, typed: str) -> None:
    office = Office(tmp_path / "ledger")
    answer = office.asks("report", "billing", "--period", typed)
    assert answer == office.asks("report", "billing", "--period", "2026-11-30")


@pytest.mark.parametrize("typed", ["listopadek", "11.26", "xi", "13.2026", "ostatni"])
def test_what_may_mean_several_months_is_refused_with_an_example(tmp_path: Path, typed: str) -> None:
    office = Office(tmp_path / "ledger")
    for lang in ("pl", "en"):
        answer = office.run("--lang", lang, "report", "billing", "--period", typed)
        assert (answer.status, "2026-11" in answer.err, typed in answer.err) == (2, True, True)


def test_a_month_that_has_not_begun_is_that_of_the_year_before(tmp_path: Path) -> None:
    """December has not begun on 30 November: its name alone is that of the year before."""
    office = Office(tmp_path / "ledger")
    answer = office.run("--lang", "pl", "report", "billing", "--period", "grudzień")
    assert "grudzień: przyjęto 2025-12" in answer.err
