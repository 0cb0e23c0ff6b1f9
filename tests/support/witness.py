"""A witness of logs, written from C2SP tlog-witness, tlog-cosignature, signed-note and RFC 6962 alone.

It knows nothing of the program. `python -m tests.support.witness FOLDER` listens on a port of its own, which
it prints; FOLDER holds `seed` (32 bytes), `logs` (verifier keys, one a line), `now` (seconds) and its state.
"""

from __future__ import annotations

import http.client
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import Generator
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

NAME = "witness.example/w1"
EMPTY_ROOT = sha256(b"").digest()


# --- RFC 6962, section 2.1.2, read backwards: the roots that a consistency proof leads to -----------------


def roots_of(first: int, second: int, proof: list[bytes], first_root: bytes) -> tuple[bytes, bytes] | None:
    """The older and the newer root by SUBPROOF(first, D[second], true); None for another length."""
    rest = list(proof)

    def sub(m: int, n: int, *, is_whole: bool) -> tuple[bytes, bytes]:
        if m == n:
            found = first_root if is_whole else rest.pop()
            return found, found
        k = 1
        while k * 2 < n:
            k *= 2
        beside = rest.pop()
        if m <= k:
            old, new = sub(m, k, is_whole=is_whole)
            return old, sha256(b"\x01" + new + beside).digest()
        old, new = sub(m - k, n - k, is_whole=False)
        return sha256(b"\x01" + beside + old).digest(), sha256(b"\x01" + beside + new).digest()

    try:
        found = sub(first, second, is_whole=True)
    except IndexError:
        return None
    return None if rest else found


# --- cosignatures -----------------------------------------------------------------------------------------


def vkey_of(name: str, kind: int, public: bytes) -> str:
    """The line of a key of any kind, under its right id."""
    key = bytes([kind]) + public
    return f"{name}+{sha256(name.encode() + bytes([10]) + key).hexdigest()[:8]}+{b64encode(key).decode()}"


class Cosigner:
    """An Ed25519 key that cosigns."""

    def __init__(self, seed: bytes, name: str = NAME) -> None:
        self.name = name
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        key = b"\x04" + self._key.public_key().public_bytes_raw()
        self._id = sha256(name.encode() + b"\n" + key).digest()[:4]
        self.vkey = f"{name}+{self._id.hex()}+{b64encode(key).decode()}"

    def line(self, text: str, at: int) -> str:
        """The signature line over a note's text."""
        signed = self._key.sign(f"cosignature/v1\ntime {at}\n{text}".encode())
        return f"\N{EM DASH} {self.name} {b64encode(self._id + at.to_bytes(8, 'big') + signed).decode()}\n"


def holds(vkey: str, line: str, text: str) -> int | None:
    """The seconds of a cosignature that holds over a note's text under this key; None if it does not."""
    name, key_id, encoded = vkey.split("+", 2)
    public = b64decode(encoded)
    dash, said, signed = line.rstrip("\n").split(" ")
    blob = b64decode(signed)
    own = sha256(name.encode() + b"\n" + public).digest()[:4]
    if dash != "\N{EM DASH}" or said != name or blob[:4] != own or own.hex() != key_id or public[0] != 4:
        return None
    at = int.from_bytes(blob[4:12], "big")
    try:
        Ed25519PublicKey.from_public_bytes(public[1:]).verify(
            blob[12:], f"cosignature/v1\ntime {at}\n{text}".encode()
        )
    except InvalidSignature:
        return None
    return at


class Answer(NamedTuple):
    """What came back from a witness."""

    status: int
    content: bytes
    kind: str = "text/plain; charset=utf-8"


class Witness:
    """The state of one witness, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.cosigner = Cosigner((folder / "seed").read_bytes())

    def add_checkpoint(self, body: bytes) -> Answer:
        """Answer as section add-checkpoint says, in its order."""
        upper, gap, note = body.decode().partition("\n\n")
        old, *lines = upper.split("\n")
        if not gap or not old.startswith("old ") or str(int(old[4:])) != old[4:] or len(lines) > 63:
            return Answer(400, b"malformed\n")
        first, proof = int(old[4:]), [b64decode(each, validate=True) for each in lines]
        text, gap, below = note.rpartition("\n\n")
        text += "\n"
        origin, size_text, root_text = text.split("\n")[:3]
        size, root = int(size_text), b64decode(root_text)
        key = self._log_key(origin)
        if key is None:
            return Answer(404, b"unknown log\n")
        if not _is_signed(key, text, below):
            return Answer(403, b"not signed by the log\n")
        known = self._known(origin)
        if refused := _refused(first, known, (size, root), proof):
            return refused
        self._state(origin).write_text(f"{size}\n{root.hex()}\n", encoding="ascii")
        at = int((self.folder / "now").read_text(encoding="ascii"))
        return Answer(200, self.cosigner.line(text, at).encode())

    def _log_key(self, origin: str) -> str | None:
        keys = (self.folder / "logs").read_text(encoding="utf-8").split()
        return next((each for each in keys if each.split("+")[0] == origin), None)

    def _state(self, origin: str) -> Path:
        return self.folder / sha256(origin.encode()).hexdigest()

    def _known(self, origin: str) -> tuple[int, bytes]:
        state = self._state(origin)
        if not state.exists():
            return 0, EMPTY_ROOT
        size, root = state.read_text(encoding="ascii").split()
        return int(size), bytes.fromhex(root)


def _refused(
    first: int, known: tuple[int, bytes], new: tuple[int, bytes], proof: list[bytes]
) -> Answer | None:
    """The answer to a size or a proof that does not fit what is known; None where all holds."""
    if first > new[0]:
        return Answer(400, b"the old size is the larger one\n")
    if first != known[0]:
        return Answer(409, f"{known[0]}\n".encode(), "text/x.tlog.size")
    if first == new[0]:
        is_consistent = not proof and new == known
    elif first == 0:
        is_consistent = not proof
    else:
        is_consistent = roots_of(first, new[0], proof, known[1]) == (known[1], new[1])
    return None if is_consistent else Answer(422, b"not consistent\n")


def _is_signed(vkey: str, text: str, below: str) -> bool:
    name, key_id, encoded = vkey.split("+", 2)
    for line in below.rstrip("\n").split("\n"):
        _, said, signed = line.split(" ")
        blob = b64decode(signed)
        if (said, blob[:4].hex()) == (name, key_id):
            try:
                Ed25519PublicKey.from_public_bytes(b64decode(encoded)[1:]).verify(blob[4:], text.encode())
            except InvalidSignature:
                return False
            return True
    return False


class _Handler(BaseHTTPRequestHandler):
    witness: Witness

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        is_ours = self.path == "/add-checkpoint"
        answer = self.witness.add_checkpoint(body) if is_ours else Answer(404, b"no such page\n")
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Content-Length", str(len(answer.content)))
        self.end_headers()
        self.wfile.write(answer.content)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""
        del format, args


# --- for tests: a witness in a process of its own ---------------------------------------------------------


class Running(NamedTuple):
    """A witness that listens, and its key."""

    port: int
    vkey: str
    folder: Path

    def asked(self, request: Path, answer: Path) -> int:
        """Post a request as curl would, and write what comes back to a file; the status."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Content-Type": "text/plain"}
        connection.request("POST", "/add-checkpoint", request.read_bytes(), headers)
        came = connection.getresponse()
        answer.write_bytes(came.read())
        connection.close()
        return came.status


@contextmanager
def running(folder: Path, log_vkey: str, now: int) -> Generator[Running]:
    """A witness of one log; what it knows stays in its folder."""
    folder.mkdir(exist_ok=True)
    (folder / "seed").write_bytes(b"\x07" * 32)
    (folder / "logs").write_text(f"{log_vkey}\n", encoding="utf-8")
    (folder / "now").write_text(str(now), encoding="ascii")
    words = [sys.executable, "-m", "tests.support.witness", str(folder)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield Running(int(process.stdout.readline()), Cosigner(b"\x07" * 32).vkey, folder)
        finally:
            process.terminate()


def main() -> None:
    """Listen on a free port until ended."""
    _Handler.witness = Witness(Path(sys.argv[1]))
    server = HTTPServer(("127.0.0.1", 0), _Handler)
    print(server.server_port, flush=True)  # noqa: T201 - how the caller learns it
    server.serve_forever()


if __name__ == "__main__":
    main()
