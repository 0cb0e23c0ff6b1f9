"""Commands as values: what their digest is taken from, and what they refuse before a session is seen."""

from __future__ import annotations

from typing import Any

import pytest

from ledger import errors
from ledger.domain import events as e
from ledger.domain.metadata import PersonalData
from ledger.domain.reasons import REASON_MAX_CHARACTERS
from ledger.domain.session import commands as c
from ledger.domain.session.request import RequestHelp
from tests.support.given import NINE, decided, events_to, in_state, minutes, session

PLACE = e.Place(inode=2)

# --- digests ----------------------------------------------------------------------------------


def test_a_correction_that_names_no_customer_has_the_digest_of_former_releases() -> None:
    assert "customer" not in c.Correct(issue="test", reason="checked").arguments()
    assert c.Correct(customer="K-2", reason="checked").arguments()["customer"] == "K-2"


@pytest.mark.parametrize(
    ("said", "later"),
    [
        ({"percent": 50}, {}),
        ({"hours": 1}, {}),
        ({"half_percents": 25}, {"half_percents": 25}),
        ({"amount_grosze": 100}, {"amount_grosze": 100}),
    ],
)
def test_a_waiver_of_the_former_kinds_has_the_digest_of_former_releases(
    said: dict[str, Any], later: dict[str, int]
) -> None:
    arguments = c.Waive(reason="goodwill", **said).arguments()
    found = {key: arguments[key] for key in ("half_percents", "amount_grosze") if key in arguments}
    assert found == later
    assert (arguments["percent"], arguments["hours"]) == (said.get("percent"), said.get("hours"))


def test_words_for_the_vault_are_no_part_of_a_digest() -> None:
    assert "summary" not in c.Note(summary="tested").arguments()
    assert c.Note(summary="tested").arguments()["at"] is None
    assert c.DeclarePurged(at=NINE).arguments()["declared"] is True


def test_a_request_sends_its_words_to_the_vault_and_digests_the_rest() -> None:
    asked = RequestHelp(customer="K-1", issue="other", remote_id="123", contact="", description="slow")
    assert asked.personal == {"remote_id": "123", "description": "slow"}
    assert not set(asked.arguments()) & {"remote_id", "contact", "description"}
    assert (asked.arguments()["customer"], asked.arguments()["issue"]) == ("K-1", "other")


# --- what contradicts itself -------------------------------------------------------------------


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"technician": "marek"},
        {"connection": 1},
        {"connected_at": NINE},
        {"disconnected_at": NINE},
        {"add": (minutes(5), NINE)},
    ],
)
def test_a_correction_says_something_and_says_it_whole(said: dict[str, Any]) -> None:
    with pytest.raises(errors.BadCombination):
        c.Correct(reason="checked", **said).prepared("anna")


@pytest.mark.parametrize("said", [{"customer": "a b"}, {"order_ref": "a b"}])
def test_a_correction_takes_no_words_for_a_key(said: dict[str, Any]) -> None:
    with pytest.raises(errors.LooksPersonal):
        c.Correct(reason="checked", **said).prepared("anna")


@pytest.mark.parametrize("said", [{"customer": "K-2"}, {"order_ref": "Z/1", "issue": "hardware"}])
def test_a_correction_of_one_thing_is_taken_as_it_is(said: dict[str, Any]) -> None:
    command = c.Correct(reason="checked", **said)
    assert command.prepared("anna") == command


def test_the_moments_of_a_correction_are_all_that_it_names() -> None:
    command = c.Correct(reason="checked", add=(NINE, minutes(5)), ended_at=minutes(9))
    assert command.moments == [minutes(9), NINE, minutes(5)]
    assert command.of_connections
    assert not c.Correct(reason="checked", customer="K-2").of_connections


def test_an_empty_note_says_nothing() -> None:
    with pytest.raises(errors.BadCombination):
        c.Note(summary=" ").sealed()
    assert c.Note(summary=" tested ").sealed()[1] == PersonalData("tax", {"summary": "tested"})


@pytest.mark.parametrize("note", ["", " ", "x" * (REASON_MAX_CHARACTERS + 1)])
def test_a_review_has_a_sentence(note: str) -> None:
    with pytest.raises(errors.BadReason):
        c.Review(result="ok", note=note).sealed()


# --- files and folders --------------------------------------------------------------------------


def test_the_path_of_a_file_goes_to_the_vault_alone() -> None:
    noted = c.NoteArtefact(kind="recording", path="/a", place=PLACE, host="nas")
    sealed, words = noted.sealed()
    assert words == PersonalData("session", {"path": "/a", "real": "/a"})
    assert c.NoteArtefact(kind="recording", path="/a", real="/b").sealed()[1] == PersonalData(
        "session", {"path": "/a", "real": "/b"}
    )
    assert not set(sealed.arguments()) & {"path", "real", "place", "host"}


def test_a_file_is_noted_and_taken_off_the_list_again() -> None:
    (noted,) = decided(in_state("connected"), c.NoteArtefact(kind="recording", path="/a"))
    found = session(*events_to("connected"), noted)
    (withdrawn,) = decided(found, c.WithdrawArtefact(withdraw=1, reason="checked"))
    assert [each.withdrawn for each in found.artefacts] == [False]
    again = session(*events_to("connected"), noted, withdrawn)
    assert [each.withdrawn for each in again.artefacts] == [True]


def test_a_folder_is_remembered_and_its_path_goes_to_the_vault() -> None:
    command = c.MakeWorkspace(path="/a", real="/b", place=PLACE, host="desk-1")
    assert command.sealed()[1] == PersonalData("session", {"path": "/a", "real": "/b"})
    (made,) = decided(in_state("connected"), command)
    (folder,) = session(*events_to("connected"), made).workspaces
    assert (folder.place, folder.host) == (PLACE, "desk-1")


def test_a_session_may_be_billed_without_a_record_once() -> None:
    (event,) = decided(in_state("ended"), c.BillUnrecorded(reason="checked"))
    with pytest.raises(errors.NothingToCorrect):
        decided(session(*events_to("ended"), event), c.BillUnrecorded(reason="checked"))
