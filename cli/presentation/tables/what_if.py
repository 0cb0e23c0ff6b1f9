"""Prices under another reading of the price list, as a report."""

from __future__ import annotations

from datetime import datetime

from cli.presentation.catalogue import said
from cli.presentation.columns import CUSTOMER_CODE, NET, REF, SESSION, period_document, titled
from cli.presentation.formats.model import Column, Report, Row, Table
from cli.presentation.text import Lang
from cli.presentation.wording import labels
from ledger.domain.clock import Period, format_instant
from ledger.message import msg
from projections.queries import what_if as view


def what_if_report(
    found: list[view.Compared], changes: dict[str, str], period: Period, as_of: datetime, lang: Lang
) -> Report:
    """Return both prices of each session that changes and of each customer."""
    customers = view.by_customer(found)
    changed = [s for s in found if s.net_grosze != s.other_net_grosze]
    total = {
        "net_grosze": sum(c.net_grosze for c in customers),
        "other_net_grosze": sum(c.other_net_grosze for c in customers),
        "sessions_changed": len(changed),
    }
    document = {
        "schema": "session-ledger/what-if/1",
        "changes": changes,
        "sessions": [_session_document(each) for each in found],
        "customers": [c._asdict() for c in customers],
        "total": total,
        "period": period_document(period),
        "as_of": format_instant(as_of),
    }
    net = NET
    other = Column("other_net_grosze", msg("Otherwise"), "grosze")
    difference = Column("difference_grosze", labels.DIFFERENCE, "grosze")
    session_rows: list[Row] = [
        (s.session, s.session_ref, s.customer, *_both(s.net_grosze, s.other_net_grosze)) for s in changed
    ]
    customer_rows: list[Row] = [(c.customer, *_both(c.net_grosze, c.other_net_grosze)) for c in customers]
    if customer_rows:
        nets = _both(total["net_grosze"], total["other_net_grosze"])
        customer_rows.append((said(labels.SUM, lang), *nets))
    return Report(
        "what-if",
        titled(msg("Under another reading"), period),
        document,
        (
            Table(
                "sessions",
                msg("Sessions that change"),
                (SESSION, REF, CUSTOMER_CODE, net, other, difference),
                session_rows,
            ),
            Table(
                "customers",
                labels.CUSTOMERS,
                (CUSTOMER_CODE, net, other, difference),
                customer_rows,
            ),
        ),
        as_of,
    )


def _both(net_grosze: int, other_net_grosze: int) -> tuple[int, int, int]:
    """Return an amount, what it would be, and the difference."""
    return net_grosze, other_net_grosze, other_net_grosze - net_grosze


def _session_document(session: view.Compared) -> dict[str, object]:
    return {
        "session": session.session,
        "session_ref": session.session_ref,
        "net_grosze": session.net_grosze,
        "other_net_grosze": session.other_net_grosze,
    }
