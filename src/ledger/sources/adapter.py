"""What adapters share: a file's bytes go in; records, skipped lines and quarantined lines come out.

An adapter is one module with `read(raw, options)`. It knows no storage, no clock and no other file.
Every line of the file (for JSON: every entry) comes out exactly once, so that counts add up.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Literal, NamedTuple, get_args
from zoneinfo import ZoneInfo

import msgspec

from ledger.domain.events import RecordKind, TimeBasis
from ledger.domain.instants import DayOrder
from ledger.errors import BadSource
from ledger.imports.file_kind import declared_encoding, kind_of, wide_encoding
from ledger.message import Hint, Message, msg

LINE_MAX_CHARACTERS = 10_000
LINES_MAX = 2_000_000
"""Of one file. An empty line takes a byte there, and a hundred in memory."""
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
    "unknown-event",
    "error-cell",
]
REASONS: tuple[Reason, ...] = get_args(Reason)
"""Why a line is in quarantine; none repeats the line."""
FOREIGN: frozenset[Reason] = frozenset({"torn", "not-text", "too-long", "fields"})
"""The reasons of lines that may be of another format altogether."""


class Options(NamedTuple):
    """How a file is read: encoding, zone of times without an offset, order of dates with slashes."""

    encoding: str = "utf-8-sig"
    zone: ZoneInfo | None = None
    dates: DayOrder | None = None


class Moment(NamedTuple):
    """An instant in UTC, the text that said so, and how sure it is."""

    at: datetime
    text: str
    basis: TimeBasis = "utc"


class SourceRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A connection as its source has it.

    One of `started` and `ended` may be missing: a source that writes both apart, or still open. `over_by` is
    when a connection without a known end was over at the latest. `user` is the technician's name in the
    remote tool. `words` is what else is personal, for the vault; `stated` is what else the source says and
    is not: when it changes, the record is amended.
    """

    line: int
    started: Moment | None = None
    ended: Moment | None = None
    over_by: Moment | None = None
    is_shared: bool = False
    """Its end cannot be told from that of another connection of the same address."""
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
    """A line that holds no record of its own: a header, a blank, another kind of event, half of a pair.

    `is_known` is False for a line in which nothing shows the format of the adapter.
    """

    line: int
    is_known: bool = True


Told = SourceRecord | Quarantined | Skipped


class UnreadableLineError(Exception):
    """Stops the reading of one line; an adapter makes a Quarantined of it."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


class SourceLine(NamedTuple):
    """A line of text without its end; `is_last` when the file ends in it without a newline."""

    number: int
    text: str
    is_last: bool = False


_JOURNAL = re.compile(
    r"(?:<\d{1,3}>(?:1 )?)?"
    r"(?:[^\W\d]{3,4}\.? {1,2}\d{1,2} \d\d:\d\d:\d\d(?:\.\d+)?"
    r"|(?P<iso>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d))"
    r"|[^\W\d]{2,4}\.? (?P<full>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? [A-Z]{2,5})"
    r"|\d{9,11}\.\d{6})"
    r" \S{1,255} [^\s:\[\]]{1,255}(?:\[\d{1,10}\])?: ?(?P<text>.*)"
)


def text_of(raw: bytes, options: Options) -> str:
    """Return the text of a file, in the encoding that its first bytes declare, else in that of the options.

    Bytes that are no text stay as halves of surrogate pairs. Raises BadSource, naming another kind of file.
    """
    kind = kind_of(raw)
    if kind.form != "csv":
        fact = msg("the file is no text: it is {kind}", kind=Message(kind.name))
        raise BadSource(fact, hint=Hint("export it as text or CSV, or unpack it"))
    wide = wide_encoding(raw)
    declared = declared_encoding(raw)
    encoding = declared or options.encoding
    if (
        wide is not None
        and declared is None
        and not options.encoding.lower().startswith(("utf-16", "utf_16"))
    ):
        raise BadSource(
            msg("the file is not {encoding} text", encoding=options.encoding.removesuffix("-sig")),
            hint=Hint(msg("its bytes look like --encoding {wide}", wide=wide)),
        )
    try:
        if declared in {"utf-16", "utf-32"}:
            unit = 2 if declared == "utf-16" else 4
            return raw[: len(raw) // unit * unit].decode(declared, errors="surrogatepass")
        return raw.decode(encoding, errors="surrogateescape")
    except (ValueError, LookupError) as error:
        raise BadSource(
            msg("the file is not {encoding} text", encoding=encoding.removesuffix("-sig"))
        ) from error


def unprefixed(text: str) -> str:
    """Return a line without what the journal of systemd or syslog writes before it: time, host, program."""
    match = _JOURNAL.fullmatch(text)
    return text if match is None else match["text"]


def journal_time(text: str) -> str | None:
    """Return the time that the journal wrote before a line, where it has a year and a zone."""
    match = _JOURNAL.fullmatch(text)
    return None if match is None else match["iso"] or match["full"]


def lines_of(raw: bytes, options: Options) -> Iterator[SourceLine]:
    """Yield the lines of a file, whether they end in LF, CRLF or CR alone; the end of the file is no line.

    Raises BadSource for a file that is no text of its encoding, or has more than LINES_MAX lines.
    """
    text = text_of(raw, options)
    end = "\n" if "\n" in text else "\r"
    require_few(text.count(end))
    parts = text.split(end)
    last = parts.pop()
    for number, text in enumerate(parts, start=1):
        yield SourceLine(number, text.removesuffix("\r"))
    if last.removesuffix("\r"):
        yield SourceLine(len(parts) + 1, last.removesuffix("\r"), is_last=True)


def require_few(lines: int) -> None:
    """Raise BadSource for more lines or entries than a file may have."""
    if lines > LINES_MAX:
        raise BadSource(
            msg("the file has more than {most} lines or entries", most=LINES_MAX),
            hint=Hint("divide it, and import the parts one after another"),
        )


def check_text(text: str) -> None:
    """Raise UnreadableLineError for a line that is too long, or holds what is no text."""
    if len(text) > LINE_MAX_CHARACTERS:
        raise UnreadableLineError("too-long")
    if "\0" in text or not is_text(text):
        raise UnreadableLineError("not-text")


def is_text(text: str) -> bool:
    """Return True if the text can be written as UTF-8."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def quarantined(line: SourceLine, reason: Reason) -> Quarantined:
    """Return the line in quarantine; a last line without newline may only be torn, whatever is wrong."""
    text = line.text[:LINE_MAX_CHARACTERS].encode(errors="replace").decode()
    return Quarantined(line.number, "torn" if line.is_last else reason, text)


def some(**words: str | None) -> dict[str, str]:
    """Return the words that are not blank, none too long."""
    return {name: text.strip()[:TEXT_MAX_CHARACTERS] for name, text in words.items() if text and text.strip()}


def remote_id_of(text: str | None) -> str | None:
    """Return the digits of a remote ID of nine or ten digits, however spaced; None for anything else."""
    if text is None:
        return None
    digits = "".join(c for c in text if not c.isspace() and c not in "-\u200b\ufeff")
    return digits if digits.isascii() and digits.isdigit() and len(digits) in {9, 10} else None
