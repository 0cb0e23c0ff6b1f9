"""Digests stored beside command ids: literal, so that ids given before stay known as the same command.

A difference here means that a command repeated over an existing ledger is refused as another one.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from ledger.domain.metadata import Metadata
from ledger.domain.session.commands import BillElsewhere, NoteArtefact, SessionCommand
from tests.support.billing_office import business, shop
from tests.support.office import Office, sqlite_only

pytestmark = sqlite_only

_WHY = ("--reason", "checked: looked at again")
_REQUEST = "--customer K-2 --issue hardware --ref S-1 --order Z-1 --channel phone --contact Ewa"
COMMANDS: tuple[tuple[str, str, str], ...] = (
    ("2026-11-02T08:00", "customer add", "K-2 --name Saldo --consumer yes"),
    ("2026-11-02T08:01", "customer update", "K-2 --address-line1 Nowa"),
    ("2026-11-02T08:02", "customer add", "K-3 --name Saldo"),
    ("2026-11-02T08:03", "customer merge", "K-2 K-3 --yes"),
    ("2026-11-02T08:04", "purchase add", "K-2 --order Z-1 --at 2026-11-01"),
    ("2026-11-02T08:05", "purchase return", "K-2 --order Z-1 --at 2026-11-02T08:05:00+01:00"),
    (
        "2026-11-02T09:00",
        "session request",
        f"{_REQUEST} --at 2026-11-02T08:59:00+01:00 --scheduled-for 2026-11-02T10:00:00+01:00",
    ),
    ("2026-11-02T09:01", "session quote", "1"),
    ("2026-11-02T09:02", "session accept", "1 --how phone --start-now --at 2026-11-02T09:02:00+01:00"),
    ("2026-11-02T09:03", "session connect", "1"),
    ("2026-11-02T09:10", "session reclassify", "1 --issue other --order Z-9"),
    ("2026-11-02T09:20", "session disconnect", "1"),
    ("2026-11-02T09:25", "session connect", "1 --technician marek --after-drop 2026-11-02T09:21:00+01:00"),
    ("2026-11-02T09:30", "session disconnect", "1 --technician marek"),
    ("2026-11-02T09:40", "session end", "1 --ended-by customer"),
    (
        "2026-11-02T09:41",
        "session correct",
        "1 --add 2026-11-02T09:31:00+01:00..2026-11-02T09:35:00+01:00 --technician ola",
    ),
    ("2026-11-02T09:42", "session correct", "1 --ended-at 2026-11-02T09:39:00+01:00"),
    ("2026-11-02T09:43", "session waive", "1 --percent 10"),
    ("2026-11-02T09:44", "session waive", "1 --hours 0 --at 2026-11-02T09:43:00+01:00"),
    ("2026-11-02T09:45", "session note", "1 --summary tested"),
    ("2026-11-02T09:46", "session hold", "1 --until 2026-12-24"),
    ("2026-11-02T09:47", "session release", "1"),
    ("2026-11-02T09:48", "source waive", "1"),
    ("2026-11-02T09:49", "session receipt", "1 --number 000123"),
    ("2026-11-02T09:50", "session invoice-request", "1 --on 2026-11-02"),
    ("2026-11-02T09:51", "session purge", "1 --declare --yes"),
    ("2026-11-02T09:52", "audit review", "1 --result ok --note fine"),
    ("2026-11-02T10:00", "session request", "--customer K-2 --issue test"),
    ("2026-11-02T10:01", "session cancel", "2"),
    ("2026-11-03T10:00", "session request", "--customer K-1 --issue other"),
    ("2026-11-03T10:01", "session connect", "3"),
    ("2026-11-05T10:02", "session end", "3"),
    ("2026-11-05T10:03", "session confirm", "3"),
    ("2026-11-05T10:04", "invoice issue", "--session 3 --yes"),
    ("2026-11-05T10:05", "invoice sent", "FV/2026/11/0001 --how email --on 2026-11-05"),
    ("2026-11-05T10:06", "invoice received", "FV/2026/11/0001 --on 2026-11-05"),
    ("2026-11-05T10:07", "invoice paid", "FV/2026/11/0001 --amount 12.34 --on 2026-11-05 --method cash"),
    ("2026-11-05T10:08", "config set", "purge.sla=5m"),
    ("2026-12-05T10:09", "audit sample", "--period 2026-11 --size 1 --nonce heron"),
    ("2026-12-05T10:10", "period close", "2026-11 --yes --accept-open --reason checked"),
    ("2026-12-05T10:11", "period reopen", "2026-11"),
)
"""Every command of a person, in an order in which each succeeds: when, which, with what."""
REASONED = {
    "customer update", "customer merge", "purchase return", "session reclassify", "session correct",
    "session waive", "session confirm", "session hold", "source waive", "period reopen",
}  # fmt: skip
DIGESTS: dict[str, str] = {
    "01-customer-add": "012fc26c04818da0319661aacb1ccfac",
    "02-customer-update": "cc59168f5e85dd9e08d16d5b5571b7b9",
    "03-customer-add": "9482753929c5263780721613fd49ad44",
    "04-customer-merge": "12951584dc23a23408ea7bfbe789504d",
    "05-purchase-add": "26cd696fee42b95bee13da846076fc3d",
    "06-purchase-return": "04668226d33e0bfd15f625009e89fead",
    "07-session-request": "373a51c4368802a982711cca2c08d226",
    "08-session-quote": "467bb83d6aa7e2a9b88ab02f5de4dd36",
    "09-session-accept": "9e8f23a0c4f9dc13ec9d21c258c93fa6",
    "10-session-connect": "920cb4f95fb50d1d11024196ca98d807",
    "11-session-reclassify": "60a5e2b5860e0db0a45664983412cad8",
    "12-session-disconnect": "0d690b145ee9ff7cc3e8239281adf136",
    "13-session-connect": "d3228a4cf3914f7476640fb10c5343fc",
    "14-session-disconnect": "028b2a9272dea34ba598c6f71c6ee46b",
    "15-session-end": "3789cef6323f657ebcce8c3d1ac4f141",
    "16-session-correct": "b4d01939d5f3bea082ec8846a3c2b9cd",
    "17-session-correct": "972b628fa8fe78eaf0f267f168419dae",
    "18-session-waive": "2e89acc95dd81e07a9f014be070b9d92",
    "19-session-waive": "588241576fdd34bb3ebd3bbbe2dda1b2",
    "20-session-note": "cd172b84b7d9de8f91c572313f7dcaf9",
    "21-session-hold": "a25e7b6f35c34593091ba13764269d54",
    "22-session-release": "64afaf118e280228e46bf190be39cf8e",
    "23-source-waive": "050e93278482eba6b4011d77d1ec2c00",
    "24-session-receipt": "4d9afa4558d3e9a4997e293cb78f9613",
    "25-session-invoice-request": "60b457f4e087c0461ad5f6188b59b739",
    "26-session-purge": "b41ef9dab7188f355ba716b654038474",
    "27-audit-review": "4809c10396fdb94ea95f410020f1866a",
    "28-session-request": "de08b60142fbadf776912f23e442fd21",
    "29-session-cancel": "74a58b2f8a0a4d269efc332ead52a491",
    "30-session-request": "ec90f3f415e7e4a8ffab355704830f8d",
    "31-session-connect": "5c86b7e4eaf537c52c720b775619ba4b",
    "32-session-end": "77a73943a4c7eea5450ab0be8a6016f5",
    "33-session-confirm": "3f90959c68ffaa55043afd3222b685b9",
    "35-invoice-sent": "6bdb15f0b66dfd8f8ed0da54c4f848b7",
    "36-invoice-received": "20124d49ef13854ebbe10b6476c6826e",
    "37-invoice-paid": "0fb2195eaaecfd719ee6dbefb232c589",
    "38-config-set": "cc677e483068244b82f5aa7ca1e163c2",
    "39-audit-sample": "a0ac75604fc6d14cfb54266fa3ee7170",
    "40-period-close": "526ad87c99560831de21b5bcefd99368",
    "41-period-reopen": "7e66ce8863f52a5fbd48c3445e9eca93",
}
"""Of issuing there is none: its digest names streams, whose ids are chance."""


@pytest.fixture(scope="module")
def digests(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Of every command, by its id, the digest that the ledger keeps."""
    office = shop(tmp_path_factory.mktemp("digests") / "ledger")
    business(office)
    for number, (moment, command, words) in enumerate(COMMANDS, start=1):
        give(office, number, moment, command, words)
    with closing(sqlite3.connect(office.folder / "events.db")) as database:
        found = database.execute("SELECT key, digest FROM reference WHERE kind = 'command'").fetchall()
    return {str(key): str(digest) for key, digest in found}


def give(office: Office, number: int, moment: str, command: str, words: str) -> None:
    """Give one command under the id that its place in the list and its name make."""
    office.now = f"{moment}:00+01:00"
    why = _WHY if command in REASONED else ()
    office.does(*command.split(), *words.split(), *why, "--command-id", id_of(number, command))


def id_of(number: int, command: str) -> str:
    return f"{number:02d}-{command.replace(' ', '-')}"


@pytest.mark.parametrize("command_id", DIGESTS)
def test_digest_of_a_command_is_as_it_always_was(digests: dict[str, str], command_id: str) -> None:
    assert digests[command_id] == DIGESTS[command_id]


@pytest.mark.parametrize(
    ("command", "digest"),
    [
        (NoteArtefact(kind="chat", path="/home/anna/chat.txt"), "9ff135d1bb2793b6886395a4fd3afcae"),
        (BillElsewhere(document="F/1"), "6429e6328d9a4ac1f78556d5772d68e6"),
    ],
)
def test_digest_of_a_command_that_needs_files_or_has_no_face_is_as_it_always_was(
    command: SessionCommand, digest: str
) -> None:
    metadata = Metadata("anna", command_id="x")
    arguments = {"session": 1, **command.arguments()}
    assert metadata.of_command(f"session {command.NAME}", arguments).digest == digest
