"""`audit verify`: the tree from the stored bytes, against every checkpoint that was signed.

Every hash and root is computed anew from the events' own bytes and held against what was signed: the
checkpoints in the database, the signer's memory beside its key, and one that somebody brings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from ledger.domain import merkle
from ledger.errors import BadNote, LedgerError
from ledger.folder.layout import Folder
from ledger.message import Message, msg
from ledger.store.event_store import LedgerStore
from ledger.store.finding import CheckFinding
from ledger.transparency.checkpoint import Checkpoint, parse_checkpoint
from ledger.transparency.key_rotation import KeyChain, broken_links, key_chain, rotations
from ledger.transparency.note import VerifierKey, parse_note, signer_of
from ledger.transparency.recompute import recompute
from ledger.transparency.signer import Signer
from ledger.transparency.signing_key import read_key
from ledger.transparency.witnesses import kept_cosignatures


class Signed(NamedTuple):
    """A checkpoint, and the words for it, which say where it was found."""

    checkpoint: Checkpoint
    where: Message


class Verified(NamedTuple):
    """What a verification found out. `checkpoint`: ok, none, unchecked (no key is here), or wrong."""

    size: int
    root: bytes
    checkpoint: str
    newest: Checkpoint | None
    findings: tuple[CheckFinding, ...]
    head: Checkpoint | None = None
    """The newest checkpoint that is over the events as they are, and signed as far as a key is here."""
    is_continued: bool | None = None
    """Whether the log begins with all that the checkpoint covers which somebody held; None without one."""


def verify_log(
    folder: Folder,
    store: LedgerStore,
    signer: Signer,
    *,
    trusted: VerifierKey | None = None,
    since: Checkpoint | None = None,
    done: Callable[[int], object] = lambda _: None,
) -> Verified:
    """Compute every root anew and hold it against what was signed. Raises StoreDamaged.

    `done` is told of events as they are hashed.
    """
    findings: list[CheckFinding] = []
    held = since
    if since is not None and since.head.origin != signer.name:
        sentence = msg(
            "the checkpoint that was brought along is that of the log {origin}", origin=since.head.origin
        )
        findings.append(CheckFinding("checkpoint-foreign", sentence))
        since = None
    signed = list(_signed(store, signer, since, findings))
    recorded = rotations(store)
    present = trusted or _present(folder, findings)
    findings += broken_links(recorded, present)
    try:
        chain = key_chain(recorded, present)
    except BadNote as error:
        findings.append(CheckFinding("key-rotation", error.message))
        chain = KeyChain((), ())
    size, roots, differing = recompute(store, {each.checkpoint.size for each in signed}, done)
    findings = [*differing, *findings, *_against(signed, roots, chain, size)]
    names = {finding.name for finding in findings}
    state = "none" if not signed else "unchecked" if not chain.keys else "ok"
    newest = max((each.checkpoint for each in signed), key=lambda c: c.size, default=None)
    sound = [each.checkpoint for each in signed if _is_of(each.checkpoint, roots, chain, size)]
    head = max(sound, key=lambda c: c.size, default=None)
    is_continued = None if held is None else since is not None and _is_over(since, roots, size)
    state = "wrong" if names else state
    findings += [each for kept in kept_cosignatures(store) for each in kept.findings]
    return Verified(size, roots[size], state, newest, tuple(findings), head, is_continued)


def _is_of(checkpoint: Checkpoint, roots: Mapping[int, bytes], chain: KeyChain, size: int) -> bool:
    """Return True for a checkpoint over the events as they are that no key here disowns."""
    key = chain.key_for(checkpoint.size)
    is_signed = key is None or signer_of(parse_note(checkpoint.note), [key]) is not None
    return is_signed and _is_over(checkpoint, roots, size)


def _is_over(checkpoint: Checkpoint, roots: Mapping[int, bytes], size: int) -> bool:
    return checkpoint.size <= size and roots[checkpoint.size] == checkpoint.root


def unlike_signed(store: LedgerStore, signer: Signer) -> Iterator[CheckFinding]:
    """Check that what was signed and cosigned is there, by the tree as stored: no event is hashed anew."""
    findings: list[CheckFinding] = []
    signed = list(_signed(store, signer, None, findings))
    yield from findings
    size = store.length()
    newest = max((each.checkpoint.size for each in signed if each.checkpoint.size <= size), default=0)
    told = [each for each in signed if each.checkpoint.size >= newest]
    yield from _against(told, {newest: merkle.root(store.hashes, newest)}, KeyChain((), ()), size)
    yield from (each for kept in kept_cosignatures(store) for each in kept.findings)


def _present(folder: Folder, findings: list[CheckFinding]) -> VerifierKey | None:
    """Return the key in the ledger's folder, if there is one; a key that others can read is a finding."""
    if not folder.signing_key.exists():
        return None
    try:
        return read_key(folder.signing_key).verifier
    except LedgerError as error:
        findings.append(CheckFinding("signing-key", error.message))
        return None


def _signed(
    store: LedgerStore, signer: Signer, since: Checkpoint | None, findings: list[CheckFinding]
) -> Iterator[Signed]:
    for size, note in store.checkpoints():
        try:
            checkpoint = parse_checkpoint(note)
        except BadNote as error:
            findings.append(
                CheckFinding(
                    "checkpoint-note",
                    msg("the stored checkpoint of {size} events: {fact}", size=size, fact=error.message),
                )
            )
            continue
        if checkpoint.size != size:
            findings.append(
                CheckFinding(
                    "checkpoint-note", msg("the checkpoint stored for {size} events is another", size=size)
                )
            )
        yield Signed(checkpoint, msg("the checkpoint of {size} events in the database"))
    try:
        last = signer.last()
    except LedgerError as error:
        findings.append(CheckFinding("signer-memory", error.message))
    else:
        if last is not None:
            yield Signed(last, msg("the checkpoint of {size} events that the signer remembers"))
    if since is not None:
        yield Signed(since, msg("the checkpoint of {size} events that was brought along"))


def _against(
    signed: list[Signed], roots: Mapping[int, bytes], chain: KeyChain, size: int
) -> Iterator[CheckFinding]:
    agreed = 0
    for checkpoint, where in sorted(signed, key=lambda each: each.checkpoint.size):
        what = where.of(size=checkpoint.size)
        key = chain.key_for(checkpoint.size)
        if key is not None and signer_of(parse_note(checkpoint.note), [key]) is None:
            yield CheckFinding(
                "checkpoint-signature", msg("{what} is not signed by the ledger's key", what=what)
            )
        if checkpoint.size > size:
            yield CheckFinding(
                "log-shrunk",
                msg("{what} covers more than the {size} events that are here", what=what, size=size),
            )
        elif roots[checkpoint.size] != checkpoint.root:
            first = min(agreed, checkpoint.size - 1)
            yield CheckFinding(
                "log-forked",
                msg(
                    "{what} is over other events; what differs lies from event {first} to {last}",
                    what=what,
                    first=first,
                    last=checkpoint.size - 1,
                ),
            )
        else:
            agreed = checkpoint.size
