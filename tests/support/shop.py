"""A shop with a past: the sample month, and everything that can happen to a session besides.

Made once; each test works on a copy of its folder.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from tempfile import mkdtemp

from tests.support.office import ON_POSTGRES, Office
from tests.support.systems import copy_ledger

PERIOD = "2026-11"
MORNING = "2026-12-01T08:00:00+01:00"
"""When the month was imported."""
EVENING = "2026-12-01T18:00:00+01:00"
"""When the last of it was recorded."""
NEXT_LIST_FROM = "2027-01-01"
EXAMPLE = """
[[examples]]
what = "one second is a started hour"
who = "public"
issue = "other"
from = {day}T10:00:00+01:00
until = {day}T10:00:01+01:00
net = "{net}"
"""
SUFFIXES = {"table": "txt", "csv": "csv", "json": "json", "ndjson": "ndjson", "xlsx": "xlsx", "html": "html"}
REPORTS: tuple[tuple[str, ...], ...] = (
    ("report", "billing", "--period", PERIOD),
    ("report", "billing", "--period", PERIOD, "--customer", "K-002"),
    ("report", "sessions", "--period", PERIOD),
    ("report", "deletions", "--period", PERIOD),
    ("session", "list"),
    ("session", "show", "ref:2026/11/A-14"),
    ("session", "explain", "ref:2026/11/A-04"),
    ("tariff", "what-if", "boundary=per_band", "--period", PERIOD),
    ("tariff", "what-if", "--favour", "customer", "--period", PERIOD),
    ("customer", "list"),
)
"""Every report that reads what the events add up to."""


def price_list(folder: Path, *, valid_from: str = NEXT_LIST_FROM, base_price: str = "110.00") -> Path:
    """A file with the shop's price list under another id, date and price."""
    text = (files("ledger") / "data" / "tariff.toml").read_text(encoding="utf-8").split("[[examples]]")[0]
    changes = {
        'id = "pomoc-zdalna-2024"': f'id = "pomoc-zdalna-{valid_from}"',
        "valid_from = 2024-01-01": f"valid_from = {valid_from}",
        'base_price = "100.00"': f'base_price = "{base_price}"',
    }
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new, 1)
    # Its own examples speak of the old price.
    november = [date(int(valid_from[:4]), 11, day) for day in range(12, 19)]
    monday = next(day for day in november if day.weekday() == 0)
    text += EXAMPLE.format(day=monday, net=base_price)
    file = folder / f"list-{valid_from}.toml"
    file.write_text(text, encoding="utf-8")
    return file


def sample_month(folder: Path) -> Office:
    """A ledger that has imported the sample month and nothing else."""
    return _copied(_made_month(), folder)


def eventful_month(folder: Path) -> Office:
    """The sample month with corrections, waivers, holds, merges, returns, reconnects and open sessions."""
    return _copied(_made_eventful(), folder)


def _copied(made: Office, folder: Path) -> Office:
    return copied(made.folder, folder, now=made.now)


def copied(made: Path, folder: Path, *, now: str) -> Office:
    """A ledger that was made before, copied to a folder of its own."""
    copy_ledger(made, folder)
    if ON_POSTGRES:
        _copy_database(folder / "ledger.toml")
    office = object.__new__(Office)
    office.folder, office.now = folder, now
    return office


def _copy_database(config: Path) -> None:
    """Give a copied folder a copy of the database it names."""
    from tests.support import postgres  # noqa: PLC0415 - the driver is an extra

    text = config.read_text(encoding="utf-8")
    found = re.search(r"shop_\d+_\d+", text)
    assert found is not None
    copy = postgres.new_database(config)
    postgres.copy_database(found[0], copy)
    config.write_text(text.replace(found[0], copy), encoding="utf-8")


def _template() -> Path:
    """A folder for a ledger that is copied, gone when the tests are over."""
    folder = Path(mkdtemp(prefix="session-ledger-shop-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder / "ledger"


@cache
def _made_month() -> Office:
    office = Office(_template(), now=MORNING)
    sample = files("ledger") / "data" / "sample"
    for noun in ("customer", "purchase", "session"):
        office.does(noun, "import", str(sample / f"{noun}s.csv"))
    return office


@cache
def _made_eventful() -> Office:
    office = sample_month(_template())
    for hour, command in enumerate(EVENTFUL):
        office.now = f"2026-12-01T{9 + hour // 6:02d}:{hour % 6}0:00+01:00"
        office.does(*command)
    office.now = EVENING
    return office


_WHY = ("--reason", "checked")
EVENTFUL: tuple[tuple[str, ...], ...] = (
    ("session", "correct", "7", "--ended-at", "2026-11-04 23:10", *_WHY),
    ("session", "correct", "14", "--connection", "1", "--connected-at", "2026-11-09 09:58", *_WHY),
    ("session", "correct", "15", "--issue", "test", "--reason", "wrong-issue: only a test"),
    ("session", "waive", "13", "--percent", "10", "--reason", "goodwill: our link was slow"),
    ("session", "waive", "40", "--hours", "2", "--reason", "goodwill"),
    ("session", "hold", "39", "--until", "2027-03-01", "--reason", "legal-claim: dispute over the invoice"),
    ("purchase", "add", "K-012", "--order", "ZAM/2026/999", "--at", "2026-11-10", "--product", "Monitor"),
    ("purchase", "return", "K-006", "--order", "ZAM/2024/519", "--at", "2026-11-15", "--reason", "complaint"),
    ("customer", "merge", "K-007", "K-008", "--reason", "double-entry", "--yes"),
    ("session", "request", "--customer", "K-001", "--issue", "other", "--remote-id", "123 456 789"),
    ("session", "cancel", "43"),
    (
        "session",
        "request",
        "--customer",
        "K-009",
        "--issue",
        "test",
        "--ref",
        "B-1",
        "--contact",
        "Jan Próba",
    ),
    ("session", "quote", "44"),
    ("session", "accept", "44", "--how", "phone"),
    ("session", "connect", "44"),
    ("session", "reclassify", "44", "--issue", "other", "--reason", "the test became real help"),
    ("session", "disconnect", "44"),
    ("session", "connect", "44", "--technician", "marek"),
    ("session", "end", "44", "--by", "link-lost"),
    ("session", "note", "44", "--summary", "driver reinstalled"),
    ("session", "purge", "44", "--declare", "--yes"),
    (
        "session",
        "request",
        "--customer",
        "K-003",
        "--issue",
        "hardware",
        "--order",
        "ZAM/2026/077",
        "--at",
        "2026-12-01 08:20",
    ),
    ("session", "connect", "45", "--at", "2026-12-01 08:30"),
)
"""What happens in the morning after the import, ten minutes apart."""


def outputs(office: Office, folder: Path, *more: str) -> dict[str, bytes]:
    """Every report in every format, as bytes; `more` are options that all of them take."""
    folder.mkdir()
    found: dict[str, bytes] = {}
    for number, report in enumerate(REPORTS):
        for name, suffix in SUFFIXES.items():
            file = folder / f"{number}.{suffix}"
            answer = office.run(*report, *more, "-f", name, "-o", str(file))
            assert answer.status in {0, 3}, f"{report}: {answer.err}"
            found[f"{' '.join(report)} -f {name}"] = file.read_bytes()
    return found


def drop_views(office: Office) -> None:
    """Remove the read models, which may be done at any time."""
    (office.folder / "views.current").unlink()
    for file in office.folder.glob("views-*.db*"):
        file.unlink()


def environment(office: Office) -> dict[str, str]:
    """The environment of a process of its own at this office."""
    return {
        "PATH": os.environ["PATH"],
        "SESSION_LEDGER_DIR": str(office.folder),
        "SESSION_LEDGER_NOW": office.now,
        "SESSION_LEDGER_BY": "marek",
    }
