#!/bin/bash
# rich 15.0.0: on an old console of Windows, a width that was given is taken whole, unless a height is given too.
#
# `Console(width=20)` is 20 wide there, `Console(width=20, height=25)` is 19. A table made exactly as wide as it
# was told then loses its last column of signs without a word: an amount of 50,00 is shown as 50,0. An old
# console is what rich finds on Windows wherever escapes are not switched on, as in cmd by default.
#
# Fails (exit 1) when the library behaves otherwise. Needs Python 3.9 or later and a package index.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check rich==15.0.0
"$work/venv/bin/python" - <<'PY'
from importlib.metadata import version
from io import StringIO

from rich.console import Console
from rich.table import Table


def drawn(**given):
    console = Console(file=StringIO(), width=20, legacy_windows=True, color_system=None, **given)
    grid = Table(box=None, pad_edge=False, padding=0, show_header=False)
    grid.add_column(width=15)
    grid.add_column(width=5, no_wrap=True, overflow="fold", justify="right")
    grid.add_row("Jan", "50,00")
    console.print(grid)
    return console.width, console.file.getvalue().split()


print("rich", version("rich"))
print("width alone:", drawn())
print("width and height:", drawn(height=25))
raise SystemExit(0 if (drawn(), drawn(height=25)) == ((20, ["Jan", "50,00"]), (19, ["Jan", "50,0"])) else 1)
PY
echo "seen: with a height, the last figure of the row is gone"
