"""Flags and results of a purge, in both languages."""

from __future__ import annotations

from cli.presentation.text import Text

FLAGS = {
    "appeared": Text(pl="nie było tego w planie, więc zostało", en="it was not in the plan, and was left"),
    "swapped": Text(
        pl="w tym miejscu było coś innego niż w planie; to zostało",
        en="in its place was something else than the plan named; that was left",
    ),
    "hard-link": Text(
        pl="plik miał drugą nazwę, która pozostaje", en="the file had another name, which remains"
    ),
    "other-device": Text(
        pl="jest tam zamontowany inny system plików; nie wchodzono do niego",
        en="another file system is mounted there; it was not entered",
    ),
    "ambiguous": Text(
        pl="zapisano to także w czasie innej sesji, więc zostało",
        en="it was written in the time of another session too, and was left",
    ),
    "root-missing": Text(
        pl="folderu, który podaje ledger.toml, nie ma", en="a folder that ledger.toml names is not there"
    ),
    "root-refused": Text(
        pl="folder, który podaje ledger.toml, jest dowiązaniem albo nie daje się otworzyć",
        en="a folder that ledger.toml names is a link, or cannot be opened",
    ),
    "outside-roots": Text(
        pl="leży poza folderami, które podaje ledger.toml",
        en="it lies outside the folders that ledger.toml names",
    ),
    "too-deep": Text(
        pl="leży głębiej niż 200 folderów, więc zostało", en="it lies deeper than 200 folders, and was left"
    ),
    "unsynced": Text(
        pl="folderu nie dało się zapisać na dysku; po zaniku prądu plik mógłby wrócić",
        en="its folder could not be written to the disk; after a power cut the file might be back",
    ),
    "path-erased": Text(pl="sejf nie pamięta już, gdzie leżało", en="the vault has forgotten where it lay"),
}
RESULTS = {
    "removed": Text(pl="usunięto", en="removed"),
    "absent": Text(pl="nie było", en="absent"),
    "retained": Text(pl="pozostaje", en="retained"),
    "residual": Text(pl="pozostałość", en="residual"),
    "failed": Text(pl="nie wykonano", en="failed"),
    "external": Text(pl="u dostawcy", en="external"),
}
