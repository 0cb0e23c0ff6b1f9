"""Flags and results of a purge, in both languages."""

from __future__ import annotations

from cli.presentation.catalogue import said
from cli.presentation.text import Lang
from ledger.message import Message, msg, msg_in, plain

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
    "absent": msg_in("purge", "was not there"),
    "retained": msg_in("purge", "kept"),
    "residual": msg_in("purge", "left"),
    "failed": msg("failed"),
    "external": msg_in("purge", "at the vendor"),
}
TARGETS = {
    "workspace": msg("folder of session {which}"),
    "artefact": msg("noted file {which}"),
    "vault": msg("vault: personal data of the session"),
    "vendor": msg("at the vendor: {which}"),
    "shared_log": msg("log that sessions share: {which}"),
    "pattern": msg("files of the tool: {which}"),
}
"""What a purge was about, by kind; `which` is the last part of its locator."""


def target_words(kind: str, locator: str, lang: Lang) -> str:
    """Return what a target is, as a paper names it: folder of session 44, noted file 1."""
    named = TARGETS[kind]
    which = locator.partition("/")[2] or locator
    return said(named.of(which=which) if "{which}" in named.template else named, lang)


def flag_words(flag: str, lang: Lang) -> str:
    """Return the sentence of a flag; the flag itself where there is none."""
    return said(FLAGS[flag], lang) if flag in FLAGS else flag


_ERRNOS = {
    "EACCES": msg("no permission"),
    "EPERM": msg("not permitted"),
    "EBUSY": msg("in use"),
    "EROFS": msg("a disk that can only be read"),
    "ENOTEMPTY": msg("folder not empty"),
    "EIO": msg("error of the medium"),
}


def errno_words(errno: str) -> Message:
    """Return why a file could not be removed: no permission (EACCES)."""
    return plain("{why} ({errno})", why=_ERRNOS[errno], errno=errno) if errno in _ERRNOS else plain(errno)
