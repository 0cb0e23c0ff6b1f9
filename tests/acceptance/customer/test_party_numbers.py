"""Tax numbers: what an invoice would refuse is refused when it is typed, with the number."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest
from lxml import etree

from ledger.errors import BadCell
from ledger.fa3.countries import COUNTRIES
from ledger.handlers.customer import check_profile
from tests.support.office import Office

XSD = "{http://www.w3.org/2001/XMLSchema}"
AT_HOME = ("--address-line1", "ul. Cicha 2")
SELLER = ("seller.nip=5260250274", "seller.name=Serwis", "seller.address_line1=ul. Prosta 1")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path / "ledger")
    for setting in SELLER:
        made.does("config", "set", setting)
    return made


def fact(**fields: str) -> str:
    with pytest.raises(BadCell) as refusal:
        check_profile({"name": "Firma", "consumer": "no", **fields})
    return refusal.value.fact


@pytest.mark.parametrize("nip", ["5260250275", "0000000000", "1234567890", "526-025-02-75", "PL 5260250275"])
def test_nip_that_is_none_is_refused_with_its_value(nip: str) -> None:
    digits = "".join(c for c in nip if c.isdigit())
    assert fact(nip=nip) == f"nip {digits} is not a valid NIP"


@pytest.mark.parametrize(
    ("nip", "consumer"),
    [("5260250275", "yes"), ("90010112345", "no"), ("Jan Nowak", "no"), ("900101 12345", "unknown")],
)
def test_refused_number_of_a_private_person_is_not_repeated(nip: str, consumer: str) -> None:
    told = fact(nip=nip, consumer=consumer)
    assert told.startswith("nip is not a valid NIP")
    assert not any(part in told for part in nip.split())


@pytest.mark.parametrize(
    ("country", "vat_id", "kept"),
    [
        ("DE", "DE136695976", "DE136695976"),
        ("DE", "de 136 695 976", "DE136695976"),
        ("GR", "EL094259216", "EL094259216"),
        ("GR", "GR094259216", "EL094259216"),
        ("GB", "XI980780684", "XI980780684"),
        ("GB", "GB980780684", "GB980780684"),
        ("AT", "ATU13585627", "ATU13585627"),
        ("CH", "CHE-116.281.710", "CHE-116.281.710"),
        ("US", "12-3456789", "12-3456789"),
    ],
)
def test_vat_number_is_kept_as_an_invoice_takes_it(country: str, vat_id: str, kept: str) -> None:
    found = check_profile({"name": "Firma", "consumer": "no", "country": country, "vat_id": vat_id})
    assert found.personal["vat_id"] == kept


@pytest.mark.parametrize(
    ("country", "vat_id", "treatment", "told"),
    [
        ("DE", "DE123456789", "eu", "vat_id DE123456789 is not a valid VAT number"),
        ("DE", "DE1366959761", "eu", "vat_id DE1366959761 is not a valid VAT number"),
        ("GR", "EL094259217", "eu", "vat_id EL094259217 is not a valid VAT number"),
        ("GB", "XI123456789", "ask", "vat_id XI123456789 is not a valid VAT number"),
        ("FR", "DE136695976", "eu", "vat_id DE136695976 has the prefix DE, and the country is FR"),
        ("PL", "DE136695976", "eu", "vat_id DE136695976 has the prefix DE, and the country is PL"),
        ("DE", "136695976", "eu", "vat_id 136695976 has no prefix of a member state"),
        ("GB", "GB980780684", "eu", "vat_id GB980780684 has no prefix of a member state"),
        ("PL", "PL7740001454", "pl", "vat_id PL7740001454 is a Polish number"),
    ],
)
def test_vat_number_that_no_invoice_takes_is_refused_with_its_value(
    country: str, vat_id: str, treatment: str, told: str
) -> None:
    assert fact(country=country, vat_id=vat_id, vat_treatment=treatment) == told


@pytest.mark.parametrize("field", ["name", "address_line1", "address_line2"])
@pytest.mark.parametrize("character", ["\x81", "\x07", "\ufffe"])
def test_text_that_no_invoice_takes_is_refused_when_typed(field: str, character: str) -> None:
    assert f"{field} holds the character U+{ord(character):04X}" in fact(**{field: f"Dru{character}karnia"})


@pytest.mark.parametrize(
    ("code", "meant"), [("UK", "GB"), ("EL", "GR"), ("XX", "ISO 3166"), ("QQ", "ISO 3166")]
)
def test_country_that_no_invoice_may_name_is_refused_when_typed(code: str, meant: str) -> None:
    with pytest.raises(BadCell, match=f"country {code} is none that an invoice may name") as refusal:
        check_profile({"name": "Firma", "consumer": "no", "country": code, "vat_treatment": "non_eu"})
    assert meant in str(refusal.value.hint)


def test_countries_are_those_of_the_schema() -> None:
    """Given the schema of KSeF as its package ships it, then its list is ours."""
    package = find_spec("ksef_client")
    assert package is not None
    assert package.origin is not None
    (schema,) = Path(package.origin).parent.rglob("KodyKrajow_v10-0E.xsd")
    (kind,) = (
        each for each in etree.parse(schema).iter(f"{XSD}simpleType") if each.get("name") == "TKodKraju"
    )
    assert {each.get("value") for each in kind.iter(f"{XSD}enumeration")} == COUNTRIES


def test_customer_of_an_older_ledger_with_such_a_country_waits_and_stops_nobody_else(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a customer in UK that a release before took, the plan says why it waits; others are issued."""
    office.does("customer", "add", "K-1", "--name", "A", "--consumer", "no", "--nip", "5265877635", *AT_HOME)
    with monkeypatch.context() as before:
        before.setattr("ledger.handlers.customer.no_country", _finds_nothing)
        abroad = ("--country", "UK", "--vat-treatment", "non_eu", "--address-line1", "Road 1")
        office.does("customer", "add", "K-2", "--name", "B", "--consumer", "no", *abroad)
    header = "session_ref,customer,issue,connected_at,ended_at"
    rows = [
        ("S-1", "K-1", "other", "2026-11-16 09:00", "2026-11-16 09:30"),
        ("S-2", "K-2", "other", "2026-11-16 10:00", "2026-11-16 10:30"),
    ]
    office.takes("session", header, rows)
    planned = office.does("invoice", "draft", "--period", "2026-11").out
    assert "country UK is none that an invoice may name" in planned
    issued = office.run("invoice", "issue", "--period", "2026-11", "--all", "--yes")
    assert issued.status == 3
    assert "K-1" in issued.out
    mended = ("--country", "GB", "--reason", "data-changed")
    office.does("customer", "update", "K-2", *mended)
    office.does("invoice", "issue", "--period", "2026-11", "--all", "--yes")
    assert len(office.does("invoice", "list", "-f", "csv").out.splitlines()) == 3


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("nip=5260250275", "seller.nip 5260250275 is not a valid NIP"),
        ("nip=0000000000", "seller.nip 0000000000 is not a valid NIP"),
        ("nip=DE136695976", "seller.nip DE136695976 is not a valid NIP"),
        ("nip=900-101-12-345", "seller.nip 900-101-12-345 is not a valid NIP"),
        ("email=serwis", "seller.email is not an e-mail address"),
        ("bank_name=" + "x" * 257, "seller.bank_name"),
        ("place=" + "x" * 257, "seller.place"),
        ("bank_account=PL61109010140000071219812875", "seller.bank_account is not a valid IBAN"),
    ],
)
def test_seller_that_no_invoice_takes_is_refused_when_set(office: Office, setting: str, told: str) -> None:
    before = office.does("config", "show").out
    answer = office.run("config", "set", f"seller.{setting}")
    assert answer.status == 2
    assert told in answer.err
    assert office.does("config", "show").out == before


@pytest.mark.parametrize("nip", ["526-025-02-74", "PL5260250274", "pl 526 025 02 74"])
def test_sellers_nip_may_be_written_as_it_is_on_paper(office: Office, nip: str) -> None:
    office.does("config", "set", f"seller.nip={nip}")
    firma = ("customer", "add", "K-1", "--name", "Firma", "--consumer", "no", "--nip", "5260250274")
    assert "NIP 5260250274 is the seller's own\n" in office.does(*firma).err


def test_reverse_charge_is_no_matter_of_a_consumer() -> None:
    assert "consumer" in fact(consumer="yes", country="DE", vat_treatment="eu")


def test_one_nip_twice_and_the_seller_s_own_are_told(office: Office) -> None:
    firma = ("--name", "Firma", "--consumer", "no", "--nip")
    assert "NIP" not in office.does("customer", "add", "K-1", *firma, "5265877635").err
    again = office.does("customer", "add", "K-2", *firma, "526-587-76-35")
    assert "NIP 5265877635 is that of customer K-1 too\n" in again.err
    assert (
        "NIP 5260250274 is the seller's own\n"
        in office.does("customer", "add", "K-3", *firma, "5260250274").err
    )
    header = "customer,name,nip"
    rows = [("K-4", "A", "7740001454"), ("K-5", "B", "7740001454"), ("K-6", "C", "5265877635")]
    told = office.takes("customer", header, rows).err
    for line in (
        "customer.csv:2: nip: warning: NIP 7740001454 is that of customer K-5 too",
        "customer.csv:3: nip: warning: NIP 7740001454 is that of customer K-4 too",
        "customer.csv:4: nip: warning: NIP 5265877635 is that of customer K-1 too",
    ):
        assert line in told
    changed = office.does("customer", "update", "K-6", "--nip", "5260250274", "--reason", "data-changed")
    assert "NIP 5260250274 is the seller's own" in changed.err


def _finds_nothing(_code: str) -> None:
    """Take any code of a country, as the program did before."""


def _accepts_anything(_personal: object) -> None:
    """Check nothing, as the program did before it read names for what XML cannot hold."""


def test_plan_names_a_buyer_whom_issuing_refuses(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a buyer who came in before this was checked, when a plan is made, then it says why not."""
    with monkeypatch.context() as before:
        before.setattr("ledger.handlers.customer.check_writable", _accepts_anything)
        office.does(
            *("customer", "add", "K-9", "--name", "Dru\x81karnia", "--nip", "7740001454", "--consumer", "no"),
            *("--address-line1", "ul. Krucza 2"),
        )
    row = ("U-1", "K-9", "other", "2026-11-16 11:20", "2026-11-16 12:10")
    office.takes("session", "session_ref,customer,issue,connected_at,ended_at", [row])
    draft = office.asks("invoice", "draft", "--period", "2026-11")
    (planned,) = [each for each in draft["documents"] if each["customer"] == "K-9"]
    assert (planned["state"], planned["reason"]) == ("blocked", "E-INVOICE-FIELD")
    assert office.run("invoice", "issue", "--period", "2026-11", "--all", "--yes").status != 70
