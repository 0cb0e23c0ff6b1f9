"""The whole month in money: to be billed, billed by which document, paid elsewhere, free, side by side.

A session's part of a document is what the document's lines say of it; its VAT is shared out so that the parts
of one document add up to the document's own VAT.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Literal, NamedTuple
from uuid import UUID

from ledger.domain.events import VatTreatment
from ledger.domain.invoice.lines import Sums
from ledger.domain.money import half_up, vat_on
from ledger.packed import PackedRows, Rereadable
from projections.engine.runner import inputs_at
from projections.inputs.price_lists import listed
from projections.queries.sales_register import Register, register, vat_period
from projections.read_models.billing import BilledCustomer, BilledSession
from projections.views import Views

if TYPE_CHECKING:
    from ledger.application.ledger import Ledger
    from ledger.domain.invoice.state import Invoice
    from ledger.domain.ledger_state import LedgerState

Standing = Literal["to_bill", "waiting", "billed", "receipt", "elsewhere", "free"]
"""Where a session's amount stands; waiting: over 48 hours and not confirmed; receipt: settled by the till."""
STANDINGS: tuple[Standing, ...] = ("to_bill", "waiting", "billed", "receipt", "elsewhere", "free")
NOTHING = Sums(0, 0, 0)
_RECEIPT, _ELSEWHERE = "receipt:", "elsewhere:"


class DocumentPart(NamedTuple):
    """What a document says of the sessions of a report; `whole` is the document's own sums.

    `counts`: False for an invoice made out to a receipt, which the till has counted.
    """

    number: str
    customer: str
    vat_period: str | None
    vat_percent: int
    treatment: VatTreatment
    sessions: tuple[int, ...]
    part: Sums
    whole: Sums
    counts: bool


class SessionMoney(NamedTuple):
    """Where a session's amount stands, its documents, and what these say of it together."""

    session: int
    customer: str
    standing: Standing
    documents: tuple[str, ...]
    started_hours: int
    list_grosze: int
    net_grosze: int
    billed: Sums

    @property
    def difference_grosze(self) -> int:
        """By how much the session's net now differs from its documents; 0 where there are none."""
        return self.net_grosze - self.billed.net_grosze if self.documents else 0


class StandingSums(NamedTuple):
    """Sessions of one standing: their number, started hours, list value before any discount, and sums.

    What is billed is summed as the documents have it, what is not as it would be billed today.
    """

    sessions: int = 0
    started_hours: int = 0
    list_grosze: int = 0
    net_grosze: int = 0
    vat_grosze: int = 0
    gross_grosze: int = 0


class CustomerMonth(NamedTuple):
    """A customer's month by standing, and in all; `treatment` is how their next document is taxed."""

    customer: str
    treatment: VatTreatment
    by_standing: dict[Standing, StandingSums]
    total: StandingSums


class MonthMoney(NamedTuple):
    """Every session of a report, its documents, its customers, and all of them together."""

    sessions: Rereadable[SessionMoney]
    documents: list[DocumentPart]
    customers: list[CustomerMonth]
    total: dict[Standing, StandingSums]

    @property
    def to_be_billed(self) -> list[BilledCustomer]:
        """Return the sums to be billed by customer, with the VAT of the document that is to come."""
        found: list[BilledCustomer] = []
        for each in self.customers:
            due, free = each.by_standing["to_bill"], each.by_standing["free"]
            if due.sessions or free.sessions:
                hours = due.started_hours + free.started_hours
                sums = (due.net_grosze, due.vat_grosze, due.gross_grosze)
                found.append(BilledCustomer(each.customer, hours, *sums))
        return found


def month_money(
    views: Views,
    ledger: Ledger,
    position: int,
    sessions: Iterable[BilledSession],
    found: Register | None = None,
) -> MonthMoney:
    """Return where the money of rated sessions stands after `position` events.

    The sessions are gone through several times. `found` is the register at that position, for a caller that
    has read it.
    """
    found = register(ledger.store, position) if found is None else found
    documents, said = _documents(found, ledger, sessions)
    inputs = inputs_at(views, ledger.store, position)
    prices = _ListPrices(inputs.state)
    by_till = {session for each in documents if not each.counts for session in each.sessions}
    money = PackedRows(SessionMoney)
    sums: dict[str, _Sums] = defaultdict(_Sums)
    for each in sessions:
        its = SessionMoney(
            each.session,
            each.customer,
            standing_of(each, by_till=each.session in by_till),
            tuple(said.get(each.session, {})),
            each.started_hours,
            prices.of(each),
            each.net_grosze,
            _summed(said.get(each.session, {}).values()),
        )
        money.add(its)
        sums[each.customer].add(each, its)
    inputs.customers.read(set(sums))
    customers = [sums[code].month(code, inputs.customers.treatment(code)) for code in sorted(sums)]
    total: dict[Standing, StandingSums] = {
        kind: added(each.by_standing[kind] for each in customers) for kind in STANDINGS
    }
    return MonthMoney(money, documents, customers, total)


def added(amounts: Iterable[StandingSums]) -> StandingSums:
    """Return the sum of amounts, field by field."""
    return (
        StandingSums(*map(sum, zip(*amounts, strict=True))) if (amounts := list(amounts)) else StandingSums()
    )


# --- documents --------------------------------------------------------------------------------


_Said = dict[int, dict[str, Sums]]
"""By session and document, what the document says of the session."""


def _documents(
    found: Register, ledger: Ledger, sessions: Iterable[BilledSession]
) -> tuple[list[DocumentPart], _Said]:
    """Return the documents that stand behind sessions, and what each says of every one of them."""
    by_number = {each.issued.number: each for each in found.documents.values()}
    parts: list[DocumentPart] = []
    said: _Said = defaultdict(dict)
    behind = sorted({each.billed for each in sessions if each.billed in by_number})
    reported = {each.session for each in sessions} if behind else set[int]()
    for number in behind:
        invoice = by_number[number]
        for document in (invoice, *found.corrections_of(invoice)):
            shares = shared_out(document, ledger)
            here = {session: share for session, share in shares.items() if session in reported}
            for session, share in here.items():
                said[session][document.issued.number] = share
            if here:
                parts.append(_part(found, document, here))
    return parts, said


def _part(found: Register, document: Invoice, here: Mapping[int, Sums]) -> DocumentPart:
    issued = document.issued
    return DocumentPart(
        issued.number,
        issued.customer,
        vat_period(found, document),
        issued.vat_percent,
        issued.treatment,
        tuple(sorted(here)),
        _summed(here.values()),
        Sums(issued.net_grosze, issued.vat_grosze, issued.gross_grosze),
        counts=found.original_of(document).issued.receipt is None,
    )


def shared_out(document: Invoice, ledger: Ledger) -> dict[int, Sums]:
    """Return what a document says of each of its sessions; the parts add up to the document.

    VAT is shared out by what the net has come to, session after session, each time half up.
    """
    nets: dict[UUID, int] = defaultdict(int)
    for line in document.issued.lines:
        nets[line.session] += -line.net_grosze if line.before else line.net_grosze
    numbers = ledger.store.session_numbers(nets)
    by_number = sorted((numbers[stream], net) for stream, net in nets.items())
    return dict(shares(by_number, document.issued.net_grosze, document.issued.vat_grosze))


def shares(nets: Iterable[tuple[int, int]], net_grosze: int, vat_grosze: int) -> Iterator[tuple[int, Sums]]:
    """Yield each session's part of a document's net and VAT; `nets` are by session, in any order kept."""
    seen = taken = 0
    for session, net in nets:
        seen += net
        until = vat_grosze if net_grosze == 0 else half_up_signed(seen * vat_grosze, net_grosze)
        vat, taken = until - taken, until
        yield session, Sums(net, vat, net + vat)


def half_up_signed(numerator: int, denominator: int) -> int:
    """Return the quotient to the nearest integer, halves away from zero, of any sign."""
    return half_up(-numerator, -denominator) if denominator < 0 else half_up(numerator, denominator)


def _summed(sums: Iterable[Sums]) -> Sums:
    return Sums(*map(sum, zip(NOTHING, *sums, strict=True)))


# --- sessions and customers -------------------------------------------------------------------


class _ListPrices:
    """What started hours cost before any discount, by the price list's id and the band."""

    def __init__(self, state: LedgerState) -> None:
        self._lists = [listed(state, each.digest) for each in state.tariffs]
        self._by_id = {each.id: each for each in self._lists}

    def of(self, session: BilledSession) -> int:
        """Return a session's hours at the list price; a band it lacks, at another list's."""
        own = self._by_id[session.tariff]
        lists = [own, *self._lists]
        return sum(
            hours * next(each for each in lists if band in each.bands).list_grosze(band)
            for band, hours in session.band_hours.items()
            if hours
        )


def standing_of(session: BilledSession, *, by_till: bool = False) -> Standing:
    """Return where a session's amount stands; `by_till`: on an invoice made out to a receipt."""
    billed = session.billed
    if by_till:
        return "receipt"
    if billed is None and session.net_grosze == 0:
        return "free"
    if billed is None:
        return "to_bill" if session.counted else "waiting"
    if billed.startswith(_RECEIPT):
        return "receipt"
    return "elsewhere" if billed.startswith(_ELSEWHERE) else "billed"


class _Sums:
    """A customer's sessions added up by standing; VAT is taken at the end, once their treatment is known."""

    def __init__(self) -> None:
        self._sums: dict[Standing, list[int]] = defaultdict(lambda: [0] * len(StandingSums._fields))
        self._nets: dict[tuple[Standing, str | None, int], int] = defaultdict(int)

    def add(self, session: BilledSession, its: SessionMoney) -> None:
        """Add a session: what is billed as the documents have it, the rest by document and rate."""
        kind = its.standing
        sums = self._sums[kind]
        sums[0] += 1
        sums[1] += its.started_hours
        sums[2] += its.list_grosze
        if kind == "billed":
            sums[3:] = map(sum, zip(sums[3:], its.billed, strict=True))
        else:
            self._nets[kind, session.billed, session.vat_percent] += its.net_grosze

    def month(self, code: str, treatment: VatTreatment) -> CustomerMonth:
        """Return the sums; VAT once on the net of each document that there is or would be."""
        found: dict[Standing, StandingSums] = {kind: StandingSums(*self._sums[kind]) for kind in STANDINGS}
        for (kind, _, percent), net in self._nets.items():
            vat = vat_on(net, percent) if treatment == "pl" or kind == "receipt" else 0
            found[kind] = added((found[kind], StandingSums(0, 0, 0, net, vat, net + vat)))
        return CustomerMonth(code, treatment, found, added(found.values()))
