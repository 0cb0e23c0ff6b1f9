"""Shops on servers, by their URLs: the same report as by their folders, by this machine and by others."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp

import pytest

from tests.support import postgres
from tests.support.long import LONG, finish, times
from tests.support.machines import NEEDS_ENGINE, Machines, processor_s
from tests.support.office import ON_POSTGRES, Office

pytestmark = pytest.mark.skipif(ON_POSTGRES, reason="has shops on both stores itself")

PERIOD = ("--period", "2026-11")
SESSIONS = "session_ref,customer,issue,connected_at,ended_at"
ROWS = [(f"A-{n}", "K-1", "other", f"2026-11-{n:02} 10:00", f"2026-11-{n:02} 11:30") for n in range(1, 9)]
SHOPS = ("wola", "praga", "ochota")


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Office]:
    """Two shops on a server, one in a folder."""
    postgres.server()
    made: dict[str, Office] = {}
    top = tmp_path_factory.mktemp("shops")
    name = postgres.new_database(top)
    for count, shop in enumerate(SHOPS):
        url = f"{postgres.url_of(name)}&ledger={shop}"
        on_server = () if shop == "ochota" else ("--store", url, "--owner", postgres.OWNER)
        office = made[shop] = Office(top / shop, init=("--name", shop, *on_server))
        office.does("customer", "add", "K-1", "--name", "Jan")
        office.takes("session", SESSIONS, ROWS[count:])
    role = "DO $$ BEGIN CREATE ROLE reader LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
    postgres.said(postgres.server(), role)
    for shop in SHOPS[:2]:
        for grant in (f"USAGE ON SCHEMA {shop}", f"SELECT ON ALL TABLES IN SCHEMA {shop}"):
            postgres.said(postgres.server(), f"GRANT {grant} TO reader", name, role=postgres.OWNER)
    return made


@pytest.fixture
def listed(folders: dict[str, Office], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """Two lists of the same shops: by folders, and by URLs of a role that only reads; and a cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    lines = {"folders": ["[shops]"], "urls": ["[shops]"]}
    for name, office in folders.items():
        config = (office.folder / "ledger.toml").read_text(encoding="utf-8")
        stores = [line.partition('"')[2].rstrip('"') for line in config.splitlines() if "store =" in line]
        lines["folders"].append(f'{name} = "{office.folder.as_posix()}"')
        url = stores[0].replace("://desk@", "://reader@") if stores else office.folder.as_posix()
        lines["urls"].append(f'{name} = "{url}"')
    files = {kind: tmp_path / f"{kind}.toml" for kind in lines}
    for kind, file in files.items():
        file.write_text("\n".join(lines[kind]), encoding="utf-8")
    return files


def report(folders: dict[str, Office], file: Path, *words: str, status: int = 3) -> str:
    """The report of a list; nothing was deleted in time, so it ends with 3."""
    answer = folders["wola"].run("report", "shops", "--shops", str(file), *PERIOD, *words)
    assert (answer.status, answer.err) == (status, "")
    return answer.out


def test_shops_by_their_urls_have_the_figures_of_their_folders(
    folders: dict[str, Office], listed: dict[str, Path], tmp_path: Path
) -> None:
    """Derived the first time, caught up afterwards, in a folder named by the ledger's first event."""
    assert report(folders, listed["urls"]) == report(folders, listed["folders"])
    kept = sorted((tmp_path / "cache" / "session-ledger" / "shops").iterdir())
    assert len(kept) == 2
    assert all((folder / "views.current").is_file() for folder in kept)
    before = [sorted(folder.glob("views-*.db")) for folder in kept]
    folders["praga"].does("session", "request", "--customer", "K-1", "--issue", "other")
    folders["praga"].does("session", "connect", str(len(ROWS)))
    assert report(folders, listed["urls"]) == report(folders, listed["folders"])
    assert [sorted(folder.glob("views-*.db")) for folder in kept] == before


def test_a_shop_that_is_out_of_reach_is_named(
    folders: dict[str, Office], listed: dict[str, Path], tmp_path: Path
) -> None:
    """Beside the others; a URL that is none is refused with its shop, and a ledger counts once."""
    urls = listed["urls"].read_text(encoding="utf-8")
    file = tmp_path / "more.toml"
    file.write_text(f'{urls}\nnowhere = "postgresql+psycopg://desk@/shop?host=/nowhere"\n', encoding="utf-8")
    answer = folders["wola"].run("report", "shops", "--shops", str(file), *PERIOD)
    assert answer.status == 3
    assert "nowhere: not read: shop cannot be reached" in answer.err
    assert "3 of 4" in answer.out
    file.write_text(f'{urls}\nodd = "mysql://desk@db/shop"\n', encoding="utf-8")
    odd = folders["wola"].run("report", "shops", "--shops", str(file), *PERIOD)
    assert (odd.status, odd.err.startswith("Error: the shop odd: ")) == (2, True)
    assert "(E-SHOPS)" in odd.err
    folder = folders["wola"].folder.as_posix()
    file.write_text(f'{urls}\nagain = "{folder}"\n', encoding="utf-8")
    again = folders["wola"].run("report", "shops", "--shops", str(file), *PERIOD)
    assert "wola and again are the same ledger (E-SHOPS-TWICE)" in again.err


@pytest.fixture
def machines(tmp_path: Path, folders: dict[str, Office]) -> Iterator[Machines]:
    """A scheduler and a worker, whose clock stands as those of the shops."""
    made = Machines(tmp_path / "machines")
    try:
        made.worker(environment={"SESSION_LEDGER_NOW": folders["wola"].now})
        yield made
    finally:
        made.kill()


@NEEDS_ENGINE
def test_other_machines_read_the_same(
    folders: dict[str, Office], listed: dict[str, Path], machines: Machines, tmp_path: Path
) -> None:
    """Byte by byte, as text and for programs; a shop that they cannot read is read here, and told as ever."""
    words = ("--workers", str(machines.written()))
    for form in ("table", "json"):
        expected = report(folders, listed["folders"], "-f", form)
        assert report(folders, listed["urls"], "-f", form, *words) == expected
    file = tmp_path / "more.toml"
    urls = listed["urls"].read_text(encoding="utf-8")
    file.write_text(f'{urls}\nnowhere = "postgresql+psycopg://desk@/shop?host=/nowhere"\n', encoding="utf-8")
    alone, far = (
        folders["wola"].run("report", "shops", "--shops", str(file), *PERIOD, *w) for w in ((), words)
    )
    assert far == alone
    assert "(E-STORE-UNREACHABLE)" in far.err


# --- long -------------------------------------------------------------------------------------

MANY = times(1, 200)


@pytest.fixture
def servers() -> Iterator[list[postgres.Cluster]]:
    """Two servers."""
    folder = Path(mkdtemp(prefix="sl-shops-", dir="/tmp"))  # the path of a socket is short
    made = [postgres.Cluster(folder, port) for port in (5511, 5512)]
    for each in made:
        each.make()
        each.start()
        each.says(postgres.ROLES)
    yield made
    for each in made:
        each.stop()
    shutil.rmtree(folder, ignore_errors=True)


@NEEDS_ENGINE
@pytest.mark.skipif(not LONG, reason="long: SESSION_LEDGER_LONG=1")
def test_two_workers_read_many_shops_on_two_servers(
    servers: list[postgres.Cluster], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same bytes as one after the other; read models are derived by both, then caught up by both."""
    lines, office = ["[shops]"], None
    for number in range(MANY):
        url = f"{servers[number % 2].url('shops')}&ledger=s{number}"
        office = Office(tmp_path / f"s{number}", init=("--store", url, "--owner", postgres.OWNER))
        office.does("customer", "add", "K-1", "--name", "Jan")
        office.takes("session", SESSIONS, ROWS)
        lines.append(f's{number} = "{url}"')
    assert office is not None
    listed = tmp_path / "shops.toml"
    listed.write_text("\n".join(lines), encoding="utf-8")
    machines, told, walls, spent = Machines(tmp_path / "machines"), set[str](), list[float](), list[float]()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "own"))
    try:
        for _ in range(2):
            far = {"SESSION_LEDGER_NOW": office.now, "XDG_CACHE_HOME": str(tmp_path / "far")}
            machines.worker(environment=far)
        report({"wola": office}, listed, "--workers", str(machines.written("warm.toml")))
        shutil.rmtree(tmp_path / "far")  # they have imported what they need, and keep nothing else
        for words in ((), (), ("--workers", str(machines.written())), ("--workers", str(machines.written()))):
            pids = [os.getpid(), *(each.pid for each in machines.workers)]
            began, before = time.perf_counter(), sum(map(processor_s, pids))
            told.add(report({"wola": office}, listed, *words))
            walls.append(time.perf_counter() - began)
            spent.append(sum(map(processor_s, pids)) - before)
    finally:
        machines.kill()
    assert len(told) == 1
    finish(
        "cluster-shops",
        f"{MANY} shops: one machine {walls[0]:.1f} s, again {walls[1]:.1f} s; two workers {walls[2]:.1f} s, "
        f"again {walls[3]:.1f} s; CPU {spent[0]:.1f}, {spent[1]:.1f}, {spent[2]:.1f} and {spent[3]:.1f} s",
    )
