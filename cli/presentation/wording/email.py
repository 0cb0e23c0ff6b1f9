"""What the letter with a document says, in both languages."""

from __future__ import annotations

from ledger.message import msg

GREETING = msg("Hello,")
DAY = msg(", issued {day}")
CORRECTS = msg("Corrects: {number}")
BY = msg(", by {day}")
ACCOUNT = msg("Account: {account}")
BIC = msg("BIC (SWIFT): {bic}")
REFERENCE = msg("Reference: {number}")
KSEF = msg("KSeF number: {number}")
ATTACHED = msg("The document is attached as PDF, and the same document as XML.")
