"""The sample month of connections, in a ledger: its sessions, imported, and records of connections."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tests.support.office import Office

MONTH = Path(__file__).parents[1] / "vectors" / "teamviewer-month"
PERIOD = "2026-10-25..2026-12-01"
ISSUES = {"standard": "other", "test": "test"}


def sessions() -> list[dict[str, Any]]:
    """The sessions of the month, as the file has them."""
    lines = (MONTH / "ledger_sessions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def expected() -> Any:  # noqa: ANN401 - whatever JSON says
    """What was worked out by hand."""
    return json.loads((MONTH / "expected.json").read_text(encoding="utf-8"))


def sample_office(folder: Path) -> Office:
    """A ledger with the month's sessions, and a customer P01, P02 … for each partner."""
    office = Office(folder, init=("--billing-from", "2026-10-01"))
    told = sessions()
    partners = list(dict.fromkeys(_digits(each) for each in told))
    codes = {partner: f"P{number:02}" for number, partner in enumerate(partners, start=1)}
    office.takes("customer", "customer,name", [[code, f"Firma {code}"] for code in codes.values()])
    header = "session_ref,customer,issue,requested_at,connected_at,ended_at,purged_at,technician,remote_id"
    office.takes("session", header, _rows(told, codes))
    with (folder / "ledger.toml").open("a", encoding="utf-8") as config:
        config.write(NAMES)
    return office


NAMES = """
[technicians]
"anna" = "anna"
"anna@sklep.example" = "anna"
"marek" = "marek"
"marek@sklep.example" = "marek"
"""


def _rows(told: Iterable[dict[str, Any]], codes: dict[str, str]) -> Iterable[list[str]]:
    for each in told:
        times = [each[name] or "" for name in ("requested_at", "connected_at", "ended_at", "purged_at")]
        row = [each["session_no"], codes[_digits(each)], ISSUES[each["kind"]], *times]
        yield [*row, each["technician"], each["partner_id_as_dictated"]]


def _digits(told: dict[str, Any]) -> str:
    return str(told["partner_id_as_dictated"]).replace(" ", "")
