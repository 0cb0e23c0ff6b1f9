"""What each place shows and records: the five rules of its forms, in a shop with a session in every state."""

from __future__ import annotations

import re
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from cProfile import Profile
from pathlib import Path
from pstats import Stats

import pytest
from starlette.responses import Response

from cli.desk import web
from cli.desk.actions import ACTIONS, LEFT_TO_THE_COMMAND_LINE
from cli.desk.app import PAGES_AT_ONCE
from cli.desk.pages import session
from cli.desk.seats import Seat
from cli.presentation.wording.vocabulary import VOCABULARY
from ledger.domain.session.life import LIFE
from ledger.message import Message
from tests.cli.desk.conftest import NAME
from tests.support.office import Office
from tests.support.served import Served, served

# --- the table of actions -------------------------------------------------------------------------


def test_every_row_of_life_is_an_action_or_left_out_by_name() -> None:
    assert {*ACTIONS, *LEFT_TO_THE_COMMAND_LINE, "purge", "review"} == set(LIFE)
    assert not {*ACTIONS} & {*LEFT_TO_THE_COMMAND_LINE}


def test_every_choice_of_a_field_has_its_word() -> None:
    for action in ACTIONS.values():
        for field in action.fields:
            assert set(field.codes) <= set(VOCABULARY.get(field.vocabulary, {}))
            assert isinstance(field.label, Message)


# --- what is shown --------------------------------------------------------------------------------


def test_now_names_what_runs_and_what_waits(desk: Served) -> None:
    page = desk.get("/").text
    for shown in ("Sesja 2", "Sesja 1", NAME, "Sesja 3: usuń dane", "po terminie"):
        assert shown in page
    assert "Sesja 4" not in page.partition("Dane jeszcze nieusunięte")[0]


def test_a_session_whose_end_was_forgotten_is_named(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = "czy nie zapisano jej końca?"
    monkeypatch.setenv("SESSION_LEDGER_NOW", "2026-11-17T04:31:00+01:00")  # twelve hours since 16:31
    assert asked not in desk.get("/").text
    monkeypatch.setenv("SESSION_LEDGER_NOW", "2026-11-17T04:31:01+01:00")
    assert asked in desk.get("/").text


def test_an_empty_ledger_waits_for_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SESSION_LEDGER_NOW", "2026-11-16T18:20:00+01:00")
    office = Office(tmp_path / "empty", now="2026-11-16T18:20:00+01:00")
    with served(office.folder, tmp_path / "run") as running:
        running.enter()
        for path in ("/", "/call"):
            assert running.get(path).status == 200


def test_a_running_session_tells_the_hours_so_far_and_the_next(desk: Served) -> None:
    page = desk.get("/session/2").text
    assert "2 rozpoczęte godziny" in page  # from 16:31 to 18:20
    assert "następna godzina zacznie się 16.11.2026 18:31 (za 11 min)" in page
    assert "100,00\u00a0zł netto" in page  # half of twice the price, after 18:00
    assert "<svg" in page
    assert "<style" not in page


def test_what_the_page_says_so_far_is_what_an_end_now_comes_to(desk: Served, office: Office) -> None:
    page = desk.get("/session/2").text
    office.does("session", "end", "2")
    net = office.asks("session", "explain", "2")["net_grosze"]
    assert f"{net // 100},{net % 100:02d}\u00a0zł netto +" in page


def test_a_script_in_a_description_is_shown_and_not_run(desk: Served) -> None:
    page = desk.get("/session/1").text
    assert "<script>document" not in page
    assert "&lt;script&gt;document" in page


RAW = {
    code
    for kind in (
        "session_state",
        "issue",
        "band",
        "rule",
        "verdict",
        "evidence",
        "result",
        "ended_by",
        "target",
    )
    for code in VOCABULARY[kind]
    if "_" in code or code in {"requested", "connected", "disconnected", "purged", "cancelled", "declared"}
}


def test_the_number_of_an_hour_leads_to_no_document(desk: Served) -> None:
    assert "/invoice/" not in desk.get("/session/3").text


def test_what_a_session_is_billed_on_is_a_link_or_words(desk: Served, office: Office) -> None:
    office.does("session", "receipt", "3", "--number", "P/7")
    page = desk.get("/session/3").text
    assert "paragon P/7" in page
    assert "receipt:" not in page


def test_history_tells_the_price_and_what_a_correction_made_of_it(desk: Served, office: Office) -> None:
    office.does("session", "quote", "1")
    assert "netto: 100,00" in desk.get("/session/1").text
    office.does("session", "correct", "3", "--ended-at", "2026-11-16 16:50", "--reason", "wrong-time")
    assert "koniec: 16.11.2026 16:50" in desk.get("/session/3").text


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/call?customer=K-041&issue=other",
        *(f"/session/{n}" for n in (1, 2, 3, 4)),
        "/session/3/audit",
        "/deletions/2026-11",
        "/verify",
    ],
)
def test_a_polish_page_shows_no_code(desk: Served, path: str) -> None:
    text = re.sub(r"<[^>]*>|&[a-z]+;", " ", desk.get(path).text)
    assert RAW & set(re.findall(r"[a-z_]+", text)) == set()


@pytest.mark.parametrize("lang", ["pl", "en"])
def test_every_page_is_told_in_either_language(office: Office, tmp_path: Path, lang: str) -> None:
    with served(office.folder, tmp_path / "run", lang="en" if lang == "en" else "pl") as running:
        running.enter()
        for path in (
            "/",
            "/call?customer=K-041",
            "/session/1",
            "/session/2",
            "/session/3",
            "/session/3/purge",
            "/session/3/audit",
            "/deletions/2026-11",
            "/verify",
        ):
            answer = running.get(path)
            assert answer.status == 200
            assert f'<html lang="{lang}">' in answer.text
            assert ("Zablokuj" if lang == "pl" else ">Lock<") in answer.text


def test_an_unknown_session_is_told_in_polish(desk: Served) -> None:
    answer = desk.get("/session/999")
    assert answer.status == 409
    assert "999" in answer.text
    assert "E-SESSION-UNKNOWN" in answer.text


def test_what_is_refused_or_unknown_keeps_the_menu(desk: Served) -> None:
    """Whoever mistypes an address goes on from there; whoever has no seat is shown no way."""
    for path in ("/session/999", "/nowhere"):
        text = desk.get(path).text
        assert 'href="/month"' in text
        assert 'action="/lock"' in text
    desk.cookie = ""
    assert 'href="/month"' not in desk.get("/session/999").text


def test_a_page_opens_nothing_twice(desk: Served) -> None:
    """The read model, events, words and keys are opened once for a session, and it is explained once."""
    visit = web.Visit(desk.desk, Seat("anna", "desk", 0, 0), {"number": 3}, {}, {})
    session.show(visit)
    profile = Profile()
    assert profile.runcall(session.show, visit).status_code == 200
    calls: Counter[str] = Counter()
    for (_, _, name), (_, count, *_) in Stats(profile).stats.items():  # type: ignore[attr-defined]
        calls[name] += count
    assert calls["_connection"] == 1  # the read model
    assert calls["open_database"] == 4  # events, words, keys of customers, keys of requests
    assert (calls["explain"], calls["smallest_pairs"]) == (1, 1)


# --- rule 1: a POST never answers with a page ------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/session/1/quote", "/session/1/end", "/session/1/nothing", "/call", "/session/3/purge"]
)
def test_a_form_is_answered_by_a_way_to_a_page(desk: Served, path: str) -> None:
    answer = desk.post(path, {"form": "desk-AAAAAAAAAAAAAAAA"})
    assert answer.status == 303
    assert answer.text == ""


def test_what_was_typed_stays_when_it_is_refused(desk: Served, office: Office) -> None:
    before = office.events()
    page = desk.records("/session/2", "note", summary="wymiana papieru", at="kiedyś")
    assert office.events() == before
    assert 'role="alert"' in page.text
    assert "wymiana papieru</textarea>" in page.text
    assert 'value="kiedyś"' in page.text
    assert "E-INSTANT" in page.text
    assert "Wskazówka" not in page.text  # the hint stands for itself
    sent = page.hidden("note")
    again = desk.follow(desk.post("/session/2/note", sent | {"summary": "wymiana papieru", "at": "18:10"}))
    assert office.events() == before + 1
    assert 'role="status"' in again.text


def test_no_address_bears_what_was_typed(desk: Served) -> None:
    for path, typed in (
        ("/call/price", {"customer": "Jan Kowalski 600100200", "issue": "other"}),
        ("/call", {"customer": "Jan Kowalski", "issue": "other", "contact": "600100200"}),
        ("/session/2/note", {"summary": "Kowalski", "at": "Kowalski"}),
        ("/session", {"number": "Kowalski"}),
    ):
        answer = desk.post(path, typed)
        assert answer.status == 303
        assert "Kowalski" not in answer.place
        assert "600100200" not in answer.place


# --- rule 2: the form's id is the command id -------------------------------------------------------


def test_a_form_sent_twice_is_recorded_once(desk: Served, office: Office) -> None:
    typed = desk.get("/session/2").hidden("note") | {"summary": "raz"}
    before = office.events()
    assert {desk.post("/session/2/note", typed).status for _ in range(2)} == {303}
    assert office.events() == before + 1
    assert (
        "już wcześniej" in desk.get("/session/2").text or "nic nie zmieniono" in desk.get("/session/2").text
    )


def test_a_form_changed_and_sent_again_shows_what_was_recorded(desk: Served, office: Office) -> None:
    typed = desk.get("/session/2").hidden("note")
    desk.post("/session/2/note", typed | {"summary": "pierwsza"})
    before = office.events()
    page = desk.follow(desk.post("/session/2/note", typed | {"summary": "druga"}))
    assert office.events() == before
    assert "E-COMMAND-REUSED" in page.text
    assert "Zapisz jako nowe" in page.text
    fresh = page.hidden("note")
    assert fresh["form"] != typed["form"]
    desk.post("/session/2/note", fresh | {"summary": "druga"})
    assert office.events() == before + 1


# --- rule 3: it carries what was seen --------------------------------------------------------------


def test_a_session_that_has_moved_on_is_a_conflict(desk: Served, office: Office) -> None:
    typed = desk.get("/session/1").hidden("accept")
    office.does("session", "quote", "1")
    office.does("session", "reclassify", "1", "--issue", "test", "--reason", "wrong-issue")
    before = office.events()
    page = desk.follow(desk.post("/session/1/accept", typed | {"how": "phone"}))
    assert office.events() == before
    assert "E-SEEN-OLD" in page.text
    assert "Zapisane, odkąd otwarto tę stronę" in page.text
    assert "Zapisz mimo to: Zgoda na cenę" in page.text


def test_two_ends_are_one(desk: Served, office: Office) -> None:
    first, second = (desk.get("/session/2").hidden("end") for _ in range(2))
    desk.post("/session/2/end", first | {"ended_by": "technician"})
    before = office.events()
    page = desk.follow(desk.post("/session/2/end", second | {"ended_by": "technician"}))
    assert office.events() == before
    assert "E-SEEN-OLD" in page.text


# --- the life of a session -------------------------------------------------------------------------


def test_a_call_is_quoted_requested_and_its_price_recorded(desk: Served, office: Office) -> None:
    before = office.events()
    asked = desk.follow(desk.post("/call/price", {"customer": "K-041", "issue": "other", "minutes": "75"}))
    assert "50,00" in asked.text
    assert office.events() == before
    typed = {"customer": "K-041", "issue": "other", "channel": "phone", "contact": "pani Ewa"}
    page = desk.follow(desk.post("/call", asked.hidden("request") | typed))
    assert "<h1>Sesja 5" in page.text
    assert "pani Ewa" in page.text
    assert [each["event"] for each in office.asks("session", "show", "5")["events"]] == [
        "session.requested",
        "session.quoted",
    ]
    assert {each["source"] for each in office.asks("session", "show", "5")["events"]} == {"desk"}


def test_a_customer_is_found_by_a_part_of_the_name(desk: Served) -> None:
    answer = desk.post("/call/price", {"customer": "igiełka", "issue": "other"})
    assert answer.place == "/call?customer=K-041&issue=other#price"


def test_a_request_alone_is_recorded_alone(desk: Served, office: Office) -> None:
    typed = desk.get("/call").hidden("request")
    desk.post("/call", typed | {"customer": "K-041", "issue": "other", "only": "1"})
    assert len(office.asks("session", "show", "5")["events"]) == 1


def test_a_price_is_told_with_whose_it_is(desk: Served) -> None:
    page = desk.follow(
        desk.post("/call/price", desk.get("/call").hidden("price") | {"customer": NAME, "issue": "other"})
    )
    assert f"{NAME} (K-041)" in page.text


def test_no_reason_is_chosen_for_a_correction(desk: Served) -> None:
    (form,) = re.findall(r'<form id="form-correct".*?</form>', desk.get("/session/3").text, re.DOTALL)
    reasons = form[form.index('name="code"') :].partition("</select>")[0]
    assert "selected" not in reasons


def test_an_unknown_customer_is_refused_with_what_was_typed(desk: Served, office: Office) -> None:
    before = office.events()
    page = desk.records("/call", "request", path="/call", customer="K-999", issue="other", contact="pani Ewa")
    assert office.events() == before
    assert "E-CUSTOMER-UNKNOWN" in page.text
    assert 'value="pani Ewa"' in page.text


def test_the_life_of_a_session_by_its_forms(desk: Served, office: Office) -> None:
    desk.records("/session/1", "quote")
    desk.records("/session/1", "accept", how="phone")
    desk.records("/session/1", "connect", at="17:25")
    desk.records("/session/1", "disconnect", at="17:40")
    desk.records("/session/1", "connect", at="17:45")
    page = desk.records("/session/1", "end", ended_by="customer", at="18:15")
    desk.records("/session/1", "waive", hours="1", code="goodwill", sentence="wolne łącze")
    assert "1 rozpoczęta godzina" in page.text
    found = office.asks("session", "explain", "1")
    assert (found["waived_grosze"], found["net_grosze"]) == (5000, 0)
    events = office.asks("session", "show", "1")["events"]
    assert events[-2]["details"]["ended_by"] == "customer"
    assert all(each["by"] == "anna" for each in events)


ACTED: dict[str, tuple[int, str, dict[str, str]]] = {
    "session.cancelled": (1, "cancel", {}),
    "session.invoice_requested": (1, "invoice-request", {"on": "16.11.2026"}),
    "session.reclassified": (2, "reclassify", {"issue": "test", "code": "wrong-issue"}),
    "session.corrected": (2, "correct", {"connection": "1", "connected_at": "16:35", "code": "wrong-time"}),
    "session.held": (3, "hold", {"until": "2026-12-31", "code": "legal-claim", "sentence": "spór"}),
    "session.receipt_issued": (3, "receipt", {"number": "W000123"}),
}


@pytest.mark.parametrize("event", ACTED)
def test_each_action_records_its_event(desk: Served, office: Office, event: str) -> None:
    number, form, typed = ACTED[event]
    page = desk.records(f"/session/{number}", form, **typed)
    assert "zapisano" in page.text
    assert office.asks("session", "show", str(number))["events"][-1]["event"] == event


def test_only_what_is_possible_is_offered(desk: Served) -> None:
    for number, offered, not_offered in (
        (1, "cancel", "disconnect"),
        (2, "end", "cancel"),
        (3, "waive", "end"),
    ):
        page = desk.get(f"/session/{number}").text
        assert f'action="/session/{number}/{offered}"' in page
        assert f'action="/session/{number}/{not_offered}"' not in page


# --- the deletion ----------------------------------------------------------------------------------


def test_the_plan_is_shown_and_nothing_is_touched(
    desk_with_files: Served, office_with_files: Office, tmp_path: Path
) -> None:
    before = office_with_files.events()
    page = desk_with_files.get("/session/3/purge").text
    assert "zrzut.png" in page
    assert "Nie da się cofnąć" in page
    assert office_with_files.events() == before
    assert list((tmp_path / "workspaces").rglob("zrzut.png"))


def test_what_was_planned_is_deleted_and_told(
    desk_with_files: Served, office_with_files: Office, tmp_path: Path
) -> None:
    page = desk_with_files.records("/session/3/purge", "purge", path="/session/3/purge")
    assert "<h1>Sesja 3" in page.text
    assert 'id="done"' in page.text
    assert not list((tmp_path / "workspaces").rglob("zrzut.png"))
    assert "Jan Testowy" not in page.text
    shown = office_with_files.asks("session", "show", "3")
    assert shown["events"][-1]["event"] == "session.data_purged"
    assert shown["purge"]["evidence"] == "measured"


def test_a_plan_that_has_changed_is_not_carried_out(
    desk_with_files: Served, office_with_files: Office, tmp_path: Path
) -> None:
    hidden = desk_with_files.get("/session/3/purge").hidden("purge")
    (place,) = (tmp_path / "workspaces").iterdir()
    (place / "nowy.png").write_bytes(b"new")
    page = desk_with_files.follow(desk_with_files.post("/session/3/purge", hidden))
    assert "E-PLAN-CHANGED" in page.text
    assert (place / "zrzut.png").exists()
    assert office_with_files.asks("session", "show", "3")["state"] == "ended"


def test_a_clock_behind_the_log_stops_a_deletion_until_a_person_says_that_it_is_right(
    desk_with_files: Served, office_with_files: Office, tmp_path: Path
) -> None:
    now, office_with_files.now = office_with_files.now, "2031-01-05T10:00:00+01:00"
    assert "clock_is_right" not in desk_with_files.get("/session/3/purge").text
    office_with_files.does("customer", "add", "K-9", "--name", "Anna")
    office_with_files.now = now
    page = desk_with_files.get("/session/3/purge")
    assert "zegar spóźnia się" in page.text
    assert 'name="clock_is_right"' in page.text
    refused = desk_with_files.follow(desk_with_files.post("/session/3/purge", page.hidden("purge")))
    assert "E-CLOCK-BEHIND" in refused.text
    assert list((tmp_path / "workspaces").rglob("zrzut.png"))
    desk_with_files.records("/session/3/purge", "purge", path="/session/3/purge", clock_is_right="1")
    shown = office_with_files.asks("session", "show", "3")
    assert shown["purge"]["evidence"] == "measured"


def test_a_deletion_by_hand_is_recorded_as_a_word(desk: Served, office: Office) -> None:
    desk.records("/session/3/purge", "declare", path="/session/3/declare")
    assert office.asks("session", "show", "3")["purge"]["evidence"] == "declared"


@pytest.mark.parametrize("at_once", [PAGES_AT_ONCE, 12])
def test_so_many_pages_are_made_at_once_and_no_more(
    office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    """Given a dozen who ask, then all are answered, and a few pages are held in memory; 12 is the control."""
    answered = web.answered
    going, most, lock = 0, 0, threading.Lock()

    def watched(answer: web.Place, visit: web.Visit) -> Response:
        nonlocal going, most
        with lock:
            going += 1
            most = max(most, going)
        time.sleep(0.5)
        try:
            return answered(answer, visit)
        finally:
            with lock:
                going -= 1

    monkeypatch.setattr(web, "answered", watched)
    monkeypatch.setattr("cli.desk.app.PAGES_AT_ONCE", at_once)
    with served(office.folder, tmp_path / "run") as running:
        running.enter()
        with ThreadPoolExecutor(12) as pool:
            found = list(pool.map(running.get, ["/"] * 12))
    assert [each.status for each in found] == [200] * 12
    assert (most <= PAGES_AT_ONCE) == (at_once == PAGES_AT_ONCE)
