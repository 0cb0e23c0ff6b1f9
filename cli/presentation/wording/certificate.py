"""The sentences of the confirmation of deletion, in both languages.

What unlinking a file does is said and no more: the file left the file system and cannot be reached by its
name. Nothing is said of the medium, and nothing of data that others hold.
"""

from __future__ import annotations

from cli.presentation.columns import BYTES, FILES, METHOD, RESULT
from cli.presentation.formats.model import Column
from cli.presentation.wording import labels
from ledger.message import msg, msg_in

TITLE = msg("Confirmation of deletion")
EVIDENCE = {
    "measured": msg(
        "The files and records marked below as removed were removed from the file system; they are "
        "no longer reachable by name. The outcome was measured after the removal."
    ),
    "absence_measured": msg(
        "The files and records listed below were measured to be absent. The removal itself was not "
        "seen as a whole, and this document does not confirm it."
    ),
}
ASSUMPTION = msg(
    "“Right after the end” of the session („bezpośrednio po zakończeniu”) is read as: "
    "the time allowed is {sla}."
)
BROUGHT_IN = msg(
    "The event of the deletion stands in the ledger's signed log (a Merkle tree, RFC 6962), as number "
    "{place} of {size}. The proof as a C2SP tlog-proof:"
)
ATTACHED = msg("The same proof is a file attached to this document; printed below, its lines are broken.")
NOT_COVERED = (
    msg("billing data: times, amounts, reasons and notes, kept for tax purposes"),
    msg("the fingerprint of the remote ID, which stays until the month is closed"),
    msg("logs of the remote tools that all sessions share, needed until the month is closed"),
    msg("what the vendor of the remote tool holds"),
    msg("backups, until the date of their expiry"),
    msg("the customer's own computer"),
    msg("the state of the medium: nothing is said about its blocks having been overwritten"),
)
ROLES = {
    "administrator": msg("controller of the data"),
    "processor": msg("processor"),
}
VERDICTS = {
    "pass": labels.IN_TIME,
    "late": labels.LATE,
    "unknown": msg("unknown"),
    "open": msg("the end is not known"),
}
POLICY = (
    "„Wszelkie dane, pliki tymczasowe zostaną usunięte bezpośrednio po zakończeniu sesji pomocy zdalnej.”"
)
"""The shop's own promise, as its price list says it."""
KINDS = {
    "workspace": msg("workspace"),
    "artefact": msg("artefact"),
    "pattern": msg("pattern"),
    "shared_log": msg("shared log"),
    "vault": msg("vault"),
    "vendor": msg("vendor"),
}
HEADINGS = {
    "earlier": msg("Superseded confirmations, and the figures now"),
    "time": msg("Time"),
    "marks": msg("Marks on the verdict"),
    "failed": msg("Earlier attempts that failed"),
    "measured": msg("What was measured"),
    "targets": labels.TARGETS,
    "not_covered": msg("What this does not cover"),
    "technical": msg("Technical details"),
    "proof": msg("Proof of the record"),
}
LABELS = {
    "certificate": msg("Confirmation"),
    "ledger": msg("Ledger"),
    "session": labels.SESSION,
    "customer": msg("Customer (code)"),
    "role": msg("Role of the issuer"),
    "class": msg("Deletion class"),
    "class_session": msg("the data of one session"),
    "categories": msg("Data categories"),
    "categories_session": msg("remote ID, contact, description; the session's files"),
    "legal_basis": labels.LEGAL_BASIS,
    "contract": msg("Contract"),
    "policy": msg("Policy"),
    "not_said": msg("not stated"),
    "tool": msg("Tool"),
    "verifier": msg("Verifier (signature)"),
    "holds": msg("Holds"),
    "none": msg("none"),
    "encrypted": msg("Encrypted volume"),
    "not_examined": msg("not examined"),
    "backups": msg("Backups"),
    "stamps": msg("Time stamps"),
    "stamps_where": msg("if there are any, they are over the checkpoint of this size (RFC 3161)"),
    "operator": msg("Deleted by"),
    "issued": labels.ISSUED,
    "until": labels.UNTIL,
    "clock": msg("Clock of these times"),
    "ended": msg("End of the session"),
    "started": msg("Deletion began"),
    "finished": msg("Deletion finished"),
    "delay": msg("Measured delay"),
    "sla": msg("Time allowed"),
    "verdict": labels.VERDICT,
    "recorded": labels.RECORDED,
    "rule": msg("Rule of evidence"),
    "first": labels.FIRST_VERDICT,
    "withdrawn": msg("File taken off the list"),
    "not_recorded": msg("not recorded"),
    "host": msg("Workstation"),
    "true_host": msg("Name of the host"),
    "filesystem": msg("File system"),
    "mount_options": msg("Mount options"),
    "rotational": msg("Rotational medium"),
    "yes": msg("yes"),
    "no": msg("no"),
    "unknown": msg_in("certificate", "unknown"),
    "plan": msg("Digest of the plan (SHA-256)"),
    "plan_holds": msg("the plan names every file: path, inode, device, size"),
    "leaf_index": labels.EVENT,
    "tree_size": msg("Tree size"),
    "root": msg("Root"),
    "utc": msg("Deletion finished, UTC"),
}
COLUMNS = (
    Column("target", msg("Target")),
    FILES,
    BYTES,
    METHOD,
    RESULT,
    Column("residual", labels.LEFT, "integer"),
    Column("verified", msg("Verified")),
    Column("verified_at", labels.WHEN, "instant"),
    Column("flags", msg("Flags")),
)
