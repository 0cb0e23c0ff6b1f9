"""The logs of two VNC servers, x11vnc and TigerVNC's Xvnc: local times, a connection by its address.

x11vnc writes a date on every line and no port where a client is gone; Xvnc a date on a line of its own,
in English.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ledger.errors import ZoneMissing
from ledger.sources.adapter import (
    Line,
    Moment,
    Options,
    Skipped,
    SourceRecord,
    Told,
    UnreadableLineError,
    check_text,
    lines_of,
    quarantined,
    some,
)
from ledger.sources.timestamps import moment

_DATED = re.compile(r"(\d{2}/\d{2}/\d{4} \d{2}:\d{2}:\d{2}) (.*)", re.ASCII)
_OWN_LINE = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d{2}:\d{2}:\d{2}) (\d{4})", re.ASCII)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_CAME = (re.compile(r"Got connection from client (\S+)"), re.compile(r" Connections: accepted: (\S+)"))
_WENT = (re.compile(r"Client (\S+) gone"), re.compile(r" Connections: closed: (\S+)"))


class _Begun(NamedTuple):
    line: int
    at: Moment
    address: str


def read(raw: bytes, options: Options) -> Iterator[Told]:
    """Every line once: a connection as a record where it was accepted; raises ZoneMissing."""
    if options.zone is None:
        raise ZoneMissing("the log's times are local")
    begun: dict[str, list[_Begun]] = {}
    date = ""
    for line in lines_of(raw, options):
        if match := _OWN_LINE.fullmatch(line.text):
            date = _numbers(match)
        text = match[2] if (match := _DATED.fullmatch(line.text)) else line.text
        came, went = _address(_CAME, text), _address(_WENT, text)
        if came is None and went is None:
            yield Skipped(line.number)
            continue
        try:
            at = _moment(line, match[1] if match else date, options)
        except UnreadableLineError as error:
            yield quarantined(line, error.reason)
            continue
        if came is not None:
            begun.setdefault(came, []).append(_Begun(line.number, at, came))
        elif went is not None and begun.get(went):
            yield _record(begun[went].pop(0), at)
            yield Skipped(line.number)
        elif went is not None:
            yield SourceRecord(line=line.number, ended=at, words=some(address=went))
    for each in (each for still_open in begun.values() for each in still_open):
        yield _record(each, None)


def _moment(line: Line, text: str, options: Options) -> Moment:
    check_text(line.text)
    return moment(text, options.zone)


def _address(patterns: tuple[re.Pattern[str], ...], text: str) -> str | None:
    return next((match[1] for pattern in patterns if (match := pattern.fullmatch(text))), None)


def _numbers(match: re.Match[str]) -> str:
    month = _MONTHS.index(match[1]) + 1 if match[1] in _MONTHS else 0
    return f"{int(match[2]):02d}/{month:02d}/{match[4]} {match[3]}"


def _record(begun: _Begun, ended: Moment | None) -> SourceRecord:
    return SourceRecord(line=begun.line, started=begun.at, ended=ended, words=some(address=begun.address))
