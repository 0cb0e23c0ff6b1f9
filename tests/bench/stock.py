"""The baselines: the stock `eventsourcing` library on SQLite, and the bare database as floor."""

from __future__ import annotations

import sqlite3
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event


class StockSession(Aggregate):
    """The same four events as the library's documentation would write them."""

    @event("Requested")
    def __init__(self, at: datetime, by: str, customer: str, issue: str, session_ref: str) -> None:
        self.at, self.by, self.customer, self.issue = at, by, customer, issue
        self.session_ref = session_ref

    @event("Connected")
    def connect(self, at: datetime, by: str, technician: str, tariff: str) -> None:
        self.connected = (at, by, technician, tariff)

    @event("Ended")
    def end(self, at: datetime, by: str, ended_by: str) -> None:
        self.ended = (at, by, ended_by)

    @event("DataPurged")
    def purge(self, at: datetime, by: str, evidence: str) -> None:
        self.purged = (at, by, evidence)


def stock_import(path: Path, sessions: int, moment: datetime, digest: str) -> float:
    """Seconds in which the stock library saves so many sessions, 1,000 in a transaction."""
    started = time.perf_counter()
    with _application(path) as application:
        for start in range(0, sessions, 1_000):
            batch: list[Any] = []
            for number in range(start, min(start + 1_000, sessions)):
                session = StockSession(moment, "office", f"c{number % 1000:05d}", "other", f"Y-{number:07d}")
                session.connect(moment, "office", "anna", digest)
                session.end(moment, "office", "technician")
                session.purge(moment, "office", "declared")
                batch.append(session)
            application.save(*batch)
    return time.perf_counter() - started


def stock_replay(path: Path) -> tuple[int, float]:
    """Events and seconds of reading everything back through the library's notifications and mapper."""
    started = time.perf_counter()
    count, start = 0, 1
    with _application(path) as application:
        while notifications := application.recorder.select_notifications(start, 500):
            for notification in notifications:
                application.mapper.to_domain_event(notification)
            count += len(notifications)
            start = notifications[-1].id + 1
    return count, time.perf_counter() - started


def _application(path: Path) -> Application[Any]:
    return Application(
        env={
            "PERSISTENCE_MODULE": "eventsourcing.sqlite",
            "SQLITE_DBNAME": str(path),
        }
    )


def bare_fetch(path: Path) -> tuple[int, float]:
    """Events and seconds of fetching the rows of our own events.db and doing nothing with them."""
    started = time.perf_counter()
    count = 0
    connection = sqlite3.connect(path)
    cursor = connection.execute(
        "SELECT leaf_index, originator_id, originator_version, topic, state FROM events ORDER BY leaf_index"
    )
    while rows := cursor.fetchmany(5_000):
        count += len(rows)
    connection.close()
    return count, time.perf_counter() - started
