"""Import of a source's file: its records become events, in one transaction.

A known record that says the same is a duplicate; one that says something else amends it; the half of a pair
completes it. What cannot be read goes into quarantine. The same file again changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from ledger.application.ledger import Ledger, Metadata, PersonalData
from ledger.domain import events as e
from ledger.domain.clock import format_instant
from ledger.domain.identifiers import check_key
from ledger.domain.session.evolve import CONFIRM_OVER
from ledger.domain.source_record import Record, computer_of, evolve
from ledger.errors import LedgerError, ZoneMissing
from ledger.handlers.computers import known_computers
from ledger.imports.result import Progress, no_progress
from ledger.imports.write import PlannedStream, write
from ledger.message import msg
from ledger.sources.adapter import (
    FOREIGN,
    LINES_MAX,
    Options,
    Quarantined,
    Reason,
    Skipped,
    SourceRecord,
    Told,
    require_few,
)
from ledger.sources.known_records import Known, words_of
from ledger.sources.merge import begun, joined_times, times_of
from ledger.sources.record_id import content_of, native_key, source_stream, stable_key
from ledger.sources.registry import ADAPTERS, reader
from ledger.sources.repeated_import import FILE_SHA256, recorded_before, repeated
from ledger.sources.result import SourceFile, TakenFile
from ledger.sources.settings import Technicians

QUARANTINE_KEPT_MAX = 1_000
"""More lines of one file are counted, not kept."""


def import_source(
    ledger: Ledger,
    said: Metadata,
    file: SourceFile,
    options: Options,
    *,
    dry_run: bool = False,
    progress: Progress = no_progress,
) -> TakenFile:
    """Import a file whole, in one transaction; under a command id given before, nothing.

    Of a file in which nothing was recognised, nothing is recorded. Raises BadSource, ZoneMissing,
    AdapterUnknown, CommandReused.
    """
    read = reader(file.adapter)
    if ADAPTERS[file.adapter].needs_zone and options.zone is None:
        raise ZoneMissing(msg("{adapter} writes local times", adapter=file.adapter))
    arguments = {"adapter": file.adapter, "instance": file.instance}
    author = said._replace(source="import").of_command("source import", arguments)
    before = recorded_before(ledger, author)
    if before is not None:
        return repeated(ledger, before, file)
    told = list(islice(read(file.raw, options), LINES_MAX + 1))
    require_few(len(told))
    taken = TakenFile(file.name, file.adapter, file.instance, read=len(told), recorded=not dry_run)
    taken.understood = is_understood(told)
    intake = _Intake(ledger, author, taken, progress)
    intake.take(told)
    plan = [] if dry_run or not taken.understood else [*intake.plans(), *intake.imported(file.raw)]
    if plan:
        taken.events = write(ledger, plan, progress)
    return taken


def is_understood(told: Sequence[Told]) -> bool:
    """Return False for lines in none of which the format of the adapter shows; True where there are none."""
    lines = [each for each in told if not (isinstance(each, Skipped) and not each.is_known)]
    if any(not isinstance(each, Quarantined) or each.reason not in FOREIGN for each in lines):
        return True
    return not lines and not told


class _Intake:
    """Compares every record of a file with the ledger, counts, and plans what is to be recorded."""

    def __init__(self, ledger: Ledger, author: Metadata, taken: TakenFile, progress: Progress) -> None:
        self.ledger = ledger
        self.author = author
        # The command id stands in the event of the import alone.
        self.header: dict[str, Any] = author.without_command().header(ledger.now())
        self.taken = taken
        self.progress = progress
        self.technicians = Technicians.from_config(ledger.folder.read_config())
        self.known = Known(ledger)
        self._owners: dict[str, dict[str, str]] = {}
        self._planned: dict[UUID, PlannedStream] = {}
        self._more: list[PlannedStream] = []

    def take(self, told: Sequence[Told]) -> None:
        """Sort lines into new, known, amended, quarantined and skipped."""
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
        """Return the key of a record; None for an end whose beginning is to be looked for."""
        source = self.taken.adapter, self._instance(told)
        if told.native_id is not None:
            return native_key(*source, told.native_id)
        if told.started is None:
            return None
        # Once every attempt was taken for a connection: the key is still that, so that the record is amended.
        kind = "remote_control" if told.kind == "attempt" else told.kind
        return stable_key(*source, format_instant(told.started.at), kind)

    def _take_record(self, told: SourceRecord, key: str | None) -> None:
        try:
            check_key(self._instance(told), msg("the instance"))
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
        if key is None and known is None:
            key = self._key(whole)
            assert key is not None  # noqa: S101 - it has a beginning now
            self.known.look_up([key])
            key, known = self.known.same(key, whole)
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
        words = words_of(told)
        name = (
            None
            if told.remote_id is not None
            else computer_of(self.taken.adapter, self._instance(told), words)
        )
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
            computer=None if name is None else self.ledger.token(times.started_at, name),
            customer=None if name is None else self._computers(self._instance(told)).get(name),
        )
        self.taken.observed += 1
        self._count(told, times)
        stream = self.ledger.ids.new()
        self.known.add(evolve(None, stream, fact), words)
        self._planned[stream] = PlannedStream(
            stream, 0, [fact], PersonalData("session", words) if words else None, 1
        )

    def _computers(self, instance: str) -> dict[str, str]:
        """Return the customers of the computers that the source names, as far as that was learnt."""
        if instance not in self._owners:
            self._owners[instance] = known_computers(self.ledger, (self.taken.adapter, instance))
        return self._owners[instance]

    def _compare(self, known: Record, told: SourceRecord, technician: str | None) -> None:
        times = joined_times(known, told)
        is_partial = told.started is None or (told.ended is None and times.ended_at is not None)
        if is_partial and told.user is None:  # the close of a session with several viewers names nobody
            technician = known.technician
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
        self._count(told, times)
        self._amend(known, fact, words)

    def _amend(self, known: Record, fact: e.SourceSessionAmended, words: PersonalData | None) -> None:
        """Plan one more event: personal data goes with the first event of a plan, so each has its own."""
        version = known.version
        evolve(known, known.id, fact)
        self._more.append(PlannedStream(known.id, version, [fact], words, 1))

    def _fresh(self, remote_id: str, times: e.RecordTimes) -> tuple[str, str] | None:
        return self.ledger.remote_id_fingerprints(times.started_at, remote_id)

    def _fingerprints(
        self, known: Record, told: SourceRecord, times: e.RecordTimes
    ) -> tuple[str, str] | None:
        """Return new fingerprints where the beginning or the ID may be another; else the old ones."""
        if told.remote_id is None:
            return known.remote_id_fingerprints
        return self._fresh(told.remote_id, times) or known.remote_id_fingerprints

    def _new_words(self, known: Record, told: SourceRecord) -> PersonalData | None:
        """Return the personal data where it differs; None when it is the same, or all was erased."""
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

    def _count(self, told: SourceRecord, times: e.RecordTimes) -> None:
        self.taken.attempts += told.kind == "attempt"
        self.taken.shared += times.shared_end
        self.taken.cut += times.over_by is not None and not times.shared_end
        if times.ended_at is not None:
            lasted = times.ended_at - times.started_at
            self.taken.untrue += not timedelta() <= lasted <= CONFIRM_OVER

    def plans(self) -> Iterator[PlannedStream]:
        """Yield what is appended to the streams of records."""
        yield from self._planned.values()
        yield from self._more

    def imported(self, raw: bytes) -> Iterator[PlannedStream]:
        """Yield the event of the import, with the quarantined lines not seen before; none for nothing new."""
        taken = self.taken
        stream = source_stream(taken.adapter, taken.instance)
        history = self.ledger.events_of(stream)
        fresh = self._unseen(history)
        if not fresh and not taken.observed and not taken.amended and self.author.command_id is None:
            return
        fact = e.SourceImported(
            **self.author.header(self.ledger.now()),
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
        words = {FILE_SHA256: hashlib.sha256(raw).hexdigest(), **{str(q.line): q.text for q in fresh}}
        yield PlannedStream(stream, len(history), [fact], PersonalData("session", words), 0)

    def _unseen(self, history: Sequence[e.RecordedEvent]) -> list[Quarantined]:
        """Return the quarantined lines that no import of this source kept before."""
        seen: set[tuple[str, str]] = set()
        for event in history:
            if isinstance(event.event, e.SourceImported) and event.event.quarantine:
                texts = self.ledger.words(event.event.commitment) or {}
                seen |= {(line.reason, texts.get(str(line.line), "")) for line in event.event.quarantine}
        fresh = [q for q in self.taken.quarantine if (q.reason, q.text) not in seen]
        return fresh[:QUARANTINE_KEPT_MAX]


def _says(times: e.RecordTimes) -> tuple[datetime, datetime | None]:
    """Return the moments alone, however their source wrote them."""
    return times.started_at, times.ended_at
