"""A copy made while others write is a whole ledger; keys that die soon stay out of it."""

from __future__ import annotations

import os
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger.application.backup import backup
from ledger.application.create import create_ledger
from ledger.application.ledger import Environment, Ledger, Metadata
from ledger.domain.session.request import RequestHelp
from ledger.errors import BackupTarget, KeyReadable, LedgerMissing
from ledger.folder.layout import Folder
from ledger.handlers import customer as customers
from ledger.handlers.check import invariants
from ledger.handlers.session import request
from ledger.handlers.settings import shop_tariff_text
from ledger.store.checks import check_store
from projections.read_side import ReadSide
from tests.support.systems import is_for_its_owner, needs_modes

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
OUTSIDE = Environment(lambda: NOW, os.urandom)
ANNA = Metadata("anna", "desk-1")


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    made = create_ledger(tmp_path / "l", OUTSIDE, ANNA, origin="shop", tariff_text=shop_tariff_text())
    customers.add(made, ANNA, "K-1", customers.check_profile({"name": "Żaneta"}))
    return made


def ask(ledger: Ledger) -> None:
    request(ledger, ANNA, RequestHelp(customer="K-1", issue="other", contact="601 888 312"))


def test_a_copy_is_read_like_the_ledger_but_for_the_session_data(ledger: Ledger, tmp_path: Path) -> None:
    ask(ledger)
    copied = backup(ledger.folder, tmp_path / "copy")
    assert copied == ["events.db", "vault.db", "keys/customer.db", "keys/tax.db", "keys/signing.key"]
    with Ledger.open(tmp_path / "copy", OUTSIDE) as copy:
        assert copy.store.length() == ledger.store.length()
        assert copy.customer_name("K-1") == "Żaneta"
        stream, _ = copy.find_session("1")
        assert copy.words(copy.session(stream).commitment) is None
    ledger.close()


def test_session_keys_are_copied_when_asked_for(ledger: Ledger, tmp_path: Path) -> None:
    ask(ledger)
    backup(ledger.folder, tmp_path / "copy", with_session_keys=True)
    with Ledger.open(tmp_path / "copy", OUTSIDE) as copy:
        stream, _ = copy.find_session("1")
        assert copy.words(copy.session(stream).commitment) == {"contact": "601 888 312"}
    assert all(map(is_for_its_owner, (tmp_path / "copy" / "keys").iterdir()))
    assert not (tmp_path / "copy" / "keys" / "left-out").exists()
    ledger.close()


def test_a_copy_made_while_others_write_has_the_words_of_every_event_it_has(
    ledger: Ledger, tmp_path: Path
) -> None:
    done = threading.Event()

    def write() -> None:
        with Ledger.open(ledger.folder.path, OUTSIDE) as other:
            while not done.is_set():
                ask(other)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(5):
            backup(ledger.folder, tmp_path / f"copy-{number}", with_session_keys=True)
    finally:
        done.set()
        writer.join()
    lengths: list[int] = []
    for number in range(5):
        assert list(check_store(tmp_path / f"copy-{number}" / "events.db")) == []
        with Ledger.open(tmp_path / f"copy-{number}", OUTSIDE) as copy:
            lengths.append(copy.store.length())
            for key in copy.store.keys("session"):
                stream, _ = copy.find_session(str(key))
                assert copy.words(copy.session(stream).commitment) == {"contact": "601 888 312"}
    assert lengths == sorted(lengths)
    ledger.close()


def test_a_copy_never_overwrites_and_nothing_is_copied_from_nowhere(ledger: Ledger, tmp_path: Path) -> None:
    with pytest.raises(BackupTarget):
        backup(ledger.folder, ledger.folder.path)
    with pytest.raises(LedgerMissing):
        backup(Folder(tmp_path / "nowhere"), tmp_path / "copy")
    ledger.close()


def test_the_signers_memory_is_never_copied_and_the_copy_signs_what_the_log_says(
    ledger: Ledger, tmp_path: Path
) -> None:
    """Brought back with an old log it would let the signer forget that it had signed more."""
    ledger.signer.checkpoint()
    assert ledger.folder.last_checkpoint.exists()
    for number, with_session_keys in enumerate((False, True)):
        copy = Folder(tmp_path / f"copy-{number}")
        backup(ledger.folder, copy.path, with_session_keys=with_session_keys)
        assert not copy.last_checkpoint.exists()
        assert is_for_its_owner(copy.signing_key)
        assert is_for_its_owner(copy.keys)
        with Ledger.open(copy.path, OUTSIDE) as opened:
            opened.signer.checkpoint()
    ledger.close()


@needs_modes
@pytest.mark.parametrize("name", ["customer.db", "tax.db", "signing.key"])
def test_keys_that_others_can_read_are_not_copied(ledger: Ledger, tmp_path: Path, name: str) -> None:
    ledger.close()
    (ledger.folder.keys / name).chmod(0o640)
    with pytest.raises(KeyReadable):
        backup(ledger.folder, tmp_path / "copy")


@needs_modes
def test_a_signing_key_that_others_can_read_signs_nothing(ledger: Ledger) -> None:
    ledger.folder.signing_key.chmod(0o604)
    with pytest.raises(KeyReadable):
        ledger.signer.checkpoint()
    ledger.close()


def test_a_copy_is_whole_and_a_ledger_that_lost_its_keys_is_not(ledger: Ledger, tmp_path: Path) -> None:
    """What `backup` left out is listed in the copy; a key file missing besides is a finding."""
    ask(ledger)
    copy = tmp_path / "copy"
    backup(ledger.folder, copy)
    with Ledger.open(copy, OUTSIDE, read_models=ReadSide) as opened:
        assert list(invariants.findings(opened, ["vault", "deleted"])) == []
        assert invariants.unreadable(opened) == ["month.db", "session.db"]
        assert list(invariants.repair(opened)) == []
        assert len(list(opened.vault.rows())) == 2
    (copy / "keys" / "tax.db").unlink()
    with Ledger.open(copy, OUTSIDE) as opened:
        assert [found.name for found in invariants.findings(opened, ["vault"])] == ["vault-unreadable"]
    assert invariants.unreadable(ledger) == []
    ledger.close()
    for file in ledger.folder.keys.glob("session.db*"):
        file.unlink()
    with Ledger.open(ledger.folder.path, OUTSIDE) as lost:
        assert [found.name for found in invariants.findings(lost, ["vault"])] == ["vault-unreadable"]
