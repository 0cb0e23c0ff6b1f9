"""Files that a page gives: made in memory, offered to be saved, never shown in the page's place."""

from __future__ import annotations

from importlib import import_module
from io import BytesIO
from typing import cast

from starlette.responses import Response

from cli.presentation.formats.model import Page, Report, Writer
from cli.presentation.text import Lang

KINDS = {
    "json": "application/json",
    "note": "text/plain; charset=utf-8",
    "pdf": "application/pdf",
    "tlog-proof": "text/plain; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "xml": "application/xml",
    "zip": "application/zip",
}
_WRITERS = {"pdf": "cli.presentation.formats.pdf", "xlsx": "cli.presentation.formats.xlsx"}


def download(content: bytes, name: str) -> Response:
    """Return a file to be saved; its suffix tells its kind. `name` holds codes and numbers alone."""
    kind = KINDS[name.rpartition(".")[2]]
    safe = "".join(each if each.isalnum() or each in "-_." else "-" for each in name)
    return Response(
        content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{safe}"'}
    )


def download_report(report: Report, name: str, lang: Lang) -> Response:
    """Return a report as the command line writes it to a file of that name."""
    written = BytesIO()
    writer = cast("Writer", import_module(_WRITERS[name.rpartition(".")[2]]))
    writer.write(report, Page(lang), written)
    return download(written.getvalue(), name)
