"""A workbook of XlsxWriter whose rows go as packed XML from the sheet into the archive, never held whole.

The library's own way for long sheets (`constant_memory`) writes rows to a temporary file; names of people
never reach one here. The XML is the library's own, to the byte.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from importlib import import_module
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_BLOCK_CHARACTERS = 1 << 18
_UNIX = 3
"""The system that made an entry, APPNOTE.TXT 4.4.2: `zipfile` would write the one that it runs on."""
_DATED = (1980, 1, 1, 0, 0, 0)
"""Each part's date, as Excel writes it."""


def streamed_workbook(buffer: BytesIO) -> Any:  # noqa: ANN401 - XlsxWriter ships no types
    """Return a workbook whose sheets are filled row by row, from above; `close` writes it to the buffer."""
    packager: Any = import_module("xlsxwriter.packager")
    workbook: Any = import_module("xlsxwriter.workbook")
    worksheet: Any = import_module("xlsxwriter.worksheet")

    class StreamedSheet(worksheet.Worksheet):  # type: ignore[misc] # as above
        """A sheet whose rows become XML as soon as the next one begins; strings stand in their cells."""

        def _initialize(self, init_data: dict[str, Any]) -> None:
            worksheet.Worksheet._initialize(self, init_data)  # noqa: SLF001 - of the class it extends
            self.constant_memory = True
            self.row_data_fh = self.fh = _PackedText()

        def _write_optimized_sheet_data(self) -> None:
            if self.dim_rowmin is None:
                worksheet.Worksheet._write_optimized_sheet_data(self)  # noqa: SLF001 - as above
                return
            self._xml_start_tag("sheetData")
            self.fh.take(self.row_data_fh)
            self._xml_end_tag("sheetData")

    class StreamedPackager(packager.Packager):  # type: ignore[misc] # as above
        """Puts the parts together block by block, and leaves the library none to put together."""

        def _filename(self, xml_filename: str) -> StringIO:
            text = _PackedText()
            self.filenames.append((text, xml_filename, False))
            return text

        def _create_package(self) -> list[Any]:
            with ZipFile(buffer, "w", ZIP_DEFLATED) as archive:
                made = packager.Packager._create_package(self)  # noqa: SLF001 - as above
                for text, name, _ in made:
                    part = ZipInfo(name, _DATED)
                    part.compress_type, part.create_system = ZIP_DEFLATED, _UNIX
                    part.file_size = text.over()
                    with archive.open(part, "w") as file:
                        for block in text:
                            file.write(block)
            return []

    class StreamedWorkbook(workbook.Workbook):  # type: ignore[misc] # as above
        def _get_packager(self) -> StreamedPackager:
            return StreamedPackager()

        def add_worksheet(self, name: str | None = None, worksheet_class: Any = StreamedSheet) -> Any:  # noqa: ANN401 - as above
            return workbook.Workbook.add_worksheet(self, name, worksheet_class)

    return StreamedWorkbook(BytesIO(), {"in_memory": True})


class _PackedText(StringIO):
    """A text that is only added to, and given back once, in UTF-8."""

    def __init__(self) -> None:
        super().__init__()
        self._packed: list[bytes] = []
        self._bytes = 0
        self._loose: list[str] = []
        self._characters = 0

    def write(self, text: str, /) -> int:
        self._loose.append(text)
        self._characters += len(text)
        if self._characters >= _BLOCK_CHARACTERS:
            self._pack()
        return len(text)

    def take(self, other: _PackedText) -> None:
        """Add another text, which is over."""
        self._pack()
        self._bytes += other.over()
        self._packed += other._packed

    def over(self) -> int:
        """Pack what is left, and return how many bytes the text has."""
        self._pack()
        return self._bytes

    def _pack(self) -> None:
        block = "".join(self._loose).encode()
        self._bytes += len(block)
        self._packed.append(zlib.compress(block))
        self._loose, self._characters = [], 0

    def __iter__(self) -> Iterator[bytes]:  # type: ignore[override] # the archive takes bytes
        self._packed.reverse()
        while self._packed:
            yield zlib.decompress(self._packed.pop())
