"""*Trail*: every event of a session as it stands in the signed tree, its proof, its confirmation."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from starlette.responses import Response

from cli.desk import render
from cli.desk.downloads import download
from cli.desk.fields import Field, form_of, seen_of, values
from cli.desk.forms import FormShown, form
from cli.desk.opened import metadata, opened
from cli.desk.web import Visit
from cli.presentation.documents.certificate import document_of, pdf_of
from cli.presentation.formats.json_file import pretty
from cli.presentation.tables.session_shown import trail
from cli.presentation.wording import desk as wording
from cli.presentation.wording.vocabulary import VOCABULARY
from ledger.application.ledger import Ledger
from ledger.domain.session.commands import Review
from ledger.domain.session.evolve import Session
from ledger.domain.session.life import LIFE
from ledger.errors import CertificateNotPurged, LedgerError
from ledger.fa3.seller import shop_of
from ledger.handlers.audit import log as audit
from ledger.handlers.certificate import certify
from ledger.handlers.session import handle
from ledger.message import Message, msg, msg_n
from ledger.transparency.checkpoint import parse_checkpoint, root_text
from ledger.transparency.evidence import proof_in

REVIEW = (
    Field("result", wording.REVIEW_RESULT, "choice", "review", ("ok", "exception"), is_required=True),
    Field("note", wording.REVIEW_NOTE, "long", is_required=True),
)


def show(visit: Visit) -> Response:
    """Show a session's events by codes alone; the vault is not opened."""
    number, lang = int(visit.path["number"]), visit.lang
    with opened(visit.desk.settings) as ledger:
        stream, _ = ledger.find_session(str(number))
        session = ledger.session(stream)
        has_certificate = _has_certificate(session)
        return visit.page(
            "trail.html",
            msg(
                "Trail of session {number}: {state}",
                number=number,
                state=VOCABULARY["session_state"][session.state],
            ),
            ledger,
            number=number,
            table=render.table(trail(ledger, stream, lang), lang, leads_to=""),
            proven=_proven(ledger, stream),
            has_certificate=has_certificate,
            certificate=None if has_certificate else _certificate(visit, session, number),
            review=_review(visit, session, number),
            samples=[each.sample for each in ledger.state.samples if number in each.sessions],
        )


def _proven(ledger: Ledger, stream: UUID) -> list[Message]:
    """Return how many of the events were found again in the tree that was signed last."""
    indexes = [row[0] for row in ledger.store.stream_rows(stream.bytes)]
    stored = ledger.store.checkpoints()
    if not stored:
        return [wording.NOT_SIGNED]
    head = parse_checkpoint(stored[-1][1])
    proofs = [proof_in(ledger.store, index, stored[-1][1]) for index in indexes if index < head.size]
    held = sum(each.holds() for each in proofs)
    told = [
        msg(
            "Found again in the signed tree of {size} events, root {root}: {held} of {count}",
            size=head.size,
            root=root_text(head.root),
            held=held,
            count=len(indexes),
        )
    ]
    if len(proofs) < len(indexes):
        later = len(indexes) - len(proofs)
        told.append(
            msg_n(
                "{count} event came after the last signature",
                "{count} events came after the last signature",
                later,
            )
        )
    if held < len(proofs):
        told.append(wording.NOT_PROVEN)
    return told


def _has_certificate(session: Session) -> bool:
    return bool(session.certificates) and session.certificates[-1].superseded is None


def _certificate(visit: Visit, session: Session, number: int) -> FormShown | None:
    if visit.seat.kind != "desk" or session.purged_at is None or session.purge_evidence == "declared":
        return None
    return form(
        "certificate",
        f"/session/{number}/certificate",
        wording.CERTIFY,
        (),
        visit.lang,
        seen=session.version,
        draft=visit.again("certificate"),
    )


def _review(visit: Visit, session: Session, number: int) -> FormShown | None:
    if visit.seat.kind == "read-only" or session.state not in LIFE["review"]:
        return None
    return form(
        "review",
        f"/session/{number}/review",
        wording.REVIEWED,
        REVIEW,
        visit.lang,
        seen=session.version,
        draft=visit.again("review"),
    )


def review(visit: Visit) -> Response:
    """Record what a reviewer found who looked at the deletion."""
    number, sent = int(visit.path["number"]), form_of(visit.typed)
    page = f"/session/{number}/audit"
    with opened(visit.desk.settings) as ledger:
        try:
            given = values(REVIEW, visit.typed, ledger.now())
            said_by = metadata(visit.desk.settings, visit.seat, sent, seen_of(visit.typed))
            result: Literal["ok", "exception"] = "ok" if given["result"] == "ok" else "exception"
            handle(ledger, said_by, str(number), Review(result=result, note=str(given["note"])))
        except LedgerError as error:
            return visit.refused(sent, "review", error, page)
    return visit.done(sent, wording.REVIEW_RECORDED, page)


def certificate(visit: Visit) -> Response:
    """Issue the confirmation of a measured deletion."""
    number, sent = int(visit.path["number"]), form_of(visit.typed)
    page = f"/session/{number}/audit"
    with opened(visit.desk.settings) as ledger:
        try:
            said_by = metadata(visit.desk.settings, visit.seat, sent, seen_of(visit.typed))
            issued = certify(ledger, said_by, str(number), tool=visit.desk.settings.tool)
        except LedgerError as error:
            return visit.refused(sent, "certificate", error, page)
    return visit.done(sent, msg("Confirmation {id} is issued", id=issued.id), page)


def certificate_file(visit: Visit) -> Response:
    """Give the confirmation that was issued; raises CertificateNotPurged where there is none."""
    number, suffix = int(visit.path["number"]), str(visit.path["suffix"])
    with opened(visit.desk.settings) as ledger:
        session = ledger.session(ledger.find_session(str(number))[0])
        if not _has_certificate(session) or suffix not in {"json", "pdf"}:
            raise CertificateNotPurged(msg("session {number} has no confirmation that holds", number=number))
        # What was issued is given again: nothing is recorded.
        issued = certify(ledger, metadata(visit.desk.settings, visit.seat, form_of({})), str(number))
        content = (
            pretty(document_of(issued))
            if suffix == "json"
            else pdf_of(issued, shop_of(ledger.folder.read_config()), visit.lang)
        )
        return download(content, f"{issued.id.replace('/', '-')}.{suffix}")


def proof(visit: Visit) -> Response:
    """Give the proof of each event of the session, as `audit prove` writes it."""
    number = int(visit.path["number"])
    with opened(visit.desk.settings) as ledger:
        text = "".join(each.text for each in audit.prove(ledger, str(number)))
        return download(text.encode(), f"session-{number}.tlog-proof")
