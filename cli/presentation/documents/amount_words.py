"""An amount of money in words, as it stands under the sum of an invoice.

Polish counts in three forms: 1 złoty; 2, 3, 4 złote, and every number that ends in them but for 12, 13, 14;
all others złotych. A thousand is said with its „jeden”, so that nothing can be written in front of it.
"""

from __future__ import annotations

from cli.presentation.text import Lang

ZLOTY_MAX = 999_999_999_999
"""The greatest sum that has words here."""
_TEN, _TWENTY, _HUNDRED, _THOUSAND = 10, 20, 100, 1000

_PL_ONES = (
    "", "jeden", "dwa", "trzy", "cztery", "pięć", "sześć", "siedem", "osiem", "dziewięć", "dziesięć",
    "jedenaście", "dwanaście", "trzynaście", "czternaście", "piętnaście", "szesnaście", "siedemnaście",
    "osiemnaście", "dziewiętnaście",
)  # fmt: skip
_PL_TENS = (
    "", "", "dwadzieścia", "trzydzieści", "czterdzieści", "pięćdziesiąt", "sześćdziesiąt", "siedemdziesiąt",
    "osiemdziesiąt", "dziewięćdziesiąt",
)  # fmt: skip
_PL_HUNDREDS = (
    "", "sto", "dwieście", "trzysta", "czterysta", "pięćset", "sześćset", "siedemset", "osiemset",
    "dziewięćset",
)  # fmt: skip
_PL_SCALES = (
    ("miliard", "miliardy", "miliardów"),
    ("milion", "miliony", "milionów"),
    ("tysiąc", "tysiące", "tysięcy"),
)
_PL_ZLOTY = ("złoty", "złote", "złotych")
_PL_GROSZ = ("grosz", "grosze", "groszy")

_EN_ONES = (
    "", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_EN_TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_EN_SCALES = ("billion", "million", "thousand")


def amount_in_words(grosze: int, lang: Lang) -> str:
    """Zloty and groszy in full; a negative amount begins with „minus”. Raises ValueError above ZLOTY_MAX."""
    zloty, rest = divmod(abs(grosze), 100)
    if zloty > ZLOTY_MAX:
        raise ValueError("an amount above 999 999 999 999 zł has no words")
    sign = "minus " if grosze < 0 else ""
    if lang == "en":
        coins = f"{_english(rest)} {'grosz' if rest == 1 else 'groszy'}"
        return f"{sign}{_english(zloty)} {'zloty' if zloty == 1 else 'zlotys'} and {coins}"
    return f"{sign}{_polish(zloty)} {_form(zloty, _PL_ZLOTY)} {_polish(rest)} {_form(rest, _PL_GROSZ)}"


def _form(count: int, forms: tuple[str, str, str]) -> str:
    """Return the form of the noun that a Polish numeral takes."""
    if count == 1:
        return forms[0]
    is_teen = _TEN <= count % _HUNDRED < _TWENTY
    return forms[1] if count % _TEN in {2, 3, 4} and not is_teen else forms[2]


def _groups(number: int) -> tuple[int, int, int, int]:
    """Thousand millions, millions, thousands, the rest; each below a thousand."""
    thousands, rest = divmod(number, _THOUSAND)
    millions, thousands = divmod(thousands, _THOUSAND)
    return (*divmod(millions, _THOUSAND), thousands, rest)


def _polish(number: int) -> str:
    if number == 0:
        return "zero"
    *above, rest = _groups(number)
    said = [
        f"{_polish_group(group)} {_form(group, scale)}"
        for group, scale in zip(above, _PL_SCALES, strict=True)
        if group
    ]
    return " ".join([*said, _polish_group(rest)] if rest else said)


def _polish_group(group: int) -> str:
    hundreds, rest = divmod(group, _HUNDRED)
    tens, ones = (0, rest) if rest < _TWENTY else divmod(rest, _TEN)
    return " ".join(word for word in (_PL_HUNDREDS[hundreds], _PL_TENS[tens], _PL_ONES[ones]) if word)


def _english(number: int) -> str:
    if number == 0:
        return "zero"
    *above, rest = _groups(number)
    said = [
        f"{_english_group(group)} {scale}" for group, scale in zip(above, _EN_SCALES, strict=True) if group
    ]
    return " ".join([*said, _english_group(rest)] if rest else said)


def _english_group(group: int) -> str:
    hundreds, rest = divmod(group, _HUNDRED)
    tens, ones = (0, rest) if rest < _TWENTY else divmod(rest, _TEN)
    small = "-".join(word for word in (_EN_TENS[tens], _EN_ONES[ones]) if word)
    return " ".join(word for word in (f"{_EN_ONES[hundreds]} hundred" if hundreds else "", small) if word)
