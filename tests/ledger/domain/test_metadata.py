"""What travels with a command: its digest, and what its events begin with."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta, timezone

from ledger.domain.metadata import Metadata, PersonalData
from tests.support.given import ANNA, NINE


def test_without_a_command_id_there_is_no_digest() -> None:
    assert ANNA.of_command("note", {"at": NINE}) is ANNA


def test_a_digest_is_half_a_sha256_over_sorted_json_with_instants_in_utc() -> None:
    given = Metadata("anna", command_id="c-1").of_command("note", {"on": date(2026, 11, 16), "at": NINE})
    text = '["note", {"at": "2026-11-16T09:00:00Z", "on": "2026-11-16"}]'
    assert given.digest == hashlib.sha256(text.encode()).hexdigest()[:32]


def test_the_zone_that_an_instant_was_typed_in_changes_no_digest() -> None:
    author, warsaw = Metadata("anna", command_id="c-1"), timezone(timedelta(hours=1))
    in_office, in_utc = (author.of_command("n", {"at": at}) for at in (NINE.astimezone(warsaw), NINE))
    assert in_office == in_utc


def test_what_is_recorded_beside_a_command_does_not_bear_its_id() -> None:
    bare = Metadata("anna", command_id="c-1").of_command("n", {}).without_command()
    assert (bare.command_id, bare.digest, bare.by) == (None, None, "anna")


def test_numbered_lines_count_as_one_field() -> None:
    assert PersonalData("session", {"2": "b", "10": "c", "contact": "d"}).fields == ("contact", "lines")
