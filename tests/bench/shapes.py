"""Years of other shapes than the ordinary one: never purged, lived, of one big customer, of many connections.

Sessions begin and last as in the ordinary year. Their events are made by the library and recorded when
somebody would have recorded them: half of a lived year is told as it happens, the rest is imported the month
after. Another build of ours must be able to read them: only events and fields that releases share.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any, Literal, NamedTuple
from uuid import UUID

from msgspec import json

from ledger.domain import events as e
from ledger.domain.clock import epoch_microseconds
from ledger.domain.rating.bulk import Rater
from ledger.domain.rating.inputs import Purchase
from ledger.domain.session.evolve import Session, evolve, rating_facts
from ledger.domain.tariff.tariff import parse_tariff
from ledger.store.event_store import LedgerStore
from ledger.store.mapper import plain
from ledger.store.references import references_of
from ledger.store.stream_ids import StreamIds
from tests.bench.process import ours
from tests.bench.year import SEED, Row, rows_of_year, write_customers

Shape = Literal["ordinary", "nopurge", "mixed", "fat", "long"]
"""Four events each; three; as lived; half of one customer; every hundredth of 300 connections."""
BIG_CUSTOMER = "c00000"
MADE_AT = "2026-01-01T00:00:00+01:00"
INVOICE = UUID("01a2309e-2400-74c4-a814-eb61f4806c37")
_BOUGHT_S = int(datetime(2025, 5, 31, 22, tzinfo=UTC).timestamp())
_SHA256 = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_HOST = e.PurgeHost(workstation="ws-2", system="Linux 6.1", filesystem="ext4", mount_options="rw,relatime")
_SECOND = timedelta(seconds=1)
_MANY_CONNECTIONS = 300
_BATCH = 5_000

Recorded = tuple[datetime, e.Event]
"""An event, and when it is recorded."""


class Story(NamedTuple):
    """A session to be told."""

    chance: Random
    number: int
    begins: datetime
    ends: datetime
    customer: str
    issue: e.Issue
    order: str | None
    digest: str
    is_lived: bool

    @property
    def said(self) -> dict[str, Any]:
        """By whom, from where."""
        if self.is_lived:
            return {"by": "anna", "workstation": "ws-2"}
        return {"by": "root", "workstation": "ws-1", "source": "import"}

    @property
    def month_after(self) -> datetime:
        """The second day of the month after its end, when a month is imported and billed."""
        later = self.ends.replace(day=1) + timedelta(days=33)
        return later.replace(day=2, hour=6, minute=0, second=0)

    def told(self, *events: e.Event) -> Iterator[Recorded]:
        """Yield events with the moments of their recording: soon after, or with the import."""
        for event in events:
            yield event.at + 2 * _SECOND if self.is_lived else self.month_after, event


def make(shape: Shape, sessions: int, folder: Path, source: Path | None = None) -> int:
    """Make a ledger of a shape with so many sessions; return how many events it has.

    `source` is the folder of the build that begins it, where that one has to read it, too.
    """
    with_it: dict[str, Any] = {"folder": folder, "now": MADE_AT, "source": source}
    ours("init", "--name", "bench.example/shape", "--testing", **with_it)
    chance = Random(SEED)  # noqa: S311 - the same year in every run
    files, bought = write_customers(folder.parent / f"{folder.name}-files", sessions, chance)
    for noun in ("customer", "purchase"):
        ours(noun, "import", str(files[f"{noun}s"]), **with_it)
    with LedgerStore.open(folder / "events.db", lambda: 0) as store:
        (row,) = store.rows_with(e.TariffPublished.TOPIC)
        listed = json.decode(row[5], type=e.TariffPublished)
        rater = Rater(parse_tariff(listed.text))
        told: list[tuple[datetime, int, int, e.Event]] = []
        for number, each in enumerate(rows_of_year(chance, sessions, bought)):
            story = _story(shape, chance, number, each, listed.digest)
            last = datetime.min.replace(tzinfo=UTC)
            for place, (at, event) in enumerate(_life(shape, story, rater, is_customer=bought[each[2]])):
                last = max(last, at)
                told.append((last, number, place, event))
        told.sort(key=lambda line: line[:3])
        _append(store, told, chance.randbytes)
        return store.length()


def _story(shape: Shape, chance: Random, number: int, row: Row, digest: str) -> Story:
    begins, ends = (datetime.fromtimestamp(second, UTC) for second in row[:2])
    customer = BIG_CUSTOMER if shape == "fat" and number % 2 else f"c{row[2]:05d}"
    issue: e.Issue = row[3]  # type: ignore[assignment] # as the year has it
    is_lived = shape == "mixed" and chance.random() < 0.5
    return Story(chance, number, begins, ends, customer, issue, row[4] or None, digest, is_lived)


def _append(
    store: LedgerStore, told: list[tuple[datetime, int, int, e.Event]], entropy: Callable[[int], bytes]
) -> None:
    """Append events by the moments of their recording."""
    streams: dict[int, UUID] = {}
    with store.copying() as appender:
        ids = StreamIds(lambda: appender.recorded_at_us, entropy)
        batch: list[e.RecordedEvent] = []

        def flush() -> None:
            references = [reference for event in batch for reference in references_of(event)]
            appender.append([plain(event) for event in batch], references)
            batch.clear()

        for at, number, place, event in told:
            at_us = epoch_microseconds(at)
            if at_us > appender.recorded_at_us or len(batch) >= _BATCH:
                flush()
                appender.recorded_at_us = max(at_us, appender.recorded_at_us)
            if place == 0:
                streams[number] = ids.new()
            batch.append(e.RecordedEvent(streams[number], place + 1, event))
        flush()


# --- lives ------------------------------------------------------------------------------------


def _life(shape: Shape, story: Story, rater: Rater, *, is_customer: bool) -> Iterator[Recorded]:
    """Yield the events of a session."""
    if shape == "mixed":
        told = list(_mixed(story))
        yield from told
        if story.chance.random() < 0.6:
            yield from _billed(story, told, rater, is_customer=is_customer)
        return
    many = _MANY_CONNECTIONS if shape == "long" and story.number % 100 == 0 else 1
    yield from story.told(_requested(story, f"Y-{story.number:07d}"), *_connected(story, many))
    if shape != "nopurge":
        yield from story.told(e.DataPurged(at=story.ends + timedelta(minutes=4), **story.said))


def _mixed(story: Story) -> Iterator[Recorded]:
    """Yield a life as sessions have it: half told at the command line, some cancelled, mended, not purged."""
    chance, said = story.chance, story.said
    asked = _requested(story, None if story.is_lived else f"Y-{story.number:07d}")
    yield from story.told(asked)
    if chance.random() < 0.05:
        yield from story.told(e.Cancelled(at=asked.at + timedelta(minutes=10), **said))
        return
    if story.is_lived:
        yield from story.told(
            e.Quoted(at=asked.at + 30 * _SECOND, tariff=story.digest, prices=_prices(asked.at), **said),
            e.Accepted(at=asked.at + 60 * _SECOND, how="phone", tariff=story.digest, **said),
        )
    many = chance.choice([2, 2, 2, 3, 4, 5]) if chance.random() < 0.2 else 1
    yield from story.told(*_connected(story, many))
    yield from story.told(*_mended(story))
    if story.is_lived:
        yield from story.told(e.Noted(at=story.ends + 50 * _SECOND, **said))
    if chance.random() >= 0.15:
        yield from _purged(story, story.ends + chance.randrange(4_000, 4_600) * _SECOND)


def _requested(story: Story, session_ref: str | None) -> e.Requested:
    return e.Requested(
        at=story.begins - story.chance.randrange(120, 900) * _SECOND,
        customer=story.customer,
        issue=story.issue,
        session_ref=session_ref,
        order_ref=story.order,
        channel="phone",
        **story.said,
    )


def _connected(story: Story, many: int) -> Iterator[e.Event]:
    """Yield so many connections, as far as the seconds suffice, and the end."""
    seconds = int((story.ends - story.begins).total_seconds())
    cuts: list[int] = []
    if many > 1:
        cuts = sorted(story.chance.sample(range(1, seconds), min(2 * (many - 1), (seconds - 1) // 2 * 2)))
    technician = story.chance.choice(("anna", "marek", "ola", "piotr"))
    for number, (on, off) in enumerate(zip([0, *cuts[1::2]], [*cuts[::2], None], strict=True), start=1):
        at = story.begins + on * _SECOND
        yield e.Connected(at=at, connection=number, technician=technician, tariff=story.digest, **story.said)
        if off is not None:
            yield e.Disconnected(at=story.begins + off * _SECOND, connection=number, **story.said)
    yield e.Ended(at=story.ends, **story.said)


def _mended(story: Story) -> Iterator[e.Event]:
    """Yield of one session in ten a hold, a waiver, another issue, or a later end."""
    part, said, after = story.chance.random(), story.said, story.ends + 30 * _SECOND
    if part < 0.025:
        yield e.Held(at=after, reason="complaint", until=(story.ends + timedelta(days=90)).date(), **said)
        yield e.Released(at=after + timedelta(minutes=40), **said)
    elif part < 0.05:
        yield e.Waived(at=after, reason="goodwill", percent=10, **said)
    elif part < 0.075:
        middle = story.begins + (story.ends - story.begins) / 2
        yield e.Reclassified(at=middle.replace(microsecond=0), reason="wrong-issue", issue="other", **said)
    elif part < 0.1:
        late = story.ends + timedelta(minutes=10)
        stretch = e.Connection(
            number=1,
            technician="anna",
            connected_at=story.begins,
            disconnected_at=late,
            tariff=story.digest,
        )
        yield e.SessionCorrected(
            at=story.ends + timedelta(minutes=30),
            reason="wrong-time",
            connections=(stretch,),
            issues=(e.IssueFrom(at=story.begins, issue=story.issue, order_ref=story.order),),
            ended_at=late,
            **said,
        )


def _purged(story: Story, at: datetime) -> Iterator[Recorded]:
    """Yield a deletion: measured where the session was told, declared where it was imported."""
    said = story.said
    if not story.is_lived:
        yield from story.told(e.DataPurged(at=at, **said))
        return
    counted: dict[str, Any] = {"targets": 3, "files": 7, "bytes": 8_638}
    yield from story.told(
        e.PurgeStarted(at=at - 5 * _SECOND, plan=_SHA256, **counted, **said),
        e.DataPurged(
            at=at,
            evidence="measured",
            plan=_SHA256,
            host=_HOST,
            targets=(
                _target("workspace", f"S-{story.number}", 5, at),
                _target("pattern", "TeamViewer/*.tvs", 2, at),
                _target("vault", "session", 0, at),
            ),
            **said,
        ),
    )


def _target(kind: e.TargetKind, locator: str, files: int, at: datetime) -> e.PurgeTarget:
    method: e.PurgeMethod = "unlink" if files else "erase-key-and-row"
    return e.PurgeTarget(
        kind=kind,
        locator=locator,
        result="removed",
        files=files,
        bytes=1_234 * files,
        method=method,
        verified="inventory" if files else "key-lookup",
        verified_at=at,
    )


def _prices(at: datetime) -> tuple[e.PriceSegment, ...]:
    return tuple(
        e.PriceSegment(
            opens_at=at + timedelta(hours=8 * n),
            net_grosze=net,
            gross_grosze=net * 123 // 100,
            until=at + timedelta(hours=8 * n + 8),
        )
        for n, net in enumerate((0, 10_000, 20_000))
    )


def _billed(story: Story, told: list[Recorded], rater: Rater, *, is_customer: bool) -> Iterator[Recorded]:
    """Yield the bill of a session that costs something, at its true amount."""
    session: Session | None = None
    for _, event in told:
        session = evolve(session, INVOICE, event)
    if session is None or session.ended_at is None:
        return
    purchases = (Purchase(f"ORD/{story.customer[1:]}", _BOUGHT_S, None),) if is_customer else ()
    totals = rater.totals(rating_facts(session, purchases))
    if totals.net_grosze:
        at = story.month_after + timedelta(hours=1)
        bands = dict(zip(rater.tariff.band_ids, totals.band_hours, strict=True))
        number = f"FV/{at:%Y/%m}/{1 + story.number % 9_999:04d}"
        net_grosze = totals.net_grosze
        yield (
            at,
            e.SessionBilled(
                at=at, invoice=INVOICE, number=number, net_grosze=net_grosze, band_hours=bands, by="biuro"
            ),
        )
