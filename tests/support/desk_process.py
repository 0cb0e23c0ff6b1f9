"""The desk as a process of its own, and a browser's part by hand."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode, urlsplit

PATIENCE_S = 60


class Sent(NamedTuple):
    """What came back."""

    status: int
    text: str
    cookie: str
    place: str
    """Where it leads."""


class Program:
    """The desk as a process of its own, and a browser's part by hand."""

    def __init__(self, process: subprocess.Popen[str], link: str) -> None:
        self.process = process
        where = urlsplit(link)
        self.host, self.port = where.netloc, where.port
        self.cookie = ""
        self.cookie = self.sends("GET", f"{where.path}?{where.query}").cookie.partition(";")[0]

    def sends(self, method: str, path: str, body: str = "") -> Sent:
        """Send a request."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S)
        try:
            told = {"Host": self.host, "Sec-Fetch-Site": "same-origin", "Cookie": self.cookie}
            told["Content-Type"] = "application/x-www-form-urlencoded"
            connection.request(method, path, body or None, told)
            answer = connection.getresponse()
            told = dict(answer.getheaders())
            return Sent(
                answer.status, answer.read().decode(), told.get("set-cookie", ""), told.get("location", "")
            )
        finally:
            connection.close()

    def posts(self, path: str, typed: Mapping[str, str]) -> int:
        """Send a form; 0 where the program was killed before it answered."""
        try:
            return self.sends("POST", path, urlencode(typed)).status
        except (OSError, http.client.HTTPException):
            return 0


@contextmanager
def desk_process(folder: Path, runtime: Path, *, now: str | None) -> Generator[Program]:
    """The program of the desk, until it is killed or the block ends; without `now` its clock goes."""
    told = {
        **os.environ,
        "XDG_RUNTIME_DIR": str(runtime),
        "SESSION_LEDGER_BY": "anna",
        **({} if now is None else {"SESSION_LEDGER_NOW": now}),
    }
    words = [
        sys.executable,
        "-m",
        "ledger",
        "--ledger",
        str(folder),
        "--lang",
        "pl",
        "desk",
        "--no-browser",
    ]
    process = subprocess.Popen(
        words, env=told, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, encoding="utf-8"
    )
    try:
        assert process.stdout is not None
        yield Program(process, process.stdout.readline().strip())
    finally:
        process.kill()
        process.communicate()
