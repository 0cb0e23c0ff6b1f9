"""Amounts in words: every form that Polish numerals ask for, read back by a reader that counts."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.presentation.documents.amount_words import ZLOTY_MAX, amount_in_words

PL = {
    "zero": 0, "jeden": 1, "dwa": 2, "trzy": 3, "cztery": 4, "pięć": 5, "sześć": 6, "siedem": 7, "osiem": 8,
    "dziewięć": 9, "dziesięć": 10, "jedenaście": 11, "dwanaście": 12, "trzynaście": 13, "czternaście": 14,
    "piętnaście": 15, "szesnaście": 16, "siedemnaście": 17, "osiemnaście": 18, "dziewiętnaście": 19,
    "dwadzieścia": 20, "trzydzieści": 30, "czterdzieści": 40, "pięćdziesiąt": 50, "sześćdziesiąt": 60,
    "siedemdziesiąt": 70, "osiemdziesiąt": 80, "dziewięćdziesiąt": 90, "sto": 100, "dwieście": 200,
    "trzysta": 300, "czterysta": 400, "pięćset": 500, "sześćset": 600, "siedemset": 700, "osiemset": 800,
    "dziewięćset": 900,
}  # fmt: skip
PL_NOUNS = {
    10**9: ("miliard", "miliardy", "miliardów"),
    10**6: ("milion", "miliony", "milionów"),
    10**3: ("tysiąc", "tysiące", "tysięcy"),
}
EN = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16,
    "seventeen": 17, "eighteen": 18, "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
EN_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9}


def form(count: int, forms: tuple[str, str, str]) -> str:
    """By the last two digits, as a school grammar lists them."""
    if count == 1:
        return forms[0]
    few = {f"{tens}{ones}" for tens in "023456789" for ones in "234"}
    return forms[1] if f"{count:02d}"[-2:] in few else forms[2]


def read_polish(words: list[str]) -> int:
    """The number, adding up word by word; a noun in another form than its group asks for is refused."""
    total = group = 0
    for word in words:
        scale = next((scale for scale, forms in PL_NOUNS.items() if word in forms), None)
        if scale is None:
            group += PL[word]
            continue
        assert word == form(group, PL_NOUNS[scale])
        total, group = total + group * scale, 0
    return total + group


def read_english(words: str) -> int:
    total = group = 0
    for word in words.replace("-", " ").split():
        if word == "hundred":
            group *= 100
        elif word in EN_SCALES:
            total, group = total + group * EN_SCALES[word], 0
        else:
            group += EN[word]
    return total + group


AMOUNTS = st.integers(0, ZLOTY_MAX * 100 + 99)


@given(AMOUNTS)
def test_polish_words_say_the_amount_in_the_right_forms(grosze: int) -> None:
    words = amount_in_words(grosze, "pl").split(" ")
    noun = next(at for at, word in enumerate(words) if word.startswith("złot"))
    assert read_polish(words[:noun]) == grosze // 100
    assert words[noun] == form(grosze // 100, ("złoty", "złote", "złotych"))
    assert read_polish(words[noun + 1 : -1]) == grosze % 100
    assert words[-1] == form(grosze % 100, ("grosz", "grosze", "groszy"))


@given(AMOUNTS)
def test_english_words_say_the_amount(grosze: int) -> None:
    zloty, _, groszy = amount_in_words(grosze, "en").partition(" and ")
    number, _, noun = zloty.rpartition(" ")
    assert (read_english(number), noun) == (grosze // 100, "zloty" if grosze // 100 == 1 else "zlotys")
    number, _, noun = groszy.rpartition(" ")
    assert (read_english(number), noun) == (grosze % 100, "grosz" if grosze % 100 == 1 else "groszy")


@given(AMOUNTS.filter(bool))
def test_negative_amount_is_the_amount_after_minus(grosze: int) -> None:
    assert amount_in_words(-grosze, "pl") == f"minus {amount_in_words(grosze, 'pl')}"


@pytest.mark.parametrize(
    ("zloty", "words"),
    [
        (0, "zero złotych"),
        (1, "jeden złoty"),
        (2, "dwa złote"),
        (3, "trzy złote"),
        (4, "cztery złote"),
        (5, "pięć złotych"),
        (6, "sześć złotych"),
        (7, "siedem złotych"),
        (8, "osiem złotych"),
        (9, "dziewięć złotych"),
        (10, "dziesięć złotych"),
        (11, "jedenaście złotych"),
        (12, "dwanaście złotych"),
        (13, "trzynaście złotych"),
        (14, "czternaście złotych"),
        (15, "piętnaście złotych"),
        (16, "szesnaście złotych"),
        (17, "siedemnaście złotych"),
        (18, "osiemnaście złotych"),
        (19, "dziewiętnaście złotych"),
        (20, "dwadzieścia złotych"),
        (21, "dwadzieścia jeden złotych"),
        (22, "dwadzieścia dwa złote"),
        (24, "dwadzieścia cztery złote"),
        (25, "dwadzieścia pięć złotych"),
        (33, "trzydzieści trzy złote"),
        (40, "czterdzieści złotych"),
        (44, "czterdzieści cztery złote"),
        (51, "pięćdziesiąt jeden złotych"),
        (62, "sześćdziesiąt dwa złote"),
        (73, "siedemdziesiąt trzy złote"),
        (84, "osiemdziesiąt cztery złote"),
        (95, "dziewięćdziesiąt pięć złotych"),
        (100, "sto złotych"),
        (101, "sto jeden złotych"),
        (102, "sto dwa złote"),
        (112, "sto dwanaście złotych"),
        (114, "sto czternaście złotych"),
        (122, "sto dwadzieścia dwa złote"),
        (123, "sto dwadzieścia trzy złote"),
        (200, "dwieście złotych"),
        (246, "dwieście czterdzieści sześć złotych"),
        (300, "trzysta złotych"),
        (412, "czterysta dwanaście złotych"),
        (500, "pięćset złotych"),
        (600, "sześćset złotych"),
        (700, "siedemset złotych"),
        (800, "osiemset złotych"),
        (999, "dziewięćset dziewięćdziesiąt dziewięć złotych"),
        (1_000, "jeden tysiąc złotych"),
        (1_001, "jeden tysiąc jeden złotych"),
        (1_045, "jeden tysiąc czterdzieści pięć złotych"),
        (2_000, "dwa tysiące złotych"),
        (5_000, "pięć tysięcy złotych"),
        (12_000, "dwanaście tysięcy złotych"),
        (21_000, "dwadzieścia jeden tysięcy złotych"),
        (22_002, "dwadzieścia dwa tysiące dwa złote"),
        (100_000, "sto tysięcy złotych"),
        (113_004, "sto trzynaście tysięcy cztery złote"),
        (1_000_000, "jeden milion złotych"),
        (2_000_003, "dwa miliony trzy złote"),
        (5_012_000, "pięć milionów dwanaście tysięcy złotych"),
        (1_000_000_000, "jeden miliard złotych"),
        (3_000_000_001, "trzy miliardy jeden złotych"),
        (14_000_000_000, "czternaście miliardów złotych"),
    ],
)
def test_zloty_by_the_table(zloty: int, words: str) -> None:
    assert amount_in_words(zloty * 100, "pl") == f"{words} zero groszy"


@pytest.mark.parametrize(
    ("grosze", "words"),
    [
        (1, "jeden grosz"),
        (2, "dwa grosze"),
        (12, "dwanaście groszy"),
        (21, "dwadzieścia jeden groszy"),
        (34, "trzydzieści cztery grosze"),
        (50, "pięćdziesiąt groszy"),
        (99, "dziewięćdziesiąt dziewięć groszy"),
    ],
)
def test_groszy_by_the_table(grosze: int, words: str) -> None:
    assert amount_in_words(grosze, "pl") == f"zero złotych {words}"


def test_greatest_amount_has_words_and_the_next_one_has_none() -> None:
    nines = "dziewięćset dziewięćdziesiąt dziewięć"
    expected = f"{nines} miliardów {nines} milionów {nines} tysięcy {nines} złotych zero groszy"
    assert amount_in_words(ZLOTY_MAX * 100, "pl") == expected
    with pytest.raises(ValueError, match="no words"):
        amount_in_words((ZLOTY_MAX + 1) * 100, "pl")
