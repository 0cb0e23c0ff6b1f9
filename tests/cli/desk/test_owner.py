"""The owner's month on the desk: the report's figures and pictures, its files, and only of a month."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.office import Office
from tests.support.served import Served

OWNER = "/month/2026-11/owner"


def test_page_says_what_the_report_says(shown_demo: Served, demo: Office) -> None:
    page = shown_demo.get(OWNER).text
    report = demo.asks("report", "month", "--period", "2026-11")
    assert page.count("<svg ") == 5
    assert page.count('href="/month/2026-11/owner/') == 2
    for each in report["customers"]:
        gross = each["gross_grosze"]
        shown = f"{gross // 100:,},{gross % 100:02d}".replace(",", "\u00a0", gross >= 100_000)
        assert each["customer"] in page
        assert f">{shown}<" in page


def test_month_leads_to_it_and_a_quarter_does_not(shown_demo: Served) -> None:
    assert f'href="{OWNER}"' in shown_demo.get("/month/2026-11").text
    assert "/owner" not in shown_demo.get("/month/2026-Q4").text
    refused = shown_demo.get("/month/2026-Q4/owner")
    assert refused.status >= 400
    assert "E-NOT-A-MONTH" in refused.text


@pytest.mark.parametrize("name", ["month.pdf", "month.xlsx"])
def test_file_is_what_the_command_line_writes(
    shown_demo: Served, demo: Office, tmp_path: Path, name: str
) -> None:
    written = tmp_path / name
    demo.does("--lang", "pl", "report", "month", "--period", "2026-11", "-o", str(written))
    assert shown_demo.get(f"{OWNER}/{name}").content == written.read_bytes()
    assert shown_demo.get(f"{OWNER}/month.doc").status >= 400


def test_nobody_stands_in_it_by_name(shown_demo: Served, demo: Office) -> None:
    names = [each["name"] for each in demo.asks("customer", "list")["customers"] if each["name"]]
    text = re.sub(r"<[^>]*>", " ", shown_demo.get(OWNER).text)
    assert names
    assert not [name for name in names if name in text]
