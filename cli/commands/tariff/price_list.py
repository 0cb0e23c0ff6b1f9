"""Find a published price list by its name, or read one from a file."""

from __future__ import annotations

from pathlib import Path

from ledger.application.ledger import Ledger
from ledger.domain.identifiers import shown
from ledger.domain.ledger_state import ListedTariff
from ledger.errors import FileTrouble, TariffUnknown
from ledger.folder.bounded_read import text_of
from ledger.message import msg, system_text

DIGEST_MIN = 4
"""The shortest beginning of a digest that names a price list, if only one begins with it."""


def find_price_list(ledger: Ledger, named: str | None) -> ListedTariff:
    """Return a published list by its id or the beginning of its digest; without either the one in force.

    In force means: at the last recorded event. Of several lists under one id, the last published.
    Raises TariffUnknown.
    """
    tariffs = ledger.state.tariffs
    if named is None:
        digest = ledger.state.tariff_at(ledger.last_recorded_at())
        found = [t for t in tariffs if t.digest == digest]
    else:
        found = [t for t in tariffs if t.tariff == named]
        by_digest = [t for t in tariffs if len(named) >= DIGEST_MIN and t.digest.startswith(named)]
        found = found or by_digest[: len(by_digest) == 1]
    if not found:
        raise TariffUnknown(
            msg("there is no price list {named}", named=msg("in force") if named is None else shown(named))
        )
    return found[-1]


def read_price_list(file: Path) -> str:
    """Return the text of a price list file.

    Raises FileTrouble.
    """
    try:
        return text_of(file)
    except OSError as error:
        raise FileTrouble(
            msg("{name} cannot be read: {error}", name=file.name, error=system_text(error))
        ) from error
    except UnicodeDecodeError as error:
        raise FileTrouble(msg("{name} is not UTF-8 text", name=file.name)) from error
