"""`session-ledger audit export`: what an auditor gets who has nothing of ours."""

from __future__ import annotations

from pathlib import Path

import click

from cli.context import App, pass_app
from cli.params import PERIOD
from cli.presentation import shell
from ledger.domain.clock import Period
from ledger.message import msg


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--period",
    type=PERIOD,
    help="Proofs only of sessions that ended in it, as 2026-11 or 11.2026; entries are always whole.",
)
@pass_app
def export(app: App, folder: Path, period: Period | None) -> None:
    """Sign the log and write a folder that anybody can check: entries, checkpoints, tiles, proofs, keys.

    In it lie verify.py (Python alone), verify.html (a browser alone) and VERIFY.md, which tells both, and
    how to do it by hand with openssl. It holds no personal data. Give the public key by another way.

    \b
    Examples:
      session-ledger audit export for-the-auditor
      session-ledger audit export november --period 2026-11
    """
    from ledger.handlers.audit.bundle import export as write

    ledger = app.open()
    sessions = None if period is None else _ended_in(app, period)
    names = write(ledger, folder, sessions)
    proofs = sum(name.startswith("proofs/") for name in names)
    app.emit(
        msg(
            "Wrote {folder}: {n_names} files, proofs of {proofs} sessions",
            folder=folder,
            n_names=len(names),
            proofs=proofs,
        )
    )
    verifier = shell.quoted(str(ledger.signer.key().verifier))
    app.hint(f"{shell.PYTHON} -I {(folder / 'verify.py').as_posix()} --vkey {verifier}")


def _ended_in(app: App, period: Period) -> list[int]:
    """Return the numbers of the sessions that ended in a period."""
    from projections.read_models import deletions

    with app.snapshot(None, records=True) as snapshot:
        return [each.session for each in deletions.history(snapshot.views, period, sla_seconds=0)]
