"""Answers to a request for erasure, and its plan, in lines."""

from __future__ import annotations

from collections.abc import Iterator

from cli.presentation.documents import erasure_letter
from cli.presentation.text import Text
from cli.presentation.wording import labels
from ledger.domain.clock import office_time
from ledger.handlers.privacy import erasure_request as erasing

_OUTCOMES = {
    "erased": labels.IS_ERASED,
    "partly": Text("usunięto w części", "erased in part"),
    "refused": labels.REFUSED,
}


def answer_lines(answered: erasing.Answered) -> Iterator[Text]:
    """Yield what was erased and what is kept."""
    erased = answered.erased
    said = _OUTCOMES[erased.outcome]
    yield Text(
        pl=f"Klient {answered.customer}: {said.pl}; sesje, których dane usunięto: {erased.sessions}",
        en=f"Customer {answered.customer}: {said.en}; sessions whose data went: {erased.sessions}",
    )
    yield from map(erasure_letter.kept_line, erased.kept)


def plan_lines(planned: erasing.ErasurePlan) -> Iterator[Text]:
    """Yield what would be erased, what would be kept, and the requests that wait."""
    codes = ", ".join(c.customer for c in planned.customers if c.id in planned.holding) or "-"
    yield Text(
        pl=f"Zostałyby wymazane dane klienta: {codes}", en=f"The customer's own data would go: {codes}"
    )
    for data in ("session", "tax"):
        numbers = ", ".join(str(part.session) for part in planned.parts if part.data == data)
        if numbers:
            yield Text(
                pl=f"Zostałyby wymazane dane ({data}) sesji: {numbers}",
                en=f"The {data} data of these sessions would go: {numbers}",
            )
    yield from map(erasure_letter.kept_line, planned.kept)
    for customer in planned.waiting:
        request = customer.erasure
        if request is not None:
            day = office_time(request.at).date()
            yield Text(
                pl=f"Żądanie z {day}, odpowiedź do {request.deadline}",
                en=f"Asked for on {day}, to be answered by {request.deadline}",
            )
