"""The command line in processes that have read every module already: forks of this one.

A server: each line on standard input is the JSON list [environment, file for the answer, words…]; it forks
a process that runs the words as the console script would, and tells its number, later how it ended. The
number belongs to nobody else until the next line comes.
"""

from __future__ import annotations

import json
import os
import sys

from cli.main import run
from tests.support.every_module import read_every_module

read_every_module()  # what every process needs is read once


def _run(environment: dict[str, str], answer: str, words: list[str]) -> None:
    os.environ.update(environment)
    for number, name in ((1, answer), (2, f"{answer}.err")):
        os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    status = run(words)
    sys.stdout.flush()
    os._exit(status)


def _serve() -> None:
    tell = os.fdopen(os.dup(1), "w", encoding="ascii")
    for line in sys.stdin:
        environment, answer, *words = json.loads(line)
        child = os.fork()
        if child == 0:
            _run(environment, answer, words)
        print(child, file=tell, flush=True)
        os.waitid(os.P_PID, child, os.WEXITED | os.WNOWAIT)
        print(file=tell, flush=True)
        sys.stdin.readline()  # nobody kills it any more
        _, ended = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(ended), file=tell, flush=True)


if __name__ == "__main__":
    _serve()
