"""`check`: every invariant of a ledger by name; no finding when all hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, islice
from time import sleep
from uuid import UUID

from ledger.application.backends import open_vault
from ledger.application.ledger import Ledger
from ledger.application.read_models import Difference
from ledger.domain.clock import SaidInstant, epoch_microseconds, office_time
from ledger.domain.events import (
    CertificateIssued,
    CertificateSuperseded,
    DataPurged,
    PartPurged,
    PurgeFailed,
    PurgeStarted,
)
from ledger.domain.time_rules import AHEAD_MAX
from ledger.errors import LedgerError, StoreFull, ViewsDamaged
from ledger.folder.layout import Folder
from ledger.folder.network_share import network_share
from ledger.handlers.certificate import is_stale
from ledger.handlers.check import documents
from ledger.handlers.check.counting import Done, nothing_done, one_by_one
from ledger.handlers.period import keys_left
from ledger.handlers.privacy import erase as erasure
from ledger.handlers.privacy import retention
from ledger.handlers.vault_classes import vault_class_of
from ledger.handlers.workspace import left_places, settings_of
from ledger.message import Message, Seconds, msg, msg_n
from ledger.store import checks as store_checks
from ledger.store.finding import CheckFinding
from ledger.store.mapper import read_fact
from ledger.store.references import subject
from ledger.transparency.verify import unlike_signed
from ledger.vault import checks as vault_checks

Check = Callable[[Ledger], Iterator[CheckFinding]]
_PURGED = (DataPurged.TOPIC, "session.data_purged:1")
SKEW_S = 60
"""A clock skew over this is reported; nothing is corrected by it."""
UNREADABLE = "view-unreadable"
_VIEW_UNREADABLE = CheckFinding(UNREADABLE, msg("the read model cannot be read; a replay derives it again"))
NAMED_MAX = 10
"""Rows named of a read model; after a damage all of them may differ."""


def _vault(ledger: Ledger) -> Iterator[CheckFinding]:
    """Check that rows open, every row has its event, and every commitment with a key has its row."""
    log = vault_checks.Log(ledger.store.commitment_at, _committed(ledger), ledger.subject_of)
    now_us = epoch_microseconds(ledger.now())
    if ledger.folder.store_url() is not None:
        yield from vault_checks.check_contents(lambda: open_vault(ledger.folder, ledger.entropy), log, now_us)
        return
    yield from vault_checks.check_vault(ledger.folder.path, ledger.entropy, log, now_us)


def _rights(ledger: Ledger) -> Iterator[CheckFinding]:
    """Nobody but its owner may write to the ledger's folder; no server logs the keys."""
    yield from vault_checks.check_rights(ledger.folder.path)
    url = ledger.folder.store_url()
    if url is not None:
        from ledger.store.postgres.address import Address  # noqa: PLC0415 - only a ledger there needs it
        from ledger.store.postgres.checks import check_logging  # noqa: PLC0415 - the same

        yield from check_logging(Address.parse(url))


def _committed(ledger: Ledger) -> Iterator[vault_checks.Committed]:
    """Yield every commitment to personal data that no later event erased, with its vault class."""
    erased = erasure.erased_before(ledger)
    for rows in ledger.store.pages(0):
        for _, stream, version, topic, _, state in rows:
            if b'"commitment"' in state:
                subject = UUID(bytes=stream)
                event = read_fact(topic, state, subject, version)
                commitment = getattr(event, "commitment", None) or ""
                kind = vault_class_of(event)
                if version >= erased.get((kind, subject), 0):
                    yield vault_checks.Committed(kind, subject, subject, version, commitment)


def _deleted(ledger: Ledger) -> Iterator[CheckFinding]:
    """Check that no personal data are left once their deletion is recorded, and no purge is unfinished."""
    for data, stream, _ in erasure.left_behind(ledger):
        sentence = msg(
            "the {data} data of {subject} are recorded as erased and in the vault",
            data=data,
            subject=subject(ledger.subject_of(stream)),
        )
        yield CheckFinding("vault-not-erased", sentence)
    has_months = "month.db" not in unreadable(ledger)  # a copy may be without them on purpose
    for month in keys_left(ledger) if has_months else ():
        sentence = msg(
            "{month} is closed and its fingerprint key is still there; close it again", month=month
        )
        yield CheckFinding("month-key-left", sentence)
    yield from _purges(ledger)
    yield from _workspaces(ledger)
    yield from left_places(ledger)


def _workspaces(ledger: Ledger) -> Iterator[CheckFinding]:
    """Check that no session recorded as deleted has a workspace on this machine."""
    workspaces = settings_of(ledger).workspaces
    if workspaces is None or not workspaces.is_dir():
        return
    numbers = {path.name for path in workspaces.iterdir() if path.name.isascii() and path.name.isdigit()}
    for number in sorted(map(int, numbers)):
        found = ledger.store.resolve("session", number)
        if found is not None and any(row[3] in _PURGED for row in ledger.store.stream_rows(found[0].bytes)):
            yield CheckFinding(
                "workspace-left",
                msg("session {number} is recorded as deleted; its workspace is there", number=number),
            )


_PURGE_FINDINGS = {
    PurgeStarted.TOPIC: (
        "purge-unfinished",
        msg("a purge of session {session} began and has no outcome; purge it again"),
    ),
    PurgeFailed.TOPIC: (
        "purge-failed",
        msg("the purge of session {session} found something left; purge it again"),
    ),
}
_CERTIFICATES = {CertificateIssued.TOPIC, CertificateSuperseded.TOPIC}


def _purges(ledger: Ledger) -> Iterator[CheckFinding]:
    """Check that every purge has an outcome, none failed, and no certificate was superseded for good."""
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
            yield CheckFinding(name, sentence.of(session=ledger.store.session_number(UUID(bytes=stream))))
    for stream, topic in certificates.items():
        if topic == CertificateSuperseded.TOPIC or is_stale(ledger, UUID(bytes=stream)):
            number = ledger.store.session_number(UUID(bytes=stream))
            sentence = msg(
                "a correction changed what the certificate of session {number} says; issue a new one",
                number=number,
            )
            yield CheckFinding("certificate-superseded", sentence)


def _requests(ledger: Ledger) -> Iterator[CheckFinding]:
    """Check that every request for erasure is answered by its deadline."""
    today = office_time(ledger.now()).date()
    for request in retention.waiting_requests(ledger):
        if today > request.deadline:
            sentence = msg(
                "the erasure that customer {customer} asked for was due on {deadline}",
                customer=request.customer,
                deadline=request.deadline,
            )
            yield CheckFinding("erasure-overdue", sentence)


def _signing(ledger: Ledger) -> Iterator[CheckFinding]:
    """Check that the signed log is intact, and that the signing key is present, private and current."""
    if not ledger.signs:
        return
    yield from unlike_signed(ledger.store, ledger.signer)
    try:
        ledger.signer.key()
    except LedgerError as error:
        yield CheckFinding("signing-key", error.message)


def _clock(ledger: Ledger) -> Iterator[CheckFinding]:
    """Check that the clock is not behind the last event, nor a source's clock far from the ledger's."""
    behind_s = (ledger.last_recorded_at() - ledger.now()).total_seconds()
    if behind_s > AHEAD_MAX.total_seconds():
        yield CheckFinding(
            "clock-behind",
            msg("the clock stands {behind} behind the last event", behind=Seconds(round(behind_s))),
        )
    if not ledger.store.keys("record"):
        return
    for skew in ledger.read_models.clock_skews():
        if abs(skew.median_s) > SKEW_S:
            yield CheckFinding(
                "clock-skew",
                msg(
                    "{source} begins {median_s:+d} s from the ledger, "
                    "the median of {connections} connections",
                    source=skew.source,
                    median_s=skew.median_s,
                    connections=skew.connections,
                ),
            )


def _calendar(ledger: Ledger) -> Iterator[CheckFinding]:
    """Check that the price list in force knows the public holidays of this year and the next."""
    ledger_state, now = ledger.state, ledger.now()
    digest = ledger_state.tariff_at(now)
    if digest is None:
        yield CheckFinding("tariff-none", msg("no price list is in force"))
        return
    calendar = ledger.tariff(digest).calendar
    year = office_time(now).year + 1
    if calendar is not None and year > calendar.last_year:
        yield CheckFinding(
            "tariff-calendar",
            msg("the price list in force knows no holidays of {year}; publish it again", year=year),
        )


def _views(ledger: Ledger) -> Iterator[CheckFinding]:
    """Check that the read models are those that the events give."""
    try:
        yield from _different(ledger.read_models.differences())
    except ViewsDamaged:
        yield _VIEW_UNREADABLE


def _different(found: Iterator[Difference]) -> Iterator[CheckFinding]:
    for table, rows in groupby(found, key=lambda each: each.table):
        for each in islice(rows, NAMED_MAX):
            what = (
                msg("customer {key}", key=each.key)
                if isinstance(each.key, str)
                else msg("session {key}", key=each.key)
            )
            yield CheckFinding(
                "view-row",
                msg(
                    "read model {table} says something else of {what} than the events", table=table, what=what
                ),
            )
        if more := sum(1 for _ in rows):
            yield CheckFinding(
                "view-row", msg("and of {more} more in read model {table}", more=more, table=table)
            )


_OVERLAPS = {
    "technician": msg(
        "sessions {session} and {other} of technician {who} overlap from {since}; session void {settled}"
        " puts a double entry aside, session confirm {settled} lets both stand"
    ),
    "customer": msg(
        "sessions {session} and {other} of customer {who} overlap from {since}; session void {settled}"
        " puts a double entry aside, session confirm {settled} lets both stand"
    ),
}


def _overlaps(ledger: Ledger) -> Iterator[CheckFinding]:
    """Check that no two sessions of one technician or customer overlap that nobody let stand.

    One that goes on overlaps nothing yet: it is told when somebody connects, and by the reports.
    """
    found = [each for each in ledger.read_models.overlapping() if each.are_over]
    for each in found[:NAMED_MAX]:
        yield CheckFinding(
            "session-overlap",
            _OVERLAPS[each.kind].of(
                session=each.session,
                other=each.other,
                who=each.who,
                since=SaidInstant(each.begins_at, "minute"),
                settled=each.to_settle,
            ),
        )
    if len(found) > NAMED_MAX:
        yield CheckFinding(
            "session-overlap",
            msg("and {more} more pairs of sessions overlap", more=len(found) - NAMED_MAX),
        )


_OF_LEDGER: dict[str, Check] = {
    "vault": _vault,
    "rights": _rights,
    "deleted": _deleted,
    "requests": _requests,
    "views": _views,
    "signing": _signing,
    "calendar": _calendar,
    "clock": _clock,
    "series": documents.series,
    "documents": documents.files,
    "bills": documents.bills,
    "overlaps": _overlaps,
    "bands": documents.bands,
}
LOOKS_TWICE = frozenset({"vault", "deleted"})
"""What an erasure under way shows for a moment: only what is still so a little later is told."""
SECOND_LOOK_S = 0.5
CHECKS = (*store_checks.CHECKS, *_OF_LEDGER)
"""The names of all checks, in the order they run."""


def chosen(names: Sequence[str]) -> int:
    """Return the number of checks that are run."""
    return len(set(names)) or len(CHECKS)


def store_findings(folder: Folder, names: Sequence[str], done: Done = nothing_done) -> Iterator[CheckFinding]:
    """Yield what the named checks of the event store find (all of them when none is named)."""
    chosen = one_by_one([name for name in store_checks.CHECKS if not names or name in names], done)
    url = folder.store_url()
    if url is not None:
        from ledger.store.postgres.checks import check_postgres  # noqa: PLC0415 - only a ledger there needs it

        yield from check_postgres(url, chosen)
    elif folder.events.exists():
        yield from store_checks.check_store(folder.events, chosen)


def place_findings(folder: Folder, names: Sequence[str]) -> Iterator[CheckFinding]:
    """Yield what is wrong with the place of a ledger; part of the check `guards`."""
    if (not names or "guards" in names) and (share := network_share(folder.path)):
        yield CheckFinding(
            "network-share", msg("the ledger's folder lies on {share}, where locks do not hold", share=share)
        )


def findings(ledger: Ledger, names: Sequence[str], done: Done = nothing_done) -> Iterator[CheckFinding]:
    """Yield what the named checks beyond the event store find; an error that stops one is a finding, too."""
    yield from place_findings(ledger.folder, names)
    reported: set[str] = set()
    for name, check in _OF_LEDGER.items():
        if not names or name in names:
            for finding in _found(name, check, ledger):
                if finding.name != UNREADABLE or UNREADABLE not in reported:  # several checks read it
                    yield finding
                reported.add(finding.name)
            done(1)


def _found(name: str, check: Check, ledger: Ledger) -> Iterator[CheckFinding]:
    found = list(_looked(name, check, ledger))
    if name not in LOOKS_TWICE or not found:
        yield from found
        return
    sleep(SECOND_LOOK_S)
    again = {(each.name, str(each.sentence)) for each in _looked(name, check, ledger)}
    yield from (each for each in found if (each.name, str(each.sentence)) in again)


def _looked(name: str, check: Check, ledger: Ledger) -> Iterator[CheckFinding]:
    try:
        yield from check(ledger)
    except ViewsDamaged:
        yield _VIEW_UNREADABLE
    except StoreFull:  # the disk is at fault, not the ledger
        raise
    except LedgerError as error:
        yield CheckFinding(f"{name}-unreadable", error.message)


def unreadable(ledger: Ledger) -> list[str]:
    """Return the key files that a copy of a ledger lacks on purpose."""
    return vault_checks.unreadable(ledger.folder.path)


def repair(ledger: Ledger) -> Iterator[Message]:
    """Repair what needs no change of an event; yield a sentence for each repair.

    Orphans in the vault are removed, interrupted erasures completed, read models derived again.
    """
    now_us = epoch_microseconds(ledger.now())
    removed = vault_checks.repair(ledger.vault, ledger.store.commitment_at, now_us)
    if removed:
        yield msg_n(
            "{count} row of the vault removed that belonged to no event",
            "{count} rows of the vault removed that belonged to no event",
            removed,
        )
    for data, stream, _ in erasure.complete(ledger):
        yield msg(
            "the {data} data of {subject} erased from the vault",
            data=data,
            subject=subject(ledger.subject_of(stream)),
        )
    yield from documents.repair_files(ledger)
    vault_checks.drop_unused_keys(ledger.vault, _committed(ledger))
    if not ledger.vault.truncate_logs():
        yield msg("the vault is in use; what was erased may stand in its write-ahead log: repeat the repair")
    if any(True for _ in _views(ledger)):
        ledger.read_models.rebuild()
        yield msg("the read models were derived again")
