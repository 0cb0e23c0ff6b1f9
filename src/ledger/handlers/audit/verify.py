"""Everything again from the stored bytes: the store, every hash and root, the read models."""

from __future__ import annotations

from ledger.application.ledger import Ledger
from ledger.handlers.check import invariants
from ledger.store.finding import CheckFinding
from ledger.transparency.checkpoint import Checkpoint
from ledger.transparency.verify import Verified, verify_log

STORE_CHECKS = ("integrity", "guards", "versions")
"""What is asked of the event store itself."""
VIEW_CHECKS = ("views",)
"""The read models against a replay."""


def everything_again(ledger: Ledger, since: Checkpoint | None = None) -> tuple[Verified, list[CheckFinding]]:
    """Return what a verification found out, with every finding; `since` is a checkpoint that somebody held.

    Raises StoreDamaged.
    """
    found = list(invariants.store_findings(ledger.folder, STORE_CHECKS))
    verified = verify_log(ledger.folder, ledger.store, ledger.signer, since=since)
    return verified, [*found, *verified.findings, *invariants.findings(ledger, VIEW_CHECKS)]
