"""Who can read a file: what a descriptor of Windows says, on any system, and what this one says of its."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.folder.access import OWNER_ALONE, is_readable_by_others, readers, restrict
from ledger.folder.atomic_write import make_folder, write_new, write_whole
from ledger.folder.layout import Folder
from ledger.vault.checks import check_rights
from ledger.vault.keys import create_key_file
from tests.support.systems import IS_WINDOWS

ANNA, MAREK = "S-1-5-21-7-8-9-1001", "S-1-5-21-7-8-9-1002"

DESCRIPTORS: dict[str, tuple[str, list[str]]] = {
    "the owner alone": (f"O:{ANNA}D:P(A;OICI;FA;;;{ANNA})", []),
    "as given": (f"O:{ANNA}{OWNER_ALONE.format(flags='OICI')}", []),
    "a user's own folder": (f"O:{ANNA}D:(A;OICIID;FA;;;SY)(A;OICIID;FA;;;BA)(A;OICIID;FA;;;{ANNA})", []),
    "made by a program with more rights": (f"O:BAD:(A;ID;FA;;;SY)(A;ID;FA;;;{ANNA})", []),
    "drive C as Windows gives it": (
        (
            "O:BAD:AI(A;OICIID;FA;;;BA)(A;OICIID;FA;;;SY)(A;OICIID;0x1200a9;;;BU)"
            "(A;ID;0x1301bf;;;AU)(A;OICIIOID;SDGXGWGR;;;AU)"
        ),
        ["AU", "BU"],
    ),
    "everybody": (f"O:{ANNA}D:(A;;FA;;;WD)", ["WD"]),
    "another user": (f"O:{ANNA}D:P(A;;FA;;;{ANNA})(A;;FR;;;{MAREK})", [MAREK]),
    "rights letter by letter": (f"O:{ANNA}D:P(A;;CCSWLORC;;;{MAREK})", [MAREK]),
    "who may change the list": (f"O:{ANNA}D:P(A;;RCWD;;;{MAREK})", [MAREK]),
    "who may look at attributes": (f"O:{ANNA}D:P(A;;LORCSY;;;{MAREK})(A;;0x120080;;;WD)", []),
    "who may write and not read": (f"O:{ANNA}D:P(A;;0x100116;;;{MAREK})", []),
    "for what is made in it alone": (f"O:{ANNA}D:P(A;OICIIO;FA;;;WD)", []),
    "a denial": (f"O:{ANNA}D:P(D;;FA;;;WD)(A;;FA;;;{ANNA})", []),
    "with a condition": (f'O:{ANNA}D:(XA;;FR;;;WD;(@User.clearance>="2"))', ["WD"]),
    "an empty list": (f"O:{ANNA}D:P", []),
    "no list": (f"O:{ANNA}", ["WD"]),
    "none that controls": (f"O:{ANNA}D:NO_ACCESS_CONTROL", ["WD"]),
    "audits are no grants": (f"O:{ANNA}D:P(A;;FA;;;{ANNA})S:(AU;SAFA;FA;;;WD)", []),
    "of a program in its box": (f"O:{ANNA}D:P(A;;FA;;;{ANNA})(A;;FR;;;AC)", ["AC"]),
}


@pytest.mark.parametrize("name", DESCRIPTORS)
def test_readers_are_those_that_a_descriptor_lets_in(name: str) -> None:
    descriptor, expected = DESCRIPTORS[name]
    assert readers(descriptor, ANNA) == expected


def test_whoever_looks_is_no_other() -> None:
    assert readers(f"O:BAD:(A;;FA;;;{ANNA})", ANNA) == []
    assert readers(f"O:BAD:(A;;FA;;;{ANNA})", MAREK) == [ANNA]


def test_what_is_made_for_its_owner_is_its_owners(tmp_path: Path) -> None:
    make_folder(tmp_path / "folder", 0o700)
    write_new(tmp_path / "folder" / "new", b"", 0o600)
    write_whole(tmp_path / "folder" / "whole", b"", 0o600)
    create_key_file(tmp_path / "keys" / "customer.db")
    Folder(tmp_path / "shop").create("shop")
    for name in ("folder", "folder/new", "folder/whole", "keys", "keys/customer.db", "shop/keys"):
        assert is_readable_by_others(tmp_path / name) is False, name


def test_what_was_open_to_others_is_seen(tmp_path: Path) -> None:
    for path in (tmp_path / "folder", tmp_path / "folder" / "in"):
        make_folder(path)
        path.chmod(0o755)
        assert is_readable_by_others(path) is True


@pytest.mark.skipif(not IS_WINDOWS, reason="elsewhere a mode is given when a file is made")
def test_files_are_given_to_their_owner_on_windows(tmp_path: Path) -> None:
    for name in ("documents", "keys"):
        (tmp_path / name).mkdir()
    (tmp_path / "keys" / "tax.db").touch()
    found = list(check_rights(tmp_path))
    assert {each.name for each in found} == {"readable-by-others"}
    assert [str(each.message).split()[0] for each in found] == ["documents", "keys", "keys/tax.db"]
    for each in ("documents", "keys", "keys/tax.db"):
        restrict(tmp_path / each)
    assert list(check_rights(tmp_path)) == []
