"""A row that two writers put: whoever gives up takes nothing away that the other still needs."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger.application.create import create_ledger
from ledger.application.ledger import Environment, Ledger, Metadata, PersonalData
from ledger.application.metadata import entry_of
from ledger.domain.events import Noted, RecordedEvent, following
from ledger.domain.session.commands import Note
from ledger.domain.session.request import RequestHelp
from ledger.errors import StoreBusy, VersionTaken
from ledger.handlers import customer as customers
from ledger.handlers.session import handle, request
from ledger.handlers.settings import shop_tariff_text
from ledger.store.event_store import LedgerStore

NOW = datetime(2026, 11, 16, 9, tzinfo=UTC)
OUTSIDE = Environment(lambda: NOW, os.urandom)
ANNA = Metadata("anna", "desk-1")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with create_ledger(tmp_path / "l", OUTSIDE, ANNA, origin="shop", tariff_text=shop_tariff_text()) as made:
        customers.add(made, ANNA, "K-1", customers.check_profile({"name": "Żaneta"}))
        request(made, ANNA, RequestHelp(customer="K-1", issue="other"))
        yield made


def impatient(ledger: Ledger) -> Ledger:
    """The same ledger, for somebody who waits for the events no longer than a moment."""
    store = LedgerStore.open(ledger.folder.events, clock=lambda: 0, busy_seconds=0.05)
    return Ledger(ledger.folder, store, OUTSIDE)


def writing(ledger: Ledger) -> closing[sqlite3.Connection]:
    """Somebody who holds the events' write lock."""
    return closing(sqlite3.connect(ledger.folder.events, isolation_level=None))


def test_who_gives_up_waiting_leaves_the_words_that_another_waits_with(ledger: Ledger) -> None:
    """Given two who note the same of one session, and the first gives up, the second's words are there."""
    stream, _ = ledger.find_session("1")
    words = PersonalData("tax", {"summary": "driver reinstalled"})
    (commitment,) = ledger.vault.put_many([entry_of(words, stream, 2, NOW)])
    with impatient(ledger) as first, writing(ledger) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy):
            handle(first, ANNA, "1", Note(summary="driver reinstalled"))
    ledger.store.save(RecordedEvent(stream, 2, Noted(at=NOW, by="marek", commitment=commitment)))
    assert ledger.words(commitment) == {"summary": "driver reinstalled"}


def test_who_gives_up_a_stream_of_his_own_takes_its_words_back(ledger: Ledger) -> None:
    before = list(ledger.vault.rows())
    with impatient(ledger) as first, writing(ledger) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusy):
            request(first, ANNA, RequestHelp(customer="K-1", issue="other", contact="601 888 312"))
    assert list(ledger.vault.rows()) == before
    assert len(ledger.vault.key_subjects("session")) == 0


def test_who_lost_the_place_takes_his_words_back(ledger: Ledger) -> None:
    stream, _ = ledger.find_session("1")
    version = ledger.session(stream).version
    handle(ledger, ANNA, "1", Note(summary="the winner's"))
    before = list(ledger.vault.rows())
    events = following(stream, version, Noted(at=NOW, by="marek"))
    with pytest.raises(VersionTaken):
        ledger.record(events, PersonalData("tax", {"summary": "the loser's"}))
    assert list(ledger.vault.rows()) == before


def test_words_recorded_after_an_erasure_outlive_its_completion(ledger: Ledger) -> None:
    """Given rows from before and after an erasing event under one key, only the former go."""
    stream, _ = ledger.find_session("1")
    handle(ledger, ANNA, "1", Note(summary="old"))
    handle(ledger, ANNA, "1", Note(summary="young"))
    ledger.vault.erase_before("tax", {stream: 3})
    (row,) = (row for row in ledger.vault.rows() if row.kind == "tax")
    assert ledger.words(row.commitment) == {"summary": "young"}
    ledger.vault.erase_before("tax", {stream: 4})
    assert ledger.vault.key_subjects("tax") == []
