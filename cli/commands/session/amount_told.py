"""What a command did to a session's amount, in words: before and after, the invoice, the closed month."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from cli.context import App
from cli.presentation import next_steps
from cli.presentation.text import Lang, Text
from ledger.domain.money import format_amount

if TYPE_CHECKING:
    from ledger.application.metadata import Receipt
    from ledger.domain.events import Waived
    from ledger.handlers.session_amount import Amount, Told


def tell_amount(app: App, receipt: Receipt, *, always: bool = False) -> Told:
    """Say what the session came to and comes to, which invoice must follow, and if its month is closed.

    An amount that stays is said only with `always`.
    """
    from ledger.handlers.session_amount import told_by

    told = told_by(app.open(), receipt)
    before, now = told.amount_before, told.amount
    if now is not None and (always or before != now):
        app.say(_changed(None if before == now else before, now))
    tell_closed(app, told.closed_month)
    if told.to_correct is not None:
        number = told.to_correct
        app.say(
            Text(
                pl=f"{number} mówi o tej sesji co innego: potrzebna jest korekta",
                en=f"{number} says something else of this session: a correction has to follow",
            )
        )
        app.hint(next_steps.correct_invoice(number))
    return told


def _changed(before: Amount | None, now: Amount) -> Text:
    pl, en = (format_amount(now.net_grosze, lang=lang) for lang in ("pl", "en"))
    if before is not None:
        pl = f"{format_amount(before.net_grosze, lang='pl')} → {pl}"
        en = f"{format_amount(before.net_grosze)} → {en}"
    waived = Text("", "")
    if now.waived_grosze:
        waived = Text(
            f", po uldze {format_amount(now.waived_grosze, lang='pl')}",
            f", after a waiver of {format_amount(now.waived_grosze)}",
        )
    return Text(pl=f"kwota: {pl} zł netto{waived.pl}", en=f"amount: {en} PLN net{waived.en}")


def tell_closed(app: App, month: str | None) -> None:
    """Say that the month is closed that a change falls in."""
    if month is not None:
        app.say(
            Text(
                pl=f"miesiąc {month} jest zamknięty: ta zmiana będzie w jego raportach oznaczona",
                en=f"{month} is closed: its reports flag this change",
            )
        )


def in_words(waived: Waived) -> Text:
    """Return a waiver in words: 12.5 %, 2 hours, 50.00."""
    if waived.hours:
        return Text(pl=f"{waived.hours} godz.", en=f"{waived.hours} h")
    if waived.amount_grosze:
        pl, en = (format_amount(waived.amount_grosze, lang=lang) for lang in ("pl", "en"))
        return Text(pl=f"{pl} zł netto", en=f"{en} PLN net")
    halves = waived.half_percents or 2 * (waived.percent or 0)
    en = f"{halves // 2}{'.5' if halves % 2 else ''} %"
    return Text(pl=en.replace(".", ","), en=en)


def so_much(told: Told, lang: Lang) -> str:
    """Return how long a session lasted and what it comes to."""
    hours = "" if told.amount is None else _hours(told.amount.started_hours, lang)
    lasted = how_long(told.lasted)
    if told.amount is None:
        return f"po {lasted}" if lang == "pl" else f"after {lasted}"
    net = format_amount(told.amount.net_grosze, lang=lang)
    return (
        f"po {lasted}: {hours}, {net} zł netto" if lang == "pl" else f"after {lasted}: {hours}, {net} PLN net"
    )


def how_long(lasted: timedelta) -> str:
    """Return a length of time: 16 h 5 min, 40 min, 30 s."""
    seconds = int(lasted.total_seconds())
    if seconds < 60:  # noqa: PLR2004 - a minute
        return f"{seconds} s"
    hours, minutes = divmod(seconds // 60, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"


def _hours(count: int, lang: Lang) -> str:
    if lang == "en":
        return f"{count} started hour{'' if count == 1 else 's'}"
    if count == 1:
        return "1 rozpoczęta godzina"
    is_few = count % 10 in {2, 3, 4} and count % 100 not in {12, 13, 14}
    return f"{count} rozpoczęte godziny" if is_few else f"{count} rozpoczętych godzin"
