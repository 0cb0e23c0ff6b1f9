"""Publishing the signed log as static files."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path

from ledger.application.ledger import Ledger
from ledger.errors import PublicationTarget
from ledger.message import msg
from ledger.store.reader import line_of
from ledger.transparency.publication import Publication, Published, publish
from ledger.transparency.witnesses import cosigned_note


def publish_log(ledger: Ledger, target: Path, *, has_entries: bool = False) -> Published:
    """Sign the log as it stands and bring the folder up to date; with the entries only where asked for.

    The checkpoint there carries what witnesses are known to have said of it.

    Raises what `publish` does, and PublicationTarget for a folder that is, holds or lies in the ledger's.
    """
    place, own = target.resolve(), ledger.folder.path.resolve()
    if place == own or own in place.parents or place in own.parents:
        raise PublicationTarget(msg("{target} is not apart from the ledger's folder", target=target))
    newest = ledger.signer.checkpoint()
    store = ledger.store

    def lines(first: int, count: int) -> Iterable[bytes]:
        rows = (row for page in store.pages(first, first + count) for row in page)
        return (line_of(row) for row in islice(rows, count))

    cosigned = newest._replace(note=cosigned_note(store, newest))
    return publish(target, Publication(cosigned, store.hashes, lines if has_entries else None))
