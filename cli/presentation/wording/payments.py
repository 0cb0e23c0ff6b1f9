"""What is said of transfers: why one is proposed or listed, and what became of it."""

from __future__ import annotations

from cli.presentation.text import Text

STATES = {
    "proposed": Text("proponowany", "proposed"),
    "listed": Text("do decyzji", "to decide"),
    "set-aside": Text("odłożony", "set aside"),
    "assigned": Text("przypisany", "assigned"),
    "returned": Text("zwrócony", "returned"),
}
WHY = {
    "number": Text("numer faktury i cała należność", "number of the invoice, all that is owed"),
    "number-part": Text("numer faktury, część należności", "number of the invoice, a part of what is owed"),
    "ksef-number": Text("numer KSeF i cała należność", "KSeF number, all that is owed"),
    "split-payment": Text("podzielona płatność, cała należność", "split payment, all that is owed"),
    "own-money": Text("między własnymi rachunkami", "between own accounts"),
    "bank": Text("operacja banku", "the bank for itself"),
    "outgoing": Text("przelew wychodzący", "transfer out"),
    "private": Text("prywatny", "private"),
    "other": Text("inny powód", "another reason"),
    "refund": Text("pieniądze oddane: wskaż, za co", "money given back: for what?"),
    "returned": Text("bank cofnął przelew", "the bank took a transfer back"),
    "taken-back": Text("ten sam plik cofa ten przelew", "the same file takes it back"),
    "batch": Text("paczka przelewów bez szczegółów", "a batch that the bank does not take apart"),
    "no-details": Text("bez nadawcy lub tytułu", "without payer or title"),
    "split-payment-idc": Text("NIP w /IDC/ nie jest nasz", "the tax number in /IDC/ is not ours"),
    "split-payment-vat": Text("VAT w tytule większy niż na fakturze", "more VAT than on the invoice"),
    "account-of-another": Text("rachunek innego nabywcy", "the account of another buyer"),
    "more-than-owed": Text("więcej, niż zostało do zapłaty", "more than is owed"),
    "paid-already": Text("faktura jest już zapłacona", "the invoice is paid already"),
    "too-little-for-several": Text(
        "kilka faktur, kwota za mała na wszystkie", "several invoices, too little for all"
    ),
    "two-readings": Text("tytuł można odczytać na dwa sposoby", "the title reads in two ways"),
    "ksef-number-unknown": Text("nieznany numer KSeF", "a KSeF number that is not known"),
    "ksef-number-wrong": Text("numer KSeF z błędną cyfrą kontrolną", "a KSeF number with wrong check digits"),
    "ksef-number-collective": Text("zbiorczy identyfikator KSeF", "a collective KSeF identifier"),
    "number-unknown": Text("numer, którego tu nie wystawiono", "a number that was not issued here"),
    "number-goes-on": Text("numer ma dalszy ciąg", "the number goes on"),
    "number-of-something-else": Text("może to nie numer faktury", "maybe no number of an invoice"),
    "other-order": Text("części numeru w innej kolejności", "parts of the number in another order"),
    "short-number": Text("sam koniec numeru", "only the end of a number"),
    "account-and-amount": Text("znany rachunek i kwota", "known account and the amount"),
    "account-and-all": Text("znany rachunek, suma wszystkich należności", "known account, all that it owes"),
    "account": Text("znany rachunek", "known account"),
    "name-and-amount": Text("nazwa i kwota", "name and amount"),
    "amount": Text("tylko kwota", "amount alone"),
    "maybe-known": Text("może już wczytany w innym formacie", "maybe known from another format"),
    "nothing": Text("nic nie pasuje", "nothing fits"),
    "person": Text("wskazany ręcznie", "chosen by a person"),
}
"""Text of each rule or reason, by its code."""
