"""A replay in blocks by any executor: the same bytes whoever does them, and no word of a person travels."""

from __future__ import annotations

import pickle
import sqlite3
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Timer
from typing import Any, NamedTuple

import pytest

from ledger.application.backends import read_again
from ledger.errors import StoreBehind, WorkersDiffer
from ledger.folder.workers import Workers
from projections.engine import blocks, compare, parts
from projections.engine.parts import Part, Task, answered, part, put_in_order, remove, task_of
from projections.engine.replay import no_progress
from projections.engine.writer import NAMES
from projections.inputs.state import Inputs
from projections.read_models.schema import create_tables
from projections.views import filled, opened
from tests.acceptance.report.test_replay import live, rows
from tests.support.office import Office, sqlite_only
from tests.support.shop import eventful_month

pytestmark = sqlite_only


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The eventful month, in many small blocks."""
    monkeypatch.setattr(blocks, "SESSIONS_IN_A_BLOCK", 4)
    return eventful_month(tmp_path / "ledger")


@pytest.fixture
def executor() -> Iterator[ThreadPoolExecutor]:
    """One thread that does blocks."""
    with ThreadPoolExecutor(1) as made:
        yield made
        made.submit(parts.forget).result()


def task(office: Office) -> Task:
    """All of a ledger, with its parts beside it."""
    with read_again(str(office.folder / "events.db")) as store:
        workers = Workers("tcp://127.0.0.1:1", office.folder.parent / "parts", wait_seconds=1)
        return task_of(workers, store, store.length(), NAMES)


def one_of(answers: Iterator[Any]) -> Callable[[object], Any]:
    """What comes instead of each answer."""
    return lambda _answer: next(answers)


def nothing(_answer: object) -> None:
    """What is left of an answer that was lost."""


class Asked(NamedTuple):
    """Others, as a thread that does blocks; answers may be lost on the way."""

    executor: ThreadPoolExecutor
    lost: Callable[[Any], Any] = lambda answer: answer
    at_a_time: int = 99
    helped: bool = False

    def submit(self, work: Callable[..., Any], /, *given: Any, **more: Any) -> Future[Any]:  # noqa: ANN401 - as the library's
        return self.executor.submit(work, *given, **more)

    def answer_of(self, future: Future[Any]) -> Any:  # noqa: ANN401 - any of them
        return self.lost(future.result())


def put_together(office: Office, others: Asked) -> bytes:
    """The file of a replay."""
    file = office.folder.parent / "put-together.db"
    file.unlink(missing_ok=True)
    file.touch()
    whole = task(office)
    with read_again(whole.place) as store, filled(file) as views, views.transaction():
        create_tables(views)
        found = answered(others, whole, store)
        put_in_order(views, Inputs.at(store, whole.until), whole, found, no_progress)
    return file.read_bytes()


def files(office: Office) -> dict[Path, int]:
    """The parts that are there, and when they were written."""
    return {each: each.stat().st_mtime_ns for each in (office.folder.parent / "parts").rglob("*.db")}


def test_blocks_that_were_given_up_are_done_here_with_the_same_bytes(
    shop: Office, executor: ThreadPoolExecutor
) -> None:
    """Given up, failed, or answered by a machine whose part nobody sees: nothing in the file tells."""
    by_others = put_together(shop, Asked(executor))
    shop.does("replay")
    with closing(sqlite3.connect(shop.folder.parent / "put-together.db")) as views:
        for name in NAMES:
            assert views.execute(f"SELECT * FROM {name} ORDER BY number").fetchall() == rows(live(shop), name)
    remove(task(shop))
    assert put_together(shop, Asked(executor, nothing)) == by_others
    answers = iter([None, parts.FAILED, Part("1-4.nowhere.db", 4, 4)] * 9)
    assert put_together(shop, Asked(executor, one_of(answers))) == by_others


def test_a_second_run_goes_on_from_the_parts_that_are_whole(
    shop: Office, executor: ThreadPoolExecutor
) -> None:
    first = put_together(shop, Asked(executor))
    before = files(shop)
    broken, *whole = sorted(before)
    broken.write_bytes(b"x" + broken.read_bytes()[1:])
    time.sleep(0.01)
    assert put_together(shop, Asked(executor)) == first
    after = files(shop)
    assert {each for each in whole if after[each] != before[each]} == set()
    assert after[broken] != before[broken]
    remove(task(shop))
    assert files(shop) == {}


def test_no_word_of_a_person_travels(shop: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of names, references and reasons there is none in what is sent, and none in what comes back."""
    carried: list[bytes] = []

    class Carrier(ThreadPoolExecutor):
        def submit(self, work: Any, /, *words: Any, **more: Any) -> Future[Any]:  # noqa: ANN401 - as the base
            carried.append(pickle.dumps((work, words, more)))
            done = super().submit(work, *words, **more)
            done.add_done_callback(lambda each: carried.append(pickle.dumps(each.result())))
            return done

    shop.does("customer", "add", "K-kanarek", "--name", "Kanarek Żółty")
    shop.does("session", "request", "--customer", "K-kanarek", "--issue", "other", "--ref", "kanarek/1")
    with Carrier(1) as carrier:
        put_together(shop, Asked(carrier))
        monkeypatch.undo()
        carrier.submit(parts.forget).result()
    said = b"".join(carried).lower()
    assert len(carried) > 20
    assert max(map(len, carried)) < 1_000
    for canary in ("kanarek", "żółty", "k-001", "a-14", "anna"):
        assert canary.encode() not in said


def test_a_log_that_is_behind_is_waited_for(shop: Office, executor: ThreadPoolExecutor) -> None:
    """Then refused; what the workers read is a standby that gets events later."""
    ahead = task(shop)._replace(until=task(shop).until + 1)
    began = time.monotonic()
    assert executor.submit(part, ahead, range(1, 5)).result() == parts.BEHIND
    assert time.monotonic() - began >= 1
    with pytest.raises(StoreBehind, match="what the workers read has fewer than"):
        parts.refuse(parts.BEHIND, ahead.until)
    coming = Timer(0.3, shop.does, ["session", "request", "--customer", "K-001", "--issue", "other"])
    coming.start()
    with read_again(ahead.place) as store:
        while store.length() < ahead.until:
            time.sleep(0.05)
        patient = ahead._replace(leaf_hash=store.leaf_hash_at(ahead.until - 1), wait_seconds=20)
    coming.join()
    assert isinstance(executor.submit(part, patient, range(1, 5)).result(), Part)


def test_another_log_and_another_program_are_told(shop: Office, executor: ThreadPoolExecutor) -> None:
    whole = task(shop)
    assert executor.submit(part, whole._replace(leaf_hash=bytes(32)), range(1, 5)).result() == parts.FOREIGN
    told = part(whole._replace(program=("0.0.1", 1)), range(1, 5))
    assert isinstance(told, str)
    for reason, said in ((parts.FOREIGN, "is another ledger"), (told, "has another version of the program")):
        with pytest.raises(WorkersDiffer, match=said):
            parts.refuse(reason)
    assert files(shop) == {}


def test_there_are_never_more_blocks_than_a_scheduler_bears() -> None:
    for last in (0, 1, 4_999, 5_000, 5_001, 20_480_000, 100_000_000):
        every = blocks.blocks(last)
        assert len(every) <= blocks.BLOCKS_MAX
        assert sum(map(len, every)) == last
        assert [each.start for each in every] == [1, *(each.stop for each in every)][: len(every)]


def test_hashes_of_rows_are_those_of_the_live_ones(shop: Office, executor: ThreadPoolExecutor) -> None:
    """Of every block, so that a row is looked at here only where it differs."""
    shop.does("replay")
    whole = task(shop)
    with opened(live(shop)) as views:
        for block in blocks.blocks(46):
            made = executor.submit(compare.digests, whole, block).result()
            assert isinstance(made, compare.BlockCompared)
            assert made.hashes == compare.hashes_of(views, block)
        views.execute("UPDATE billing SET net_grosze = net_grosze + 1 WHERE number = 2")
        first = blocks.blocks(46)[0]
        again = executor.submit(compare.digests, whole, first).result()
        assert not isinstance(again, str)
        assert [
            one == two for one, two in zip(again.hashes, compare.hashes_of(views, first), strict=True)
        ] == [name != "billing" for name in NAMES]
