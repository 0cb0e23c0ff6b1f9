"""What a killed attempt had written down: never more is believed than its lines say."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from unittest.mock import patch
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from ledger.purge import journal
from ledger.purge.journal import Journal, RemovedEarlier
from ledger.purge.plan import PlannedTarget, PurgePlan
from ledger.purge.scope import PurgeScope
from ledger.purge.walk import FolderEntry, FoundFile

FILES = st.dictionaries(st.integers(1, 30), st.sampled_from(["1", "1/sub"]), min_size=1, max_size=8)
HOST = "pc-1"


class Attempt(NamedTuple):
    """Files of a plan by inode, those that were removed, and the folders that were synced."""

    files: dict[int, str]
    removed: list[int]
    synced: list[str]


@st.composite
def attempts(draw: st.DrawFn) -> Attempt:
    files = draw(FILES)
    removed = draw(st.lists(st.sampled_from(sorted(files)), unique=True))
    return Attempt(files, removed, draw(st.lists(st.sampled_from(["1", "1/sub"]), unique=True)))


def entry(inode: int, folder: str) -> FolderEntry:
    return FolderEntry(f"{folder}/{inode}", "file", inode, 1, 10, 0, 1)


def plan_of(files: dict[int, str]) -> PurgePlan:
    found = FoundFile([entry(inode, folder) for inode, folder in files.items()])
    return PurgePlan(UUID(int=1), HOST, (PlannedTarget(PurgeScope("workspace", "workspace/1"), found),))


def written(folder: Path, attempt: Attempt) -> Path:
    path, plan = journal.path_of(folder, UUID(int=1), HOST), plan_of(attempt.files)
    begun = Journal.begin(path, plan, HOST, plan_before="", kept={}, lost=False)
    for inode in attempt.removed:
        begun.removed("workspace/1", entry(inode, attempt.files[inode]), ["hard-link"] if inode == 1 else [])
    for each in attempt.synced:
        begun.synced("workspace/1", each)
    begun.close()
    return path


def kept(path: Path, attempt: Attempt, present: set[int]) -> RemovedEarlier | None:
    report = journal.read(path, plan_of(attempt.files).digest(), HOST)
    here = {inode: folder for inode, folder in attempt.files.items() if inode in present}
    return None if report is None else report.kept(plan_of(here)).get("workspace/1", RemovedEarlier())


@given(attempts(), st.sets(st.integers(1, 30)))
def test_a_file_that_no_line_tells_of_and_no_look_finds_is_in_doubt(
    attempt: Attempt, present: set[int]
) -> None:
    with TemporaryDirectory() as folder:
        found = kept(written(Path(folder), attempt), attempt, present)
    assert found is not None
    assert found.files == len(attempt.removed)
    assert found.in_doubt is bool(set(attempt.files) - set(attempt.removed) - present)
    assert found.flags == (("hard-link",) if 1 in attempt.removed else ())


@given(attempts(), st.sets(st.integers(1, 30)))
def test_after_a_restart_only_what_was_synced_counts(attempt: Attempt, present: set[int]) -> None:
    with TemporaryDirectory() as folder:
        path = written(Path(folder), attempt)
        with patch.object(journal, "boot_id", return_value="another"):
            found = kept(path, attempt, present)
    synced = {inode for inode in attempt.removed if attempt.files[inode] in attempt.synced}
    assert found is not None
    assert found.files == len(synced)
    assert found.in_doubt is bool(set(attempt.files) - synced - present)


@given(attempts(), st.data())
def test_a_torn_journal_says_less_and_nothing_else(attempt: Attempt, data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        path = written(Path(folder), attempt)
        whole = path.read_bytes()
        length = data.draw(st.integers(0, len(whole)))
        path.write_bytes(whole[:length] + data.draw(st.binary(max_size=20)))
        found = kept(path, attempt, set())
    if found is not None:
        assert found.files <= len(attempt.removed)
        assert found.in_doubt or found.files == len(attempt.files)


def test_a_journal_of_another_plan_or_host_is_none(tmp_path: Path) -> None:
    attempt = Attempt({2: "1"}, [2], [])
    path, digest = written(tmp_path, attempt), plan_of({2: "1"}).digest()
    assert journal.read(path, digest, HOST) is not None
    assert journal.read(path, "0" * 64, HOST) is None
    assert journal.read(path, digest, "pc-2") is None
    assert journal.read(tmp_path / "none", digest, HOST) is None


def test_where_no_journal_can_be_written_nothing_is_told_and_nothing_fails(tmp_path: Path) -> None:
    begun = Journal.begin(tmp_path / "no" / "j", plan_of({2: "1"}), HOST, plan_before="", kept={}, lost=False)
    begun.removed("workspace/1", entry(2, "1"), ())
    begun.end()
