"""Who signed what an inspector is shown: keys, checkpoints, and what others said of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from cli.presentation.catalogue import said
from cli.presentation.documents import blocks
from cli.presentation.moments import to_second
from cli.presentation.text import Lang
from cli.presentation.wording import visit as wording
from ledger.domain.clock import format_instant, from_epoch_seconds
from ledger.handlers.audit.visit import Visit
from ledger.transparency.cosignature import WitnessKey
from ledger.transparency.witnesses import KeptCosignature


def signatures_document(visit: Visit) -> dict[str, Any]:
    """Return the keys, the number of checkpoints, time stamps and cosignatures for JSON."""
    return {
        "keys": [str(key) for key in visit.keys],
        "checkpoints": visit.checkpoints,
        "time_stamps": [
            {"size": each.size, "at": None if each.stamp is None else format_instant(each.stamp.at)}
            for each in visit.timestamps
        ],
        "cosignatures": [
            {"size": each.size, "at": format_instant(at), "vkey": str(key)}
            for each, key, at in _cosigned(visit)
        ],
    }


def signatures_of(visit: Visit, lang: Lang) -> Iterator[blocks.Block]:
    """Yield the same on paper, and the head as it was signed."""
    keys = [(said(wording.KEY.of(number=place + 1), lang), str(key)) for place, key in enumerate(visit.keys)]
    stamps = [
        said(wording.STAMP.of(size=each.size, at=to_second(each.stamp.at, lang)), lang)
        for each in visit.timestamps
        if each.stamp is not None
    ]
    cosigned = [
        said(wording.COSIGNATURE.of(size=each.size, at=to_second(at, lang), witness=key.name), lang)
        for each, key, at in _cosigned(visit)
    ]
    if not keys:
        yield blocks.paragraph(said(wording.UNKNOWN_KEY, lang))
    yield blocks.form(
        [
            *keys,
            (said(wording.CHECKPOINTS, lang), str(visit.checkpoints)),
            (said(wording.STAMPS, lang), "; ".join(stamps) or said(wording.NONE, lang)),
            (said(wording.COSIGNATURES, lang), "; ".join(cosigned) or said(wording.NONE, lang)),
        ]
    )
    if visit.head is not None:
        yield blocks.verbatim(visit.head.note.rstrip("\n"))


def _cosigned(visit: Visit) -> Iterator[tuple[KeptCosignature, WitnessKey, datetime]]:
    """Yield what witnesses said, whose key it was kept with, and when."""
    for each in visit.cosignatures:
        if each.cosignature is not None:
            yield each, each.cosignature.key, from_epoch_seconds(each.cosignature.at)
