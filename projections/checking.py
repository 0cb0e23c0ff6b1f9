"""`check`: every invariant of a ledger by name; silence when all hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.exc import DatabaseError

from ledger.application import Ledger
from ledger.clock import office_time
from ledger.store import checks as store_checks
from ledger.store.finding import Finding
from ledger.vault import checks as vault_checks
from projections import runner
from projections.tables import PROJECTIONS

Check = Callable[[Ledger], Iterator[Finding]]


def _vault(ledger: Ledger) -> Iterator[Finding]:
    """Every row of the vault has its event, every commitment whose key lives has its row."""
    yield from vault_checks.check_vault(ledger.vault, ledger.store, ledger.now())


def _deleted(ledger: Ledger) -> Iterator[Finding]:
    """No personal data of a session stay behind once their deletion is recorded."""
    yield from vault_checks.check_deleted(ledger.vault, ledger.store)


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
    done = [*vault_checks.repair(ledger.vault, ledger.store, ledger.now())]
    if any(True for _ in _views(ledger)):
        runner.replay(ledger.folder.path, ledger.store)
        done.append("the read models were derived again")
    return done
