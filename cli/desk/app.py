"""The desk's pages and what answers them."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources

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
    month,
    now,
    plan,
    purge,
    session,
    trail,
    verify,
)
from cli.desk.web import Desk, Place, locked, place, plain_page, unknown
from cli.presentation.charts import bands, delays, trend
from cli.presentation.wording import desk as wording

DRAWN = bands.STYLE + delays.STYLE + trend.STYLE
KINDS = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8"}


def make_app(desk: Desk, host: str) -> Gate:
    """Return the whole desk as an ASGI application behind its gate."""

    def get(path: str, answer: Place) -> Route:
        return Route(path, place(answer, desk), methods=["GET"])

    def post(path: str, answer: Place) -> Route:
        return Route(path, place(answer, desk), methods=["POST"])

    app = Starlette(
        routes=[
            Route("/enter", _enter(desk), methods=["GET"]),
            Route("/locked", _locked(desk), methods=["GET"]),
            Route("/lock", _lock(desk), methods=["POST"]),
            Route("/static/{name}", _static, methods=["GET"]),
            get("/", now.now),
            get("/head", now.head),
            get("/call", call.call),
            post("/call", call.record),
            post("/call/price", call.ask),
            post("/session", session.find),
            get("/session/{number:int}", session.show),
            get("/session/{number:int}/purge", purge.plan),
            post("/session/{number:int}/purge", purge.purge),
            post("/session/{number:int}/declare", purge.declare),
            get("/session/{number:int}/audit", trail.show),
            get("/session/{number:int}/proof", trail.proof),
            post("/session/{number:int}/review", trail.review),
            post("/session/{number:int}/certificate", trail.certificate),
            get("/session/{number:int}/certificate.{suffix}", trail.certificate_file),
            post("/session/{number:int}/{action}", session.act),
            get("/month", month.choose),
            get("/month/{period}", month.show),
            get("/month/{period}/sessions", month.sessions),
            get("/month/{period}/documents", month.documents),
            get("/month/{period}/receivables", month.receivables),
            get("/month/{period}/findings", findings.show),
            get("/month/{period}/plan", plan.show),
            post("/month/{period}/issue", plan.issue_ticked),
            get("/month/{period}/close", month.close_page),
            post("/month/{period}/close", month.close),
            post("/month/{period}/reopen", month.reopen),
            post("/finding/{finding}/{action}", findings.answer),
            get("/invoice/{number:path}", invoice.show),
            post("/invoice/{action}/{number:path}", invoice.act),
            get("/document/{kind}/{number:path}", invoice.file),
            get("/correct/{number:path}", correction.show),
            post("/correct/{number:path}", correction.issue),
            post("/withdraw/{number:path}", correction.put_aside),
            get("/customers", customer.choose),
            post("/customers", customer.find),
            post("/customers/new", customer.add),
            post("/customers/{action}/{code:path}", customer.act),
            get("/customer/{code:path}", customer.show),
            get("/deletions", deletions.choose),
            get("/deletions/{period}", deletions.show),
            post("/deletions/{period}/sample", deletions.sample),
            get("/deletions/{period}/{name}", deletions.file),
            get("/verify", verify.show),
            post("/verify", verify.verify),
            get("/verify/checkpoint.note", verify.note),
            get("/verify/bundle.zip", verify.bundle),
            get("/job/{name}", job.job),
        ],
        exception_handlers={
            HTTPException: _unknown(desk),
            TooMuchError: _too_much,
        },
    )
    return Gate(app, host, desk.seats)


def _locked(desk: Desk) -> Callable[[Request], Response]:
    def answer(_: Request) -> Response:
        return locked(desk.lang)

    return answer


def _unknown(desk: Desk) -> Callable[[Request, Exception], Response]:
    def answer(_: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101 - Starlette calls it for these alone
        return unknown(desk.lang, error)

    return answer


def _too_much(_: Request, __: Exception) -> Response:
    return PlainTextResponse("too much\n", 413)


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
