"""Words for the codes that stand in cells, by kind of code."""

from __future__ import annotations

from collections.abc import Container

from cli.presentation.catalogue import said
from cli.presentation.formats.model import Cell
from cli.presentation.text import Lang
from cli.presentation.wording import certificate, deletion_register, finding, labels, purge
from cli.presentation.wording.deletion_marks import MARKS
from cli.presentation.wording.events import EVENTS
from cli.presentation.wording.typed import forms_of
from ledger.domain.session.deletion_marks import VOIDED_MARK
from ledger.message import Message, msg_in

VOCABULARY: dict[str, dict[str, Message]] = {
    "session_state": {
        "requested": msg_in("session_state", "requested"),
        "connected": msg_in("session_state", "connected"),
        "disconnected": msg_in("session_state", "link lost"),
        "ended": msg_in("session_state", "ended"),
        "purged": msg_in("session_state", "data deleted"),
        "cancelled": msg_in("session_state", "cancelled"),
    },
    "issue": {
        "hardware": msg_in("issue", "purchased hardware"),
        "other": labels.OTHER_MATTER,
        "test": msg_in("issue", "connection test"),
    },
    "channel": {
        "phone": msg_in("channel", "telephone"),
        "email": msg_in("channel", "e-mail"),
        "chat": msg_in("channel", "chat"),
        "in_person": msg_in("channel", "in person"),
        "other": msg_in("channel", "other channel"),
    },
    "ended_by": {
        "technician": msg_in("ended_by", "technician"),
        "customer": deletion_register.SUBJECT["customer"],
        "link-lost": msg_in("ended_by", "link lost"),
    },
    "accepted_how": {
        "phone": msg_in("accepted_how", "by telephone"),
        "chat": msg_in("accepted_how", "by chat"),
        "email": msg_in("accepted_how", "by e-mail"),
    },
    "consumer": {
        "yes": msg_in("consumer", "consumer"),
        "no": msg_in("consumer", "business"),
        "sole_trader": msg_in("consumer", "sole trader, outside the trade"),
        "unknown": msg_in("consumer", "not known"),
    },
    "vat_treatment": {
        "pl": msg_in("vat_treatment", "Polish VAT"),
        "eu": msg_in("vat_treatment", "reverse charge (EU)"),
        "non_eu": msg_in("vat_treatment", "outside the EU"),
        "ask": msg_in("vat_treatment", "to be decided"),
    },
    "band": {
        "office": labels.OFFICE_HOURS,
        "off_hours": msg_in("band", "outside office hours"),
        "night": msg_in("band", "night"),
    },
    "rule": {
        "list_price": msg_in("rule", "list price"),
        "customer_discount": msg_in("rule", "customer's discount 50 %"),
        "hardware_free": msg_in("rule", "free: purchased hardware"),
        "hardware_out_of_office": msg_in("rule", "purchased hardware outside Mon–Fri 10–18: 50 %"),
        "goodwill": msg_in("rule", "goodwill"),
        "test": msg_in("rule", "free test"),
    },
    "verdict": {
        "pass": labels.IN_TIME,
        "late": labels.LATE,
        "failed": msg_in("verdict", "not deleted"),
        "unknown": msg_in("verdict", "unknown"),
        "open": labels.NOT_YET,
        "before_adoption": msg_in("verdict", "before this ledger"),
    },
    "evidence": {
        "measured": labels.MEASURED,
        "absence_measured": msg_in("evidence", "absence measured"),
        "declared": msg_in("evidence", "declared"),
        "none": certificate.LABELS["none"],
    },
    "target": {
        "workspace": certificate.KINDS["workspace"],
        "artefact": msg_in("target", "noted file"),
        "pattern": msg_in("target", "tool's files"),
        "shared_log": certificate.KINDS["shared_log"],
        "vault": msg_in("target", "vault"),
        "vendor": msg_in("target", "at the vendor"),
    },
    "result": {
        "removed": purge.RESULTS["removed"],
        "absent": msg_in("result", "was not there"),
        "retained": msg_in("result", "kept until the month closes"),
        "residual": msg_in("result", "left"),
        "failed": msg_in("result", "failed"),
        "external": msg_in("result", "not from here: at the vendor"),
        "erased": labels.IS_ERASED,
        "partly": msg_in("result", "partly erased"),
        "refused": labels.REFUSED,
        "deleted": deletion_register.RESULTS["deleted"],
    },
    "method": {
        "none": deletion_register.METHODS["none"],
        "unlink": msg_in("method", "file removed from its folder"),
        "unlink-by-path": msg_in("method", "file removed by its path"),
        "erase-key-and-row": msg_in("method", "record and its key destroyed"),
        "declared": msg_in("method", "not measured"),
    },
    "verification": {
        "lstat": msg_in("verification", "no file under its name"),
        "inventory": msg_in("verification", "the whole folder was listed"),
        "key-lookup": msg_in("verification", "the key is not in the vault"),
    },
    "artefact": {
        "received": msg_in("artefact", "file received"),
        "chat": msg_in("artefact", "chat log"),
        "recording": msg_in("artefact", "recording"),
        "screenshot": msg_in("artefact", "screenshot"),
    },
    "reason": {
        "wrong-time": msg_in("reason", "wrong time"),
        "wrong-issue": msg_in("reason", "wrong issue"),
        "wrong-customer": msg_in("reason", "wrong customer"),
        "missing-connection": msg_in("reason", "missing connection"),
        "double-entry": msg_in("reason", "double entry"),
        "goodwill": msg_in("reason", "goodwill"),
        "complaint": msg_in("reason", "complaint"),
        "checked": msg_in("reason", "checked"),
        "legal-claim": msg_in("reason", "legal claim"),
        "inspection": msg_in("reason", "inspection"),
        "contract": msg_in("reason", "contract"),
        "data-changed": msg_in("reason", "data changed"),
        "price-change": msg_in("reason", "price change"),
        "other": msg_in("reason", "other reason"),
    },
    "invoice_state": {
        "issued": msg_in("invoice_state", "issued"),
        "submitted": msg_in("invoice_state", "sent to KSeF"),
        "accepted": msg_in("invoice_state", "accepted by KSeF"),
        "rejected": msg_in("invoice_state", "rejected by KSeF"),
        "withdrawn": msg_in("invoice_state", "withdrawn"),
    },
    "ksef_duty": {
        "ksef": msg_in("ksef_duty", "to KSeF"),
        "to_send": labels.TO_BE_SENT,
        "exempt": msg_in("ksef_duty", "outside KSeF (limit)"),
        "consumer": msg_in("ksef_duty", "outside KSeF (consumer)"),
    },
    "ksef_mode": {
        "online": msg_in("ksef_mode", "online"),
        "offline24": msg_in("ksef_mode", "offline24"),
        "exempt_10k": msg_in("ksef_mode", "outside KSeF up to 10,000 PLN"),
        "emergency": msg_in("ksef_mode", "KSeF failure"),
    },
    "outage": {
        "failure": msg_in("outage", "failure of KSeF"),
        "unavailability": msg_in("outage", "KSeF unavailable"),
        "total": msg_in("outage", "total failure of KSeF"),
    },
    "outage_state": {
        "lasts": msg_in("outage", "lasts"),
        "over": msg_in("outage", "over"),
        "withdrawn": msg_in("outage", "withdrawn"),
    },
    "payment_method": {
        "transfer": labels.BANK_TRANSFER,
        "card": msg_in("payment_method", "card"),
        "cash": msg_in("payment_method", "cash"),
    },
    "sent_how": {
        "email": msg_in("sent_how", "by e-mail"),
        "post": msg_in("sent_how", "by post"),
        "handed": msg_in("sent_how", "handed over"),
    },
    "document_kind": {
        "VAT": msg_in("document_kind", "invoice"),
        "KOR": msg_in("document_kind", "corrective invoice"),
        "FP": msg_in("document_kind", "invoice to a receipt"),
    },
    "plan_state": {
        "issue": labels.TO_BE_ISSUED,
        "nothing_due": msg_in("plan_state", "nothing to pay"),
        "needs_receipt": labels.NEEDS_RECEIPT,
        "blocked": msg_in("plan_state", "blocked"),
        "waiting": msg_in("plan_state", "waits"),
    },
    "receivable": {
        "not_due": msg_in("receivable", "not due yet"),
        "1-30": msg_in("receivable", "1–30 days overdue"),
        "31-60": msg_in("receivable", "31–60 days overdue"),
        "61-90": msg_in("receivable", "61–90 days overdue"),
        "over_90": msg_in("receivable", "over 90 days overdue"),
        "to_give_back": msg_in("receivable", "to give back"),
    },
    "standing": {
        "to_bill": msg_in("standing", "to be billed"),
        "waiting": msg_in("standing", "waits to be confirmed"),
        "billed": msg_in("standing", "on an invoice"),
        "receipt": msg_in("standing", "on a receipt"),
        "elsewhere": msg_in("standing", "billed elsewhere"),
        "free": msg_in("standing", "free"),
    },
    "row_state": {
        "before": msg_in("row_state", "before"),
        "after": msg_in("row_state", "after"),
    },
    "exception": {
        "open_session": msg_in("exception", "session still open"),
        "over_48_h": msg_in("exception", "over 48 h: to be confirmed"),
        "overlap": msg_in("exception", "overlaps another session"),
        "voided": msg_in("exception", "put aside as recorded by mistake"),
        "over_12_h": msg_in("exception", "over 12 h"),
        "no_tariff": msg_in("exception", "no price list"),
        "no_calendar": msg_in("exception", "no calendar of holidays"),
        "late_recorded": msg_in("exception", "recorded after invoicing"),
        "back_dated": msg_in("exception", "back-dated"),
        "price_changed_after_invoice": msg_in("exception", "amount differs from the invoice"),
    },
    "finding": {
        "end_before_start": finding.KINDS["end_before_start"],
        "over_48_h": finding.KINDS["over_48_h"],
        "open_session": msg_in("finding", "session not ended"),
        "near_match": finding.KINDS["near_match"],
        "overlap_same_partner": finding.KINDS["overlap_same_partner"],
        "overlap_same_technician": finding.KINDS["overlap_same_technician"],
        "artefact_after_purge": msg_in("finding", "connection after the deletion"),
        "duration_mismatch": msg_in("finding", "different duration"),
        "ended_without_purge": labels.DATA_NOT_DELETED,
        "record_without_session": msg_in("finding", "record without session"),
        "session_without_record": msg_in("finding", "session without record"),
        "silent_source": finding.KINDS["silent_source"],
        "merged_fragments": finding.KINDS["merged_fragments"],
        "nested_channel": msg_in("finding", "channel within a connection"),
        "band_edge": msg_in("finding", "close to a change of price"),
    },
    "favours": {
        "shop": msg_in("favours", "shop"),
        "customer": msg_in("favours", "customer"),
    },
    "set_where": {
        "event": msg_in("set_where", "event"),
        "default": msg_in("set_where", "default"),
    },
    "truth": {
        "true": msg_in("truth", "true"),
        "false": msg_in("truth", "false"),
        "yes": msg_in("truth", "true"),
        "no": msg_in("truth", "false"),
    },
    "role": certificate.ROLES,
    "quarantine": {
        "torn": msg_in("quarantine", "cut off"),
        "not-text": msg_in("quarantine", "no text"),
        "too-long": msg_in("quarantine", "too long"),
        "fields": msg_in("quarantine", "other fields"),
        "bad-time": msg_in("quarantine", "bad time"),
        "no-zone": msg_in("quarantine", "no time zone"),
        "no-such-local-time": msg_in("quarantine", "no such local time"),
        "ambiguous-local-time": msg_in("quarantine", "an hour that came twice"),
        "ambiguous-date": msg_in("quarantine", "day or month first"),
        "bad-instance": msg_in("quarantine", "bad instance"),
        "end-without-start": msg_in("quarantine", "end without start"),
        "unknown-event": msg_in("quarantine", "unknown event"),
        "error-cell": msg_in("quarantine", "an error of a spreadsheet"),
    },
    "record_state": {
        "unmatched": msg_in("record_state", "unmatched"),
        "matched": msg_in("record_state", "matched"),
        "dismissed": msg_in("record_state", "dismissed"),
    },
    "record_kind": {
        "remote_control": msg_in("record_kind", "remote control"),
        "view_only": msg_in("record_kind", "view only"),
        "file_transfer": msg_in("record_kind", "file transfer"),
        "terminal": msg_in("record_kind", "terminal"),
        "chat": msg_in("record_kind", "chat"),
        "vpn": msg_in("record_kind", "vpn"),
        "meeting": msg_in("record_kind", "meeting"),
        "unknown": msg_in("record_kind", "unknown"),
        "attempt": msg_in("record_kind", "attempt"),
    },
    "mark": purge.FLAGS | MARKS | {VOIDED_MARK: MARKS["voided"]},
    "customer_field": {
        "name": msg_in("customer_field", "name"),
        "nip": labels.NIP,
        "address_line1": msg_in("customer_field", "street and number"),
        "address_line2": msg_in("customer_field", "postal code and town"),
        "country": msg_in("customer_field", "country"),
        "email": msg_in("customer_field", "e-mail"),
        "consumer": msg_in("customer_field", "consumer"),
        "vat_id": msg_in("customer_field", "EU VAT number"),
        "vat_treatment": msg_in("customer_field", "VAT treatment"),
    },
    "technicians": {"unknown": msg_in("technicians", "unknown")},
    "set_aside": {
        "outgoing": msg_in("set_aside", "transfer out"),
        "private": msg_in("set_aside", "private"),
        "other": msg_in("set_aside", "other"),
    },
    "transfer_state": {
        "open": msg_in("transfer_state", "open"),
        "assigned": msg_in("transfer_state", "assigned"),
        "returned": msg_in("transfer_state", "returned"),
        "set-aside": msg_in("transfer_state", "set aside"),
    },
    "review": {"ok": msg_in("review", "ok"), "exception": msg_in("review", "exception")},
    "erased_data": {
        "session": msg_in("erased_data", "session"),
        "tax": msg_in("erased_data", "tax"),
        "customer": msg_in("erased_data", "customer"),
    },
    "erased_why": {
        "retention": msg_in("erased_why", "retention"),
        "abandoned": msg_in("erased_why", "abandoned"),
        "erasure": msg_in("erased_why", "erasure"),
        "purged": msg_in("erased_why", "purged"),
        "erasure-request": msg_in("erased_why", "request for erasure"),
    },
    "event": EVENTS | {topic.removeprefix("session."): each for topic, each in EVENTS.items()},
}
"""By kind, the word for each code; what is not here is shown as it is."""

_TYPED = "typed "
"""What stands before a kind whose words are to be typed again."""

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
    "verification": ("verification",),
    "reason": ("reason", "quarantine"),
    "age": ("receivable",),
    "counts_in_vat": ("truth",),
    "favours": ("favours",),
    "field": ("customer_field",),
    "first_verdict": ("verdict",),
    "from": ("set_where",),
    "ksef": ("ksef_duty", "invoice_state", "ksef_mode"),
    "technician": ("technicians",),
    "technicians": ("technicians",),
    "value": ("truth",),
    "verdict_before": ("verdict",),
    "how": ("accepted_how", "sent_how"),
    "method": ("payment_method", "method"),
    "duty": ("ksef_duty",),
    "mode": ("ksef_mode",),
    "standing": ("standing",),
    "state": (
        "session_state",
        "invoice_state",
        "plan_state",
        "receivable",
        "row_state",
        "record_state",
        "outage_state",
    ),
    "event": ("event",),
    "result": ("result", "review"),
    "kind": ("exception", "finding", "document_kind", "artefact", "target", "record_kind", "outage"),
}
"""The kinds of codes that a column holds, by its key."""
OF_MONEY = frozenset(
    {"band", "invoice_state", "ksef_duty", "ksef_mode", "plan_state", "receivable", "rule", "standing"}
)
"""Kinds that say how an amount stands: an English terminal has their words, too; others are typed again."""


def word_of(kind: str, code: str, lang: Lang) -> str:
    """Return the word for a code of a kind; the code itself where the vocabulary has none."""
    if kind.startswith(_TYPED):
        return forms_of(kind.removeprefix(_TYPED), code, lang)[0]
    found = VOCABULARY.get(kind, {}).get(code)
    return code if found is None else said(found, lang)


def reason_words(code: str, lang: Lang) -> str:
    """Return a reason as papers tell it, in either language."""
    return said(VOCABULARY["reason"][code], lang) if code in VOCABULARY["reason"] else code


BILLED_AS = {
    "receipt": msg_in("billed", "receipt {number}"),
    "elsewhere": msg_in("billed", "elsewhere: {number}"),
}
"""What stands before the number of what is no invoice of this ledger."""


def _billed(told: str, lang: Lang) -> str:
    kind, colon, number = told.partition(":")
    return said(BILLED_AS[kind].of(number=number), lang) if colon and kind in BILLED_AS else told


def word(key: str, cell: Cell, lang: Lang, kinds: Container[str] | None = None) -> Cell:
    """Return the word for the code in a column's cell, or the cell as it is; of some kinds, or of all."""
    if isinstance(cell, Message):
        return said(cell, lang)
    if isinstance(cell, tuple):
        return tuple(str(word(key, each, lang, kinds)) for each in cell)
    if kinds is None and key == "marks":
        return ", ".join(word_of("mark", each, lang) for each in str(cell).split(", "))
    if kinds is None and key == "billed":
        return _billed(str(cell), lang)
    for kind in COLUMNS.get(key, ()):
        found = VOCABULARY.get(kind, {}).get(str(cell)) if kinds is None or kind in kinds else None
        if found is not None:
            return said(found, lang)
    return cell
