"""What stands in the tables of a ledger, wherever they are: for tests that look past the program."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from ledger.folder.layout import Folder
from ledger.store.postgres.address import Address


def asked(folder: Path, file: str, query: str) -> list[tuple[Any, ...]]:
    """What a query finds in `events.db`, `vault.db`, `keys/<class>.db`, or the schema that stands for it."""
    url = Folder(folder).store_url()
    if url is None:
        with closing(sqlite3.connect(folder / file)) as database:
            return database.execute(query).fetchall()
    from tests.support import postgres  # noqa: PLC0415 - the driver is an extra

    address = Address.parse(url)
    place, schema = {
        "events.db": (address, address.log),
        "vault.db": (address, address.vault),
    }.get(file, (address.keys, address.keys_of(Path(file).stem)))
    return postgres.said(postgres.server(), query, place.database, schema=schema)
