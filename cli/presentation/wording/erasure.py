"""Answers to a request for erasure, and its plan, in lines."""

from __future__ import annotations

from collections.abc import Iterator

from cli.presentation.documents import erasure_letter
from cli.presentation.wording import labels
from ledger.domain.clock import office_time
from ledger.handlers.privacy import erasure_request as erasing
from ledger.message import Message, msg

_OUTCOMES = {
    "erased": labels.IS_ERASED,
    "partly": msg("erased in part"),
    "refused": labels.REFUSED,
}


def answer_lines(answered: erasing.Answered) -> Iterator[Message]:
    """Yield what was erased and what is kept."""
    erased = answered.erased
    yield msg(
        "Customer {customer}: {outcome}; sessions whose data went: {sessions}",
        customer=answered.customer,
        outcome=_OUTCOMES[erased.outcome],
        sessions=erased.sessions,
    )
    yield from map(erasure_letter.kept_line, erased.kept)


def plan_lines(planned: erasing.ErasurePlan) -> Iterator[Message]:
    """Yield what would be erased, what would be kept, and the requests that wait."""
    codes = ", ".join(c.customer for c in planned.customers if c.id in planned.holding) or "-"
    yield msg("The customer's own data would go: {codes}", codes=codes)
    for data in ("session", "tax"):
        numbers = ", ".join(str(part.session) for part in planned.parts if part.data == data)
        if numbers:
            yield msg("The {data} data of these sessions would go: {numbers}", data=data, numbers=numbers)
    yield from map(erasure_letter.kept_line, planned.kept)
    for customer in planned.waiting:
        request = customer.erasure
        if request is not None:
            day = office_time(request.at).date()
            yield msg("Asked for on {day}, to be answered by {deadline}", day=day, deadline=request.deadline)
