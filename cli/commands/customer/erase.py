"""`session-ledger customer erase`: a request for erasure, and its answer."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from click.core import ParameterSource

from cli.context import App, pass_app
from cli.options import (
    Recording,
    clock_is_right_option,
    day_or_at_option,
    dry_run_option,
    if_version_option,
    personal_option,
    recording_options,
    yes_option,
)
from cli.params import CUSTOMER_CODE
from cli.presentation import next_steps
from cli.presentation.catalogue import said
from cli.presentation.documents import erasure_letter
from cli.presentation.text import Lang
from cli.presentation.whole_file import check_writable, written_whole
from cli.presentation.wording.erasure import answer_lines, plan_lines
from ledger.domain.events import ErasureRequested
from ledger.errors import BadCombination, FileTrouble, UnknownFormat
from ledger.handlers.privacy import erasure_request as erasing
from ledger.message import Hint, msg


@click.command()
@click.argument("code", type=CUSTOMER_CODE)
@click.option("--request-only", is_flag=True, help="Record the request; it is answered within a month.")
@click.option(
    "-o",
    "--output",
    "letter",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The answer as a letter, .txt or .md, in Polish unless --lang says otherwise.",
)
@personal_option("--name", help="The name in the letter. Default: the name held until now.")
@clock_is_right_option
@day_or_at_option
@dry_run_option
@yes_option
@if_version_option
@recording_options
@pass_app
def erase(
    app: App,
    recording: Recording,
    code: str,
    letter: Path | None,
    name: str | None,
    at: datetime | None,
    *,
    request_only: bool,
    clock_is_right: bool,
    dry_run: bool,
    yes: bool,
) -> None:
    """Answer a customer's request for erasure: erase their data, and say what is kept, by which law.

    Erased are the customer's own data, those of customers merged into them, and the data of their
    sessions. Kept are sessions that are open or held, and reasons and notes that explain an amount, until
    their day. --at is the day the request came, when none was recorded before.

    \b
    Examples:
      session-ledger customer erase K-041 --request-only --at 2026-11-16
      session-ledger customer erase K-041 --dry-run
      session-ledger customer erase K-041 --yes -o answer.txt
    """
    if request_only and (letter is not None or name is not None or dry_run):
        raise BadCombination(msg("--request-only records a request; the letter comes with the answer"))
    if letter is not None:
        check_writable(letter)
        if letter.suffix.lower() not in erasure_letter.SUFFIXES:
            raise UnknownFormat(
                msg("the name of {name} does not tell a format", name=letter.name),
                hint=Hint("name a .txt or a .md file"),
            )
    if request_only:
        _request(app, recording, code, at)
    elif dry_run:
        for line in plan_lines(erasing.plan(app.open(), code)):
            app.emit(line)
    else:
        _answer(app, recording, code, at, letter, name, yes=yes, clock_is_right=clock_is_right)


def _request(app: App, recording: Recording, code: str, at: datetime | None) -> None:
    receipt = erasing.request(app.open(), recording.said(), code, at=at)
    fact = receipt.events[-1].event
    assert isinstance(fact, ErasureRequested)  # noqa: S101 - what the command recorded
    deadline = fact.deadline.isoformat()
    line = msg(
        "Customer {code} asks for erasure; to be answered by {deadline}", code=code, deadline=fact.deadline
    )
    recording.tell(app, line, receipt, customer=code, deadline=deadline)
    app.hint(next_steps.after_erasure_request(code))


def _answer(
    app: App,
    recording: Recording,
    code: str,
    at: datetime | None,
    letter: Path | None,
    name: str | None,
    *,
    yes: bool,
    clock_is_right: bool,
) -> None:
    ledger = app.open()
    before = None if letter is None or recording.command_id else erasing.answered(ledger, code)
    if before is not None:
        app.say(msg("the request was answered before"))
        if name is None and before.name is None and letter is not None and letter.exists():
            raise FileTrouble(
                msg("{letter} is there, and the name that it bears is erased", letter=letter),
                hint=Hint("give --name to write the letter again, or another file"),
            )
        _write(app, letter, before, name)
        return
    question = msg("Erase the data of customer {code}? It cannot be undone.", code=code)
    app.confirm(question, yes=yes)
    answered = erasing.erase(ledger, recording.said(), code, at=at, clock_is_right=clock_is_right)
    assert answered.receipt is not None  # noqa: S101 - `erase` gives one
    erased = answered.erased
    kept = [
        {"data": each.data, "law": each.law, "until": None if each.until is None else each.until.isoformat()}
        for each in erased.kept
    ]
    recording.tell(
        app,
        "\n".join(said(line, app.lang) for line in answer_lines(answered)),
        answered.receipt,
        customer=answered.customer,
        outcome=erased.outcome,
        sessions_erased=erased.sessions,
        kept=kept,
    )
    _write(app, letter, answered, name)


def _write(app: App, letter: Path | None, answered: erasing.Answered, name: str | None) -> None:
    if letter is None:
        return
    text = erasure_letter.letter(
        app.open().state.origin,
        answered._replace(name=name or answered.name),
        lang=_letter_language(app),
        markdown=letter.suffix.lower() == ".md",
    )
    with written_whole(letter) as out:
        out.write(text.encode())
    app.say_written(letter)


def _letter_language(app: App) -> Lang:
    """Return Polish unless a language was chosen."""
    source = click.get_current_context().find_root().get_parameter_source("lang")
    return "pl" if source is ParameterSource.DEFAULT else app.lang
