"""A technician and a clerk play their days, in Polish: what each command says that once said it wrongly.

Each test is a table of commands on a made ledger, with the words and figures that decide.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from tests.support import billing_office as b
from tests.support.ksef.server import fake_ksef
from tests.support.ksef.shop import TODAY, Shop
from tests.support.ksef.withdrawing import FIRST
from tests.support.office import Answer, Office
from tests.support.scan import text_of_pdf

CLOSED = ("period", "close", "2026-11", "--yes")


class Said(NamedTuple):
    """A command, its exit status, words that its answer has on either stream, and words that it has not."""

    words: tuple[str, ...]
    has: tuple[str, ...]
    lacks: tuple[str, ...] = ()
    status: int = 0


def play(office: Office, *table: Said) -> None:
    """Run the commands one after another, in Polish."""
    for said in table:
        answer = polish(office, *said.words)
        text = answer.out + answer.err
        assert answer.status == said.status, (said.words, text)
        assert [word for word in said.has if word not in text] == [], (said.words, text)
        assert [word for word in said.lacks if word in text] == [], (said.words, text)


def polish(office: Office, *words: str) -> Answer:
    return office.run(*words, SESSION_LEDGER_LANG="pl")


def read(office: Office, *words: str) -> str:
    """The text of the PDF that a command writes, its blanks made one."""
    path = office.folder.parent / "paper.pdf"
    answer = polish(office, *words, "-o", str(path))
    assert path.is_file(), answer.err
    return " ".join(text_of_pdf(path).split())


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """K-1, who has bought nothing, K-2 with one order, K-3, and K-4 in Germany."""
    office = b.shop(tmp_path / "ledger")
    b.business(office)
    b.business(office, "K-2", "Stolarnia", b.valid_nip(7))
    b.business(office, "K-3", "Młyn", b.valid_nip(9))
    office.does("purchase", "add", "K-2", "--order", "Z-1", "--at", "2026-11-01T07:00:00+01:00")
    office.does(
        "customer", "add", "K-4", "--name", "Müller IT GmbH", "--country", "DE", "--vat-id", "DE136695976",
        "--vat-treatment", "eu", "--consumer", "no", "--address-line1", "Hauptstr. 1",
    )  # fmt: skip
    return office


@pytest.fixture
def month(office: Office) -> Office:
    """An office hour of K-2, an evening of K-1, a night of the German K-4; invoiced in December."""
    b.helped(office, "2026-11-12T11:00:00", "2026-11-12T12:10:00", "K-2")
    b.helped(office, "2026-11-13T18:30:00", "2026-11-13T19:00:00", "K-1")
    b.helped(office, "2026-11-19T22:10:00", "2026-11-19T22:40:00", "K-4")
    office.now = b.DECEMBER
    office.does("invoice", "issue", "--period", "2026-11", "--all", "--yes")
    return office


def test_01_the_sales_register_on_paper_can_be_read(month: Office) -> None:
    """Its own columns, and below the hash of each document, which is copied as it is."""
    text = read(month, "report", "sales", "--period", "2026-11")
    digest = month.asks("invoice", "show", "FV/2026/12/0001")["invoice"]["xml_sha256"]
    head = "Numer Rodzaj Wystawiono Okres VAT Nabywca NIP Stawka VAT Netto VAT Brutto Znacznik JPK"
    assert head in text
    assert "FV/2026/12/0001 faktura 01.12.2026 2026-11 Łódź Żółć Sp. z o.o. 5265877635 23 200,00" in text
    assert f"FV/2026/12/0001 {digest}" in text


def test_01_the_billing_on_paper_has_its_drawing_on_the_first_page_and_every_column(month: Office) -> None:
    text = read(month, "report", "billing", "--period", "2026-11")
    first = text[: text.index("strona 1 / ")]
    assert "Rozpoczęte godziny na tle pory doby" in first
    heads = "Godziny Biuro Poza biurem Noc Netto Ulga Stan rozliczenia Dokumenty"
    assert heads in text
    assert "Do zafakturowania Brak wierszy" in text


def test_02_a_wrong_customer_is_put_right_by_one_command(office: Office) -> None:
    b.helped(office, "2026-11-12T11:00:00", "2026-11-12T12:10:00", "K-2")
    wrong = ("session", "correct", "1", "--customer", "K-3", "--reason", "wrong-customer")
    office.now = b.DECEMBER
    play(
        office,
        Said(wrong, ("Sesja 1: poprawiona", "kwota: 100,00 → 200,00 zł netto")),
        Said(("report", "billing", "--period", "2026-11"), ("Młyn", "200,00"), ("Stolarnia",)),
        Said(("session", "list"), ("K-3",), ("K-2",)),
    )


def test_03_check_orders_no_correction_that_is_refused(office: Office) -> None:
    """An hour of purchased hardware that was free falls away; the amount of 100.00 stays."""
    office.now = "2026-11-20T09:30:00+01:00"
    office.does("session", "request", "--customer", "K-2", "--issue", "hardware", "--order", "Z-1")
    office.does("session", "connect", "1")
    office.now = "2026-11-20T10:31:00+01:00"
    office.does("session", "end", "1")
    office.now = b.DECEMBER
    office.does("invoice", "issue", "--session", "1", "--yes")
    ended = (
        "session",
        "correct",
        "1",
        "--ended-at",
        "20.11.2026 10:20",
        "--reason",
        "wrong-time: źle wpisane",
    )
    correct = ("invoice", "correct", "FV/2026/12/0001", "--reason", "wrong-time", "--yes")
    play(
        office,
        Said(ended, ("kwota: 100,00 zł netto",), ("potrzebna jest korekta",)),
        Said(("check",), (), ("bill-changed",)),
        Said(correct, ("E-NOTHING-CHANGES",), status=1),
        Said(("report", "billing", "--period", "2026-11"), (), ("inna cena",)),
    )


def test_05_a_new_band_has_its_name_on_the_invoice_and_in_ksef(office: Office) -> None:
    path = office.folder.parent / "2027.toml"
    band = (
        "days=sun", "from=10:00", "until=18:00", "multiplier=3", "quote=W niedziele trzykrotnie.",
        "name.pl=w niedzielę", "name.en=on Sundays",
    )  # fmt: skip
    settings = [word for each in band for word in ("--set", f"bands.sunday.{each}")]
    office.does(
        "tariff", "new", "--id", "p-27", "--valid-from", "2026-11-10", *settings,
        "--drop", "weekend.off-hours", "--drop", "morning.off-hours", "--drop", "night.until-06",
        "-o", str(path),
    )  # fmt: skip
    office.does("tariff", "publish", str(path), "--yes")
    b.helped(office, "2026-11-15T12:00:00", "2026-11-15T12:30:00")
    office.now = b.DECEMBER
    office.does("invoice", "issue", "--session", "1", "--yes")
    named = "Zdalna pomoc serwisowa w niedzielę, sesja 1"
    assert f"<P_7>{named}</P_7>" in b.xml_of(office, "FV/2026/12/0001").decode()
    assert named in read(office, "invoice", "export", "FV/2026/12/0001")
    play(office, Said(("report", "billing", "--period", "2026-11"), ("w niedzielę", "300,00"), ("sunday",)))


def test_06_after_issuing_the_report_says_who_owes_what(month: Office) -> None:
    play(
        month,
        Said(
            ("report", "billing", "--period", "2026-11"),
            ("na fakturze           3        4             800,00  700,00  69,00  769,00", "Stolarnia"),
        ),
    )
    total = month.asks("report", "sales", "--period", "2026-11")["total"]
    assert b.sums(total) == b.sums(
        month.asks("report", "billing", "--period", "2026-11")["month"]["total"]["billed"]
    )


def test_07_the_report_charges_no_vat_to_a_buyer_in_the_eu(month: Office) -> None:
    play(
        month,
        Said(
            ("report", "billing", "--period", "2026-11"),
            ("K-4     Müller IT GmbH              400,00                  0  400,00   0,00  400,00",),
        ),
    )


def test_08_a_forgotten_end_says_how_long_and_how_much(office: Office) -> None:
    office.now = "2026-11-16T17:00:00+01:00"
    office.does("session", "request", "--customer", "K-2", "--issue", "other")
    office.does("session", "connect", "1")
    office.now = "2026-11-17T09:00:00+01:00"
    play(office, Said(("session", "end", "1"), ("po 16 h 0 min: 16 rozpoczętych godzin, 2350,00 zł netto",)))


def test_08_a_second_that_opens_an_hour_is_told(office: Office) -> None:
    """Not two hours after "1 h 0 min"."""
    office.now = "2026-11-16T11:00:00+01:00"
    office.does("session", "request", "--customer", "K-1", "--issue", "other")
    office.does("session", "connect", "1")
    office.now = "2026-11-16T12:00:01+01:00"
    play(office, Said(("session", "end", "1"), ("po 1 h 0 min 1 s: 2 rozpoczęte godziny, 200,00 zł netto",)))


def test_09_hardware_without_its_order_is_told_with_both_prices_until_it_is_named(office: Office) -> None:
    """When it is asked for, quoted, ended and explained; nothing is promised to whom has bought nothing."""
    told = (
        "sprzęt bez zamówienia liczy się jak inna pomoc: 50,00 zł",
        "z zamówieniem Z-1 z 01.11.2026: 0,00 zł",
    )
    office.now = "2026-11-16T11:00:00+01:00"
    play(
        office,
        Said(("session", "request", "--customer", "K-2", "--issue", "hardware"), told),
        Said(("session", "quote", "1"), (*told, "61,50")),
        Said(("session", "connect", "1"), ()),
    )
    office.now = "2026-11-16T11:40:00+01:00"
    play(
        office,
        Said(("session", "end", "1"), (*told, "50,00 zł netto", "session correct 1 --order Z-1")),
        Said(("session", "explain", "1"), told),
        Said(
            ("session", "correct", "1", "--order", "Z-1", "--reason", "wrong-issue"),
            ("kwota: 50,00 → 0,00 zł netto",),
        ),
        Said(("session", "explain", "1"), ("bezpłatn",), ("bez zamówienia",)),
        Said(
            ("session", "request", "--customer", "K-1", "--issue", "hardware"),
            ("100,00 zł netto za rozpoczętą godzinę", "K-1 nie ma żadnego zakupu"),
            ("50 %",),
        ),
    )


def test_10_receivables_are_overdue_by_today(month: Office) -> None:
    month.now = "2026-12-20T12:00:00+01:00"
    play(
        month,
        Said(("report", "receivables"), ("Należności na 20.12.2026", "5  1–30 dni po terminie", "Klienci")),
        Said(
            ("report", "receivables", "--as-of", "2026-12-03T12:00:00+01:00"), ("Należności na 03.12.2026",)
        ),
    )


def test_12_one_hour_of_a_technician_billed_twice_is_seen_everywhere(office: Office) -> None:
    b.helped(office, "2026-11-17T11:00:00", "2026-11-17T12:00:00")
    office.now = "2026-11-17T12:30:00+01:00"
    at = ("--at", "17.11.2026 11:00")
    office.does("session", "request", "--customer", "K-1", "--issue", "other", *at)
    named = "sesje 2 i 1 zachodzą na siebie od 17.11.2026 11:00, obie prowadzi anna"
    play(
        office,
        Said(("session", "connect", "2", *at), (named,)),
        Said(("session", "end", "2", "--at", "17.11.2026 12:00:01"), (named, "session void 2")),
        Said(("check",), ("session-overlap: sesje 1 i 2", "session confirm 2 zostawia obie"), status=3),
        Said(("report", "billing", "--period", "2026-11"), ("nakłada się na inną sesję",)),
    )
    office.now = b.DECEMBER
    play(
        office,
        Said(("invoice", "draft", "--period", "2026-11"), ("sesje 1 i 2 zachodzą na siebie",)),
        Said(("session", "void", "2", "--reason", "double-entry"), ("kwota: 200,00 → 0,00 zł netto",)),
        Said(("check",), ()),
    )


def test_13_readings_that_only_together_change_an_amount_are_named(office: Office) -> None:
    b.helped(office, "2026-11-15T07:00:00", "2026-11-15T07:30:00")
    b.helped(office, "2026-11-16T22:00:00", "2026-11-16T22:30:00")
    b.helped(office, "2026-11-11T09:44:00", "2026-11-11T10:00:00")
    office.now = b.DECEMBER
    together = ("bands.office.days=mon-sun", "bands.office.from=06:00")
    play(
        office,
        Said(("session", "explain", "1"), ("morning.off-hours", "weekend.off-hours", "100,00")),
        Said(("tariff", "what-if", *together, "--period", "2026-11-15"), ("200,00", "100,00")),
        Said(("session", "explain", "2"), ("night.from-22-sharp",)),
        Said(("invoice", "issue", "--period", "2026-11", "--all", "--yes"), ("FV/2026/12/0001",)),
    )
    paper = read(office, "invoice", "export", "FV/2026/12/0001")
    assert "środa" in paper
    assert "święto: Święto Niepodległości" in paper
    assert "Przyjęte odczytanie cennika" in paper
    statement = read(office, "invoice", "statement", "--period", "2026-11", "--customer", "K-1")
    assert "kwotę zmieniłoby tylko razem z" in statement


def test_15_a_period_says_which_day_it_means(month: Office) -> None:
    other = "poza nimi za pomoc udzieloną w tym okresie: 3, wystawione w 2026-12 (--by help)"
    folder = str(month.folder.parent / "pusto")
    play(
        month,
        Said(("invoice", "list", "--period", "2026-11"), (other, "brak wierszy")),
        Said(("invoice", "list", "--period", "2026-11", "--by", "help"), ("FV/2026/12/0003",)),
        Said(("invoice", "export", "--all", "--period", "2026-11", "-o", folder), (other, "żadnego pliku")),
    )


def test_16_the_hour_that_comes_twice_is_shown_and_typed_with_its_offset(office: Office) -> None:
    office.now = "2026-11-02T08:00:00+01:00"
    said = ("--at", "25.10.2026 01:20 +02:00")
    play(
        office,
        Said(("session", "request", "--customer", "K-1", "--issue", "other", *said), ("Sesja 1",)),
        Said(("session", "connect", "1", "--at", "25.10.2026 01:30 +02:00"), ("25.10.2026 01:30",)),
        Said(
            ("session", "end", "1", "--at", "25.10.2026 02:30"),
            ("E-INSTANT-AMBIGUOUS", "na przykład 2026-10-25 02:30 +01:00"),
            status=2,
        ),
        Said(
            ("session", "end", "1", "--at", "25.10.2026 02:30 +01:00"),
            ("25.10.2026 02:30 +01:00", "po 2 h 0 min: 2 rozpoczęte godziny, 800,00 zł netto"),
        ),
        Said(("session", "list"), ("25.10.2026 02:30:00 +01:00",)),
        Said(("session", "explain", "1"), ("25.10.2026 02:30:00 +02:00",)),
    )
    assert "25.10.2026 02:30:00 +02:00" in read(
        office, "invoice", "statement", "--period", "2026-10", "--customer", "K-1"
    )


def test_17_goodwill_shows_its_amount_where_it_acts(office: Office) -> None:
    b.helped(office, "2026-11-17T18:30:00", "2026-11-17T19:30:01")
    waive, why = ("session", "waive", "1"), ("--reason", "goodwill: złe łącze")
    play(
        office,
        Said(
            (*waive, "--hours", "99", *why), ("E-WAIVER-TOO-LARGE", "rozpoczęte godziny sesji: 2"), status=1
        ),
        Said((*waive, "--amount", "33,33", *why), ("kwota: 400,00 → 366,67 zł netto, po uldze 33,33",)),
        Said((*waive, "--percent", "12,5", *why), ("po uldze 50,00", "zastępuje ulgę: 33,33 zł netto")),
        Said((*waive, "--percent", "12,5", *why), ("kwota: 350,00 zł netto", "zastępuje ulgę: 12,5 procent")),
        Said((*waive, "--hours", "1", *why), ("kwota: 350,00 → 200,00 zł netto, po uldze 200,00",)),
    )
    office.now = b.DECEMBER
    office.does("invoice", "issue", "--session", "1", "--yes")
    hour = "200,00        0  200,00    0,00"
    play(
        office,
        Said(("invoice", "show", "FV/2026/12/0001", "--trace"), ("Ulga", hour)),
        Said(("invoice", "statement", "--period", "2026-11", "--customer", "K-1"), (hour, "Powód", "ulga")),
        Said(
            (*waive, "--percent", "100", "--reason", "goodwill"),
            ("invoice correct FV/2026/12/0001",),
        ),
    )


def test_18_papers_for_customers_bear_no_inner_words(month: Office) -> None:
    month.does("session", "waive", "2", "--percent", "50", "--reason", "goodwill")
    month.does("invoice", "correct", "FV/2026/12/0001", "--reason", "goodwill", "--yes")
    xml = b.xml_of(month, "FK/2026/12/0001").decode()
    assert "<PrzyczynaKorekty>udzielona ulga</PrzyczynaKorekty>" in xml
    month.does("session", "purge", "2", "--declare", "--yes")
    papers = [
        read(month, "invoice", "export", "FV/2026/12/0001"),
        read(month, "invoice", "export", "FK/2026/12/0001"),
        read(month, "invoice", "statement", "--period", "2026-11", "--customer", "K-1"),
        read(month, "report", "deletions", "--period", "2026-11"),
        read(month, "report", "sales", "--period", "2026-12", "--by", "issued"),
    ]
    inner = ("goodwill", "list_price", "hardware_out_of_office", "off_hours", "unlink", "lstat", "erase-key")
    assert [word for word in inner for paper in papers if word in paper] == []
    assert "Sprzedawca Serwis Komputerowy Anna Nowak" in papers[2]
    assert "faktura korygująca, do FV/2026/12/0001, ulga" in papers[4]
    abroad = read(month, "invoice", "export", "FV/2026/12/0003", "--lang", "en")
    assert "Remote support, night, session 3" in abroad


def test_18_a_buyer_abroad_reads_the_code_of_the_bank(month: Office) -> None:
    """On the paper, in the letter and in the XML."""
    set_to = ("config", "set", "seller.bank_bic=wbkpplppxxx")
    play(
        month,
        Said(
            ("config", "set", "seller.bank_bic=WBKP"),
            ("seller.bank_bic WBKP nie jest", "config set --help"),
            status=2,
        ),
    )
    b.helped(month, "2026-11-20T22:10:00", "2026-11-20T22:40:00", "K-4")
    month.now = b.DECEMBER
    play(month, Said(set_to, ("wbkpplppxxx",)), Said(("invoice", "issue", "--session", "4", "--yes"), ()))
    words = ("invoice", "export", "FV/2026/12/0004", "--lang", "en")
    assert "BIC (SWIFT) WBKPPLPPXXX" in read(month, *words)
    assert b"<SWIFT>WBKPPLPPXXX</SWIFT>" in b.xml_of(month, "FV/2026/12/0004")
    assert "SWIFT" not in read(month, "invoice", "export", "FV/2026/12/0003", "--lang", "en")


def test_18_papers_bear_days_as_poles_write_them_and_each_sentence_once(month: Office) -> None:
    b.helped(month, "2026-11-23T18:30:00", "2026-11-23T20:10:00", "K-1")
    month.now = b.DECEMBER
    month.does("invoice", "issue", "--session", "4", "--yes")
    paper = read(month, "invoice", "export", "FV/2026/12/0004")
    statement = read(month, "invoice", "statement", "--period", "2026-11", "--customer", "K-1")
    assert "Data wystawienia 01.12.2026" in paper
    assert "23.11.2026 18:30:00, poniedziałek" in paper
    assert "2026-1" not in paper + statement
    assert statement.count("W godzinach wieczornych") == 1
    assert statement.count("[1]") == 1 + 3


def test_19_the_register_has_a_sum_for_each_rate_and_the_sales_to_the_eu_apart(month: Office) -> None:
    play(
        month,
        Said(
            ("report", "sales", "--period", "2026-11"),
            (
                "23                  2  300,00  69,00  369,00",
                "np II               1  400,00   0,00  400,00",
                "Usługi dla firm z UE (art. 28b, VAT-UE)",
            ),
        ),
    )


def test_20_a_price_list_is_written_changed_and_priced_without_a_programmer(month: Office) -> None:
    old, new = (str(month.folder.parent / name) for name in ("old.toml", "new.toml"))
    words = ("--from", old, "--id", "p-27", "--valid-from", "2027-01-01", "--set", "base_price=120.00")
    play(
        month,
        Said(("tariff", "show", "--text", "-o", old), ("zapisano",)),
        Said(("tariff", "check", old), ()),
        Said(("tariff", "new", *words, "-o", new), ("700,00", "840,00")),
        Said(("tariff", "check", new), ()),
    )


def test_22_a_month_is_not_closed_over_open_findings_and_tells_later_changes(month: Office) -> None:
    record = month.table(
        "r.csv",
        "started_at,ended_at,technician",
        [("2026-11-25T11:00+01:00", "2026-11-25T11:30+01:00", "ewa")],
    )
    month.does("source", "import", "generic-csv", str(record))
    flagged = "miesiąc 2026-11 jest zamknięty: ta zmiana będzie w jego raportach oznaczona"
    dry = ("klucza odcisków miesiąca nie da się potem przywrócić", "--accept-open", "sesji z danymi: 3")
    later = ("session", "request", "--customer", "K-1", "--issue", "other", "--at", "17.11.2026 15:00")
    play(
        month,
        Said(("period", "close", "2026-11", "--dry-run"), dry),
        Said(CLOSED, ("E-FINDINGS-OPEN",), status=1),
        Said((*CLOSED, "--accept-open", "--reason", "checked: sprawdzone"), ("2026-11: zamknięty",)),
        Said(
            ("session", "correct", "1", "--ended-at", "12.11.2026 11:30", "--reason", "wrong-time"),
            ("kwota: 100,00 → 50,00 zł netto", flagged, "potrzebna jest korekta"),
        ),
        Said(later, (flagged,)),
    )


def test_24_a_call_takes_few_words(office: Office) -> None:
    """Customers by name or in small letters, words of the office, times of a day, commands nearly right."""
    office.now = "2026-11-17T19:00:00+01:00"
    request = ("session", "request", "--customer")
    play(
        office,
        Said(("customer", "show", "Stolarnia"), ("Klient K-2", "Z-1")),
        Said(("customer", "show", "k-2"), ("Klient K-2",)),
        Said((*request, "Stolarnia", "--issue", "inne", "--at", "18:40"), ("Sesja 1", "klient K-2")),
        Said((*request, "K-2", "--issue", "sprzęt", "--order", "z-1", "--at", "wczoraj 18:00"), ("Sesja 2",)),
        Said(("stop",), ("session end",), status=2),
        Said(("faktura",), ("invoice",), status=2),
        Said(("session", "delete", "1"), ("session purge",), status=2),
    )


def test_24_orders_sessions_and_the_price_of_fifty_minutes_are_asked_by_one_command_each(
    office: Office,
) -> None:
    """A return stands beside its purchase; what is expected of a call is told and not recorded."""
    for day in range(10, 13):
        b.helped(office, f"2026-11-{day}T11:00:00", f"2026-11-{day}T11:40:00", "K-2")
    office.does("purchase", "add", "K-3", "--order", "Z-9", "--at", "2026-11-02", "--product", "monitor")
    office.does("purchase", "return", "K-3", "--order", "Z-9", "--at", "2026-11-05", "--reason", "complaint")
    office.now = "2026-11-17T21:40:00+01:00"
    office.does("session", "request", "--customer", "K-1", "--issue", "other")
    office.does("session", "request", "--customer", "K-4", "--issue", "other")
    play(
        office,
        Said(("purchase", "list"), ("K-2", "Z-1", "01.11.2026", "K-3", "Z-9", "monitor", "05.11.2026")),
        Said(("purchase", "list", "--customer", "Stolarnia"), ("Z-1",), ("Z-9",)),
        Said(("purchase", "list", "--customer", "K-77"), ("K-77",), status=1),
        Said(("customer", "show", "K-2"), ("Zakupy", "Z-1", "Sesje", "12.11.2026 11:40:00")),
        Said(("customer", "show", "K-3"), ("Z-9",), ("Sesje",)),
        Said(("session", "quote", "4", "--minutes", "50"), ("  50 min: 246,00 zł brutto (200,00 netto)",)),
        Said(("session", "quote", "4", "--minutes", "61"), ("  61 min: 738,00 zł brutto (600,00 netto)",)),
        Said(("session", "quote", "5", "--minutes", "50"), ("  50 min: 200,00 zł, bez VAT",)),
    )
    told = office.asks("customer", "show", "K-2")
    assert [each["session"] for each in told["sessions"]] == [1, 2, 3]
    assert told["sessions_total"] == 3
    total = office.does("session", "quote", "4", "--minutes", "61", "-f", "json").document["expected"]
    assert (total["started_hours"], total["net_grosze"], total["gross_grosze"]) == (2, 60_000, 73_800)


def test_24_of_many_sessions_of_a_customer_the_last_are_shown(office: Office) -> None:
    for day in range(2, 24):
        b.helped(office, f"2026-11-{day:02}T11:00:00", f"2026-11-{day:02}T11:40:00", "K-2")
    play(
        office, Said(("customer", "show", "K-2"), ("Ostatnie sesje: 20 z 22", "04.11.2026"), ("03.11.2026",))
    )
    assert office.asks("customer", "show", "K-2")["sessions"][0]["session"] == 3


def test_24_what_was_misheard_or_misdated_is_asked_about(month: Office) -> None:
    paid = ("invoice", "paid", "FV/2026/12/0001", "--amount", "10", "--method", "przelew", "--on")
    request = ("session", "request", "--customer", "K-1", "--issue", "other", "--remote-id")
    play(
        month,
        Said((*paid, "2026-11-01"), ("zostało do zapłaty", "przed wystawieniem FV/2026/12/0001")),
        Said((*paid, "2026-12-01"), ("zostało do zapłaty",), ("przed wystawieniem",)),
        Said((*request, "12"), ("cyfr: 2", "od 8 do 10")),
        Said((*request, "123 456 789 012"), ("cyfr: 12",)),
        Said((*request, "123 456 789"), (), ("cyfr",)),
        Said((*request, "pracownia-3"), (), ("cyfr",)),
    )


def test_25_two_sources_of_one_connection_are_told_once_whichever_learns_its_technician_late(
    office: Office,
) -> None:
    b.helped(office, "2026-11-17T11:00:00", "2026-11-17T11:30:00")
    office.now = b.DECEMBER
    span = ("2026-11-17T11:00:00+01:00", "2026-11-17T11:30:00+01:00")
    named = office.table(
        "named.csv", "started_at,ended_at,technician,partner_id", [(*span, "anna", "123456789")]
    )
    nobody = office.table("nobody.csv", "started_at,ended_at,partner_id", [(*span, "123456789")])
    office.does("source", "import", "generic-csv", str(nobody), "--instance", "pc-1")
    office.does("source", "import", "generic-csv", str(named), "--instance", "pc-2")
    found = office.run("source", "reconcile", "--period", "2026-11", "-f", "json").document["findings"]
    assert [each["kind"] for each in found if each["kind"].startswith("overlap")] == []


def test_440_without_its_extensions_leaves_a_way_out(tmp_path: Path) -> None:
    """A clerk whose document KSeF has already, and says no more of it."""
    with fake_ksef() as server:
        shop = Shop(tmp_path, server, issued=True)
        shop.office.now = TODAY
        server.office.duplicates_tell = set()
        assert [each["outcome"] for each in shop.told(FIRST)] == ["accepted"]
