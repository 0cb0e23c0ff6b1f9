"""KSeF over HTTP against a fake one that decrypts, checks and answers for real."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ledger.errors import KsefLoginRefused, KsefRefused, KsefSilent
from ledger.ksef.client import Ksef, Patience
from ledger.ksef.settings import Access, CertificateLogin, TokenLogin
from ledger.ksef.verdict import DuplicateHidden, KsefTaken, TurnedDown, Verdict
from tests.support.ksef.keys import write_login
from tests.support.ksef.papers import paper
from tests.support.ksef.server import NIP, TOKEN, FakeKsef, fake_ksef

PATIENCE = Patience(attempts=3, pause_seconds=1.0, polls=4, timeout_seconds=5.0)
SENDING = "/sessions/online/[^/]+/invoices$"


class Clerk:
    """Somebody who sends; every pause is noted and none is made."""

    def __init__(self, server: FakeKsef) -> None:
        self.server = server
        self.pauses: list[float] = []
        self.access = Access(server.base_url, NIP, TokenLogin(TOKEN))
        self.patience = PATIENCE

    def reach(self) -> Ksef:
        return Ksef(self.access, self.pauses.append, self.patience)

    def sends(self, xml: bytes, *, is_offline: bool = False) -> Verdict:
        with self.reach() as ksef:
            return ksef.send(xml, is_offline=is_offline)


@pytest.fixture
def clerk() -> Iterator[Clerk]:
    with fake_ksef() as server:
        yield Clerk(server)


def test_a_document_is_taken_and_its_receipt_fetched(clerk: Clerk) -> None:
    """Given a token, when a document is sent, then KSeF decrypts its very bytes and numbers them."""
    xml = paper()
    with clerk.reach() as ksef:
        taken = ksef.send(xml, is_offline=False)
        assert isinstance(taken, KsefTaken)
        receipt = ksef.receipt(taken)
    (stored,) = clerk.server.office.documents
    assert (stored.xml, stored.ksef_number, stored.offline) == (xml, taken.ksef_number, False)
    assert taken.acquired_at == datetime(2026, 11, 25, 11, 5, tzinfo=UTC)
    assert not taken.is_duplicate
    assert receipt is not None
    assert taken.ksef_number.encode() in receipt
    assert clerk.server.office.logins == ["token"]
    assert not clerk.server.office.sessions[taken.session].is_open
    assert clerk.pauses == []


def test_a_certificate_signs_the_challenge(clerk: Clerk, tmp_path: Path) -> None:
    """The signature is verified by the server with the certificate it carries."""
    certificate, key = write_login(tmp_path)
    clerk.access = Access(clerk.server.base_url, NIP, CertificateLogin(certificate, key))
    assert isinstance(clerk.sends(paper()), KsefTaken)
    assert clerk.server.office.logins == ["certificate"]


def test_a_key_of_another_certificate_is_not_let_in(clerk: Clerk, tmp_path: Path) -> None:
    """What the certificate does not verify is no login."""
    certificate, _ = write_login(tmp_path)
    (tmp_path / "other").mkdir()
    _, key = write_login(tmp_path / "other")
    clerk.access = Access(clerk.server.base_url, NIP, CertificateLogin(certificate, key))
    with pytest.raises((KsefLoginRefused, KsefRefused)):
        clerk.sends(paper())
    assert clerk.server.office.documents == []


def test_a_key_that_cannot_be_read_is_said_without_its_text(clerk: Clerk, tmp_path: Path) -> None:
    """Given a file that is no key, then the refusal names the setting."""
    certificate, key = write_login(tmp_path)
    key.write_text("secret words")
    clerk.access = Access(clerk.server.base_url, NIP, CertificateLogin(certificate, key))
    with pytest.raises(KsefLoginRefused, match=r"ksef\.key") as refusal:
        clerk.sends(paper())
    assert "secret" not in refusal.value.fact


def test_a_wrong_token_and_a_foreign_nip_are_not_let_in(clerk: Clerk) -> None:
    """KSeF says code 450 to either."""
    for access in (
        replace(clerk.access, login=TokenLogin("another")),
        replace(clerk.access, nip="7010202962"),
    ):
        clerk.access = access
        with pytest.raises(KsefLoginRefused, match="450"):
            clerk.sends(paper())


def test_a_document_before_its_day_is_marked_offline(clerk: Clerk) -> None:
    """Offline is told with the sending; KSeF itself marks what is dated before today."""
    clerk.sends(paper("FV/1"), is_offline=True)
    clerk.sends(paper("FV/2", day=date(2026, 11, 24)))
    assert [each.offline for each in clerk.server.office.documents] == [True, True]


def test_work_in_progress_is_waited_for(clerk: Clerk) -> None:
    """The status is asked again after a pause, and after too many the document is left for later."""
    clerk.server.office.busy_polls = 2
    assert isinstance(clerk.sends(paper()), KsefTaken)
    assert clerk.pauses == [1.0, 1.0]
    clerk.server.office.busy_polls = 99
    with pytest.raises(KsefSilent):
        clerk.sends(paper("FV/2"))


@pytest.mark.parametrize("code", [405, 410, 415, 430, 435, 450])
def test_what_is_turned_down_says_its_code(clerk: Clerk, code: int) -> None:
    """Nothing is tried again: the document is wrong, not the way."""
    clerk.server.office.rejections = [code]
    assert clerk.sends(paper()) == TurnedDown(code, ("on request of a test",))
    assert clerk.pauses == []
    assert clerk.server.office.documents == []


def test_the_schema_is_checked_there_too(clerk: Clerk) -> None:
    """A document without an amount is no FA(3)."""
    verdict = clerk.sends(paper().replace(b"<P_15>123.00</P_15>", b""))
    assert isinstance(verdict, TurnedDown)
    assert verdict.code == 430


def test_what_ksef_gave_up_itself_is_sent_again(clerk: Clerk) -> None:
    """Given 550 twice, then the third sending is taken; given it always, then the document waits."""
    clerk.server.office.rejections = [550, 500]
    assert isinstance(clerk.sends(paper()), KsefTaken)
    assert clerk.pauses == [1.0, 2.0]
    clerk.server.office.rejections = [550] * 9
    with pytest.raises(KsefSilent):
        clerk.sends(paper("FV/2"))
    assert len(clerk.server.office.documents) == 1


def test_our_own_bytes_sent_twice_are_one_document(clerk: Clerk) -> None:
    """Given a document that is there, when it is sent again, then its number and moment come back."""
    first = clerk.sends(paper())
    again = clerk.sends(paper())
    assert isinstance(first, KsefTaken)
    assert again == replace(first, is_duplicate=True)
    with clerk.reach() as ksef:
        receipt = ksef.receipt(first)
    assert receipt is not None
    assert len(clerk.server.office.documents) == 1


def test_another_file_under_our_number_is_no_success(clerk: Clerk) -> None:
    """The bytes that are there are hashed; the number alone proves nothing."""
    first = clerk.sends(paper(net=200))
    assert isinstance(first, KsefTaken)
    assert clerk.sends(paper(net=100)) == TurnedDown(440, original=first.ksef_number)


@pytest.mark.parametrize("told", [{"details"}, {"details", "extensions"}, set[str]()])
def test_duplicate_is_a_rejection_wherever_it_is_told_and_where_it_is_not(
    clerk: Clerk, told: set[str]
) -> None:
    """Given an answer 440 with or without its optional parts, then it is a no: the list has other bytes."""
    first = clerk.sends(paper(net=200))
    assert isinstance(first, KsefTaken)
    clerk.server.office.duplicates_tell = told
    verdict = clerk.sends(paper(net=100))
    assert isinstance(verdict, TurnedDown)
    assert (verdict.code, verdict.original) == (440, first.ksef_number)
    assert bool(verdict.details) == ("details" in told)


@pytest.mark.parametrize("hidden_by", [None, 403, 404])
@pytest.mark.parametrize("told", ["extensions", "details"])
def test_our_own_duplicate_is_known_by_its_bytes_or_by_its_hash(
    clerk: Clerk, told: str, hidden_by: int | None
) -> None:
    """Given our own bytes sent twice, then it is ours, though KSeF shows its hash alone."""
    first = clerk.sends(paper())
    clerk.server.office.duplicates_tell = {told}
    clerk.server.office.hidden_by = hidden_by
    assert isinstance(first, KsefTaken)
    assert clerk.sends(paper()) == replace(first, is_duplicate=True)
    other = clerk.sends(paper(net=200))
    assert isinstance(other, TurnedDown)
    assert (other.code, other.original) == (440, first.ksef_number)


def test_our_own_duplicate_is_known_by_what_ksef_lists_under_our_number(clerk: Clerk) -> None:
    """Given an answer that names nothing, and no bytes to be seen, then the hash of the list decides."""
    first = clerk.sends(paper())
    clerk.server.office.duplicates_tell, clerk.server.office.hidden_by = set(), 403
    clerk.server.office.forget_sessions()
    assert isinstance(first, KsefTaken)
    assert clerk.sends(paper()) == replace(first, is_duplicate=True, session="")
    assert clerk.sends(paper(net=200)) == TurnedDown(440, original=first.ksef_number)


@pytest.mark.parametrize("told", [{"extensions"}, set[str]()])
@pytest.mark.parametrize("unlisted", [200, 403])
def test_document_that_is_shown_in_no_way_is_undecided(clerk: Clerk, told: set[str], unlisted: int) -> None:
    """Given no bytes, no session and no list, then nobody knows whose it is: neither a yes nor a no."""
    first = clerk.sends(paper())
    assert isinstance(first, KsefTaken)
    office = clerk.server.office
    office.hidden_by, office.duplicates_tell, office.unlisted = 404, told, unlisted
    office.forget_sessions()
    assert clerk.sends(paper()) == DuplicateHidden(original=first.ksef_number if told else None)


@pytest.mark.parametrize(
    ("omitted", "at"),
    [
        ({"acquisitionDate"}, datetime(2026, 11, 26, 11, tzinfo=UTC)),
        ({"acquisitionDate", "invoicingDate"}, datetime(2026, 11, 26, tzinfo=UTC)),
        ({"invoicingMode", "ordinalNumber", "invoiceHash"}, datetime(2026, 11, 26, 11, 5, tzinfo=UTC)),
    ],
)
def test_document_is_taken_though_the_answer_lacks_optional_parts(
    clerk: Clerk, omitted: set[str], at: datetime
) -> None:
    """Given no moment of acquisition, then that of the sending counts, or the day in the number."""
    clerk.server.office.today = date(2026, 11, 26)
    clerk.server.office.omitted = omitted
    taken = clerk.sends(paper())
    assert isinstance(taken, KsefTaken)
    assert taken.acquired_at == at


def test_document_without_a_number_yet_is_asked_after_later(clerk: Clerk) -> None:
    clerk.server.office.omitted = {"ksefNumber"}
    with pytest.raises(KsefRefused, match="does not say its number yet"):
        clerk.sends(paper())


def test_a_lost_answer_is_found_without_sending_again(clerk: Clerk) -> None:
    """Given KSeF took the document and its answer was lost, then it is found in the session by its hash."""
    clerk.server.faults.silent_after = 1
    verdict = clerk.sends(paper())
    assert isinstance(verdict, KsefTaken)
    assert not verdict.is_duplicate
    assert sum(each.endswith("/invoices") and each.startswith("POST") for each in clerk.server.asked) == 1


def test_a_lost_sending_is_sent_again(clerk: Clerk) -> None:
    """Given the document never arrived, then it is sent once more."""
    clerk.server.faults.silent_before = 1
    assert isinstance(clerk.sends(paper()), KsefTaken)
    assert len(clerk.server.office.documents) == 1


def test_an_earlier_session_is_asked_what_became_of_a_document(clerk: Clerk) -> None:
    """It answers with the number, with the refusal, or that nothing arrived."""
    taken = clerk.sends(paper())
    assert isinstance(taken, KsefTaken)
    clerk.server.office.rejections = [450]
    with clerk.reach() as ksef:
        turned_down_in = ksef.session()
        ksef.send(paper("FV/2"), is_offline=False)
    with clerk.reach() as ksef:
        assert ksef.ask_after(taken.session, paper()) == taken
        assert ksef.ask_after(turned_down_in, paper("FV/2")) == TurnedDown(450, ("on request of a test",))
        assert ksef.ask_after(taken.session, paper("FV/3")) is None
        assert ksef.ask_after("20261125-SO-0000000000-00", paper()) is None


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_busy_server_is_asked_again(clerk: Clerk, status: int) -> None:
    """As long as it asks to be left alone, and not for ever."""
    clerk.server.faults.statuses = [status, status]
    assert isinstance(clerk.sends(paper()), KsefTaken)
    assert len(clerk.pauses) == 2
    clerk.server.faults.statuses = [status] * 9
    with pytest.raises(KsefSilent):
        clerk.sends(paper("FV/2"))


def test_a_login_that_ran_out_is_renewed(clerk: Clerk) -> None:
    """Given every access token expired between two documents, then the second is taken after a new login."""
    with clerk.reach() as ksef:
        ksef.send(paper("FV/1"), is_offline=False)
        clerk.server.office.forget_logins()
        assert isinstance(ksef.send(paper("FV/2"), is_offline=False), KsefTaken)
    assert clerk.server.office.logins == ["token", "token"]


def test_a_slow_server_counts_as_silent(clerk: Clerk) -> None:
    """What takes longer than the time allowed is asked after later."""
    clerk.patience = replace(PATIENCE, attempts=1, timeout_seconds=0.2)
    clerk.server.faults.slow_seconds, clerk.server.faults.only = 0.5, "challenge"
    with pytest.raises(KsefSilent):
        clerk.sends(paper())


def test_a_server_that_is_not_there_is_silent(clerk: Clerk) -> None:
    """A connection refused is no verdict on anything."""
    clerk.access = replace(clerk.access, base_url="http://127.0.0.1:9")
    with pytest.raises(KsefSilent):
        clerk.sends(paper())


def test_a_receipt_that_is_not_ready_is_waited_for(clerk: Clerk) -> None:
    """After too many tries there is none; the number stands without it."""
    with clerk.reach() as ksef:
        taken = ksef.send(paper(), is_offline=False)
        assert isinstance(taken, KsefTaken)
        clerk.server.office.upo_misses = 2
        assert ksef.receipt(taken) is not None
        clerk.server.office.upo_misses = 9
        assert ksef.receipt(taken) is None


def test_an_answer_that_is_none_is_refused(clerk: Clerk) -> None:
    """Given a page of some proxy in place of JSON, then nothing is understood and nothing assumed."""
    clerk.access = replace(clerk.access, base_url=f"{clerk.server.base_url}/elsewhere")
    with pytest.raises(KsefRefused, match="404"):
        clerk.sends(paper())


def test_no_secret_shows_in_what_is_printed(clerk: Clerk) -> None:
    """Tokens and passwords stand in no representation."""
    assert TOKEN not in repr(clerk.access) + repr(clerk.reach())
