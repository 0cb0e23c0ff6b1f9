"""The auditor's bundle: a folder that can be checked without this program, by who trusts one public key.

`verify.py` and `verify.html` lie in it and say what they check; VERIFY.md says how to do it by hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from ledger.domain.merkle import TILE_HEIGHT, TILE_WIDTH, ReadHashes
from ledger.errors import BundleTarget
from ledger.folder.atomic_write import flush_to_disk
from ledger.folder.written_aside import refusal, written_aside

MANIFEST = "MANIFEST.sha256"
CONTENTS = "contents.json"
TOOLS = ("VERIFY.md", "verify.py", "verify.html")
_GROUP = 1000


class BundleSource(NamedTuple):
    """What a bundle is made of; everything stands for the newest checkpoint's size."""

    lines: Iterable[bytes]
    """The leaf lines in order, without newline."""
    size: int
    hashes: ReadHashes
    checkpoints: Sequence[tuple[int, str]]
    """(size, note), the newest last."""
    vkeys: Sequence[str]
    """Oldest first."""
    proofs: Mapping[int, str]
    """The number of a session: its proofs, one after another."""
    has_all_proofs: bool
    """There is a file of proofs for every session of the log."""
    anchors: Sequence[tuple[int, bytes]]
    """(size, time stamp) over the note of that size."""
    cosignatures: Mapping[int, bytes] = MappingProxyType({})
    """By size: what witnesses said of the note of that size, each behind the key it was verified with."""


def write_bundle(target: Path, source: BundleSource) -> list[str]:
    """Write the folder, new or empty, and give the names of its files; the same source gives the same bytes.

    Raises BundleTarget.
    """
    try:
        with written_aside(target, mode=0o777) as part:
            digests = {name: write_file(part / name, parts) for name, parts in _files(source)}
            manifest = "".join(f"{digests[name]}  {name}\n" for name in sorted(digests))
            write_file(part / MANIFEST, [manifest.encode()])
    except OSError as error:
        raise refusal(error, target, BundleTarget) from error
    return sorted([*digests, MANIFEST])


def _files(source: BundleSource) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Every file but the manifest: its name, and its bytes in parts."""
    yield "entries.jsonl", (line + b"\n" for line in source.lines)
    yield "checkpoint", [source.checkpoints[-1][1].encode()]
    for size, note in source.checkpoints:
        yield f"checkpoints/{size}.note", [note.encode()]
    for place, (size, token) in enumerate(source.anchors):
        alone = sum(each == size for each, _ in source.anchors) == 1
        yield f"anchors/{size}.tsr" if alone else f"anchors/{size}-{place}.tsr", [token]
    for size, lines in source.cosignatures.items():
        yield f"cosignatures/{size}.txt", [lines]
    for number, text in source.proofs.items():
        yield f"proofs/session-{number}.tlog-proof", [text.encode()]
    yield CONTENTS, [_contents(source)]
    yield from _tiles(source)
    yield "vkey", [f"{vkey}\n".encode() for vkey in source.vkeys]
    data = files("ledger") / "data" / "verify"
    for name in TOOLS:
        yield name, [(data / name).read_bytes()]


def _contents(source: BundleSource) -> bytes:
    """Return what belongs to the bundle: a file removed with its line of the list is missed."""
    told: dict[str, object] = {
        "schema": "session-ledger/bundle/1",
        "entries": source.size,
        "checkpoints": [size for size, _ in source.checkpoints],
        "proofs": "all" if source.has_all_proofs else list(source.proofs),
    }
    if source.cosignatures:
        told["cosignatures"] = list(source.cosignatures)
    return json.dumps(told, separators=(",", ":")).encode() + b"\n"


def _tiles(source: BundleSource) -> Iterator[tuple[str, Iterable[bytes]]]:
    """Every tile of the tree, the last of each level perhaps not full."""
    level, count = 0, source.size
    while count:
        for number in range(-(-count // TILE_WIDTH)):
            width = min(TILE_WIDTH, count - number * TILE_WIDTH)
            yield tile_path(level, number, width), source.hashes(level, number * TILE_WIDTH, width)
        level, count = level + 1, count >> TILE_HEIGHT


def tile_path(level: int, number: int, width: int) -> str:
    """Where a tile lies (C2SP tlog-tiles): `tile/0/x001/234`, and `.p/<width>` for one that is not full."""
    text = f"{number % _GROUP:03}"
    while number := number // _GROUP:
        text = f"x{number % _GROUP:03}/{text}"
    return f"tile/{level}/{text}" + ("" if width == TILE_WIDTH else f".p/{width}")


def write_file(path: Path, parts: Iterable[bytes]) -> str:
    """Write a file and sync it; the SHA-256 of what is in it, in hexadecimal."""
    path.parent.mkdir(parents=True, exist_ok=True)
    digest = sha256()
    with path.open("xb") as file:
        for part in parts:
            digest.update(part)
            file.write(part)
        file.flush()
        flush_to_disk(file.fileno())
    return digest.hexdigest()
