"""Many ledgers read one after the other; one that cannot be read stands beside the others with its error."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from cli.context import App
from cli.params import Now
from ledger.domain import merkle
from ledger.domain.clock import Period
from ledger.errors import FileTrouble, LedgerError, LedgerMissing, ShopTwice
from ledger.folder.organisation import Shop
from ledger.message import Hint, msg, system_text
from ledger.transparency.checkpoint import Checkpoint, parse_checkpoint, root_text
from projections.queries.organisation import Group, groups_of

_WITHOUT_EVENTS = Hint("the folder is without its events; a backup has them")


class Read(NamedTuple):
    """A ledger that was read: which events its figures stand for, and what they are added up from."""

    name: str
    first_event: bytes
    """Its hash: two folders of one ledger have the same, two ledgers of one origin do not."""
    origin: str
    events: int
    root: str
    checkpoint: Checkpoint | None
    as_of: datetime
    sla_seconds: int
    groups: Sequence[Group]


class Unread(NamedTuple):
    """A ledger that could not be read, and why."""

    name: str
    error: LedgerError


def read_all(
    app: App, shops: Sequence[Shop], period: Period, as_of: datetime | Now | None
) -> list[Read | Unread]:
    """Every ledger, none of them open while another is; raises ShopTwice for one that comes twice."""
    outcomes: list[Read | Unread] = []
    known: dict[bytes, str] = {}
    for shop in shops:
        outcome = _outcome(App(shop.folder, app.lang), shop.name, period, as_of)
        if isinstance(outcome, Read):
            known_as = known.setdefault(outcome.first_event, outcome.name)
            if known_as != outcome.name:
                raise ShopTwice(
                    msg("{first} and {name} are the same ledger", first=known_as, name=outcome.name)
                )
        else:
            _tell(app, outcome)
        outcomes.append(outcome)
    return outcomes


def _outcome(own: App, name: str, period: Period, as_of: datetime | Now | None) -> Read | Unread:
    try:
        return _read(own, name, period, as_of)
    except LedgerMissing as error:  # it has settings, or it would not have been taken for a shop
        return Unread(name, LedgerMissing(error.message, hint=_WITHOUT_EVENTS))
    except LedgerError as error:
        return Unread(name, error)
    except OSError as error:
        return Unread(
            name,
            FileTrouble(system_text(error) if error.strerror else msg("the ledger cannot be read")),
        )
    finally:
        own.close()


def _read(own: App, name: str, period: Period, as_of: datetime | Now | None) -> Read:
    """Figures, root and checkpoint of one and the same position."""
    with own.snapshot(as_of) as snapshot:
        store, sla_seconds = snapshot.ledger.store, snapshot.state.settings["purge.sla_seconds"]
        signed = store.checkpoints(snapshot.position)
        return Read(
            name,
            store.leaf_hash_at(0),
            snapshot.state.origin,
            snapshot.position,
            root_text(merkle.root(store.hashes, snapshot.position)),
            parse_checkpoint(signed[-1][1]) if signed else None,
            snapshot.as_of,
            sla_seconds,
            groups_of(snapshot.views, period, sla_seconds=sla_seconds, now=snapshot.acts_at),
        )


def _tell(app: App, unread: Unread) -> None:
    name, error = unread
    app.say(msg("{name}: not read: {fact} ({code})", name=name, fact=error.message, code=error.code))
    app.hint(error.hint)
