"""What the letter with a document says, in both languages."""

from __future__ import annotations

from cli.presentation.text import Text

GREETING = Text(pl="Dzień dobry,", en="Hello,")
DAY = Text(pl=" z dnia {day}", en=", issued {day}")
CORRECTS = Text(pl="Koryguje: {number}", en="Corrects: {number}")
BY = Text(pl=", do {day}", en=", by {day}")
ACCOUNT = Text(pl="Rachunek: {account}", en="Account: {account}")
REFERENCE = Text(pl="Tytuł przelewu: {number}", en="Reference: {number}")
KSEF = Text(pl="Numer KSeF: {number}", en="KSeF number: {number}")
ATTACHED = Text(
    pl="W załączeniu dokument jako PDF i ten sam dokument jako XML.",
    en="The document is attached as PDF, and the same document as XML.",
)
