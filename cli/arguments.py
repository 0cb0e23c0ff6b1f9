"""Arguments and options that several commands of one noun share."""

from __future__ import annotations

import click

from cli.options import personal_option
from cli.params import DATE, DOCUMENT_NUMBER, PERIOD, REASON, SESSION

session_argument = click.argument("session", type=SESSION, metavar="S")
"""A session's number, or its reference (ref:… when it could be taken for a number)."""
number_argument = click.argument("number", type=DOCUMENT_NUMBER, metavar="N")
"""The number of a billing document."""
on_option = click.option(
    "--on", required=True, type=DATE, help="The day: 2026-11-16, 16.11.2026, today or yesterday."
)
reason_option = personal_option(
    "--reason",
    type=REASON,
    required=True,
    help="Why: a code (goodwill, wrong-time, complaint …), a sentence, or 'code: sentence'.",
)
answer_option = click.option(
    "-f",
    "--format",
    "answer",
    type=click.Choice(["text", "json"]),
    default="text",
    help="A line for people, or an object for scripts.",
)
deletion_period_option = click.option(
    "--period",
    required=True,
    type=PERIOD,
    help="What was deleted then: 2026-11, 11.2026, 2026-Q4, FROM..UNTIL.",
)
