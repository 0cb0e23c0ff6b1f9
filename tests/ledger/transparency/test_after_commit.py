"""Events that must be signed at once are signed by the ledger itself, whoever records them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from types import NoneType
from typing import Any, Literal, get_args, get_origin
from uuid import UUID

import msgspec
import pytest

from ledger.application.create import create_ledger
from ledger.application.ledger import Environment, Ledger, Metadata
from ledger.domain import events as e
from ledger.domain.session.commands import Connect, DeclarePurged, End
from ledger.domain.session.request import RequestHelp
from ledger.errors import SigningKeyMissing, VersionTaken
from ledger.handlers.customer import Profile, add
from ledger.handlers.session import handle, request
from ledger.handlers.settings import shop_tariff_text
from tests.support.given import NINE, header

ANNA = Metadata("anna")
ROOT = Path(__file__).parents[3]


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    """A ledger that is signed up to its end."""
    environment = Environment(lambda: NINE, os.urandom)
    made = create_ledger(
        tmp_path / "l", environment, ANNA, origin="shop", tariff_text=shop_tariff_text(), testing=True
    )
    with made:
        made.signer.checkpoint()
        yield made


def signed(ledger: Ledger) -> int:
    """The number of events under the newest checkpoint."""
    return ledger.store.checkpoints()[-1][0]


def fact_of(kind: type[Any]) -> Any:  # noqa: ANN401 - any fact, or a part of one
    """A fact with the least that its fields take."""
    fields = msgspec.structs.fields(kind)
    values = {field.name: _value_of(field.type) for field in fields if field.required}
    return kind(**values | (header(NINE) if issubclass(kind, e.Event) else {}))


def _value_of(kind: Any) -> object:  # noqa: ANN401 - a type as it is annotated
    plain: dict[object, object] = {
        str: "x", int: 1, bool: False, datetime: NINE, date: NINE.date(), UUID: UUID(int=7),
        tuple: (), dict: {}, NoneType: None,
    }  # fmt: skip
    origin = get_origin(kind) or kind
    if origin is Literal:
        return get_args(kind)[0]
    if origin in plain:
        return plain[origin]
    return fact_of(kind) if isinstance(kind, type) else _value_of(get_args(kind)[0])


# --- every type ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", e.EVENTS, ids=lambda kind: kind.TOPIC)
def test_event_recorded_through_the_core_is_signed_exactly_when_it_must_be(
    kind: type[e.Event], ledger: Ledger
) -> None:
    before = signed(ledger)

    ledger.record(e.following(ledger.ids.new(), 0, fact_of(kind)))

    assert signed(ledger) == (before + 1 if kind in e.SIGNED_AT_ONCE else before)


@pytest.mark.parametrize("kind", [kind for kind in e.EVENTS if kind in e.SIGNED_AT_ONCE])
def test_event_recorded_with_others_is_signed_with_them(kind: type[e.Event], ledger: Ledger) -> None:
    kinds: tuple[type[e.Event], ...] = (e.Noted, kind, e.Noted)

    ledger.record([e.RecordedEvent(ledger.ids.new(), 1, fact_of(each)) for each in kinds])

    assert signed(ledger) == ledger.store.length()


def test_no_command_appends_past_the_ledger() -> None:
    """`store.save` signs nothing: only the making of a ledger and `append` call it."""
    folders = ("commands", "imports", "sources")
    files = [file for folder in folders for file in (ROOT / "src" / "ledger" / folder).rglob("*.py")]
    assert files
    assert [file.name for file in files if ".store.append(" in file.read_text(encoding="utf-8")] == []


# --- several commits ----------------------------------------------------------------------------


def test_several_commits_are_signed_once_at_the_end(ledger: Ledger) -> None:
    before = len(ledger.store.checkpoints())

    with ledger.signing.once():
        for _ in range(3):
            with ledger.signing.once():
                ledger.record(e.following(ledger.ids.new(), 0, fact_of(e.DataPurged)))
        assert len(ledger.store.checkpoints()) == before

    assert len(ledger.store.checkpoints()) == before + 1
    assert signed(ledger) == ledger.store.length()


def test_commits_before_a_failure_are_signed(ledger: Ledger) -> None:
    stream = ledger.ids.new()

    def twice_at_one_version() -> None:
        with ledger.signing.once():
            ledger.record(e.following(stream, 0, fact_of(e.DataPurged)))
            ledger.record(e.following(stream, 0, fact_of(e.DataPurged)))

    with pytest.raises(VersionTaken):
        twice_at_one_version()

    assert signed(ledger) == ledger.store.length()


def test_nothing_is_signed_where_nothing_had_to_be(ledger: Ledger) -> None:
    before = signed(ledger)
    with ledger.signing.once():
        ledger.record(e.following(ledger.ids.new(), 0, fact_of(e.Noted)))

    assert signed(ledger) == before


# --- a signer that refuses ----------------------------------------------------------------------


def test_refusal_to_sign_is_kept_and_undoes_nothing(ledger: Ledger) -> None:
    before, length = signed(ledger), ledger.store.length()
    key = ledger.folder.signing_key
    hidden = key.rename(key.with_suffix(".away"))

    ledger.record(e.following(ledger.ids.new(), 0, fact_of(e.DataPurged)))

    assert isinstance(ledger.signing.refusal, SigningKeyMissing)
    assert (signed(ledger), ledger.store.length()) == (before, length + 1)
    hidden.rename(key)
    ledger.record(e.following(ledger.ids.new(), 0, fact_of(e.DataPurged)))
    assert ledger.signing.refusal is None
    assert signed(ledger) == length + 2


def test_command_given_again_signs_what_its_first_run_left_unsigned(ledger: Ledger) -> None:
    """As after a kill between the commit and the signature."""
    add(ledger, ANNA, "K-1", Profile("no", "PL", "pl", {"name": "Igiełka"}))
    number = str(request(ledger, ANNA, RequestHelp(customer="K-1", issue="test")).session)
    handle(ledger, ANNA, number, Connect())
    handle(ledger, ANNA, number, End())
    key = ledger.folder.signing_key
    hidden = key.rename(key.with_suffix(".away"))
    said = Metadata("anna", command_id="purge-1")
    handle(ledger, said, number, DeclarePurged())
    assert signed(ledger) < ledger.store.length()
    hidden.rename(key)

    assert handle(ledger, said, number, DeclarePurged()).repeated

    assert signed(ledger) == ledger.store.length()
