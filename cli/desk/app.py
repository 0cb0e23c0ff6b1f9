"""The desk's pages and what answers them."""

from __future__ import annotations

from asyncio import Semaphore
from collections.abc import Callable
from importlib import resources
from typing import NamedTuple

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from cli.desk.gate import COOKIE, Gate, TooMuchError
from cli.desk.pages import (
    call,
    correction,
    customer,
    deletions,
    findings,
    invoice,
    job,
    ksef,
    month,
    month_lists,
    now,
    owner,
    payments,
    plan,
    purge,
    records,
    session,
    trail,
    verify,
)
from cli.desk.web import Desk, Place, locked, place, plain_page, unknown
from cli.presentation.catalogue import said
from cli.presentation.charts import bands, bars, delays, technician_weeks, trend
from cli.presentation.wording import desk as wording

DRAWN = bands.STYLE + bars.STYLE + delays.STYLE + technician_weeks.STYLE + trend.STYLE
KINDS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}


class PageRoute(NamedTuple):
    """A method and an address, what answers, and how many files its form may bring."""

    method: str
    path: str
    answer: Place
    takes_files: int = 0

    @property
    def reads_a_period(self) -> bool:
        """Return True for what reads every session of a period: of these one is made at a time."""
        return "{period}" in self.path


PAGES = (
    PageRoute("GET", "/", now.now),
    PageRoute("GET", "/head", now.head),
    PageRoute("GET", "/call", call.call),
    PageRoute("POST", "/call", call.record),
    PageRoute("POST", "/call/price", call.ask),
    PageRoute("POST", "/session", session.find),
    PageRoute("GET", "/session/{number:int}", session.show),
    PageRoute("GET", "/session/{number:int}/purge", purge.plan),
    PageRoute("POST", "/session/{number:int}/purge", purge.purge),
    PageRoute("POST", "/session/{number:int}/declare", purge.declare),
    PageRoute("GET", "/session/{number:int}/audit", trail.show),
    PageRoute("GET", "/session/{number:int}/proof", trail.proof),
    PageRoute("POST", "/session/{number:int}/review", trail.review),
    PageRoute("POST", "/session/{number:int}/certificate", trail.certificate),
    PageRoute("GET", "/session/{number:int}/certificate.{suffix}", trail.certificate_file),
    PageRoute("POST", "/session/{number:int}/{action}", session.act),
    PageRoute("GET", "/month", month.choose),
    PageRoute("GET", "/month/{period}", month.show),
    PageRoute("GET", "/month/{period}/records", records.show),
    PageRoute("POST", "/month/{period}/records", records.look, takes_files=1),
    PageRoute("POST", "/month/{period}/records/take", records.take),
    PageRoute("GET", "/month/{period}/sessions", month_lists.sessions),
    PageRoute("GET", "/month/{period}/drawing", month_lists.drawing),
    PageRoute("GET", "/month/{period}/owner", owner.show),
    PageRoute("GET", "/month/{period}/owner/{name}", owner.file),
    PageRoute("GET", "/month/{period}/documents", month_lists.documents),
    PageRoute("GET", "/month/{period}/receivables", month_lists.receivables),
    PageRoute("GET", "/month/{period}/findings", findings.show),
    PageRoute("GET", "/month/{period}/plan", plan.show),
    PageRoute("POST", "/month/{period}/issue", plan.issue_ticked),
    PageRoute("GET", "/month/{period}/close", month.close_page),
    PageRoute("POST", "/month/{period}/close", month.close),
    PageRoute("POST", "/month/{period}/reopen", month.reopen),
    PageRoute("GET", "/reminder/{kind}/{customer:path}", month_lists.letter),
    PageRoute("GET", "/balance/{day}/{customer:path}", month_lists.balance_letter),
    PageRoute("GET", "/payments", payments.show),
    PageRoute("POST", "/payments", payments.look, takes_files=1),
    PageRoute("POST", "/payments/take", payments.take),
    PageRoute("POST", "/payments/confirm", payments.confirm),
    PageRoute("POST", "/payments/{transfer}/{action}", payments.act),
    PageRoute("POST", "/finding/{finding}/{action}", findings.answer),
    PageRoute("GET", "/invoice/{number:path}", invoice.show),
    PageRoute("POST", "/invoice/{action}/{number:path}", invoice.act),
    PageRoute("GET", "/document/{kind}/{number:path}", invoice.file),
    PageRoute("GET", "/correct/{number:path}", correction.show),
    PageRoute("POST", "/correct/{number:path}", correction.issue),
    PageRoute("POST", "/submit/{number:path}", ksef.one),
    PageRoute("POST", "/month/{period}/submit", ksef.every),
    PageRoute("POST", "/withdraw/{number:path}", correction.put_aside),
    PageRoute("GET", "/customers", customer.choose),
    PageRoute("POST", "/customers", customer.find),
    PageRoute("POST", "/customers/new", customer.add),
    PageRoute("POST", "/customers/{action}/{code:path}", customer.act),
    PageRoute("GET", "/customer/{code:path}", customer.show),
    PageRoute("GET", "/deletions", deletions.choose),
    PageRoute("GET", "/deletions/{period}", deletions.show),
    PageRoute("POST", "/deletions/{period}/sample", deletions.sample),
    PageRoute("GET", "/deletions/{period}/{name}", deletions.file),
    PageRoute("GET", "/verify", verify.show),
    PageRoute("POST", "/verify", verify.verify),
    PageRoute("GET", "/verify/checkpoint.note", verify.note),
    PageRoute("GET", "/verify/bundle.zip", verify.bundle),
    PageRoute("GET", "/job/{name}", job.job),
)
"""Every page and form of a seat; the first that fits answers."""


PAGES_AT_ONCE = 4
"""More at once are no sooner done, for they share one processor, and each holds what it shows in memory."""


def make_app(desk: Desk, host: str) -> Gate:
    """Return the whole desk as an ASGI application behind its gate."""
    turns, over_periods = Semaphore(PAGES_AT_ONCE), Semaphore(1)
    app = Starlette(
        routes=[
            Route("/enter", _enter(desk), methods=["GET"]),
            Route("/locked", _locked(desk), methods=["GET"]),
            Route("/lock", _lock(desk), methods=["POST"]),
            Route("/static/{name}", _static, methods=["GET"]),
            *(_route(page, desk, over_periods if page.reads_a_period else turns) for page in PAGES),
        ],
        exception_handlers={
            HTTPException: _unknown(desk),
            TooMuchError: _too_much(desk),
        },
    )
    return Gate(app, host, desk.seats, desk.lang)


def _route(page: PageRoute, desk: Desk, turns: Semaphore) -> Route:
    answer = place(page.answer, desk, turns, takes_files=page.takes_files)
    return Route(page.path, answer, methods=[page.method])


def _locked(desk: Desk) -> Callable[[Request], Response]:
    def answer(_: Request) -> Response:
        return locked(desk.lang)

    return answer


def _unknown(desk: Desk) -> Callable[[Request, Exception], Response]:
    def answer(request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - Starlette calls it for these alone
        return unknown(desk.lang, error, request.state.seat)

    return answer


def _too_much(desk: Desk) -> Callable[[Request, Exception], Response]:
    def answer(_: Request, __: Exception) -> Response:
        return PlainTextResponse(f"{said(wording.TOO_MUCH, desk.lang)}\n", 413)

    return answer


def _enter(desk: Desk) -> Callable[[Request], Response]:
    """Return what takes a ticket and gives a seat: a page that leads on, not a redirect.

    A redirect from a local file keeps a Strict cookie back.
    """

    def enter(request: Request) -> Response:
        if request.method == "HEAD":
            return PlainTextResponse("", 405)  # who only looks does not use the ticket
        ticket = desk.way_in.use(request.query_params.get("ticket", ""))
        if ticket is None:
            return plain_page(desk.lang, wording.USED, 403, notes=(wording.USED_HOW,))
        secret = desk.seats.take(ticket.by, ticket.kind)
        answer = plain_page(desk.lang, wording.COME_IN, 200, leads_to="/")
        answer.set_cookie(COOKIE, secret, httponly=True, samesite="strict", path="/")
        return answer

    return enter


def _lock(desk: Desk) -> Callable[[Request], Response]:
    def lock(request: Request) -> Response:
        desk.seats.leave(request.state.secret)
        answer = RedirectResponse("/locked", 303)
        answer.delete_cookie(COOKIE, path="/")
        return answer

    return lock


def _static(request: Request) -> Response:
    """Return a file of ours; the rules of the drawings stand behind those of the pages."""
    name = str(request.path_params["name"])
    kind = next((each for suffix, each in KINDS.items() if name.endswith(suffix)), None)
    file = resources.files("cli.desk") / "static" / name
    if kind is None or "/" in name or not file.is_file():
        raise HTTPException(404)
    text = file.read_text(encoding="utf-8")
    return Response(text + DRAWN if name == "desk.css" else text, media_type=kind)
