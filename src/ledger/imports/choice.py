"""The choice of a file's table: its sheets, the row of its headings, the meaning of its columns."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import NamedTuple

import msgspec

from ledger.errors import BadSheet
from ledger.imports.layout import Column, Layout, meanings, normal
from ledger.imports.table_reader import Book, Page, Sheet, TableLine, TablePart, first_row, table_of
from ledger.message import Hint, Message, msg, plain

HEADINGS_WITHIN = 40
"""Filled rows among which headings are looked for."""
_HEADINGS_MIN = 2
REFERENCE = "{day}-{time}-{customer}"
"""The references of a sheet that has none: a row whose beginning or customer changes is another session."""


class Unread(NamedTuple):
    """A sheet that is not read: its rows, and whether it is hidden."""

    name: str
    rows: int
    hidden: bool


class Chosen(NamedTuple):
    """A table with the layout under which it is read, and what is not read of its file."""

    sheet: Sheet
    layout: Layout
    unread: tuple[Unread, ...] = ()
    guessed: tuple[Message, ...] = ()
    """What was found rather than given, one line each, for a person to confirm."""


class _Candidate(NamedTuple):
    """A sheet with its row of headings; `is_table` says that every required column is there."""

    part: TablePart
    header: list[str]
    known: int
    is_table: bool


def choose(book: Book, columns: Sequence[Column], layout: Layout) -> Chosen:
    """Return the table of a file under a layout; raises BadSheet where several sheets could be meant."""
    names = meanings(tuple(columns), layout)
    candidates = [_candidate(book, page, columns, names, layout) for page in _pages(book, layout)]
    if not layout.sheets and candidates[1:]:
        tables = [each for each in candidates if each.known >= _HEADINGS_MIN]
        candidates = (tables or candidates) if layout.all_sheets else [_only(book, candidates)]
    parts = [each.part for each in candidates]
    sheet = table_of(book, parts)
    read = {part.page.name for part in parts}
    unread = tuple(
        Unread(page.name, rows, page.hidden)
        for page in book.pages
        if page.name not in read and (rows := sum(1 for _, cells in page.rows() if any(cells)))
    )
    if not layout.guess:
        return Chosen(sheet, layout, unread)
    return _guessed(sheet, layout, unread, columns, names)


def _pages(book: Book, layout: Layout) -> list[Page]:
    if not layout.sheets or len(book.pages) == 1:
        filled = [page for page in book.pages if not page.hidden and page.first_lines(1)]
        return filled or [book.pages[0]]
    by_name = {normal(page.name): page for page in book.pages}
    for name in layout.sheets:
        if normal(name) not in by_name:
            there = ", ".join(page.name for page in book.pages)
            raise BadSheet(
                msg("{name} has no sheet {sheet!r}", name=book.name, sheet=name[:80]),
                hint=Hint(msg("its sheets are {there}", there=there)),
            )
    return [by_name[normal(name)] for name in layout.sheets]


def _only(book: Book, candidates: list[_Candidate]) -> _Candidate:
    """Return the only sheet that is such a table, or the first one where none is."""
    tables = [each for each in candidates if each.is_table]
    if len(tables) > 1:
        there = ", ".join(each.part.page.name for each in tables)
        options = " ".join(f'--sheet "{each.part.page.name}"' for each in tables)
        raise BadSheet(
            msg(
                "{name} has {sheets} sheets of this kind: {there}",
                name=book.name,
                sheets=len(tables),
                there=there,
            ),
            hint=Hint(msg("say which: {options}, or --all-sheets", options=options)),
        )
    return tables[0] if tables else max(candidates, key=lambda each: each.known)


def _candidate(
    book: Book, page: Page, columns: Sequence[Column], names: dict[str, str | None], layout: Layout
) -> _Candidate:
    lines = page.first_lines(HEADINGS_WITHIN)
    if not lines:
        first_row(book, page)
    looks = layout.guess or layout.columns or layout.skip_totals
    best = lines[0]
    told = next((line for line in lines if line.number == layout.heading_row), None)
    if layout.heading_row and told is not None and (not layout.columns or _known(told.cells, names)):
        best = told
    elif looks:
        best = max(lines, key=lambda line: (_known(line.cells, names), -line.number))
        if _known(best.cells, names) < _HEADINGS_MIN:
            best = lines[0]
    after = next((line for line in lines if line.number > best.number), best)
    is_twofold = looks and _is_second(best, after, names)
    best = _twofold(best, after, names) if is_twofold else best
    found = {names.get(normal(cell)) for cell in best.cells if cell}
    given: set[str | None] = (
        found
        | set(layout.constants)
        | ({"session_ref"} if layout.session_ref or layout.guess else set[str]())
    )
    needed = {column.name for column in columns if column.required}
    if "duration" in found or "minutes" in found:
        needed.discard("ended_at")
    if "hours_from_to" in found:
        needed -= {"connected_at", "ended_at"}
    if layout.guess:  # a guess leaves something for a person to say
        needed = {"customer"} & needed
        is_table = needed <= given and len(found - {None}) > _HEADINGS_MIN
    else:
        is_table = needed <= given
    part = TablePart(page, best.number, header=tuple(best.cells) if is_twofold else ())
    return _Candidate(part, best.cells, _known(best.cells, names), is_table)


def _twofold(top: TableLine, below: TableLine, names: dict[str, str | None]) -> TableLine:
    """Return headings over two rows as one: a title that spans columns, with what stands below it."""
    titles: list[str] = []
    spanning = ""
    width = max(len(top.cells), len(below.cells))
    for above, sub in zip_longest(top.cells, below.cells[:width], fillvalue=""):
        spanning = above or spanning
        both = f"{spanning} {sub}"
        is_sub = sub and not names.get(normal(both)) and names.get(normal(sub))
        titles.append(sub if is_sub else both if sub else above)
    return TableLine(below.number, titles)


def _is_second(top: TableLine, below: TableLine, names: dict[str, str | None]) -> bool:
    """Return whether a row is the second row of headings: words alone, which make more columns known."""
    filled = [cell for cell in below.cells if cell]
    if below.number != top.number + 1 or any(any(map(str.isdigit, cell)) for cell in filled):
        return False
    return _known(_twofold(top, below, names).cells, names) > _known(top.cells, names)


def _known(cells: Sequence[str], names: dict[str, str | None]) -> int:
    return len({names[normal(cell)] for cell in cells if cell and names.get(normal(cell))})


def _guessed(
    sheet: Sheet,
    layout: Layout,
    unread: tuple[Unread, ...],
    columns: Sequence[Column],
    names: dict[str, str | None],
) -> Chosen:
    """Return the choice with everything that was found written into its layout."""
    found: dict[str, str] = {}
    ignored = list(layout.ignore)
    for title in sheet.header:
        name = names.get(normal(title))
        if not title or (name is None and normal(title) in names):
            continue
        if title in found:
            continue  # a second column of that heading is refused by name
        if name is None or name in found.values():
            ignored.append(title)
        else:
            found[title] = name
    has_reference = "session_ref" in found.values() or all(c.name != "session_ref" for c in columns)
    pattern = layout.session_ref or ("" if has_reference else REFERENCE)
    settled = msgspec.structs.replace(
        layout,
        sheets=() if sheet.pages == ("",) else sheet.pages,
        all_sheets=False,
        columns=found,
        ignore=tuple(ignored),
        session_ref=pattern,
        skip_totals=True,
        guess=False,
    )
    lines = [msg("headings in row {row}", row=sheet.heading_row)]
    lines += [msg("sheet {name}", name=page) for page in sheet.pages if page]
    lines += [plain("{title} = {name}", title=title, name=name) for title, name in found.items()]
    lines += [msg("{title} is passed over", title=title) for title in ignored]
    if pattern:
        lines.append(msg("session_ref is made as {pattern}", pattern=pattern))
    return Chosen(sheet, settled, unread, tuple(lines))
