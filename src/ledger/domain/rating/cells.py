"""Started hours as strings of bytes.

What a started hour costs depends on its claim, on the office hour that it opens in, and on whether it opens
with that hour's first second. What these come to under every reading is a *cell*, one byte: those that cost
the same under all of them are one. The started hours of a session are a string of bytes then, and what a
string comes to is summed once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import gt, lt
from typing import NamedTuple, Self

from ledger.domain.rating.hours import HelpSpan
from ledger.domain.rating.inputs import CLAIMS, NEVER_S
from ledger.domain.rating.prices import Prices
from ledger.domain.tariff.calendar import HOUR_SECONDS
from ledger.domain.tariff.sections import Boundary
from ledger.domain.tariff.tariff import Tariff

BYTE = 256
Clocks = list[Sequence[HelpSpan]]


class BeyondTables(Exception):  # noqa: N818 - no error: such a session is rated without tables
    """A session touches years without a calendar."""


class Way(NamedTuple):
    """Which hours a reading starts, and where on their way they are priced."""

    from_request: bool
    apart: bool
    keeps: bool
    lookback: int
    boundary: Boundary


class Opened:
    """What clocks count, the hours that open by them, what is paid by table, and every cell touched."""

    __slots__ = ("clocks", "hours", "paid", "touched")

    def __init__(self, clocks: Clocks, hours: bytes, paid: tuple[int, ...]) -> None:
        self.clocks, self.hours, self.paid = clocks, hours, paid
        self.touched: set[int] = set()


def _in_order(opened: list[tuple[int, int]]) -> bytes:
    """The cells of hours in the order that they open."""
    opened.sort(key=lambda hour: hour[0])
    return bytes([cell for _, cell in opened])


class HourCells:
    """What every epoch hour of the listed years is, by claim: a cell, and what that comes to by table."""

    def __init__(self, tariff: Tariff, tables: Sequence[Prices]) -> None:
        assert tables[0].local_hours is not None  # noqa: S101 - as `of` has seen
        self._first, codes = tables[0].local_hours
        self.table_of = {prices: place for place, prices in enumerate(tables)}
        self.splits = [prices.has_first_seconds for prices in tables]
        self.band_ids = tariff.band_ids
        found: dict[tuple[object, ...], int] = {}
        by_code: list[list[int]] = []
        for by in ([prices.by_code for prices in tables], [prices.first_by_code for prices in tables]):
            for claim in CLAIMS:
                hours = zip(*(each[claim] for each in by), strict=True)
                costs = ((hour[0].band, *(price.net_grosze for price in hour)) for hour in hours)
                by_code.append([found.setdefault(each, len(found)) for each in costs])
        kinds: dict[tuple[int, ...], int] = {}
        alike = [kinds.setdefault(each, len(kinds)) for each in zip(*by_code, strict=True)]
        self.are_bytes = max(len(found), len(kinds)) <= BYTE
        self._bands, *nets = zip(*found, strict=True)
        self._nets: list[tuple[int, ...]] = nets
        self._hours = bytes(map([each % BYTE for each in alike].__getitem__, codes))
        cells = [
            bytes([cell % BYTE for cell in each])[:BYTE].ljust(BYTE) for each in zip(*kinds, strict=True)
        ]
        self._within, self._at_once = cells[: len(CLAIMS)], cells[len(CLAIMS) :]

    @classmethod
    def of(cls, tariff: Tariff, tables: Sequence[Prices]) -> Self | None:
        """None where a price changes within an epoch hour, or a cell is no byte."""
        if any(prices.local_hours is None for prices in tables):
            return None
        cells = cls(tariff, tables)
        return cells if cells.are_bytes else None

    def alike(self, first_hour: int, until_hour: int) -> bytes:
        """Return a byte for each epoch hour of a range, the same for the same prices; raises BeyondTables."""
        if first_hour < self._first or until_hour - self._first > len(self._hours):
            raise BeyondTables
        return self._hours[first_hour - self._first : until_hour - self._first]

    def sums(self, hours: bytes) -> tuple[int, ...]:
        """The net of started hours by table of prices."""
        return tuple(sum(map(nets.__getitem__, hours)) for nets in self._nets)

    def by_band(self, hours: bytes) -> tuple[int, ...]:
        """Count started hours by band."""
        bands = [self._bands[cell] for cell in hours]
        return tuple(map(bands.count, self.band_ids))

    # --- which hours are started ----------------------------------------------------------------

    def hours(self, clocks: Clocks, *, keeps: bool) -> bytes:
        """The cells of the hours that clocks start, in the order they open; raises BeyondTables."""
        if len(clocks) == 1:
            return b"".join([part for _, part in self._by_opening(clocks[0], keeps=keeps)])
        parts = [part for spans in clocks for part in self._by_opening(spans, keeps=keeps)]
        if all(len(part) == 1 for _, part in parts):
            parts.sort()
            return b"".join([part for _, part in parts])
        return _in_order(
            [(start + n * HOUR_SECONDS, cell) for start, part in parts for n, cell in enumerate(part)]
        )

    def otherwise(self, found: Opened, way: Way, table: int) -> bytes:
        """The same priced by all that an hour touches."""
        if way.boundary == "per_band":
            if len(found.touched) == 1 and not self.splits[table]:
                seconds = [sum([span[1] - span[0] for span in spans]) for spans in found.clocks]
                return bytes(found.touched) * sum([-(-each // HOUR_SECONDS) for each in seconds])
            return _in_order([hour for spans in found.clocks for hour in self._by_price(spans, table)])
        nets = self._nets[table]
        if not self.splits[table] and len({nets[cell] for cell in found.touched}) == 1:
            return found.hours
        return _in_order([hour for spans in found.clocks for hour in self._by_touch(spans, way, table)])

    def touched(self, clocks: Clocks) -> set[int]:
        """Every cell that counted time touches, under whatever claim is made within the session."""
        spans = [span for clock in clocks for span in clock]
        touched: set[int] = set()
        for claim in {span[2] for span in spans}:
            cells = self._within[claim]
            for start, end, _, _ in spans:
                hours = self.alike(start // HOUR_SECONDS, (end - 1) // HOUR_SECONDS + 1)
                touched.update(hours.translate(cells))
        return touched

    def _by_opening(self, spans: Sequence[HelpSpan], *, keeps: bool) -> list[tuple[int, bytes]]:
        """The first opening of every run of started hours, and their cells."""
        runs: list[tuple[int, bytes]] = []
        covered, place = NEVER_S, 0
        for span_start, end, claim, at in spans:
            if at != place and not keeps:
                covered = span_start
            place = at
            start = max(span_start, covered)
            if start < end:
                count = -((start - end) // HOUR_SECONDS)
                hour, into = divmod(start, HOUR_SECONDS)
                cells = self._within if into else self._at_once
                runs.append((start, self.alike(hour, hour + count).translate(cells[claim])))
                covered = start + count * HOUR_SECONDS
        return runs

    def _by_touch(self, spans: Sequence[HelpSpan], way: Way, table: int) -> list[tuple[int, int]]:
        """The opening of each hour, and the cheapest or dearest cell that its connected seconds touch."""
        opened: list[tuple[int, int]] = []
        nets, better = self._nets[table], lt if way.boundary == "cheapest" else gt
        covered, place, claimed = NEVER_S, 0, 0
        for span_start, end, claim, at in spans:
            if at != place and not way.keeps:
                covered = span_start
            place, start = at, span_start
            while start < end:
                is_opening = start >= covered
                if is_opening:
                    covered, claimed = start + HOUR_SECONDS, claim
                stop, cell = self._run(start, min(end, covered), claimed, table)
                if is_opening:
                    opened.append((start, cell))
                elif better(nets[cell], nets[opened[-1][1]]):
                    opened[-1] = opened[-1][0], cell
                start = stop
        return opened

    def _by_price(self, spans: Sequence[HelpSpan], table: int) -> Iterator[tuple[int, int]]:
        """The hours that the seconds of each price come to: where each opens, and its cell."""
        nets, room_of = self._nets[table], dict[int, int]()
        for span_start, end, claim, _ in spans:
            start = span_start
            while start < end:
                stop, cell = self._run(start, end, claim, table)
                room = room_of.get(nets[cell], 0)
                while room < stop - start:
                    yield start + room, cell
                    room += HOUR_SECONDS
                room_of[nets[cell]] = room - (stop - start)
                start = stop

    def _run(self, start: int, end: int, claim: int, table: int) -> tuple[int, int]:
        """Until when one cell holds, and the cell."""
        hour, into = divmod(start, HOUR_SECONDS)
        is_first = self.splits[table] and not into
        (kind,) = self.alike(hour, hour + 1)
        cell = (self._at_once if is_first else self._within)[claim][kind]
        return min(end, start + 1 if is_first else (hour + 1) * HOUR_SECONDS), cell
