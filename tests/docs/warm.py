"""`session-ledger` as the pages find it on their path: a fork of a process that has read every module.

The pages have 700 commands, which took four minutes of a processor to start. A page's shell runs a few
lines that hand folder, environment, words and the three streams to a server over a socket, and end as the
fork ends: a process of its own, which sees what a real one sees. README and tutorial use the real one.
"""

from __future__ import annotations

import atexit
import marshal
import os
import select
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, NoReturn, cast

from ledger.__main__ import COMMAND, main
from tests.support.every_module import read_every_module

ROOT = Path(__file__).parents[2]
DEFECT = 70
_LENGTH = 8
_CLIENT = """\
#!{python} -IS
import marshal, os, socket, sys
told = marshal.dumps((os.getcwdb(), dict(os.environb), [os.fsencode(word) for word in sys.argv[1:]]))
server = socket.socket(socket.AF_UNIX)
server.connect({place!r})
socket.send_fds(server, [len(told).to_bytes({length}, "big")], [0, 1, 2])
server.sendall(told)
status = server.recv(1)
os._exit(status[0] if status else {defect})
"""


@cache
def programs() -> Path:
    """Return a folder with that `session-ledger`; its server lives as long as this process."""
    folder = Path(mkdtemp(prefix="warm-"))
    place = str(folder / "socket")
    client = folder / COMMAND
    client.write_text(
        _CLIENT.format(python=sys.executable, place=place, length=_LENGTH, defect=DEFECT), encoding="utf-8"
    )
    client.chmod(0o755)
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.docs.warm", place],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=os.environ | {"LANG": "C.UTF-8", "PYTHONPATH": str(ROOT)},
    )
    atexit.register(_ended, server, folder)
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n"
    return folder


def _ended(server: subprocess.Popen[bytes], folder: Path) -> None:
    server.kill()
    server.wait()
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()


def serve(place: str) -> NoReturn:
    """Fork a process for each client, until whoever started this goes away."""
    read_every_module()
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(place)
        listening.listen(64)
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            ready, _, _ = select.select([listening, sys.stdin], [], [], 1)
            if sys.stdin in ready:
                os._exit(0)
            if listening in ready:
                client, _ = listening.accept()
                with client:
                    if os.fork() == 0:
                        _serve_one(client)
            _reap()


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return


def _serve_one(client: socket.socket) -> NoReturn:
    """Run the words of a client in its place, and tell it how that ended."""
    head, streams, _, _ = socket.recv_fds(client, _LENGTH, 3)
    told = b""
    while len(told) < int.from_bytes(head, "big"):
        told += client.recv(1 << 20)
    folder, environment, words = cast("tuple[bytes, dict[bytes, bytes], list[bytes]]", marshal.loads(told))  # noqa: S302 - of our own client
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(folder)
    os.environb.clear()
    os.environb.update(environment)
    time.tzset()
    sys.argv = [COMMAND, *map(os.fsdecode, words)]
    _open_streams()
    status = _run()
    client.sendall(bytes([status & 0xFF]))
    os._exit(status)


def _open_streams() -> None:
    """Open the three streams as a starting Python does."""
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 - it stays open
    sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 - the same
    sys.stderr = open(2, "w", buffering=1, encoding="utf-8", errors="backslashreplace", closefd=False)  # noqa: SIM115 - the same


def _run() -> int:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    code: Any = None
    try:
        main()
    except SystemExit as ended:
        code = ended.code
    except BaseException:  # noqa: BLE001 - as Python itself ends then
        sys.excepthook(*cast("Any", sys.exc_info()))
        code = 1
    with suppress(OSError):  # whoever read it has gone
        sys.stdout.flush()
    return code if isinstance(code, int) else 0 if code is None else 1


if __name__ == "__main__":
    serve(sys.argv[1])
