"""The list of an organisation's shops."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.errors import BadShops, LedgerMissing, ShopTwice
from ledger.folder.organisation import SHOPS_MAX, Shop, check_shops, read_shops, shops_of
from tests.support.systems import absolute, needs_links


def listed(folder: Path, text: str) -> list[Shop]:
    """What a file with this text lists."""
    file = folder / "shops.toml"
    file.write_text(text, encoding="utf-8")
    return read_shops(file)


def ledger(folder: Path) -> Path:
    """A folder that holds one."""
    folder.mkdir()
    (folder / "ledger.toml").touch()
    return folder


def test_a_file_lists_shops_in_its_order_with_folders_beside_it(tmp_path: Path) -> None:
    """A folder from the root stays one."""
    there = absolute("/srv/lodz")
    text = f'[shops]\nwola = "w"\n"Łódź, Piotrkowska" = "{there}"\n'
    assert listed(tmp_path, text) == [
        Shop("wola", tmp_path / "w"),
        Shop("Łódź, Piotrkowska", Path(there)),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "shops.toml names no shop"),
        ("[shops]\n", "shops.toml names no shop"),
        ("shops = 3\n", "shops.toml names no shop"),
        ('[shop]\nwola = "w"\n', "has a key that is not known: 'shop'"),
        ("[shops]\nwola = 3\n", "the folder of the shop 'wola' is not a path in quotes"),
        ('[shops]\nwola = ""\n', "the folder of the shop 'wola' is not a path in quotes"),
        ('[shops]\nwola = "a\\u0000"\n', "the folder of the shop 'wola' is not a path in quotes"),
        ('[shops]\nwola = "w"\nwola = "v"\n', "shops.toml is no TOML"),
        ("[shops\n", "shops.toml is no TOML"),
        ('[shops]\nMokotów = "m"\n', "shops.toml is no TOML"),
    ],
)
def test_a_file_that_says_something_else_is_refused(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(BadShops, match=said):
        listed(tmp_path, text)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    """One that is missing, a folder, bytes that are no text."""
    with pytest.raises(BadShops, match=r"nowhere.toml cannot be read: No such file"):
        read_shops(tmp_path / "nowhere.toml")
    with pytest.raises(BadShops, match="cannot be read"):
        read_shops(tmp_path)
    (tmp_path / "latin.toml").write_bytes(b'[shops]\n"\xb3" = "w"\n')
    with pytest.raises(BadShops, match=r"latin.toml is no TOML"):
        read_shops(tmp_path / "latin.toml")


@needs_links
def test_a_folder_gives_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it is named by a link, or as the place one is in."""
    (tmp_path / "wola").mkdir()
    (tmp_path / "praga").symlink_to("wola")
    monkeypatch.chdir(tmp_path / "wola")
    folders = [tmp_path / "wola", tmp_path / "praga", Path(), Path("../wola/"), Path("..")]
    assert [shop.name for shop in shops_of(folders)] == ["wola", "praga", "wola", "wola", tmp_path.name]


def test_shops_that_are_no_two_shops_are_refused(tmp_path: Path) -> None:
    wola, praga = ledger(tmp_path / "wola"), ledger(tmp_path / "praga")
    check_shops([Shop("wola", wola), Shop("praga", praga)])
    with pytest.raises(ShopTwice, match="two shops are called wola"):
        check_shops([Shop("wola", wola), Shop("wola", praga)])
    with pytest.raises(ShopTwice, match="wola and praga are the same folder"):
        check_shops([Shop("wola", wola), Shop("praga", praga / ".." / "wola")])


@pytest.mark.parametrize("name", ["", " ", "a\nb", "\u202e", "x" * 81])
def test_a_name_that_cannot_be_shown_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(BadShops, match="the name of a shop is empty, too long"):
        check_shops([Shop(name, ledger(tmp_path / "wola"))])


def test_no_shop_and_too_many_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadShops, match="no shop is named"):
        check_shops([])
    with pytest.raises(BadShops, match="1001 shops are named; 1000 are read at once"):
        check_shops([Shop(f"shop {number}", tmp_path) for number in range(SHOPS_MAX + 1)])


def test_a_folder_without_a_ledger_is_refused(tmp_path: Path) -> None:
    with pytest.raises(LedgerMissing, match="wola: there is no ledger in"):
        check_shops([Shop("wola", tmp_path)])
