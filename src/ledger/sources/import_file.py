"""A file of a source, taken in: records made facts, in one transaction; the same file again changes nothing.

A record that is known and says the same is a duplicate; one that says something else amends it; the
half of a pair completes it. What cannot be read goes into quarantine, never out of sight.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from ledger.application.ledger import Ledger, Metadata, PersonalData
from ledger.domain import events as e
from ledger.domain.clock import format_instant
from ledger.domain.identifiers import check_key
from ledger.domain.session.evolve import CONFIRM_OVER
from ledger.domain.source_record import Record, evolve
from ledger.errors import LedgerError, ZoneMissing
from ledger.imports.result import Progress, no_progress
from ledger.imports.write import Planned, write
from ledger.sources.adapter import Options, Quarantined, Reason, Skipped, SourceRecord, Told
from ledger.sources.known_records import Known, words_of
from ledger.sources.merge import begun, joined_times, times_of
from ledger.sources.record_id import content_of, native_key, source_stream, stable_key
from ledger.sources.registry import ADAPTERS, reader
from ledger.sources.result import SourceFile, Taken
from ledger.sources.settings import Technicians

QUARANTINE_KEPT_MAX = 1_000
"""So many lines of a file are kept; the others are counted."""


def import_source(
    ledger: Ledger,
    said: Metadata,
    file: SourceFile,
    options: Options,
    *,
    dry_run: bool = False,
    progress: Progress = no_progress,
) -> Taken:
    """Take in a file whole, in one transaction; raises BadSource, ZoneMissing, AdapterUnknown."""
    read = reader(file.adapter)
    if ADAPTERS[file.adapter].needs_zone and options.zone is None:
        raise ZoneMissing(f"{file.adapter} writes local times")
    told = list(read(file.raw, options))
    taken = Taken(file.name, file.adapter, file.instance, read=len(told), recorded=not dry_run)
    intake = _Intake(ledger, said, taken, progress)
    intake.take(told)
    plan = [] if dry_run else [*intake.plans(), *intake.imported(file.raw)]
    if plan:
        taken.events = write(ledger, plan, progress)
    return taken


class _Intake:
    """Holds every record of a file against the ledger, counts, and notes what is to be recorded."""

    def __init__(self, ledger: Ledger, said: Metadata, taken: Taken, progress: Progress) -> None:
        self.ledger = ledger
        author = said._replace(source="import", command_id=None).of_command("source import", {})
        self.header: dict[str, Any] = author.header(ledger.now())
        self.taken = taken
        self.progress = progress
        self.technicians = Technicians.from_config(ledger.folder.read_config())
        self.known = Known(ledger)
        self._planned: dict[UUID, Planned] = {}
        self._more: list[Planned] = []

    def take(self, told: Sequence[Told]) -> None:
        """Sort what an adapter told into new, known, amended, quarantined and skipped."""
        records = [each for each in told if isinstance(each, SourceRecord)]
        keys = {each.line: self._key(each) for each in records}
        self.known.look_up(key for key in keys.values() if key is not None)
        for each in told:
            if isinstance(each, Skipped):
                self.taken.skipped += 1
            elif isinstance(each, Quarantined):
                self.taken.quarantine.append(each)
            else:
                self._take_record(each, keys[each.line])
        self.taken.quarantine.sort(key=lambda q: q.line)

    def _instance(self, told: SourceRecord) -> str:
        return self.taken.instance if told.instance is None else told.instance

    def _key(self, told: SourceRecord) -> str | None:
        """Which record it is; None for an end whose beginning is to be looked for."""
        source = self.taken.adapter, self._instance(told)
        if told.native_id is not None:
            return native_key(*source, told.native_id)
        if told.started is None:
            return None
        return stable_key(*source, format_instant(told.started.at), told.kind)

    def _take_record(self, told: SourceRecord, key: str | None) -> None:
        try:
            check_key(self._instance(told), "the instance")
        except LedgerError:
            self._quarantine(told, "bad-instance")
            return
        technician = self.technicians.handle(told.user)
        source = self.taken.adapter, self._instance(told)
        if key is None:
            known = self.known.begun_by(*source, told, technician)
        elif told.native_id is None:
            key, known = self.known.same(key, told)
        else:
            known = self.known.get(key)
        whole = told if known is not None else begun(told)
        if whole is None:
            self._quarantine(told, "end-without-start")
            return
        self.taken.unnamed += technician is None and told.user is not None
        if known is not None:
            self._compare(known, whole, technician)
        else:
            assert key is not None  # noqa: S101 - only an end without a beginning has none
            self._observe(whole, key, technician)

    def _quarantine(self, told: SourceRecord, reason: Reason) -> None:
        moments = [moment.text for moment in (told.started, told.ended) if moment is not None]
        text = " ".join([*moments, told.instance or ""]).strip()
        self.taken.quarantine.append(Quarantined(told.line, reason, text))

    def _observe(self, told: SourceRecord, key: str, technician: str | None) -> None:
        times = times_of(told)
        fact = e.SourceSessionObserved(
            **self.header,
            adapter=self.taken.adapter,
            instance=self._instance(told),
            key=key,
            kind=told.kind,
            times=times,
            content=content_of(told.kind, times, technician, told.duration_s, told.stated),
            technician=technician,
            remote_id_fingerprints=None if told.remote_id is None else self._fresh(told.remote_id, times),
            duration_s=told.duration_s,
        )
        self.taken.observed += 1
        self._count_untrue(times)
        stream = self.ledger.ids.new()
        words = words_of(told)
        self.known.add(evolve(None, stream, fact), words)
        self._planned[stream] = Planned(
            stream, 0, [fact], PersonalData("session", words) if words else None, 1
        )

    def _compare(self, known: Record, told: SourceRecord, technician: str | None) -> None:
        times = joined_times(known, told)
        is_partial = told.started is None or (told.ended is None and known.times.ended_at is not None)
        duration_s = known.duration_s if is_partial and told.duration_s is None else told.duration_s
        kind = known.kind if is_partial else told.kind
        content = content_of(kind, times, technician, duration_s, told.stated)
        words = None if is_partial else self._new_words(known, told)
        adds_nothing = is_partial and _says(times) == _says(known.times) and technician == known.technician
        if adds_nothing or (content == known.content and words is None):
            self.taken.duplicate += 1
            self.progress(1)
            return
        fact = e.SourceSessionAmended(
            **self.header,
            kind=kind,
            times=times,
            content=content,
            technician=technician,
            remote_id_fingerprints=self._fingerprints(known, told, times),
            duration_s=duration_s,
        )
        self.taken.amended += 1
        self._count_untrue(times)
        self._amend(known, fact, words)

    def _amend(self, known: Record, fact: e.SourceSessionAmended, words: PersonalData | None) -> None:
        """Append to a stream; words stand with the first fact of a plan, so another plan may be needed."""
        version = known.version
        evolve(known, known.id, fact)
        self._more.append(Planned(known.id, version, [fact], words, 1))

    def _fresh(self, remote_id: str, times: e.RecordTimes) -> tuple[str, str] | None:
        return self.ledger.remote_id_fingerprints(times.started_at, remote_id)

    def _fingerprints(
        self, known: Record, told: SourceRecord, times: e.RecordTimes
    ) -> tuple[str, str] | None:
        """Fingerprints anew where the beginning or the ID may be another; the old ones once they cannot."""
        if told.remote_id is None:
            return known.remote_id_fingerprints
        return self._fresh(told.remote_id, times) or known.remote_id_fingerprints

    def _new_words(self, known: Record, told: SourceRecord) -> PersonalData | None:
        """What the source says otherwise of people; None when it says the same, or all was erased."""
        words = words_of(told)
        if not words:
            return None
        vault = self.ledger.vault
        pending = self._planned.get(known.id)
        if pending is not None:  # made by this very file
            same = (pending.words.values if pending.words is not None else {}) == words
            return None if same else PersonalData("session", words)
        if known.words_erased or (known.commitment is not None and not vault.has_keys("session", known.id)):
            return None
        if known.commitment is None:
            return PersonalData("session", words)
        place = known.id, known.id, known.words_version
        return (
            None
            if vault.matches("session", *place, known.commitment, words)
            else PersonalData("session", words)
        )

    def _count_untrue(self, times: e.RecordTimes) -> None:
        if times.ended_at is not None:
            lasted = times.ended_at - times.started_at
            self.taken.untrue += not timedelta() <= lasted <= CONFIRM_OVER

    def plans(self) -> Iterator[Planned]:
        """What is to be appended to the streams of records."""
        yield from self._planned.values()
        yield from self._more

    def imported(self, raw: bytes) -> Iterator[Planned]:
        """The fact that the file brought something new, with the lines in quarantine not seen before."""
        taken = self.taken
        stream = source_stream(taken.adapter, taken.instance)
        history = self.ledger.events_of(stream)
        fresh = self._unseen(history)
        if not fresh and not taken.observed and not taken.amended:
            return
        fact = e.SourceImported(
            **self.header,
            adapter=taken.adapter,
            instance=taken.instance,
            lines=taken.read,
            observed=taken.observed,
            duplicate=taken.duplicate,
            amended=taken.amended,
            quarantined=taken.quarantined,
            skipped=taken.skipped,
            quarantine=tuple(e.QuarantinedLine(q.line, q.reason) for q in fresh),
        )
        words = {"file_sha256": hashlib.sha256(raw).hexdigest(), **{str(q.line): q.text for q in fresh}}
        yield Planned(stream, len(history), [fact], PersonalData("session", words), 0)

    def _unseen(self, history: Sequence[e.RecordedEvent]) -> list[Quarantined]:
        """The quarantined lines that no import of this source kept before."""
        seen: set[tuple[str, str]] = set()
        for event in history:
            if isinstance(event.event, e.SourceImported) and event.event.quarantine:
                texts = self.ledger.words(event.event.commitment) or {}
                seen |= {(line.reason, texts.get(str(line.line), "")) for line in event.event.quarantine}
        fresh = [q for q in self.taken.quarantine if (q.reason, q.text) not in seen]
        return fresh[:QUARANTINE_KEPT_MAX]


def _says(times: e.RecordTimes) -> tuple[datetime, datetime | None]:
    """The moments alone, however their source wrote them."""
    return times.started_at, times.ended_at
