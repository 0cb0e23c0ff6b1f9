"""Wording of the protocol and the register of deletions; fields as the Polish forms have them."""

from __future__ import annotations

from cli.presentation.text import Text
from cli.presentation.wording import labels
from cli.presentation.wording.purge import RESULTS as PURGE_RESULTS

PROTOCOL_TITLE = Text("Protokół usunięcia danych", "Protocol of deletion")
REGISTER_TITLE = Text("Rejestr czynności usuwania danych", "Register of deletions")
LISTED = Text("Wykaz danych", "What was deleted")
PROTOCOL = {
    "system": Text("System (zbiór)", "System (data set)"),
    "reference": Text("Sygnatura", "Reference"),
    "day": Text("Stan na dzień", "As of the day"),
    "drawn_up": Text("Data sporządzenia", "Drawn up on"),
    "member_1": Text("Komisja: imię, nazwisko, stanowisko", "Commission: name, position"),
    "member_2": Text("Komisja: imię, nazwisko, stanowisko", "Commission: name, position"),
    "appointed_by": Text("Kto wyznaczył", "Appointed by"),
    "basis": labels.LEGAL_BASIS,
    "more": Text("Dodatkowe informacje", "Further information"),
}
SIGNATURES = (
    Text("podpis członka komisji", "signature of a member of the commission"),
    Text("podpis członka komisji", "signature of a member of the commission"),
    Text("podpis osoby wykonującej", "signature of who carried it out"),
    Text("data i podpis zatwierdzającego", "date and signature of who approves"),
)
BLANKS = {
    "decided_by": Text("Decyzja", "Decided by"),
    "officer": Text("IOD", "DPO consulted"),
    "risk": Text("Ryzyko", "Risk"),
}
"""Columns that are filled in by hand."""
NOTES = (
    Text(
        "„Usunięto” znaczy: usunięto z systemu plików, niedostępne już pod swoją nazwą. O stanie nośnika nic"
        " się nie twierdzi.",
        "“Removed” means: removed from the file system, no longer reachable by name. Nothing is said of the"
        " state of the medium.",
    ),
    Text(
        "„Zadeklarowano” znaczy: ktoś to oświadczył; niczego nie zmierzono.",
        "“Declared” means: somebody said so; nothing was measured.",
    ),
)
SUBJECT = {
    "session": Text("sesja", "session"),
    "customer": Text("klient", "customer"),
    "period": Text("miesiąc", "month"),
}
DATA = {
    "session": Text("dane sesji", "session data"),
    "tax": Text("powody i notatki", "reasons and notes"),
    "customer": Text("dane klienta", "customer data"),
    "fingerprints": Text("klucz odcisków", "key of fingerprints"),
}
WHY = {
    "session-end": Text("koniec sesji", "end of the session"),
    "retention": Text("upływ czasu przechowywania", "end of the retention time"),
    "abandoned": Text("zgłoszenie zaniechane", "abandoned request"),
    "request": Text("wniosek o usunięcie", "request for erasure"),
    "month-closed": Text("zamknięcie miesiąca", "close of the month"),
}
METHODS = {
    "unlink": Text("usunięcie pliku (unlink)", "unlink"),
    "unlink-by-path": Text("usunięcie pliku po ścieżce", "unlink by path"),
    "erase-key-and-row": Text("usunięcie zapisu i jego klucza", "record and its key erased"),
    "none": Text("nic do usunięcia", "nothing to remove"),
    "declared": Text("niezmierzona", "not measured"),
}
RESULTS = {
    **PURGE_RESULTS,
    "deleted": Text("usunięcie", "deletion"),
    "erased": labels.IS_ERASED,
    "partly": Text("usunięto częściowo", "partly erased"),
    "refused": labels.REFUSED,
}
EVIDENCE = {
    "measured": labels.MEASURED,
    "absence_measured": labels.ABSENCE_MEASURED,
    "declared": Text("zadeklarowano", "declared"),
}
OTHER_KINDS = {
    "erasures": Text("Usunięcia na wniosek", "Erasures on request"),
    "retention": Text("Usunięcia po upływie czasu", "Erasures at the end of the retention time"),
    "keys": Text("Zniszczone klucze", "Keys destroyed"),
}
