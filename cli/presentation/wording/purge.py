"""Flags and results of a purge, in both languages."""

from __future__ import annotations

from ledger.message import msg

FLAGS = {
    "appeared": msg("it was not in the plan, and was left"),
    "swapped": msg("in its place was something else than the plan named; that was left"),
    "hard-link": msg("the file had another name, which remains"),
    "other-device": msg("another file system is mounted there; it was not entered"),
    "ambiguous": msg("it was written in the time of another session too, and was left"),
    "root-missing": msg("a folder that ledger.toml names is not there"),
    "root-refused": msg("a folder that ledger.toml names is a link, or cannot be opened"),
    "outside-roots": msg("it lies outside the folders that ledger.toml names"),
    "too-deep": msg("it lies deeper than 200 folders, and was left"),
    "unsynced": msg("its folder could not be written to the disk; after a power cut the file might be back"),
    "missing": msg("it was here when it was remembered and is not now; how it went was not seen"),
    "replaced": msg("something else than what was remembered stands here; the other may lie elsewhere"),
    "link": msg("a link leads out of the session's folder; nothing behind a link was deleted"),
    "other-disk": msg("another file system than the remembered one is here: is the disk mounted?"),
    "other-place": msg("it lay in another place than the remembered one"),
    "earlier-place": msg("it lay where it was remembered, in a place that ledger.toml names no more"),
    "place-unknown": msg("the system does not tell if this is the remembered place"),
    "disk-unknown": msg(
        "the file system has no identity that outlasts a mount; inode and generation were compared"
    ),
    "removed-before": msg("the attempt before removed it and saw it gone"),
    "interrupted": msg(
        "it was there when the attempt began that was cut short; the deletion itself was not seen"
    ),
    "cut-short": msg(
        "an attempt that left no outcome had removed it, or a part of it, and noted so as it went"
    ),
    "clock-back": msg("the clock ran back meanwhile; purge again when it is right"),
    "path-erased": msg("the vault has forgotten where it lay"),
}
RESULTS = {
    "removed": msg("removed"),
    "absent": msg("absent"),
    "retained": msg("retained"),
    "residual": msg("residual"),
    "failed": msg("failed"),
    "external": msg("external"),
}
