"""The shop's tariff, and sessions to rate by it: short ways to say them, and hypothesis strategies."""

from __future__ import annotations

from datetime import datetime
from functools import cache
from importlib.resources import files

from hypothesis import settings
from hypothesis import strategies as st

from ledger.domain.clock import epoch_seconds, parse_instant
from ledger.domain.rating.rate import Issue, Kind, Purchase, SessionFacts, Waiver
from ledger.domain.tariff.calendar import publishable
from ledger.domain.tariff.tariff import Tariff, parse_tariff

# The first sight of a tariff makes its tables, and the oracle takes every second: examples differ in time.
untimed = settings(deadline=None)
DAY = 86_400
MONDAY = "2026-11-16"
LONG_AGO_S = epoch_seconds(parse_instant("2015-01-01"))


def shop_file() -> str:
    """The tariff as it is shipped, without public holidays."""
    return (files("ledger") / "data" / "tariff.toml").read_text(encoding="utf-8")


@cache
def shop_text() -> str:
    """The tariff as it is published."""
    return publishable(shop_file())


@cache
def shop() -> Tariff:
    return parse_tariff(shop_text())


def tariff_with(old: str, new: str) -> Tariff:
    """The shop's tariff with one text in place of another."""
    assert old in shop_text()
    return parse_tariff(shop_text().replace(old, new))


def at(text: str) -> int:
    """The epoch second of an office time."""
    return epoch_seconds(parse_instant(text))


def session(
    *intervals: str,
    day: str = MONDAY,
    issue: Issue = "other",
    is_customer: bool = False,
    requested: str | None = None,
    kinds: tuple[Kind, ...] = (),
    waiver: Waiver | None = None,
) -> SessionFacts:
    """A session of connections like "10:00-10:20"; a customer bought order A long ago."""
    connections = tuple(
        (at(f"{day} {start}"), at(f"{day} {end}")) for start, end in (i.split("-") for i in intervals)
    )
    first = min((start for start, _ in connections), default=at(f"{day} 00:00"))
    return SessionFacts(
        requested_s=at(f"{day} {requested}") if requested else first,
        connections=connections,
        kinds=kinds or (Kind(first, issue, "A" if issue == "hardware" else None),),
        purchases=(Purchase("A", LONG_AGO_S, None),) if is_customer else (),
        waiver=waiver,
    )


# Times around which something changes: bands, days, public holidays, years, the clock itself.
ANCHORS = tuple(
    epoch_seconds(datetime.fromisoformat(text))
    for text in (
        "2026-11-16T10:00:00+01:00",
        "2026-11-16T18:00:00+01:00",
        "2026-11-16T22:00:00+01:00",
        "2026-11-17T06:00:00+01:00",
        "2026-11-20T18:00:00+01:00",
        "2026-11-21T10:00:00+01:00",
        "2026-11-23T06:00:00+01:00",
        "2026-11-11T10:00:00+01:00",
        "2026-11-11T18:00:00+01:00",
        "2024-12-24T10:00:00+01:00",
        "2025-12-24T10:00:00+01:00",
        "2026-06-04T18:00:00+02:00",
        "2026-03-29T02:00:00+01:00",
        "2026-03-29T06:00:00+02:00",
        "2026-10-25T02:00:00+02:00",
        "2026-10-25T06:00:00+01:00",
        "2027-01-01T00:00:00+01:00",
    )
)
LENGTHS = (0, 1, 60, 1799, 1800, 3599, 3600, 3601, 5400, 7200, 7201)


# Strategies stand here once: to make one for every draw takes longer than to rate what is drawn.
_STARTS = st.sampled_from((-3600, -1800, -1, 0, 1)) | st.integers(-7200, 7200)
_LENGTHS = st.sampled_from(LENGTHS) | st.integers(1, 9000)
_LATER_LENGTHS = st.sampled_from(LENGTHS) | st.integers(1, 4000)
_CHANGED_AFTER = st.sampled_from((0, 1, 1800, 3600)) | st.integers(0, 7200)
_ASKED_BEFORE = st.sampled_from((-60, 0, 1, 900)) | st.integers(0, 5000)
_ISSUES: st.SearchStrategy[tuple[Issue, str | None]] = st.tuples(
    st.sampled_from(("hardware", "other", "test")), st.sampled_from((None, "A", "B"))
)
_PURCHASES = st.lists(
    st.tuples(
        st.sampled_from(("A", "B")),
        st.sampled_from((-1, 0, 1, 730 * DAY, 730 * DAY + 1)) | st.integers(-DAY, 1100 * DAY),
        st.none() | st.sampled_from((0, 1)) | st.integers(-50 * DAY, DAY),
    ),
    max_size=2,
)
"""Order, seconds before the start, return after it: of three years, of the very second, bought afterwards."""


def _waivers() -> st.SearchStrategy[Waiver]:
    """Each of the four kinds, as the command admits them; every field is said, or it would be made up."""
    percents = st.integers(0, 100).map(lambda percent: Waiver(percent, None))
    hours = st.integers(0, 4).map(lambda hours: Waiver(None, hours))
    halves = st.integers(1, 200).map(lambda halves: Waiver(None, None, half_percents=halves))
    amounts = st.integers(1, 200_000).map(lambda grosze: Waiver(None, None, amount_grosze=grosze))
    return percents | hours | halves | amounts


_WAIVERS = st.none() | _waivers()


@st.composite
def sessions(draw: st.DrawFn) -> SessionFacts:
    """Sessions of up to three connections and three kinds, near an anchor, most of them ordinary."""
    start = draw(st.sampled_from(ANCHORS)) + draw(_STARTS)
    connections = [(start, start + draw(_LENGTHS))]
    while len(connections) < 3 and draw(st.integers(0, 3)) == 0:
        again = connections[-1][1] + draw(st.integers(-1200, 4000))
        connections.append((again, again + draw(_LATER_LENGTHS)))
    bought = draw(_PURCHASES)
    kinds = [Kind(start, *draw(_ISSUES))]
    while len(kinds) < 3 and draw(st.integers(0, 2)) == 0:
        kinds.append(Kind(start + draw(_CHANGED_AFTER), *draw(_ISSUES)))
    return SessionFacts(
        requested_s=start - draw(_ASKED_BEFORE),
        connections=tuple(draw(st.permutations(connections))),
        kinds=tuple(kinds),
        purchases=tuple(
            Purchase(order, start - age, None if returned is None else start + returned)
            for order, age, returned in bought
        ),
        waiver=draw(_WAIVERS),
    )


READINGS: dict[str, tuple[str, ...]] = {
    "boundary": ("cheapest", "dearest", "per_band"),
    "reconnect": ("per_connection",),
    "clock.start": ("requested",),
    "reclassify.in_open_hour": ("new_window",),
    "customer.lookback_days": ("730", "1"),
    "holidays.bands": ("none",),
    "holidays.free_window": ("PL",),
    "hardware_out_of_office": ("0", "25", "100"),
    "bands.night.until": ("10:00", "05:30", "00:00", "06:07"),
    "bands.office.from": ("11:00", "10:30"),
    "bands.office.until": ("17:59", "20:00"),
    "bands.office.days": ("mon-sun", "mon-sat"),
    "bands.night.multiplier": ("3", "1"),
    "base_price": ("33.33", "0.03"),
    "unit.seconds": ("1800", "900"),
}


def changes() -> st.SearchStrategy[dict[str, str]]:
    """Other readings of the shop's tariff, up to three keys at once."""
    return st.frozensets(st.sampled_from(sorted(READINGS)), max_size=3).flatmap(_changes_of)


@cache
def _changes_of(keys: frozenset[str]) -> st.SearchStrategy[dict[str, str]]:
    return st.fixed_dictionaries({key: st.sampled_from(READINGS[key]) for key in sorted(keys)})
