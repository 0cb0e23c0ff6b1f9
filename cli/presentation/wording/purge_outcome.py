"""What came of a purge, in words."""

from __future__ import annotations

from cli.presentation.catalogue import said
from cli.presentation.text import Lang
from cli.presentation.wording.purge import flag_words, target_words
from cli.presentation.wording.vocabulary import word_of
from ledger.domain.events import DataPurged, PartPurged, PurgeFailed, PurgeTarget
from ledger.message import Message, Seconds, msg, msg_n
from ledger.purge.evidence import NOT_LOOKED


def files_counted(count: int) -> Message:
    """Return a number of files."""
    return msg_n("{count} file", "{count} files", count)


def target_line(target: PurgeTarget, lang: Lang = "en") -> str:
    """Return one target of a purge and what became of it."""
    is_seen = NOT_LOOKED.isdisjoint(target.flags)
    left = f", {said(msg('{left} left', left=target.residual), lang)}" if target.residual and is_seen else ""
    if lang != "en":
        what = target_words(target.kind, target.locator, lang)
        told = [*([target.errno] if target.errno else []), *(flag_words(flag, lang) for flag in target.flags)]
        result = word_of("result", target.result, lang)
        return f"{what}: {result}{left}" + (f" ({', '.join(told)})" if told else "")
    parts = [*([target.errno] if target.errno else []), *target.flags]
    why = f" ({', '.join(parts)})" if parts else ""
    return f"{target.kind} {target.locator}: {target.result}{left}{why}"


def outcome_line(
    number: int | None, fact: DataPurged | PartPurged | PurgeFailed, delay_seconds: int | None
) -> Message:
    """Return what came of a purge, in one line."""
    files = sum(target.files for target in fact.targets)
    if isinstance(fact, PurgeFailed):
        unseen = [target for target in fact.targets if NOT_LOOKED.intersection(target.flags)]
        left = sum(target.residual for target in fact.targets if target not in unseen)
        return msg(
            "Session {number}: not deleted; {files} removed{left}{unseen}",
            number=number,
            files=files_counted(files),
            left=msg(", {left} left", left=left) if left or not unseen else "",
            unseen=msg(", places where nobody could look: {unseen}", unseen=len(unseen)) if unseen else "",
        )
    if isinstance(fact, PartPurged):
        return msg(
            "Session {number}: {workstation} is done ({files} removed); others wait",
            number=number,
            workstation=fact.host.workstation,
            files=files_counted(files),
        )
    after = "" if delay_seconds is None else msg(", {delay} after the end", delay=Seconds(delay_seconds))
    if fact.evidence == "measured" and not files:
        return msg(
            "Session {number}: no files were there; its words went from the vault (measured{after})",
            number=number,
            after=after,
        )
    if fact.evidence == "measured":
        return msg(
            "Session {number}: {files} removed from the file system; no longer reachable by name"
            " (measured{after})",
            number=number,
            files=files_counted(files),
            after=after,
        )
    return msg(
        "Session {number}: nothing is there (absence measured{after}); the deletion is not claimed",
        number=number,
        after=after,
    )
