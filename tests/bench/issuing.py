"""A month of many customers, invoiced: the whole run of `invoice issue --all`, and all of it on paper."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path
from typing import NamedTuple

from tests.bench.process import ours
from tests.support.billing_office import SELLER, valid_nip

MONTH = date(2026, 10, 1)


class Issued(NamedTuple):
    """How many documents, and the seconds of drafting and issuing them, and of writing XML and PDF."""

    documents: int
    issue_s: float
    export_s: float
    export_cpu_s: float
    gross_grosze: int


def issued(folder: Path, customers: int, source: Path | None = None) -> Issued:
    """Two sessions a customer, from files to paper; the sums are those of the billing report.

    `source` is the folder of another build of ours.
    """
    ours("init", folder=folder, source=source)
    ours("config", "set", *SELLER, "ksef.mode=online", folder=folder, source=source)
    for noun, path in _files(folder.parent, customers).items():
        ours(noun, "import", str(path), folder=folder, source=source)
    period = ("--period", "2026-10")
    total = json.loads(ours("report", "billing", *period, "-f", "json", folder=folder, source=source).out)[
        "total"
    ]
    taken = ours("invoice", "issue", *period, "--all", "--yes", "-f", "json", folder=folder, source=source)
    documents = json.loads(taken.out)["issued"]
    gross_grosze = sum(each["gross_grosze"] for each in documents)
    if gross_grosze != total["gross_grosze"] or len(documents) != customers:
        raise SystemExit(f"{len(documents)} documents of {gross_grosze}, and the report says {total}")
    paper = ours(
        "invoice", "export", "--all", "-o", str(folder.parent / "paper"), folder=folder, source=source
    )
    return Issued(len(documents), taken.seconds, paper.seconds, paper.processor_s, gross_grosze)


def _files(folder: Path, customers: int) -> dict[str, Path]:
    parties, sessions = folder / "customers-issued.csv", folder / "sessions-issued.csv"
    with parties.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["customer", "name", "nip", "address_line1", "consumer"])
        for number in range(customers):
            nip = valid_nip(number + 1)
            writer.writerow([f"b{number:05d}", f"Firma {number} sp. z o.o.", nip, "ul. Prosta 1", "no"])
    with sessions.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["session_ref", "customer", "issue", "connected_at", "ended_at", "technician"])
        for number in range(customers):
            day = MONTH.replace(day=number % 23 + 1).isoformat()
            for hour in (9 + number % 6, 17):
                times = (f"{day}T{hour:02d}:05:00+02:00", f"{day}T{hour + 1:02d}:35:00+02:00")
                writer.writerow([f"b{number}-{hour}", f"b{number:05d}", "other", *times, f"t{number % 9}"])
    return {"customer": parties, "session": sessions}
