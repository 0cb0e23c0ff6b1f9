"""Every flag that a purge can raise is said in words."""

from __future__ import annotations

import re
from pathlib import Path

from cli.presentation.wording.purge import FLAGS
from ledger.handlers.purge_evidence import CLOCK_BACK, CUT_SHORT, INTERRUPTED, REMOVED_BEFORE
from ledger.purge import walk

PURGE = Path(walk.__file__).parent
DROPPED = {"too-many"}
"""Raised on the way, and taken out before anybody is told."""


def test_every_flag_has_its_words() -> None:
    raised = {
        flag
        for file in PURGE.glob("*.py")
        for told in re.findall(r"flags\.add\((.*)\)|_leave\((found, .*)\)", file.read_text(encoding="utf-8"))
        for flag in re.findall(r'"([a-z-]+)"', "".join(told))
    }
    raised |= {walk.UNSYNCED, REMOVED_BEFORE, INTERRUPTED, CUT_SHORT, CLOCK_BACK}
    assert raised == FLAGS.keys() | DROPPED
