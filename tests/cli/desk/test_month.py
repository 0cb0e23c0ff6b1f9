"""The office's pages: the month, its differences, the plan of invoices, a document, the close."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.desk.fields import new_form
from cli.desk.pages import findings, invoice
from cli.presentation.wording.vocabulary import VOCABULARY
from ledger.domain.reconciliation.finding import KINDS
from projections.queries.month_money import STANDINGS
from tests.support.billing_office import DECEMBER, business, helped, shop
from tests.support.office import Office
from tests.support.served import Served, served
from tests.support.shop import copied

MONTH = "/month/2026-11"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sessions 1 and 2 of a firm to be billed, 3 of a consumer who asked for no invoice."""
    office = shop(tmp_path_factory.mktemp("month") / "ledger")
    business(office)
    office.does(
        "customer", "add", "K-2", "--name", "Jan Próba", "--consumer", "yes", "--address-line1", "x 1"
    )
    helped(office, "2026-11-09T20:10:00", "2026-11-09T22:40:00")
    helped(office, "2026-11-12T11:00:00", "2026-11-12T11:40:00")
    helped(office, "2026-11-13T11:00:00", "2026-11-13T11:40:00", "K-2")
    office.now = DECEMBER
    return office.folder


@pytest.fixture
def office(prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A copy; it is the first of December."""
    monkeypatch.setenv("SESSION_LEDGER_NOW", DECEMBER)
    return copied(prepared, tmp_path / "ledger", now=DECEMBER)


@pytest.fixture
def desk(office: Office, tmp_path: Path) -> Iterator[Served]:
    """Its desk, somebody in the seat."""
    with served(office.folder, tmp_path / "run") as running:
        running.enter()
        yield running


# --- the month --------------------------------------------------------------------------------------


def test_without_a_period_it_is_this_month(desk: Served) -> None:
    assert desk.get("/month").place == "/month/2026-12"
    assert desk.get("/month?period=2026-11").place == MONTH
    assert "W tym okresie" in desk.get("/month/2026-10").text


def test_the_month_says_what_the_reports_say(shown_demo: Served, demo: Office) -> None:
    page = shown_demo.get(MONTH).text
    month = demo.asks("period", "show", "2026-11")
    told = demo.asks("report", "billing", "--period", "2026-11")["month"]["total"]
    counts = demo.run("source", "reconcile", "--period", "2026-11", "-f", "json").document["counts"]
    assert f"zapisy: {counts['records']}, w tym dopasowane: {counts['matched']}" in page
    for standing in ("to_bill", "billed"):
        gross = told[standing]["gross_grosze"]
        assert f"{gross // 100:,},{gross % 100:02d}".replace(",", "\u00a0", (gross >= 100_000)) in page
    assert f'<td class="number" data-label="Ile">{len(month["findings"])}</td>' in page
    assert f"do zafakturowania: {told['to_bill']['sessions']} sesji" in page


@pytest.mark.parametrize(
    "path", ["/month/2026-11/plan", "/invoice/FV/2026/12/0001", "/session/15/audit", "/deletions/2026-11"]
)
def test_no_page_shows_the_topic_of_an_event(shown_demo: Served, path: str) -> None:
    assert re.findall(r"(?:session|invoice|customer)\.[a-z_]+", shown_demo.get(path).text) == []


@pytest.mark.parametrize(
    "path",
    ["", "/findings", "/plan", "/documents", "/receivables", "/sessions", "/drawing", "/close", "/owner"],
)
def test_a_page_of_the_month_shows_no_code(shown_demo: Served, path: str) -> None:
    raw = {
        code
        for kind in ("session_state", "finding", "standing", "duty", "rule", "invoice_kind")
        for code in VOCABULARY.get(kind, {})
        if "_" in code
    }
    answer = shown_demo.get(f"{MONTH}{path}")
    assert answer.status == 200
    text = re.sub(r"<[^>]*>|&[a-z]+;", " ", answer.text)
    assert raw & set(re.findall(r"[a-z_0-9]+", text)) == set()


def test_a_long_list_is_shown_in_pieces(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.desk.pieces.ROWS_MAX", 2)
    first = desk.get(f"{MONTH}/sessions").text
    assert "jeszcze 1 wiersz" in first
    (following,) = re.findall(r'href="(\?table=sessions&amp;after=2)"', first)
    second = desk.get(f"{MONTH}/sessions{following.replace('&amp;', '&')}").text
    assert 'href="/session/3"' in second
    assert "jeszcze" not in second


def test_a_long_table_beside_a_list_has_a_page_of_its_own(
    desk: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cli.desk.pages.month_lists.SHORT_MAX", 0)
    first = desk.get(f"{MONTH}/sessions").text
    assert '<table class="customers">' not in first
    assert 'href="?table=customers"' in first
    second = desk.get(f"{MONTH}/sessions?table=customers").text
    assert '<table class="customers">' in second
    assert '<table class="sessions">' not in second


def test_a_table_that_nobody_knows_is_the_list(desk: Served) -> None:
    assert '<table class="sessions">' in desk.get(f"{MONTH}/sessions?table=%3Cscript%3E").text


def test_the_month_is_drawn_on_a_page_of_its_own(desk: Served) -> None:
    assert "<svg" not in desk.get(f"{MONTH}/sessions").text
    assert "<svg" in desk.get(f"{MONTH}/drawing").text


def test_a_month_without_a_price_list_has_no_drawing_and_says_so(desk: Served) -> None:
    page = desk.get("/month/2020-01/drawing").text
    assert "<svg" not in page
    assert "Nie ma rysunku" in page


# --- differences ------------------------------------------------------------------------------------


def test_every_kind_of_difference_has_an_answer() -> None:
    for kind in KINDS:
        assert set(findings.LIKELY.get(kind, ())) <= set(findings.ANSWERS)


def test_a_difference_of_a_session_names_its_customer(shown_demo: Served, demo: Office) -> None:
    customer = demo.asks("session", "show", str(_open(demo, "session_without_record")["session"]))["customer"]
    name = demo.asks("customer", "show", customer)["name"]
    assert f"<span>{name}</span>" in shown_demo.get(f"{MONTH}/findings").text
    shown_demo.enter(kind="review")
    assert name not in shown_demo.get(f"{MONTH}/findings").text


def _open(office: Office, kind: str) -> dict[str, object]:
    found = office.run("source", "reconcile", "--period", "2026-11", "-f", "json").document["findings"]
    return next(each for each in found if each["kind"] == kind and not each["acknowledged"])


@pytest.mark.parametrize(
    ("kind", "action", "typed"),
    [
        ("near_match", "match", {}),
        ("session_without_record", "waive", {"code": "checked"}),
        ("record_without_session", "dismiss", {"code": "other", "sentence": "próba"}),
        ("duration_mismatch", "acknowledge", {"code": "checked"}),
    ],
)
def test_a_difference_is_answered(
    shown_demo: Served, demo: Office, kind: str, action: str, typed: dict[str, str]
) -> None:
    finding = str(_open(demo, kind)["id"])
    before = demo.events()
    form = f"{action}-{finding}"
    page = shown_demo.records(
        f"{MONTH}/findings", form, path=f"/finding/{finding}/{action}", **_filled(typed, _open(demo, kind))
    )
    assert "zapisano" in page.text
    assert demo.events() > before
    found = demo.run("source", "reconcile", "--period", "2026-11", "-f", "json").document["findings"]
    assert [each for each in found if each["id"] == finding and not each["acknowledged"]] == []


def _filled(typed: dict[str, str], finding: dict[str, object]) -> dict[str, str]:
    return typed or {"number": str(finding["session"])}


def test_a_session_is_made_of_a_record(shown_demo: Served, demo: Office) -> None:
    finding = str(_open(demo, "record_without_session")["id"])
    page = shown_demo.records(
        f"{MONTH}/findings",
        f"request-{finding}",
        path=f"/finding/{finding}/request",
        customer="Igiełka",
        issue="other",
    )
    assert "<h1>Sesja 43" in page.text
    assert demo.asks("session", "show", "43")["customer"] == "K-001"

    # The record's own times stand in the forms, which people send or change.
    assert 'value="2026-11-19 16:20:11"' in page.text
    form = _fields(page.text, "connect")
    assert form["technician"] == "marek"
    refused = shown_demo.follow(shown_demo.post("/session/43/connect", form | {"at": "kiedyś"}))
    assert 'value="kiedyś"' in refused.text
    page = shown_demo.follow(shown_demo.post("/session/43/connect", form | {"form": new_form()}))
    page = shown_demo.follow(shown_demo.post("/session/43/end", _fields(page.text, "end")))
    assert "<h1>Sesja 43: zakończona" in page.text
    (connection,) = demo.asks("session", "show", "43")["connections"]
    assert connection["connected_at"] == "2026-11-19T15:20:11Z"
    assert connection["disconnected_at"] == "2026-11-19T16:07:41Z"


def _fields(text: str, action: str) -> dict[str, str]:
    """What a browser sends of a form that nobody changed, but for what is chosen in a list."""
    (form,) = re.findall(rf'<form[^>]* action="/session/43/{action}".*?</form>', text, re.DOTALL)
    return dict(re.findall(r'<input[^>]* name="([^"]+)"[^>]* value="([^"]*)"', form)) | (
        {"ended_by": "technician"} if action == "end" else {}
    )


def test_an_answer_without_its_reason_is_refused_on_the_page(shown_demo: Served, demo: Office) -> None:
    finding = str(_open(demo, "session_without_record")["id"])
    before = demo.events()
    path = f"/finding/{finding}/acknowledge"
    page = shown_demo.records(
        f"{MONTH}/findings", f"acknowledge-{finding}", path=path, code="", sentence="bo tak"
    )
    assert 'role="alert"' in page.text
    assert "bo tak" in page.text
    assert demo.events() == before


# --- the plan, and issuing --------------------------------------------------------------------------


def _boxes(text: str) -> dict[str, str]:
    return dict(re.findall(r'type="checkbox" name="(pick-[^"]+)" value="(\d+)"', text))


def test_a_consumer_who_asked_for_no_invoice_is_told_with_the_sum_of_the_receipt(
    shown_demo: Served, demo: Office
) -> None:
    text = shown_demo.get(f"{MONTH}/plan").text
    (box,) = re.findall(r"<li><strong>K-004.*?</li>", text, re.DOTALL)
    net = demo.asks("session", "explain", "24")["net_grosze"]
    gross = f"{net * 1.23 / 100:.2f}".replace(".", ",")
    assert f'<span class="amount">{gross}\u00a0zł</span>' in box
    assert "Rozliczono paragonem: 24" in box
    assert "session-ledger" not in text  # the two ways on are buttons


def test_what_was_ticked_is_issued_over_what_was_seen(desk: Served, office: Office) -> None:
    page = desk.get(f"{MONTH}/plan")
    boxes = _boxes(page.text)
    (box,) = boxes
    assert box.startswith("pick-K-1-")
    assert "konsument nie prosił" in page.text
    told = desk.follow(desk.post(f"{MONTH}/issue", page.hidden("issue") | boxes)).text
    (made,) = office.asks("invoice", "list")["invoices"]
    assert made["number"] in told
    assert str(made["gross_grosze"]) == boxes[box]
    again = desk.follow(desk.post(f"{MONTH}/issue", page.hidden("issue") | boxes)).text
    assert "w tej liczbie pozycji: 1" in again
    assert len(office.asks("invoice", "list")["invoices"]) == 1


def test_an_amount_that_moved_is_not_issued(desk: Served, office: Office) -> None:
    page = desk.get(f"{MONTH}/plan")
    office.does("session", "waive", "1", "--hours", "1", "--reason", "goodwill")
    told = desk.follow(desk.post(f"{MONTH}/issue", page.hidden("issue") | _boxes(page.text))).text
    assert "E-DRAFT-CHANGED" in told
    assert office.asks("invoice", "list")["invoices"] == []


@pytest.mark.parametrize("seen", ["", "kwota", "9" * 5000, "-1", "1" * 15])
def test_an_amount_that_no_page_showed_is_not_issued(desk: Served, office: Office, seen: str) -> None:
    page = desk.get(f"{MONTH}/plan")
    told = desk.follow(
        desk.post(f"{MONTH}/issue", page.hidden("issue") | dict.fromkeys(_boxes(page.text), seen))
    ).text
    assert "E-DRAFT-CHANGED" in told
    assert office.asks("invoice", "list")["invoices"] == []


@pytest.mark.parametrize("count", ["", "-1", "9" * 5000, "x"])
def test_a_month_whose_counts_no_page_showed_is_not_closed(
    shown_demo: Served, demo: Office, count: str
) -> None:
    hidden = shown_demo.get(f"{MONTH}/close").hidden("close") | {"findings": count, "code": "checked"}
    assert "E-MONTH-CHANGED" in shown_demo.follow(shown_demo.post(f"{MONTH}/close", hidden)).text
    assert demo.asks("period", "show", "2026-11")["state"] == "open"


def test_nothing_ticked_issues_nothing(desk: Served, office: Office) -> None:
    page = desk.get(f"{MONTH}/plan")
    assert "Nic nie zaznaczono" in desk.follow(desk.post(f"{MONTH}/issue", page.hidden("issue"))).text
    assert office.asks("invoice", "list")["invoices"] == []


def test_the_same_invoices_as_by_commands(
    desk: Served, office: Office, prepared: Path, tmp_path: Path
) -> None:
    """Two faces, one core: the documents differ in nothing that is printed or sent."""
    page = desk.get(f"{MONTH}/plan")
    desk.follow(desk.post(f"{MONTH}/issue", page.hidden("issue") | _boxes(page.text)))
    other = copied(prepared, tmp_path / "other", now=DECEMBER)
    other.does("invoice", "issue", "--period", "2026-11", "--customer", "K-1", "--yes")
    number = "FV/2026/12/0001"
    for one in (office, other):
        one.does("invoice", "export", number, "-o", str(one.folder.parent / f"{one.folder.name}.xml"))
    assert (tmp_path / "ledger.xml").read_bytes() == (tmp_path / "other.xml").read_bytes()


def test_a_session_that_comes_to_something_else_than_its_invoice_is_named_before_the_close(
    desk: Served, office: Office
) -> None:
    """Given an invoice, when its session is corrected, then month, close and `period show` name it."""
    office.does("invoice", "issue", "--period", "2026-11", "--customer", "K-1", "--yes")
    assert "potrzebna jest korekta" not in desk.get(MONTH).text
    office.does("session", "waive", "1", "--hours", "1", "--reason", "goodwill")
    for path in (MONTH, f"{MONTH}/close"):
        assert "1 sesja ma inną kwotę niż jej faktura: potrzebna jest korekta" in desk.get(path).text
    assert 'href="/session/1"' in desk.get(f"{MONTH}/sessions?table=exceptions").text
    assert office.asks("period", "show", "2026-11")["billed_otherwise"] == [1]
    office.does("invoice", "correct", "FV/2026/12/0001", "--reason", "goodwill", "--yes")
    assert "potrzebna jest korekta" not in desk.get(MONTH).text


def test_what_a_receipt_settled_has_its_place_in_the_sums(shown_demo: Served, demo: Office) -> None:
    """Given sums of several standings, then those that are shown add up to the last."""
    standing = demo.asks("report", "billing", "--period", "2026-11")["month"]["total"]
    shown = {
        kind: sums["gross_grosze"]
        for kind, sums in standing.items()
        if kind in STANDINGS and (kind in {"to_bill", "billed"} or sums["gross_grosze"])
    }
    facts = re.search(r'<dl class="facts">.*?</dl>', shown_demo.get(MONTH).text, re.DOTALL)
    assert facts
    told = [int(re.sub(r"[^0-9]", "", each)) for each in re.findall(r"<dd>(.*?)</dd>", facts[0])]
    assert told[:-1] == list(shown.values())
    assert told[-1] == sum(shown.values())


# --- a document -------------------------------------------------------------------------------------


@pytest.fixture
def billed(desk: Served, office: Office) -> Served:
    """The desk after the invoice."""
    office.does("invoice", "issue", "--period", "2026-11", "--customer", "K-1", "--yes")
    return desk


DOCUMENT = "/invoice/FV/2026/12/0001"


def test_whoever_is_overdue_is_reminded_by_the_letter_of_the_command(
    billed: Served, office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given an invoice whose day has passed, then the page gives the file of the command, and no event."""
    receivables, letter = f"{MONTH}/receivables", "/reminder/demand/K-1"
    assert letter not in billed.get(receivables).text
    assert "E-NOTHING-OVERDUE" in billed.get(letter).text
    office.now = "2026-12-30T10:00:00+01:00"
    monkeypatch.setenv("SESSION_LEDGER_NOW", office.now)
    assert letter in billed.get(receivables).text
    before = office.events()
    words = ("--lang", "pl", "report", "reminder", "--customer", "K-1", "--demand")
    office.does(*words, "-o", str(tmp_path / "letter.pdf"))
    assert billed.get(letter).content == (tmp_path / "letter.pdf").read_bytes()
    confirmed = "/balance/2026-12-30/K-1"
    assert "/balance/" not in billed.get(receivables).text  # nothing was open at the end of November
    assert confirmed in billed.get("/month/2026-12/receivables").text
    asked = ("--lang", "pl", "report", "balance", "--customer", "K-1", "--on", "2026-12-30")
    office.does(*asked, "-o", str(tmp_path / "balance.pdf"))
    assert billed.get(confirmed).content == (tmp_path / "balance.pdf").read_bytes()
    assert "E-TIME-AHEAD" in billed.get("/balance/2026-12-31/K-1").text
    assert office.events() == before


def test_a_document_shows_what_each_amount_rests_on(billed: Served, office: Office) -> None:
    page = billed.get(DOCUMENT).text
    owed = office.asks("invoice", "show", "FV/2026/12/0001")["invoice"]["gross_grosze"]
    assert f"do zapłaty: {owed // 100},{owed % 100:02d}" in page.replace("\u00a0", "")
    for shown in ('href="/session/1"', "Zdanie cennika", "Skrót liścia"):
        assert shown in page


@pytest.mark.parametrize(
    ("name", "typed", "recorded"),
    [
        ("sent", {"how": "email", "on": "2026-12-01"}, {"sent_on": ["2026-12-01"]}),
        (
            "paid",
            {"amount_grosze": "100,00", "method": "transfer", "on": "1.12.2026"},
            {"paid_grosze": 10000},
        ),
        ("received", {"on": "2026-12-01"}, {"received_on": "2026-12-01"}),
    ],
)
def test_what_happened_to_a_document_is_recorded(
    billed: Served, office: Office, name: str, typed: dict[str, str], recorded: dict[str, object]
) -> None:
    page = billed.records(DOCUMENT, name, path=f"/invoice/{name}/FV/2026/12/0001", **typed)
    assert "zapisano" in page.text
    assert recorded.items() <= office.asks("invoice", "show", "FV/2026/12/0001")["invoice"].items()


def test_two_clerks_pay_once(billed: Served, office: Office) -> None:
    """Given the same page twice, then the second payment meets what came since."""
    hidden = billed.get(DOCUMENT).hidden("paid")
    other = billed.get(DOCUMENT).hidden("paid")
    typed = {"amount_grosze": "100", "method": "transfer", "on": "2026-12-01"}
    billed.post("/invoice/paid/FV/2026/12/0001", hidden | typed)
    page = billed.follow(billed.post("/invoice/paid/FV/2026/12/0001", other | typed)).text
    assert "E-SEEN-OLD" in page
    assert office.asks("invoice", "show", "FV/2026/12/0001")["invoice"]["paid_grosze"] == 10000


def test_more_than_is_left_is_paid_on_purpose_alone(billed: Served, office: Office) -> None:
    typed = {"amount_grosze": "9999", "method": "cash", "on": "2026-12-01"}
    page = billed.records(DOCUMENT, "paid", path="/invoice/paid/FV/2026/12/0001", **typed)
    assert 'role="alert"' in page.text
    assert 'value="9999"' in page.text
    assert office.asks("invoice", "show", "FV/2026/12/0001")["invoice"]["paid_grosze"] == 0


@pytest.mark.parametrize("kind", ["pdf", "xml"])
def test_the_files_of_a_document_are_those_of_the_command(
    billed: Served, office: Office, tmp_path: Path, kind: str
) -> None:
    file = tmp_path / f"d.{kind}"
    office.does("invoice", "export", "FV/2026/12/0001", "-o", str(file))
    assert billed.get(f"/document/{kind}/FV/2026/12/0001").content == file.read_bytes()


def test_every_choice_of_a_document_has_its_word() -> None:
    for action in invoice.ACTIONS.values():
        for field in action.fields:
            assert set(field.codes) <= set(VOCABULARY.get(field.vocabulary, {}))


# --- the close --------------------------------------------------------------------------------------


def test_a_month_is_closed_over_what_was_seen(shown_demo: Served, demo: Office) -> None:
    page = shown_demo.get(f"{MONTH}/close")
    assert "nie da się potem przywrócić" in page.text
    refused = shown_demo.follow(shown_demo.post(f"{MONTH}/close", page.hidden("close")))
    assert "E-FINDINGS-OPEN" in refused.text
    assert demo.asks("period", "show", "2026-11")["state"] == "open"
    typed = {"code": "checked", "sentence": "rozmowy bez narzędzia"}
    done = shown_demo.follow(shown_demo.post(f"{MONTH}/close", page.hidden("close") | typed))
    assert "Miesiąc 2026-11 zamknięty" in done.text
    assert demo.asks("period", "show", "2026-11")["state"] == "closed"
    assert "go primary" not in done.text  # over what was left, for a reason
    shown_demo.records(MONTH, "reopen", code="wrong-time", sentence="zapomniana sesja")
    assert demo.asks("period", "show", "2026-11")["state"] == "reopened"


def test_a_clock_behind_the_log_closes_no_month_until_a_person_says_that_it_is_right(
    shown_demo: Served, demo: Office
) -> None:
    now, demo.now = demo.now, "2031-01-05T10:00:00+01:00"
    demo.does("customer", "add", "K-999", "--name", "Anna")
    demo.now = now
    page, typed = shown_demo.get(f"{MONTH}/close"), {"code": "checked"}
    refused = shown_demo.follow(shown_demo.post(f"{MONTH}/close", page.hidden("close") | typed))
    assert "E-CLOCK-BEHIND" in refused.text
    typed |= {"clock_is_right": "1"}
    done = shown_demo.follow(shown_demo.post(f"{MONTH}/close", page.hidden("close") | typed))
    assert "Miesiąc 2026-11 zamknięty" in done.text


def test_a_month_that_moved_is_not_closed(shown_demo: Served, demo: Office) -> None:
    hidden = shown_demo.get(f"{MONTH}/close").hidden("close")
    demo.does("session", "purge", "39", "--declare", "--yes")
    page = shown_demo.follow(shown_demo.post(f"{MONTH}/close", hidden | {"code": "checked"}))
    assert "E-MONTH-CHANGED" in page.text
    assert demo.asks("period", "show", "2026-11")["state"] == "open"


def test_a_seat_that_looks_records_nothing_of_the_month(shown_demo: Served, demo: Office) -> None:
    shown_demo.enter(kind="read-only")
    before = demo.events()
    for path in (
        f"{MONTH}/issue",
        f"{MONTH}/close",
        "/finding/F2611-1/acknowledge",
        f"/invoice/paid{DOCUMENT}",
    ):
        assert shown_demo.post(path, {}).status == 403
    for path in ("", "/findings", "/plan", "/close"):
        assert "<button" not in shown_demo.get(f"{MONTH}{path}").text.partition("<main")[2].replace(
            "<button>Pokaż", ""
        )
    assert demo.events() == before
