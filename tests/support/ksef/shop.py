"""A shop in KSeF, with its fake KSeF beside it."""

from __future__ import annotations

import atexit
import os
import shutil
import time
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from ledger.application.ledger import Environment, Ledger
from ledger.domain.clock import parse_instant
from tests.support.ksef.server import NIP, TOKEN, FakeKsef
from tests.support.office import Answer, Office
from tests.support.shop import copied

TODAY = "2026-11-25T12:00:00+01:00"
NOWHERE = "http://127.0.0.1:9"


class Shop:
    """A shop in KSeF, with its fake KSeF beside it."""

    def __init__(self, folder: Path, server: FakeKsef, *, issued: bool) -> None:
        self.server = server
        self.office = copied(_made(issued=issued).folder, folder / "ledger", now=TODAY)
        config = self.office.folder / "ledger.toml"
        config.write_text(config.read_text().replace(NOWHERE, server.base_url))

    def sets(self, *settings: str) -> None:
        self.office.does("config", "set", *settings)

    def issues(self, customer: str = "K-1", *, hours: int = 1, day: int = 24) -> str:
        """The number of an invoice over a new session."""
        session = helps(self.office, customer, hours=hours, day=day)
        issued = self.office.does("invoice", "issue", "--session", session, "--yes", "-f", "json")
        return str(issued.document["number"])

    def helps(self, customer: str = "K-1", *, hours: int = 1, day: int = 24) -> str:
        """The number of a new session."""
        return helps(self.office, customer, hours=hours, day=day)

    def says(self, *, hours: int) -> str:
        """What issuing an invoice over a new session tells beside it."""
        session = helps(self.office, "K-1", hours=hours, day=20)
        return self.office.does("invoice", "issue", "--session", session, "--yes").err

    def submits(self, *words: str, token: str = TOKEN, **environment: str) -> Answer:
        """`invoice submit` with a token at hand."""
        return self.office.run(
            "invoice", "submit", *words, "--yes", SESSION_LEDGER_KSEF_TOKEN=token, **environment
        )

    def told(self, *words: str) -> list[dict[str, Any]]:
        """What `invoice submit` says of each document."""
        documents: list[dict[str, Any]] = self.submits(*words, "-f", "json").document["documents"]
        return documents

    def opened(self) -> Ledger:
        """The ledger, for a look inside."""
        clock = parse_instant(self.office.now)
        return Ledger.open(self.office.folder, Environment(lambda: clock, os.urandom, self.office.now))

    def facts(self, number: str) -> list[Any]:
        """Everything recorded of a document after its issue."""
        with self.opened() as ledger:
            return [event.event for event in ledger.events_of(ledger.find_invoice(number).id)][1:]

    @property
    def numbers(self) -> list[str | None]:
        """The KSeF numbers of everything that KSeF has."""
        return [each.ksef_number for each in self.server.office.documents]


def helps(office: Office, customer: str = "K-1", *, hours: int = 1, day: int = 24) -> str:
    """The number of a session of so many hours, from midday on."""
    start = f"2026-11-{day}T10:00:00+01:00"
    end = parse_instant(start).timestamp() + hours * 3600 - 60
    ends_at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(end))
    asked = office.does(
        "session", "request", "--customer", customer, "--issue", "other", "--at", start, "-f", "json"
    )
    number = str(asked.document["session"])
    office.does("session", "connect", number, "--technician", f"tech-{number}", "--at", start)
    office.does("session", "end", number, "--at", ends_at)
    return number


@cache
def _made(*, issued: bool) -> Office:
    """A shop with three customers and, where wanted, one invoice; made once, every test has a copy."""
    folder = Path(mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    if issued:
        office = copied(_made(issued=False).folder, folder / "ledger", now=TODAY)
        session = helps(office)
        office.does("invoice", "issue", "--session", session, "--yes")
        return office
    office = Office(folder / "ledger", now=TODAY)
    seller = (f"seller.nip={NIP}", "seller.name=Serwis", "seller.address_line1=ul. Prosta 1")
    office.does("config", "set", *seller, f"ksef.base_url={NOWHERE}")
    for code, nip in (("K-1", "1132191233"), ("K-2", "5213003700")):
        address = ("--address-line1", "ul. Krucza 1")
        office.does("customer", "add", code, "--name", f"Firma {code}", "--nip", nip, *address)
    office.does("customer", "add", "K-3", "--name", "Jan Nowak", "--consumer", "yes")
    return office
