"""Lengths of time as people say them."""

from __future__ import annotations

from ledger.message import Message, msg_n, plain

_MINUTE_S, _HOUR_S = 60, 3600


def duration(seconds: int) -> Message:
    """Return a length of time, exactly: 5 seconds, 15 minutes, 2 hours; 10 h 15 min, 1 min 5 s."""
    length = abs(seconds)
    if length % _HOUR_S == 0 and length:
        return msg_n("{count} hour", "{count} hours", seconds // _HOUR_S)
    if length < _HOUR_S and length % _MINUTE_S == 0 and length:
        return msg_n("{count} minute", "{count} minutes", seconds // _MINUTE_S)
    if length < _MINUTE_S:
        return msg_n("{count} second", "{count} seconds", seconds)
    hours, rest = divmod(length, _HOUR_S)
    parts = ((hours, "h"), (rest // _MINUTE_S, "min"), (rest % _MINUTE_S, "s"))
    told = " ".join(f"{count} {unit}" for count, unit in parts if count)
    return plain("{sign}{told}", sign="-" if seconds < 0 else "", told=told)
