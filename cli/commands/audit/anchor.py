"""`session-ledger audit anchor …`: witnesses outside the shop: time stamps, and the daily outbox."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli.context import App, pass_app
from cli.presentation import next_steps, shell
from ledger.errors import FileTrouble
from ledger.message import Hint, msg, msg_in

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from ledger.handlers.audit.timestamps import KeptTimestamp

FILE_BYTES_MAX = 1 << 20

_existing = click.Path(path_type=Path, exists=True, dir_okay=False)
_format_option = click.option("-f", "--format", "answer", type=click.Choice(["text", "json"]), default="text")


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Where the request goes, for example head.tsq; without it, head-SIZE.tsq.",
)
@pass_app
def request(app: App, output: Path | None) -> None:
    """Write a time stamp request (RFC 3161) over the newest checkpoint, and the checkpoint beside it.

    A checkpoint is made first when something was recorded since the last one. Nothing is sent: the hint
    shows how. The authority sees a hash and nothing else.

    \b
    Examples:
      session-ledger audit anchor request
      session-ledger audit anchor request -o head-2026-11-30.tsq
    """
    from cli.presentation.whole_file import check_writable, written_whole
    from ledger.transparency import anchor

    ledger = app.open()
    made = ledger.signer.checkpoint()
    query = output or Path(f"head-{made.size}.tsq")
    note = query.with_suffix(".note")
    if note == query:
        raise FileTrouble(
            msg("the checkpoint would take the name of the request"), hint=Hint("name a .tsq file")
        )
    check_writable(query)
    _write_new(note, made.note)
    with written_whole(query, private=False) as file:
        file.write(anchor.request(made.note, ledger.entropy))
    app.emit(
        msg(
            "time stamp request over the checkpoint of {size} events: {query}, {note}",
            size=made.size,
            query=query,
            note=note,
        )
    )
    reply = query.with_suffix(".tsr")
    header = "Content-Type: application/timestamp-query"
    sent, got = shell.join([f"@{query.as_posix()}"]), shell.join([reply.as_posix()])
    curl = f"curl -H {shell.quoted(header)} --data-binary {sent} -o {got}"
    app.hint(msg("{curl} ADDRESS-OF-THE-AUTHORITY", curl=curl))
    app.hint(next_steps.attach_time_stamp(got))


@click.command()
@click.argument("file", metavar="FILE", type=_existing)
@click.option(
    "--ca", type=_existing, metavar="PEM", help="The authority's certificates, the root's at least."
)
@click.option(
    "--size", type=click.IntRange(min=0), metavar="N", help="It must be over the checkpoint of N events."
)
@pass_app
def attach(app: App, file: Path, ca: Path | None, size: int | None) -> None:
    """Keep the authority's answer, when it is over a checkpoint of this ledger; says over which one.

    With --ca its signature is checked before it is kept. Without, only what it is over: then nobody has
    looked yet whether the authority signed it. What is kept is never removed.

    \b
    Examples:
      session-ledger audit anchor attach head.tsr --ca authority.pem
      session-ledger audit anchor attach head.tsr --size 1204
    """
    from ledger.domain.clock import format_instant
    from ledger.handlers.audit import timestamps as anchors

    done = anchors.attach(app.open(), _bytes_of(file), trusted=_trusted(ca), size=size)
    at = format_instant(done.stamp.at)
    stands = msg("was here already") if done.repeated else msg("kept")
    app.emit(
        msg(
            "time stamp of {at} over the checkpoint of {size} events: {stands}",
            at=at,
            size=done.size,
            stands=stands,
        )
    )
    if ca is None:
        app.say(msg("the signature was not checked: no --ca"))
    app.hint(next_steps.VERIFY_TIME_STAMPS)


@click.command()
@click.option(
    "--ca",
    type=_existing,
    required=True,
    metavar="PEM",
    help="The authorities' certificates, roots at least.",
)
@_format_option
@click.pass_context
@pass_app
def verify(app: App, ctx: click.Context, ca: Path, answer: str) -> None:
    """Look at every time stamp again: what it is over, and who signed it. Exit status 3 on a finding.

    Certificates have to be valid at the moment of the time stamp. Whether the checkpoints are the log's
    own is looked at by session-ledger audit verify.

    \b
    Examples:
      session-ledger audit anchor verify --ca authority.pem
      session-ledger audit anchor verify --ca authorities.pem -f json
    """
    from ledger.handlers.audit import timestamps as anchors

    kept = anchors.verify(app.open(), _trusted(ca))
    found = [finding for each in kept for finding in each.findings]
    if answer == "json":
        app.emit(
            {
                "schema": "session-ledger/audit-anchor-verify/1",
                "anchors": [_as_json(each) for each in kept],
                "findings": [{"name": each.name, "sentence": each.sentence} for each in found],
            }
        )
    else:
        _tell(app, kept)
        for each in found:
            app.emit(msg_in("finding", "{name}: {sentence}", name=each.name, sentence=each.message))
    app.say(msg("{n_kept} seen, {n_found} found", n_kept=len(kept), n_found=len(found)))
    ctx.exit(3 if found else 0)


@click.command("list")
@_format_option
@pass_app
def list_(app: App, answer: str) -> None:
    """Every time stamp that is kept: when, under which number and policy, over which checkpoint.

    It is what they say; nothing is checked.

    \b
    Example:
      session-ledger audit anchor list
    """
    from ledger.handlers.audit import timestamps as anchors

    kept = anchors.verify(app.open(), None)
    if answer == "json":
        app.emit(
            {"schema": "session-ledger/audit-anchor-list/1", "anchors": [_as_json(each) for each in kept]}
        )
        return
    _tell(app, kept)
    if kept:
        app.hint(next_steps.VERIFY_TIME_STAMPS)
    else:
        app.say(msg("there is no time stamp"))
        app.hint(next_steps.REQUEST_TIME_STAMP)


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path, file_okay=False))
@pass_app
def outbox(app: App, folder: Path | None) -> None:
    """Write the day's checkpoint as a file to send, with a letter to the accountant beside it.

    The files are DAY-SIZE.note and DAY-SIZE.txt, in DIR or in `outbox` in the ledger's folder. Once a
    day, and again when something was recorded; otherwise nothing is written. Nothing is sent. Whoever
    holds such a file can run session-ledger audit verify --since FILE.

    \b
    Examples:
      session-ledger audit anchor outbox
      session-ledger audit anchor outbox /srv/outgoing
    """
    from ledger.domain.clock import office_time
    from ledger.folder.atomic_write import make_folder
    from ledger.transparency import outbox as box

    ledger = app.open()
    made = ledger.signer.checkpoint()
    if folder is None:
        folder = ledger.folder.path / box.FOLDER
        make_folder(folder)
    posting = box.posting(made, office_time(ledger.now()).date())
    note, letter = folder / posting.note_name, folder / posting.letter_name
    # The letter first: where the note is, both are.
    written = [_write_new(letter, posting.letter), _write_new(note, posting.note)]
    stands = msg("wrote") if any(written) else msg("here already:")
    app.emit(msg("{stands} {note}", stands=stands, note=note))
    app.hint(msg("what to write with it: {letter}", letter=letter))


def _write_new(path: Path, text: str) -> bool:
    """Write a file that is not there; False when it is and says the same. Raises FileTrouble."""
    from cli.presentation.whole_file import check_writable, written_whole

    check_writable(path)
    if path.exists():
        if _bytes_of(path) != text.encode():
            raise FileTrouble(
                msg("{path} is there and says something else", path=path), hint=Hint("move it away; keep it")
            )
        return False
    with written_whole(path, private=False) as file:
        file.write(text.encode())
    return True


def _bytes_of(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(FILE_BYTES_MAX + 1)


def _trusted(ca: Path | None) -> list[Certificate] | None:
    from ledger.transparency.anchor import read_certificates

    return None if ca is None else read_certificates(_bytes_of(ca))


def _as_json(kept: KeptTimestamp) -> dict[str, object]:
    from ledger.domain.clock import format_instant

    stamp = kept.stamp
    return {
        "checkpoint_size": kept.size,
        "kind": "rfc3161",
        "at": format_instant(stamp.at) if stamp else None,
        "serial": f"{stamp.serial:x}" if stamp else None,
        "policy": stamp.policy if stamp else None,
    }


def _tell(app: App, kept: list[KeptTimestamp]) -> None:
    from ledger.domain.clock import format_instant

    for each in kept:
        if each.stamp is None:
            continue
        at, serial, policy = format_instant(each.stamp.at), f"{each.stamp.serial:x}", each.stamp.policy
        app.emit(
            msg(
                "{size} events: {at}, serial {serial}, policy {policy}",
                size=each.size,
                at=at,
                serial=serial,
                policy=policy,
            )
        )
