"""Catch-up, rebuild and plain reading of every stream agree for every history."""

from __future__ import annotations

import json
import random
import sqlite3
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.domain import events as e
from ledger.domain.clock import epoch_microseconds, office_time
from ledger.domain.customer import Customer
from ledger.domain.customer import project as project_customer
from ledger.domain.ledger_state import LedgerState
from ledger.domain.ledger_state import project as project_book
from ledger.domain.rating.inputs import purchases_for_rating
from ledger.domain.session.evolve import CONFIRM_OVER, FLAG_OVER, Session
from ledger.domain.session.evolve import project as project_session
from ledger.domain.tariff.calendar import publishable
from ledger.domain.tariff.tariff import digest, parse_tariff
from ledger.errors import EventUnreadable, NoCalendar
from ledger.store.event_store import LedgerStore
from ledger.store.mapper import read_fact
from ledger.store.reader import Row
from projections.engine import blocks, replay, runner
from projections.engine.writer import NAMES
from projections.inputs import state as inputs
from projections.read_models.billing import BEFORE_ADOPTION, RatedSession, rate_session
from projections.views import live_file
from tests.support.given import NINE
from tests.support.strategies import ANNA, BOOK, histories

LIST = publishable((files("ledger") / "data" / "tariff.toml").read_text(encoding="utf-8"))
# The second list places a session where it began, looks back a year, and knows other holidays.
OTHER_LIST = (
    LIST.replace('id = "', 'id = "other-', 1)
    .replace('period_by = "ended"', 'period_by = "started"')
    .replace('base_price = "100.00"', 'base_price = "120.00"')
)
UNIT_LIST = LIST.replace('id = "', 'id = "unit-', 1).replace('pin = "session"', 'pin = "unit"')
LISTS = {digest(text): text for text in (LIST, OTHER_LIST, UNIT_LIST)}
Rows = dict[str, dict[int, tuple[Any, ...]]]


def published(text: str, at: datetime = NINE) -> e.TariffPublished:
    """A list in force from its own valid_from on."""
    listed = parse_tariff(text)
    return e.TariffPublished(
        **ANNA.header(at), tariff=listed.id, digest=digest(text), valid_from=listed.valid_from, text=text
    )


def opening() -> list[e.RecordedEvent]:
    """What every history begins with: the ledger, and every list that a connection may be pinned to."""
    opened = e.LedgerOpened(**ANNA.header(NINE - timedelta(days=9)), origin="test", testing=True)
    facts = [opened, *(published(text) for text in LISTS.values())]
    return [e.RecordedEvent(BOOK, number, fact) for number, fact in enumerate(facts, start=1)]


BOOK_FACTS = st.sampled_from(
    (
        e.SettingChanged(**ANNA.header(NINE), key="billing.from", value="2026-11-17"),
        e.SettingChanged(**ANNA.header(NINE), key="purge.sla_seconds", value=600),
        published(LIST, NINE + timedelta(days=1)),
    )
)
HISTORIES = histories(st.none() | st.sampled_from(list(LISTS)), BOOK_FACTS)


# --- computed plainly -------------------------------------------------------------------------


class Plain:
    """Everything read stream by stream, with the domain's own functions and nothing of the inputs."""

    def __init__(self, store: LedgerStore) -> None:
        self.sessions: list[tuple[int, Session, list[Row]]] = []
        self.customers: dict[str, Customer] = {}
        self.state: LedgerState
        streams: dict[bytes, list[Row]] = {}
        for rows in store.pages(0):
            for row in rows:
                streams.setdefault(row[1], []).append(row)
        for stream, found in streams.items():
            self._take(UUID(bytes=stream), found)

    def _take(self, stream: UUID, rows: list[Row]) -> None:
        recorded = [
            e.RecordedEvent(stream, row[2], read_fact(row[3], row[5], stream, row[2])) for row in rows
        ]
        first = recorded[0].event
        if isinstance(first, e.Requested):
            session = project_session(None, recorded)
            assert session is not None
            self.sessions.append((len(self.sessions) + 1, session, rows))
        elif isinstance(first, e.CustomerRegistered):
            customer = project_customer(None, recorded)
            assert customer is not None
            self.customers[customer.customer] = customer
        else:
            ledger_state = project_book(None, recorded)
            assert ledger_state is not None
            self.state = ledger_state

    def root(self, code: str) -> str:
        into = self.customers[code].merged_into
        return code if into is None else self.root(into)

    def rows(self) -> Rows:
        """The rows of every read model, by its name and the session's number."""
        found: Rows = {name: {} for name in NAMES}
        for number, session, rows in self.sessions:
            found["sessions"][number] = self.session_row(number, session)
            if session.connected_at is not None:
                found["billing"][number] = self.billing_row(number, session, rows)
            deletion = self.deletion_row(number, session, rows)
            if deletion is not None:
                found["deletions"][number] = deletion
        return found

    def session_row(self, number: int, session: Session) -> tuple[Any, ...]:
        return (
            number,
            session.session_ref,
            self.root(session.customer),
            session.state,
            session.issue,
            session.order_ref,
            " ".join(dict.fromkeys(c.technician for c in session.connections)),
            len(session.connections),
            *map(micros, (session.requested_at, session.connected_at, session.ended_at, session.purged_at)),
            session.held_until and session.held_until.isoformat(),
            int(session.voided),
            int(session.confirmed),
            self.stretches(session),
        )

    @staticmethod
    def stretches(session: Session) -> str | None:
        """The connections where there are several, as JSON without spaces."""
        if len(session.connections) < 2:
            return None
        found = [
            [each.technician, micros(each.connected_at), micros(each.disconnected_at)]
            for each in session.connections
        ]
        return json.dumps(found, separators=(",", ":"))

    def billing_row(self, number: int, session: Session, rows: list[Row]) -> tuple[Any, ...]:
        rated, exceptions = self.rated(session)
        placed_at = session.ended_at or session.connected_at
        if rated is not None and rated.tariff.period_by == "started":
            placed_at = session.connected_at
        elsewhere = BEFORE_ADOPTION if self.is_old(session) else None
        if session.voided and session.ended_at is not None:
            aside = (None, micros(session.ended_at), *(None,) * 5, "", "voided")
            return (number, *aside, session.billed or elsewhere)
        money: tuple[Any, ...] = (None,) * 5
        if rated is not None and session.ended_at is not None:
            bands = ", ".join(f'"{band}": {hours}' for band, hours in rated.band_hours.items())
            vat_percent = rated.tariff.vat_percent_on(office_time(session.ended_at).date())
            money = (
                rated.started_hours,
                f"{{{bands}}}",
                rated.net_grosze,
                rated.waived_grosze,
                vat_percent,
            )
        return (
            number,
            rated and rated.tariff.id,
            micros(placed_at),
            *money,
            "" if rated is None else " ".join(rated.assumptions),
            " ".join([*self.flags(session, rows), *exceptions]),
            session.billed or elsewhere,
        )

    def rated(self, session: Session) -> tuple[RatedSession | None, list[str]]:
        if session.ended_at is None:
            return None, ["open_session"]
        root = self.root(session.customer)
        family = [root, *self.merged_into(root)]
        bought = [purchase for code in family for purchase in self.customers[code].purchases]
        try:
            rated = rate_session(session, purchases_for_rating(bought), self.state)
        except NoCalendar:
            return None, ["no_calendar"]
        return rated, [] if rated else ["no_tariff"]

    def merged_into(self, root: str) -> list[str]:
        return [code for code in self.customers if code != root and self.root(code) == root]

    def is_old(self, session: Session) -> bool:
        begins = self.state.billing_from
        return (
            begins is not None
            and session.ended_at is not None
            and office_time(session.ended_at).date() < begins
        )

    def flags(self, session: Session, rows: list[Row]) -> Iterator[str]:
        if session.duration > CONFIRM_OVER and not session.confirmed:
            yield "over_48_h"
        elif session.duration > FLAG_OVER:
            yield "over_12_h"
        typed = [(row[4], read_fact(row[3], row[5], UUID(bytes=row[1]), row[2])) for row in rows]
        moments = [
            recorded_at - epoch_microseconds(fact.at)
            for recorded_at, fact in typed
            if e.is_told(fact.source) and isinstance(fact, e.Connected | e.Disconnected | e.Ended)
        ]
        if any(late > 15 * 60 * 1_000_000 for late in moments):
            yield "back_dated"

    def deletion_row(self, number: int, session: Session, rows: list[Row]) -> tuple[Any, ...] | None:
        abandoned = None
        if session.ended_at is None:
            is_held = session.commitment is not None and not session.words_erased
            if session.connections or not is_held or session.purged_at is not None:
                return None
            abandoned = session.cancelled_at or session.requested_at
        targets = [target for outcome in session.purge_outcomes.values() for target in outcome.targets]
        told = [read_fact(row[3], row[5], UUID(bytes=row[1]), row[2]) for row in rows]
        attempts = [each for each in told if isinstance(each, e.PartPurged | e.PurgeFailed | e.DataPurged)]
        removed = [target for attempt in attempts for target in attempt.targets]
        purges = [row[0] for row in rows if row[3] == e.DataPurged.TOPIC]
        return (
            number,
            session.purge_evidence or "none",
            "failed" if session.purge_failed_at else "started" if session.purge_started_at else "",
            len(targets),
            sum(target.files for target in removed),
            sum(target.bytes for target in removed),
            int(self.is_old(session)),
            micros(abandoned),
            purges[-1] if purges else None,
            int(bool(session.certificates) and session.certificates[-1].superseded is not None),
            " ".join(session.doubts),
        )


def micros(instant: datetime | None) -> int | None:
    return None if instant is None else epoch_microseconds(instant)


# --- as the read models have it ---------------------------------------------------------------


def live_rows(folder: Path, store: LedgerStore) -> Rows:
    """What the live read model says once it has caught up."""
    with runner.current(folder, store) as views:
        return {name: {row[0]: row for row in views.execute(f"SELECT * FROM {name}")} for name in NAMES}


@contextmanager
def made_store() -> Generator[tuple[Path, LedgerStore]]:
    """A log with nothing but the ledger and its price lists, recorded two days after NINE."""
    recorded_at_us = epoch_microseconds(NINE + timedelta(days=2))
    with TemporaryDirectory(prefix="session-ledger-test-") as name:
        folder = Path(name)
        with LedgerStore.create(folder / "events.db", lambda: recorded_at_us) as store:
            store.save(*opening())
            yield folder, store


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(history=HISTORIES, chance=st.integers(0, 2**32))
def test_catch_up_rebuild_and_plain_reading_agree(history: list[e.RecordedEvent], chance: int) -> None:
    """However a history is cut: the rows are those of evolve and rate."""
    cuts = random.Random(chance)  # noqa: S311 - cuts, not secrets
    numbered = renumbered(history)
    with pytest.MonkeyPatch.context() as patch, made_store() as (folder, store):
        patch.setattr(runner, "EVENTS_AT_A_TIME", cuts.randint(1, 8))
        while numbered:
            count = cuts.randint(1, len(numbered))
            store.save(*numbered[:count])
            numbered = numbered[count:]
            with runner.current(folder, store):
                pass  # brings the read models up to here
        plain = Plain(store).rows()
        assert live_rows(folder, store) == plain
        patch.setattr(blocks, "SESSIONS_AT_A_TIME", cuts.randint(1, 8))
        runner.replay(folder, store)
        assert live_rows(folder, store) == plain


def requests(count: int) -> list[e.RecordedEvent]:
    """So many sessions that were asked for, and nothing more."""
    facts: list[e.Event] = [e.CustomerRegistered(**ANNA.header(NINE), customer="K-001")]
    facts += [e.Requested(**ANNA.header(NINE), customer="K-001", issue="other") for _ in range(count)]
    return [e.RecordedEvent(UUID(int=number), 1, fact) for number, fact in enumerate(facts, start=1000)]


@pytest.mark.parametrize(("many", "anew"), [(10**9, False), (3, True), (0, True)])
def test_mostly_new_history_is_derived_again(many: int, anew: bool, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001 - a parameter
    """Given rows of a short history and many events since, a rebuild is faster; it says how long it takes."""
    told: list[int] = []

    @contextmanager
    def deriving(events: int) -> Generator[Callable[[int], None]]:
        told.append(events)
        yield told.append

    with made_store() as (folder, store):
        live_rows(folder, store)
        before, few = live_file(folder), store.length()
        store.save(*requests(1 + few))
        monkeypatch.setattr(runner, "MANY_EVENTS", many)
        with runner.current(folder, store, deriving):
            pass
        assert (live_file(folder) != before) is anew
        assert told[:1] == ([store.length()] if anew else [])
        assert sum(told[1:]) == sum(told[:1])
        assert live_rows(folder, store) == Plain(store).rows()


def renumbered(history: list[e.RecordedEvent]) -> list[e.RecordedEvent]:
    """The book's own facts follow those that opened it."""
    before = len(opening())
    return [
        e.RecordedEvent(event.originator_id, event.originator_version + before, event.event)
        if event.originator_id == BOOK
        else event
        for event in history
    ]


def test_generated_histories_use_every_event_type() -> None:
    """The three lists differ in what the rows depend on."""
    assert [parse_tariff(text).pin for text in LISTS.values()] == ["session", "session", "unit"]
    assert [parse_tariff(text).period_by for text in LISTS.values()] == ["ended", "started", "ended"]
    assert parse_tariff(LIST).valid_from < date(2026, 1, 1)


def test_every_event_type_is_known_to_the_inputs() -> None:
    """An event type that the inputs do not know would stop every report."""
    assert set(e.EVENTS) == inputs.KNOWN


def test_built_file_is_complete_by_its_declared_tables(tmp_path: Path) -> None:
    """Otherwise every report would derive it anew, for ever."""
    with made_store() as (_, store):
        path = tmp_path / "views-1.db"
        path.touch()
        replay.build(path, store, store.length())
        assert runner.position_in(path) is not None


def test_unreadable_event_is_named(tmp_path: Path) -> None:
    """The projection stops at it; nothing is skipped, and the live read model stays where it was."""
    with LedgerStore.create(tmp_path / "events.db", lambda: epoch_microseconds(NINE)) as store:
        store.save(*opening())
        with runner.current(tmp_path, store):
            pass
        with sqlite3.connect(tmp_path / "events.db") as events:
            events.execute(
                "INSERT INTO events SELECT leaf_index + 1, randomblob(16), 1, 'session.teleported:1',"
                " recorded_at, state, leaf_hash FROM events ORDER BY leaf_index DESC LIMIT 1"
            )
        events.close()
        for _ in range(2):
            with (
                pytest.raises(EventUnreadable, match=r"session\.teleported:1"),
                runner.current(tmp_path, store),
            ):
                pass
        with pytest.raises(EventUnreadable, match=r"session\.teleported:1"):
            runner.replay(tmp_path, store)
        place = runner.position_in(tmp_path / "views-1.db")
        assert place is not None
        assert place.events == len(opening())
