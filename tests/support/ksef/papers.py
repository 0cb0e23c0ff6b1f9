"""FA(3) documents as small as the schema allows, to be sent."""

from __future__ import annotations

from datetime import date

from tests.support.ksef.server import NIP

_PAPER = """\
<?xml version="1.0" encoding="UTF-8"?>
<Faktura xmlns="http://crd.gov.pl/wzor/2025/06/25/13775/"><Naglowek>\
<KodFormularza kodSystemowy="FA (3)" wersjaSchemy="1-0E">FA</KodFormularza>\
<WariantFormularza>3</WariantFormularza><DataWytworzeniaFa>{day}T10:00:00Z</DataWytworzeniaFa></Naglowek>\
<Podmiot1><DaneIdentyfikacyjne><NIP>{nip}</NIP><Nazwa>Serwis</Nazwa></DaneIdentyfikacyjne>\
<Adres><KodKraju>PL</KodKraju><AdresL1>ul. Prosta 1</AdresL1></Adres></Podmiot1>\
<Podmiot2><DaneIdentyfikacyjne><NIP>1111111111</NIP><Nazwa>Nabywca</Nazwa></DaneIdentyfikacyjne>\
<JST>2</JST><GV>2</GV></Podmiot2>\
<Fa><KodWaluty>PLN</KodWaluty><P_1>{day}</P_1><P_2>{number}</P_2>\
<P_13_1>{net}.00</P_13_1><P_14_1>23.00</P_14_1><P_15>123.00</P_15>\
<Adnotacje><P_16>2</P_16><P_17>2</P_17><P_18>2</P_18><P_18A>2</P_18A>\
<Zwolnienie><P_19N>1</P_19N></Zwolnienie>\
<NoweSrodkiTransportu><P_22N>1</P_22N></NoweSrodkiTransportu><P_23>2</P_23>\
<PMarzy><P_PMarzyN>1</P_PMarzyN></PMarzy></Adnotacje><RodzajFaktury>VAT</RodzajFaktury></Fa></Faktura>
"""


def paper(number: str = "FV/2026/11/0001", *, day: date = date(2026, 11, 25), net: int = 100) -> bytes:
    """One document; `net` tells two files of one number apart."""
    return _PAPER.format(number=number, day=day, nip=NIP, net=net).encode()
