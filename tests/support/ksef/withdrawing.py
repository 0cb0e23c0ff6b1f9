"""A clerk of a shop in KSeF who withdraws what was rejected."""

from __future__ import annotations

from typing import Any

from ledger.domain.events import SessionBilled, SessionUnbilled
from tests.support.ksef.shop import Shop
from tests.support.office import Answer

FIRST, SECOND = "FV/2026/11/0001", "FV/2026/11/0002"
CORRECTION = "FK/2026/11/0001"
PERIOD = "2026-11"
LISTING = "^/sessions/[^/]+/invoices$"
WHY = "data-changed: NIP siostry Kowalskiej"


def rejects(shop: Shop, number: str) -> Shop:
    """The shop after KSeF rejected a document for what it says."""
    shop.server.office.rejections = [450]
    assert shop.submits(number).status == 3
    return shop


def withdraws(shop: Shop, number: str = FIRST, *words: str) -> Answer:
    """What `invoice withdraw` answers."""
    return shop.office.run("invoice", "withdraw", number, "--reason", WHY, "--yes", *words)


def withdrawn(shop: Shop, number: str = FIRST) -> Any:  # noqa: ANN401 - whatever JSON says
    """What a withdrawal that must succeed tells."""
    answer = withdraws(shop, number, "-f", "json")
    assert answer.status == 0, answer.err
    return answer.document


def corrected(shop: Shop, *words: str) -> str:
    """The number of a new correction."""
    answer = shop.office.does("invoice", "correct", *words, "--reason", "goodwill", "--yes", "-f", "json")
    return str(answer.document["number"])


def states(shop: Shop) -> dict[str, str]:
    """Number and state of every document."""
    return {each["number"]: each["state"] for each in shop.office.asks("invoice", "list")["invoices"]}


def standing(shop: Shop, session: str = "1") -> list[object]:
    """The facts that say what a session stood on, one after another."""
    with shop.opened() as ledger:
        stream, _ = ledger.find_session(session)
        facts = [event.event for event in ledger.events_of(stream)]
    return [fact for fact in facts if isinstance(fact, SessionBilled | SessionUnbilled)]


def is_silent(shop: Shop) -> bool:
    """Whether `check` finds nothing at all."""
    return shop.office.run("check").out == ""


def is_refused(shop: Shop, number: str, code: str, fact: str, hint: str) -> None:
    """That withdrawing is refused with this code, fact and hint, planned or done, and leaves nothing."""
    before = shop.office.events()
    for words in (("--yes",), ("--dry-run",)):
        answer = shop.office.run("invoice", "withdraw", number, "--reason", WHY, *words)
        assert (answer.status, code in answer.err) == (1, True), answer.err
        assert fact in answer.err
        assert hint in answer.err
    assert shop.office.events() == before
