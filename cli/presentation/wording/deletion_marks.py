"""The marks of a deletion in words: why a verdict is not only what the clock measured."""

from __future__ import annotations

from cli.presentation.text import Text

MARKS = {
    "corrected_after_deletion": Text(
        pl="koniec sesji poprawiono po usunięciu", en="the end was corrected after the deletion"
    ),
    "end_corrected": Text(
        pl="koniec sesji poprawiono przed usunięciem", en="the end was corrected before the deletion"
    ),
    "end_ahead": Text(
        pl="koniec sesji wpisano z wyprzedzeniem zegara", en="the end was typed ahead of the clock"
    ),
    "back_dated": Text(
        pl="oświadczenie złożono później, niż podaje jego data", en="declared later than the moment it names"
    ),
    "clock_back": Text(
        pl="zegar cofnął się przed usunięciem", en="the clock had run back before the deletion"
    ),
    "dated_by_end": Text(
        pl="zegar wskazywał chwilę przed końcem; datą jest koniec",
        en="the clock stood before the end; dated by the end",
    ),
    "deleted_again": Text(
        pl="usunięto po raz drugi, po poprawieniu końca", en="deleted a second time, after a corrected end"
    ),
    "sla_changed": Text(
        pl="dozwolony czas zmieniono po usunięciu", en="the time allowed was changed after the deletion"
    ),
    "voided": Text(
        pl="sesja odłożona jako wpisana omyłkowo", en="the session was put aside as recorded by mistake"
    ),
    "artefact_withdrawn": Text(
        pl="zapisany plik zdjęto z listy, z podaniem powodu",
        en="a noted file was taken off the list, with a reason",
    ),
}


def older_rule(count: int) -> Text:
    """Return the note on sessions that were deleted before the place became part of the evidence."""
    return Text(
        pl=f"Sesje usunięte według starszej reguły, bez miejsca plików w dowodzie: {count}.",
        en=f"Sessions deleted under the older rule, when the place was no part of the evidence: {count}.",
    )


FIRST = Text(pl="ocena pierwsza", en="first verdict")
RULES = {
    1: Text(pl="starsza: miejsce nie należało do dowodu", en="older: the place was no part of the evidence"),
    2: Text(pl="miejsce należy do dowodu", en="the place is part of the evidence"),
}
