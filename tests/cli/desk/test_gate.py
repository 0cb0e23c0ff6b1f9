"""The security table, row by row: each attack fails, and succeeds once its guard is taken away."""

from __future__ import annotations

import os
import socket
import stat
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.desk import gate, web
from cli.desk.gate import HEADERS, Gate
from cli.desk.seats import SEAT_SECONDS_MAX, Seat, Seats
from cli.desk.serve import bound
from cli.desk.way_in import TICKET_SECONDS_MAX, Address, Ticket, WayIn
from ledger.errors import FileTrouble
from ledger.folder import access
from tests.support.held_open import held_open
from tests.support.office import Office
from tests.support.served import Served, served
from tests.support.systems import IS_WINDOWS

FORM = {"form": "desk-AAAAAAAAAAAAAAAA", "how": "phone"}


def _yes(*_: object) -> bool:
    return True


# --- another machine, another name ----------------------------------------------------------------


def test_desk_is_bound_to_the_loopback_alone() -> None:
    with bound(0) as listening:
        listening.listen()
        address, port = listening.getsockname()
        assert address == "127.0.0.1"
        others = {each[4][0] for each in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)}
        for other in others - {"127.0.0.1"}:
            with pytest.raises(OSError, match=r"refused|timed out"):
                socket.create_connection((str(other), port), timeout=2).close()


HOSTS = ["evil.example", "localhost", "127.0.0.1", "", "{host}.", "{host}.evil.example"]


@pytest.mark.parametrize("name", HOSTS)
def test_another_host_is_refused(desk: Served, name: str) -> None:
    host = name.format(host=desk.host) or None
    answer = desk.sends("GET", "/", Host=host or "")
    assert answer.status in {400, 403}
    assert "Sesja" not in answer.text


def test_without_its_guard_another_host_reads_the_page(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Gate, "_is_named", _yes)
    answer = desk.sends("GET", "/", Host="evil.example")
    assert answer.status == 200
    assert "Sesja 2" in answer.text


# --- forged forms -------------------------------------------------------------------------------

FORGED: dict[str, dict[str, str]] = {
    "another site": {"Sec_Fetch_Site": "cross-site", "Origin": "https://evil.example"},
    "another port": {"Sec_Fetch_Site": "same-site", "Origin": "http://127.0.0.1:8599"},
    "typed address": {"Sec_Fetch_Site": "none"},
    "same-origin, foreign origin": {"Sec_Fetch_Site": "same-origin", "Origin": "https://evil.example"},
    "no header, foreign origin": {"Origin": "https://evil.example"},
    "no header, null": {"Origin": "null"},
    "no header at all": {"Accept": "*/*"},
}


@pytest.mark.parametrize("headers", FORGED.values(), ids=FORGED)
def test_a_forged_form_records_nothing(desk: Served, office: Office, headers: dict[str, str]) -> None:
    before = office.events()
    assert desk.post("/session/1/quote", FORM, **headers).status == 403
    assert office.events() == before


@pytest.mark.parametrize("headers", FORGED.values(), ids=FORGED)
def test_without_its_guard_a_forged_form_records(
    desk: Served, office: Office, headers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Gate, "_is_ours", _yes)
    before = office.events()
    assert desk.post("/session/1/quote", FORM, **headers).status == 303
    assert office.events() > before


def test_a_browser_without_fetch_metadata_is_known_by_its_origin(desk: Served) -> None:
    assert desk.post("/session/1/quote", FORM, Origin=desk.origin).status == 303


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "TRACE", "PATCH"])
def test_other_methods_are_refused(desk: Served, method: str) -> None:
    assert desk.sends(method, "/").status == 405


# --- the way in ---------------------------------------------------------------------------------


def _ticket(desk: Served) -> str:
    return desk.link().removeprefix(desk.origin)


def test_a_ticket_is_used_once(desk: Served) -> None:
    path, desk.cookie = _ticket(desk), ""
    first = desk.sends("GET", path)
    assert first.status == 200
    assert "httponly" in first.headers["set-cookie"].lower()
    assert "samesite=strict" in first.headers["set-cookie"].lower()
    assert desk.sends("GET", path).status == 403


def _kept(*_: object, **__: object) -> None:
    """Remove nothing."""


def test_without_its_guard_a_ticket_is_used_twice(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    path = _ticket(desk)
    monkeypatch.setattr(Path, "unlink", _kept)
    assert [desk.sends("GET", path).status for _ in range(2)] == [200, 200]


def test_looking_does_not_use_a_ticket(desk: Served) -> None:
    path = _ticket(desk)
    assert desk.sends("HEAD", path).status == 405
    assert desk.sends("GET", path).status == 200


def test_an_old_ticket_is_none(desk: Served) -> None:
    path = _ticket(desk)
    (file,) = desk.desk.way_in.folder.glob("*.ticket")
    old = time.time() - TICKET_SECONDS_MAX - 1
    os.utime(file, (old, old))
    assert desk.sends("GET", path).status == 403


def test_no_ticket_is_none(desk: Served) -> None:
    for path in ("/enter", "/enter?ticket=", "/enter?ticket=../../desk", "/enter?ticket=" + "a" * 43):
        assert desk.sends("GET", path).status == 403


@pytest.mark.skipif(IS_WINDOWS, reason="folders of a user are closed by lists of access there")
def test_the_folder_of_the_way_in_is_for_this_user_alone(desk: Served) -> None:
    desk.link()
    folder = desk.desk.way_in.folder
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(each.stat().st_mode) for each in folder.iterdir()} == {0o600}


@pytest.mark.skipif(IS_WINDOWS, reason="folders of a user are closed by lists of access there")
def test_a_folder_that_others_may_change_is_refused(tmp_path: Path) -> None:
    runtime = tmp_path / "open"
    runtime.mkdir()
    runtime.chmod(0o777)
    with pytest.raises(FileTrouble):
        WayIn(runtime, tmp_path)


# --- the seat -----------------------------------------------------------------------------------

PLACES = ["/", "/call", "/session/1", "/session/3/purge", "/head", "/job/abc"]


@pytest.mark.parametrize("place", PLACES)
def test_without_a_seat_every_place_is_the_locked_page(desk: Served, place: str) -> None:
    desk.cookie = "not-a-seat"
    answer = desk.get(place)
    assert answer.status == 403
    assert "To biurko jest zamknięte" in answer.text
    assert "Igiełka" not in answer.text


def test_without_a_seat_a_form_records_nothing(desk: Served, office: Office) -> None:
    desk.cookie = ""
    before = office.events()
    assert desk.post("/session/1/quote", FORM).status == 403
    assert office.events() == before


def test_without_its_guard_no_seat_is_needed(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    seat = desk.desk.seats.find(desk.cookie)

    def found(*_: object, **__: object) -> Seat | None:
        return seat

    monkeypatch.setattr(Seats, "find", found)
    desk.cookie = ""
    assert "Igiełka" in desk.get("/session/1").text


def test_a_seat_ends_after_a_pause_and_after_twelve_hours() -> None:
    clock = [0.0]
    seats = Seats(1800, lambda: clock[0])
    secret = seats.take("anna", "desk")
    clock[0] = 1799
    assert seats.find(secret, is_use=False) is not None
    clock[0] = 1801
    assert seats.find(secret) is None
    secret = seats.take("anna", "desk")
    while clock[0] < 1801 + SEAT_SECONDS_MAX - 1000:
        clock[0] += 1000
        assert seats.find(secret) is not None
    clock[0] += 1500
    assert seats.find(secret) is None


def test_what_the_page_asks_by_itself_keeps_no_seat(desk: Served) -> None:
    clock = [desk.desk.seats.clock()]
    desk.desk.seats.clock = lambda: clock[0]
    clock[0] += 1700
    assert desk.get("/head").status == 200
    clock[0] += 200
    assert desk.get("/head").status == 403
    desk.enter()
    clock[0] += 1700
    assert desk.get("/").status == 200  # the control: a look of the person's own
    clock[0] += 200
    assert desk.get("/").status == 200


def test_a_locked_seat_is_gone_with_what_was_typed(desk: Served) -> None:
    answer = desk.post("/session/1/accept", FORM | {"at": "yesterday"})
    assert "draft=" in answer.place
    seat = desk.desk.seats.find(desk.cookie)
    assert seat is not None
    assert desk.post("/lock", {}).status == 303
    assert desk.desk.seats.find(desk.cookie) is None
    assert desk.get("/session/1").status == 403


def test_the_wrong_secret_is_no_seat(desk: Served) -> None:
    for cookie in ("", "x", desk.cookie[:-1], f"{desk.cookie}x", "a" * 4096):
        desk.cookie = cookie
        assert desk.get("/").status in {403, 400}


# --- a seat that only looks -----------------------------------------------------------------------


def test_a_seat_that_looks_records_nothing(desk: Served, office: Office) -> None:
    desk.enter(kind="read-only")
    before = office.events()
    page = desk.get("/session/1")
    assert page.status == 200
    assert 'action="/session/1/' not in page.text
    for path in ("/session/1/quote", "/call", "/session/3/purge", "/session/3/declare"):
        assert desk.post(path, FORM).status == 403
    assert office.events() == before
    assert desk.post("/lock", {}).status == 303


def test_without_its_guard_a_seat_that_looks_records(
    desk: Served, office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gate, "may_ask", _yes)
    desk.enter(kind="read-only")
    before = office.events()
    assert desk.post("/session/1/quote", FORM).status == 303
    assert office.events() > before


# --- too much -----------------------------------------------------------------------------------


def _parts() -> Iterator[bytes]:
    yield b"how="
    for _ in range(100):
        yield b"x" * 1024


def test_a_body_has_a_limit(desk: Served, office: Office) -> None:
    before = office.events()
    big = {"how": "x" * gate.BODY_BYTES_MAX}
    assert desk.post("/session/1/accept", big).status == 413
    told = {"Sec_Fetch_Site": "same-origin", "Content_Type": "application/x-www-form-urlencoded"}
    assert desk.sends("POST", "/session/1/accept", _parts(), **told).status == 413
    many = {f"field{number}": "1" for number in range(web.FIELDS_MAX + 1)}
    assert desk.post("/session/1/accept", many).status == 400
    assert office.events() == before


def test_without_its_guard_a_body_has_none(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "BODY_BYTES_MAX", 1 << 30)
    assert desk.post("/session/1/accept", {"how": "x" * (64 << 10)}).status == 303


# --- what every answer bears ----------------------------------------------------------------------


@pytest.mark.parametrize("path", [*PLACES, "/static/desk.css", "/nowhere", "/session/999", "/enter"])
def test_every_answer_bears_the_headers(desk: Served, path: str) -> None:
    answer = desk.get(path)
    assert {name: answer.headers.get(name.lower()) for name in HEADERS} == HEADERS
    assert "server" not in answer.headers


def test_no_answer_of_the_gate_lacks_them_either(desk: Served) -> None:
    for answer in (desk.sends("GET", "/", Host="evil.example"), desk.sends("PUT", "/")):
        assert answer.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]


def test_unknown_addresses_are_told_and_files_stay_inside(desk: Served) -> None:
    assert "Nie ma takiej strony" in desk.get("/nowhere").text
    for path in ("/static/../app.py", "/static/%2e%2e%2fapp.py", "/static/app.py", "/static/desk.txt"):
        assert desk.get(path).status == 404


# --- two desks over one ledger --------------------------------------------------------------------


def test_a_second_desk_of_the_ledger_only_makes_a_ticket(
    desk: Served, office: Office, tmp_path: Path
) -> None:
    second = WayIn(tmp_path / "run", office.folder)
    assert not second.claim()
    running = second.running()
    assert running is not None
    assert running.host == desk.host


def test_the_next_desk_finds_no_ticket_of_the_last(office: Office, tmp_path: Path) -> None:
    with served(office.folder, tmp_path / "run") as running:
        link = running.link()
        left = running.desk.way_in.folder
    assert not list(left.glob("*.ticket"))
    with served(office.folder, tmp_path / "run") as again:
        assert again.sends("GET", link.removeprefix(running.origin)).status == 403


def test_what_a_killed_desk_left_leads_nobody_to_it(tmp_path: Path) -> None:
    """A desk whose window was closed takes nothing away; the next one does."""
    killed = WayIn(tmp_path / "run", tmp_path)
    killed.announce(Address("biurko-aaaaaaaaaa.localhost:1", 1))
    killed.leading(killed.ticket(Ticket("anna", "desk")), "http://biurko-aaaaaaaaaa.localhost:1/enter")
    started = WayIn(tmp_path / "run", tmp_path)
    assert started.claim()
    assert started.running() is None
    assert [left.name for left in started.folder.iterdir()] == ["desk.lock"]
    started.leave()


def test_ticket_is_good_while_the_browser_still_has_its_page_open(tmp_path: Path) -> None:
    way_in = WayIn(tmp_path / "run", tmp_path)
    token = way_in.ticket(Ticket("anna", "desk"))
    way_in.leading(token, "http://biurko-aaaaaaaaaa.localhost:1/enter")
    with held_open("*.html"):
        assert way_in.use(token) == Ticket("anna", "desk")
    assert way_in.use(token) is None


def test_nobody_else_answers_at_the_port_of_a_desk() -> None:
    """Windows would let another program share it, unless the desk says that it does not."""
    with bound(0) as listening, socket.socket(socket.AF_INET, socket.SOCK_STREAM) as other:
        listening.listen()
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with pytest.raises(OSError, match=r".+"):
            other.bind(listening.getsockname())


@pytest.mark.skipif(not IS_WINDOWS, reason="access lists are those of Windows; modes have their own test")
def test_folder_of_the_desk_is_readable_for_its_user_alone(tmp_path: Path) -> None:
    assert not access.is_readable_by_others(WayIn(tmp_path / "run", tmp_path).folder)
