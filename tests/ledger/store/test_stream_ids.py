from __future__ import annotations

from collections.abc import Callable, Iterator
from threading import Thread
from uuid import RFC_4122, UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.store.stream_ids import StreamIds


def fixed(*values: int) -> Callable[[], int]:
    moments: Iterator[int] = iter(values)
    return lambda: next(moments)


def test_the_bits_stand_where_the_standard_puts_them() -> None:
    """RFC 9562, appendix A.6."""
    random = 0xCC3 << 62 | 0x18C4DC0C0C07398F
    ids = StreamIds(lambda: 0x017F22E279B0 * 1000, lambda n: random.to_bytes(n, "big"))
    assert ids.new() == UUID("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")


@settings(deadline=None)
@given(
    moments=st.lists(st.integers(0, 2**47 * 1000), min_size=1, max_size=50),
    noise=st.binary(min_size=10, max_size=10),
)
def test_ids_grow_whatever_the_clock_does(moments: list[int], noise: bytes) -> None:
    ids = StreamIds(fixed(*moments), lambda _: noise)
    made = [ids.new() for _ in moments]
    assert made == sorted(set(made))
    assert all(one.version == 7 and one.variant == RFC_4122 for one in made)


def test_a_full_millisecond_runs_over_into_the_next() -> None:
    """Given random bits that are all set, the id after them has the next millisecond."""
    ids = StreamIds(lambda: 5000, lambda n: b"\xff" * n)
    first, second = ids.new(), ids.new()
    assert (first.int >> 80, second.int >> 80) == (5, 6)
    assert first < second


def test_the_clock_going_back_does_not_take_the_ids_back() -> None:
    ids = StreamIds(fixed(9000, 2000, 10_000), bytes)
    assert [one.int >> 80 for one in (ids.new(), ids.new(), ids.new())] == [9, 9, 10]


def test_threads_never_get_the_same_id() -> None:
    ids, made = StreamIds(lambda: 1, bytes), list[UUID]()
    threads = [Thread(target=lambda: made.extend(ids.new() for _ in range(500))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 2000
