"""Every kind of document is valid for validators that are not ours, as the Ministry's are; none damaged."""

from __future__ import annotations

import os
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ledger.errors import Malformed
from ledger.fa3.validate import validate
from tests.support.every_document import every_document, xml_files
from tests.support.ksef.server import fake_ksef
from tests.support.office import sqlite_only
from tests.support.other_validators import VALIDATORS
from tests.support.xml_sums import files_agree

pytestmark = sqlite_only
GOLDEN = Path(__file__).parents[2] / "ledger" / "fa3" / "golden"
DAMAGES: dict[str, tuple[str, str]] = {
    "no gross": (r"<P_15>[^<]*</P_15>", ""),
    "a gross with a comma": (r"<P_15>([^<]*)\.(\d\d)</P_15>", r"<P_15>\1,\2</P_15>"),
    "a gross of three decimals": (r"<P_15>([^<]*)</P_15>", r"<P_15>\g<1>1</P_15>"),
    "a day as Poles write it": (r"<P_1>[^<]*</P_1>", "<P_1>01.12.2026</P_1>"),
    "a day that is none": (r"<P_1>[^<]*</P_1>", "<P_1>2026-11-31</P_1>"),
    "a NIP with a letter": (r"<NIP>\d", "<NIP>A"),
    "a kind that is none": (r"<RodzajFaktury>[^<]*<", "<RodzajFaktury>PRO<"),
    "a field nobody knows": (r"<P_15>", "<P_16A>1</P_16A><P_15>"),
    "two fields in each other's place": (r"(<P_1>[^<]*</P_1>)(.*?)(<P_2>[^<]*</P_2>)", r"\3\2\1"),
    "another namespace": (r'xmlns="[^"]*"', 'xmlns="http://crd.gov.pl/wzor/2023/06/29/12648/"'),
    "another code of the form": (r'kodSystemowy="FA \(3\)"', 'kodSystemowy="FA(3)"'),
    "no buyer": (r"<Podmiot2>.*?</Podmiot2>", ""),
    "a currency that is none": (r"<KodWaluty>PLN<", "<KodWaluty>PLZ<"),
}
"""What is made of a valid file, by replacing the first of a form; none of it is one more invoice."""


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Outside KSeF and in it; the files of each, and the kept file of each kind of the writer."""
    outside, _ = every_document(tmp_path_factory.mktemp("outside") / "ledger")
    with fake_ksef(date(2026, 12, 1)) as ksef:
        inside, _ = every_document(tmp_path_factory.mktemp("inside") / "ledger", ksef)
    found = [*xml_files(outside), *xml_files(inside)]
    assert len(found) == 2 * 18
    return [*found, *sorted(GOLDEN.glob("*.xml"))]


@pytest.fixture(scope="module")
def damaged(documents: list[Path], tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Each damage of a few documents, no two with one text."""
    folder = tmp_path_factory.mktemp("damaged")
    found: list[Path] = []
    for number, document in enumerate(documents[::9]):
        text = document.read_text(encoding="utf-8")
        for name, (form, other) in DAMAGES.items():
            path = folder / f"{number}-{name}.xml"
            path.write_text(re.sub(form, other, text, count=1, flags=re.DOTALL), encoding="utf-8")
            assert path.read_text(encoding="utf-8") != text, name
            found.append(path)
    return found


@pytest.fixture(scope="module")
def samples() -> list[Path]:
    """The 26 files that the Ministry of Finance published with the schema, where they are at hand."""
    corpus = os.environ.get("SESSION_LEDGER_CORPUS")
    return sorted((Path(corpus) / "fa3-samples").glob("*.xml")) if corpus else []


def test_every_amount_follows_from_the_file_alone(documents: list[Path]) -> None:
    """Rows, sums and VAT once on the whole of each invoice, of those outside KSeF and of those in it."""
    outside, inside = documents[:18], documents[18:36]
    assert files_agree(outside) == files_agree(inside)
    assert sum(gross for _, _, gross in files_agree(outside).values()) == Decimal("3088.13")


@pytest.fixture(scope="module", params=VALIDATORS)
def taken(
    request: pytest.FixtureRequest, documents: list[Path], damaged: list[Path], samples: list[Path]
) -> set[Path]:
    """What a validator finds valid; asked once for all, since the start of one takes seconds."""
    files = [*documents, *damaged, *samples]
    verdicts = VALIDATORS[request.param](files)
    return {file for file, valid in zip(files, verdicts, strict=True) if valid}


def test_every_kind_of_document_is_valid_for_another_validator(
    documents: list[Path], taken: set[Path]
) -> None:
    assert [file for file in documents if file not in taken] == []


def test_a_damaged_file_is_valid_for_none(damaged: list[Path], taken: set[Path]) -> None:
    """For ours neither."""
    assert [file.name for file in damaged if file in taken] == []
    for file in damaged:
        with pytest.raises(Malformed):
            validate(file.read_bytes())


def test_the_samples_of_the_ministry_are_valid_for_another_validator(
    samples: list[Path], taken: set[Path]
) -> None:
    if not samples:
        pytest.skip("SESSION_LEDGER_CORPUS is not set: the Ministry's samples of FA(3) are not at hand")
    assert len(samples) == 26
    assert [file.name for file in samples if file not in taken] == []
