"""Why the system did not let a file or a folder be used: one sentence and what to do, wherever it happens."""

from __future__ import annotations

import errno

from ledger.errors import FileTrouble, LedgerError, StoreFull
from ledger.message import Hint, Message, msg, system_text

_FULL = {errno.ENOSPC, errno.EDQUOT}
_READ_ONLY = (
    msg("{name} lies on a disk that can only be read"),
    Hint("use a disk that can be written to: name another place, or copy the ledger there"),
)
_NOT_ALLOWED = (
    msg("there is no permission for {name}"),
    Hint("look at who may read and write it and the folder that it lies in, or name another place"),
)
_TOO_LONG = (msg("the name {name} is too long for its disk"), Hint("name it shorter"))
_CAUSES = {
    errno.EROFS: _READ_ONLY,
    errno.EACCES: _NOT_ALLOWED,
    errno.EPERM: _NOT_ALLOWED,
    errno.ENAMETOOLONG: _TOO_LONG,
}


def known_trouble(error: OSError, name: object, kind: type[LedgerError] = FileTrouble) -> LedgerError | None:
    """Return the refusal of a full or read-only disk, a missing permission, a long name; None of others."""
    if error.errno in _FULL:
        return StoreFull(msg("the disk has no space left for {name}", name=name))
    if error.errno not in _CAUSES:
        return None
    fact, hint = _CAUSES[error.errno]
    return kind(fact.of(name=name), hint=hint)


def not_written(
    error: OSError,
    name: object,
    kind: type[LedgerError] = FileTrouble,
    *,
    otherwise: Message | None = None,
    hint: Hint | None = None,
) -> LedgerError:
    """Return the refusal of what could not be written or made.

    Of a cause that has no sentence of its own it says `otherwise` (`{error}` is what the system said), with
    `hint`; full is StoreFull, everything else is `kind`.
    """
    if known := known_trouble(error, name, kind):
        return known
    fact = otherwise or msg("{name} cannot be written: {error}").of(name=name)
    return kind(fact.of(error=system_text(error)), hint=hint)
