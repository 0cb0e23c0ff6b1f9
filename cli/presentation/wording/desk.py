"""Words of the desk: its places, its buttons, its fields. What the ledger says has its own words."""

from __future__ import annotations

from cli.presentation.wording.payments import TRANSFERS
from ledger.message import Message, msg, msg_in, msg_n

# --- places and frame ---------------------------------------------------------------------------

NOW = msg_in("desk", "Now")
CALL = msg_in("desk", "Call")
LOCKED = msg("This desk is locked")
COME_IN = msg("Come in")
LOCKED_HOW = msg("Run session-ledger desk and come in by the link that it prints.")
USED = msg("This link was used before, or is older than two minutes")
USED_HOW = msg("If it was not you who used it, end the program: Ctrl-C in its window.")
PURGE = msg("Delete the data")
JOB = msg("In progress")
JOB_GONE = msg("There is no such work any more; what it recorded stands in the ledger")
SKIP = msg("To the content")
LOCK = msg("Lock")
FIND = msg("Session no.")
OPEN = msg_in("desk", "Open")
BACK = msg("Back")
MORE = msg_in("desk", "More")
NOT_FOR_THIS_SEAT = msg("This is not for this seat.")
NO_SUCH_HOST = msg("The desk does not answer under this name.")
METHODS = msg("The desk answers GET, HEAD and POST only.")
OF_ANOTHER_PAGE = msg("This form is not of a page of the desk.")
TOO_MUCH = msg("More was sent than the desk takes.")
SEATS = {
    "review": msg("This seat sees codes and no names; it records samples and what a reviewer found."),
    "read-only": msg("This seat only looks."),
}
MOVED = msg("The ledger has moved on.")
REFRESH = msg("Refresh")
REFUSED_TITLE = msg("Refused")
DEFECT = msg("A defect of the program")
NOTHING_RECORDED = msg("Nothing was recorded.")
NO_SUCH_PAGE = msg("There is no such page")
NO_SUCH_PAGE_HOW = msg("Begin again at the first page.")
NOTHING_WAITS = msg("Nothing waits.")
SEEN_OLD = msg("Nothing was recorded: look at what came since, then record all the same, or leave it")
REUSED = msg("this form was sent before with other content; what it recorded stands")
CAME_SINCE = msg("Recorded since this page was opened:")
CHOOSE = msg("choose")
REQUIRED = msg("needed")
RUNNING = msg("Under way")
UNDELETED = msg("Data not deleted yet")
SO_FAR = msg("Up to now")
PERSONAL = msg("In the vault, until the data are deleted")
HISTORY = msg("What happened")
DRAWN_DAY = msg("The day, drawn")
PRICE = msg("Price")
SHOW_PRICE = msg("Show the price")
REQUEST_AND_QUOTE = msg("Record the request and the price told")
REQUEST_ONLY = msg("Record the request alone")
NOTHING_YET = msg("Nothing is recorded before the button.")
CANNOT_BE_UNDONE = msg("It cannot be undone. What stays is the history: who, when, how much.")
HERE = msg("On this workstation")
IN_VAULT = msg("In the vault")
NOT_FROM_HERE = msg("Not from here")
VENDOR = msg("what the remote tool's maker keeps, and files on the customer's computer, are deleted there")
PLAN = msg("Plan")
CHECKED_AGAIN = msg("looked at again before anything is deleted")
DECLARE = msg("It was done by hand: record my word for it")
CLOCK_IS_RIGHT = msg("The clock is right and the log ahead, since a clock once was")
WAITING_FOR_TOOL = msg("The remote tool may still be writing; this takes a few seconds.")
MISTAKE = msg("A mistake? A correction mends it; nothing is struck out.")

# --- deletions, trail, verification -------------------------------------------------------------

DELETIONS = msg_in("desk", "Deletions")
PERIOD = msg_in("desk", "Period")
SHOW = msg_in("desk", "Show")
DRAWING = msg("A drawing of the table below")
NO_SESSIONS = msg("No session ended in this period.")
PAPERS = msg("To take along")
FILE_NAMES = {
    "deletions.xlsx": msg("Report, workbook"),
    "deletions.pdf": msg("Report, PDF"),
    "register.xlsx": msg("Register, workbook"),
    "register.pdf": msg("Register, PDF"),
    "protocol.pdf": msg("Protocol, PDF"),
    "month.pdf": msg("The month, PDF"),
    "month.xlsx": msg("The month, workbook"),
}
SAMPLE = msg_in("desk", "Sample")
SAMPLE_HOW = msg(
    "Drawn from the last signed tree and a word that the inspector says now; anybody can draw it again."
)
DRAW_SAMPLE = msg("Draw the sample")
NONCE = msg("The inspector's word")
NONCE_HELP = msg("one word, said now: nobody could have chosen the sessions beforehand")
SAMPLE_SIZE = msg("How many sessions")
TRAIL = msg_in("desk", "Trail")
NOT_SIGNED = msg("Nothing was signed yet.")
NOT_PROVEN = msg("An event does not stand in the signed tree as it is stored: verify the ledger.")
PROOF = msg("Proof of every event")
CERTIFY = msg("Issue the confirmation")
CERTIFICATE_PDF = msg("Confirmation, PDF")
CERTIFICATE_JSON = msg("Confirmation, JSON")
REVIEWING = msg("The reviewer's look")
REVIEWED = msg("Record what was found")
REVIEW_RESULT = msg_in("desk", "Result")
REVIEW_NOTE = msg("What was looked at, and what was there")
REVIEW_RECORDED = msg("what the reviewer found is recorded")
VERIFY = msg_in("desk", "Verify")
VERIFY_HOW = msg(
    "Every event is hashed again, the tree is computed again and held against all that was signed; the read"
    " models are held against a replay."
)
VERIFY_ALL = msg("Verify everything")
VERIFYING = msg("Verifying the ledger")
HELD_NOTE = msg("A checkpoint that somebody held")
HELD_NOTE_HELP = msg("the text of a .note file; empty: what this ledger signed is enough")
TAKEN_ALONG = msg("For an auditor")
PUBLIC_KEY = msg("The public key, to be given by another way:")
CHECKPOINT_FILE = msg("The last checkpoint")
BUNDLE_FILE = msg("The bundle: events, proofs, verifiers")

# --- month, differences, plan, document ----------------------------------------------------------

MONTH = msg_in("desk", "Month")
IN_ALL = msg("In all")
STEP_RECORDS = msg("Records of the remote tool")
STEP_FINDINGS = msg("Differences")
STEP_PLAN = msg("Invoices")
STEP_CORRECTIONS = msg("Corrections")
STEP_SENDING = msg("Sending, and KSeF")
STEP_PAYMENTS = msg("Payments")
STEP_DONE = msg_in("desk", "done")
TAKE_IN = msg("Take a file in")
FILE = msg_in("desk", "File")
ADAPTER = msg("What wrote it")
ZONE = msg("Time zone of its local times")
ZONE_HELP = msg("where the file does not say it")
DATE_ORDER = msg("Order of dates with slashes")
INSTANCE = msg("Which of several such sources")
INSTANCE_HELP = msg("empty, where there is one")
LOOK_AT_FILE = msg("Look at the file; nothing is recorded")
WHAT_IT_COMES_TO = msg("What the file comes to")
RECORDS_HOW = msg(
    "The same file again changes nothing. It is held in the memory of this desk alone, for ten minutes at"
    " most."
)
GO_THROUGH = msg("Go through them")
PLAN_OF_INVOICES = msg("Plan of invoices")
RECEIVABLES = msg("Receivables")
OWNERS_MONTH = msg("The month for the owner")
MONTH_SESSIONS = msg("Sessions and amounts")
MONTH_DRAWN = msg("The month drawn")
NOT_DRAWN = msg("Nothing is drawn: no price list is in force, or more sessions than a drawing can show.")
CLOSE_ASKS = msg("Close the month…")
REOPEN = msg("Open the month again")
KEY_IS_LOST = msg("The key of the month's fingerprints cannot be brought back afterwards.")
FINDINGS_STAY = msg("Differences stay open: the month is closed over them only for a reason.")
NOTHING_HERE = msg("There is nothing here.")
ALL_AGREES = msg("Everything agrees.")
ACKNOWLEDGED = msg("acknowledged")
SESSION_FROM_RECORD = msg("A new session from this record")
IS_THIS_SESSION = msg("It is this session")
NOTHING_TO_PAY = msg("Nothing to pay")
BILL_WITHOUT_RECORD = msg("Bill it without a record")
ACKNOWLEDGE = msg("It may stand, for a reason…")
NOTHING_PLANNED = msg("Nothing waits to be invoiced.")
NOTHING_TICKED = msg("Nothing was ticked, so nothing was issued.")
LINES = msg("Lines")
SENT = msg("Sent to the buyer")
SENT_HOW = msg("Sent how")
PAID = msg_in("desk", "Payment")
AMOUNT = msg("Amount, PLN")
METHOD = msg_in("desk", "Method")
OVERPAID = msg("more than is left to pay, on purpose")
RECEIVED = msg("The buyer confirmed it")
ON_DAY = msg("On (day)")

# --- transfers of bank statements ----------------------------------------------------------------

PAYMENTS = TRANSFERS
ACCOUNT = msg("Our own account")
ACCOUNT_HELP = msg("where the file does not name it (iPKO)")
ENCODING = msg("Code page")
ENCODING_HELP = msg("where it cannot be told: cp1250")
ANYWAY = msg("these days came in another format before; nothing is certain then")
CERTAIN = msg("Certain")
RECORD_PAYMENTS = msg("Record what is ticked as payments")
TO_DECIDE = msg("To decide")
NOTHING_UNDECIDED = msg("No transfer waits for a decision.")
ASSIGN = msg_in("desk", "It pays…")
PARTS = msg("Documents and amounts")
PARTS_HELP = msg("a line each: FV/2026/11/0001=123.00")
REST_OVERPAID = msg("what is left over is an overpayment of the last one")
SET_ASIDE = msg_in("desk", "It pays no document")
TAKES_BACK = msg("It takes a transfer back")
TAKEN_BACK = msg("Which transfer")
UNDO = msg("Decide again…")
DECIDED = msg("Decided last")

CONFIRM_BALANCE = msg("Ask for confirmation of the balance on {day}")
BALANCE_PDF = msg("confirmation of balance, PDF")
REMIND = msg("Remind whoever is overdue")
REMINDER_PDF = msg("reminder, PDF")
DEMAND_PDF = msg("demand for payment, PDF")

# --- customers, corrections ----------------------------------------------------------------------

CUSTOMERS = msg("Customers")
FIND_CUSTOMER = msg("Find the customer")
NEW_CUSTOMER = msg("A new customer")
CODE = msg("Code of your own")
CODE_HELP = msg("stays in every event, so it says nothing of the person: K-041")
NAME = msg_in("desk", "Name")
NIP = msg_in("desk", "NIP")
STREET = msg("Street and number")
TOWN = msg("Postal code and town")
COUNTRY = msg_in("desk", "Country")
COUNTRY_HELP = msg("two letters; empty: PL")
EMAIL = msg_in("desk", "E-mail")
IS_CONSUMER = msg("Consumer or business")
VAT_ID = msg("EU VAT number")
VAT_TREATMENT = msg("How VAT is taken")
BOUGHT = msg("Bought from us")
BOUGHT_AT = msg("Bought on (day)")
PRODUCT = msg_in("desk", "What was bought")
RETURNED = msg("It went back")
RETURNED_AT = msg("Went back on (day)")
CHANGE_DATA = msg("Change the data")
CORRECT_INVOICE = msg("Correction…")
CORRECT_TO_ZERO = msg("Take everything off")
TO_ZERO = msg("Everything is taken off; the sessions can be invoiced again.")
TO_RATED = msg("To what the sessions come to now. Correct the session first; this makes the document.")
SEND_TO_KSEF = msg("Send it to KSeF")
SEND_ALL_TO_KSEF = msg("Send all that wait to KSeF")
KSEF_IS_FINAL = msg("It cannot be undone. What was sent before is asked after first.")
SENDING_TO_KSEF = msg("Sending to KSeF")
KSEF_TAKES_TIME = msg("KSeF answers within seconds, at times within minutes.")
NOTHING_TO_SEND = msg("Nothing waits to be sent to KSeF.")
WITHDRAW = msg("Put aside: KSeF rejected it")

# --- actions ------------------------------------------------------------------------------------

QUOTE = msg_in("desk", "Tell the price")
ACCEPT = msg_in("desk", "Price accepted")
CONNECT = msg_in("desk", "Connect")
DISCONNECT = msg_in("desk", "Link lost")
END = msg_in("desk", "End the session")
CANCEL = msg_in("desk", "Cancel the request")
NOTE = msg_in("desk", "Note")
RECLASSIFY = msg_in("desk", "Change the matter")
WAIVE = msg_in("desk", "Goodwill")
CORRECT = msg_in("desk", "Correct the record")
CONFIRM = msg_in("desk", "Confirm the duration")
HOLD = msg_in("desk", "Hold the deletion")
RELEASE = msg_in("desk", "End the hold")
RECEIPT = msg_in("desk", "Settled by a receipt")
INVOICE_REQUEST = msg_in("desk", "Invoice asked for")

LEFT_VOID = msg("putting a session aside: session void")
LEFT_FINDINGS = msg("differences of a month: source reconcile")
LEFT_ADOPTION = msg("billed before this ledger: session import")

# --- fields -------------------------------------------------------------------------------------

AT = msg_in("desk", "When")
FORGOTTEN = msg("for more than 12 hours: was its end not recorded?")
AT_HELP = msg("empty: now; or 18:47, yesterday 18:47, 16.11.2026 18:47")
MOMENT_HELP = msg("18:47, yesterday 18:47, 16.11.2026 18:47")
REASON = msg_in("desk", "Reason")
SENTENCE = msg("A sentence about it")
HOW = msg("How the customer said yes")
START_NOW = msg("asked to begin at once, before the withdrawal period ends")
LOSS_OF_WITHDRAWAL = msg("knows that the right of withdrawal ends with the help")
CONFIRMATION_SENT = msg("a confirmation was sent on a durable medium")
TECHNICIAN = msg("Technician, if somebody else")
WHOSE_LINK = msg("Whose link, if two are connected")
ENDED_BY = msg("Ended by")
SUMMARY = msg("What was done")
ISSUE = msg_in("desk", "Matter")
ORDER = msg_in("desk", "Order")
PERCENT = msg("Percent off")
FREE_HOURS = msg("Last hours free")
WAIVED_AMOUNT = msg("Amount off, net")
CONNECTION = msg("Connection number")
CONNECTED_AT = msg("It began")
DISCONNECTED_AT = msg("It ended")
ENDED_AT = msg("The session ended")
RIGHT_CUSTOMER = msg("The right customer's code")
HELD_UNTIL = msg("Until (day)")
RECEIPT_NUMBER = msg("Number of the receipt")
REQUESTED_ON = msg("Asked for on (day)")
CUSTOMER = msg_in("desk", "Customer")
CUSTOMER_HELP = msg("code, NIP or a part of the name")
CHANNEL = msg("How they got in touch")
REMOTE_ID = msg("Remote ID")
CONTACT = msg("Contact")
DESCRIPTION = msg("What the trouble is")
MINUTES = msg("Minutes")
REFERENCE = msg_in("desk", "Reference")
REQUESTED = msg_in("desk", "Requested")
QUOTED = msg_in("desk", "Price told")
HELD_UNTIL_SHOWN = msg_in("desk", "Deletion held until")
BILLED = msg_in("desk", "On")
DONE = msg("recorded")
REPEATED = msg("recorded before; nothing was changed")
DECLARED_BY_HAND = msg("the deletion by hand is recorded")
PLACES = msg("Places")
OVERDUE = msg("overdue")
FILES = msg("Files")
REQUEST = msg("The request")
NOT_BUILT = msg("Not on a page yet: imports of tables, settings; the command line has them")


def as_of(moment: str, events: int) -> Message:
    """Return what the page shows the state of."""
    return msg("As of {moment}, event {events}", moment=moment, events=events)


def session(number: int) -> Message:
    """Return the name of a session."""
    return msg("Session {number}", number=number)


def billed_otherwise(count: int) -> Message:
    """Return that sessions come to something else than their invoices: corrections have to follow."""
    return msg_n(
        "{count} session comes to something else than its invoice: a correction has to follow",
        "{count} sessions come to something else than their invoices: corrections have to follow",
        count,
    )


def more_rows(left: int) -> Message:
    """Return the link to what follows."""
    return msg_n("{count} more row", "{count} more rows", left)


def in_sample(sample: str) -> Message:
    """Return that a session was drawn for a reviewer."""
    return msg("Drawn for sample {sample}", sample=sample)


def delete_of(number: int) -> Message:
    """Return the step that deletes a session's data."""
    return msg("Session {number}: delete the data", number=number)
