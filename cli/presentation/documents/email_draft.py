"""A letter with the document in it, as a file that a mail program opens, ready to be sent.

Everything in it follows from the paper: the same paper gives the same bytes. Nothing is sent from here.
"""

from __future__ import annotations

import hashlib
import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from cli.presentation.catalogue import said
from cli.presentation.documents.amounts import iban
from cli.presentation.documents.invoice import due_of, file_stem, is_to_be_paid, title_of
from cli.presentation.documents.shop import shop_words
from cli.presentation.moments import on_day
from cli.presentation.text import Lang, harmless
from cli.presentation.wording.email import (
    ACCOUNT,
    ATTACHED,
    BIC,
    BY,
    CORRECTS,
    DAY,
    GREETING,
    KSEF,
    REFERENCE,
)
from ledger.domain.clock import office_time
from ledger.domain.invoice.document import Paper, Party
from ledger.fa3.seller import ShopContact

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_ADDRESS = re.compile(rf"{_ATOM}(\.{_ATOM})*@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_NOT_IN_A_DOMAIN = re.compile(r"[^A-Za-z0-9.-]+")
_ID_CHARACTERS = 32


def eml(paper: Paper, pdf: bytes, lang: Lang, shop: ShopContact) -> bytes:
    """Return the letter with PDF and XML attached; without To if the buyer's address is not known.

    Below the seller's name stands how the shop is reached, as far as its settings say it.
    """
    document = paper.document
    digest = hashlib.sha256(paper.xml + pdf).hexdigest()[:_ID_CHARACTERS]
    letter = EmailMessage(policy=SMTP)
    letter["Subject"] = title_of(document, lang)
    for header, party in (("From", document.seller), ("To", document.buyer)):
        address = _address(party)
        if address is not None:
            letter[header] = address
    letter["Date"] = format_datetime(office_time(paper.covered_at).replace(microsecond=0))
    domain = _NOT_IN_A_DOMAIN.sub("-", paper.origin).strip("-.") or "ledger"
    letter["Message-ID"] = f"<{digest}@{domain}>"
    letter["X-Unsent"] = "1"  # Outlook then opens it as a draft
    letter.set_content(_text(paper, lang, shop), cte="quoted-printable")
    stem = file_stem(document)
    letter.add_attachment(pdf, maintype="application", subtype="pdf", filename=f"{stem}.pdf")
    letter.add_attachment(paper.xml, maintype="application", subtype="xml", filename=f"{stem}.xml")
    letter.set_boundary(f"=_{digest}")
    return letter.as_bytes()


def _address(party: Party) -> Address | None:
    """Return a party's address for a mail header; None if there is none or it is not valid."""
    if party.email is None or _ADDRESS.fullmatch(party.email) is None:
        return None
    return Address(harmless(party.name), addr_spec=party.email)


def _text(paper: Paper, lang: Lang, shop: ShopContact) -> str:
    document, payment = paper.document, paper.document.payment
    due = due_of(document, lang)
    lines = [
        f"{title_of(document, lang)}{said(DAY, lang).format(day=on_day(document.issued_on, lang))}",
        f"{due['label']}: {due['amount']}",
    ]
    if document.corrects is not None:
        lines.insert(1, said(CORRECTS, lang).format(number=harmless(document.corrects.number)))
    if is_to_be_paid(document):
        lines[-1] += said(BY, lang).format(day=on_day(payment.due_on, lang))
        if payment.bank_account:
            lines.append(said(ACCOUNT, lang).format(account=iban(payment.bank_account)))
            lines += [said(BIC, lang).format(bic=payment.bank_bic)] if payment.bank_bic else []
            lines.append(said(REFERENCE, lang).format(number=harmless(document.number)))
    if paper.ksef_number:
        lines.append(said(KSEF, lang).format(number=harmless(paper.ksef_number)))
    told = "\n".join(lines)
    reached = (harmless(said(each, lang)) for each in shop_words(shop))
    signed = "\n".join((harmless(document.seller.name), *reached))
    return f"{said(GREETING, lang)}\n\n{told}\n\n{said(ATTACHED, lang)}\n\n{signed}\n"
