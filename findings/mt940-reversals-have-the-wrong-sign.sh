#!/bin/bash
# mt-940 5.1.1 reads a reversal with the sign of nothing: RC and RD are both positive amounts.
#
# In an MT940 statement the mark of field 61 says where the money goes: C credit, D debit, RC reversal of a
# credit (money goes back), RD reversal of a debit (money comes back). The library makes D negative and leaves
# the three others positive. A valid statement with one reversed credit then has amounts that do not lead from
# its opening to its closing balance, and no error says so: whoever sums up amounts counts the credit twice.
#
# Fails (exit 1) when the library behaves otherwise. Needs Python 3.9 or later and a package index.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check mt-940==5.1.1
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version

import mt940

# opening 1000.00; +300.00, the same reversed, -80.00, the same reversed: closing 1000.00
STATEMENT = """\
:20:STATEMENT-7
:25:PL61109010140000071219812874
:28C:7
:60F:C261115PLN1000,00
:61:2611161116C300,00NTRFNONREF
:61:2611171117RC300,00NTRFNONREF
:61:2611181118D80,00NTRFNONREF
:61:2611191119RD80,00NTRFNONREF
:62F:C261119PLN1000,00
-
"""
read = mt940.parse(STATEMENT)
amounts = [(each.data["status"], str(each.data["amount"].amount)) for each in read]
closing = read.data["final_closing_balance"].amount.amount
led_to = read.data["final_opening_balance"].amount.amount + sum(each.data["amount"].amount for each in read)
print("mt-940", version("mt-940"))
print("amounts as read:", amounts)
print(f"closing balance of the statement: {closing}; opening and the amounts read: {led_to}")
seen = [("C", "300.00"), ("RC", "300.00"), ("D", "-80.00"), ("RD", "80.00")]
raise SystemExit(0 if amounts == seen and str(led_to) == "1600.00" else 1)
PY
echo "seen: the reversal of a credit is read as another credit"
