"""*Now*: what is open, what waits for its deletion, what is due."""

from __future__ import annotations

from msgspec.structs import replace
from starlette.responses import PlainTextResponse, Response

from cli.desk import render
from cli.desk.actions import primary
from cli.desk.opened import opened
from cli.desk.web import Visit
from cli.presentation.catalogue import said, spoken
from cli.presentation.tables.status import LISTED_MAX, open_matters, status_report
from cli.presentation.wording import desk as wording
from cli.presentation.wording.vocabulary import VOCABULARY
from ledger.domain.session.state import FLAG_OVER
from ledger.message import Message, msg
from projections.read_models import deletions
from projections.read_side import snapshot


def now(visit: Visit) -> Response:
    """Show what waits, with the next step of each as a link."""
    lang = visit.lang
    with opened(visit.desk.settings) as ledger, snapshot(ledger, None) as found:
        matters = open_matters(found)
        sla_seconds = found.state.settings["purge.sla_seconds"]
        running: list[dict[str, object]] = []
        for line in matters.waiting[:LISTED_MAX]:
            session = ledger.session(ledger.find_session(str(line.number))[0])
            since = line.connected_at or line.requested_at
            running.append(
                {
                    "number": line.number,
                    "page": visit.page_of(line.number),
                    "who": visit.who(ledger, line.customer),
                    "state": said(VOCABULARY["session_state"][line.state], lang),
                    "what": said(_since(line.state, str(spoken(since, lang)), line.technicians), lang),
                    "forgotten": line.connected_at is not None
                    and found.acts_at - line.connected_at > FLAG_OVER,
                    "step": primary(session) if visit.seat.kind == "desk" else "",
                }
            )
        undeleted = [
            {
                "number": each.session,
                "who": visit.who(ledger, each.customer),
                "what": said(msg("ended {ended}", ended=each.ended_at), lang),
                "held": each.held_until,
                "overdue": deletions.is_overdue(each, found.acts_at, sla_seconds),
            }
            for each in matters.undeleted[:LISTED_MAX]
        ]
        report = status_report(matters, found.position, matters.signed, found.as_of, found.acts_at, lang)
        counts, *others = [table for table in report.tables if table.name != "open"]
        states = VOCABULARY["session_state"]
        open_now = [
            (said(states.get(key, text), lang), count) for key, text, count in matters.counts if count
        ]
        counts = replace(counts, rows=open_now)
        return visit.page(
            "now.html",
            wording.NOW,
            ledger,
            running=running,
            undeleted=undeleted,
            more=max(0, len(matters.undeleted) - LISTED_MAX),
            counts=render.table(counts, lang),
            tables=render.tables(others, lang, leads_to=visit.leads_to),
        )


def _since(state: str, since: str, technicians: str) -> Message:
    if state == "requested":
        return msg("asked for help {since}", since=since)
    return msg("connected since {since}, {who}", since=since, who=technicians)


def head(visit: Visit) -> Response:
    """Return how many events the ledger has, for the page that asks if it has moved on."""
    with opened(visit.desk.settings) as ledger:
        return PlainTextResponse(str(ledger.store.length()))
