"""The guides' commands on a Windows Python: they print what the guides say, but for its shells' words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.docs.examples import fits, run, steps
from tests.windows import wine

pytestmark = wine.needs_wine

ROLES = {
    "technician": [
        "tutorial",
        "guides/correct-a-mistake",
        "guides/purge-a-session",
        "guides/import-connection-records",
    ],
    "clerk": [
        "guides/bill-a-month",
        "guides/invoice-a-month",
        "guides/correct-an-invoice",
        "guides/reconcile-a-month",
        "guides/record-bank-payments",
        "guides/change-the-price-list",
    ],
    "reviewer": [
        "guides/show-the-deletion-history",
        "guides/when-check-finds-something",
        "guides/anchor-the-history",
        "guides/answer-an-erasure-request",
    ],
}
_QUOTES = re.compile("[\"']")
"""PowerShell wants more words in quotes than a POSIX shell does: `@head.tsq` for one."""
_PLACE = re.compile(r"\$\((session-ledger session workspace [^)]*)\)")
_HERE = "#!/bin/sh\nsed 's#\\\\#/#g; s#^C:#{drive}#'\n"
"""What shows the shell of this system a folder of drive C."""
PAGES = [(role, page) for role, pages in ROLES.items() for page in pages]


def test_sixty_commands_are_played() -> None:
    for pages in ROLES.values():
        commands = [step for page in pages for step in steps(_text(page)) if "session-ledger" in step.command]
        assert len(commands) >= 20


@pytest.mark.parametrize(("role", "page"), PAGES)
def test_commands_of_a_guide_print_what_it_says(role: str, page: str, tmp_path: Path) -> None:
    del role
    (tmp_path / "session-ledger").symlink_to(wine.FOLDER / "run")
    (tmp_path / "here").write_text(_HERE.format(drive=wine.FOLDER / "wine" / "drive_c"), encoding="utf-8")
    (tmp_path / "here").chmod(0o755)
    expected = steps(_text(page))
    with wine.folder_on_c() as folder:
        told = run(
            [_PLACE.sub(r"$(\1 | here)", step.command) for step in expected], folder, tmp_path, timeout=1800
        )
    assert len(told) == len(expected)
    for step, ran in zip(expected, told, strict=True):
        assert "E-DEFECT" not in "\n".join(ran.printed), f"{page}:{step.line}"
        assert ran.status == step.status, f"{page}:{step.line}: {ran}"
        assert fits(step.printed, ran.printed) or fits(plain(step.printed), plain(ran.printed)), (
            f"{page}:{step.line}\n" + "\n".join(ran.printed)
        )


def plain(lines: list[str]) -> list[str]:
    """Return lines with the words and marks of one shell."""
    told = [line.replace("\\", "/") for line in lines]
    told = [_QUOTES.sub("", line) if line.startswith("hint:") else line for line in told]
    return [re.sub(r"^(hint: )?py -I", r"\1python3 -I", line) for line in told]


def _text(page: str) -> str:
    return (wine.SOURCE / "docs" / f"{page}.md").read_text(encoding="utf-8")
