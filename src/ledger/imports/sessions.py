"""Sessions in bulk: new ones, ones that grew, ones that say the same; everything else is a conflict."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import msgspec

from ledger import events as e
from ledger.application import Ledger, Said, Words
from ledger.clock import local_month
from ledger.customer import Customer, require_live
from ledger.decisions import Author
from ledger.errors import ImportConflict, LedgerError
from ledger.imports.columns import Problems, records
from ledger.imports.outcome import Outcome, Progress, Warned, no_progress
from ledger.imports.session_rows import COLUMNS, UNKNOWN_TECHNICIAN, Stretch, Told, gather, read_row
from ledger.imports.sheet import Sheet
from ledger.session import Session, project

CHUNK_SESSIONS = 1_000
TariffAt = Callable[[datetime], str | None]
"""Digest of the price list in force at an instant."""


class Growth(NamedTuple):
    """What a session of the file adds: its stream and version before, facts, words, whether it is new."""

    stream: UUID
    version: int
    facts: list[e.Fact]
    words: Words | None
    is_new: bool


def import_sessions(
    ledger: Ledger,
    said: Said,
    sheet: Sheet,
    *,
    dry_run: bool = False,
    progress: Progress = no_progress,
) -> Outcome:
    """Take in a table of sessions whole, or raise ImportRejected naming every bad line."""
    problems = Problems(sheet)
    found = records(sheet, COLUMNS, problems)
    rows = [row for record in found if (row := read_row(record, problems)) is not None]
    told, identical = gather(rows, problems)
    outcome = Outcome(sheet.name, read=len(found), unchanged=identical, recorded=not dry_run)
    author = ledger.author(said._replace(source="import"), "session import", {})
    plan = _Plan(ledger, author, problems, outcome, told)
    looked_up = [(session, plan.look_up(session)) for session in told.values()]
    growths = [(session, known) for session, known in looked_up if known is not None]
    problems.raise_if_any()
    if not dry_run:
        outcome.events = _write(plan, growths, progress)
    return outcome


class Known(NamedTuple):
    """What the ledger has of a session of the file: nothing, or its stream and what is to be added."""

    stream: UUID | None
    version: int
    facts: list[e.Fact]


class _Plan:
    """Looks every session of the file up, counts, and notes what is wrong."""

    def __init__(
        self,
        ledger: Ledger,
        author: Author,
        problems: Problems,
        outcome: Outcome,
        references: Iterable[str],
    ) -> None:
        self.ledger = ledger
        self.author = author
        self.problems = problems
        self.outcome = outcome
        self._recorded = ledger.store.resolve_many("session_ref", references)
        self._customers: dict[str, Customer] = {}

    def look_up(self, told: Told) -> Known | None:
        """What the session adds to the ledger; None when it adds nothing or is refused."""
        line = told.first.line
        try:
            self._check_customer(told.first.customer)
        except LedgerError as error:
            self.problems.add(line, "customer", error)
            return None
        if told.first.issue == "hardware" and told.order_ref is None:
            fact = "hardware without an order counts as other: a customer of the shop gets 50 % off"
            self.outcome.warnings.append(Warned(line, "order_ref", fact))
        stream = self._recorded.get(told.first.session_ref)
        if stream is None:
            self.outcome.new += len(told.lines)
            return Known(None, 0, [])
        return self._compare(told, stream)

    def _check_customer(self, code: str) -> None:
        if code not in self._customers:
            self._customers[code] = self.ledger.find_customer(code)
        require_live(self._customers[code])

    def _compare(self, told: Told, stream: UUID) -> Known | None:
        recorded = self.ledger.events_of(stream)
        by_import = [x for x in recorded if x.fact.source == "import"]
        if by_import[:1] == recorded[:1]:
            imported = project(None, by_import)
            if imported is not None and self._adds(told, imported, None) == []:
                self.outcome.unchanged += len(told.lines)
                return None
        session = project(None, recorded)
        assert session is not None  # noqa: S101 - a reference is written with its session's first event
        facts = self._adds(told, session, self.problems)
        if facts is None:
            return None
        if not facts:
            self.outcome.unchanged += len(told.lines)
            return None
        self.outcome.extended += len(told.lines)
        return Known(stream, session.version, facts)

    def _adds(self, told: Told, session: Session, problems: Problems | None) -> list[e.Fact] | None:
        """The facts that the file adds to a recorded session; None for a conflict, noted in `problems`."""
        conflicts = [*_differing(told, session), *self._other_remote_id(told, session)]
        added = _new_stretches(told, session, conflicts)
        if session.ended_at is not None and added:
            conflicts.append(("connected_at", "a connection after the recorded end"))
        if conflicts:
            for column, fact in conflicts if problems is not None else ():
                self.problems.add(told.first.line, column, ImportConflict(fact))
            return None
        return list(grown(self.author, told, session, added, self.ledger.book.tariff_at))

    def _other_remote_id(self, told: Told, session: Session) -> Iterator[tuple[str, str]]:
        """A remote ID that differs, as far as a living key can tell."""
        if told.remote_id is None:
            return
        words = self.ledger.words(session.commitment)
        if words is not None:
            differs = words.get("remote_id") != told.remote_id
        elif session.marks is not None:
            differs = (
                self.ledger.months.marks(local_month(session.requested_at), told.remote_id) != session.marks
            )
        else:
            differs = False
        if differs:
            yield "remote_id", "the session is recorded with another remote ID"


def _differing(told: Told, session: Session) -> Iterator[tuple[str, str]]:
    """Columns that say something else than what is recorded; an empty cell says nothing."""
    recorded: tuple[tuple[str, object, object], ...] = (
        ("customer", told.first.customer, session.customer),
        ("issue", told.first.issue, session.issue),
        ("order_ref", told.order_ref, session.order_ref),
        ("requested_at", told.requested_at, session.requested_at),
        ("channel", told.channel, session.channel),
        ("ended_by", told.ended_by, session.ended_by if session.ended_at else told.ended_by),
        ("purged_at", told.purged_at, session.purged_at or told.purged_at),
        ("billed_as", told.billed_as and f"elsewhere:{told.billed_as}", session.billed or _elsewhere(told)),
    )
    for column, said, known in recorded:
        if said is not None and said != known:
            yield column, f"the session is recorded with another {column}"


def _elsewhere(told: Told) -> str | None:
    return told.billed_as and f"elsewhere:{told.billed_as}"


def _new_stretches(told: Told, session: Session, conflicts: list[tuple[str, str]]) -> list[Stretch]:
    """Connections of the file that are not recorded; a recorded one with another end is a conflict."""
    unmatched = list(session.connections)
    recorded: list[Stretch] = []
    others: list[Stretch] = []
    for stretch in told.stretches:
        same = next((c for c in unmatched if _is_same(c, stretch)), None)
        if same is None:
            others.append(stretch)
        else:
            unmatched.remove(same)
            recorded.append(stretch)
    recorded += [Stretch(c.connected_at, c.disconnected_at, c.technician) for c in unmatched]
    added: list[Stretch] = []
    for stretch in others:
        if any(_same_beginning(c, stretch) for c in unmatched):
            conflicts.append(("ended_at", "a connection is recorded with another end"))
        elif any(_overlap(known, stretch) for known in recorded):
            conflicts.append(("connected_at", "a connection overlaps a recorded one of the same technician"))
        else:
            added.append(stretch)
    return added


def _is_same(connection: e.Connection, stretch: Stretch) -> bool:
    """Whether a row tells of a recorded connection; one that is open may gain its end."""
    closed_at = connection.disconnected_at
    return _same_beginning(connection, stretch) and closed_at in (None, stretch.ended_at)


def _same_beginning(connection: e.Connection, stretch: Stretch) -> bool:
    return (connection.connected_at, connection.technician) == (stretch.connected_at, stretch.technician)


def _is_open(connection: e.Connection) -> bool:
    return connection.disconnected_at is None


def _overlap(one: Stretch, other: Stretch) -> bool:
    """Whether a technician known by name would be connected twice at once."""
    if one.technician != other.technician or one.technician == UNKNOWN_TECHNICIAN:
        return False
    ends_before = one.ended_at is not None and one.ended_at <= other.connected_at
    begins_after = other.ended_at is not None and other.ended_at <= one.connected_at
    return not (ends_before or begins_after)


def opened(ledger: Ledger, author: Author, told: Told) -> tuple[list[e.Fact], Words | None]:
    """All facts of a session that is not recorded yet, and the words for the vault.

    A session whose data are said to be gone keeps none here either: only the month fingerprints.
    """
    requested_at = told.requested_at or told.stretches[0].connected_at
    words = None
    if told.remote_id is not None and told.purged_at is None:
        words = Words("session", {"remote_id": told.remote_id})
    requested = e.Requested(
        **author.header(requested_at),
        customer=told.first.customer,
        issue=told.first.issue,
        session_ref=told.first.session_ref,
        order_ref=told.order_ref,
        channel=told.channel,
        marks=ledger.marks(requested_at, told.remote_id) if told.remote_id else None,
    )
    connections = _connections(author, told, told.stretches, 0, ledger.book.tariff_at)
    return [requested, *connections, *_closing(author, told, None)], words


def grown(
    author: Author, told: Told, session: Session, added: Sequence[Stretch], tariff_at: TariffAt
) -> Iterator[e.Fact]:
    """The facts that extend a recorded session: ends that were missing, connections, purge, document."""
    if session.ended_at is None:
        ends = {(s.connected_at, s.technician): s.ended_at for s in told.stretches}
        closing = [(ends.get((c.connected_at, c.technician)), c) for c in session.connections if _is_open(c)]
        for ended_at, connection in closing:
            if ended_at is not None and ended_at != told.ended_at:
                yield e.Disconnected(**author.header(ended_at), connection=connection.number)
        first = max((c.number for c in session.connections), default=0)
        yield from _connections(author, told, added, first, tariff_at)
    yield from _closing(author, told, session)


def _connections(
    author: Author, told: Told, stretches: Sequence[Stretch], last_number: int, tariff_at: TariffAt
) -> Iterator[e.Fact]:
    """Connected and Disconnected of the stretches in order of time; the last end of all is Ended's."""
    facts: list[tuple[datetime, int, e.Fact]] = []
    for number, stretch in enumerate(stretches, start=last_number + 1):
        connected = e.Connected(
            **author.header(stretch.connected_at),
            connection=number,
            technician=stretch.technician,
            tariff=tariff_at(stretch.connected_at),
        )
        facts.append((stretch.connected_at, 2 * number, connected))
        if stretch.ended_at is not None and stretch.ended_at != told.ended_at:
            gone = e.Disconnected(**author.header(stretch.ended_at), connection=number)
            facts.append((stretch.ended_at, 2 * number + 1, gone))
    facts.sort(key=lambda entry: entry[:2])
    return (fact for _, _, fact in facts)


def _closing(author: Author, told: Told, session: Session | None) -> Iterator[e.Fact]:
    if told.ended_at is None:
        return
    if session is None or session.ended_at is None:
        yield e.Ended(**author.header(told.ended_at), ended_by=told.ended_by or "technician")
    if told.purged_at is not None and (session is None or session.purged_at is None):
        yield e.DataPurged(**author.header(told.purged_at))
    if told.billed_as is not None and (session is None or session.billed is None):
        yield e.BilledElsewhere(**author.header(told.ended_at), document=told.billed_as)


def _write(plan: _Plan, sessions: Sequence[tuple[Told, Known]], progress: Progress) -> int:
    """Words to the vault chunk by chunk, the events in one transaction; all of it or nothing."""
    ledger = plan.ledger
    kept: list[str] = []
    purged: list[UUID] = []
    events = 0
    try:
        with ledger.store.bulk() as batch:
            for start in range(0, len(sessions), CHUNK_SESSIONS):
                chunk = sessions[start : start + CHUNK_SESSIONS]
                growths = [_growth(plan, told, known) for told, known in chunk]
                recorded = _keep_words(ledger, growths, kept)
                batch.append(recorded)
                events += len(recorded)
                purged += [g.stream for g in growths if not g.is_new and _purges(g)]
                progress(sum(len(told.lines) for told, _ in chunk))
    except BaseException:
        if kept:
            ledger.take_back(kept)
        raise
    for stream in purged:
        ledger.vault.erase("session", stream)
    return events


def _purges(growth: Growth) -> bool:
    return any(isinstance(fact, e.DataPurged) for fact in growth.facts)


def _growth(plan: _Plan, told: Told, known: Known) -> Growth:
    if known.stream is None:
        facts, words = opened(plan.ledger, plan.author, told)
        return Growth(plan.ledger.ids.new(), 0, facts, words, is_new=True)
    return Growth(known.stream, known.version, known.facts, None, is_new=False)


def _keep_words(ledger: Ledger, growths: Sequence[Growth], kept: list[str]) -> list[e.Event]:
    now = ledger.now()
    entries = [g.words.entry(g.stream, 1, now) for g in growths if g.words is not None]
    commitments = iter(ledger.vault.put_many(entries) if entries else ())
    recorded: list[e.Event] = []
    for growth in growths:
        facts = growth.facts
        if growth.words is not None:
            commitment = next(commitments)
            kept.append(commitment)
            facts = [msgspec.structs.replace(facts[0], commitment=commitment), *facts[1:]]
        recorded += [e.Event(growth.stream, growth.version + n, f) for n, f in enumerate(facts, start=1)]
    return recorded
