"""Figures as a printed document shows them."""

from __future__ import annotations

from cli.presentation.text import Lang

_NO_BREAK = "\u00a0"


def amount(grosze: int, lang: Lang) -> str:
    """Zloty from grosze, thousands apart: 1 045,50 (pl) or 1,045.50 (en); no line breaks within."""
    zloty, rest = divmod(abs(grosze), 100)
    sign = "-" if grosze < 0 else ""
    if lang == "en":
        return f"{sign}{zloty:,}.{rest:02d}"
    return f"{sign}{zloty:,}".replace(",", _NO_BREAK) + f",{rest:02d}"


def iban(account: str) -> str:
    """Group an account number by four digits, as on paper."""
    plain = "".join(account.split())
    return " ".join(plain[at : at + 4] for at in range(0, len(plain), 4))
