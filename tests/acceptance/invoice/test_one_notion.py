"""Whatever happens to sessions and invoices, what `check` names can be done, and then the sums agree.

A history is commands on two customers' sessions, each taken or refused. Afterwards every step that `check`
names is done once and clears its finding; then the report's sessions on invoices come to what the register
says, VAT is that of an independent reckoning, and no session stands on two documents.
"""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.application.ledger import Environment, Ledger
from ledger.application.metadata import Metadata
from ledger.domain import events as e
from ledger.domain.clock import office_time, parse_instant, parse_period
from ledger.domain.events import Issue
from ledger.domain.invoice.commands import RecordPayment
from ledger.domain.invoice.state import Invoice
from ledger.domain.session.commands import (
    Connect,
    Correct,
    DeclarePurged,
    End,
    SessionCommand,
    Void,
    Waive,
)
from ledger.domain.session.request import RequestHelp
from ledger.errors import Refused
from ledger.handlers import period as periods
from ledger.handlers.check import documents
from ledger.handlers.customer import add_purchase, return_purchase
from ledger.handlers.invoice import correct as correcting
from ledger.handlers.invoice import issue as invoicing
from ledger.handlers.invoice import payments
from ledger.handlers.invoice.plan import plan
from ledger.handlers.invoice.withdraw import withdraw
from ledger.handlers.new_price_list import new_price_list
from ledger.handlers.privacy.invoices import all_documents
from ledger.handlers.session import handle, request
from ledger.handlers.settings import publish
from ledger.store.finding import CheckFinding
from projections.engine import runner
from projections.read_models import billing
from projections.read_side import ReadSide
from tests.ledger.domain.rating.rating_cases import shop_text
from tests.support.billing_office import business, shop, valid_nip
from tests.support.office import sqlite_only
from tests.support.xml_sums import files_agree

LONG = "SESSION_LEDGER_LONG" in os.environ
EXAMPLES = 5_000 if LONG else 200
IN_MEMORY = next((place for place in ("/dev/shm",) if os.access(place, os.W_OK)), None)  # noqa: S108 - of tempfile
BEGAN = parse_instant("2026-11-16T09:00:00+01:00")
ANNA = Metadata("anna")
CUSTOMERS = ("K-1", "K-2")
STEP = re.compile(r"invoice correct (\S+) (puts it right|takes it off)")
TOO_EARLY = re.compile(r"; (\S+) has no number of KSeF yet; ")
PERIOD, MONTH = parse_period("2026"), parse_period("2026-11")

which = st.integers(0, 9)
minutes = st.sampled_from((-95, -61, -30, 5, 45, 61, 130))
DEEDS = st.one_of(
    st.tuples(st.just("help"), which, st.sampled_from((20, 59, 61, 150, 700))),
    st.tuples(st.just("end"), which, minutes),
    st.tuples(st.just("customer"), which, which),
    st.tuples(st.just("issue of session"), which, which),
    st.tuples(st.just("void"), which, which),
    st.tuples(st.just("waive"), which, which),
    st.tuples(st.just("purge"), which, which),
    st.tuples(st.just("purchase"), which, which),
    st.tuples(st.just("return"), which, which),
    st.tuples(st.just("issue"), which, which),
    st.tuples(st.just("issue"), which, which),
    st.tuples(st.just("correct"), which, which),
    st.tuples(st.just("accept"), which, which),
    st.tuples(st.just("reject"), which, which),
    st.tuples(st.just("withdraw"), which, which),
    st.tuples(st.just("pay"), which, which),
    st.tuples(st.just("later"), which, which),
    st.tuples(st.just("close"), which, which),
    st.tuples(st.just("prices"), which, which),
)
WAIVERS = (
    Waive(reason="goodwill", percent=50),
    Waive(reason="goodwill", half_percents=25),
    Waive(reason="goodwill", amount_grosze=3_333),
    Waive(reason="goodwill", hours=1),
    Waive(reason="goodwill", percent=0),
)
ISSUES: tuple[Issue, ...] = ("other", "hardware", "test")


RETROACTIVE: Any = {"retroactive": True, "reason": "price-change: dziś"}


@cache
def prices(valid_from: date, dearer: int) -> str:
    """The shop's price list with another price of an hour, from a day on."""
    changes = {"base_price": f"{100 + 7 * dearer}.33"}
    made = new_price_list(
        shop_text(), tariff_id=f"p-{dearer}", valid_from=valid_from, changes=changes, mend={}, drop=()
    )
    return made.text


class Shop(NamedTuple):
    """A ledger at work, and its clock."""

    ledger: Ledger
    folder: Path
    clock: list[datetime]
    told: Counter[str]

    # --- what is done -------------------------------------------------------------------------

    def does(self, deed: str, one: int, other: int) -> None:
        """Do something, or be refused."""
        self.clock[0] += timedelta(minutes=7)
        try:
            done = self._done(deed, one, other)
        except Refused:
            done = False
        self.told[f"{deed} {'taken' if done else 'refused'}"] += 1

    def _done(self, deed: str, one: int, other: int) -> bool:
        ledger, now = self.ledger, self.clock[0]
        if deed == "help":
            self._help(CUSTOMERS[one % 2], other)
        elif deed == "purchase":
            return (
                add_purchase(ledger, ANNA, CUSTOMERS[one % 2], order_ref=f"Z-{other % 3}", at=BEGAN)
                is not None
            )
        elif deed == "later":  # into the next month, sooner or later
            self.clock[0] += timedelta(days=1 + other)
        elif deed == "close":
            self._closes(again=bool(other % 2))
        elif deed == "prices":
            self._prices(other)
        elif deed == "return":
            ref = f"Z-{other % 3}"
            return_purchase(ledger, ANNA, CUSTOMERS[one % 2], order_ref=ref, at=now, reason="complaint")
        elif deed in {"correct", "accept", "reject", "withdraw", "pay"}:
            return self._with_document(deed, one, other)
        else:
            return self._with_session(deed, one, other)
        return True

    def _closes(self, *, again: bool) -> None:
        """Close the month of the help, or open it again."""
        if again:
            periods.reopen(self.ledger, ANNA, MONTH, reason="checked")
        else:
            periods.close(self.ledger, ANNA, MONTH, accept_open="checked")

    def _prices(self, other: int) -> None:
        """Another price of an hour, from this day on."""
        publish(self.ledger, ANNA, prices(office_time(self.clock[0]).date(), other % 3), **RETROACTIVE)

    def _help(self, customer: str, lasts: int) -> None:
        asked = request(self.ledger, ANNA, RequestHelp(customer=customer, issue="other"))
        number = str(asked.session)
        handle(self.ledger, ANNA, number, Connect())
        self.clock[0] += timedelta(minutes=lasts)
        handle(self.ledger, ANNA, number, End())

    def _with_session(self, deed: str, one: int, other: int) -> bool:
        sessions = self.ledger.store.keys("session")
        if not sessions:
            return False
        number = str(sessions[one % len(sessions)])
        session = self.ledger.session(self.ledger.find_session(number)[0])
        if deed == "issue":
            planned = plan(self.ledger, MONTH) if other % 2 else []
            if planned:
                return bool(invoicing.issue_period(self.ledger, ANNA, planned, tool="t").issued)
            invoicing.issue_session(self.ledger, ANNA, number, tool="t")
            return True
        commands: dict[str, SessionCommand] = {
            "end": Correct(
                ended_at=(session.ended_at or BEGAN) + timedelta(minutes=other), reason="wrong-time"
            ),
            "customer": Correct(customer=CUSTOMERS[other % 2], reason="wrong-customer"),
            "issue of session": Correct(
                issue=ISSUES[other % 3], order_ref="Z-1" if other % 3 == 1 else None, reason="wrong-issue"
            ),
            "void": Void(reason="double-entry", undo=session.voided),
            "waive": WAIVERS[other % len(WAIVERS)],
            "purge": DeclarePurged(),
        }
        handle(self.ledger, ANNA, number, commands[deed])
        return True

    def _with_document(self, deed: str, one: int, other: int) -> bool:
        found = all_documents(self.ledger)
        if not found:
            return False
        document = found[one % len(found)]
        number = document.issued.number
        if deed == "correct":
            to_zero = other == 0
            correcting.correct(self.ledger, ANNA, number, reason="checked", tool="t", to_zero=to_zero)
        elif deed == "withdraw":
            withdraw(self.ledger, ANNA, number, reason="checked")
        elif deed == "pay":
            paid = RecordPayment(amount_grosze=1_000 * other, on=self.clock[0].date(), method="transfer")
            payments.handle(self.ledger, ANNA, number, paid)
        else:
            return self._answered(number, is_taken=deed == "accept")
        return True

    def _answered(self, number: str, *, is_taken: bool) -> bool:
        """KSeF takes the document, or refuses it."""
        document, header = self.ledger.find_invoice(number), ANNA.header(self.clock[0])
        if document.issued.duty != "ksef" or document.accepted or document.state == "withdrawn":
            return False
        sent = e.InvoiceSubmitted(**header, mode="online", session_reference="S", reference="R")
        answer: e.Event = e.InvoiceRejected(**header, code=450)
        if is_taken:
            answer = e.InvoiceAccepted(
                **header,
                ksef_number=f"5260250274-20261201-{document.id.int % 16**12:012X}-AF",
                acquired_at=self.clock[0],
            )
        self.ledger.record(e.following(document.id, document.version, sent, answer))
        return True

    # --- what check names, done -----------------------------------------------------------------

    def findings(self) -> list[CheckFinding]:
        """What `check` finds of bills."""
        return list(documents.bills(self.ledger))

    def settles(self) -> None:
        """Do what each finding names, one after another; each deed clears the finding that named it."""
        for _ in range(60):
            found = self.findings()
            if not found:
                return
            self._settle(found[0])
        raise AssertionError(f"still found: {self.findings()}")

    def _settle(self, finding: CheckFinding) -> None:
        self.clock[0] += timedelta(minutes=1)
        if early := TOO_EARLY.search(finding.sentence):
            number = early[1]
            self.told["settled by an answer of KSeF"] += 1
            if "invoice withdraw" in finding.sentence:
                try:
                    withdraw(self.ledger, ANNA, number, reason="checked")
                except Refused:  # money came in for it: it is sent again
                    self._answered(number, is_taken=True)
            else:
                self._answered(number, is_taken=True)
        else:
            named = STEP.search(finding.sentence)
            assert named is not None, finding
            self.told[f"settled {finding.name}"] += 1
            correcting.correct(self.ledger, ANNA, named[1], reason="checked", tool="t")
        assert finding not in self.findings()

    # --- what must be so then -------------------------------------------------------------------

    def agrees(self) -> None:
        """Report, register and sessions tell the same; VAT is that of another reckoning."""
        with runner.current(self.folder, self.ledger.store) as views:
            found = billing.of_period(views, PERIOD)
            assert billing.changed(views) == 0
        every = all_documents(self.ledger)
        live = [each for each in every if each.state != "withdrawn"]
        register = sum(each.issued.net_grosze for each in live)
        opened = sum(each.net_grosze for each in self.ledger.read_models.unbilled(PERIOD).sessions)
        assert sum(each.net_grosze for each in found.sessions) == register + opened
        assert sum(each.net_grosze for each in found.customers) == opened
        billed = {each.session: each for each in found.sessions if each.billed is not None}
        standing: Counter[int] = Counter()
        for original in (each for each in live if not each.is_correction):
            family = [original, *(each for each in live if each.issued.corrects == original.id)]
            net = sum(each.issued.net_grosze for each in family)
            vat = Fraction(net * original.issued.vat_percent, 100)
            assert sum(each.issued.vat_grosze for each in family) == int(vat + Fraction(1, 2))
            for number, amount in self._by_session(family):
                standing[number] += amount
                if amount:
                    assert number in billed
                    assert billed[number].billed == original.issued.number
                    assert billed[number].customer == original.issued.customer
        for number, each in billed.items():
            assert each.net_grosze == standing[number]
        self._files_agree(live)

    def _files_agree(self, live: Sequence[Invoice]) -> None:
        """The files alone, reckoned again without the program, come to the same for every invoice."""
        documents = self.ledger.folder.documents
        found = files_agree(documents / f"{each.issued.xml_sha256}.xml" for each in live)
        for original in (each for each in live if not each.is_correction):
            family = [original, *(each for each in live if each.issued.corrects == original.id)]
            told = [
                sum(getattr(each.issued, name) for each in family)
                for name in ("net_grosze", "vat_grosze", "gross_grosze")
            ]
            assert [int(100 * amount) for amount in found[original.issued.number]] == told

    def _by_session(self, family: Sequence[Invoice]) -> Iterator[tuple[int, int]]:
        nets: Counter[UUID] = Counter()
        for document in family:
            for line in document.issued.lines:
                nets[line.session] += -line.net_grosze if line.before else line.net_grosze
        for stream, net in nets.items():
            yield self.ledger.session_number(stream), net


@pytest.fixture(scope="module", params=["exempt_10k", "online"])
def template(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with two businesses, outside KSeF or in it."""
    office = shop(tmp_path_factory.mktemp("one-notion") / "ledger", f"ksef.mode={request.param}")
    for number, code in enumerate(CUSTOMERS):
        business(office, code, f"Buyer {number}", valid_nip(number))
    return office.folder


@sqlite_only
def test_what_check_names_is_done_and_the_sums_agree(template: Path) -> None:
    told: Counter[str] = Counter()
    how = settings(
        max_examples=EXAMPLES // 2,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )

    @how
    @given(st.lists(DEEDS, min_size=4, max_size=16))
    def every_history(deeds: list[tuple[str, int, int]]) -> None:
        with TemporaryDirectory(prefix="sl-notion-", dir=IN_MEMORY) as place:
            folder, clock = Path(place) / "ledger", [BEGAN]
            shutil.copytree(template, folder)
            environment = Environment(lambda: clock[0], os.urandom)
            with Ledger.open(folder, environment, read_models=ReadSide) as ledger, ledger.signing.once():
                done = Shop(ledger, folder, clock, told)
                for deed in [("help", 0, 61), *deeds]:
                    done.does(*deed)
                done.settles()
                done.agrees()
        told["histories"] += 1

    every_history()
    print(dict(sorted(told.items())))  # noqa: T201 - figures
    assert {"settled bill-changed", "issue taken", "customer taken", "void taken"} <= set(told)
