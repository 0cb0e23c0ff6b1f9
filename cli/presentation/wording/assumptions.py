"""Assumptions of a price list in the reader's language.

A list says its own Polish where it has any. Of the shop's own sentences, which published lists hold in
English, the Polish stands here. Another sentence is shown as the list has it.
"""

from __future__ import annotations

from cli.presentation.text import Lang
from ledger.domain.tariff.sections import Assumption, AssumptionText

POLISH: dict[str, str] = {
    ("What does an hour cost that is started before a change of price and runs across it?"): (
        "Ile kosztuje godzina rozpoczęta przed zmianą stawki, która trwa i po niej?"
    ),
    ("The price in force at the second it opens."): ("Tyle, ile wynosi stawka w chwili jej rozpoczęcia."),
    (
        "The list prices every started hour, so the price is settled when the hour starts; telecom "
        "rating charges an increment begun before a boundary the same way."
    ): (
        "Cennik podaje cenę każdej rozpoczętej godziny, więc cena jest znana z chwilą jej "
        "rozpoczęcia; tak samo operatorzy telefoniczni liczą jednostkę rozpoczętą przed zmianą "
        "taryfy."
    ),
    ("Night begins after 22:00; when does it end?"): ("Pora nocna zaczyna się po 22:00. Kiedy się kończy?"),
    ("At 06:00."): ("O 6:00."),
    (
        "Eight hours, as the labour code counts a night (art. 151⁷ k.p.); the list names no end, and "
        "a longer night would be read against the customer."
    ): (
        "To osiem godzin, jak w art. 151⁷ Kodeksu pracy; cennik nie podaje końca nocy, a dłuższa noc "
        "byłaby odczytaniem na niekorzyść klienta."
    ),
    ("Is an hour that opens at 22:00:00 to the second an evening hour or a night hour?"): (
        "Czy godzina rozpoczęta co do sekundy o 22:00:00 to jeszcze wieczór, czy już noc?"
    ),
    ("A night hour: the night begins with that second."): ("Noc: zaczyna się z tą sekundą."),
    (
        'A band holds from its first second on, as everywhere in this list; "until 22:00" and "after '
        '22:00" leave that second itself open.'
    ): (
        "Każda pora obowiązuje od swojej pierwszej sekundy, jak w całym cenniku; „do 22:00” i „po "
        "22:00” samej tej sekundy nie rozstrzygają."
    ),
    ("What do weekday mornings cost between the end of the night and the opening of the office?"): (
        "Ile kosztuje pomoc w dni robocze rano, po nocy, a przed otwarciem biura?"
    ),
    ("Twice the base price, as evenings do."): ("Dwukrotność stawki podstawowej, jak wieczorem."),
    (
        "The base rate is for the office's working hours, and these begin at 10:00; the list says "
        "nothing of mornings."
    ): (
        "Stawka podstawowa obowiązuje w godzinach pracy biura, a te zaczynają się o 10:00; o "
        "porankach cennik milczy."
    ),
    ("What do Saturdays and Sundays cost in the daytime?"): (
        "Ile kosztuje pomoc w sobotę i niedzielę w dzień?"
    ),
    ("Twice the base price."): ("Dwukrotność stawki podstawowej."),
    (
        "The list names the office's hours only for Monday to Friday, and says that the price depends"
        " on the day of the week."
    ): ("Godziny pracy biura podano tylko od poniedziałku do piątku, a cena ma zależeć od dnia tygodnia."),
    ("Does a public holiday from Monday to Friday cost what a working day costs?"): (
        "Czy święto przypadające od poniedziałku do piątku kosztuje tyle, co dzień roboczy?"
    ),
    ("It costs what a Sunday costs."): ("Nie: kosztuje tyle, co niedziela."),
    ("On a public holiday the office does not work, and the base rate is for its working hours."): (
        "W święto biuro nie pracuje, a stawka podstawowa dotyczy godzin jego pracy."
    ),
    ("Is help with purchased hardware free on a public holiday from Monday to Friday?"): (
        "Czy w święto przypadające od poniedziałku do piątku pomoc do sprzętu kupionego u nas jest bezpłatna?"
    ),
    ("Yes, from 10:00 to 18:00."): ("Tak, od 10:00 do 18:00."),
    (
        "The sentence says Monday to Friday and excepts no holidays; what is unclear is read for the "
        "customer (art. 385 § 2 k.c.)."
    ): (
        "Cennik mówi „pn-pt” i nie wyłącza świąt; niejasny zapis tłumaczy się na korzyść konsumenta "
        "(art. 385 § 2 k.c.)."
    ),
    ("What does help with purchased hardware cost outside Monday to Friday 10:00 to 18:00?"): (
        "Ile kosztuje pomoc do sprzętu kupionego u nas poza poniedziałkiem–piątkiem, 10:00–18:00?"
    ),
    ("Half the price, as other problems of customers do."): ("Połowę ceny, jak inne problemy klientów."),
    (
        "The list grants 50 % for other problems; without it a customer's own hardware would cost "
        "twice what anything else costs."
    ): (
        "Cennik daje 50 % rabatu na inne problemy; bez niego pomoc do własnego sprzętu klienta "
        "kosztowałaby dwa razy więcej niż do cudzego."
    ),
    ("Does a second connection of the same session start hours of its own?"): (
        "Czy ponowne połączenie w tej samej sesji zaczyna nową godzinę?"
    ),
    ("Only where no started hour covers it: a started hour lasts an hour from its opening."): (
        "Tylko wtedy, gdy nie obejmuje go godzina już rozpoczęta; ta trwa 60 minut od rozpoczęcia."
    ),
    (
        "An hour once started is paid for; charging it twice for a lost link would be read against "
        "the customer."
    ): (
        "Za rozpoczętą godzinę już zapłacono; policzenie jej drugi raz z powodu zerwanego połączenia "
        "byłoby na niekorzyść klienta."
    ),
    ("Does the work start with the customer's request or with the connection?"): (
        "Czy czas liczy się od zgłoszenia, czy od połączenia?"
    ),
    ("With the connection."): ("Od połączenia."),
    (
        "The list prices work by remote console, which cannot start before the connection; a phone "
        "call comes first and is not part of the price."
    ): (
        "Cennik dotyczy pracy na konsoli zdalnej, a ta nie zacznie się przed połączeniem; rozmowa "
        "telefoniczna ją poprzedza i nie wchodzi w cenę."
    ),
    ("What if help turns to another problem within a started hour?"): (
        "Co, jeśli w trakcie rozpoczętej godziny zmieni się sprawa?"
    ),
    ("The hour keeps its price; the next one has the price of the new problem."): (
        "Rozpoczęta godzina zachowuje cenę; następna ma cenę nowej sprawy."
    ),
    (
        "The hour is already started and priced; a second price for the same hour would be read "
        "against the customer."
    ): (
        "Godzina jest już rozpoczęta i wyceniona; druga cena za tę samą godzinę byłaby na niekorzyść klienta."
    ),
    ("For how long does a purchase make a customer of the shop?"): (
        "Jak długo po zakupie jest się klientem sklepu?"
    ),
    ("For ever, unless the goods were returned."): ("Bezterminowo, chyba że towar zwrócono."),
    ("The list sets no limit; what is unclear is read for the customer (art. 385 § 2 k.c.)."): (
        "Cennik nie podaje terminu; niejasny zapis tłumaczy się na korzyść konsumenta (art. 385 § 2 k.c.)."
    ),
    ("Which price list holds for a session during which a new one comes into force?"): (
        "Który cennik obowiązuje, gdy nowy wchodzi w życie w trakcie sesji?"
    ),
    ("The one in force when the session connected, to its end."): (
        "Ten, który obowiązywał w chwili połączenia, do końca sesji."
    ),
    ("The customer agreed to the price shown before connecting."): (
        "Klient zgodził się na cenę podaną przed połączeniem."
    ),
    ("How soon is right after the end of the session?"): ("Co znaczy „bezpośrednio po zakończeniu sesji”?"),
    ("Within 15 minutes."): ("W ciągu 15 minut."),
    (
        "Recordings may be written for some seconds after the end, and somebody has to look; no "
        "amount depends on it."
    ): (
        "Program może zapisywać nagranie jeszcze kilka sekund po zakończeniu, a ktoś musi to "
        "sprawdzić; żadna kwota od tego nie zależy."
    ),
}


EXAMPLES: dict[str, str] = {
    "one second is a started hour": "jedna sekunda to rozpoczęta godzina",
    "an hour opened before 18:00 keeps its price": "godzina rozpoczęta przed 18:00 zachowuje cenę",
    "three nights and a weekend": "trzy noce i weekend",
    "purchased hardware: a free hour, then half of an evening hour": (
        "sprzęt od nas: godzina bezpłatna, potem połowa ceny wieczornej"
    ),
    "a customer's other problem at night": "inna sprawa klienta w nocy",
    "a public holiday costs what a Sunday costs": "święto kosztuje tyle, co niedziela",
    "24 December became a public holiday in 2025": "24 grudnia jest świętem od 2025 roku",
    "the spring night is one hour shorter": "noc zmiany czasu na letni jest o godzinę krótsza",
    "the autumn night is one hour longer": "noc zmiany czasu na zimowy jest o godzinę dłuższa",
    "a test connection is free": "połączenie próbne jest bezpłatne",
}
"""What the examples of the shop's own list are called; another list's are shown as it has them."""


def example_of(what: str, lang: Lang) -> str:
    """Return what an example of a price list is about, in a language."""
    return EXAMPLES.get(what, what) if lang == "pl" else what


def text_of(assumption: Assumption, lang: Lang) -> AssumptionText:
    """Return question, choice and reason in a language."""
    if lang == "pl" and assumption.pl is not None:
        return assumption.pl
    said = POLISH if lang == "pl" else {}
    parts = (assumption.question, assumption.chosen, assumption.reason)
    question, chosen, reason = (said.get(part, part) for part in parts)
    return AssumptionText(question=question, chosen=chosen, reason=reason)
