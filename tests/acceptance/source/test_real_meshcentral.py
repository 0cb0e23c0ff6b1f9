"""A real MeshCentral, asked through its control channel: records against a clock of the test's own.

Opt-in: SESSION_LEDGER_CONSOLE=1, and SESSION_LEDGER_MESHCENTRAL names the folder of the package.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Generator
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from ledger.sources.adapter import Options, SourceRecord
from ledger.sources.registry import reader
from tests.acceptance.source.real_meshcentral import (
    PASSWORD,
    USER,
    MeshCentral,
    Viewer,
    meshcentral,
    missing,
)
from tests.support.office import Answer

WHY_NOT = missing()
pytestmark = pytest.mark.skipif(WHY_NOT is not None, reason=str(WHY_NOT))
WITHIN_S = 3.0
"""The agent comes a moment after the viewer."""


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "multiplex"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Generator[MeshCentral]:
    """A server that lets viewers share a desktop, and one that does not."""
    with meshcentral(tmp_path_factory.mktemp("mesh"), multiplex=request.param) as running:
        yield running


class Shop:
    """A ledger whose technician is the account, and which asks the server."""

    def __init__(self, folder: Path, server: MeshCentral) -> None:
        self.folder = folder
        self.does("init")
        with (folder / "ledger.toml").open("a", encoding="utf-8") as config:
            config.write(f'\n[technicians]\n"{USER}" = "anna"\n[sources.meshcentral]\nurl = "{server.url}"\n')
            config.write(f'user = "{USER}"\ncertificate = "{server.certificate}"\n')

    def does(self, *words: str, password: str = PASSWORD, status: int = 0) -> Answer:
        given = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        given |= {"SESSION_LEDGER_DIR": str(self.folder), "SESSION_LEDGER_BY": "anna"}
        given |= {"SESSION_LEDGER_MESHCENTRAL_PASSWORD": password}
        command = [sys.executable, "-m", "ledger", *words]
        done = subprocess.run(command, env=given, capture_output=True, text=True, check=False)
        assert done.returncode == status, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert PASSWORD not in done.stdout + done.stderr
        return Answer(done.returncode, done.stdout, done.stderr)

    def records(self, since: float) -> list[dict[str, Any]]:
        """What the server told of what began lately, by its beginning."""
        self.does("source", "import", "meshcentral", "--live")
        month = f"{datetime.now(ZoneInfo('Europe/Warsaw')):%Y-%m}"
        listed = self.does("source", "list", "--period", month, "--names", "-f", "json").document["records"]
        found = [each for each in listed if seconds(each["started_at"]) >= since - WITHIN_S]
        return sorted(found, key=lambda each: str(each["started_at"]))


def seconds(instant: str) -> float:
    return datetime.fromisoformat(instant).timestamp()


@pytest.fixture
def shop(tmp_path: Path, server: MeshCentral) -> Shop:
    return Shop(tmp_path / "ledger", server)


def _as_seen(record: dict[str, Any], viewer: Viewer) -> None:
    assert abs(seconds(record["started_at"]) - viewer.came) < WITHIN_S
    assert abs(seconds(record["ended_at"]) - viewer.went) < WITHIN_S


def test_wrong_password_is_refused_and_not_repeated(shop: Shop) -> None:
    refused = shop.does("source", "import", "meshcentral", "--live", password="wrong", status=1)  # noqa: S106
    assert "(E-SOURCE-ACCOUNT)" in refused.err
    assert "wrong" not in refused.err


def test_two_viewers_of_one_desktop_are_two_records(shop: Shop, server: MeshCentral) -> None:
    """The second comes four seconds after the first, and leaves four seconds before."""
    begun = time.time()
    first = server.views()
    time.sleep(4)
    second = server.views()
    time.sleep(4)
    second.leave()
    time.sleep(4)
    first.leave()
    time.sleep(2)
    records = shop.records(begun)
    assert [(each["kind"], each["technician"]) for each in records] == [("remote_control", "anna")] * 2
    _as_seen(records[0], first)
    _as_seen(records[1], second)
    again = shop.does("source", "import", "meshcentral", "--live", "-f", "json").document
    assert (again["observed"], again["amended"], again["quarantine"]) == (0, 0, [])


def test_guest_of_a_link_is_named_and_no_technician(shop: Shop, server: MeshCentral) -> None:
    begun = time.time()
    guest = server.views_as_guest("Pan Kowalski")
    time.sleep(4)
    guest.leave()
    time.sleep(2)
    (record,) = shop.records(begun)
    assert (record["kind"], record["technician"]) == ("remote_control", None)
    assert "Pan Kowalski" in str(record)
    _as_seen(record, guest)


def test_server_killed_in_mid_session_leaves_a_record_without_an_end(shop: Shop, server: MeshCentral) -> None:
    """The channel does not tell of the server itself; the file of events says when it was started again."""
    begun = time.time()
    viewer = server.views()
    time.sleep(4)
    server.kill()
    viewer.leave()
    time.sleep(1)
    again = time.time()
    server.start()
    (record,) = shop.records(begun)
    assert abs(seconds(record["started_at"]) - viewer.came) < WITHIN_S
    assert record["ended_at"] is None
    events = (server.data / "meshcentral-events.db").read_bytes()
    last = max(
        (each for each in reader("meshcentral")(events, Options()) if isinstance(each, SourceRecord)),
        key=lambda each: each.started.at.timestamp() if each.started else 0.0,
    )
    assert last.ended is None
    assert last.over_by is not None
    assert again < last.over_by.at.timestamp() < time.time()
