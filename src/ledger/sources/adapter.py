"""What an adapter is: bytes of a file in; records, lines that hold none, and lines that cannot be read, out.

An adapter is one module with `read(raw, options)`. It knows no storage, no clock and no other file.
Every line of the file (for JSON: every entry) comes out exactly once, so that counts add up.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Literal, NamedTuple, get_args
from zoneinfo import ZoneInfo

import msgspec

from ledger.domain.events import RecordKind, TimeBasis
from ledger.errors import BadSource

LINE_MAX_CHARACTERS = 10_000
TEXT_MAX_CHARACTERS = 512
"""No name, computer or note is kept at greater length."""

Reason = Literal[
    "torn",
    "not-text",
    "too-long",
    "fields",
    "bad-time",
    "no-zone",
    "no-such-local-time",
    "ambiguous-local-time",
    "ambiguous-date",
    "bad-instance",
    "end-without-start",
]
REASONS: tuple[Reason, ...] = get_args(Reason)
"""Why a line is in quarantine; none repeats the line."""


class Options(NamedTuple):
    """How a file is to be read: its encoding, and the zone of times that do not say theirs."""

    encoding: str = "utf-8-sig"
    zone: ZoneInfo | None = None


class Moment(NamedTuple):
    """An instant in UTC, the text that said so, and how sure it is."""

    at: datetime
    text: str
    basis: TimeBasis = "utc"


class SourceRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A connection as a source tells of it.

    One of `started` and `ended` may be missing: a source that writes both apart, or still open. `user` is
    the technician's name in the remote tool. `words` is what else is personal, for the vault; `stated` is
    what else the source says and is not: when it changes, the record is amended.
    """

    line: int
    started: Moment | None = None
    ended: Moment | None = None
    kind: RecordKind = "remote_control"
    precision_ms: int = 1_000
    native_id: str | None = None
    remote_id: str | None = None
    user: str | None = None
    words: dict[str, str] = {}
    stated: tuple[str, ...] = ()
    duration_s: int | None = None
    instance: str | None = None
    """The name of the source, where the file says it itself."""


class Quarantined(NamedTuple):
    """A line that cannot be taken in, and why; `text` may hold personal data."""

    line: int
    reason: Reason
    text: str


class Skipped(NamedTuple):
    """A line that holds no record of its own: a header, a blank, another kind of event, half of a pair."""

    line: int


Told = SourceRecord | Quarantined | Skipped


class UnreadableLineError(Exception):
    """Stops the reading of one line; an adapter makes a Quarantined of it."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


class Line(NamedTuple):
    """A line of text without its end; `is_last` when the file ends in it without a newline."""

    number: int
    text: str
    is_last: bool = False


def text_of(raw: bytes, options: Options) -> str:
    """The text of a file; bytes that are none stay as halves of surrogate pairs. Raises BadSource."""
    try:
        return raw.decode(options.encoding, errors="surrogateescape")
    except (ValueError, LookupError) as error:
        name = options.encoding.removesuffix("-sig")
        raise BadSource(f"the file is not {name} text") from error


def lines_of(raw: bytes, options: Options) -> Iterator[Line]:
    """The lines of a file, whether they end in LF or CRLF; the end of the file is no line."""
    parts = text_of(raw, options).split("\n")
    last = parts.pop()
    for number, text in enumerate(parts, start=1):
        yield Line(number, text.removesuffix("\r"))
    if last.removesuffix("\r"):
        yield Line(len(parts) + 1, last.removesuffix("\r"), is_last=True)


def check_text(text: str) -> None:
    """Raise UnreadableLineError for a line that is too long, or holds what is no text."""
    if len(text) > LINE_MAX_CHARACTERS:
        raise UnreadableLineError("too-long")
    if "\0" in text or not is_text(text):
        raise UnreadableLineError("not-text")


def is_text(text: str) -> bool:
    """Whether it can be written as UTF-8."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def quarantined(line: Line, reason: Reason) -> Quarantined:
    """The line in quarantine; whatever is wrong with a last line without newline, it may only be torn."""
    text = line.text[:LINE_MAX_CHARACTERS].encode(errors="replace").decode()
    return Quarantined(line.number, "torn" if line.is_last else reason, text)


def some(**words: str | None) -> dict[str, str]:
    """Those of the words that say something, none too long."""
    return {name: text.strip()[:TEXT_MAX_CHARACTERS] for name, text in words.items() if text and text.strip()}


def remote_id_of(text: str | None) -> str | None:
    """The digits of a remote ID of nine or ten digits, however it is spaced; None for anything else."""
    if text is None:
        return None
    digits = "".join(c for c in text if not c.isspace() and c not in "-\u200b\ufeff")
    return digits if digits.isascii() and digits.isdigit() and len(digits) in {9, 10} else None
