"""Wording of the protocol and the register of deletions; fields as the Polish forms have them."""

from __future__ import annotations

from cli.presentation.wording import labels
from cli.presentation.wording.purge import RESULTS as PURGE_RESULTS
from ledger.message import msg, msg_in

PROTOCOL_TITLE = msg("Protocol of deletion")
REGISTER_TITLE = msg("Register of deletions")
LISTED = msg("What was deleted")
IN_PART = msg("Deleted on one workstation, others were still to report")
ATTEMPTED = msg("Attempts that left something, or have no outcome")
AFTER = msg("{delay} after the end")
SHOP = msg_in("register", "Shop")
PROTOCOL = {
    "system": msg("System (data set)"),
    "reference": msg_in("register", "Reference"),
    "day": msg("As of the day"),
    "drawn_up": msg("Drawn up on"),
    "member_1": msg("Commission: name, position"),
    "member_2": msg("Commission: name, position"),
    "appointed_by": msg("Appointed by"),
    "basis": labels.LEGAL_BASIS,
    "more": msg("Further information"),
}
SIGNATURES = (
    msg("signature of a member of the commission"),
    msg("signature of a member of the commission"),
    msg("signature of who carried it out"),
    msg("date and signature of who approves"),
)
BLANKS = {
    "decided_by": msg("Decided by"),
    "officer": msg("DPO consulted"),
    "risk": msg("Risk"),
}
"""Columns that are filled in by hand."""
NOTES = (
    msg(
        "“Removed” means: removed from the file system, no longer reachable by name. Nothing is said "
        "of the state of the medium."
    ),
    msg("“Declared” means: somebody said so; nothing was measured."),
)
SUBJECT = {
    "session": msg("session"),
    "customer": msg("customer"),
    "period": msg("month"),
}
DATA = {
    "session": msg("session data"),
    "tax": labels.REASONS_AND_NOTES,
    "customer": msg("customer data"),
    "fingerprints": msg("key of fingerprints"),
}
WHY = {
    "session-end": msg("end of the session"),
    "retention": msg("end of the retention time"),
    "abandoned": msg("abandoned request"),
    "request": labels.REQUEST_FOR_ERASURE,
    "month-closed": msg("close of the month"),
}
METHODS = {
    "unlink": msg("file removed"),
    "unlink-by-path": msg("file removed by its path"),
    "erase-key-and-row": msg("record and its key erased"),
    "none": msg("nothing to remove"),
    "declared": msg("not measured"),
}
RESULTS = {
    **PURGE_RESULTS,
    "deleted": msg("deletion"),
    "left": msg("attempt: something is left"),
    "begun": msg("attempt: no outcome is recorded"),
    "erased": labels.IS_ERASED,
    "partly": msg("partly erased"),
    "refused": labels.REFUSED,
}
EVIDENCE = {
    "measured": labels.MEASURED,
    "absence_measured": labels.ABSENCE_MEASURED,
    "declared": labels.DECLARED,
}
OTHER_KINDS = {
    "erasures": msg("Erasures on request"),
    "retention": msg("Erasures at the end of the retention time"),
    "keys": msg("Keys destroyed"),
}
