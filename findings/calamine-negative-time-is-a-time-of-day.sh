#!/bin/bash
# python-calamine 0.9.1 gives a time below zero as a time of day: -78 hours are 18:00.
#
# A column "length" that holds end minus start becomes negative where somebody typed the wrong day. Excel fills
# such a cell with hashes, so that a person sees it. The reader drops the days and returns datetime.time(18, 0)
# for -0.25, -3.25 and -100.25 alike, the same as for a typed 18:00. Only a format for lengths ([h]:mm) keeps
# the sign. openpyxl gives a moment in December 1899 for the same cell, which at least is no time of day.
#
# Fails (exit 1) when the readers behave otherwise. Needs Python 3.10 or later and a package index.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --disable-pip-version-check \
    python-calamine==0.9.1 openpyxl==3.1.5 XlsxWriter==3.3.1
"$work/venv/bin/python" - <<'PY'
import io
from datetime import datetime, time, timedelta
from importlib.metadata import version

import openpyxl
import xlsxwriter
from python_calamine import CalamineWorkbook

written = io.BytesIO()
with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
    page = book.add_worksheet()
    for row, form in enumerate(("hh:mm", "[h]:mm")):
        for column, days in enumerate((0.75, -0.25, -3.25, -100.25)):
            page.write_number(row, column, days, book.add_format({"num_format": form}))
raw = written.getvalue()
clock, length = CalamineWorkbook.from_filelike(io.BytesIO(raw)).get_sheet_by_index(0).to_python()
other = next(openpyxl.load_workbook(io.BytesIO(raw)).active.iter_rows(values_only=True))
print("python-calamine", version("python-calamine"), "hh:mm:", clock)
print("python-calamine", version("python-calamine"), "[h]:mm:", length)
print("openpyxl", version("openpyxl"), "hh:mm:", other)
same = clock == [time(18, 0)] * 4
kept = length[2] == timedelta(days=-3, hours=-6)
moment = other[2] == datetime(1899, 12, 26, 18, 0)
raise SystemExit(0 if same and kept and moment else 1)
PY
echo "seen: four different lengths are one time of day"
