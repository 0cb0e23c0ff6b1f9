"""The XML of each kind of document, byte for byte, and the figures that stand in it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from lxml import etree

from ledger.fa3.validate import validate
from ledger.fa3.writer import NAMESPACE, fa3_xml
from tests.support.invoices import KINDS, SYSTEM

GOLDEN = Path(__file__).parent / "golden"
ROOT = Path(__file__).parents[3]


def written(kind: str) -> bytes:
    return fa3_xml(KINDS[kind], SYSTEM)


def values(xml: bytes, *tags: str) -> list[str | None]:
    """Texts of every element with one of these tags, in the order of the document."""
    wanted = {f"{{{NAMESPACE}}}{tag}" for tag in tags}
    return [node.text for node in etree.fromstring(xml).iter() if node.tag in wanted]


@pytest.mark.parametrize("kind", KINDS)
def test_a_document_of_each_kind_has_these_bytes(kind: str) -> None:
    """UTF-8 without BOM, one element a line; each follows the schema and adds up."""
    xml = written(kind)
    assert xml == (GOLDEN / f"{kind}.xml").read_bytes()
    validate(xml)


def test_every_golden_file_has_its_document() -> None:
    assert {file.stem for file in GOLDEN.iterdir()} == set(KINDS)


def test_the_example_comes_to_1045_50() -> None:
    """Two hours off hours and one at night in full, one office hour at half: the discount stands per hour."""
    xml = written("example")
    assert values(xml, "P_13_1", "P_14_1", "P_15") == ["850.00", "195.50", "1045.50"]
    assert values(xml, "P_9A", "P_10", "P_11") == [
        "200.00",
        "400.00",
        "400.00",
        "400.00",
        "100.00",
        "50.00",
        "50.00",
    ]


def test_vat_is_rounded_once_on_the_sum() -> None:
    """3 × 33.33: VAT 23.00, not three times 7.67."""
    assert values(written("one-day"), "P_13_1", "P_14_1", "P_15") == ["99.99", "23.00", "122.99"]


@pytest.mark.parametrize(
    ("kind", "sums"),
    [
        ("correction", ["-200.00", "-46.00", "-246.00"]),
        ("to-zero", ["-850.00", "-195.50", "-1045.50"]),
        ("correction-up", ["200.00", "46.00", "246.00"]),
        ("other-buyer", ["0.00"]),
    ],
)
def test_the_sums_of_a_correction_are_differences(kind: str, sums: list[str]) -> None:
    assert values(written(kind), "P_13_1", "P_14_1", "P_15") == sums


def test_a_corrected_row_stands_as_it_was_and_as_it_is() -> None:
    """Both with one number and one UU_ID; only the first says that it stood before."""
    xml = written("correction")
    assert values(xml, "NrWierszaFa", "UU_ID", "P_8B", "StanPrzed") == ["1", "u-1", "2", "1", "1", "u-1", "1"]


@pytest.mark.parametrize(
    ("kind", "says"), [("correction-up", True), ("to-zero", False), ("to-a-receipt", False)]
)
def test_terms_of_payment_stand_where_something_is_to_be_paid(kind: str, *, says: bool) -> None:
    assert bool(values(written(kind), "Platnosc")) is says


@pytest.mark.parametrize(
    ("kind", "tags", "texts"),
    [
        ("example", ("P_6", "P_6A"), ["2026-11-16", "2026-11-17", "2026-11-18"]),
        ("one-day", ("P_6", "P_6A"), ["2026-11-16"]),
        ("consumer", ("BrakID", "NrKlienta", "Email"), ["faktury@serwis.example", "1"]),
        ("to-a-receipt", ("FP", "Klucz", "Wartosc"), ["1", "Paragon", "W/0123/2026"]),
        ("eu", ("PrefiksPodatnika", "KodUE", "NrVatUE"), ["PL", "DE", "136695976"]),
        ("eu", ("P_13_9", "P_14_1", "P_15", "P_18"), ["850.00", "850.00", "1"]),
        ("non-eu", ("BrakID", "P_13_8", "P_14_1", "P_15", "P_18"), ["1", "850.00", "850.00", "2"]),
        ("notes", ("NrWiersza", "Klucz"), ["1", "Sesja S-0001", "Zamówienie"]),
    ],
)
def test_each_kind_says_what_it_has_to(kind: str, tags: tuple[str, ...], texts: list[str]) -> None:
    """The buyer's e-mail never stands in the file; the seller's does."""
    assert values(written(kind), *tags) == texts


def test_a_correction_names_itself_its_seller_its_day_and_its_difference() -> None:
    said = values(written("correction"), "P_2", "RodzajFaktury", "NIP", "P_1", "P_15")
    issued_on = str(KINDS["correction"].issued_on)
    assert set(said) >= {"FK/2026/11/0001", "KOR", "5260250274", issued_on, "-246.00"}


def test_time_zone_and_locale_change_no_byte() -> None:
    """Another process, in another zone and locale, with another seed of hashes, writes the same."""
    program = (
        "import sys; from ledger.fa3.writer import fa3_xml; from tests.support.invoices import KINDS, SYSTEM;"
        "[sys.stdout.buffer.write(fa3_xml(document, SYSTEM)) for document in KINDS.values()]"
    )
    environment = {**os.environ, "TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "7"}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, check=True
    )
    assert done.stdout == b"".join(map(written, KINDS))
