"""What every page has: its seat, its language, its frame; forms read, answers made."""

from __future__ import annotations

from asyncio import Semaphore
from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartParser
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from cli.desk import render
from cli.desk.forms import refusal as refusal_shown
from cli.desk.gate import FILE_BYTES_MAX
from cli.desk.jobs import Jobs
from cli.desk.opened import Settings
from cli.desk.seats import Draft, Seat, Seats
from cli.desk.way_in import WayIn
from cli.log import log
from cli.presentation.catalogue import said, spoken
from cli.presentation.text import Lang
from cli.presentation.wording import desk as wording
from ledger.application.ledger import Ledger
from ledger.errors import LedgerError
from ledger.message import Message, msg

FIELDS_MAX = 1000
"""A month's plan has a field for each document that is ticked."""
MultiPartParser.spool_max_size = FILE_BYTES_MAX  # a connection record does not lie in a temporary folder


class Desk(NamedTuple):
    """A running desk."""

    settings: Settings
    seats: Seats
    way_in: WayIn
    jobs: Jobs

    @property
    def lang(self) -> Lang:
        """The language of its pages."""
        return self.settings.lang


class SentFile(NamedTuple):
    """A file that a form brought: its name and its bytes."""

    name: str
    content: bytes


class Visit(NamedTuple):
    """One request of a seat, its form read: what a place answers to."""

    desk: Desk
    seat: Seat
    path: dict[str, Any]
    query: dict[str, str]
    typed: dict[str, str]
    file: SentFile | None = None

    @property
    def lang(self) -> Lang:
        """The language of the page."""
        return self.desk.lang

    def page_of(self, number: int) -> str:
        """Return where a session is looked at from this seat."""
        return self.leads_to.format(number)

    @property
    def leads_to(self) -> str:
        """Where numbers of sessions lead from this seat: without names, to the trail."""
        return "/session/{}/audit" if self.seat.kind == "review" else "/session/{}"

    def who(self, ledger: Ledger, customer: str) -> str:
        """Return a customer's name, for a reviewer the code: the vault is not opened."""
        return customer if self.seat.kind == "review" else ledger.customer_name(customer)

    def draft(self) -> Draft | None:
        """Return the refused form that the address names."""
        return self.seat.draft(self.query.get("draft", ""), self.desk.seats.clock())

    def again(self, action: str) -> Draft | None:
        """Return the refused form of an action, to be shown once more with what was typed."""
        draft = self.draft()
        return draft if draft is not None and draft.action == action else None

    def refused(self, form: str, action: str, error: LedgerError, page: str) -> Response:
        """Keep what was typed and lead back to the form: a POST never answers with a page."""
        self.seat.keep(form, Draft(action, self.typed, error, self.desk.seats.clock()))
        log.warning("refused", code=error.code)
        mark = "&" if "?" in page else "?"
        return RedirectResponse(f"{page}{mark}draft={form}#refused", 303)

    def done(self, form: str, notice: Message, page: str) -> Response:
        """Tell on the next page what was recorded."""
        self.seat.forget(form)
        self.seat.tell(notice)
        return RedirectResponse(f"{page}#done", 303)

    def page(self, template: str, title: Message, ledger: Ledger, **values: Any) -> Response:  # noqa: ANN401 - what a template takes
        """Return a page in its frame; a draft's refusal stands on top of it."""
        draft = self.draft()
        events = ledger.store.length()
        frame = {
            "title": said(title, self.lang),
            "seat": self.seat,
            "events": events,
            "as_of": spoken(ledger.last_recorded_at(), self.lang),
            "notices": [said(each, self.lang) for each in self.seat.told()],
            "refusal": None if draft is None else refusal_shown(draft.refusal, self.lang),
            "may_record": self.seat.kind == "desk",
        }
        return HTMLResponse(render.rendered(template, self.lang, **frame, **values))


Place = Callable[[Visit], Response]


def place(
    answer: Place, desk: Desk, turns: Semaphore, *, takes_files: int = 0
) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint of a place; it runs in a thread when it is its turn, its form already read."""

    @wraps(answer)
    async def endpoint(request: Request) -> Response:
        seat: Seat | None = request.state.seat
        if seat is None:
            return locked(desk.lang)
        typed: dict[str, str] = {}
        file: SentFile | None = None
        if request.method == "POST":
            async with request.form(max_files=takes_files, max_fields=FIELDS_MAX) as form:
                typed, file = _texts(form), await _file(form)
        visit = Visit(desk, seat, dict(request.path_params), dict(request.query_params), typed, file)
        async with turns:
            return await run_in_threadpool(answered, answer, visit)

    return endpoint


def answered(answer: Place, visit: Visit) -> Response:
    """Return a page, or the page of what hindered it; in a thread of its own."""
    try:
        return answer(visit)
    except LedgerError as error:
        return plain_page(
            visit.lang, wording.REFUSED_TITLE, 409, refusal=refusal_shown(error, visit.lang), seat=visit.seat
        )
    except Exception as error:  # noqa: BLE001 - its text may hold a customer's data: only its class is told
        return defect(visit, error)


def _texts(form: FormData) -> dict[str, str]:
    return {name: value for name, value in form.items() if isinstance(value, str)}


async def _file(form: FormData) -> SentFile | None:
    """Return the one file of a form; it was held in memory alone."""
    for value in form.values():
        if isinstance(value, UploadFile) and value.filename:
            return SentFile(value.filename, await value.read())
    return None


def plain_page(lang: Lang, title: Message, status: int, **values: Any) -> Response:  # noqa: ANN401 - what a template takes
    """Return a page that needs no ledger: locked, unknown, refused; with the menu for whoever has a seat."""
    told = {"notes": (), "refusal": None, "seat": None, "leads_to": "", **values}
    return HTMLResponse(render.rendered("plain.html", lang, title=said(title, lang), **told), status)


def locked(lang: Lang, status: int = 403) -> Response:
    """Return the page of whoever has no seat."""
    return plain_page(lang, wording.LOCKED, status, notes=(wording.LOCKED_HOW,))


def defect(visit: Visit, error: Exception) -> Response:
    """Return the page of a defect: its class, never what it says; nothing was recorded."""
    log.error("defect", error_class=type(error).__name__)
    what = msg("this is a defect: {error}", error=type(error).__name__)
    notes = (what, wording.NOTHING_RECORDED)
    return plain_page(visit.lang, wording.DEFECT, 500, notes=notes, seat=visit.seat)


def unknown(lang: Lang, error: HTTPException, seat: Seat | None) -> Response:
    """Return the page of an address that nobody answers."""
    notes = (wording.NO_SUCH_PAGE_HOW,)
    return plain_page(lang, wording.NO_SUCH_PAGE, error.status_code, notes=notes, seat=seat)
