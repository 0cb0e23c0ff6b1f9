"""Started hours as strings of bytes.

What a started hour costs depends on its claim, on the office hour that it opens in, and on whether it opens
with that hour's first second. What these come to under every reading is a *cell*, one byte: those that cost
the same under all of them are one. The started hours of a session are a string of bytes then, and what a
string comes to is summed once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Self

from ledger.domain.rating.inputs import CLAIMS, NEVER_S
from ledger.domain.rating.prices import Prices
from ledger.domain.tariff.calendar import HOUR_SECONDS
from ledger.domain.tariff.sections import Boundary
from ledger.domain.tariff.tariff import Tariff

BYTE = 256
Span = tuple[int, int, int, int]
"""A `HelpSpan`: connected help from when until when, its claim, and how many changes of claim came before."""
Clocks = Sequence[Sequence[Span]]
_Opened = list[tuple[int, int]]
"""When hours open, and their cells."""


class BeyondTables(Exception):  # noqa: N818 - no error: such a session is rated without tables
    """A session touches years without a calendar."""


class HourCells:
    """What every epoch hour of the listed years is, by claim: a cell, and what that comes to by table."""

    def __init__(self, tariff: Tariff, tables: Sequence[Prices]) -> None:
        assert tables[0].local_hours is not None  # noqa: S101 - as `of` has seen
        self._first, codes = tables[0].local_hours
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
        self.nets: list[tuple[int, ...]] = nets
        # Readings that change no price have one table.
        places: dict[object, int] = {}
        self.table_of = {
            prices: places.setdefault((costs, splits), place)
            for place, (prices, costs, splits) in enumerate(zip(tables, nets, self.splits, strict=True))
        }
        self._alike = bytes(map([each % BYTE for each in alike].__getitem__, codes))
        cells = [
            bytes([cell % BYTE for cell in each])[:BYTE].ljust(BYTE) for each in zip(*kinds, strict=True)
        ]
        # By claim, the cell of every listed hour: within it, and at its first second.
        self._within = [self._alike.translate(each) for each in cells[: len(CLAIMS)]]
        self._at_once = [self._alike.translate(each) for each in cells[len(CLAIMS) :]]

    @classmethod
    def of(cls, tariff: Tariff, tables: Sequence[Prices]) -> Self | None:
        """None where a price changes within an epoch hour, or a cell is no byte."""
        if any(prices.local_hours is None for prices in tables):
            return None
        cells = cls(tariff, tables)
        return cells if cells.are_bytes else None

    def alike(self, first_hour: int, until_hour: int) -> bytes:
        """Return a byte for each epoch hour of a range, the same for the same prices; raises BeyondTables."""
        return self._cut(self._alike, first_hour - self._first, until_hour - first_hour)

    @staticmethod
    def _cut(hours: bytes, place: int, count: int) -> bytes:
        found = hours[place : place + count] if place >= 0 else b""
        if len(found) < count:
            raise BeyondTables
        return found

    def by_band(self, hours: bytes) -> tuple[int, ...]:
        """Count started hours by band."""
        bands = [self._bands[cell] for cell in hours]
        return tuple([bands.count(band) for band in self.band_ids])

    # --- which hours are started, and what they cost as they open --------------------------------

    def hours(self, clocks: Clocks, *, keeps: bool, in_order: bool = False) -> bytes:
        """The cells of the hours that clocks start, of each clock in the order they open, or of all of them.

        Raises BeyondTables.
        """
        runs: list[tuple[int, bytes]] = []
        for spans in clocks:
            covered, place = NEVER_S, 0
            for span_start, end, claim, at in spans:
                if at != place:
                    place = at
                    if not keeps:
                        covered = span_start
                start = max(covered, span_start)
                if start < end:
                    count = -((start - end) // HOUR_SECONDS)
                    cells = self._within if start % HOUR_SECONDS else self._at_once
                    runs.append((start, self._cut(cells[claim], start // HOUR_SECONDS - self._first, count)))
                    covered = start + count * HOUR_SECONDS
        if in_order and len(clocks) > 1:
            return _in_order(
                (start + n * HOUR_SECONDS, c) for start, part in runs for n, c in enumerate(part)
            )
        return runs[0][1] if len(runs) == 1 else b"".join([part for _, part in runs])

    # --- what they cost by all that they touch ---------------------------------------------------

    def around(self, clocks: Clocks) -> set[int]:
        """Every cell from the first counted second to the last, of each claim; raises BeyondTables."""
        spans = [span for clock in clocks for span in clock]
        first = min([span[0] for span in spans]) // HOUR_SECONDS
        count = (max([span[1] for span in spans]) - 1) // HOUR_SECONDS - first + 1
        around: set[int] = set()
        for claim in {span[2] for span in spans}:
            around.update(self._cut(self._within[claim], first - self._first, count))
        return around

    def by_touch(self, clocks: Clocks, table: int, *, keeps: bool) -> dict[Boundary, bytes]:
        """The cells of the hours started where edges of prices count, in the order they open.

        Time within the listed years, as `around` has seen.
        """
        found: dict[Boundary, _Opened] = {"cheapest": [], "dearest": [], "per_band": []}
        for spans in clocks:
            self._touch(spans, table, keeps=keeps, found=found)
        return {boundary: _in_order(opened) for boundary, opened in found.items()}

    def _touch(
        self, spans: Sequence[Span], table: int, *, keeps: bool, found: dict[Boundary, _Opened]
    ) -> None:
        """Go through the counted time of one clock, from one change of price, or opening, to the next."""
        least, most, by_price = found.values()
        nets, splits, room_of = self.nets[table], self.splits[table], dict[int, int]()
        covered, place, claimed = NEVER_S, 0, 0
        for span_start, end, claim, at in spans:
            if at != place and not keeps:
                covered = span_start
            place, start = at, span_start
            while start < end:
                is_opening = start >= covered
                if is_opening:
                    covered, claimed = start + HOUR_SECONDS, claim
                hour, into = divmod(start, HOUR_SECONDS)
                is_first = splits and not into
                stop = start + 1 if is_first else min(end, covered, (hour + 1) * HOUR_SECONDS)
                cells = self._at_once if is_first else self._within
                cell = cells[claimed][hour - self._first]
                if is_opening:
                    least.append((start, cell))
                    most.append((start, cell))
                elif nets[cell] < nets[least[-1][1]]:
                    least[-1] = least[-1][0], cell
                elif nets[cell] > nets[most[-1][1]]:
                    most[-1] = most[-1][0], cell
                cell = cells[claim][hour - self._first]
                room = room_of.get(nets[cell], 0)
                while room < stop - start:
                    by_price.append((start + room, cell))
                    room += HOUR_SECONDS
                room_of[nets[cell]] = room - (stop - start)
                start = stop


def _in_order(opened: Iterable[tuple[int, int]]) -> bytes:
    """The cells of hours in the order that they open."""
    return bytes([cell for _, cell in sorted(opened, key=lambda hour: hour[0])])
