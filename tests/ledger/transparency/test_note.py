"""Notes, checkpoints and proofs: other people's examples, our own vector, and what is refused."""

from __future__ import annotations

import contextlib
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.merkle import leaf_hash
from ledger.errors import BadNote, BadSigningKey, LedgerError
from ledger.transparency.checkpoint import TreeHead, parse_checkpoint, read_held_checkpoint
from ledger.transparency.note import (
    SigningKey,
    VerifierKey,
    key_name,
    parse_note,
    parse_signing_key,
    parse_verifier_key,
    signer_of,
)
from ledger.transparency.proof import Proof, parse_proofs
from tests.ledger.transparency.verifiers import module

PETER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NOTE_OF_PETER = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJ"
    "nAM=\n"
)
"""The example of the Go note package, which the note format comes from."""
SOFA = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa "
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
)
"""The example of C2SP tlog-checkpoint."""
SEED = bytes(range(32))
OURS = (
    "ledger.mastiff.pl/sessions\n7\ntB1hsuDNzm6A+zectuO70A/7f7O6qCUZXvH4oOkWvX8=\n\n"
    "— ledger.mastiff.pl/sessions "
    "Vz3k50SM2DX3Eqx7mVEgut+iLMxzfcoBHiDLqAjMC7QWeMdqC7YkA8uL/qOCMuv/h99Bh0kh/3jtHLPexS1PPsFECwA=\n"
)
OUR_KEY = "ledger.mastiff.pl/sessions+573de4e7+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"


class TestNotes:
    def test_a_note_of_another_program_verifies(self) -> None:
        assert signer_of(parse_note(NOTE_OF_PETER), [parse_verifier_key(PETER)]) == parse_verifier_key(PETER)

    def test_a_changed_text_does_not(self) -> None:
        changed = NOTE_OF_PETER.replace("answer", "Answer")
        assert signer_of(parse_note(changed), [parse_verifier_key(PETER)]) is None

    def test_the_same_seed_signs_the_same_bytes(self) -> None:
        """Made once with another implementation of the format."""
        key = SigningKey("ledger.mastiff.pl/sessions", SEED)
        head = TreeHead(key.name, 7, b64decode("tB1hsuDNzm6A+zectuO70A/7f7O6qCUZXvH4oOkWvX8="))
        assert key.sign(head.text()) == OURS
        assert str(key.verifier) == OUR_KEY

    def test_signatures_of_unknown_keys_are_passed_over(self) -> None:
        other = SigningKey("witness.example", bytes(32)).sign(parse_note(OURS).text).rpartition("\n\n")[2]
        assert signer_of(parse_note(OURS + other), [parse_verifier_key(OUR_KEY)]) is not None

    def test_a_wrong_signature_of_a_known_key_spoils_the_note(self) -> None:
        forged = OURS.replace("PPsFECwA=", "PPsGECwA=")
        witness = SigningKey("witness.example", bytes(32))
        signed = forged + witness.sign(parse_note(OURS).text).rpartition("\n\n")[2]
        assert signer_of(parse_note(signed), [witness.verifier, parse_verifier_key(OUR_KEY)]) is None

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "text\n",
            "text\n\n",
            "text\n\nno dash\n",
            "text\n\n— name \n",
            "text\n\n— name AAAA\n",
            "text\n\n— na+me AAAAAAAA\n",
            "text\n\n— name AAAAAAAA",
            "te\x00xt\n\n— name AAAAAAAA\n",
            "te\rxt\n\n— name AAAAAAAA\n",
            "text\n\n" + "— name AAAAAAAA\n" * 17,
            "x" * (1 << 20) + "\n\n— name AAAAAAAA\n",
        ],
    )
    def test_what_is_no_note_is_refused(self, text: str) -> None:
        with pytest.raises(BadNote):
            parse_note(text)

    def test_sixteen_signatures_are_read(self) -> None:
        assert len(parse_note("text\n\n" + "— name AAAAAAAA\n" * 16).signatures) == 16


class TestKeys:
    def test_a_key_is_read_back(self) -> None:
        key = SigningKey("a", SEED)
        assert parse_signing_key(key.secret_line()) == key
        assert parse_verifier_key(str(key.verifier)) == key.verifier

    def test_a_key_does_not_show_itself(self) -> None:
        assert SEED.hex() not in repr(SigningKey("a", SEED))
        assert "AAECAwQ" not in repr(SigningKey("a", SEED))

    @pytest.mark.parametrize("line", ["", "PRIVATE+KEY+QQQ", PETER, OUR_KEY, "PRIVATE+KEY+a+b+c"])
    def test_what_is_no_signing_key_is_refused_without_repeating_it(self, line: str) -> None:
        with pytest.raises(BadSigningKey) as refused:
            parse_signing_key(line)
        assert not line or line not in refused.value.fact

    @pytest.mark.parametrize(
        "line",
        ["", "a+b", OUR_KEY.replace("573de4e7", "573de4e8"), OUR_KEY.replace("AQOh", "AgOh"), "a+b+!!"],
    )
    def test_what_is_no_verifier_key_is_refused(self, line: str) -> None:
        with pytest.raises(BadNote):
            parse_verifier_key(line)

    @pytest.mark.parametrize(
        ("origin", "name"), [("a b+c", "a-b-c"), ("ledger.example/1", "ledger.example/1"), (" + ", "-")]
    )
    def test_a_name_has_no_space_and_no_plus(self, origin: str, name: str) -> None:
        assert key_name(origin) == name


class TestCheckpoints:
    def test_the_example_of_the_specification(self) -> None:
        head = parse_checkpoint(SOFA).head
        assert (head.origin, head.size) == ("example.com/behind-the-sofa", 20_852_163)
        assert head.root.hex().startswith("0ac5186a91863e8e")
        assert head.text() == parse_note(SOFA).text

    @pytest.mark.parametrize("size", ["007", "-1", "1e3", "", " 7", "9223372036854775808"])
    def test_a_size_is_a_decimal_without_leading_zeroes(self, size: str) -> None:
        with pytest.raises(BadNote):
            parse_checkpoint(OURS.replace("\n7\n", f"\n{size}\n"))

    @pytest.mark.parametrize("root", ["", "AAAA", "tB1hsuDNzm6A+zectuO70A/7f7O6qCUZXvH4oOkWvX9=", "?" * 44])
    def test_a_root_is_32_bytes_in_canonical_base64(self, root: str) -> None:
        with pytest.raises(BadNote):
            parse_checkpoint(OURS.replace("tB1hsuDNzm6A+zectuO70A/7f7O6qCUZXvH4oOkWvX8=", root))


class TestProofs:
    def proof(self) -> Proof:
        key, leaf, sibling = SigningKey("a", SEED), b'{"index":0}', leaf_hash(b"other")
        from ledger.domain.merkle import node_hash  # noqa: PLC0415 - beside what it makes

        head = TreeHead("a", 2, node_hash(leaf_hash(leaf), sibling))
        return Proof(leaf, 0, (sibling,), parse_checkpoint(key.sign(head.text())))

    def test_a_proof_is_read_back_and_holds(self) -> None:
        one = self.proof()
        assert parse_proofs(one.text) == [one]
        assert parse_proofs(one.text * 3) == [one] * 3
        assert one.holds()

    def test_another_leaf_does_not_hold(self) -> None:
        one = self.proof()
        assert not Proof(b'{"index":1}', 0, one.hashes, one.checkpoint).holds()

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("@v1", "@v2"),
            ("extra ", "Extra "),
            ("index 0", "index 00"),
            ("index 0", "index -1"),
            ("\n\n", "\n"),
            ("index 0\n", "index 0\nAAAA\n"),
            ("index 0\n", "index 0\n" + "A" * 43 + "=\n" * 1 + ("A" * 43 + "=\n") * 63),
            ("index 0\n", "index 0\n!\n"),
        ],
    )
    def test_what_is_no_proof_is_refused(self, old: str, new: str) -> None:
        with pytest.raises(BadNote):
            parse_proofs(self.proof().text.replace(old, new, 1))

    @given(st.text(max_size=200), st.integers(0, 400), st.integers(0, 60))
    def test_any_edit_is_refused_by_our_own_errors_or_read(self, text: str, at: int, cut: int) -> None:
        whole = self.proof().text
        for parse in (parse_proofs, parse_note, parse_checkpoint, parse_verifier_key, parse_signing_key):
            for edited in (text, whole[:at] + text + whole[at + cut :]):
                with contextlib.suppress(LedgerError):
                    parse(edited)


def test_a_verifier_key_of_a_wrong_length_is_refused() -> None:
    with pytest.raises(BadNote):
        parse_verifier_key(str(VerifierKey("a", bytes(31))))


# --- what mail programs do --------------------------------------------------------------------

MAILED: dict[str, Callable[[bytes], bytes]] = {
    "as it was": lambda note: note,
    "line ends of Windows": lambda note: note.replace(b"\n", b"\r\n"),
    "line ends of an old Mac": lambda note: note.replace(b"\n", b"\r"),
    "a mark of byte order": lambda note: b"\xef\xbb\xbf" + note,
    "both, and empty lines": lambda note: b"\xef\xbb\xbf" + note.replace(b"\n", b"\r\n") + b"\r\n\r\n",
    "no end of the last line": lambda note: note.rstrip(b"\n"),
}


@pytest.mark.parametrize("name", MAILED)
def test_checkpoint_that_was_mailed_is_the_one_that_was_signed(tmp_path: Path, name: str) -> None:
    """The program and verify.py, which stands for verify.html, read it alike."""
    key = SigningKey("shop", bytes(range(32)))
    note = key.sign(TreeHead("shop", 7, bytes(32)).text())
    file = tmp_path / "head.note"
    file.write_bytes(MAILED[name](note.encode()))
    read = read_held_checkpoint(file)
    assert (read.note, signer_of(parse_note(read.note), [key.verifier])) == (note, key.verifier)
    assert module().mended(file.read_bytes()) == note.encode()


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xff\xfe", b"x" * (2 << 20)])
def test_file_that_is_no_checkpoint_is_named(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "head.note").write_bytes(content)
    with pytest.raises(BadNote, match=r"head\.note: "):
        read_held_checkpoint(tmp_path / "head.note")


def test_key_of_small_order_is_no_key() -> None:
    """All eight points, by arithmetic: doubled three times they are the neutral one."""
    alone = module()
    for y in alone.SMALL_ORDER:
        point = vars(alone)["_point"](y)
        for _ in range(3):
            point = vars(alone)["_twice"](point)
        x, height, z, _ = point
        assert (x % alone.P, (height - z) % alone.P) == (0, 0)
        with pytest.raises(BadNote, match="small order"):
            parse_verifier_key(str(VerifierKey("shop", y)))
