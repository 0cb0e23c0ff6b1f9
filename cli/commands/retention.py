"""`session-ledger retention …`: personal data whose time is over."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from cli.context import App, pass_app
from cli.options import Recording, as_of_option, dry_run_option, recording_options, yes_option
from cli.output import Column, Report, Row, Table, report_options
from cli.params import Now
from cli.presentation.text import Text
from ledger.domain.clock import epoch_microseconds, format_instant
from ledger.handlers.privacy import retention as commands

_WHAT = {
    "abandoned": Text("zgłoszenie bez połączenia", "request never connected"),
    "tax": Text("uzasadnienia i notatki", "reasons and notes"),
    "document": Text("faktura i dane nabywcy", "invoice and its buyer"),
    "record": Text("dane z zapisów narzędzia", "words of the tools' records"),
    "request": Text("żądanie usunięcia", "request for erasure"),
}
_STATE = {
    "due": Text("do usunięcia", "due"),
    "held": Text("wstrzymane", "held"),
    "soon": Text("wkrótce", "soon"),
    "waiting": Text("czeka na odpowiedź", "waits for an answer"),
    "overdue": Text("po terminie", "overdue"),
}
_COLUMNS = (
    Column("state", Text("Stan", "State")),
    Column("due_on", Text("Termin", "Due on"), "date"),
    Column("what", Text("Co", "What")),
    Column("session", Text("Sesja", "Session"), "integer"),
    Column("customer", Text("Klient", "Customer")),
    Column("since", Text("Od", "Since"), "date"),
    Column("held_until", Text("Wstrzymane do", "Held until"), "date"),
)


@click.command()
@as_of_option
@report_options
@pass_app
def due(app: App, as_of: datetime | Now | None) -> Report:
    """What is to be erased because its time is over, what comes within 30 days, what is held.

    Requests for erasure are listed with the day by which they are answered. Looks at the clock; with
    --as-of, at that moment and at what was recorded by then. Nothing is erased.

    \b
    Example:
      session-ledger retention due
    """
    ledger = app.open()
    now, until = ledger.now(), None
    if as_of is not None:
        now = ledger.now() if isinstance(as_of, Now) else as_of
        until = ledger.store.position_at(epoch_microseconds(now))
    found = commands.due(ledger, now, until)
    document = {
        "schema": "session-ledger/retention-due/1",
        "as_of": format_instant(now),
        "tax_years": ledger.state.settings["retention.tax_years"],
        "abandoned_days": ledger.state.settings["purge.abandoned_days"],
        "items": [_document(item) for item in found],
    }
    rows: list[Row] = [
        (
            _STATE[item.state].said(app.lang),
            item.due_on,
            _WHAT[item.what].said(app.lang),
            item.session,
            item.customer,
            item.since,
            item.held_until,
        )
        for item in found
    ]
    title = Text("Dane do usunięcia", "Data to be erased")
    return Report(
        "retention-due", title, document, (Table("items", title, _COLUMNS, rows),), ledger.last_recorded_at()
    )


def _document(item: commands.Due) -> dict[str, Any]:
    return {
        "what": item.what,
        "state": item.state,
        "session": item.session,
        "customer": item.customer,
        "since": item.since.isoformat(),
        "due_on": item.due_on.isoformat(),
        "held_until": None if item.held_until is None else item.held_until.isoformat(),
    }


@click.command()
@dry_run_option
@yes_option
@recording_options
@click.pass_context
@pass_app
def run(app: App, ctx: click.Context, recording: Recording, *, dry_run: bool, yes: bool) -> None:
    """Erase what is due: data of requests that came to nothing, invoices and notes whose years are over.

    The events are recorded first, then the vault is erased. Killed in between, a repeat completes it.
    Requests for erasure are left to `customer erase`. Exit status 3 when something due had to wait: it is
    held, or somebody was reading.

    \b
    Example:
      session-ledger retention run --dry-run
    """
    ledger = app.open()
    found = commands.due(ledger, ledger.now())
    chosen = [item for item in found if commands.is_to_erase(item)]
    if dry_run:
        for item in found:
            if commands.is_to_erase(item) or item.state == "held":
                app.emit(_line(item))
        return
    if chosen:
        question = Text(
            pl=f"Wymazać z sejfu: {len(chosen)}? Nie da się cofnąć.",
            en=f"Erase from the vault: {len(chosen)}? It cannot be undone.",
        )
        app.confirm(question, yes=yes)
    ran = commands.run(ledger, recording.said(), found)
    _tell(app, recording, ran)
    if ran.incomplete is not None:
        app.say(f"{ran.incomplete.fact} ({ran.incomplete.code})")
        app.hint(ran.incomplete.hint)
    if ran.waiting or ran.incomplete is not None:
        ctx.exit(3)


def _tell(app: App, recording: Recording, ran: commands.Ran) -> None:
    from ledger.application.metadata import Receipt

    receipt = ran.receipt
    if receipt is None:
        app.say(Text(pl="nic nie było do usunięcia", en="nothing was due"))
        receipt = Receipt((), app.open().last_recorded_at())
    for item in ran.waiting:
        app.say(_line(item))
    if recording.as_json or ran.erased or receipt.repeated:
        counts = {"erased": len(ran.erased), "waiting": len(ran.waiting)}
        text = Text(pl=f"Wymazano: {counts['erased']}", en=f"Erased: {counts['erased']}")
        recording.tell(app, text, receipt, **counts)


def _line(item: commands.Due) -> Text:
    what, state = _WHAT[item.what], _STATE[item.state]
    until = "" if item.held_until is None else f" ({item.held_until})"
    return Text(
        pl=f"Sesja {item.session}: {what.pl}, od {item.since}: {state.pl}{until}",
        en=f"Session {item.session}: {what.en}, since {item.since}: {state.en}{until}",
    )
