"""The owner's month counted again from the raw events: no code of the program's, not even its decoding.

It reads `events.db` as SQLite and JSON, takes the prices from the published list as TOML, and counts by rules
written down here: so it holds for lists whose bands, free window and discounts are those of the shipped one.
Money is grosze, instants are seconds since 1970.
"""

from __future__ import annotations

import json
import sqlite3
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

OFFICE = ZoneInfo("Europe/Warsaw")
HOUR_S = 3600
IN_TIME_S = 15 * 60
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass
class Visit:
    """A session as its events tell it."""

    number: int
    customer: str
    issue: str
    order: str | None
    connections: list[tuple[str, int, int]] = field(default_factory=list[tuple[str, int, int]])
    ended_s: int | None = None
    purged_s: int | None = None
    waived: dict[str, Any] | None = None
    voided: bool = False
    billed: str | None = None
    by_till: bool = False


@dataclass
class Paper:
    """A document: the event that issued it, what was paid on it, its corrections."""

    issued: dict[str, Any]
    paid: int = 0
    corrections: list[str] = field(default_factory=list[str])


@dataclass
class Story:
    """Everything that the events tell, by stream and in order."""

    visits: dict[str, Visit] = field(default_factory=dict[str, Visit])
    papers: dict[str, Paper] = field(default_factory=dict[str, Paper])
    customers: dict[str, str] = field(default_factory=dict[str, str])
    treatment: dict[str, str] = field(default_factory=dict[str, str])
    orders: dict[str, list[tuple[str, int]]] = field(default_factory=lambda: defaultdict(list))
    prices: dict[str, Any] = field(default_factory=dict[str, Any])


# --- reading --------------------------------------------------------------------------------------


def story_of(database: Path) -> Story:
    """Read every event in its order."""
    story = Story()
    query = "SELECT originator_id, topic, state FROM events ORDER BY leaf_index"
    with closing(sqlite3.connect(database)) as events:
        for stream, topic, state in events.execute(query):
            _read(story, stream.hex(), topic.partition(":")[0], json.loads(state))
    return story


def _read(story: Story, stream: str, topic: str, told: dict[str, Any]) -> None:
    noun, _, verb = topic.partition(".")
    if topic == "session.requested":
        visit = Visit(len(story.visits) + 1, told["customer"], told["issue"], told.get("order_ref"))
        story.visits[stream] = visit
    elif noun == "session":
        _read_session(story.visits[stream], verb, told)
    elif noun == "invoice":
        _read_invoice(story, stream, verb, told)
    elif topic == "customer.registered":
        story.customers[stream] = told["customer"]
        by_country = "pl" if told.get("country", "PL") == "PL" else "ask"
        story.treatment[told["customer"]] = told.get("vat_treatment", by_country)
    elif topic == "purchase.recorded":
        story.orders[story.customers[stream]].append((told["order_ref"], _second(told["at"])))
    elif topic == "tariff.published":
        story.prices = tomllib.loads(told["text"])


def _read_session(visit: Visit, verb: str, told: dict[str, Any]) -> None:  # noqa: C901 - one branch a topic
    match verb:
        case "connected":
            visit.connections.append((told["technician"], _second(told["at"]), -1))
        case "disconnected":
            at = told["connection"] - 1
            visit.connections[at] = (*visit.connections[at][:2], _second(told["at"]))
        case "ended":
            visit.ended_s = _second(told["at"])
            visit.connections = [
                (who, begins, visit.ended_s if ends < 0 else ends) for who, begins, ends in visit.connections
            ]
        case "corrected":
            visit.connections = [
                (each["technician"], _second(each["connected_at"]), _second(each["disconnected_at"]))
                for each in told["connections"]
            ]
            visit.ended_s = _second(told["ended_at"])
        case "data_purged":
            visit.purged_s = _second(told["at"])
        case "waived":
            visit.waived = told
        case "voided":
            visit.voided = not told.get("undone", False)
        case "billed":
            visit.billed = told["number"]
        case "receipt_issued":
            visit.by_till = True
        case "billed_elsewhere":
            visit.billed = f"elsewhere:{told['document']}"
        case _:
            raise AssertionError(verb)


def _read_invoice(story: Story, stream: str, verb: str, told: dict[str, Any]) -> None:
    match verb:
        case "issued":
            story.papers[stream] = Paper(told)
        case "corrected":
            story.papers[stream].corrections.append(told["correction"].replace("-", ""))
        case "payment_recorded":
            story.papers[stream].paid += told["amount_grosze"]
        case "sent" | "received":
            pass
        case _:
            raise AssertionError(verb)


def _second(told: str) -> int:
    return int(datetime.fromisoformat(told).timestamp())


def _local(second: int) -> datetime:
    return datetime.fromtimestamp(second, OFFICE)


# --- prices ---------------------------------------------------------------------------------------


@dataclass
class Started:
    """A started hour with its price and who gave it."""

    visit: Visit
    at: datetime
    technician: str
    band: str
    holiday: bool
    list_price: int
    net: int
    rule: str
    quote: str


def hours_of(story: Story, visit: Visit) -> list[Started]:
    """Return the started hours: each opens at the first connected second that no earlier one covers."""
    if visit.issue == "test":
        return []
    lasting = [each for each in visit.connections if each[1] < each[2]]
    seconds = sorted((begins, ends) for _, begins, ends in lasting)
    opened: list[int] = []
    covered = 0
    for begins, ends in seconds:
        at = max(begins, covered)
        while at < ends:
            opened.append(at)
            covered = at = at + HOUR_S
    first = seconds[0][0] if seconds else 0
    owns = {ref for ref, bought in story.orders[visit.customer] if bought <= first}
    return [_priced(story, visit, at, owns) for at in opened]


def _priced(story: Story, visit: Visit, at_s: int, owns: set[str]) -> Started:
    prices, at = story.prices, _local(at_s)
    holiday = at.date() in set(prices["calendar"]["dates"])
    is_office = at.weekday() < 5 and 10 <= at.hour < 18
    band = "night" if at.hour >= 22 or at.hour < 6 else "office" if is_office and not holiday else "off_hours"
    told = prices["bands"][band]
    price = int(told["multiplier"]) * 100_00
    percent, rule, quote = 0, "list_price", ""
    if owns and visit.issue == "hardware" and visit.order in owns:
        if is_office:
            percent, rule, quote = 100, "hardware_free", prices["entitlements"]["hardware_free"]["quote"]
        else:
            quote = prices["entitlements"]["customer_discount"]["quote"]
            percent, rule = 50, "hardware_out_of_office"
    elif owns:
        quote = prices["entitlements"]["customer_discount"]["quote"]
        percent, rule = 50, "customer_discount"
    who = next(
        (
            name
            for name, begins, ends in sorted(visit.connections, key=lambda c: c[1])
            if begins <= at_s < ends
        )
    )
    net = price - price * percent // 100
    return Started(visit, at, who, band, holiday, price, net, rule, f"{told['quote']} {quote}".rstrip())


def waived_of(visit: Visit, nets: list[int]) -> int:
    """Return what the goodwill takes off, half up."""
    told = visit.waived or {}
    if "amount_grosze" in told:
        return min(int(told["amount_grosze"]), sum(nets))
    halves = told.get("half_percents", 2 * told.get("percent", 0))
    if halves:
        return _half_up(sum(nets) * halves, 200)
    return sum(nets[max(0, len(nets) - told["hours"]) :]) if told.get("hours") else 0


def _half_up(numerator: int, denominator: int) -> int:
    sign = -1 if (numerator < 0) != (denominator < 0) else 1
    return sign * ((2 * abs(numerator) + abs(denominator)) // (2 * abs(denominator)))


# --- the month ------------------------------------------------------------------------------------


@dataclass
class Counted:
    """A session of a month with its hours and its part of documents: net, VAT, paid."""

    visit: Visit
    hours: list[Started]
    waived: int
    net: int
    on_paper: tuple[int, int, int] | None = None
    overdue: bool = False

    @property
    def standing(self) -> str:
        """Return where the amount stands."""
        if self.visit.by_till:
            return "receipt"
        if self.visit.billed is None:
            return "open" if self.net else "free"
        return "elsewhere" if self.visit.billed.startswith("elsewhere:") else "billed"

    @property
    def turnover(self) -> int:
        """Return the net of the documents, or what it would be billed with today."""
        return self.net if self.on_paper is None else self.on_paper[0]


def counted(story: Story, today: date) -> list[Counted]:
    """Return every session that ended and counts, by number."""
    found: dict[str, Counted] = {}
    for stream, visit in story.visits.items():
        if visit.ended_s is not None and visit.connections and not visit.voided:
            hours = hours_of(story, visit)
            nets = [each.net for each in hours]
            waived = waived_of(visit, nets)
            found[stream] = Counted(visit, hours, waived, sum(nets) - waived)
    for paper in story.papers.values():
        if "corrects" not in paper.issued:
            _share(story, paper, found, today)
    return list(found.values())


def _share(story: Story, paper: Paper, found: dict[str, Counted], today: date) -> None:
    """Share net, VAT and payments of an invoice with its corrections out between its sessions."""
    net: Counter[str] = Counter()
    vat: Counter[str] = Counter()
    family = [paper, *(story.papers[each] for each in paper.corrections)]
    for document in family:
        nets: Counter[str] = Counter()
        for line in document.issued["lines"]:
            sign = -1 if line.get("before") else 1
            nets[line["session"].replace("-", "")] += sign * line["net_grosze"]
        seen = taken = 0
        whole_net, whole_vat = document.issued["net_grosze"], document.issued["vat_grosze"]
        for stream in sorted(nets, key=lambda each: story.visits[each].number):
            seen += nets[stream]
            until = _half_up(seen * whole_vat, whole_net) if whole_net else whole_vat
            net[stream] += nets[stream]
            vat[stream] += until - taken
            taken = until
    gross = sum(document.issued["gross_grosze"] for document in family)
    is_late = gross > paper.paid and date.fromisoformat(paper.issued["due_on"]) < today
    seen = taken = 0
    for stream in sorted(net, key=lambda each: story.visits[each].number):
        seen += net[stream] + vat[stream]
        until = _half_up(seen * paper.paid, gross) if gross else paper.paid
        if stream in found:
            found[stream].on_paper = (net[stream], vat[stream], until - taken)
            found[stream].overdue = is_late
        taken = until


def month_again(database: Path, month: date, today: date) -> dict[str, Any]:
    """Return what `report month -f json` has to say of a month, but for its dates and its order."""
    story = story_of(database)
    everything = counted(story, today)
    mine = [each for each in everything if _month(each) == month]
    hours = [hour for each in mine for hour in each.hours]
    return {
        "customers": {code: _customer(story, code, mine) for code in {each.visit.customer for each in mine}},
        "owed": _owed(story, today),
        "value": _value(mine, hours),
        "months": [_figures(first, everything) for first in _months_until(month)],
        "rules": _rules(story, mine, hours),
        "free_sessions": _free(hours),
        "goodwill": {each.visit.number: _goodwill(each) for each in mine if each.visit.waived is not None},
        "nights": {
            "customers": _nights(hours, "customer"),
            "technicians": _nights(hours, "technician"),
        },
        "weekdays": {name: _bands(hours, place) for place, name in enumerate(WEEKDAYS)},
        "overlaps": _overlaps(story, mine, month),
        "deletions": _deletions(story, month),
    }


def _month(each: Counted) -> date:
    return _local(each.visit.ended_s or 0).date().replace(day=1)


def _months_until(month: date) -> list[date]:
    found = [month]
    for _ in range(12):
        found.insert(0, (found[0] - timedelta(days=1)).replace(day=1))
    return found


def _customer(story: Story, code: str, mine: list[Counted]) -> dict[str, int]:
    theirs = [each for each in mine if each.visit.customer == code]
    taxed = story.treatment[code] == "pl"
    gross = dict.fromkeys(("open", "billed", "receipt", "elsewhere", "free"), 0)
    net_total = vat_total = 0
    for standing in gross:
        found = [each for each in theirs if each.standing == standing]
        net = sum(each.turnover for each in found)
        papers = [each.on_paper for each in found if each.on_paper is not None]
        vat = (
            sum(vat for _, vat, _ in papers)
            if standing == "billed"
            else _vat(found, taxed or standing == "receipt")
        )
        gross[standing] = net + vat
        net_total, vat_total = net_total + net, vat_total + vat
    billed = [each for each in theirs if each.standing == "billed" and each.on_paper is not None]
    left = {each.visit.number: sum(each.on_paper[:2]) - each.on_paper[2] for each in billed if each.on_paper}
    return {
        "sessions": len(theirs),
        "started_hours": sum(len(each.hours) for each in theirs),
        "list_grosze": sum(hour.list_price for each in theirs for hour in each.hours),
        "net_grosze": net_total,
        "vat_grosze": vat_total,
        "gross_grosze": net_total + vat_total,
        "open_grosze": gross["open"],
        "billed_grosze": gross["billed"],
        "receipt_grosze": gross["receipt"],
        "elsewhere_grosze": gross["elsewhere"],
        "paid_grosze": sum(each.on_paper[2] for each in billed if each.on_paper),
        "left_grosze": sum(left.values()),
        "overdue_grosze": sum(left[each.visit.number] for each in billed if each.overdue),
    }


def _vat(found: Iterable[Counted], taxed: bool) -> int:  # noqa: FBT001 - of this page alone
    """Return 23 % of what stands on each paper of the till, or of all that would come on one invoice."""
    nets: Counter[str | None] = Counter()
    for each in found:
        nets[f"{each.visit.number}" if each.standing == "receipt" else each.visit.billed] += each.net
    return sum(_half_up(net * 23, 100) for net in nets.values()) if taxed else 0


def _owed(story: Story, today: date) -> dict[str, tuple[int, int, int, int]]:
    """Return, by customer, invoices not settled, left, overdue, and the days of the longest."""
    found: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for paper in story.papers.values():
        if "corrects" in paper.issued or "receipt" in paper.issued:
            continue
        corrected = sum(story.papers[each].issued["gross_grosze"] for each in paper.corrections)
        left = paper.issued["gross_grosze"] + corrected - paper.paid
        days = (today - date.fromisoformat(paper.issued["due_on"])).days if left > 0 else 0
        if left:
            found[paper.issued["customer"]].append((left, days))
    return {
        code: (
            len(rows),
            sum(left for left, _ in rows),
            sum(left for left, days in rows if days > 0),
            max(0, *(days for _, days in rows)),
        )
        for code, rows in found.items()
    }


def _value(mine: list[Counted], hours: list[Started]) -> dict[str, int]:
    listed = sum(hour.list_price for hour in hours)
    free = sum(hour.list_price for hour in hours if hour.net == 0)
    waived = sum(each.waived for each in mine)
    net = sum(each.turnover for each in mine)
    return {
        "list_grosze": listed,
        "free_grosze": free,
        "discount_grosze": sum(hour.list_price - hour.net for hour in hours if hour.net),
        "goodwill_grosze": waived,
        "corrected_grosze": net - sum(each.net for each in mine),
        "net_grosze": net,
    }


def _figures(first: date, everything: list[Counted]) -> dict[str, Any]:
    theirs = [each for each in everything if _month(each) == first]
    hours = [hour for each in theirs for hour in each.hours]
    return {
        "month": f"{first:%Y-%m}",
        "sessions": len(theirs),
        "started_hours": len(hours),
        "night_hours": sum(hour.band == "night" for hour in hours),
        "list_grosze": sum(hour.list_price for hour in hours),
        "waived_grosze": sum(each.waived for each in theirs),
        "net_grosze": sum(each.turnover for each in theirs),
    }


def _rules(story: Story, mine: list[Counted], hours: list[Started]) -> dict[tuple[str, str], tuple[int, ...]]:
    """Return sessions, customers, hours, list value, what was taken off, by rule and sentence."""
    rows: dict[tuple[str, str], list[Started]] = defaultdict(list)
    for hour in hours:
        rows[hour.rule, hour.quote].append(hour)
    found: dict[tuple[str, str], tuple[int, ...]] = {
        key: (
            len({hour.visit.number for hour in each}),
            len({hour.visit.customer for hour in each}),
            len(each),
            sum(hour.list_price for hour in each),
            sum(hour.list_price - hour.net for hour in each),
        )
        for key, each in rows.items()
    }
    tests = [each.visit for each in mine if each.visit.issue == "test"]
    if tests:
        sentence = story.prices["free"]["test"]["quote"]
        found["test", sentence] = (len(tests), len({each.customer for each in tests}), 0, 0, 0)
    return found


def _free(hours: list[Started]) -> dict[int, tuple[int, int]]:
    found: dict[int, tuple[int, int]] = {}
    for hour in hours:
        if hour.net == 0:
            count, value = found.get(hour.visit.number, (0, 0))
            found[hour.visit.number] = count + 1, value + hour.list_price
    return found


def _goodwill(each: Counted) -> tuple[str, int, str, str]:
    told = each.visit.waived or {}
    return each.visit.customer, each.waived, told.get("reason", "other"), told["by"]


def _nights(hours: list[Started], who: str) -> dict[str, tuple[int, ...]]:
    """Return sessions, hours, and those at night, at a weekend, on a holiday, and on any of them."""
    rows: dict[str, list[Started]] = defaultdict(list)
    for hour in hours:
        rows[hour.visit.customer if who == "customer" else hour.technician].append(hour)
    found: dict[str, tuple[int, ...]] = {}
    for name, theirs in rows.items():
        kinds = [(hour.band == "night", hour.at.isoweekday() > 5, hour.holiday) for hour in theirs]
        sums = (sum(kind[place] for kind in kinds) for place in range(3))
        found[name] = (len({h.visit.number for h in theirs}), len(theirs), *sums, sum(map(any, kinds)))
    return found


def _bands(hours: list[Started], weekday: int) -> dict[str, int]:
    return dict(Counter(hour.band for hour in hours if hour.at.weekday() == weekday))


def _overlaps(story: Story, mine: list[Counted], month: date) -> set[tuple[int, int, str]]:
    """Return the pairs that were connected at one second: all pairs compared, one by one."""
    ends = (month + timedelta(days=31)).replace(day=1)
    visits = [
        each
        for each in story.visits.values()
        if each.connections
        and not each.voided
        and not (each.billed or "").startswith("elsewhere:")
        and _local(each.connections[0][1]).date() < ends
        and _local(each.ended_s or 0).date() >= month
    ]
    numbers = {each.visit.number for each in mine}
    found: set[tuple[int, int, str]] = set()
    for one, other in combinations(visits, 2):
        at_once = [
            (a[0] == b[0], max(a[1], b[1]))
            for a in one.connections
            for b in other.connections
            if a[1] < b[2] and b[1] < a[2]
        ]
        same_customer = one.customer == other.customer
        told = [same for same, _ in at_once if same or same_customer]
        if told and numbers & {one.number, other.number}:
            kind = "double" if any(told) and same_customer else "technician" if any(told) else "customer"
            found.add((one.number, other.number, kind))
    return found


def _deletions(story: Story, month: date) -> dict[str, Any]:
    """Return how many ended, by verdict, and the delays of those that were not deleted in time."""
    ended = [
        each
        for each in story.visits.values()
        if each.ended_s is not None and _local(each.ended_s).date().replace(day=1) == month
    ]
    verdicts: Counter[str] = Counter()
    not_in_time: dict[int, int | None] = {}
    for each in ended:
        delay = None if each.purged_s is None else each.purged_s - (each.ended_s or 0)
        verdict = (
            "open" if delay is None else "unknown" if delay < 0 else "late" if delay > IN_TIME_S else "pass"
        )
        verdicts[verdict] += 1
        if verdict != "pass":
            not_in_time[each.number] = delay
    return {"ended": len(ended), "by_verdict": dict(verdicts), "not_in_time": not_in_time}
