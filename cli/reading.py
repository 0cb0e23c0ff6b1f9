"""What every report shares: the read model it reads, and the moment it calls now."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from cli.context import App
from cli.options import as_of_option
from cli.params import CUSTOMER, PERIOD, Now
from cli.presentation.text import Lang
from cli.progress import deriving
from ledger.domain.clock import epoch_microseconds, from_epoch_microseconds

if TYPE_CHECKING:
    from ledger.application.ledger import Ledger
    from ledger.domain.ledger_state import LedgerState
    from projections.views import Views


def period_options(command: Any) -> Any:  # noqa: ANN401 - a decorator over what Click makes
    """--period, --customer and --as-of."""
    period = click.option(
        "--period", required=True, type=PERIOD, help="2026-11, 2026-Q4, 2026, a day, or FROM..UNTIL."
    )
    customer = click.option("--customer", type=CUSTOMER, help="Only this customer.")
    return period(customer(as_of_option(command)))


class Snapshot(NamedTuple):
    """A read model, the book as of the same event, the report's now, and the clock's for exit codes."""

    ledger: Ledger
    views: Views
    state: LedgerState
    position: int
    as_of: datetime
    acts_at: datetime
    lang: Lang


def standing(ledger: Ledger, as_of: datetime | Now | None) -> tuple[int, datetime]:
    """How many events a report covers, and the moment it calls now; raises NothingRecorded.

    Without `as_of` all of them, and the moment of the last.
    """
    from ledger.errors import NothingRecorded

    if as_of is None:
        return ledger.store.length(), ledger.last_recorded_at()
    moment = ledger.now() if isinstance(as_of, Now) else as_of
    position = ledger.store.position_at(epoch_microseconds(moment))
    if position == 0:
        raise NothingRecorded("nothing was recorded by then")
    return position, moment


@contextmanager
def reading(app: App, as_of: datetime | Now | None, *, records: bool = False) -> Generator[Snapshot]:
    """The live read model caught up, or with an instant a temporary one of what was recorded up to it.

    `records` is for a command that goes on to record: it reads where it writes.

    Without `as_of`, now is the moment of the last event in the read model, whatever is recorded
    meanwhile; only exit codes look at the clock.
    """
    from projections.engine import runner

    ledger = app.open(for_reports=not records)
    if as_of is None:
        with runner.current(ledger.folder.path, ledger.store, deriving) as views:
            position = runner.position_of(views)
            moment = from_epoch_microseconds(ledger.store.recorded_at_us(position - 1))
            yield Snapshot(ledger, views, ledger.state_at(position), position, moment, ledger.now(), app.lang)
    else:
        position, moment = standing(ledger, as_of)
        with runner.as_of(ledger.store, position) as views:
            yield Snapshot(ledger, views, ledger.state_at(position), position, moment, moment, app.lang)


def resolved_customer(reading: Snapshot, code: str | None) -> str | None:
    """The code under which a customer's sessions counted by then; raises CustomerUnknown."""
    from projections.engine import runner

    if code is None:
        return None
    reading.ledger.find_customer(code)
    return runner.root_of(reading.views, code)
