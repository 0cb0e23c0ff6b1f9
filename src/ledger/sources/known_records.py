"""The records that the ledger has: by key, or by the beginning that an end belongs to."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import count
from uuid import UUID

from ledger.application.ledger import Ledger
from ledger.domain.clock import local_month
from ledger.domain.source_record import Record, project
from ledger.sources.adapter import SourceRecord
from ledger.sources.record_id import numbered_key

LONGEST = timedelta(hours=48)
"""The remote tools' own limit: an end belongs to no beginning further back."""
SAME_S = 2
"""An end and the seconds that it counts give the beginning to so many seconds."""
WHOM = ("remote_id", "user", "partner", "computer", "address", "local_user")
"""The personal data that says between whom a connection was."""


def words_of(told: SourceRecord) -> dict[str, str]:
    """Return the personal data of a record: the remote ID, the technician's name in the tool, and more."""
    own = {"remote_id": told.remote_id, "user": told.user}
    return {**told.words, **{name: text for name, text in own.items() if text}}


def record_of(ledger: Ledger, stream: UUID) -> Record:
    """Return a record as it stands."""
    record = project(None, ledger.events_of(stream))
    assert record is not None  # noqa: S101 - a reference is written with its record's first event
    return record


class Known:
    """The records of a ledger, and those that the import has made so far."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._streams: dict[str | int, UUID] = {}
        self._records: dict[str, Record] = {}
        self._words: dict[str, dict[str, str]] = {}
        self._of_source: dict[tuple[str, str], list[Record]] = {}

    def look_up(self, keys: Iterable[str]) -> None:
        """Look up which of these keys are taken, all in one query."""
        self._streams |= self._ledger.store.resolve_many("record", list(dict.fromkeys(keys)))

    def get(self, key: str) -> Record | None:
        """Return the record of a key that was looked up, or made since."""
        if key not in self._records:
            stream = self._streams.get(key)
            if stream is None:
                return None
            self._records[key] = record_of(self._ledger, stream)
        return self._records[key]

    def same(self, key: str, told: SourceRecord) -> tuple[str, Record | None]:
        """Return the key of a record that its source gives no id to, and the record if it is known.

        Two that began at one moment are told apart by whom they were with, as far as that is still known;
        the second and later ones have keys of their own.
        """
        for number in count(1):
            numbered = key if number == 1 else numbered_key(key, number)
            if number > 1 and numbered not in self._records:
                self.look_up([numbered])
            record = self.get(numbered)
            if record is None or self._is_same(record, told):
                return numbered, record
        raise AssertionError  # pragma: no cover - a count never ends

    def _is_same(self, record: Record, told: SourceRecord) -> bool:
        words = self._words.get(record.key)
        if words is None:
            words = self._ledger.words(record.commitment)
        now = words_of(told)
        if words is not None:
            return all(words.get(name) == now.get(name) for name in WHOM)
        if told.remote_id is None or record.marks is None:
            return True
        month = local_month(record.times.started_at)
        return self._ledger.months.marks_if_open(month, told.remote_id) in {None, record.marks}

    def add(self, record: Record, words: dict[str, str]) -> None:
        """Add a record that the import makes."""
        self._records[record.key] = record
        self._words[record.key] = words
        of_source = self._of_source.get((record.adapter, record.instance))
        if of_source is not None:
            of_source.append(record)

    def begun_by(
        self, adapter: str, instance: str, told: SourceRecord, technician: str | None
    ) -> Record | None:
        """Return the record that an end belongs to: the very same end, else the last open one before it.

        An end that counts its seconds belongs only to a beginning that lies so far back; one with an
        address, only to a beginning of that address.
        """
        assert told.ended is not None  # noqa: S101 - an adapter gives one of both
        end = told.ended.at
        alike = [
            record
            for record in self._source(adapter, instance)
            if timedelta() <= end - record.times.started_at <= LONGEST
            and record.times.ended_at in (None, end)
            and (record.times.over_by is None or end <= record.times.over_by)
            and _counts_to(record, told, end)
            and record.technician == technician
            and self._is_with(record, told.remote_id)
            and self._is_there(record, told)
        ]
        return max(alike, key=lambda r: (r.times.ended_at == end, r.times.started_at), default=None)

    def _source(self, adapter: str, instance: str) -> list[Record]:
        if (adapter, instance) not in self._of_source:
            keys = map(str, self._ledger.store.keys("record"))
            self.look_up(keys)
            every = [self.get(str(key)) for key in self._streams] + list(self._records.values())
            mine = {
                r.key: r for r in every if r is not None and (r.adapter, r.instance) == (adapter, instance)
            }
            self._of_source[adapter, instance] = list(mine.values())
        return self._of_source[adapter, instance]

    def _is_with(self, record: Record, remote_id: str | None) -> bool:
        if remote_id is None or record.marks is None:
            return remote_id is None and record.marks is None
        month = local_month(record.times.started_at)
        return self._ledger.months.marks_if_open(month, remote_id) == record.marks

    def _is_there(self, record: Record, told: SourceRecord) -> bool:
        """Return False where both name a computer or an address, and not the same."""
        words = self._words.get(record.key)
        known = words if words is not None else self._ledger.words(record.commitment) or {}
        now = words_of(told)
        return all(
            known[name] == now[name] for name in ("computer", "address") if name in known and name in now
        )


def _counts_to(record: Record, told: SourceRecord, end: datetime) -> bool:
    if told.duration_s is None:
        return True
    lasted_s = (end - record.times.started_at).total_seconds()
    return abs(lasted_s - told.duration_s) <= SAME_S
