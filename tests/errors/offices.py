"""How to meet the refusals of a ledger that several offices share."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from unittest.mock import patch

import pytest

from ledger.store.postgres.address import Address
from ledger.store.postgres.connection import connect
from projections.engine.parts import BEHIND, OTHER, refuse
from tests.errors.desk import Desk, Told
from tests.support import postgres

NOWHERE = "postgresql+psycopg://desk@/shop?host=/nowhere"


def _no_driver(desk: Desk) -> Told:
    with patch.dict(sys.modules, {"psycopg": None}):
        return desk.fails(lambda: connect(Address.parse(NOWHERE)))


def _empty(desk: Desk) -> Told:
    """A server that is there; its database has nothing in it."""
    url = postgres.url_of("postgres", "postgres")
    return desk.types(f"--ledger new init --store '{url}' --join")


def _on_a_server(desk: Desk) -> Told:
    config = desk.ledger / "ledger.toml"
    config.write_text(f'store = "{NOWHERE}"\n' + config.read_text(encoding="utf-8"), encoding="utf-8")
    return desk.types("backup copy")


def _foreign_package(desk: Desk) -> Told:
    """Another program's `cli` lies before ours."""
    package = desk.folder / "foreign" / "cli"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "main.py").write_text('PROGRAM = "another"\n', encoding="utf-8")
    ran = subprocess.run(
        [sys.executable, "-m", "ledger", "status"],
        env={**os.environ, "PYTHONPATH": str(package.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    return Told(ran.returncode, ran.stderr)


def _typed(line: str) -> Callable[[Desk], Told]:
    return lambda desk: desk.types(line)


def _desk_on_a_taken_port(desk: Desk) -> Told:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return desk.types(f"desk --no-browser --port {taken.getsockname()[1]}")


def _desk_without_its_parts(desk: Desk) -> Told:
    with patch.dict(sys.modules, {"starlette": None}):
        return desk.types("desk --no-browser")


def _workers(text: str) -> Callable[[Desk], Told]:
    """A replay by the machines that a file names."""

    def replay(desk: Desk) -> Told:
        (desk.folder / "workers.toml").write_text(f'parts = "{desk.folder}"\n{text}', encoding="utf-8")
        return desk.types("replay --workers workers.toml")

    return replay


def _no_workers(desk: Desk) -> Told:
    pytest.importorskip("distributed")
    return _workers('scheduler = "tcp://127.0.0.1:1"\nwait = "1s"\n')(desk)


def _no_engine(desk: Desk) -> Told:
    with patch.dict(sys.modules, {"distributed": None}):
        return _workers('scheduler = "tcp://127.0.0.1:1"\n')(desk)


def _answered(reason: str) -> Callable[[Desk], Told]:
    """What a worker answers that cannot do a block."""
    return lambda desk: desk.fails(lambda: refuse(reason, 7))


OFFICES: dict[str, Callable[[Desk], Told]] = {
    "E-STORE-URL": _typed("--ledger new init --store mysql://db/shop"),
    "E-STORE-UNREACHABLE": _typed(f"--ledger new init --store '{NOWHERE}'"),
    "E-STORE-DRIVER": _no_driver,
    "E-DESK-TAKEN": _desk_on_a_taken_port,
    "E-DESK-MISSING": _desk_without_its_parts,
    "E-STORE-EMPTY": _empty,
    "E-STORE-POSTGRES": _on_a_server,
    "E-FOREIGN-PACKAGE": _foreign_package,
    "E-WORKERS": _workers("threads = 3\n"),
    "E-WORKERS-UNSAFE": _workers('scheduler = "tcp://sched.example:8786"\n'),
    "E-WORKERS-GONE": _no_workers,
    "E-WORKERS-ENGINE": _no_engine,
    "E-WORKERS-DIFFER": _answered(OTHER),
    "E-STORE-BEHIND": _answered(BEHIND),
}
