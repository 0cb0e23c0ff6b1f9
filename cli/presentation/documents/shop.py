"""The shop on its papers: who it is, and what it says of itself."""

from __future__ import annotations

from collections.abc import Iterable

from cli.presentation.wording.shop import EMERGENCY, HOURS, MODULE
from ledger.fa3.seller import ShopContact
from ledger.message import Message


def shop_words(shop: ShopContact, sentences: Iterable[Message] = ()) -> list[Message]:
    """Return sentences, and how to reach the shop as far as ledger.toml says it."""
    told = list(sentences)
    if shop.emergency_phone:
        told.append(EMERGENCY.of(phone=shop.emergency_phone))
    if shop.hours:
        told.append(HOURS.of(hours=shop.hours))
    if shop.module_url:
        told.append(MODULE.of(url=shop.module_url))
    return told
