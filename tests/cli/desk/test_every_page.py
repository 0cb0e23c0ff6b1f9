"""What holds for every page of the desk in a real Chromium: its policy, its names, its paper, its ease."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.chromium import NEEDS_BROWSER, Browser, Page, find
from tests.support.served import Served

pytestmark = NEEDS_BROWSER
AXE = os.environ.get("SESSION_LEDGER_AXE", "")
"""Where axe-core lies, one file: axe.min.js of its package."""
PAGES = [
    "/",
    "/call?customer=K-001&issue=other&minutes=75",
    "/session/26",
    "/session/42",
    "/session/39/purge",
    "/session/15/audit",
    *(
        f"/month/2026-11{each}"
        for each in ("", "/findings", "/plan", "/documents", "/close", "/sessions", "/drawing")
    ),
    "/month/2026-11/records",
    "/month/2026-11/receivables",
    "/month/2026-11/owner",
    "/invoice/FV/2026/12/0001",
    "/correct/FV/2026/12/0001?zero=1",
    "/payments",
    "/customers",
    "/customer/K-001",
    "/deletions/2026-11",
    "/verify",
    "/nowhere",
]
VIOLATIONS = """\
window.violations = [];
document.addEventListener("securitypolicyviolation", (each) => {
  window.violations.push(each.violatedDirective);
});
"""


@contextmanager
def _seated(desk: Served) -> Generator[Page]:
    path = find()
    assert path is not None
    with Browser(path) as browser:
        page = browser.page(desk.link())
        page.wait("location.pathname === '/'")
        page.settles()
        yield page


def test_no_page_breaks_its_own_policy(shown_demo: Served) -> None:
    """Given a listener for what the policy stops, then no page does anything that it stops."""
    with _seated(shown_demo) as page:
        page.begins_with(VIOLATIONS)
        for path in PAGES:
            page.goes(f"{shown_demo.origin}{path}")
            assert page.asks("window.violations") == [], path
        page.asks(
            "document.body.insertAdjacentHTML('beforeend', '<p style=\"color: red\">x</p>')"
        )  # the control
        page.wait("window.violations.length > 0")


def test_every_page_has_one_heading_landmarks_and_labels(shown_demo: Served) -> None:
    with _seated(shown_demo) as page:
        for path in PAGES:
            page.goes(f"{shown_demo.origin}{path}")
            assert page.asks("document.querySelectorAll('h1').length") == 1, path
            assert page.asks("document.querySelectorAll('main').length") == 1, path
            unlabelled = page.asks(
                "[...document.querySelectorAll('input:not([type=hidden]), select, textarea')]"
                ".filter((each) => !each.labels.length).map((each) => each.name)"
            )
            assert unlabelled == [], path
            doubled = page.asks(
                "[...document.querySelectorAll('[id]')].map((each) => each.id)"
                ".filter((each, place, every) => every.indexOf(each) !== place)"
            )
            assert doubled == [], path


def test_every_page_prints_without_its_buttons(shown_demo: Served, tmp_path: Path) -> None:
    if shutil.which("pdftotext") is None:
        pytest.skip("needs pdftotext")
    with _seated(shown_demo) as page:
        for number, path in enumerate(PAGES[:-1]):
            page.goes(f"{shown_demo.origin}{path}")
            title = page.asks("document.querySelector('h1').textContent")
            file = tmp_path / f"{number}.pdf"
            page.printed(file)
            said = subprocess.run(
                ["pdftotext", "-layout", str(file), "-"], capture_output=True, check=True, encoding="utf-8"
            ).stdout
            assert "".join(title.split()) in "".join(said.split()), path
            assert "Zablokuj" not in said, path
            assert "Stan na" in said, path


SETTINGS = {
    "light": {"prefers_color_scheme": "light"},
    "dark": {"prefers_color_scheme": "dark"},
    "forced": {"forced_colors": "active"},
}


@pytest.mark.skipif(not AXE, reason="SESSION_LEDGER_AXE is not set")
@pytest.mark.parametrize("name", SETTINGS)
def test_axe_finds_nothing(shown_demo: Served, name: str) -> None:
    """Every rule of axe-core, on every page."""
    script = Path(AXE).read_text(encoding="utf-8")
    found: list[str] = []
    with _seated(shown_demo) as page:
        page.prefers(**SETTINGS[name])
        for path in PAGES:
            page.goes(f"{shown_demo.origin}{path}")
            page.asks(f"{script}; true")
            told = page.asks(
                "axe.run().then((each) => each.violations.map((one) =>"
                " `${one.id}: ${one.nodes.map((node) => node.target.join(' ')).slice(0, 3).join(', ')}`))"
            )
            found += [f"{path} {each}" for each in told]
    assert found == []
