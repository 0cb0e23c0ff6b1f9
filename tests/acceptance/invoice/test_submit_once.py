"""Whatever goes wrong on the way and however often it is tried, KSeF has one document in the end."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import mkdtemp

from hypothesis import example, given, settings
from hypothesis import strategies as st

from ledger.application.metadata import Metadata
from ledger.domain.events import InvoiceAccepted
from ledger.errors import KsefRefused, KsefSilent
from ledger.handlers.invoice.submit import Submitted, ask, submit
from ledger.ksef.client import Ksef, Patience
from ledger.ksef.settings import Access, TokenLogin
from tests.support.ksef.server import NIP, TOKEN, FakeKsef, fake_ksef
from tests.support.ksef.shop import Shop

FIRST = "FV/2026/11/0001"
ANYWHERE, SENDING, STATUS = "", "^/sessions/online/", "/invoices/[^/]+$"
LISTING = "^/sessions/[^/]+/invoices$"
SHORT = Patience(attempts=2, polls=2, timeout_seconds=5)


class Killed(BaseException):
    """The process ends here: nothing after this is done or recorded."""


def _breaks(path: str, status: int, times: int) -> Callable[[FakeKsef], None]:
    def spoil(server: FakeKsef) -> None:
        server.faults.only, server.faults.statuses = path, [status] * times

    return spoil


def _loses_answers(server: FakeKsef) -> None:
    server.faults.silent_after = 2


def _loses_sendings(server: FakeKsef) -> None:
    server.faults.silent_before = 2


def _gives_up(server: FakeKsef) -> None:
    server.office.rejections = [550, 500, 550]


def _takes_long(server: FakeKsef) -> None:
    server.office.busy_polls = 3


def _forgets(server: FakeKsef) -> None:
    server.office.forget_sessions()


def _logs_everybody_out(server: FakeKsef) -> None:
    server.office.forget_logins()


def _refuses(server: FakeKsef) -> None:
    server.office.rejections = [450]


spoiling = st.one_of(
    st.builds(
        _breaks,
        st.sampled_from([ANYWHERE, SENDING, LISTING, STATUS]),
        st.sampled_from([400, 404, 429, 500, 503]),
        st.integers(1, 4),
    ),
    st.sampled_from(
        [_loses_answers, _loses_sendings, _gives_up, _takes_long, _forgets, _logs_everybody_out, _refuses]
    ),
)
attempts = st.lists(st.tuples(st.lists(spoiling, max_size=2), st.booleans()), min_size=1, max_size=4)


def _tries(shop: Shop, *, is_killed: bool = False, only_asks: bool = False) -> Submitted | None:
    """One run of the program; one that is killed ends in its first pause."""

    def sleep(_seconds: float) -> None:
        if is_killed:
            raise Killed

    act = ask if only_asks else submit
    access = Access(shop.server.base_url, NIP, TokenLogin(TOKEN))
    with (
        shop.opened() as ledger,
        Ksef(access, sleep, SHORT) as ksef,
        suppress(Killed, KsefSilent, KsefRefused),
    ):
        return act(ledger, Metadata("anna"), FIRST, ksef)
    return None


@settings(max_examples=12, deadline=None)
@given(attempts)
@example([([_loses_answers, _breaks(LISTING, 503, 4)], False), ([_forgets], False)])  # met as a duplicate
def test_a_document_arrives_once(
    runs: list[tuple[list[Callable[[FakeKsef], None]], bool]],
) -> None:
    """Given runs over a line that fails in every way and is cut, when it holds again, then a last run gets
    the document accepted; KSeF has it once, with the issued bytes, and the ledger has its number once.
    """
    folder = Path(mkdtemp())
    with fake_ksef() as server:
        shop = Shop(folder, server, issued=True)
        for spoils, is_killed in runs:
            for spoil in spoils:
                spoil(server)
            _tries(shop, is_killed=is_killed)
        server.faults.statuses, server.office.rejections, server.office.busy_polls = [], [], 0
        server.faults.silent_after = server.faults.silent_before = 0
        for received in (each for session in server.office.sessions.values() for each in session.received):
            received.polls_left = 0
        _tries(shop, only_asks=True)
        last = _tries(shop)
        (document,) = server.office.documents
        numbers = {fact.ksef_number for fact in shop.facts(FIRST) if isinstance(fact, InvoiceAccepted)}
        with shop.opened() as ledger:
            digest = ledger.find_invoice(FIRST).issued.xml_sha256
        xml = (shop.office.folder / "documents" / f"{digest}.xml").read_bytes()
    shutil.rmtree(folder)
    assert last is not None
    assert last.outcome == "accepted"
    assert numbers == {document.ksef_number}
    assert document.xml == xml
