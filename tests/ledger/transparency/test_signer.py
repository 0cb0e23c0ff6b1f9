"""The signer: the same note for the same log, a memory outside the database, and one key after another."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ledger.transparency.note import SigningKey, parse_verifier_key
from ledger.transparency.proof import parse_proofs
from tests.support.office import Office
from tests.support.tampering import Scene, copied_scene


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return copied_scene(tmp_path / "scene")


def keys(office: Office) -> Path:
    return office.folder / "keys"


def test_where_nothing_was_added_the_same_checkpoint_is_given_again(scene: Scene) -> None:
    first = scene.office.does("audit", "checkpoint").out
    assert scene.office.does("audit", "checkpoint").out == first
    assert (keys(scene.office) / "last-checkpoint").read_text(encoding="utf-8") == first


def test_a_signer_without_memory_goes_by_the_database(scene: Scene) -> None:
    """As in a copy that was made without it: the newest stored checkpoint is what must be continued."""
    (keys(scene.office) / "last-checkpoint").unlink()
    assert scene.office.does("audit", "checkpoint").out.split("\n")[1] == "300"


def test_a_checkpoint_that_was_signed_and_not_stored_is_stored_the_next_time(scene: Scene) -> None:
    """As after a crash between the two: the memory is ahead of the database by one."""
    office = scene.office
    made = office.does("audit", "checkpoint").out
    memory = (keys(office) / "last-checkpoint").read_text(encoding="utf-8")
    fresh = copied_scene(office.folder.parent.parent / "fresh").office
    (keys(fresh) / "last-checkpoint").write_text(memory, encoding="utf-8")
    assert fresh.asks("audit", "verify")["checkpoint_size"] == 300
    assert fresh.does("audit", "checkpoint").out == made


@pytest.mark.parametrize("memory", ["", "nonsense", "a\n9\nAAAA\n\n— a AAAAAAAA\n"])
def test_a_memory_that_cannot_be_read_stops_the_signer(scene: Scene, memory: str) -> None:
    (keys(scene.office) / "last-checkpoint").write_text(memory, encoding="utf-8")
    answer = scene.office.run("audit", "checkpoint")
    assert (answer.status, "E-LOG-FORKED" in answer.err) == (1, True)
    assert scene.office.run("audit", "verify").status == 3


def test_the_memory_of_another_log_stops_the_signer(scene: Scene) -> None:
    note = (keys(scene.office) / "last-checkpoint").read_text(encoding="utf-8")
    other = SigningKey("another/log", bytes(32)).sign(
        "another/log\n" + note.split("\n", 1)[1].split("\n\n")[0] + "\n"
    )
    (keys(scene.office) / "last-checkpoint").write_text(other, encoding="utf-8")
    assert "that of the log another/log" in scene.office.run("audit", "checkpoint").err


@pytest.mark.skipif(os.name != "posix", reason="file modes are those of POSIX")
def test_a_signing_key_that_others_can_read_is_refused(scene: Scene) -> None:
    """As ssh does; the seed stands in no message."""
    key = keys(scene.office) / "signing.key"
    key.chmod(0o640)
    answer = scene.office.run("audit", "checkpoint")
    assert (answer.status, "E-KEY-READABLE" in answer.err) == (1, True)
    assert key.read_text(encoding="ascii").split("+", 4)[-1].strip() not in answer.err
    assert scene.office.run("audit", "verify").status == 3


def test_a_ledger_without_its_key_verifies_and_does_not_sign(scene: Scene) -> None:
    (keys(scene.office) / "signing.key").unlink()
    assert "E-SIGNING-KEY-MISSING" in scene.office.run("audit", "checkpoint").err
    assert scene.office.asks("audit", "verify")["checkpoint"] == "unchecked"
    words = ("audit", "verify", "--vkey", scene.vkey)
    assert scene.office.asks(*words)["checkpoint"] == "ok"


def test_a_refusal_to_sign_does_not_undo_what_was_recorded(scene: Scene) -> None:
    """A purge is recorded and its data erased although the key is gone; the person is told."""
    office = scene.office
    office.does("session", "request", "--customer", "K-0002", "--issue", "other", "--contact", "Jan")
    office.does("session", "connect", "1")
    office.does("session", "end", "1")
    (keys(office) / "signing.key").unlink()
    answer = office.run("session", "purge", "1", "--declare", "--yes")
    assert answer.status == 0
    assert "recorded, but not signed" in answer.err
    assert [line.partition(":")[0] for line in office.run("check").out.splitlines()] == ["signing-key"]


def test_a_ledger_with_a_polish_name_signs(tmp_path: Path) -> None:
    """The name stands in its key's file, its checkpoints and its public key."""
    office = Office(tmp_path / "ledger", init=("--name", "Księga żółwia"))
    assert office.does("audit", "checkpoint").out.startswith("Księga-żółwia\n")
    vkey = office.does("audit", "key", "show").out.strip()
    office.does("audit", "key", "rotate", "--yes")
    assert office.asks("audit", "verify", "--vkey", vkey)["checkpoint"] == "ok"
    office.does("audit", "export", str(tmp_path / "bundle"))


def test_a_checkpoint_of_another_log_is_named_as_that(scene: Scene, tmp_path: Path) -> None:
    other = Office(tmp_path / "other", init=("--name", "another/log"))
    other.does("audit", "checkpoint", "-o", str(tmp_path / "foreign.note"))
    answer = scene.office.run("audit", "verify", "--since", str(tmp_path / "foreign.note"))
    assert (answer.status, "checkpoint-foreign" in answer.out, "another/log" in answer.out) == (3, True, True)


def test_check_says_when_the_key_is_gone(scene: Scene) -> None:
    (keys(scene.office) / "signing.key").unlink()
    answer = scene.office.run("check")
    assert (answer.status, answer.out.startswith("signing-key: ")) == (3, True)


class TestRotation:
    def test_both_keys_sign_and_every_checkpoint_stays_valid(self, scene: Scene) -> None:
        office = scene.office
        office.does("audit", "key", "rotate", "--yes")
        second = office.does("audit", "key", "show").out.strip()
        assert second != scene.vkey
        office.does("customer", "add", "K-AFTER", "--name", "After")
        office.does("audit", "key", "rotate", "--yes")
        for vkey in (scene.vkey, second, office.does("audit", "key", "show").out.strip()):
            assert parse_verifier_key(vkey)
            assert (
                office.asks("audit", "verify", "--vkey", vkey, "--since", str(scene.held))["checkpoint"]
                == "ok"
            )

    def test_a_key_that_is_none_of_the_chain_is_named(self, scene: Scene) -> None:
        scene.office.does("audit", "key", "rotate", "--yes")
        stranger = str(SigningKey("stranger", bytes(32)).verifier)
        answer = scene.office.run("audit", "verify", "--vkey", stranger)
        assert (answer.status, "key-unknown" in answer.out) == (3, True)

    def test_a_rotation_that_was_never_recorded_changes_nothing(self, scene: Scene) -> None:
        """Killed after the next key was made: the one in force goes on."""
        next_key = SigningKey(scene.vkey.partition("+")[0], bytes(32))
        (keys(scene.office) / "signing.key.next").write_text(next_key.secret_line(), encoding="ascii")
        (keys(scene.office) / "signing.key.next").chmod(0o600)
        assert scene.office.does("audit", "key", "show").out.strip() == scene.vkey
        scene.office.does("audit", "checkpoint")

    def test_a_rotation_that_was_recorded_is_finished(self, scene: Scene) -> None:
        """Killed before the next key took its place: the next command puts it there."""
        office, folder = scene.office, keys(scene.office)
        old = (folder / "signing.key").read_bytes()
        office.does("audit", "key", "rotate", "--yes")
        new = office.does("audit", "key", "show").out
        (folder / "signing.key").rename(folder / "signing.key.next")
        (folder / "signing.key").write_bytes(old)
        (folder / "signing.key").chmod(0o600)
        assert office.does("audit", "key", "show").out == new
        assert not (folder / "signing.key.next").exists()

    def test_it_asks_and_shows_beforehand(self, scene: Scene) -> None:
        assert scene.office.run("audit", "key", "rotate").status == 2
        assert scene.vkey in scene.office.does("audit", "key", "rotate", "--dry-run").out
        assert scene.office.does("audit", "key", "show").out.strip() == scene.vkey

    def test_a_command_id_given_twice_rotates_once(self, scene: Scene) -> None:
        words = ("audit", "key", "rotate", "--yes", "--command-id", "rotate-1")
        scene.office.does(*words)
        key = scene.office.does("audit", "key", "show").out
        scene.office.does(*words)
        assert scene.office.does("audit", "key", "show").out == key


class TestProofs:
    def test_each_event_of_a_session_is_proven_in_the_newest_checkpoint(
        self, scene: Scene, tmp_path: Path
    ) -> None:
        office, file = scene.office, tmp_path / "session-1.tlog-proof"
        office.does("session", "request", "--customer", "K-0002", "--issue", "other")
        office.does("session", "connect", "1")
        office.does("audit", "prove", "1", "-o", str(file))
        proofs = parse_proofs(file.read_text(encoding="utf-8"))
        assert [proof.index for proof in proofs] == [300, 301]
        assert all(proof.holds() and proof.tree_size == 302 for proof in proofs)
        assert b'"type":"session.connected:1"' in proofs[1].leaf

    def test_what_is_covered_already_needs_no_new_checkpoint(self, scene: Scene) -> None:
        office = scene.office
        office.does("session", "request", "--customer", "K-0002", "--issue", "other")
        first = office.does("audit", "prove", "1").out
        office.does("customer", "add", "K-LATER", "--name", "Later")
        assert office.does("audit", "prove", "1").out == first

    def test_an_old_checkpoint_is_only_read_as_one(self, scene: Scene, tmp_path: Path) -> None:
        (tmp_path / "x.note").write_bytes(b"\xff" * 9)
        assert scene.office.run("audit", "verify", "--since", str(tmp_path / "x.note")).status == 2
        (tmp_path / "x.note").write_text("no note", encoding="utf-8")
        assert "E-NOTE" in scene.office.run("audit", "verify", "--since", str(tmp_path / "x.note")).err
