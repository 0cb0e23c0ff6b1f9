"""*Verify*: every hash and root computed again as a job, and what an auditor takes along."""

from __future__ import annotations

import zipfile
from base64 import b64encode
from io import BytesIO

from starlette.responses import RedirectResponse, Response

from cli.desk.downloads import download
from cli.desk.fields import Field, form_of
from cli.desk.forms import form
from cli.desk.jobs import Job, Outcome
from cli.desk.opened import opened
from cli.desk.web import Visit
from cli.presentation.wording import desk as wording
from ledger.errors import BundleTarget, LedgerError, NothingRecorded
from ledger.folder.atomic_write import temporary_folder
from ledger.handlers.audit.bundle import export
from ledger.handlers.audit.verify import everything_again
from ledger.message import Hint, msg, msg_in, msg_n, step
from ledger.transparency.checkpoint import held_checkpoint

NOTE = (Field("note", wording.HELD_NOTE, "long", help=wording.HELD_NOTE_HELP),)
BUNDLE_EVENTS_MAX = 200_000
"""A larger bundle is written by the command line: here it is held in memory."""
_MADE = (1980, 1, 1, 0, 0, 0)


def show(visit: Visit) -> Response:
    """Show what can be verified, and what an auditor takes along."""
    with opened(visit.desk.settings) as ledger:
        return visit.page(
            "verify.html",
            wording.VERIFY,
            ledger,
            verify=form(
                "verify",
                "/verify",
                wording.VERIFY_ALL,
                NOTE,
                visit.lang,
                draft=visit.again("verify"),
                is_primary=True,
            ),
            key=str(ledger.signer.key().verifier),
            gives_bundle=visit.seat.kind != "read-only",
        )


def verify(visit: Visit) -> Response:
    """Begin the verification as a job."""
    typed = visit.typed.get("note", "").strip()
    try:
        held = held_checkpoint(f"{typed}\n".encode()) if typed else None
    except LedgerError as error:
        return visit.refused(form_of(visit.typed), "verify", error, "/verify")

    def work() -> Outcome:
        with opened(visit.desk.settings) as ledger:
            verified, findings = everything_again(ledger, held)
        told = [
            msg_in("finding", "{name}: {sentence}", name=each.name, sentence=each.message)
            for each in findings
        ]
        if findings:
            told.append(msg_n("{count} finding", "{count} findings", len(findings)))
        told.append(
            msg(
                "{size} events, root {root}, checkpoint: {checkpoint}",
                size=verified.size,
                root=b64encode(verified.root).decode(),
                checkpoint=verified.checkpoint,
            )
        )
        return Outcome(tuple(told), is_trouble=bool(findings))

    name = visit.desk.jobs.start(Job("verify", wording.VERIFYING, "/verify", "/verify"), work)
    return RedirectResponse(f"/job/{name}", 303)


def note(visit: Visit) -> Response:
    """Give the checkpoint that was signed last."""
    with opened(visit.desk.settings) as ledger:
        stored = ledger.store.checkpoints()
        if not stored:
            raise NothingRecorded(wording.NOT_SIGNED)
        return download(stored[-1][1].encode(), f"checkpoint-{stored[-1][0]}.note")


def bundle(visit: Visit) -> Response:
    """Give the auditor's bundle of the whole ledger in one file; the log is signed as it stands."""
    with opened(visit.desk.settings) as ledger:
        if visit.seat.kind == "read-only" or ledger.store.length() > BUNDLE_EVENTS_MAX:
            raise BundleTarget(
                msg("the bundle is written by the command line"), hint=Hint(step("audit export", "DIR"))
            )
        with temporary_folder() as place:
            folder = place / "bundle"
            export(ledger, folder)
            packed = BytesIO()
            with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
                for each in sorted(folder.rglob("*")):
                    if each.is_file():
                        entry = zipfile.ZipInfo(each.relative_to(folder).as_posix(), _MADE)
                        entry.compress_type = zipfile.ZIP_DEFLATED
                        archive.writestr(entry, each.read_bytes())
        return download(packed.getvalue(), f"bundle-{ledger.store.length()}.zip")
