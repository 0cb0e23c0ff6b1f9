"""Random lives of sessions, by seed: every event that a session may have, in any order, the odd ones too."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from ledger.domain import events as e
from tests.support.given import NINE
from tests.support.strategies import CUSTOMERS, ISSUES, ORDERS

Facts = Callable[[Random, Sequence[str | None]], dict[str, Any]]
"""The fields of an event beside its header, by chance and the price lists that it may be pinned to."""
_HOSTS = ("desk-1", "desk-2")
_FLAGS = ((), ("missing",), ("hard-link", "replaced"), ("appeared",))


def moment(chance: Random) -> datetime:
    """A moment of some days around NINE, often on an edge."""
    if chance.random() < 0.2:
        return NINE + timedelta(hours=chance.randrange(-24, 96))
    return NINE + timedelta(seconds=chance.randrange(-86_400, 400_000), microseconds=chance.choice((0, 7)))


def _issue(chance: Random) -> dict[str, Any]:
    return {"issue": chance.choice(ISSUES), "order_ref": chance.choice((None, *ORDERS))}


def _stretch(chance: Random, digests: Sequence[str | None]) -> e.Connection:
    begins = moment(chance)
    lasts = chance.choice((0, 1, 900, 3_600, 9_000, 200_000))
    return e.Connection(
        number=chance.randint(1, 3),
        technician=chance.choice(("anna", "jan")),
        connected_at=begins,
        disconnected_at=chance.choice((None, begins + timedelta(seconds=lasts), moment(chance))),
        tariff=chance.choice(digests),
    )


def _corrected(chance: Random, digests: Sequence[str | None]) -> dict[str, Any]:
    kinds = range(chance.randint(1, 2))
    return {
        "connections": tuple(_stretch(chance, digests) for _ in range(chance.randint(0, 3))),
        "issues": tuple(e.IssueFrom(at=moment(chance), **_issue(chance)) for _ in kinds),
        "ended_at": chance.choice((None, moment(chance), moment(chance))),
        "customer": chance.choice((None, None, *CUSTOMERS)),
    }


def _waived(chance: Random, _digests: Sequence[str | None]) -> dict[str, Any]:
    values = {
        "percent": (0, 10, 50),
        "hours": (0, 1, 3),
        "half_percents": (0, 25, 199),
        "amount_grosze": (0, 1, 5_001, 900_000),
    }
    key = chance.choice(list(values))
    return {key: chance.choice(values[key])}


def _report(chance: Random, _digests: Sequence[str | None]) -> dict[str, Any]:
    targets = tuple(
        e.PurgeTarget(
            kind="workspace",
            locator="workspace/7",
            result="removed",
            files=chance.randrange(4),
            bytes=chance.randrange(9),
            flags=chance.choice(_FLAGS),
        )
        for _ in range(chance.randrange(3))
    )
    host = e.PurgeHost(workstation=chance.choice(_HOSTS), system="Linux")
    return {"plan": "ab" * 32, "targets": targets, "rule": chance.choice((None, 1, 2)), "host": host}


def _purged(chance: Random, digests: Sequence[str | None]) -> dict[str, Any]:
    return {} if chance.random() < 0.4 else _report(chance, digests) | {"evidence": "measured"}


_LATER: dict[type[e.Event], Facts] = {
    e.Quoted: lambda _c, _d: {"tariff": "t", "prices": ()},
    e.Accepted: lambda _c, _d: {"how": "phone", "tariff": "t"},
    e.Connected: lambda c, d: {
        "connection": c.randint(1, 3),
        "technician": c.choice(("anna", "jan")),
        "tariff": c.choice(d),
    },
    e.Disconnected: lambda c, _d: {"connection": c.randint(1, 3)},
    e.Ended: lambda c, _d: {"ended_by": c.choice(("technician", "customer"))},
    e.Reclassified: lambda c, _d: _issue(c),
    e.SessionCorrected: _corrected,
    e.SessionVoided: lambda c, _d: {"undone": c.random() < 0.6},
    e.Waived: _waived,
    e.Noted: lambda c, _d: {"commitment": c.choice((None, "c2"))},
    e.Cancelled: lambda _c, _d: {},
    e.Confirmed: lambda _c, _d: {},
    e.SessionUnrecorded: lambda _c, _d: {},
    e.Held: lambda c, _d: {"until": date(2026, 11, c.randint(1, 30))},
    e.Released: lambda _c, _d: {},
    e.WorkspaceMade: lambda c, _d: {"place": e.Place(inode=7), "workstation": c.choice(_HOSTS)},
    e.ArtefactNoted: lambda c, _d: {"artefact": "chat", "workstation": c.choice((None, *_HOSTS))},
    e.PurgeStarted: lambda _c, _d: {"plan": "ab" * 32, "targets": 1, "files": 2, "bytes": 3},
    e.PartPurged: lambda c, d: _report(c, d) | {"evidence": "measured"},
    e.PurgeFailed: _report,
    e.DataPurged: _purged,
    e.CertificateIssued: lambda c, _d: {
        "number": c.randint(1, 2),
        "verdict": "pass",
        "delay_seconds": 1,
        "sla_seconds": 2,
        "tree_size": 3,
        "root": "r",
    },
    e.CertificateSuperseded: lambda c, _d: {
        "number": c.randint(1, 2),
        "verdict_before": "pass",
        "delay_before_seconds": 1,
        "verdict": "late",
        "delay_seconds": 2,
    },
    e.SessionDataErased: lambda c, _d: {"data": c.choice(("session", "tax")), "why": "retention"},
    e.SessionReviewed: lambda _c, _d: {"result": "ok"},
    e.BilledElsewhere: lambda c, _d: {"document": f"FV/{c.randint(1, 9)}"},
    e.SessionBilled: lambda c, _d: {
        "invoice": UUID(int=c.getrandbits(64)),
        "number": f"FV/2026/11/{c.randint(1, 9):04d}",
        "net_grosze": 10_000,
        "band_hours": {"office": 1},
    },
    e.SessionUnbilled: lambda c, _d: {"invoice": UUID(int=c.getrandbits(64)), "number": "FV/2026/11/0001"},
    e.ReceiptIssued: lambda c, _d: {"number": str(c.randint(1, 99))},
    e.InvoiceRequested: lambda _c, _d: {"on": date(2026, 11, 20)},
}
LATER = (*_LATER, e.ArtefactWithdrawn)
"""Every event type that these lives have after the first; a file is withdrawn once one was noted."""
_COMMON: tuple[type[e.Event], ...] = (e.Connected, e.Ended, e.DataPurged, e.SessionBilled)


def life(chance: Random, digests: Sequence[str | None]) -> Iterator[e.Event]:
    """Yield the events of a session; half of the lives begin with the common ones in order."""
    yield e.Requested(
        **_header(chance),
        customer=chance.choice(CUSTOMERS),
        session_ref=f"S-{chance.getrandbits(48):012x}",
        commitment=chance.choice((None, "c1")),
        remote_id_fingerprints=chance.choice((None, ("a" * 22, "b" * 22))),
        **_issue(chance),
    )
    kinds = [*_COMMON[: chance.randint(0, len(_COMMON))]] if chance.random() < 0.5 else []
    kinds += chance.choices(list(_LATER), k=chance.choice((0, 0, 1, 2, 4, 9)))
    artefacts = 0
    for kind in kinds:
        made = kind(**_header(chance) | _LATER[kind](chance, digests))
        yield made
        artefacts += isinstance(made, e.ArtefactNoted)
        if artefacts and chance.random() < 0.1:
            number = chance.randint(1, artefacts)
            yield e.ArtefactWithdrawn(**_header(chance), artefact=number)


def _header(chance: Random) -> dict[str, Any]:
    source = chance.choice(("cli", "cli", "desk", "import"))
    return {"at": moment(chance), "by": "anna", "workstation": "desk-1", "source": source}
