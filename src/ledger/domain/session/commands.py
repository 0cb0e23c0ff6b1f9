"""Commands on one session, as values in the terms of their events."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar, Literal, Self

import msgspec

from ledger.domain import events as e
from ledger.domain.identifiers import check_key
from ledger.domain.metadata import PersonalData
from ledger.domain.reasons import REASON_MAX_CHARACTERS, split_reason
from ledger.errors import BadCombination, BadReason
from ledger.message import Hint, msg


class SessionCommand(msgspec.Struct, frozen=True, kw_only=True):
    """A request to change one session, before anything is decided.

    The digest of a command id is taken from the fields: a new one is left out of `arguments` at its default.
    """

    NAME: ClassVar[str]
    """Name in the digest; never changes."""
    STEP: ClassVar[str] = ""
    """Row of LIFE, where it is not the name."""
    PERSONAL: ClassVar[tuple[str, ...]] = ()
    """Fields for the vault alone."""

    @property
    def step(self) -> str:
        """The row of LIFE that allows the command."""
        return self.STEP or self.NAME

    @property
    def happened_at(self) -> datetime | None:
        """The moment that the command names; None means now."""
        at: datetime | None = getattr(self, "at", None)
        return at

    def arguments(self) -> dict[str, Any]:
        """Return what the digest is taken from, beside the session; the vault compares personal data."""
        fields = msgspec.structs.asdict(self)
        return {"at": None} | {key: value for key, value in fields.items() if key not in self.PERSONAL}

    def prepared(self, by: str) -> Self:
        """Return the command with what it leaves to its recorder filled in.

        Raises: BadCombination, BadKey, LooksPersonal: the fields contradict each other, or one is no key.
        """
        del by
        return self

    def sealed(self) -> tuple[Self, PersonalData | None]:
        """Return the command without its sentence, and the personal data for the vault."""
        return self, None


class TimedCommand(SessionCommand, frozen=True, kw_only=True):
    """A command about a moment; None means now."""

    at: datetime | None = None


class ReasonedCommand(SessionCommand, frozen=True, kw_only=True):
    """A command with a reason: as typed, or once sealed a code of REASON_CODES."""

    reason: str

    def sealed(self) -> tuple[Self, PersonalData | None]:
        """Return the command with the code of its reason, and the sentence for the vault."""
        code, sentence = split_reason(self.reason)
        return msgspec.structs.replace(self, reason=code), sentence


class TimedReasonedCommand(ReasonedCommand, frozen=True, kw_only=True):
    """A command with a reason, about a moment; None means now."""

    at: datetime | None = None


# --- the life of a session ----------------------------------------------------------------------


class QuotePrice(TimedCommand, frozen=True, kw_only=True):
    """Tell the price before connecting."""

    NAME: ClassVar[str] = "quote"


class Accept(TimedCommand, frozen=True, kw_only=True):
    """Record that the customer agrees to the quoted price."""

    NAME: ClassVar[str] = "accept"

    how: e.AcceptedHow
    start_now: bool = False
    loss_of_withdrawal: bool = False
    confirmation_sent: bool = False


class Connect(TimedCommand, frozen=True, kw_only=True):
    """A technician connects, by default the recorder; `after_drop` closes their lost connection then."""

    NAME: ClassVar[str] = "connect"

    technician: str | None = None
    after_drop: datetime | None = None

    def prepared(self, by: str) -> Self:
        """Return the command with its technician."""
        return msgspec.structs.replace(
            self, technician=check_key(self.technician or by, msg("the technician"))
        )


class Disconnect(TimedCommand, frozen=True, kw_only=True):
    """The link is lost; without a technician the only open connection is meant."""

    NAME: ClassVar[str] = "disconnect"

    technician: str | None = None


class End(TimedCommand, frozen=True, kw_only=True):
    """The session is over: at `at`, else at the last disconnect, else now."""

    NAME: ClassVar[str] = "end"

    ended_by: e.EndedBy = "technician"


class Cancel(TimedCommand, frozen=True, kw_only=True):
    """Close the request before any connection."""

    NAME: ClassVar[str] = "cancel"


# --- amendments ---------------------------------------------------------------------------------


class ReclassifySession(TimedReasonedCommand, frozen=True, kw_only=True):
    """From `at` on the session is about another issue."""

    NAME: ClassVar[str] = "reclassify"

    issue: e.Issue
    order_ref: str | None = None


class Correct(ReasonedCommand, frozen=True, kw_only=True):
    """The facts as they always were; a field that is None stays as recorded.

    `technician` is whose connection `add` is, by default the recorder's.
    """

    NAME: ClassVar[str] = "correct"

    connection: int | None = None
    connected_at: datetime | None = None
    disconnected_at: datetime | None = None
    add: tuple[datetime, datetime] | None = None
    remove: int | None = None
    ended_at: datetime | None = None
    issue: e.Issue | None = None
    order_ref: str | None = None
    technician: str | None = None
    customer: str | None = None

    def arguments(self) -> dict[str, Any]:
        """Return what the digest is taken from; of a customer only where one is named."""
        arguments = super().arguments()
        if self.customer is None:
            del arguments["customer"]
        return arguments

    @property
    def of_connections(self) -> bool:
        """True if it says something of connections or of the end."""
        named = (self.connection, self.add, self.remove, self.ended_at)
        return any(each is not None for each in named)

    @property
    def moments(self) -> list[datetime]:
        """Every moment that it corrects or adds."""
        named = (self.connected_at, self.disconnected_at, self.ended_at, *(self.add or ()))
        return [moment for moment in named if moment is not None]

    def prepared(self, by: str) -> Self:
        """Return the command as it is; raises BadCombination, BadKey, LooksPersonal."""
        del by
        if self == Correct(reason=self.reason, technician=self.technician):
            hint = Hint("name what was otherwise, for example --ended-at or --issue; --help lists all of it")
            raise BadCombination(msg("nothing is said to be different"), hint=hint)
        bounds = self.connected_at or self.disconnected_at
        if (self.connection is None) != (bounds is None):
            raise BadCombination(msg("--connection N goes with --connected-at or --disconnected-at"))
        if self.add is not None and self.add[1] < self.add[0]:
            raise BadCombination(msg("the added connection ends before it begins"))
        if self.order_ref is not None:
            check_key(self.order_ref, msg("the order"))
        if self.customer is not None:
            check_key(self.customer, msg("the customer"))
        return self


class Void(ReasonedCommand, frozen=True, kw_only=True):
    """The session was recorded by mistake, a second time: put it aside, or with `undo` take that back."""

    NAME: ClassVar[str] = "void"

    undo: bool = False


class Waive(TimedReasonedCommand, frozen=True, kw_only=True):
    """Goodwill: a part off, or the last hours free. The last waiver counts; 0 takes it back."""

    NAME: ClassVar[str] = "waive"

    percent: int | None = None
    hours: int | None = None
    half_percents: int | None = None
    amount_grosze: int | None = None

    def arguments(self) -> dict[str, Any]:
        """Return what the digest is taken from; of the later ways to waive only what is said."""
        later = ("half_percents", "amount_grosze")
        return {
            key: value for key, value in super().arguments().items() if key not in later or value is not None
        }

    def prepared(self, by: str) -> Self:
        """Return the command as it is; raises BadCombination."""
        del by
        said = (self.percent, self.hours, self.half_percents, self.amount_grosze)
        if sum(each is not None for each in said) != 1:
            raise BadCombination(msg("say one of a percentage, a number of hours, and an amount"))
        return self


class Note(TimedCommand, frozen=True, kw_only=True):
    """Write down what was done; kept as long as questions about the invoice may come."""

    NAME: ClassVar[str] = "note"
    PERSONAL: ClassVar[tuple[str, ...]] = ("summary",)

    summary: str

    def sealed(self) -> tuple[Self, PersonalData | None]:
        """Return the command and its summary; raises BadCombination for an empty one."""
        if not self.summary.strip():
            raise BadCombination(msg("a note says something"))
        return self, PersonalData("tax", {"summary": self.summary.strip()})


class Confirm(ReasonedCommand, frozen=True, kw_only=True):
    """Let a session over 48 hours be billed."""

    NAME: ClassVar[str] = "confirm"


# --- the session's data -------------------------------------------------------------------------


class Hold(ReasonedCommand, frozen=True, kw_only=True):
    """Suspend the deletion of the session's data until a day."""

    NAME: ClassVar[str] = "hold"

    until: date


class Release(SessionCommand, frozen=True, kw_only=True):
    """End the suspension."""

    NAME: ClassVar[str] = "release"


class NoteArtefact(SessionCommand, frozen=True, kw_only=True):
    """A file of the session lies outside its workspace; its path goes to the vault."""

    NAME: ClassVar[str] = "artefact"
    PERSONAL: ClassVar[tuple[str, ...]] = ("path", "real", "place", "host")

    kind: e.ArtefactKind
    path: str
    real: str = ""
    """The path without links, where that is another one."""
    place: e.Place | None = None
    host: str | None = None

    def sealed(self) -> tuple[Self, PersonalData | None]:
        """Return the command and its path."""
        return self, PersonalData("session", {"path": self.path, "real": self.real or self.path})


class WithdrawArtefact(ReasonedCommand, frozen=True, kw_only=True):
    """A file was noted by mistake; it is taken off the list, and the note stays."""

    NAME: ClassVar[str] = "artefact"

    withdraw: int
    """Its number in the list, from 1."""


class MakeWorkspace(SessionCommand, frozen=True, kw_only=True):
    """The session's own folder was made, or found in another place; its path goes to the vault."""

    NAME: ClassVar[str] = "workspace"
    PERSONAL: ClassVar[tuple[str, ...]] = ("path", "real", "place", "host")

    path: str
    real: str
    place: e.Place
    host: str

    def sealed(self) -> tuple[Self, PersonalData | None]:
        """Return the command and its path."""
        return self, PersonalData("session", {"path": self.path, "real": self.real})


class DeclarePurged(TimedCommand, frozen=True, kw_only=True):
    """The session's data were deleted by hand; nothing was measured."""

    NAME: ClassVar[str] = "purge"

    def arguments(self) -> dict[str, Any]:
        """Return what the digest is taken from: a declaration is no measured purge."""
        return super().arguments() | {"declared": True}


class Review(SessionCommand, frozen=True, kw_only=True):
    """The result of a reviewer's look at the deletion; the note goes to the vault's class `tax`."""

    NAME: ClassVar[str] = "review"
    PERSONAL: ClassVar[tuple[str, ...]] = ("note",)

    result: Literal["ok", "exception"]
    note: str

    def sealed(self) -> tuple[Self, PersonalData | None]:
        """Return the command and its note; raises BadReason for an empty or an overlong one."""
        sentence = self.note.strip()
        if not sentence or len(sentence) > REASON_MAX_CHARACTERS:
            raise BadReason(msg("a note is a sentence of at most 2000 characters"))
        return self, PersonalData("tax", {"reason": sentence})


# --- billing ------------------------------------------------------------------------------------


class BillUnrecorded(ReasonedCommand, frozen=True, kw_only=True):
    """Let a session be billed that no source has a record of."""

    NAME: ClassVar[str] = "source waive"
    STEP: ClassVar[str] = "bill-unrecorded"


class BillElsewhere(TimedCommand, frozen=True, kw_only=True):
    """The session is billed on a document made outside this ledger."""

    NAME: ClassVar[str] = "bill-elsewhere"

    document: str


class SettleByReceipt(TimedCommand, frozen=True, kw_only=True):
    """A receipt of the till settles the session instead of an invoice."""

    NAME: ClassVar[str] = "receipt"

    number: str

    def prepared(self, by: str) -> Self:
        """Return the command as it is; raises BadKey, LooksPersonal."""
        del by
        check_key(self.number, msg("the receipt's number"))
        return self


class RequestInvoice(SessionCommand, frozen=True, kw_only=True):
    """A consumer asks for an invoice; asking again changes the day alone."""

    NAME: ClassVar[str] = "invoice-request"

    on: date
