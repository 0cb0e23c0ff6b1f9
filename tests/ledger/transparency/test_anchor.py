"""Anchors: a request that authorities understand, answers held against what they should be, the outbox."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rfc3161_client import _rust

from ledger.errors import AnchorBad
from ledger.transparency import anchor
from tests.support.authority import NEEDS_OPENSSL, POLICY, Authority
from tests.support.office import Office

FOREIGN = (Path(__file__).parents[2] / "vectors" / "foreign.tsr").read_bytes()
FOREIGN_CA = (Path(__file__).parents[2] / "vectors" / "foreign.pem").read_bytes()
NOTE = "ledger.example/shop\n2\nAAAA\n\n— ledger.example/shop AAAA\n"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority") / "it")


@pytest.fixture(scope="module")
def stranger(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("stranger") / "it", "Stranger")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "ledger")


def asked(office: Office) -> tuple[Path, bytes]:
    """Where the answer belongs, and the request."""
    query = office.folder.parent / "head.tsq"
    office.does("audit", "anchor", "request", "-o", str(query))
    return query.with_suffix(".tsr"), query.read_bytes()


def answered(office: Office, authority: Authority) -> Path:
    """The answer to the office's request, in a file."""
    reply, query = asked(office)
    reply.write_bytes(authority.reply(query))
    return reply


def attach(office: Office, reply: Path, *more: str) -> tuple[int, str]:
    answer = office.run("audit", "anchor", "attach", str(reply), *more)
    return answer.status, answer.out + answer.err


def kept(office: Office) -> int:
    return len(office.asks("audit", "anchor", "list")["anchors"])


# --- the request ------------------------------------------------------------------------------


@given(st.binary(min_size=8, max_size=8), st.text(st.characters(codec="utf-8"), min_size=1))
def test_a_request_is_what_the_standard_says(chance: bytes, note: str) -> None:
    """Read by the library: SHA-256 over the note's bytes, a positive nonce from the given chance."""
    drawn = iter(chance)
    made = anchor.request(note, lambda count: bytes(next(drawn) for _ in range(count)))
    read = _rust.parse_timestamp_request(made)
    assert read.as_bytes() == made
    assert read.message_imprint.message == hashlib.sha256(note.encode()).digest()
    assert (read.version, read.cert_req, read.policy) == (1, True, None)
    assert read.nonce is not None
    assert read.nonce % (1 << 56) == int.from_bytes(chance[1:])
    assert read.nonce >> 62 == 1


def test_a_request_lies_beside_the_checkpoint_it_is_over(office: Office) -> None:
    reply, _ = asked(office)
    note = reply.with_suffix(".note").read_text(encoding="utf-8")
    assert office.does("audit", "checkpoint").out == note
    assert office.run("audit", "verify", "--since", str(reply.with_suffix(".note"))).status == 0


def test_a_request_never_writes_over_another_checkpoint(office: Office) -> None:
    reply, _ = asked(office)
    office.does("customer", "add", "K-1", "--name", "X")
    answer = office.run("audit", "anchor", "request", "-o", str(reply.with_suffix(".tsq")))
    assert (answer.status, "E-FILE" in answer.err) == (2, True)
    answer = office.run("audit", "anchor", "request", "-o", str(reply.with_suffix(".note")))
    assert (answer.status, "E-FILE" in answer.err) == (2, True)


# --- the answer -------------------------------------------------------------------------------


@NEEDS_OPENSSL
def test_from_the_request_to_a_time_stamp_that_holds(office: Office, authority: Authority) -> None:
    reply = answered(office, authority)
    status, said = attach(office, reply, "--ca", str(authority.ca), "--size", "2")
    assert (status, "over the checkpoint of 2 events: kept" in said) == (0, True)
    office.does("customer", "add", "K-1", "--name", "X")
    office.does("audit", "checkpoint")
    document = office.asks("audit", "anchor", "verify", "--ca", str(authority.ca))
    assert document["findings"] == []
    assert [(each["checkpoint_size"], each["policy"]) for each in document["anchors"]] == [(2, POLICY)]
    assert "2 events: " in office.does("audit", "anchor", "list").out
    assert office.run("audit", "verify").status == 0


@NEEDS_OPENSSL
def test_the_same_time_stamp_again_changes_nothing_and_says_so(office: Office, authority: Authority) -> None:
    reply = answered(office, authority)
    attach(office, reply)
    status, said = attach(office, reply, "--ca", str(authority.ca))
    assert (status, "was here already" in said, kept(office)) == (0, True, 1)


@NEEDS_OPENSSL
def test_several_authorities_may_stamp_one_checkpoint(
    office: Office, authority: Authority, stranger: Authority
) -> None:
    for each in (authority, stranger):
        assert attach(office, answered(office, each), "--ca", str(each.ca))[0] == 0
    assert kept(office) == 2
    both = office.folder.parent / "both.pem"
    both.write_bytes(authority.ca.read_bytes() + stranger.ca.read_bytes())
    assert office.run("audit", "anchor", "verify", "--ca", str(both)).status == 0
    answer = office.run("audit", "anchor", "verify", "--ca", str(authority.ca))
    assert (answer.status, answer.out.count("anchor-signature")) == (3, 1)


@NEEDS_OPENSSL
@pytest.mark.parametrize("digest", ["sha384", "sha512"])
def test_a_time_stamp_over_another_hash_of_the_note_counts(
    office: Office, authority: Authority, digest: str
) -> None:
    reply, _ = asked(office)
    reply.write_bytes(authority.stamp(reply.with_suffix(".note").read_bytes(), digest))
    assert attach(office, reply, "--ca", str(authority.ca))[0] == 0


@NEEDS_OPENSSL
def test_a_time_stamp_under_another_certificate_is_refused(
    office: Office, authority: Authority, stranger: Authority
) -> None:
    status, said = attach(office, answered(office, authority), "--ca", str(stranger.ca))
    assert (status, "E-ANCHOR-BAD" in said, kept(office)) == (2, True, 0)


@NEEDS_OPENSSL
def test_without_a_certificate_the_command_says_what_was_not_checked(
    office: Office, authority: Authority
) -> None:
    status, said = attach(office, answered(office, authority))
    assert (status, "the signature was not checked" in said) == (0, True)


@NEEDS_OPENSSL
def test_a_time_stamp_of_another_note_is_refused(office: Office, authority: Authority) -> None:
    reply, _ = asked(office)
    reply.write_bytes(authority.stamp(b"another note\n"))
    status, said = attach(office, reply, "--ca", str(authority.ca))
    assert (status, "E-ANCHOR-FOREIGN" in said, kept(office)) == (1, True, 0)


@NEEDS_OPENSSL
def test_a_time_stamp_over_another_checkpoint_than_named_is_refused(
    office: Office, authority: Authority
) -> None:
    status, said = attach(office, answered(office, authority), "--size", "1")
    assert (status, "over the checkpoint of 2 events, not of 1" in said) == (1, True)


@NEEDS_OPENSSL
def test_a_certificate_that_is_over_when_the_stamp_is_made_does_not_hold(
    office: Office, tmp_path: Path
) -> None:
    expired = Authority(tmp_path / "expired", "Expired", days=-1)
    status, said = attach(office, answered(office, expired), "--ca", str(expired.ca))
    assert (status, "E-ANCHOR-BAD" in said) == (2, True)


@NEEDS_OPENSSL
def test_a_changed_answer_says_nothing_else_and_holds(authority: Authority) -> None:
    """Of every byte of an answer: changed, it is refused, or what it says and was signed is the same."""
    made = authority.stamp(NOTE.encode())
    trusted = anchor.read_certificates(authority.ca.read_bytes())
    told = anchor.read(made)[:5]
    refused = 0
    for place in range(len(made)):
        changed = bytearray(made)
        changed[place] ^= 1 << place % 8
        try:
            stamp = anchor.read(bytes(changed))
            anchor.check_signature(bytes(changed), trusted)
        except AnchorBad:
            refused += 1
        else:
            assert stamp[:5] == told
    assert refused > len(made) * 0.9


@given(
    st.binary(max_size=300)
    | st.tuples(st.integers(0, len(FOREIGN)), st.binary(max_size=9)).map(
        lambda cut: FOREIGN[: cut[0]] + cut[1] + FOREIGN[cut[0] + len(cut[1]) :]
    )
)
def test_whatever_is_brought_meets_a_refusal_of_our_own(answer: bytes) -> None:
    try:
        anchor.read(answer).is_over(NOTE)
        anchor.check_signature(answer, [])
    except AnchorBad:
        return
    pytest.fail("nothing is signed under no certificate")


def test_a_certificate_has_to_hold_when_the_stamp_is_made_not_today() -> None:
    """The authority of this time stamp has a certificate of thirty days, from 25 November 2026."""
    anchor.check_signature(FOREIGN, anchor.read_certificates(FOREIGN_CA))


def test_an_answer_has_a_limit() -> None:
    with pytest.raises(AnchorBad, match="1 MiB"):
        anchor.read(FOREIGN + bytes(anchor.TOKEN_BYTES_MAX))


def test_a_refusal_of_the_authority_is_told_as_one() -> None:
    with pytest.raises(AnchorBad, match="status 2"):
        anchor.read(bytes.fromhex("30053003020102"))


def test_a_file_without_certificate_is_refused(office: Office, tmp_path: Path) -> None:
    (tmp_path / "ca.pem").write_text("no certificate", encoding="ascii")
    answer = office.run("audit", "anchor", "verify", "--ca", str(tmp_path / "ca.pem"))
    assert (answer.status, "E-ANCHOR-BAD" in answer.err) == (2, True)


def test_stored_time_stamps_that_are_none_are_findings(office: Office, tmp_path: Path) -> None:
    """Put there by hand: garbage, and a time stamp over something else, under no known certificate."""
    office.does("audit", "checkpoint")
    with closing(sqlite3.connect(office.folder / "events.db")) as database, database:
        for token in (b"garbage", FOREIGN):
            database.execute("INSERT INTO anchor VALUES (2, 'rfc3161', ?)", (token,))
    (tmp_path / "ca.pem").write_bytes(FOREIGN_CA)
    answer = office.run("audit", "anchor", "verify", "--ca", str(tmp_path / "ca.pem"), "-f", "json")
    assert answer.status == 3
    assert {each["name"] for each in answer.document["findings"]} == {"anchor-damaged", "anchor-foreign"}


# --- the outbox -------------------------------------------------------------------------------


def posted(office: Office) -> list[str]:
    return sorted(path.name for path in (office.folder / "outbox").iterdir())


def test_the_outbox_gets_the_days_checkpoint_and_a_letter_once(office: Office) -> None:
    first = office.does("audit", "anchor", "outbox")
    again = office.does("audit", "anchor", "outbox")
    assert posted(office) == ["2026-11-30-2.note", "2026-11-30-2.txt"]
    assert ("wrote" in first.out, "here already" in again.out) == (True, True)
    note = office.folder / "outbox" / "2026-11-30-2.note"
    letter = note.with_suffix(".txt").read_text(encoding="utf-8")
    assert letter.startswith("Temat: ")
    assert "2026-11-30-2.note" in letter
    office.does("customer", "add", "K-1", "--name", "X")
    assert office.run("audit", "verify", "--since", str(note)).status == 0


def test_the_outbox_gets_another_when_the_tree_grew_or_the_day_is_another(office: Office) -> None:
    """The day is the office's: half an hour after its midnight it is still yesterday in UTC."""
    office.does("audit", "anchor", "outbox")
    office.now = "2026-11-30T23:30:00Z"
    office.does("audit", "anchor", "outbox")
    office.does("customer", "add", "K-1", "--name", "X")
    office.does("audit", "anchor", "outbox")
    assert posted(office)[::2] == ["2026-11-30-2.note", "2026-12-01-2.note", "2026-12-01-3.note"]


def test_a_file_of_the_outbox_that_says_something_else_is_not_overwritten(
    office: Office, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "2026-11-30-2.note").write_text("another", encoding="utf-8")
    answer = office.run("audit", "anchor", "outbox", str(tmp_path / "out"))
    assert (answer.status, "E-FILE" in answer.err) == (2, True)
    assert (tmp_path / "out" / "2026-11-30-2.note").read_text(encoding="utf-8") == "another"


def test_what_is_in_the_ledgers_folder_disturbs_no_check(office: Office) -> None:
    office.does("audit", "anchor", "outbox")
    assert office.run("check").status == 0


# --- on paper ---------------------------------------------------------------------------------


def test_a_short_root_is_the_beginning_of_the_root_in_base32() -> None:
    root = hashlib.sha256(b"").digest()
    assert anchor.short_root(root) == "4OYMIQUY7QOBJGX3"


@given(st.binary(min_size=32, max_size=32), st.integers(0, 79))
def test_a_change_in_the_first_eighty_bits_shows_in_the_short_root(root: bytes, bit: int) -> None:
    other = bytearray(root)
    other[bit // 8] ^= 1 << bit % 8
    assert anchor.short_root(bytes(other)) != anchor.short_root(root)
