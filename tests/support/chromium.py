"""A real browser without a window, driven over its own debugging pipe; the standard library only."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import subprocess
import sys
from base64 import b64decode
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic, sleep
from typing import Any, Self

import pytest

NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome")
PATIENCE_S = 60
LED_ON_MAX = 20
"""So often a page may lead on to another one while something is waited for."""
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--no-zygote",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-pipe",
)


def find() -> Path | None:
    """The browser that is named, that of this environment, or the system's."""
    own = Path(sys.prefix) / "browser" / "chromium"
    named = os.environ.get("SESSION_LEDGER_BROWSER") or (str(own) if own.exists() else None)
    found = named or next(filter(None, map(shutil.which, NAMES)), None)
    return None if found is None else Path(found)


_WIRE = """\
import os, sys
reads = os.dup(int(sys.argv[1]))
writes = max(os.dup(int(sys.argv[2])) for _ in range(3))  # neither 3 nor what reads
for have, want in ((reads, 3), (writes, 4)):
    os.dup2(have, want)
    os.set_inheritable(want, True)
os.execvp(sys.argv[3], sys.argv[3:])
"""
"""The browser reads commands from descriptor 3 and answers on 4."""

NEEDS_BROWSER = pytest.mark.skipif(find() is None, reason="no Chromium here")


class Browser:
    """A running browser; `page` opens an address and gives what is asked of it."""

    def __init__(self, path: Path) -> None:
        self._profile = TemporaryDirectory(prefix="session-ledger-browser-", ignore_cleanup_errors=True)
        to_read, to_write = os.pipe()
        from_read, from_write = os.pipe()
        command = [str(path), *FLAGS, f"--user-data-dir={self._profile.name}", "about:blank"]
        wired = [sys.executable, "-c", _WIRE, str(to_read), str(from_write), *command]
        self._process = subprocess.Popen(
            wired, pass_fds=(to_read, from_write), stderr=subprocess.DEVNULL, env=_environment(path)
        )
        os.close(to_read)
        os.close(from_write)
        self._out, self._in = os.fdopen(to_write, "wb", 0), os.fdopen(from_read, "rb")
        self._numbers = itertools.count(1)

    def call(self, method: str, page: str | None = None, **params: Any) -> Any:  # noqa: ANN401 - whatever JSON says
        """Send a command and wait for its answer; raises RuntimeError for what the browser refuses."""
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": params}
        if page is not None:
            message["sessionId"] = page
        self._out.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = json.loads(self._message())
            if answer.get("id") == number:
                if "error" in answer:
                    raise RuntimeError(answer["error"])
                return answer["result"]

    def _message(self) -> bytes:
        parts = bytearray()
        while (byte := self._in.read(1)) != b"\0":
            if not byte:
                raise EOFError("the browser went away")
            parts += byte
        return bytes(parts)

    def page(self, address: str) -> Page:
        """A new tab at an address, once it has loaded."""
        target = self.call("Target.createTarget", url=address)["targetId"]
        page = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        opened = Page(self, page)
        until = monotonic() + PATIENCE_S
        while not opened.has_arrived():
            if monotonic() > until:
                raise TimeoutError(address)
            sleep(0.02)
        return opened

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def profile(self) -> Path:
        """The folder of what it keeps."""
        return Path(self._profile.name)

    def close(self) -> None:
        """End the browser, and remove what it kept."""
        if self._process.poll() is None:
            self.end()
        self._profile.cleanup()

    def end(self) -> None:
        """End the browser; what it kept stays until `close`."""
        try:
            self.call("Browser.close")
        except (EOFError, BrokenPipeError):
            self._process.kill()
        self._out.close()
        self._in.close()
        self._process.wait(10)


class Page:
    """One tab."""

    def __init__(self, browser: Browser, session: str) -> None:
        self._browser = browser
        self._session = session

    def asks(self, expression: str) -> Any:  # noqa: ANN401 - whatever JavaScript says
        """The value of an expression; a promise is waited for. Raises RuntimeError for an exception."""
        answer = self._browser.call(
            "Runtime.evaluate", self._session, expression=expression, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"])
        return answer["result"].get("value")

    def has_arrived(self) -> bool:
        """Whether the page has loaded; a new tab shows an empty one first, which is complete as well."""
        try:
            return bool(self.asks("document.readyState === 'complete' && location.href !== 'about:blank'"))
        except RuntimeError:  # between the two there is none to ask
            return False

    def wait(self, condition: str) -> None:
        """Until a condition holds; looked at every 20 ms, for a minute at most.

        The page may lead on to another one meanwhile: the question is gone with it, and is asked again.
        """
        question = (
            f"(async () => {{ for (let n = 0; n < 3000; n++) {{ if ({condition}) return true;"
            " await new Promise(done => setTimeout(done, 20)); } return false; })()"
        )
        for _ in range(LED_ON_MAX):
            try:
                held = self.asks(question)
            except RuntimeError as error:
                if "navigated" not in str(error) and "context was destroyed" not in str(error):
                    raise
            else:
                break
        else:
            held = False
        if not held:
            raise TimeoutError(condition)

    def chooses(self, selector: str, *files: Path) -> None:
        """Give files, or a folder, to an input as a person would."""
        root = self._browser.call("DOM.getDocument", self._session)["root"]["nodeId"]
        node = self._browser.call("DOM.querySelector", self._session, nodeId=root, selector=selector)[
            "nodeId"
        ]
        names = [str(file) for file in files]
        self._browser.call("DOM.setFileInputFiles", self._session, nodeId=node, files=names)

    def goes(self, address: str) -> None:
        """Go to another address in this tab, until it has loaded."""
        self._browser.call("Page.navigate", self._session, url=address)
        self.settles()

    def settles(self) -> None:
        """Until the page that is on its way has loaded."""
        sleep(0.15)
        until = monotonic() + PATIENCE_S
        while not self.has_arrived():
            if monotonic() > until:
                raise TimeoutError("the page does not load")
            sleep(0.02)

    def types(self, text: str) -> None:
        """Type into what has the focus."""
        self._browser.call("Input.insertText", self._session, text=text)

    def presses(self, *keys: str) -> None:
        """Press keys, one after the other: a character, Tab, Enter, Space."""
        for key in keys:
            code = {"Enter": 13, "Tab": 9, "Space": 32}.get(key, 0)
            text = {"Enter": "\r", "Tab": "", "Space": " "}.get(key, key)
            name = " " if key == "Space" else key
            for kind in ("keyDown", "keyUp"):
                told: dict[str, Any] = {"type": kind, "key": name, "windowsVirtualKeyCode": code}
                if kind == "keyDown" and text:
                    told["text"] = text
                self._browser.call("Input.dispatchKeyEvent", self._session, **told)

    def without_scripts(self) -> None:
        """Run no script of the page from now on."""
        self._browser.call("Emulation.setScriptExecutionDisabled", self._session, value=True)

    def is_as_wide_as(self, width: int) -> None:
        """Look at it in a window of that width."""
        self._browser.call(
            "Emulation.setDeviceMetricsOverride",
            self._session,
            width=width,
            height=900,
            deviceScaleFactor=1,
            mobile=False,
        )

    def prefers(self, **features: str) -> None:
        """Look at it as somebody with these settings: prefers_color_scheme="dark", forced_colors="active"."""
        told = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self._browser.call("Emulation.setEmulatedMedia", self._session, features=told)

    def printed(self, file: Path) -> None:
        """Write it as it is printed on A4, by its own rules."""
        told = self._browser.call("Page.printToPDF", self._session, preferCSSPageSize=True)
        file.write_bytes(b64decode(told["data"]))

    def begins_with(self, script: str) -> None:
        """Run a script before those of each page from now on."""
        self._browser.call("Page.enable", self._session)
        self._browser.call("Page.addScriptToEvaluateOnNewDocument", self._session, source=script)

    def screenshot(self, file: Path, *, width: int = 1100, height: int = 900) -> None:
        """What a person would see, as PNG."""
        self._browser.call(
            "Emulation.setDeviceMetricsOverride",
            self._session,
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        shot = self._browser.call("Page.captureScreenshot", self._session, format="png")
        file.write_bytes(b64decode(shot["data"]))


def _environment(path: Path) -> dict[str, str]:
    libraries = path.parent / "lib"  # a browser that brings its libraries along
    extra = {"LD_LIBRARY_PATH": str(libraries)} if libraries.is_dir() else {}
    return {**os.environ, **extra}
