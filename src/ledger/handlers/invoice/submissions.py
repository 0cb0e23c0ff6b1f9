"""Several documents on their way to KSeF: one that cannot go stops no other, one silence stops the rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from ledger.application.ledger import Ledger, Metadata
from ledger.errors import KsefSilent, LedgerError, Refused
from ledger.handlers.invoice import submit as submitting
from ledger.handlers.invoice.submit import SubmissionPlan, Submitted
from ledger.ksef.client import Ksef
from ledger.message import msg


class Submission(NamedTuple):
    """A document with its plan, its outcome once it was sent, and the refusal that makes it wait."""

    plan: SubmissionPlan
    submitted: Submitted | None = None
    why: LedgerError | None = None

    @property
    def outcome(self) -> str:
        """planned, accepted, rejected or waiting."""
        if self.submitted is not None:
            return self.submitted.outcome
        if self.why is not None:
            return "waiting"
        return "accepted" if self.plan.state == "accepted" else "planned"

    @property
    def is_away(self) -> bool:
        """Return True if KSeF does not answer, so that others need not be tried."""
        if self.submitted is not None:
            return self.submitted.is_away
        return isinstance(self.why, KsefSilent)


def plan_all(ledger: Ledger, numbers: Sequence[str], *, every: bool) -> list[Submission]:
    """Plan each document; of every one that waits, one that cannot go yet stops no other.

    Raises what `planned` does for documents that are named.
    """
    rows: list[Submission] = []
    for number in submitting.numbers_of(ledger, numbers, every=every):
        try:
            rows.append(Submission(submitting.planned(ledger, number)))
        except Refused as why:
            if not every:
                raise
            rows.append(Submission(submitting.waiting_plan(ledger, number), why=why))
    return rows


def submit_all(
    ledger: Ledger,
    said: Metadata,
    plans: Iterable[SubmissionPlan],
    ksef: Ksef,
    *,
    check_only: bool = False,
    advance: Callable[[], None] | None = None,
) -> list[Submission]:
    """Submit documents one after another; the log is signed once, at the end.

    `check_only` asks what became of them. A refusal of one stops no other, unless it is the only one; once
    KSeF does not answer, the rest wait. `advance` is called after each.
    """
    due, rows = list(plans), list[Submission]()
    act = submitting.ask if check_only else submitting.submit
    with ledger.signing.once():
        for plan in due:
            if any(row.is_away for row in rows):  # the others would only wait for nothing
                rows.append(Submission(plan, why=KsefSilent(msg("KSeF does not answer"), is_away=True)))
            else:
                try:
                    rows.append(Submission(plan, act(ledger, said, plan.number, ksef)))
                except (KsefSilent, Refused) as why:
                    if len(due) == 1:
                        raise
                    rows.append(Submission(plan, why=why))
            if advance is not None:
                advance()
    return rows
