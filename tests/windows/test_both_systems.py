"""A ledger written by one system is opened by the other, and both make the same bytes of the same events."""

from __future__ import annotations

import os
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.windows import wine

pytestmark = wine.needs_wine

ACCOUNTS = "46102055610000990000000011,40102055610000990000000022"
VECTORS = Path(__file__).parents[1] / "vectors"
LATER = "2026-12-01T09:00:00+01:00"
REPORTS = {
    "billing": ("html", "xlsx", "csv", "json", "pdf"),
    "deletions": ("html", "csv"),
    "sales": ("xlsx",),
    "sessions": ("ndjson",),
}
BY_NAME = {"here": "the ledger that this system wrote", "there": "the ledger that Windows wrote"}


def here(folder: Path, *words: str) -> wine.Ran:
    """Run one command in this system, of the same source."""
    same = os.pathsep.join([str(wine.SOURCE / "src"), str(wine.SOURCE)])
    command = [sys.executable, "-P", "-m", "ledger", *words]
    return wine.started(command, folder, SESSION_LEDGER_NOW=LATER, PYTHONPATH=same)


def there(folder: Path, *words: str) -> wine.Ran:
    """Run one command as a Windows process."""
    return wine.session_ledger(folder, *words, SESSION_LEDGER_NOW=LATER)


RUN = {"here": here, "there": there}


@pytest.fixture(scope="module", params=BY_NAME)
def written(request: pytest.FixtureRequest) -> Iterator[tuple[Path, Path]]:
    """The demo's ledger, as one system wrote it: two copies below drive C, one for each system to open."""
    with wine.folder_on_c() as folder:
        made = RUN[request.param](folder, "demo", "shop")
        assert made.status == 0, made
        for name in RUN:
            shutil.copytree(folder / "shop", folder / name / "shop")
            (folder / name / "shop" / "keys").chmod(0o700)
            for key in (folder / name / "shop" / "keys").iterdir():
                key.chmod(0o600)
        yield folder / "here", folder / "there"


def both(written: tuple[Path, Path], *words: str, status: int = 0) -> tuple[wine.Ran, wine.Ran]:
    """Run one command in each system, in the folder of each."""
    ran = here(written[0], *words), there(written[1], *words)
    assert [each.status for each in ran] == [status, status], ran
    return ran


def everything(folder: Path) -> dict[str, bytes]:
    """The files of a folder."""
    return {str(each.relative_to(folder)): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


@pytest.mark.parametrize(
    "command",
    [
        ("status",),
        ("customer", "show", "K-001", "-f", "json"),
        ("session", "show", "ref:2026/11/A-14", "-f", "json"),
        ("session", "explain", "ref:2026/11/A-04"),
        ("invoice", "show", "FV/2026/12/0001", "--trace"),
        ("audit", "verify"),
    ],
    ids=" ".join,
)
def test_ledger_answers_the_same_in_both_systems(
    written: tuple[Path, Path], command: tuple[str, ...]
) -> None:
    """Keys, vault and documents are read, the log's tree is computed again."""
    ours, theirs = both(written, "--ledger", "shop", *command)
    assert ours.out
    assert ours == theirs


def test_nothing_is_wrong_with_it_in_either(written: tuple[Path, Path]) -> None:
    both(written, "--ledger", "shop", "replay")
    ours, theirs = both(written, "--ledger", "shop", "check")
    assert (*ours[1:], *theirs[1:]) == (b"", b"", b"", b"")


def test_reports_and_invoices_are_the_same_bytes(written: tuple[Path, Path]) -> None:
    for folder in written:
        (folder / "out").mkdir()
    for report, suffixes in REPORTS.items():
        for suffix in suffixes:
            status = 3 if report == "deletions" else 0
            both(
                written,
                "--ledger",
                "shop",
                "report",
                report,
                "--period",
                "2026-11",
                "-o",
                f"out/{report}.{suffix}",
                status=status,
            )
    both(written, "--ledger", "shop", "invoice", "export", "--all", "-o", "out/invoices")
    ours, theirs = (everything(folder / "out") for folder in written)
    assert sorted(ours) == sorted(theirs)
    assert [name for name in ours if ours[name] != theirs[name]] == []
    assert len([name for name in ours if name.endswith(".xml")]) == 9


def test_ledger_is_written_on_by_the_other_system(written: tuple[Path, Path]) -> None:
    both(
        written,
        "--ledger",
        "shop",
        "customer",
        "add",
        "K-900",
        "--name",
        "Zakład Krawiecki Żółć",
        "--consumer",
        "no",
    )
    both(
        written,
        "--ledger",
        "shop",
        "invoice",
        "paid",
        "FV/2026/12/0001",
        "--amount",
        "1.00",
        "--on",
        "2026-12-01",
        "--method",
        "cash",
    )
    ours, theirs = both(written, "--ledger", "shop", "customer", "show", "K-900", "-f", "json")
    assert "Żółć" in ours.out.decode()
    assert ours.out == theirs.out
    both(written, "--ledger", "shop", "check")


def test_bundle_of_each_verifies_in_the_other(written: tuple[Path, Path]) -> None:
    both(written, "--ledger", "shop", "audit", "export", "bundle", "--period", "2026-11")
    bundles = written[0] / "bundle", written[1] / "bundle"
    for bundle in bundles:
        ours = wine.started([sys.executable, "-I", "verify.py"], bundle)
        theirs = wine.started([str(wine.FOLDER / "python"), "-I", "verify.py"], bundle)
        assert (ours.status, theirs.status) == (0, 0), (ours, theirs)
        assert ours.out.replace(b"\r", b"") == theirs.out.replace(b"\r", b"")


_TRANSFER = re.compile(r"\b[0-9a-f]{12}\b")
"""The id of a transfer is by chance."""
OF_A_CLERK: list[tuple[str, ...]] = [
    ("config", "set", f"bank.accounts={ACCOUNTS}"),
    ("payment", "import", "wyciąg.sta"),
    ("payment", "list"),
    ("session", "void", "5", "--reason", "double-entry: zażółć"),
    ("session", "correct", "6", "--customer", "K-001", "--reason", "gęślą jaźń"),
    ("tariff", "show", "--text", "-o", "cennik.toml"),
    (
        "tariff",
        "new",
        "--id",
        "p-27",
        "--valid-from",
        "2027-01-01",
        "--set",
        "base_price=120.00",
        "-o",
        "nowy.toml",
    ),
    ("session", "show", "6"),
    ("report", "billing", "--period", "2026-11", "-o", "rozliczenie.csv"),
]


def test_clerk_is_told_the_same_in_polish_and_writes_the_same_files(written: tuple[Path, Path]) -> None:
    """Through pipes, which take UTF-8 in both systems; what a command keeps for ever is in the ledger."""
    for folder in written:
        shutil.copy(VECTORS / "bank" / "mt940-tilde.sta", folder / "wyciąg.sta")
    for words in OF_A_CLERK:
        ours, theirs = both(written, "--lang", "pl", "--ledger", "shop", *words)
        assert [_TRANSFER.sub("…", each.decode()) for each in ours[1:]] == [
            _TRANSFER.sub("…", each.decode()) for each in theirs[1:]
        ]
    for name in ("cennik.toml", "nowy.toml", "rozliczenie.csv"):
        assert (written[0] / name).read_bytes() == (written[1] / name).read_bytes(), name
    both(written, "--ledger", "shop", "check", "events", "documents", "views")
