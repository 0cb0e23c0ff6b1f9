"""How to meet the refusals of KSeF and of its rules."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date

from ledger.domain.invoice.ksef_duty import Candidate, KsefStatus, check_token, judge
from ledger.errors import KsefHidden
from ledger.ksef.client import Ksef, Patience
from ledger.ksef.settings import Access, Secrets, TokenLogin, access_of
from ledger.message import msg
from tests.errors.desk import Desk, Told
from tests.support.ksef.papers import paper
from tests.support.ksef.server import NIP, TOKEN, FakeKsef, fake_ksef

IN_2027 = KsefStatus("exempt_10k", date(2027, 1, 1))


def _raised_by(raising: Callable[[], object]) -> Callable[[Desk], Told]:
    return lambda desk: desk.fails(raising)


def _sending(spoil: Callable[[FakeKsef, Access], Access]) -> Callable[[Desk], Told]:
    """What is said of a document sent to a fake KSeF that something is wrong with."""

    def reproduce(desk: Desk) -> Told:
        with fake_ksef() as server:
            access = spoil(server, Access(server.base_url, NIP, TokenLogin(TOKEN)))
            with Ksef(access, lambda _seconds: None, Patience(attempts=1)) as ksef:
                return desk.fails(lambda: ksef.send(paper(), is_offline=False))

    return reproduce


def _broken(server: FakeKsef, access: Access) -> Access:
    server.faults.statuses = [503] * 9
    return access


def _outside(desk: Desk) -> Told:
    """An invoice below the monthly limit."""
    seller = f"seller.nip={NIP} seller.name=Serwis seller.address_line1=Prosta ksef.mode=exempt_10k"
    for line in (
        f"config set {seller}",
        "customer add K-70 --name Firma --nip 1132191233 --address-line1 Krucza",
        "session request --customer K-70 --issue other --ref billed --at '2026-11-16 09:00'",
        "session connect billed --technician zoe --at '2026-11-16 09:00'",
        "session end billed --at '2026-11-16 09:30'",
        "invoice issue --session billed --yes",
    ):
        told = desk.types(line)
        assert told.status == 0, (line, told)
    return desk.types("invoice submit FV/2026/11/0001 --yes")


def _outage_twice(desk: Desk) -> Told:
    """Two clerks heard of one failure."""
    desk.types("ksef outage begin --kind failure --at '2026-11-16 09:00'")
    return desk.types("ksef outage begin --kind failure --at '2026-11-16 09:30'")


def _seen(desk: Desk) -> Told:
    """A KSeF number of another seller, typed for a document that was never sent."""
    _outside(desk)
    desk.types("config set ksef.mode=online ksef.environment=test")
    for line in (
        "session request --customer K-70 --issue other --ref again --at '2026-11-16 09:00'",
        "session connect again --technician ida --at '2026-11-16 09:00'",
        "session end again --at '2026-11-16 09:30'",
        "invoice issue --session again --yes",
    ):
        desk.types(line)
    os.environ["SESSION_LEDGER_KSEF_TOKEN"] = TOKEN
    try:
        return desk.types("invoice submit FV/2026/11/0002 --seen 1132191233-20261125-000000000008-B0")
    finally:
        del os.environ["SESSION_LEDGER_KSEF_TOKEN"]


def _hidden(desk: Desk) -> Told:
    """A document that KSeF does not show to this login."""
    raising = KsefHidden(msg("KSeF does not show {ksef_number} to this login", ksef_number="…"))

    def refused() -> None:
        raise raising

    return desk.fails(refused)


KSEF: dict[str, Callable[[Desk], Told]] = {
    "E-KSEF-EXEMPTION-ENDED": _raised_by(lambda: judge(IN_2027, Candidate(100))),
    "E-KSEF-TOKENS-ENDED": _raised_by(lambda: check_token(IN_2027.issued_on)),
    "E-KSEF-SETTINGS": _raised_by(lambda: access_of({}, Secrets(TOKEN), date(2026, 11, 25))),
    "E-KSEF-NOT-DUE": _outside,
    "E-KSEF-SEEN": _seen,
    "E-KSEF-HIDDEN": _hidden,
    "E-OUTAGE-RECORDED": _outage_twice,
    "E-OUTAGE-UNKNOWN": lambda desk: desk.types("ksef outage end 9"),
    "E-KSEF-LOGIN": _sending(lambda _server, access: replace(access, login=TokenLogin("another"))),
    "E-KSEF-ANSWER": _sending(lambda server, access: replace(access, base_url=f"{server.base_url}/no")),
    "E-KSEF-SILENT": _sending(_broken),
}
"""Code to reproducer."""
