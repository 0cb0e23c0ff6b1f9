"""What undecided transfers pay: a read model that is computed anew, never stored."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ledger.application.ledger import Ledger
from ledger.domain.payments.matching import Judged, Matcher
from ledger.domain.payments.transfer import BankTransfer, Transfer
from ledger.handlers.payments.debts import Owing, office, owing
from ledger.handlers.payments.transfers import all_transfers, told

DIGEST_CHARACTERS = 12


class TransferProposal(NamedTuple):
    """An undecided transfer, its words, and what it is taken for."""

    transfer: Transfer
    words: BankTransfer
    judged: Judged

    @property
    def key(self) -> str:
        """The id that people name it by."""
        return self.transfer.id.hex


class Undecided(NamedTuple):
    """Every undecided transfer in the order of booking, and what the invoices owe."""

    proposals: list[TransferProposal]
    owing: Owing

    @property
    def proposed(self) -> list[TransferProposal]:
        """Those that are certain."""
        return [each for each in self.proposals if each.judged.verdict == "proposed"]


def undecided(ledger: Ledger) -> Undecided:
    """Judge every transfer that nothing was decided about, in the order of booking."""
    transfers = all_transfers(ledger)
    owed = owing(ledger)
    matcher = Matcher(owed.debts, owed.corrections, office(ledger, owed.debts, transfers))
    proposals: list[TransferProposal] = []
    for transfer in sorted(transfers, key=lambda t: t.seen.booked_on):
        if transfer.state == "open":
            words = told(ledger, transfer)
            seen = transfer.seen
            judged = matcher.judge(words, taken_back=seen.taken_back, doubtful=seen.doubtful)
            proposals.append(TransferProposal(transfer, words, judged))
    return Undecided(proposals, owed)


def digest_of(proposals: Iterable[TransferProposal]) -> str:
    """Return the digest of what is seen of proposals: transfers at their versions, documents, amounts."""
    seen: Sequence[object] = [
        [each.key, each.transfer.version, [[part.invoice, part.amount_grosze] for part in each.judged.parts]]
        for each in proposals
    ]
    return hashlib.sha256(json.dumps(seen).encode()).hexdigest()[:DIGEST_CHARACTERS]
