"""The outbox: the day's checkpoint, and a letter in Polish that goes with it to the accountant."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from ledger.transparency.anchor import short_root
from ledger.transparency.checkpoint import Checkpoint

FOLDER = "outbox"
"""The outbox in a ledger's folder."""

_LETTER = """\
Temat: Księga sesji {origin}: punkt kontrolny z {day}, zdarzeń: {size}

Dzień dobry,

w załączniku jest punkt kontrolny księgi sesji pomocy zdalnej: plik {file}.
Proszę go zachować bez zmian. Nie trzeba go otwierać ani nic z nim robić.

Dziennik:          {origin}
Dzień:             {day}
Liczba zdarzeń:    {size}
Skrót (początek):  {root}

Plik nie zawiera danych osobowych. Jego kopia poza naszą firmą pozwala później stwierdzić,
czy historia zapisana do tego dnia została zmieniona. Sprawdza to polecenie:

  session-ledger audit verify --since {file}

Nie pokazuje on, czy zapisano wszystko, ani czy to, co zapisano, jest prawdą.
"""


class Posting(NamedTuple):
    """The two files of a day: their names and what stands in them."""

    note_name: str
    note: str
    letter_name: str
    letter: str


def posting(checkpoint: Checkpoint, day: date) -> Posting:
    """Return what is sent on a day of the office calendar."""
    name = f"{day.isoformat()}-{checkpoint.size}"
    letter = _LETTER.format(
        origin=checkpoint.head.origin,
        day=day.isoformat(),
        size=checkpoint.size,
        file=f"{name}.note",
        root=short_root(checkpoint.root),
    )
    return Posting(f"{name}.note", checkpoint.note, f"{name}.txt", letter)
