"""`session-ledger store copy`: copy the ledger to another store."""

from __future__ import annotations

from base64 import b64encode

import click

from cli.arguments import answer_option
from cli.context import App, pass_app
from cli.presentation import next_steps
from cli.progress import progress
from ledger.message import msg


@click.command("copy")
@click.argument("target", metavar="URL|DIR")
@click.option("--owner", metavar="ROLE", help="With a URL: the role that makes the tables, and owns them.")
@answer_option
@pass_app
def copy(app: App, target: str, owner: str | None, answer: str) -> None:
    """Copy the ledger to PostgreSQL, or from there into a folder: same events, same tree, same root.

    The target must be empty. Recording waits meanwhile. Afterwards the copy's tree is computed from its own
    bytes and compared with every checkpoint. Personal data and their keys go too.
    Go on with one of the two only, or they become two histories.

    \b
    Examples:
      session-ledger store copy postgresql+psycopg://desk@db/ledger --owner keeper
      session-ledger --ledger ./shared store copy ./back-in-a-folder
    """
    from ledger.errors import BadCombination
    from ledger.handlers.store_copy import copy_ledger, is_url

    if owner is not None and not is_url(target):
        raise BadCombination(msg("--owner goes with a URL"))
    ledger = app.open()
    with progress("store copy", ledger.store.length()) as bar:
        done = copy_ledger(ledger, target, owner, bar.advance)
    root = b64encode(done.root).decode()
    if answer == "json":
        app.emit({"schema": "session-ledger/store-copy/1", **done._asdict(), "root": root})
    else:
        app.emit(
            msg(
                "{events} events, {checkpoints} checkpoints, {anchors} time stamps, {cosignatures} "
                "cosignatures, {sealed} rows of personal data; root {root}",
                events=done.events,
                checkpoints=done.checkpoints,
                anchors=done.anchors,
                cosignatures=done.cosignatures,
                sealed=done.sealed,
                root=root,
            )
        )
    if is_url(target):
        app.hint(
            msg(
                'write store = "{target}" into ledger.toml of this folder; the signing key stays here',
                target=target,
            )
        )
    else:
        app.hint(next_steps.after_copy(target))
