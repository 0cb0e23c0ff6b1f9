"""KSeF over HTTP, through the library ksef-client: log in, open a session, send, ask, fetch the receipt.

Nothing here records anything. What KSeF did not answer is never taken for a no: `KsefSilent` is raised,
and `ask_after` finds out later. Clock and sleep come in as arguments; the keys that encrypt a session are
the library's own chance.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Self, TypeVar

from ledger.domain.events.invoices import DUPLICATE
from ledger.errors import KsefLoginRefused, KsefRefused, KsefSilent
from ledger.ksef.duplicate import is_number, key_of, original_of, sentences
from ledger.ksef.login import begin_login
from ledger.ksef.settings import Access
from ledger.ksef.verdict import DuplicateHidden, KsefTaken, TurnedDown, Verdict
from ledger.message import msg

if TYPE_CHECKING:
    from ksef_client import KsefClient
    from ksef_client.models import InvoiceMetadata as Metadata
    from ksef_client.models import SessionInvoicesResponse as Page
    from ksef_client.models import SessionInvoiceStatusResponse as Listed
    from ksef_client.services import OnlineSessionHandle

_Answer = TypeVar("_Answer")

OK, AGAIN = 200, frozenset({500, 550})
"""Codes of a document; AGAIN: KSeF gave up by itself, and nothing is wrong with the document."""
UNDECIDED = frozenset({100, 150})
_BUSY = frozenset({0, 429, 500, 502, 503, 504})
"""HTTP statuses after which the same may be asked again; 0: no answer at all."""
_UNAUTHORIZED, _NOT_FOUND = 401, 404
_HIDDEN = frozenset({400, 403, _NOT_FOUND, 410})
"""HTTP statuses for a document that KSeF does not show."""
_PAGES_MAX = 100
_LISTED_AROUND = timedelta(days=44)
"""Before and after a day of issue: KSeF lists no more than three months at once."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long KSeF is waited for before a document is left for the next time."""

    attempts: int = 4
    pause_seconds: float = 2.0
    """Before the second attempt; twice as long before each one that follows."""
    polls: int = 30
    timeout_seconds: float = 30.0


@dataclass(slots=True)
class Ksef:
    """KSeF as one seller reaches it; use it in a `with`, which closes the session it opened."""

    access: Access
    sleep: Callable[[float], None]
    patience: Patience = field(default_factory=Patience)
    _client: KsefClient | None = field(default=None, init=False, repr=False)
    _token: str | None = field(default=None, init=False, repr=False)
    _session: OnlineSessionHandle | None = field(default=None, init=False, repr=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        """Close session and connection; a session that cannot be closed ends by itself."""
        if self._session is not None:
            with suppress(KsefSilent, KsefRefused, KsefLoginRefused):
                self._once(lambda: self._opened().close(access_token=self._token))
        if self._client is not None:
            self._client.close()

    # --- what is done -------------------------------------------------------------------------

    def session(self) -> str:
        """The reference of the session that documents are sent in, opened when first needed.

        Raises KsefSilent, KsefRefused, KsefLoginRefused.
        """
        if self._session is None:
            self._session = self._again(self._open)
        return self._session.reference_number

    def send(self, xml: bytes, *, is_offline: bool) -> Verdict:
        """Send a document in the session and wait for what becomes of it.

        Where the answer is lost the session is looked through before anything is sent again.
        Raises KsefSilent, KsefRefused, KsefLoginRefused.
        """
        session, sha256 = self.session(), _sha256(xml)
        for pause in self._pauses():
            reference = self._send_or_find(session, xml, sha256, is_offline=is_offline)
            verdict = None if reference is None else self._settled(session, reference, xml)
            if verdict is not None:
                return verdict
            self.sleep(pause)
        raise KsefSilent(msg("KSeF took no document in several attempts"))

    def ask_after(self, session: str, xml: bytes) -> Verdict | None:
        """What became of a document sent in an earlier session; None when it never arrived there."""
        sha256 = _sha256(xml)
        found = self._find(session, lambda each: each.invoice_hash == sha256)
        if found is None or not found.reference_number:
            return None
        return self._settled(session, found.reference_number, xml)

    def receipt(self, taken: KsefTaken) -> bytes | None:
        """The official receipt (UPO); None where KSeF has none yet, or its session is not known."""
        if not taken.session:
            return None
        for pause in self._pauses():
            content = self._found(
                lambda client: client.sessions.get_session_invoice_upo_by_ksef(
                    taken.session, taken.ksef_number, access_token=self._token
                )
            )
            if content:
                return content
            self.sleep(pause)
        return None

    # --- one document -------------------------------------------------------------------------

    def _send_or_find(self, session: str, xml: bytes, sha256: str, *, is_offline: bool) -> str | None:
        """The reference of the sending; None where nothing arrived and it may be sent again."""
        opened = self._opened()
        try:
            sent = self._once(
                lambda: opened.send_invoice(xml, offline_mode=is_offline, access_token=self._token)
            )
        except KsefSilent:
            found = self._find(session, lambda each: each.invoice_hash == sha256)
            return None if found is None else found.reference_number
        return sent.reference_number

    def _settled(self, session: str, reference: str, xml: bytes) -> Verdict | None:
        """What KSeF decided of a sending; None when it gave up by itself. Raises KsefSilent."""
        for _ in range(self.patience.polls):
            answer = self._again(
                lambda client: client.sessions.get_session_invoice_status(
                    session, reference, access_token=self._token
                )
            )
            code = answer.status.code
            if code not in UNDECIDED:
                break
            self.sleep(self.patience.pause_seconds)
        else:
            raise KsefSilent(msg("KSeF is still working on the document"))
        if code in AGAIN:
            return None
        if code == DUPLICATE:
            return self._original(answer, xml)
        if code != OK:
            return TurnedDown(code, sentences(answer.status.details))
        number = _number(answer.ksef_number)
        return KsefTaken(number, _acquired_at(number, answer), session)

    def seen(self, number: str) -> bytes | None:
        """The bytes of a document by its KSeF number; None where KSeF does not show them to this login."""
        try:
            stored = self._again(
                lambda client: client.invoices.get_invoice_bytes(number, access_token=self._token or "")
            )
        except KsefRefused as error:
            if error.status in _HIDDEN:
                return None
            raise
        return stored.content

    def _original(self, answer: Listed, xml: bytes) -> Verdict:
        """Whether the file that has our number in KSeF is ours: its bytes, or its hash, are compared.

        By the KSeF number that the answer tells; else, or where that is not shown, by what KSeF lists under
        our own number. What it nowhere shows is undecided.
        """
        sha256, details = _sha256(xml), sentences(answer.status.details)
        number, session = original_of(answer.status.extensions, details)
        if number is not None:
            found = self._find(session, lambda each: each.ksef_number == number) if session else None
            stored = self.seen(number)
            there = _sha256(stored) if stored is not None else found.invoice_hash if found else None
            if there == sha256:
                return KsefTaken(number, _acquired_at(number, found), session or "", is_duplicate=True)
            if there is not None:
                return TurnedDown(DUPLICATE, details, original=number)
        return self._listed_under(xml, sha256, details) or DuplicateHidden(details, number)

    def _listed_under(self, xml: bytes, sha256: str, details: tuple[str, ...]) -> Verdict | None:
        """What KSeF lists of our seller, kind and number; None where it lists nothing that has a hash."""
        told = [(each.ksef_number, each.invoice_hash, each) for each in self._metadata(xml)]
        listed = [(number, there, each) for number, there, each in told if number and is_number(number)]
        for number, there, each in listed:
            if there == sha256:
                return KsefTaken(number, _acquired_at(number, each), "", is_duplicate=True)
        others = [number for number, there, _ in listed if there]
        return TurnedDown(DUPLICATE, details, original=others[0]) if others else None

    def _metadata(self, xml: bytes) -> list[Metadata]:
        from ksef_client.models import InvoiceType  # noqa: PLC0415 - takes 200 ms
        from ksef_client.openapi_models import (  # noqa: PLC0415 - the same
            InvoiceQueryDateRange,
            InvoiceQueryDateType,
            InvoiceQueryFilters,
            InvoiceQuerySubjectType,
        )

        key = key_of(xml)
        kinds = {each.value.upper(): each for each in InvoiceType}
        if key is None or key.kind not in kinds:
            return []
        day = date.fromisoformat(key.issued_on)
        asked = InvoiceQueryFilters(
            date_range=InvoiceQueryDateRange(
                date_type=InvoiceQueryDateType.ISSUE,
                from_=f"{day - _LISTED_AROUND}T00:00:00Z",
                to=f"{day + _LISTED_AROUND}T00:00:00Z",
            ),
            subject_type=InvoiceQuerySubjectType.SUBJECT1,
            invoice_number=key.number,
            invoice_types=[kinds[key.kind]],
        )
        try:
            listed = self._again(
                lambda client: client.invoices.query_invoice_metadata(asked, access_token=self._token or "")
            )
        except KsefRefused as error:
            if error.status in _HIDDEN:
                return []
            raise
        return [each for each in listed.invoices if each.invoice_number == key.number]

    def _find(self, session: str, is_it: Callable[[Listed], bool]) -> Listed | None:
        """The newest document of a session that answers to a question; None without such a session."""
        return next((each for each in reversed(list(self._listed(session))) if is_it(each)), None)

    def _listed(self, session: str) -> Iterator[Listed]:
        following: str | None = None
        for _ in range(_PAGES_MAX):
            page = self._found(partial(self._page, session, following))
            if page is None:
                return
            yield from page.invoices
            following = page.continuation_token
            if not following:
                return

    def _page(self, session: str, following: str | None, client: KsefClient) -> Page:
        return client.sessions.get_session_invoices(
            session, continuation_token=following, access_token=self._token
        )

    # --- login and session --------------------------------------------------------------------

    def _connected(self) -> KsefClient:
        if self._client is None:
            from ksef_client import KsefClient, KsefClientOptions  # noqa: PLC0415 - takes 200 ms

            options = KsefClientOptions(
                self.access.base_url,
                timeout_seconds=self.patience.timeout_seconds,
                # Plain http leads to this machine alone; reading every authority's certificate takes 100 ms.
                verify_ssl=self.access.base_url.startswith("https"),
            )
            self._client = KsefClient(options)
        return self._client

    def _opened(self) -> OnlineSessionHandle:
        if self._session is None:
            raise KsefSilent(msg("no session is open"))
        return self._session

    def _open(self, client: KsefClient) -> OnlineSessionHandle:
        from ksef_client.models import FormCode  # noqa: PLC0415 - takes 200 ms
        from ksef_client.services import OnlineSessionWorkflow  # noqa: PLC0415 - the same

        certificate = client.security.get_public_key_certificate("SymmetricKeyEncryption")
        return OnlineSessionWorkflow(client.sessions).open_session(
            form_code=FormCode(system_code="FA (3)", schema_version="1-0E", value="FA"),
            public_certificate=certificate.certificate,
            public_key_id=certificate.public_key_id,
            access_token=self._token or "",
            upo_v43=True,
        )

    def _log_in(self, client: KsefClient) -> str:
        """An access token; raises KsefLoginRefused."""
        begun = begin_login(client, self.access)
        passed = begun.authentication_token.token
        for _ in range(self.patience.polls):
            status = client.auth.get_auth_status(begun.reference_number, passed).status
            if status.code == OK:
                return client.auth.redeem_token(passed).access_token.token
            if status.code not in UNDECIDED:
                raise KsefLoginRefused(msg("KSeF does not let seller.nip in (code {code})", code=status.code))
            self.sleep(self.patience.pause_seconds)
        raise KsefSilent(msg("KSeF is still checking the login"))

    # --- asking -------------------------------------------------------------------------------

    def _pauses(self) -> Iterator[float]:
        for attempt in range(self.patience.attempts):
            yield self.patience.pause_seconds * 2**attempt

    def _again(self, ask: Callable[[KsefClient], _Answer]) -> _Answer:
        """The answer to what may be asked any number of times; raises KsefSilent, KsefRefused."""
        silent = KsefSilent(msg("KSeF does not answer"), is_away=True)
        for pause in self._pauses():
            try:
                return self._once(lambda: ask(self._connected()))
            except KsefSilent as error:
                silent = error
            self.sleep(max(pause, silent.retry_after_seconds or 0))
        raise silent

    def _found(self, ask: Callable[[KsefClient], _Answer]) -> _Answer | None:
        """The same for what may not be there."""
        try:
            return self._again(ask)
        except KsefRefused as error:
            if error.status == _NOT_FOUND:
                return None
            raise

    def _once(self, ask: Callable[[], _Answer]) -> _Answer:
        """Ask once, logged in; a login that ran out is renewed once."""
        from ksef_client.exceptions import KsefHttpError  # noqa: PLC0415 - takes 200 ms

        for is_last in (False, True):
            try:
                if self._token is None:
                    self._token = self._log_in(self._connected())
                return ask()
            except KsefHttpError as error:
                if error.status_code == _UNAUTHORIZED and not is_last:
                    self._token = None
                    continue
                if error.status_code in _BUSY:
                    raise KsefSilent(
                        msg("KSeF does not answer"), is_away=True, retry_after_seconds=error.retry_after
                    ) from error
                raise KsefRefused(
                    msg("KSeF answered HTTP {status_code}", status_code=error.status_code), error.status_code
                ) from error
            except (KeyError, TypeError, ValueError) as error:
                raise KsefRefused(msg("KSeF answered something that is not understood"), 0) from error
        raise KsefLoginRefused(msg("KSeF does not accept the login it gave"))


def _sha256(data: bytes) -> str:
    """As KSeF writes it: base64."""
    return base64.b64encode(hashlib.sha256(data).digest()).decode("ascii")


def _number(text: object) -> str:
    """A KSeF number whose checksum holds; raises KsefRefused."""
    if not isinstance(text, str) or not text:
        raise KsefRefused(msg("KSeF took the document and does not say its number yet"), 0)
    if not is_number(text):
        raise KsefRefused(msg("KSeF answered a number whose checksum does not hold"), 0)
    return text


def _acquired_at(number: str, told: Listed | Metadata | None) -> datetime:
    """When KSeF took a document, as UTC; where no moment can be read, the day in its number."""
    from ksef_client.utils.datetime_parsing import parse_api_datetime  # noqa: PLC0415 - takes 200 ms

    for text in (told.acquisition_date, told.invoicing_date) if told else ():
        with suppress(ValueError, TypeError):
            if text:  # of up to seven decimals
                return parse_api_datetime(text).astimezone(UTC)
    return datetime.strptime(number.split("-")[1], "%Y%m%d").replace(tzinfo=UTC)
