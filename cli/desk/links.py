"""Steps as addresses: the page on which a command of a hint is given."""

from __future__ import annotations

from ledger.message import Step

_OF_COMMAND = {
    "session request": "/call",
    "quote": "/call",
    "status": "/",
    "payment list": "/payments",
    "payment confirm": "/payments",
}
_OF_SESSION = {"show": "", "explain": "", "purge": "/purge"}


def address_of(step: Step) -> str:
    """Return the page of a step; empty where the command line alone has it."""
    noun, _, verb = step.command.partition(" ")
    first = step.arguments[0] if step.arguments else ""
    if noun == "session" and first.isascii() and first.isdigit():
        from cli.desk.actions import ACTIONS

        if verb in _OF_SESSION:
            return f"/session/{first}{_OF_SESSION[verb]}"
        return f"/session/{first}?open={verb}#{verb}" if verb in ACTIONS else ""
    return _OF_COMMAND.get(step.command, "")
