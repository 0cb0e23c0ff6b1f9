"""The sentences of an inspector's visit: what was looked at, what came of it, and what it cannot show."""

from __future__ import annotations

from ledger.message import Message, msg, msg_n

TITLE = msg("Inspection of the deletion history")
LABELS = {
    "ledger": msg("Ledger"),
    "period": msg("Sessions that ended in"),
    "since": msg("Checkpoint of the last visit"),
    "head": msg("Checkpoint of this visit"),
    "nonce": msg("Word of the inspector"),
}
HEADINGS = {
    "result": msg("Result"),
    "since": msg("Since the last visit"),
    "late": msg("Late, failed, unknown or not deleted"),
    "register": msg("Register of deletions"),
    "holds": msg("Deletions on hold"),
    "erasures": msg("Requests for erasure"),
    "sample": msg("Sample by lot"),
    "signatures": msg("Keys and signatures"),
    "cannot": msg("What this paper cannot show"),
    "check": msg("To check this without the program"),
}
HEAD = msg("{size} events, root {root}")
NONE = msg("none")
NOTHING_FOUND = msg(
    "Nothing was found. Every event is the one that was hashed, every checkpoint is signed and over these "
    "events, nothing that is recorded as deleted is in the vault, and no deletion is open past the time "
    "allowed, failed or unknown."
)
NOTHING_UNSIGNED = msg(
    "Nothing was found, but there was no key to check with: every event is the one that was hashed, every "
    "checkpoint is over these events, and whose signature it bears was NOT looked at. Nothing that is "
    "recorded as deleted is in the vault, and no deletion is open past the time allowed, failed or unknown."
)
OVERDUE = msg(
    "Among the sessions of the period are some whose data are not recorded as deleted past the time allowed, "
    "or whose deletion failed or is unknown."
)
CONTINUED = msg(
    "The history begins with all {before} events of the checkpoint that was brought along: none of them was "
    "changed, taken out or put in between. Signed since then: {more}."
)
SAME = msg(
    "The history is the one of the checkpoint that was brought along, {before} events; nothing was signed "
    "since."
)
NOT_CONTINUED = msg(
    "The history is NO continuation of the checkpoint of {before} events that was brought along: something "
    "that it covers was changed or taken out, or the log was cut."
)
NOT_LOOKED = msg(
    "No checkpoint of an earlier visit was brought along, so nothing is said of changes before this one. "
    "The file head.note is what to bring to the next visit."
)
NO_HEAD = msg(
    "No signed checkpoint is over this log as it is. Nothing could be drawn by lot, and what follows is "
    "covered by no signature."
)
SOME_FIGURE_MISSING = msg("The deletions of the period could not be read; see what was found.")
REGISTERED = msg(
    "Listed in full in deletion-register.pdf, .xlsx and .csv: sessions {sessions}, erasures on request "
    "{erasures}, ends of a retention time {retention}, keys destroyed {keys}."
)
NO_HOLDS = msg("No deletion is on hold.")
NO_ERASURES = msg(
    "No request for erasure was answered in the period or since the last visit, and none is waiting."
)
DRAWN = msg(
    "{drawn} of {population} sessions, sample {sample}: those with the smallest SHA-256 over the root of "
    "this visit's checkpoint, the word, a line feed and the session's number. The word decides, and it was "
    "said after the root was signed. By hand:"
)
NOBODY_DRAWN = msg("No session of the period stands under the checkpoint of this visit.")
PROVEN = msg(
    "Of each there is a file sample/session-N.tlog-proof: every event of the session, and its place under "
    "the checkpoint of this visit."
)
ASKED = msg("Asked")
ANSWERED = msg("Answered")
ANSWER_BY = msg("To be answered by")
OUTCOME = msg("Outcome")
PROOFS = msg("Events proven")
TO_WRITE = msg("Seen by the inspector")
KEY = msg("Key {number}")
CHECKPOINTS = msg("Checkpoints in the ledger")
STAMPS = msg("Time stamps from outside")
STAMP = msg("over {size} events, {at}")
COSIGNATURES = msg("Cosignatures of witnesses")
COSIGNATURE = msg("over {size} events, {at}, {witness}")
UNKNOWN_KEY = msg("no key is here: no signature was looked at; give --vkey")
CANNOT = (
    msg("what was recorded after the newest checkpoint that anybody holds, and cut off again"),
    msg("a history written anew by the holder of the key, where nobody holds an older checkpoint"),
    msg("a session or a deletion that was never recorded"),
    msg("that a declared deletion is true: it is somebody's word, and nothing was measured"),
    msg("copies elsewhere: backups, the vendor of the remote tool, the customer's own computer"),
)
CHECK = (
    msg("the files as they were handed over: sha256sum -c MANIFEST.sha256"),
    msg("the whole log, its signatures and sessions: python3 -I bundle/verify.py --vkey KEY"),
    msg("the last visit's checkpoint against it: the same with --since since.note"),
    msg("consistency.txt: both sizes, the hashes between the two trees (RFC 6962) and the checkpoint"),
    msg("the key has to come by another way than this folder"),
)
SIGNATURES = (
    msg("date and signature of the inspector"),
    msg("signature of who showed the ledger"),
)
FINDING = msg("Finding")


def nothing(checkpoint: str) -> Message:
    """Return that nothing was found, by what came of the checkpoints: ok, or unchecked."""
    return NOTHING_FOUND if checkpoint == "ok" else NOTHING_UNSIGNED


def found(count: int) -> Message:
    """Return how many things were found."""
    return msg_n(
        "{count} thing was found that does not hold:",
        "{count} things were found that do not hold:",
        count,
    )


def unsigned(count: int) -> Message:
    """Return how many events no signature covers."""
    return msg_n(
        "{count} event was recorded after the checkpoint of this visit: no signature covers it, and nothing "
        "here speaks of it.",
        "{count} events were recorded after the checkpoint of this visit: no signature covers them, and "
        "nothing here speaks of them.",
        count,
    )
