"""`session-ledger audit sample` and `audit review`: deletions that a reviewer looks at."""

from __future__ import annotations

from typing import Literal

import click

from cli.arguments import session_argument
from cli.context import App, pass_app
from cli.options import Recording, if_version_option, personal_option, recording_options
from cli.params import CODE, PERIOD, Period, Word
from cli.presentation import next_steps
from ledger.domain.events import SampleDrawn
from ledger.message import Message, msg

SIZE_MAX = 10_000


@click.command()
@click.option(
    "--period", required=True, type=PERIOD, help="Sessions that ended then: 2026-11, 11.2026 or November."
)
@click.option("--size", required=True, type=click.IntRange(1, SIZE_MAX), help="How many are drawn.")
@click.option("--nonce", required=True, type=CODE, help="A word that the inspector says now.")
@recording_options
@pass_app
def sample(app: App, recording: Recording, period: Period, size: int, nonce: str) -> None:
    """Draw sessions for a reviewer from the newest checkpoint's root and a word of the inspector's.

    A session's lot is SHA-256 over the root's bytes, the word, a line feed and the session's number; the
    smallest lots are drawn. The same root and word give the same sample, which anybody can draw again:
    { echo ROOT | base64 -d; printf 'WORD\\n17'; } | sha256sum

    \b
    Example:
      session-ledger audit sample --period 2026-11 --size 25 --nonce heron
    """
    from ledger.handlers.audit.review import draw_sample

    drawn = draw_sample(app.open(), recording.said(), period=period, size=size, nonce=nonce)
    fact = drawn.event
    recording.tell(
        app,
        _sheet(fact),
        drawn.receipt,
        sample=fact.sample,
        nonce=fact.nonce,
        tree_size=fact.tree_size,
        root=fact.root,
        population=fact.population,
        sessions=list(fact.sessions),
    )
    app.hint(next_steps.review_session(fact.sessions[0]))


def _sheet(fact: SampleDrawn) -> Message:
    """Build the list with columns to write in."""
    blank = "_" * 12
    lines = [f"{number:>8}  {blank}  {blank}" for number in fact.sessions]
    head = msg(
        "Sample {sample}: {drawn} of {population} sessions, word {nonce}, tree {tree_size}, root {root}",
        sample=fact.sample,
        drawn=len(fact.sessions),
        population=fact.population,
        nonce=fact.nonce,
        tree_size=fact.tree_size,
        root=fact.root,
    )
    columns = msg(" session  result        note")
    return msg("{head}\n{columns}\n{lines}", head=head, columns=columns, lines="\n".join(lines))


@click.command()
@session_argument
@click.option("--result", required=True, type=Word("review", ["ok", "exception"]))
@personal_option("--note", required=True, help="What was found; kept in the vault.")
@if_version_option
@recording_options
@pass_app
def review(
    app: App, recording: Recording, session: str, result: Literal["ok", "exception"], note: str
) -> None:
    """Record what a reviewer found who looked at a session's deletion; the last one stands.

    \b
    Example:
      session-ledger audit review 17 --result ok --note "workspace looked at, nothing there"
    """
    from ledger.domain.session.commands import Review
    from ledger.handlers.session import handle

    receipt = handle(app.open(), recording.said(), session, Review(result=result, note=note))
    line = msg("Session {session}: reviewed, result {result}", session=receipt.session, result=result)
    recording.tell(app, line, receipt, result=result)
    app.hint(next_steps.AFTER_REVIEW)
