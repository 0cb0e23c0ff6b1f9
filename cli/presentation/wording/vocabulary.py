"""Words for the codes that stand in cells, by kind of code."""

from __future__ import annotations

from cli.presentation.catalogue import said
from cli.presentation.formats.model import Cell
from cli.presentation.text import Lang
from cli.presentation.wording import certificate, deletion_register, finding, labels, purge
from ledger.message import Message, msg, msg_in

VOCABULARY: dict[str, dict[str, Message]] = {
    "session_state": {
        "requested": msg("requested"),
        "connected": msg("connected"),
        "disconnected": msg("link lost"),
        "ended": msg("ended"),
        "purged": msg("data deleted"),
        "cancelled": msg("cancelled"),
    },
    "issue": {
        "hardware": msg("purchased hardware"),
        "other": labels.OTHER_MATTER,
        "test": msg("connection test"),
    },
    "channel": {
        "phone": msg("telephone"),
        "email": msg("e-mail"),
        "chat": msg("chat"),
        "in_person": msg("in person"),
        "other": msg("other channel"),
    },
    "ended_by": {
        "technician": msg("technician"),
        "customer": deletion_register.SUBJECT["customer"],
        "link-lost": msg_in("value", "link lost"),
    },
    "accepted_how": {
        "phone": msg("by telephone"),
        "chat": msg("by chat"),
        "email": msg("by e-mail"),
    },
    "consumer": {
        "yes": msg("consumer"),
        "no": msg("business"),
        "sole_trader": msg("sole trader, outside the trade"),
        "unknown": msg("not known"),
    },
    "vat_treatment": {
        "pl": msg("Polish VAT"),
        "eu": msg("reverse charge (EU)"),
        "non_eu": msg("outside the EU"),
        "ask": msg("to be decided"),
    },
    "band": {
        "office": labels.OFFICE_HOURS,
        "off_hours": msg("outside office hours"),
        "night": msg("night"),
    },
    "rule": {
        "list_price": msg("list price"),
        "customer_discount": msg("customer's discount 50 %"),
        "hardware_free": msg("free: purchased hardware"),
        "hardware_out_of_office": msg("purchased hardware outside Mon–Fri 10–18: 50 %"),
        "goodwill": msg("goodwill"),
        "test": msg("free test"),
    },
    "verdict": {
        "pass": labels.IN_TIME,
        "late": labels.LATE,
        "failed": msg_in("value", "not deleted"),
        "unknown": msg_in("value", "unknown"),
        "open": labels.NOT_YET,
        "before_adoption": msg("before this ledger"),
    },
    "evidence": {
        "measured": labels.MEASURED,
        "absence_measured": msg("absence measured"),
        "declared": msg("declared"),
        "none": certificate.LABELS["none"],
    },
    "target": {
        "workspace": certificate.KINDS["workspace"],
        "artefact": msg("noted file"),
        "pattern": msg("tool's files"),
        "shared_log": certificate.KINDS["shared_log"],
        "vault": msg_in("value", "vault"),
        "vendor": msg("at the vendor"),
    },
    "result": {
        "removed": purge.RESULTS["removed"],
        "absent": msg("was not there"),
        "retained": msg("kept until the month closes"),
        "residual": msg("left"),
        "failed": msg("failed"),
        "external": msg("not from here: at the vendor"),
        "erased": labels.IS_ERASED,
        "partly": msg("partly erased"),
        "refused": labels.REFUSED,
        "deleted": deletion_register.RESULTS["deleted"],
    },
    "method": {
        "none": deletion_register.METHODS["none"],
        "unlink": msg("file removed from its folder"),
        "unlink-by-path": msg("file removed by its path"),
        "erase-key-and-row": msg("record and its key destroyed"),
        "declared": msg("not measured"),
    },
    "verification": {
        "lstat": msg("no file under its name"),
        "inventory": msg("the whole folder was listed"),
        "key-lookup": msg("the key is not in the vault"),
    },
    "artefact": {
        "received": msg("file received"),
        "chat": msg("chat log"),
        "recording": msg("recording"),
        "screenshot": msg("screenshot"),
    },
    "reason": {
        "wrong-time": msg("wrong time"),
        "wrong-issue": msg("wrong issue"),
        "wrong-customer": msg("wrong customer"),
        "missing-connection": msg("missing connection"),
        "double-entry": msg("double entry"),
        "goodwill": msg("goodwill"),
        "complaint": msg("complaint"),
        "checked": msg("checked"),
        "legal-claim": msg("legal claim"),
        "inspection": msg("inspection"),
        "contract": msg("contract"),
        "data-changed": msg("data changed"),
        "price-change": msg("price change"),
        "other": msg("other reason"),
    },
    "invoice_state": {
        "issued": msg("issued"),
        "submitted": msg("sent to KSeF"),
        "accepted": msg("accepted by KSeF"),
        "rejected": msg_in("value", "rejected by KSeF"),
        "withdrawn": msg("withdrawn"),
    },
    "ksef_duty": {
        "ksef": msg("to KSeF"),
        "to_send": labels.TO_BE_SENT,
        "exempt": msg("outside KSeF (limit)"),
        "consumer": msg("outside KSeF (consumer)"),
    },
    "ksef_mode": {
        "online": msg("online"),
        "offline24": msg("offline24"),
        "exempt_10k": msg("outside KSeF up to 10,000 PLN"),
        "emergency": msg("KSeF failure"),
    },
    "payment_method": {
        "transfer": labels.BANK_TRANSFER,
        "card": msg("card"),
        "cash": msg("cash"),
    },
    "sent_how": {
        "email": msg("by e-mail"),
        "post": msg("by post"),
        "handed": msg("handed over"),
    },
    "document_kind": {
        "VAT": msg("invoice"),
        "KOR": msg("corrective invoice"),
        "FP": msg("invoice to a receipt"),
    },
    "plan_state": {
        "issue": labels.TO_BE_ISSUED,
        "nothing_due": msg("nothing to pay"),
        "needs_receipt": labels.NEEDS_RECEIPT,
        "blocked": msg_in("value", "blocked"),
        "waiting": msg("waits"),
    },
    "receivable": {
        "not_due": msg("not due yet"),
        "1-30": msg("1–30 days overdue"),
        "31-60": msg("31–60 days overdue"),
        "61-90": msg("61–90 days overdue"),
        "over_90": msg("over 90 days overdue"),
        "to_give_back": msg("to give back"),
    },
    "standing": {
        "to_bill": msg("to be billed"),
        "waiting": msg("waits to be confirmed"),
        "billed": msg("on an invoice"),
        "receipt": msg("on a receipt"),
        "elsewhere": msg("billed elsewhere"),
        "free": msg("free"),
    },
    "row_state": {
        "before": msg("before"),
        "after": msg("after"),
    },
    "exception": {
        "open_session": msg("session still open"),
        "over_48_h": msg("over 48 h: to be confirmed"),
        "overlap": msg("overlaps another session"),
        "voided": msg("put aside as recorded by mistake"),
        "over_12_h": msg("over 12 h"),
        "no_tariff": msg("no price list"),
        "no_calendar": msg("no calendar of holidays"),
        "late_recorded": msg("recorded after invoicing"),
        "back_dated": msg("back-dated"),
        "price_changed_after_invoice": msg("amount differs from the invoice"),
    },
    "finding": {
        "end_before_start": finding.KINDS["end_before_start"],
        "over_48_h": finding.KINDS["over_48_h"],
        "open_session": msg("session not ended"),
        "near_match": finding.KINDS["near_match"],
        "overlap_same_partner": finding.KINDS["overlap_same_partner"],
        "overlap_same_technician": finding.KINDS["overlap_same_technician"],
        "artefact_after_purge": msg("connection after the deletion"),
        "duration_mismatch": msg("different duration"),
        "ended_without_purge": labels.DATA_NOT_DELETED,
        "record_without_session": msg("record without session"),
        "session_without_record": msg("session without record"),
        "silent_source": finding.KINDS["silent_source"],
        "merged_fragments": finding.KINDS["merged_fragments"],
        "nested_channel": msg("channel within a connection"),
        "band_edge": msg("close to a change of price"),
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
            return said(found, lang)
    return cell
