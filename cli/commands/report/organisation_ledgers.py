"""Many ledgers read in turn, or by other machines; one that cannot be read stands there with its error."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cli.context import App
from cli.params import Now
from cli.progress import progress
from ledger.application.backends import check_url, read_again
from ledger.domain import merkle
from ledger.domain.clock import Period
from ledger.errors import BadShops, BadStoreUrl, FileTrouble, LedgerError, LedgerMissing, ShopTwice
from ledger.folder.atomic_write import make_folder, write_whole
from ledger.folder.layout import PRIVATE
from ledger.folder.organisation import Shop
from ledger.message import Hint, msg, system_text
from ledger.transparency.checkpoint import Checkpoint, parse_checkpoint, root_text
from projections.queries.organisation import Group, groups_of

if TYPE_CHECKING:
    from concurrent.futures import Future

    from ledger.folder.workers import Workers

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
    app: App,
    shops: Sequence[Shop],
    period: Period,
    as_of: datetime | Now | None,
    workers: Workers | None = None,
) -> list[Read | Unread]:
    """Every ledger, in order; `workers` read those that have a URL, what they cannot read is read here.

    Raises: ShopTwice for one that comes twice, BadShops for a URL that is none, and what has to do with the
    workers.
    """
    _check_urls(shops)
    outcomes: list[Read | Unread] = []
    known: dict[bytes, str] = {}
    with progress("report shops", len(shops)) as bar, ExitStack() as ending:
        far = _asked(ending, shops, period, as_of, workers)
        for shop in shops:
            wait = far.get(shop.name)
            outcome = (wait and wait()) or _outcome(app, shop, period, as_of)
            if isinstance(outcome, Read):
                known_as = known.setdefault(outcome.first_event, outcome.name)
                if known_as != outcome.name:
                    raise ShopTwice(
                        msg("{first} and {name} are the same ledger", first=known_as, name=outcome.name)
                    )
            else:
                _tell(app, outcome)
            outcomes.append(outcome)
            bar.advance()
    return outcomes


def _check_urls(shops: Sequence[Shop]) -> None:
    for shop in shops:
        try:
            if shop.url is not None:
                check_url(shop.url)
        except BadStoreUrl as error:
            raise BadShops(
                msg("the shop {name}: {fact}", name=shop.name, fact=error.message), hint=error.hint
            ) from error


def _outcome(app: App, shop: Shop, period: Period, as_of: datetime | Now | None) -> Read | Unread:
    name, own = shop.name, App(shop.folder, app.lang)
    try:
        if shop.url is not None:
            own.given_dir = _folder_of(shop.url)
        return _read(own, name, period, as_of)
    except LedgerMissing as error:  # it has settings, or it would not have been taken for a shop
        return Unread(name, error if shop.url else LedgerMissing(error.message, hint=_WITHOUT_EVENTS))
    except LedgerError as error:
        return Unread(name, error)
    except OSError as error:
        return Unread(
            name,
            FileTrouble(system_text(error) if error.strerror else msg("the ledger cannot be read")),
        )
    finally:
        own.close()


# --- ledgers on servers -----------------------------------------------------------------------


def _folder_of(url: str) -> Path:
    """Return this machine's folder for a ledger on a server, made where it is not: its read models.

    It is named by the hash of the first event, so a ledger that moves to another server keeps it.
    """
    import platformdirs

    with read_again(url) as store:
        first = store.leaf_hash_at(0).hex()[:32]
    folder = platformdirs.user_cache_path("session-ledger", appauthor=False) / "shops" / first
    config = folder / "ledger.toml"
    text = "".join(f"{key} = {json.dumps(value)}\n" for key, value in (("name", "shop"), ("store", url)))
    if not config.is_file() or config.read_text(encoding="utf-8") != text:
        make_folder(folder, PRIVATE)
        write_whole(config, text.encode())
    return folder


def _asked(
    ending: ExitStack,
    shops: Sequence[Shop],
    period: Period,
    as_of: datetime | Now | None,
    workers: Workers | None,
) -> dict[str, Callable[[], Read | None]]:
    """Have the shops read that have a URL; return by name what waits for the answer, None for no answer."""
    if workers is None:
        return {}
    from projections.engine.cluster import cluster
    from projections.engine.parts import program, refuse

    them = ending.enter_context(cluster(workers))

    def waits(shop: Shop, future: Future[Read | str]) -> Callable[[], Read | None]:
        def wait() -> Read | None:
            answer = them.answer_of(future)
            if isinstance(answer, str):
                refuse(answer)
            return answer._replace(name=shop.name) if isinstance(answer, Read) else None

        return wait

    words = (period, as_of, program())
    return {
        shop.name: waits(shop, them.submit_near(shop.url, read_far, shop.url, *words))
        for shop in shops
        if shop.url is not None
    }


def read_far(url: str, period: Period, as_of: datetime | Now | None, program: tuple[str, int]) -> Read | str:
    """Read a ledger on a server, for another machine, which tells what is wrong."""
    from projections.engine import parts

    if program != parts.program():
        return parts.other()
    own = App()
    try:
        own.given_dir = _folder_of(url)
        return _read(own, "", period, as_of)
    except Exception:  # noqa: BLE001 - an error could quote an event
        return parts.FAILED
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
