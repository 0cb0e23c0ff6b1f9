"""`documents/` of a ledger: issued XML, receipts of KSeF and paper, each under the SHA-256 of the XML."""

from __future__ import annotations

import hashlib
from pathlib import Path

from ledger.errors import DocumentDamaged, DocumentMissing, StoreFailed
from ledger.folder.atomic_write import discard, make_folder, sync, written_beside
from ledger.folder.not_written import not_written
from ledger.message import msg


def keep(folder: Path, content: bytes, suffix: str = ".xml", *, name: str | None = None) -> str:
    """Put a file there, on disk before this returns; its name is its own SHA-256 unless one is given.

    Written beside and renamed, so that a name never leads to half a file. Raises StoreFailed.
    """
    digest = hashlib.sha256(content).hexdigest() if name is None else name
    path = folder / f"{digest}{suffix}"
    try:
        make_folder(folder, 0o700)
        with written_beside(path) as file:
            file.write(content)
    except OSError as error:
        raise not_written(error, f"{folder.name}/", StoreFailed) from error
    return digest


def read(folder: Path, digest: str, suffix: str = ".xml") -> bytes:
    """The bytes kept under a SHA-256, whole; raises DocumentMissing, DocumentDamaged."""
    try:
        content = (folder / f"{digest}{suffix}").read_bytes()
    except OSError as error:
        raise DocumentMissing(
            msg(
                "{name}/{digest}…{suffix} cannot be read", name=folder.name, digest=digest[:12], suffix=suffix
            )
        ) from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise DocumentDamaged(
            msg(
                "{name}/{digest}…{suffix} is not what was kept: its hash differs",
                name=folder.name,
                digest=digest[:12],
                suffix=suffix,
            )
        )
    return content


def forget(folder: Path, digest: str) -> bool:
    """Remove everything kept under a SHA-256; False where another program holds a file of it open."""
    gone = [discard(path, waits=True) for path in folder.glob(f"{digest}*")]
    if folder.is_dir():
        sync(folder)
    return all(gone)
