"""`session-ledger invoice submit`: documents on their way to KSeF."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, NamedTuple

import click

from cli.context import App, pass_app
from cli.options import Recording, dry_run_option, recording_options, yes_option
from cli.presentation.text import Text, harmless
from cli.progress import progress
from ledger.domain.clock import format_instant, office_time
from ledger.errors import BadCombination, KsefSilent, LedgerError, Refused

if TYPE_CHECKING:
    from ledger.handlers.invoice.submit import Plan, Submitted
    from ledger.ksef.client import Ksef

LONG_SECONDS = 5
"""A pause as long as this is told."""

_OUTCOMES = {
    "planned": Text("do wysłania", "to be sent"),
    "accepted": Text("przyjęta", "accepted"),
    "rejected": Text("odrzucona", "rejected"),
    "waiting": Text("czeka", "waiting"),
}


class _Row(NamedTuple):
    """One document as it is told: how it goes, what became of it, and why it waits."""

    plan: Plan
    submitted: Submitted | None = None
    why: LedgerError | None = None

    @property
    def outcome(self) -> str:
        if self.submitted is not None:
            return self.submitted.outcome
        if self.why is not None:
            return "waiting"
        return "accepted" if self.plan.state == "accepted" else "planned"

    @property
    def is_away(self) -> bool:
        if self.submitted is not None:
            return self.submitted.is_away
        return isinstance(self.why, KsefSilent)


@click.command()
@click.argument("numbers", nargs=-1, metavar="N…")
@click.option("--all", "every", is_flag=True, help="Every document that KSeF must have and has not taken.")
@click.option("--check-only", is_flag=True, help="Only ask what became of what was sent; send nothing.")
@dry_run_option
@yes_option
@recording_options
@click.pass_context
@pass_app
def submit(
    app: App,
    ctx: click.Context,
    recording: Recording,
    numbers: tuple[str, ...],
    *,
    every: bool,
    check_only: bool,
    dry_run: bool,
    yes: bool,
) -> None:
    """Send documents to KSeF, and keep its numbers and official receipts (UPO).

    May be repeated at any time: what was sent before is asked after first, and nothing becomes a second
    invoice. 3 when a document was rejected or has to wait.

    Logs in with ksef.certificate and ksef.key of ledger.toml (the key's password, if it has one, in
    SESSION_LEDGER_KSEF_KEY_PASSWORD), or until 2026-12-31 with the token in SESSION_LEDGER_KSEF_TOKEN.

    \b
    Examples:
      session-ledger invoice submit FV/2026/11/0001
      session-ledger invoice submit --all --dry-run
      session-ledger invoice submit --all --check-only
    """
    if every == bool(numbers):
        raise BadCombination(
            "either documents or --all are named", hint="session-ledger invoice submit --all --dry-run"
        )
    if recording.command_id is not None:
        raise BadCombination("submit may be repeated at any time and takes no --command-id")
    rows = _planned(app, numbers, every=every)
    asked_after = {"submitted", "accepted"}
    due = [row for row in rows if row.why is None and (not check_only or row.plan.state in asked_after)]
    if due and not dry_run:
        told = _sent(app, recording, [row.plan for row in due], check_only=check_only, yes=yes)
        rows = [row for row in rows if row not in due] + told
    _tell(app, recording, rows)
    if any(row.outcome in {"rejected", "waiting"} for row in rows):
        ctx.exit(3)


def _planned(app: App, numbers: tuple[str, ...], *, every: bool) -> list[_Row]:
    """How each document would go; of --all, one that cannot go yet waits and stops no other."""
    from ledger.handlers.invoice.submit import numbers_of, planned, waiting_plan

    ledger = app.open()
    rows: list[_Row] = []
    for number in numbers_of(ledger, numbers, every=every):
        try:
            rows.append(_Row(planned(ledger, number)))
        except Refused as why:
            if not every:
                raise
            rows.append(_Row(waiting_plan(ledger, number), why=why))
    return rows


# --- sending ----------------------------------------------------------------------------------


def _sent(app: App, recording: Recording, due: list[Plan], *, check_only: bool, yes: bool) -> list[_Row]:
    ksef = _ksef(app)
    if not check_only:
        where = ksef.access.base_url
        app.confirm(
            Text(
                pl=f"Wysłać do KSeF ({where}) dokumenty: {len(due)}? Nie da się cofnąć.",
                en=f"Send {_documents(len(due))} to KSeF ({where})? It cannot be undone.",
            ),
            yes=yes,
        )
    with app.open().signing.once(), ksef, progress("invoice submit", len(due)) as bar:
        rows: list[_Row] = []
        for plan in due:
            if any(row.is_away for row in rows):  # the others would only wait for nothing
                rows.append(_Row(plan, why=KsefSilent("KSeF does not answer", is_away=True)))
            else:
                rows.append(_one(app, recording, plan, ksef, check_only=check_only, alone=len(due) == 1))
            bar.advance()
    return rows


def _one(app: App, recording: Recording, plan: Plan, ksef: Ksef, *, check_only: bool, alone: bool) -> _Row:
    """One document; where several go, a refusal of one stops no other."""
    from ledger.handlers.invoice import submit as submitting

    act = submitting.ask if check_only else submitting.submit
    try:
        return _Row(plan, act(app.open(), recording.said(), plan.number, ksef))
    except (KsefSilent, Refused) as why:
        if alone:
            raise
        return _Row(plan, why=why)


def _ksef(app: App) -> Ksef:
    from ledger.ksef.client import Ksef
    from ledger.ksef.settings import Secrets, access_of

    ledger = app.open()
    secrets = Secrets(
        os.environ.get("SESSION_LEDGER_KSEF_TOKEN"), os.environ.get("SESSION_LEDGER_KSEF_KEY_PASSWORD")
    )
    today = office_time(ledger.now()).date()
    access = access_of(ledger.folder.read_config(), secrets, today)
    forced = ledger.state.testing and app.environment().forced_now

    def sleep(seconds: float) -> None:
        if forced:  # a clock that a test sets does not move while anybody waits
            return
        if seconds >= LONG_SECONDS:
            app.say(Text(pl=f"czekam {seconds:.0f} s na KSeF", en=f"waiting {seconds:.0f} s for KSeF"))
        time.sleep(seconds)

    return Ksef(access, sleep)


def _documents(count: int) -> str:
    return "1 document" if count == 1 else f"{count} documents"


# --- telling ----------------------------------------------------------------------------------


def _tell(app: App, recording: Recording, rows: list[_Row]) -> None:
    if recording.as_json:
        app.emit({"schema": "session-ledger/invoice-submit/1", "documents": [_document(row) for row in rows]})
    for row in rows:
        if not recording.as_json:
            app.emit(
                f"{row.plan.number}  {_OUTCOMES[row.outcome].said(app.lang)}  {_rest(app, row)}".rstrip()
            )
        _explain(app, row)
    if not rows:
        app.say(Text(pl="nic nie czeka na wysłanie do KSeF", en="nothing waits to be sent to KSeF"))
    _hint(app, rows)


def _rest(app: App, row: _Row) -> str:
    """What follows number and outcome on a line."""
    from ledger.ksef.status_codes import words_of

    submitted = row.submitted
    if submitted is not None and submitted.accepted is not None:
        return submitted.accepted.ksef_number
    if submitted is not None and submitted.code is not None:
        return f"{submitted.code}: {Text(*words_of(submitted.code)).said(app.lang)}"
    if row.why is not None:
        return f"{row.why.fact} ({row.why.code})"
    return row.plan.mode if row.outcome == "planned" else ""


def _explain(app: App, row: _Row) -> None:
    """What a person should know beside the line, on stderr."""
    plan, submitted = row.plan, row.submitted
    number = plan.number
    if plan.send_by is not None and plan.is_late and row.outcome != "rejected":
        app.say(
            Text(
                pl=f"{number}: miała trafić do KSeF do {plan.send_by}",
                en=f"{number}: it had to be in KSeF by {plan.send_by}",
            )
        )
    elif plan.send_by is not None and row.outcome in {"planned", "waiting"}:
        app.say(
            Text(
                pl=f"{number}: tryb offline24, do KSeF najpóźniej {plan.send_by}",
                en=f"{number}: offline24, to KSeF by {plan.send_by} at the latest",
            )
        )
    if submitted is None:
        return
    if submitted.accepted is not None and submitted.accepted.upo_sha256 is None:
        app.say(
            Text(
                pl=f"{number}: KSeF nie ma jeszcze UPO; następne invoice submit {number} je pobierze",
                en=f"{number}: KSeF has no UPO yet; the next invoice submit {number} fetches it",
            )
        )
    for detail in submitted.details:
        app.say(f"{number}: {harmless(detail)}")
    if submitted.original is not None:
        app.say(
            Text(
                pl=f"{number}: numer KSeF tamtego dokumentu: {submitted.original}",
                en=f"{number}: the other document has the KSeF number {submitted.original}",
            )
        )


def _hint(app: App, rows: list[_Row]) -> None:
    outcomes = {row.outcome for row in rows}
    if "waiting" in outcomes:
        app.hint("session-ledger invoice submit --all asks after them, and sends what never arrived")
    elif "rejected" in outcomes:
        app.hint(_after_rejection([row for row in rows if row.outcome == "rejected"]))
    elif "planned" in outcomes:
        app.hint("session-ledger invoice submit --all sends them")
    elif len(rows) == 1:
        app.hint(f"session-ledger invoice export {rows[0].plan.number} -o FOLDER")


def _after_rejection(rejected: list[_Row]) -> str:
    """What leads on from the first document that would be rejected again, or from any other."""
    from ledger.ksef.status_codes import OF_THE_CONTENT

    for row in rejected:
        if row.submitted is not None and row.submitted.code in OF_THE_CONTENT:
            return f"mend what KSeF names, then session-ledger invoice withdraw {row.plan.number}"
    return f"it never entered KSeF; session-ledger invoice submit {rejected[0].plan.number} sends it again"


def _document(row: _Row) -> dict[str, object]:
    from ledger.ksef.status_codes import words_of

    plan, submitted = row.plan, row.submitted
    accepted = None if submitted is None else submitted.accepted
    code = None if submitted is None else submitted.code
    reason = None if row.why is None else row.why.code
    return {
        "number": plan.number,
        "outcome": row.outcome,
        "mode": plan.mode,
        "send_by": None if plan.send_by is None else plan.send_by.isoformat(),
        "late": plan.is_late,
        "ksef_number": None if accepted is None else accepted.ksef_number,
        "acquired_at": None if accepted is None else format_instant(accepted.acquired_at),
        "upo_sha256": None if accepted is None else accepted.upo_sha256,
        "duplicate": accepted is not None and accepted.duplicate,
        "code": code,
        "reason": reason if code is None else words_of(code).en,
        "original": None if submitted is None else submitted.original,
    }
