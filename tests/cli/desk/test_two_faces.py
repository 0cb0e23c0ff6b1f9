"""Two faces, one core: a day and a month end told by commands and by forms leave the same facts."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import pytest

from tests.ledger.transparency.verifiers import SOURCE, Verdict, by_browser, by_python
from tests.support.billing_office import business, shop
from tests.support.chromium import NEEDS_BROWSER, Browser, Page, find
from tests.support.keyboard import Keyboard
from tests.support.office import Office
from tests.support.served import served
from tests.support.shop import copied

CALL = "2026-11-16T22:10:00+01:00"
MONTH_END = "2026-12-01T09:00:00+01:00"
NUMBER = "FV/2026/12/0001"
GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "desk.md"
TOLD = re.compile(r"(\d+) keys on (\d+) pages; (\d+) commands, (\d+) keys")
"""What the guide says that it takes at most."""
_OWN = {"source", "xml_sha256", "root"}
_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""What a face may say of its own: how it was told; ids of streams are drawn."""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with one firm, before anything happened."""
    office = shop(tmp_path_factory.mktemp("faces") / "ledger")
    business(office)
    return office.folder


DAY = (
    "session request --customer K-1 --issue other --channel phone --contact Ewa --at 21:45",
    "session quote 1 --at 21:45",
    "session accept 1 --how phone --at 21:46",
    "session connect 1 --at 21:50",
    "session disconnect 1 --at 21:58",
    "session connect 1 --at 22:01",
    "session end 1 --at 22:10 --ended-by customer --yes",
    'session waive 1 --percent 10 --reason "goodwill: wolne łącze"',
    "session purge 1 --declare --yes",
)
"""A call at 21:50 that runs past 22:00."""
END = (
    "invoice issue --period 2026-11 --customer K-1 --yes",
    f"invoice sent {NUMBER} --how email --on 2026-12-01",
    f"invoice paid {NUMBER} --amount 10 --on 2026-12-01 --method transfer",
    'period close 2026-11 --accept-open --reason "checked: bez narzędzia" --yes',
)
"""The end of its month."""


def _by_commands(office: Office) -> int:
    """Type the day and the month end; the keys that it takes, an Enter after each line."""
    for now, lines in ((CALL, DAY), (MONTH_END, END)):
        office.now = now
        for line in lines:
            office.does(*shlex.split(line))
    return sum(len(f"session-ledger {line}\n") for line in (*DAY, *END))


def _by_forms(office: Office, runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same, by what a browser sends."""
    monkeypatch.setenv("SESSION_LEDGER_NOW", CALL)
    with served(office.folder, runtime) as desk:
        desk.enter()
        asked = desk.get("/call?customer=K-1&issue=other").hidden("request")
        typed = {"customer": "K-1", "issue": "other", "channel": "phone", "contact": "Ewa", "at": "21:45"}
        assert desk.post("/call", asked | typed).place.startswith("/session/1")
        desk.records("/session/1", "accept", how="phone", at="21:46")
        desk.records("/session/1", "connect", at="21:50")
        desk.records("/session/1", "disconnect", at="21:58")
        desk.records("/session/1", "connect", at="22:01")
        desk.records("/session/1", "end", at="22:10", ended_by="customer")
        desk.records("/session/1", "waive", percent="10", code="goodwill", sentence="wolne łącze")
        desk.records("/session/1/purge", "declare", path="/session/1/declare")
        monkeypatch.setenv("SESSION_LEDGER_NOW", MONTH_END)
        page = desk.get("/month/2026-11/plan")
        ticked = dict(re.findall(r'name="(pick-K-1-[^"]+)" value="(\d+)"', page.text))
        desk.follow(desk.post("/month/2026-11/issue", page.hidden("issue") | ticked))
        invoice = f"/invoice/{NUMBER}"
        desk.records(invoice, "sent", path=f"/invoice/sent/{NUMBER}", how="email", on="2026-12-01")
        paid = {"amount_grosze": "10", "method": "transfer", "on": "2026-12-01"}
        desk.records(invoice, "paid", path=f"/invoice/paid/{NUMBER}", **paid)
        reason = {"code": "checked", "sentence": "bez narzędzia"}
        desk.records("/month/2026-11/close", "close", path="/month/2026-11/close", **reason)
    office.now = MONTH_END


def _by_keyboard(office: Office, runtime: Path, monkeypatch: pytest.MonkeyPatch) -> Keyboard:
    """The same in a browser, without a mouse."""
    monkeypatch.setenv("SESSION_LEDGER_NOW", CALL)
    path = find()
    assert path is not None
    with served(office.folder, runtime) as desk, Browser(path) as browser:
        page = browser.page(desk.link())
        page.wait("location.pathname === '/'")
        page.settles()
        keys = Keyboard(page)
        _call(keys)
        monkeypatch.setenv("SESSION_LEDGER_NOW", MONTH_END)
        _month_end(keys, page)
    office.now = MONTH_END
    return keys


def _call(keys: Keyboard) -> None:
    keys.goes("t", "/call")
    keys.types("request-customer", "K-1")
    keys.chooses("request-issue", "inne", "other")
    keys.chooses("request-channel", "tel", "phone")
    keys.types("request-contact", "Ewa")
    keys.types("request-at", "21:45")
    keys.sends()
    keys.jumps()
    keys.opens("accept")
    keys.chooses("accept-how", "tel", "phone")
    keys.types("accept-at", "21:46")
    keys.sends()
    for action, at in (("connect", "21:50"), ("disconnect", "21:58"), ("connect", "22:01")):
        keys.opens(action)
        keys.types(f"{action}-at", at)
        keys.sends()
    keys.opens("end")
    keys.chooses("end-ended_by", "kli", "customer")
    keys.types("end-at", "22:10")
    keys.sends()
    keys.reaches(".more > summary")
    keys.presses("Enter")
    keys.opens("waive")
    keys.types("waive-percent", "10")
    keys.types("waive-sentence", "wolne łącze")
    keys.reaches("#form-waive button")
    keys.sends()
    keys.jumps()
    keys.sends()
    keys.opens("declare")
    keys.reaches("#form-declare button")
    keys.sends()


def _month_end(keys: Keyboard, page: Page) -> None:
    _last_month(keys)
    keys.follows("main a[href$='/plan']")
    keys.jumps()
    keys.presses("Enter")
    page.wait("location.pathname.endsWith('/plan') && document.getElementById('done') !== null")
    page.settles()
    keys.pages += 1
    _last_month(keys)
    keys.follows("main a[href$='/documents']")
    keys.follows(f"main a[href$='{NUMBER}']")
    keys.opens("sent")
    keys.chooses("sent-how", "e", "email")
    keys.types("sent-on", "2026-12-01")
    keys.sends()
    keys.opens("paid")
    keys.types("paid-amount_grosze", "10")
    keys.chooses("paid-method", "przelew", "transfer")
    keys.types("paid-on", "2026-12-01")
    keys.sends()
    _last_month(keys)
    keys.follows("main a[href$='/close']")
    keys.chooses("close-code", "spr", "checked")
    keys.types("close-sentence", "bez narzędzia")
    keys.reaches("#form-close button")
    keys.sends()


def _last_month(keys: Keyboard) -> None:
    keys.goes("m", "/month")
    keys.follows("a[rel=prev]")


def _facts(found: Any) -> Any:  # noqa: ANN401 - whatever JSON says
    """A document without what a face says of its own."""
    if isinstance(found, dict):
        told = cast("dict[str, object]", found)
        return {key: _facts(value) for key, value in told.items() if key not in _OWN}
    if isinstance(found, list):
        return [_facts(each) for each in cast("list[object]", found)]
    return _ID.sub("an id", found) if isinstance(found, str) else found


def _verified(office: Office) -> str:
    """What verify.py says of each session, as CSV."""
    bundle = office.folder.parent / f"{office.folder.name}-bundle"
    office.does("audit", "export", str(bundle))
    key = office.does("audit", "key", "show").out.strip()
    table = office.folder.parent / f"{office.folder.name}.csv"
    words = [sys.executable, "-I", str(bundle / "verify.py"), "--vkey", key, "--csv", str(table)]
    done = subprocess.run(words, capture_output=True, check=False, encoding="utf-8", cwd=bundle)
    assert done.returncode == 0, done.stdout + done.stderr
    return table.read_text(encoding="utf-8")


ASKED = (
    ("session", "show", "1"),
    ("session", "explain", "1"),
    ("invoice", "show", NUMBER),
    ("report", "billing", "--period", "2026-11"),
    ("report", "sales", "--period", "2026-12"),
    ("report", "receivables"),
    ("report", "deletions", "--period", "2026-11"),
    ("period", "show", "2026-11"),
)


def _agree(typed: Office, clicked: Office, folder: Path) -> None:
    """Both ledgers hold the same facts, give the same bytes, and are judged alike."""
    assert typed.events() == clicked.events()
    for words in ASKED:
        assert _facts(clicked.asks(*words)) == _facts(typed.asks(*words)), words
    for office in (typed, clicked):
        name = str(folder / office.folder.name)
        office.does("invoice", "export", NUMBER, "-o", f"{name}.xml")
        office.does("report", "billing", "--period", "2026-11", "-o", f"{name}.xlsx")
        office.does("check")
    made = [folder / office.folder.name for office in (typed, clicked)]
    one, other = (each.with_suffix(".xlsx").read_bytes() for each in made)
    assert one == other
    documents = [each.with_suffix(".xml").read_text(encoding="utf-8") for each in made]
    assert _ID.sub("an id", documents[0]) == _ID.sub("an id", documents[1])
    assert _verified(typed) == _verified(clicked)
    told = clicked.asks("session", "show", "1")["events"]
    assert {each["source"] for each in told} == {"desk"}


def test_the_same_day_and_month_end_leave_the_same_facts(
    prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed = copied(prepared, tmp_path / "typed", now=CALL)
    clicked = copied(prepared, tmp_path / "clicked", now=CALL)
    _by_commands(typed)
    _by_forms(clicked, tmp_path / "run", monkeypatch)
    _agree(typed, clicked, tmp_path)


@NEEDS_BROWSER
def test_by_keyboard_alone_they_leave_the_same_facts(
    prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No mouse, no script of the test: what Tab reaches, what letters choose, what Enter sends."""
    typed = copied(prepared, tmp_path / "typed", now=CALL)
    clicked = copied(prepared, tmp_path / "clicked", now=CALL)
    lines = _by_commands(typed)
    keys = _by_keyboard(clicked, tmp_path / "run", monkeypatch)
    _agree(typed, clicked, tmp_path)
    told = TOLD.search(GUIDE.read_text(encoding="utf-8"))
    assert told is not None
    most_keys, most_pages, commands, typed_keys = map(int, told.groups())
    assert (commands, typed_keys) == (len(DAY) + len(END), lines)
    assert keys.keys <= most_keys
    assert keys.pages <= most_pages


@NEEDS_BROWSER
def test_both_verifiers_take_what_was_told_at_the_desk(
    prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clicked = copied(prepared, tmp_path / "clicked", now=CALL)
    _by_forms(clicked, tmp_path / "run", monkeypatch)
    bundle = tmp_path / "bundle"
    clicked.does("audit", "export", str(bundle))
    path = find()
    assert path is not None
    with Browser(path) as browser:
        told = by_browser(browser.page((SOURCE / "verify.html").as_uri()), bundle)
    assert told == by_python(bundle) == Verdict("pass", ())
