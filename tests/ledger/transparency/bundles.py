"""A second writer of bundles, which knows nothing of ours and signs whatever it is told.

A damaged bundle is found out by its root. What is signed and still wrong shows which check stands alone.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.ledger.transparency.damages import seal

NAME = "second.example/writer"
STREAMS = tuple(f"00000000-0000-4000-8000-{n:012}" for n in range(10))


class Signer:
    """An Ed25519 key under the log's name."""

    def __init__(self, seed: int) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        key = b"\x01" + self._key.public_key().public_bytes_raw()
        self._id = sha256(NAME.encode() + b"\n" + key).digest()[:4]
        self.vkey = f"{NAME}+{self._id.hex()}+{b64encode(key).decode()}"

    def signature(self, message: str) -> str:
        """Base64 of the signature alone."""
        return b64encode(self._key.sign(message.encode())).decode()

    def note(self, leaves: Sequence[bytes]) -> str:
        """A checkpoint over these leaves."""
        text = f"{NAME}\n{len(leaves)}\n{b64encode(root(leaves)).decode()}\n"
        signed = b64encode(self._id + self._key.sign(text.encode())).decode()
        return f"{text}\n\N{EM DASH} {NAME} {signed}\n"


def root(leaves: Sequence[bytes]) -> bytes:
    """RFC 6962, section 2.1, as it stands there: the split is the largest power of two below the size."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\x01" + root(leaves[:split]) + root(leaves[split:])).digest()


def path(index: int, leaves: Sequence[bytes]) -> list[bytes]:
    """The hashes of an inclusion proof (RFC 6962, section 2.1.1)."""
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return [*path(index, leaves[:split]), root(leaves[split:])]
    return [*path(index - split, leaves[split:]), root(leaves[:split])]


def line(index: int, stream: int, version: int, kind: str, data: str) -> bytes:
    """A leaf line, recorded so many seconds after five; `data` goes in as it is."""
    at = f"2026-11-16T17:{index // 60:02}:{index % 60:02}.000000Z"
    return (
        f'{{"index":{index},"stream":"{STREAMS[stream]}","version":{version},"type":"{kind}"'
        f',"recorded_at":"{at}","data":{data}}}'
    ).encode()


def proofs(places: Sequence[int], leaves: Sequence[bytes], note: str) -> str:
    """C2SP tlog-proof, one after another."""
    return "".join(
        f"c2sp.org/tlog-proof@v1\nextra {b64encode(leaves[place]).decode()}\nindex {place}\n"
        + "".join(f"{b64encode(each).decode()}\n" for each in path(place, leaves))
        + f"\n{note}"
        for place in places
    )


def write(
    folder: Path,
    leaves: Sequence[bytes],
    *,
    keys: Sequence[Signer] = (Signer(1),),
    signer: Signer | None = None,
    proof_files: Mapping[str, Sequence[int]] | None = None,
    promised: str | None = None,
) -> Path:
    """A bundle of fewer than 256 leaves and one checkpoint, signed by the last key if no other is named."""
    note = (signer or keys[-1]).note(leaves)
    tile = b"".join(sha256(b"\x00" + leaf).digest() for leaf in leaves)
    files = {
        "entries.jsonl": b"".join(leaf + b"\n" for leaf in leaves),
        "checkpoint": note.encode(),
        f"checkpoints/{len(leaves)}.note": note.encode(),
        "vkey": "".join(f"{key.vkey}\n" for key in keys).encode(),
    }
    numbers = ",".join(re.findall(r"session-([0-9]+)", " ".join(proof_files or ())))
    told = f'{{"schema":"session-ledger/bundle/1","entries":{len(leaves)},"checkpoints":[{len(leaves)}]'
    files["contents.json"] = (promised or f'{told},"proofs":[{numbers}]}}').encode()
    if leaves:
        files[f"tile/0/000.p/{len(leaves)}"] = tile
    for name, places in (proof_files or {}).items():
        files[f"proofs/{name}.tlog-proof"] = proofs(places, leaves, note).encode()
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    seal(folder)
    return folder
