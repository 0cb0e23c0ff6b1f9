"""The sentences of the confirmation of deletion, in both languages.

What unlinking a file does is said and no more: the file left the file system and cannot be reached by its
name. Nothing is said of the medium, and nothing of data that others hold.
"""

from __future__ import annotations

from cli.presentation.columns import BYTES, FILES, METHOD, RESULT
from cli.presentation.formats.model import Column
from cli.presentation.text import Text
from cli.presentation.wording import labels

TITLE = Text(pl="Potwierdzenie usunięcia danych", en="Confirmation of deletion")
EVIDENCE = {
    "measured": Text(
        pl="Pliki i zapisy oznaczone niżej jako „usunięto” zostały usunięte z systemu plików i nie są już"
        " dostępne pod swoją nazwą. Wynik zmierzono po usunięciu.",
        en="The files and records marked below as removed were removed from the file system; they are no"
        " longer reachable by name. The outcome was measured after the removal.",
    ),
    "absence_measured": Text(
        pl="Zmierzono, że plików i zapisów wymienionych niżej nie ma. Samego usuwania nie widziano w całości"
        " i ten dokument go nie potwierdza.",
        en="The files and records listed below were measured to be absent. The removal itself was not seen as"
        " a whole, and this document does not confirm it.",
    ),
}
ASSUMPTION = Text(
    pl="Założenie purge.sla: dozwolony czas jest odczytaniem słów „bezpośrednio po zakończeniu” sesji.",
    en="Assumption purge.sla: the time allowed is a reading of “right after the end” of the session"
    " („bezpośrednio po zakończeniu”).",
)
BROUGHT_IN = Text(
    pl="Zdarzenie usunięcia stoi w drzewie Merkle (RFC 6962) księgi pod podpisanym punktem kontrolnym."
    " Dowód w postaci C2SP tlog-proof:",
    en="The event of the deletion stands in the ledger's Merkle tree (RFC 6962) under a signed checkpoint."
    " The proof as a C2SP tlog-proof:",
)
ATTACHED = Text(
    pl="Ten sam dowód jest plikiem załączonym do tego dokumentu; niżej wydrukowany, z podziałem wierszy.",
    en="The same proof is a file attached to this document; printed below, its lines are broken.",
)
NOT_COVERED = (
    Text(
        pl="danych do rozliczenia: czasu sesji, kwot, powodów i notatek, trzymanych dla celów podatkowych",
        en="billing data: times, amounts, reasons and notes, kept for tax purposes",
    ),
    Text(
        pl="odcisku numeru zdalnego, który pozostaje do zamknięcia miesiąca",
        en="the fingerprint of the remote ID, which stays until the month is closed",
    ),
    Text(
        pl="wspólnych dzienników narzędzi zdalnych, potrzebnych do zamknięcia miesiąca",
        en="logs of the remote tools that all sessions share, needed until the month is closed",
    ),
    Text(
        pl="tego, co przechowuje dostawca narzędzia zdalnego",
        en="what the vendor of the remote tool holds",
    ),
    Text(
        pl="kopii zapasowych, do dnia ich wygaśnięcia",
        en="backups, until the date of their expiry",
    ),
    Text(pl="komputera klienta", en="the customer's own computer"),
    Text(
        pl="stanu nośnika: nie twierdzi się, że jego bloki nadpisano",
        en="the state of the medium: nothing is said about its blocks having been overwritten",
    ),
)
ROLES = {
    "administrator": Text(pl="administrator danych", en="controller of the data"),
    "processor": Text(pl="podmiot przetwarzający", en="processor"),
}
VERDICTS = {
    "pass": labels.IN_TIME,
    "late": labels.LATE,
    "unknown": Text(pl="nieznana", en="unknown"),
    "open": Text(pl="koniec nieznany", en="the end is not known"),
}
POLICY = (
    "„Wszelkie dane, pliki tymczasowe zostaną usunięte bezpośrednio po zakończeniu sesji pomocy zdalnej.”"
)
"""The shop's own promise, as its price list says it."""
KINDS = {
    "workspace": Text(pl="folder sesji", en="workspace"),
    "artefact": Text(pl="plik", en="artefact"),
    "pattern": Text(pl="wzorzec", en="pattern"),
    "shared_log": Text(pl="wspólny dziennik", en="shared log"),
    "vault": Text(pl="sejf", en="vault"),
    "vendor": Text(pl="dostawca", en="vendor"),
}
HEADINGS = {
    "earlier": Text(
        pl="Zastąpione potwierdzenia i obecne dane", en="Superseded confirmations, and the figures now"
    ),
    "time": Text(pl="Czas", en="Time"),
    "marks": Text(pl="Zastrzeżenia do oceny", en="Marks on the verdict"),
    "failed": Text(pl="Wcześniejsze nieudane próby", en="Earlier attempts that failed"),
    "measured": Text(pl="Co zmierzono", en="What was measured"),
    "targets": labels.TARGETS,
    "not_covered": Text(pl="Czego to potwierdzenie nie obejmuje", en="What this does not cover"),
    "proof": Text(pl="Dowód zapisu", en="Proof of the record"),
}
LABELS = {
    "certificate": Text(pl="Numer potwierdzenia", en="Confirmation"),
    "ledger": Text(pl="Księga", en="Ledger"),
    "session": labels.SESSION,
    "customer": Text(pl="Klient (kod)", en="Customer (code)"),
    "role": Text(pl="Rola wystawcy", en="Role of the issuer"),
    "class": Text(pl="Klasa usuwania", en="Deletion class"),
    "class_session": Text(pl="session: dane jednej sesji", en="session: the data of one session"),
    "categories": Text(pl="Kategorie danych", en="Data categories"),
    "categories_session": Text(
        pl="numer zdalny, kontakt, opis zgłoszenia; pliki sesji",
        en="remote ID, contact, description; the session's files",
    ),
    "legal_basis": labels.LEGAL_BASIS,
    "contract": Text(pl="Umowa", en="Contract"),
    "policy": Text(pl="Zasada", en="Policy"),
    "not_said": Text(pl="nie podano", en="not stated"),
    "tool": Text(pl="Narzędzie", en="Tool"),
    "verifier": Text(pl="Sprawdzający (podpis)", en="Verifier (signature)"),
    "holds": Text(pl="Wstrzymania", en="Holds"),
    "none": Text(pl="brak", en="none"),
    "encrypted": Text(pl="Nośnik szyfrowany", en="Encrypted volume"),
    "not_examined": Text(pl="nie badano", en="not examined"),
    "backups": Text(pl="Kopie zapasowe", en="Backups"),
    "stamps": Text(pl="Znaczniki czasu", en="Time stamps"),
    "stamps_where": Text(
        pl="jeśli są, dotyczą punktu kontrolnego tej wielkości (RFC 3161)",
        en="if there are any, they are over the checkpoint of this size (RFC 3161)",
    ),
    "operator": Text(pl="Usuwał", en="Deleted by"),
    "issued": labels.ISSUED,
    "until": labels.UNTIL,
    "ended": Text(pl="Koniec sesji", en="End of the session"),
    "started": Text(pl="Początek usuwania", en="Deletion began"),
    "finished": Text(pl="Koniec usuwania", en="Deletion finished"),
    "delay": Text(pl="Zmierzone opóźnienie", en="Measured delay"),
    "sla": Text(pl="Dozwolony czas", en="Time allowed"),
    "verdict": labels.VERDICT,
    "recorded": labels.RECORDED,
    "rule": Text(pl="Reguła dowodu", en="Rule of evidence"),
    "first": labels.FIRST_VERDICT,
    "withdrawn": Text(pl="Plik zdjęty z listy", en="File taken off the list"),
    "not_recorded": Text(pl="nie zapisano", en="not recorded"),
    "host": Text(pl="Stanowisko", en="Workstation"),
    "true_host": Text(pl="Nazwa komputera", en="Name of the host"),
    "filesystem": Text(pl="System plików", en="File system"),
    "mount_options": Text(pl="Opcje montowania", en="Mount options"),
    "rotational": Text(pl="Nośnik wirujący", en="Rotational medium"),
    "yes": Text(pl="tak", en="yes"),
    "no": Text(pl="nie", en="no"),
    "unknown": Text(pl="nieznane", en="unknown"),
    "plan": Text(pl="Skrót planu (SHA-256)", en="Digest of the plan (SHA-256)"),
    "plan_holds": Text(
        pl="plan wymienia każdy plik: ścieżkę, i-węzeł, urządzenie, wielkość",
        en="the plan names every file: path, inode, device, size",
    ),
    "leaf_index": labels.EVENT,
    "tree_size": Text(pl="Wielkość drzewa", en="Tree size"),
    "root": Text(pl="Korzeń", en="Root"),
}
COLUMNS = (
    Column("target", Text("Cel", "Target")),
    FILES,
    BYTES,
    METHOD,
    RESULT,
    Column("residual", Text("Pozostało", "Left"), "integer"),
    Column("verified", Text("Sprawdzono", "Verified")),
    Column("verified_at", labels.WHEN, "instant"),
    Column("flags", Text("Uwagi", "Flags")),
)
