"""Of any document: the file is valid, and the sums that stand in it are the document's."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from shutil import which

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ksef_client.documents.fa3.parse import parse_invoice_xml

from ledger.domain.events import VatTreatment
from ledger.domain.invoice.document import Document, DocumentRow, Party
from ledger.domain.money import vat_on
from ledger.fa3.parser import parse, text_of
from ledger.fa3.validate import validate
from ledger.fa3.values import REFUSED, amount
from ledger.fa3.writer import fa3_xml
from tests.support.invoices import (
    AMERICAN,
    BUYER,
    CONSUMER,
    GERMAN,
    KINDS,
    SYSTEM,
    as_before,
    correction,
    invoice,
    summed,
    to,
)
from tests.support.invoices import row as a_row

BUYERS: list[tuple[VatTreatment, Party]] = [
    ("pl", BUYER),
    ("pl", CONSUMER),
    ("eu", GERMAN),
    ("non_eu", AMERICAN),
]
ROOT = Path(__file__).parents[3]
NO_NETWORK = ("unshare", "--user", "--net", "--map-root-user")

texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30).filter(
    lambda text: text.strip(" \t\r\n") != "" and REFUSED.search(text) is None
)


@st.composite
def rows(draw: st.DrawFn) -> tuple[DocumentRow, ...]:
    """One to five lines, at least one of which costs something."""
    lines: list[DocumentRow] = []
    for number in range(1, draw(st.integers(1, 5)) + 1):
        price = draw(st.integers(1, 999_999))
        discount = draw(st.just(0) | st.integers(0, price - 1))
        day = draw(st.integers(1, 30))
        lines.append(a_row(number, draw(st.integers(1, 99)), price, discount, day=day, name=draw(texts)))
    return tuple(lines)


@st.composite
def invoices(draw: st.DrawFn) -> Document:
    """An invoice to a business here or abroad, or to a consumer, under any name."""
    treatment, party = draw(st.sampled_from(BUYERS))
    named = replace(party, name=draw(texts), address_line1=draw(texts))
    document = replace(invoice(*draw(rows())), buyer=named, is_consumer=party is CONSUMER)
    return summed(replace(document, treatment=treatment, receipt=draw(st.none() | st.just("W/1"))))


def corrected(before: Sequence[DocumentRow], hours: Sequence[int]) -> Document:
    """The correction of an invoice to other hours: VAT is that of the whole after less that before."""
    after = [to(line, count) for line, count in zip(before, hours, strict=False)]
    pairs = [state for old, new in zip(before, after, strict=False) for state in (as_before(old), new)]
    document = correction(*pairs)
    vat = vat_on(_net(after), 23) - vat_on(_net(before[: len(after)]), 23)
    return replace(document, vat_grosze=vat, gross_grosze=document.net_grosze + vat)


def _net(lines: Sequence[DocumentRow]) -> int:
    return sum(line.net_grosze for line in lines)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(invoices())
def test_any_invoice_is_valid_and_says_its_gross(document: Document) -> None:
    xml = fa3_xml(document, SYSTEM)
    validate(xml)
    assert text_of(parse(xml), "Fa/P_15") == amount(document.gross_grosze)
    assert xml == fa3_xml(document, SYSTEM)


@settings(max_examples=60, deadline=None)
@given(rows(), st.lists(st.integers(0, 99), min_size=5, max_size=5))
def test_any_correction_is_valid_and_says_its_difference(
    before: tuple[DocumentRow, ...], hours: list[int]
) -> None:
    """However VAT before and after were rounded."""
    document = corrected(before, hours)
    xml = fa3_xml(document, SYSTEM)
    validate(xml)
    assert text_of(parse(xml), "Fa/P_15") == amount(document.gross_grosze)


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "to-zero"])
def test_another_reader_of_fa3_agrees(kind: str) -> None:
    """ksef_client's own rules; it refuses rows of no hours, which a correction to zero consists of."""
    found = parse_invoice_xml(fa3_xml(KINDS[kind], SYSTEM)).validate()
    assert not found.errors
    assert not found.warnings


def test_the_schema_is_read_without_a_network() -> None:
    """A process that has no network at all validates as well."""
    program = (
        "import socket, sys; from pathlib import Path; from ledger.fa3.validate import validate;"
        "assert [name for _, name in socket.if_nameindex()] == ['lo'];"
        "validate(Path(sys.argv[1]).read_bytes()); print('valid', 'ksef_client' in sys.modules)"
    )
    file = Path(__file__).parent / "golden" / "example.xml"
    if (
        not which(NO_NETWORK[0])
        or subprocess.run([*NO_NETWORK, "true"], capture_output=True, check=False).returncode
    ):
        pytest.skip("this machine lets nobody make a network of his own")
    command = [*NO_NETWORK, sys.executable, "-c", program, str(file)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == "valid False\n", done.stderr
