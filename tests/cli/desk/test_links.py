"""Commands of hints lead to the pages of the desk on which they are given."""

from __future__ import annotations

import pytest
from starlette.routing import compile_path

from cli.desk import app
from cli.desk.links import place_of
from ledger.message import Step

PLACES = [
    (Step("session end", ("43",)), "/session/43?open=end#end", "Session 43: End the session"),
    (Step("session purge", ("43",)), "/session/43/purge", "Session 43: delete the data"),
    (Step("session explain", ("43",)), "/session/43", "Session 43"),
    (Step("session certificate", ("43",)), "/session/43/audit", "Session 43"),
    (Step("customer list"), "/customers", "Customers"),
    (Step("customer update", ("CUSTOMER", "--nip", "…")), "/customers", "Customers"),
    (Step("customer update", ("K-1", "--nip", "…")), "/customer/K-1", "K-1"),
    (Step("invoice correct", ("2026/11/A-1",)), "/correct/2026/11/A-1", "2026/11/A-1"),
    (Step("invoice submit", ("2026/11/A-1",)), "/invoice/2026/11/A-1", "2026/11/A-1"),
    (Step("invoice issue", ("--period", "2026-11")), "/month/2026-11/plan", "Plan of invoices"),
    (Step("invoice issue", ("--period", "P")), "/month", "Plan of invoices"),
    (Step("source reconcile", ("--period", "2026-11")), "/month/2026-11/findings", "Differences"),
    (Step("report deletions", ("--period", "P")), "/deletions", "Deletions"),
    (Step("period close", ("2026-11", "--yes")), "/month/2026-11/close", "Close the month…"),
    (Step("audit verify"), "/verify", "Verify"),
]


@pytest.mark.parametrize(("step", "href", "name"), PLACES)
def test_a_step_has_its_page_and_the_name_of_it(step: Step, href: str, name: str) -> None:
    place = place_of(step)
    assert place is not None
    assert (place.href, str(place.name)) == (href, name)
    pages = [compile_path(each.path)[0] for each in app.PAGES if each.method == "GET"]
    assert any(each.match(href.partition("?")[0]) for each in pages)


@pytest.mark.parametrize(
    "step", [Step("tariff publish", ("list.toml",)), Step("session import", ("FILE",)), Step("init")]
)
def test_what_the_command_line_alone_has_is_no_page(step: Step) -> None:
    assert place_of(step) is None
