#!/usr/bin/env python3
"""Checks an exported ledger without the program that made it. One file, Python 3.8 or newer, nothing else.

    python3 -I verify.py [BUNDLE] [--vkey KEY] [--since NOTE] [--lang pl] [--json]

It reads and writes nothing but this: it reads the folder it lies in (or BUNDLE) and prints what it found.
Exit status: 0 everything holds; 3 something does not; 2 the folder cannot be read as a bundle.

What is checked, each by the public specification named beside it:
  the list of files            MANIFEST.sha256, SHA-256 of each
  the entries                  entries.jsonl: keys, order, numbers, versions of each stream
  the tree                     RFC 6962: leaf = SHA-256(00 || line), node = SHA-256(01 || left || right)
  the checkpoints              C2SP signed-note and tlog-checkpoint, Ed25519 by RFC 8032
  the keys                     one after another as the log's own entries tell
  the tiles and the proofs     C2SP tlog-tiles and tlog-proof
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import io
import json
import os
import re
import sys
from pathlib import Path
from typing import Any, Dict, Iterable, List, Optional, Sequence, Set, Tuple, cast

Point = Tuple[int, int, int, int]
"""x, y, z and t in extended coordinates."""

LIMIT_BYTES = 1 << 20  # of a note, a proof, a line
PROOF_HASHES_MAX = 63
SIGNATURES_MAX = 16
SHOWN_MAX = 50  # of each kind of finding
HEADER = "c2sp.org/tlog-proof@v1"
ROTATED = "ledger.signing_key_rotated:1"
KEYS = ["index", "stream", "version", "type", "recorded_at", "data"]
LINE = re.compile(
    rb'\{"index":(0|[1-9][0-9]{0,18}),"stream":"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"'
    rb',"version":([1-9][0-9]{0,9}),"type":"([a-z_.]+:[0-9]+)"'
    rb',"recorded_at":"([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z)","data":(\{.*\})\}'
)
DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")
PROOF_NAME = re.compile(r"proofs/session-([1-9][0-9]{0,9})\.tlog-proof")


class Unreadable(Exception):
    """Something is not what its format says; the text is the finding."""


# --- Ed25519: RFC 8032, section 5.1.7, slow and plain ------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)


def _add(a: Point, b: Point) -> Point:
    """The sum of two points in extended coordinates."""
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    c, d = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, d - c, d + c, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P


def _twice(a: Point) -> Point:
    """A point added to itself, with fewer multiplications."""
    c, d, e = a[0] * a[0] % P, a[1] * a[1] % P, 2 * a[2] * a[2]
    h, g = c + d, c - d
    e, f = h - (a[0] + a[1]) * (a[0] + a[1]), e + g
    return e * f % P, g * h % P, f * g % P, e * h % P


def _sum_of_times(first: int, a: Point, second: int, b: Point) -> Point:
    """One point so many times and another so many times, added up in one walk over the bits of both."""
    parts = [None, a, b, _add(a, b)]
    found = (0, 1, 1, 0)
    for place in reversed(range(max(first.bit_length(), second.bit_length()))):
        part = parts[(first >> place & 1) + 2 * (second >> place & 1)]
        found = _twice(found)
        if part is not None:
            found = _add(found, part)
    return found


def _point(encoded: bytes) -> Optional[Point]:
    """The point of 32 bytes; None for what is none, or not written the one right way."""
    y = int.from_bytes(encoded, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * SQRT_OF_MINUS_1 % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE: Point = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little")) or (0, 1, 1, 0)


def ed25519_holds(public: bytes, signature: bytes, message: bytes) -> bool:
    """Whether a signature of 64 bytes over a message is that of a public key of 32 bytes."""
    if len(public) != 32 or len(signature) != 64:
        return False
    a, r, s = _point(public), _point(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % L
    minus_a = (P - a[0], a[1], 1, P - a[3])
    x, y, z, _ = _sum_of_times(s, BASE, h, minus_a)  # must be r, whose z is 1
    return not ((x - r[0] * z) % P or (y - r[1] * z) % P)


# --- the tree: RFC 6962, section 2.1 ------------------------------------------------------------------


def leaf_hash(line: bytes) -> bytes:
    """The hash of a leaf."""
    return hashlib.sha256(b"\x00" + line).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash over two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Tree:
    """Every level of complete subtrees: level[h][n] covers the leaves [n * 2**h, (n + 1) * 2**h)."""

    def __init__(self, leaves: Iterable[bytes]) -> None:
        self.levels = [list(leaves)]
        while len(self.levels[-1]) > 1:
            row = self.levels[-1]
            self.levels.append([node_hash(row[n], row[n + 1]) for n in range(0, len(row) - 1, 2)])

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return len(self.levels[0])

    def root(self, size: int) -> bytes:
        """The root over the first so many leaves."""
        found: Optional[bytes] = None
        height, rest = 0, size
        while rest:
            if rest & 1:
                left = self.levels[height][rest - 1]
                found = left if found is None else node_hash(left, found)
            rest >>= 1
            height += 1
        return hashlib.sha256(b"").digest() if found is None else found


def root_of_proof(leaf: bytes, index: int, size: int, hashes: Sequence[bytes]) -> Optional[bytes]:
    """Where an inclusion proof leads (RFC 9162, section 2.1.3.2); None when it is no proof."""
    if not 0 <= index < size:
        return None
    place, last, found = index, size - 1, leaf
    for sibling in hashes:
        if last == 0:
            return None
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while place and not place & 1:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    return found if last == 0 else None


# --- notes: C2SP signed-note and tlog-checkpoint -------------------------------------------------------


def unpack(text: str) -> bytes:
    """The bytes of base64, written the one right way."""
    try:
        found = base64.b64decode(text.encode("ascii"), validate=True)
    except (ValueError, binascii.Error):
        raise Unreadable("base64 cannot be read") from None
    if base64.b64encode(found).decode() != text:
        raise Unreadable("base64 cannot be read")
    return found


class Key:
    """A verifier key: its line, its name, its four bytes of id, its 32 bytes."""

    def __init__(self, line: str) -> None:
        name, _, rest = line.partition("+")
        key_id, _, encoded = rest.partition("+")
        key = unpack(encoded)
        if not name or len(key) != 33 or key[0] != 1:
            raise Unreadable("not an Ed25519 verifier key")
        self.line, self.name, self.public = line, name, key[1:]
        self.id = hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]
        if self.id.hex() != key_id:
            raise Unreadable("the id of a verifier key does not fit it")


class Note:
    """A checkpoint: its text, origin, size and root, and its signature lines."""

    def __init__(self, content: bytes) -> None:
        if len(content) > LIMIT_BYTES:
            raise Unreadable("a note has at most 1 MiB")
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError:
            raise Unreadable("a note is UTF-8") from None
        body, gap, below = text.rpartition("\n\n")
        if not gap or not below.endswith("\n") or re.search(r"[\x00-\x09\x0b-\x1f]", text):
            raise Unreadable("not a signed note")
        lines = body.split("\n")
        if len(lines) != 3 or not lines[0] or not DECIMAL.fullmatch(lines[1]):
            raise Unreadable("not a checkpoint of an origin, a size and a root")
        self.text, self.origin, self.size, self.root = body + "\n", lines[0], int(lines[1]), unpack(lines[2])
        if len(self.root) != 32:
            raise Unreadable("a root has 32 bytes")
        self.signatures = [self._signature(line) for line in below[:-1].split("\n")]
        if len(self.signatures) > SIGNATURES_MAX:
            raise Unreadable("a note has at most 16 signatures")

    @staticmethod
    def _signature(line: str) -> Tuple[str, bytes, bytes]:
        name, _, encoded = line[2:].rpartition(" ")
        signature = unpack(encoded)
        if not line.startswith("\u2014 ") or not name or len(signature) <= 4:
            raise Unreadable("not a signature line")
        return name, signature[:4], signature[4:]

    def is_signed_by(self, key: Key) -> bool:
        """Whether this key signed the text, and no line of its is wrong."""
        mine = [
            signature for name, key_id, signature in self.signatures if (name, key_id) == (key.name, key.id)
        ]
        return bool(mine) and all(ed25519_holds(key.public, each, self.text.encode()) for each in mine)


# --- the bundle ----------------------------------------------------------------------------------------


class Bundle:
    """A folder, and what was found in it: (code, sentence), the first SHOWN_MAX of each code."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.findings: List[Tuple[str, str]] = []
        self.files: Dict[str, bytes] = {}
        self.counts: Dict[str, int] = {}  # all findings of a code, shown or not
        self.rotations: List[Tuple[int, Dict[str, Any]]] = []
        self.streams: Dict[bytes, List[int]] = {}  # the entries of each session's stream
        self.sessions: List[bytes] = []  # the stream of session 1, 2, 3
        self.deletions: Dict[bytes, Dict[str, Any]] = {}
        self.tree = Tree([])
        self.keys: List[Key] = []
        self.rotated_at: List[int] = []
        self.signed: Dict[Tuple[str, str], bool] = {}
        self.checked: Dict[str, int] = {}

    def find(self, code: str, sentence: str) -> None:
        """Take note of something that does not hold."""
        self.counts[code] = self.counts.get(code, 0) + 1
        if self.counts[code] <= SHOWN_MAX:
            self.findings.append((code, sentence))

    def read(self, name: str) -> bytes:
        """The bytes of a file, b'' for one that is not there."""
        return self.files.get(name, b"")


def read_folder(folder: Path) -> Bundle:
    """Every file below a folder by its path with slashes; raises Unreadable."""
    if not (folder / "entries.jsonl").is_file():
        raise Unreadable("there is no entries.jsonl in %s" % folder)
    bundle = Bundle(folder)
    for place, folders, names in os.walk(str(folder)):
        folders.sort()
        for name in sorted(names):
            path = Path(place) / name
            bundle.files[path.relative_to(folder).as_posix()] = path.read_bytes() if path.is_file() else b""
    return bundle


def check_manifest(bundle: Bundle) -> None:
    """Every file is in the list with its own hash, and none is missing or besides."""
    listed: Dict[str, str] = {}
    for number, line in enumerate(bundle.read("MANIFEST.sha256").split(b"\n")[:-1], 1):
        match = re.fullmatch(rb"([0-9a-f]{64})  ([^\x00-\x1f]+)", line)
        if match is None:
            bundle.find("manifest", "MANIFEST.sha256 line %d cannot be read" % number)
        else:
            listed[match[2].decode("utf-8", "replace")] = match[1].decode()
    there = {name: content for name, content in bundle.files.items() if name != "MANIFEST.sha256"}
    for name in sorted(set(listed) | set(there)):
        if name not in there:
            bundle.find("manifest", "%s is listed and not there" % name)
        elif name not in listed:
            bundle.find("manifest", "%s is not listed in MANIFEST.sha256" % name)
        elif hashlib.sha256(there[name]).hexdigest() != listed[name]:
            bundle.find("manifest", "%s is not the file that is listed" % name)
    bundle.checked["files"] = len(there)


def check_entries(bundle: Bundle) -> None:
    """Lines as they must be; their hashes, whatever they are, make the tree."""
    content = bundle.read("entries.jsonl")
    if content and not content.endswith(b"\n"):
        bundle.find("entries", "entries.jsonl does not end with a line's end")
    lines = content.split(b"\n")[:-1] if content.endswith(b"\n") else content.split(b"\n") if content else []
    versions: Dict[bytes, int] = {}
    last = b""
    for number, line in enumerate(lines):
        match = LINE.fullmatch(line) if len(line) <= LIMIT_BYTES else None
        if match is None:
            bundle.find("entries", "entries.jsonl line %d is not an entry" % (number + 1))
            continue
        index, stream, version, kind, recorded_at, data = match.groups()
        if int(index) != number:
            bundle.find("entries", "entries.jsonl line %d has index %d" % (number + 1, int(index)))
        if int(version) != versions.get(stream, 0) + 1:
            bundle.find("entries", "entries.jsonl line %d has version %d" % (number + 1, int(version)))
        if recorded_at < last:
            bundle.find("entries", "entries.jsonl line %d was recorded before the one above" % (number + 1))
        versions[stream], last = int(version), max(recorded_at, last)
        take(bundle, number, stream, kind.decode(), read_data(bundle, number, data))
    bundle.tree = Tree([leaf_hash(line) for line in lines])
    bundle.checked["entries"] = len(lines)


def _refused(word: str) -> None:
    """NaN and Infinity are Python's, not JSON's."""
    raise ValueError(word)


JSON = json.JSONDecoder(parse_int=float, parse_constant=_refused)  # float: a number may have any length


def read_data(bundle: Bundle, number: int, data: bytes) -> Dict[str, Any]:
    """The JSON of an entry and nothing after it; {} for what is none, which is found."""
    try:
        found: Any = JSON.decode(data.decode("utf-8"))
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return cast("Dict[str, Any]", found)
    bundle.find("entries", "entries.jsonl line %d holds no JSON object" % (number + 1))
    return {}


def take(bundle: Bundle, number: int, stream: bytes, kind: str, fact: Dict[str, Any]) -> None:
    """Keep what an entry tells of keys and of sessions: how each session's data went, in the log's words."""
    if kind == ROTATED:
        bundle.rotations.append((number, fact))
    if not kind.startswith("session."):
        return
    name = kind.partition(":")[0][len("session.") :]
    bundle.streams.setdefault(stream, []).append(number)
    state = bundle.deletions.setdefault(stream, {"ended": False, "data": "kept"})
    if name == "requested":
        bundle.sessions.append(stream)
    elif name == "ended" or (name == "corrected" and fact.get("ended_at") is not None):
        state["ended"] = True
    elif name == "data_purged" and fact:
        state["data"] = str(fact.get("evidence", "declared"))
    elif name == "purge_failed" and state["data"] in ("kept", "started"):
        state["data"] = "failed"
    elif name == "purge_started" and state["data"] in ("kept", "failed"):
        state["data"] = "started"


def check_keys(bundle: Bundle, trusted: Optional[str]) -> None:
    """The file vkey is the chain that the entries tell, each link signed by both its keys."""
    lines = bundle.read("vkey").decode("utf-8", "replace").split("\n")[:-1]
    try:
        bundle.keys = [Key(line) for line in lines]
    except Unreadable as error:
        bundle.find("keys", "vkey: %s" % error)
    told: List[Tuple[str, str]] = []
    for number, fact in bundle.rotations:
        pair = str(fact.get("from_vkey")), str(fact.get("to_vkey"))
        if not is_rotation(fact, pair):
            bundle.find("keys", "the rotation in line %d is not signed by both its keys" % (number + 1))
        bundle.rotated_at.append(number)
        told.append(pair)
    if not bundle.keys:
        bundle.find("keys", "vkey names no key")
    elif told != list(zip(lines, lines[1:])):
        bundle.find("keys", "vkey is not the chain of keys that the entries tell")
        bundle.rotated_at = bundle.rotated_at[: len(bundle.keys) - 1]
    if trusted is not None and trusted not in lines:
        bundle.find("trusted-key", "the key you trust is none of this log's")
    bundle.checked["keys"] = len(bundle.keys)


def is_rotation(fact: Dict[str, Any], pair: Tuple[str, str]) -> bool:
    """Whether both keys signed that one follows the other."""
    try:
        message = ("%s\n%s\n" % pair).encode()
        old, new = Key(pair[0]), Key(pair[1])
        signatures = unpack(str(fact.get("signed_by_old"))), unpack(str(fact.get("signed_by_new")))
    except (Unreadable, UnicodeEncodeError):  # JSON can name half a character
        return False
    return ed25519_holds(old.public, signatures[0], message) and ed25519_holds(
        new.public, signatures[1], message
    )


def key_for(bundle: Bundle, size: int) -> Optional[Key]:
    """The key that signs a checkpoint of that size: a rotation at an index ends the key before it."""
    place = sum(1 for index in bundle.rotated_at if index < size)
    return bundle.keys[place] if place < len(bundle.keys) else None


def check_note(bundle: Bundle, name: str, note: Note) -> None:
    """Signed by the key of its size, and over the very entries that are here."""
    key, said = key_for(bundle, note.size), (note.text, str(note.signatures))
    if said not in bundle.signed:  # many proofs end with one and the same checkpoint
        bundle.signed[said] = key is not None and note.origin == key.name and note.is_signed_by(key)
    if not bundle.signed[said]:
        bundle.find("signature", "%s is not signed by this log's key" % name)
    if note.size > bundle.tree.size:
        bundle.find(
            "shrunk", "%s covers %d entries; this log is shorter: %d" % (name, note.size, bundle.tree.size)
        )
    elif bundle.tree.root(note.size) != note.root:
        bundle.find("forked", "FORK: %s is over other entries than these" % name)


def check_checkpoints(bundle: Bundle, since: Optional[bytes]) -> None:
    """The newest, every older one, and the one that was brought along."""
    newest = parsed(bundle, "checkpoint", bundle.read("checkpoint"))
    notes: List[Tuple[str, Optional[Note]]] = [("checkpoint", newest)]
    largest = -1
    for name in sorted(bundle.files):
        if name.startswith("checkpoints/"):
            note = parsed(bundle, name, bundle.read(name))
            notes.append((name, note))
            if note is not None and name != "checkpoints/%d.note" % note.size:
                bundle.find("checkpoint", "%s is the checkpoint of %d entries" % (name, note.size))
            largest = max(largest, -1 if note is None else note.size)
    if newest is not None and (largest != newest.size or bundle.tree.size != newest.size):
        bundle.find("checkpoint", "checkpoint is not the newest, or does not cover every entry")
    if since is not None:
        notes.append(("the checkpoint you hold", parsed(bundle, "the checkpoint you hold", since)))
    for name, note in notes:
        if note is not None:
            check_note(bundle, name, note)
    bundle.checked["checkpoints"] = len(notes) - 1


def parsed(bundle: Bundle, name: str, content: bytes) -> Optional[Note]:
    """A note, or None, which is found."""
    try:
        return Note(content)
    except Unreadable as error:
        bundle.find("checkpoint", "%s: %s" % (name, error))
        return None


def tile_path(level: int, number: int, width: int) -> str:
    """C2SP tlog-tiles: tile/<level>/x001/234, with .p/<width> for one that is not full."""
    text = "%03d" % (number % 1000)
    while number >= 1000:
        number //= 1000
        text = "x%03d/%s" % (number % 1000, text)
    return "tile/%d/%s" % (level, text) + ("" if width == 256 else ".p/%d" % width)


def check_tiles(bundle: Bundle) -> None:
    """Every tile of the tree is there with its hashes, and no other."""
    expected: Dict[str, bytes] = {}
    level = 0
    while bundle.tree.size >> 8 * level and 8 * level < len(bundle.tree.levels):
        row = bundle.tree.levels[8 * level]
        for number in range((len(row) + 255) // 256):
            part = row[number * 256 : number * 256 + 256]
            expected[tile_path(level, number, len(part))] = b"".join(part)
        level += 1
    there = {name for name in bundle.files if name.startswith("tile/")}
    for name in sorted(there | set(expected)):
        if bundle.files.get(name) != expected.get(name):
            bundle.find("tile", "%s is not the tile of these entries" % name)
    bundle.checked["tiles"] = len(expected)


def check_proofs(bundle: Bundle) -> None:
    """Every proof leads from its leaf to the root of its checkpoint, which is over these entries."""
    count = 0
    for name in sorted(bundle.files):
        if name.startswith("proofs/"):
            try:
                count += check_proof_file(bundle, name, bundle.read(name))
            except Unreadable as error:
                bundle.find("proof", "%s: %s" % (name, error))
    bundle.checked["proofs"] = count


def check_proof_file(bundle: Bundle, name: str, content: bytes) -> int:
    """One proof after another; how many there were."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable("a proof is UTF-8") from None
    first, *rest = re.split("^%s\n" % re.escape(HEADER), text, flags=re.MULTILINE)
    if first or not rest:
        raise Unreadable("a proof begins with its format and version")
    seen: Set[str] = set()
    places: List[int] = []
    for each in rest:
        upper, gap, below = each.partition("\n\n")
        extra, index, *hashes = upper.split("\n") if "\n" in upper else (upper, "")
        if (
            not gap
            or not extra.startswith("extra ")
            or not DECIMAL.fullmatch(index[6:])
            or index[:6] != "index "
        ):
            raise Unreadable("a proof is a leaf, an index, hashes, an empty line and a checkpoint")
        if len(hashes) > PROOF_HASHES_MAX or len(each) > LIMIT_BYTES:
            raise Unreadable("a proof has at most 63 hashes")
        note, place, siblings = Note(below.encode()), int(index[6:]), [unpack(h) for h in hashes]
        leaf = leaf_hash(unpack(extra[6:]))
        places.append(place)
        if root_of_proof(leaf, place, note.size, siblings) != note.root or any(
            len(h) != 32 for h in siblings
        ):
            bundle.find("proof", "%s: the proof of entry %d does not hold" % (name, place))
        elif place >= bundle.tree.size or bundle.tree.levels[0][place] != leaf:
            bundle.find("proof", "%s: entry %d is another than in entries.jsonl" % (name, place))
        if below not in seen:
            seen.add(below)
            check_note(bundle, name, note)
    if places != places_of(bundle, name):
        bundle.find("proof", "%s: not a proof for each event of its session, in order" % name)
    return len(rest)


def places_of(bundle: Bundle, name: str) -> Optional[List[int]]:
    """The entries of the session that a file of proofs is named after; None when there is no such session."""
    match = PROOF_NAME.fullmatch(name)
    number = 0 if match is None else int(match[1])
    return bundle.streams[bundle.sessions[number - 1]] if 0 < number <= len(bundle.sessions) else None


# --- what the log says of the deletions ------------------------------------------------------------------


def deletions(bundle: Bundle) -> Dict[str, int]:
    """How many sessions ended, and how their data went: by the log's own entries."""
    ended = [state["data"] for state in bundle.deletions.values() if state["ended"]]
    counts = {"ended": len(ended)}
    for kind in ("measured", "absence_measured", "declared", "failed", "started", "kept"):
        counts[kind] = ended.count(kind)
    return counts


# --- telling ---------------------------------------------------------------------------------------------

WORDS = {
    "en": {
        "pass": "PASS: everything in this folder holds.",
        "fail": "FAIL: %d finding(s).",
        "trusted": "It is signed with the key you trust.",
        "untrusted": "It is signed with the key in this folder. Compare it with the one you were given:",
        "checked": "checked: ",
        "more": "%s: %d more of these",
        "history": "sessions that ended: %(ended)d; data deleted, measured: %(measured)d; found absent: "
        "%(absence_measured)d; declared: %(declared)d; failed: %(failed)d; begun: %(started)d; "
        "kept: %(kept)d",
    },
    "pl": {
        "pass": "ZGODNE: wszystko w tym folderze się zgadza.",
        "fail": "NIEZGODNE: liczba uwag: %d.",
        "trusted": "Podpisano kluczem, któremu ufasz.",
        "untrusted": "Podpisano kluczem z tego folderu. Porównaj go z tym, który otrzymałeś:",
        "checked": "sprawdzono: ",
        "more": "%s: jeszcze takich: %d",
        "history": "sesje zakończone: %(ended)d; dane usunięte, zmierzono: %(measured)d; stwierdzono brak: "
        "%(absence_measured)d; oświadczono: %(declared)d; nieudane: %(failed)d; rozpoczęte: %(started)d; "
        "zachowane: %(kept)d",
    },
}


def verify(folder: Path, trusted: Optional[str] = None, since: Optional[bytes] = None) -> Bundle:
    """Check everything; the bundle with its findings. Raises Unreadable for what is no bundle at all."""
    bundle = read_folder(folder)
    check_manifest(bundle)
    check_entries(bundle)
    check_keys(bundle, trusted)
    check_checkpoints(bundle, since)
    check_tiles(bundle)
    check_proofs(bundle)
    return bundle


def tell(bundle: Bundle, trusted: Optional[str], lang: str) -> None:
    """The verdict in plain words."""
    words = WORDS[lang]
    for code, sentence in bundle.findings:
        print("%s: %s" % (code, sentence))
    for code, count in bundle.counts.items():
        if count > SHOWN_MAX:
            print(words["more"] % (code, count - SHOWN_MAX))
    print(words["checked"] + ", ".join("%s %d" % pair for pair in bundle.checked.items()))
    print(words["history"] % deletions(bundle))
    print(words["fail"] % sum(bundle.counts.values()) if bundle.findings else words["pass"])
    if not bundle.findings:
        print(words["untrusted"] if trusted is None else words["trusted"])
        if trusted is None:
            print("\n".join("  " + key.line for key in bundle.keys))


def main() -> int:
    """Read the command line, check, tell, and give the exit status."""
    parser = argparse.ArgumentParser(
        description="Checks an exported ledger without the program that made it."
    )
    parser.add_argument("bundle", nargs="?", help="the folder; default: where this file lies")
    parser.add_argument("--vkey", help="the public key you were given by another way")
    parser.add_argument("--since", metavar="NOTE", help="a checkpoint you hold: the log must continue it")
    parser.add_argument("--lang", choices=("en", "pl"), default="en")
    parser.add_argument("--json", action="store_true", help="print the findings as JSON")
    asked = parser.parse_args()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    folder = Path(asked.bundle) if asked.bundle else Path(__file__).resolve().parent
    trusted = None if asked.vkey is None else asked.vkey.strip()
    try:
        since = None if asked.since is None else Path(asked.since).read_bytes()
        bundle = verify(folder, trusted, since)
    except (Unreadable, OSError) as error:
        print("cannot be read: %s" % error, file=sys.stderr)
        return 2
    if asked.json:
        findings = [{"code": code, "sentence": sentence} for code, sentence in bundle.findings]
        verdict = "fail" if findings else "pass"
        found = {
            "verdict": verdict,
            "vkey_given": trusted is not None,
            "findings": findings,
            "counts": bundle.counts,
            "checked": bundle.checked,
            "deletions": deletions(bundle),
        }
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        tell(bundle, trusted, asked.lang)
    return 3 if bundle.findings else 0


if __name__ == "__main__":
    status = 2
    try:
        status = main()
        sys.stdout.flush()
    except BrokenPipeError:  # who reads has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(status)
