"""The fake KSeF for the examples of the documentation: prints its address and serves until it is ended."""

from __future__ import annotations

import sys
import time

from tests.support.ksef.server import TOKEN, fake_ksef

STRANGER = "5265877635"
"""A buyer's NIP that it refuses."""
SECONDS_MAX = 300
"""It ends by itself when nobody ends it."""


def main() -> None:
    """Print `export` lines for a shell, then serve."""
    with fake_ksef() as server:
        server.office.strangers = {STRANGER}
        sys.stdout.write(f"KSEF={server.base_url}\nexport SESSION_LEDGER_KSEF_TOKEN='{TOKEN}'\n")
        sys.stdout.flush()
        time.sleep(SECONDS_MAX)


if __name__ == "__main__":
    main()
