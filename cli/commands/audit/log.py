"""`session-ledger audit …`: sign the log, prove what stands in it, and the key that signs."""

from __future__ import annotations

from pathlib import Path

import click

from cli.context import App, pass_app
from cli.options import Recording, dry_run_option, recording_options, yes_option
from cli.presentation import next_steps
from ledger.message import Hint, msg


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the note there as well.",
)
@pass_app
def checkpoint(app: App, output: Path | None) -> None:
    """Sign the log as it stands: size and root of the tree over all events, as a C2SP checkpoint.

    Whoever holds the note can later tell that nothing up to it was changed. Made by itself after every
    purge and every certificate; where nothing was added since, the last one is given again.

    \b
    Examples:
      session-ledger audit checkpoint
      session-ledger audit checkpoint -o head-2026-11-30.note
    """
    from cli.presentation.whole_file import written_whole

    made = app.open().signer.checkpoint()
    if output is not None:
        with written_whole(output, private=False) as file:
            file.write(made.note.encode())
        app.say_written(output)
    app.emit(made.note.rstrip("\n"))
    app.hint(next_steps.AFTER_CHECKPOINT)


@click.command()
@click.argument("named", metavar="S|N")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the proof there, for example session-17.tlog-proof.",
)
@pass_app
def prove(app: App, named: str, output: Path | None) -> None:
    """Prove that the events of a session, or all behind a document, stand in the signed tree.

    One C2SP tlog-proof after another; of an invoice its own events, its corrections and its sessions.

    The file and the public key (`session-ledger audit key show`) are all that somebody needs who does
    not have this ledger. It holds the events as they are exported, without personal data.

    \b
    Examples:
      session-ledger audit prove 17
      session-ledger audit prove 17 -o session-17.tlog-proof
      session-ledger audit prove FV/2026/11/0001 -o FV-2026-11-0001.tlog-proof
    """
    from cli.presentation.whole_file import check_writable, written_whole
    from ledger.handlers.audit import log as audit

    if output is not None:
        check_writable(output)
    proofs = audit.prove(app.open(), named)
    text = "".join(proof.text for proof in proofs)
    if output is None:
        app.emit(text.rstrip("\n"))
        return
    with written_whole(output, private=False) as file:
        file.write(text.encode())
    size = proofs[0].tree_size
    app.emit(
        msg(
            "{n_proofs} events proven in the tree of {size} events: {output}",
            n_proofs=len(proofs),
            size=size,
            output=output,
        )
    )


@click.command()
@pass_app
def key_show(app: App) -> None:
    """Print the public key in force, one line in C2SP form; give it to whoever will verify, by another way.

    \b
    Example:
      session-ledger audit key show
    """
    app.emit(str(app.open().signer.key().verifier))


@click.command()
@dry_run_option
@yes_option
@recording_options
@pass_app
def key_rotate(app: App, recording: Recording, *, dry_run: bool, yes: bool) -> None:
    """Sign with another key from now on. Both keys sign the change, which is an event of its own.

    The old key signs a last checkpoint first. Checkpoints made before stay valid under the old key.

    \b
    Example:
      session-ledger audit key rotate --yes
    """
    from ledger.handlers.audit import log as audit

    ledger = app.open()
    old = ledger.signer.key().verifier
    if dry_run:
        what = msg("The key {old} would sign for the last time, and a new one be recorded", old=old)
        app.emit(what)
        return
    question = msg("Replace the key {old}? Whoever verifies has to be given the new one.", old=old)
    app.confirm(question, yes=yes)
    receipt = audit.rotate_key(ledger, recording.said())
    new = ledger.signer.key().verifier
    recording.tell(app, msg("New key: {new}", new=new), receipt)
    app.hint(Hint("keep keys/signing.key apart, and give the new line to whoever verifies"))


@click.command()
@click.option("--owner", metavar="ROLE", help="On PostgreSQL: the role that owns the tables.")
@pass_app
def upgrade(app: App, owner: str | None) -> None:
    """Write the transparency log for a ledger that was made before it, and make its signing key.

    Every event's hash is computed from the event itself and held against the one stored with it. No event
    is changed; a log that is there already stays as it is.

    On PostgreSQL: renew guards and rights of a ledger that a former release made. Nothing else changes there;
    without it such a ledger goes on as it is, but takes many events more slowly.

    \b
    Examples:
      session-ledger audit upgrade
      session-ledger audit upgrade --owner keeper
    """
    from ledger.application.backends import upgrade_tables
    from ledger.errors import BadCombination
    from ledger.folder.layout import Folder
    from ledger.store.event_store import upgrade as upgrade_store
    from ledger.transparency.signer import create_signing_key

    folder = Folder(app.ledger_dir)
    if folder.store_url() is not None:
        is_new = upgrade_tables(folder, owner)
        done = msg("Guards and rights of the store were brought to this version")
        app.emit(done if is_new else msg("Guards and rights of the store are of this version already"))
        return
    if owner is not None:
        raise BadCombination(msg("--owner goes with a ledger on PostgreSQL"))
    events = upgrade_store(folder.events)
    ledger = app.open()
    create_signing_key(ledger.folder, ledger.state.origin, ledger.entropy)
    made = ledger.signer.checkpoint()
    app.emit(msg("Transparency log: {events} events added, {size} signed", events=events, size=made.size))
    app.hint(next_steps.AFTER_UPGRADE)
