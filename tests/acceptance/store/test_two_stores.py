"""One month on SQLite and on PostgreSQL, with the same clock and the same chance: every byte is the same."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from tests.support import postgres
from tests.support.billing_office import DECEMBER, SELLER, business, example, helped
from tests.support.office import ON_POSTGRES, Answer, Office
from tests.support.shop import EVENTFUL, MORNING, PERIOD, REPORTS, SUFFIXES, outputs

pytestmark = pytest.mark.skipif(ON_POSTGRES, reason="has an office on each store itself")
HANDED_OUT = (
    ("report", "deletion-protocol", "--period", PERIOD, "-o", "protocol.pdf"),
    ("report", "deletion-register", "--period", PERIOD, "-o", "register.pdf"),
    ("audit", "checkpoint", "-o", "checkpoint.note"),
    ("audit", "prove", "44", "-o", "44.tlog-proof"),
    ("customer", "export", "K-001", "-o", "customer.json"),
    ("audit", "export", "bundle"),
    ("audit", "verify", "-f", "json"),
    ("check",),
)
"""What is handed out, each into a file or a folder; and two that look at everything."""
RECORDS = """\
id_zrodla;id_partnera;technik;start;koniec;uwagi
a1;123456789;anna;2026-11-18T10:00+01:00;2026-11-18T10:45+01:00;drukarka
a2;987654321;anna;2026-11-19T10:00+01:00;2026-11-19T11:30+01:00;
"""
"""Two records: the one of session 5 tells another end, the other has no session."""
FIRST_DAY = "2026-11-01T08:00:00+01:00"
"""When the ledger begins: a purge refuses a clock that is behind the log."""
LEFT_S = 1_794_820_000
"""When the file in the workspace was written, and the folder changed, on the system's clock."""
FORMATS = (*SUFFIXES.values(), "pdf")
FIRST, CORRECTION = "FV/2026/12/0001", "FK/2026/12/0001"
DOCUMENTS = {
    "till": ("report", "till", "--period", "2026"),
    "sales": ("report", "sales", "--period", "2026"),
    "receivables": ("report", "receivables"),
    "register": ("report", "deletion-register", "--period", "2026"),
    "statement": ("invoice", "statement", "--period", PERIOD, "--customer", "K-1"),
    "reconciled": ("source", "reconcile", "--period", PERIOD),
    "invoice": ("invoice", "show", FIRST, "--trace"),
    "correction": ("invoice", "show", CORRECTION, "--trace"),
}
"""What is written in every format; by the name of its files."""


class Listened(Office):
    """An office whose every answer is kept."""

    said: list[tuple[tuple[str, ...], Answer]]

    def run(self, *words: str, typed: str = "", **environment: str) -> Answer:
        """Run it, and keep what was answered."""
        answer = super().run(*words, typed=typed, **environment)
        self.said.append((words, answer))
        return answer


class Numbered:
    """The system as the purge sees it, but inodes are numbered as they come: a plan's hash holds them."""

    def __init__(self) -> None:
        self._inodes: dict[int, int] = {}
        self.supports_dir_fd = {*os.supports_dir_fd, self.stat}

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the system offers
        return getattr(os, name)

    def stat(self, *words: Any, **more: Any) -> os.stat_result:  # noqa: ANN401 - as the system takes them
        return self._numbered(os.stat(*words, **more))

    def fstat(self, descriptor: int) -> os.stat_result:
        return self._numbered(os.fstat(descriptor))

    def _numbered(self, found: os.stat_result) -> os.stat_result:
        named = {name: getattr(found, name) for name in dir(found) if name.startswith("st_")}
        mode, _, *others = tuple(found)
        number = self._inodes.setdefault(found.st_ino, len(self._inodes) + 1)
        return os.stat_result((mode, number, *others), named)


def eventful(office: Office) -> None:
    """A month with all that can happen to a session, its reports and the auditor's bundle."""
    sample = files("ledger") / "data" / "sample"
    for noun in ("customer", "purchase", "session"):
        office.does(noun, "import", str(sample / f"{noun}s.csv"))
    for hour, command in enumerate(EVENTFUL):
        office.now = f"2026-12-01T{9 + hour // 6:02d}:{hour % 6}0:00+01:00"
        office.does(*command)
    office.now = "2026-12-01T18:00:00+01:00"
    for words in HANDED_OUT:
        office.does(*words)
    for name, content in outputs(office, Path("reports")).items():
        Path("reports", name.replace("/", "_")).write_bytes(content)


def documented(office: Office) -> None:
    """Whatever a month hands to others: documents of money, of deletion, and what the records say."""
    office.now = FIRST_DAY
    office.does("config", "set", *SELLER, "ksef.mode=exempt_10k")
    office.does("config", "set", f"purge.workspaces={Path('ws').absolute()}", "purge.roots=")
    example(office)
    _purged(office)
    _of_a_consumer(office)
    _recorded(office)
    office.now = DECEMBER
    office.does("invoice", "draft", "--period", PERIOD, "-f", "json")
    office.run("invoice", "issue", "--period", PERIOD, "--all", "--yes", "-f", "json")
    office.does("invoice", "export", "--all", "-o", "first", "--email")
    office.does("session", "correct", "1", "--ended-at", "2026-11-09 21:40", "--reason", "wrong-time")
    office.does("invoice", "correct", FIRST, "--reason", "wrong-time: łącze padło", "--yes")
    office.does("invoice", "paid", FIRST, "--amount", "500.00", "--on", "2026-12-01", "--method", "transfer")
    office.does("invoice", "export", "--all", "-o", "second", "--email", "--lang", "en")
    office.does("invoice", "verify", "second/FV-2026-12-0001.xml")
    for name, words in DOCUMENTS.items():
        for suffix in FORMATS:
            office.run(*words, "-o", f"{name}.{suffix}")
    office.run("customer", "erase", "K-2", "--yes", "-o", "letter.txt")
    office.run("period", "close", PERIOD, "--accept-open", "--reason", "checked", "--yes")
    office.does("report", "deletion-register", "--period", "2026", "-o", "register-later.pdf")
    for words in (("audit", "export", "bundle"), ("audit", "verify", "-f", "json"), ("check",)):
        office.run(*words)


def _purged(office: Office) -> None:
    """A session with a workspace, measured when it was deleted, and its certificates."""
    Path("ws").mkdir()
    office.now = "2026-11-16T10:00:00+01:00"
    office.does("session", "request", "--customer", "K-1", "--issue", "other", "--contact", "Jan Canary")
    office.does("session", "connect", "3", "--workstation", "pc-1")
    workspace = Path(office.does("session", "workspace", "3", "--workstation", "pc-1").out.strip())
    (workspace / "report.pdf").write_text("report", encoding="utf-8")
    for path in (workspace / "report.pdf", workspace):
        os.utime(path, (LEFT_S, LEFT_S))
    office.now = "2026-11-16T10:40:00+01:00"
    office.does("session", "end", "3")
    office.now = "2026-11-16T10:45:00+01:00"
    office.does("session", "purge", "3", "--workstation", "pc-1", "--yes")
    for name in ("certificate.pdf", "certificate.json"):
        office.does("session", "certificate", "3", "-o", name)


def _of_a_consumer(office: Office) -> None:
    """A receipt of the till, and an invoice made out to it."""
    office.does("customer", "add", "K-2", "--name", "Jan Żółw", "--consumer", "yes")
    helped(office, "2026-11-17T11:00:00", "2026-11-17T11:30:00", "K-2")
    office.does("session", "receipt", "4", "--number", "0012")
    office.does("session", "invoice-request", "4", "--on", "2026-11-17")


def _recorded(office: Office) -> None:
    """A session whose record tells another end, and a record that nobody billed."""
    business(office, "K-3", "Zakład Igiełka", "7740001454")
    office.now = "2026-11-18T10:00:00+01:00"
    words = ("--customer", "K-3", "--issue", "other", "--remote-id", "123 456 789")
    office.does("session", "request", *words)
    office.does("session", "connect", "5", "--technician", "anna")
    office.now = "2026-11-18T10:20:00+01:00"
    office.does("session", "end", "5")
    Path("records.csv").write_text(RECORDS, encoding="utf-8")
    office.now = "2026-11-20T10:00:00+01:00"
    office.does("source", "import", "generic-csv", "records.csv", "-f", "json")


def _no_generation(path: Path) -> None:
    """Another one in every run."""
    del path


def lived(
    folder: Path, init: tuple[str, ...], life: Callable[[Office], None], patch: pytest.MonkeyPatch
) -> dict[str, bytes]:
    """What was answered and handed out in a life, as bytes; the folder is gone afterwards."""
    chance = random.Random(7)  # noqa: S311 - the same keys in every run
    patch.setattr(os, "urandom", chance.randbytes)
    numbered = Numbered()
    patch.setattr("ledger.purge.directory.os", numbered)
    patch.setattr("ledger.purge.place.os", numbered)
    patch.setattr("ledger.purge.place._generation", _no_generation)
    folder.mkdir()
    patch.chdir(folder)
    Listened.said = []
    office = Listened(Path("ledger"), now=FIRST_DAY, init=("--name", "shop", *init))
    office.now = MORNING
    office.said.clear()  # the answer to init names the store
    life(office)
    found = {
        f"{number}: {' '.join(words)}": repr(answer).encode()
        for number, (words, answer) in enumerate(office.said)
    }
    found |= {str(path): path.read_bytes() for path in _outside()}
    patch.chdir(folder.parent)
    shutil.rmtree(folder)
    return found


def _outside() -> Iterator[Path]:
    """Every file but those of the ledger itself."""
    for path in sorted(Path().rglob("*")):
        if path.is_file() and path.parts[0] != "ledger":
            yield path


def same(
    life: Callable[[Office], None], tmp_path: Path, database: str, patch: pytest.MonkeyPatch
) -> dict[str, bytes]:
    """What came of a life on SQLite, after it was the same on PostgreSQL."""
    one = lived(tmp_path / "life", (), life, patch)
    init = ("--store", postgres.url_of(database), "--owner", postgres.OWNER)
    other = lived(tmp_path / "life", init, life, patch)
    assert [name for name in one.keys() | other.keys() if one.get(name) != other.get(name)] == []
    return one


def test_the_same_month_is_the_same_bytes_on_both(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What commands say, reports in every format, documents, proofs and the auditor's bundle."""
    found = same(eventful, tmp_path, database, monkeypatch)
    assert {"protocol.pdf", "checkpoint.note", "bundle/entries.jsonl"} <= found.keys()
    assert len([name for name in found if name.endswith((" -f xlsx", " -f html"))]) == 2 * len(REPORTS)


def test_the_same_documents_are_the_same_bytes_on_both(
    tmp_path: Path, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Invoices, a correction, a receipt, a certificate, registers, a statement, what records say."""
    found = same(documented, tmp_path, database, monkeypatch)
    for folder in ("first", "second"):
        assert {f"{folder}/FV-2026-12-0001.{suffix}" for suffix in ("xml", "pdf", "eml")} <= found.keys()
    assert {"second/FK-2026-12-0001.xml", "second/FK-2026-12-0001.pdf"} <= found.keys()
    assert {"certificate.pdf", "certificate.json", "letter.txt", "bundle/entries.jsonl"} <= found.keys()
    assert {f"{name}.{suffix}" for name in DOCUMENTS for suffix in FORMATS} <= found.keys()
    for name, word in (
        ("till.csv", b"0012"),
        ("reconciled.csv", b"record"),
        ("register.csv", b"end of the session"),
    ):
        assert word in found[name], name
