"""The printed invoice: what stands on it, what lies in it, and that it is the same everywhere."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from base64 import urlsafe_b64decode
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import segno
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.presentation.documents import typesetting
from cli.presentation.documents.invoice import invoice_pdf
from cli.presentation.documents.qr import qr_svg
from cli.presentation.text import Lang
from ledger.domain.invoice.document import Corrects, DocumentNote, Paper, Party
from ledger.ksef.qr_link import verification_url
from tests.support import papers

REPOSITORY = Path(__file__).parents[4]


def tool(name: str) -> str:
    """A program of poppler; skips where it is missing."""
    found = shutil.which(name)
    return found or pytest.skip(f"{name} is not installed")


def read(pdf: bytes, folder: Path) -> str:
    """What a reader of the PDF sees, spaces made one."""
    program = tool("pdftotext")
    (folder / "read.pdf").write_bytes(pdf)
    run = subprocess.run(
        [program, "-layout", str(folder / "read.pdf"), "-"], capture_output=True, check=True, text=True
    )
    return " ".join(run.stdout.split())


def printed(paper: Paper, folder: Path, lang: Lang = "pl") -> str:
    return read(invoice_pdf(paper, lang), folder)


# --- what stands on it ------------------------------------------------------------------------


def test_invoice_says_what_the_law_asks_for(tmp_path: Path) -> None:
    text = printed(papers.paper(), tmp_path)
    for said in (
        "Faktura FV/2026/11/0001", "22.11.2026", "16.11.2026 – 18.11.2026", "Warszawa", "Łódzkie Młyny S.A.",
        "NIP: 5260250274", "NIP: 5265877635", "godz.", "100,00 50,00 50,00 23 %",
        "23 % 850,00 195,50 1 045,50",
        "Do zapłaty: 1 045,50 zł", "jeden tysiąc czterdzieści pięć złotych pięćdziesiąt groszy", "06.12.2026",
        "PL61 1090 1014 0000 0712 1981 2874", "nie zapłacono",
    ):  # fmt: skip
        assert said in text, said
    assert set(papers.POLISH) <= set(text)


def test_invoice_can_be_read_in_english(tmp_path: Path) -> None:
    text = printed(papers.paper(paid_grosze=10_000), tmp_path, "en")
    for said in (
        "To pay: PLN 1,045.50",
        "one thousand forty-five zlotys and fifty groszy",
        "PLN 945.50 left",
    ):
        assert said in text, said
    assert "Do zapłaty" not in text


def test_consumer_reads_the_gross_first(tmp_path: Path) -> None:
    text = printed(papers.consumer(), tmp_path)
    assert "Do zapłaty: 246,00 zł brutto, w tym VAT 46,00" in text
    assert "23 % 246,00 46,00 200,00" in text


def test_what_a_receipt_settled_is_not_to_be_paid_again(tmp_path: Path) -> None:
    text = printed(papers.to_receipt(), tmp_path)
    assert "Do paragonu W/17/2026" in text
    assert "Razem: 246,00 zł brutto, w tym VAT 46,00" in text
    assert "rozliczono paragonem W/17/2026" in text
    assert "Do zapłaty:" not in text
    assert "Rachunek" not in text


def test_correction_shows_before_after_and_the_difference(tmp_path: Path) -> None:
    text = printed(papers.correction(), tmp_path)
    for said in (
        "Faktura korygująca FK/2026/11/0001", "Koryguje FV/2026/11/0001 (22.11.2026)",
        "błędna godzina zakończenia", "1 przed", "1 po", "-200,00 -46,00 -246,00",
        "Zmniejszenie należności: 246,00 zł",
        "dwieście czterdzieści sześć złotych zero groszy", "rozliczana z fakturą",
    ):  # fmt: skip
        assert said in text, said
    assert "Do zapłaty:" not in text
    assert "Rachunek" not in text  # nobody pays the shop for it


def test_correction_of_the_buyer_shows_both(tmp_path: Path) -> None:
    of = papers.document(
        (),
        kind="KOR",
        corrects=Corrects("FV/1", date(2026, 11, 2), "nazwa", "original", buyer_before=Party("Dawna Nazwa")),
    )
    text = printed(papers.paper(of, sessions=()), tmp_path)
    assert "Nabywca przed korektą" in text
    assert "Dawna Nazwa" in text
    assert "Pozycje" not in text


@pytest.mark.parametrize(
    ("treatment", "lang", "said"),
    [
        ("eu", "pl", "odwrotne obciążenie"),
        ("eu", "en", "reverse charge"),
        ("non_eu", "pl", "poza terytorium kraju"),
    ],
)
def test_buyer_abroad_reads_why_there_is_no_vat(
    tmp_path: Path, treatment: str, lang: Lang, said: str
) -> None:
    text = printed(papers.abroad(treatment), tmp_path, lang)
    assert said in text
    assert re.search(r"\bnp 400[,.]00 0[,.]00 400[,.]00", text)
    assert ("PL5260250274" in text) == (treatment == "eu")


def test_number_of_a_buyer_outside_the_union_is_not_called_one_of_the_union(tmp_path: Path) -> None:
    text = printed(papers.abroad("non_eu"), tmp_path)
    assert "Numer podatkowy: GB123" in text
    assert "VAT UE: DE123456789" in printed(papers.abroad(), tmp_path)


@pytest.mark.parametrize(
    ("paid", "said"),
    [
        (0, "nie zapłacono"),
        (4_550, "zapłacono 45,50 zł, pozostaje 1 000,00 zł"),
        (104_550, "zapłacono 1 045,50 zł"),
        (105_550, "zapłacono 1 055,50 zł, nadpłata 10,00 zł"),
    ],
)
def test_state_of_the_payment_is_told(tmp_path: Path, paid: int, said: str) -> None:
    text = printed(papers.paper(paid_grosze=paid), tmp_path)
    assert re.search(rf"Stan zapłaty {re.escape(said)}(?! ?[,z])", text)


@pytest.mark.parametrize(
    ("evidence", "said"),
    [
        ("measured", "Dane usunięto 21.11.2026 23:05:42, usunięcie zmierzono."),
        ("absence_measured", "Dane usunięto 21.11.2026 23:05:42, stwierdzono, że danych nie ma."),
        ("declared", "Dane usunięto 21.11.2026 23:05:42, według oświadczenia."),
        (None, "Dane jeszcze nie usunięte."),
    ],
)
def test_session_says_when_its_data_went_and_how_that_is_known(
    tmp_path: Path, evidence: str | None, said: str
) -> None:
    text = printed(papers.paper(sessions=(papers.session(12, 1, evidence=evidence),)), tmp_path)
    assert said in text


def test_hours_stand_with_band_discount_and_the_sentence_they_are_priced_by(tmp_path: Path) -> None:
    at = papers.session(13, 1).connected_at
    hours = (papers.hour(at, 40_000), papers.hour(at, 5_000, band="office", percent=50))
    text = printed(
        papers.paper(sessions=(papers.session(13, 2, hours=hours, waived_grosze=5_000),)), tmp_path
    )
    assert "22.11.2026 22:05:00, niedziela pora nocna 400,00 – 400,00 [1]" in text
    assert "22.11.2026 22:05:00, niedziela godziny biura 100,00 50 % 50,00 [2]" in text
    assert f"[1] bands.night: „{papers.NIGHT}”" in text
    assert f"[2] bands.office: „{papers.OFFICE}”" in text
    assert "Odstąpiono od 50,00 zł netto." in text


def test_ledger_stands_on_it_as_on_a_certificate(tmp_path: Path) -> None:
    text = printed(papers.paper(), tmp_path)
    assert "Księga: ledger.mastiff.example · rozmiar 1234 · skrót AAAQEAYEAUDAOCAJ" in text


def test_notes_of_the_whole_document_are_printed_once(tmp_path: Path) -> None:
    of = replace(
        papers.plain(),
        notes=(DocumentNote("Zamówienie", "Z/7"), DocumentNote("Sesja 12", "dane usunięte", 1)),
    )
    text = printed(papers.paper(of), tmp_path)
    assert "Zamówienie: Z/7" in text
    assert "Sesja 12: dane" not in text
    assert "Sesja 12: dane usunięte" in printed(papers.paper(of, sessions=()), tmp_path)


def test_many_lines_go_over_pages_under_their_heads(tmp_path: Path) -> None:
    pdf = tmp_path / "long.pdf"
    pdf.write_bytes(invoice_pdf(papers.long(), "pl"))
    pages = subprocess.run(
        [tool("pdftotext"), "-layout", str(pdf), "-"], capture_output=True, check=True, text=True
    ).stdout.split("\f")
    assert [("Nazwa usługi" in page) for page in pages[:3]] == [True, True, False]
    assert f"strona 2 / {len(pages) - 1}" in " ".join(pages[1].split())
    assert "X" * 24 in pages[0]  # one long word is broken and stays on the page
    assert "X" * 90 not in pages[0]


def test_text_that_would_turn_the_writing_is_shown_as_an_escape(tmp_path: Path) -> None:
    of = replace(papers.plain(), buyer=Party("Zły \u202e gość #emph[x] $y$ \\ *z*"))
    assert "Zły \\u202e gość #emph[x] $y$ \\ *z*" in printed(papers.paper(of), tmp_path)


# --- KOD I ------------------------------------------------------------------------------------


def test_code_is_the_documented_address() -> None:
    """The example of the notes on the Ministry's codes; its digest begins and ends as they say."""
    digest = urlsafe_b64decode("u-MNtxMBladwr5mLdHOwcSFdfDqwfBMqvMbzZCtXNNE=")
    assert (digest.hex()[:8], digest.hex()[-6:]) == ("bbe30db7", "5734d1")
    assert verification_url("5260250274", date(2026, 11, 22), digest) == (
        "https://qr.ksef.mf.gov.pl/invoice/5260250274/22-11-2026/u-MNtxMBladwr5mLdHOwcSFdfDqwfBMqvMbzZCtXNNE"
    )


def test_drawing_is_the_matrix_of_the_code() -> None:
    """Its dark runs, module by module, are those of an encoder asked alone."""
    url = verification_url("5260250274", date(2026, 11, 22), bytes(32), "https://qr-test.ksef.mf.gov.pl/")
    matrix = segno.make_qr(url, error="m", boost_error=False).matrix
    drawn = re.search(r' d="([^"]+)"', qr_svg(url))
    assert drawn is not None
    dark: set[tuple[int, int]] = set()
    x, y = 0.0, 0.0
    for kind, first, second in re.findall(r"([Mmh])(-?[\d.]+)(?: ?(-?[\d.]+))?", drawn[1]):
        if kind == "h":
            dark |= {(int(y - 0.5) - 4, int(x) - 4 + step) for step in range(int(first))}
            x += float(first)
        else:
            here = (0.0, 0.0) if kind == "M" else (x, y)
            x, y = here[0] + float(first), here[1] + float(second)
    assert dark == {(r, c) for r, line in enumerate(matrix) for c, module in enumerate(line) if module}


@pytest.mark.parametrize(
    ("more", "label"),
    [({}, "5265877635-20250826-0100001AF629-AF"), ({"ksef_number": None}, "OFFLINE")],
)
def test_beneath_the_code_stands_the_ksef_number_or_offline(
    tmp_path: Path, more: dict[str, None], label: str
) -> None:
    pdf = invoice_pdf(papers.paper(**more), "pl")
    assert label in read(pdf, tmp_path)
    assert b"https://qr.ksef.mf.gov.pl/invoice/5260250274/22-11-2026/" in pdf


def test_document_outside_ksef_has_no_code(tmp_path: Path) -> None:
    pdf = invoice_pdf(papers.consumer(), "pl")
    assert "OFFLINE" not in read(pdf, tmp_path)
    assert b"qr.ksef" not in pdf


# --- the file ---------------------------------------------------------------------------------


def test_xml_lies_in_it_byte_for_byte(tmp_path: Path) -> None:
    program = tool("pdfdetach")
    (tmp_path / "i.pdf").write_bytes(invoice_pdf(papers.paper(xml=papers.XML + b"\r\n"), "pl"))
    subprocess.run([program, "-saveall", "-o", str(tmp_path), str(tmp_path / "i.pdf")], check=True)
    found = (tmp_path / "FV-2026-11-0001.xml").read_bytes()
    digest = hashlib.sha256(papers.XML + b"\r\n").hexdigest()
    assert hashlib.sha256(found).hexdigest() == digest
    assert digest in read((tmp_path / "i.pdf").read_bytes(), tmp_path)


def test_every_font_is_embedded(tmp_path: Path) -> None:
    program = tool("pdffonts")
    (tmp_path / "i.pdf").write_bytes(invoice_pdf(papers.long(), "pl"))
    shown = subprocess.run(
        [program, str(tmp_path / "i.pdf")], capture_output=True, check=True, text=True
    ).stdout
    fonts = shown.splitlines()[2:]
    assert fonts
    assert all(re.search(r"Identity-H +yes yes yes", font) for font in fonts)


def test_it_claims_pdf_a_3a_and_pdf_ua_1() -> None:
    pdf = invoice_pdf(papers.paper(), "pl")
    for claim in (b"<pdfaid:part>3<", b"<pdfaid:conformance>A<", b"<pdfuaid:part>1<"):
        assert claim in pdf, claim


PRINT = (
    "import sys; from tests.support import papers; "
    "from cli.presentation.documents.invoice import invoice_pdf as p; "
    "sys.stdout.buffer.write(p(papers.paper(), 'pl'))"
)


def test_same_paper_gives_the_same_bytes_in_another_time_zone_and_locale() -> None:
    here = invoice_pdf(papers.paper(), "pl")
    assert invoice_pdf(papers.paper(), "pl") == here
    elsewhere = {**os.environ, "TZ": "America/Los_Angeles", "LC_ALL": "C"}
    run = subprocess.run(
        [sys.executable, "-c", PRINT], env=elsewhere, cwd=REPOSITORY, capture_output=True, check=True
    )
    assert run.stdout == here


# --- any text ---------------------------------------------------------------------------------


def test_name_in_a_script_that_no_font_here_has_is_shown_as_escapes(tmp_path: Path) -> None:
    """The XML has the name; its picture must not fail for it. What the fonts have stays as it is."""
    of = replace(papers.plain(), buyer=Party("漢字 Łódź Привет 🐢"))
    text = printed(papers.paper(of), tmp_path)
    assert "\\u6f22\\u5b57 Łódź Привет \\U0001f422" in text
    assert set(papers.POLISH) <= set(text)


def test_every_character_that_is_kept_is_in_the_font(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "_NO_GLYPH", ())  # nothing is mended: a gap would be an error
    kept = [chr(code) for code in range(32, 0x10000) if not typesetting.NOT_IN_EVERY_FONT.match(chr(code))]
    assert len(kept) > 400
    assert invoice_pdf(papers.paper(replace(papers.plain(), buyer=Party(" ".join(kept)))), "pl")


@settings(max_examples=12, deadline=None)  # a page is set for each
@given(st.text(alphabet=st.characters(codec=None), max_size=40), st.sampled_from(("pl", "en")))
def test_any_text_can_be_printed(text: str, lang: Lang) -> None:
    """Names, reasons, references and sentences of a price list: whatever was typed."""
    of = papers.correction().document
    assert of.corrects is not None
    of = replace(of, place=text, buyer=Party(text, text), corrects=replace(of.corrects, reason=text))
    hours = (replace(papers.session(1, 1).hours[0], quote=text, rule=text, band=text),)
    printed_session = papers.session(1, 1, hours=hours, session_ref=text, issue=text)
    assert invoice_pdf(papers.paper(of, sessions=(printed_session,)), lang).startswith(b"%PDF")
