"""An inspector's visit: what the ledger's own files show by themselves. Nothing is recorded or signed.

Everything is told of the events under one signed checkpoint, the head; what was recorded after it is
counted and not spoken of. The note that the inspector took along from the visit before is held against it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import NamedTuple, TypeVar
from uuid import UUID

from ledger.application.ledger import Ledger
from ledger.domain import events as e
from ledger.domain import merkle
from ledger.domain.clock import Period
from ledger.domain.identifiers import check_key
from ledger.errors import LedgerError, StoreFull
from ledger.handlers.audit import timestamps
from ledger.handlers.audit.bundle import proofs_of
from ledger.handlers.audit.review import Lots, lots_of
from ledger.handlers.audit.timestamps import KeptTimestamp
from ledger.handlers.audit.verify import STORE_CHECKS
from ledger.handlers.check import invariants
from ledger.handlers.privacy.deletion_register import told
from ledger.message import msg
from ledger.store.event_store import LedgerStore
from ledger.store.finding import CheckFinding
from ledger.transparency.checkpoint import Checkpoint
from ledger.transparency.key_rotation import key_chain, rotations
from ledger.transparency.note import VerifierKey
from ledger.transparency.proof import parse_proofs
from ledger.transparency.signing_key import read_key
from ledger.transparency.verify import Verified, verify_log
from ledger.transparency.witnesses import KeptCosignature, kept_cosignatures

CHECKS = ("vault", "deleted", "requests", "series", "documents", "bills")
"""What is asked beyond the log: whether what is recorded as gone is gone, and the documents are whole."""
_HOLDS = frozenset({"session.held", "session.released"})
_REQUESTS = frozenset({"customer.erasure_requested", "customer.erased"})
_Found = TypeVar("_Found")


class Continuation(NamedTuple):
    """The note of the visit before against the head; the proof is RFC 6962's between the two trees.

    The proof is empty where the head is no continuation, or where both are of one size.
    """

    since: Checkpoint
    is_continued: bool
    proof: tuple[bytes, ...]


class HeldSession(NamedTuple):
    """A session whose deletion is suspended, and the event that says so."""

    session: int
    held: e.Held


class ErasureAsked(NamedTuple):
    """A request for erasure and its answer; `answered` and `leaf_index` are None while it waits."""

    customer: str
    requested_at: datetime
    deadline: date
    answered: e.CustomerErased | None = None
    leaf_index: int | None = None


class Visit(NamedTuple):
    """What a visit found; no finding means that everything that was looked at held."""

    origin: str
    events: int
    """Recorded, under a checkpoint or after it."""
    verified: Verified | None
    """None where the store cannot be read to its end."""
    head: Checkpoint | None
    """The newest checkpoint that is of this log as it is; None where none is."""
    continuation: Continuation | None
    lots: Lots | None
    proofs: dict[int, str]
    """Of every session drawn: a proof of each of its events under the head, one after another."""
    holds: list[HeldSession]
    requests: list[ErasureAsked]
    """For erasure: those without an answer, and those answered in the period or since the last visit."""
    keys: list[VerifierKey]
    """Those that signed, the first one first."""
    checkpoints: int
    timestamps: list[KeptTimestamp]
    cosignatures: list[KeptCosignature]
    findings: tuple[CheckFinding, ...]

    @property
    def position(self) -> int:
        """The number of events that is spoken of."""
        return self.events if self.head is None else self.head.size

    @property
    def unsigned(self) -> int:
        """The number of events that no checkpoint of this log covers."""
        return self.events - (0 if self.head is None else self.head.size)


def visit(
    ledger: Ledger,
    period: Period,
    *,
    nonce: str,
    size: int,
    since: Checkpoint | None = None,
    trusted: VerifierKey | None = None,
) -> Visit:
    """Look at everything that a ledger shows of itself; what cannot be read is a finding.

    `size` sessions that ended in the period are drawn by the head's root and the inspector's word. Raises
    LooksPersonal, BadToken for a word that could not stand in an event.
    """
    check_key(nonce, msg("the inspector's word"))
    store, tried = ledger.store, _Tried()
    tried.findings += invariants.store_findings(ledger.folder, STORE_CHECKS)
    verified = tried(
        "store", lambda: verify_log(ledger.folder, store, ledger.signer, trusted=trusted, since=since)
    )
    tried.findings += () if verified is None else verified.findings
    head = None if verified is None else verified.head
    if verified is not None and verified.newest is None:
        tried.findings.append(CheckFinding("checkpoint-none", msg("the log was never signed")))
    lots = None if head is None else tried("sample", lambda: lots_of(ledger, head, period, nonce, size))
    position = store.length() if head is None else head.size
    stamps = tried("anchor", lambda: timestamps.verify(ledger, None)) or []
    tried.findings += [each for stamp in stamps for each in stamp.findings]
    tried.findings += invariants.findings(ledger, CHECKS)
    proofs = None if head is None or lots is None else tried("proof", lambda: _proofs(ledger, head, lots))
    return Visit(
        origin=ledger.state.origin,
        events=store.length(),
        verified=verified,
        head=head,
        continuation=None if since is None else _continuation(store, since, verified),
        lots=lots,
        proofs=proofs or {},
        holds=tried("hold", lambda: list(_holds(ledger, position))) or [],
        requests=tried("request", lambda: _requests(ledger, position, period, since)) or [],
        keys=tried("key", lambda: _keys(ledger, trusted)) or [],
        checkpoints=len(store.checkpoints()),
        timestamps=stamps,
        cosignatures=tried("cosignature", lambda: kept_cosignatures(store)) or [],
        findings=tuple({each.name + each.sentence: each for each in tried.findings}.values()),
    )


class _Tried:
    """Run the parts of a visit; what stops one is a finding, and the others go on."""

    def __init__(self) -> None:
        self.findings: list[CheckFinding] = []

    def __call__(self, name: str, part: Callable[[], _Found]) -> _Found | None:
        try:
            return part()
        except StoreFull:  # the disk is at fault, not the ledger
            raise
        except LedgerError as error:
            self.findings.append(CheckFinding(f"{name}-unreadable", error.message))
            return None


def _continuation(store: LedgerStore, since: Checkpoint, verified: Verified | None) -> Continuation:
    head = None if verified is None else verified.head
    if verified is None or head is None or not verified.is_continued:
        return Continuation(since, is_continued=False, proof=())
    proof: tuple[bytes, ...] = ()
    if 0 < since.size < head.size:
        proof = tuple(merkle.consistency_proof(store.hashes, since.size, head.size))
        if not merkle.is_consistent(since.size, head.size, proof, since.root, head.root):
            proof = ()  # the stored hashes are not those of the events, which is a finding of its own
    return Continuation(since, is_continued=True, proof=proof)


def _proofs(ledger: Ledger, head: Checkpoint, lots: Lots) -> dict[int, str]:
    """Return the proofs of the sessions drawn, without those that do not lead to the head."""
    found = proofs_of(ledger, head, lots.sessions)
    return {number: text for number, text in found if all(each.holds() for each in parse_proofs(text))}


def _holds(ledger: Ledger, position: int) -> Iterator[HeldSession]:
    """Yield the sessions whose deletion is suspended after the first `position` events, by number."""
    held: dict[UUID, e.Held] = {}
    for each in told(ledger, position, _HOLDS):
        if isinstance(each.event, e.Held):
            held[each.stream] = each.event
        else:
            held.pop(each.stream, None)
    numbers = ledger.session_numbers(held)
    yield from (
        HeldSession(numbers[stream], held[stream]) for stream in sorted(held, key=numbers.__getitem__)
    )


def _requests(ledger: Ledger, position: int, period: Period, since: Checkpoint | None) -> list[ErasureAsked]:
    """Return the requests in the order in which they came; an answer gone before the period is left out."""
    asked: dict[UUID, ErasureAsked] = {}
    answered: list[ErasureAsked] = []
    for each in told(ledger, position, _REQUESTS):
        if isinstance(each.event, e.ErasureRequested):
            code = _code(ledger, each.stream)
            asked[each.stream] = ErasureAsked(code, each.event.at, each.event.deadline)
        elif isinstance(each.event, e.CustomerErased) and each.stream in asked:
            is_new = since is not None and each.leaf_index >= since.size
            found = asked.pop(each.stream)._replace(answered=each.event, leaf_index=each.leaf_index)
            answered += [found] if is_new or each.event.at in period else []
    return sorted([*answered, *asked.values()], key=lambda found: (found.requested_at, found.customer))


def _code(ledger: Ledger, stream: UUID) -> str:
    first = ledger.events_of(stream)[0].event
    return first.customer if isinstance(first, e.CustomerRegistered) else ""


def _keys(ledger: Ledger, trusted: VerifierKey | None) -> list[VerifierKey]:
    """Return the keys one after another; those of the log alone where a copy is without the key itself."""
    recorded = rotations(ledger.store)
    if trusted is None and not ledger.folder.signing_key.exists():
        return []
    key = trusted or read_key(ledger.folder.signing_key).verifier
    return list(key_chain(recorded, key).keys)
