"""Tokens and passwords from the environment, or from the system's key store through the library keyring."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.support.systems import IS_WINDOWS

pytestmark = pytest.mark.skipif(find_spec("keyring") is None, reason="needs the extra keyring")
NAME = f"SESSION_LEDGER_TEST_{uuid.uuid4().hex}"
STORE = '''
import json, os, pathlib
from keyring import backend, errors

class Store(backend.KeyringBackend):
    """A store in a file, where this system has none: a server."""
    priority = 1
    file = pathlib.Path(os.environ["STORE"])

    def get_password(self, service, username):
        if not self.file.exists():
            raise errors.KeyringLocked("locked")
        return json.loads(self.file.read_text()).get(f"{service}/{username}")

    def set_password(self, service, username, password):
        self.file.write_text(json.dumps({f"{service}/{username}": password}))

    def delete_password(self, service, username):
        self.file.write_text("{}")
'''


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """The system's own store on Windows; elsewhere one in a file, found by the library as it finds any."""
    found = {name: value for name, value in os.environ.items() if name != NAME}
    if IS_WINDOWS:
        return found
    (tmp_path / "store.py").write_text(STORE, encoding="utf-8")
    path = os.pathsep.join([str(tmp_path), *sys.path])
    return {
        **found, "PYTHONPATH": path, "STORE": str(tmp_path / "kept"), "PYTHON_KEYRING_BACKEND": "store.Store",
    }  # fmt: skip


def told(code: str, environment: dict[str, str]) -> str:
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=True,
        timeout=900,
    )
    return ran.stdout.strip()


def test_secret_is_that_of_the_environment_else_of_the_key_store(environment: dict[str, str]) -> None:
    asked = f"from cli.secret import secret; print(secret({NAME!r}))"
    keep = f"import keyring; keyring.set_password('session-ledger', {NAME!r}, 'ąę-kept')"
    drop = f"import keyring; keyring.delete_password('session-ledger', {NAME!r})"
    utf8 = {**environment, "PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"}
    assert told(asked, utf8) == "None"  # nothing kept, or a store that is locked
    told(keep, utf8)
    assert told(asked, utf8) == "ąę-kept"
    assert told(asked, {**utf8, NAME: "said"}) == "said"
    told(drop, utf8)
    assert told(asked, utf8) == "None"
