"""An ordinary session is deleted, measured and confirmed, on any system; on Windows by handles."""

from __future__ import annotations

from pathlib import Path

from tests.support.purging_office import PC_1, begun, deletion, ended, filled, office


def test_deletion_of_a_session_is_measured_and_confirmed(tmp_path: Path) -> None:
    made, number, workspace = ended(tmp_path, "a", "Nagrania żółte/b")
    made.does("session", "purge", number, *PC_1)
    found = deletion(made, number)
    assert (found["evidence"], found["verdict"], found["files"], found["marks"]) == (
        "measured",
        "pass",
        2,
        [],
    )
    assert not workspace.exists()
    made.does("session", "certificate", number, "-o", str(tmp_path / "confirmation.pdf"))
    assert (tmp_path / "confirmation.pdf").read_bytes().startswith(b"%PDF")


def test_folder_replaced_by_another_one_is_not_measured(tmp_path: Path) -> None:
    made, number, workspace = ended(tmp_path, "a")
    workspace.rename(tmp_path / "away")
    workspace.mkdir()
    (workspace / "a").write_text("a", encoding="utf-8")
    made.run("session", "purge", number, *PC_1)
    found = deletion(made, number)
    assert found["evidence"] != "measured"
    assert made.run("session", "certificate", number, "-o", str(tmp_path / "confirmation.pdf")).status == 1


def test_workspace_made_twice_is_remembered_once(tmp_path: Path) -> None:
    made = office(tmp_path)
    number = begun(made)
    before = made.events()
    filled(made, number, "a")
    assert made.events() == before
