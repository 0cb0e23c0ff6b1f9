"""`session-ledger customer export`: everything held about one person."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from cli.context import App, pass_app
from cli.output import Column, Report, Row, Table, check_target, deliver, format_of
from cli.params import CUSTOMER
from cli.presentation.text import Text
from ledger.domain.clock import format_instant
from ledger.errors import FileTrouble
from ledger.handlers.privacy import access as holdings
from ledger.handlers.privacy import erasure_request as erasing

_FILES = ("json", "html")
"""What is written into a folder: for machines, and for the person."""


@click.command()
@click.argument("code", type=CUSTOMER)
@click.option(
    "-o",
    "--output",
    "target",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FILE|DIR",
    help="A file, its suffix tells the format; or a folder that is there, for JSON and a page.",
)
@pass_app
def export(app: App, code: str, target: Path) -> None:
    """Everything held about one person, under every code that counts as theirs.

    Registration data and their changes, purchases, sessions with contact, remote ID, description, notes
    and reasons, what of it is kept by which law until when, and what was erased when. The files hold
    personal data in clear.

    \b
    Example:
      session-ledger customer export K-041 -o K-041.json
    """
    ledger = app.open()
    files = [target]
    if target.is_dir():
        files = [target / f"customer-{code}.{suffix}" for suffix in _FILES]
    for file in files:
        check_target(format_of(None, file), file)
    if len(files) > 1 and any(file.exists() for file in files):
        raise FileTrouble(f"an export of customer {code} stands there already", hint="name another folder")
    found = holdings.holdings(ledger, code)
    kept = erasing.plan(ledger, code).kept
    for file in files:
        deliver(_report(app, code, found, kept), app, format_of(None, file), file)
    app.hint("the files hold personal data in clear; hand them over and delete them")


def _report(app: App, code: str, found: holdings.Holdings, kept: Iterable[Any]) -> Report:
    from cli.presentation.documents.erasure_letter import kept_words

    dated = app.open().last_recorded_at()
    kept = tuple(kept)
    laws = [
        {"data": each.data, "law": each.law, "until": None if each.until is None else each.until.isoformat()}
        for each in kept
    ]
    document = {
        "schema": "session-ledger/customer-export/1",
        "customer": code,
        "as_of": format_instant(dated),
        **holdings.document(found),
        "kept_after_erasure": laws,
    }
    events = [*found.registration, *found.purchases, *(held for s in found.sessions for held in s.events)]
    events += found.documents
    title = Text(f"Dane o kliencie {code}", f"Data about customer {code}")
    tables = (
        Table("held", title, _HELD, [_held_row(held) for held in events]),
        Table("sessions", Text("Sesje", "Sessions"), _SESSIONS, [_session_row(s) for s in found.sessions]),
        Table("erased", Text("Usunięto", "Erased"), _ERASED, [_erased_row(each) for each in found.erased]),
        Table(
            "kept",
            Text("Po żądaniu usunięcia zostałoby", "What a request for erasure would leave"),
            (Column("kept", Text("Co i dlaczego", "What and why")),),
            [(kept_words(each).said(app.lang),) for each in kept],
        ),
    )
    return Report("customer-export", title, document, tables, dated)


_CODE = Column("customer", Text("Klient", "Customer"))
_SESSION = Column("session", Text("Sesja", "Session"), "integer")
_AT = Column("at", Text("Kiedy", "When"), "instant")
_HELD = (
    _AT,
    _CODE,
    _SESSION,
    Column("event", Text("Co", "What")),
    Column("says", Text("Zapis", "Record")),
    Column("words", Text("Dane osobowe", "Personal data")),
)
_SESSIONS = (
    _SESSION,
    Column("session_ref", Text("Numer własny", "Reference")),
    Column("state", Text("Stan", "State")),
    Column("purged_at", Text("Dane usunięto", "Data deleted"), "instant"),
    Column("evidence", Text("Dowód", "Evidence")),
    Column("held_until", Text("Wstrzymane do", "Held until")),
)
_ERASED = (
    _AT,
    _CODE,
    _SESSION,
    Column("data", Text("Dane", "Data")),
    Column("why", Text("Dlaczego", "Why")),
)


def _held_row(held: holdings.Held) -> Row:
    says = ", ".join(f"{key}={value}" for key, value in held.says.items())
    words = held.words
    if isinstance(words, dict):
        words = ", ".join(f"{key}: {value}" for key, value in words.items())
    return held.at, held.customer, held.session, held.event, says, words


def _session_row(session: holdings.SessionHeld) -> Row:
    return (
        session.session,
        session.session_ref,
        session.state,
        session.purged_at,
        session.purge_evidence,
        session.held_until,
    )


def _erased_row(erased: holdings.Erased) -> Row:
    return erased.at, erased.customer, erased.session, erased.data, erased.why
