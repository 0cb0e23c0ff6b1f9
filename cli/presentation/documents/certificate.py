"""The confirmation of deletion as JSON and on paper: what was measured, and what it does not cover."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec

from cli.presentation.catalogue import said
from cli.presentation.documents import blocks
from cli.presentation.documents.shop import shop_words
from cli.presentation.documents.typesetting import Document, typeset
from cli.presentation.formats.model import Row, Table
from cli.presentation.moments import on_day, to_second
from cli.presentation.text import Lang
from cli.presentation.wording.certificate import (
    ASSUMPTION,
    ATTACHED,
    BROUGHT_IN,
    COLUMNS,
    EVIDENCE,
    HEADINGS,
    LABELS,
    NOT_COVERED,
    POLICY,
    ROLES,
    TITLE,
    VERDICTS,
)
from cli.presentation.wording.deletion_marks import MARKS, RULES
from cli.presentation.wording.durations import duration
from cli.presentation.wording.purge import RESULTS, errno_words, flag_words, target_words
from cli.presentation.wording.shop import CONFIDENTIAL
from cli.presentation.wording.vocabulary import reason_words, word_of
from ledger.domain.clock import OFFICE_ZONE, format_instant, office_time
from ledger.domain.events import PurgeHost
from ledger.fa3.seller import ShopContact, seller_lines
from ledger.handlers.certificate import Confirmation, Part
from ledger.message import msg


def document_of(confirmation: Confirmation) -> dict[str, Any]:
    """Return the certificate for JSON, with the whole proof."""
    issued, session, purged = confirmation.issued, confirmation.session, confirmation.purged
    return {
        "schema": "session-ledger/certificate/1",
        "certificate": confirmation.id,
        "ledger": confirmation.origin,
        "session": confirmation.number,
        "session_ref": session.session_ref,
        "number": issued.number,
        "issued_at": format_instant(issued.at),
        "issued_by": issued.by,
        "customer": session.customer,
        "role": issued.role,
        "legal_basis": issued.legal_basis,
        "contract": issued.contract,
        "policy": POLICY,
        "deletion_class": "session",
        "data_categories": str(LABELS["categories_session"]),
        "assumption": "purge.sla",
        "ended_at": _instant(session.ended_at),
        "purge_started_at": _instant(_began(confirmation)),
        "purged_at": format_instant(purged.at),
        "delay_seconds": issued.delay_seconds,
        "sla_seconds": issued.sla_seconds,
        "verdict": issued.verdict,
        **_marks_document(confirmation),
        "evidence": purged.evidence,
        "operator": purged.by,
        "tool": issued.tool,
        "holds": [
            {
                "at": format_instant(held.at),
                "until": held.until.isoformat(),
                "reason": held.reason,
                "by": held.by,
            }
            for held in confirmation.held
        ],
        "backups": issued.backups,
        "failed_attempts": [
            {
                "at": format_instant(failed.at),
                "workstation": failed.host.workstation,
                "files": sum(target.files for target in failed.targets),
                "residual": sum(target.residual for target in failed.targets),
                "targets": [msgspec.to_builtins(msgspec.structs.asdict(target)) for target in failed.targets],
            }
            for failed in confirmation.failed
        ],
        "parts": [_part(part) for part in confirmation.parts],
        "earlier": [
            {
                "number": each.issued.number,
                "verdict": each.issued.verdict,
                "delay_seconds": each.issued.delay_seconds,
                "superseded_at": _instant(each.superseded.at if each.superseded else None),
            }
            for each in confirmation.earlier
        ],
        "statement": str(EVIDENCE[purged.evidence]),
        "not_covered": [str(text) for text in NOT_COVERED],
        "leaf_index": confirmation.proof.index,
        "tree_size": issued.tree_size,
        "root": issued.root,
        "checkpoint": confirmation.proof.note,
        "proof": confirmation.proof.text,
    }


def _marks_document(confirmation: Confirmation) -> dict[str, Any]:
    return {
        "first_verdict": confirmation.marks.first_verdict,
        "first_delay_seconds": confirmation.marks.first_delay_seconds,
        "recorded_at": format_instant(confirmation.marks.recorded_at),
        "marks": list(confirmation.marks.marks),
        "rule": confirmation.marks.rule,
        "withdrawn": [
            {"artefact": each.artefact, "at": format_instant(each.at), "reason": each.reason, "by": each.by}
            for each in confirmation.withdrawn
        ],
    }


def _began(confirmation: Confirmation) -> datetime | None:
    """When the first purge began that belongs to what was completed."""
    plans = {part.plan for part in confirmation.parts}
    return min((fact.at for fact in confirmation.started if fact.plan in plans), default=None)


def _instant(moment: datetime | None) -> str | None:
    return None if moment is None else format_instant(moment)


def _part(part: Part) -> dict[str, Any]:
    return {
        "host": None if part.host is None else msgspec.to_builtins(msgspec.structs.asdict(part.host)),
        "plan": part.plan,
        "at": format_instant(part.at),
        "operator": part.by,
        "targets": [msgspec.to_builtins(msgspec.structs.asdict(target)) for target in part.targets],
    }


# --- on paper ---------------------------------------------------------------------------------


def pdf_of(confirmation: Confirmation, shop: ShopContact, lang: Lang) -> bytes:
    """Return the certificate as PDF, A4."""
    document = Document(
        title=said(TITLE, lang),
        under=confirmation.id,
        blocks=list(_blocks(confirmation, shop, lang)),
        dated=confirmation.issued.at,
        footer=f"{said(TITLE, lang)} {confirmation.id}",
        attached=(f"session-{confirmation.number}.tlog-proof", confirmation.proof.text),
    )
    return typeset(document, lang)


def _blocks(confirmation: Confirmation, shop: ShopContact, lang: Lang) -> Iterator[blocks.Block]:
    if lines := seller_lines(shop.seller):
        yield blocks.paragraph(", ".join(lines))
    yield blocks.paragraph(said(EVIDENCE[confirmation.purged.evidence], lang))
    yield blocks.form(_about(confirmation, lang))
    if confirmation.earlier:
        yield blocks.heading(said(HEADINGS["earlier"], lang))
        yield blocks.items(_earlier(confirmation, lang))
    yield blocks.heading(said(HEADINGS["time"], lang))
    yield blocks.form(_times(confirmation, lang))
    sla = ASSUMPTION.of(sla=duration(confirmation.issued.sla_seconds))
    yield blocks.paragraph(said(sla, lang))
    if confirmation.marks.marks:
        yield blocks.heading(said(HEADINGS["marks"], lang))
        yield blocks.items(_marks(confirmation, lang))
    if confirmation.failed:
        yield blocks.heading(said(HEADINGS["failed"], lang))
        yield blocks.items(_failed(confirmation, lang))
    for part in confirmation.parts:
        yield blocks.heading(said(HEADINGS["measured"], lang))
        yield blocks.form([(said(LABELS["host"], lang), "–" if part.host is None else _named(part.host))])
        yield blocks.table(_targets(part, lang), lang)
    yield blocks.heading(said(HEADINGS["not_covered"], lang))
    yield blocks.items(said(text, lang) for text in NOT_COVERED)
    yield blocks.items(said(text, lang) for text in shop_words(shop, [CONFIDENTIAL]))
    yield blocks.heading(said(HEADINGS["technical"], lang))
    for part in confirmation.parts:
        yield blocks.form(_host(part, lang))
    yield blocks.heading(said(HEADINGS["proof"], lang))
    place = BROUGHT_IN.of(place=confirmation.proof.index + 1, size=confirmation.issued.tree_size)
    yield blocks.paragraph(said(place, lang))
    yield blocks.form(
        [
            (said(LABELS["ledger"], lang), confirmation.origin),
            (said(LABELS["utc"], lang), format_instant(confirmation.purged.at)),
            (said(LABELS["leaf_index"], lang), str(confirmation.proof.index)),
            (said(LABELS["tree_size"], lang), str(confirmation.issued.tree_size)),
            (said(LABELS["root"], lang), confirmation.issued.root),
            (said(LABELS["stamps"], lang), said(LABELS["stamps_where"], lang)),
        ]
    )
    yield blocks.paragraph(said(ATTACHED, lang))
    yield blocks.verbatim(confirmation.proof.text.rstrip("\n"))


def _named(host: PurgeHost) -> str:
    """Return the workstation that was said, and the host's own name where that is another one."""
    is_other = host.true_host is not None and host.true_host != host.workstation
    return f"{host.workstation} ({host.true_host})" if is_other else host.workstation


def _about(confirmation: Confirmation, lang: Lang) -> list[tuple[str, str]]:
    session, issued = confirmation.session, confirmation.issued
    reference = f" ({session.session_ref})" if session.session_ref else ""
    values = {
        "certificate": confirmation.id,
        "session": f"{confirmation.number}{reference}",
        "customer": session.customer,
        "role": said(ROLES[issued.role], lang),
        "legal_basis": issued.legal_basis or said(LABELS["not_said"], lang),
        "contract": issued.contract or said(LABELS["not_said"], lang),
        "policy": POLICY,
        "class": said(LABELS["class_session"], lang),
        "categories": said(LABELS["categories_session"], lang),
        "holds": _holds(confirmation, lang),
        "backups": issued.backups or said(LABELS["not_said"], lang),
        "tool": issued.tool or said(LABELS["not_said"], lang),
        "operator": confirmation.purged.by,
        "issued": f"{to_second(issued.at, lang)}, {issued.by}",
        "verifier": "_" * 40,
    }
    return [(said(LABELS[name], lang), value) for name, value in values.items()]


def _holds(confirmation: Confirmation, lang: Lang) -> str:
    """Each time the deletion was suspended: when, until when, why, by whom."""
    told = [
        f"{on_day(office_time(h.at).date(), lang)} – {on_day(h.until, lang)},"
        f" {reason_words(h.reason, lang)}, {h.by}"
        for h in confirmation.held
    ]
    return "; ".join(told) or said(LABELS["none"], lang)


def _times(confirmation: Confirmation, lang: Lang) -> list[tuple[str, str]]:
    issued = confirmation.issued
    values = {
        "ended": _told(confirmation.session.ended_at, lang),
        "started": _told(_began(confirmation), lang),
        "finished": _told(confirmation.purged.at, lang),
        "delay": said(duration(issued.delay_seconds), lang),
        "sla": said(duration(issued.sla_seconds), lang),
        "verdict": _verdict(confirmation, lang),
        "recorded": f"{_told(confirmation.marks.recorded_at, lang)}, {confirmation.marks.by}",
        "rule": said(RULES[confirmation.marks.rule], lang),
        "clock": OFFICE_ZONE.key,
    }
    return [(said(LABELS[name], lang), value) for name, value in values.items()]


def _verdict(confirmation: Confirmation, lang: Lang) -> str:
    """Return the verdict, and the first one where that was another."""
    issued, marks = confirmation.issued, confirmation.marks
    verdict = said(VERDICTS[issued.verdict], lang)
    if marks.first_verdict == issued.verdict:
        return verdict
    first = said(VERDICTS[marks.first_verdict], lang)
    return f"{verdict} ({said(LABELS['first'], lang)}: {first}, {_after(marks.first_delay_seconds, lang)})"


def _marks(confirmation: Confirmation, lang: Lang) -> Iterator[str]:
    """Yield the first verdict and the present one, then each thing that stands between them."""
    marks, issued = confirmation.marks, confirmation.issued
    delay = _after(marks.first_delay_seconds, lang)
    yield f"{said(LABELS['first'], lang)}: {said(VERDICTS[marks.first_verdict], lang)}, {delay}"
    now = said(VERDICTS[issued.verdict], lang)
    yield f"{said(LABELS['verdict'], lang)}: {now}, {_after(issued.delay_seconds, lang)}"
    for mark in marks.marks:
        yield said(MARKS[mark], lang)
    for each in confirmation.withdrawn:
        told = f"{_told(each.at, lang)}, {reason_words(each.reason, lang)}, {each.by}"
        yield f"{said(LABELS['withdrawn'], lang)} {each.artefact}: {told}"


def _earlier(confirmation: Confirmation, lang: Lang) -> Iterator[str]:
    for each in confirmation.earlier:
        line = f"{each.issued.number}: {said(VERDICTS[each.issued.verdict], lang)}"
        until = (
            ""
            if each.superseded is None
            else f" ({said(LABELS['until'], lang)} {_told(each.superseded.at, lang)})"
        )
        yield f"{line}, {_after(each.issued.delay_seconds, lang)}{until}"
    issued = confirmation.issued
    yield f"{issued.number}: {said(VERDICTS[issued.verdict], lang)}, {_after(issued.delay_seconds, lang)}"


def _failed(confirmation: Confirmation, lang: Lang) -> Iterator[str]:
    """Each attempt that left something: when, where, how many files it removed and left, and why."""
    for failed in confirmation.failed:
        files = sum(target.files for target in failed.targets)
        left = sum(target.residual for target in failed.targets)
        why = sorted({said(errno_words(target.errno), lang) for target in failed.targets if target.errno})
        attempt = msg(
            "{at}, {workstation}: files removed: {files}, left: {left}",
            at=_told(failed.at, lang),
            workstation=failed.host.workstation,
            files=files,
            left=left,
        )
        yield said(attempt, lang) + (f" ({', '.join(why)})" if why else "")


def _told(moment: datetime | None, lang: Lang) -> str:
    """Return an instant in office time; UTC stands in the proof."""
    return "–" if moment is None else to_second(moment, lang)


def _after(seconds: int | None, lang: Lang) -> str:
    return "–" if seconds is None else said(duration(seconds), lang)


def _host(part: Part, lang: Lang) -> list[tuple[str, str]]:
    host = part.host or PurgeHost(workstation="–", system="–")
    rotational = "unknown" if host.rotational is None else "yes" if host.rotational else "no"
    values = {
        "host": f"{host.workstation}, {host.system}",
        "true_host": host.true_host or said(LABELS["not_recorded"], lang),
        "filesystem": host.filesystem or "–",
        "mount_options": host.mount_options or "–",
        "rotational": said(LABELS[rotational], lang),
        "encrypted": said(LABELS["not_examined"], lang),
        "plan": f"{part.plan or '–'} ({said(LABELS['plan_holds'], lang)})",
    }
    return [(said(LABELS[name], lang), value) for name, value in values.items()]


def _targets(part: Part, lang: Lang) -> Table:
    rows: list[Row] = [
        (
            target_words(target.kind, target.locator, lang),
            target.files,
            target.bytes,
            word_of("method", target.method, lang),
            said(RESULTS[target.result], lang)
            + (f" ({said(errno_words(target.errno), lang)})" if target.errno else ""),
            target.residual,
            word_of("verification", target.verified, lang) if target.verified else "–",
            target.verified_at,
            "; ".join(flag_words(flag, lang) for flag in target.flags),
        )
        for target in part.targets
    ]
    return Table("targets", HEADINGS["targets"], COLUMNS, rows)
