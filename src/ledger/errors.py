"""Every refusal of the ledger, in one tree.

LedgerError                      never raised itself
├── Refused         exit 1       a rule of the ledger says no; nothing was changed
├── Malformed       exit 2       what was typed or read cannot be understood
├── Found           exit 3       a check found something
├── Conflict        exit 4       somebody else changed the same thing first
└── Defect          exit 70      the program itself is wrong

A leaf class is one refusal: its code is stable, its docstring is its page in
docs/reference/errors.md, its hint says what to do.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Protocol

from ledger.message import Hint, Message, Value, msg, msg_n, step


class LedgerError(Exception):
    """Base of everything the ledger refuses; carries a fact and a hint, never personal data.

    `fact` is English; `message` is the same for a face that speaks the language of its user.
    """

    code: ClassVar[str] = ""
    exit_status: int = 1
    hint: Hint = Hint("")

    def __init__(self, fact: Message, *, hint: Hint | None = None) -> None:
        self.message = fact
        self.fact = str(self.message)
        super().__init__(self.fact)
        if hint is not None:
            self.hint = hint


class Refused(LedgerError):
    """A rule of the ledger says no; nothing was changed."""

    exit_status = 1


class Malformed(LedgerError):
    """What was typed, or stands in a file, cannot be understood."""

    exit_status = 2


class Found(LedgerError):
    """A check, a verification or a reconciliation found something."""

    exit_status = 3


class Conflict(LedgerError):
    """Somebody else changed the same thing first."""

    exit_status = 4


# --- what was typed ---------------------------------------------------------------------------


class BadInstant(Malformed):
    """A moment could not be read as a date and a time."""

    code = "E-INSTANT"
    hint = Hint("write 2026-11-16T18:05:00+01:00, 2026-11-16 18:05, 16.11.2026 18:05 or now")


class NoSuchLocalTime(Malformed):
    """The office clock never showed this time: it was put forward over it in spring."""

    code = "E-INSTANT-SKIPPED"
    hint = Hint("give the offset, for example 2026-03-29T03:30:00+02:00")


class AmbiguousLocalTime(Malformed):
    """The office clock showed this time twice: it was put back over it in autumn."""

    code = "E-INSTANT-AMBIGUOUS"
    hint = Hint(
        "give the offset: +02:00 for the first time, +01:00 for the second, as in 2026-10-25 02:30 +01:00"
    )


class BadPeriod(Malformed):
    """A period could not be read."""

    code = "E-PERIOD"
    hint = Hint(
        "write 2026-11, 11.2026, 2026-Q4, 2026, 2026-11-16 or FROM..UNTIL (the end is not part of it)"
    )


class BadPercent(Malformed):
    """A percentage is no number from 0 to 100, whole or to the half."""

    code = "E-PERCENT"
    hint = Hint("write 50, 12.5 or 12,5")

    @classmethod
    def of(cls, value: str) -> BadPercent:
        """Return the refusal of a value."""
        return cls(msg("{value} is not a percentage from 0 to 100, whole or to the half", value=repr(value)))


class BadAmount(Malformed):
    """An amount of money could not be read as whole grosze."""

    code = "E-AMOUNT"
    hint = Hint('write zloty and grosze: 1234.50 or "1 234,50 zł"')


class LooksPersonal(Malformed):
    """A key that stands in events for ever looks like personal data: a space, an @, or 9 to 11 digits."""

    code = "E-KEY-PERSONAL"
    hint = Hint("use a code of your own, for example K-041; names and numbers of people belong to the vault")


# --- customers and purchases ------------------------------------------------------------------


class CustomerUnknown(Refused):
    """No customer is registered under this code."""

    code = "E-CUSTOMER-UNKNOWN"
    hint = Hint(
        step("customer list", "--search", "TEXT"),
        " looks for code, name and NIP; ",
        step("customer add", is_brief=True),
        " registers a customer",
    )


class SeveralCustomers(Refused):
    """Several customers answer to what was typed for one: a name, a NIP, a code but for its capitals."""

    code = "E-CUSTOMER-SEVERAL"
    hint = Hint("name the code")

    def __init__(
        self, fact: Message, matches: Sequence[tuple[str, str | None]], *, hint: Hint | None = None
    ) -> None:
        super().__init__(fact, hint=hint)
        self.matches = tuple(matches)
        """Code and name of each, for a face that may show names."""


class CustomerTaken(Refused):
    """Another customer is registered under this code already."""

    code = "E-CUSTOMER-EXISTS"
    hint = Hint(step("customer update"), " changes the data of a customer")


class CustomerGone(Refused):
    """The customer was merged into another and takes nothing new."""

    code = "E-CUSTOMER-MERGED"
    hint = Hint("use the code it was merged into")


class PurchaseTaken(Refused):
    """The customer already has a purchase under this order, with another date."""

    code = "E-PURCHASE-EXISTS"
    hint = Hint("give the other purchase an order of its own, or record a return first")


class PurchaseMissing(Refused):
    """The customer has no purchase under this order that could go back on that day."""

    code = "E-PURCHASE-MISSING"
    hint = Hint(step("customer show"), " lists the purchases of a customer")


# --- billing documents ------------------------------------------------------------------------


class InvoiceUnknown(Refused):
    """No document has this number."""

    code = "E-INVOICE-UNKNOWN"
    hint = Hint(step("invoice list"), " shows the numbers")


class NothingToBill(Refused):
    """Nothing is there to be invoiced: no session that has ended and stands on no document costs anything."""

    code = "E-INVOICE-NOTHING"
    hint = Hint(step("report billing"), " shows what is billed already and what is free")


class NotBillable(Refused):
    """The session cannot be billed as it stands: open, over 48 hours unconfirmed, or without a price list."""

    code = "E-SESSION-NOT-BILLABLE"
    hint = Hint(step("report billing"), " lists it under exceptions")


class SellerIncomplete(Refused):
    """The data of the shop that an invoice must name are missing or wrong."""

    code = "E-SELLER-INCOMPLETE"
    hint = Hint(
        step("config check"), " says what is missing; ", step("config set", "seller.nip=…"), " sets it"
    )


class BuyerIncomplete(Refused):
    """The data of the customer that an invoice must name are missing, or were erased."""

    code = "E-BUYER-INCOMPLETE"
    hint = Hint(step("customer update"), " adds them")


class NeedsReceipt(Refused):
    """A consumer gets an invoice only on demand; without one the till's receipt settles the session."""

    code = "E-INVOICE-CONSUMER"
    hint = Hint(
        step("session receipt"),
        " records the receipt; ",
        step("session invoice-request", is_brief=True),
        " records the demand",
    )


class VatUndecided(Refused):
    """How help for this foreign customer is taxed was not decided."""

    code = "E-VAT-UNDECIDED"
    hint = Hint(step("customer update", "--vat-treatment", "eu|non_eu|pl"), " decides it")


class MixedRates(Refused):
    """The sessions fall under more than one rate of VAT; one document has one."""

    code = "E-INVOICE-RATES"
    hint = Hint("issue them apart: ", step("invoice issue", "--session", "S"))


class MixedReceipts(Refused):
    """Some of the sessions are settled by a receipt, some not; a document is made out to one receipt."""

    code = "E-INVOICE-RECEIPTS"
    hint = Hint("issue them apart: ", step("invoice issue", "--session", "S"))


class BadIssueDate(Refused):
    """The day of issue lies ahead, before the end of the help, or before the last document of the series."""

    code = "E-INVOICE-DATE"
    hint = Hint("leave --date out to issue today")


class NumberTaken(Refused):
    """The first number of a series cannot be set: it has given numbers, or this is none of its numbers."""

    code = "E-SERIES-BEGUN"
    hint = Hint("the start counts for a series that has given no number yet")


class CorrectionOfCorrection(Refused):
    """A correction is not corrected itself; what is corrected, as often as needed, is the invoice."""

    code = "E-CORRECTION-OF-CORRECTION"
    hint = Hint(step("invoice show"), " says which invoice it corrects")


class CorrectionTooEarly(Refused):
    """The invoice goes to KSeF and has no number from there yet; its correction must name that number."""

    code = "E-CORRECTION-EARLY"
    hint = Hint(step("invoice submit"), " sends the invoice or asks what became of it")


class WrongBuyerInKsef(Refused):
    """In KSeF another NIP of the buyer cannot be corrected: correct to zero, then issue a new invoice."""

    code = "E-CORRECTION-NIP"
    hint = Hint(step("invoice correct", "N", "--to-zero"), ", then ", step("invoice issue"))


class NotWithdrawable(Refused):
    """Only a document that KSeF rejected is withdrawn: whatever counts, or still may, is corrected."""

    code = "E-INVOICE-COUNTS"
    hint = Hint(step("invoice show"), " says where the document stands")


class DocumentWithdrawn(Refused):
    """KSeF rejected the document and it was withdrawn: it never counted, and nothing more becomes of it."""

    code = "E-INVOICE-WITHDRAWN"
    hint = Hint(step("invoice issue"), " bills its sessions under a new number")


class BadPayment(Refused):
    """A payment of nothing, of more than is left to pay, or more given back than was paid."""

    code = "E-PAYMENT"
    hint = Hint(step("invoice show"), " says what is paid and what is left")


class DocumentMissing(Refused):
    """The file of an issued document is not in the ledger's folder, or cannot be read."""

    code = "E-DOCUMENT-MISSING"
    hint = Hint("bring documents/ back from a backup; the event still holds its SHA-256")


class DocumentDamaged(Refused):
    """The file of an issued document is not the one that was kept: its SHA-256 differs."""

    code = "E-DOCUMENT-DAMAGED"
    hint = Hint("bring the file back from a backup; its name is the SHA-256 that it must have")


class FindingsOpen(Refused):
    """The setting reconcile.require holds back sessions with an open finding of the reconciliation."""

    code = "E-FINDINGS-OPEN"
    hint = Hint(step("source reconcile"), " lists them; acknowledge, match or waive each")


class RecordUnknown(Refused):
    """No record of a source has this key, or several begin with it."""

    code = "E-RECORD-UNKNOWN"
    hint = Hint(step("source reconcile"), " shows the keys of records; write the whole key")


class RecordUntrue(Refused):
    """The record cannot be true as it stands: it ends before it starts, or lasts over 48 hours."""

    code = "E-RECORD-UNTRUE"
    hint = Hint(step("source dismiss"), " takes it out of the reconciliation, with a reason")


class FindingUnknown(Refused):
    """The reconciliation finds nothing under this id, now; it may have gone when the facts changed."""

    code = "E-FINDING-UNKNOWN"
    hint = Hint(step("source reconcile"), " lists the findings of a period")


class PeriodOpen(Refused):
    """The month cannot be closed before it is over, nor reopened while it is open."""

    code = "E-PERIOD-OPEN"
    hint = Hint(step("period show"), " tells how a month stands")


class PeriodIsClosed(Refused):
    """The month is closed already."""

    code = "E-PERIOD-CLOSED"
    hint = Hint(step("period reopen"), " opens it again, for a reason")


class NotAMonth(Malformed):
    """What is closed, or told to the owner, is one month of the office's calendar."""

    code = "E-NOT-A-MONTH"
    hint = Hint("write it as 2026-11")


# --- the life of a session --------------------------------------------------------------------


class SessionUnknown(Refused):
    """No session has this number or reference."""

    code = "E-SESSION-UNKNOWN"
    hint = Hint(step("session list"), " shows numbers and references")


class SessionRefTaken(Refused):
    """Another session has this reference already."""

    code = "E-SESSION-REF-TAKEN"
    hint = Hint("references are given once; ", step("session show"), " tells what stands under it")


class SessionCancelled(Refused):
    """The session was cancelled before anybody connected; nothing can happen in it any more."""

    code = "E-SESSION-CANCELLED"
    hint = Hint("record a new request with ", step("session request"))


class SessionEnded(Refused):
    """The session is over."""

    code = "E-SESSION-ENDED"
    hint = Hint(step("session correct"), " says what really was; a new contact is a new session")


class SessionNotConnected(Refused):
    """Nobody has connected in this session, or nobody is connected now."""

    code = "E-SESSION-NOT-CONNECTED"
    hint = Hint(
        step("session connect"),
        " records a connection, ",
        step("session cancel", is_brief=True),
        " closes a vain request",
    )


class SessionWasConnected(Refused):
    """Somebody connected in this session, so it cannot be cancelled."""

    code = "E-SESSION-CONNECTED"
    hint = Hint(step("session end"), " closes it; a connection that lasts no second costs nothing")


class SessionOpen(Refused):
    """The session has not ended yet."""

    code = "E-SESSION-OPEN"
    hint = Hint(step("session end"), " closes it")


class SessionPurged(Refused):
    """The session's data are recorded as deleted already."""

    code = "E-SESSION-PURGED"
    hint = Hint(step("session show"), " tells when and by whom")


class SessionIsVoid(Refused):
    """The session was put aside as recorded by mistake: it counts in no sum."""

    code = "E-SESSION-VOID"
    hint = Hint(step("session void", "S", "--undo", "--reason", "…"), " takes that back")


class NothingToVoid(Refused):
    """The session cannot be put aside, or that cannot be taken back, as it stands."""

    code = "E-NOTHING-TO-VOID"
    hint = Hint(
        "a session that has ended can be put aside once; before anybody connected ",
        step("session cancel", is_brief=True),
        " closes it, and a connected one is ended first",
    )


class WaiverTooLarge(Refused):
    """More is to be waived than the session comes to."""

    code = "E-WAIVER-TOO-LARGE"
    hint = Hint(step("session explain"), " lists its started hours; --percent 100 waives all of it")


class TechnicianConnected(Refused):
    """The technician is connected in this session already."""

    code = "E-TECHNICIAN-CONNECTED"
    hint = Hint("if the link was lost, give the moment with --after-drop")


class TimeOrder(Refused):
    """The moment lies before something that must have come first."""

    code = "E-TIME-ORDER"
    hint = Hint("give the moment it really happened with --at, or ", step("session correct"))


class TimeAhead(Refused):
    """The moment lies more than two minutes ahead of the clock."""

    code = "E-TIME-AHEAD"
    hint = Hint("record it when it has happened")


class NothingToCorrect(Refused):
    """The correction says what the ledger says already."""

    code = "E-NOTHING-CHANGES"
    hint = Hint(step("session show"), " tells what is recorded")


class ConnectionUnknown(Refused):
    """The session has no connection of this number, or this technician has none open."""

    code = "E-CONNECTION-UNKNOWN"
    hint = Hint(step("session show"), " numbers the connections")


class NotConfirmable(Refused):
    """Only a session over 48 hours needs, and takes, a confirmation."""

    code = "E-NOT-OVER-48-H"
    hint = Hint("it is billed as it is")


class CertificateDeclared(Refused):
    """The deletion was only declared; a confirmation says what was measured."""

    code = "E-CERTIFICATE-DECLARED"
    hint = Hint(step("report deletions"), " shows it as declared")


class CertificateNotPurged(Refused):
    """No measured deletion after the end of the session is recorded that could be confirmed."""

    code = "E-CERTIFICATE-NOT-PURGED"
    hint = Hint(
        step("session purge"),
        " deletes and measures; ",
        step("session show", is_brief=True),
        " tells how it stands",
    )


class SampleEmpty(Refused):
    """No session that ended in the period stands under the newest checkpoint."""

    code = "E-SAMPLE-EMPTY"
    hint = Hint(step("audit checkpoint"), " signs the log as it stands; or name another period")


class DeletionHeld(Refused):
    """The deletion of the session's data is suspended."""

    code = "E-DELETION-HELD"
    hint = Hint(step("session release"), " ends the suspension")


class NotHeld(Refused):
    """The deletion of the session's data is not suspended."""

    code = "E-NOT-HELD"
    hint = Hint(step("session hold"), " suspends it")


class PurgeOtherHost(Refused):
    """Data of the session lie on another workstation; each one that was used deletes its own and reports."""

    code = "E-PURGE-OTHER-HOST"
    hint = Hint("run ", step("session purge"), " there; only --declare speaks for a machine that is not here")


class PurgeNowhere(Refused):
    """No place is named in which files of a session would be found, so their absence would mean nothing."""

    code = "E-PURGE-NOWHERE"
    hint = Hint(step("config set", "purge.workspaces=DIR"), ", or --declare what was done by hand")


class WorkspacesMissing(Refused):
    """No folder for workspaces is named, or it is not there."""

    code = "E-WORKSPACES"
    hint = Hint("make a folder only you can read, then ", step("config set", "purge.workspaces=DIR"))


class ArtefactRefused(Refused):
    """An artefact is a file that is there and lies below one of the roots that a purge may delete in."""

    code = "E-ARTEFACT"
    hint = Hint(
        step("config set", "purge.roots=DIR"),
        " allows another root; ",
        step("config show", is_brief=True),
        " lists them",
    )


class PlaceProtected(Refused):
    """A place of sessions' files is, holds or lies in a ledger, a copy of one, or a folder of the system."""

    code = "E-PLACE-PROTECTED"
    hint = Hint("name a folder that holds nothing but files of sessions")


class ClockBehind(Refused):
    """The clock is behind the log, the session's end or its deletion; nothing can be dated."""

    code = "E-CLOCK-BEHIND"
    hint = Hint("set this machine's clock right and give the command again; nothing was deleted or recorded")


class AlreadyBilled(Refused):
    """The session stands on a document already."""

    code = "E-SESSION-BILLED"
    hint = Hint("what was billed is changed by a correction of that document")


class NoQuote(Refused):
    """No price list was in force to tell a price by."""

    code = "E-NO-TARIFF"
    hint = Hint(step("tariff publish"), " puts a price list in force")


class QuoteOld(Refused):
    """The session is about something else than when its price was last told, so the price is another."""

    code = "E-QUOTE-OLD"
    hint = Hint(step("session quote"), " tells the price anew; accept that one")


class EarlierReceipt(Protocol):
    """The receipt that a refusal carries: what was recorded, when, of which session."""

    @property
    def events(self) -> Sequence[object]:
        """The recorded events."""
        ...

    @property
    def recorded_at(self) -> datetime:
        """The moment of their recording."""
        ...

    @property
    def session(self) -> int | None:
        """The number of the session, where they are of one session alone."""
        ...


class CommandReused(Refused):
    """The command id was used before, for something else."""

    code = "E-COMMAND-REUSED"
    hint = Hint("a command id is used once; repeat it only with the same content")

    def __init__(self, fact: Message, receipt: EarlierReceipt | None = None) -> None:
        super().__init__(fact)
        self.receipt = receipt
        """What was recorded under the id."""


# --- the ledger itself ------------------------------------------------------------------------


class SettingUnknown(Malformed):
    """The setting is not known, or cannot have this value."""

    code = "E-SETTING"
    hint = Hint(step("config show"), " lists the settings and what they hold")


# --- imports ----------------------------------------------------------------------------------


class BadSheet(Malformed):
    """The file cannot be read as a table."""

    code = "E-IMPORT-FILE"
    hint = Hint("save it as CSV in UTF-8, or say its encoding with --encoding cp1250")


class BadCell(Malformed):
    """A cell holds something its column cannot hold."""

    code = "E-IMPORT-CELL"
    hint = Hint("--help of the command lists its fields; the fact says what this one can hold")


class ImportConflict(Refused):
    """The line says something else than the ledger has recorded."""

    code = "E-IMPORT-CONFLICT"
    hint = Hint(step("session correct"), " changes what is recorded; an import never does")


class NamesUnconfirmed(Refused):
    """Names in a table have no customer's code that a person has confirmed; nothing was imported."""

    code = "E-IMPORT-NAMES"
    hint = Hint("look through the codes in that file, fill in what is empty, and run the same command again")


class Problem(Value):
    """What is wrong: file line (1 = header), column, message, the refusal's code, whether it is malformed."""

    __slots__ = ("code", "column", "line", "malformed", "message")

    def __init__(self, line: int, column: str, message: Message, code: str, *, malformed: bool) -> None:
        self.line = line
        self.column = column
        self.message = message
        self.code = code
        self.malformed = malformed

    @property
    def fact(self) -> str:
        """What is wrong, in English."""
        return str(self.message)


class ImportRejected(LedgerError):
    """The table has bad lines, each named with its line and column; nothing was imported."""

    code = "E-IMPORT"
    hint = Hint("mend the lines and import the file again; --errors FILE.csv writes them out")

    def __init__(self, name: str, problems: Sequence[Problem], *, stopped: bool = False) -> None:
        lines = msg_n("{count} bad line", "{count} bad places", len(problems))
        fact = (
            msg("{name} has at least {lines}; nothing was imported", name=name, lines=lines)
            if stopped
            else msg("{name} has {lines}; nothing was imported", name=name, lines=lines)
        )
        super().__init__(fact)
        self.problems = problems
        self.exit_status = 2 if any(p.malformed for p in problems) else 1


# --- the folder -------------------------------------------------------------------------------


class LedgerExists(Refused):
    """The folder holds a ledger already; it is never made anew over an old one."""

    code = "E-LEDGER-EXISTS"
    hint = Hint("use it, or name another folder with --ledger")


class LedgerMissing(Malformed):
    """The folder holds no ledger, or cannot be used."""

    code = "E-LEDGER-MISSING"
    hint = Hint(step("init"), " makes one; --ledger DIR or SESSION_LEDGER_DIR names its folder")


class BadConfig(Malformed):
    """The file ledger.toml cannot be read or says something it may not say."""

    code = "E-CONFIG"
    hint = Hint("mend ledger.toml; ", step("init"), " writes one to compare with")


class BadShops(Malformed):
    """The shops of a report are not named, or the file that lists them says something else."""

    code = "E-SHOPS"
    hint = Hint(
        'name their folders, or give --shops a file with a table [shops] of lines such as wola = "FOLDER"'
    )


class ShopTwice(Malformed):
    """Two shops of a report have one name, or are the same ledger, which would be summed twice."""

    code = "E-SHOPS-TWICE"
    hint = Hint("each shop has a name and a ledger of its own; a file for --shops gives the names")


# --- sources ----------------------------------------------------------------------------------


class BadSource(Malformed):
    """A file of a remote tool is not what its adapter reads; nothing of it was taken in."""

    code = "E-SOURCE-FILE"
    hint = Hint(step("source import", "--help"), " lists the adapters and what each of them reads")


class BadBankFile(Malformed):
    """A bank's file is in no format that is read, or something in it is not as its format says."""

    code = "E-BANK-FILE"
    hint = Hint(
        "MT940, camt.053, and the CSV of mBank, PKO BP and Pekao are read; get the file from the bank again"
    )


class BankAccountUnknown(Malformed):
    """The file is of an account that is not among the shop's own."""

    code = "E-BANK-ACCOUNT"
    hint = Hint(
        step("config set", "bank.accounts=NRB,NRB"), " names the shop's own accounts, VAT accounts too"
    )


class StatementOverlaps(Refused):
    """The days of a statement came in another format before: the same money would be there twice."""

    code = "E-BANK-OVERLAP"
    hint = Hint(
        "go on with the format that was imported before; --anyway lists every transfer as maybe known"
    )


class InterestUnknown(Refused):
    """The statutory rate of a day is not known: the table of rates ends before it, or begins after it."""

    code = "E-INTEREST-RATE"
    hint = Hint(
        "look for a new notice in Monitor Polski; where there is none, --rates-known-until DAY goes on by the"
        " last rate"
    )


class NothingOverdue(Refused):
    """The customer owes nothing that is overdue on that day."""

    code = "E-NOTHING-OVERDUE"
    hint = Hint(step("report receivables"), " shows who owes what, and since when")


class TransferUnknown(Refused):
    """No imported transfer has this id."""

    code = "E-TRANSFER-UNKNOWN"
    hint = Hint(step("payment list"), " shows the transfers with their ids")


class TransferDecided(Refused):
    """The transfer was assigned, set aside or returned already, or there is nothing to undo."""

    code = "E-TRANSFER-DECIDED"
    hint = Hint(step("payment undo", "ID", "--reason", "X"), " takes an assignment back")


class BadAssignment(Refused):
    """A transfer cannot pay these documents so, or nothing is proposed for it."""

    code = "E-TRANSFER-ASSIGN"
    hint = Hint(step("payment assign", "ID", "--to", "NUMBER=AMOUNT"), " takes all of the transfer apart")


class ProposalsChanged(Conflict):
    """What would be confirmed is not what was seen."""

    code = "E-PAYMENT-CHANGED"
    hint = Hint(step("payment list", "--proposed"), " shows it as it is now, with its digest")


class AdapterUnknown(Malformed):
    """No adapter has this name."""

    code = "E-SOURCE-ADAPTER"
    hint = Hint(step("source import", "--help"), " lists the adapters")


class ZoneMissing(Malformed):
    """The source writes local times that do not say their zone, or the zone is not known."""

    code = "E-SOURCE-ZONE"
    hint = Hint("name the zone of the computer that wrote it, for example --tz Europe/Warsaw")


class SpoolTrouble(Malformed):
    """The spool folder cannot be read, or what was taken in cannot be moved out of the way."""

    code = "E-SOURCE-SPOOL"
    hint = Hint(
        "the spool is a folder with one subfolder for each adapter; the user must be able to write there"
    )


class SourceUnreachable(Refused):
    """The remote tool's server could not be asked, or did not answer as it should."""

    code = "E-SOURCE-SERVER"
    hint = Hint("try again later; what was taken in before stays, and nothing is taken in twice")


class SourceRefused(Refused):
    """The remote tool's server does not accept the token, or there is none."""

    code = "E-SOURCE-TOKEN"
    hint = Hint("put a token with the right to read connection reports into SESSION_LEDGER_TEAMVIEWER_TOKEN")


class MeshCentralRefused(Refused):
    """MeshCentral's server does not let the account in, or nobody said its password."""

    code = "E-SOURCE-ACCOUNT"
    hint = Hint(
        "put the password of the account, or of a login token, into SESSION_LEDGER_MESHCENTRAL_PASSWORD,"
        " and the code of a second factor into SESSION_LEDGER_MESHCENTRAL_CODE"
    )


# --- the command line -------------------------------------------------------------------------


class BadUsage(Malformed):
    """The command line does not exist as typed: a misspelt command, an unknown or a missing option."""

    code = "E-USAGE"
    hint = Hint("session-ledger --help")


class BadDate(Malformed):
    """A day could not be read."""

    code = "E-DATE"
    hint = Hint('write 2026-11-16, 16.11.2026, "16 November 2026", today or yesterday')


class BadKey(Malformed):
    """A key is empty, too long, or holds a character that cannot be printed."""

    code = "E-KEY"
    hint = Hint("use letters, digits, dots, dashes and slashes, at most 128 of them")


class BadSetting(Malformed):
    """A setting was not written as KEY=VALUE."""

    code = "E-KEY-VALUE"
    hint = Hint("write KEY=VALUE, for example seller.nip=5260250274")


class BadText(Malformed):
    """What was typed is not text: bytes that are not UTF-8, or far too much of it."""

    code = "E-TEXT"
    hint = Hint("give UTF-8, one line, at most 4000 characters")


class NothingToRead(Malformed):
    """A value was to come from standard input, and nothing came."""

    code = "E-NO-INPUT"
    hint = Hint("give one line on standard input for each option that is -")


class NoTerminal(Malformed):
    """A value was to be asked for, and there is no terminal to ask on."""

    code = "E-NO-TERMINAL"
    hint = Hint("give the value with its option, or - to read it from standard input")


class NeedsYes(Malformed):
    """A command that destroys or issues was run without a terminal to ask on and without --yes."""

    code = "E-NEEDS-YES"
    hint = Hint("add --yes if that is what you want")


class NotConfirmed(Refused):
    """The question was answered with no; nothing was changed."""

    code = "E-NOT-CONFIRMED"
    hint = Hint("repeat the command and answer y to do it")


class UnknownFormat(Malformed):
    """The format of a file could not be told from its name."""

    code = "E-FORMAT"
    hint = Hint("name it .txt, .csv, .json, .ndjson, .xlsx, .html or .pdf, or say which with --format")


class FileTrouble(Malformed):
    """The operating system did not let a file or a folder be read or written."""

    code = "E-FILE"
    hint = Hint("check that it exists, that it may be read or written, and that the disk is not full")


class BinaryToTerminal(Malformed):
    """A format that is not text was about to be written to a terminal."""

    code = "E-BINARY-TERMINAL"
    hint = Hint("add --output FILE")


class TooManyRows(Refused):
    """A report has more rows than a sheet can hold (1,048,576 with the heads)."""

    code = "E-SHEET-ROWS"
    hint = Hint("take a shorter period, or --format csv")


class Defect(LedgerError):
    """The program itself is wrong; its message names the place, never the data it worked on."""

    code = "E-DEFECT"
    exit_status = 70
    hint = Hint("please report it with the name of the command; -v shows the calls that led there")


class ReadSideMissing(Defect):
    """A program opened the ledger without its read models and gave a command whose rule has to ask them."""

    code = "E-READ-SIDE"
    hint = Hint("open the ledger with the read side, as the command line does")


# --- tariffs and rating -----------------------------------------------------------------------


class BadTariff(Malformed):
    """A tariff file does not fit its shape, or contradicts itself."""

    code = "E-TARIFF"
    hint = Hint(
        "every problem is named above; ", step("tariff check", "FILE"), " tries a file without publishing it"
    )


class BadTariffChange(Malformed):
    """A tariff has no such key to change, or the key cannot have that value."""

    code = "E-TARIFF-CHANGE"
    hint = Hint("write KEY=VALUE with a key of the tariff file, for example boundary=per_band")


class NoCalendar(Refused):
    """A tariff was asked about a year whose public holidays were not published with it."""

    code = "E-NO-CALENDAR"
    hint = Hint("publish the tariff again: publishing writes the public holidays of ten years into it")


# --- what commands are told -------------------------------------------------------------------


class BadReason(Malformed):
    """A reason was asked for and nothing, or far too much, was said."""

    code = "E-REASON"
    hint = Hint("say it in a sentence, or begin with a code: goodwill, wrong-time, complaint, checked …")


class BadCombination(Malformed):
    """The options do not go together, or one of them is missing."""

    code = "E-OPTIONS"
    hint = Hint("--help shows what the command takes")


# --- the event store and the vault ------------------------------------------------------------


class StoreBusy(Conflict):
    """Another process has been writing for longer than the busy timeout."""

    code = "E-STORE-BUSY"
    hint = Hint("an import may be running; try again when it is done")


class VersionTaken(Conflict):
    """Somebody else appended to the same stream first."""

    code = "E-VERSION-TAKEN"
    hint = Hint("look at it again and repeat the command")


class ReferenceTaken(Conflict):
    """Somebody else used the same reference, customer code or command id first."""

    code = "E-REFERENCE-TAKEN"
    hint = Hint("look at what stands under it and repeat the command")


class Came(Value):
    """An event that came since a version was seen: its name, when it happened, who recorded it."""

    __slots__ = ("at", "by", "event")

    def __init__(self, event: str, at: datetime, by: str) -> None:
        self.event = event
        self.at = at
        self.by = by


class SeenOld(Conflict):
    """The command was given for a version that is no longer the last one."""

    code = "E-SEEN-OLD"
    hint = Hint("look at it again; without --if-version the command goes ahead whatever came since")

    def __init__(self, fact: Message, since: Sequence[Came] = ()) -> None:
        super().__init__(fact)
        self.since = tuple(since)
        """The events that came since, in order."""


class DraftChanged(Conflict):
    """The amount of an invoice changed between the look at its draft and its issue."""

    code = "E-DRAFT-CHANGED"
    hint = Hint(step("invoice draft"), " shows it as it stands; then issue it for that amount")


class PlanChanged(Conflict):
    """The plan of a deletion changed between the look at it and the deletion."""

    code = "E-PLAN-CHANGED"
    hint = Hint(step("session purge", "S", "--dry-run"), " shows what would be deleted now")


class MonthChanged(Conflict):
    """What a month leaves open changed between the look at it and its close."""

    code = "E-MONTH-CHANGED"
    hint = Hint(step("period show"), " shows it as it stands; then close it again")


class StoreFull(Refused):
    """The disk is full; nothing was written."""

    code = "E-DISK-FULL"
    hint = Hint("free some space and repeat the command")


class StoreFailed(Refused):
    """The operating system refuses to read or write a file of the ledger; nothing was written."""

    code = "E-STORE-IO"
    hint = Hint("look at the permissions of the folder and at the disk")


class StoreDamaged(Refused):
    """A file of the ledger is damaged, or is not a database."""

    code = "E-STORE-DAMAGED"
    hint = Hint(step("check"), " names what is damaged; a backup brings it back")


class StoreUnsafe(Refused):
    """The database does not take a setting that makes it durable or erasable."""

    code = "E-STORE-SETTINGS"
    hint = Hint("put the ledger on a local disk, with an SQLite that has not been cut down")


class EventUnreadable(Refused):
    """A stored event has a topic this version does not know, or a payload it cannot read."""

    code = "E-EVENT-UNREADABLE"
    hint = Hint("a newer version may have written it; ", step("check"), " lists all of them")


class KeyReadable(Refused):
    """A key file, or its folder, can be read by others; it is not used, as ssh would not."""

    code = "E-KEY-READABLE"
    hint = Hint("chmod 700 the folder keys and chmod 600 the files in it")


class KeysMissing(Refused):
    """A key file is not there, so personal data of its class can be neither read nor written."""

    code = "E-KEYS-MISSING"
    hint = Hint(
        "a copy made by backup is without the session keys; use the ledger itself, or bring the keys back"
    )


class VaultDamaged(Refused):
    """A row of the vault does not open with its own key."""

    code = "E-VAULT-DAMAGED"
    hint = Hint(step("check"), " names what is damaged; a backup brings it back")


class ErasureIncomplete(Refused):
    """Somebody holds open what is to go: what was erased stands in a write-ahead log, or a file stayed."""

    code = "E-ERASE-INCOMPLETE"
    hint = Hint("close what reads the ledger and repeat the command; it starts where it stopped")


class CustomerIsErased(Refused):
    """Nothing of the customer's is left that could be erased now, and no request waits for an answer."""

    code = "E-CUSTOMER-ERASED"
    hint = Hint(step("customer export"), " shows what is kept, by which law and until when")


class ErasureWaiting(Refused):
    """A request for erasure of this customer's data is waiting for its answer already."""

    code = "E-ERASURE-WAITING"
    hint = Hint(step("customer erase"), " answers it")


class BadRemoteId(Malformed):
    """A remote ID holds no digit."""

    code = "E-REMOTE-ID"
    hint = Hint("give the ID the remote tool shows, for example 123 456 789")


class Retroactive(Refused):
    """The price list begins before the last recorded connection."""

    code = "E-TARIFF-RETROACTIVE"
    hint = Hint(
        "give it a later valid_from, or --retroactive --reason WHY; recorded sessions keep their list"
    )


class NothingRecorded(Refused):
    """The ledger was begun after that moment."""

    code = "E-NOTHING-RECORDED"
    hint = Hint("give --as-of a later moment")


class NoTariffPinned(Refused):
    """The session was connected while no price list was in force, so nothing can be billed for it."""

    code = "E-SESSION-NO-TARIFF"
    hint = Hint("a price list published later never prices it; bill it by hand, or correct its connections")


class TariffUnknown(Refused):
    """No price list was published under this id or digest."""

    code = "E-TARIFF-UNKNOWN"
    hint = Hint(step("tariff list"), " shows what was published")


class BandNamed(Refused):
    """The band of a price list has a name already: it stands on documents, and stays."""

    code = "E-BAND-NAMED"
    hint = Hint("a new price list may call it otherwise")


class BandUnnamed(Refused):
    """A band of the price list has no name that an invoice could bear."""

    code = "E-BAND-UNNAMED"
    hint = Hint(step("tariff name", "TARIFF", "BAND", "--pl", "…", "--en", "…"), " names it once for all")


class TariffFaults(Found):
    """The price list file has faults; each is told before."""

    code = "E-TARIFF-FAULTS"
    hint = Hint("mend the file and check it again")


class DemoFolder(Refused):
    """The folder for the demo holds something else, or somebody went on in it; it is never touched."""

    code = "E-DEMO-FOLDER"
    hint = Hint("name a folder that is empty or not there yet: ", step("demo", "DIR"))


class CheckUnknown(Malformed):
    """No check has this name."""

    code = "E-CHECK-UNKNOWN"
    hint = Hint(step("check", "--help"), " lists the names")


# --- lines of an import -------------------------------------------------------------------------


class BadColumn(Malformed):
    """A column of the file is unknown, stands there twice, or is missing."""

    code = "E-IMPORT-COLUMN"
    hint = Hint(
        step("session import", "--help"), " lists the columns; customer and purchase import have theirs"
    )


class EmptyCell(Malformed):
    """A cell is empty that has to say something."""

    code = "E-IMPORT-EMPTY"
    hint = Hint("fill the cell, or take the line out")


class BadLine(Malformed):
    """A line has more cells than the header, or a cell of it is too long."""

    code = "E-IMPORT-LINE"
    hint = Hint("put a text that holds the delimiter in quotation marks")


class BackupTarget(Refused):
    """The folder for the copy holds something, or cannot be written; a copy never overwrites."""

    code = "E-BACKUP-TARGET"
    hint = Hint("name a folder that is empty or not there yet")


# --- read models ------------------------------------------------------------------------------


class ViewsDamaged(Refused):
    """A read model cannot be read; it is derived, and nothing is lost with it."""

    code = "E-VIEWS-DAMAGED"
    hint = Hint(step("replay"), " derives it again")


class ViewsNotTaken(Refused):
    """A file is no read model of this ledger by this version; the one in use stays."""

    code = "E-VIEWS-TAKE"
    hint = Hint(step("replay"), " derives the read models from the log")


# --- the transparency log ---------------------------------------------------------------------


class BadNote(Malformed):
    """A signed note, a checkpoint, a proof or a verifier key could not be read."""

    code = "E-NOTE"
    hint = Hint("give the file as ", step("audit checkpoint"), ", prove or key show wrote it, unchanged")


class BadSigningKey(Refused):
    """The file of the signing key is not one, or is damaged."""

    code = "E-SIGNING-KEY-DAMAGED"
    hint = Hint("put keys/signing.key back from the place where it is kept apart")


class SigningKeyMissing(Refused):
    """The key that signs checkpoints is not in the ledger's folder."""

    code = "E-SIGNING-KEY-MISSING"
    hint = Hint("put keys/signing.key back from the place where it is kept apart")


class SigningKeyForeign(Refused):
    """The key in the ledger's folder is not the one that signed its checkpoints."""

    code = "E-SIGNING-KEY-FOREIGN"
    hint = Hint("put the right keys/signing.key back; a new one comes with ", step("audit key rotate"))


class LogShrunk(Refused):
    """The log is shorter than a checkpoint that was signed: its end was cut off, or an old copy put back."""

    code = "E-LOG-SHRUNK"
    hint = Hint("nothing was signed; find the newer events.db; ", step("audit verify"), " tells more")


class LogForked(Refused):
    """The log is not a continuation of what was signed: something in it was changed."""

    code = "E-LOG-FORKED"
    hint = Hint("nothing was signed; ", step("audit verify"), " names the first event that differs")


class AnchorBad(Malformed):
    """A time stamp, or the certificate it is checked with, cannot be read or does not hold."""

    code = "E-ANCHOR-BAD"
    hint = Hint("give the file as the authority sent it; ", step("audit anchor request"), " asks for another")


class AnchorForeign(Refused):
    """The time stamp is over something other than the checkpoint it should be over."""

    code = "E-ANCHOR-FOREIGN"
    hint = Hint("find the answer to this ledger's own request; ", step("audit anchor request"), " makes one")


class CosignatureBad(Malformed):
    """The answer of a witness cannot be read, or the key that it is checked with."""

    code = "E-COSIGNATURE-BAD"
    hint = Hint("give the file as the witness sent it; ", step("audit witness request"), " asks for another")


class CosignatureForeign(Refused):
    """The cosignature is over no checkpoint of this ledger, or was changed."""

    code = "E-COSIGNATURE-FOREIGN"
    hint = Hint("find the answer to this ledger's own request; ", step("audit witness request"), " makes one")


class CosignatureKey(Refused):
    """The key is not that of a witness who answered, or is the ledger's own."""

    code = "E-COSIGNATURE-KEY"
    hint = Hint("give the key as the witness publishes it, one line: --key VKEY")


class CosignatureAhead(Refused):
    """The witness says a moment that is still to come."""

    code = "E-COSIGNATURE-AHEAD"
    hint = Hint("compare this computer's clock with another; if it is right, ask the witness again")


class CosignatureKind(Refused):
    """The cosignature, or the key, is of a kind that is not verified here."""

    code = "E-COSIGNATURE-KIND"
    hint = Hint("ask the witness for its Ed25519 key and cosignature")


class WitnessSize(Refused):
    """The witness cosigned this log at another size than the request begins with."""

    code = "E-WITNESS-SIZE"
    hint = Hint(step("audit verify"), " says whether this log holds; is this its newest copy?")


class NotACopy(Refused):
    """The folder is no copy that `backup` left keys out of, so there is nothing to take up."""

    code = "E-NOT-A-COPY"
    hint = Hint("name the copy: ", step("take-up", ledger="DIR"))


class PublicationTarget(Refused):
    """The folder of a publication cannot be written, or is not one for a publication."""

    code = "E-PUBLICATION-TARGET"
    hint = Hint("name a folder of its own, outside the ledger's")


class PublicationForked(Found):
    """What is published there is not the beginning of this log."""

    code = "E-PUBLICATION-FORK"
    hint = Hint(step("audit verify"), " says whether this log holds; nothing was written")


class BundleTarget(Refused):
    """The folder for an auditor's bundle is not empty, or cannot be written."""

    code = "E-BUNDLE-TARGET"
    hint = Hint("name a folder that does not exist yet, or an empty one")


class LedgerOld(Refused):
    """The ledger was made before its events stood in a transparency log."""

    code = "E-LEDGER-OLD"
    hint = Hint(step("audit upgrade"), " writes the log for the events that are there")


# --- KSeF ---------------------------------------------------------------------------------------


class ExemptionEnded(Refused):
    """The seller is set to stay below the monthly limit of KSeF, which ended with 2026."""

    code = "E-KSEF-EXEMPTION-ENDED"
    hint = Hint(step("config set", "ksef.mode=online"), ": from 2027-01-01 every invoice goes to KSeF")


class TokensEnded(Refused):
    """KSeF takes no tokens any more, only certificates."""

    code = "E-KSEF-TOKENS-ENDED"
    hint = Hint("get a certificate of type Authentication from KSeF and name ksef.certificate and ksef.key")


class KsefNotSetUp(Refused):
    """Something is missing without which nothing can be sent to KSeF."""

    code = "E-KSEF-SETTINGS"
    hint = Hint(
        step("config set", "ksef.environment=test|demo|production", "ksef.certificate=FILE", "ksef.key=FILE"),
        "; until 2026-12-31 a token in SESSION_LEDGER_KSEF_TOKEN does as well",
    )


class OutageUnknown(Refused):
    """No outage of KSeF has this number, or it was withdrawn."""

    code = "E-OUTAGE-UNKNOWN"
    hint = Hint(step("ksef outage list"), " shows their numbers")


class OutageRecorded(Refused):
    """An outage of KSeF of this kind is recorded already for the moment at which another would begin."""

    code = "E-OUTAGE-RECORDED"
    hint = Hint(step("ksef outage list"), " shows what is recorded")


class NotForKsef(Refused):
    """The document is not for KSeF: a consumer's, below the month's limit, or of a total failure of KSeF."""

    code = "E-KSEF-NOT-DUE"
    hint = Hint("whether a document goes to KSeF is decided when it is issued: ksef.mode and ksef.consumers")


class KsefLoginRefused(Refused):
    """KSeF does not let the seller in: token or certificate is not, or no longer, good for this NIP."""

    code = "E-KSEF-LOGIN"
    hint = Hint("check seller.nip, and that token or certificate belong to it and to this ksef.environment")


class KsefRefused(Refused):
    """KSeF answered that it will not do what was asked, or something that is not understood."""

    code = "E-KSEF-ANSWER"
    hint = Hint(
        step("invoice submit", "N"), " asks again; what was sent is found by its hash, never sent twice"
    )

    def __init__(self, fact: Message, status: int) -> None:
        super().__init__(fact)
        self.status = status


class SeenOther(Refused):
    """What was seen in KSeF is no answer about this document: another seller's, kind's or number's."""

    code = "E-KSEF-SEEN"
    hint = Hint("look in KSeF for the document of this number and kind, and type the KSeF number beside it")


class KsefHidden(Refused):
    """KSeF does not show a document to this login, so that nobody knows whose it is."""

    code = "E-KSEF-HIDDEN"
    hint = Hint(
        "save its XML in KSeF's own pages, then ",
        step("invoice submit", "N", "--seen", "NUMBER", "--seen-file", "FILE.xml"),
    )


class KsefSilent(Found):
    """KSeF cannot be reached, or did not say what became of a document; nothing is lost or doubled by it."""

    code = "E-KSEF-SILENT"
    hint = Hint(step("invoice submit", "N"), " asks what became of it before anything is sent again")

    def __init__(
        self, fact: Message, *, is_away: bool = False, retry_after_seconds: int | None = None
    ) -> None:
        super().__init__(fact)
        self.is_away = is_away
        self.retry_after_seconds = retry_after_seconds


# --- billing documents as files ---------------------------------------------------------------


class InvoiceField(Refused):
    """A field of the document cannot be written: missing, too long, malformed, or a character forbidden."""

    code = "E-INVOICE-FIELD"
    hint = Hint(
        "mend the data of the seller with session-ledger config, of the buyer with ",
        step("customer update", is_brief=True),
    )


class InvoiceSums(Refused):
    """The amounts of the document do not follow from its lines."""

    code = "E-INVOICE-SUMS"
    hint = Hint("nothing was written; draft the document again from its sessions")


class XmlUnreadable(Malformed):
    """The file is no XML as KSeF takes it: UTF-8 without BOM, plain, up to 1,000,000 bytes."""

    code = "E-XML-UNREADABLE"
    hint = Hint("give the file as it was issued; session-ledger stores it unchanged under its hash")


class XmlInvalid(Malformed):
    """The XML does not follow the schema FA(3)."""

    code = "E-XML-SCHEMA"
    hint = Hint("give the file as it was issued; it was changed, or another program wrote it")


class XmlSums(Malformed):
    """The sums in the XML do not follow from its rows."""

    code = "E-XML-SUMS"
    hint = Hint("give the file as it was issued; an amount in it was changed, or another program wrote it")


# --- several offices --------------------------------------------------------------------------


class BadStoreUrl(Malformed):
    """The URL of a ledger on PostgreSQL could not be read, or holds a password."""

    code = "E-STORE-URL"
    hint = Hint("write postgresql+psycopg://ROLE@HOST/DATABASE; the password goes into ~/.pgpass")


class ForeignPackage(Refused):
    """The package `cli` of the environment is another program's."""

    code = "E-FOREIGN-PACKAGE"
    hint = Hint("install session-ledger in an environment of its own: pipx, uv tool, or python -m venv")


class StoreDriverMissing(Refused):
    """The ledger is on PostgreSQL, and the driver for it is not installed."""

    code = "E-STORE-DRIVER"
    hint = Hint("install the driver beside the program: pip install 'psycopg[binary]'")


class StoreUnreachable(Refused):
    """The database server does not answer, or does not let this role in."""

    code = "E-STORE-UNREACHABLE"
    hint = Hint("is the server running, and does ~/.pgpass or PGPASSWORD hold the role's password?")


class StoreEmpty(Refused):
    """The database holds no ledger yet."""

    code = "E-STORE-EMPTY"
    hint = Hint(
        step("init", "--store", "URL"), " makes one; ", step("store copy", "URL"), " brings one there"
    )


class NotOnPostgres(Refused):
    """The command works on the files of a ledger in one folder, and this one is on PostgreSQL."""

    code = "E-STORE-POSTGRES"
    hint = Hint(step("store copy", "DIR"), " makes such a folder; the server's own tools save the database")


# --- the desk ---------------------------------------------------------------------------------


class DeskTaken(Refused):
    """The desk's port is taken, or another desk over this ledger is only just starting."""

    code = "E-DESK-TAKEN"
    hint = Hint("name another port, or leave --port out; a desk that runs gives another way in")


class BadWorkers(Malformed):
    """The file that says which machines work for a ledger cannot be read, or one of its fields is wrong."""

    code = "E-WORKERS"
    hint = Hint("docs/guides/many-machines.md shows such a file")


class WorkersUnsafe(Refused):
    """Whoever reaches a scheduler makes its workers do anything, and nothing keeps others from this one."""

    code = "E-WORKERS-UNSAFE"
    hint = Hint(
        "give the address as tls://, with ca, cert and key of the cluster; tcp:// is for this machine alone"
    )


class WorkersDiffer(Refused):
    """A worker has another version of the program, none at all, or reads another ledger."""

    code = "E-WORKERS-DIFFER"
    hint = Hint("stop the workers, install the same version on every machine, start them again")


class WorkersGone(Refused):
    """The scheduler cannot be reached, or had no worker for as long as `wait` says; live read models stay."""

    code = "E-WORKERS-GONE"
    hint = Hint(
        "start scheduler and workers, and repeat the command: what was done is not done again;"
        " --no-workers does it on this machine",
    )


class StoreBehind(Refused):
    """What the workers read has not got all events of the ledger, after as long as `wait` says."""

    code = "E-STORE-BEHIND"
    hint = Hint("look at the replication of the standby that `store` names, or wait longer")


class EngineMissing(Refused):
    """Other machines were asked for, and the engine that brings work to them is not installed."""

    code = "E-WORKERS-ENGINE"
    hint = Hint("install it beside the program: pip install 'remote-session-ledger[cluster]'")


class DeskMissing(Refused):
    """What serves the desk's pages is not installed."""

    code = "E-DESK-MISSING"
    hint = Hint("install it beside the program: pip install 'remote-session-ledger[desk]'")
