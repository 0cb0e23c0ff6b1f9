"""Transfers against as many invoices: imported, judged, confirmed, each as a process of its own.

Invoices are written straight into the log. Of ten transfers eight name their invoice, one has the
buyer's name, one the amount alone.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from ledger.application.ledger import Environment, Ledger
from ledger.application.metadata import PersonalData
from ledger.domain import events as e
from ledger.imports.result import no_progress
from ledger.imports.write import PlannedStream, write
from tests.bench.process import Ran, ours

NOW = "2026-11-30T12:00:00+01:00"
OWN = "PL46102055610000990000000011"
HEADER: dict[str, Any] = {"at": datetime(2026, 11, 2, 9, tzinfo=UTC), "by": "bench", "source": "import"}
_HOURS_MAX = 40
_NET_GROSZE = 15_000


class Paid(NamedTuple):
    """What each step took, and how many transfers were proposed."""

    transfers: int
    imported: Ran
    listed: Ran
    confirmed: Ran
    proposed: int


def paid(root: Path, count: int) -> Paid:
    """Measure so many transfers against so many invoices."""
    folder, statement = root / f"ledger-{count}", root / f"{count}.sta"
    ours("init", "--testing", folder=folder, now=NOW)
    ours("config", "set", f"bank.accounts={OWN}", "seller.nip=9988776652", folder=folder, now=NOW)
    chance = Random(count)  # noqa: S311 - the same invoices in every run
    gross = [_NET_GROSZE * chance.randint(1, _HOURS_MAX) * 123 // 100 for _ in range(count)]
    with Ledger.open(folder, Environment(lambda: datetime.now(UTC), os.urandom, NOW)) as ledger:
        write(ledger, _invoices(ledger, gross), no_progress)
    statement.write_text("\n".join(_statement(gross)) + "\n", encoding="ascii")
    imported = ours("payment", "import", str(statement), folder=folder, now=NOW)
    listed = ours("payment", "list", "-f", "json", folder=folder, now=NOW)
    document = json.loads(listed.out)
    words = ("payment", "confirm", "--all-proposed", "--yes", "--digest", document["digest"])
    confirmed = ours(*words, folder=folder, now=NOW)
    proposed = sum(each["state"] == "proposed" for each in document["transfers"])
    return Paid(count, imported, listed, confirmed, proposed)


def _number(place: int) -> str:
    return f"FV/2026/11/{place + 1:04d}"


def _invoices(ledger: Ledger, gross: list[int]) -> Iterator[PlannedStream]:
    for place, amount in enumerate(gross):
        vat = amount * 23 // 123
        fact = e.InvoiceIssued(
            **HEADER,
            number=_number(place),
            customer=f"K-{place}",
            issued_on=date(2026, 11, 2),
            due_on=date(2026, 11, 16),
            lines=(),
            vat_percent=23,
            net_grosze=amount - vat,
            vat_grosze=vat,
            gross_grosze=amount,
            xml_sha256=f"{place:064d}",
            xml_bytes=1,
            duty="ksef",
        )
        yield PlannedStream(
            ledger.ids.new(), 0, [fact], PersonalData("tax", {"name": f"Firma Numer{place}"}), 1
        )


def _statement(gross: list[int]) -> Iterator[str]:
    yield from (":20:BENCH", f":25:/{OWN}", ":28C:1", ":60F:C261111PLN0,00")
    for place, amount in enumerate(gross):
        title, name = _number(place), f"FIRMA NUMER{place}"
        if place % 10 >= 8:
            title = "ZA POMOC"
            name = name if place % 10 == 8 else f"KTOS INNY{place}"
        yield f":61:2611121112C{amount // 100},{amount % 100:02d}NTRFNONREF"
        yield f":86:020~00PRZELEW~20{title}~32{name}~38PL{_account(place)}"
    yield f":62F:C261112PLN{sum(gross) // 100},{sum(gross) % 100:02d}"


def _account(place: int) -> str:
    bban = f"11402004{place:016d}"
    return f"{98 - int(bban + '252100') % 97:02d}{bban}"
