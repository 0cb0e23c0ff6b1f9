"""The shops of an organisation: a ledger each, in a folder or on a server, under the name that reports show.

A head office writes them down once, so that a folder that is not there today is missed:

    [shops]
    wola = "/srv/ledgers/wola"
    praga = "praga"                 # beside this file
    ochota = "postgresql+psycopg://reader@db3.example/shops?ledger=ochota"
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple, cast

from ledger.errors import BadShops, LedgerMissing, ShopTwice
from ledger.folder.bounded_read import toml_text_of
from ledger.folder.layout import NO_TOML, Folder, hint_of_quotes
from ledger.message import Hint, msg, system_text

SHOPS_MAX = 1000
NAME_LENGTH_MAX = 80
_IN_QUOTES = Hint('names that hold more than a-z, digits, - and _ stand in quotes: "Mokotów" = "FOLDER"')


class Shop(NamedTuple):
    """A shop, and the folder of its ledger, or the URL of one that has no folder here."""

    name: str
    folder: Path
    url: str | None = None


def read_shops(file: Path) -> list[Shop]:
    """The shops of a file, in its order; a relative folder is beside it. Raises BadShops."""
    text = ""
    try:
        text = toml_text_of(file)
        document = tomllib.loads(text)
    except OSError as error:
        raise BadShops(
            msg("{name} cannot be read: {error}", name=file.name, error=system_text(error))
        ) from error
    except NO_TOML as error:
        raise BadShops(
            msg("{name} is no TOML: {error}", name=file.name, error=error),
            hint=hint_of_quotes(text) or _IN_QUOTES,
        ) from error
    unknown = next((key for key in document if key != "shops"), None)
    if unknown is not None:
        raise BadShops(
            msg("{name} has a key that is not known: {unknown!r}", name=file.name, unknown=unknown)
        )
    table = document.get("shops")
    if not isinstance(table, dict) or not table:
        raise BadShops(msg("{name} names no shop", name=file.name))
    folders = cast("dict[str, object]", table)
    return [_shop(file, name, folder) for name, folder in folders.items()]


def _shop(file: Path, name: str, folder: object) -> Shop:
    if not isinstance(folder, str) or not folder or "\0" in folder:
        raise BadShops(msg("the folder of the shop {name!r} is not a path in quotes", name=name))
    if "://" in folder:
        return Shop(name, Path(), folder)
    return Shop(name, file.parent / folder)


def shops_of(folders: Iterable[Path]) -> list[Shop]:
    """Shops that are called as their folders are, or as the links to them."""
    return [Shop(_name_of(folder), folder) for folder in folders]


def _name_of(folder: Path) -> str:
    return folder.resolve().name if folder.name in ("", "..") else folder.name


def check_shops(shops: Sequence[Shop]) -> None:
    """Raise BadShops, ShopTwice or LedgerMissing unless each has a name and a ledger of its own."""
    if not shops:
        raise BadShops(msg("no shop is named"))
    if len(shops) > SHOPS_MAX:
        raise BadShops(
            msg(
                "{shops} shops are named; {most} are read at once",
                shops=len(shops),
                most=SHOPS_MAX,
            )
        )
    folders: dict[Path | str, str] = {}
    for name, folder, url in shops:
        if not name.strip() or not name.isprintable() or len(name) > NAME_LENGTH_MAX:
            raise BadShops(msg("the name of a shop is empty, too long, or holds what cannot be printed"))
        resolved, place = url or folder.resolve(), Folder(folder)
        if resolved in folders:
            raise ShopTwice(
                msg("{folders} and {name} are the same folder", folders=folders[resolved], name=name)
            )
        if name in folders.values():
            raise ShopTwice(msg("two shops are called {name}", name=name))
        folders[resolved] = name
        if url is None and not (place.config.is_file() or place.events.is_file()):
            raise LedgerMissing(msg("{name}: there is no ledger in {folder}", name=name, folder=folder))
