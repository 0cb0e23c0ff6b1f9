"""Words for the codes that stand in cells, by kind of code."""

from __future__ import annotations

from cli.presentation.formats.model import Cell
from cli.presentation.text import Lang, Text
from cli.presentation.wording import certificate, deletion_register, finding, labels, purge

VOCABULARY: dict[str, dict[str, Text]] = {
    "session_state": {
        "requested": Text("zgłoszona", "requested"),
        "connected": Text("trwa", "connected"),
        "disconnected": Text("połączenie zerwane", "link lost"),
        "ended": Text("zakończona", "ended"),
        "purged": Text("zakończona, dane usunięte", "data deleted"),
        "cancelled": Text("anulowana", "cancelled"),
    },
    "issue": {
        "hardware": Text("sprzęt od nas", "purchased hardware"),
        "other": labels.OTHER_MATTER,
        "test": Text("test połączenia", "connection test"),
    },
    "channel": {
        "phone": Text("telefon", "telephone"),
        "email": Text("e-mail", "e-mail"),
        "chat": Text("czat", "chat"),
        "in_person": Text("osobiście", "in person"),
        "other": Text("inny kanał", "other channel"),
    },
    "ended_by": {
        "technician": Text("technik", "technician"),
        "customer": deletion_register.SUBJECT["customer"],
        "link-lost": Text("zerwane połączenie", "link lost"),
    },
    "accepted_how": {
        "phone": Text("telefonicznie", "by telephone"),
        "chat": Text("na czacie", "by chat"),
        "email": Text("e-mailem", "by e-mail"),
    },
    "consumer": {
        "yes": Text("konsument", "consumer"),
        "no": Text("firma", "business"),
        "sole_trader": Text("JDG poza zawodem", "sole trader, outside the trade"),
        "unknown": Text("nie ustalono", "not known"),
    },
    "vat_treatment": {
        "pl": Text("VAT krajowy", "Polish VAT"),
        "eu": Text("np, art. 28b (UE)", "reverse charge (EU)"),
        "non_eu": Text("np, art. 28b (spoza UE)", "outside the EU"),
        "ask": Text("do ustalenia", "to be decided"),
    },
    "band": {
        "office": labels.OFFICE_HOURS,
        "off_hours": Text("poza godzinami biura", "outside office hours"),
        "night": Text("pora nocna", "night"),
    },
    "rule": {
        "list_price": labels.LIST_PRICE,
        "customer_discount": Text("rabat klienta 50 %", "customer's discount 50 %"),
        "hardware_free": Text("bezpłatnie: sprzęt od nas", "free: purchased hardware"),
        "hardware_out_of_office": Text(
            "sprzęt od nas poza pn–pt 10–18: 50 %", "purchased hardware outside Mon–Fri 10–18: 50 %"
        ),
        "goodwill": Text("ulga", "goodwill"),
        "test": Text("test bezpłatny", "free test"),
    },
    "verdict": {
        "pass": labels.IN_TIME,
        "late": labels.LATE,
        "failed": Text("nie usunięto", "not deleted"),
        "unknown": Text("nie wiadomo", "unknown"),
        "open": labels.NOT_YET,
        "before_adoption": Text("sprzed tej księgi", "before this ledger"),
    },
    "evidence": {
        "measured": labels.MEASURED,
        "absence_measured": Text("stwierdzono brak", "absence measured"),
        "declared": Text("oświadczenie", "declared"),
        "none": certificate.LABELS["none"],
    },
    "target": {
        "workspace": certificate.KINDS["workspace"],
        "artefact": Text("wskazany plik", "noted file"),
        "pattern": Text("pliki narzędzia", "tool's files"),
        "shared_log": certificate.KINDS["shared_log"],
        "vault": Text("sejf (dane osobowe)", "vault"),
        "vendor": Text("u dostawcy", "at the vendor"),
    },
    "result": {
        "removed": purge.RESULTS["removed"],
        "absent": Text("nie było", "was not there"),
        "retained": Text("zostaje do zamknięcia miesiąca", "kept until the month closes"),
        "residual": Text("pozostało", "left"),
        "failed": Text("nie udało się", "failed"),
        "external": Text("nie stąd: u dostawcy", "not from here: at the vendor"),
        "erased": labels.IS_ERASED,
        "partly": Text("usunięto w części", "partly erased"),
        "refused": labels.REFUSED,
        "deleted": deletion_register.RESULTS["deleted"],
    },
    "method": {
        "none": deletion_register.METHODS["none"],
        "unlink": Text("usunięcie pliku z folderu", "file removed from its folder"),
        "unlink-by-path": Text("usunięcie pliku według ścieżki", "file removed by its path"),
        "erase-key-and-row": Text("zniszczenie zapisu i jego klucza", "record and its key destroyed"),
        "declared": Text("nie mierzono", "not measured"),
    },
    "verification": {
        "lstat": Text("pliku nie ma pod jego nazwą", "no file under its name"),
        "inventory": Text("przejrzano cały folder", "the whole folder was listed"),
        "key-lookup": Text("klucza nie ma w sejfie", "the key is not in the vault"),
    },
    "artefact": {
        "received": Text("plik od klienta", "file received"),
        "chat": Text("zapis czatu", "chat log"),
        "recording": Text("nagranie", "recording"),
        "screenshot": Text("zrzut ekranu", "screenshot"),
    },
    "reason": {
        "wrong-time": Text("błędny czas", "wrong time"),
        "wrong-issue": Text("błędny rodzaj sprawy", "wrong issue"),
        "wrong-customer": Text("inny klient", "wrong customer"),
        "missing-connection": Text("brakujące połączenie", "missing connection"),
        "double-entry": Text("podwójny wpis", "double entry"),
        "goodwill": Text("ulga", "goodwill"),
        "complaint": Text("reklamacja", "complaint"),
        "checked": Text("sprawdzono", "checked"),
        "legal-claim": Text("roszczenie", "legal claim"),
        "inspection": Text("kontrola", "inspection"),
        "contract": Text("umowa", "contract"),
        "data-changed": Text("zmiana danych", "data changed"),
        "price-change": Text("zmiana ceny", "price change"),
        "other": Text("inny powód", "other reason"),
    },
    "invoice_state": {
        "issued": Text("wystawiona", "issued"),
        "submitted": Text("wysłana do KSeF", "sent to KSeF"),
        "accepted": Text("przyjęta w KSeF", "accepted by KSeF"),
        "rejected": Text("odrzucona przez KSeF", "rejected by KSeF"),
        "withdrawn": Text("anulowana po odrzuceniu", "withdrawn"),
    },
    "ksef_duty": {
        "ksef": Text("do KSeF", "to KSeF"),
        "to_send": labels.TO_BE_SENT,
        "exempt": Text("poza KSeF (limit)", "outside KSeF (limit)"),
        "consumer": Text("poza KSeF (konsument)", "outside KSeF (consumer)"),
    },
    "ksef_mode": {
        "online": Text("na bieżąco", "online"),
        "offline24": Text("offline24", "offline24"),
        "exempt_10k": Text("poza KSeF do 10 000 zł", "outside KSeF up to 10,000 PLN"),
        "emergency": Text("awaria KSeF", "KSeF failure"),
    },
    "payment_method": {
        "transfer": labels.BANK_TRANSFER,
        "card": Text("karta", "card"),
        "cash": Text("gotówka", "cash"),
    },
    "sent_how": {
        "email": Text("e-mailem", "by e-mail"),
        "post": Text("pocztą", "by post"),
        "handed": Text("do rąk", "handed over"),
    },
    "document_kind": {
        "VAT": Text("faktura", "invoice"),
        "KOR": Text("faktura korygująca", "corrective invoice"),
        "FP": Text("faktura do paragonu", "invoice to a receipt"),
    },
    "plan_state": {
        "issue": labels.TO_BE_ISSUED,
        "nothing_due": Text("nic do zapłaty", "nothing to pay"),
        "needs_receipt": labels.NEEDS_RECEIPT,
        "blocked": Text("brak danych", "blocked"),
        "waiting": Text("czeka", "waits"),
    },
    "receivable": {
        "not_due": Text("przed terminem", "not due yet"),
        "1-30": Text("1–30 dni po terminie", "1–30 days overdue"),
        "31-60": Text("31–60 dni po terminie", "31–60 days overdue"),
        "61-90": Text("61–90 dni po terminie", "61–90 days overdue"),
        "over_90": Text("ponad 90 dni po terminie", "over 90 days overdue"),
        "to_give_back": Text("do zwrotu", "to give back"),
    },
    "standing": {
        "to_bill": Text("do zafakturowania", "to be billed"),
        "waiting": Text("czeka na potwierdzenie", "waits to be confirmed"),
        "billed": Text("na fakturze", "on an invoice"),
        "receipt": Text("na paragonie", "on a receipt"),
        "elsewhere": Text("rozliczone gdzie indziej", "billed elsewhere"),
        "free": Text("bezpłatne", "free"),
    },
    "row_state": {
        "before": Text("przed korektą", "before"),
        "after": Text("po korekcie", "after"),
    },
    "exception": {
        "open_session": Text("sesja trwa", "session still open"),
        "over_48_h": Text("ponad 48 h: do potwierdzenia", "over 48 h: to be confirmed"),
        "over_12_h": Text("ponad 12 h", "over 12 h"),
        "no_tariff": Text("brak cennika", "no price list"),
        "no_calendar": Text("brak kalendarza świąt", "no calendar of holidays"),
        "late_recorded": Text("zapisano po zafakturowaniu", "recorded after invoicing"),
        "back_dated": Text("wpisano po fakcie", "back-dated"),
        "price_changed_after_invoice": Text("kwota inna niż na fakturze", "amount differs from the invoice"),
    },
    "finding": {
        "end_before_start": finding.KINDS["end_before_start"],
        "over_48_h": finding.KINDS["over_48_h"],
        "open_session": Text("sesja niezakończona", "session not ended"),
        "near_match": finding.KINDS["near_match"],
        "overlap_same_partner": finding.KINDS["overlap_same_partner"],
        "overlap_same_technician": finding.KINDS["overlap_same_technician"],
        "artefact_after_purge": Text("połączenie po usunięciu danych", "connection after the deletion"),
        "duration_mismatch": Text("inny czas trwania", "different duration"),
        "ended_without_purge": labels.DATA_NOT_DELETED,
        "record_without_session": Text("połączenie bez sesji", "record without session"),
        "session_without_record": Text("sesja bez połączenia", "session without record"),
        "silent_source": finding.KINDS["silent_source"],
        "merged_fragments": finding.KINDS["merged_fragments"],
        "nested_channel": Text("kanał w trakcie połączenia", "channel within a connection"),
        "band_edge": Text("tuż przy granicy ceny", "close to a change of price"),
    },
}
"""By kind, the word for each code; what is not here is shown as it is."""

COLUMNS: dict[str, tuple[str, ...]] = {
    "issue": ("issue",),
    "channel": ("channel",),
    "ended_by": ("ended_by",),
    "consumer": ("consumer",),
    "vat_treatment": ("vat_treatment",),
    "treatment": ("vat_treatment",),
    "band": ("band",),
    "rule": ("rule",),
    "verdict": ("verdict",),
    "evidence": ("evidence",),
    "target": ("target",),
    "result": ("result",),
    "verification": ("verification",),
    "reason": ("reason",),
    "how": ("accepted_how", "sent_how"),
    "method": ("payment_method", "method"),
    "duty": ("ksef_duty",),
    "mode": ("ksef_mode",),
    "standing": ("standing",),
    "state": ("session_state", "invoice_state", "plan_state", "receivable", "row_state"),
    "kind": ("exception", "finding", "document_kind", "artefact", "target"),
}
"""The kinds of codes that a column holds, by its key."""


def word(key: str, cell: Cell, lang: Lang) -> Cell:
    """Return the word for the code in a column's cell, or the cell as it is."""
    if isinstance(cell, tuple):
        return tuple(str(word(key, each, lang)) for each in cell)
    for kind in COLUMNS.get(key, ()):
        found = VOCABULARY.get(kind, {}).get(str(cell))
        if found is not None:
            return found.said(lang)
    return cell
