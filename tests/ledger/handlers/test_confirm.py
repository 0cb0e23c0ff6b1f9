"""A session is confirmed over 48 hours or beside another; else nothing is to confirm."""

from __future__ import annotations

from ledger import errors
from ledger.application.ledger import Ledger
from ledger.domain.session import commands as c
from ledger.domain.tariff.tariff import digest
from ledger.handlers.settings import shop_tariff_text
from tests.support.given import connected, ended, given, requested

LIST = digest(shop_tariff_text())
CONFIRM = c.Confirm(reason="checked")


def test_what_is_short_and_alone_is_not_to_be_confirmed(ledger: Ledger) -> None:
    given(ledger, requested(), connected(tariff=LIST), ended(30)).when(CONFIRM).then(errors.NotConfirmable)


def test_what_overlaps_another_session_of_its_technician_is_confirmed(ledger: Ledger) -> None:
    given(ledger, requested(), connected(100, tariff=LIST), ended(110))

    receipt = given(ledger, requested(), connected(105, tariff=LIST), ended(115)).when(CONFIRM).receipt

    assert receipt is not None
