"""The folder of an inspector's visit: what is in it, and how it is put together."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from importlib import import_module
from io import BytesIO
from pathlib import Path
from typing import cast

from cli.output import FORMATS
from cli.presentation.documents.visit import PROOF, VisitPaper, document_of, pdf_of
from cli.presentation.formats.json_file import pretty
from cli.presentation.formats.model import Page, Report, Writer
from cli.presentation.tables.deletion_register import register_of
from cli.presentation.tables.deletions import deletions_of
from cli.presentation.text import Lang
from ledger.application.ledger import Ledger
from ledger.domain.clock import Period
from ledger.errors import BadNote, BundleTarget, LedgerError, SessionUnknown, StoreDamaged, StoreFull
from ledger.fa3.seller import shop_of
from ledger.folder.written_aside import refusal, written_aside
from ledger.handlers.audit.bundle import write_signed
from ledger.handlers.audit.visit import visit
from ledger.store.finding import CheckFinding
from ledger.transparency.bundle import MANIFEST, write_file
from ledger.transparency.checkpoint import Checkpoint
from ledger.transparency.note import VerifierKey
from ledger.transparency.proof import consistency_text
from projections.read_side import snapshot_at

REGISTER_FORMATS = ("csv", "xlsx", "pdf")


def looked_at(
    ledger: Ledger,
    period: Period,
    *,
    nonce: str,
    size: int,
    since: Checkpoint | None,
    trusted: VerifierKey | None,
    lang: Lang,
) -> VisitPaper:
    """Look at the ledger and derive the reports of the period from the events under the visit's head."""
    found = visit(ledger, period, nonce=nonce, size=size, since=since, trusted=trusted)
    deletions: Report | None = None
    register: Report | None = None
    findings = found.findings
    as_of = ledger.last_recorded_at()
    try:
        with snapshot_at(ledger, found.position) as snapshot:
            as_of = snapshot.as_of
            deletions = deletions_of(snapshot, period, lang)
            register = register_of(snapshot, period, lang)
    except StoreFull:
        raise
    except LedgerError as error:
        findings = (*findings, CheckFinding("register-unreadable", error.message))
    return VisitPaper(found, period, nonce, as_of, deletions, register, findings)


def write_folder(
    ledger: Ledger, target: Path, paper: VisitPaper, trusted: VerifierKey | None, lang: Lang
) -> VisitPaper:
    """Write the folder, new or empty; the same ledger, note and word give the same bytes.

    The paper is returned with what the writing found out. Raises BundleTarget.
    """
    shop = shop_of(ledger.folder.read_config())
    try:
        with written_aside(target, mode=0o777) as part:
            findings = _write_bundle(ledger, part / "bundle", paper, trusted)
            paper = paper._replace(findings=(*paper.findings, *findings))
            for name, content in _files(paper, lang):
                write_file(part / name, [content])
            write_file(part / "visit.pdf", [pdf_of(paper, shop, lang)])
            write_file(part / MANIFEST, [_manifest(part).encode()])
    except OSError as error:
        raise refusal(error, target, BundleTarget) from error
    return paper


def _write_bundle(
    ledger: Ledger, target: Path, paper: VisitPaper, trusted: VerifierKey | None
) -> list[CheckFinding]:
    """Write the auditor's bundle where there is a head and a key; return why it is not there, if so."""
    found = paper.visit
    if found.head is None or not found.keys:
        return []
    ended = (
        [] if paper.deletions is None else [each["session"] for each in paper.deletions.document["sessions"]]
    )
    try:
        write_signed(ledger, target, found.head, trusted or found.keys[-1], ended)
    except (StoreDamaged, BadNote, SessionUnknown) as error:
        return [CheckFinding("bundle-unreadable", error.message)]
    return []


def _files(paper: VisitPaper, lang: Lang) -> Iterator[tuple[str, bytes]]:
    """Every file but the paper and the manifest."""
    found = paper.visit
    yield "visit.json", pretty(document_of(paper))
    if paper.register is not None:
        for form in REGISTER_FORMATS:
            yield f"deletion-register.{form}", _formatted(paper.register, form, lang)
    if found.head is not None:
        yield "head.note", found.head.note.encode()
    if found.continuation is not None:
        yield "since.note", found.continuation.since.note.encode()
        if found.head is not None and found.continuation.is_continued:
            told = found.continuation
            text = consistency_text(told.since.size, told.proof, found.head.note)
            yield "consistency.txt", text.encode()
    for number, text in found.proofs.items():
        yield PROOF.format(session=number), text.encode()


def _formatted(report: Report, form: str, lang: Lang) -> bytes:
    out = BytesIO()
    cast("Writer", import_module(FORMATS[form].module)).write(report, Page(lang), out)
    return out.getvalue()


def _manifest(part: Path) -> str:
    """Return the list of files with their SHA-256; the bundle has a list of its own, which is on this one."""
    names = sorted(path.relative_to(part).as_posix() for path in part.rglob("*") if path.is_file())
    listed = [name for name in names if not name.startswith("bundle/") or name == f"bundle/{MANIFEST}"]
    return "".join(f"{sha256((part / name).read_bytes()).hexdigest()}  {name}\n" for name in listed)
