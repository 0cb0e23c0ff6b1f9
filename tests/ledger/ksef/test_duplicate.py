"""What an answer 440 says of the other document, in whatever part of it."""

from __future__ import annotations

import pytest

from ledger.ksef.duplicate import Original, original_of, sentences

NUMBER = "5260250274-20261201-000000000008-46"
OLDER = "5265877635-20250626-010080DD2B5E-26"
SESSION = "20261201-SO-0000000007-0000000000-00"


@pytest.mark.parametrize(
    ("extensions", "details", "found"),
    [
        ({"originalKsefNumber": NUMBER, "originalSessionReferenceNumber": SESSION}, (), (NUMBER, SESSION)),
        ({}, (f"Faktura o numerze KSeF: {NUMBER} została przesłana w sesji: {SESSION}.",), (NUMBER, SESSION)),
        (None, ("Duplikat faktury.", f"({OLDER})"), (OLDER, None)),
        ({"originalKsefNumber": None}, (f"numer {OLDER}, sesja {SESSION}",), (OLDER, SESSION)),
        ({"originalKsefNumber": NUMBER[:-1] + "7"}, (), (None, None)),
        ({"originalKsefNumber": NUMBER[:-1] + "7"}, (f"…{NUMBER}…",), (NUMBER, None)),
        ({"originalKsefNumber": 7, "originalSessionReferenceNumber": ""}, (), (None, None)),
        (None, (), (None, None)),
        ("text", (f"NIP 5260250274, {SESSION}",), (None, SESSION)),
    ],
)
def test_number_and_session_are_read_where_they_stand(
    extensions: object, details: tuple[str, ...], found: tuple[str | None, str | None]
) -> None:
    assert original_of(extensions, details) == Original(*found)


@pytest.mark.parametrize(
    ("told", "read"), [(None, ()), ("one", ("one",)), (["a", 2], ("a", "2")), ({"a": 1}, ()), (7, ())]
)
def test_details_are_sentences_in_any_shape(told: object, read: tuple[str, ...]) -> None:
    assert sentences(told) == read
