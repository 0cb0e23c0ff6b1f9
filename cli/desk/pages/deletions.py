"""*Deletions*: when the data of a period's sessions were deleted, the reviewer's sample, and the papers."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import RedirectResponse, Response

from cli.desk import render
from cli.desk.downloads import download_report
from cli.desk.fields import Field, form_of, values
from cli.desk.forms import FormShown, form
from cli.desk.opened import metadata, opened
from cli.desk.periods import address_of, chosen, shown
from cli.desk.pieces import piece_of
from cli.desk.web import Visit
from cli.presentation.formats.model import Report
from cli.presentation.tables.deletion_register import protocol_of, register_of
from cli.presentation.tables.deletions import deletions_of
from cli.presentation.text import Lang
from cli.presentation.wording import desk as wording
from ledger.domain.clock import Period, parse_period
from ledger.errors import LedgerError, UnknownFormat
from ledger.handlers.audit.review import draw_sample
from ledger.message import msg
from projections.read_side import Snapshot, snapshot

SHOWN = (
    "session",
    "ended_at",
    "purged_at",
    "delay_seconds",
    "verdict",
    "evidence",
    "files",
    "leaf_index",
    "marks",
)
"""Columns of the report that a page has room for."""
SAMPLE = (
    Field("nonce", wording.NONCE, "key", is_required=True, help=wording.NONCE_HELP),
    Field("size", wording.SAMPLE_SIZE, "number", is_required=True, preset="25"),
)
_FILES: dict[str, Callable[[Snapshot, Period, Lang], Report]] = {
    "deletions.xlsx": deletions_of,
    "deletions.pdf": deletions_of,
    "register.xlsx": register_of,
    "register.pdf": register_of,
    "protocol.pdf": protocol_of,
}


def choose(visit: Visit) -> Response:
    """Lead to the period that was typed, or to this month."""
    return RedirectResponse(f"/deletions/{chosen(visit)}", 303)


def show(visit: Visit) -> Response:
    """Show the deletion history of a period, without names."""
    period, lang = parse_period(str(visit.path["period"])), visit.lang
    with opened(visit.desk.settings) as ledger, snapshot(ledger, None) as found:
        report = deletions_of(found, period, lang)
        main, *others = report.tables
        piece = piece_of(render.only(main, SHOWN), visit.query)
        return visit.page(
            "deletions.html",
            report.title,
            ledger,
            period=shown(period, "/deletions"),
            table=render.table(piece.table, lang, leads_to="/session/{}/audit"),
            following=piece.following,
            left=piece.left,
            tables=[render.table(each, lang, leads_to="/session/{}/audit") for each in others],
            drawings=[render.without_style(each) for each in report.charts] if main.rows else [],
            notes=report.notes,
            files=list(_FILES),
            sample=_sample(visit, address_of(period)),
        )


def _sample(visit: Visit, address: str) -> FormShown | None:
    if visit.seat.kind == "read-only":
        return None
    return form(
        "sample",
        f"/deletions/{address}/sample",
        wording.DRAW_SAMPLE,
        SAMPLE,
        visit.lang,
        draft=visit.again("sample"),
    )


def sample(visit: Visit) -> Response:
    """Draw sessions for a reviewer, by the newest checkpoint and the inspector's word."""
    sent, address = form_of(visit.typed), str(visit.path["period"])
    page = f"/deletions/{address}"
    with opened(visit.desk.settings) as ledger:
        try:
            given = values(SAMPLE, visit.typed, ledger.now())
            drawn = draw_sample(
                ledger,
                metadata(visit.desk.settings, visit.seat, sent),
                period=parse_period(address),
                size=int(str(given["size"])),
                nonce=str(given["nonce"]),
            ).event
        except LedgerError as error:
            return visit.refused(sent, "sample", error, page)
    told = msg(
        "Sample {sample}, word {nonce}, {drawn} of {population}: sessions {sessions}",
        sample=drawn.sample,
        nonce=drawn.nonce,
        drawn=len(drawn.sessions),
        population=drawn.population,
        sessions=", ".join(map(str, drawn.sessions)),
    )
    return visit.done(sent, told, page)


def file(visit: Visit) -> Response:
    """Give the report, the register or the protocol of the period as the command line writes it."""
    name, period = str(visit.path["name"]), parse_period(str(visit.path["period"]))
    if name not in _FILES:
        raise UnknownFormat(msg("the name of {name} does not tell a format", name=name))
    with opened(visit.desk.settings) as ledger, snapshot(ledger, None) as found:
        stem, _, suffix = name.partition(".")
        report = _FILES[name](found, period, visit.lang)
        return download_report(report, f"{stem}-{address_of(period)}.{suffix}", visit.lang)
