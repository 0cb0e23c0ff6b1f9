"""What is held about one person, in words: kinds of data, places, rules, and places nobody can look into."""

from __future__ import annotations

from cli.presentation.wording import labels
from cli.presentation.wording.deletion_register import WHY as WHY_DELETED
from ledger.message import msg, msg_in

WHAT = {
    "registration": msg_in("person", "registration and purchases"),
    "session": msg_in("person", "data of the session"),
    "reasons": labels.REASONS_AND_NOTES,
    "document": msg_in("person", "buyer's data of the document"),
    "document-file": msg_in("person", "files of the document"),
    "transfer": msg_in("person", "words of a bank transfer"),
    "record": msg_in("person", "record of the remote tool"),
    "workspace": msg_in("person", "folder of the session"),
    "fingerprint": msg_in("person", "fingerprint of the remote ID"),
    "codes": msg_in("person", "code, times and amounts"),
}
WHERE = {
    "vault": msg_in("person", "vault"),
    "documents": msg_in("person", "documents folder"),
    "workstation": msg_in("person", "workstation"),
    "events": msg_in("person", "events"),
    "ksef": msg_in("person", "KSeF"),
}
RULES = {
    "request": msg("for the help and its invoice; erased on request (Article 17 GDPR)"),
    "purge": msg("for the help; deleted right after the end of the session"),
    "hold": msg("the deletion is on hold"),
    "abandoned": msg("a request that came to nothing; erased on the day"),
    "tax": msg("explains amounts in tax books: {law}"),
    "record": msg("compared with the sessions; erased with the session's data, at the latest on the day"),
    "month-closed": msg("compared with records; worth nothing once the month is closed and its key gone"),
    "history": msg("the history cannot be changed; no name and no contact"),
    "ksef": msg("sent to the Ministry, which keeps it by its own rules"),
}
ERASED_WHY = {
    **{key: WHY_DELETED[key] for key in ("request", "retention", "abandoned", "month-closed")},
    "undecided": msg("nothing was decided about it"),
    "purge": WHY_DELETED["session-end"],
    "purged": WHY_DELETED["session-end"],
}
ELSEWHERE = {
    "backups": msg("backups from before: until the day on which they are deleted themselves"),
    "transfers": msg("bank transfers that are assigned to no document: whose they are is not known"),
    "imports": msg(
        "records of the remote tools that are matched with no session, and lines that could not be read"
    ),
    "handed-out": msg("papers, exports and e-mails that were handed out"),
    "outbox": msg("the outbox and published logs hold hashes and codes, no name"),
    "read-models": msg("read models are derived from the events and hold codes, no name"),
    "vendor": msg("what the vendor of the remote tool holds, and its logs that all sessions share"),
    "customer": msg("what is on the customer's own computer"),
}
SETTINGS = {
    "role": msg("Role of the shop"),
    "legal_basis": labels.LEGAL_BASIS,
    "contract": msg("Contract"),
    "backups": msg("Backups"),
    "sla_seconds": msg("Time allowed after the end of a session"),
    "abandoned_days": msg("Requests that came to nothing, days"),
    "transfer_days": msg("Transfers that pay nothing, days"),
    "tax_years": msg("Tax books, years"),
}
FIELD_NAMES = {
    "product": msg_in("person", "product"),
    "computer": msg_in("person", "computer"),
    "account": msg_in("person", "account"),
    "user": msg_in("person", "user's name"),
    "title": msg_in("person", "title of the transfer"),
    "other_title": msg_in("person", "title of the transfer"),
    "bank_id": msg_in("person", "the bank's own number"),
}
"""Fields that no other report names."""
TITLE = msg("What is held about customer {code}")
CODES = msg("Codes that count as this person")
ASKED = msg("A request for erasure waits; to be answered by")
WHERE_TITLE = msg("Where")
CONCERNS = msg("Concerns")
FIELDS = msg("Data")
ITEMS = msg("Entries")
SINCE = labels.SINCE
WHY = msg("Why")
UNTIL = msg("Until")
ELSEWHERE_TITLE = msg("Where the ledger cannot look, and where nothing is")
NOTE = msg("No word of the person stands here; session-ledger customer export gives the data themselves.")
