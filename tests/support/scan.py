"""A scan for personal data in files, byte for byte, and in what the vault can still open.

Names lie encrypted in the vault, so a scan for names alone would find nothing even before a purge. This one
also looks for the sealed boxes and for the keys themselves, as bytes: after an erasure neither may be
anywhere, in a write-ahead log or a free page either.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from zipfile import ZipFile, is_zipfile

import pytest

from ledger.application.backends import open_vault
from ledger.folder.layout import Folder
from ledger.vault.cipher import CLASSES, VaultClass
from tests.support.stored import asked

PIECE = 24
"""So many bytes of a key or a box are looked for: enough to be nobody else's."""
HEAD = 8
"""By so many of its first bytes a needle is one of many that are looked for at once."""
FEW = 100
"""Fewer needles are found sooner one by one."""


def files_below(*folders: Path) -> list[Path]:
    """Every regular file below these folders; one that another test takes away meanwhile is none."""
    walks = (walk for folder in folders for walk in os.walk(folder))
    files = (Path(parent, name) for parent, _, names in walks for name in names)
    return sorted(file for file in files if file.is_file() and not file.is_symlink())


def found_in(files: Iterable[Path], needles: Mapping[str, bytes]) -> dict[str, list[str]]:
    """Name of each needle that lies in a file, and the names of those files."""
    found: dict[str, list[str]] = {}
    of_head: dict[bytes, list[str]] = {}
    for name, needle in needles.items():
        of_head.setdefault(needle[:HEAD], []).append(name)
    for file in files:
        try:
            content = _unpacked(file)
        except FileNotFoundError:  # another test took it away since it was listed
            continue
        for name in (name for head in _heads_in(content, of_head) for name in of_head[head]):
            if needles[name] in content:
                found.setdefault(name, []).append(file.name)
    return found


def _heads_in(content: bytes, heads: Collection[bytes]) -> set[bytes]:
    """Which heads of needles lie in the content; many are looked for in one pass over it."""
    if len(heads) < FEW or any(len(head) < HEAD for head in heads):
        return {head for head in heads if head in content}
    wanted = {int.from_bytes(head, sys.byteorder): head for head in heads}
    found = set[int]()
    for shift in range(min(HEAD, len(content))):  # eight rows of words: one of them begins at each byte
        end = len(content) - (len(content) - shift) % HEAD
        found |= wanted.keys() & memoryview(content)[shift:end].cast("Q")
    return {wanted[word] for word in found}


def _unpacked(file: Path) -> bytes:
    """The bytes of a file, and what is packed in it: the parts of a workbook, the text of a PDF."""
    content = file.read_bytes()
    if is_zipfile(file):
        with ZipFile(file) as packed:
            content += b"".join(packed.read(name) for name in packed.namelist())
    if content.startswith(b"%PDF") and shutil.which("pdftotext"):
        ran = subprocess.run(["pdftotext", str(file), "-"], capture_output=True, check=True)
        content += ran.stdout
    return content


def sealed(folder: Path, classes: Iterable[VaultClass] = CLASSES) -> dict[str, bytes]:
    """The boxes of a ledger's vault and the keys to them, of these classes, as needles."""
    needles: dict[str, bytes] = {}
    chosen = set(classes)
    for number, (kind, box) in enumerate(asked(folder, "vault.db", "SELECT class, box FROM vault")):
        if kind in chosen:
            needles[f"box {kind} {number}"] = box[:PIECE]
    for kind in chosen:
        pairs = asked(folder, f"keys/{kind}.db", "SELECT cipher_key, commitment_key FROM key")
        for number, pair in enumerate(pairs):
            for name, key in zip(("cipher", "commitment"), pair, strict=True):
                needles[f"key {kind} {number} {name}"] = key[:PIECE]
    return needles


def opened(folder: Path) -> str:
    """Everything that the vault still opens, as one text."""
    with open_vault(Folder(folder), os.urandom) as vault:
        values = [vault.get(row.commitment) or {} for row in vault.rows()]
    return "\n".join(text for each in values for text in each.values())


def text_of_pdf(file: Path) -> str:
    """Return the text of a PDF as it lies on its pages; skips the test where pdftotext is not installed."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    ran = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, check=True, text=True)
    return ran.stdout
