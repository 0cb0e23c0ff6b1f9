"""Work shared among processes comes back in order, whatever happens to them."""

from __future__ import annotations

import os

import pytest

from projections.engine.pool import made_apart


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


@pytest.mark.parametrize("afresh", [False, True])
def test_answers_come_in_order(*, afresh: bool) -> None:
    found = list(made_apart(squared, iter(range(5)), processes=1 if afresh else 2, afresh=afresh))
    assert found == [(number, number * number) for number in range(5)]


def test_afresh_is_a_process_each_and_else_a_few_do_it_all() -> None:
    own = [pid for _, pid in made_apart(its_process, range(3), afresh=True)]
    few = [pid for _, pid in made_apart(its_process, range(5), processes=2)]
    assert len({*own, os.getpid()}) == 4
    assert len({*few, os.getpid()}) == 3


def test_what_a_process_that_ended_did_not_do_is_done_here() -> None:
    found = list(made_apart(lost, [os.getpid()] * 2, processes=2))
    assert found == [(os.getpid(), (os.getpid(), os.getpid()))] * 2


def test_what_is_wrong_is_raised_here() -> None:
    with pytest.raises(ValueError, match="one"):
        list(made_apart(failing, range(3), processes=2))
