"""Every known road to an untrue deletion: what the purge says of it, and that no row says more than was seen.

The table in docs/concepts/deletion-evidence.md is made of these answers: `pytest -s -k roads` prints it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Generator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

import pytest

from ledger.application.ledger import Metadata
from ledger.handlers import purge as purging
from ledger.purge.execute import Means
from ledger.purge.journal import boot_id
from ledger.store.sqlite.database import open_database
from ledger.vault.vault import Vault
from tests.support.office import Office, sqlite_only
from tests.support.purging_office import (
    ENDED,
    PC_1,
    PURGED,
    alone,
    begun,
    deletion,
    die,
    filled,
    killed,
    nobody_waits,
    office,
    opened,
)
from tests.support.systems import IS_WINDOWS, IS_WINE, MAKES_LINKS

pytestmark = sqlite_only
IS_ROOT = not IS_WINDOWS and os.geteuid() == 0
PAGE = Path(__file__).parents[3] / "docs" / "concepts" / "deletion-evidence.md"


class Desk(NamedTuple):
    """A session with two files in its workspace and one noted elsewhere; it ended five minutes ago."""

    made: Office
    folder: Path
    number: str

    @property
    def workspace(self) -> Path:
        return self.folder / "ws" / self.number

    @property
    def noted(self) -> Path:
        return self.folder / "out" / "scan.pdf"

    def purges(self, *words: str) -> list[str]:
        """Purge; the flags of all targets, or the code of the refusal."""
        answer = self.made.run("session", "purge", self.number, *(words or PC_1), "-f", "json")
        if "(E-" in answer.err:
            return [answer.err.partition("(")[2].partition(")")[0]]
        return sorted({flag for target in answer.document["targets"] for flag in target.get("flags", ())})


class Row(NamedTuple):
    """What a road comes to."""

    verdict: object
    evidence: object
    flags: str
    certificate: str


Act = Callable[[Desk], list[str]]


def desk(folder: Path, *, placed: bool = True) -> Desk:
    made = office(folder)
    number = begun(made, placed=placed)
    if placed:
        filled(made, number, "a", "sub/b")
    found = Desk(made, folder, number)
    found.noted.write_text("scan", encoding="utf-8")
    made.does("session", "artefact", number, str(found.noted), "--kind", "received", "--workstation", "pc-1")
    made.now = ENDED
    made.does("session", "end", number)
    made.now = PURGED
    return found


def row_of(found: Desk, flags: list[str]) -> Row:
    told = deletion(found.made, found.number)
    marks = [*flags, *(str(mark) for mark in told["marks"])]  # type: ignore[attr-defined]
    if told["first_verdict"] not in {None, told["verdict"]}:
        marks.append(f"first: {told['first_verdict']}")
    given = found.made.run("session", "certificate", found.number, "--by", "anna").status == 0
    return Row(told["verdict"], told["evidence"], ", ".join(marks) or "–", "yes" if given else "no")


# --- places -----------------------------------------------------------------------------------


def nothing_wrong(found: Desk) -> list[str]:
    flags = found.purges()
    assert not found.workspace.exists()
    assert not found.noted.exists()
    return flags


def place_changed(found: Desk) -> list[str]:
    """The old place is remembered, looked at and emptied."""
    (found.folder / "ws2").mkdir()
    found.made.does("config", "set", f"purge.workspaces={found.folder / 'ws2'}")
    flags = found.purges()
    assert not found.workspace.exists()
    return flags


def place_changed_and_back(found: Desk, *, filled_there: bool = True) -> list[str]:
    there = found.folder / "ws2" / found.number
    there.mkdir(parents=True)
    found.made.does("config", "set", f"purge.workspaces={there.parent}")
    if filled_there:
        (there / "x").write_text("x", encoding="utf-8")
    else:
        there.rmdir()
    found.made.does("config", "set", f"purge.workspaces={found.folder / 'ws'}")
    flags = found.purges()
    assert not there.exists()
    return flags


def place_changed_and_back_empty(found: Desk) -> list[str]:
    return place_changed_and_back(found, filled_there=False)


def place_edited_to_a_link(found: Desk) -> list[str]:
    """`config set` refuses a link; by hand anything can be written."""
    (found.folder / "link").symlink_to(found.folder / "ws")
    refused = found.made.run("config", "set", f"purge.workspaces={found.folder / 'link'}")
    assert "E-PLACE-PROTECTED" in refused.err
    config = found.made.folder / "ledger.toml"
    text = config.read_text(encoding="utf-8").replace(f'{found.folder}/ws"', f'{found.folder}/link"')
    config.write_text(text, encoding="utf-8")
    return found.purges()


def place_edited_by_hand(found: Desk) -> list[str]:
    """The folder was moved with the place, and ledger.toml edited."""
    (found.folder / "ws2").mkdir()
    found.workspace.rename(found.folder / "ws2" / found.number)
    config = found.made.folder / "ledger.toml"
    text = config.read_text(encoding="utf-8").replace('ws"', 'ws2"')
    config.write_text(text, encoding="utf-8")
    return found.purges()


def link_for_the_folder(found: Desk) -> list[str]:
    found.workspace.rename(found.folder / "big")
    found.workspace.symlink_to(found.folder / "big")
    flags = found.purges()
    assert (found.folder / "big" / "a").exists()
    return flags


def link_on_the_way(found: Desk) -> list[str]:
    (found.folder / "ws").rename(found.folder / "elsewhere")
    (found.folder / "other").mkdir()
    (found.folder / "ws").symlink_to(found.folder / "other")
    flags = found.purges()
    assert (found.folder / "elsewhere" / found.number / "a").exists()
    return flags


def link_inside(found: Desk) -> list[str]:
    (found.folder / "big").mkdir()
    (found.workspace / "dump").symlink_to(found.folder / "big")
    return found.purges()


def link_above(found: Desk) -> list[str]:
    """A folder above all places became a link to another one."""
    moved = found.folder / "out"
    moved.rename(found.folder / "out-old")
    (found.folder / "empty").mkdir()
    moved.symlink_to(found.folder / "empty")
    return found.purges()


def folder_renamed(found: Desk) -> list[str]:
    found.workspace.rename(found.folder / "ws" / "aside")
    return found.purges()


def folder_replaced(found: Desk) -> list[str]:
    found.workspace.rename(found.folder / "ws" / "aside")
    found.workspace.mkdir()
    return found.purges()


def file_renamed(found: Desk) -> list[str]:
    found.noted.rename(found.noted.with_name("scan-old.pdf"))
    return found.purges()


def file_replaced(found: Desk) -> list[str]:
    found.noted.rename(found.noted.with_name("scan-old.pdf"))
    found.noted.write_text("another", encoding="utf-8")
    return found.purges()


def file_replaced_under_its_inode(found: Desk) -> list[str]:
    """The file system may give the new file the inode of the old one; its generation tells them apart."""
    found.noted.unlink()
    found.noted.write_text("another", encoding="utf-8")
    return found.purges()


def file_hard_linked(found: Desk) -> list[str]:
    (found.folder / "kept.pdf").hardlink_to(found.noted)
    return found.purges()


def file_rewritten(found: Desk) -> list[str]:
    """Other words in the same file: it is the file that was noted, and it goes."""
    found.noted.write_text("other words", encoding="utf-8")
    return found.purges()


def file_sparse(found: Desk) -> list[str]:
    with (found.workspace / "disk.img").open("wb") as file:
        file.truncate(1 << 40)
    return found.purges()


def file_added_before(found: Desk) -> list[str]:
    (found.workspace / "later").write_text("x", encoding="utf-8")
    return found.purges()


def file_added_after_the_plan(found: Desk) -> list[str]:
    def late(_seconds: float) -> None:
        found.workspace.mkdir()
        (found.workspace / "late.tvs").write_text("x", encoding="utf-8")

    return in_process(found, late)


def file_withdrawn(found: Desk) -> list[str]:
    found.made.does("session", "artefact", found.number, "--withdraw", "1", "--reason", "double-entry")
    flags = found.purges()
    assert found.noted.exists()
    return flags


# --- hosts and clocks ---------------------------------------------------------------------------


def other_host(found: Desk) -> list[str]:
    found.made.does("session", "request", "--customer", "K-1", "--issue", "other")
    found.made.does("session", "connect", "2", "--workstation", "pc-9")
    found.made.does("session", "end", "2")
    return found._replace(number="2").purges("--workstation", "pc-9", "--yes")


def one_name_for_two_hosts(found: Desk) -> list[str]:
    """A second machine under the name of the first is refused, so that a purge here speaks for here alone."""
    found.made.does("session", "request", "--customer", "K-1", "--issue", "other")
    found.made.does("session", "connect", "2", "--workstation", "pc-1")
    found = found._replace(number="2")
    filled(found.made, "2", "a")
    found.workspace.rename(found.folder / "elsewhere")
    with patch("platform.node", return_value="other"):
        answer = found.made.run("session", "workspace", "2", "--workstation", "pc-1")
    found.workspace.rmdir()  # made before it was refused; Windows replaces no folder, empty or not
    (found.folder / "elsewhere").rename(found.workspace)
    found.made.does("session", "end", "2")
    return [answer.err.partition("(")[2].partition(")")[0], *found.purges()]


def clock_back(found: Desk) -> list[str]:
    found.made.now = "2026-11-15T10:45:00+01:00"
    flags = found.purges()
    assert (found.workspace / "a").exists()
    found.made.now = PURGED
    return flags


def _somebodys_clock_ahead(found: Desk) -> None:
    """Another machine records something years ahead; its clock is set right afterwards."""
    found.made.now = "2031-11-16T10:42:00+01:00"
    found.made.does("customer", "add", "K-900", "--name", "Jan")
    found.made.now = PURGED


def log_ahead(found: Desk) -> list[str]:
    _somebodys_clock_ahead(found)
    flags = found.purges()
    assert (found.workspace / "a").exists()
    return flags


def log_ahead_and_the_clock_right(found: Desk) -> list[str]:
    _somebodys_clock_ahead(found)
    return found.purges(*PC_1, "--clock-is-right")


def clock_back_and_said_to_be_right(found: Desk) -> list[str]:
    """Said of a clock that is not: the session's own end still stands against it."""
    found.made.now = "2026-11-15T10:45:00+01:00"
    flags = found.purges(*PC_1, "--clock-is-right")
    assert (found.workspace / "a").exists()
    found.made.now = PURGED
    return flags


def clock_thirty_seconds_back(found: Desk) -> list[str]:
    found.made.now = "2026-11-16T10:39:30+01:00"
    return found.purges()


def clock_ran_back_meanwhile(found: Desk) -> list[str]:
    with closing(opened(found.folder)) as ledger:
        prepared = purging.prepare(ledger, found.number, "pc-1", by_descriptor=True, others=alone)
        before = datetime.fromisoformat(PURGED) - timedelta(hours=1)
        moments = iter([datetime.fromisoformat(PURGED)] * 2)
        ledger.now = lambda: next(moments, before)  # type: ignore[method-assign]
        means = Means(lambda: datetime.fromisoformat(PURGED), nobody_waits)
        outcome = purging.purge(ledger, Metadata("anna", "pc-1"), prepared, means)
    return sorted({flag for target in outcome.fact.targets for flag in target.flags})


def clock_ahead(found: Desk) -> list[str]:
    found.made.now = "2026-11-16T15:45:00+01:00"
    return found.purges()


def end_ahead(found: Desk) -> list[str]:
    made = found.made
    made.does("session", "request", "--customer", "K-1", "--issue", "other")
    made.does("session", "connect", "2", "--workstation", "pc-1")
    filled(made, "2", "a")
    made.does("session", "end", "2", "--at", "2026-11-16T10:46:00+01:00")
    return found._replace(number="2").purges()


def back_dated(found: Desk) -> list[str]:
    found.made.now = "2026-11-16T15:45:00+01:00"
    answer = found.made.run(
        "session", "purge", found.number, "--declare", "--yes", "--at", "2026-11-16T10:42:00+01:00"
    )
    assert answer.status == 0
    return []


def corrected_afterwards(found: Desk) -> list[str]:
    found.made.now = "2026-11-16T12:45:00+01:00"
    flags = found.purges()
    words = ("--ended-at", "2026-11-16T12:35:00+01:00", "--reason", "wrong-time")
    found.made.does("session", "correct", found.number, *words)
    return flags


def corrected_before(found: Desk) -> list[str]:
    found.made.now = "2026-11-16T12:45:00+01:00"
    words = ("--ended-at", "2026-11-16T12:35:00+01:00", "--reason", "wrong-time")
    found.made.does("session", "correct", found.number, *words)
    return found.purges()


def time_allowed_changed(found: Desk) -> list[str]:
    found.made.now = "2026-11-16T12:45:00+01:00"
    flags = found.purges()
    found.made.does("config", "set", "purge.sla=1d")
    return flags


# --- others at work -----------------------------------------------------------------------------


def in_process(found: Desk, wait: Callable[[float], None]) -> list[str]:
    with closing(opened(found.folder)) as ledger:
        prepared = purging.prepare(ledger, found.number, "pc-1", by_descriptor=True, others=alone)
        prepared = prepared._replace(grace_seconds=3600)
        outcome = purging.purge(ledger, Metadata("anna", "pc-1"), prepared, Means(ledger.now, wait))
    return sorted({flag for target in outcome.fact.targets for flag in target.flags})


def reader_in_the_way(found: Desk) -> list[str]:
    """A reader holds the vault's log, the purge cannot finish; the repeat does, and the evidence stays."""
    ledger = opened(found.folder)
    with closing(ledger), closing(open_database(found.made.folder / "vault.db")) as reader:
        ledger.__dict__["vault"] = Vault(ledger.folder.path, os.urandom, busy_seconds=0.1)
        prepared = purging.prepare(ledger, found.number, "pc-1", by_descriptor=True, others=alone)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM vault").fetchone()
        outcome = purging.purge(ledger, Metadata("anna", "pc-1"), prepared, Means(ledger.now, nobody_waits))
        reader.execute("COMMIT")
    assert outcome.fact.targets[-1].flags == ("E-ERASE-INCOMPLETE",)
    assert deletion(found.made, found.number)["verdict"] == "failed"
    return found.purges()


def killed_between(found: Desk) -> list[str]:
    """The files are gone; nobody lives who saw them go."""
    killed(found.folder, found.number, wait=die)
    assert not found.workspace.exists()
    return found.purges()


def killed_before(found: Desk) -> list[str]:
    """Nothing was removed yet; the folder is renamed before the repeat."""
    killed(found.folder, found.number, step=die)
    found.workspace.rename(found.folder / "ws" / "aside")
    return found.purges()


def killed_twice(found: Desk) -> list[str]:
    """One dies before its second file, its repeat before the next; what each of them removed is known."""
    (found.workspace / "c").write_text("c", encoding="utf-8")
    for _ in range(2):
        killed(found.folder, found.number, step=_SecondFile())
    flags = found.purges()
    assert not list(found.made.folder.glob("*.journal"))
    return flags


def killed_midway(found: Desk) -> list[str]:
    killed(found.folder, found.number, step=_SecondFile())
    assert not (found.workspace / "a").exists()
    assert (found.workspace / "sub" / "b").exists()
    return found.purges()


def killed_midway_and_moved(found: Desk) -> list[str]:
    """What the attempt had left was moved, and another file put there: as many as before."""
    killed(found.folder, found.number, step=_SecondFile())
    (found.workspace / "sub" / "b").rename(found.folder / "kept")
    (found.workspace / "another").write_text("x", encoding="utf-8")
    return found.purges()


def killed_by_a_power_cut(found: Desk) -> list[str]:
    """Nothing of a removal that was not synced is believed once the machine was started anew."""
    killed(found.folder, found.number, step=_SecondFile())
    (journal,) = found.made.folder.glob("*.journal")
    journal.write_bytes(journal.read_bytes().replace(boot_id().encode(), b"another"))
    return found.purges()


def killed_without_journal(found: Desk) -> list[str]:
    killed(found.folder, found.number, step=_SecondFile())
    (journal,) = found.made.folder.glob("*.journal")
    journal.unlink()
    return found.purges()


class _SecondFile:
    """Dies before the second file of an attempt; handed on to its process."""

    def __init__(self) -> None:
        self._files = 0

    def __call__(self, what: str, _path: str) -> None:
        self._files += what == "unlink"
        if self._files == 2:
            die()


def told_to_end(found: Desk) -> list[str]:
    """Ctrl-C while it waits for the second look: what was removed and seen gone is recorded."""

    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        in_process(found, interrupt)
    assert deletion(found.made, found.number)["verdict"] == "failed"
    return found.purges()


def noted_meanwhile(found: Desk) -> list[str]:
    """A file is noted while the purge waits: it is there, so nothing is over."""

    def note(_seconds: float) -> None:
        file = found.folder / "out" / "late.pdf"
        file.write_text("late", encoding="utf-8")
        words = ("session", "artefact", found.number, str(file), "--kind", "received")
        found.made.does(*words, "--workstation", "pc-1")

    return in_process(found, note)


def noted_meanwhile_and_repeated(found: Desk) -> list[str]:
    noted_meanwhile(found)
    flags = found.purges()
    assert not (found.folder / "out" / "late.pdf").exists()
    return flags


def made_elsewhere_meanwhile(found: Desk) -> list[str]:
    def change(_seconds: float) -> None:
        (found.folder / "ws2" / found.number).mkdir(parents=True)
        found.made.does("config", "set", f"purge.workspaces={found.folder / 'ws2'}")
        found.made.does("session", "workspace", found.number, "--workstation", "pc-1")
        (found.folder / "ws2" / found.number / "x").write_text("x", encoding="utf-8")

    return in_process(found, change)


def place_changed_meanwhile(found: Desk) -> list[str]:
    """Nothing was made there by the program; what lies there is looked for all the same."""

    def change(_seconds: float) -> None:
        (found.folder / "ws2" / found.number).mkdir(parents=True)
        (found.folder / "ws2" / found.number / "x").write_text("x", encoding="utf-8")
        found.made.does("config", "set", f"purge.workspaces={found.folder / 'ws2'}")

    return in_process(found, change)


def between_plan_and_removal(found: Desk, act: Callable[[], object]) -> list[str]:
    done: list[object] = []

    def step(_what: str, _path: str) -> None:
        if not done:
            done.append(act())

    with closing(opened(found.folder)) as ledger:
        prepared = purging.prepare(ledger, found.number, "pc-1", by_descriptor=True, others=alone)
        means = Means(ledger.now, nobody_waits, step=step)
        outcome = purging.purge(ledger, Metadata("anna", "pc-1"), prepared, means)
    return sorted({flag for target in outcome.fact.targets for flag in target.flags})


def linked_meanwhile(found: Desk) -> list[str]:
    kept = found.folder / "kept"
    return between_plan_and_removal(found, lambda: kept.hardlink_to(found.workspace / "a"))


def moved_out_meanwhile(found: Desk) -> list[str]:
    return between_plan_and_removal(found, lambda: (found.workspace / "a").rename(found.folder / "kept"))


def noted_moved_meanwhile(found: Desk) -> list[str]:
    return between_plan_and_removal(found, lambda: found.noted.rename(found.folder / "kept"))


def other_user(found: Desk) -> list[str]:
    """The purge runs as a user who may open the ledger, and not the session's folder."""
    for path in (found.made.folder, *found.made.folder.rglob("*")):
        os.chown(path, 65534, 65534)
    found.folder.chmod(0o755)
    os.chown(found.folder / "ws", 65534, 65534)
    child = os.fork()
    if child == 0:
        os.setgid(65534)
        os.setuid(65534)
        os._exit(found.made.run("session", "purge", found.number, *PC_1).status)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 3
    assert (found.workspace / "a").exists()
    shown = found.made.asks("session", "show", found.number)["purge"]["outcomes"][0]["targets"]
    return sorted({target["errno"] for target in shown if "errno" in target})


ROADS: dict[str, Act] = {
    "nothing wrong (control)": nothing_wrong,
    "place changed with `config set`, files still in the old one": place_changed,
    "place changed and changed back, files in both": place_changed_and_back,
    "place changed and changed back, nothing in the other (control)": place_changed_and_back_empty,
    "place changed to a link, ledger.toml edited by hand": place_edited_to_a_link,
    "folder moved to another place, ledger.toml edited by hand": place_edited_by_hand,
    "link in the place of the session's folder": link_for_the_folder,
    "link in the place of the folder of workspaces": link_on_the_way,
    "link in the place of a root of noted files": link_above,
    "link inside the folder, leading out of it": link_inside,
    "folder renamed": folder_renamed,
    "folder replaced by another one": folder_replaced,
    "noted file renamed": file_renamed,
    "noted file replaced": file_replaced,
    "noted file deleted and written anew": file_replaced_under_its_inode,
    "noted file rewritten in its place (control)": file_rewritten,
    "noted file hard linked elsewhere": file_hard_linked,
    "sparse file of a terabyte (control)": file_sparse,
    "noted file taken off the list, with a reason": file_withdrawn,
    "file added before the purge (control)": file_added_before,
    "file added after the plan": file_added_after_the_plan,
    "purge for another host": other_host,
    "another machine under the same name": one_name_for_two_hosts,
    "clock a day back": clock_back,
    "clock a day back, said to be right": clock_back_and_said_to_be_right,
    "log years ahead, since a clock once was": log_ahead,
    "log years ahead, the clock said to be right": log_ahead_and_the_clock_right,
    "clock 30 s behind another machine (control)": clock_thirty_seconds_back,
    "clock ran back during the purge": clock_ran_back_meanwhile,
    "clock hours ahead": clock_ahead,
    "end typed a minute ahead": end_ahead,
    "deletion declared for a moment hours ago": back_dated,
    "end corrected after the deletion": corrected_afterwards,
    "end corrected before the deletion, after the time allowed": corrected_before,
    "time allowed changed after the deletion": time_allowed_changed,
    "reader in the way of the vault, purge repeated (control)": reader_in_the_way,
    "told to end (Ctrl-C) between deletion and record, purge repeated": told_to_end,
    "killed between deletion and record, purge repeated": killed_between,
    "killed before the first file, folder renamed, purge repeated": killed_before,
    "killed between two files, purge repeated": killed_midway,
    "killed between two files, and again, purge repeated": killed_twice,
    "killed between two files, the second one moved, purge repeated": killed_midway_and_moved,
    "power cut between two files, purge repeated": killed_by_a_power_cut,
    "killed between two files, its journal lost, purge repeated": killed_without_journal,
    "file noted while the purge runs": noted_meanwhile,
    "file noted while the purge runs, purge repeated": noted_meanwhile_and_repeated,
    "folder made in another place while the purge runs": made_elsewhere_meanwhile,
    "place changed while the purge runs, files in the new one": place_changed_meanwhile,
    "file hard linked while the purge runs": linked_meanwhile,
    "file moved out of the folder while the purge runs": moved_out_meanwhile,
    "noted file moved away while the purge runs": noted_moved_meanwhile,
}


LINKING = (place_edited_to_a_link, link_for_the_folder, link_on_the_way, link_above, link_inside)


def is_in_page(name: str, row: Row) -> None:
    line = "| " + " | ".join([name, *map(str, row)]) + " |"
    print(line)  # noqa: T201 - the table of the page
    assert line in PAGE.read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize("name", ROADS)
def test_roads_to_an_untrue_deletion(name: str, tmp_path: Path) -> None:
    if ROADS[name] in LINKING and not MAKES_LINKS:
        pytest.skip("no links are made here")
    if IS_WINE and ROADS[name] is file_replaced_under_its_inode:
        pytest.skip("an id of NTFS counts how often its record was used; one of Wine is the inode alone")
    found = desk(tmp_path)
    flags = ROADS[name](found)
    if name in {"purge for another host", "another machine under the same name", "end typed a minute ahead"}:
        found = found._replace(number="2")
    row = row_of(found, flags)
    if row.verdict == "pass" and "control" not in name:  # in time: seen, or marked
        assert row.flags != "–"
    if row.evidence == "measured":
        assert not found.workspace.exists()
    if "control" in name:
        assert (row.verdict, row.evidence, row.certificate) == ("pass", "measured", "yes")
    is_in_page(name, row)


@pytest.mark.skipif(not IS_ROOT, reason="only root becomes another user")
def test_roads_of_another_user(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = Path("/var/tmp") / f"roads-{os.getpid()}"  # noqa: S108 - pytest's own folders are root's alone
    folder.mkdir(mode=0o755)
    del tmp_path_factory
    try:
        found = desk(folder)
        is_in_page("purge by another user of the system", row_of(found, other_user(found)))
    finally:
        shutil.rmtree(folder)


# --- disks --------------------------------------------------------------------------------------


@contextmanager
def disk(folder: Path) -> Generator[Callable[..., None]]:
    """An ext4 file system in a file, mounted on `ws`; what is given mounts and unmounts it."""
    image, at = folder / "disk.img", folder / "ws"
    with image.open("wb") as file:
        file.truncate(16 * 1024 * 1024)
    subprocess.run(["mkfs.ext4", "-q", str(image)], check=True)
    loops: list[str] = []

    def mount(*, here: bool) -> None:
        if not here:
            subprocess.run(["umount", str(at)], check=True)
            subprocess.run(["losetup", "-d", loops[-1]], check=True)
            return
        shown = subprocess.run(
            ["losetup", "--find", "--show", str(image)], check=True, capture_output=True, text=True
        )
        loops.append(shown.stdout.strip())
        subprocess.run(["mount", loops[-1], str(at)], check=True)

    try:
        yield mount
    finally:
        subprocess.run(["umount", str(at)], check=False, capture_output=True)
        for loop in loops:
            subprocess.run(["losetup", "-d", loop], check=False, capture_output=True)


@pytest.mark.skipif(not IS_ROOT, reason="only root binds folders")
def test_roads_of_a_folder_that_is_bound_into_another(tmp_path: Path) -> None:
    """It has the same device, and is not the session's: nothing in it is touched."""
    found = desk(tmp_path)
    (found.folder / "big").mkdir()
    (found.folder / "big" / "precious").write_text("x", encoding="utf-8")
    (found.workspace / "bound").mkdir()
    command = ["mount", "--bind", str(found.folder / "big"), str(found.workspace / "bound")]
    if subprocess.run(command, check=False, capture_output=True).returncode != 0:
        pytest.skip("nothing can be mounted here")
    try:
        flags = found.purges()
        assert (found.folder / "big" / "precious").exists()
        is_in_page("another folder bound into the session's (mount --bind)", row_of(found, flags))
    finally:
        subprocess.run(["umount", str(found.workspace / "bound")], check=True)


def _can_mount() -> bool:
    return IS_ROOT and Path("/dev/loop-control").exists() and shutil.which("mkfs.ext4") is not None


@pytest.mark.skipif(not _can_mount(), reason="only root mounts a loop device, and mkfs.ext4 makes its disk")
def test_roads_of_a_disk(tmp_path: Path) -> None:
    (tmp_path / "ledger").parent.mkdir(exist_ok=True)
    made = office(tmp_path)
    with disk(tmp_path) as mount:
        mount(here=True)
        number = begun(made)
        filled(made, number, "a")
        found = Desk(made, tmp_path, number)
        made.now = ENDED
        made.does("session", "end", number)
        made.now = PURGED
        device = (tmp_path / "ws").stat().st_dev
        mount(here=False)
        is_in_page("disk not mounted", row_of(found, found.purges()))
        spare = tmp_path / "spare.img"
        spare.write_bytes(bytes(1024 * 1024))
        taken = subprocess.run(
            ["losetup", "--find", "--show", str(spare)], check=True, capture_output=True, text=True
        ).stdout.strip()
        try:
            mount(here=True)
            assert (tmp_path / "ws").stat().st_dev != device
            flags = found.purges()
        finally:
            subprocess.run(["losetup", "-d", taken], check=True)
        row = row_of(found, flags)
        assert (row.verdict, row.evidence, row.certificate) == ("pass", "measured", "yes")
        is_in_page("disk mounted again, under another device number (control)", row)
