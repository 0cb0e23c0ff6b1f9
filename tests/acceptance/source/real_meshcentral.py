"""A real MeshCentral server with its own Linux agent, and viewers that open a desktop as its pages do."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import time
import urllib.request
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from websockets.sync.client import ClientConnection

from ledger.errors import SourceUnreachable
from ledger.sources.meshcentral_client import TIMEOUT_SECONDS, channel_to
from tests.acceptance.source.real_console import ended, free_port

PACKAGE = "SESSION_LEDGER_MESHCENTRAL"
"""Where the package lies: …/node_modules/meshcentral."""
USER, PASSWORD = "anna", "Tajne-Haslo-1"
PATIENCE_S = 120.0
TRIES = 12
_DESKTOP = 2


def missing() -> str | None:
    """Return why the server cannot be run here; None when it can."""
    if "SESSION_LEDGER_CONSOLE" not in os.environ:
        return "SESSION_LEDGER_CONSOLE is not set"
    folder = os.environ.get(PACKAGE)
    if folder is None or not (Path(folder) / "meshcentral.js").exists():
        return f"{PACKAGE} names no folder of the package"
    return None if shutil.which("node") else "not installed: node"


def wait(holds: Callable[[], bool], what: str) -> None:
    """Wait until something holds, for two minutes at most."""
    until = time.monotonic() + PATIENCE_S
    while not holds():
        assert time.monotonic() < until, what
        time.sleep(0.2)


class Viewer:
    """Somebody who looks at a desktop, and who it is that the server is to believe."""

    def __init__(self, opened: AbstractContextManager[ClientConnection]) -> None:
        self._opened = opened
        channel = opened.__enter__()
        channel.recv(TIMEOUT_SECONDS)
        channel.send(str(_DESKTOP))
        self.came = time.time()
        self.went = 0.0

    def leave(self) -> None:
        """Close the window."""
        self.went = time.time()
        self._opened.__exit__(None, None, None)


class MeshCentral:
    """A server on the loopback, with a certificate of its own."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.port = free_port()
        self.url = f"wss://localhost:{self.port}"
        self.data = folder / "meshcentral-data"
        self.certificate = self.data / "root-cert-public.crt"
        self.node = ""
        self._folder, self._stack = folder, stack
        self._package = Path(os.environ[PACKAGE])
        self._log = folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None
        self._agent: subprocess.Popen[bytes] | None = None
        self._starts = 0
        self.crashes = 0

    def configure(self, *, multiplex: bool) -> None:
        """Write the settings, and make the account."""
        self.data.mkdir()
        settings = {
            "port": self.port,
            "portBind": "127.0.0.1",
            "exactPorts": True,
            "redirPort": 0,
            "mpsport": 0,
            "WANonly": True,
            "cert": "localhost",
            "selfUpdate": False,
            "sessionKey": "of a test",
        }
        domain = {"desktopMultiplex": multiplex, "guestDeviceSharing": True}
        config = {"settings": settings, "domains": {"": domain}}
        (self.data / "config.json").write_text(json.dumps(config), encoding="utf-8")
        self._does("--createaccount", USER, "--pass", PASSWORD, "--email", "anna@serwis.example")
        self._does("--adminaccount", USER)

    def _words(self, *words: str) -> list[str]:
        return ["node", str(self._package), "--datapath", str(self.data), *words]

    def _does(self, *words: str) -> None:
        given = {"PATH": os.environ["PATH"], "HOME": str(self._folder)}
        subprocess.run(self._words(*words), env=given, check=True, capture_output=True, timeout=PATIENCE_S)

    def start(self) -> None:
        """Start the server, and wait until it listens."""
        given = {"PATH": os.environ["PATH"], "HOME": str(self._folder)}
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._words(), env=given, stdout=log, stderr=log, cwd=self._folder
            )
        self._stack.callback(ended, self._process)
        self._starts += 1
        said = "HTTPS server running"
        wait(lambda: self._log.read_text(errors="replace").count(said) == self._starts, "no server listens")

    def kill(self) -> None:
        """End the server at once, with its children."""
        assert self._process is not None
        listed = subprocess.run(
            ["pgrep", "-P", str(self._process.pid)], capture_output=True, text=True, check=False
        )
        for pid in (*map(int, listed.stdout.split()), self._process.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait(PATIENCE_S)

    # --- the control channel ------------------------------------------------------------------

    def _opened(self, path: str) -> AbstractContextManager[ClientConnection]:
        words = ",".join(base64.b64encode(word.encode()).decode() for word in (USER, PASSWORD))
        return channel_to(f"{self.url}/{path}", {"x-meshauth": words}, self.certificate)

    def asks(self, question: Mapping[str, object]) -> dict[str, Any]:
        """Return the answer to a question, which bears its action."""
        with self._opened("control.ashx") as channel:
            channel.send(json.dumps({**question, "responseid": "test"}))
            while True:
                told = cast("dict[str, Any]", json.loads(channel.recv(TIMEOUT_SECONDS)))
                if told.get("action") == question["action"]:
                    return told

    def enrol(self) -> None:
        """Start the server's own agent on this machine, and wait until it does what it is told."""
        group = self.asks({"action": "createmesh", "meshname": "Shop", "meshtype": 2})["meshid"].split("/")[2]
        trusted = ssl.create_default_context(cafile=self.certificate)
        address = f"https://localhost:{self.port}/meshsettings?id={group}"
        with urllib.request.urlopen(address, context=trusted, timeout=30) as answer:
            settings: bytes = answer.read()
        folder = self._folder / "agent"
        folder.mkdir()
        shutil.copy(self._package / "agents/meshagent_x86-64", folder / "meshagent")
        (folder / "meshagent").chmod(0o700)
        here = f"MeshServer=wss://127.0.0.1:{self.port}/agent.ashx".encode()
        (folder / "meshagent.msh").write_bytes(re.sub(rb"MeshServer=\S+", here, settings))
        self._start_the_agent()

    def _start_the_agent(self) -> None:
        folder = self._folder / "agent"
        with (folder / "log").open("ab") as log:
            self._agent = subprocess.Popen(
                [folder / "meshagent", "connect"], cwd=folder, stdout=log, stderr=log
            )
        self._stack.callback(ended, self._agent)
        wait(self._knows_the_agent, "the agent does not come")

    def _keep_the_agent(self) -> None:
        """Start an agent that crashed again, as a system's services do: version 1.1.55 does now and then."""
        if self._agent is not None and self._agent.poll() is not None:
            self.crashes += 1
            self._start_the_agent()

    def _knows_the_agent(self) -> bool:
        try:
            groups = self.asks({"action": "nodes"})["nodes"]
        except SourceUnreachable:
            return False
        for each in (node for nodes in groups.values() for node in nodes):
            if each.get("conn", 0) & 1 and each.get("agent", {}).get("core"):
                self.node = each["_id"]
                return True
        return False

    def views(self) -> Viewer:
        """Open the desktop as the account does it; an agent that just closed one may refuse the next."""
        return self._tried(self._views)

    def _tried(self, opens: Callable[[], Viewer]) -> Viewer:
        for _ in range(TRIES):
            self._keep_the_agent()
            with suppress(SourceUnreachable):
                return opens()
            time.sleep(3)
        return opens()

    def _views(self) -> Viewer:
        cookies = self.asks({"action": "authcookie"})
        session = base64.b32encode(os.urandom(10)).decode().lower()
        where = f"p={_DESKTOP}&nodeid={self.node}&id={session}"
        value = f"*/meshrelay.ashx?{where}&rauth={cookies['rcookie']}"
        tunnel = {"action": "msg", "type": "tunnel", "nodeid": self.node, "value": value, "usage": _DESKTOP}
        with self._opened("control.ashx") as channel:
            channel.send(json.dumps(tunnel))
            return Viewer(self._opened(f"meshrelay.ashx?browser=1&{where}&auth={cookies['cookie']}"))

    def views_as_guest(self, name: str) -> Viewer:
        """Open the desktop by a link that the account made for somebody else."""
        asked = {"action": "createDeviceShareLink", "nodeid": self.node, "guestname": name, "p": _DESKTOP}
        link = str(self.asks(asked | {"consent": 0, "expire": 60, "viewOnly": False})["url"])
        parts = urlsplit(link)
        trusted = ssl.create_default_context(cafile=self.certificate)
        address = f"https://localhost:{self.port}{parts.path}?{parts.query}"
        with urllib.request.urlopen(address, context=trusted, timeout=30) as answer:
            page = answer.read().decode()
        found = re.search(r"authCookie = '([^']+)'|authCookie = \"([^\"]+)\"", page)
        assert found is not None, "the page of the link has no cookie"
        cookie = found[1] or found[2]
        return self._tried(lambda: self._views_with(cookie))

    def _views_with(self, cookie: str) -> Viewer:
        session = base64.b32encode(os.urandom(10)).decode().lower()
        where = f"meshrelay.ashx?browser=1&p={_DESKTOP}&nodeid={self.node}&id={session}&auth={cookie}"
        return Viewer(channel_to(f"{self.url}/{where}", {}, self.certificate))


@contextmanager
def meshcentral(folder: Path, *, multiplex: bool) -> Generator[MeshCentral]:
    """A server that runs, with an agent that is there."""
    with ExitStack() as stack:
        server = MeshCentral(folder, stack)
        server.configure(multiplex=multiplex)
        server.start()
        server.enrol()
        yield server
