"""A QR code as a vector drawing."""

from __future__ import annotations

import io

QUIET_MODULES = 4
"""The empty edge that ISO/IEC 18004 asks for."""


def qr_svg(text: str) -> str:
    """Return a QR code as SVG, error correction M: the same text gives the same drawing."""
    import segno  # only documents that go to KSeF have one

    drawn = io.BytesIO()
    segno.make_qr(text, error="m", boost_error=False).save(
        drawn, kind="svg", border=QUIET_MODULES, xmldecl=False, nl=False, omitsize=True
    )
    return drawn.getvalue().decode()
