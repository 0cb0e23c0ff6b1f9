"""Whatever is done to sessions and invoices, the ledger is what a dictionary says it is.

The model shares nothing with the ledger: it knows which command is taken, counts hours second by second
with the rating's oracle, and remembers what an invoice said.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from typing import ClassVar, NamedTuple

import pytest
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from ledger.application.ledger import Environment, Ledger
from ledger.application.metadata import Metadata
from ledger.domain.clock import epoch_microseconds, office_time, parse_instant
from ledger.domain.rating.inputs import Kind, SessionFacts
from ledger.domain.session.commands import Connect, Correct, DeclarePurged, End, RequestInvoice, Waive
from ledger.domain.session.request import RequestHelp
from ledger.errors import Refused
from ledger.folder.layout import Folder
from ledger.handlers.check import invariants
from ledger.handlers.invoice import correct as correcting
from ledger.handlers.invoice import issue as invoicing
from ledger.handlers.privacy.invoices import all_documents
from ledger.handlers.session import handle, request
from projections.engine import runner
from projections.read_side import ReadSide
from projections.views import live_file, opened
from tests.ledger.domain.rating.oracle import opened_hours
from tests.support.billing_office import shop
from tests.support.long import LONG, begin, finish, times
from tests.support.office import sqlite_only

EXAMPLES, PARTS = (500, times(1, 40)) if LONG else (60, 1)
STEPS = 50
SEED = int(os.environ.get("SESSION_LEDGER_SEED") or secrets.randbits(32))
IN_MEMORY = "/dev/shm" if sys.platform == "linux" and os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - of tempfile
"""Nothing here is about the disk, and a thousand ledgers are written."""
BEGAN = parse_instant("2026-11-16T09:00:00+01:00")
ANNA = Metadata("anna")
MINUTES = st.integers(1, 400)
WHICH = st.integers(0, 2**16)
SESSIONS_MAX, DEEDS = 6, 6
STANDING = """\
SELECT number, state, connected_at, ended_at, purged_at, net_grosze, billed
FROM sessions LEFT JOIN billing USING (number) ORDER BY number"""
TABLES = ("sessions", "billing", "deletions")


@cache
def hours(begins: datetime, ends: datetime) -> tuple[tuple[int, int], ...]:
    """The started hours between two moments, counted second by second: when each opens, and its net."""
    began_s = int(begins.timestamp())
    kind = Kind(began_s, "other", None)
    facts = SessionFacts(began_s, ((began_s, int(ends.timestamp())),), (kind,), (), None)
    return tuple(opened_hours(facts, {}))


class Bill(NamedTuple):
    """What an invoice and its corrections say of a session."""

    hours: tuple[tuple[int, int], ...]
    percent: int
    served_on: date
    """The office's day of the end, which each line names."""

    @property
    def net_grosze(self) -> int:
        """After the waiver, half a grosz of it rounded up."""
        net = sum(net for _, net in self.hours)
        return net - (net * self.percent + 50) // 100

    @property
    def checked(self) -> tuple[int, list[int], date]:
        """What `check` compares: the net, how many hours of each price, and the day."""
        return self.net_grosze, sorted(net for _, net in self.hours), self.served_on


@dataclass
class Help:
    """What is known of a session."""

    begins: datetime | None = None
    ends: datetime | None = None
    percent: int = 0
    purged_at: datetime | None = None
    invoice: str | None = None
    said: Bill | None = None
    """What the invoice said last."""

    @property
    def state(self) -> str:
        """As the ledger calls it."""
        if self.begins is None:
            return "requested"
        if self.ends is None:
            return "connected"
        return "ended" if self.purged_at is None else "purged"

    @property
    def deleted_too_early(self) -> bool:
        """Whether its end was corrected to a moment after the deletion."""
        return self.purged_at is not None and self.ends is not None and self.purged_at < self.ends

    @property
    def bill(self) -> Bill:
        """What an invoice would say now."""
        assert self.begins is not None
        assert self.ends is not None
        return Bill(hours(self.begins, self.ends), self.percent, office_time(self.ends).date())

    @property
    def row(self) -> tuple[object, ...]:
        """What the read models say of it."""
        moments = [at and epoch_microseconds(at) for at in (self.begins, self.ends, self.purged_at)]
        return self.state, *moments, None if self.ends is None else self.bill.net_grosze, self.invoice


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A shop with one customer, who pays no VAT back."""
    office = shop(tmp_path_factory.mktemp("model") / "ledger")
    office.does("customer", "add", "K-1", "--name", "Jan", "--consumer", "yes", "--address-line1", "Krótka 1")
    return office.folder


class Shop(RuleBasedStateMachine):
    """A ledger and the dictionary beside it; the test says of what it is a copy, and where."""

    template: Path
    place: str
    told: ClassVar[Counter[str]] = Counter()
    """How often each was taken, and refused."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp(dir=self.place)) / "ledger"
        shutil.copytree(self.template, self.folder)
        self.now = BEGAN
        environment = Environment(lambda: self.now, os.urandom)
        self.ledger = Ledger.open(self.folder, environment, read_models=ReadSide)
        self.known: dict[int, Help] = {}
        self.numbers: list[str] = []
        """Of every document, corrections too, in order."""

    # --- what is done -------------------------------------------------------------------------

    @rule(minutes=MINUTES)
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule()
    def report(self) -> None:
        """The read models are caught up with."""
        with runner.current(self.folder, self.ledger.store):
            pass

    @initialize(minutes=MINUTES)
    def help_once(self, minutes: int) -> None:
        """A session from the request to its end, on no invoice yet."""
        self.request()
        last = len(self.known) - 1
        self.connect(last)
        self.wait(minutes)
        self.end(last)

    @precondition(lambda self: len(self.known) < SESSIONS_MAX)
    @rule(minutes=MINUTES)
    def help_again(self, minutes: int) -> None:
        self.help_once(minutes)

    @precondition(lambda self: len(self.known) < SESSIONS_MAX)
    @rule()
    def request(self) -> None:
        number = len(self.known) + 1
        asked = request(self.ledger, ANNA, RequestHelp(customer="K-1", issue="other", contact="Jan Próba"))
        assert asked.session == number
        handle(self.ledger, ANNA, str(number), RequestInvoice(on=office_time(self.now).date()))
        self.known[number] = Help()

    @rule(which=WHICH)
    def connect(self, which: int) -> None:
        number, known = self._one(which)
        if self._taken(
            "connect",
            lambda: handle(self.ledger, ANNA, str(number), Connect()),
            may=known.state == "requested",
        ):
            known.begins = self.now

    @rule(which=WHICH)
    def end(self, which: int) -> None:
        number, known = self._one(which)
        if self._taken(
            "end", lambda: handle(self.ledger, ANNA, str(number), End()), may=known.state == "connected"
        ):
            known.ends = self.now

    @rule(which=WHICH, minutes=st.integers(-90, 90).filter(bool))
    def correct(self, which: int, minutes: int) -> None:
        """It ended at another time; never before it began, nor ahead of the clock."""
        number, known = self._one(which)
        if known.begins is None or known.ends is None:
            return
        ends = known.ends + timedelta(minutes=minutes)
        if ends == known.begins:
            return

        def deed() -> object:
            return handle(self.ledger, ANNA, str(number), Correct(ended_at=ends, reason="wrong-time"))

        if self._taken("correct", deed, may=known.begins < ends <= self.now + timedelta(minutes=2)):
            known.ends = ends

    @rule(which=WHICH, percent=st.integers(0, 90))
    def waive(self, which: int, percent: int) -> None:
        number, known = self._one(which)
        handle(self.ledger, ANNA, str(number), Waive(reason="goodwill", percent=percent))
        known.percent = percent

    @rule(which=WHICH)
    def purge(self, which: int) -> None:
        number, known = self._one(which)

        def deed() -> object:
            return handle(self.ledger, ANNA, str(number), DeclarePurged())

        if self._taken("purge", deed, may=known.state == "ended" or known.deleted_too_early):
            known.purged_at = self.now

    @rule(which=WHICH)
    def issue(self, which: int) -> None:
        number, known = self._one(which)
        stream, _ = self.ledger.find_session(str(number))
        may = (
            known.begins is not None
            and known.ends is not None
            and known.invoice is None
            and known.bill.net_grosze > 0
            and known.ends - known.begins <= timedelta(hours=48)
        )

        def deed() -> object:
            return invoicing.issue(self.ledger, ANNA, customer="K-1", sessions=[stream], tool="t")

        if self._taken("issue", deed, may=may):
            known.said = known.bill
            known.invoice = self._drawn()

    @precondition(lambda self: any(each.invoice for each in self.known.values()))
    @rule(which=WHICH, to_zero=st.booleans())
    def correct_invoice(self, which: int, *, to_zero: bool) -> None:
        """To what the session comes to now, where that is something else; or to nothing."""
        billed = [each for each in self.known.values() if each.invoice is not None]
        known = billed[which % len(billed)]
        number = str(known.invoice)

        def deed() -> object:
            return correcting.correct(self.ledger, ANNA, number, reason="checked", tool="t", to_zero=to_zero)

        if self._taken("correct invoice", deed, may=to_zero or known.bill != known.said):
            self._drawn()
            known.said, known.invoice = (None, None) if to_zero else (known.bill, number)

    # --- what must be so ----------------------------------------------------------------------

    def teardown(self) -> None:
        """Equal, and derived again from the first event equal to the byte."""
        with self.ledger:
            self._agrees()
            self._is_derived_again()
        shutil.rmtree(self.folder.parent)

    def _agrees(self) -> None:
        with runner.current(self.folder, self.ledger.store) as views:
            found = views.execute(STANDING).fetchall()
        assert found == [(number, *known.row) for number, known in self.known.items()]
        issued = {each.issued.number: each.issued.net_grosze for each in all_documents(self.ledger)}
        assert set(issued) == set(self.numbers)
        standing = [known.said.net_grosze for known in self.known.values() if known.said]
        assert sum(issued.values()) == sum(standing)
        assert [*invariants.store_findings(Folder(self.folder), ())] == []
        changed = [
            each for each in self.known.values() if each.said and each.said.checked != each.bill.checked
        ]
        found_of = (each.name for each in invariants.findings(self.ledger, ()))
        named = [name for name in found_of if name != "session-overlap"]  # one technician, many at once
        assert named == ["bill-changed"] * len(changed)

    def _is_derived_again(self) -> None:
        live = self._rows()
        files: list[bytes] = []
        for _ in range(2):
            runner.replay(self.folder, self.ledger.store)
            files.append(self._file().read_bytes())
            assert self._rows() == live
        assert files[0] == files[1]

    # --- means --------------------------------------------------------------------------------

    def _one(self, which: int) -> tuple[int, Help]:
        number = which % len(self.known) + 1
        return number, self.known[number]

    def _taken(self, name: str, deed: Callable[[], object], *, may: bool) -> bool:
        """Whether it was done; the ledger refuses exactly what the model does."""
        self.told[f"{name} {'taken' if may else 'refused'}"] += 1
        if may:
            deed()
            return True
        before = self.ledger.store.length()
        with pytest.raises(Refused):
            deed()
        assert self.ledger.store.length() == before
        return False

    def _drawn(self) -> str:
        """The number of the newest document."""
        (new,) = {each.issued.number for each in all_documents(self.ledger)} - set(self.numbers)
        self.numbers.append(new)
        return new

    def _file(self) -> Path:
        live = live_file(self.folder)
        assert live is not None
        return live

    def _rows(self) -> list[list[tuple[object, ...]]]:
        with opened(self._file()) as views:
            return [views.execute(f"SELECT * FROM {table} ORDER BY number").fetchall() for table in TABLES]


@sqlite_only
@pytest.mark.parametrize("part", range(PARTS))
def test_sessions_and_invoices_are_what_a_dictionary_says(part: int, template: Path) -> None:
    begin(f"models-{part}")
    print(f"SESSION_LEDGER_SEED={SEED}, part {part}")  # noqa: T201 - to do it again
    how = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    Shop.template = template
    Shop.told.clear()
    drawn = seed(SEED + part)(Shop)
    with TemporaryDirectory(prefix="sl-model-", dir=IN_MEMORY) as Shop.place:
        run_state_machine_as_test(drawn, settings=how)
    assert len(Shop.told) == 2 * DEEDS
    told = ", ".join(f"{name} {count}" for name, count in sorted(Shop.told.items()))
    finish(f"models-{part}", f"{EXAMPLES} ledgers, SESSION_LEDGER_SEED={SEED}, part {part}: {told}")


@sqlite_only
def test_an_end_that_moves_over_midnight_is_named_and_corrected(template: Path) -> None:
    """Given as many hours at the same prices, then the day on the invoice is another one all the same."""
    Shop.template = template
    with TemporaryDirectory(prefix="sl-model-", dir=IN_MEMORY) as Shop.place:
        shop = Shop()
        shop.now = parse_instant("2026-11-16T20:03:00+01:00")
        shop.help_once(238)
        shop.issue(0)
        shop.correct(0, -22)
        shop.report()
        known = shop.known[1]
        assert known.said is not None
        assert known.said.hours == known.bill.hours
        assert known.said != known.bill
        shop.correct_invoice(0, to_zero=False)
        shop.teardown()
