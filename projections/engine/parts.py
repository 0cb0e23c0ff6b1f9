"""A replay in blocks that anybody may do: a file of rows each, put together in order of sessions.

Processes of this machine and other machines do the same: a block is a function of a module with plain words,
so that any executor can carry it; its answer is a name and two counts. Rows lie on storage that all of them
see. A block may be done twice, or by two machines at once: it is written aside and renamed, and its name says
all that it depends on and what is in it.
"""

from __future__ import annotations

import os
import platform
import secrets
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from functools import partial
from hashlib import file_digest
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple, TypeVar

from ledger.application.backends import read_again
from ledger.errors import StoreBehind, WorkersDiffer
from ledger.folder.atomic_write import temporary_folder
from ledger.folder.workers import Workers
from ledger.message import Hint, msg
from ledger.store.event_store import LedgerStore
from ledger.store.sqlite.database import uri_of
from projections.engine.blocks import Progress, blocks, fill, helpers, uncollected
from projections.engine.pool import Others, Processes, in_order
from projections.inputs.state import Inputs
from projections.views import SCHEMA_VERSION, Views, filled

Answer = TypeVar("Answer")
BEHIND, FOREIGN, OTHER, FAILED = "behind", "foreign", "other", "failed"
"""Why a block was not done: its machine has a shorter log, another one, another program; or it failed."""
_POLL_SECONDS = 0.2
_STORE = Hint("look at `store` in the file of the workers")
_COUNTS = "CREATE TABLE counts (sessions INTEGER NOT NULL, events INTEGER NOT NULL) STRICT"


class Task(NamedTuple):
    """What all blocks of a replay have in common; plain words alone."""

    place: str
    until: int
    leaf_hash: bytes
    """That of the last event before `until`: another log has another one."""
    names: tuple[str, ...]
    folder: str
    wait_seconds: int
    program: tuple[str, int]


class Part(NamedTuple):
    """The file of a block, how many sessions and events were read for it; `here`: as nobody else did it."""

    name: str
    sessions: int
    events: int
    here: bool = False


def program() -> tuple[str, int]:
    """Return what has to be the same on all machines: the program and the schema of its read models."""
    return version("remote-session-ledger"), SCHEMA_VERSION


def task_of(
    workers: Workers | None, store: LedgerStore, until: int, names: Sequence[str], own: Path = Path()
) -> Task:
    """Return what the blocks of a replay have in common.

    The folder of other machines is named by all that the parts depend on; processes of this one have `own`.
    """
    task = Task(store.place, until, store.leaf_hash_at(until - 1), tuple(names), str(own), 0, program())
    if workers is None:
        return task
    depends = "-".join(map(str, (until, *program(), *names)))
    folder = workers.parts / store.leaf_hash_at(0).hex()[:32] / depends
    place, wait_seconds = workers.store or store.place, workers.wait_seconds
    return task._replace(place=place, folder=str(folder), wait_seconds=wait_seconds)


@contextmanager
def others(workers: Workers | None, sessions: int) -> Generator[Others | None]:
    """Yield who works on so many sessions beside this process; None for nobody. All ends with the work."""
    if workers is not None:
        from projections.engine.cluster import cluster  # noqa: PLC0415 - it brings the engine

        with cluster(workers) as them:
            yield them
    elif helpers(sessions) == 0:
        yield None
    else:
        with Processes(helpers(sessions), helped=True) as own:
            yield own


# --- on any machine ---------------------------------------------------------------------------

_kept = threading.local()


def part(task: Task, block: range) -> Part | str:
    """Do a block; return its part, or why there is none."""
    return safely(task, lambda: _there(task, block) or _made_by(inputs_of(task), task, block))


def safely(task: Task, work: Callable[[], Answer]) -> Answer | str:
    """Return what `work` returns, or why it could not: an error that is raised could quote an event."""
    if task.program != program():
        return other()
    try:
        with uncollected():
            return work()
    except Exception as error:  # noqa: BLE001 - the asker does it again, and raises what is wrong
        forget()
        return str(error) if isinstance(error, _Unfit) else FAILED


def other() -> str:
    """Return the answer of a machine that has another program than it was asked for."""
    return f"{OTHER} {platform.node()}"


class _Unfit(Exception):  # noqa: N818 - it is a reason, and never leaves this module
    """Why this machine cannot do a block."""


def inputs_of(task: Task) -> Inputs:
    """Return what holds for all blocks of a replay; kept by the thread until it is asked for another one."""
    wanted = (task.place, task.until, task.leaf_hash)
    if getattr(_kept, "wanted", None) != wanted:
        forget()
        ending = ExitStack()
        store = ending.enter_context(read_again(task.place))
        _kept.ending = ending
        until = time.monotonic() + task.wait_seconds
        while store.length() < task.until:  # a standby gets events a little later
            if time.monotonic() > until:
                raise _Unfit(BEHIND)
            time.sleep(_POLL_SECONDS)
        if store.leaf_hash_at(task.until - 1) != task.leaf_hash:
            raise _Unfit(FOREIGN)
        _kept.inputs, _kept.wanted = Inputs.at(store, task.until), wanted
    inputs: Inputs = _kept.inputs
    return inputs


def forget() -> None:
    """Let go of what a thread keeps of a replay."""
    _kept.wanted = None
    ending: ExitStack | None = getattr(_kept, "ending", None)
    if ending is not None:
        with suppress(Exception):  # its server may be gone
            ending.close()
    _kept.ending = None


def _made_by(inputs: Inputs, task: Task, block: range) -> Part:
    from projections.read_models.schema import create_tables  # noqa: PLC0415 - what only reads starts without SQLAlchemy

    sessions, events = inputs.sessions_read, inputs.events_read
    with temporary_folder() as own:
        file = own / "part.db"
        file.touch()
        with filled(file) as views, views.transaction():
            create_tables(views)
            fill(views, inputs, [block], task.names, lambda _: None)
            counts = (inputs.sessions_read - sessions, inputs.events_read - events)
            views.execute(_COUNTS)
            views.execute("INSERT INTO counts VALUES (?, ?)", counts)
        return Part(_published(file, Path(task.folder), block), *counts)


def _published(file: Path, folder: Path, block: range) -> str:
    """Copy a whole file to the shared storage, under a name that holds its SHA-256; return the name."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{block[0]}-{block[-1]}.{_sha256(file)}.db"
    aside = folder / f".{name}.{platform.node()}.{os.getpid()}.{secrets.token_hex(4)}"
    try:
        with file.open("rb") as source, aside.open("xb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
            target.flush()
            os.fsync(target.fileno())
        aside.replace(folder / name)
    finally:
        aside.unlink(missing_ok=True)
    return name


def _there(task: Task, block: range) -> Part | None:
    """Return the part of a block that somebody did already; None where there is none, or a broken one."""
    for file in Path(task.folder).glob(f"{block[0]}-{block[-1]}.*.db"):
        if is_whole(file):
            with closing(sqlite3.connect(_uri_of(file), uri=True)) as views:
                sessions, events = views.execute("SELECT sessions, events FROM counts").fetchone()
            return Part(file.name, sessions, events)
    return None


def _uri_of(file: Path) -> str:
    return uri_of(file.absolute(), "mode=ro&immutable=1")


def is_whole(file: Path) -> bool:
    """Return True if a part is there and holds what its name says."""
    try:
        return _sha256(file) == file.name.split(".")[1]
    except OSError:
        return False


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return file_digest(content, "sha256").hexdigest()


# --- asked for, and put together ----------------------------------------------------------------


def done(
    others: Others | None,
    work: Callable[[Task, range], Answer | str],
    task: Task,
    sessions: int,
    here: Callable[[range], Answer],
) -> Iterator[tuple[range, Answer]]:
    """Yield the blocks of so many sessions in order, with their answers, while later ones are at work.

    A block that failed is done `here`, and raises what is wrong. Raises also StoreBehind and WorkersDiffer.
    """
    for block, answer in in_order(others, partial(work, task), blocks(sessions), here):
        if isinstance(answer, str):
            refuse(answer, task.until)
        yield block, here(block) if isinstance(answer, str) else answer


def answered(others: Others | None, task: Task, store: LedgerStore) -> Iterator[Part]:
    """Yield the parts in order of sessions; one that nobody can see here is made here."""
    inputs: Inputs | None = None

    def here(block: range) -> Part:
        nonlocal inputs
        inputs = inputs or Inputs.at(store, task.until)
        return _made_by(inputs, task, block)._replace(here=others is not None and not others.helped)

    for block, found in done(others, part, task, store.sessions(), here):
        yield found if is_whole(Path(task.folder) / found.name) else here(block)


def refuse(reason: str, until: int = 0) -> None:
    """Raise what makes it useless to go on; a block that failed is done here."""
    kind, _, host = reason.partition(" ")
    if kind == BEHIND:
        raise StoreBehind(msg("what the workers read has fewer than {events} events", events=until))
    if kind == FOREIGN:
        raise WorkersDiffer(msg("what the workers read is another ledger"), hint=_STORE)
    if kind == OTHER:
        raise WorkersDiffer(msg("the worker on {host} has another version of the program", host=host))


def put_in_order(views: Views, inputs: Inputs, task: Task, found: Iterator[Part], progress: Progress) -> None:
    """Copy the rows of parts that come in order of sessions; the same parts give the same bytes.

    Nothing else may be under way in the transaction of `views`: each part has its own.
    """
    views.execute("COMMIT")
    for each in found:
        views.execute("ATTACH DATABASE ? AS part", (_uri_of(Path(task.folder) / each.name),))
        views.execute("BEGIN")
        for name in task.names:
            views.execute(f"INSERT INTO main.{name} SELECT * FROM part.{name}")
        views.execute("COMMIT")
        views.execute("DETACH DATABASE part")
        inputs.sessions_read += each.sessions
        inputs.events_read += each.events
        inputs.blocks_here += each.here
        progress(each.events)
    views.execute("BEGIN")


def remove(task: Task) -> None:
    """Remove the parts of a replay that is over, and those of earlier ones that were cut short."""
    own = Path(task.folder)
    for other in own.parent.iterdir():
        until = other.name.partition("-")[0]
        if other == own or (until.isdecimal() and int(until) < task.until):
            shutil.rmtree(other, ignore_errors=True)
