"""Started hours and money by session and customer, as a report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from cli.presentation.catalogue import said
from cli.presentation.columns import (
    CONNECTED_AT,
    CUSTOMER_CODE,
    ENDED_AT,
    GROSS,
    ISSUE,
    NAME,
    NET,
    REF,
    SESSION,
    STARTED_HOURS,
    VAT,
    WAIVED,
    aside,
    period_document,
    titled,
)
from cli.presentation.formats.model import Again, Column, Report, Row, Table
from cli.presentation.tables.month_money import (
    STANDING,
    documents_table,
    month_document,
    month_table,
    standings_table,
)
from cli.presentation.text import Lang
from cli.presentation.wording import labels
from ledger.application.ledger import Ledger
from ledger.domain.clock import Period, format_instant
from ledger.domain.tariff.band_names import band_names
from ledger.message import Bilingual, Message, msg, plain
from ledger.packed import Rereadable
from projections.queries.explain import started_hours
from projections.queries.month_money import MonthMoney, SessionMoney, month_money
from projections.queries.overlaps import with_overlaps
from projections.read_models import billing as view
from projections.read_side import Snapshot

_TOTAL = labels.SUM


_BANDS = {
    "office": msg("Office"),
    "off_hours": msg("Off hours"),
    "night": msg("Night"),
}


def billing_of(snapshot: Snapshot, period: Period, lang: Lang, *, customer: str | None = None) -> Report:
    """Return the billing of a period, as of a snapshot, which has to stay open while it is shown.

    Raises CustomerUnknown.
    """
    found = view.of_period(snapshot.views, period, customer=snapshot.resolved_customer(customer))
    found = with_overlaps(snapshot.views, found, period)
    money = month_money(snapshot.views, snapshot.ledger, snapshot.position, found.sessions)
    drawings = _drawings(snapshot, period, found.sessions, lang)
    return billing_report(snapshot.ledger, found, money, period, snapshot.as_of, lang, drawings)


def _drawings(
    snapshot: Snapshot, period: Period, sessions: Rereadable[view.BilledSession], lang: Lang
) -> Iterator[str]:
    """Draw the month; what draws is imported only for the formats that show it."""
    from cli.presentation.charts.started_hours import month_drawings

    numbers = [session.session for session in sessions]
    opened = started_hours(snapshot.views, snapshot.ledger.store, snapshot.position, numbers)
    yield from month_drawings(snapshot.state, period, len(numbers), opened, lang)


def billing_report(
    ledger: Ledger,
    found: view.Billing,
    money: MonthMoney,
    period: Period,
    as_of: datetime,
    lang: Lang,
    charts: Iterable[str] = (),
) -> Report:
    """Return the billing of a period; names of customers are read from the vault as they are shown."""
    customers = money.to_be_billed
    total = (
        sum(s.counted for s in found.sessions),
        sum(c.started_hours for c in customers),
        sum(c.net_grosze for c in customers),
        sum(c.vat_grosze for c in customers),
        sum(c.gross_grosze for c in customers),
    )
    keys = ("sessions", "started_hours", "net_grosze", "vat_grosze", "gross_grosze")
    treatments = {each.customer: each.treatment for each in money.customers}
    document = {
        "schema": "session-ledger/report-billing/1",
        "period": period_document(period),
        "as_of": format_instant(as_of),
        "sessions": map(_session_document, found.sessions, money.sessions),
        "customers": [c._asdict() | {"vat_treatment": treatments[c.customer]} for c in customers],
        "exceptions": [
            {"session": x.session, "session_ref": x.session_ref, "kind": x.kind} for x in found.exceptions
        ],
        "total": dict(zip(keys, total, strict=True)),
        "month": month_document(money),
    }
    title = titled(msg("Billing"), period)
    sessions = _session_table(found.sessions, money, band_heads(ledger))
    others = (
        standings_table(money, lang),
        month_table(ledger, money, lang),
        documents_table(ledger, money),
        _customer_table(ledger, lang, customers, total),
        _exception_table(found.exceptions),
    )
    brief = (_brief_table(sessions), *others, _readings_table(found.sessions))
    return Report(
        "billing",
        title,
        document,
        (sessions, *others),
        as_of,
        charts=charts,
        brief=brief,
        brief_on_paper_only=True,
    )


def _session_document(session: view.BilledSession, money: SessionMoney) -> dict[str, object]:
    document: dict[str, object] = session._asdict()
    del document["vat_percent"], document["counted"]
    document["connected_at"] = format_instant(session.connected_at)
    document["ended_at"] = format_instant(session.ended_at)
    return document | {
        "list_grosze": money.list_grosze,
        "standing": money.standing,
        "documents": list(money.documents),
        "billed_net_grosze": money.billed.net_grosze if money.documents else None,
        "billed_vat_grosze": money.billed.vat_grosze if money.documents else None,
    }


def band_heads(ledger: Ledger) -> dict[str, Message]:
    """Return the heads of bands: the shop's own, and as the price lists name the others."""
    state, heads = ledger.state, dict(_BANDS)
    for listed in state.tariffs:
        names = band_names(ledger.tariff(listed.digest), state.band_names.get(listed.digest, {}))
        told = {band: Bilingual(name.pl, name.en) for band, name in names.items() if band not in _BANDS}
        heads |= {band: plain("{name}", name=name) for band, name in told.items()}
    return heads


def _head(heads: dict[str, Message], band: str) -> Message:
    return heads.get(band, plain("{band}", band=band))


def _session_table(
    sessions: Rereadable[view.BilledSession], money: MonthMoney, heads: dict[str, Message]
) -> Table:
    bands = list(dict.fromkeys(band for s in sessions for band in s.band_hours))
    columns = (
        SESSION,
        REF,
        CUSTOMER_CODE,
        *map(aside, (ISSUE, CONNECTED_AT, ENDED_AT, STARTED_HOURS)),
        *(aside(Column(f"{band}_hours", _head(heads, band), "integer")) for band in bands),
        NET,
        aside(WAIVED),
        aside(Column("billed", msg("Billed as"))),
        aside(Column("assumptions", labels.ASSUMPTIONS)),
        STANDING,
        aside(Column("documents", labels.DOCUMENTS)),
        Column("billed_net_grosze", msg("Net on documents"), "grosze"),
    )

    def rows() -> Iterator[Row]:
        for s, its in zip(sessions, money.sessions, strict=True):
            yield (
                s.session,
                s.session_ref,
                s.customer,
                s.issue,
                s.connected_at,
                s.ended_at,
                s.started_hours,
                *(s.band_hours.get(band, 0) for band in bands),
                s.net_grosze,
                s.waived_grosze,
                s.billed,
                tuple(s.assumptions),
                its.standing,
                its.documents,
                its.billed.net_grosze if its.documents else None,
            )

    return Table("sessions", labels.SESSIONS, columns, Again(rows))


_NOT_IN_BRIEF = frozenset({"billed", "assumptions", "billed_net_grosze"})
"""Columns that no sheet of paper has room for: told by the documents, the readings and the exceptions."""


def _brief_table(sessions: Table) -> Table:
    """Return the sessions in the columns of paper."""
    places = [place for place, column in enumerate(sessions.columns) if column.key not in _NOT_IN_BRIEF]
    columns = tuple(sessions.columns[place] for place in places)

    def rows() -> Iterator[Row]:
        for row in sessions.rows:
            yield tuple(row[place] for place in places)

    return Table(sessions.name, sessions.title, columns, Again(rows))


def _readings_table(sessions: Iterable[view.BilledSession]) -> Table:
    """Return which sessions rest on each assumption."""
    columns = (Column("assumption", msg("Assumption")), Column("sessions", labels.SESSIONS))

    def rows() -> Iterator[Row]:
        resting: dict[str, list[str]] = {}
        for each in sessions:
            for assumption in each.assumptions:
                resting.setdefault(assumption, []).append(str(each.session))
        yield from ((name, ", ".join(numbers)) for name, numbers in resting.items())

    return Table("assumptions", labels.ASSUMPTIONS, columns, Again(rows))


def _customer_table(
    ledger: Ledger, lang: Lang, customers: list[view.BilledCustomer], total: tuple[int, ...]
) -> Table:
    """Return the sums with names; the vault is opened only for a format that shows them."""
    columns = (
        CUSTOMER_CODE,
        NAME,
        STARTED_HOURS,
        NET,
        VAT,
        GROSS,
    )

    def rows() -> Iterator[Row]:
        for sums in customers:
            yield (sums.customer, ledger.customer_name(sums.customer), *sums[1:])
        if customers:
            yield (None, said(_TOTAL, lang), *total[1:])

    return Table("customers", labels.TO_BE_BILLED, columns, rows())


def _exception_table(exceptions: list[view.BillingException]) -> Table:
    columns = (SESSION, REF, CUSTOMER_CODE, Column("kind", msg("To look at")))
    return Table("exceptions", msg("Exceptions"), columns, [tuple(x) for x in exceptions])
