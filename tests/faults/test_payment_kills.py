"""kill -9 while bank files are imported and proposals confirmed: nothing is paid twice, nothing is lost."""

from __future__ import annotations

import os
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from random import Random, SystemRandom
from signal import SIGKILL

import pytest

from ledger.domain import events as e
from ledger.store.mapper import read_fact
from tests.faults.killing import Aim, Ended, Killing, killing
from tests.support.bank_office import NOW, BankOffice, Owed
from tests.support.office import ON_POSTGRES

LONG = "SESSION_LEDGER_LONG" in os.environ
KILLS = 200 if LONG else 10
SEED = os.environ.get("SESSION_LEDGER_SEED") or str(SystemRandom().randrange(10**9))
OWN = "22124014310000990000000077"
EACH = 4
"""Transfers of one file, each of one invoice."""
ATTEMPTS = 4
"""So often one command is killed at most."""
HEAD = (
    "Data księgowania;Data waluty;Nadawca / Odbiorca;Adres nadawcy / odbiorcy;Rachunek źródłowy;"
    "Rachunek docelowy;Tytułem;Kwota operacji;Waluta;Numer referencyjny;Typ operacji;Kategoria\n"
)
pytestmark = [
    pytest.mark.skipif(ON_POSTGRES, reason="kills what works on the files of SQLite"),
    pytest.mark.skipif(sys.platform != "linux", reason="the kernel tells when a file is written"),
]


class Trial:
    """A ledger that gets a file a round; import and confirmation are killed until they survive."""

    def __init__(self, killer: Killing, office: BankOffice, chance: Random) -> None:
        self.killer, self.office, self.chance = killer, office, chance
        self.landed: Counter[str] = Counter()
        self._took: dict[str, Ended] = {}

    @property
    def kills(self) -> int:
        """Processes that ended by SIGKILL."""
        return self.landed.total() - self.landed["not killed"]

    def round(self, number: int) -> None:
        """Import the file of a round and confirm what it proposes."""
        self.office.record_invoices([_owed(number, place) for place in range(EACH)])
        file = self.office.folder.parent / f"round-{number}.csv"
        file.write_text(HEAD + "".join(_row(number, place) for place in range(EACH)), encoding="utf-8")
        self._until_done("import", ("payment", "import", str(file), "--command-id", f"i-{number}"))
        seen = self.office.asks("payment", "list")
        assert [each["state"] for each in seen["transfers"]] == ["proposed"] * EACH
        words = ("payment", "confirm", "--all-proposed", "--yes", "--digest", seen["digest"])
        self._until_done("confirm", (*words, "--command-id", f"c-{number}"))
        assert self.office.asks("payment", "list")["transfers"] == []

    def _until_done(self, name: str, words: tuple[str, ...]) -> None:
        given = {
            "SESSION_LEDGER_DIR": str(self.office.folder),
            "SESSION_LEDGER_NOW": NOW,
            "SESSION_LEDGER_BY": "anna",
        }
        for attempt in range(ATTEMPTS + 1):
            ended = self.killer.run(words, given, self._aim(name) if attempt < ATTEMPTS else None)
            self.landed[ended.landed] += 1
            payments_are_single(self.office)
            if ended.status == 0:
                last = self._took.get(name)
                has_written = ended.wrote_after is not None and "recorded before" not in ended.err
                if has_written and (last is None or ended.seconds < last.seconds):  # a busy machine is slow
                    self._took[name] = ended
                return
            assert ended.status == -SIGKILL, (words, ended)

    def _aim(self, name: str) -> Aim | None:
        last = self._took.get(name)
        if last is None:
            return None
        if last.wrote_after is None:
            return Aim(self.chance.uniform(0, last.seconds))
        return Aim(self.chance.uniform(0, last.seconds - last.wrote_after), after_write=True)


def payments_are_single(office: BankOffice) -> None:
    """Assert that no transfer is there twice, and that none pays more than once."""
    with office.opened() as ledger:
        seen: Counter[bytes] = Counter()
        assigned: Counter[bytes] = Counter()
        paid: Counter[bytes] = Counter()
        for rows in ledger.store.pages(0):
            for _, stream, version, topic, _, state in rows:
                if topic == e.TransferSeen.TOPIC:
                    seen[stream] += 1
                elif topic == e.TransferAssigned.TOPIC:
                    assigned[stream] += 1
                elif topic == e.PaymentRecorded.TOPIC:
                    fact = read_fact(topic, state, ledger.ids.new(), version)
                    assert isinstance(fact, e.PaymentRecorded)
                    assert fact.transfer is not None
                    paid[fact.transfer.bytes] += 1
        assert set(seen.values()) <= {1}
        assert paid == assigned  # one commit
        assert set(paid.values()) <= {1}


def test_nothing_is_paid_twice(tmp_path: Path) -> None:
    """After every kill, and at the end each invoice is paid to the grosz."""
    office = BankOffice(tmp_path / "ledger")
    with killing(office.folder) as killer:
        trial = Trial(killer, office, Random(SEED))  # noqa: S311 - it only has to vary
        rounds = 0
        while trial.kills < KILLS:
            trial.round(rounds)
            rounds += 1
            assert rounds <= 2 * KILLS + 20, (SEED, trial.landed)
    print(f"{trial.kills} kills, {rounds} rounds, seed {SEED}: {dict(trial.landed)}")  # noqa: T201 - of a long run
    with office.opened() as ledger:
        for number in range(rounds):
            for place in range(EACH):
                owed = _owed(number, place)
                assert ledger.find_invoice(owed.number).paid_grosze == owed.gross, SEED
    office.does("check", "--repair", "vault")
    assert office.run("check", "vault").out == ""


def _owed(number: int, place: int) -> Owed:
    on = date(2026, 11, 2)
    gross = 12300 + 100 * place
    return Owed(
        f"FV/2026/11/{number * EACH + place + 1:04d}",
        f"K-{place}",
        f"Firma {place}",
        "",
        "",
        gross,
        2300,
        0,
        0,
        on,
        on,
    )


def _row(number: int, place: int) -> str:
    owed = _owed(number, place)
    amount = f"{owed.gross // 100},{owed.gross % 100:02d}"
    return (
        f"12.11.2026;12.11.2026;FIRMA {place};;'15109010140000880000000201;'{OWN};{owed.number};"
        f"{amount};PLN;'R{number}-{place};P;W\n"
    )
