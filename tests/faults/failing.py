"""The command line in processes whose n-th change to the files of a folder fails.

A server, under the shim: each line on standard input is the JSON list [n, errno, environment, words…]; it
forks a process that runs the words, and answers with [exit status, standard output, standard error, how
many changes were tried]. With n = 0 nothing fails.
"""

from __future__ import annotations

import ctypes
import io
import json
import os
import sys
from contextlib import redirect_stderr, redirect_stdout

from cli.main import run
from tests.support.every_module import read_every_module

SHIM = ctypes.CDLL(None)


def _serve() -> None:
    read_every_module()  # what every process needs is read once
    for line in sys.stdin:
        at, errno, environment, *words = json.loads(line)
        told, answer = os.pipe()
        child = os.fork()
        if child == 0:
            os.environ.update(environment)
            with open(answer, "w", encoding="utf-8") as out:  # noqa: PTH123 - a descriptor
                json.dump(_answer(at, errno, words), out)
            os._exit(0)
        os.close(answer)
        with open(told, encoding="utf-8") as found:  # noqa: PTH123 - a descriptor
            sys.stdout.write(found.read() + "\n")
        os.waitpid(child, 0)
        sys.stdout.flush()


def _answer(at: int, errno: int, words: list[str]) -> tuple[int, str, str, int]:
    told = [io.BytesIO(), io.BytesIO()]
    out, err = (io.TextIOWrapper(each, encoding="utf-8", write_through=True) for each in told)
    with redirect_stdout(out), redirect_stderr(err):
        SHIM.faults_arm(ctypes.c_long(at), errno)
        status = run(words)
    return status, told[0].getvalue().decode(), told[1].getvalue().decode(), int(SHIM.faults_seen())


if __name__ == "__main__":
    _serve()
