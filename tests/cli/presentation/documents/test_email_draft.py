"""The letter with a document: a mail program opens it, and it is the same every time."""

from __future__ import annotations

import email
from dataclasses import replace
from datetime import datetime
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.presentation.documents.email_draft import eml
from cli.presentation.text import Lang
from ledger.domain.invoice.document import Paper, Party
from ledger.fa3.seller import ShopContact
from tests.support import papers

PDF = b"%PDF-1.7\r\n\x00\xff--\n"


SILENT = ShopContact({})
"""A shop whose settings do not say how it is reached."""


def opened(paper: Paper, lang: Lang = "pl", shop: ShopContact = SILENT) -> EmailMessage:
    return email.message_from_bytes(eml(paper, PDF, lang, shop), policy=default)


def said(letter: EmailMessage) -> str:
    body = letter.get_body()
    assert body is not None
    return str(body.get_content())


def to(party: Party) -> Paper:
    return papers.paper(replace(papers.plain(), buyer=party))


def test_letter_holds_the_pdf_and_the_xml_byte_for_byte() -> None:
    held = {part.get_filename(): part.get_content() for part in opened(papers.paper()).iter_attachments()}
    assert held == {"FV-2026-11-0001.pdf": PDF, "FV-2026-11-0001.xml": papers.XML}


def test_letter_is_addressed_dated_and_a_draft() -> None:
    seller = replace(papers.SELLER, email="faktury@mastiff.example")
    letter = opened(papers.paper(replace(papers.plain(), seller=seller)))
    assert letter["Subject"] == "Faktura FV/2026/11/0001"
    assert letter["To"].addresses[0].addr_spec == "biuro@mlyny.example"
    assert letter["To"].addresses[0].display_name == "Łódzkie Młyny S.A."
    assert letter["From"].addresses[0].addr_spec == "faktury@mastiff.example"
    assert letter["Date"].datetime == datetime.fromisoformat("2026-11-22T10:00:07+01:00")
    assert letter["X-Unsent"] == "1"


def test_letter_says_what_to_pay_until_when_and_where() -> None:
    text = said(opened(papers.paper()))
    for line in (
        "Faktura FV/2026/11/0001 z dnia 22.11.2026",
        "Do zapłaty: 1\u00a0045,50 zł, do 06.12.2026",
        "Rachunek: PL61 1090 1014 0000 0712 1981 2874",
        "Tytuł przelewu: FV/2026/11/0001",
        "Numer KSeF: 5265877635-20250826-0100001AF629-AF",
        "Zażółć gęślą jaźń Serwis sp. z o.o.",
    ):
        assert line in text.splitlines(), line


def test_letter_can_be_in_english() -> None:
    assert "To pay: PLN 1,045.50, by 2026-12-06" in said(opened(papers.paper(), "en"))


def test_letter_with_a_correction_asks_for_no_transfer() -> None:
    letter = opened(papers.correction())
    text = said(letter)
    assert letter["Subject"] == "Faktura korygująca FK/2026/11/0001"
    assert "Koryguje: FV/2026/11/0001" in text
    assert "Zmniejszenie należności: 246,00 zł" in text.splitlines()
    assert "Rachunek" not in text


def test_letter_with_what_the_till_took_asks_for_no_transfer() -> None:
    text = said(opened(papers.to_receipt()))
    assert "Razem: 246,00 zł brutto, w tym VAT 46,00" in text.splitlines()
    assert "Rachunek" not in text


@pytest.mark.parametrize(
    "address",
    [
        None,
        "",
        "biuro",
        "a..b@c.example",
        "a@b",
        "a b@c.example",
        "ł@c.example",
        "a@c.example\r\nBcc: x@y.example",
    ],
)
def test_address_that_mail_could_not_find_is_left_out(address: str | None) -> None:
    assert opened(to(Party("X", email=address)))["To"] is None


@given(st.text(max_size=120), st.text(max_size=60))
def test_no_name_writes_a_header_of_its_own(name: str, number: str) -> None:
    of = replace(papers.plain(), number=number, buyer=Party(name, email="a@b.example"))
    letter = opened(papers.paper(of))
    expected = {"Subject", "To", "Date", "Message-ID", "X-Unsent", "MIME-Version", "Content-Type"}
    assert set(letter.keys()) == expected
    assert letter["To"].addresses[0].addr_spec == "a@b.example"
    assert len(list(letter.iter_attachments())) == 2


def test_same_paper_gives_the_same_letter_and_another_one_another() -> None:
    first = eml(papers.paper(), PDF, "pl", SILENT)
    assert eml(papers.paper(), PDF, "pl", SILENT) == first
    other = eml(papers.paper(), PDF + b"x", "pl", SILENT)
    assert email.message_from_bytes(other)["Message-ID"] != email.message_from_bytes(first)["Message-ID"]


def test_name_of_any_ledger_makes_a_message_id() -> None:
    letter = opened(papers.paper(origin="księga mojej firmy/1"))
    assert letter["Message-ID"].endswith("@ksi-ga-mojej-firmy-1>")
    assert opened(papers.paper(origin="…"))["Message-ID"].endswith("@ledger>")


@pytest.mark.parametrize(
    ("lang", "lines"),
    [
        (
            "pl",
            [
                "Numer alarmowy: +48 500 600 700",
                "Dyżur: całą dobę",
                "Moduł do połączenia, bez instalacji: https://serwis.example/pomoc",
            ],
        ),
        (
            "en",
            [
                "Emergency number: +48 500 600 700",
                "On duty: całą dobę",
                "The module for the connection, nothing to install: https://serwis.example/pomoc",
            ],
        ),
    ],
)
def test_letter_tells_how_the_shop_is_reached_as_far_as_it_says_so(lang: Lang, lines: list[str]) -> None:
    shop = ShopContact({}, "https://serwis.example/pomoc", "+48 500 600 700", "całą dobę")
    assert said(opened(papers.paper(), lang, shop)).rstrip().splitlines()[-3:] == lines
    assert lines[0] not in said(opened(papers.paper(), lang))
