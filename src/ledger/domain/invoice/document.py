"""`Document`: everything an invoice or a correction says, ready to be written as FA(3) and as paper.

Plain data: whoever makes one has decided every amount. Money is grosze, days are office days, instants
are UTC. Source of the fields: art. 106e of the Polish VAT act and the schema FA(3).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from ledger.domain.clock import Period
from ledger.domain.events import CorrectionEffect, VatTreatment
from ledger.domain.tariff.sections import Assumption, BandName


@dataclass(frozen=True, slots=True)
class Party:
    """Seller or buyer. A Polish business has `nip`, an EU one `vat_id` (with its country's prefix)."""

    name: str
    address_line1: str = ""
    address_line2: str = ""
    country: str = "PL"
    nip: str | None = None
    vat_id: str | None = None
    email: str | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """How the document is to be paid: by transfer to an IBAN until a day."""

    due_on: date
    bank_account: str | None = None
    bank_name: str | None = None
    bank_bic: str | None = None
    """The bank's code (SWIFT), which a transfer from abroad asks for."""


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """One line: `quantity` started hours; net = quantity x (list - discount), the discount off one hour."""

    number: int
    unit_id: str
    service_on: date
    name: str
    quantity: int
    list_grosze: int
    discount_grosze: int
    net_grosze: int
    before: bool = False
    """In a correction: as it stood; the row after it has the same number and unit_id."""
    name_en: str | None = None
    """The name in English, which the paper says beside that of the XML; None where the band has none."""


@dataclass(frozen=True, slots=True)
class Corrects:
    """What a correction corrects. `buyer_before`: the buyer as it stood, where that is corrected."""

    number: str
    issued_on: date
    reason: str
    effect: CorrectionEffect
    ksef_number: str | None = None
    buyer_before: Party | None = None


@dataclass(frozen=True, slots=True)
class DocumentNote:
    """A key and a value beside a row (DodatkowyOpis); row None: about the whole document."""

    key: str
    value: str
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """An invoice (kind VAT) or a correction (KOR), whose sums then are differences."""

    number: str
    kind: Literal["VAT", "KOR"]
    issued_on: date
    made_at: datetime
    seller: Party
    buyer: Party
    is_consumer: bool
    treatment: VatTreatment
    vat_percent: int
    rows: tuple[DocumentRow, ...]
    net_grosze: int
    vat_grosze: int
    gross_grosze: int
    payment: Payment
    place: str | None = None
    receipt: str | None = None
    """Number of the till receipt it is made out to (FP)."""
    corrects: Corrects | None = None
    notes: tuple[DocumentNote, ...] = ()


@dataclass(frozen=True, slots=True)
class PrintedHour:
    """A started hour behind a line, with the rule and the sentence of the price list it is priced by."""

    opened_at: datetime
    band: str
    list_grosze: int
    discount_percent: int
    net_grosze: int
    """After every discount and waiver."""
    rule: str
    quote: str
    band_name: BandName | None = None
    """What the price list calls the band; None for a band that nothing names."""
    holiday: str | None = None
    """Code of the public holiday on which the hour opened, by the price list's calendar."""
    waived_grosze: int = 0
    """What the waiver took off it."""


@dataclass(frozen=True, slots=True)
class PrintedSession:
    """A session as the paper shows it below the lines; free hours and all."""

    number: int
    session_ref: str | None
    issue: str
    connected_at: datetime
    ended_at: datetime
    hours: tuple[PrintedHour, ...]
    waived_grosze: int
    purged_at: datetime | None
    evidence: str | None
    """measured, absence_measured, declared; None while nothing is deleted."""
    assumptions: tuple[Assumption, ...] = ()
    """The readings of the price list that the amount rests on, alone or with another."""
    alone: tuple[str, ...] = ()
    """Ids of those of which another reading alone would change it."""
    pairs: tuple[tuple[str, str], ...] = ()
    """Ids of readings that only together would change it."""
    waived_reason: str | None = None
    """The code of the reason for the waiver; None without one."""
    is_charged: bool = True
    """False on a correction that took all of the session off: what it comes to is another buyer's now."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What the printed invoice shows beside the document: the XML it pictures, sessions, KSeF, the log."""

    document: Document
    xml: bytes
    sessions: tuple[PrintedSession, ...]
    origin: str
    """The ledger's name."""
    tree_size: int
    root: bytes
    covered_at: datetime
    """When the checkpoint was signed: the paper's own moment."""
    in_ksef: bool
    """Whether the document has to go, or went, to KSeF: only then it has a verification code."""
    ksef_number: str | None = None
    qr_base_url: str = "https://qr.ksef.mf.gov.pl"
    issuer_url: str | None = None
    """KOD II: only of a document without a KSeF number, where the shop has a certificate for it."""
    paid_grosze: int = 0


@dataclass(frozen=True, slots=True)
class Statement:
    """A customer's sessions of a period as they stand, free and test sessions too; no billing document."""

    customer: str
    """Their code."""
    name: str
    period: Period
    as_of: datetime
    sessions: tuple[PrintedSession, ...]
    net_grosze: int
    vat_grosze: int
    gross_grosze: int
    seller: tuple[str, ...] = ()
    """Name, address and NIP of who gives it, as far as ledger.toml says them."""
