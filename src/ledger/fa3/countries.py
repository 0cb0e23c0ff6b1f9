"""Codes of countries that an invoice in KSeF may name."""

from __future__ import annotations

from ledger.message import Hint, Message, msg

_CODES = (
    "AD AE AF AG AI AL AM AN AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR "
    "BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC "
    "EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK "
    "HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB "
    "LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ "
    "NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU "
    "RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN "
    "TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XC XI XK XL YE YT ZA ZM ZW"
)
COUNTRIES = frozenset(_CODES.split())
"""TKodKraju of the schema (KodyKrajow_v10-0E.xsd): ISO 3166-1 alpha-2, and some more."""
_MEANT = {"EL": "GR", "UK": "GB"}
"""Codes that are written for those of the list; EL is Greece's only before a VAT number."""
_HINT = msg("PL, DE, GB: a code of ISO 3166")


def no_country(code: str) -> tuple[Message, Hint] | None:
    """Return what is said of a code that names no country, and what to do; None for one that does."""
    if code in COUNTRIES:
        return None
    meant = _MEANT.get(code)
    hint = _HINT if meant is None else msg("the code of that country is {meant}", meant=meant)
    return msg("country {code} is none that an invoice may name", code=code), Hint(hint)
