"""Work shared among processes comes back in order, whatever happens to them."""

from __future__ import annotations

import os

import pytest

from projections.engine.pool import Processes, in_order


def squared(number: int) -> int:
    return number * number


def its_process(_number: int) -> int:
    return os.getpid()


def lost(number: int) -> tuple[int, int]:
    """End the process that this runs in, unless it is the one that asked."""
    if os.getppid() == number:
        os._exit(9)
    return number, os.getpid()


def failing(number: int) -> int:
    if number == 1:
        raise ValueError("one")
    return number


@pytest.mark.parametrize("helped", [False, True])
def test_answers_come_in_order(*, helped: bool) -> None:
    with Processes(2, helped=helped) as others:
        found = list(in_order(others, squared, iter(range(9))))
    assert (
        found == [(number, number * number) for number in range(9)] == list(in_order(None, squared, range(9)))
    )


def test_a_few_processes_do_it_all() -> None:
    with Processes(2) as others:
        few = [pid for _, pid in in_order(others, its_process, range(5))]
    assert len({*few, os.getpid()}) == 3


def test_what_a_process_that_ended_did_not_do_is_done_here() -> None:
    with Processes(2) as others:
        found = list(in_order(others, lost, [os.getpid()] * 2))
    assert found == [(os.getpid(), (os.getpid(), os.getpid()))] * 2


def test_what_is_wrong_is_raised_here() -> None:
    with Processes(2) as others, pytest.raises(ValueError, match="one"):
        list(in_order(others, failing, range(3)))
