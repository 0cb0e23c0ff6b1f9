"""Commands on the ledger itself: its price lists and its settings."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from importlib.resources import files
from uuid import UUID

from ledger.application.ledger import Ledger, Metadata, Receipt
from ledger.domain import events as e
from ledger.domain.clock import SaidInstant, office_midnight, office_time
from ledger.domain.ledger_state import LEDGER_STREAM, ListedTariff
from ledger.domain.numbering import parse_pattern
from ledger.domain.reasons import split_reason
from ledger.domain.tariff.calendar import publishable
from ledger.domain.tariff.sections import BandName
from ledger.domain.tariff.tariff import digest, parse_tariff
from ledger.errors import BadTariffChange, BandNamed, NothingToCorrect, NumberTaken, Retroactive, TariffFaults
from ledger.message import Hint, msg, step
from ledger.store.mapper import read_fact


def shop_tariff_text() -> str:
    """Return the price list shipped with the program, with its holidays: the same bytes on every machine."""
    return publishable((files("ledger") / "data" / "tariff.toml").read_text(encoding="utf-8"))


def publish(
    ledger: Ledger, metadata: Metadata, text: str, *, retroactive: bool = False, reason: str | None = None
) -> Receipt:
    """Publish a price list, in force from its valid_from; raises TariffFaults for the findings of `lint`.

    One that begins before the last recorded connection needs `retroactive` and a reason: sessions
    recorded already keep the list they were connected under; only what is recorded later gets this one.
    """
    published_text = publishable(text)
    listed = parse_tariff(published_text)
    code, personal_data = split_reason(reason) if reason is not None else ("price-change", None)
    metadata = metadata.of_command("tariff publish", {"digest": digest(published_text), "reason": code})
    if repeat := ledger.repeat_of(metadata, personal_data):
        return repeat
    _require_sound(text)
    state = ledger.state
    if any(known.digest == digest(published_text) for known in state.tariffs):
        hint = Hint(step("tariff list"), " shows what was published")
        raise NothingToCorrect(msg("this very price list is published already"), hint=hint)
    last = last_connected_at(ledger)
    begins = office_midnight(listed.valid_from)
    late = last is not None and begins <= last
    if last is not None and late and not (retroactive and reason):
        raise Retroactive(
            msg(
                "the list begins on {valid_from}, before the last connection, {last}",
                valid_from=listed.valid_from,
                last=SaidInstant(last),
            )
        )
    event = e.TariffPublished(
        **metadata.header(ledger.now()),
        tariff=listed.id,
        digest=digest(published_text),
        valid_from=listed.valid_from,
        text=published_text,
        retroactive=late,
        reason=code,
    )
    receipt = ledger.record(e.following(LEDGER_STREAM, state.version, event), personal_data)
    ledger.reread_state()
    return receipt


def name_bands(
    ledger: Ledger, metadata: Metadata, listed: ListedTariff, names: Mapping[str, BandName]
) -> Receipt:
    """Name bands that a published price list left without; raises BandNamed, BadTariffChange."""
    told = {band: [name.pl, name.en] for band, name in sorted(names.items())}
    metadata = metadata.of_command("tariff name", {"digest": listed.digest, "names": json.dumps(told)})
    if repeat := ledger.repeat_of(metadata):
        return repeat
    tariff = ledger.tariff(listed.digest)
    later = ledger.state.band_names.get(listed.digest, {})
    for band in names:
        if band not in tariff.bands:
            bands = ", ".join(tariff.bands)
            raise BadTariffChange(
                msg("{tariff} has no band {band}", tariff=listed.tariff, band=band),
                hint=Hint(msg("it has {bands}", bands=bands)),
            )
        known = tariff.bands[band].name or later.get(band)
        if known is not None:
            raise BandNamed(
                msg(
                    "the band {band} of {tariff} is named already: {name}",
                    band=band,
                    tariff=listed.tariff,
                    name=known.pl,
                )
            )
    event = e.BandsNamed(
        **metadata.header(ledger.now()),
        tariff=listed.tariff,
        digest=listed.digest,
        names=tuple(e.BandNaming(band, name.pl, name.en) for band, name in names.items()),
    )
    receipt = ledger.record(e.following(LEDGER_STREAM, ledger.state.version, event))
    ledger.reread_state()
    return receipt


def _require_sound(text: str) -> None:
    from ledger.domain.rating.tariff_lint import lint  # noqa: PLC0415 - only publishing prices every minute of a week

    if problems := lint(text):
        raise TariffFaults(
            msg(
                "the price list has faults: {count}; the first: {problems}",
                count=len(problems),
                problems=problems[0],
            )
        )


def last_connected_at(ledger: Ledger) -> datetime | None:
    """Return the latest beginning of a recorded connection; reads the whole log."""
    moments = (
        read_fact(row[3], row[5], UUID(bytes=row[1]), row[2]).at
        for rows in ledger.store.pages(0)
        for row in rows
        if row[3] == e.Connected.TOPIC
    )
    return max(moments, default=None)


def change_settings(ledger: Ledger, metadata: Metadata, changes: Mapping[str, int | str]) -> Receipt | None:
    """Change settings that are events, all at once; None when each has its value already."""
    metadata = metadata.of_command("config set", changes)
    if repeat := ledger.repeat_of(metadata):
        return repeat
    _require_fresh_series(ledger, changes)
    now, settings = ledger.now(), {**ledger.state.settings, **ledger.state.texts}
    facts = [
        e.SettingChanged(**metadata.header(now), key=key, value=value)
        for key, value in changes.items()
        if settings[key] != value
    ]
    if not facts:
        return None
    receipt = ledger.record(e.following(LEDGER_STREAM, ledger.state.version, *facts))
    ledger.reread_state()
    return receipt


def _require_fresh_series(ledger: Ledger, changes: Mapping[str, int | str]) -> None:
    """Raise NumberTaken for a first number that is none of today's series, or comes after others of it."""
    start = str(changes.get("invoice.start") or "")
    if not start:
        return
    patterns = {**ledger.state.texts, **{key: str(value) for key, value in changes.items()}}
    today = office_time(ledger.now()).date()
    found = [parse_pattern(patterns[key]) for key in ("invoice.series", "invoice.correction_series")]
    series = [each.series(today) for each in found if each.place_of(start, today) is not None]
    if not series:
        raise NumberTaken(msg("{start} is no number of the series that runs today", start=start))
    if ledger.series(series[0]).drawn:
        raise NumberTaken(msg("the series of {start} has given numbers already", start=start))
