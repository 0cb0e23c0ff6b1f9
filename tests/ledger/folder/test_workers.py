"""The file that names the machines which work for a ledger."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger.errors import BadWorkers, WorkersUnsafe
from ledger.folder.workers import Workers, read_workers
from tests.support.systems import IS_WINDOWS

TLS = 'scheduler = "tls://sched.example:8786"\n'
CERTIFICATES = 'ca = "ca.pem"\ncert = "own.pem"\nkey = "own.key"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with certificates."""
    for name in ("ca.pem", "own.pem", "own.key"):
        (tmp_path / name).touch(mode=0o600)
    return tmp_path


def told(folder: Path, text: str) -> Workers:
    """What a file with this text says."""
    file = folder / "workers.toml"
    file.write_text(text.replace("{parts}", folder.as_posix()), encoding="utf-8")
    return read_workers(file)


def test_a_file_says_where_the_machines_are(folder: Path) -> None:
    """Certificates are beside the file."""
    text = TLS + CERTIFICATES + 'parts = "{parts}"\nwait = "2m"\nstore = "postgresql+psycopg://r@db2/shop"\n'
    assert told(folder, text) == Workers(
        "tls://sched.example:8786",
        folder,
        folder / "ca.pem",
        folder / "own.pem",
        folder / "own.key",
        "postgresql+psycopg://r@db2/shop",
        120,
    )


@pytest.mark.parametrize("host", ["127.0.0.1", "[::1]", "localhost"])
def test_on_one_machine_no_certificate_is_needed(folder: Path, host: str) -> None:
    found = told(folder, f'scheduler = "tcp://{host}:8786"\nparts = "{{parts}}"\n')
    assert (found.ca, found.store, found.wait_seconds) == (None, None, 60)


PARTS = 'parts = "{parts}"\n'
WRONG = {
    "": "workers.toml: scheduler is missing",
    TLS: "workers.toml: parts is missing",
    f"{TLS}{CERTIFICATES}parts = 3\n": "workers.toml, line 5: parts is no text in quotes",
    f'{TLS}{CERTIFICATES}parts = "parts"\n': "line 5: parts is no absolute path, the same on all machines",
    f'{TLS}{CERTIFICATES}parts = "{{parts}}/no"\n': "line 5: parts names no folder that is there",
    f"{TLS}{PARTS}{CERTIFICATES}[store]\n": "line 6: store is no text in quotes",
    f"{TLS}{PARTS}{CERTIFICATES}threads = 3\n": "line 6: threads is not known",
    f"{TLS}{PARTS}{CERTIFICATES}store = 'db2'\n": "line 6: store is no URL such as postgresql+psycopg://",
    f"{TLS}{PARTS}{CERTIFICATES}wait = '60'\n": "line 6: wait is no time up to an hour",
    f"{TLS}{PARTS}{CERTIFICATES}wait = '0s'\n": "line 6: wait is no time up to an hour",
    f"{TLS}{PARTS}{CERTIFICATES}wait = '61m'\n": "line 6: wait is no time up to an hour",
    f"{PARTS}scheduler = 'sched.example'\n": "line 2: scheduler is no address such as tls://",
    f"{PARTS}scheduler = 'http://sched.example:1'\n": "line 2: scheduler is no address such as tls://",
    f"{PARTS}scheduler = 'tls://sched.example'\n": "line 2: scheduler is no address such as tls://",
    f"{PARTS}scheduler = 'tls://sched.example:x'\n": "line 2: scheduler is no address such as tls://",
    f"{PARTS}scheduler = 'tls://[sched:1'\n": "line 2: scheduler is no address such as tls://",
    f"{TLS}{PARTS}{CERTIFICATES.replace('ca.pem', 'no.pem')}": "line 3: ca names no file that is there",
    "scheduler": "workers.toml is no TOML",
    f"{TLS}{TLS}": "workers.toml is no TOML",
}


@pytest.mark.parametrize("text", WRONG)
def test_a_file_that_says_something_else_is_refused_by_line_and_field(folder: Path, text: str) -> None:
    with pytest.raises(BadWorkers) as refused:
        told(folder, text)
    assert WRONG[text] in str(refused.value)


UNSAFE = {
    f"{PARTS}scheduler = 'tcp://sched.example:8786'\n": "line 2: scheduler is an address that anybody can",
    f"{PARTS}scheduler = 'tcp://192.168.1.7:8786'\n": "line 2: scheduler is an address that anybody can",
    f"{PARTS}{TLS}": "workers.toml: ca is missing, and tls:// needs it",
    f"{PARTS}{TLS}ca = 'ca.pem'\n": "workers.toml: cert is missing, and tls:// needs it",
    f"{PARTS}{TLS}ca = 'ca.pem'\ncert = 'own.pem'\n": "workers.toml: key is missing, and tls:// needs it",
}


@pytest.mark.parametrize("text", UNSAFE)
def test_a_scheduler_that_others_can_reach_is_refused(folder: Path, text: str) -> None:
    with pytest.raises(WorkersUnsafe) as refused:
        told(folder, text)
    assert UNSAFE[text] in str(refused.value)


@pytest.mark.skipif(IS_WINDOWS, reason="has access lists")
def test_a_key_that_others_can_read_is_refused(folder: Path) -> None:
    (folder / "own.key").chmod(0o644)
    with pytest.raises(WorkersUnsafe, match="line 4: key names a key that others can read"):
        told(folder, TLS + CERTIFICATES + PARTS)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadWorkers, match=r"nowhere.toml cannot be read: No such file"):
        read_workers(tmp_path / "nowhere.toml")
