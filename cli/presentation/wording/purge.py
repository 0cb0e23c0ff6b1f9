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
    "missing": Text(
        pl="było tu, gdy je zapisano, a teraz go nie ma; nikt nie widział, jak zniknęło",
        en="it was here when it was remembered and is not now; how it went was not seen",
    ),
    "replaced": Text(
        pl="w tym miejscu stoi co innego niż zapamiętane; tamto może leżeć gdzie indziej",
        en="something else than what was remembered stands here; the other may lie elsewhere",
    ),
    "link": Text(
        pl="dowiązanie prowadzi poza folder sesji; za dowiązaniem niczego nie usunięto",
        en="a link leads out of the session's folder; nothing behind a link was deleted",
    ),
    "other-disk": Text(
        pl="w tym miejscu jest inny system plików niż zapamiętany: dysk nie jest zamontowany?",
        en="another file system than the remembered one is here: is the disk mounted?",
    ),
    "other-place": Text(
        pl="leżało w miejscu innym niż zapamiętane", en="it lay in another place than the remembered one"
    ),
    "earlier-place": Text(
        pl="leżało tam, gdzie je zapamiętano; ledger.toml nie podaje już tego miejsca",
        en="it lay where it was remembered, in a place that ledger.toml names no more",
    ),
    "place-unknown": Text(
        pl="system nie mówi, czy to samo miejsce co zapamiętane",
        en="the system does not tell if this is the remembered place",
    ),
    "disk-unknown": Text(
        pl="system plików nie ma tożsamości, która przetrwa zamontowanie; porównano i-węzeł i jego generację",
        en="the file system has no identity that outlasts a mount; inode and generation were compared",
    ),
    "removed-before": Text(
        pl="usunęła to poprzednia próba i widziała, że zniknęło",
        en="the attempt before removed it and saw it gone",
    ),
    "interrupted": Text(
        pl="było, gdy zaczęła się przerwana próba; samego usuwania nikt nie widział",
        en="it was there when the attempt began that was cut short; the deletion itself was not seen",
    ),
    "clock-back": Text(
        pl="zegar cofnął się w trakcie; powtórz, gdy będzie dobrze ustawiony",
        en="the clock ran back meanwhile; purge again when it is right",
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
