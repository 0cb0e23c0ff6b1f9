"""An inspector's visit as one paper and as JSON; the same ledger, note and word give the same bytes."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from cli.presentation.catalogue import said
from cli.presentation.columns import (
    AT,
    CUSTOMER_CODE,
    DELAY_SECONDS,
    ENDED_AT,
    EVIDENCE,
    LEAF_INDEX,
    PURGED_AT,
    SESSION,
    VERDICT,
    WHAT,
    period_document,
)
from cli.presentation.documents import blocks
from cli.presentation.documents.typesetting import Document, typeset
from cli.presentation.documents.visit_signatures import signatures_document, signatures_of
from cli.presentation.formats.model import Column, Report, Row, Table
from cli.presentation.moments import on_day, to_second
from cli.presentation.text import Lang
from cli.presentation.wording import labels
from cli.presentation.wording import visit as wording
from cli.presentation.wording.deletion_register import RESULTS
from cli.presentation.wording.vocabulary import reason_words
from ledger.domain.clock import Period, format_instant
from ledger.domain.sampling import lot_by_hand
from ledger.fa3.seller import ShopContact, seller_lines
from ledger.handlers.audit.visit import Visit
from ledger.message import Message, msg
from ledger.store.finding import CheckFinding
from ledger.transparency.checkpoint import Checkpoint, root_text
from ledger.transparency.proof import parse_proofs

PROOF = "sample/session-{session}.tlog-proof"
_TO_ACT_ON = ("late", "failed", "unknown", "open")


class VisitPaper(NamedTuple):
    """What the paper is made of; the reports are None where the events could not be read."""

    visit: Visit
    period: Period
    nonce: str
    as_of: datetime
    deletions: Report | None
    register: Report | None
    findings: tuple[CheckFinding, ...]
    """Those of the visit, and why a report is missing."""

    @property
    def is_overdue(self) -> bool:
        """Whether the deletion report of the period asks a person to act."""
        return self.deletions is not None and self.deletions.exit_status != 0

    @property
    def checkpoint(self) -> str:
        """What came of the checkpoints, as `audit verify` says it; unread where the store cannot be read."""
        return "unread" if self.visit.verified is None else self.visit.verified.checkpoint

    @property
    def exit_status(self) -> int:
        """3 where anything was found, as `audit verify` and `report deletions` have it."""
        return 3 if self.findings or self.is_overdue else 0


def document_of(paper: VisitPaper) -> dict[str, Any]:
    """Return the visit for JSON, with the whole register and deletion report of the period."""
    visit, found = paper.visit, paper.deletions
    told = {} if found is None else found.document
    kept = ("sla_seconds", "summary", "sessions", "exceptions", "superseded_certificates", "samples")
    return {
        "schema": "session-ledger/audit-visit/1",
        "ledger": visit.origin,
        "period": period_document(paper.period),
        "as_of": format_instant(paper.as_of),
        "result": "found" if paper.exit_status else "nothing-found",
        "findings": [{"name": each.name, "sentence": each.sentence} for each in paper.findings],
        "overdue": paper.is_overdue,
        "log": {
            "events": visit.events,
            "unsigned": visit.unsigned,
            "checkpoint": paper.checkpoint,
            "head": _head_document(visit.head),
        },
        "since": _since_document(visit),
        "deletions": None if found is None else {key: told[key] for key in kept},
        "register": None if paper.register is None else paper.register.document["deletions"],
        "holds": [
            {
                "session": each.session,
                "until": each.held.until.isoformat(),
                "at": format_instant(each.held.at),
                "by": each.held.by,
                "reason": each.held.reason,
            }
            for each in visit.holds
        ],
        "requests": [
            {
                "customer": each.customer,
                "requested_at": format_instant(each.requested_at),
                "deadline": each.deadline.isoformat(),
                "answered_at": None if each.answered is None else format_instant(each.answered.at),
                "outcome": None if each.answered is None else each.answered.outcome,
                "leaf_index": each.leaf_index,
            }
            for each in visit.requests
        ],
        "sample": _sample_document(paper),
        "signatures": signatures_document(visit),
        "cannot_show": [str(each) for each in wording.CANNOT],
    }


def _head_document(head: Checkpoint | None) -> dict[str, Any] | None:
    return None if head is None else {"size": head.size, "root": root_text(head.root), "note": head.note}


def _since_document(visit: Visit) -> dict[str, Any] | None:
    told = visit.continuation
    if told is None:
        return None
    return {
        "size": told.since.size,
        "root": root_text(told.since.root),
        "continued": told.is_continued,
        "proof": [b64encode(each).decode() for each in told.proof],
    }


def _sample_document(paper: VisitPaper) -> dict[str, Any] | None:
    visit = paper.visit
    if visit.lots is None or visit.head is None:
        return None
    return {
        "sample": visit.lots.sample,
        "nonce": paper.nonce,
        "tree_size": visit.head.size,
        "root": root_text(visit.head.root),
        "population": len(visit.lots.population),
        "sessions": [
            {
                "session": number,
                "events": [proof.index for proof in parse_proofs(visit.proofs[number])],
                "proof": PROOF.format(session=number),
            }
            if number in visit.proofs
            else {"session": number, "events": [], "proof": None}
            for number in visit.lots.sessions
        ],
    }


# --- on paper ---------------------------------------------------------------------------------


def pdf_of(paper: VisitPaper, shop: ShopContact, lang: Lang) -> bytes:
    """Return the visit as PDF: what was found first, then part by part in sentences."""
    title = said(wording.TITLE, lang)
    document = Document(
        title=title,
        under=f"{said(labels.AS_OF, lang)} {to_second(paper.as_of, lang)}",
        blocks=list(_blocks(paper, shop, lang)),
        dated=paper.as_of,
        footer=f"{title} {paper.visit.origin}",
        size_points=9,
    )
    return typeset(document, lang)


def _blocks(paper: VisitPaper, shop: ShopContact, lang: Lang) -> Iterator[blocks.Block]:
    if lines := seller_lines(shop.seller):
        yield blocks.paragraph(", ".join(lines))
    yield blocks.form(_about(paper, lang))
    yield _heading("result", lang)
    yield from _result(paper, lang)
    yield _heading("since", lang)
    yield from _sentences(_since(paper.visit), lang)
    yield from _deletions(paper, lang)
    yield _heading("holds", lang)
    yield from _table_or(_holds(paper, lang), wording.NO_HOLDS, lang)
    yield _heading("erasures", lang)
    yield from _table_or(_erasures(paper, lang), wording.NO_ERASURES, lang)
    yield _heading("sample", lang)
    yield from _sample(paper, lang)
    yield _heading("signatures", lang)
    yield from signatures_of(paper.visit, lang)
    yield _heading("cannot", lang)
    yield blocks.items(said(each, lang) for each in wording.CANNOT)
    yield _heading("check", lang)
    yield blocks.items(said(each, lang) for each in wording.CHECK)
    yield blocks.signatures(said(each, lang) for each in wording.SIGNATURES)


def _heading(name: str, lang: Lang) -> blocks.Block:
    return blocks.heading(said(wording.HEADINGS[name], lang))


def _sentences(told: Iterator[Message], lang: Lang) -> Iterator[blocks.Block]:
    return (blocks.paragraph(said(each, lang)) for each in told)


def _table_or(table: Table, otherwise: Message, lang: Lang) -> Iterator[blocks.Block]:
    yield blocks.table(table, lang) if table.rows else blocks.paragraph(said(otherwise, lang))


def _about(paper: VisitPaper, lang: Lang) -> Iterator[tuple[str, str]]:
    visit, none = paper.visit, said(wording.NONE, lang)
    last = paper.period.until - timedelta(days=1)
    since = None if visit.continuation is None else visit.continuation.since
    values = {
        "ledger": visit.origin,
        "period": f"{on_day(paper.period.first, lang)} – {on_day(last, lang)}",
        "since": none if since is None else said(_head_words(since), lang),
        "head": none if visit.head is None else said(_head_words(visit.head), lang),
        "nonce": paper.nonce,
    }
    yield from ((said(text, lang), values[name]) for name, text in wording.LABELS.items())


def _head_words(checkpoint: Checkpoint) -> Message:
    return wording.HEAD.of(size=checkpoint.size, root=root_text(checkpoint.root))


def _result(paper: VisitPaper, lang: Lang) -> Iterator[blocks.Block]:
    if not paper.exit_status:
        yield blocks.paragraph(said(wording.nothing(paper.checkpoint), lang))
    if paper.findings:
        yield blocks.paragraph(said(wording.found(len(paper.findings)), lang))
        columns = (Column("name", wording.FINDING), WHAT)
        rows: list[Row] = [(each.name, said(each.message, lang)) for each in paper.findings]
        yield blocks.table(Table("findings", msg(""), columns, rows), lang)
    if paper.is_overdue:
        yield blocks.paragraph(said(wording.OVERDUE, lang))


def _since(visit: Visit) -> Iterator[Message]:
    told, head = visit.continuation, visit.head
    if told is None:
        yield wording.NOT_LOOKED
    elif head is None or not told.is_continued:
        yield wording.NOT_CONTINUED.of(before=told.since.size)
    elif told.since.size == head.size:
        yield wording.SAME.of(before=told.since.size)
    else:
        yield wording.CONTINUED.of(before=told.since.size, more=head.size - told.since.size)
    if head is None:
        yield wording.NO_HEAD
    elif visit.unsigned:
        yield wording.unsigned(visit.unsigned)


def _deletions(paper: VisitPaper, lang: Lang) -> Iterator[blocks.Block]:
    if paper.deletions is None or paper.register is None:
        yield _heading("register", lang)
        yield blocks.paragraph(said(wording.SOME_FIGURE_MISSING, lang))
        return
    tables = {table.name: table for table in paper.deletions.tables}
    yield blocks.table(tables["summary"], lang)
    yield blocks.table(tables["delays"], lang)
    keys = [
        column.key
        for column in (SESSION, CUSTOMER_CODE, ENDED_AT, PURGED_AT, DELAY_SECONDS, VERDICT, EVIDENCE)
    ]
    late = _picked(tables["sessions"], keys, lambda row: row["verdict"] in _TO_ACT_ON)
    if late.rows:
        yield blocks.table(late, lang)
    if "marked" in tables:
        yield blocks.table(tables["marked"], lang)
    yield _heading("register", lang)
    kinds = [each["kind"] for each in paper.register.document["deletions"]]
    counts = {kind: kinds.count(kind) for kind in ("sessions", "erasures", "retention", "keys")}
    yield blocks.paragraph(said(wording.REGISTERED.of(**counts), lang))
    yield blocks.items(said(each, lang) for each in paper.register.notes)


def _picked(table: Table, keys: Sequence[str], holds: Callable[[dict[str, Any]], bool]) -> Table:
    """Return some columns of some rows of a table."""
    places = [next(n for n, column in enumerate(table.columns) if column.key == key) for key in keys]
    names = [column.key for column in table.columns]
    rows: list[Row] = [
        tuple(row[place] for place in places)
        for row in table.rows
        if holds(dict(zip(names, row, strict=True)))
    ]
    columns = tuple(table.columns[place] for place in places)
    return Table("late", wording.HEADINGS["late"], columns, rows)


def _holds(paper: VisitPaper, lang: Lang) -> Table:
    columns = (
        SESSION,
        AT,
        Column("until", labels.UNTIL, "date"),
        Column("by", labels.BY),
        Column("reason", labels.REASON),
    )
    rows: list[Row] = [
        (each.session, each.held.at, each.held.until, each.held.by, reason_words(each.held.reason, lang))
        for each in paper.visit.holds
    ]
    return Table("holds", msg(""), columns, rows)


def _erasures(paper: VisitPaper, lang: Lang) -> Table:
    columns = (
        CUSTOMER_CODE,
        Column("asked", wording.ASKED, "instant"),
        Column("answered", wording.ANSWERED, "instant"),
        Column("deadline", wording.ANSWER_BY, "date"),
        Column("outcome", wording.OUTCOME),
        LEAF_INDEX,
    )
    rows: list[Row] = [
        (
            each.customer,
            each.requested_at,
            None if each.answered is None else each.answered.at,
            each.deadline,
            said(labels.WAITING if each.answered is None else RESULTS[each.answered.outcome], lang),
            each.leaf_index,
        )
        for each in paper.visit.requests
    ]
    return Table("erasures", msg(""), columns, rows)


def _sample(paper: VisitPaper, lang: Lang) -> Iterator[blocks.Block]:
    visit = paper.visit
    if visit.lots is None or visit.head is None:
        yield blocks.paragraph(said(wording.NO_HEAD, lang))
        return
    if not visit.lots.sessions:
        yield blocks.paragraph(said(wording.NOBODY_DRAWN, lang))
        return
    numbers = {"drawn": len(visit.lots.sessions), "population": len(visit.lots.population)}
    yield blocks.paragraph(said(wording.DRAWN.of(**numbers, sample=visit.lots.sample), lang))
    root, first = root_text(visit.head.root), visit.lots.sessions[0]
    yield blocks.verbatim(lot_by_hand(root, paper.nonce, first))
    yield blocks.paragraph(said(wording.PROVEN, lang))
    yield blocks.table(_drawn(paper), lang)


def _drawn(paper: VisitPaper) -> Table:
    """The sessions drawn, in the order of their lots, with a column to write in."""
    visit = paper.visit
    keys = ("ended_at", "purged_at", "delay_seconds", "verdict", "evidence")
    shown = (ENDED_AT, PURGED_AT, DELAY_SECONDS, VERDICT, EVIDENCE)
    rows_of: dict[object, Row] = {}
    if paper.deletions is not None:
        table = _picked(paper.deletions.tables[0], ("session", *keys), lambda _: True)
        rows_of = {row[0]: row[1:] for row in table.rows}
    assert visit.lots is not None  # noqa: S101 - asked before
    rows: list[Row] = [
        (
            number,
            *rows_of.get(number, (None,) * len(keys)),
            len(parse_proofs(visit.proofs[number])) if number in visit.proofs else 0,
            "",
        )
        for number in visit.lots.sessions
    ]
    columns = (SESSION, *shown, Column("proofs", wording.PROOFS, "integer"), Column("seen", wording.TO_WRITE))
    return Table("sample", msg(""), columns, rows)
