"""Readers of bank files: each default of the library, each form of a file, refused or read rightly."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import mt940
import pytest

from ledger.errors import BadBankFile
from ledger.sources.bank.encoding import decoded
from ledger.sources.bank.joining import joined, width_of
from ledger.sources.bank.mt940_details import DetailsLayout, read_details
from ledger.sources.bank.read_file import read_bank_file

BANK = Path(__file__).parents[3] / "vectors" / "bank"
TILDE = (BANK / "mt940-tilde.sta").read_bytes()
WORDS = (BANK / "mt940-words.sta").read_bytes()
CAMT = (BANK / "camt053.xml").read_bytes()
MBANK = (BANK / "mbank.csv").read_bytes()
PEKAO = (BANK / "pekao.csv").read_bytes()
IPKO = (BANK / "ipko.csv").read_bytes()


def _refused(raw: bytes, *parts: str, account: str | None = None) -> None:
    with pytest.raises(BadBankFile) as refusal:
        read_bank_file(raw, account=account)
    for part in parts:
        assert part in refusal.value.fact
    assert "ROWEROW" not in refusal.value.fact


# --- what the library would do by itself --------------------------------------------------------


def test_two_accounts_stay_two_statements() -> None:
    """`parse` makes one of them, with the last balance."""
    assert len(read_bank_file(TILDE).statements) == 2
    assert mt940.parse(TILDE.decode("cp1250")).data["account_identification"].endswith("22")


def test_money_taken_back_is_money_out() -> None:
    """RC is positive by default."""
    amounts = [t.amount_grosze for t in read_bank_file(TILDE).statements[0].transfers if t.is_reversal]
    assert amounts == [-6150]
    (first, *_) = mt940.parse_statements(TILDE.decode("cp1250"))
    assert next(t.data["amount"].amount for t in first if t.data["status"] == "RC") > 0


def test_letters_of_the_code_page_are_right() -> None:
    """Bytes are taken for cp852 by default, and a name reads otherwise without an error."""
    name = read_bank_file(TILDE).statements[0].transfers[0].name
    assert name.startswith("ŁĄCKA")
    assert "ŁĄCKA" not in str(mt940.parse(TILDE).data) + str(list(mt940.parse(TILDE)))


def test_a_byte_order_mark_hides_nothing() -> None:
    """The library finds no statement at all behind it, and says nothing."""
    raw = b"\xef\xbb\xbf" + WORDS.lstrip()
    assert len(read_bank_file(raw).statements[0].transfers) == 7


def test_long_details_are_whole() -> None:
    """585 characters are the end by default."""
    filler = "".join(f"~{code}{'X' * 27}" for code in range(20, 30)) + f"~32{'Y' * 500}"
    text = (
        f":20:A\n:25:{'46102055610000990000000011'}\n:28C:1\n:60F:C261109PLN0,00\n:61:2611091109C1,00NTRFX\n"
    )
    text += f":86:020~00P{filler}~38PL83114020040000880000000101\n:62F:C261109PLN1,00\n"
    (statement,) = read_bank_file(text.encode()).statements
    assert statement.transfers[0].account == "83114020040000880000000101"


@pytest.mark.parametrize(
    ("before", "after", "parts"),
    [
        (b"C123,00N240NONREF", b"C123,00", ("line 5", ":61:")),
        (b"C123,00N240", b"C1.234,00N240", ("line 5", ":61:")),
        (b"C123,00N240", b"C12x,00N240", ("line 5", ":61:")),
        (b"C123,00N240", b"C124,00N240", (":62F:", "grosze")),
        (b"2611071109C123", b"2613071109C123", ("cannot be read",)),
        (b":20:MT940\r\n:25:/PL40", b":25:/PL40", (":25:", "more than once")),
        (b":25:/PL46102055610000990000000011", b":25:/KONTO", (":25:",)),
        (b":60F:C261106PLN10000,00", b":60F:C261106PLN", (":60F:",)),
        (b":60F:C261106PLN10000,00\r\n", b"", (":60F:", "not there")),
        (b":62F:C261109PLN12449,00", b":62F:C261109EUR12449,00", (":62F:",)),
    ],
)
def test_a_damaged_mt940_is_refused(before: bytes, after: bytes, parts: tuple[str, ...]) -> None:
    assert before in TILDE
    _refused(TILDE.replace(before, after, 1), *parts)


def test_the_library_writes_nothing_to_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """It quotes the bank's line there; it is given no words, and its log is silent."""
    with caplog.at_level(logging.DEBUG):
        read_bank_file(TILDE)
        _refused(TILDE.replace(b"2611071109C123", b"2613071109C123", 1))
    assert "ROWEROW" not in caplog.text
    assert not caplog.records


# --- details --------------------------------------------------------------------------------------


def test_a_separator_in_the_words_of_a_payer_opens_no_subfield() -> None:
    """Neither one without digits, nor one whose number is not greater than the last."""
    text = "020?00P?20CZY TO ?OK? ?20TAK?21?19NIE?32JAN?38PL83114020040000880000000101"
    details = read_details([text], DetailsLayout("subfields", 27))
    assert details.title == "CZY TO ?OK? ?20TAK ?19NIE"
    assert (details.name, details.account) == ("JAN", "83114020040000880000000101")


def test_words_of_a_payer_end_no_field() -> None:
    text = "770 P; OD: JAN; TYT.: FV/1; OD: KTOS; TNR: 7; TNR: 262110000000001.000001"
    details = read_details([text], DetailsLayout("words", 65))
    assert (details.title, details.name) == ("FV/1; OD: KTOS; TNR: 7", "JAN")
    assert details.bank_id == "262110000000001.000001"


@pytest.mark.parametrize(
    ("pieces", "width", "text", "other"),
    [
        (["A" * 27, "B"], 27, "A" * 27 + "B", ""),
        (["A", "B"], 27, "A B", ""),
        (["A", "B"], None, "A B", "AB"),
        (["A", ""], None, "A", ""),
        ([], None, "", ""),
    ],
)
def test_lines_are_joined_by_their_width(pieces: list[str], width: int | None, text: str, other: str) -> None:
    assert joined(pieces, width) == (text, other)


def test_the_longest_line_tells_the_width() -> None:
    assert [width_of(["A" * n], (27, 35)) for n in (26, 27, 30, 35)] == [None, 27, None, 35]


# --- code pages -----------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1250", "cp852", "iso8859-2"])
def test_every_code_page_gives_equal_rows(encoding: str) -> None:
    text = PEKAO.decode("utf-8-sig")
    assert read_bank_file(text.encode(encoding)).statements == read_bank_file(PEKAO).statements


@pytest.mark.parametrize("raw", [b"\xa5", b"\x81\x83\x90", "Dvořák Ź".encode("cp1250")])
def test_an_encoding_that_cannot_be_told_is_asked_for(raw: bytes) -> None:
    with pytest.raises(BadBankFile) as refusal:
        decoded(raw)
    assert "--encoding" in refusal.value.hint


@pytest.mark.parametrize("encoding", ["cp1250", "cp852", "utf-16"])
def test_a_name_from_abroad_among_polish_letters_is_read(encoding: str) -> None:
    """Given a file with a Polish heading and a Müller in it, then no other code page could be meant."""
    text = PEKAO.decode("utf-8-sig").replace("SZYSZKA", "MÜLLER")
    assert "MÜLLER" in text
    assert decoded(text.encode(encoding))[0] == text


def test_a_file_that_was_cut_off_in_a_letter_says_so() -> None:
    text = PEKAO.decode("utf-8-sig")
    cut = text[: text.index("Ł") + 1].encode()[:-1]
    _refused(cut, f"line {len(cut.splitlines())}", "middle of a letter")


def test_an_encoding_that_is_told_is_held_to() -> None:
    assert decoded("Müller".encode("cp1250"), "cp1250") == ("Müller", "windows-1250")
    for encoding in ("ascii", "nonsense"):
        with pytest.raises(BadBankFile):
            decoded(b"a\nM\xfcller", encoding)


# --- camt.053 and CSV -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "parts"),
    [
        (b'<Amt Ccy="PLN">369.00', b'<Amt Ccy="PLN">370.00', ("Ntry/Amt", "grosze")),
        (b'<Amt Ccy="PLN">121.50', b'<Amt Ccy="EUR">121.50', ("Amt", "currency")),
        (b'<Amt Ccy="PLN">20.00', b'<Amt Ccy="PLN">20,00', ("Amt", "form")),
        (b'<Amt Ccy="PLN">20.00', b'<Amt Ccy="PLN">20.01', ("Bal CLBD",)),
        (b"<CdtDbtInd>DBIT</CdtDbtInd><Sts>", b"<CdtDbtInd>D</CdtDbtInd><Sts>", ("CdtDbtInd",)),
        (b"<BookgDt><Dt>2026-11-16</Dt></BookgDt>", b"", ("BookgDt",)),
        (b"<BookgDt><Dt>2026-11-16", b"<BookgDt><Dt>2026-11-36", ("BookgDt", "form")),
        (b"<NbOfTxs>2</NbOfTxs></Btch><TxDtls>", b"<NbOfTxs>3</NbOfTxs></Btch><TxDtls>", ("NbOfTxs",)),
        (b"<IBAN>PL68109010140000990000000066</IBAN>", b"", ("Acct/Id",)),
        (b"camt.053.001.02", b"camt.053.001.99", ("version",)),
        (b"camt.053.001.02", b"camt.052.001.02", ("camt.053",)),
        (b"</Document>", b"", ("XML", "line")),
        (b"<Document ", b'<!DOCTYPE Document [<!ENTITY x "y">]><Document ', ("DOCTYPE",)),
    ],
)
def test_a_damaged_camt053_is_refused(before: bytes, after: bytes, parts: tuple[str, ...]) -> None:
    assert before in CAMT
    _refused(CAMT.replace(before, after, 1), *parts)


def _mbank(before: str, after: str) -> bytes:
    text = MBANK.decode("cp1250")
    before, after = (re.sub(r"(?<=\d) (?=\d{3},)", "\u00a0", each) for each in (before, after))
    assert before in text
    return text.replace(before, after, 1).encode("cp1250")


@pytest.mark.parametrize(
    ("before", "after", "parts"),
    [
        ("Uznania;4;", "Uznania;5;", ("Uznania",)),
        ("Uznania;4;2 337,00", "Uznania;4;2 338,00", ("Uznania", "grosze")),
        ("#Saldo początkowe;1 000,00", "#Saldo początkowe;1 001,00", ("#Saldo początkowe",)),
        ("#Saldo końcowe;492,00", "#Saldo końcowe;493,00", ("#Saldo końcowe", "grosze")),
        ("2026-11-12;2026-11-12;PRZELEW ZEW", "12.11.2026;2026-11-12;PRZELEW ZEW", ("#Data księgowania",)),
        ("';123,00;1 123,00;", "';123,0;1 123,00;", ("#Kwota", "form")),
        ("';123,00;1 123,00;", "';123,00;1 123,00;;", ("line 37: it has", "fields")),
        ("2 968,00;", "2 969,00;", ("#Saldo po operacji",)),
        ("67 1140 2004", "67 1140 200X", ("#Numer rachunku",)),
        ("#Numer rachunku;", "#Konto;", ("#Numer rachunku", "not there")),
        ('"FV/2026/10/0001"', '"FV/2026/10/0001"x', ("quotation",)),
    ],
)
def test_a_damaged_csv_is_refused(before: str, after: str, parts: tuple[str, ...]) -> None:
    _refused(_mbank(before, after), *parts)


def test_a_statement_without_one_of_its_rows_is_refused() -> None:
    lines = MBANK.splitlines(keepends=True)
    kept = [line for line in lines if b"faktury 7 i 8" not in line]
    assert len(kept) == len(lines) - 1
    _refused(b"".join(kept))


OTHERS = {
    "currency": (PEKAO.replace(b";PLN;", b";EUR;", 1), "it is EUR among rows in PLN"),
    "no-currency": (PEKAO.replace(b";PLN;", b";zl;", 1), "Waluta"),
    "own-account": (PEKAO.replace(b"'22124014310000990000000077", b"'x", 1), "Rachunek docelowy"),
    "nothing": (PEKAO.replace(b";738;", b";0;", 1), "Kwota operacji"),
    "order": (PEKAO.replace(b"20.11.2026;20", b"24.11.2026;20", 1), "order"),
    "no-account": (IPKO, "our own account"),
    "unknown": (b"a;b\n1;2\n", "none of the formats"),
    "binary": (b"a\0b", "no text"),
    "empty": (b"", "none of the formats"),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_files_are_refused(name: str) -> None:
    _refused(*OTHERS[name])


def test_an_account_in_another_currency_is_left_out_and_counted() -> None:
    """Given an export of two accounts, one of them in EUR, then the one in PLN is read."""
    head, *rows = PEKAO.decode("utf-8-sig").splitlines()
    foreign = [row.replace(";PLN;", ";EUR;").replace("22124014310000990000000077", "9" * 26) for row in rows]
    found = read_bank_file("\n".join([head, *foreign, *rows]).encode())
    assert [each.account for each in found.statements] == ["22124014310000990000000077"]
    assert len(found.statements[0].transfers) == len(rows)
    assert found.other_currency == 1
    alone = read_bank_file("\n".join([head, *foreign]).encode())
    assert (alone.statements, alone.other_currency) == ([], 1)


def test_a_file_of_a_month_without_a_transfer_is_read() -> None:
    found = read_bank_file(PEKAO.splitlines()[0])
    assert (found.statements, found.other_currency) == ([], 0)


def test_another_account_than_was_told_is_refused() -> None:
    _refused(PEKAO, "another account", account="46102055610000990000000011")


@pytest.mark.parametrize("raw", [TILDE, MBANK], ids=["mt940", "csv"])
def test_a_file_of_half_a_million_lines_is_refused_before_it_is_taken_apart(raw: bytes) -> None:
    """19 MB of a million lines took a gigabyte and twenty seconds."""
    _refused(raw + b"\r\n" * 500_001, "more than 500000 lines or entries")
