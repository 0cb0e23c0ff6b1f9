"""A month with every kind of session: how they ended, how their data went, and what came afterwards."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from pkgutil import resolve_name
from typing import Any
from unittest.mock import patch

from tests.support.office import Office
from tests.support.purging_office import filled
from tests.support.systems import IS_WINDOWS

REMOVING = "ledger.purge.kernel32.Kernel32.dispose" if IS_WINDOWS else "os.unlink"
"""The system's call that removes a file."""

PC_1, PC_2 = ("--workstation", "pc-1", "--yes"), ("--workstation", "pc-2", "--yes")
_HEADER = "session_ref,customer,issue,connected_at,ended_at,purged_at,remote_id"
_IMPORTED = (
    ("OLD-1", "K-1", "other", "2026-11-02 10:00", "2026-11-02 10:40", "2026-11-02 10:45", ""),
    ("OLD-2", "K-1", "other", "2026-11-04 10:00", "2026-11-04 10:40", "2026-11-04 10:45", ""),
    ("OLD-3", "K-1", "other", "2026-11-05 10:00", "2026-11-05 10:40", "2026-11-05 12:45", ""),
    ("OLD-4", "K-1", "other", "2026-11-06 10:00", "2026-11-06 10:40", "", "123 456 789"),
)
"""Billed elsewhere; declared in time; declared late; not deleted."""


def every_session(folder: Path) -> Office:
    """A ledger whose sessions are of every kind, on the 20th of January."""
    shop = _Month(folder)
    for deal in (
        shop.measured_in_time,
        shop.measured_late,
        shop.failed,
        shop.failed_then_found_gone,
        shop.failed_and_removed_some,
        shop.begun_without_outcome,
        shop.declared,
        shop.declared_for_an_hour_ago,
        shop.late_until_corrected,
        shop.too_early_by_a_correction,
        shop.held,
        shop.released,
        shop.gone_on_one_of_two_workstations,
        shop.gone_on_both_workstations,
        shop.file_gone_before_anybody_looked,
        shop.end_typed_ahead,
        shop.end_corrected_before_the_deletion,
        shop.file_taken_off_the_list,
        shop.deleted_again_after_a_correction,
        shop.noted_file_linked_elsewhere,
        shop.left_over_then_gone,
        shop.declared_for_the_days_end,
        shop.confirmed_and_superseded,
        shop.put_aside_and_deleted,
        shop.put_aside_and_taken_back,
        shop.put_aside_and_left,
        shop.another_customers_all_along,
        shop.connected_elsewhere_as_was_told_later,
        shop.killed_and_repeated,
        shop.killed_and_moved_before_the_repeat,
        shop.failed_and_killed_afterwards,
        shop.moved_on_one_of_two_workstations,
        shop.open_still,
        shop.erased_on_request,
        shop.cancelled_long_ago,
        shop.never_connected,
        shop.cancelled_lately,
    ):
        deal()
    return shop.office


class _Month:
    """The shop, and how many half days are over: a session begins at nine, the next one at three."""

    def __init__(self, folder: Path) -> None:
        self._workspaces = folder / "ws"
        self._workspaces.mkdir()
        self.office = Office(folder / "ledger", now=_at(6, day=7), init=("--billing-from", "2026-11-03"))
        self._half_days = 0
        self.office.does("config", "set", f"purge.workspaces={self._workspaces}", "purge.sla=15m")
        for code in ("K-1", "K-2"):
            self.office.does("customer", "add", code, "--name", "Zakład Igiełka", "--consumer", "no")
        self.office.takes("session", _HEADER, _IMPORTED)

    def _asked(self, customer: str = "K-1") -> str:
        self.office.now = _at(15 if self._half_days % 2 else 9, day=8 + self._half_days // 2)
        self._half_days += 1
        words = (
            "--customer",
            customer,
            "--issue",
            "other",
            "--contact",
            "Jan Canary",
            "--description",
            "printer",
        )
        return str(self.office.does("session", "request", *words, "-f", "json").document["session"])

    def _ended(self, *workstations: str, customer: str = "K-1") -> str:
        """A session of twenty minutes with a file, used on workstations one after the other."""
        number = self._asked(customer)
        for place, each in enumerate(workstations or ("pc-1",)):
            if place:
                self.office.does("session", "disconnect", number)
            self.office.does("session", "connect", number, "--workstation", each)
            if place:
                filled(self.office, number, "customer.pst", workstation=each)
        filled(self.office, number, "customer.pst")
        self._later(20)
        self.office.does("session", "end", number)
        return number

    def _later(self, minutes: int) -> None:
        day, hour = self.office.now[8:10], int(self.office.now[11:13])
        passed = int(self.office.now[14:16]) + minutes
        self.office.now = _at(hour + passed // 60, passed % 60, day=int(day))

    def _does(self, *words: str) -> None:
        self.office.does("session", *words)

    def _purged_after(self, minutes: int, *words: str) -> str:
        number = self._ended()
        self._later(minutes)
        self._does("purge", number, *(words or PC_1))
        return number

    def measured_in_time(self) -> None:
        self._purged_after(5)

    def measured_late(self) -> None:
        self._purged_after(40)

    def _fails(self, *others: str) -> str:
        """A purge that removes the other files, and cannot remove the customer's."""
        number = self._ended()
        filled(self.office, number, *others)
        self._later(3)
        file = self._workspaces / number / "customer.pst"
        unlink = os.unlink

        def refused(path: str, **where: int) -> None:
            if Path(path).name == file.name:
                raise PermissionError(errno.EACCES, "no")
            unlink(path, **where)

        with file.open("rb") if IS_WINDOWS else patch.object(os, "unlink", side_effect=refused):
            assert self.office.run("session", "purge", number, *PC_1).status == 3
        return number

    def failed(self) -> None:
        self._fails()

    def failed_and_removed_some(self) -> None:
        self._fails("second.pst", "below/third.pst")

    def failed_then_found_gone(self) -> None:
        number = self._fails()
        (self._workspaces / number / "customer.pst").unlink()
        self._later(3)
        self._does("purge", number, *PC_1)

    def begun_without_outcome(self) -> None:
        """The machine goes off between the plan and the first file."""
        number = self._ended()
        self._later(3)
        with patch(REMOVING, side_effect=KeyboardInterrupt):
            assert self.office.run("session", "purge", number, *PC_1).status != 0

    def declared(self) -> None:
        self._purged_after(6, "--declare", "--yes")

    def declared_for_an_hour_ago(self) -> None:
        number = self._ended()
        ended_at = self.office.now
        self._later(100)
        self._does("purge", number, "--declare", "--at", ended_at, "--yes")

    def late_until_corrected(self) -> None:
        number = self._purged_after(100)
        hour = self.office.now[:11] + f"{int(self.office.now[11:13]) - 1}:55:00+01:00"
        self._does("correct", number, "--ended-at", hour, "--reason", "wrong-time: forgot")

    def too_early_by_a_correction(self) -> None:
        number = self._purged_after(5)
        self._later(20)
        self._does("correct", number, "--ended-at", self.office.now, "--reason", "wrong-time")

    def held(self) -> None:
        number = self._ended()
        self._does("hold", number, "--until", "2027-03-01", "--reason", "legal-claim: a dispute")

    def released(self) -> None:
        number = self._ended()
        self._does("hold", number, "--until", "2027-03-01", "--reason", "legal-claim: a dispute")
        self._does("release", number)
        self._later(4)
        self._does("purge", number, *PC_1)

    def gone_on_one_of_two_workstations(self) -> None:
        number = self._ended("pc-1", "pc-2")
        self._later(4)
        self._does("purge", number, *PC_1)

    def gone_on_both_workstations(self) -> None:
        number = self._ended("pc-1", "pc-2")
        self._later(4)
        self._does("purge", number, *PC_1)
        self._later(4)
        self._does("purge", number, *PC_2)

    def moved_on_one_of_two_workstations(self) -> None:
        """The last one's purge saw all it should; what stood on the first is not known."""
        number = self._ended("pc-1", "pc-2")
        (self._workspaces / number).rename(self._workspaces / f"moved-{number}")
        self._later(4)
        self._does("purge", number, *PC_1)
        filled(self.office, number, "customer.pst", workstation="pc-2")
        self._does("purge", number, *PC_2)

    def file_gone_before_anybody_looked(self) -> None:
        number = self._ended()
        (self._workspaces / number).rename(self._workspaces / "aside")
        self._later(4)
        self._does("purge", number, *PC_1)

    def end_typed_ahead(self) -> None:
        """By a minute, and purged at once: the deletion is dated by the end."""
        number = self._asked()
        self._does("connect", number, "--workstation", "pc-1")
        filled(self.office, number, "customer.pst")
        self._later(20)
        self._does("end", number, "--at", self.office.now.replace(":00+01:00", ":02+01:00"))
        self._does("purge", number, *PC_1)

    def end_corrected_before_the_deletion(self) -> None:
        number = self._ended()
        self._later(40)
        self._does("correct", number, "--ended-at", self.office.now, "--reason", "wrong-time")
        self._later(3)
        self._does("purge", number, *PC_1)

    def _noted(self) -> tuple[str, Path]:
        number = self._asked()
        self._does("connect", number, "--workstation", "pc-1")
        filled(self.office, number, "customer.pst")
        file = self._workspaces / f"noted-{number}.pdf"
        file.write_text("x", encoding="utf-8")
        self._does("artefact", number, str(file), "--kind", "received", "--workstation", "pc-1")
        self._later(20)
        self._does("end", number)
        return number, file

    def file_taken_off_the_list(self) -> None:
        number, _ = self._noted()
        self._does("artefact", number, "--withdraw", "1", "--reason", "double-entry")
        self._later(3)
        self._does("purge", number, *PC_1)

    def noted_file_linked_elsewhere(self) -> None:
        number, file = self._noted()
        file.with_suffix(".kept").hardlink_to(file)
        self._later(3)
        self._does("purge", number, *PC_1)

    def deleted_again_after_a_correction(self) -> None:
        number = self._purged_after(5)
        self._later(20)
        self._does("correct", number, "--ended-at", self.office.now, "--reason", "wrong-time")
        self._later(3)
        self._does("purge", number, *PC_1)

    def left_over_then_gone(self) -> None:
        number = self._fails()
        self._later(3)
        self._does("purge", number, *PC_1)

    def declared_for_the_days_end(self) -> None:
        """Ten minutes back, which is enough to turn late into in time."""
        number = self._ended()
        self._later(10)
        said = self.office.now
        self._later(9)
        self._does("purge", number, "--declare", "--at", said, "--yes")

    def confirmed_and_superseded(self) -> None:
        number = self._purged_after(5)
        self._does("certificate", number, "-o", str(self.office.folder.parent / "confirmation.json"))
        ended_at = self.office.now[:14] + "18:00+01:00"
        self._does("correct", number, "--ended-at", ended_at, "--reason", "wrong-time")

    def put_aside_and_deleted(self) -> None:
        number = self._purged_after(5)
        self._does("void", number, "--reason", "double-entry")

    def put_aside_and_taken_back(self) -> None:
        number = self._purged_after(5)
        self._does("void", number, "--reason", "double-entry")
        self._does("void", number, "--undo", "--reason", "checked")

    def put_aside_and_left(self) -> None:
        self._does("void", self._ended(), "--reason", "double-entry")

    def another_customers_all_along(self) -> None:
        number = self._purged_after(5)
        self.office.does("customer", "add", "K-3", "--name", "Bławatek", "--consumer", "no")
        self._does("correct", number, "--customer", "K-3", "--reason", "wrong-customer")

    def connected_elsewhere_as_was_told_later(self) -> None:
        number = self._purged_after(5)
        hour = self.office.now[:13]
        later = ("--connection", "1", "--connected-at", f"{hour}:10:00+01:00", "--reason", "wrong-time")
        self._does("correct", number, *later)
        times = f"{hour}:01:00+01:00..{hour}:05:00+01:00"
        self._does("correct", number, "--add", times, "--reason", "checked")

    def _killed(self, number: str) -> None:
        """After the first of its files."""
        remove, files = resolve_name(REMOVING), [0]

        def once(*what: Any, **place: Any) -> None:  # noqa: ANN401 - as each system removes
            files[0] += IS_WINDOWS or place.get("dir_fd") is not None
            if files[0] > 1:
                raise KeyboardInterrupt
            remove(*what, **place)

        with patch(REMOVING, once):
            assert self.office.run("session", "purge", number, *PC_1).status != 0

    def _with_two_files(self) -> str:
        number = self._asked()
        self._does("connect", number, "--workstation", "pc-1")
        filled(self.office, number, "a.pst", "b.pst")
        self._later(20)
        self._does("end", number)
        self._later(3)
        return number

    def killed_and_repeated(self) -> None:
        number = self._with_two_files()
        self._killed(number)
        self._later(3)
        self._does("purge", number, *PC_1)

    def killed_and_moved_before_the_repeat(self) -> None:
        number = self._with_two_files()
        self._killed(number)
        (self._workspaces / number / "b.pst").rename(self._workspaces / f"kept-{number}")
        self._later(3)
        self._does("purge", number, *PC_1)

    def failed_and_killed_afterwards(self) -> None:
        number = self._fails()
        with patch(REMOVING, side_effect=KeyboardInterrupt):
            assert self.office.run("session", "purge", number, *PC_1).status != 0

    def open_still(self) -> None:
        number = self._asked()
        self._does("connect", number, "--workstation", "pc-1")

    def erased_on_request(self) -> None:
        self._ended(customer="K-2")
        self.office.does("customer", "erase", "K-2", "--yes")

    def cancelled_long_ago(self) -> None:
        number = self._asked()
        self._does("cancel", number)
        self.office.now = "2027-01-20T10:00:00+01:00"
        self.office.does("retention", "run", "--yes")

    def never_connected(self) -> None:
        self.office.does(
            "session", "request", "--customer", "K-1", "--issue", "other", "--contact", "Jan Canary"
        )

    def cancelled_lately(self) -> None:
        asked = self.office.does("session", "request", "--customer", "K-1", "--issue", "other", "-f", "json")
        self._does("cancel", str(asked.document["session"]))


def _at(hour: int, minute: int = 0, *, day: int) -> str:
    return f"2026-11-{day:02}T{hour:02}:{minute:02}:00+01:00"
