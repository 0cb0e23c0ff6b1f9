"""The shop's own sentences, where a customer meets the price or the deletion."""

from __future__ import annotations

from ledger.message import msg

CALL_COSTS = msg("The price does not include the cost of the telephone call.")
TESTS_ARE_FREE = msg("Tests and checks of the connection are free.")
CONFIDENTIAL = msg(
    "All that is learned during the help is confidential and used for nothing else. Data and temporary "
    "files are deleted right after the end of the session."
)
ON_PRICE = (CALL_COSTS, TESTS_ARE_FREE, CONFIDENTIAL)
"""What stands where the price is told."""
MODULE = msg("The module for the connection, nothing to install: {url}")
EMERGENCY = msg("Emergency number: {phone}")
HOURS = msg("On duty: {hours}")
