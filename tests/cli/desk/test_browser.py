"""The desk in a real Chromium: by keyboard alone, without scripts, narrow, and what stays in the browser."""

from __future__ import annotations

import threading
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from cli.desk import render
from tests.support.chromium import NEEDS_BROWSER, Browser, Page, find
from tests.support.office import Office
from tests.support.served import Served, served

pytestmark = NEEDS_BROWSER
PAGES = [
    "/",
    "/call?customer=K-041&issue=other&minutes=75",
    *(f"/session/{n}" for n in (1, 2, 3, 4)),
    "/session/3/audit",
    "/deletions/2026-11",
    "/verify",
]


@contextmanager
def _browser() -> Generator[Browser]:
    path = find()
    assert path is not None
    with Browser(path) as browser:
        yield browser


def _enters(browser: Browser, desk: Served) -> Page:
    page = browser.page(desk.link())
    page.wait("location.pathname === '/'")
    page.settles()
    return page


def _sends(page: Page) -> None:
    page.presses("Enter")
    page.settles()


def _fills(page: Page, field: str, text: str) -> None:
    """Put the focus into a field, as Tab would, and type."""
    page.asks(f"document.getElementById({field!r}).focus()")
    page.types(text)


def _opens(page: Page, action: str) -> None:
    """Open an action's form by keyboard."""
    page.asks(f"document.querySelector('#{action} > summary').focus()")
    if not page.asks(f"document.getElementById({action!r}).open"):
        page.presses("Enter")
    page.wait(f"document.getElementById({action!r}).open")


# --- by keyboard ----------------------------------------------------------------------------------


def test_a_technicians_call_by_keyboard_alone(desk: Served, office: Office) -> None:
    with _browser() as browser:
        page = _enters(browser, desk)
        page.presses("g", "t")
        page.wait("location.pathname === '/call'")
        page.settles()
        _fills(page, "request-customer", "igiełka")
        _fills(page, "request-contact", "pani Ewa")
        _sends(page)
        page.wait("location.pathname === '/session/5'")
        assert page.asks("document.activeElement.id") == "done"
        page.presses(".")
        assert page.asks("document.activeElement.tagName") == "SUMMARY"
        assert page.asks("document.activeElement.parentElement.id") == "accept"
        _opens(page, "connect")
        _fills(page, "connect-at", "18:20")
        _sends(page)
        page.wait("document.title.includes('trwa')")
        _opens(page, "end")
        _fills(page, "end-at", "18:20")
        _sends(page)
        page.wait("document.querySelector('.go.primary') !== null")
    events = [each["event"].partition(".")[2] for each in office.asks("session", "show", "5")["events"]]
    assert events == ["requested", "quoted", "connected", "ended"]


def test_the_same_forms_go_without_scripts(desk: Served, office: Office) -> None:
    with _browser() as browser:
        page = _enters(browser, desk)
        page.without_scripts()
        page.goes(f"{desk.origin}/session/2?open=note")
        assert page.asks("document.getElementById('clock').textContent") == ""  # no script ran
        _fills(page, "note-at", "18:10")
        page.asks("document.getElementById('note-summary').focus()")
        page.types("wymiana papieru")
        page.asks("document.querySelector('#form-note button').focus()")
        _sends(page)
    assert office.asks("session", "show", "2")["events"][-1]["event"] == "session.noted"


def test_a_refusal_has_the_focus_and_keeps_what_was_typed(desk: Served) -> None:
    with _browser() as browser:
        page = _enters(browser, desk)
        page.goes(f"{desk.origin}/session/2?open=end")
        _fills(page, "end-at", "kiedyś")
        _sends(page)
        page.wait("document.activeElement.id === 'refused'")
        assert page.asks("document.getElementById('end-at').value") == "kiedyś"
        assert page.asks("document.getElementById('end').open") is True


# --- what a page may do ----------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1280, 480, 360])
def test_no_page_scrolls_sideways(desk: Served, width: int) -> None:
    with _browser() as browser:
        page = _enters(browser, desk)
        page.is_as_wide_as(width)
        for path in PAGES:
            page.goes(f"{desk.origin}{path}")
            assert page.asks("document.documentElement.scrollWidth") <= width, path


MONTH_PAGES = [
    *(
        f"/month/2026-11{each}"
        for each in ("", "/findings", "/plan", "/documents", "/close", "/sessions", "/drawing")
    ),
    "/month/2026-11/receivables",
    "/invoice/FV/2026/12/0001",
    "/month/2026-11/records",
    "/correct/FV/2026/12/0001?zero=1",
    "/payments",
    "/customers",
    "/customer/K-001",
    "/deletions/2026-11",
    "/session/15/audit",
]


def test_no_page_of_a_whole_month_scrolls_sideways(shown_demo: Served) -> None:
    with _browser() as browser:
        page = _enters(browser, shown_demo)
        for path in MONTH_PAGES:
            page.goes(f"{shown_demo.origin}{path}")
            assert page.asks("document.querySelector('h1').textContent"), path
            for width in (1280, 480, 360):
                page.is_as_wide_as(width)
                assert page.asks("document.documentElement.scrollWidth") <= width, (path, width)


def test_a_difference_and_an_invoice_by_keyboard_alone(shown_demo: Served, demo: Office) -> None:
    with _browser() as browser:
        page = _enters(browser, shown_demo)
        page.goes(f"{shown_demo.origin}/month/2026-11")
        page.presses(".", "Enter")
        page.wait("location.pathname === '/month/2026-11/findings'")
        page.settles()
        page.asks("document.querySelector('.findings details > summary').focus()")
        page.presses("Enter")
        page.asks("document.querySelector('.findings details[open] button').focus()")
        _sends(page)
        page.wait("document.activeElement.id === 'done'")
        page.goes(f"{shown_demo.origin}/invoice/FV/2026/12/0001")
        page.asks("document.querySelector('#paid > summary').focus()")
        page.presses("Enter")
        page.asks("document.getElementById('paid-on').focus()")
        _sends(page)
        page.wait("document.activeElement.id === 'done'")
    invoice = demo.asks("invoice", "show", "FV/2026/12/0001")["invoice"]
    assert invoice["paid_grosze"] == invoice["gross_grosze"]
    found = demo.run("source", "reconcile", "--period", "2026-11", "-f", "json").document["findings"]
    assert "near_match" not in {each["kind"] for each in found}


def test_no_script_of_a_description_runs(desk: Served) -> None:
    with _browser() as browser:
        page = _enters(browser, desk)
        page.goes(f"{desk.origin}/session/1")
        assert page.asks("document.title") != "taken"


def test_after_locking_back_shows_the_locked_page(desk: Served) -> None:
    with _browser() as browser:
        page = _enters(browser, desk)
        page.goes(f"{desk.origin}/session/1")
        page.asks("document.querySelector('.lock button').focus()")
        _sends(page)
        page.asks("history.back()")
        page.settles()
        page.wait("document.body.textContent.includes('zamknięte')")
        assert not page.asks("document.body.textContent.includes('Igiełka')")


# --- other programs of this computer ---------------------------------------------------------------


@contextmanager
def _listener() -> Generator[tuple[int, list[str]]]:
    """Another program on another port, that writes down the cookies it is sent."""
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/":
                seen.append(self.headers.get("Cookie", ""))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"<p>here</p>")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as it is called there
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1], seen
    server.shutdown()
    thread.join()
    server.server_close()


def test_no_program_on_another_port_is_sent_the_cookie(office: Office, tmp_path: Path) -> None:
    with _browser() as browser, _listener() as (port, seen):
        with served(office.folder, tmp_path / "run") as desk:
            page = _enters(browser, desk)
            page.goes(f"http://127.0.0.1:{port}/")
            page.goes(f"http://localhost:{port}/")
            assert seen
            assert not any(seen)
        with served(office.folder, tmp_path / "run", host="127.0.0.1") as desk:  # the control: by the address
            page = _enters(browser, desk)
            page.goes(f"http://127.0.0.1:{port}/")
            assert "desk=" in seen[-1]


# --- what stays in the browser ---------------------------------------------------------------------

CANARY = "KANAREKzk71"


def _left(profile: Path) -> list[str]:
    """The files that hold the canary, as UTF-8 or UTF-16."""
    wanted = (CANARY.encode(), CANARY.encode("utf-16-le"))
    return [
        str(each.relative_to(profile))
        for each in profile.rglob("*")
        if each.is_file() and any(form in each.read_bytes() for form in wanted)
    ]


def _types_canaries(desk: Served) -> list[str]:
    """Type what is recorded, what is refused and what is not sent, lock, end; return what was kept."""
    with _browser() as browser:
        page = _enters(browser, desk)
        page.goes(f"{desk.origin}/call")
        for field in ("request-contact", "request-description"):
            _fills(page, field, CANARY)
        _fills(page, "request-customer", CANARY)
        page.asks("document.querySelector('#form-request button').focus()")
        _sends(page)
        page.wait("document.getElementById('refused') !== null")
        page.asks("document.getElementById('request-customer').value = 'K-041'")
        page.asks("document.querySelector('#form-request button').focus()")
        _sends(page)
        page.wait("location.pathname === '/session/5'")
        assert page.asks(f"document.body.textContent.includes({CANARY!r})")
        page.goes(f"{desk.origin}/call")
        _fills(page, "price-customer", CANARY)
        page.goes(f"{desk.origin}/")
        page.asks("document.querySelector('.lock button').focus()")
        _sends(page)
        browser.end()
        return _left(browser.profile)


def test_nothing_that_was_typed_stays_in_the_profile(desk: Served) -> None:
    assert _types_canaries(desk) == []


def test_without_its_guard_what_was_typed_stays(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = render.rendered

    def completed(*args: object, **values: object) -> str:
        return whole(*args, **values).replace('autocomplete="off"', "")  # type: ignore[arg-type]

    monkeypatch.setattr(render, "rendered", completed)
    assert _types_canaries(desk) != []
