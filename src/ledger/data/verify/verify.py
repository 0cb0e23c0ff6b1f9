#!/usr/bin/env python3
"""Checks an exported ledger without the program that made it. One file, Python 3.8 or newer, nothing else.

    python3 -I verify.py [BUNDLE] [--vkey KEY] [--witness KEY] [--since NOTE] [--lang pl]
                         [--brief | --json] [--csv FILE]

It reads the folder it lies in (or BUNDLE), prints a row for each session and what it found, and writes
nothing but the table that --csv names.
Exit status: 0 everything holds; 3 something does not; 2 the folder cannot be read as a bundle.

What is checked, each by the public specification named beside it:
  the list of files            MANIFEST.sha256, SHA-256 of each
  what belongs to the bundle   contents.json: entries, checkpoints, proofs
  the entries                  entries.jsonl: keys, order, numbers, versions of each stream
  the tree                     RFC 6962: leaf = SHA-256(00 || line), node = SHA-256(01 || left || right)
  the checkpoints              C2SP signed-note and tlog-checkpoint, Ed25519 by RFC 8032
  the keys                     one after another as the log's own entries tell
  the cosignatures             C2SP tlog-cosignature, Ed25519, of witnesses that saw a checkpoint
  the tiles and the proofs     C2SP tlog-tiles and tlog-proof
  the sessions                 instants and values; one that this program does not know is a finding
"""

from __future__ import annotations

import argparse
import base64
import binascii
import csv
import errno
import hashlib
import io
import json
import os
import re
import sys
from datetime import date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Callable, Dict, Iterable, List, Optional, Sequence, Set, Tuple, cast

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
NEST_MAX = 64
FILES_MAX = 2**31 - 1  # of one event: the sum over all of them is exact in both verifiers
STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
INSTANT = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,6}))?"
    r"(?:Z|([+-])([0-9]{2}):([0-9]{2}))"
)
DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")
COSIGNED = re.compile(r"cosignatures/(0|[1-9][0-9]{0,18})\.txt")
WITNESS_NAME = re.compile(
    r"[^\x00-\x20+\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]{1,255}"
)
PROOF_NAME = re.compile(r"proofs/session-([1-9][0-9]{0,9})\.tlog-proof")


class Unreadable(Exception):
    """Something is not what its format says; the text is the finding."""


# --- instants ---------------------------------------------------------------------------------------

SECOND = 1000000
INSTANT_MAX = 2**53 - 1  # the year 2255: beyond it no browser counts microseconds exactly


def microseconds(text: object) -> Optional[int]:
    """Return an instant in microseconds since 1970; None for one that no calendar and clock has."""
    match = INSTANT.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(each) for each in match.groups()[:6])
    fraction, sign, off_hours, off_minutes = match.groups()[6:]
    days = epoch_days(year, month, day)
    offset = 0 if sign is None else int(sign + "1") * (int(off_hours) * 3600 + int(off_minutes) * 60)
    if days is None or hour > 23 or minute > 59 or second > 59 or abs(offset) > 86340:
        return None
    if int(off_minutes or 0) > 59:
        return None
    seconds = days * 86400 + hour * 3600 + minute * 60 + second - offset
    found = seconds * SECOND + int(((fraction or "") + "000000")[:6])
    return found if 0 <= found <= INSTANT_MAX else None


def epoch_days(year: int, month: int, day: int) -> Optional[int]:
    """Return the days since 1970; None for a day that is in no calendar, or lies before."""
    try:
        return date(year, month, day).toordinal() - 719163 if year >= 1970 else None
    except ValueError:
        return None


def instant_text(moment_us: Optional[int]) -> str:
    """Return an instant as UTC, with microseconds where it has any; empty for None."""
    if moment_us is None:
        return ""
    moment = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(microseconds=moment_us)
    return moment.replace(tzinfo=None).isoformat() + "Z"


def office_midnight(day: str) -> Optional[int]:
    """Return when a day begins in Poland, in microseconds since 1970; None for a text that is no day.

    Summer time holds from the last Sunday of March to the last Sunday of October, as since 1996.
    """
    match = DAY.fullmatch(day)
    days = None if match is None else epoch_days(*(int(each) for each in match.groups()))
    if match is None or days is None:
        return None
    summer, winter = (last_sunday(int(match[1]), month) for month in (3, 10))
    return (days * 24 - (2 if summer < days <= winter else 1)) * 3600 * SECOND


def last_sunday(year: int, month: int) -> int:
    """Return the last Sunday of March or October in days since 1970."""
    last = date(year, month, 31).toordinal() - 719163
    return last - (last + 4) % 7


# --- Ed25519: RFC 8032, section 5.1.7, slow and plain ------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
SQRT_OF_MINUS_1 = pow(2, (P - 1) // 4, P)


# y of the points of small order, without the sign: under such a key one signature fits every text.
SMALL_ORDER = {
    value.to_bytes(32, "little")
    for value in (
        0,
        1,
        P - 1,
        2707385501144840649318225287225658788936804267575313519463743609750303402022,
        55188659117513257062467267217118295137698188065244968500265048394206261417927,
    )
}


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
        if key[1:32] + bytes([key[32] & 127]) in SMALL_ORDER:
            raise Unreadable("a verifier key of small order, which anybody can sign for")
        self.line, self.name, self.public = line, name, key[1:]
        self.id = hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]
        if self.id.hex() != key_id:
            raise Unreadable("the id of a verifier key does not fit it")


class WitnessKey:
    """The key of a witness: its line, its name, its four bytes of id, its 32 bytes."""

    def __init__(self, line: str) -> None:
        name, _, rest = line.partition("+")
        key_id, _, encoded = rest.partition("+")
        key = unpack(encoded)
        if len(key) != 33 or key[0] != 4 or not WITNESS_NAME.fullmatch(name):
            raise Unreadable("not an Ed25519 key of a witness")
        if key[1:32] + bytes([key[32] & 127]) in SMALL_ORDER:
            raise Unreadable("a witness' key of small order, which anybody can sign for")
        self.line, self.name, self.public = line, name, key[1:]
        self.id = hashlib.sha256(name.encode() + b"\n" + key).digest()[:4]
        if self.id.hex() != key_id:
            raise Unreadable("the id of a witness' key does not fit it")


def mended(content: bytes) -> bytes:
    """Return a checkpoint as it was before a mail program marked its byte order or changed its line ends."""
    if content.startswith(b"\xef\xbb\xbf"):
        content = content[3:]
    content = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return content.rstrip(b"\n") + b"\n"


def signature_of(line: str) -> Tuple[str, bytes, bytes]:
    """A signature line: whose, the id of the key, and the signature."""
    name, _, encoded = line[2:].rpartition(" ")
    signature = unpack(encoded)
    if not line.startswith("\u2014 ") or not name or len(signature) <= 4:
        raise Unreadable("not a signature line")
    return name, signature[:4], signature[4:]


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
        self.signatures = [signature_of(line) for line in below[:-1].split("\n")]
        if len(self.signatures) > SIGNATURES_MAX:
            raise Unreadable("a note has at most 16 signatures")

    def is_signed_by(self, key: Key) -> bool:
        """Whether this key signed the text, and no line of its is wrong."""
        mine = [
            signature for name, key_id, signature in self.signatures if (name, key_id) == (key.name, key.id)
        ]
        return bool(mine) and all(ed25519_holds(key.public, each, self.text.encode()) for each in mine)


# --- the bundle ----------------------------------------------------------------------------------------


class Deletion:
    """A deletion that was recorded: what it says, when, and the time allowed then; in microseconds."""

    def __init__(self, entry: Entry, at: Optional[int], source: str, rule: int, *, in_doubt: bool) -> None:
        self.at, self.recorded, self.source = at, entry.recorded, source
        self.rule, self.in_doubt = rule, in_doubt
        self.evidence = entry.choice("evidence", EVIDENCE, "declared")
        self.allowed = entry.bundle.allowed_seconds
        self.clock = None if entry.fact.get("clock") is None else entry.instant("clock")


class Session:
    """One session as the log's own entries tell it; instants in microseconds since 1970."""

    def __init__(self) -> None:
        self.number = 0
        self.places: List[int] = []
        self.requested: Optional[int] = None
        self.connected = self.cancelled = self.has_ended = self.was_purged = False
        self.ended: Optional[int] = None
        self.purged: Optional[int] = None
        self.recorded: Optional[int] = None
        self.by = ""
        self.evidence = "none"
        self.purging = ""
        self.parts = self.files = 0
        self.held_until = ""
        self.has_data = self.knows_data = False
        self.data: Set[str] = set()
        self.notes: Set[str] = set()
        self.erased: List[str] = []
        self.first_end: Optional[int] = None
        self.deletions: List[Deletion] = []
        self.doubted: Dict[str, bool] = {}
        self.flagged: Dict[str, Set[str]] = {}
        self.hosts: Set[str] = set()
        self.connections = 0
        self.in_doubt = False
        self.marks: Set[str] = set()
        self.told: Set[str] = set()  # marks that count once the data are deleted


class Bundle:
    """A folder, and what was found in it: (code, sentence), the first SHOWN_MAX of each code."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.findings: List[Tuple[str, str]] = []
        self.files: Dict[str, bytes] = {}
        self.counts: Dict[str, int] = {}  # all findings of a code, shown or not
        self.rotations: List[Tuple[int, Dict[str, Any]]] = []
        self.streams: Dict[bytes, Session] = {}
        self.sessions: List[Session] = []  # session 1, 2, 3
        self.allowed_seconds = 900  # until a setting says otherwise
        self.billing_from: Optional[int] = None
        self.certified: List[Tuple[int, object, object]] = []  # entry, size and root that a certificate names
        self.tree = Tree([])
        self.keys: List[Key] = []
        self.rotated_at: List[int] = []
        self.signed: Dict[Tuple[str, str], bool] = {}
        self.cosigned: List[Dict[str, object]] = []  # size, witness, at, vkey and whether it was named
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
    """Every file below a folder by its path with slashes; raises Unreadable.

    Links are no part of it: no browser hands them over either.
    """
    if not (folder / "entries.jsonl").is_file() or (folder / "entries.jsonl").is_symlink():
        raise Unreadable("there is no entries.jsonl in %s" % folder)
    bundle = Bundle(folder)
    for place, folders, names in os.walk(str(folder)):
        folders.sort()
        for name in sorted(names):
            path = Path(place) / name
            if not path.is_symlink():
                try:
                    content = path.read_bytes() if path.is_file() else b""
                except (MemoryError, OverflowError):
                    raise Unreadable("%s is larger than the memory of this machine" % path) from None
                bundle.files[path.relative_to(folder).as_posix()] = content
    return bundle


def check_manifest(bundle: Bundle) -> None:
    """Every file is in the list with its own hash, and none is missing or besides."""
    listed: Dict[str, str] = {}
    for number, line in enumerate(bundle.read("MANIFEST.sha256").split(b"\n")[:-1], 1):
        match = re.fullmatch(rb"([0-9a-f]{64})  ([^\x00-\x1f]+)", line)
        if match is None:
            bundle.find("manifest", "MANIFEST.sha256 line %d cannot be read" % number)
            continue
        if match[2].decode("utf-8", "replace") in listed:
            bundle.find("manifest", "MANIFEST.sha256 line %d lists a file twice" % number)
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
        recorded = microseconds(recorded_at.decode())
        if recorded is None:
            bundle.find("instant", "entries.jsonl line %d was recorded at no possible instant" % (number + 1))
        versions[stream], last = int(version), max(recorded_at, last)
        entry = Entry(bundle, number, kind.decode(), recorded, read_data(bundle, number, data))
        take(bundle, entry, stream, int(version))
    bundle.tree = Tree([leaf_hash(line) for line in lines])
    bundle.checked["entries"] = len(lines)


def _refused(word: str) -> None:
    """Refuse NaN and Infinity, which are Python's, not JSON's."""
    raise ValueError(word)


def _once(pairs: List[Tuple[str, Any]]) -> Dict[str, Any]:
    """Return an object no key of which is there twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found


JSON = json.JSONDecoder(parse_int=float, parse_constant=_refused, object_pairs_hook=_once)
"""Numbers as floats: one may have any length."""


def read_json(data: bytes) -> object:
    """Return the value of a JSON text; None for one that is none, names a key twice or nests too deep."""
    if data.count(b"{") + data.count(b"[") > NEST_MAX:
        depth = 0
        for each in re.findall(rb"[][{}]", STRING.sub(b"", data)):
            depth += 1 if each in b"[{" else -1
            if depth > NEST_MAX:
                return None
    try:
        return JSON.decode(data.decode("utf-8"))
    except (ValueError, RecursionError):
        return None


def read_data(bundle: Bundle, number: int, data: bytes) -> Optional[Dict[str, Any]]:
    """Return the JSON object of an entry; None for what is none, which is found."""
    found: Any = read_json(data)
    if isinstance(found, dict):
        return cast("Dict[str, Any]", found)
    bundle.find("entries", "entries.jsonl line %d holds no JSON object" % (number + 1))
    return None


def whole_number(value: object) -> Optional[int]:
    """Return a number that is whole and not below zero, at most 2**53 - 1; None for everything else."""
    if isinstance(value, float) and value.is_integer() and 0 <= value < 2**53:
        return int(value)
    return None


class Entry:
    """One entry: its topic and what it says; what it says and this program does not know is found."""

    def __init__(
        self, bundle: Bundle, number: int, kind: str, recorded: Optional[int], fact: Optional[Dict[str, Any]]
    ) -> None:
        self.bundle, self.number, self.recorded = bundle, number, recorded
        self.topic = kind.partition(":")[0]
        self.kind, self.fact, self.is_read = kind, fact or {}, fact is not None

    def unknown(self, key: str) -> None:
        """Note a value that this program does not know."""
        self.bundle.find("value", "entries.jsonl line %d: %s has an unknown value" % (self.number + 1, key))

    def instant(self, key: str) -> Optional[int]:
        """Return an instant; one that is missing or impossible is found."""
        found = microseconds(self.fact.get(key))
        if found is None:
            self.bundle.find(
                "instant", "entries.jsonl line %d: %s is no possible instant" % (self.number + 1, key)
            )
        return found

    def choice(self, key: str, known: Sequence[str], default: str) -> str:
        """Return one of the known words; `unknown` for another, which is found."""
        found: object = self.fact.get(key, default)
        if isinstance(found, str) and found in known:
            return found
        self.unknown(key)
        return "unknown"

    def text(self, key: str) -> str:
        """Return a text that is not empty; `unknown` for anything else, which is found."""
        found = self.fact.get(key)
        if isinstance(found, str) and found:
            return found
        self.unknown(key)
        return "unknown"

    def names(self) -> Optional[Set[str]]:
        """Return the names of the fields that the vault keeps for it; None where an older entry has none."""
        found: object = self.fact.get("fields")
        if found is None:
            return None
        names = cast("List[object]", found) if isinstance(found, list) else [None]
        if not names or not all(isinstance(each, str) and NAME.fullmatch(each) for each in names):
            self.unknown("fields")
            return None
        return {str(each) for each in names}

    def files(self) -> int:
        """Return the number of files that a purge removed, by its targets."""
        targets: object = self.fact.get("targets", [])
        found = 0
        for each in cast("List[object]", targets) if isinstance(targets, list) else [None]:
            told = cast("Dict[str, object]", each).get("files", 0.0) if isinstance(each, dict) else None
            count = whole_number(told)
            if count is None:
                self.unknown("targets")
                return 0
            found += count
        if found > FILES_MAX:
            self.unknown("targets")
            return 0
        return found

    def find_left(self) -> None:
        """Find a target of a deletion by which something of it is still there; only a shared log is kept."""
        targets: object = self.fact.get("targets", [])
        for each in cast("List[object]", targets) if isinstance(targets, list) else []:
            told = cast("Dict[str, object]", each) if isinstance(each, dict) else {}
            left = told.get("result") != "retained" and whole_number(told.get("residual", 0.0)) != 0
            if left or told.get("result") in ("residual", "failed"):
                self.unknown("residual")

    def rule(self) -> int:
        """Return the rule that a purge was recorded under; 1, the older one, where it says none."""
        if self.fact.get("rule") is None:
            return 1
        found = whole_number(self.fact["rule"])
        if found is None:
            self.unknown("rule")
        return found or 1

    def flags(self) -> Set[str]:
        """Return the flags of a purge's targets; what cannot be read is found, and the rest kept."""
        targets: object = self.fact.get("targets", [])
        flags: Set[str] = set()
        for each in cast("List[object]", targets) if isinstance(targets, list) else []:
            told: object = cast("Dict[str, object]", each).get("flags", []) if isinstance(each, dict) else []
            listed = cast("List[object]", told) if isinstance(told, list) else [None]
            if not all(isinstance(flag, str) for flag in listed):
                self.unknown("flags")
            flags.update(flag for flag in listed if isinstance(flag, str))
        return flags

    def host(self) -> Optional[Tuple[str, str]]:
        """Return the workstation that a purge was said to run on, and the host's own name; None without one.

        The own name is ? where an older entry has none. What cannot be read is found.
        """
        found = self.fact.get("host")
        if found is None:
            return None
        host = cast("Dict[str, object]", found) if isinstance(found, dict) else {}
        said, own = host.get("workstation"), host.get("true_host")
        if not isinstance(said, str) or not said or not isinstance(own, (str, type(None))):
            self.unknown("host")
            return None
        return said, own or "?"


def take(bundle: Bundle, entry: Entry, stream: bytes, version: int) -> None:
    """Keep what an entry tells of keys, of rules and of sessions."""
    if entry.topic in OPENINGS and version != 1:
        bundle.find("stream", "entries.jsonl line %d opens a stream that is open" % (entry.number + 1))
    if entry.kind == ROTATED:
        bundle.rotations.append((entry.number, entry.fact))
    if entry.topic.startswith("ledger."):
        take_rule(bundle, entry)
    if not entry.topic.startswith("session."):
        return
    session = bundle.streams.setdefault(stream, Session())
    session.places.append(entry.number)
    if entry.topic == "session.requested" and not session.number:
        bundle.sessions.append(session)
        session.number = len(bundle.sessions)
    elif not session.number:
        bundle.find("stream", "entries.jsonl line %d is of a session never asked for" % (entry.number + 1))
    if entry.is_read:
        take_session(session, entry)


def take_rule(bundle: Bundle, entry: Entry) -> None:
    """Keep the time allowed, and the first day that is billed here."""
    if entry.topic == "ledger.setting_changed" and entry.fact.get("key") == "purge.sla_seconds":
        allowed = whole_number(entry.fact.get("value"))
        if allowed is None:
            entry.unknown("value")
        else:
            bundle.allowed_seconds = allowed
    elif entry.topic == "ledger.setting_changed" and entry.fact.get("key") == "billing.from":
        take_first_day(bundle, entry, "value")
    elif entry.topic == "ledger.opened" and entry.fact.get("billing_from") is not None:
        take_first_day(bundle, entry, "billing_from")


def take_first_day(bundle: Bundle, entry: Entry, key: str) -> None:
    """Keep the first day that is billed here; what is no day is found, and the day before it stays."""
    day = entry.fact.get(key)
    found = office_midnight(day) if isinstance(day, str) else None
    if found is None:
        entry.unknown(key)
    else:
        bundle.billing_from = found


OPENINGS = ("ledger.opened", "customer.registered", "session.requested")
REASONED = ("reclassified", "corrected", "waived", "confirmed", "held", "reviewed", "unrecorded", "noted")
"""What is written for the bill: the purge of a session's data leaves it."""
RULE_OF_PLACES = 2
DOUBTS = frozenset(
    (
        "missing",
        "replaced",
        "link",
        "hard-link",
        "swapped",
        "other-disk",
        "other-place",
        "place-unknown",
        "interrupted",
    )
)
EVIDENCE = ("measured", "absence_measured", "declared")
BACK_DATED = 900 * SECOND
AHEAD = 120 * SECOND


def take_session(session: Session, entry: Entry) -> None:
    """Keep what an entry tells of its session."""
    name, told = entry.topic[len("session.") :], Told(entry)
    if entry.fact.get("commitment") is not None:
        names = entry.names()
        if name in REASONED:
            session.notes |= {"unknown"} if names is None else names
        else:
            session.has_data = True
            session.data |= {"unknown"} if names is None else names
    if name in TAKEN:
        TAKEN[name](session, entry, told)


class Told:
    """When an entry says that it happened, who says so, and from where."""

    def __init__(self, entry: Entry) -> None:
        self.at, self.by = entry.instant("at"), entry.text("by")
        self.source = entry.choice("source", ("cli", "import", "desk"), "cli")


def _requested(session: Session, _: Entry, told: Told) -> None:
    session.requested = told.at


def _connected(session: Session, _: Entry, __: Told) -> None:
    session.connected = True
    session.connections += 1


def _cancelled(session: Session, _: Entry, __: Told) -> None:
    session.cancelled = True


def _ended(session: Session, entry: Entry, told: Told) -> None:
    session.has_ended, session.ended = True, told.at
    session.first_end = told.at if session.first_end is None else session.first_end
    if None not in (told.at, entry.recorded) and cast("int", told.at) > cast("int", entry.recorded):
        session.told.add("end_ahead")


def _corrected(session: Session, entry: Entry, _: Told) -> None:
    before = session.ended
    session.has_ended = entry.fact.get("ended_at") is not None
    session.ended = entry.instant("ended_at") if session.has_ended else None
    if session.ended != before:
        session.told.add("corrected_after_deletion" if session.was_purged else "end_corrected")
    connections: object = entry.fact.get("connections")
    if isinstance(connections, list):
        count = len(cast("list[object]", connections))
        if count > session.connections:
            session.told.add("connection_added")
        session.connections = count
    elif connections is not None:
        entry.unknown("connections")


def _voided(session: Session, entry: Entry, _: Told) -> None:
    undone: object = entry.fact.get("undone", False)
    if not isinstance(undone, bool):
        entry.unknown("undone")
    (session.marks.discard if undone is True else session.marks.add)("voided")


def _artefact_withdrawn(session: Session, _: Entry, __: Told) -> None:
    session.told.add("artefact_withdrawn")


def _held(session: Session, entry: Entry, _: Told) -> None:
    until: object = entry.fact.get("until")
    session.held_until = until if isinstance(until, str) and office_midnight(until) is not None else "unknown"
    if session.held_until == "unknown":
        entry.unknown("until")


def _released(session: Session, _: Entry, __: Told) -> None:
    session.held_until = ""


def _data_erased(session: Session, entry: Entry, _: Told) -> None:
    data = entry.choice("data", ("session", "tax"), "")
    why = entry.choice("why", ("retention", "abandoned", "erasure"), "")
    session.erased.append("%s:%s" % (data, why))
    if why == "erasure":
        session.marks.add("erased_on_request")


def _certificate_issued(session: Session, entry: Entry, _: Told) -> None:
    entry.bundle.certified.append((entry.number, entry.fact.get("tree_size"), entry.fact.get("root")))
    session.marks.discard("certificate_superseded")


def _certificate_superseded(session: Session, _: Entry, __: Told) -> None:
    session.marks.add("certificate_superseded")


def _purge_started(session: Session, _: Entry, __: Told) -> None:
    session.purging = session.purging or "started"


def _doubts(session: Session, entry: Entry) -> Tuple[int, bool]:
    """Keep where a purge ran, and what it says of the place; its rule, and if the place is in doubt by it."""
    host, rule, flags = entry.host(), entry.rule(), entry.flags()
    is_doubtful = rule >= RULE_OF_PLACES and not DOUBTS.isdisjoint(flags)
    if host is not None:
        session.hosts.add("%s (%s)" % host)
        session.doubted[host[0]] = is_doubtful
    session.flagged["" if host is None else host[0]] = flags
    return rule, is_doubtful


def _purge_failed(session: Session, entry: Entry, _: Told) -> None:
    session.purging = "failed"
    _doubts(session, entry)
    session.files += entry.files()


def _part_purged(session: Session, entry: Entry, _: Told) -> None:
    entry.choice("evidence", EVIDENCE, "")
    entry.find_left()
    session.purging = ""
    session.parts += 1
    _doubts(session, entry)
    session.files += entry.files()


def _data_purged(session: Session, entry: Entry, told: Told) -> None:
    rule, in_doubt = _doubts(session, entry)
    deletion = Deletion(entry, told.at, told.source, rule, in_doubt=in_doubt)
    entry.find_left()
    session.deletions.append(deletion)
    session.evidence = deletion.evidence
    session.purging, session.was_purged = "", True
    session.purged, session.recorded, session.by = told.at, entry.recorded, told.by
    session.files += entry.files()
    session.in_doubt = any(session.doubted.values())
    session.marks.discard("imported")
    if told.source == "import":
        session.marks.add("imported")


TAKEN: Dict[str, Callable[[Session, Entry, Told], None]] = {
    "requested": _requested,
    "connected": _connected,
    "cancelled": _cancelled,
    "ended": _ended,
    "corrected": _corrected,
    "voided": _voided,
    "artefact_withdrawn": _artefact_withdrawn,
    "held": _held,
    "released": _released,
    "data_erased": _data_erased,
    "certificate_issued": _certificate_issued,
    "certificate_superseded": _certificate_superseded,
    "purge_started": _purge_started,
    "purge_failed": _purge_failed,
    "part_purged": _part_purged,
    "data_purged": _data_purged,
}


def check_keys(bundle: Bundle, trusted: Optional[str]) -> None:
    """The file vkey is the chain that the entries tell, each link signed by both its keys."""
    lines = bundle.read("vkey").decode("utf-8", "replace").split("\n")[:-1]
    try:
        bundle.keys = [Key(line) for line in lines]
    except Unreadable as error:
        bundle.find("keys", "vkey: %s" % error)
    told: List[Tuple[str, str]] = []
    for number, fact in bundle.rotations:
        pair = text_of(fact, "from_vkey"), text_of(fact, "to_vkey")
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


def text_of(fact: Dict[str, Any], key: str) -> str:
    """Return a text that an event says; empty for what is none."""
    found = fact.get(key)
    return found if isinstance(found, str) else ""


def is_rotation(fact: Dict[str, Any], pair: Tuple[str, str]) -> bool:
    """Whether both keys signed that one follows the other."""
    try:
        message = ("%s\n%s\n" % pair).encode()
        old, new = Key(pair[0]), Key(pair[1])
        signatures = unpack(text_of(fact, "signed_by_old")), unpack(text_of(fact, "signed_by_new"))
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


def check_cosignatures(bundle: Bundle, named: Sequence[str]) -> None:
    """What each witness said of a checkpoint, and that those who were named said something."""
    seen: Set[str] = set()
    for name in sorted(bundle.files):
        if name.startswith("cosignatures/"):
            try:
                seen |= check_cosigned(bundle, name, named)
            except Unreadable as error:
                bundle.find("cosignature", "%s: %s" % (name, error))
    for line in named:
        if line not in seen:
            bundle.find("trusted-witness", "the witness you name cosigned no checkpoint of this log")


def check_cosigned(bundle: Bundle, name: str, named: Sequence[str]) -> Set[str]:
    """The key and the cosignature, one after another, over one checkpoint; the keys that hold."""
    match = COSIGNED.fullmatch(name)
    if match is None:
        raise Unreadable("not the cosignatures of a checkpoint")
    note = Note(bundle.read("checkpoints/%s.note" % match[1]))
    try:
        lines = bundle.read(name).decode("utf-8").split("\n")
    except UnicodeDecodeError:
        raise Unreadable("a cosignature is UTF-8") from None
    if len(bundle.read(name)) > LIMIT_BYTES or len(lines) % 2 == 0 or len(lines) < 3 or lines[-1]:
        raise Unreadable("not a key and a cosignature, one after another")
    pairs = list(zip(lines[::2], lines[1::2]))
    held: Set[str] = set()
    if len(set(pairs)) != len(pairs):
        raise Unreadable("a cosignature stands twice")
    for vkey, line in pairs:
        key, at = check_cosignature(bundle, note, vkey, line)
        held.add(vkey)
        told = {"size": note.size, "witness": key.name, "at": instant_text(at * SECOND), "vkey": vkey}
        bundle.cosigned.append(dict(told, named=vkey in named))
    return held


def check_cosignature(bundle: Bundle, note: Note, vkey: str, line: str) -> Tuple[WitnessKey, int]:
    """The key and the seconds of one cosignature over a checkpoint; raises Unreadable."""
    key, (name, key_id, signed) = WitnessKey(vkey), signature_of(line)
    if (name, key_id) != (key.name, key.id) or len(signed) != 72:
        raise Unreadable("a cosignature is not of the key before it")
    if key.public in [own.public for own in bundle.keys]:
        raise Unreadable("this log cosigns itself")
    at = int.from_bytes(signed[:8], "big")
    if not 0 < at * SECOND <= INSTANT_MAX:
        raise Unreadable("a cosignature says a moment that no calendar has")
    message = ("cosignature/v1\ntime %d\n%s" % (at, note.text)).encode()
    if not ed25519_holds(key.public, signed[8:], message):
        raise Unreadable("the cosignature of %s is not over this checkpoint, or was changed" % key.name)
    return key, at


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


def check_contents(bundle: Bundle) -> None:
    """Check that the checkpoints and proofs that contents.json promises are here, and no others."""
    found = read_json(bundle.read("contents.json"))
    if not isinstance(found, dict):
        bundle.find(
            "contents", "contents.json is not there, or cannot be read: what belongs here is not known"
        )
        return
    told = cast("Dict[str, object]", found)
    if told.get("schema") != CONTENTS or whole_number(told.get("entries")) != bundle.tree.size:
        bundle.find("contents", "contents.json is of other entries than these")
    for kind, prefix, suffix in KEPT:
        promised = told.get(kind, [] if kind == "cosignatures" else None)
        if kind == "proofs" and promised == "all":
            promised = [float(session.number) for session in bundle.sessions]
        listed = cast("List[object]", promised) if isinstance(promised, list) else [None]
        numbers = [whole_number(each) for each in listed]
        if None in numbers:
            bundle.find("contents", "contents.json does not list the %s" % kind)
            continue
        names = {"%s%s%s" % (prefix, number, suffix) for number in numbers}
        if len(names) != len(numbers):
            bundle.find("contents", "contents.json lists one of the %s twice" % kind)
        for name in sorted(names ^ {name for name in bundle.files if name.startswith(kind + "/")}):
            where = "is not there" if name in names else "does not belong here"
            bundle.find("contents", "%s %s" % (name, where))


def check_certificates(bundle: Bundle) -> None:
    """Check that the roots that certificates name are those of this log, and their checkpoints here."""
    for number, size, root in bundle.certified:
        entries = whole_number(size)
        if entries is None or not 0 < entries <= min(number, bundle.tree.size):
            bundle.find("root", "the certificate in line %d names no tree of this log" % (number + 1))
        elif base64.b64encode(bundle.tree.root(entries)).decode() != root:
            bundle.find("root", "the certificate in line %d names another root" % (number + 1))
        elif "checkpoints/%d.note" % entries not in bundle.files:
            bundle.find("contents", "checkpoints/%d.note is not there; a certificate names it" % entries)


CONTENTS = "session-ledger/bundle/1"
KEPT = (
    ("checkpoints", "checkpoints/", ".note"),
    ("proofs", "proofs/session-", ".tlog-proof"),
    ("cosignatures", "cosignatures/", ".txt"),
)


def places_of(bundle: Bundle, name: str) -> Optional[List[int]]:
    """The entries of the session that a file of proofs is named after; None when there is no such session."""
    match = PROOF_NAME.fullmatch(name)
    number = 0 if match is None else int(match[1])
    return bundle.sessions[number - 1].places if 0 < number <= len(bundle.sessions) else None


# --- the sessions: what was held, when it ended, when it was gone, who says so --------------------------

COLUMNS = (
    "session",
    "state",
    "data",
    "data_held",
    "notes",
    "requested_at",
    "ended_at",
    "deleted_at",
    "recorded_at",
    "by",
    "hosts",
    "evidence",
    "rule",
    "allowed_seconds",
    "delay_seconds",
    "verdict",
    "first_delay_seconds",
    "first_verdict",
    "held_until",
    "part_purges",
    "files",
    "erased",
    "flags",
    "marks",
)
CATEGORIES = (*EVIDENCE, "unknown", "failed", "started", "part_purged", "erased", "kept")
VERDICTS = ("pass", "late", "failed", "unknown", "open", "before_adoption", "")
MARKS = (
    "corrected_after_deletion",
    "end_corrected",
    "end_ahead",
    "dated_by_end",
    "clock_back",
    "back_dated",
    "dated_ahead",
    "deleted_again",
    "sla_changed",
    "artefact_withdrawn",
    "connection_added",
    "voided",
    "older_rule",
    "certificate_superseded",
    "held",
    "part_purged",
    "place_in_doubt",
    "erased_on_request",
    "never_connected",
    "imported",
    "data_unknown",
)
Row = Dict[str, Any]


def delay_of(ended: Optional[int], purged: Optional[int]) -> Optional[int]:
    """Return the whole seconds from the end to the deletion."""
    return None if ended is None or purged is None else (purged - ended) // SECOND


def verdict_of(delay: Optional[int], allowed: int, *, in_doubt: bool) -> str:
    """Return what the time between end and deletion says; unknown where it is none, negative or in doubt."""
    if in_doubt or delay is None or delay < 0:
        return "unknown"
    return "pass" if delay <= allowed else "late"


def dated_marks(deletion: Deletion, ended: Optional[int]) -> Set[str]:
    """Return what a deletion owes to the past: said late, or measured by a clock that ran back."""
    if deletion.source == "import" or deletion.at is None or deletion.recorded is None:
        return set()
    late_by = deletion.recorded - (deletion.at if deletion.clock is None else deletion.clock)
    if deletion.evidence != "declared":
        return {"clock_back"} if late_by > AHEAD else set()
    as_said, as_recorded = delay_of(ended, deletion.at), delay_of(ended, deletion.recorded)
    improves = first_verdict_of(as_said, deletion) != first_verdict_of(as_recorded, deletion)
    return {"back_dated"} if late_by > BACK_DATED or (improves and deletion.recorded > deletion.at) else set()


def first_verdict_of(delay: Optional[int], deletion: Deletion, *, in_doubt: bool = False) -> str:
    """Return the verdict under the time allowed when a deletion was recorded."""
    return "open" if delay is None else verdict_of(delay, deletion.allowed, in_doubt=in_doubt)


def first_of(session: Session) -> Tuple[Optional[int], str]:
    """Return delay and verdict of the first deletion against the end as it was first told.

    Of words about the past the moment of their recording counts. Nothing, where nothing is deleted.
    """
    if not session.deletions:
        return None, ""
    first = session.deletions[0]
    is_back_dated = "back_dated" in dated_marks(first, session.ended)
    delay = delay_of(session.first_end, first.recorded if is_back_dated else first.at)
    return delay, first_verdict_of(delay, first, in_doubt=first.in_doubt)


def state_of(session: Session) -> str:
    """Return how far the session came."""
    if session.has_ended:
        return "ended"
    return "cancelled" if session.cancelled else "connected" if session.connected else "requested"


def row_of(bundle: Bundle, session: Session) -> Row:
    """Return what the log says of one session, by COLUMNS."""
    allowed, delay, verdict = bundle.allowed_seconds, delay_of(session.ended, session.purged), ""
    first = first_of(session)
    if session.has_ended:
        if session.was_purged:
            verdict = verdict_of(delay, allowed, in_doubt=session.in_doubt)
        else:
            verdict = "failed" if session.purging == "failed" else "unknown" if session.purging else "open"
        if session.ended is not None and session.ended < (bundle.billing_from or 0):
            verdict = "before_adoption"
    holds = session.has_data and not session.was_purged and "session:" not in " ".join(session.erased)
    return {
        "session": session.number,
        "state": state_of(session),
        "data": sorted(session.data),
        "data_held": holds,
        "notes": sorted(session.notes),
        "requested_at": instant_text(session.requested),
        "ended_at": instant_text(session.ended),
        "deleted_at": instant_text(session.purged),
        "recorded_at": instant_text(session.recorded),
        "by": session.by,
        "hosts": sorted(session.hosts),
        "evidence": session.evidence,
        "rule": session.deletions[-1].rule if session.deletions else None,
        "allowed_seconds": allowed,
        "delay_seconds": delay,
        "verdict": verdict,
        "first_delay_seconds": first[0],
        "first_verdict": first[1],
        "held_until": session.held_until,
        "part_purges": session.parts,
        "files": session.files,
        "erased": session.erased,
        "flags": sorted({flag for each in session.flagged.values() for flag in each}),
        "marks": marks_of(session, allowed, holds=holds),
    }


def marks_of(session: Session, allowed: int, *, holds: bool) -> List[str]:
    """Return what a reviewer should look at, in the order of MARKS."""
    found = set(session.marks)
    if session.deletions:
        found |= deletion_marks(session, allowed)
    if session.held_until and not session.was_purged:
        found.add("held")
    if session.parts and not session.was_purged:
        found.add("part_purged")
    if session.in_doubt:
        found.add("place_in_doubt")
    if holds and not session.has_ended and not session.connected:
        found.add("never_connected")
    if "unknown" in session.data | session.notes:
        found.add("data_unknown")
    return [mark for mark in MARKS if mark in found]


def deletion_marks(session: Session, allowed: int) -> Set[str]:
    """Return what the verdict of a deletion owes to words told, or clocks set, after the fact."""
    last = session.deletions[-1]
    found = session.told | dated_marks(last, session.ended)
    if last.clock is not None:
        found.add("dated_by_end")
    if len(session.deletions) > 1:
        found.add("deleted_again")
    delay = delay_of(session.ended, last.at)
    if delay is not None and verdict_of(delay, allowed, in_doubt=False) != first_verdict_of(delay, last):
        found.add("sla_changed")
    if last.evidence in ("measured", "absence_measured") and last.rule == 1:
        found.add("older_rule")
    is_told = last.source != "import" and last.at is not None and last.recorded is not None
    if is_told and cast("int", last.at) - cast("int", last.recorded) > AHEAD:
        found.add("dated_ahead")
    return found


def category_of(session: Session) -> str:
    """Return how the data of a session that ended went: one of CATEGORIES."""
    if session.was_purged:
        return session.evidence
    if session.purging:
        return session.purging
    if session.parts:
        return "part_purged"
    return "erased" if "session:" in " ".join(session.erased) else "kept"


def rows_of(bundle: Bundle) -> List[Row]:
    """Return a row for each session, by number."""
    return [row_of(bundle, session) for session in bundle.sessions]


def deletions(bundle: Bundle) -> Dict[str, int]:
    """Count the sessions that ended, and how their data went; the parts add up to the whole."""
    ended = [category_of(session) for session in bundle.sessions if session.has_ended]
    counts = {"ended": len(ended)}
    for kind in CATEGORIES:
        counts[kind] = ended.count(kind)
    return counts


def totals(rows: Sequence[Row]) -> Dict[str, Dict[str, int]]:
    """Count the sessions of each verdict and of each mark."""
    verdicts = [row["verdict"] for row in rows]
    marks = [mark for row in rows for mark in row["marks"]]
    return {
        "verdicts": {each or "not_ended": verdicts.count(each) for each in VERDICTS},
        "marks": {each: marks.count(each) for each in MARKS},
    }


def cell(value: object) -> str:
    """Return a value as a cell of a table: no line ends in it, no control characters, no formula."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if value is None or isinstance(value, int):
        return "" if value is None else str(value)
    text = " ".join(cast("List[str]", value)) if isinstance(value, list) else str(value)
    text = "".join(each if each.isprintable() else "?" for each in text)
    return "'" + text if text[:1] in ("=", "+", "-", "@") else text


def write_csv(file: Path, rows: Sequence[Row]) -> None:
    """Write a row for each session to a new file; raises OSError where there is one."""
    with file.open("x", encoding="utf-8", newline="") as out:
        table = csv.writer(out)
        table.writerow(COLUMNS)
        for row in rows:
            table.writerow([cell(row[name]) for name in COLUMNS])


# --- telling ---------------------------------------------------------------------------------------------

WORDS = {
    "en": {
        "pass": "PASS: everything in this folder holds.",
        "fail": "FAIL: %d finding(s).",
        "unreadable": "cannot be read: %s",
        "trusted": "It is signed with the key you trust.",
        "untrusted": "It is signed with the key in this folder. Compare it with the one you were given:",
        "checked": "checked: %(entries)d entries, %(checkpoints)d checkpoints, %(keys)d keys, "
        "%(tiles)d tiles, %(proofs)d proofs, %(files)d files",
        "cosigned": "cosigned by %(witness)s at %(at)s: the checkpoint of %(size)d entries",
        "unnamed": "  nobody vouches for this key here; ask the witness for it, and name it with --witness:",
        "more": "%s: %d more of these",
        "allowed": "time allowed between end and deletion: %s; all times are UTC",
        "history": "sessions that ended: %(ended)d; data deleted, measured: %(measured)d; found absent: "
        "%(absence_measured)d; declared: %(declared)d; unknown evidence: %(unknown)d; failed: %(failed)d; "
        "begun: %(started)d; in part: %(part_purged)d; erased: %(erased)d; kept: %(kept)d",
        "verdicts": "verdicts: ",
        "marks": "marks: ",
        "head": "session|state|data|ended|deleted|recorded|by|workstation (host)|evidence|after s|verdict|"
        "first|held until|flags|marks",
    },
    "pl": {
        "pass": "ZGODNE: wszystko w tym folderze się zgadza.",
        "fail": "NIEZGODNE: liczba uwag: %d.",
        "unreadable": "nie da się odczytać: %s",
        "trusted": "Podpisano kluczem, któremu ufasz.",
        "untrusted": "Podpisano kluczem z tego folderu. Porównaj go z tym, który otrzymałeś:",
        "checked": "sprawdzono: wpisy %(entries)d, punkty kontrolne %(checkpoints)d, klucze %(keys)d, "
        "kafle %(tiles)d, dowody %(proofs)d, pliki %(files)d",
        "cosigned": "poświadczył %(witness)s o %(at)s: punkt kontrolny, wpisów: %(size)d",
        "unnamed": "  za ten klucz nikt tu nie ręczy; poproś o niego świadka i podaj go przez --witness:",
        "more": "%s: jeszcze takich: %d",
        "allowed": "dozwolony czas od końca do usunięcia: %s; wszystkie czasy według UTC",
        "history": "sesje zakończone: %(ended)d; dane usunięte, zmierzono: %(measured)d; stwierdzono brak: "
        "%(absence_measured)d; oświadczono: %(declared)d; dowód nieznany: %(unknown)d; nieudane: %(failed)d; "
        "rozpoczęte: %(started)d; częściowo: %(part_purged)d; wymazane: %(erased)d; zachowane: %(kept)d",
        "verdicts": "oceny: ",
        "marks": "znaczniki: ",
        "head": "sesja|stan|dane|koniec|usunięto|zapisano|kto|stanowisko (host)|dowód|po s|ocena|pierwsza|"
        "wstrzymane do|flagi|znaczniki",
    },
}
CODES: Dict[str, Dict[str, Dict[str, str]]] = {
    "en": {
        "state": {
            "ended": "ended",
            "cancelled": "cancelled",
            "connected": "connected",
            "requested": "requested",
        },
        "verdict": {
            "pass": "in time",
            "late": "late",
            "failed": "failed",
            "unknown": "unknown",
            "open": "open",
            "before_adoption": "before this ledger",
            "": "–",
            "not_ended": "not ended",
        },
        "evidence": {
            "measured": "measured",
            "absence_measured": "found absent",
            "declared": "declared",
            "unknown": "unknown evidence",
            "failed": "failed",
            "started": "begun, no outcome",
            "part_purged": "purged in part",
            "erased": "erased",
            "kept": "not deleted",
            "none": "–",
        },
        "marks": {
            "corrected_after_deletion": "end corrected after deletion",
            "end_corrected": "end corrected before deletion",
            "end_ahead": "end typed ahead",
            "dated_by_end": "dated by the end",
            "clock_back": "clock ran back",
            "sla_changed": "time allowed changed afterwards",
            "artefact_withdrawn": "a file taken off the list",
            "connection_added": "a connection added by a correction",
            "voided": "put aside as recorded by mistake",
            "older_rule": "older rule: place not compared",
            "back_dated": "back-dated",
            "dated_ahead": "dated ahead",
            "deleted_again": "deleted again",
            "certificate_superseded": "confirmation superseded",
            "held": "deletion suspended",
            "part_purged": "purged in part",
            "erased_on_request": "erased on request",
            "never_connected": "never connected, data held",
            "imported": "imported",
            "place_in_doubt": "not the place remembered",
            "data_unknown": "kinds of data unknown",
        },
        "flags": {
            "appeared": "not in the plan, was left",
            "swapped": "something else in its place, was left",
            "hard-link": "had another name",
            "other-device": "another file system mounted there",
            "ambiguous": "of another session's time too, was left",
            "root-missing": "a folder of the settings is not there",
            "root-refused": "a folder of the settings is a link or closed",
            "outside-roots": "outside the folders of the settings",
            "too-deep": "too deep, was left",
            "unsynced": "might be back after a power cut",
            "missing": "was here, is not now",
            "replaced": "something else stands here",
            "link": "a link leads out",
            "other-disk": "another disk is here",
            "other-place": "lay in another place",
            "earlier-place": "lay in an earlier place",
            "place-unknown": "the place cannot be compared",
            "disk-unknown": "a disk without lasting identity",
            "removed-before": "removed by the attempt before",
            "interrupted": "an attempt was cut short, not seen",
            "cut-short": "removed by an attempt cut short",
            "clock-back": "the clock ran back meanwhile",
            "path-erased": "where it lay is forgotten",
        },
        "data": {
            "contact": "contact",
            "description": "description",
            "remote_id": "remote ID",
            "path": "path of files",
            "real": "resolved path",
            "reason": "reason",
            "summary": "summary",
            "unknown": "unknown",
        },
        "findings": {},
    },
    "pl": {
        "state": {
            "ended": "zakończona",
            "cancelled": "odwołana",
            "connected": "połączona",
            "requested": "zgłoszona",
        },
        "verdict": {
            "pass": "w terminie",
            "late": "po terminie",
            "failed": "nieudane",
            "unknown": "nieznana",
            "open": "nieusunięte",
            "before_adoption": "sprzed księgi",
            "": "–",
            "not_ended": "niezakończone",
        },
        "evidence": {
            "measured": "zmierzono",
            "absence_measured": "stwierdzono brak",
            "declared": "oświadczono",
            "unknown": "dowód nieznany",
            "failed": "nieudane",
            "started": "rozpoczęte, bez wyniku",
            "part_purged": "usunięto część",
            "erased": "wymazane",
            "kept": "nieusunięte",
            "none": "–",
        },
        "marks": {
            "corrected_after_deletion": "koniec poprawiony po usunięciu",
            "end_corrected": "koniec poprawiony przed usunięciem",
            "end_ahead": "koniec wpisany z góry",
            "dated_by_end": "data według końca",
            "clock_back": "zegar się cofnął",
            "sla_changed": "termin zmieniony później",
            "artefact_withdrawn": "plik zdjęty z listy",
            "connection_added": "połączenie dopisane korektą",
            "voided": "odłożona jako zapisana omyłkowo",
            "older_rule": "starsza zasada: bez porównania miejsca",
            "back_dated": "wpis wsteczny",
            "dated_ahead": "wpis z przyszłości",
            "deleted_again": "usunięto ponownie",
            "certificate_superseded": "potwierdzenie zastąpione",
            "held": "usunięcie wstrzymane",
            "part_purged": "usunięto część",
            "erased_on_request": "usunięto na żądanie",
            "never_connected": "bez połączenia, dane są",
            "imported": "z importu",
            "place_in_doubt": "nie to miejsce co zapamiętane",
            "data_unknown": "rodzaj danych nieznany",
        },
        "flags": {
            "appeared": "nie było w planie, zostało",
            "swapped": "w jego miejscu coś innego, zostało",
            "hard-link": "miało drugą nazwę",
            "other-device": "zamontowano tam inny system plików",
            "ambiguous": "z czasu także innej sesji, zostało",
            "root-missing": "brak folderu z ustawień",
            "root-refused": "folder z ustawień jest dowiązaniem lub niedostępny",
            "outside-roots": "poza folderami z ustawień",
            "too-deep": "za głęboko, zostało",
            "unsynced": "mogło wrócić po zaniku zasilania",
            "missing": "było tu, a już nie ma",
            "replaced": "stoi tu coś innego",
            "link": "dowiązanie wychodzi na zewnątrz",
            "other-disk": "jest tu inny dysk",
            "other-place": "leżało w innym miejscu",
            "earlier-place": "leżało w dawnym miejscu",
            "place-unknown": "miejsca nie da się porównać",
            "disk-unknown": "dysk bez trwałej tożsamości",
            "removed-before": "usunęła to poprzednia próba",
            "interrupted": "próba przerwana, nie widziano",
            "cut-short": "usunęła to próba przerwana",
            "clock-back": "zegar się w tym czasie cofnął",
            "path-erased": "zapomniano, gdzie leżało",
        },
        "data": {
            "contact": "kontakt",
            "description": "opis",
            "remote_id": "identyfikator zdalny",
            "path": "ścieżka plików",
            "real": "ścieżka rzeczywista",
            "reason": "powód",
            "summary": "podsumowanie",
            "unknown": "nieznane",
        },
        "findings": {
            "manifest": "pliki nie zgadzają się ze spisem",
            "entries": "wpis ma inną postać, niż każe format",
            "instant": "chwila, której nie ma w kalendarzu",
            "stream": "zdarzenia sesji w niemożliwej kolejności",
            "value": "wartość, której ten program nie zna",
            "keys": "klucze nie zgadzają się z dziennikiem",
            "trusted-key": "to nie klucz, któremu ufasz",
            "signature": "nie podpisano kluczem tego dziennika",
            "shrunk": "dziennik krótszy niż punkt kontrolny",
            "forked": "ROZWIDLENIE: punkt kontrolny innych wpisów",
            "checkpoint": "punkt kontrolny błędny lub nie na swoim miejscu",
            "tile": "kafel nie zgadza się z wpisami",
            "proof": "dowód nie zgadza się z wpisami",
            "cosignature": "poświadczenie świadka błędne lub nie na swoim miejscu",
            "trusted-witness": "wskazany świadek niczego nie poświadczył",
            "contents": "brak tego, co zapowiada contents.json, albo nadmiar",
            "root": "potwierdzenie podaje inne drzewo",
        },
    },
}
"""The words of verify.html for codes; --json and --csv keep the codes."""
SHOWN = (
    "session",
    "state",
    "data",
    "ended_at",
    "deleted_at",
    "recorded_at",
    "by",
    "hosts",
    "evidence",
    "delay_seconds",
    "verdict",
    "first_verdict",
    "held_until",
    "flags",
    "marks",
)
"""The columns that are printed; --csv has all."""


TOTALS = {"verdicts": "verdict", "marks": "marks"}
"""The kind of codes that each of the totals counts."""


def word_of(kind: str, code: str, lang: str) -> str:
    """Return the word for a code; the code itself where there is none."""
    return CODES[lang][kind].get(code, code)


def shown_cell(name: str, value: object, lang: str) -> str:
    """Return a value as people read it: words for codes, - for nothing."""
    kind = "verdict" if name == "first_verdict" else name
    if kind in CODES[lang] and value:
        codes = cast("List[str]", value) if isinstance(value, list) else [str(value)]
        value = ", ".join(word_of(kind, each, lang) for each in codes)
    return re.sub(r"(T)([0-9:]{8})(?:[.][0-9]+)?Z$", r" \2", cell(value) or "-")


def print_rows(rows: Sequence[Row], heads: Sequence[str], lang: str) -> None:
    """Print a table of the sessions, each column as wide as its widest cell."""
    table = [list(heads)]
    for row in rows:
        first, present = ((row[each + "verdict"], row[each + "delay_seconds"]) for each in ("first_", ""))
        shown = dict(row, first_verdict="") if first == present else row
        table.append([shown_cell(name, shown[name], lang) for name in SHOWN])
    widths = [max(len(line[n]) for line in table) for n in range(len(heads))]
    for line in table:
        print("  ".join(each.ljust(width) for each, width in zip(line, widths)).rstrip())
    print()


def verify(
    folder: Path,
    trusted: Optional[str] = None,
    since: Optional[bytes] = None,
    witnesses: Sequence[str] = (),
) -> Bundle:
    """Check everything; the bundle with its findings. Raises Unreadable for what is no bundle at all."""
    bundle = read_folder(folder)
    check_manifest(bundle)
    check_entries(bundle)
    check_keys(bundle, trusted)
    check_checkpoints(bundle, since)
    check_cosignatures(bundle, witnesses)
    check_tiles(bundle)
    check_proofs(bundle)
    check_contents(bundle)
    check_certificates(bundle)
    return bundle


def tell(bundle: Bundle, trusted: Optional[str], lang: str, *, brief: bool) -> None:
    """Print the sessions and the verdict in plain words."""
    words, rows = WORDS[lang], rows_of(bundle)
    if rows and not brief:
        print_rows(rows, words["head"].split("|"), lang)
    for code, sentence in bundle.findings:
        meaning = CODES[lang]["findings"].get(code)
        print("%s: %s%s" % (code, meaning + " – " if meaning else "", sentence))
    for code, count in bundle.counts.items():
        if count > SHOWN_MAX:
            print(words["more"] % (code, count - SHOWN_MAX))
    for each in bundle.cosigned:
        print(words["cosigned"] % each)
        if not each["named"]:
            print("%s\n  %s" % (words["unnamed"], each["vkey"]))
    print(words["checked"] % bundle.checked)
    print(words["history"] % deletions(bundle))
    for name, counts in totals(rows).items():
        told = ["%s %d" % (word_of(TOTALS[name], code, lang), n) for code, n in counts.items() if n]
        print(words[name] + (", ".join(told) or "-"))
    seconds = bundle.allowed_seconds
    print(words["allowed"] % ("%d s" % seconds if seconds % 60 else "%d min" % (seconds // 60)))
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
    parser.add_argument(
        "--witness", metavar="VKEY", action="append", help="the key of a witness, which it gave you itself"
    )
    parser.add_argument("--since", metavar="NOTE", help="a checkpoint you hold: the log must continue it")
    parser.add_argument("--lang", choices=("en", "pl"), default="en")
    parser.add_argument("--brief", action="store_true", help="print no row for each session")
    parser.add_argument("--json", action="store_true", help="print findings and sessions as JSON")
    parser.add_argument("--csv", metavar="FILE", help="write a row for each session to this new file")
    asked = parser.parse_args()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    folder = Path(asked.bundle) if asked.bundle else Path(__file__).resolve().parent
    trusted = None if asked.vkey is None else asked.vkey.strip(" \t\r\n\ufeff")
    witnesses = [each.strip(" \t\r\n\ufeff") for each in asked.witness or ()]
    try:
        since = None if asked.since is None else mended(Path(asked.since).read_bytes())
        bundle = verify(folder, trusted, since, witnesses)
        if asked.csv is not None:
            write_csv(Path(asked.csv), rows_of(bundle))
    except (Unreadable, OSError) as error:
        print(WORDS[asked.lang]["unreadable"] % error, file=sys.stderr)
        return 2
    if asked.json:
        findings = [{"code": code, "sentence": sentence} for code, sentence in bundle.findings]
        verdict = "fail" if findings else "pass"
        found = {
            "verdict": verdict,
            "vkey_given": trusted is not None,
            "findings": findings,
            "counts": bundle.counts,
            "cosignatures": bundle.cosigned,
            "checked": bundle.checked,
            "allowed_seconds": bundle.allowed_seconds,
            "deletions": deletions(bundle),
            **totals(rows_of(bundle)),
            "sessions": rows_of(bundle),
        }
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        tell(bundle, trusted, asked.lang, brief=asked.brief)
    return 3 if bundle.findings else 0


if __name__ == "__main__":
    status = 2
    try:
        status = main()
        sys.stdout.flush()
    except OSError as error:  # who reads has read enough; Windows says EINVAL
        if not isinstance(error, BrokenPipeError) and (os.name != "nt" or error.errno != errno.EINVAL):
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(status)
