"""`check`: every invariant of a ledger by name; silence when all hold."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, islice
from uuid import UUID

from ledger.application.backends import open_vault
from ledger.application.ledger import Ledger
from ledger.domain.clock import epoch_microseconds, office_time
from ledger.domain.events import (
    CertificateIssued,
    CertificateSuperseded,
    DataPurged,
    PartPurged,
    PurgeFailed,
    PurgeStarted,
)
from ledger.domain.session.decide import AHEAD_MAX
from ledger.errors import LedgerError, ViewsDamaged
from ledger.folder.layout import Folder
from ledger.handlers import source_records as reconciling
from ledger.handlers.privacy import erase as erasure
from ledger.handlers.privacy import retention
from ledger.handlers.reasons import vault_class_of
from ledger.handlers.workspace import left_places, settings_of
from ledger.store import checks as store_checks
from ledger.store.finding import Finding
from ledger.store.mapper import read_fact
from ledger.transparency.verify import unlike_signed
from ledger.vault import checks as vault_checks
from projections import document_checks
from projections.engine import runner
from projections.engine.compare import MERGES, Different, differences
from projections.queries import reconciliation
from projections.views import live_file, opened

Check = Callable[[Ledger], Iterator[Finding]]
_PURGED = (DataPurged.TOPIC, "session.data_purged:1")
SKEW_S = 60
"""Clocks of sources and of the ledger that differ by more are told; nothing is moved by it."""
UNREADABLE = "view-unreadable"
_VIEW_UNREADABLE = Finding(UNREADABLE, "the read model cannot be read; a replay derives it again")
NAMED_MAX = 10
"""How many rows of a read model are named; after a damage they may be all of them."""


def _vault(ledger: Ledger) -> Iterator[Finding]:
    """Rows open, every row has its event, every commitment whose key lives has its row."""
    log = vault_checks.Log(ledger.store.commitment_at, _committed(ledger))
    now_us = epoch_microseconds(ledger.now())
    if ledger.folder.store_url() is not None:
        yield from vault_checks.check_contents(lambda: open_vault(ledger.folder, ledger.entropy), log, now_us)
        return
    yield from vault_checks.check_vault(ledger.folder.path, ledger.entropy, log, now_us)


def _committed(ledger: Ledger) -> Iterator[vault_checks.Committed]:
    """Every event that commits to words which no later event erased, with the class that keeps them."""
    erased = erasure.erased_before(ledger)
    for rows in ledger.store.pages(0):
        for _, stream, version, topic, _, state in rows:
            if b'"commitment"' in state:
                subject = UUID(bytes=stream)
                fact = read_fact(topic, state, subject, version)
                commitment = getattr(fact, "commitment", None) or ""
                kind = vault_class_of(fact)
                if version >= erased.get((kind, subject), 0):
                    yield vault_checks.Committed(kind, subject, subject, version, commitment)


def _deleted(ledger: Ledger) -> Iterator[Finding]:
    """No personal data of a session stay behind once their deletion is recorded; every purge ended well."""
    for data, stream, _ in erasure.left_behind(ledger):
        sentence = f"the {data} data of {_named(ledger, stream)} are recorded as erased and in the vault"
        yield Finding("vault-not-erased", sentence)
    has_months = "month.db" not in unreadable(ledger)  # a copy may be without them on purpose
    for month in reconciling.keys_left(ledger) if has_months else ():
        sentence = f"{month} is closed and its fingerprint key is still there; close it again"
        yield Finding("month-key-left", sentence)
    yield from _purges(ledger)
    yield from _workspaces(ledger)
    yield from left_places(ledger)


def _workspaces(ledger: Ledger) -> Iterator[Finding]:
    """No session that is recorded as deleted has a workspace on this machine."""
    workspaces = settings_of(ledger).workspaces
    if workspaces is None or not workspaces.is_dir():
        return
    numbers = {path.name for path in workspaces.iterdir() if path.name.isascii() and path.name.isdigit()}
    for number in sorted(map(int, numbers)):
        found = ledger.store.resolve("session", number)
        if found is not None and any(row[3] in _PURGED for row in ledger.store.stream_rows(found[0].bytes)):
            yield Finding(
                "workspace-left", f"session {number} is recorded as deleted; its workspace is there"
            )


_PURGE_FINDINGS = {
    PurgeStarted.TOPIC: (
        "purge-unfinished",
        "a purge of session {} began and has no outcome; purge it again",
    ),
    PurgeFailed.TOPIC: ("purge-failed", "the purge of session {} found something left; purge it again"),
}
_CERTIFICATES = {CertificateIssued.TOPIC, CertificateSuperseded.TOPIC}


def _purges(ledger: Ledger) -> Iterator[Finding]:
    """Every purge has an outcome, none failed, and every certificate says what the session says."""
    purges: dict[bytes, str] = {}
    certificates: dict[bytes, str] = {}
    for rows in ledger.store.pages(0):
        for _, stream, _, topic, _, _ in rows:
            if topic in _PURGE_FINDINGS or topic == PartPurged.TOPIC or topic in _PURGED:
                purges[stream] = topic
            elif topic in _CERTIFICATES:
                certificates[stream] = topic
    for stream, topic in purges.items():
        if topic in _PURGE_FINDINGS:
            name, sentence = _PURGE_FINDINGS[topic]
            yield Finding(name, sentence.format(ledger.store.session_number(UUID(bytes=stream))))
    for stream, topic in certificates.items():
        if topic == CertificateSuperseded.TOPIC:
            number = ledger.store.session_number(UUID(bytes=stream))
            sentence = f"a correction changed what the certificate of session {number} says; issue a new one"
            yield Finding("certificate-superseded", sentence)


def _named(ledger: Ledger, stream: UUID) -> str:
    number = ledger.store.session_number(stream)
    return f"stream {stream}" if number is None else f"session {number}"


def _requests(ledger: Ledger) -> Iterator[Finding]:
    """Every request for erasure is answered by its deadline."""
    today = office_time(ledger.now()).date()
    for request in retention.waiting_requests(ledger):
        if today > request.deadline:
            sentence = f"the erasure that customer {request.customer} asked for was due on {request.deadline}"
            yield Finding("erasure-overdue", sentence)


def _signing(ledger: Ledger) -> Iterator[Finding]:
    """What was signed is still there; the key that signs is here, private, and that of the last rotation."""
    if not ledger.signs:
        return
    yield from unlike_signed(ledger.store, ledger.signer)
    try:
        ledger.signer.key()
    except LedgerError as error:
        yield Finding("signing-key", error.fact)


def _clock(ledger: Ledger) -> Iterator[Finding]:
    """The clock is not behind the last event, and no source's clock is far from the ledger's."""
    behind_s = (ledger.last_recorded_at() - ledger.now()).total_seconds()
    if behind_s > AHEAD_MAX.total_seconds():
        yield Finding("clock-behind", f"the clock stands {behind_s:.0f} s behind the last event")
    if not ledger.store.keys("record"):
        return
    with runner.current(ledger.folder.path, ledger.store) as views:
        for skew in reconciliation.skews(views, ledger):
            if abs(skew.median_s) > SKEW_S:
                yield Finding(
                    "clock-skew",
                    f"{skew.source} begins {skew.median_s:+d} s from the ledger, the median of "
                    f"{skew.connections} connections",
                )


def _calendar(ledger: Ledger) -> Iterator[Finding]:
    """The price list in force knows the public holidays of this year and the next."""
    ledger_state, now = ledger.state, ledger.now()
    digest = ledger_state.tariff_at(now)
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
    """The read models are what the events say. One that the next report derives anew is none."""
    live = live_file(ledger.folder.path)
    if live is None:
        return
    try:
        place = runner.place_of(live)
        if place is None or not runner.is_of(place, ledger.store):
            return
        with opened(live) as views, views.transaction(), runner.uncollected():
            yield from _different(differences(views, ledger.store, runner.position_of(views)))
    except sqlite3.DatabaseError:
        yield _VIEW_UNREADABLE


def _different(found: Iterator[Different]) -> Iterator[Finding]:
    for table, rows in groupby(found, key=lambda each: each.table):
        for each in islice(rows, NAMED_MAX):
            what = f"{'customer' if table == MERGES else 'session'} {each.key}"
            yield Finding("view-row", f"read model {table} says something else of {what} than the events")
        if more := sum(1 for _ in rows):
            yield Finding("view-row", f"and of {more} more in read model {table}")


_OF_LEDGER: dict[str, Check] = {
    "vault": _vault,
    "deleted": _deleted,
    "requests": _requests,
    "views": _views,
    "signing": _signing,
    "calendar": _calendar,
    "clock": _clock,
    "series": document_checks.series,
    "documents": document_checks.documents,
    "bills": document_checks.bills,
}
CHECKS = (*store_checks.CHECKS, *_OF_LEDGER)
"""The names of all checks, in the order they run."""


def store_findings(folder: Folder, names: Sequence[str]) -> Iterator[Finding]:
    """What the named checks of the event store find (all of them when none is named), file unopened."""
    chosen = [name for name in store_checks.CHECKS if not names or name in names]
    url = folder.store_url()
    if url is not None:
        from ledger.store.postgres.checks import check_postgres  # noqa: PLC0415 - only a ledger there needs it

        yield from check_postgres(url, chosen)
    elif folder.events.exists():
        yield from store_checks.check_store(folder.events, chosen)


def findings(ledger: Ledger, names: Sequence[str]) -> Iterator[Finding]:
    """What the named checks of everything beside the event store find; what stops one is a finding, too."""
    told: set[str] = set()
    for name, check in _OF_LEDGER.items():
        if not names or name in names:
            for finding in _found(name, check, ledger):
                if finding.name != UNREADABLE or UNREADABLE not in told:  # more than one check reads it
                    yield finding
                told.add(finding.name)


def _found(name: str, check: Check, ledger: Ledger) -> Iterator[Finding]:
    try:
        yield from check(ledger)
    except ViewsDamaged:
        yield _VIEW_UNREADABLE
    except LedgerError as error:
        yield Finding(f"{name}-unreadable", error.fact)


def unreadable(ledger: Ledger) -> list[str]:
    """The key files that a copy of a ledger is without on purpose; nothing is wrong with it."""
    return vault_checks.unreadable(ledger.folder.path)


def repair(ledger: Ledger) -> Iterator[str]:
    """Mend what can be mended without touching an event, and say what was.

    Orphans in the vault go, an erasure that was interrupted is completed, read models are derived again.
    """
    now_us = epoch_microseconds(ledger.now())
    removed = vault_checks.repair(ledger.vault, ledger.store.commitment_at, now_us)
    if removed:
        rows = "1 row" if removed == 1 else f"{removed} rows"
        yield f"{rows} of the vault removed that belonged to no event"
    for data, stream, _ in erasure.complete(ledger):
        yield f"the {data} data of {_named(ledger, stream)} erased from the vault"
    yield from document_checks.repair_documents(ledger)
    vault_checks.drop_unused_keys(ledger.vault, _committed(ledger))
    if not ledger.vault.truncate_logs():
        yield "the vault is in use; what was erased may stand in its write-ahead log: repeat the repair"
    if any(True for _ in _views(ledger)):
        runner.replay(ledger.folder.path, ledger.store)
        yield "the read models were derived again"
