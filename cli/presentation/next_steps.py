"""What leads on after a command: hints with their commands as data.

The command line prints the text; the page in the browser offers each step as a button.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from cli.presentation.text import KEY_SHOWN
from ledger.message import Hint, Step, later, step

if TYPE_CHECKING:
    from ledger.domain.reconciliation.finding import Finding

# --- the ledger itself ------------------------------------------------------------------------


def after_init(folder: Path, *, is_joined: bool) -> Hint:
    """Check a ledger that others share; begin a new one with its customers."""
    if is_joined:
        return Hint(step("check", ledger=folder))
    return Hint(step("customer import", "customers.csv", ledger=folder))


def after_backup(folder: Path) -> Hint:
    """Check the copy."""
    return Hint(step("check", ledger=folder))


AFTER_TAKE_UP = Hint(
    step("check"),
    ", then ",
    step("audit verify", "--since", "NOTE"),
    " with a checkpoint from elsewhere",
)


def after_copy(folder: str) -> Hint:
    """Verify the copied log."""
    return Hint(step("audit verify", ledger=folder))


# --- money that arrives -----------------------------------------------------------------------

AFTER_PAYMENT_IMPORT = Hint(step("payment list"), " shows what is proposed and what is to decide")


def after_payment_list(digest: str) -> Hint:
    """Confirm what was seen."""
    return Hint(
        step("payment confirm", "--all-proposed", "--yes", "--digest", digest), " records what is proposed"
    )


AFTER_PUBLICATION = Hint("give whoever watches it the public key by another way: ", step("audit key show"))

# --- customers and price lists ----------------------------------------------------------------

AFTER_CUSTOMER_IMPORT = Hint(
    step("purchase import", "purchases.csv"),
    ", then ",
    step("session import", "sessions.csv", is_brief=True),
)


def after_tariff_new(file: Path) -> Hint:
    """Check the new file, then publish it."""
    return Hint(step("tariff check", str(file)), ", then ", step("tariff publish", str(file), is_brief=True))


AFTER_TARIFF_PUBLISH = Hint(step("tariff list"))


def after_customer_add(customer: str) -> Hint:
    """Record what the customer bought."""
    bought = step("purchase add", customer, "--order", "REF", "--at", "DATE")
    return Hint(bought, ", if they bought something")


def after_erasure_request(customer: str) -> Hint:
    """Look at what would be erased."""
    return Hint(step("customer erase", customer, "--dry-run"))


# --- documents --------------------------------------------------------------------------------

SUBMIT_ALL = Hint(step("invoice submit", "--all"))
AFTER_SUBMISSION_PLANNED = Hint(step("invoice submit", "--all"), " sends them")
AFTER_SUBMISSION_WAITING = Hint(
    step("invoice submit", "--all"), " asks after them, and sends what never arrived"
)
SEND_WAITING = Hint(step("invoice submit", "--all", "--dry-run"), " says what waits for KSeF, and until when")
ISSUE_NAMES_NOTHING = Hint(step("invoice issue", "--period", "2026-11", "--all"))
SUBMIT_NAMES_NOTHING = Hint(step("invoice submit", "--all", "--dry-run"))
WHILE_DOCUMENTS_WAIT = Hint(
    step("invoice draft", "--period", "P"), " shows the plan; what waits needs somebody to decide"
)


def end_outage(number: int) -> Hint:
    """Record the end of an outage."""
    return Hint(step("ksef outage end", number), " when the Ministry says that it is over")


def export_document(number: str) -> Hint:
    """Write the document as files."""
    return Hint(step("invoice export", number, "-o", "FOLDER"))


def record_sent(number: str, how: str) -> Hint:
    """Record that the exported document was sent."""
    return Hint(step("invoice sent", number, "--how", how, "--on", "DAY"))


def record_received(number: str) -> Hint:
    """Record the buyer's confirmation of a reduction."""
    return Hint(step("invoice received", number, "--on", "DAY"))


def withdraw_or_submit(number: str) -> Hint:
    """Withdraw a rejected document, or send it again."""
    again = step("invoice submit", number, is_brief=True)
    return Hint(step("invoice withdraw", number), ", or ", again, " once more")


def after_rejected_content(number: str) -> Hint:
    """Mend the data and withdraw the document."""
    return Hint("mend what KSeF names, then ", step("invoice withdraw", number))


def after_undecided(number: str, original: str | None) -> Hint:
    """Say what a person saw in KSeF under a number that KSeF calls taken."""
    seen = step("invoice submit", number, "--seen", original or "NUMBER", is_brief=True)
    return Hint("it may be this very document: look in KSeF, then ", seen)


def after_rejection(number: str) -> Hint:
    """Send the document again."""
    return Hint("it never entered KSeF; ", step("invoice submit", number), " sends it again")


def correct_original(number: str) -> Hint:
    """Correct the original of a withdrawn correction again."""
    return Hint(step("invoice correct", number))


def issue_session(session: int | None) -> Hint:
    """Issue an invoice of one session."""
    return Hint(step("invoice issue", "--session", session))


def issue_month(period: str, customer: str) -> Hint:
    """Issue an invoice of a customer's month."""
    return Hint(step("invoice issue", "--period", period, "--customer", customer))


# --- sessions ---------------------------------------------------------------------------------


def after_request(session: int | None) -> Hint:
    """Quote the price, then connect."""
    return Hint(step("session quote", session), ", then ", step("session connect", session, is_brief=True))


def after_quote(session: int | None) -> Hint:
    """Record the customer's agreement."""
    return Hint(step("session accept", session, "--how", "phone"))


def after_accept(session: int | None) -> Hint:
    """Connect."""
    return Hint(step("session connect", session))


def after_connect(session: int | None) -> Hint:
    """End the session."""
    return Hint(step("session end", session))


def after_disconnect(session: int | None) -> Hint:
    """Connect again, or end the session."""
    return Hint(step("session connect", session), ", or ", step("session end", session, is_brief=True))


def after_end(session: int | None) -> Hint:
    """Explain the price, and delete the data."""
    purge = step("session purge", session, is_brief=True)
    return Hint(step("session explain", session), "; ", purge, " deletes the data")


def end_at(session: object) -> Hint:
    """End the session at the moment it really ended."""
    return Hint(step("session end", session, "--at", "'YYYY-MM-DD HH:MM'"))


def after_price_change(session: int | None) -> Hint:
    """Explain the new price."""
    return Hint(step("session explain", session), " shows what it costs now")


def correct_invoice(number: str) -> Hint:
    """Issue the correction of an invoice that says something else now."""
    return Hint(step("invoice correct", number, "--reason", "…"))


def name_order(session: int | None, order_ref: str) -> Hint:
    """Name the order of hardware afterwards."""
    return Hint(
        step("session correct", session, "--order", order_ref, "--reason", "wrong-issue"), " names it"
    )


def settle_overlap(session: int) -> Hint:
    """Put a double entry aside, or let both stand."""
    aside = step("session void", session, "--reason", "double-entry")
    stand = step("session confirm", session, "--reason", "checked", is_brief=True)
    return Hint(aside, " if it is a double entry; ", stand, " if both are right")


def after_hold(session: int | None) -> Hint:
    """End the suspension."""
    return Hint(step("session release", session))


def after_release(session: int | None) -> Hint:
    """Delete the data."""
    return Hint(step("session purge", session))


def look_before_purge(session: int | None) -> Hint:
    """Look at what a purge would delete."""
    return Hint(step("session purge", session, "--dry-run"))


def after_failed_purge(session: int | None) -> Hint:
    """Look at what is left, and purge again."""
    look = step("session purge", session, "--dry-run")
    return Hint(look, " shows what is there; then purge it again")


MISSING_PURGE_FOLDER = Hint(
    step("config check"),
    " names the folder: make it, or take it out of ledger.toml; "
    "nothing counts as deleted where nobody could look",
)


def after_certificate(session: int) -> Hint:
    """Write the confirmation as PDF."""
    return Hint(step("session certificate", session, "-o", "confirmation.pdf"))


def after_session_import(month: object) -> Hint:
    """Report the billing of the last month."""
    return Hint(step("report billing", "--period", month))


def record_purchase(customer: str, order_ref: str) -> Hint:
    """Record the purchase under an order that nobody recorded."""
    return Hint(step("purchase add", customer, "--order", order_ref, "--at", "DATE"))


# --- records of remote tools, and the log -----------------------------------------------------

AFTER_FINDING_SETTLED = Hint(step("source reconcile", "--period", "P"), " shows what is left")
AFTER_SOURCE_IMPORT = Hint(step("source list"))
NOTHING_UNDERSTOOD = Hint(step("source import", "--help"), " lists the adapters and what each of them reads")
AFTER_CHECKPOINT = Hint(step("audit verify", "--since", "FILE"))
AFTER_VISIT = Hint("take head.note along: the next visit is held against it with --since")
AFTER_UPGRADE = Hint(step("audit verify"))
_LEFT_TO_THE_PERSON = (later("MONTH"), later("DAY"))
"""What a step leaves open and no help names."""
AFTER_REVIEW = Hint(step("report deletions", "--period", "MONTH"), " shows what was reviewed")
VERIFY_TIME_STAMPS = Hint(step("audit anchor verify", "--ca", "CA.pem"))
REQUEST_TIME_STAMP = Hint(step("audit anchor request"))


def attach_time_stamp(answer: str) -> Hint:
    """Attach the authority's answer."""
    return Hint(step("audit anchor attach", answer, "--ca", "CA.pem"))


ASK_WITNESS = Hint(step("audit witness request"))
AFTER_COSIGNATURE = Hint(step("audit publish", "DIR"), " publishes the checkpoint with it")


def attach_cosignature(answer: str) -> Hint:
    """Attach the witness' answer."""
    return Hint(step("audit witness attach", answer, "--key", "VKEY"))


def review_session(session: int) -> Hint:
    """Record the result of a review."""
    return Hint(step("audit review", session, "--result", "ok", "--note", "'…'"))


def in_turn(steps: Iterable[Step]) -> Hint:
    """Return commands that are typed one after the other."""
    parts = [part for each in steps for part in (", then ", each)]
    return Hint(*parts[1:])


def settle_finding(finding: Finding) -> Hint:
    """Return the likely command about a finding."""
    record = finding.records[0][:KEY_SHOWN] if finding.records else ""
    session = finding.sessions[0] if finding.sessions else ""
    likely = {
        "record_without_session": step(
            "session request", "--from-record", record, "--customer", "C", "--issue", "K"
        ),
        "near_match": step("source match", record, session or "S"),
        "end_before_start": step("source dismiss", record, "--reason", "X"),
        "over_48_h": step("source dismiss", record, "--reason", "X"),
        "session_without_record": step("source waive", session, "--reason", "X"),
        "open_session": step("session end", session),
        "duration_mismatch": step("session correct", session, "--reason", "wrong-time"),
        "ended_without_purge": step("session purge", session),
        "artefact_after_purge": step("session show", session),
    }
    otherwise = step("source acknowledge", finding.id, "--reason", "X")
    return Hint(likely.get(finding.kind, otherwise))
