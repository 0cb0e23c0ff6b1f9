"""`session-ledger audit witness …`: a cosignature of somebody who watches the log, asked for and kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.context import App, pass_app
from cli.presentation import next_steps, shell
from ledger.message import msg, msg_in

if TYPE_CHECKING:
    from ledger.transparency.cosignature import Cosignature, WitnessKey
    from ledger.transparency.witnesses import KeptCosignature

FILE_BYTES_MAX = 1 << 20


@click.command()
@click.option(
    "--since",
    type=click.IntRange(min=0),
    metavar="N",
    help="The witness knows the log at N events; without it, what is kept here tells.",
)
@click.option("--key", metavar="VKEY", help="Which witness is asked, where cosignatures of several are kept.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where the request goes; without it, head-SIZE.add-checkpoint.",
)
@pass_app
def request(app: App, since: int | None, key: str | None, output: Path | None) -> None:
    """Write what a witness is asked with (C2SP tlog-witness): the newest checkpoint and how it continues.

    A checkpoint is made first when something was recorded since the last one. Nothing is sent: the hint
    shows how. The witness sees hashes, a size and the log's name.

    \b
    Examples:
      session-ledger audit witness request
      session-ledger audit witness request --since 1204 -o head.add-checkpoint
    """
    from cli.presentation.whole_file import written_whole
    from ledger.handlers.audit import witness

    made = witness.request(app.open(), since=since, key=None if key is None else _key(key))
    file = output or Path(f"head-{made.size}.add-checkpoint")
    with written_whole(file, private=False) as opened:
        opened.write(made.body.encode())
    app.emit(
        msg(
            "request to a witness, from {since} to {size} events: {file}",
            since=made.since,
            size=made.size,
            file=file,
        )
    )
    sent, got = shell.join([f"@{file.as_posix()}"]), shell.join([file.with_suffix(".cosignature").as_posix()])
    header = shell.quoted("Content-Type: text/plain")
    curl = f"curl -H {header} --data-binary {sent} -o {got}"
    app.hint(msg("{curl} ADDRESS-OF-THE-WITNESS/add-checkpoint", curl=curl))
    app.hint(next_steps.attach_cosignature(got))


@click.command()
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--key", required=True, metavar="VKEY", help="The witness' key, one line, as it publishes it.")
@pass_app
def attach(app: App, file: Path, key: str) -> None:
    """Keep the witness' cosignature, when it is this key's and over a checkpoint of this ledger.

    Signatures of other keys in the answer are left out. An answer that is only a number says at which size
    the witness knows the log: ask again with --since. What is kept is never removed.

    \b
    Example:
      session-ledger audit witness attach head-1204.cosignature --key witness.example/w1+8cd5…+BL…
    """
    from ledger.handlers.audit import witness

    with file.open("rb") as opened:
        answer = opened.read(FILE_BYTES_MAX + 1)
    for done in witness.attach(app.open(), answer, _key(key)):
        stands = msg("was here already") if done.repeated else msg("kept")
        app.emit(
            msg(
                "cosignature of {witness}, {at}, over the checkpoint of {size} events: {stands}",
                witness=done.cosignature.key.name,
                at=_at(done.cosignature),
                size=done.size,
                stands=stands,
            )
        )
    app.hint(next_steps.AFTER_COSIGNATURE)


@click.command("list")
@click.option("-f", "--format", "answer", type=click.Choice(["text", "json"]), default="text")
@click.pass_context
@pass_app
def list_(app: App, ctx: click.Context, answer: str) -> None:
    """List every cosignature that is kept: whose, when, over which checkpoint. Exit status 3 on a finding.

    Each is verified again, with the key that it was kept with.

    \b
    Examples:
      session-ledger audit witness list
      session-ledger audit witness list -f json
    """
    from ledger.transparency.witnesses import kept_cosignatures

    kept = kept_cosignatures(app.open().store)
    found = [finding for each in kept for finding in each.findings]
    if answer == "json":
        app.emit(
            {
                "schema": "session-ledger/audit-witness-list/1",
                "cosignatures": [_as_json(each) for each in kept],
                "findings": [{"name": each.name, "sentence": each.sentence} for each in found],
            }
        )
    else:
        for each in kept:
            if each.cosignature is not None:
                app.emit(
                    msg(
                        "{size} events: {at}, {witness}",
                        size=each.size,
                        at=_at(each.cosignature),
                        witness=each.cosignature.key.name,
                    )
                )
        for finding in found:
            app.emit(msg_in("finding", "{name}: {sentence}", name=finding.name, sentence=finding.message))
        if not kept:
            app.say(msg("there is no cosignature"))
            app.hint(next_steps.ASK_WITNESS)
    ctx.exit(3 if found else 0)


def _key(line: str) -> WitnessKey:
    from ledger.transparency.cosignature import parse_witness_key

    return parse_witness_key(line)


def _at(cosignature: Cosignature) -> str:
    from ledger.domain.clock import format_instant, from_epoch_seconds

    return format_instant(from_epoch_seconds(cosignature.at))


def _as_json(kept: KeptCosignature) -> dict[str, object]:
    told = kept.cosignature
    return {
        "checkpoint_size": kept.size,
        "witness": None if told is None else told.key.name,
        "at": None if told is None else _at(told),
        "vkey": None if told is None else str(told.key),
    }
