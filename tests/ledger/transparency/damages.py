"""Fifty ways to damage a bundle. Where the list of files is made anew, only what is inside can tell."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from ledger.transparency.note import SigningKey
from ledger.transparency.signer import rotation_bytes

Damage = Callable[[Path], None]
FORGER = SigningKey("forger", bytes(32))


def seal(folder: Path) -> None:
    """Make MANIFEST.sha256 anew."""
    files = [p for p in folder.rglob("*") if p.is_file() and p.name != "MANIFEST.sha256"]
    names = {p.relative_to(folder).as_posix(): p for p in files}
    lines = [f"{sha256(names[name].read_bytes()).hexdigest()}  {name}\n" for name in sorted(names)]
    (folder / "MANIFEST.sha256").write_text("".join(lines), encoding="utf-8", newline="\n")


def edited(pattern: str, edit: Callable[[bytes], bytes], *, sealed: bool = True) -> Damage:
    """Change the first file of a pattern."""

    def damage(folder: Path) -> None:
        file = min(each for each in folder.glob(pattern) if each.is_file())
        content = file.read_bytes()
        changed = edit(content)
        assert changed != content, f"{pattern} was not changed"
        file.write_bytes(changed)
        if sealed:
            seal(folder)

    return damage


def flipped(place: int) -> Callable[[bytes], bytes]:
    """One bit of one byte; a place below zero counts from the end."""
    return lambda content: (
        content[: place % len(content)] + bytes([content[place] ^ 1]) + content[place % len(content) + 1 :]
    )


def replaced(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    """The first occurrence."""
    return lambda content: content.replace(old, new, 1)


def lines(edit: Callable[[list[bytes]], list[bytes]]) -> Callable[[bytes], bytes]:
    """Lines, each with its end."""
    return lambda content: b"".join(edit(content.splitlines(keepends=True)))


def removed(pattern: str, *, sealed: bool = True) -> Damage:
    """Remove the first file of a pattern."""

    def damage(folder: Path) -> None:
        min(each for each in folder.glob(pattern) if each.is_file()).unlink()
        if sealed:
            seal(folder)

    return damage


def added(name: str, content: bytes, *, sealed: bool = True) -> Damage:
    """One more file."""

    def damage(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
        if sealed:
            seal(folder)

    return damage


def _swap(n: int) -> Callable[[list[bytes]], list[bytes]]:
    return lambda rows: [*rows[:n], rows[n + 1], rows[n], *rows[n + 2 :]]


def _renumbered(rows: list[bytes]) -> list[bytes]:
    """A line deleted, the indexes of those after it mended."""
    kept = [*rows[:20], *rows[21:]]
    return [re.sub(rb'"index":\d+', b'"index":%d' % n, row, count=1) for n, row in enumerate(kept)]


def _signature(edit: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    def change(note: bytes) -> bytes:
        head, _, last = note.rstrip(b"\n").rpartition(b" ")
        return head + b" " + b64encode(edit(b64decode(last))) + b"\n"

    return change


def _resigned(note: bytes) -> bytes:
    """Signed by a stranger under the log's name."""
    text, _, below = note.decode().rpartition("\n\n")
    name = below.split(" ")[1]
    return SigningKey(name, bytes(32)).sign(text + "\n").encode()


def _other_root(note: bytes) -> bytes:
    text = note.decode().split("\n")
    return "\n".join([*text[:2], b64encode(bytes(32)).decode(), *text[3:]]).encode()


def _forged_rotation(line: bytes) -> bytes:
    """Another last key, vouched for by nobody."""
    vkey = str(FORGER.verifier).encode()
    return re.sub(rb'"to_vkey":"[^"]+"', b'"to_vkey":"' + vkey + b'"', line)


def _whole_forgery(folder: Path) -> None:
    """A stranger names himself in vkey and vouches for himself in the rotation."""
    vkeys = (folder / "vkey").read_text(encoding="utf-8").splitlines()
    message = rotation_bytes(vkeys[0], str(FORGER.verifier))
    signed = b64encode(FORGER.sign_bytes(message)).decode()
    entries = (folder / "entries.jsonl").read_text(encoding="utf-8")
    entries = entries.replace(vkeys[1], str(FORGER.verifier))
    entries = re.sub(r'"signed_by_new":"[^"]+"', f'"signed_by_new":"{signed}"', entries)
    (folder / "entries.jsonl").write_text(entries, encoding="utf-8", newline="\n")
    (folder / "vkey").write_text(f"{vkeys[0]}\n{FORGER.verifier}\n", encoding="utf-8", newline="\n")
    seal(folder)


def _folders_swapped(folder: Path) -> None:
    """Two sessions' proofs under each other's names: each holds, both are in the log."""
    first, second = sorted(folder.glob("proofs/*"))[:2]
    content = first.read_bytes()
    first.write_bytes(second.read_bytes() + b"x")
    second.write_bytes(content)
    seal(folder)


DAMAGES: dict[str, Damage] = {
    # the list of files
    "a bit of the entries": edited("entries.jsonl", flipped(500), sealed=False),
    "a bit of the checkpoint": edited("checkpoint", flipped(3), sealed=False),
    "a bit of a tile": edited("tile/0/**/*", flipped(40), sealed=False),
    "a bit of a proof": edited("proofs/*", flipped(-30), sealed=False),
    "a bit of VERIFY.md": edited("VERIFY.md", flipped(10), sealed=False),
    "a bit of verify.py": edited("verify.py", flipped(-9), sealed=False),
    "a file removed": removed("proofs/*", sealed=False),
    "a file added": added("proofs/extra.txt", b"", sealed=False),
    "the list shortened": edited("MANIFEST.sha256", lines(lambda rows: rows[1:]), sealed=False),
    "the list emptied": edited("MANIFEST.sha256", lambda _: b"", sealed=False),
    "the list garbled": edited("MANIFEST.sha256", replaced(b"  ", b" "), sealed=False),
    "another hash in the list": edited("MANIFEST.sha256", lambda c: b"0" * 64 + c[64:], sealed=False),
    # the entries, the list made anew
    "a bit of a payload": edited("entries.jsonl", replaced(b'"by":"anna"', b'"by":"anne"')),
    "a line deleted": edited("entries.jsonl", lines(lambda rows: [*rows[:20], *rows[21:]])),
    "a line deleted, the rest renumbered": edited("entries.jsonl", lines(_renumbered)),
    "two lines swapped": edited("entries.jsonl", lines(_swap(30))),
    "a line twice": edited("entries.jsonl", lines(lambda rows: [*rows[:9], rows[8], *rows[9:]])),
    "the last line cut off": edited("entries.jsonl", lines(lambda rows: rows[:-1])),
    "half of the last line cut off": edited("entries.jsonl", lambda c: c[:-40]),
    "the last line's end cut off": edited("entries.jsonl", lambda c: c[:-1]),
    "an empty line": edited("entries.jsonl", lines(lambda rows: [*rows[:5], b"\n", *rows[5:]])),
    "a line added": edited("entries.jsonl", lambda c: c + c.splitlines(keepends=True)[-1]),
    "lines that end as on Windows": edited("entries.jsonl", lambda c: c.replace(b"\n", b"\r\n")),
    "a mark of byte order": edited("entries.jsonl", lambda c: b"\xef\xbb\xbf" + c),
    "bytes that are no text": edited("entries.jsonl", replaced(b'"by":"anna"', b'"by":"\xff\xfe"')),
    "a payload that is no JSON": edited("entries.jsonl", replaced(b'"data":{"at"', b'"data":{at')),
    "keys in another order": edited(
        "entries.jsonl", replaced(b'{"index":0,"stream"', b'{"stream":0,"index"')
    ),
    "a space more": edited("entries.jsonl", replaced(b'"version":1', b'"version": 1')),
    "a number with a zero before it": edited("entries.jsonl", replaced(b'"index":1,', b'"index":01,')),
    "a version skipped": edited("entries.jsonl", replaced(b'"version":2', b'"version":9')),
    "a moment moved back": edited(
        "entries.jsonl", lines(lambda r: [*r[:-1], r[-1].replace(b'"recorded_at":"20', b'"recorded_at":"19')])
    ),
    "entries emptied": edited("entries.jsonl", lambda _: b""),
    "one huge line": edited("entries.jsonl", lambda c: c + b"x" * (2 << 20) + b"\n"),
    # what was signed
    "another size signed": edited("checkpoint", lines(lambda rows: [rows[0], b"7\n", *rows[2:]])),
    "another root signed": edited("checkpoint", _other_root),
    "another name signed": edited("checkpoint", lambda c: b"x" + c),
    "a bit of the signature": edited("checkpoint", _signature(flipped(20))),
    "a signature of another key id": edited("checkpoint", _signature(flipped(1))),
    "a signature cut short": edited("checkpoint", _signature(lambda s: s[:-1])),
    "signed by a stranger": edited("checkpoint", _resigned),
    "no signature at all": edited("checkpoint", lines(lambda rows: rows[:3])),
    "an extension line": edited("checkpoint", lines(lambda rows: [*rows[:3], b"more\n", *rows[3:]])),
    "an old checkpoint removed, the newest one's name taken": edited("checkpoints/*", _signature(flipped(9))),
    "an old checkpoint changed": edited("checkpoints/*", _other_root),
    "a checkpoint of another log": added(
        "checkpoints/1.note", FORGER.sign(f"forger\n1\n{b64encode(bytes(32)).decode()}\n").encode()
    ),
    # keys
    "the keys removed": edited("vkey", lambda _: b""),
    "the last key removed": edited("vkey", lines(lambda rows: rows[:-1])),
    "a key more": edited("vkey", lambda c: c + str(FORGER.verifier).encode() + b"\n"),
    "a bit of a key": edited("vkey", flipped(-5)),
    "a rotation forged": edited("entries.jsonl", _forged_rotation),
    "a rotation to a stranger": _whole_forgery,
    # tiles and proofs
    "a hash of a tile": edited("tile/0/**/*", flipped(0)),
    "a tile cut short": edited("tile/0/**/*", lambda c: c[:-32]),
    "a tile removed": removed("tile/0/**/*"),
    "a tile more": added("tile/7/000", b"\0" * 32),
    "another place in a proof": edited("proofs/*", lambda c: re.sub(rb"index \d+", b"index 0", c, count=1)),
    "a place beyond counting": edited(
        "proofs/*", lambda c: re.sub(rb"index \d+", b"index 9007199254740993", c, count=1)
    ),
    "a hash less in a proof": edited("proofs/*", lines(lambda rows: [*rows[:3], *rows[4:]])),
    "a hash more in a proof": edited("proofs/*", lines(lambda rows: [*rows[:3], rows[3], *rows[3:]])),
    "sixty-four hashes in a proof": edited(
        "proofs/*", lines(lambda rows: [*rows[:3], *[rows[3]] * 64, *rows[3:]])
    ),
    "another leaf in a proof": edited("proofs/*", lambda c: re.sub(rb"extra \S+", b"extra AAAA", c, count=1)),
    "a proof of another version": edited("proofs/*", replaced(b"@v1", b"@v2")),
    "a proof emptied": edited("proofs/*", lambda _: b""),
    "proofs of other names, one garbled": _folders_swapped,
}
"""What was done, and the function that does it to a folder."""
