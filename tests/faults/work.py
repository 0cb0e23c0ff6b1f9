"""A shop's work drawn by lot: what may be done next, and what is known of it once it was acknowledged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from ledger.purge.place import true_host
from tests.support.billing_office import SELLER
from tests.support.office import Office

BEGAN = datetime.fromisoformat("2026-11-16T06:00:00+01:00")
BETWEEN = timedelta(minutes=7)
OPEN_MAX = 6
"""So many sessions are open at once: all of them end long before 48 hours."""
CUSTOMERS = 4
PC_1 = ("--workstation", true_host())
Taken = Callable[[dict[str, Any]], None]
"""What takes the answer of a command, as JSON."""


class Deed(NamedTuple):
    """A command line, and what is known once its answer was printed."""

    name: str
    words: tuple[str, ...]
    taken: Taken
    command: str | None
    """The id it is repeated under; None for what may be repeated without one."""


@dataclass
class Help:
    """A session as it was acknowledged."""

    number: int
    customer: str
    state: str = "requested"
    ended_at: datetime = BEGAN
    percent: int = 0
    asked_for_invoice: bool = False
    invoice: str | None = None
    purged: bool = False
    erased: bool = False


class Shop:
    """An office and everything that was acknowledged to it. `chance` decides what it does."""

    def __init__(self, office: Office, chance: Random) -> None:
        self.office, self.chance = office, chance
        self.now = BEGAN
        self.sessions: dict[int, Help] = {}
        self.customers: list[str] = []
        self.invoices: dict[str, bool] = {}
        """Every invoice's number, and whether sessions stand on it."""
        self.imported = 0
        self.owes_correction = False
        """Whether an invoice says something else than its session until the next deed is done."""
        self._deeds = 0
        self._known = 0
        self._next: Callable[[], Deed | None] | None = None
        self.workspaces = office.folder.parent / "ws"
        self.workspaces.mkdir()
        office.does("config", "set", *SELLER, "ksef.mode=exempt_10k", f"purge.workspaces={self.workspaces}")

    @property
    def count(self) -> int:
        """How many sessions the ledger must have."""
        return len(self.sessions) + self.imported

    def next_deed(self) -> Deed:
        """What is done next, seven minutes after the last."""
        self.now += BETWEEN
        self.office.now = self.now.isoformat()
        self._deeds += 1
        follows, self._next, self.owes_correction = self._next, None, False
        deed = follows() if follows is not None else None
        while deed is None:
            (draw,) = self.chance.choices(list(_DEEDS), list(_DEEDS.values()))
            deed = draw(self)
        return deed

    def workspace(self, number: int) -> Path:
        """Where the files of a session lie."""
        return self.workspaces / str(number)

    # --- deeds; None where there is nothing to do it with ------------------------------------

    def customer(self) -> Deed | None:
        """A consumer comes for the first time."""
        if len(self.customers) == CUSTOMERS:
            return None
        self._known += 1
        code = f"K-{self._known}"
        words = ("--name", f"Jan Próba {code}", "--consumer", "yes", "--address-line1", "ul. Krótka 1")
        return self._told("customer add", code, *words, taken=lambda _: self.customers.append(code))

    def request(self) -> Deed | None:
        """Somebody asks for help, with words for the vault."""
        if not self.customers or sum(each.state != "ended" for each in self.sessions.values()) >= OPEN_MAX:
            return None
        code = self.chance.choice(self.customers)

        def taken(answer: dict[str, Any]) -> None:
            number = int(answer["session"])
            assert number == self.count + 1, "a number is left out, or a session came of nothing"
            self.sessions[number] = Help(number, code)

        words = (
            "--customer",
            code,
            "--issue",
            "other",
            "--remote-id",
            "123 456 789",
            "--contact",
            "p. Nowak",
        )
        return self._told("session request", *words, taken=taken)

    def connect(self) -> Deed | None:
        """A technician connects, and files come to lie in the workspace."""
        session = self._any(lambda each: each.state == "requested")
        return None if session is None else self._moved("session connect", session, "connected", *PC_1)

    def end(self) -> Deed | None:
        """The help is over."""
        session = self._any(lambda each: each.state == "connected")
        if session is None:
            return None
        session.ended_at = self.now
        return self._moved("session end", session, "ended")

    def correct(self) -> Deed | None:
        """It ended a second earlier than was said; what was billed stays as it is."""
        session = self._any(lambda each: each.state == "ended" and each.invoice is None and not each.erased)
        if session is None:
            return None
        session.ended_at -= timedelta(seconds=1)
        words = (str(session.number), "--ended-at", session.ended_at.isoformat(), "--reason", "wrong-time")
        return self._told("session correct", *words)

    def note(self) -> Deed | None:
        """Something is written down."""
        session = self._any(lambda each: not (each.purged or each.erased))
        return (
            None
            if session is None
            else self._told("session note", str(session.number), "--summary", "driver reinstalled")
        )

    def waive(self) -> Deed | None:
        """Goodwill; what was billed is corrected next."""
        session = self._any(lambda each: each.state == "ended" and not each.erased)
        if session is None:
            return None
        percent = self.chance.choice([each for each in range(1, 60) if each != session.percent])

        def taken(_: object) -> None:
            session.percent = percent
            if (number := session.invoice) is not None:
                self._next, self.owes_correction = (lambda: self._correction(number)), True

        words = (str(session.number), "--percent", str(percent), "--reason", "goodwill")
        return self._told("session waive", *words, taken=taken)

    def invoice(self) -> Deed | None:
        """A consumer asks for an invoice, and it is issued next."""
        session = self._any(lambda each: each.state == "ended" and each.invoice is None and not each.erased)
        if session is None:
            return None
        if session.asked_for_invoice:
            return self._issue(session)

        def taken(_: object) -> None:
            session.asked_for_invoice = True
            self._next = lambda: self._issue(session)

        day = f"{self.now:%Y-%m-%d}"
        return self._told("session invoice-request", str(session.number), "--on", day, taken=taken)

    def to_zero(self) -> Deed | None:
        """An invoice is taken back whole; its session may be billed again."""
        session = self._any(lambda each: each.invoice is not None and not each.erased)
        if session is None:
            return None
        number = str(session.invoice)

        def taken(_: object) -> None:
            session.invoice, self.invoices[number] = None, False

        words = (number, "--to-zero", "--yes", "--reason", "wrong-customer")
        return self._told("invoice correct", *words, taken=taken)

    def paid(self) -> Deed | None:
        """A buyer pays."""
        living = [number for number, stands in self.invoices.items() if stands]
        if not living:
            return None
        number = self.chance.choice(living)
        day = f"{self.now:%Y-%m-%d}"
        return self._told("invoice paid", number, "--amount", "0.10", "--on", day, "--method", "transfer")

    def purge(self) -> Deed | None:
        """A session's files and words are deleted; the files came to lie there meanwhile."""
        session = self._any(lambda each: each.state == "ended" and not each.purged)
        if session is None:
            return None
        for name in ("a", "sub/b", "sub/c"):
            file = self.workspace(session.number) / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(name, encoding="utf-8")

        def taken(_: object) -> None:
            session.purged = True

        return self._told("session purge", str(session.number), "--yes", *PC_1, taken=taken)

    def erase(self) -> Deed | None:
        """A customer asks for erasure, and somebody else comes for the first time."""
        going = [code for code in self.customers if not any(each.state != "ended" for each in self._of(code))]
        if not going or len(self.customers) < CUSTOMERS:
            return None
        code = self.chance.choice(going)

        def taken(_: object) -> None:
            self.customers.remove(code)
            for each in self._of(code):
                each.erased = True

        return self._told("customer erase", code, "--yes", taken=taken)

    def imports(self) -> Deed | None:
        """Sessions come in from a table, all of them or none."""
        if not self.customers:
            return None
        rows = self.chance.randint(2, 40)
        code = self.chance.choice(self.customers)
        refs = [f"D{self._deeds}-{row},{code},other,{_earlier(self.imported + row)}" for row in range(rows)]
        file = self.office.folder.parent / "sessions.csv"
        text = "\n".join(["session_ref,customer,issue,connected_at,ended_at", *refs])
        file.write_text(f"{text}\n", encoding="utf-8")

        def taken(_: object) -> None:
            self.imported += rows

        return Deed("session import", ("session", "import", str(file), "-f", "json"), taken, None)

    def replay(self) -> Deed | None:
        """The read models are derived again."""
        return Deed("replay", ("replay",), _nothing, None)

    def report(self) -> Deed | None:
        """The read models are caught up with."""
        words = ("report", "billing", "--period", "2026-11", "-f", "json")
        return Deed("report billing", words, _nothing, None)

    def checkpoint(self) -> Deed | None:
        """The log is signed."""
        return Deed("audit checkpoint", ("audit", "checkpoint"), _nothing, None)

    # --- how they are told --------------------------------------------------------------------

    def _told(self, name: str, *words: str, taken: Taken | None = None) -> Deed:
        """A command with an id of its own."""
        command = f"deed-{self._deeds}"
        return Deed(
            name, (*name.split(), *words, "--command-id", command, "-f", "json"), taken or _nothing, command
        )

    def _moved(self, name: str, session: Help, state: str, *words: str) -> Deed:
        def taken(_: object) -> None:
            session.state = state

        return self._told(name, str(session.number), *words, taken=taken)

    def _issue(self, session: Help) -> Deed:
        def taken(answer: dict[str, Any]) -> None:
            number = str(answer["number"])
            assert number not in self.invoices, "a number was given twice"
            session.invoice, self.invoices[number] = number, True

        return self._told("invoice issue", "--session", str(session.number), "--yes", taken=taken)

    def _correction(self, number: str) -> Deed:
        return self._told("invoice correct", number, "--yes", "--reason", "goodwill")

    def _any(self, suits: Callable[[Help], bool]) -> Help | None:
        found = [each for each in self.sessions.values() if suits(each)]
        return self.chance.choice(found) if found else None

    def _of(self, code: str) -> list[Help]:
        return [each for each in self.sessions.values() if each.customer == code]


def _earlier(count: int) -> str:
    """From when to when an imported session was: one after the other, before the shop began."""
    begins = BEGAN - timedelta(days=1) - count * timedelta(minutes=20)
    return f"{begins.isoformat()},{(begins + timedelta(minutes=10)).isoformat()}"


def _nothing(_: object) -> None:
    """Nothing more is known than before."""


_DEEDS: dict[Callable[[Shop], Deed | None], int] = {
    Shop.customer: 6,
    Shop.request: 6,
    Shop.connect: 6,
    Shop.end: 6,
    Shop.note: 2,
    Shop.correct: 2,
    Shop.waive: 3,
    Shop.invoice: 5,
    Shop.to_zero: 2,
    Shop.paid: 1,
    Shop.purge: 5,
    Shop.erase: 1,
    Shop.imports: 2,
    Shop.replay: 2,
    Shop.report: 1,
    Shop.checkpoint: 1,
}
"""How often each is drawn."""
