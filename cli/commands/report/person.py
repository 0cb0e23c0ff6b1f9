"""`session-ledger report person`: what is held about one person, where, why and until when."""

from __future__ import annotations

import click

from cli.context import App, pass_app
from cli.output import Report, report_options
from cli.params import CUSTOMER
from cli.presentation.tables.person import person_report
from ledger.handlers import certificate
from ledger.handlers.privacy.person import person as held_about


@click.command()
@click.argument("code", type=CUSTOMER, metavar="C")
@report_options
@pass_app
def person(app: App, code: str) -> Report:
    """Report which data about one person are held, where, why and until when; before an erasure and after it.

    Under every code that counts as theirs: vault, documents, transfers that paid them, records of the
    remote tool, folders of sessions, events; what was erased, when and why; and where the ledger cannot
    look. The data themselves are not in it: session-ledger customer export gives those.

    \b
    Examples:
      session-ledger report person K-041
      session-ledger --lang pl report person K-041 -o K-041.pdf
    """
    ledger = app.open()
    found, settings = held_about(ledger, code), ledger.state.settings
    told = certificate.settings_of(ledger)
    rules = {
        **{key: told.get(key) for key in certificate.KEYS},
        "sla_seconds": settings["purge.sla_seconds"],
        "abandoned_days": settings["purge.abandoned_days"],
        "transfer_days": settings["retention.transfer_days"],
        "tax_years": settings["retention.tax_years"],
    }
    return person_report(code, found, rules, ledger.last_recorded_at(), app.lang)
