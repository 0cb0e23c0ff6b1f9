"""What is wrong with a tariff beyond its shape: its own examples, and its register of assumptions.

Coverage needs no walk here: a tariff with two bands for one minute, or without exactly one rest band,
cannot be read at all. Every instant is one local minute of one weekday, on a public holiday and on
both nights when the clock changes too, so every instant has exactly one band.
"""

from __future__ import annotations

from collections.abc import Iterator

from ledger.domain.clock import epoch_seconds
from ledger.domain.money import format_amount
from ledger.domain.rating.inputs import Kind, Purchase, SessionFacts
from ledger.domain.rating.rate import rate
from ledger.domain.rating.what_if import value_of, with_changes
from ledger.domain.tariff.calendar import publishable
from ledger.domain.tariff.sections import Assumption, Example
from ledger.domain.tariff.tariff import Tariff, parse_tariff, read_tariff
from ledger.errors import BadTariffChange, NoCalendar


def lint(text: str) -> list[str]:
    """Every problem of a tariff's text, a line each; none when it can be published."""
    tariff, problems = read_tariff(text)
    if tariff is None:
        return problems
    return [
        *_name_problems(tariff),
        *_assumption_problems(tariff),
        *_example_problems(parse_tariff(publishable(text))),
    ]


def _name_problems(tariff: Tariff) -> Iterator[str]:
    """What papers call a band stands on documents for ever: a list is not published without it."""
    for band_id, band in tariff.bands.items():
        if band.name is None:
            yield f'bands.{band_id}: needs name = {{ pl = "…", en = "…" }}: what invoices call it'


def _assumption_problems(tariff: Tariff) -> Iterator[str]:
    for assumption in tariff.assumptions:
        for problem in (*_alternative_problems(tariff, assumption), *_favour_problems(assumption)):
            yield f"assumptions.{assumption.id}: {problem}"


def _alternative_problems(tariff: Tariff, assumption: Assumption) -> Iterator[str]:
    for alternative in assumption.alternatives:
        try:
            with_changes(tariff, alternative.changes)
        except BadTariffChange as error:
            yield error.fact
        else:
            if all(value_of(tariff, key) == value for key, value in alternative.changes.items()):
                yield "an alternative is what the tariff says already"


def _favour_problems(assumption: Assumption) -> Iterator[str]:
    has_kinder = any(alternative.favours == "customer" for alternative in assumption.alternatives)
    if assumption.alternatives and has_kinder != (assumption.favours == "shop"):
        yield f"it favours the {assumption.favours}, and its alternatives say otherwise"


def _example_problems(tariff: Tariff) -> Iterator[str]:
    if not tariff.examples:
        yield "examples: none, and a price list has to test itself"
    for example in tariff.examples:
        try:
            net = format_amount(rate(_facts(example), tariff).net_grosze)
        except NoCalendar as error:
            yield f"examples: {example.what}: {error.fact}"
        else:
            if net != example.net:
                yield f"examples: {example.what}: {net}, not {example.net}"


def _facts(example: Example) -> SessionFacts:
    """A session of one connection; a customer has just bought what the help is about."""
    start, end = epoch_seconds(example.from_), epoch_seconds(example.until)
    order = "example" if example.who == "customer" else None
    purchases = (Purchase(order, start, None),) if order else ()
    return SessionFacts(start, ((start, end),), (Kind(start, example.issue, order),), purchases, None)
