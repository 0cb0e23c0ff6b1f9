"""Sessions in bulk: new, grown and unchanged ones; everything else is a conflict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import islice
from uuid import UUID

from ledger.application.ledger import Ledger, Metadata, PersonalData
from ledger.domain import events as e
from ledger.domain.clock import local_month, office_text, office_time
from ledger.domain.customer import Customer, require_live, was_owned
from ledger.domain.session.evolve import Session
from ledger.domain.time_rules import AHEAD_MAX
from ledger.errors import ImportConflict, LedgerError
from ledger.handlers.quote import owns
from ledger.imports.amounts import differences
from ledger.imports.columns import Problems, records
from ledger.imports.day_and_times import composed
from ledger.imports.layout import PLAIN, Layout
from ledger.imports.result import ImportOutcome, Progress, Warned, ahead, no_progress
from ledger.imports.session_diff import growth, opening, recorded_session
from ledger.imports.session_rows import (
    MOMENTS,
    ImportedSession,
    SessionRow,
    columns_of,
    gather,
    parsers,
    read_row,
)
from ledger.imports.table_reader import Sheet
from ledger.imports.write import CHUNK, PlannedStream, check_command, write
from ledger.message import msg
from ledger.vault.remote_id_fingerprints import Marker, digits_of

SHOWN_MAX = 5
"""Sessions that are shown of an import: enough to see that columns were understood."""
_NO_ORDER = msg("hardware without an order counts as other: a customer of the shop gets 50 % off")


def import_sessions(
    ledger: Ledger,
    said: Metadata,
    sheet: Sheet,
    *,
    layout: Layout = PLAIN,
    dry_run: bool = False,
    progress: Progress = no_progress,
) -> ImportOutcome:
    """Take in a table of sessions whole, or raise ImportRejected naming every bad line.

    `progress` counts rows that are known as they are compared, and the others as they are written.
    """
    problems = Problems(sheet, layout)
    told, identical = gather(_rows(sheet, problems, progress), problems)
    outcome = ImportOutcome(sheet.name, read=len(sheet.lines), unchanged=identical, recorded=not dry_run)
    outcome.leave_out(problems.left_out)
    plan = _Plan(ledger, said, problems, outcome, progress)
    progress(identical)
    plan.look_up(told)
    problems.raise_if_any()
    check_command(ledger, plan.author, adds=plan.adds)
    if plan.adds and not dry_run:
        outcome.events = write(ledger, plan.written(), progress)
        if plan.purged:
            ledger.vault.erase("session", *plan.purged)
    outcome.shown = [_shown(each) for each in islice(told.values(), SHOWN_MAX)]
    outcome.amounts = list(differences(ledger, told.values()))
    outcome.last_ended_at = max((t.ended_at for t in told.values() if t.ended_at), default=None)
    return outcome


def _shown(told: ImportedSession) -> str:
    """Return a session in a line, as it is recorded."""
    row = told.rows[0]
    ended = "…" if told.ended_at is None else office_text(told.ended_at)
    more = filter(None, (row.technician, told.order_ref, told.billed_as))
    words = (row.session_ref, row.customer, row.issue, office_text(row.connected_at), "–", ended, *more)
    return " ".join(words)


def _rows(sheet: Sheet, problems: Problems, progress: Progress) -> list[SessionRow]:
    """Return the typed rows of sessions all of whose rows can be read."""
    rows: list[SessionRow] = []
    broken: set[str | None] = set()
    readers = parsers(problems)
    for record in composed(records(sheet, columns_of(problems.layout), problems), problems):
        row = read_row(record, problems, readers)
        if row is None:
            broken.add(record.cells.get("session_ref"))
        else:
            rows.append(row)
        if record.line % CHUNK == 0:
            progress(0)  # nothing is recorded yet, but the bar lives
    return [row for row in rows if row.session_ref not in broken] if broken else rows


class _Plan:
    """Looks every session of the file up, counts, and notes what is wrong."""

    def __init__(
        self, ledger: Ledger, said: Metadata, problems: Problems, outcome: ImportOutcome, progress: Progress
    ) -> None:
        self.ledger = ledger
        self.author = said._replace(source="import").of_command("session import", {})
        self.problems = problems
        self.outcome = outcome
        self.progress = progress
        self.opened: list[ImportedSession] = []
        self.grown: list[PlannedStream] = []
        self.purged: list[UUID] = []
        self._latest = ledger.now() + AHEAD_MAX
        self._customers: dict[str, Customer] = {}
        self._markers: dict[date, Marker | None] = {}

    @property
    def adds(self) -> bool:
        """Return True if anything is new."""
        return bool(self.opened or self.grown)

    def look_up(self, sessions: Mapping[str, ImportedSession]) -> None:
        """Sort the sessions into new, grown and unchanged ones."""
        known = self.ledger.store.resolve_many("session_ref", list(sessions))
        for session_ref, told in sessions.items():
            self.outcome.warnings.extend(self._warnings(told))
            stream = known.get(session_ref)
            if stream is None:
                self._open(told)
            else:
                self._compare(told, stream)

    def _warnings(self, told: ImportedSession) -> Iterator[Warned]:
        if told.first.issue == "hardware" and told.order_ref is None:
            yield Warned(told.first.line, "order_ref", _NO_ORDER)
        for row in told.rows:
            for column in MOMENTS:
                at: datetime | None = getattr(row, column)
                if at is not None and at > self._latest:
                    yield Warned(row.line, column, ahead(at))

    def _open(self, told: ImportedSession) -> None:
        code = told.first.customer
        try:
            if code not in self._customers:
                self._customers[code] = self.ledger.find_customer(code)
            require_live(self._customers[code])
        except LedgerError as error:
            self.problems.add(told.first.line, "customer", error)
            return
        if told.order_ref is not None and not self._owns(code, told.order_ref, told.rows[0].connected_at):
            event = msg(
                "{customer} did not own {order} then: help with its hardware is not free",
                customer=code,
                order=told.order_ref,
            )
            self.outcome.warnings.append(Warned(told.first.line, "order_ref", event))
        self.outcome.new += len(told.rows)
        self.opened.append(told)

    def _owns(self, code: str, order_ref: str, at: datetime) -> bool:
        """Return True as `owns` does; most orders are found with the customer, who is known by now."""
        return was_owned(self._customers[code].purchases, order_ref, at) or owns(
            self.ledger, code, order_ref, at
        )

    def _compare(self, told: ImportedSession, stream: UUID) -> None:
        recorded = recorded_session(self.ledger.events_of(stream))
        session = recorded.session
        facts, conflicts = growth(self.author, told, recorded, self.ledger.state.tariff_at)
        if _has_other_remote_id(self.ledger, told, session):
            conflicts.append(
                ("remote_id", ImportConflict(msg("the session is recorded with another remote ID")))
            )
        for column, error in conflicts:
            self.problems.add(told.first.line, column, error)
        if conflicts:
            return
        if not facts:
            self.outcome.unchanged += len(told.rows)
            self.progress(len(told.rows))
            return
        self.outcome.extended += len(told.rows)
        self.grown.append(PlannedStream(stream, session.version, facts, None, len(told.rows)))
        if any(isinstance(event, e.DataPurged) for event in facts):
            self.purged.append(stream)

    def written(self) -> Iterator[PlannedStream]:
        """Yield what is to be appended; new sessions become events only as they are written."""
        tariff_at, new_id = self.ledger.state.tariff_at, self.ledger.ids.new
        for told in self.opened:
            words, marks = self._kept(told)
            facts = opening(self.author, told, marks, tariff_at)
            yield PlannedStream(new_id(), 0, facts, words, len(told.rows))
        yield from self.grown

    def _kept(self, told: ImportedSession) -> tuple[PersonalData | None, tuple[str, str] | None]:
        """Return the personal data and the fingerprints that are kept of a new session's remote ID.

        A session whose data are gone keeps no personal data; one that was over before the first day of
        billing keeps nothing.
        """
        if told.remote_id is None:
            return None, None
        if told.ended_at is not None and self.ledger.state.billed_before_adoption(told.ended_at):
            return None, None
        words = PersonalData("session", {"remote_id": told.remote_id}) if told.purged_at is None else None
        day = office_time(told.requested_at or told.rows[0].connected_at).date()
        if day not in self._markers:
            self._markers[day] = self.ledger.marker(day)
        marker = self._markers[day]
        return words, None if marker is None else marker(told.remote_id)


def _has_other_remote_id(ledger: Ledger, told: ImportedSession, session: Session) -> bool:
    """Return True if a remote ID differs, as far as a living key shows it."""
    if told.remote_id is None:
        return False
    words = ledger.words(session.commitment) or {}
    if "remote_id" in words:
        return digits_of(words["remote_id"]) != told.remote_id
    if session.remote_id_fingerprints is None:
        return False
    marks = ledger.months.marks_if_open(local_month(session.requested_at), told.remote_id)
    return marks not in (None, session.remote_id_fingerprints)
