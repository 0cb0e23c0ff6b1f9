"""A message is a value: its template and what goes into it, in English until a face says it otherwise."""

from __future__ import annotations

from ledger.errors import LedgerError, SessionUnknown
from ledger.message import msg, msg_in, msg_n


def test_english_is_what_str_gives() -> None:
    """Given values, another message among them, they stand in the template."""
    hours = msg_n("{count} started hour", "{count} started hours", 3)
    assert str(msg("session {session}: {hours}", session=7, hours=hours)) == "session 7: 3 started hours"
    assert str(msg_n("{count} started hour", "{count} started hours", 1)) == "1 started hour"
    assert msg_in("month", "open") != msg_in("finding", "open")


def test_a_message_without_values_is_literal() -> None:
    """A brace that was typed is no place for a value, and a value is never filled again."""
    assert str(msg("write {from}")) == "write {from}"
    assert str(msg("{text} is no date", text="{from}")) == "{from} is no date"


def test_a_refusal_has_its_message_and_its_english() -> None:
    """Given a message, the fact is its English text."""
    error = SessionUnknown(msg("there is no session {session}", session=9))
    assert (error.fact, error.message.values) == ("there is no session 9", {"session": 9})
    assert LedgerError(msg("{x}")).fact == "{x}"
