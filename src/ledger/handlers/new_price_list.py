"""A new price list made from another: some keys with other values, everything else as it was.

What is written is a file for `tariff publish`; nothing is recorded. Its examples are priced anew, on the same
weekday and time of its own first year where the old list gives the same price there, so that each still says
what its words say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple, cast

import msgspec
import tomlkit
from tomlkit.exceptions import TOMLKitError

from ledger.domain.clock import epoch_seconds, office_time
from ledger.domain.money import format_amount
from ledger.domain.rating.inputs import Kind, Purchase, SessionFacts
from ledger.domain.rating.rate import rate
from ledger.domain.rating.what_if import WHOLE_NUMBERS, with_changes
from ledger.domain.tariff.calendar import publishable
from ledger.domain.tariff.holidays import OTHER_HOLIDAY, holiday_of
from ledger.domain.tariff.sections import Example
from ledger.domain.tariff.tariff import Tariff, parse_tariff, read_tariff
from ledger.errors import BadTariff, BadTariffChange, NoCalendar
from ledger.message import Hint, joined, msg

WEEK = timedelta(weeks=1)
_FIRST_EXAMPLE = "one second is a started hour"
_NEEDED = ("days", "from", "until", "multiplier", "quote")


class Unfit(NamedTuple):
    """Another reading that the new list cannot have: of which assumption, its changes, and why not."""

    assumption: str
    changes: dict[str, str]
    why: str


class PriceListDraft(NamedTuple):
    """The text of a new list, the readings that no longer fit, and what its examples now come to."""

    text: str
    unfit: list[Unfit]
    examples: list[tuple[str, str]]
    """What an example says, and its net."""


def new_price_list(
    base: str,
    *,
    tariff_id: str,
    valid_from: date,
    changes: Mapping[str, str],
    mend: Mapping[str, Mapping[str, str]],
    drop: Sequence[str],
) -> PriceListDraft:
    """Make the text of a price list from another's.

    `changes` are keys of the file with new values (`base_price`, `bands.sunday.from`); a band that the list
    lacks is added with them. `mend` gives the readings of an assumption that do not fit another value, `drop`
    takes those of an assumption out. Raises: BadTariffChange, BadTariff.
    """
    document = _parsed(base)
    document["id"], document["valid_from"] = tariff_id, valid_from
    document.pop("calendar", None)
    for key, value in changes.items():
        _set(document, key, value)
    _check_new_bands(document, changes)
    document.pop("examples", None)
    tariff = _readable(document)
    _settle(document, tariff, mend, drop)
    tariff = _readable(document)
    examples = list(_examples(parse_tariff(publishable(base)), tariff))
    text = (
        tomlkit.dumps(document).rstrip("\n") + "\n" + "".join(_written(each, net) for each, net in examples)
    )
    listed, problems = read_tariff(text)
    if listed is None:
        raise BadTariff(msg("the new list cannot be used: {problems}", problems=joined(problems)))
    return PriceListDraft(text, list(_unfit(listed)), [(each.what, net) for each, net in examples])


# --- keys -------------------------------------------------------------------------------------


def _parsed(text: str) -> Any:  # noqa: ANN401 - TOML, whatever it holds
    try:
        return tomlkit.parse(text)
    except TOMLKitError as error:
        raise BadTariff(msg("the price list is no TOML: {error}", error=error)) from error


def _set(document: Any, key: str, value: str) -> None:  # noqa: ANN401 - as above
    """Set a dotted key; tables on the way are made where they lack."""
    *path, name = key.split(".")
    table: Any = document
    for part in path:
        if part not in table:
            table[part] = tomlkit.table()
        found: Any = table[part]
        if not hasattr(found, "keys"):
            raise BadTariffChange(msg("{key} names nothing that could have a value", key=key))
        table = found
    is_number = key in WHOLE_NUMBERS or (path[:1] == ["entitlements"] and name == "percent")
    if is_number and not value.isdecimal():
        raise BadTariffChange(msg("{key} is a whole number, not {value!r}", key=key, value=value))
    table[name] = int(value) if is_number else value


def _check_new_bands(document: Any, changes: Mapping[str, str]) -> None:  # noqa: ANN401 - as above
    """Raise BadTariffChange for a band without all it needs, key by key, before anything else is said."""
    named = dict.fromkeys(
        key.split(".")[1] for key in changes if key.startswith("bands.") and key.count(".") > 1
    )
    for band in named:
        found = document["bands"][band]
        lacks = [] if found.get("rest") else [key for key in _NEEDED if key not in found]
        name = found.get("name", {})
        lacks += [f"name.{lang}" for lang in ("pl", "en") if lang not in name]
        if lacks:
            needed = " ".join(f"--set bands.{band}.{key}=…" for key in lacks)
            raise BadTariffChange(
                msg("the band {band} needs {keys}", band=band, keys=", ".join(lacks)), hint=Hint(needed)
            )


def _readable(document: Any) -> Tariff:  # noqa: ANN401 - as above
    tariff, problems = read_tariff(tomlkit.dumps(document))
    if tariff is None:
        raise BadTariffChange(msg("the new list cannot be used: {problems}", problems=joined(problems)))
    return tariff


# --- other readings that no longer fit ----------------------------------------------------------


def _unfit(tariff: Tariff) -> Iterable[Unfit]:
    for assumption in tariff.assumptions:
        for alternative in assumption.alternatives:
            if why := _why_not(tariff, alternative.changes):
                yield Unfit(assumption.id, dict(alternative.changes), why)


def _why_not(tariff: Tariff, changes: Mapping[str, str]) -> str | None:
    try:
        with_changes(tariff, changes)
    except BadTariffChange as error:
        return error.fact
    return None


def _settle(
    document: Any,  # noqa: ANN401 - as above
    tariff: Tariff,
    mend: Mapping[str, Mapping[str, str]],
    drop: Sequence[str],
) -> None:
    """Mend or take out the readings that do not fit; an assumption stays, with those it has left."""
    known = {each.id for each in tariff.assumptions}
    for named in (*mend, *drop):
        if named not in known:
            raise BadTariffChange(
                msg("the list has no assumption {named}", named=named),
                hint=Hint(msg("it has {listed}", listed=", ".join(sorted(known)))),
            )
    unfit = {(each.assumption, tuple(each.changes.items())) for each in _unfit(tariff)}
    for table in document["assumptions"]:
        id_ = str(table["id"])
        if (id_ not in mend and id_ not in drop) or "alternatives" not in table:
            continue
        kept = [_settled(other, id_, unfit, mend.get(id_)) for other in table["alternatives"].unwrap()]
        table["alternatives"] = _array([each for each in kept if each is not None])
        if not table["alternatives"]:
            del table["alternatives"]
        else:
            has_kinder = any(each["favours"] == "customer" for each in table["alternatives"])
            table["favours"] = "shop" if has_kinder else "customer"


def _settled(
    alternative: dict[str, Any],
    id_: str,
    unfit: set[tuple[str, tuple[tuple[str, str], ...]]],
    values: Mapping[str, str] | None,
) -> dict[str, Any] | None:
    """Return a reading as it is, with other values, or None for one that is taken out."""
    changes = dict(alternative["changes"])
    if (id_, tuple(changes.items())) not in unfit:
        return alternative
    if values is None:
        return None
    return {**alternative, "changes": {key: values.get(key, value) for key, value in changes.items()}}


def _array(alternatives: list[dict[str, Any]]) -> Any:  # noqa: ANN401 - as above
    found: Any = tomlkit.array()
    for each in alternatives:
        table: Any = tomlkit.inline_table()
        changes: Any = tomlkit.inline_table()
        changes.update(each["changes"])
        table.update({"favours": each["favours"], "changes": changes})
        found.append(table)
    return found.multiline(multiline=True)


# --- examples -----------------------------------------------------------------------------------


def _examples(base: Tariff, tariff: Tariff) -> Iterable[tuple[Example, str]]:
    """Yield the old examples on their weekday in the new list's first year, with what they come to there."""
    priced = parse_tariff(publishable(_without_examples(tariff)))
    found = False
    for example in base.examples:
        moved = _moved(example, tariff.valid_from)
        is_holiday = any(holiday_of(day.date()) != OTHER_HOLIDAY for day in (example.from_, moved.from_))
        if is_holiday or _net(example, base) != _net(moved, base):
            continue  # it speaks of a holiday, or of a night when the clock changes
        net = _net(moved, priced)
        if net is not None:
            found = True
            yield moved, net
    if not found:
        begins = datetime(
            tariff.valid_from.year, tariff.valid_from.month, tariff.valid_from.day, 11, tzinfo=tariff.zone
        )
        first = Example(
            what=_FIRST_EXAMPLE,
            who="public",
            issue="other",
            from_=begins,
            until=begins + timedelta(seconds=1),
            net="0.00",
        )
        net = _net(first, priced)
        assert net is not None  # noqa: S101 - its own first year has a calendar
        yield first, net


def _without_examples(tariff: Tariff) -> str:
    document = msgspec.to_builtins(tariff, builtin_types=(date, datetime))
    document["examples"] = []
    return tomlkit.dumps(_without_none(document))


def _without_none(value: Any) -> Any:  # noqa: ANN401 - as above
    if isinstance(value, dict):
        pairs = cast("dict[str, Any]", value).items()
        return {key: _without_none(each) for key, each in pairs if each is not None}
    if isinstance(value, list | tuple):
        return [_without_none(each) for each in cast("list[Any]", value)]
    return value


def _moved(example: Example, valid_from: date) -> Example:
    """Return an example on the same weekday and office time, some weeks on, once the list is in force."""
    begins, ends = office_time(example.from_), office_time(example.until)
    late = (valid_from - begins.date()).days
    weeks = max(0, -(-late // 7)) * WEEK
    return msgspec.structs.replace(example, from_=begins + weeks, until=ends + weeks)


def _net(example: Example, tariff: Tariff) -> str | None:
    start, end = epoch_seconds(example.from_), epoch_seconds(example.until)
    order = "example" if example.who == "customer" else None
    purchases = (Purchase(order, start, None),) if order else ()
    facts = SessionFacts(start, ((start, end),), (Kind(start, example.issue, order),), purchases, None)
    try:
        return format_amount(rate(facts, tariff).net_grosze)
    except NoCalendar:
        return None


def _written(example: Example, net: str) -> str:
    return (
        f"\n[[examples]]\nwhat = {msgspec.json.encode(example.what).decode()}\n"
        f'who = "{example.who}"\nissue = "{example.issue}"\n'
        f'from = {example.from_.isoformat()}\nuntil = {example.until.isoformat()}\nnet = "{net}"\n'
    )
