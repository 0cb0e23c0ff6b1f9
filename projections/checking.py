"""`check`: every invariant of a ledger by name; silence when all hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from sqlalchemy.exc import DatabaseError

from ledger.application import Ledger
from ledger.clock import epoch_microseconds, office_time
from ledger.commands.common import vault_class_of
from ledger.events import DataPurged
from ledger.store import checks as store_checks
from ledger.store.finding import Finding
from ledger.store.mapper import read_fact
from ledger.vault import checks as vault_checks
from projections import runner
from projections.tables import PROJECTIONS

Check = Callable[[Ledger], Iterator[Finding]]


def _vault(ledger: Ledger) -> Iterator[Finding]:
    """Rows open, every row has its event, every commitment whose key lives has its row."""
    yield from vault_checks.check_files(ledger.folder.path)
    yield from vault_checks.check_rows(ledger.vault)
    now_us = epoch_microseconds(ledger.now())
    yield from vault_checks.check_orphans(ledger.vault, ledger.store.commitment_at, now_us)
    yield from vault_checks.check_missing(ledger.vault, _committed(ledger))


def _committed(ledger: Ledger) -> Iterator[vault_checks.Committed]:
    """Every event that commits to words, with the class that keeps them."""
    for rows in ledger.store.pages(0):
        for _, stream, version, topic, _, state in rows:
            if b'"commitment"' in state:
                subject = UUID(bytes=stream)
                fact = read_fact(topic, state, subject, version)
                commitment = getattr(fact, "commitment", None) or ""
                yield vault_checks.Committed(vault_class_of(fact), subject, subject, version, commitment)


def _deleted(ledger: Ledger) -> Iterator[Finding]:
    """No personal data of a session stay behind once their deletion is recorded."""
    for stream in _not_erased(ledger):
        number = ledger.store.session_number(stream)
        sentence = f"session {number} is recorded as deleted; its data are in the vault"
        yield Finding("vault-not-erased", sentence)


def _not_erased(ledger: Ledger) -> list[UUID]:
    subjects = dict.fromkeys(row.subject for row in ledger.vault.rows() if row.kind == "session")
    return [
        subject
        for subject in subjects
        if any(row[3] == DataPurged.TOPIC for row in ledger.store.stream_rows(subject.bytes))
    ]


def _calendar(ledger: Ledger) -> Iterator[Finding]:
    """The price list in force knows the public holidays of this year and the next."""
    book, now = ledger.book, ledger.now()
    digest = book.tariff_at(now)
    if digest is None:
        yield Finding("tariff-none", "no price list is in force")
        return
    calendar = ledger.tariff(digest).calendar
    year = office_time(now).year + 1
    if calendar is not None and year > calendar.last_year:
        yield Finding(
            "tariff-calendar", f"the price list in force knows no holidays of {year}; publish it again"
        )


def _views(ledger: Ledger) -> Iterator[Finding]:
    """The read models are what the events say."""
    live = runner.live_file(ledger.folder.path)
    if live is None:
        return
    try:
        place = runner.place_of(live)
    except DatabaseError:
        yield Finding(
            "view-unreadable", f"{live.name} cannot be read; session-ledger replay derives it again"
        )
        return
    if place is None or not runner.is_of(place, ledger.store):
        return  # of another schema or history: the next report derives it again
    with TemporaryDirectory(prefix="session-ledger-") as folder:
        fresh = Path(folder) / "views-1.db"
        runner.build(fresh, ledger.store, place.position)
        yield from _differences(fresh, live)


def _differences(fresh: Path, live: Path) -> Iterator[Finding]:
    with runner.opened(fresh, beside=live) as views:
        for table in PROJECTIONS:
            columns = ", ".join(column.name for column in table.columns)
            for one, other, said in (("live", "main", "says"), ("main", "live", "does not say")):
                query = (
                    f"SELECT number FROM (SELECT {columns} FROM {one}.{table.name} "
                    f"EXCEPT SELECT {columns} FROM {other}.{table.name}) ORDER BY number LIMIT 10"
                )
                for number in views.exec_driver_sql(query).scalars():
                    what = f"read model {table.name} {said} of session {number} what the events"
                    yield Finding("view-row", what + (" do not say" if said == "says" else " say"))


_OF_LEDGER: dict[str, Check] = {
    "vault": _vault,
    "deleted": _deleted,
    "views": _views,
    "calendar": _calendar,
}
CHECKS = (*store_checks.CHECKS, *_OF_LEDGER)
"""The names of all checks, in the order they run."""


def store_findings(events: Path, names: Sequence[str]) -> Iterator[Finding]:
    """What the named checks of the event store find (all of them when none is named), file unopened."""
    chosen = [name for name in store_checks.CHECKS if not names or name in names]
    if events.exists():
        yield from store_checks.check_store(events, chosen)


def findings(ledger: Ledger, names: Sequence[str]) -> Iterator[Finding]:
    """What the named checks of everything beside the event store find."""
    for name, check in _OF_LEDGER.items():
        if not names or name in names:
            yield from check(ledger)


def repair(ledger: Ledger) -> list[str]:
    """Mend what can be mended without touching an event: orphans in the vault, read models; say what."""
    done: list[str] = []
    now_us = epoch_microseconds(ledger.now())
    removed = vault_checks.repair(ledger.vault, ledger.store.commitment_at, now_us)
    if removed:
        done.append(f"{removed} row(s) of the vault removed that belonged to no event")
    for stream in _not_erased(ledger):
        ledger.vault.erase("session", stream)
        done.append(f"the data of session {ledger.store.session_number(stream)} erased from the vault")
    if any(True for _ in _views(ledger)):
        runner.replay(ledger.folder.path, ledger.store)
        done.append("the read models were derived again")
    return done
